"""Papers from a small arXiv, a look at what it announces, and an end by hand."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Run, Start

SECONDS = 60
SINCE = ("--category", "cs.CL", "--since", "2024-01", "--until", "2024-01")
DAY = "Thu, 01 Jan 2026 00:00:00 -0500"
ITEM = """<item><title>{title}</title><guid isPermaLink="false">oai:arXiv.org:{name}</guid>
<description>arXiv:{name} Announce Type: {kind} \nAbstract: What was found.</description>
<category>cs.CL</category><pubDate>{day}</pubDate>
<announce_type xmlns="http://arxiv.org/schemas/atom">{kind}</announce_type>
<creator xmlns="http://purl.org/dc/elements/1.1/">Ada Lovelace, Charles Babbage</creator></item>"""


def feed(*items: tuple[str, str, str]) -> bytes:
    shown = (ITEM.format(name=name, kind=kind, title=title, day=DAY) for name, kind, title in items)
    text = f"<rss><channel><pubDate>{DAY}</pubDate>{''.join(shown)}</channel></rss>"
    return text.encode()


ANNOUNCED = feed(
    ("2601.00001v1", "new", "Fresh [&amp;] new"), ("2401.10003v2", "replace", "Paper 3")
)


@pytest.fixture
def arxiv(
    small_arxiv: Any, clock: Any, record: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Any]:
    """A small arXiv of thirty papers; its feed is `ANNOUNCED` unless changed."""
    monkeypatch.setattr("littrack.sources.limiter.SystemClock", lambda: clock)
    for name in ("API", "OAI", "RSS"):
        monkeypatch.setenv(f"LITTRACK_ARXIV__{name}_URL", small_arxiv.url)
    small_arxiv.records += [
        record(f"2401.{10000 + i}", f"2024-01-{1 + i:02d}T10:00:00Z", title=f"Paper {i}")
        for i in range(30)
    ]
    small_arxiv.feed = ANNOUNCED
    whole = small_arxiv.answer

    def answer(asked: dict[str, str], fault: str) -> tuple[int, dict[str, str], bytes]:
        if asked:
            return whole(asked, fault)
        return 200, {"Content-Type": "application/rss+xml"}, small_arxiv.feed

    small_arxiv.answer = answer
    return small_arxiv


def papers_in(run: Run, library: Path) -> int:
    return int(json.loads(run("status", "--library", library, "--json").stdout)["papers"])


# --- pulling --------------------------------------------------------------------------------------


def test_papers_are_pulled_and_counted(run: Run, empty: Path, arxiv: Any) -> None:
    result = run("ingest", *SINCE, "--library", empty)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    said = result.stderr.splitlines()
    assert "30 received, 30 new" in said[-2]  # all is new: nothing more to name
    assert said[-1].startswith("next: littrack update --no-ingest")
    assert papers_in(run, empty) == 30


def test_what_changed_is_named_after_the_counts(
    run: Run, empty: Path, arxiv: Any, record: Any
) -> None:
    run("ingest", *SINCE, "--library", empty)
    arxiv.records[3].version = 2
    gone = "<arxiv:comment>This paper has been withdrawn by the author</arxiv:comment>"
    arxiv.records[5] = record("2401.10005", "2024-01-06T10:00:00Z", 2, "Paper 5", extra=gone)
    arxiv.records.append(record("2601.00009", "2026-01-01T10:00:00Z"))
    ids = "2401.10003,2401.10004,2401.10005,2601.00009"
    result = run("ingest", "--ids", ids, "--library", empty)
    assert result.exit_code == 0, result.output
    said = result.stderr.splitlines()
    assert "4 received, 1 new, 2 updated, 1 unchanged" in said[0]
    assert said[1].split() == ["withdrawn", "2401.10005", "Paper", "5", "(v1", "->", "v2)"]
    assert said[2].split() == ["new", "version", "2401.10003", "Paper", "3", "(v1", "->", "v2)"]
    assert said[3].split() == ["new", "1", "paper"]
    quiet = run("-q", "ingest", "--ids", ids, "--library", empty)
    assert quiet.output == ""


def test_what_changed_is_named_also_when_a_part_is_missing(
    run: Run, empty: Path, arxiv: Any
) -> None:
    run("ingest", *SINCE, "--library", empty)
    arxiv.records[3].version = 2
    result = run("ingest", "--ids", "2401.10003,2401.99999", "--library", empty)
    assert result.exit_code == 5
    assert "  new version   2401.10003  Paper 3 (v1 -> v2)" in result.stderr.splitlines()


def test_a_recording_takes_the_place_of_arxiv(
    run: Run, empty: Path, arxiv: Any, tmp_path: Path
) -> None:
    recorded = run("ingest", *SINCE, "--record", tmp_path / "tape", "--library", empty)
    assert recorded.exit_code == 0, recorded.output
    asked = len(arxiv.times)
    replay = ("ingest", *SINCE, "--replay", tmp_path / "tape", "--library", tmp_path / "second")
    replayed = run("--offline", *replay)
    assert replayed.exit_code == 0, replayed.output
    assert replayed.stderr == recorded.stderr
    assert papers_in(run, tmp_path / "second") == 30
    assert len(arxiv.times) == asked


def test_a_via_that_subscriptions_do_not_heed_is_said_to_be_ignored(
    run: Run, empty: Path, arxiv: Any
) -> None:
    (empty / "littrack.toml").write_text('[[subscription]]\nname = "few"\nids = ["2401.10003"]\n')
    result = run("ingest", "--via", "oai", "--library", empty)
    assert result.exit_code == 0, result.output
    assert "--via was ignored" in result.stderr
    assert "ignored" not in run("ingest", "--library", empty).stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--peek", "--query", "abs:x"), "--query"),
        (("--peek", "--ids", "2401.10003"), "--ids"),
        (("--peek", "--since", "2024"), "--since"),
        (("--peek", "--until", "2024"), "--until"),
        (("--peek", "--via", "api"), "--via"),
        (("--category", "cs.CL", "--json"), "--peek"),
        (("--category", "cs.CL", "-o", "x.csv"), "--peek"),
        (("--category", "cs.CL", "--record", "a", "--replay", "b"), "exclude each other"),
    ],
)
def test_options_that_do_not_go_together_are_refused_before_anything_is_asked(
    run: Run, empty: Path, arxiv: Any, arguments: tuple[str, ...], says: str
) -> None:
    result = run("ingest", *arguments, "--library", empty)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert arxiv.times == []


# --- peek -----------------------------------------------------------------------------------------


def test_a_peek_shows_todays_announcements_and_stores_nothing(
    run: Run, empty: Path, arxiv: Any
) -> None:
    run("ingest", *SINCE, "--library", empty)
    result = run("ingest", "--peek", "--category", "cs.CL", "--library", empty)
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Kind     arXiv id    Held                Title\n"
        "new      2601.00001  not held            Fresh [&] new\n"
        "replace  2401.10003  older version held  Paper 3\n"
    )
    assert result.stderr == (
        "2026-01-01, cs.CL: 2 announced, 1 not held, 1 older version held; nothing was stored\n"
    )
    assert papers_in(run, empty) == 30


def test_a_peek_as_json_has_all_that_is_known(run: Run, empty: Path, arxiv: Any) -> None:
    arxiv.feed = feed(("2601.00001v1", "new", "Fresh"))
    arguments = ("ingest", "--peek", "--category", "cs.CL", "--library", empty)
    assert json.loads(run(*arguments, "--json").stdout) == [
        {
            "arxiv_id": "2601.00001",
            "version": 1,
            "kind": "new",
            "title": "Fresh",
            "authors": ["Ada Lovelace", "Charles Babbage"],
            "categories": ["cs.CL"],
            "announced": "2026-01-01T05:00:00Z",
            "held": "not held",
            "url": "https://arxiv.org/abs/2601.00001v1",
        }
    ]
    assert run(*arguments, "-o", "today.csv").stdout == ""
    assert Path("today.csv").read_text("utf-8").startswith("arxiv_id,version,kind,title,authors")


def test_a_day_without_announcements_is_an_answer(run: Run, empty: Path, arxiv: Any) -> None:
    arxiv.feed = feed().replace(b"Thu, 01 Jan", b"Sat, 03 Jan")
    arguments = ("ingest", "--peek", "--category", "cs.*", "--library", empty)
    result = run(*arguments, "--json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert "nothing is announced in cs.* for 2026-01-03 (Saturday)" in result.stderr


def test_a_peek_without_a_category_says_what_to_do(run: Run, empty: Path, arxiv: Any) -> None:
    result = run("ingest", "--peek", "--library", empty)
    assert result.exit_code == 65
    assert "littrack ingest --peek --category cs.CL" in result.stderr


def test_a_peek_warns_of_an_old_batch(run: Run, empty: Path, arxiv: Any, clock: Any) -> None:
    clock.elapsed += 86400 * 4
    arguments = ("ingest", "--peek", "--category", "cs.CL", "--library", empty)
    result = run("-q", *arguments, "--json")
    assert "littrack: warning: arXiv shows the announcement of 2026-01-01" in result.stderr
    assert len(json.loads(result.stdout)) == 2


def test_a_peek_offline_is_refused(run: Run, empty: Path) -> None:
    arguments = ("ingest", "--peek", "--category", "cs.CL", "--library", empty)
    assert run("--offline", *arguments).exit_code == 69


# --- an end by hand -------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_keeps_what_came_and_names_the_command_that_goes_on(
    run: Run, start: Start, empty: Path, small_arxiv: Any, record: Any
) -> None:
    small_arxiv.records += [
        record(f"2401.{10000 + i}", f"2024-01-{1 + i // 60:02d}T10:{i % 60:02d}:00Z")
        for i in range(1500)
    ]
    whole, asked, release = small_arxiv.answer, threading.Event(), threading.Event()

    def answer(question: dict[str, str], fault: str) -> tuple[int, dict[str, str], bytes]:
        if question["start"] == "0" or release.is_set():
            return whole(question, fault)
        asked.set()  # the second page: the question is taken, and nobody waits for the answer
        release.wait(SECONDS)
        return 200, {}, b""

    small_arxiv.answer = answer
    arguments = ("ingest", "--query", 'abs:"chain of thought"', "--since", "2024-01")
    arguments += ("--until", "2024-01", "--library", str(empty))
    urls = {f"LITTRACK_ARXIV__{name}_URL": small_arxiv.url for name in ("API", "OAI", "RSS")}
    process = start(*arguments, LITTRACK_ARXIV__DELAY_SECONDS="0", **urls)
    try:
        assert asked.wait(SECONDS)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=SECONDS)
    finally:
        release.set()
    assert process.returncode == 130, said
    assert out == b""
    assert b"Traceback" not in said
    assert said.decode().splitlines()[-1] == (
        "littrack: interrupted: what came before is stored. To go on, run the same command again: "
        "littrack ingest --query 'abs:\"chain of thought\"' --since 2024-01 --until 2024-01 "
        f"--library {empty}"
    )
    assert papers_in(run, empty) == 1000
    again = start(*arguments, LITTRACK_ARXIV__DELAY_SECONDS="0", **urls)
    said = again.communicate(timeout=SECONDS)[1]
    assert again.returncode == 0, said
    assert papers_in(run, empty) == 1500
