"""Resolution of names: what is settled, what stays open, and what is found in running text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.analysis.model_resolution import Known, Registry, find_mentions
from littrack.errors import InputError


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


GLM = Known("GLM", (), frozenset({"2103.10360"}), day("2021-03-18"), (10e9,))
GLM_130B = Known("GLM-130B", ("GLM",), frozenset({"2210.02414"}), day("2022-08-04"), (130e9,))
MODELS = (
    GLM,
    GLM_130B,
    Known("ChatGLM", ("ChatGLM-6B",), frozenset(), day("2023-03-14"), (6e9,)),
    Known("GLaM", sizes=(1200e9,)),
    Known("LaMDA", sizes=(137e9,)),
    Known("LaMDA-PT"),
    Known("GPT-3", (), frozenset({"2005.14165"}), sizes=(175e9,)),
    Known("GPT-4"),
    Known("davinci"),
    Known("text-davinci-002"),
    Known("text-davinci-003"),
    Known("GPT-NeoX", sizes=(20e9,)),
    Known("GPT-NeoXT-Chat-Base"),
    Known("T5", sizes=(3e9, 11e9)),
    Known("mT5", sizes=(13e9,)),
    Known("Flan-T5", (), frozenset({"2210.11416"}), sizes=(11e9,)),
    Known("Flan-PaLM", (), frozenset({"2210.11416"}), sizes=(540e9,)),
    Known("FLAN", sizes=(137e9,)),
    Known("BLOOM", sizes=(176e9,)),
    Known("BLOOMZ", sizes=(176e9,)),
    Known("LLaMA", ("Llama",), sizes=(6.7e9, 13e9, 32.5e9, 65.2e9)),
    Known("LLaMA2", sizes=(7e9, 13e9, 70e9)),
    Known("PaLM", sizes=(8e9, 62e9, 540e9)),
    Known("OPT", ("OPT-175B",), frozenset({"2205.01068"}), sizes=(175e9,)),
    Known("Galactica", sizes=(120e9,)),
    Known("Chinchilla", sizes=(70e9,)),
    Known("BERT", ("BERT-Large",), frozenset({"1810.04805"})),
    Known("RoBERTa"),
    Known("Mixtral", sizes=(46.7e9, 141e9)),
    Known("ERNIE 3.0", ("文心 3.0",)),
    Known("ERNIE 3.0 Titan"),
    Known("PanGu-α"),
    Known("MT-NLG", ("威震天-图灵",), sizes=(530e9,)),
    Known("ChatGPT"),
    Known("Goat", sizes=(7e9,)),
    Known("InstructGPT"),
)
REGISTRY = Registry(MODELS)


@pytest.mark.parametrize(
    ("mention", "model", "how"),
    [
        ("palm", "PaLM", "name"),
        ("Llama", "LLaMA", "name"),
        ("文心3.0", "ERNIE 3.0", "alias"),
        ("威震天圖靈", "MT-NLG", "alias"),
        (r"PanGu-$\alpha$", "PanGu-α", "name"),
        ("PaLM-540B", "PaLM", "size"),
        ("PaLM (540B)", "PaLM", "size"),
        ("LLaMA-13B", "LLaMA", "size"),
        ("LLaMA-33B", "LLaMA", "size"),
        ("Llama-2-70B", "LLaMA2", "size"),
        ("GLM-10B", "GLM", "size"),
        ("GLM-130B", "GLM-130B", "name"),
        ("OPT-175B", "OPT", "alias"),
        ("Mixtral-8x7B", "Mixtral", "size"),
        ("Flan-T5-XXL", "Flan-T5", "size"),
        ("Galatica", "Galactica", "spelling"),
        ("Chinchillla", "Chinchilla", "spelling"),
        ("Galatica-120B", "Galactica", "size"),
        ("ERNIE 3", "ERNIE 3.0", "spelling"),
        ("威震天-图灵 (MT-NLG)", "MT-NLG", "name"),
    ],
)
def test_a_name_means_the_model_that_bears_it(mention: str, model: str, how: str) -> None:
    found = REGISTRY.resolve(mention)
    assert (found.model, found.how) == (model, how)


@pytest.mark.parametrize(
    "mention",
    [
        "GPT-5",
        "LLaMA3",
        "LLaMA-30M",
        "PaLM 2",
        "PaLM-E",
        "GLM-6B",
        "OPT-IML",
        "T0",
        "BLOOMZ-mT0",
        "GPT-NeoXT",
        "text-davinci-001",
        "RoBERT",
        "ByT5",
        "Mistral",
        "Mixtral-8x70B",
        "GPT-3 (davinci)",
        "Goat-70B",
        "",
        "?",
        "175B",
    ],
)
def test_a_name_nobody_bears_stays_open(mention: str) -> None:
    found = REGISTRY.resolve(mention)
    assert (found.model, found.how) == (None, "none")
    assert found.explanation


def test_what_comes_near_is_proposed() -> None:
    assert REGISTRY.resolve("GLM-6B").candidates == ("GLM", "GLM-130B")
    assert REGISTRY.resolve("RoBERT").candidates == ("RoBERTa",)
    assert REGISTRY.resolve("GPT-3 (davinci)").candidates == ("GPT-3", "davinci")
    assert "GPT-3" in REGISTRY.resolve("Nothing", paper="2005.14165").candidates


def test_a_shared_name_is_never_guessed() -> None:
    found = REGISTRY.resolve("GLM")
    assert (found.model, found.how) == (None, "ambiguous")
    assert found.candidates == ("GLM", "GLM-130B")


def test_a_shared_name_is_settled_by_paper_then_size_then_date() -> None:
    resolve = REGISTRY.resolve
    by_paper = resolve("GLM", paper="2210.02414", size=10e9, date=day("2021-06-01"))
    assert (by_paper.model, by_paper.how) == ("GLM-130B", "paper")
    by_size = resolve("GLM", size=130e9, date=day("2021-06-01"))
    assert (by_size.model, by_size.how) == ("GLM-130B", "size")
    by_date = resolve("GLM", date=day("2021-06-01"))
    assert (by_date.model, by_date.how) == ("GLM", "date")
    assert resolve("GLM", date=day("2023-01-01")).how == "ambiguous"
    assert resolve("GLM", size=6e9).how == "ambiguous"
    assert resolve("GLM", paper="2303.18223").how == "ambiguous"


def test_a_shared_name_is_settled_by_what_stands_beside_it() -> None:
    resolve = REGISTRY.resolve
    assert resolve("GLM", context="we compare with GLM (130B) and PaLM").model == "GLM-130B"
    assert resolve("GLM", context="1300 亿参数的 GLM").model == "GLM-130B"
    assert resolve("GLM", context="GLM, arXiv:2103.10360").model == "GLM"
    assert resolve("GLM", context="GLM (10B) or GLM (130B)").how == "ambiguous"
    assert resolve("GLM", context="GLM beats GPT-3 with its 175B").how == "ambiguous"


def test_a_paper_resolves_a_name_that_differs_in_size_only() -> None:
    found = REGISTRY.resolve("BERT-base", paper="1810.04805")
    assert (found.model, found.how) == ("BERT", "paper")
    assert REGISTRY.resolve("OPT-66B", paper="2205.01068").model == "OPT"
    assert REGISTRY.resolve("Flan-U-PaLM", paper="2210.11416").model is None
    assert REGISTRY.resolve("OPT-IML", paper="2205.01068").model is None


def test_a_name_with_the_paper_of_another_model_is_doubted_aloud() -> None:
    found = REGISTRY.resolve("GPT-3", paper="2303.08774")
    assert found.model == "GPT-3"
    assert "2303.08774 is not known to present it" in found.explanation


def test_names_that_differ_in_capitals_are_told_apart_by_them() -> None:
    registry = Registry((Known("FLAN"), Known("Flan")))
    assert registry.resolve("FLAN").model == "FLAN"
    assert registry.resolve("Flan").model == "Flan"
    assert registry.resolve("flan").how == "ambiguous"


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two models are called 'PaLM'"):
        Registry((Known("PaLM"), Known("PaLM")))
    with pytest.raises(InputError, match="empty name"):
        Registry((Known("  "),))


NAMES = st.from_regex(
    r"[A-Z][A-Za-z]{1,8}([- ]?[A-Z]{1,3})?([- ]?[0-9](\.[0-9])?)?", fullmatch=True
)
LISTS = st.lists(NAMES, min_size=1, max_size=12, unique=True)


@given(LISTS)
def test_a_canonical_name_always_means_itself(names: list[str]) -> None:
    registry = Registry([Known(name) for name in names])
    for name in names:
        assert registry.resolve(name).model == name


@given(st.lists(NAMES, min_size=2, max_size=8, unique=True), st.data())
def test_names_that_differ_in_digits_never_mean_each_other(
    names: list[str], data: st.DataObject
) -> None:
    known = data.draw(st.sampled_from(names))
    registry = Registry([Known(known)])
    for name in names:
        if _numbers(name) != _numbers(known):
            assert registry.resolve(name).model is None


def _numbers(name: str) -> str:
    digits = "".join(letter if letter.isdigit() or letter == "." else " " for letter in name)
    return digits.strip().removesuffix(".0")


@given(st.text(max_size=60))
def test_any_mention_is_answered(text: str) -> None:
    found = REGISTRY.resolve(text, context=text)
    assert found.model is None or found.model in REGISTRY.entries


# --- running text ---------------------------------------------------------------------------------


def found(text: str) -> list[tuple[str, str | None]]:
    mentions = find_mentions(text, REGISTRY)
    assert all(text[one.start : one.end] == one.text for one in mentions)
    return [(one.text, one.resolution.model) for one in mentions]


def test_names_are_found_in_chinese_text() -> None:
    assert found("谷歌的PaLM和威震天-图灵，以及chatgpt。") == [
        ("PaLM", "PaLM"),
        ("威震天-图灵", "MT-NLG"),
        ("chatgpt", "ChatGPT"),
    ]


def test_the_longest_name_is_taken_with_its_size() -> None:
    assert found("text-davinci-003, PaLM-540B, LLaMA（13B）, ERNIE 3.0 Titan") == [
        ("text-davinci-003", "text-davinci-003"),
        ("PaLM-540B", "PaLM"),
        ("LLaMA（13B）", "LLaMA"),
        ("ERNIE 3.0 Titan", "ERNIE 3.0 Titan"),
    ]


def test_a_size_that_the_model_does_not_have_is_found_without_a_model() -> None:
    assert found("Goat-70B") == [("Goat-70B", None)]


@pytest.mark.parametrize(
    "text",
    [
        "NaPaLM and PaLMs",
        "PaLM-E",
        "PaLM 2 is newer",
        "Med-PaLM",
        "BERT-Tiny, BERT Tiny",
        "GPT-3.5 and GPT-35",
        "LLaMA-Adapter",
        "Visual ChatGPT",
        "T5+",
        "https://example.org/PaLM/LLaMA",
    ],
)
def test_a_name_within_a_longer_one_is_no_mention(text: str) -> None:
    assert found(text) == []


def test_a_name_before_an_ordinary_word_is_a_mention() -> None:
    assert found("PaLM-based, GPT-3's, LLaMA/OPT, **T5** and BLOOM.") == [
        ("PaLM", "PaLM"),
        ("GPT-3", "GPT-3"),
        ("LLaMA", "LLaMA"),
        ("OPT", "OPT"),
        ("T5", "T5"),
        ("BLOOM", "BLOOM"),
    ]


def test_ordinary_words_need_the_capitals_of_the_name() -> None:
    assert found("A goat under a palm in bloom may opt for a llama.") == []
    assert found("Palm oil, Bloom filters, Opt in.") == []
    assert found("Goat is a model.") == [("Goat", "Goat")]
    assert found("Bert and chinchilla, but not galactica") == [("Bert", "BERT")]


def test_tex_belongs_to_the_name() -> None:
    text = r"With PanGu-$\alpha$, Pangu-\(\alpha\) and \textbf{PaLM}."
    assert found(text) == [
        (r"PanGu-$\alpha$", "PanGu-α"),
        (r"Pangu-\(\alpha\)", "PanGu-α"),
        ("PaLM", "PaLM"),
    ]


def test_each_of_two_namesakes_has_its_own_size() -> None:
    assert found("The 130B GLM, GLM (10B) and just GLM.") == [
        ("GLM", "GLM-130B"),
        ("GLM (10B)", "GLM"),
        ("GLM", None),
    ]


@given(st.text(max_size=80))
def test_offsets_always_point_into_the_text(text: str) -> None:
    for one in find_mentions(f"{text} PaLM {text}", REGISTRY):
        assert f"{text} PaLM {text}"[one.start : one.end] == one.text
