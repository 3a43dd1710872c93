"""Citations that their own ids contradict: another month, another year, a title that is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from littrack.analysis.note_conflicts.found import Found
from littrack.analysis.note_conflicts.known import Known, month_text
from littrack.analysis.note_conflicts.wording import Language, explain
from littrack.analysis.note_facts.dates import Dated, extract_dates
from littrack.analysis.note_facts.labels import parse_label
from littrack.analysis.note_facts.reading import Sentence
from littrack.analysis.titles import title_key
from littrack.claims import ModelField
from littrack.identifiers import month_of
from littrack.notes import ConflictKind, Note, NoteLink, NoteReference
from littrack.records import Precision
from littrack.text import fold

_MARK = re.compile(r"\^?\[\^?(?P<mark>\d{1,3})\]\^?")
_NEAR = 24  # characters between a date and the mark that it goes with
_WORDS_BETWEEN = re.compile(r"[。;；!?]|之后|以前|before|after|since|until")
_MOST_LATER = 3  # years after arXiv in which a venue may still print a paper
_LEAST_WORDS, _MOST_CUT = 4, 4
_AUTHOR_YEAR = re.compile(r"[A-Z][A-Za-z-]+\.?(?:\s+et\.?\s*al\.?)[,.]?\s*(?P<year>(?:19|20)\d\d)")


def find_citation_conflicts(
    sentence: Sentence, marks: Mapping[str, NoteReference], language: Language
) -> Iterator[Found]:
    """Dates beside citation marks, against the months in the ids of what these marks lead to."""
    text = sentence.text
    dates = extract_dates(text)
    for found in _MARK.finditer(text):
        reference = marks.get(found["mark"])
        dated = _date_beside(text, found.start(), dates)
        if reference is None or reference.arxiv_id is None or dated is None:
            continue
        month = month_of(reference.arxiv_id)
        value = dated.date
        same_year = value.value.year == month.year
        if same_year and (value.precision is Precision.YEAR or value.value.month == month.month):
            continue
        if value.precision is Precision.YEAR and not _is_wrong_year(value.value.year, month.year):
            continue
        yield _found(sentence, dated, reference.arxiv_id, language)


def _date_beside(text: str, mark: int, dates: Sequence[Dated]) -> Dated | None:
    """The date right before a mark, with no other mark or sentence between."""
    before = [one for one in dates if one.end <= mark and mark - one.end <= _NEAR]
    if not before:
        return None
    between = text[before[-1].end : mark]
    return None if _WORDS_BETWEEN.search(between) or _MARK.search(between) else before[-1]


def _is_wrong_year(cited: int, written: int) -> bool:
    return cited < written or cited - written > _MOST_LATER


def _found(sentence: Sentence, dated: Dated, paper: str, language: Language) -> Found:
    known = month_text(month_of(paper))
    rule = "year of id" if dated.date.precision is Precision.YEAR else "month of id"
    words = explain(rule, language, paper=paper, known=known, value=dated.date)
    span = sentence.span(dated.start, dated.end)
    return Found(
        *(span, "", "release_date", str(dated.date), known, ConflictKind.CITATION, words),
        paper,
        (f"arXiv:{paper}",),
    )


def find_reference_conflicts(note: Note, language: Language) -> Iterator[Found]:
    """Entries of the list of references whose year their own id contradicts."""
    for one in note.references:
        year = _AUTHOR_YEAR.search(one.text)
        if one.arxiv_id is None or year is None:
            continue
        month = month_of(one.arxiv_id)
        if not _is_wrong_year(int(year["year"]), month.year):
            continue
        start = one.span[0] + year.start("year")
        told = {"paper": one.arxiv_id, "known": month_text(month), "value": year["year"]}
        yield Found(
            (start, start + 4),
            "",
            "citation_year",
            year["year"],
            month_text(month),
            ConflictKind.CITATION,
            explain("year of id", language, **told),
            one.arxiv_id,
            (f"arXiv:{one.arxiv_id}",),
        )


def find_cut_titles(
    sentence: Sentence, links: Sequence[NoteLink], known: Known, language: Language
) -> Iterator[Found]:
    """A title in a labelled line that breaks off before the paper's does."""
    label = parse_label(sentence.text) if sentence.opens_line else None
    if label is None or label.field is not ModelField.TITLE:
        return
    title = _whole_title(sentence, label.end)
    for link in links:
        paper = known.papers.get(link.target or "")
        if link.passage != sentence.passage.number or paper is None:
            continue
        if _is_cut(title, paper.title):
            words = explain("cut title", language, known=paper.title)
            span = sentence.span(label.end, len(sentence.text))
            yield Found(
                span,
                "",
                "paper_title",
                title,
                paper.title,
                ConflictKind.CITATION,
                words,
                paper.arxiv_id,
                (f"arXiv:{paper.arxiv_id}",),
            )
            return


def _whole_title(sentence: Sentence, start: int) -> str:
    """What stands behind the label; the text of a link goes on to its bracket, lines or not."""
    rest = sentence.whole.text[sentence.start + start :]
    link = re.match(r"\s*\[([^\]]*)\]\(", rest)
    title = link[1] if link else rest.split("\n")[0]
    return " ".join(title.split()).strip(" .[]")


def _is_cut(title: str, whole: str) -> bool:
    """Whether only the last words of a title are missing; a subtitle may be left out."""
    words, right = (re.findall(r"\w+", fold(one)) for one in (title, whole))
    missing = len(right) - len(words)
    if len(words) < _LEAST_WORDS or not 0 < missing <= _MOST_CUT or right[: len(words)] != words:
        return False
    heads = [re.split(r"[:：?]", whole)[0]]
    return title_key(title) not in {title_key(head) for head in heads}
