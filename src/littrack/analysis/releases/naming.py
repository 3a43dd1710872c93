"""Which names a paper gives to the models that it releases, best first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from littrack.analysis.releases.introductions import Introduction
from littrack.analysis.releases.names import (
    WORD,
    is_shaped_like_a_name,
    name_at,
    name_key,
    without_size,
)
from littrack.analysis.releases.passages import Passage
from littrack.analysis.releases.vocabulary import FAMILIES

_FAMILY = re.compile(rf"(?:{FAMILIES})(?:s|-?\d.*)?$", re.IGNORECASE)
_KIND_WEIGHT = {"model": 1.5, "": 0.0, "method": 0.0, "system": -1.0, "data": -3.0}


@dataclass(slots=True)
class NameCandidate:
    """A name, everything that brings it up, and how much speaks for it."""

    key: str
    introductions: list[Introduction] = field(default_factory=list)
    score: float = 0.0
    mentions: int = 0

    @property
    def kinds(self) -> set[str]:
        """What the text says that it is."""
        return {one.kind for one in self.introductions if one.kind}

    @property
    def kind(self) -> str:
        """What the text says most often."""
        said = [one.kind for one in self.introductions if one.kind]
        return max(said, key=said.count) if said else ""

    @property
    def best(self) -> Introduction:
        """The introduction to quote: the abstract writes names as they are, titles change case."""
        return max(self.introductions, key=lambda one: (one.passage.part == "abstract", one.weight))


def rank_names(introductions: Sequence[Introduction], abstract: Passage) -> list[NameCandidate]:
    """All candidates, best first."""
    found: dict[str, NameCandidate] = {}
    for one in introductions:
        key = name_key(one.name)
        if len(key) >= 2:
            found.setdefault(key, NameCandidate(key)).introductions.append(one)
    small = abstract.text.lower()
    for candidate in found.values():
        candidate.mentions = small.count(candidate.best.name.lower())
        candidate.score = _score(candidate)
    return sorted(found.values(), key=lambda one: (-one.score, one.best.span))


def _score(candidate: NameCandidate) -> float:
    weights = sorted((one.weight for one in candidate.introductions), reverse=True)
    score = weights[0] + 0.35 * sum(weights[1:4])
    kinds = [one.kind for one in candidate.introductions]
    score += max((_KIND_WEIGHT[kind] for kind in kinds if kind), default=0.0)
    if "data" in kinds and "model" not in kinds:
        score -= 1.0
    score += 0.4 * min(candidate.mentions, 5)
    titled = any(one.passage.part == "title" for one in candidate.introductions)
    score += 1.0 * titled
    name = candidate.best.name
    if name.isupper() and re.search(rf"\b{re.escape(name)}s\b", candidate.best.passage.text):
        score -= 4.0  # "an audio language model (ALM)" is one of many ALMs
    if _FAMILY.match(name) and not titled:
        score -= 1.5 if "model" in kinds and weights[0] >= 3.0 else 3.0
    if not any(is_shaped_like_a_name(word) for word in name.split()) and not titled:
        score -= 0.8
        if name.islower() and name.isalpha():
            score -= 3.0
    return score


def choose_names(ranked: Sequence[NameCandidate], least: float = 3.0) -> list[NameCandidate]:
    """The candidates that name released models: the best, and others nearly as well introduced."""
    if not ranked or ranked[0].score < least:
        return []
    best = ranked[0]
    chosen = [best]
    for other in ranked[1:]:
        related = other.key.startswith(best.key) or best.key.startswith(other.key)
        enough = other.score >= (least if related else max(4.5, 0.6 * best.score))
        if enough and other.kind in ("model", "") and (related or other.kind == "model"):
            chosen.append(other)
    return chosen


_OF_DATA = re.compile(
    r"(?:[Bb]ench(?:mark)?|Eval|-\d+(?:\.\d+)?K|[Dd]ata(?:set)?|Corpus|Arena|Gym|Suite)$"
)
_SHORTEST = 3  # letters that a family's name needs


def find_variants(passage: Passage, chosen: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    """Further names in a text that begin with a chosen one: Qwen2-72B-Instruct beside Qwen2."""
    roots = {name_key(without_size(name)) for name in chosen[:1] if len(name) >= _SHORTEST}
    known = {name_key(name) for name in chosen}
    initials = {name[:1].lower() for name in chosen[:1]}
    found: list[tuple[str, tuple[int, int]]] = []
    for word in WORD.finditer(passage.text):
        if word[0][0].lower() not in initials:
            continue
        key = name_key(word[0])
        if not any(key.startswith(root) or root.startswith(key) for root in roots):
            continue
        span = name_at(passage.text, word.start())
        name = passage.text[slice(*span)] if span else ""
        if span is None or not name_key(name).startswith(tuple(roots)):
            continue
        if name_key(name) not in known and len(name) <= 40 and not _OF_DATA.search(name):
            known.add(name_key(name))
            found.append((name, span))
    return found
