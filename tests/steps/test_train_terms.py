from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from littrack.analysis.translations import read_translations
from littrack.errors import InputError, OutputError
from littrack.steps.train_terms import train_terms
from littrack.steps.translations import translation_table


@pytest.fixture
def training_files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Papers about one of two animals, a Chinese sentence on each, and sentence pairs."""
    animals = [("鹦鹉", "parrot"), ("骆驼", "camel")]
    verbs = [("喂", "feed"), ("画", "paint"), ("找", "seek"), ("听", "hear"), ("看", "watch")]
    papers, summaries = [], []
    for number in range(40):
        chinese, english = animals[number % 2]
        verb, does = verbs[number % 5]
        title = f"How to {does} the {english}"
        papers.append(json.dumps({"id": str(number), "title": title, "abstract": ""}))
        summary = {"id": str(number), "tldr": f"{verb}{chinese}{verbs[(number // 2) % 5][0]}"}
        summaries.append(json.dumps(summary))
    paths = tmp_path / "papers.jsonl", tmp_path / "summaries.jsonl", tmp_path / "parallel.tsv"
    paths[0].write_text("\n".join(papers), "utf-8")
    paths[1].write_text("\n".join(summaries), "utf-8")
    paths[2].write_text("en\tzh\tsource\tlevel\nthe parrot\t鹦鹉\tours\tsentence\n", "utf-8")
    return paths


def test_the_table_is_mined_from_three_files(
    training_files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "terms.tsv.gz"
    report = train_terms(*training_files, out)
    table = read_translations(gzip.decompress(out.read_bytes()).decode("utf-8").splitlines())
    assert table.entries["鹦鹉"][0] == "parrot" and table.entries["骆驼"][0] == "camel"
    assert report.texts == 41 and report.translations == len(table.entries)
    again = tmp_path / "again.tsv.gz"
    assert train_terms(*training_files, again).digests == report.digests
    assert again.read_bytes() == out.read_bytes()


def test_a_file_that_cannot_be_used_is_named(
    training_files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    papers, summaries, parallel = training_files
    with pytest.raises(InputError, match="absent"):
        train_terms(tmp_path / "absent", summaries, parallel, tmp_path / "out.tsv")
    with pytest.raises(OutputError, match="cannot be written"):
        train_terms(papers, summaries, parallel, tmp_path / "no" / "out.tsv")


def test_the_bundled_table_knows_common_words() -> None:
    table = translation_table()
    assert len(table.entries) > 20_000
    assert table.entries["超参数"][0] == "hyperparameter"
    assert table.entries["鲁棒性"][0] == "robustness"
