from __future__ import annotations

import pytest

from littrack.analysis.releases.extraction import EXTRACTOR, extract_candidate, read_release
from littrack.analysis.releases.scoring import bundled_classifier
from littrack.claims import Candidate, Finding, ModelField, Outcome, Parent, Quantity, Unit

NOVUM = (
    "Novum 2: An Open Family of Bilingual Language Models",
    "Large language models are expensive to train. We introduce Novum 2, a family of open bilingual"
    " language models with 1.5B, 7B, and 72B parameters, pre-trained on 3.2 trillion tokens of"
    " Latin and Greek text. Novum 2-72B outperforms Llama 3 405B on translation, and Novum 2-Chat"
    " is instruction-tuned for dialogue. We release the model weights under a permissive license.",
)
OTHERS = [
    ("Walks in sparse graphs", "We prove two bounds and show that the second is tight for trees."),
    (
        "LatinBench: A Benchmark for Latin Grammar",
        "We introduce LatinBench, a benchmark of 4,000 questions about Latin grammar. We evaluate"
        " twelve large language models, among them GPT-4 and Llama 3 70B, and find large gaps.",
    ),
    (
        "A Survey of Small Language Models",
        "We survey small language models with 1B to 7B parameters and compare their training.",
    ),
    ("", ""),
]


def values(candidate: Candidate, field: ModelField) -> list[object]:
    return [one.value for one in candidate.findings if one.field is field]


def billions(candidate: Candidate) -> list[tuple[float, str]]:
    found = values(candidate, ModelField.SIZE)
    return [(q.value / 1e9, q.qualifier) for q in found if isinstance(q, Quantity) and q.value]


def test_a_release_is_accepted_with_its_name_sizes_and_tokens() -> None:
    candidate = extract_candidate(*NOVUM)
    assert candidate.outcome is Outcome.ACCEPT
    assert candidate.names[0] == "Novum 2"
    assert billions(candidate) == [(1.5, ""), (7, ""), (72, "")]
    assert values(candidate, ModelField.PRETRAIN_DATA) == [Quantity(3.2e12, Unit.TOKENS)]
    assert values(candidate, ModelField.ACCESS) == ["open"]
    assert candidate.reasons


def test_variants_are_further_names() -> None:
    assert "Novum 2-Chat" in extract_candidate(*NOVUM).names


@pytest.mark.parametrize(("title", "abstract"), OTHERS)
def test_what_releases_no_model_is_not_accepted(title: str, abstract: str) -> None:
    assert extract_candidate(title, abstract).outcome is not Outcome.ACCEPT


def test_what_is_learned_of_one_name_is_known_of_others() -> None:
    one = read_release("Novum: A Model", "We introduce Novum, a 7B model.").features
    other = read_release("Corvus: A Model", "We introduce Corvus, a 70B model.").features
    assert one == other
    assert 'own "we introduce NAME"' in one
    assert 'near "SIZE model"' in one


def test_every_finding_points_at_its_characters_and_its_sentence() -> None:
    title, abstract = NOVUM
    for one in extract_candidate(title, abstract).findings:
        part = title if one.part == "title" else abstract
        assert one.sentence in part
        assert part[one.start : one.end] in one.sentence


def test_a_name_in_tex_is_quoted_as_it_stands_and_named_as_it_reads() -> None:
    abstract = r"We present \textbf{Poly-\(\beta\)}, a language model with $\sim$3B parameters."
    reading = read_release("A model", abstract)
    name = next(one for one in reading.findings if one.field is ModelField.ALIAS)
    assert name.value == "Poly-β"
    assert abstract[name.start : name.end] == r"Poly-\(\beta"


def test_what_is_said_in_title_and_abstract_is_said_once() -> None:
    reading = read_release(
        "Novum-7B: A Language Model", "We present Novum-7B, a 7B parameter language model."
    )
    sizes = [one for one in reading.findings if one.field is ModelField.SIZE]
    assert [(one.part, one.value) for one in sizes] == [
        ("abstract", Quantity(7e9, Unit.PARAMETERS))
    ]


def test_a_paper_without_a_name_is_never_accepted_unseen() -> None:
    assert bundled_classifier().outcome(1.0, ()) is Outcome.REVIEW
    assert bundled_classifier().outcome(1.0, ("Novum",)) is Outcome.ACCEPT


def test_the_revision_is_a_number_and_a_hash() -> None:
    number, _, digest = EXTRACTOR.partition("-")
    assert number == "1"
    assert len(digest) == 12


def read(abstract: str, title: str = "Novum: A Language Model") -> list[Finding]:
    return list(read_release(title, "We introduce Novum, a language model. " + abstract).findings)


def sizes(abstract: str) -> list[tuple[float, str]]:
    return [
        (one.value.value / 1e9, one.value.qualifier)
        for one in read(abstract)
        if isinstance(one.value, Quantity)
        and one.field is ModelField.SIZE
        and one.value.value is not None
    ]


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("It has 7 billion and 13 billion parameters.", [(7, ""), (13, "")]),
        ("The series ranges from 0.5 to 72 billion parameters.", [(0.5, ""), (72, "")]),
        ("Novum comes in 56B/47B.", [(56, ""), (47, "")]),
        ("Our 350M-parameter model is small.", [(0.35, "")]),
        ("It has 30B total parameters, 3B activated per token.", [(30, ""), (3, "active")]),
        ("We release Novum-30B-A3B.", [(30, ""), (3, "active")]),
        ("Novum outperforms OPT-175B and models with 70B parameters.", []),
        ("We trained it on 10B images and 2T tokens.", []),
        ("Unlike GPT-3 with 175 billion parameters, it is cheap.", []),
        ("Novum is better than Mixtral 8x7B.", []),
        (
            "Novum is a family of state-of-the-art models at the 7B and 32B scales.",
            [(7, ""), (32, "")],
        ),
        ("Novum-VL, a 0.6B-parameter reranker, is small.", [(0.6, "")]),
        ("We train over 400 models ranging from 70 million to 16 billion parameters.", []),
        (r"It runs on 8GB and costs \$2B.", []),
    ],
)
def test_only_own_parameters_are_sizes(abstract: str, expected: list[tuple[float, str]]) -> None:
    assert sizes(abstract) == expected


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We pre-train it on 2T tokens.", [(2e12, Unit.TOKENS)]),
        ("It is trained on more than ten trillion tokens.", [(10e12, Unit.TOKENS)]),
        ("It was trained on 1.56 trillion words.", [(1.56e12, Unit.WORDS)]),
        ("We trained it on 750 GB of text.", [(750e9, Unit.BYTES)]),
        ("It is trained with a context of 128K tokens.", []),
        ("It needs less data than the 15T tokens of Llama.", []),
        ("We train it on one 48 GB GPU.", []),
        ("We train over 400 models on 5 to 500 billion tokens.", []),
        (
            "We train Novum on 6T tokens of text, including 1T tokens of code.",
            [(6e12, Unit.TOKENS)],
        ),
        ("It was evaluated on a checkpoint at every 100 billion tokens of training.", []),
    ],
)
def test_training_text_keeps_its_unit(abstract: str, expected: list[tuple[float, Unit]]) -> None:
    found = [one.value for one in read(abstract) if one.field is ModelField.PRETRAIN_DATA]
    assert [(q.value, q.unit) for q in found if isinstance(q, Quantity)] == expected


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("It is fine-tuned from LLaMA-2-7B on dialogues.", ["LLaMA-2-7B"]),
        ("It is built upon the Qwen2.5 model.", ["Qwen2.5"]),
        ("We continue the pre-training of the multilingual BLOOM model.", ["BLOOM"]),
        ("Novum is initialized from Corvus-3B.", ["Corvus-3B"]),
        ("It is a LLaMA-based model.", ["LLaMA"]),
        ("We fine-tune three base models: Corvus-8B and Qwen3-32B.", ["Corvus-8B", "Qwen3-32B"]),
        ("We obtain it by transforming Corvus-14B into a smaller model.", ["Corvus-14B"]),
        ("Novum is a PicaLM model fine-tuned on riddles.", ["PicaLM"]),
        ("It is built upon the LLaMA-7B architecture.", ["LLaMA-7B"]),
        ("We train the model based on an RGB-pretrained VLA backbone.", []),
        ("It outperforms models fine-tuned from LLaMA-2.", []),
        ("It is based on the Transformer.", []),
        ("It is based on the GPT-3 architecture.", []),
        ("We evaluate it against GPT-4 and Claude.", []),
    ],
)
def test_base_models_are_told_from_baselines(abstract: str, expected: list[str]) -> None:
    found = [one.value for one in read(abstract) if one.field is ModelField.BASE_MODEL]
    assert [one.name for one in found if isinstance(one, Parent)] == expected


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We open-source all models and code.", ["open"]),
        ("Novum is available through an API.", ["api"]),
        ("It will not be released.", ["closed"]),
        ("Most existing models are not publicly available.", []),
        ("We release our data, as well as model checkpoints.", ["open"]),
        ("The release of the Novum series will help.", ["open"]),
        ("We provide public access to 154 checkpoints.", ["open"]),
        ("On Exam, a test we release to measure skill, our model solves half.", []),
        ("We provide an analysis of the data and the model's behaviour.", []),
        ("We make the model forget what it read.", []),
    ],
)
def test_access_is_read_where_it_is_stated(abstract: str, expected: list[str]) -> None:
    assert [one.value for one in read(abstract) if one.field is ModelField.ACCESS] == expected
