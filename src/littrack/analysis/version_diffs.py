"""What changed in a paper from one version to the next: field by field, word by word. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from littrack.records import PaperVersion

FIELDS = ("title", "authors", "abstract", "categories", "comment")
# Words, single Chinese characters, and everything else with the space around it.
_ALIKE = 0.5  # share of common pieces below which a mixture cannot be read
_PIECE = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that two neighbouring records of a paper state differently."""

    before: int  # version numbers; equal when the record was corrected without a new version
    after: int
    field: str
    old: str
    new: str

    @property
    def marked(self) -> str:
        """Both texts in one, see `mark_words`."""
        return mark_words(self.old, self.new)


def find_differences(versions: Sequence[PaperVersion]) -> list[FieldDiff]:
    """Every difference between neighbours, of the versions whose text is known, in their order."""
    known = [version for version in versions if version.title is not None]
    found = []
    for before, after in pairwise(known):
        for field in FIELDS:
            old, new = _said(before, field), _said(after, field)
            if old != new:
                found.append(FieldDiff(before.number, after.number, field, old, new))
    return found


def mark_words(old: str, new: str) -> str:
    """Both texts in one: ``[-removed-]`` and ``{+added+}`` as wdiff writes them.

    Texts that share little are not mixed: the old one whole, then the new one.
    """
    a, b = _PIECE.findall(old), _PIECE.findall(new)
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    if old and new and matcher.ratio() < _ALIKE:
        return f"[-{old}-] {{+{new}+}}"
    parts = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            parts.append("".join(a[i:j]))
            continue
        if i < j:
            parts.append(f"[-{''.join(a[i:j])}-]")
        if k < m:
            parts.append(f"{{+{''.join(b[k:m])}+}}")
    return "".join(parts)


def _said(version: PaperVersion, field: str) -> str:
    value = getattr(version, field)
    return (
        ("; " if field == "authors" else " ").join(value)
        if isinstance(value, tuple)
        else (value or "")
    )
