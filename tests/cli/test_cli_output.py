"""Every form of an answer can be read back, and files are written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
from pathlib import Path

import pytest
from command_line import Run

from littrack.cli.files import write_file
from littrack.errors import OutputError

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links, modes, devices differ")
QUERY = ("search", "language models", "--mode", "semantic")


def test_json_csv_and_tsv_hold_the_same(run: Run, filled: Path) -> None:
    hits = json.loads(run(*QUERY, "--library", filled, "--json").stdout)
    lines = run(*QUERY, "--library", filled, "--jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == hits
    assert run(*QUERY, "--library", filled, "--nl").stdout.splitlines() == lines
    text = run(*QUERY, "--library", filled, "--format", "csv").stdout_bytes.decode("utf-8")
    assert text.count("\r\n") == len(hits) + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["title"] for row in rows] == [hit["title"] for hit in hits]
    assert [float(row["score"]) for row in rows] == [hit["score"] for hit in hits]
    assert rows[0].keys() == hits[0].keys()
    table = run(*QUERY, "--library", filled, "--format", "tsv").stdout.splitlines()
    assert [line.split("\t")[2] for line in table[1:]] == [hit["arxiv_id"] for hit in hits]


def test_markdown_is_a_table_whatever_the_titles_hold(run: Run, filled: Path) -> None:
    lines = run(*QUERY, "--library", filled, "--format", "md").stdout.splitlines()
    assert lines[1] == "| --- | --- | --- | --- | --- |"
    assert len(lines) == 6
    assert {line.replace("\\|", "").count("|") for line in lines} == {6}


def test_plain_text_has_no_colour_and_FORCE_COLOR_has(
    run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run(*QUERY, "--library", filled).stdout
    assert "\x1b" not in plain
    assert plain.splitlines()[0].split() == ["#", "Score", "Date", "arXiv", "Title"]
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in run(*QUERY, "--library", filled).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[36m" not in run(*QUERY, "--library", filled).stdout


def test_nothing_found_has_a_header_in_csv_and_an_empty_array_in_json(
    run: Run, empty: Path
) -> None:
    header = run("search", "x", "--library", empty, "--format", "csv").stdout
    assert header.startswith("rank,kind,arxiv_id,")
    assert run("search", "x", "--library", empty, "--jsonl").stdout == ""
    assert run("search", "x", "--library", empty, "--json").stdout == "[]\n"


def test_the_name_of_the_file_chooses_the_form(run: Run, filled: Path, tmp_path: Path) -> None:
    for name, start in (("a.json", "[{"), ("a.csv", "rank,"), ("a.md", "| #"), ("a.txt", "#")):
        result = run(*QUERY, "--library", filled, "-o", tmp_path / name)
        assert (result.exit_code, result.stdout) == (0, "")
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    assert run(*QUERY, "--library", filled, "--json", "-o", "-").stdout.startswith("[{")


def test_a_file_that_cannot_be_written_is_an_error_and_stays_as_it_was(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    for path in (tmp_path / "absent" / "a.json", tmp_path):
        result = run(*QUERY, "--library", filled, "-o", path)
        assert result.exit_code == 73
        assert "cannot write" in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


@POSIX
def test_a_file_is_replaced_with_its_mode_kept_and_a_link_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_file(link, "新")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "新"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]


@POSIX
def test_a_device_is_written_to_and_not_replaced() -> None:
    before = os.stat(os.devnull).st_ino
    write_file(Path(os.devnull), "gone")
    assert os.stat(os.devnull).st_ino == before


@POSIX
def test_a_circle_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OutputError):
        write_file(tmp_path / "a", "x")
