"""topics: fit, list, show, rename, merge, events, export, as a reader of the field types them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from command_line import Run, write_papers

from littrack.settings import load_settings
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.opening import open_library
from littrack.steps.topics import FitOptions, fit_topics
from themed_papers import themed_papers


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of eight themes, fitted."""
    root = tmp_path_factory.mktemp("themed")
    library = open_library(load_settings(root, {}, {"library": str(root / "library")}))
    import_file(library, write_papers(root / "papers.jsonl", themed_papers(10)))
    embed_papers(library)
    fit_topics(library, FitOptions(count=8))
    library.engine.dispose()
    return root / "library"


@pytest.fixture
def own(template: Path, tmp_path: Path) -> Path:
    """A copy of it to write to."""
    return Path(shutil.copytree(template, tmp_path / "own"))


def listed(run: Run, library: Path) -> dict[int, dict[str, Any]]:
    rows = json.loads(run("topics", "list", "--json", "--library", library).stdout)
    return {row["topic"]: row for row in rows}


def test_the_list_has_the_keys_of_the_contract_and_the_largest_first(run: Run, own: Path) -> None:
    rows = json.loads(run("topics", "--json", "--library", own).stdout)
    assert len(rows) == 8
    assert list(rows[0])[:6] == ["topic", "label", "label_zh", "size", "terms", "papers"]
    sizes = [row["size"] for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    assert all(isinstance(term, str) for row in rows for term in (*row["terms"], *row["papers"]))
    assert any("quantum circuits" in row["label"] and "量子" in row["label_zh"] for row in rows)
    shown = run("topics", "list", "-n", "2", "--library", own).stdout.splitlines()
    assert len(shown) == 3 and shown[0].split()[:3] == ["Topic", "Papers", "Label"]


def test_a_topic_is_a_page_or_an_object(run: Run, own: Path) -> None:
    number, row = next((n, r) for n, r in listed(run, own).items() if "speech" in r["label"])
    page = run("topics", "show", str(number), "--library", own).stdout
    assert page.startswith(f"topic {number}: {row['label']}\n")
    assert "On speech recognition" in page and "coherence" in page
    found = json.loads(run("topics", "show", str(number), "--json", "--library", own).stdout)
    assert found["size"] == row["size"] and not found["died"]
    assert [paper["arxiv_id"] for paper in found["papers"]] == row["papers"]


def test_names_and_merges_stay_and_are_told(run: Run, own: Path) -> None:
    one, two = list(listed(run, own))[:2]
    named = run("topics", "rename", str(one), "My name", "--zh", "我的名字", "--library", own)
    assert named.exit_code == 0 and "My name (我的名字)" in named.stderr
    merged = run("topics", "merge", str(two), str(one), "--by", "jane", "--library", own)
    assert f"{two} is a part of it" in merged.stderr
    again = run("topics", "fit", "--k", "8", "--library", own)
    assert again.exit_code == 0, again.output
    assert "next: littrack topics list" in again.stderr
    after = listed(run, own)
    assert two not in after and after[one]["label_zh"] == "我的名字"
    events = json.loads(run("topics", "events", "--json", "--library", own).stdout)
    assert [(e["event"], e["topic"], e["others"]) for e in events] == [
        ("rename", one, []),
        ("merge", one, [two]),
    ]
    gone = run("topics", "show", str(two), "--library", own)
    assert f"most of it is in topic {one}" in gone.stdout
    refused = run("topics", "rename", str(two), "x", "--library", own)
    assert refused.exit_code == 65 and "is no more" in refused.stderr


def test_the_export_has_places_on_a_map_and_every_paper(
    run: Run, own: Path, tmp_path: Path
) -> None:
    file = tmp_path / "topics.csv"
    assert run("topics", "export", "-o", file, "--library", own).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    assert len(rows) == 8
    assert all(-1.5 < float(row[axis]) < 1.5 for row in rows for axis in ("x", "y"))
    papers = json.loads(run("topics", "export", "--papers", "--json", "--library", own).stdout)
    assert len(papers) == 80
    assert {row["topic"] for row in papers} - {None} == {int(row["topic"]) for row in rows}


def test_the_map_is_drawn_with_a_dot_for_each_paper_of_a_topic(
    run: Run, own: Path, empty: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "map.svg", tmp_path / "again.svg"
    for file in (one, two):
        assert run("topics", "export", "-o", file, "--library", own).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    papers = json.loads(run("topics", "export", "--papers", "--json", "--library", own).stdout)
    label = json.loads(run("topics", "list", "--json", "--library", own).stdout)[0]["label"]
    svg = one.read_text("utf-8")
    dots = len(re.findall(r'd="M[\d.]+,0A', svg))  # small circles
    assert dots == sum(row["topic"] is not None for row in papers)
    assert label.split(",")[0] in svg
    none = run("topics", "export", "-o", tmp_path / "none.svg", "--library", empty)
    assert (none.exit_code, "littrack topics fit" in none.stderr) == (65, True)


def test_a_dry_run_says_so_and_stores_nothing(run: Run, own: Path) -> None:
    before = listed(run, own)
    dry = run("topics", "fit", "--k", "4", "--dry-run", "--library", own)
    assert "dry run, nothing stored" in dry.stderr and "4 topics" in dry.stderr
    assert listed(run, own) == before


def test_a_library_without_topics_says_what_to_do(run: Run, empty: Path, filled: Path) -> None:
    for library in (empty, filled):
        shown = run("topics", "list", "--json", "--library", library)
        assert (shown.exit_code, shown.stdout) == (0, "[]\n")
        assert "littrack topics fit" in shown.stderr
        refused = run("topics", "fit", "--library", library)
        assert refused.exit_code == 65 and "littrack update" in refused.stderr
    assert "no birth, death, merge" in run("topics", "events", "--library", empty).stderr
    assert run("topics", "show", "1", "--library", empty).exit_code == 65


def test_too_few_topics_for_broader_ones_is_said(run: Run, own: Path) -> None:
    shown = run("topics", "list", "--broad", "--library", own)
    assert shown.stdout == "" and "too few topics" in shown.stderr


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty months of eight themes; papers on quantum circuits all come in the last year."""
    root = tmp_path_factory.mktemp("growing")
    papers = themed_papers(30)
    for place, paper in enumerate(papers):
        late = "quantum" in str(paper["title"])
        month = 18 + place % 12 if late else place % 30
        paper["published"] = f"{2023 + month // 12}-{month % 12 + 1:02d}-05"
    library = open_library(load_settings(root, {}, {"library": str(root / "library")}))
    import_file(library, write_papers(root / "papers.jsonl", papers))
    embed_papers(library)
    fit_topics(library, FitOptions(count=8))
    library.engine.dispose()
    return root / "library"


def test_the_topic_that_gains_most_of_all_papers_grows_fastest(
    run: Run, growing: Path, tmp_path: Path
) -> None:
    rows = json.loads(run("topics", "growth", "--json", "--library", growing).stdout)
    assert len(rows) == 8
    assert "quantum" in rows[0]["label"] and rows[0]["papers_year_before"] == 0
    assert rows[0]["gain"] == pytest.approx(rows[0]["share"], abs=1e-6)
    assert all(row["gain"] < 0 for row in rows[1:])
    figure = tmp_path / "growing.svg"
    drawn = run("topics", "growth", "-n", "3", "-o", str(figure), "--library", growing)
    assert drawn.exit_code == 0
    assert "quantum" in figure.read_text("utf-8")


def test_without_two_whole_years_there_is_no_growth_to_tell(run: Run, own: Path) -> None:
    found = run("topics", "growth", "--json", "--library", own)
    assert json.loads(found.stdout) == []
    assert "two whole years" in found.stderr
