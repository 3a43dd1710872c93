"""Cross-encoders, with a tiny one made on the spot; what they rank is not judged here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from littrack.encoder.reranker import CrossEncoderReranker, open_reranker
from littrack.errors import InputError, SourceUnavailable

pytest.importorskip("sentence_transformers")

TEXTS = ["a graph of words", "tell a word", "", "ask " * 2_000]


def save_bert(folder: Path, *, labels: int = 1, head: bool = True) -> Path:
    """A one-layer BERT with random weights, with or without a head that scores."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        BertModel,
        PreTrainedTokenizerFast,
    )

    words = ["[PAD]", "[UNK]", "[SEP]", "ask", "tell", "a", "graph", "word", "words", "of"]
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    marks = {"pad_token": "[PAD]", "unk_token": "[UNK]", "sep_token": "[SEP]"}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **marks)
    fast.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=labels,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    torch.manual_seed(7)
    model: Any = BertForSequenceClassification(config) if head else BertModel(config)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_bert(tmp_path_factory.mktemp("tiny") / "cross")


def test_every_text_has_one_score_and_it_is_the_same_each_time(tiny: Path) -> None:
    scores = CrossEncoderReranker(str(tiny)).rerank("ask a word", TEXTS)
    assert len(scores) == len(TEXTS)
    assert len(set(scores)) > 1
    assert CrossEncoderReranker(str(tiny)).rerank("ask a word", TEXTS) == scores


def test_the_order_of_the_texts_changes_no_score(tiny: Path) -> None:
    reranker = CrossEncoderReranker(str(tiny))
    texts = [f"word {'graph ' * (i % 9)}" for i in range(70)]  # more than one batch
    forth, back = reranker.rerank("tell", texts), reranker.rerank("tell", texts[::-1])
    assert forth == pytest.approx(back[::-1], abs=1e-5)


def test_scores_are_not_squashed_into_zero_to_one(tiny: Path) -> None:
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(tiny))
    squashed = model.predict([("tell", "a graph")])
    [score] = CrossEncoderReranker(str(tiny)).rerank("tell", ["a graph"])
    assert 1 / (1 + 2.718281828**-score) == pytest.approx(float(squashed[0]), abs=1e-5)


def test_no_texts_need_no_model_call(tiny: Path) -> None:
    assert CrossEncoderReranker(str(tiny)).rerank("tell", []) == []


def test_a_reranker_is_opened_once(tiny: Path) -> None:
    assert open_reranker(str(tiny), offline=True) is open_reranker(str(tiny), offline=True)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no cross-encoder"):
        CrossEncoderReranker(str(tmp_path))


def test_an_encoder_without_a_scoring_head_is_refused(tmp_path: Path) -> None:
    folder = save_bert(tmp_path / "plain", head=False)
    with pytest.raises(InputError, match="BertModel, not a cross-encoder"):
        CrossEncoderReranker(str(folder))


def test_a_classifier_with_several_scores_is_refused(tmp_path: Path) -> None:
    folder = save_bert(tmp_path / "classes", labels=3)
    with pytest.raises(InputError, match="3 scores; a cross-encoder gives one"):
        CrossEncoderReranker(str(folder))


def test_offline_takes_a_named_model_from_the_cache_alone() -> None:
    with pytest.raises(SourceUnavailable, match="the cross-encoder org/none at revision abc"):
        CrossEncoderReranker("org/none@abc", offline=True)
