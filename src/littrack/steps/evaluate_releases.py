"""Measure the reading of model releases on labels that the user supplies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from littrack.analysis.releases.extraction import extract_candidate
from littrack.analysis.releases.judging import (
    Judged,
    ReleaseError,
    ReleaseLabel,
    Tally,
    count_items,
    count_releases,
    list_errors,
)
from littrack.claims import Candidate, Outcome
from littrack.errors import InputError
from littrack.identifiers import parse_recorded_id
from littrack.records import Progress, no_progress
from littrack.steps.json_lines import read_json_lines
from littrack.steps.opening import OpenLibrary
from littrack.store import papers

_WANTED = (
    'a label like {"arxiv_id": "2204.02311", "release": true, "names": ["PaLM"], "sizes_b": [540]}'
)
Text = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LabelledPaper:
    """A label and the text that it is about; the text is looked up where it is None."""

    label: ReleaseLabel
    text: Text | None


@dataclass(frozen=True, slots=True)
class ReleaseEvaluation:
    """What was measured, and everything that went wrong."""

    tallies: tuple[Tally, ...]
    outcomes: Mapping[Outcome, tuple[int, int]]  # releases and other papers
    errors: tuple[ReleaseError, ...]
    without_text: tuple[str, ...]  # arXiv ids left out: neither the file nor the library has them

    def precision_at(self, share: float) -> float | None:
        """What share of the accepted would be releases, were `share` of all papers releases.

        A file of labels holds more releases than arXiv does, which makes precision look better
        than it is; this weighs the two kinds of paper as they occur. None: nothing is accepted.
        """
        releases, others = (sum(row[i] for row in self.outcomes.values()) for i in (0, 1))
        true, false = self.outcomes[Outcome.ACCEPT]
        good = share * true / max(releases, 1)
        bad = (1 - share) * false / max(others, 1)
        return good / (good + bad) if good + bad else None


def read_labels(path: Path) -> Iterator[LabelledPaper]:
    """Labels from JSON lines; "title" and "abstract" may be missing.

    Raises:
        InputError: with the line, for a file that holds anything else.
    """
    return read_json_lines(path, _labelled, _WANTED)


def _labelled(data: Mapping[str, Any]) -> LabelledPaper:
    if not isinstance(data["release"], bool):
        raise ValueError("release is neither true nor false")
    label = ReleaseLabel(
        parse_recorded_id(str(data["arxiv_id"])).base,
        data["release"],
        _each(str, data.get("names")),
        _each(float, data.get("sizes_b")),
        _each(float, data.get("tokens_b")),
        _each(str, data.get("base")),
        data.get("note") == "doubtful",
        str(data.get("set") or ""),
        "names" in data,
    )
    if data.get("title") is None or data.get("abstract") is None:
        return LabelledPaper(label, None)
    return LabelledPaper(label, (str(data["title"]), str(data["abstract"])))


def _each(kind: Callable[[Any], T], values: object) -> tuple[T, ...]:
    if values is None:
        return ()
    if not isinstance(values, list):
        raise ValueError(f"{values!r} is no list")
    return tuple(kind(value) for value in values)


def evaluate_releases(
    path: Path,
    open_library: Callable[[], OpenLibrary],
    *,
    progress: Progress = no_progress,
) -> ReleaseEvaluation:
    """Read every labelled paper and compare with its label.

    The library is opened only when a line has no text of its own.

    Raises:
        InputError: the file is no file of labels, or there is the text of none of its papers.
    """
    labelled = list(read_labels(path))
    texts = find_texts(labelled, open_library)
    missing = tuple(one.label.arxiv_id for one in labelled if one.label.arxiv_id not in texts)
    judged: Judged = list(
        _judge([one for one in labelled if one.label.arxiv_id in texts], texts, progress)
    )
    if not judged:
        where = "the library holds none of its papers" if missing else "holds no label"
        raise InputError(where, path)
    outcomes = {outcome: _count(judged, outcome) for outcome in Outcome}
    tallies = (*count_releases(judged), *count_items(judged))
    return ReleaseEvaluation(tallies, outcomes, tuple(list_errors(judged)), missing)


def find_texts(
    labelled: Sequence[LabelledPaper], open_library: Callable[[], OpenLibrary]
) -> dict[str, Text]:
    """Title and abstract by arXiv id, from the lines themselves or else from the library."""
    texts = {one.label.arxiv_id: one.text for one in labelled if one.text is not None}
    wanted = [one.label.arxiv_id for one in labelled if one.label.arxiv_id not in texts]
    if wanted:
        with open_library().engine.connect() as conn:
            for paper in papers.load_papers(conn, wanted):
                texts[paper.arxiv_id] = (paper.title, paper.abstract or "")
    return texts


def _judge(
    labelled: Sequence[LabelledPaper], texts: Mapping[str, Text], progress: Progress
) -> Iterator[tuple[ReleaseLabel, Candidate]]:
    for done, one in enumerate(labelled, 1):
        yield one.label, extract_candidate(*texts[one.label.arxiv_id])
        progress("reading", done, len(labelled))


def _count(judged: Judged, outcome: Outcome) -> tuple[int, int]:
    releases = [label.release for label, got in judged if got.outcome is outcome]
    return sum(releases), len(releases) - sum(releases)


def error_row(error: ReleaseError) -> dict[str, object]:
    """An error as a flat object, with the place of what was read wrongly."""
    place = error.finding
    return {
        "arxiv_id": error.arxiv_id,
        "item": error.item,
        "problem": error.problem,
        "value": error.value,
        "expected": list(error.expected),
        "outcome": error.outcome.value,
        "part": place.part if place else None,
        "start": place.start if place else None,
        "end": place.end if place else None,
        "sentence": place.sentence if place else None,
    }
