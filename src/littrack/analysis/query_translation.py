"""A short Chinese query in English: by its terms, and by mined translations where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from littrack.analysis.terms import TermMatch, TermTable
from littrack.records import Term
from littrack.text import fold, has_chinese, words


@dataclass(frozen=True, slots=True)
class EnglishQuery:
    """A translation, in the order of the query."""

    text: str
    mined: tuple[TermMatch, ...]  # what only the mined table knows
    is_whole: bool  # nothing that says anything is left untranslated


def translate_query(text: str, table: TermTable, terms: Sequence[TermMatch]) -> EnglishQuery:
    """The English of a query in which `terms` were found; Latin words stay as they are."""
    forms = {match.form: match.term for match in terms if has_chinese(match.form)}
    english: list[str] = []
    mined: dict[str, TermMatch] = {}
    missing = 0
    for piece in _cut(fold(text), forms):
        if piece in forms:
            english += forms[piece].english[:1]
            missing += not forms[piece].english
        elif not has_chinese(piece):
            english.append(piece)
        else:
            found, left = table.translations.cover(piece)
            missing += left
            for one in found:
                if not one.english:
                    continue
                english.append(one.english)
                term = Term((one.english,), (one.chinese,))
                mined.setdefault(one.chinese, TermMatch(term, one.chinese))
    return EnglishQuery(" ".join(english), tuple(mined.values()), not missing)


def _cut(folded: str, forms: Sequence[str] | dict[str, Term]) -> Iterator[str]:
    """The forms as they stand, the longest first, and the words between them."""
    if not forms:
        yield from words(folded)
        return
    either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    for piece in re.split(f"({either})", folded):
        if piece in forms:
            yield piece
        else:
            yield from words(piece)
