"""Measure the linking of passages to papers on labels that the user supplies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from littrack.errors import InputError
from littrack.records import Progress, no_progress
from littrack.steps.evaluate import base_id, by_kind, find_missing
from littrack.steps.json_lines import read_json_lines
from littrack.steps.note_links import link_text, load_evidence
from littrack.steps.opening import OpenLibrary

CANDIDATES = 10
_WANTED = 'a passage like {"text": "...", "arxiv_id": "2201.11903"} (or null)'


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """A passage and the paper that it is about, if any."""

    text: str
    arxiv_id: str | None
    kind: str = "all"


@dataclass(frozen=True, slots=True)
class Link:
    """The paper that a passage is said to be about, if any, and the best candidates."""

    arxiv_id: str | None
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkedPassage:
    """What linking made of a labelled passage, and how long that took."""

    passage: LabelledPassage
    link: Link
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the link that was made is the one that should be."""
        return self.link.arxiv_id is not None and self.link.arxiv_id == self.passage.arxiv_id

    @property
    def is_error(self) -> bool:
        """Whether the link is not what the label says, be it another paper, or one too many."""
        return self.link.arxiv_id != self.passage.arxiv_id


@dataclass(frozen=True, slots=True)
class LinkEvaluation:
    """Measures by kind of passage ("all" first), each passage, and papers the library lacks."""

    measures: Mapping[str, Mapping[str, float | None]]
    linked: tuple[LinkedPassage, ...]
    missing: tuple[str, ...]


def read_passages(path: Path) -> Iterator[LabelledPassage]:
    """Passages from JSON lines: "text", "arxiv_id" (null for none), maybe "type" or "kind".

    Raises:
        InputError: with the line, for a file that holds anything else.
    """

    def parse(data: Mapping[str, Any]) -> LabelledPassage:
        arxiv_id = data["arxiv_id"]
        if arxiv_id is not None and not isinstance(arxiv_id, str):
            raise ValueError(f"arxiv_id is {arxiv_id!r}, neither text nor null")
        kind = str(data.get("type") or data.get("kind") or "all")
        return LabelledPassage(str(data["text"]), base_id(arxiv_id) if arxiv_id else None, kind)

    return read_json_lines(path, parse, _WANTED)


def make_linker(library: OpenLibrary) -> Callable[[str], Link]:
    """Links a passage as notes are linked: to a paper only where that is sure."""
    evidence = load_evidence(library, [])

    def link(text: str) -> Link:
        subject = link_text(library, text, evidence)
        if subject is None:
            return Link(None, ())
        ids = tuple(arxiv_id for arxiv_id, _ in subject.candidates[:CANDIDATES])
        return Link(subject.arxiv_id if subject.is_sure else None, ids)

    return link


def evaluate_links(
    library: OpenLibrary,
    path: Path,
    *,
    link: Callable[[str], Link] | None = None,
    progress: Progress = no_progress,
) -> LinkEvaluation:
    """Link every passage and compare with its label."""
    passages = list(read_passages(path))
    if not passages:
        raise InputError("holds no passage", path)
    link = link or make_linker(library)
    linked = []
    for done, passage in enumerate(passages, 1):
        begin = time.perf_counter()
        found = link(passage.text)
        linked.append(LinkedPassage(passage, found, time.perf_counter() - begin))
        progress("linking", done, len(passages))
    measures = by_kind(linked, lambda one: one.passage.kind, measure_links)
    wanted = [passage.arxiv_id for passage in passages if passage.arxiv_id is not None]
    return LinkEvaluation(measures, tuple(linked), find_missing(library, wanted))


def measure_links(linked: Sequence[LinkedPassage]) -> dict[str, float | None]:
    """How many links are right, and how many of the papers to link were found.

    "precision" is over the passages that were linked, "recall" over those that have a paper;
    "R@1" and "R@10" ask only where the paper stands among the candidates.
    """
    right = sum(one.is_right for one in linked)
    made = sum(one.link.arxiv_id is not None for one in linked)
    targets = [one for one in linked if one.passage.arxiv_id is not None]
    others = [one.link.arxiv_id is not None for one in linked if one.passage.arxiv_id is None]
    times = 1_000 * np.array([one.seconds for one in linked])
    return {
        "passages": float(len(linked)),
        "linked": made / len(linked),
        "precision": right / made if made else None,
        "recall": right / len(targets) if targets else None,
        "R@1": _found_within(targets, 1),
        "R@10": _found_within(targets, CANDIDATES),
        "wrongly_linked": float(np.mean(others)) if others else None,
        "p50_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
    }


def _found_within(targets: Sequence[LinkedPassage], depth: int) -> float | None:
    found = [one.passage.arxiv_id in one.link.candidates[:depth] for one in targets]
    return float(np.mean(found)) if found else None


def link_error_row(one: LinkedPassage) -> dict[str, object]:
    """A wrongly linked passage as a flat object."""
    return {
        "text": one.passage.text,
        "type": one.passage.kind,
        "expected": one.passage.arxiv_id,
        "linked": one.link.arxiv_id,
        "candidates": list(one.link.candidates),
    }
