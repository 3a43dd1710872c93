"""Whatever a service does: a harvest is whole, or it says that it is not; no text is ever wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from littrack.errors import SourceError
from littrack.steps.ingest import ingest
from littrack.steps.opening import OpenLibrary

REQUESTS = 3000  # more than any harvest here makes
LOUD = (5, 75)  # exit codes: the source gave less than it said; try again later
SEEDS = range(15)
W, I = "whole", "incomplete"  # noqa: E741
FREQUENCIES = ("once", "every third", "half", "always")
# How a harvest ends in which this fault happens at every third request, and at each; the name of an
# error says that it was raised. Where it says "whole", every paper is there, to the letter.
EXPECTED: dict[str, dict[str, tuple[str, str]]] = {
    "api": {
        "429": (W, "RateLimited"),
        "rate200": (W, "RateLimited"),
        "503": (W, "SourceOverloaded"),
        "500": (W, "SourceOverloaded"),
        "reset": (W, "AnswerBroken"),
        "cut": (W, "AnswerBroken"),
        "moved": (W, "AnswerBroken"),
        "truncated": (W, "SourceMalformed"),
        "html": (W, "SourceMalformed"),
        "badbytes": (W, I),
        "ctrl": (W, I),
        "nofield": (W, I),
        "empty": (W, "SourceIncomplete"),
        "short": (W, "SourceIncomplete"),
        "dup": (W, "SourceIncomplete"),
        "zero": (W, "SourceOverloaded"),
        "ties": (W, W),
        "total+7": (I, I),
        "total-7": (W, I),
    },
    "oai": {
        "429": (W, "RateLimited"),
        "503": (W, "SourceOverloaded"),
        "500": (W, "SourceOverloaded"),
        "reset": (W, "AnswerBroken"),
        "cut": (W, "AnswerBroken"),
        "moved": (W, "AnswerBroken"),
        "truncated": (W, "SourceMalformed"),
        "html": (W, "SourceMalformed"),
        "badbytes": (W, I),
        "ctrl": (W, I),
        "nofield": (W, W),  # in lists only; the records are then fetched one by one
        "empty": (W, "SourceIncomplete"),
        "short": (W, I),
        "dup": (W, I),
        "shuffle": (W, W),
        "expire": ("AnswerBroken", "AnswerBroken"),
    },
}
CASES = [(via, fault) for via in EXPECTED for fault in EXPECTED[via]]
Run = Callable[[list[str], str], str]


def script(fault: str, often: str) -> list[str]:
    """The fault of each request."""
    if often == "half":
        dice = random.Random(11)
        return [fault if dice.random() < 0.5 else "" for _ in range(REQUESTS)]
    pattern = {"every third": ["", "", fault], "always": [fault]}
    return pattern[often] * REQUESTS if often in pattern else ["", fault]


def outcome(library: OpenLibrary, door: Any) -> str:
    """How a harvest ended, in a word."""
    try:
        report = ingest(library, door.request)
    except SourceError as exc:
        assert exc.exit_code in LOUD, exc
        return type(exc).__name__
    assert report.complete or report.warnings or report.rejections
    return W if report.complete else I


@pytest.fixture
def run(library_of: Any, stored_in: Any, door: Any) -> Run:
    """Harvests into a fresh library, sees that what it stored is true, and says how it ended."""

    def harvest(faults: list[str], name: str) -> str:
        door.service.script = faults
        library = library_of(door, name=name)
        ended = outcome(library, door)
        stored = stored_in(library)
        library.engine.dispose()
        assert stored.items() <= door.held.items(), "a text is not what the service holds"
        assert ended != W or stored == door.held, "a harvest that is not whole says that it is"
        return ended

    return harvest


@pytest.mark.parametrize(("door", "fault"), CASES, indirect=["door"])
def test_a_fault_however_frequent_is_outlived_or_said(door: Any, fault: str, run: Run) -> None:
    row = tuple(run(script(fault, often), often) for often in FREQUENCIES)
    print(f"\n{door.via}  {fault:10}", *(f"{ended:16}" for ended in row), end="")
    assert row[0] == W
    assert (row[1], row[3]) == EXPECTED[door.via][fault]


@pytest.mark.parametrize("seed", SEEDS)
def test_so_is_any_mixture_of_faults(door: Any, seed: int, run: Run) -> None:
    dice = random.Random(seed)
    faults = dice.sample(sorted(EXPECTED[door.via]), dice.randint(2, 4))
    odds = dice.choice((0.2, 0.4, 0.6))
    run([dice.choice(faults) if dice.random() < odds else "" for _ in range(REQUESTS)], "mixed")


def test_nothing_is_believed_when_a_service_that_finds_other_papers_says_it_thrice(
    api_door: Any, library_of: Any, stored_in: Any
) -> None:
    """Three times zero, with a sound answer after the first two: no category is silent so long."""
    api_door.service.script = ["zero", "", "zero", "", "zero"]
    library = library_of(api_door)
    assert outcome(library, api_door) == I
    assert stored_in(library) == {}
    assert len(api_door.service.asked) == 5
