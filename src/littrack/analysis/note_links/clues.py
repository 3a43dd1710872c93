"""What in a text speaks for each paper that it may be about, as numbers to be weighed.

Titles, names before the colon of a title, names of known models, and the hits of a search are put
side by side for each candidate paper; `features` makes a row of numbers of it, which `subject`
weighs. A paper is also measured against its best rival: a note about CBAM names SENet too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from littrack.analysis.note_links.openings import (
    Opening,
    is_acronym,
    meets_title_line,
    share_of_names,
)
from littrack.analysis.note_links.title_index import NameMatch, TitleIndex, TitleMatch
from littrack.notes import Span

FEATURES = (
    "title",  # share of the title that stands there, times how telling its words are
    "title leads",  # that, where it stands at the beginning
    "name",  # how rare the name is, shared among the papers that bear it
    "name leads",
    "name repeated",
    "share",  # of the title's weight among the words of the text
    "title line",  # share of a line like a title, at the beginning, that is in this paper's title
    "other title line",  # there is such a line, and it is another title
    "main name",  # the name that the text repeats is this paper's
    "other main name",  # or it is not
    "names shared",  # share of the text's names that are in the title or, if known, the abstract
    "acronym",  # the name that the text repeats is made of the beginnings of the title's words
    "search",  # score of the search, 0 where it did not find the paper
    "margin",  # of that score to the best other paper's
    "rival",  # title or name of the strongest other paper
    "searched",  # whether there was a search at all
)
_LEAD = 120  # characters: what stands within is what the text is about
_RAREST = 12.0  # rarity of a word in one title of 131,696
_SCORE = 10.0  # a good hit's score; scores are sums of standard deviations
_MOST_BEARERS = 8  # of a name: what more papers bear tells nothing


@dataclass(frozen=True, slots=True)
class Clues:
    """What speaks for one paper."""

    title: float = 0.0
    title_span: Span | None = None
    name: float = 0.0
    name_spans: tuple[Span, ...] = ()
    share: float = 0.0
    title_line: float = 0.0
    is_other_line: bool = False
    is_main_name: bool = False
    is_other_name: bool = False
    names_shared: float = 0.0
    is_acronym: bool = False
    words: frozenset[str] = frozenset()  # of its abstract, where a search found it
    search: float = 0.0
    is_searched: bool = False

    @property
    def named(self) -> float:
        """The stronger of title and name."""
        return max(self.title, self.name)


@dataclass(frozen=True, slots=True)
class ModelName:
    """A known model's name in a text, and the paper that presents it."""

    arxiv_id: str
    spans: tuple[Span, ...]
    trust: float  # 0 to 1: how surely the name is this model's, and a name at all


@dataclass(frozen=True, slots=True)
class Read:
    """What was found in a text."""

    present: frozenset[str]  # its words
    opening: Opening
    titles: Sequence[TitleMatch]
    names: Sequence[NameMatch]
    models: Sequence[ModelName] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that a search found, and the words of its abstract."""

    arxiv_id: str
    score: float
    words: frozenset[str] = frozenset()


def gather_clues(
    read: Read,
    index: TitleIndex,
    hits: Sequence[Hit] = (),
    exclude: frozenset[str] = frozenset(),
) -> dict[str, Clues]:
    """What speaks for each paper that a text names, or that a search for it found."""
    found: dict[str, Clues] = {}
    _add_titles(found, read.titles)
    _add_names(found, read)
    for hit in hits:
        known = found.get(hit.arxiv_id, Clues())
        found[hit.arxiv_id] = replace(known, search=hit.score / _SCORE, words=hit.words)
    return {
        arxiv_id: _with_title(replace(clues, is_searched=bool(hits)), arxiv_id, read, index)
        for arxiv_id, clues in found.items()
        if arxiv_id not in exclude
    }


def _add_titles(found: dict[str, Clues], titles: Iterable[TitleMatch]) -> None:
    for match in titles:
        clues, strength = found.get(match.arxiv_id, Clues()), match.likeness * match.telling
        if strength > clues.title:
            found[match.arxiv_id] = replace(clues, title=strength, title_span=match.span)


def _add_names(found: dict[str, Clues], read: Read) -> None:
    named = [
        (arxiv_id, min(1.0, name.rarity / _RAREST) / len(name.papers), name.spans)
        for name in read.names
        if len(name.papers) <= _MOST_BEARERS
        for arxiv_id in name.papers
    ]
    named += [(model.arxiv_id, model.trust, model.spans) for model in read.models]
    for arxiv_id, strength, spans in named:
        clues = found.get(arxiv_id, Clues())
        if strength > clues.name:
            found[arxiv_id] = replace(clues, name=strength, name_spans=spans)


def _with_title(clues: Clues, arxiv_id: str, read: Read, index: TitleIndex) -> Clues:
    """The clues with how the paper's title meets the text, and how the text opens."""
    opening, title_words = read.opening, index.words_of_paper(arxiv_id)
    line, is_other = meets_title_line(opening, title_words, index)
    starts = {span[0] for span in clues.name_spans}
    written = title_words | clues.words
    is_main = opening.main_name in written or bool(starts & opening.main_places)
    is_acronym_of = bool(opening.main_name) and is_acronym(
        opening.main_name, index.title_words(arxiv_id)
    )
    return replace(
        clues,
        share=index.share_present(arxiv_id, read.present),
        title_line=line,
        is_other_line=is_other,
        is_main_name=bool(opening.main_name) and is_main,
        is_other_name=bool(opening.main_name) and not is_main and not is_acronym_of,
        names_shared=share_of_names(opening, written),
        is_acronym=is_acronym_of,
    )


def features(found: Mapping[str, Clues]) -> dict[str, tuple[float, ...]]:
    """The numbers of each candidate, in the order of `FEATURES`."""
    named = _best_two(clues.named for clues in found.values())
    scores = _best_two(clues.search for clues in found.values())
    return {arxiv_id: _row(clues, named, scores) for arxiv_id, clues in found.items()}


def _best_two(values: Iterable[float]) -> tuple[float, float]:
    first, second = [*sorted(values, reverse=True), 0.0, 0.0][:2]
    return first, second


def _row(clues: Clues, named: Sequence[float], scores: Sequence[float]) -> tuple[float, ...]:
    rival = named[1] if clues.named == named[0] else named[0]
    best_other = scores[1] if clues.search == scores[0] else scores[0]
    return (
        clues.title,
        clues.title * _leads(clues.title_span),
        clues.name,
        clues.name * max(map(_leads, clues.name_spans), default=0.0),
        clues.name * min(1.0, math.log1p(len(clues.name_spans)) / 3),
        clues.share,
        clues.title_line,
        float(clues.is_other_line),
        float(clues.is_main_name),
        float(clues.is_other_name),
        clues.names_shared,
        float(clues.is_acronym),
        clues.search,
        clues.search - best_other if clues.is_searched else 0.0,
        rival,
        float(clues.is_searched),
    )


def _leads(span: Span | None) -> float:
    """1 at the beginning of a text, falling to nothing."""
    return 0.0 if span is None else math.exp(-span[0] / _LEAD)
