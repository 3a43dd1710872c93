from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders import a_paper, utc
from littrack.claims import Outcome
from littrack.errors import InputError
from littrack.steps.evaluate_releases import error_row, evaluate_releases, read_labels
from littrack.steps.opening import OpenLibrary
from littrack.steps.train_releases import train_releases
from littrack.store.engine import begin
from littrack.store.saving import save_papers

RELEASE = {
    "arxiv_id": "2611.00001",
    "title": "Novum: An Open Bilingual Language Model",
    "abstract": "We introduce Novum-7B, an open language model with 7 billion parameters,"
    " pre-trained on 1.4 trillion tokens of Chinese and English text. We release the weights.",
    "release": True,
    "names": ["Novum-7B"],
    "sizes_b": [7],
    "tokens_b": [1400],
}
OTHER = {
    "arxiv_id": "2611.00002",
    "title": "Walks in sparse graphs",
    "abstract": "We prove two bounds.",
    "release": False,
}


def write_labels(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def no_library() -> OpenLibrary:
    raise AssertionError("the library is not needed")


def without_text(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in ("title", "abstract")}


def test_what_is_read_is_compared_with_the_labels(tmp_path: Path) -> None:
    found = evaluate_releases(write_labels(tmp_path / "l.jsonl", RELEASE, OTHER), no_library)
    assert found.outcomes[Outcome.ACCEPT] == (1, 0)
    assert found.outcomes[Outcome.REJECT] == (0, 1)
    tallies = {(one.item, one.scope): one for one in found.tallies}
    assert tallies["sizes", "accept"].recall == 1.0
    assert tallies["tokens", "accept"].precision == 1.0
    assert found.precision_at(0.01) == 1.0


def test_a_text_that_is_missing_comes_from_the_library(
    library: OpenLibrary, tmp_path: Path
) -> None:
    text = {key: RELEASE[key] for key in ("arxiv_id", "title", "abstract")}
    with begin(library.engine) as conn:
        save_papers(conn, [a_paper(**text)], utc("2026-11-20"))
    path = write_labels(tmp_path / "l.jsonl", without_text(RELEASE), without_text(OTHER))
    found = evaluate_releases(path, lambda: library)
    assert found.outcomes[Outcome.ACCEPT] == (1, 0)
    assert found.without_text == ("2611.00002",)


def test_an_error_says_where_the_wrong_value_stands(tmp_path: Path) -> None:
    path = write_labels(tmp_path / "l.jsonl", {**RELEASE, "sizes_b": [8]})
    rows = [error_row(one) for one in evaluate_releases(path, no_library).errors]
    wrong = next(row for row in rows if (row["item"], row["problem"]) == ("sizes", "wrong"))
    assert RELEASE["abstract"][wrong["start"] : wrong["end"]] == "7B"  # type: ignore[index]
    assert wrong["value"] == "7.0"
    assert wrong["expected"] == ["8.0"]


def test_rare_releases_make_false_ones_weigh_more(tmp_path: Path) -> None:
    path = write_labels(tmp_path / "l.jsonl", RELEASE, {**RELEASE, "release": False}, OTHER)
    found = evaluate_releases(path, no_library)
    assert found.precision_at(0.5) == pytest.approx(2 / 3)
    assert found.precision_at(0.02) == pytest.approx(0.02 / (0.02 + 0.98 / 2))


@pytest.mark.parametrize(
    "line",
    ["[]", "{", '{"arxiv_id": "2611.00001"}', '{"arxiv_id": "x", "release": true}',
     '{"arxiv_id": "2611.00001", "release": 1}',
     '{"arxiv_id": "2611.00001", "release": true, "sizes_b": "7"}'],
)  # fmt: skip
def test_a_line_that_is_no_label_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text(json.dumps(OTHER) + "\n" + line + "\n", "utf-8")
    with pytest.raises(InputError, match="not a label") as caught:
        list(read_labels(path))
    assert caught.value.line == 2


def test_a_file_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no label"):
        evaluate_releases(write_labels(tmp_path / "l.jsonl"), no_library)


def test_weights_are_trained_from_labels_and_papers(tmp_path: Path) -> None:
    labels, papers = tmp_path / "l.jsonl", tmp_path / "p.jsonl"
    rows = [
        {**kind, "arxiv_id": f"2611.{number + 100 * k:05}"}
        for number in range(1, 41)
        for k, kind in enumerate((RELEASE, OTHER))
    ]
    write_labels(labels, *map(without_text, rows))
    write_labels(papers, *({**row, "id": row["arxiv_id"], "authors": ["A"]} for row in rows))
    out = tmp_path / "new" / "weights.json"
    report = train_releases([labels], papers, out, no_library)
    assert (report.papers, report.releases) == (80, 40)
    accept = report.held_out[0].tallies[0]
    assert accept.precision == 1.0
    assert (accept.right > 20, accept.expected) == (True, 40)
    assert report.held_out[0].groups[""][Outcome.ACCEPT] == (accept.right, 0)
    assert sum(report.at_large.values()) == pytest.approx(1.0)
    assert json.loads(out.read_text("utf-8"))["weights"]["states size"] > 0


def test_a_paper_that_two_files_label_counts_as_the_first_says(tmp_path: Path) -> None:
    first, second, papers = (tmp_path / name for name in ("a.jsonl", "b.jsonl", "p.jsonl"))
    rows = [
        {**kind, "arxiv_id": f"2611.{number + 100 * k:05}", "authors": ["A"]}
        for number in range(1, 31)
        for k, kind in enumerate((RELEASE, OTHER))
    ]
    write_labels(first, *rows)
    write_labels(second, {**rows[0], "release": False})
    write_labels(papers, *({**row, "id": row["arxiv_id"]} for row in rows))
    report = train_releases([first, second], papers, tmp_path / "w.json", no_library)
    assert (report.papers, report.releases) == (60, 30)


def test_a_release_without_labelled_names_counts_for_the_decision_only(tmp_path: Path) -> None:
    bare = {key: RELEASE[key] for key in ("arxiv_id", "title", "abstract", "release")}
    found = evaluate_releases(write_labels(tmp_path / "l.jsonl", bare), no_library)
    tallies = {(one.item, one.scope): one for one in found.tallies}
    assert tallies["release", "accept"].recall == 1.0
    assert tallies["first name", "any"].found == 0
    assert not found.errors


def test_too_few_labels_are_refused(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "l.jsonl", RELEASE, OTHER)
    papers = write_labels(
        tmp_path / "p.jsonl", {"id": "2611.00001", "title": "T", "abstract": "A", "authors": ["A"]}
    )
    with pytest.raises(InputError, match="fewer than"):
        train_releases([labels], papers, tmp_path / "w.json", no_library)
