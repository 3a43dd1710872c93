"""A query as arXiv's API reads it, or why it cannot be asked there.

Every grouping is written out, because arXiv's operators have no precedence and group to the right.
Two things arXiv sees differently: it cannot rank by words without demanding them, so bare words are
demanded; and its ``all:`` looks into comments and journal references too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from littrack.analysis.query_language import SearchQuery, choose_telling
from littrack.conditions import (
    And,
    Author,
    Category,
    Condition,
    DateRange,
    IsWithdrawn,
    Not,
    Or,
    PaperId,
    Words,
    join_all,
    join_any,
)
from littrack.errors import InputError

_SIGNS = re.compile(r"[^\w\s.'+#/-]|_")
_FIRST = datetime(1991, 8, 1, tzinfo=UTC)  # the month of arXiv's first paper
_LAST = datetime(2999, 12, 31, tzinfo=UTC)


def to_arxiv(query: SearchQuery) -> str:
    """The ``search_query`` that asks arXiv for the same.

    Raises:
        InputError: arXiv cannot express it; says what.
    """
    parts: list[Condition] = [Words(word) for word in choose_telling(query.bare.split())]
    if query.condition is not None:
        parts.append(query.condition)
    whole = join_all(parts)
    if whole is None:
        raise InputError("the query holds nothing that arXiv could look for")
    return _show(_plain(whole))


def _plain(condition: Condition) -> Condition:
    """The same without what is excluded twice, flat."""
    match condition:
        case Not(Not(part)):
            return _plain(part)
        case Not(part):
            return Not(_plain(part))
        case And(parts):
            return join_all(list(map(_plain, parts))) or condition
        case Or(parts):
            return join_any(list(map(_plain, parts)))
    return condition


def _show(condition: Condition) -> str:
    match condition:
        case Not():
            raise InputError(
                f"arXiv cannot express {condition} alone: it needs something to look for first"
            )
        case And(parts):
            return _show_all(parts)
        case Or(parts):
            return "(" + " OR ".join(map(_show, parts)) + ")"
        case Words(text, field, prefix):
            return f"{field}:{_value(text, prefix, condition)}"
        case Author(name, prefix):
            return f"au:{_value(name, prefix, condition)}"
        case Category() | PaperId():
            return str(condition)
        case DateRange(start, end):
            return f"submittedDate:[{start or _FIRST:%Y%m%d%H%M} TO {end or _LAST:%Y%m%d%H%M}]"
        case IsWithdrawn():
            raise InputError("arXiv cannot express is:withdrawn: it does not mark such papers")
    raise InputError(f"arXiv cannot express {condition}: only this library knows that")


def _show_all(parts: Sequence[Condition]) -> str:
    """What is demanded, then what is excluded, one after the other: (((a AND b) ANDNOT c)."""
    demanded = [part for part in parts if not isinstance(part, Not)]
    excluded = [part.part for part in parts if isinstance(part, Not)]
    if not demanded:
        return _show(parts[0])  # which says why not
    shown = " AND ".join(map(_show, demanded))
    text = f"({shown})" if len(demanded) > 1 else shown
    for part in excluded:
        text = f"({text} ANDNOT {_show(part)})"
    return text


def _value(text: str, prefix: bool, condition: Condition) -> str:
    """In quotes, unless it is one plain word; without signs that would mean something else."""
    kept = " ".join(_SIGNS.sub(" ", unicodedata.normalize("NFKC", text)).split())
    is_word = kept.isalnum() and kept not in ("AND", "OR", "NOT", "ANDNOT")
    if prefix and not is_word:
        raise InputError(f"arXiv cannot express {condition}: it knows no * within a phrase")
    return f"{kept}*" if prefix else kept if is_word else f'"{kept}"'
