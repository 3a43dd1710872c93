"""Fit the weights by which releases are told, from labels and a file of papers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from littrack.analysis.releases.extraction import Reading, read_release
from littrack.analysis.releases.judging import (
    Judged,
    ReleaseLabel,
    Tally,
    count_items,
    count_releases,
)
from littrack.analysis.releases.scoring import ReleaseClassifier, render_classifier
from littrack.analysis.releases.training import (
    Example,
    choose_accept,
    choose_review,
    score_held_out,
    train_classifier,
    train_glance,
)
from littrack.claims import Candidate, Outcome
from littrack.errors import InputError, OutputError
from littrack.records import Progress, no_progress
from littrack.sources.paper_files.json_lines import read_snapshot
from littrack.steps.evaluate_releases import LabelledPaper, Text, find_texts, read_labels
from littrack.steps.opening import OpenLibrary

_NOTE = "made by littrack train-releases: logistic regressions, see analysis/releases/training.py"
_FEWEST = 20  # examples of each kind
_QUEUED = 0.05  # of papers in general may wait for a look; about half of them are releases


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How the papers of one file of labels are read by weights fitted without them."""

    labels: Path
    tallies: tuple[Tally, ...]
    groups: Mapping[str, Mapping[Outcome, tuple[int, int]]]  # releases and others by group


@dataclass(frozen=True, slots=True)
class ReleaseTraining:
    """What was fitted to what, and how well it does."""

    classifier: ReleaseClassifier
    papers: int
    releases: int
    at_large: Mapping[Outcome, float]  # shares of the papers drawn
    held_out: tuple[HeldOut, ...]


def train_releases(
    labels: Sequence[Path],
    papers: Path,
    out: Path,
    open_library: Callable[[], OpenLibrary],
    *,
    sample: int = 24_000,
    seed: int = 1,
    progress: Progress = no_progress,
) -> ReleaseTraining:
    """Fit to labels; learn from `sample` papers how many to queue and which need not be read.

    Args:
        labels: Files as `evaluate_releases` reads; what is labelled twice counts as it is first.
        papers: JSON lines of papers, labelled or not.
        out: The file of weights.
        open_library: Opened only when a text is neither among the labels nor the papers.
        sample: How many papers.
        seed: Of all that is drawn.
        progress: Told how many papers have been read.

    Raises:
        InputError: a file that cannot be used, or too few labels.
        OutputError: the file of weights cannot be written.
    """
    files = _read_files(labels)
    every = [one for file in files.values() for one in file]
    texts, drawn = _read_papers(papers, {one.label.arxiv_id for one in every}, sample, seed)
    known = find_texts([_with_text(one, texts) for one in every], open_library)
    used = [one.label for one in every if one.label.arxiv_id in known]
    releases = sum(one.release for one in used)
    if min(releases, len(used) - releases) < _FEWEST:
        raise InputError(f"fewer than {_FEWEST} releases or others with a text", labels[0])
    readings = {label.arxiv_id: read_release(*known[label.arxiv_id]) for label in used}
    examples = [
        Example(one.arxiv_id, readings[one.arxiv_id].features, one.release, one.doubtful)
        for one in used
    ]
    scores = score_held_out(examples)
    accept = round(choose_accept(scores, examples), 4)
    classifier = replace(train_classifier(examples), accept=accept)
    classifier, at_large = _look_around(classifier, drawn, progress)
    _write(out, render_classifier(classifier, _NOTE))
    texted = [(one, known[one.arxiv_id]) for one in used]
    judged = _judge(texted, readings, examples, scores, classifier)
    held_out = [
        _held_out(path, [judged[key] for one in file if (key := one.label.arxiv_id) in judged])
        for path, file in files.items()
    ]
    return ReleaseTraining(classifier, len(used), releases, at_large, tuple(held_out))


def _read_files(paths: Sequence[Path]) -> dict[Path, list[LabelledPaper]]:
    """The labels of each file without those that an earlier one has."""
    seen: set[str] = set()
    files: dict[Path, list[LabelledPaper]] = {}
    for path in paths:
        file = {one.label.arxiv_id: one for one in read_labels(path)}
        files[path] = [one for key, one in file.items() if key not in seen]
        seen |= file.keys()
    return files


def _look_around(
    classifier: ReleaseClassifier, drawn: Sequence[Text], progress: Progress
) -> tuple[ReleaseClassifier, dict[Outcome, float]]:
    """Choose from papers in general how many to queue and which need not be read."""
    scores, named = [], []
    for done, text in enumerate(drawn, 1):
        reading = read_release(*text)
        scores.append(classifier.score(reading.features))
        named.append(reading.names)
        progress("reading", done, len(drawn))
    review = round(choose_review(scores, classifier.accept, _QUEUED), 4)
    classifier = replace(classifier, review=review)
    worth = [score >= review for score in scores]
    if any(worth) and not all(worth):
        classifier = replace(classifier, glance=train_glance(drawn, worth))
    outcomes = Counter(
        classifier.outcome(score, names)
        if classifier.glance.is_worth_reading(*text)
        else Outcome.REJECT
        for score, names, text in zip(scores, named, drawn, strict=True)
    )
    return classifier, {one: outcomes[one] / max(len(drawn), 1) for one in Outcome}


def _judge(
    papers: Sequence[tuple[ReleaseLabel, Text]],
    readings: Mapping[str, Reading],
    examples: Sequence[Example],
    scores: Sequence[float],
    classifier: ReleaseClassifier,
) -> dict[str, tuple[ReleaseLabel, Candidate]]:
    """What becomes of each paper when weights and the score of accepting know nothing of it."""
    accepts = {}
    for fold in {one.fold for one in examples}:
        others = [place for place, one in enumerate(examples) if one.fold != fold]
        accept = choose_accept([scores[i] for i in others], [examples[i] for i in others])
        accepts[fold] = max(accept, classifier.review)
    judged = {}
    for (label, text), example, score in zip(papers, examples, scores, strict=True):
        reading = readings[label.arxiv_id]
        outcome = replace(classifier, accept=accepts[example.fold]).outcome(score, reading.names)
        if not classifier.glance.is_worth_reading(*text):
            outcome = Outcome.REJECT
        judged[label.arxiv_id] = label, Candidate(outcome, score, reading.names, reading.findings)
    return judged


def _held_out(path: Path, judged: Judged) -> HeldOut:
    groups: dict[str, dict[Outcome, tuple[int, int]]] = {}
    for label, candidate in judged:
        counts = groups.setdefault(label.group, dict.fromkeys(Outcome, (0, 0)))
        releases, others = counts[candidate.outcome]
        counts[candidate.outcome] = releases + label.release, others + (not label.release)
    return HeldOut(path, (*count_releases(judged), *count_items(judged)), groups)


def _read_papers(
    path: Path, wanted: set[str], sample: int, seed: int
) -> tuple[dict[str, Text], list[Text]]:
    """The texts of the wanted papers, and those of a random sample of all."""
    found: dict[str, Text] = {}
    drawn: list[Text] = []
    chance = random.Random(seed)
    for seen, line in enumerate(read_snapshot(path)):
        if line.paper is None:
            continue
        text = line.paper.title, line.paper.abstract
        if line.paper.arxiv_id in wanted:
            found[line.paper.arxiv_id] = text
        place = seen if seen < sample else chance.randrange(seen + 1)
        if len(drawn) < sample:
            drawn.append(text)
        elif place < sample:
            drawn[place] = text
    return found, drawn


def _with_text(one: LabelledPaper, texts: dict[str, Text]) -> LabelledPaper:
    return one if one.text else replace(one, text=texts.get(one.label.arxiv_id))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as exc:
        raise OutputError(f"cannot write {path}: {exc.strerror}") from exc
