"""The trainer, on a corpus small enough for a test."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from littrack.encoder.batches import draw_batches, find_parts
from littrack.encoder.corpus import Ragged, read_corpus, read_terms, tokenise
from littrack.encoder.opening import open_encoder
from littrack.encoder.pairs import gather, join, make_pairs
from littrack.encoder.static import StaticEncoder
from littrack.encoder.training import TrainingReport, train_encoder
from littrack.encoder.vocabulary import train_vocabulary
from littrack.errors import InputError

SUBJECTS = {
    "apples": "苹果",
    "rivers": "河流",
    "engines": "引擎",
    "violins": "小提琴",
    "glaciers": "冰川",
    "bridges": "桥梁",
}
ACTIONS = {"counting": "计数", "painting": "绘制", "moving": "移动", "sorting": "排序"}


def write_training_files(folder: Path) -> dict[str, Path]:
    """48 little papers about six subjects, half of them with a Chinese summary."""
    papers, summaries = [], []
    for number in range(48):
        subject = list(SUBJECTS)[number % 6]
        action = list(ACTIONS)[number // 6 % 4]
        identifier = f"2401.{number:05d}"
        abstract = f"We study {action} of {subject}. Our method for {subject} is good at {action}."
        title = f"On {action} {subject}"
        papers.append({"id": identifier, "title": title, "abstract": abstract})
        if number % 2 == 0:
            chinese = f"研究{SUBJECTS[subject]}的{ACTIONS[action]}"
            summary = {"id": identifier, "task": chinese, "method": f"{SUBJECTS[subject]}方法"}
            summaries.append(summary)
    paths = {name: folder / f"{name}.gz" for name in ("papers", "summaries", "parallel")}
    _write(paths["papers"], [json.dumps(row) for row in papers])
    _write(paths["summaries"], [json.dumps(row, ensure_ascii=False) for row in summaries])
    pairs = [f"{en}\t{zh}\tmade\tsentence" for en, zh in (SUBJECTS | ACTIONS).items()]
    _write(paths["parallel"], ["en\tzh\tsource\tlevel", *pairs])
    return paths


def train(folder: Path, out: Path, **options: Any) -> TrainingReport:
    paths = write_training_files(folder)
    small = {"vocabulary": 300, "dimension": 16, "passes": 20, "batch": 16, "seed": 7}
    return train_encoder(
        paths["papers"], paths["summaries"], paths["parallel"], out, **{**small, **options}
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainingReport:
    folder = tmp_path_factory.mktemp("training")
    return train(folder, folder / "model", terms=[("violin", "小提琴")])


def test_the_trainer_writes_a_folder_that_all_readers_open_alike(trained: TrainingReport) -> None:
    from sentence_transformers import SentenceTransformer

    ours = open_encoder(str(trained.folder))
    assert isinstance(ours, StaticEncoder)
    assert ours.revision == trained.revision
    theirs = SentenceTransformer(str(trained.folder), device="cpu", local_files_only=True)
    texts = ["sorting rivers", "研究冰川的绘制", ""]
    assert np.abs(theirs.encode(texts) - ours.encode_passages(texts)).max() < 1e-6


def test_the_trained_model_brings_both_languages_together(trained: TrainingReport) -> None:
    encoder = open_encoder(str(trained.folder))
    likeness = encoder.encode_queries(list(SUBJECTS.values())) @ (
        encoder.encode_passages(list(SUBJECTS)).T
    )
    assert likeness.argmax(axis=1).tolist() == list(range(6))


def test_the_same_seed_gives_the_same_model_and_another_seed_another(tmp_path: Path) -> None:
    first, again = (train(tmp_path, tmp_path / name, passes=2) for name in ("a", "b"))
    other = train(tmp_path, tmp_path / "c", passes=2, seed=8)
    assert first.revision == again.revision != other.revision


def test_the_card_and_the_record_say_where_the_model_comes_from(trained: TrainingReport) -> None:
    record = json.loads((trained.folder / "littrack.json").read_text(encoding="utf-8"))
    assert record["revision"] == trained.revision
    assert record["seed"] == 7
    assert set(record["data_sha256"]) == {"papers.gz", "summaries.gz", "parallel.gz", "terms"}
    card = (trained.folder / "README.md").read_text(encoding="utf-8")
    assert "CC0" in card and "littrack train-encoder" in card and "48" in card


def test_progress_is_told_as_it_goes(tmp_path: Path) -> None:
    messages: list[str] = []
    train(tmp_path, tmp_path / "model", passes=1, on_progress=messages.append)
    assert messages[0].startswith("reading") and messages[-1].startswith("wrote")


def test_a_missing_or_broken_training_file_is_named(tmp_path: Path) -> None:
    paths = write_training_files(tmp_path)
    with pytest.raises(InputError, match=r"nowhere\.gz"):
        read_corpus(tmp_path / "nowhere.gz", paths["summaries"], paths["parallel"])
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "1", "title": "One"}\nno json\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_corpus(broken, paths["summaries"], paths["parallel"])


def test_rows_of_unequal_length_are_gathered_and_joined() -> None:
    left = Ragged(np.array([1, 2, 3], dtype=np.int32), np.array([0, 2, 2, 3]))
    right = Ragged(np.array([7, 8], dtype=np.int32), np.array([0, 0, 1, 2]))
    both = join(left, right)
    assert both.ids.tolist() == [1, 2, 7, 3, 8]
    assert both.starts.tolist() == [0, 2, 3, 5]
    assert gather(left.ids, np.array([2, 0]), np.array([1, 2])).tolist() == [3, 1, 2]


def test_every_form_of_a_term_is_paired_and_forms_of_one_term_never_compete(tmp_path: Path) -> None:
    table = tmp_path / "terms.tsv"
    rows = ["en\tzh\tabbr", "pond|small lake\t池塘|水塘\tPND", "hill\t小山\t"]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    terms = read_terms(table)
    assert len(terms) == 7 and ("PND", "水塘") in terms

    paths = write_training_files(tmp_path)
    files = (paths["papers"], paths["summaries"], paths["parallel"])
    corpus = read_corpus(*files, terms=terms)
    kinds = make_pairs(corpus, train_vocabulary([*corpus.texts()] * 3, 300))
    numbers = next(kind for kind in kinds if kind.kind == "terms").paper
    assert len(numbers) == 70 and set(numbers.tolist()) == {0, 6}


def test_a_pass_shows_every_pair_at_most_once_and_never_mixes_kinds(tmp_path: Path) -> None:
    paths = write_training_files(tmp_path)
    corpus = read_corpus(paths["papers"], paths["summaries"], paths["parallel"])
    tokenizer = train_vocabulary(corpus.texts(), 300)
    kinds = make_pairs(corpus, tokenizer)
    rng = np.random.default_rng(0)
    batches = list(draw_batches(kinds, find_parts(tokenizer), 16, rng))
    for kind in kinds:
        seen = sum(len(batch.paper) for batch in batches if batch.kind == kind.kind)
        assert len(kind) - 16 < seen <= len(kind)
    assert all((batch.queries.lengths() > 0).all() for batch in batches)
    assert all((batch.documents.lengths() > 0).all() for batch in batches)


def test_parts_of_a_piece_spell_the_piece(tmp_path: Path) -> None:
    paths = write_training_files(tmp_path)
    corpus = read_corpus(paths["papers"], paths["summaries"], paths["parallel"])
    tokenizer = train_vocabulary(corpus.texts(), 300)
    spelled = {number: piece for piece, number in tokenizer.get_vocab().items()}
    parts = find_parts(tokenizer)
    merged = [number for number in spelled if parts[number, 0] >= 0]
    assert merged
    for number in merged:
        left, right = parts[number]
        assert spelled[left] + spelled[right] == spelled[number]
    assert (tokenise(tokenizer, ["rivers", "☃"]).lengths() > 0).tolist() == [True, False]


def _write(path: Path, lines: list[str]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
