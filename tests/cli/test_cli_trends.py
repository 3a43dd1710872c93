from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from command_line import Run, write_papers
from typer.testing import CliRunner, Result

from littrack.cli import main
from littrack.cli.trends import trends

KEYS = ["phrase", "match", "period", "count", "cumulative", "partial", "kind", "total", "share"]


@pytest.fixture
def count(empty: Path, run: Run, tmp_path: Path) -> Callable[..., Result]:
    """``littrack trends`` on a library of eight papers, the last of 2022-04."""
    titles = ["Language models", "A language model", "Language modelling", "Maps"] * 2
    papers = [
        {
            "id": f"22{1 + number // 2:02d}.{number:05d}",
            "title": title,
            "abstract": "We look.",
            "authors": ["Ada Lovelace"],
            "categories": ["cs.CL"],
            "published": f"2022-{1 + number // 2:02d}-{10 + number}",
        }
        for number, title in enumerate(titles)
    ]
    file = write_papers(tmp_path / "eight.jsonl", papers)
    assert run("import", file, "--library", empty).exit_code == 0
    app = main.build_app()
    if not any(one.name == "trends" for one in main.COMMANDS):
        trends.add(app)

    def call(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, ["trends", *map(str, arguments), "--library", str(empty)])

    return call


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_phrase_is_counted_by_month_as_the_contract_says(count: Callable[..., Result]) -> None:
    found = rows(count("language model", "--json"))
    assert list(found[0]) == KEYS
    assert {key: found[1][key] for key in KEYS[:6]} == {
        "phrase": "language model",
        "match": "arxiv-stem",
        "period": "2022-02",
        "count": 1,
        "cumulative": 3,
        "partial": False,
    }
    assert [row["count"] for row in found] == [2, 1, 2, 1]
    assert [row["partial"] for row in found] == [False, False, False, True]


@pytest.mark.parametrize(("match", "papers"), [("literal", 2), ("plural", 4), ("arxiv-stem", 6)])
def test_the_semantics_are_chosen(count: Callable[..., Result], match: str, papers: int) -> None:
    (row,) = rows(count("language model", "--match", match, "--by", "year", "--json"))
    assert (row["period"], row["count"], row["match"]) == ("2022", papers, match)


def test_several_series_stand_side_by_side(count: Callable[..., Result]) -> None:
    found = rows(count("language model", "maps", "-c", "cs.CL", "--by", "quarter", "--json"))
    assert [(row["phrase"], row["kind"], row["period"]) for row in found][::2] == [
        ("language model", "phrase", "2022-Q1"),
        ("maps", "phrase", "2022-Q1"),
        ("cs.CL", "category", "2022-Q1"),
    ]
    assert [row["count"] for row in found] == [5, 1, 1, 1, 6, 2]


def test_a_span_leaves_its_past_in_the_sums_unless_told_otherwise(
    count: Callable[..., Result],
) -> None:
    span = ("language model", "--since", "2022-02", "--until", "2022-03", "--json")
    assert [row["cumulative"] for row in rows(count(*span))] == [3, 5]
    assert [row["cumulative"] for row in rows(count(*span, "--no-baseline"))] == [1, 3]
    starts = ("language model", "maps", "--since", "2022-03", "--since", "2022-04", "--json")
    assert [row["period"] for row in rows(count(*starts))] == ["2022-03", "2022-04", "2022-04"]


def test_people_see_a_table_and_what_they_must_know(count: Callable[..., Result]) -> None:
    result = count("language model", "--cumulative", "--share", "--around", "2022-03-01")
    assert result.exit_code == 0
    head = result.stdout.splitlines()[0].split()
    assert head == ["series", "period", "papers", "in", "all", "of", "all", "papers", "partial"]
    assert "partial: 2022-04" in result.stderr
    assert "papers a day before 2022-03-01" in result.stderr


def test_the_papers_behind_a_count_are_listed(count: Callable[..., Result]) -> None:
    found = rows(count("language model", "--papers", "2022-03", "--json"))
    assert [(row["arxiv_id"], row["published"]) for row in found] == [
        ("2203.00004", "2022-03-14"),
        ("2203.00005", "2022-03-15"),
    ]


def test_counting_again_gives_the_same_from_frozen_months(count: Callable[..., Result]) -> None:
    first, second = count("language model", "--json"), count("language model", "--json")
    assert (first.stdout, first.stderr) == (second.stdout, second.stderr)


def test_an_audit_offline_says_so(
    count: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITTRACK_OFFLINE", "true")
    (row,) = rows(count("language model", "--audit", "--json"))
    assert (row["local"], row["source"], row["parts"]) == (6, None, None)
    assert "offline" in row["explanation"]


@pytest.mark.parametrize("suffix", [".svg", ".csv"])
def test_a_chart_is_drawn_too(count: Callable[..., Result], tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("littrack.present.charts.trend_chart")
    file = tmp_path / f"trend{suffix}"
    result = count("language model", "--cumulative", "--chart", file)
    assert result.exit_code == 0, result.output
    assert "language model" in file.read_text("utf-8")


def test_mistakes_are_named(count: Callable[..., Result]) -> None:
    assert "nothing to count" in count().stderr
    assert count("--term", "zzzz").exit_code == 65
    assert count("maps", "--since", "2023", "--until", "2022").exit_code == 2
    assert count("zebra", "--fail-empty").exit_code == 3


def test_the_command_has_examples() -> None:
    app = typer.Typer()
    trends.add(app)
    assert "littrack trends" in CliRunner().invoke(app, ["--help"]).stdout


def test_changes_of_level_are_listed_with_their_interval(count: Callable[..., Result]) -> None:
    from builders import utc
    from littrack.present.trend_rows import changes_table
    from littrack.trends import ChangePoint, SeriesKind, Step, TrendSeries

    assert rows(count("language model", "--changes", "--json")) == []  # four months are too few
    series = TrendSeries("language model", SeriesKind.PHRASE, Step.MONTH, ())
    change = ChangePoint(utc("2022-12-01"), utc("2022-11-01"), utc("2023-01-01"), 0.4, 8.58)
    assert changes_table([(series, [change])]).rows == [
        {
            "series": "language model",
            "period": "2022-12",
            "earliest": "2022-11",
            "latest": "2023-01",
            "before": 0.4,
            "after": 8.58,
        }
    ]
