"""From what a person typed to what is looked up: words, phrases, terms in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from littrack.analysis.terms import TermMatch, TermTable, other_forms, translate_terms
from littrack.errors import InputError
from littrack.text import has_chinese, query_tokens, tokens

Phrase = tuple[str, ...]  # neighbouring tokens

# What the query says itself counts once; as a whole phrase twice more; another form of one of its
# terms somewhat less. Chosen on development data (README, "Quality").
_PHRASE_WEIGHT, _FORM_WEIGHT = 2.0, 1.4
_LONGEST_PHRASE = 6  # tokens; a longer query is a text, which no paper repeats to the letter
_SHORT_QUERY = 12  # tokens; the terms of a longer one drown what it says itself


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is searched."""

    text: str
    meaning: str  # what is encoded: with the English of its Chinese terms, when it is short
    words: tuple[str, ...]  # distinct tokens
    phrases: Mapping[Phrase, float]  # by weight: the whole query, other forms of its terms
    names: tuple[Phrase, ...]  # what a paper about just this would have in its title
    terms: tuple[TermMatch, ...]
    is_chinese: bool
    is_short: bool  # a few words, not a text


def parse_query(text: str, table: TermTable) -> Query:
    """What to look for.

    Raises:
        InputError: the query holds no word.
    """
    words = tuple(dict.fromkeys(query_tokens(text)))
    if not words:
        raise InputError(
            f"the query {text[:80]!r} holds no word to search for; use words, English or Chinese"
        )
    terms = tuple(table.find(text))
    whole, is_short = _as_phrase(text), len(words) <= _SHORT_QUERY
    phrases: dict[Phrase, float] = {}
    names = [whole] if len(whole) <= _LONGEST_PHRASE else []
    if 1 < len(whole) <= _LONGEST_PHRASE:
        phrases[whole] = _PHRASE_WEIGHT
    for match in terms if is_short else ():
        for form in other_forms(match, chinese=True):
            phrase = _as_phrase(form)
            phrases.setdefault(phrase, _FORM_WEIGHT)
            if _as_phrase(match.form) == whole and form not in match.term.abbreviations:
                names.append(phrase)
        if has_chinese(match.form) and match.term.english:
            for token in query_tokens(match.term.english[0]):
                phrases.setdefault((token,), 1.0)
    is_chinese = has_chinese(text)
    meaning = f"{text} {translate_terms(terms)}" if is_chinese and is_short else text
    return Query(text, meaning, words, phrases, tuple(names), terms, is_chinese, is_short)


def _as_phrase(form: str) -> Phrase:
    """Tokens as they neighbour each other in an indexed text: without a run's last character."""
    found = tokens(form)
    return tuple(found[:-1] if len(found) > 1 and has_chinese(found[-1]) else found)


def affordable(counts: Mapping[str, int], budget: int) -> list[str]:
    """The tokens worth looking up, rarest first, while papers that hold them stay within `budget`.

    A word that is in half of all papers costs most of a search and decides nothing. The two rarest
    stay whatever they cost; tokens that no paper holds are left out.
    """
    chosen: list[str] = []
    spent = 0
    for token in sorted((t for t in counts if counts[t]), key=lambda t: (counts[t], t)):
        spent += counts[token]
        if spent > budget and len(chosen) >= 2:
            break
        chosen.append(token)
    return chosen
