"""From what a person typed to what is looked up: words, phrases, terms in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from littrack.analysis.query_translation import EnglishQuery, translate_query
from littrack.analysis.terms import TermMatch, TermTable, other_forms, translate_terms
from littrack.errors import InputError
from littrack.text import STOP_WORDS, has_chinese, query_tokens, stem, tokens

Phrase = tuple[str, ...]  # neighbouring tokens

# What the query says itself counts once; as a whole phrase twice more; another form of one of its
# terms somewhat less. Chosen on development data (README, "Quality").
_PHRASE_WEIGHT, _FORM_WEIGHT = 2.0, 1.4
_LONGEST_PHRASE = 6  # tokens; a longer query is a text, which no paper repeats to the letter
_SURE_PIECES = 2  # a translation of more pieces does not replace what it translates
_SHORT_QUERY = 12  # tokens; the terms of a longer one drown what it says itself

# When a query is understood though the library holds few of its words; see `is_understood`.
_KNOWN_SHARE = 0.5
_PIECE_LENGTH = {"en": 2.1, "zh": 1.2}  # characters
_LIKENESS = 0.6  # cosine


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
    is_empty: bool = False  # of words like "the" and "of" only
    mined: tuple[TermMatch, ...] = ()  # Chinese that the table of mined translations knows


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
        is_whole = _as_phrase(match.form) == whole
        for form in other_forms(match, chinese=True):
            phrase = _as_phrase(form)
            phrases.setdefault(phrase, _PHRASE_WEIGHT if is_whole else _FORM_WEIGHT)
            if is_whole and form not in match.term.abbreviations:
                names.append(phrase)
        if has_chinese(match.form) and match.term.english:
            for token in query_tokens(match.term.english[0]):
                phrases.setdefault((token,), 1.0)
    is_chinese, is_empty = has_chinese(text), _stop_stems().issuperset(words)
    query = Query(
        text,
        _meaning(text, whole, terms) if is_short else text,
        words,
        phrases,
        tuple(names),
        terms,
        is_chinese,
        is_short,
        is_empty,
    )
    is_term = any(_as_phrase(match.form) == whole for match in terms)
    if not is_chinese or not is_short or is_term:
        return query
    english = translate_query(text, table, terms)
    return _with_english(query, english, table) if english.mined else query


def _with_english(query: Query, english: EnglishQuery, table: TermTable) -> Query:
    """The query with its translation: searched as if it had been typed when nothing is missing."""
    same = parse_query(english.text, table)
    is_alone = english.is_whole and len(query.terms) + len(english.mined) <= _SURE_PIECES
    phrases = {**query.phrases}
    for phrase, weight in (*same.phrases.items(), *(((word,), 1.0) for word in same.words)):
        if english.is_whole or len(phrase) == 1:
            phrases.setdefault(phrase, weight)
    for match in () if english.is_whole else english.mined:
        phrases.setdefault(_as_phrase(match.term.english[0]), _FORM_WEIGHT)
    return replace(
        query,
        meaning=same.meaning if is_alone else f"{query.text} {english.text}",
        phrases=phrases,
        names=(*query.names, *same.names) if english.is_whole else query.names,
        mined=english.mined,
    )


def _meaning(text: str, whole: Phrase, terms: tuple[TermMatch, ...]) -> str:
    """What to encode for a few words: one term means the same by any of its names.

    An abbreviation stays beside it, for papers whose own name it is (ViT, GRPO).
    """
    english = translate_terms(terms)
    if not english or len(terms) > 1 or _as_phrase(terms[0].form) != whole:
        return f"{text} {english}" if has_chinese(text) else text
    is_short_form = whole in map(_as_phrase, terms[0].term.abbreviations)
    return f"{text} {english}" if is_short_form else english


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(map(stem, STOP_WORDS))


def is_understood(
    query: Query, counts: Mapping[str, int], piece_length: float | None, likeness: float
) -> bool:
    """Whether a query says anything, so that nonsense finds nothing instead of the nearest papers.

    It does when it names a term; when papers hold at least half of its words (`counts`); when the
    encoder cuts it into long pieces, as it does with words, also misspelt or Chinese ones (where
    that cannot be told, Chinese passes); or when the best paper is very like it. Chosen so that one
    in twenty random strings of letters and one in fifty of common Chinese characters passes, and
    one in twenty terms made of rare characters does not.
    """
    known = sum(1 for word in query.words if counts.get(word))
    is_known = known >= _KNOWN_SHARE * len(query.words)
    if is_known or query.terms or likeness >= _LIKENESS:
        return True
    if piece_length is None or max(map(len, query.words)) == 1:
        return query.is_chinese
    return piece_length >= _PIECE_LENGTH["zh" if query.is_chinese else "en"]


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
