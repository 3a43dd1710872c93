"""arXiv's categories -> the sets that OAI-PMH lists them under. Pure.

A set is written group:archive:CATEGORY. All physics archives share one group; elsewhere group and
archive have the same name. A set also holds the papers that are only cross-listed in it.
"""

from __future__ import annotations

import re

from littrack.errors import InputError

_CAPITALS = re.compile(r"[A-Z]{2}", re.ASCII)  # cs.CL
_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)*", re.ASCII)  # cond-mat.str-el
_WHOLE_ARCHIVE = "*"

# Archive -> (group, an example of its categories, or "" where the archive is the category).
_ARCHIVES = {
    "cs": ("cs", "CL"),
    "econ": ("econ", "EM"),
    "eess": ("eess", "AS"),
    "math": ("math", "NA"),
    "q-bio": ("q-bio", "NC"),
    "q-fin": ("q-fin", "TR"),
    "stat": ("stat", "ML"),
    "astro-ph": ("physics", "GA"),
    "cond-mat": ("physics", "str-el"),
    "nlin": ("physics", "CD"),
    "physics": ("physics", "optics"),
    **dict.fromkeys(
        (
            *("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th"),
            "quant-ph",
        ),
        ("physics", ""),
    ),
}


def set_of(category: str) -> str:
    """The set of one category (``cs.CL``, ``hep-th``) or of a whole archive (``cs.*``).

    Whether arXiv has the category within the archive is for arXiv to say.

    Raises:
        InputError: it is not written like a category; the message says what is meant to be there.
    """
    archive, dot, subject = category.strip().partition(".")
    if archive not in _ARCHIVES:
        raise InputError(_unknown(category))
    group, example = _ARCHIVES[archive]
    name = f"{group}:{archive}"
    if not example and not dot:
        return name
    if example and subject == _WHOLE_ARCHIVE:
        return name
    if example and (_CAPITALS if example.isupper() else _WORDS).fullmatch(subject):
        return f"{name}:{subject}"
    raise InputError(f"{category!r} is not an arXiv category: expected {_expected(archive)}")


def _expected(archive: str) -> str:
    example = _ARCHIVES[archive][1]
    if not example:
        return f"{archive}, which has no categories below it"
    return f"{archive}.* for the whole archive, or {archive}.{example}"


def _unknown(category: str) -> str:
    archive = category.strip().partition(".")[0].lower()
    if archive in _ARCHIVES:
        return f"{category!r} is not an arXiv category: expected {_expected(archive)}"
    known = ", ".join(sorted(_ARCHIVES))
    return (
        f"{category!r} is not an arXiv category: expected one like cs.CL, cs.* or hep-th, of the "
        f"archives {known}"
    )
