"""A recording of harvests is harvested again without arXiv, at any time, to the same library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dumps import Dump, dump

from littrack.errors import InputError, SettingsError, SourceUnavailable
from littrack.records import RunReport
from littrack.settings import Subscription
from littrack.steps.ingest import ingest, ingest_subscriptions
from littrack.steps.opening import OpenLibrary
from littrack.store.tables import metadata
from small_arxiv import FakeClock

API = Subscription("words", categories=("cs.CL",), via="api")
OAI = Subscription("everything", categories=("cs.CL",), via="oai")
TIMES = (
    *("first_seen_at", "last_changed_at", "recorded_at", "started_at", "finished_at"),
    "fetched_at",
)
TROUBLE = ["", "503", "", "reset", "truncated", "", "", "429", "cut"]
YEARS_LATER = datetime(2031, 5, 5, 5, 5, tzinfo=UTC)


def timeless(library: OpenLibrary) -> Dump:
    """What a library holds, but for when it learned it."""
    found = dump(library.engine)
    for table in metadata.sorted_tables:
        left_out = {i for i, column in enumerate(table.columns) if column.name in TIMES}
        found[table.name] = [
            tuple(cell for i, cell in enumerate(row) if i not in left_out)
            for row in found[table.name]
        ]
    return found


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return tmp_path / "tape"


@pytest.fixture
def subscribed(library_of: Any, api_door: Any, oai_door: Any) -> Callable[..., OpenLibrary]:
    """Makes libraries with one subscription to each service."""

    def make(name: str, **settings: Any) -> OpenLibrary:
        library = library_of(api_door, oai_door, name=name, **settings)
        chosen = replace(library.settings, subscriptions=(API, OAI))
        return replace(library, settings=chosen)

    return make


@pytest.fixture
def recorded(
    subscribed: Callable[..., OpenLibrary], api_door: Any, oai_door: Any, tape: Path
) -> OpenLibrary:
    """Both subscriptions recorded, with faults; afterwards nobody answers any more."""
    api_door.service.script, oai_door.service.script = list(TROUBLE), list(TROUBLE)
    library = subscribed("recorded", record=str(tape))
    reports = ingest_subscriptions(library)
    assert all(report.complete for report in reports)
    for door in (api_door, oai_door):
        door.service.always = "reset"
        door.service.asked.clear()
    return library


def replay(library: OpenLibrary, **changes: Any) -> list[RunReport]:
    return ingest_subscriptions(replace(library, **changes))


def test_a_replay_offline_leaves_the_same_library(
    recorded: OpenLibrary,
    subscribed: Callable[..., OpenLibrary],
    tape: Path,
    api_door: Any,
    oai_door: Any,
    clock: FakeClock,
) -> None:
    before = clock.elapsed
    again = subscribed("again", replay=str(tape), offline=True)
    assert all(report.complete for report in replay(again))
    assert timeless(again) == timeless(recorded)
    assert api_door.service.asked == oai_door.service.asked == []
    assert clock.elapsed == before, "a replay waits for nobody"


def test_so_does_a_replay_years_later(
    recorded: OpenLibrary, subscribed: Callable[..., OpenLibrary], tape: Path
) -> None:
    again = subscribed("again", replay=str(tape), offline=True)
    assert all(report.complete for report in replay(again, now=lambda: YEARS_LATER))
    assert timeless(again) == timeless(recorded)


def test_what_was_not_recorded_is_said_in_words(
    recorded: OpenLibrary, subscribed: Callable[..., OpenLibrary], tape: Path, api_door: Any
) -> None:
    again = subscribed("again", replay=str(tape), offline=True)
    other = replace(api_door.request, categories=("cs.LG",))
    with pytest.raises(SourceUnavailable, match=r"the recording in .*tape has no answer to .*LG"):
        ingest(again, other)


def test_a_folder_without_a_recording_is_the_users_mistake(
    subscribed: Callable[..., OpenLibrary], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="there is no recording"):
        replay(subscribed("again", replay=str(tmp_path / "nothing")))


def test_recording_and_replaying_at_once_is_refused(
    subscribed: Callable[..., OpenLibrary], tape: Path
) -> None:
    with pytest.raises(SettingsError, match="exclude each other"):
        subscribed("both", record=str(tape), replay=str(tape))


def test_a_recording_that_was_cut_off_goes_on_where_the_harvest_does(
    door: Any, library_of: Any, tape: Path, clock: FakeClock
) -> None:
    class Killed(BaseException):
        """Stands in for a kill: nothing of ours catches it."""

    def kill(number: int, when: str) -> None:
        if (number, when) == (5, "before"):
            clock.during = die

    def die() -> None:
        raise Killed

    door.service.moment = kill
    library = library_of(door, name="recorded", record=str(tape))
    with pytest.raises(Killed):
        ingest(library, door.request)
    with (tape / "requests.jsonl").open("ab") as file:
        file.write(b'{"sequence": 99, "half a li')
    door.service.moment = clock.during = None
    clock.elapsed += timedelta(days=1).total_seconds()
    assert ingest(library, door.request).complete
    again = library_of(door, name="again", replay=str(tape), offline=True)
    door.service.asked.clear()
    assert ingest(again, door.request).complete
    assert door.service.asked == []
    held = [timeless(one) for one in (again, library)]
    for name in ("papers", "paper_versions", "source_coverage", "source_changes"):
        assert held[0][name] == held[1][name]
