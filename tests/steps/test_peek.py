"""A look at what arXiv announces, beside what the library holds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from littrack.errors import InputError, SourceUnavailable
from littrack.settings import Subscription, load_settings
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary, open_library
from littrack.steps.peek import peek
from littrack.steps.status import load_status
from littrack.store.engine import write_lock


def feed(*items: tuple[str, str]) -> bytes:
    """A feed of (identifier with version, kind)."""
    shown = "".join(
        f"<item><title>On {name}</title><guid>oai:arXiv.org:{name}</guid>"
        f"<description>arXiv:{name} Announce Type: {kind} Abstract: Text.</description></item>"
        for name, kind in items
    )
    day = "Thu, 01 Jan 2026 00:00:00 -0500"
    return f"<rss><channel><pubDate>{day}</pubDate>{shown}</channel></rss>".encode()


@pytest.fixture
def linked(
    tmp_path: Path, small_arxiv: Any, clock: Any, monkeypatch: pytest.MonkeyPatch, landmarks: Path
) -> OpenLibrary:
    """A library of five papers whose arXiv is the small one."""
    monkeypatch.setattr("littrack.sources.limiter.SystemClock", lambda: clock)
    settings = {f"arxiv.{name}_url": small_arxiv.url for name in ("api", "oai", "rss")}
    overrides = settings | {"library": str(tmp_path / "library")}
    library = open_library(load_settings(tmp_path, None, overrides), clock.now)
    import_file(library, landmarks)
    answer_with(small_arxiv, feed())
    return library


def answer_with(small_arxiv: Any, body: bytes) -> None:
    headers = {"Content-Type": "application/rss+xml"}
    small_arxiv.answer = lambda _asked, _fault: (200, headers, body)


def subscribed(library: OpenLibrary, *subscriptions: Subscription) -> OpenLibrary:
    return replace(library, settings=replace(library.settings, subscriptions=subscriptions))


def as_versions(library: OpenLibrary, number: int) -> None:
    with library.engine.begin() as conn:
        conn.exec_driver_sql(f"UPDATE papers SET version = {number}")


def test_each_announcement_says_whether_that_version_is_held(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    as_versions(linked, 3)
    announced = (
        ("2601.00001v1", "new"), ("2201.11903v3", "replace"), ("1706.03762v4", "replace"),
        ("2005.11401v1", "cross"),
    )  # fmt: skip
    answer_with(small_arxiv, feed(*announced))
    found = peek(linked, ["cs.CL"])
    assert [str(one.held) for one in found.papers] == [
        "not held", "held", "older version held", "held",
    ]  # fmt: skip
    assert found.categories == ("cs.CL",)
    assert [one.announcement.kind for one in found.papers[:2]] == ["new", "replace"]


def test_a_paper_of_unknown_version_is_not_said_to_be_old(
    linked: OpenLibrary, small_arxiv: Any
) -> None:
    answer_with(small_arxiv, feed(("2201.11903v6", "replace"), ("1706.03762v1", "cross")))
    found = peek(linked, ["cs.CL"])
    assert [str(one.held) for one in found.papers] == ["held, version unknown", "held"]


def test_looking_stores_nothing_and_needs_no_lock(linked: OpenLibrary, small_arxiv: Any) -> None:
    answer_with(small_arxiv, feed(("2601.00001v1", "new")))
    before = load_status(linked)
    with write_lock(linked.folder, "littrack ingest cat:cs.CL"):
        assert len(peek(linked, ["cs.CL"]).papers) == 1
    assert load_status(linked) == before


def test_the_categories_of_all_subscriptions_are_looked_at_and_the_others_named(
    linked: OpenLibrary,
) -> None:
    library = subscribed(
        linked,
        Subscription("nlp", categories=("cs.CL", "cs.LG")),
        Subscription("prompts", query="abs:prompt"),
        Subscription("all", categories=("cs.*", "cs.CL")),
        Subscription("few", ids=("1706.03762",)),
    )
    found = peek(library)
    assert found.categories == ("cs.CL", "cs.LG", "cs.*")
    assert found.warnings[0].endswith(": prompts, few")
    assert peek(library, ["cs.CL"]).warnings == ()


@pytest.mark.parametrize("subscriptions", [(), (Subscription("prompts", query="abs:prompt"),)])
def test_without_any_category_it_says_what_to_do(
    linked: OpenLibrary, small_arxiv: Any, subscriptions: tuple[Subscription, ...]
) -> None:
    with pytest.raises(InputError, match=r"--peek --category cs\.CL"):
        peek(subscribed(linked, *subscriptions))
    assert small_arxiv.times == []


def test_an_empty_feed_is_an_empty_answer(linked: OpenLibrary) -> None:
    found = peek(linked, ["cs.CL"])
    assert (found.papers, found.warnings) == ((), ())
    assert str(found.published) == "2026-01-01 05:00:00+00:00"


def test_what_was_recorded_is_seen_again_without_arxiv_and_by_the_time_of_then(
    linked: OpenLibrary, small_arxiv: Any, clock: Any, tmp_path: Path
) -> None:
    answer_with(small_arxiv, feed(("2601.00001v1", "new")))
    folder = str(tmp_path / "recorded")
    first = peek(replace(linked, settings=replace(linked.settings, record=folder)), ["cs.CL"])
    clock.elapsed += 40 * 86400
    small_arxiv.times.clear()
    replayed = replace(linked, settings=replace(linked.settings, replay=folder, offline=True))
    assert peek(replayed, ["cs.CL"]) == first
    assert small_arxiv.times == []
    with pytest.raises(SourceUnavailable, match="no answer"):
        peek(replayed, ["cs.LG"])
    shutil.rmtree(folder)
    with pytest.raises(InputError, match="--record makes one"):
        peek(replayed, ["cs.CL"])
