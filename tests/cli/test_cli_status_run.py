"""What one harvest did, what a paper's versions say differently, what is missing or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Run

SINCE = ("--category", "cs.CL", "--since", "2024-01", "--until", "2024-01")
RUN_KEYS = {
    *("run", "source", "target", "state", "note", "started", "finished", "counts"),
    *("coverage", "changed", "changes", "rejections"),
}
SUBSCRIPTION = '[[subscription]]\nname = "nlp"\ncategories = ["cs.CL"]\nvia = "api"\n'


@pytest.fixture
def arxiv(small_arxiv: Any, clock: Any, record: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A small arXiv of five papers."""
    monkeypatch.setattr("littrack.sources.limiter.SystemClock", lambda: clock)
    for name in ("API", "OAI", "RSS"):
        monkeypatch.setenv(f"LITTRACK_ARXIV__{name}_URL", small_arxiv.url)
    small_arxiv.records += [
        record(f"2401.{10000 + i}", f"2024-01-0{1 + i}T10:00:00Z", title=f"Old words of paper {i}")
        for i in range(5)
    ]
    return small_arxiv


@pytest.fixture
def harvested(run: Run, empty: Path, arxiv: Any) -> Path:
    """A library that was harvested twice; between them a paper got another title, one came."""
    assert run("ingest", *SINCE, "--library", empty).exit_code == 0
    arxiv.records[3].version, arxiv.records[3].title = 2, "New words of paper 3"
    arxiv.records.append(type(arxiv.records[0])("2401.20000", "2024-01-09T10:00:00Z", title="One"))
    assert run("ingest", *SINCE, "--library", empty).exit_code == 0
    return empty


# --- status --run ---------------------------------------------------------------------------------


def test_the_last_run_is_a_page_of_what_it_asked_read_and_changed(
    run: Run, harvested: Path
) -> None:
    result = run("status", "--run", "last", "--library", harvested)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["run", "2"] in lines
    assert ["asked", "api", "cat:cs.CL", "since", "2024-01-01", "until", "2024-02-01"] in lines
    assert ["state", "complete"] in lines
    assert ["received", "6"] in lines
    assert ["new", "2401.20000", "One"] in lines
    assert "new version 2401.10003 v1 -> v2 New words of paper 3" in map(" ".join, lines)


def test_any_run_is_shown_by_its_number(run: Run, harvested: Path) -> None:
    first = json.loads(run("status", "--run", "1", "--json", "--library", harvested).stdout)
    assert (first["run"], first["changed"]) == (1, {"new": 5})
    last = run("status", "--run", "last", "--json", "--library", harvested).stdout
    assert last == run("status", "--run", "2", "--json", "--library", harvested).stdout


def test_a_run_as_json_has_everything_the_ledger_holds(run: Run, harvested: Path) -> None:
    found = json.loads(run("status", "--run", "2", "--json", "--library", harvested).stdout)
    assert found.keys() == RUN_KEYS
    assert found["counts"]["unchanged"] == 4
    assert found["changes"] == [
        {
            "kind": "new version",
            "arxiv_id": "2401.10003",
            "detail": "v1 -> v2",
            "title": "New words of paper 3",
        },
        {"kind": "new", "arxiv_id": "2401.20000", "detail": "", "title": "One"},
    ]
    (span,) = found["coverage"]
    assert (span["from"][:10], span["until"][:10]) == ("2024-01-01", "2024-02-01")
    assert (span["papers"], span["complete"]) == (6, True)
    assert found["rejections"] == []


@pytest.mark.parametrize(("number", "code", "says"), [("99", 65, "no run 99"), ("x", 2, "'x'")])
def test_a_run_that_is_none_is_an_error(
    run: Run, harvested: Path, number: str, code: int, says: str
) -> None:
    result = run("status", "--run", number, "--library", harvested)
    assert (result.exit_code, result.stdout) == (code, "")
    assert says in result.stderr


def test_before_the_first_harvest_there_is_no_last_run(run: Run, filled: Path) -> None:
    result = run("status", "--run", "last", "--library", filled)
    assert result.exit_code == 65
    assert "no harvest yet" in result.stderr


# --- show --diff ----------------------------------------------------------------------------------


def test_what_the_versions_of_a_paper_say_differently_is_marked(run: Run, harvested: Path) -> None:
    result = run("show", "2401.10003", "--diff", "--library", harvested)
    assert result.exit_code == 0
    assert result.stdout == "v1 -> v2\n  title: [-Old-]{+New+} words of paper 3\n"


def test_differences_as_json_have_both_texts(run: Run, harvested: Path) -> None:
    result = run("show", "2401.10003", "--diff", "--json", "--library", harvested)
    assert json.loads(result.stdout) == [
        {
            "before": 1,
            "after": 2,
            "field": "title",
            "old": "Old words of paper 3",
            "new": "New words of paper 3",
            "marked": "[-Old-]{+New+} words of paper 3",
        }
    ]


def test_a_paper_of_one_version_has_no_differences(run: Run, harvested: Path) -> None:
    result = run("show", "2401.10001", "--diff", "--library", harvested)
    assert (result.exit_code, result.stdout[:14]) == (0, "no differences")
    assert run("show", "2401.10001", "--diff", "--json", "--library", harvested).stdout == "[]\n"
    assert run("show", "2401.99999", "--diff", "--library", harvested).exit_code == 65


# --- what is missing, what was refused ------------------------------------------------------------


def test_status_names_the_holes_of_a_subscription(run: Run, empty: Path, arxiv: Any) -> None:
    (empty / "littrack.toml").write_text(SUBSCRIPTION)
    arxiv.always = "total+7"
    assert run("ingest", "--library", empty).exit_code == 5
    result = run("status", "--library", empty)
    assert result.exit_code == 0
    assert "holes of api nlp: cat:cs.CL\n  1991-08-01 to 20" in result.stdout
    assert "not read" in result.stdout
    assert "is incomplete" in result.stderr
    (source,) = json.loads(run("status", "--json", "--library", empty).stdout)["sources"]
    assert [hole["why"] for hole in source["holes"]] == ["not read"]
    arxiv.always = ""
    assert run("ingest", "--library", empty).exit_code == 0
    assert "holes of" not in run("status", "--library", empty).stdout


def test_the_doctor_lists_refused_answers(run: Run, empty: Path, arxiv: Any) -> None:
    arxiv.script = ["html", "truncated"]
    assert run("ingest", *SINCE, "--library", empty).exit_code == 0
    result = run("doctor", "--library", empty)
    assert result.exit_code == 0
    assert "2 refused answers of arXiv are kept in" in result.stdout
    found = json.loads(run("doctor", "--json", "--library", empty).stdout)
    refused = [one["what"] for one in found if one["what"].startswith("refused")]
    assert len(refused) == 2
    assert any("text/html, not XML" in what for what in refused)
    assert all(one["level"] == "warning" for one in found if "refused" in one["what"])


def test_the_doctor_lists_records_that_cannot_be_read(run: Run, empty: Path, arxiv: Any) -> None:
    arxiv.records[2].summary = "\x0b"
    assert run("ingest", *SINCE, "--library", empty).exit_code == 5
    found = json.loads(run("doctor", "--json", "--library", empty).stdout)
    (unreadable,) = [one for one in found if one["what"].startswith("unreadable")]
    assert "2401.10002" in unreadable["what"]
    assert unreadable["advice"] == "littrack status --run 1 shows it"
    shown = run("status", "--run", "1", "--library", empty).stdout
    assert "unreadable: " in shown
    assert "<entry>" in shown, "its bytes, as far as they can be printed"


def test_an_unreadable_record_cannot_steer_the_terminal(run: Run, empty: Path, arxiv: Any) -> None:
    arxiv.records[2].summary = "\x1b]0;title\x07"
    assert run("ingest", *SINCE, "--library", empty).exit_code == 5
    shown = run("status", "--run", "1", "--library", empty).stdout
    assert "\x1b" not in shown


def test_the_state_is_there_as_metrics(run: Run, empty: Path, tmp_path: Path) -> None:
    file = tmp_path / "littrack.prom"
    assert run("status", "--metrics", "-o", file, "--library", empty).exit_code == 0
    assert "littrack_papers 0" in file.read_text("utf-8").splitlines()
