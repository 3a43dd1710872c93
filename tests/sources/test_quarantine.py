"""What is kept of refused answers, for how long, and how it is read again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from littrack.sources.http import Answer
from littrack.sources.quarantine import read_quarantine, write_refused

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def refuse(folder: Path, body: bytes, when: datetime = NOON, status: int = 200) -> None:
    answer = Answer("http://127.0.0.1/api?x=1", status, {"Content-Type": "text/html"}, body)
    write_refused(folder, answer, reason="not XML", when=when)


def test_a_refused_answer_is_read_back_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    refuse(tmp_path / "new" / "folder", b"<html>", status=503)
    (one,) = read_quarantine(tmp_path / "new" / "folder")
    assert (one.when, one.url, one.status) == (NOON, "http://127.0.0.1/api?x=1", 503)
    assert (one.reason, one.size) == ("not XML", 6)
    header, _, rest = one.path.read_bytes().partition(b"\n")
    assert json.loads(header)["headers"] == {"Content-Type": "text/html"}
    assert rest == b"\n<html>"


def test_the_newest_comes_first(tmp_path: Path) -> None:
    for hour in (2, 1, 3):
        refuse(tmp_path, b"%d" % hour, NOON + timedelta(hours=hour))
    assert [one.when.hour for one in read_quarantine(tmp_path)] == [15, 14, 13]


def test_of_a_long_body_the_beginning_is_kept_and_its_length(tmp_path: Path) -> None:
    refuse(tmp_path, b"x" * 100_000)
    (one,) = read_quarantine(tmp_path)
    assert one.size == 100_000
    assert one.path.read_bytes().partition(b"\n\n")[2] == b"x" * 65536


def test_no_more_than_the_newest_two_hundred_are_kept(tmp_path: Path) -> None:
    for number in range(203):
        refuse(tmp_path, b"%d" % number, NOON + timedelta(seconds=number))
    kept = read_quarantine(tmp_path)
    assert len(kept) == len(list(tmp_path.iterdir())) == 200
    assert kept[-1].when == NOON + timedelta(seconds=3)


def test_no_more_than_fifty_megabytes_are_kept(tmp_path: Path) -> None:
    for number in range(3):
        refuse(tmp_path, b"%d" % number, NOON + timedelta(seconds=number))
    oldest = read_quarantine(tmp_path)[-1].path
    middle = read_quarantine(tmp_path)[1].path
    middle.write_bytes(middle.read_bytes() + bytes(49_999_000))
    refuse(tmp_path, b"another of more than a thousand bytes" * 30, NOON + timedelta(seconds=9))
    assert not oldest.exists() and not middle.exists()
    assert len(read_quarantine(tmp_path)) == 2


def test_nothing_is_kept_for_more_than_ninety_days(tmp_path: Path) -> None:
    refuse(tmp_path, b"old")
    refuse(tmp_path, b"new", NOON + timedelta(days=90))
    assert len(read_quarantine(tmp_path)) == 2
    refuse(tmp_path, b"newest", NOON + timedelta(days=90, seconds=1))
    assert len(read_quarantine(tmp_path)) == 2


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]\n", b"http://x\nrefused: y\n", b"\xff\xfe\n", b'{"when": 1}\n\n']
)
def test_files_of_others_are_passed_over_and_left_alone(tmp_path: Path, content: bytes) -> None:
    for name in ("20260101T000000Z-0123456789ab.txt", "20260199T000000Z-0123456789ab.txt", "x.md"):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "20260102T000000Z-0123456789ab.txt").mkdir()
    refuse(tmp_path, b"y")
    assert len(read_quarantine(tmp_path)) == 1
    assert (tmp_path / "x.md").read_bytes() == content


def test_without_a_folder_there_is_nothing(tmp_path: Path) -> None:
    assert read_quarantine(tmp_path / "none") == []
