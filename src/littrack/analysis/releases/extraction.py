"""From the title and abstract of a paper version to a candidate of a model release."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from littrack.analysis.releases.bases import find_bases
from littrack.analysis.releases.features import STATEMENTS, count_features, count_statements
from littrack.analysis.releases.introductions import find_introductions
from littrack.analysis.releases.naming import (
    NameCandidate,
    choose_names,
    find_variants,
    rank_names,
)
from littrack.analysis.releases.passages import Passage, read_passage
from littrack.analysis.releases.phrases import count_phrases
from littrack.analysis.releases.scoring import bundled_classifier, read_weights
from littrack.analysis.releases.sizes import find_sizes
from littrack.analysis.releases.statements import find_statements
from littrack.analysis.releases.training_data import find_training_data
from littrack.claims import Candidate, Finding, ModelField, Outcome, Quantity


def _revision() -> str:
    """Changes with every rule and every weight."""
    folder = files(__package__)
    sources = sorted((one for one in folder.iterdir() if one.name.endswith(".py")), key=_name)
    digest = hashlib.sha256(b"".join([*(one.read_bytes() for one in sources), read_weights()]))
    return f"1-{digest.hexdigest()[:12]}"


def _name(one: object) -> str:
    return str(getattr(one, "name", ""))


EXTRACTOR = _revision()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules read in a paper, before it is decided whether it is a release."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...]
    features: Mapping[str, float]


def extract_candidate(title: str, abstract: str) -> Candidate:
    """Whether a paper releases a model, and what its title and abstract say of it.

    What is plainly rejected is not read further: `read_release` reads any paper.
    """
    classifier = bundled_classifier()
    if not classifier.glance.is_worth_reading(title, abstract):
        return Candidate(Outcome.REJECT, 0.0, reasons=("- its words are not those of a release",))
    passages = read_passage("title", title), read_passage("abstract", abstract)
    ranked = rank_names(find_introductions(*passages), passages[1])
    features = _features(passages, ranked)
    if classifier.highest(features, STATEMENTS.values()) < classifier.review:
        score, reasons = classifier.score(features), classifier.reasons(features)
        return Candidate(Outcome.REJECT, round(score, 4), reasons=reasons)
    reading = _read(passages, ranked, features)
    score = classifier.score(reading.features)
    outcome = classifier.outcome(score, reading.names)
    reasons = classifier.reasons(reading.features)
    return Candidate(outcome, round(score, 4), reading.names, reading.findings, reasons)


def read_release(title: str, abstract: str) -> Reading:
    """Names, numbers and features of any paper, whether it is a release or not."""
    passages = read_passage("title", title), read_passage("abstract", abstract)
    ranked = rank_names(find_introductions(*passages), passages[1])
    return _read(passages, ranked, _features(passages, ranked))


def _features(
    passages: tuple[Passage, Passage], ranked: Sequence[NameCandidate]
) -> dict[str, float]:
    return {**count_features(*passages, ranked), **count_phrases(*passages, ranked)}


def _read(
    passages: tuple[Passage, Passage],
    ranked: Sequence[NameCandidate],
    features: Mapping[str, float],
) -> Reading:
    chosen = choose_names(ranked)
    findings = [
        one.best.passage.finding(ModelField.ALIAS, one.best.name, one.best.span) for one in chosen
    ]
    findings += _variants(passages, [one.best.name for one in chosen])
    names = tuple(dict.fromkeys(str(one.value) for one in findings))
    findings += _statements(passages, names)
    return Reading(names, tuple(findings), {**features, **count_statements(findings)})


def _variants(passages: Sequence[Passage], names: Sequence[str]) -> list[Finding]:
    found: list[Finding] = []
    known = list(names)
    for passage in reversed(passages) if names else ():
        for name, span in find_variants(passage, known):
            known.append(name)
            found.append(passage.finding(ModelField.ALIAS, name, span, 0.8))
    return found


def _statements(passages: Sequence[Passage], names: Sequence[str]) -> list[Finding]:
    """Numbers, bases and plain statements; what the abstract says is not said again."""
    found: list[Finding] = []
    for find in (find_sizes, find_training_data, find_bases):
        known: set[object] = set()
        for passage in reversed(passages):
            new = [one for one in find(passage, names) if _said(one) not in known]
            known.update(map(_said, new))
            found += new
    for passage in passages:
        found += find_statements(passage)
    return found


def _said(finding: Finding) -> object:
    value = finding.value
    return (value.value, value.unit) if isinstance(value, Quantity) else value
