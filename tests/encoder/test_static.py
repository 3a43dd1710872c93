"""The bundled model and the reader of static models."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from littrack.encoder.model_folder import quantise
from littrack.encoder.opening import BUNDLED_FOLDER, open_encoder
from littrack.encoder.pieces import PieceTable
from littrack.encoder.static import StaticEncoder, find_static_folder
from littrack.errors import InputError
from littrack.text import fold

SIZE_LIMIT_BYTES = 16_000_000

MIXED_TEXTS = [
    "Chain-of-thought prompting elicits reasoning in GPT-4",
    "思维链提示可以激发大语言模型的推理能力",
    "用 Transformer 做 machine translation，BLEU 提高了 2.3 分",
    "Größe, Привет, αβγ and ﬁne ligatures",
    "word " * 900,
    "",
    "☃ … !!",
]


@pytest.fixture(scope="module")
def bundled() -> StaticEncoder:
    return StaticEncoder(BUNDLED_FOLDER)


def test_the_bundled_model_opens_by_its_setting_and_says_what_it_is() -> None:
    encoder = open_encoder("bundled")
    assert encoder.name == "littrack-static-zh-en"
    assert encoder.normalised
    assert encoder.dimension == encoder.encode_queries(["attention"]).shape[1]
    assert (encoder.query_prompt, encoder.passage_prompt) == ("", "")


def test_rows_have_length_one_and_float32(bundled: StaticEncoder) -> None:
    rows = bundled.encode_passages(MIXED_TEXTS[:5])
    assert rows.dtype == np.float32
    assert rows.shape == (5, bundled.dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_a_text_without_known_pieces_gives_a_zero_row(bundled: StaticEncoder) -> None:
    assert not bundled.encode_passages(["", "   ", "☃ … !!"]).any()


def test_no_texts_give_an_empty_array_of_the_right_width(bundled: StaticEncoder) -> None:
    assert bundled.encode_passages([]).shape == (0, bundled.dimension)
    assert bundled.encode_queries([]).shape == (0, bundled.dimension)


def test_a_row_does_not_depend_on_the_texts_beside_it() -> None:
    texts = [f"{text} {number}" for number in range(400) for text in MIXED_TEXTS]
    whole = StaticEncoder(BUNDLED_FOLDER).encode_passages(texts)  # unpacks its table
    alone = StaticEncoder(BUNDLED_FOLDER)  # reads single rows from the file
    for place in (0, 1, 2, 3, 4, 1023, 1024, len(texts) - 1):
        assert np.array_equal(alone.encode_passages([texts[place]])[0], whole[place])


def test_a_row_does_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    program = (
        "import sys, numpy; from littrack.encoder.opening import open_encoder; "
        "rows = open_encoder('bundled').encode_passages("
        "[f'graph neural network {n} 图神经网络' for n in range(3000)]); "
        "numpy.save(sys.argv[1], rows)"
    )
    rows = []
    for threads in ("1", "4"):
        out = tmp_path / f"{threads}.npy"
        environment = _environment(RAYON_NUM_THREADS=threads, OMP_NUM_THREADS=threads)
        subprocess.run([sys.executable, "-c", program, str(out)], check=True, env=environment)
        rows.append(np.load(out))
    assert np.array_equal(rows[0], rows[1])


def test_looking_words_up_gives_the_ids_that_the_tokenizer_gives() -> None:
    from tokenizers import Tokenizer

    path = BUNDLED_FOLDER / "tokenizer.json"
    texts = [fold(text) for text in MIXED_TEXTS]
    ids, counts = PieceTable(path).find_ids(texts)
    expected = [encoding.ids for encoding in Tokenizer.from_file(str(path)).encode_batch(texts)]
    assert counts.tolist() == [len(row) for row in expected]
    assert ids.tolist() == [number for row in expected for number in row]


def test_sentence_transformers_reads_the_bundled_folder_to_the_same_vectors(
    bundled: StaticEncoder,
) -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(BUNDLED_FOLDER), device="cpu", local_files_only=True)
    rows = theirs.encode(MIXED_TEXTS)
    assert np.abs(rows - bundled.encode_passages(MIXED_TEXTS)).max() < 1e-6


def test_traditional_characters_and_capitals_make_no_difference(bundled: StaticEncoder) -> None:
    one, other = bundled.encode_queries(["思維鏈 CHAIN", "思维链 chain"])
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("思维链", "step by step reasoning with chain-of-thought prompts"),
        ("检索增强生成", "retrieval-augmented generation grounds answers in documents"),
        ("指令微调", "instruction tuning of pretrained models"),
        ("大语言模型", "large language models"),
        ("混合专家", "sparsely gated mixture of experts"),
        ("强化学习", "a policy learned by reinforcement learning"),
        ("涌现能力", "emergent abilities appear with scale"),
        ("目标检测", "object detection with bounding boxes"),
    ],
)
def test_a_chinese_term_is_nearest_to_its_english_sentence(
    bundled: StaticEncoder, chinese: str, english: str
) -> None:
    others = [
        "protein folding with equivariant networks",
        "speech recognition for low-resource languages",
        "federated optimisation under communication limits",
        "weather forecasting on a global grid",
        "image super-resolution by diffusion",
    ]
    likeness = bundled.encode_passages([english, *others]) @ bundled.encode_queries([chinese])[0]
    assert likeness.argmax() == 0


def test_the_bundled_folder_stays_within_its_size() -> None:
    total = sum(path.stat().st_size for path in BUNDLED_FOLDER.rglob("*") if path.is_file())
    assert total <= SIZE_LIMIT_BYTES


def test_the_recorded_revision_is_that_of_the_files() -> None:
    digest = hashlib.sha256()
    for name in ("model.safetensors", "tokenizer.json"):
        digest.update((BUNDLED_FOLDER / name).read_bytes())
    recorded = json.loads((BUNDLED_FOLDER / "littrack.json").read_text(encoding="utf-8"))
    assert recorded["revision"] == digest.hexdigest()
    assert open_encoder("bundled").revision == digest.hexdigest()


def test_the_static_path_imports_neither_torch_nor_sentence_transformers() -> None:
    program = (
        "import sys; from littrack.encoder.opening import open_encoder; "
        "open_encoder('bundled').encode_queries(['思维链']); "
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'scipy'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=_environment(), capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_a_static_model_saved_by_sentence_transformers_opens_without_torch(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["[UNK]", "graph", "neural", "network", "图"]
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    vectors = np.random.default_rng(3).normal(size=(5, 8)).astype(np.float32)
    vectors[0] = 0
    module = StaticEmbedding(tokenizer, embedding_weights=vectors)
    SentenceTransformer(modules=[module], device="cpu").save(str(tmp_path))

    encoder = open_encoder(str(tmp_path))
    assert isinstance(encoder, StaticEncoder)
    row = encoder.encode_passages(["graph network graph"])[0]
    expected = 2 * vectors[1] + vectors[3]
    assert np.allclose(row, expected / np.linalg.norm(expected), atol=1e-6)
    assert not encoder.encode_passages(["unheard"]).any()
    assert len(encoder.revision) == 64


def test_a_folder_without_a_model_is_refused_by_name(tmp_path: Path) -> None:
    assert find_static_folder(tmp_path) is None
    with pytest.raises(InputError, match=str(tmp_path)):
        StaticEncoder(tmp_path)


def test_a_damaged_weight_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(InputError):
        StaticEncoder(tmp_path)


def test_whole_numbers_stand_for_the_vectors_to_within_half_a_step() -> None:
    vectors = np.array([[0, 0], [1.0, -2.54], [127, 1]], dtype=np.float32)
    whole, scales = quantise(vectors)
    assert scales.tolist() == pytest.approx([0, 0.02, 1])
    assert whole.tolist() == [[0, 0], [50, -127], [127, 1]]


def _environment(**extra: str) -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), **extra}


def test_the_few_words_of_a_query_are_cut_as_the_tokenizer_cuts_them() -> None:
    from littrack.encoder.pieces import FEW_WORDS, BytePairs, PieceTable

    table = PieceTable(BUNDLED_FOLDER / "tokenizer.json")
    words = [
        "chain",
        "of",
        "thoughts",
        "思维链推理",
        "检索增强生成",
        "gpt",
        "zxqjv",
        "übermäßig",
        "一丁",
    ]
    few, _ = table.find_ids([" ".join(words)])
    assert len(words) < FEW_WORDS
    tokenizer = table._tokenizer
    assert isinstance(table._ids_of_word._pairs, BytePairs)
    assert few.tolist() == tokenizer.encode(" ".join(words), add_special_tokens=False).ids


def test_the_vectors_of_its_pieces_sum_up_to_that_of_a_text(bundled: StaticEncoder) -> None:
    for text in MIXED_TEXTS:
        (pieces,) = bundled.cut([text])
        summed = bundled.piece_vectors(pieces).sum(axis=0)
        length = np.linalg.norm(summed)
        expected = summed / length if length else summed
        assert np.allclose(bundled.encode_passages([text])[0], expected, atol=1e-5)


def test_words_are_cut_into_fewer_pieces_than_nonsense(bundled: StaticEncoder) -> None:
    assert bundled.count_pieces("reinforcement") < bundled.count_pieces("qzxwvjkfbghtp")
    assert bundled.count_pieces("强化学习") < bundled.count_pieces("格展点子")
    assert bundled.count_pieces("") == 0
