"""Compares candidates with labels: what was found, what was missed, what is wrong.

How things are matched:

    name    the letters and digits are the same (case, hyphens, spaces, TeX do not count); a paper's
            first name is right when it is one of the labelled ones
    size    in parameters, within 2 %
    tokens  within 2 %; words and bytes are no tokens
    base    the same name folded (family, version and size), or one is the other plus a size
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from littrack.analysis.releases.names import name_key, without_size
from littrack.claims import Candidate, Finding, ModelField, Outcome, Parent, Quantity, Unit

_TOLERANCE = 0.02
ITEMS = ("first name", "names", "sizes", "tokens", "base model")
# Which candidates count: what is accepted, what a person will see, and all that is read.
SCOPES: Mapping[str, tuple[Outcome, ...]] = {
    "accept": (Outcome.ACCEPT,),
    "accept or review": (Outcome.ACCEPT, Outcome.REVIEW),
    "any": tuple(Outcome),
}


@dataclass(frozen=True, slots=True)
class ReleaseLabel:
    """What a person says of a paper."""

    arxiv_id: str
    release: bool
    names: tuple[str, ...] = ()
    sizes_b: tuple[float, ...] = ()
    tokens_b: tuple[float, ...] = ()
    base: tuple[str, ...] = ()
    doubtful: bool = False  # the decision could reasonably be the other
    group: str = ""  # where the paper was drawn from
    itemised: bool = True  # names, sizes, tokens and bases are labelled too


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an item was found, was found rightly, and should have been found."""

    item: str
    scope: str
    right: int = 0
    found: int = 0
    recalled: int = 0
    expected: int = 0

    @property
    def precision(self) -> float | None:
        """None when nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """None when nothing was to be found."""
        return self.recalled / self.expected if self.expected else None


@dataclass(frozen=True, slots=True)
class ReleaseError:
    """One thing that a candidate says wrongly or does not say."""

    arxiv_id: str
    item: str
    problem: str  # "wrong" or "missed"
    value: str
    expected: tuple[str, ...]
    outcome: Outcome
    finding: Finding | None = None  # where the wrong value stands


Judged = Sequence[tuple[ReleaseLabel, Candidate]]


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, up to case, hyphens, spaces and TeX."""
    return name_key(one) == name_key(other)


def same_base(one: str, other: str) -> bool:
    """Whether two names are one, or one is the other plus a size."""
    left, right = name_key(one), name_key(other)
    if left == right:
        return True
    return name_key(without_size(one)) == right or name_key(without_size(other)) == left


def same_number(one: str, other: str) -> bool:
    """Whether two numbers are the same within 2 %."""
    left, right = float(one), float(other)
    return abs(left - right) <= _TOLERANCE * max(abs(left), abs(right))


_MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "first name": same_name,
    "names": same_name,
    "sizes": same_number,
    "tokens": same_number,
    "base model": same_base,
}


def count_releases(judged: Judged) -> list[Tally]:
    """How well accepting, and accepting or queueing, finds the releases among all papers."""
    tallies = []
    for scope in ("accept", "accept or review"):
        found = [label.release for label, got in judged if got.outcome in SCOPES[scope]]
        right, expected = sum(found), sum(label.release for label, _got in judged)
        tallies.append(Tally("release", scope, right, len(found), right, expected))
    return tallies


def count_items(judged: Judged) -> list[Tally]:
    """What is read of the true releases, item by item and scope by scope.

    Found are the values of the scope's candidates; expected are those of all true releases.
    """
    tallies = []
    for item, (scope, outcomes) in product(ITEMS, SCOPES.items()):
        tally = Tally(item, scope)
        for label, candidate in judged:
            if label.release and label.itemised:
                seen = candidate.outcome in outcomes
                tally = _add(tally, label, candidate if seen else None)
        tallies.append(tally)
    return tallies


def _add(tally: Tally, label: ReleaseLabel, candidate: Candidate | None) -> Tally:
    same = _MATCHES[tally.item]
    wanted = _labelled(label, tally.item)
    got = [value for value, _finding in _found(candidate, tally.item)] if candidate else []
    right = sum(any(same(value, one) for one in wanted) for value in got)
    recalled = sum(any(same(value, one) for value in got) for one in wanted)
    expected = len(wanted)
    if tally.item == "first name":
        recalled, expected = min(recalled, 1), min(expected, 1)
    return replace(
        tally,
        right=tally.right + right,
        found=tally.found + len(got),
        recalled=tally.recalled + recalled,
        expected=tally.expected + expected,
    )


def _labelled(label: ReleaseLabel, item: str) -> tuple[str, ...]:
    if item in ("first name", "names"):
        return label.names
    if item == "base model":
        return label.base
    numbers = label.sizes_b if item == "sizes" else label.tokens_b
    return tuple(str(number) for number in dict.fromkeys(numbers))


def _found(candidate: Candidate, item: str) -> Iterator[tuple[str, Finding | None]]:
    """The values of an item, each once, with a place where it stands."""
    if item in ("first name", "names"):
        places = {one.value: one for one in candidate.findings if one.field is ModelField.ALIAS}
        for name in candidate.names[: 1 if item == "first name" else None]:
            yield name, places.get(name)
        return
    yielded: set[str] = set()
    for finding in candidate.findings:
        value = _value(finding, item)
        if value is not None and value not in yielded:
            yielded.add(value)
            yield value, finding


def _value(finding: Finding, item: str) -> str | None:
    value = finding.value
    if item == "base model":
        return value.name if isinstance(value, Parent) else None
    unit = Unit.PARAMETERS if item == "sizes" else Unit.TOKENS
    if isinstance(value, Quantity) and value.unit is unit and value.value is not None:
        return str(value.value / 1e9)
    return None


def list_errors(judged: Judged) -> Iterator[ReleaseError]:
    """Everything that is wrong or missed: releases first, then the items of true releases."""
    for label, got in judged:
        if label.release and got.outcome is Outcome.REJECT:
            yield ReleaseError(label.arxiv_id, "release", "missed", "", label.names, got.outcome)
        elif not label.release and got.outcome is not Outcome.REJECT:
            places = (one for one in got.findings if one.field is ModelField.ALIAS)
            name = "; ".join(got.names)
            yield ReleaseError(
                label.arxiv_id, "release", "wrong", name, (), got.outcome, next(places, None)
            )
    for label, got in judged:
        if label.release and label.itemised:
            for item in ITEMS:
                yield from _item_errors(label, got, item)


def _item_errors(label: ReleaseLabel, got: Candidate, item: str) -> Iterable[ReleaseError]:
    same, wanted = _MATCHES[item], _labelled(label, item)
    found = list(_found(got, item))
    for value, place in found:
        if not any(same(value, one) for one in wanted):
            yield ReleaseError(label.arxiv_id, item, "wrong", value, wanted, got.outcome, place)
    missed = [one for one in wanted if not any(same(value, one) for value, _place in found)]
    if item == "first name":
        missed = missed[:1] if wanted and not found else []
    for one in missed:
        yield ReleaseError(label.arxiv_id, item, "missed", one, wanted, got.outcome)
