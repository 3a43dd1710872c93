"""The bundled catalogue: whole, and true to the table, timeline and figures of the survey."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

import pytest

from littrack.analysis.model_names import name_key
from littrack.analysis.model_resolution import Known, Registry
from littrack.claims import (
    Basis,
    Claim,
    EvidenceKind,
    ModelDateKind,
    ModelField,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
)
from littrack.sources.claim_tables import COLUMNS, SOURCE_COLUMNS, read_catalogue

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLE_1 = "survey-table1"

# The LLaMA family of the survey (edition of 2023-06-28): parent -> children, by kind of line.
CONTINUED = {
    "LLaMA": "Open-Chinese-LLaMA, Linly-Chinese-LLaMA, Panda, Chinese LLaMA, Cornucopia",
}
INHERITED = {
    "LLaMA": "Chinese Vicuna, BiLLa, ChatMed, Alpaca, Goat, OpenFlamingo, Vicuna, YuLan-Chat",
    "Chinese LLaMA": "Lawyer LLaMA, QiZhenGPT, TaoLi, Chinese Alpaca, ChatMed",
    "Chinese Alpaca": "BenTsao, LAWGPT, ChatMed",
    "Alpaca": "PKU-Beaver, VisionLLM",
    "Vicuna": "LLaVA, MiniGPT-4, InstructBLIP, ChatBridge, PandaGPT",
}
DATA = {
    "Vicuna": "YuLan-Chat",
    "Alpaca": "BiLLa, Alpaca-LoRA, Baize, BELLE, Koala, Ziya, LLaMA-Adapter, Guanaco",
    "LLaVA": "VisionLLM, InstructBLIP, ChatBridge, PandaGPT",
}
GPT_SOLID = [
    ("Codex", "GPT-3", RelationKind.CODE, "+ code"),
    ("text-davinci-002", "code-davinci-002", RelationKind.INSTRUCTION_TUNING, "+ instruction"),
    ("text-davinci-003", "text-davinci-002", RelationKind.RLHF, "+ RLHF"),
    ("gpt-3.5-turbo", "text-davinci-003", RelationKind.CHAT, "+ chat"),
    ("ChatGPT", "GPT-3.5", RelationKind.PRODUCT, ""),
    ("ChatGPT", "GPT-4", RelationKind.PRODUCT, ""),
]
GPT_DASHED = [
    ("GPT-2", "GPT-1", RelationKind.SUCCESSOR, ""),
    ("GPT-3", "GPT-2", RelationKind.SUCCESSOR, ""),
    ("GPT-3.5", "Codex", RelationKind.SUCCESSOR, ""),
    ("GPT-4", "GPT-3.5", RelationKind.SUCCESSOR, ""),
    ("code-davinci-002", "GPT-3.5", RelationKind.MEMBER, ""),
    ("text-davinci-002", "GPT-3.5", RelationKind.MEMBER, ""),
    ("text-davinci-003", "GPT-3.5", RelationKind.MEMBER, ""),
    ("gpt-3.5-turbo", "GPT-3.5", RelationKind.MEMBER, ""),
]
# What the survey's timeline puts where the model came out, months before its paper.
BEFORE_THE_PAPER = {"CodeGeeX", "DeepSeek", "Falcon", "LLaMA3", "Mixtral", "Qwen2"}
# Of the models of Table 1, the ones for which the survey's README gives another month.
TWO_MONTHS = {
    *("mT5", "PanGu-α", "CPM-2", "GPT-NeoX-20B", "UL2", "GLM-130B", "BLOOM", "CodeGeeX"),
    *("Pythia", "GShard", "HyperCLOVA", "FLAN", "LaMDA", "MT-NLG", "InstructGPT"),
}


@cache
def rows(name: str = "claims.tsv") -> list[dict[str, str]]:
    text = files("littrack").joinpath("data", "catalogue", name).read_text("utf-8")
    lines = text.splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def claims() -> list[Claim]:
    return read_catalogue(NOW)


def said(model: str, field: str, source: str = "") -> set[str]:
    """The values of one field of one model, as written."""
    return {
        row["value"]
        for row in rows()
        if (row["model"], row["field"]) == (model, field) and source in ("", row["source"])
    }


def models() -> set[str]:
    return {row["model"] for row in rows()}


def edges(source: str) -> set[tuple[str, str, RelationKind, str]]:
    return {
        (claim.subject, claim.value.name, claim.value.kind, claim.value.label)
        for claim, row in zip(claims(), rows(), strict=True)
        if row["source"] == source and isinstance(claim.value, Parent)
    }


def pairs(children: dict[str, str]) -> set[tuple[str, str]]:
    return {(child, parent) for parent, names in children.items() for child in names.split(", ")}


# --- the files ------------------------------------------------------------------------------------


def test_every_line_is_a_claim_of_the_catalogue_about_its_model() -> None:
    assert [claim.subject for claim in claims()] == [row["model"] for row in rows()]
    assert {claim.origin for claim in claims()} == {"catalogue"}
    assert tuple(rows()[0]) == COLUMNS
    assert 150 <= len(models()) <= 220


def test_the_lines_are_in_order_and_none_stands_twice() -> None:
    keys = [
        tuple(row[name] for name in ("model", "field", "value", "source", "name")) for row in rows()
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_cells_are_facts_without_stray_blanks_and_not_sentences() -> None:
    for row in rows():
        assert all(cell == cell.strip() and "  " not in cell for cell in row.values()), row
        assert len(row["value"]) <= 160, row
        assert row["field"] in ("title", "pretrain_sources") or ". " not in row["value"], row


def test_the_sources_are_those_that_the_claims_name() -> None:
    assert tuple(rows("sources.tsv")[0]) == SOURCE_COLUMNS
    keys = [row["key"] for row in rows("sources.tsv")]
    assert keys == sorted(set(keys))
    assert set(keys) == {row["source"] for row in rows()}
    assert all(row["title"] and row["licence"] for row in rows("sources.tsv"))


def test_what_a_paper_says_of_its_model_is_stated_and_named_by_its_id() -> None:
    (claim,) = (
        claim
        for claim, row in zip(claims(), rows(), strict=True)
        if (row["model"], row["field"], row["source"]) == ("PaLM", "hardware", "arXiv:2204.02311")
    )
    assert (claim.evidence.kind, claim.evidence.source) == (EvidenceKind.PAPER, "2204.02311")
    assert claim.evidence.basis is Basis.STATED
    assert claim.paper == "2204.02311"


def test_a_model_has_one_paper_and_one_kind() -> None:
    for model in models():
        assert len({row["paper"] for row in rows() if row["model"] == model}) == 1
        assert said(model, "paper") <= {row["paper"] for row in rows() if row["model"] == model}
        assert len(said(model, "kind")) == 1, model


# --- models and their names -----------------------------------------------------------------------


def test_every_parent_is_a_model_of_the_catalogue_and_none_is_its_own() -> None:
    for claim in claims():
        if isinstance(claim.value, Parent):
            assert claim.value.name in models(), claim
            assert claim.value.name != claim.subject, claim


def test_an_alias_is_no_other_models_name() -> None:
    owners = defaultdict(set)
    for row in rows():
        owners[name_key(row["model"])].add(row["model"])
        if row["field"] == "alias":
            owners[name_key(row["value"])].add(row["model"])
    shared = {key: names for key, names in owners.items() if len(names) > 1}
    assert shared == {"glm": {"GLM-10B", "GLM-130B"}}


def registry() -> Registry:
    known = [Known(name, tuple(said(name, "alias"))) for name in sorted(models())]
    return Registry(known)


@pytest.mark.parametrize(
    ("mention", "model"),
    [
        ("Chinchillla", "Chinchilla"),
        ("Galatica", "Galactica"),
        ("RoBERT", "RoBERTa"),
        ("威震天-图灵", "MT-NLG"),
        ("盘古", "PanGu-α"),
        ("PanGu-Sigma", "PanGu-Σ"),
        ("悟道", "Wu Dao 2.0"),
        ("文心 3.0", "ERNIE 3.0"),
        ("Ernie 3.0 Titan", "ERNIE 3.0 Titan"),
        ("ChatGLM-6B", "ChatGLM"),
        ("Llama 2", "LLaMA2"),
        ("Yulan-Chat", "YuLan-Chat"),
    ],
)
def test_a_model_is_found_under_the_spellings_of_notes_and_tables(mention: str, model: str) -> None:
    assert registry().resolve(mention).model == model


def test_glm_alone_is_two_models_and_never_chatglm() -> None:
    found = registry().resolve("GLM")
    assert (found.model, set(found.candidates)) == (None, {"GLM-10B", "GLM-130B"})
    assert said("GLM-10B", "paper") == {"2103.10360"}
    assert said("GLM-130B", "paper") == {"2210.02414"}


def test_methods_and_systems_are_told_from_models() -> None:
    assert said("Self-Instruct", "kind") == {"method"}
    assert said("Self-Instruct", "not_a_model") == {"yes"}
    assert said("Visual ChatGPT", "kind") == {"system"}
    assert said("GPT-3.5", "kind") == {"series"}
    methods = {row["model"] for row in rows() if row["value"] == "method"}
    assert {row["model"] for row in rows() if row["field"] == "not_a_model"} == {
        *methods,
        "Visual ChatGPT",
    }


# --- Table 1 of the survey ------------------------------------------------------------------------


def test_table_1_has_its_48_rows_of_which_21_are_public() -> None:
    access = Counter(
        row["value"] for row in rows() if (row["source"], row["field"]) == (TABLE_1, "access")
    )
    assert access == {"open": 21, "closed": 27}
    assert len({row["model"] for row in rows() if row["source"] == TABLE_1}) == 48


def test_table_1_has_as_many_filled_cells_as_the_survey() -> None:
    count = Counter(row["field"].partition(":")[0] for row in rows() if row["source"] == TABLE_1)
    assert {name: count[name] for name in ("release", "size", "base_model")} == {
        "release": 48,
        "size": 47,  # all but GPT-4
        "base_model": 14,
    }
    names = ("instruction_tuning", "rlhf", "pretrain_data", "data_cutoff", "hardware")
    assert [count[name] for name in names] == [11, 4, 32, 4, 30]
    assert count["training_time"] == 17


@pytest.mark.parametrize(
    ("model", "cells"),
    [
        ("T5", "2019-10 11B - - - 1T tokens 2019-04 1024 TPU v3 -"),
        ("PanGu-α", "2021-04 13B public - - - 1.1 TB - 2048 Ascend 910 -"),
        ("FLAN", "2021-09 137B LaMDA-PT | instruction tuning yes - - - 128 TPU v3 60 hours"),
        ("LaMDA", "2022-01 137B - - - 768B tokens - 1024 TPU v3 57.7 days"),
        ("GLM-130B", "2022-10 130B - - - 400B tokens - 768 40G A100 60 days"),
        ("BLOOM", "2022-11 176B - - - 366B tokens - 384 80G A100 105 days"),
        ("NLLB", "2022-07 54.5B - - - - - - -"),
        ("GPT-4", "2023-03 - - yes yes - - - -"),
    ],
)
def test_a_row_of_table_1_stands_as_printed(model: str, cells: str) -> None:
    names = "release:arxiv_v1 size base_model instruction_tuning rlhf pretrain_data data_cutoff"
    columns = [*names.split(), "hardware", "training_time"]
    found = [next(iter(said(model, name, TABLE_1)), "-") for name in columns]
    assert " ".join(found) == cells


def test_the_later_edition_says_what_was_evaluated() -> None:
    count = Counter(row["field"] for row in rows() if row["source"] == "survey-table1-v16")
    assert (count["in_context_learning"], count["chain_of_thought"]) == (49, 12)
    assert not said("LaMDA", "in_context_learning")
    assert said("PaLM", "chain_of_thought") == {"yes"}


def test_fifteen_months_differ_between_table_1_and_the_readme() -> None:
    def months(model: str, source: str) -> set[str]:
        kinds = ("arxiv_v1", "unspecified", "announced")
        return {month for kind in kinds for month in said(model, f"release:{kind}", source)}

    in_table = {row["model"] for row in rows() if row["source"] == TABLE_1}
    differ = {
        model
        for model in in_table
        if (listed := months(model, "llmsurvey-readme")) and listed != months(model, TABLE_1)
    }
    assert differ == TWO_MONTHS


# --- dates ----------------------------------------------------------------------------------------


def test_lamda_has_its_four_dates_and_says_what_happened_on_each() -> None:
    dates = {
        (claim.value.kind, str(claim.value), row["source"])
        for claim, row in zip(claims(), rows(), strict=True)
        if claim.subject == "LaMDA" and isinstance(claim.value, TypedDate)
    }
    assert dates >= {
        (ModelDateKind.ANNOUNCED, "2021-05", "llmsurvey-readme"),
        (ModelDateKind.UNSPECIFIED, "2021-06-18", "ecosystem-graphs"),
        (ModelDateKind.ARXIV_V1, "2022-01", TABLE_1),
        (ModelDateKind.ARXIV_LATEST, "2022-02-10", "epoch"),
    }


@pytest.mark.parametrize(
    ("model", "epoch", "ecosystem"),
    [
        ("T5", "2019-10-23", "2019-10-23"),
        ("FLAN", "2021-09-03", ""),
        ("GLaM", "2021-12-13", "2021-12-13"),
        ("PaLM", "2022-04-04", "2022-04-04"),
        ("PaLM-E", "2023-03-06", "2023-03-06"),
        ("OPT", "2022-05-02", "2022-05-01"),
        ("LLaMA", "2023-02-24", "2023-02-24"),
        ("Dolly", "", "2023-03-24"),
        ("GPT-1", "2018-06-01", ""),
        ("GPT-2", "2019-02-14", "2019-11-01"),
        ("GPT-3", "2020-05-28", "2020-06-11"),
        ("InstructGPT", "2022-01-27", "2022-01-27"),
        ("GPT-4", "2023-03-15", "2023-03-14"),
        ("GLM-130B", "", "2022-08-04"),
        ("ChatGLM", "", "2023-03-14"),
        ("ChatGLM3", "2023-10-27", ""),
        ("Gopher", "2021-12-08", "2021-12-08"),
        ("Chinchilla", "2022-03-29", "2022-03-29"),
        ("Visual ChatGPT", "", "2023-03-08"),
        ("Kosmos-1", "", "2023-03-01"),
        ("MT-NLG", "2021-10-11", ""),
        ("BLOOM", "2022-07-11", "2022-07-12"),
        ("text-davinci-002", "", "2022-05-01"),
    ],
)
def test_the_dates_of_two_other_collections_stand_beside_the_surveys(
    model: str, epoch: str, ecosystem: str
) -> None:
    dates = {source: said(model, "release:unspecified", source) for source in DATED}
    dates["epoch"] |= said(model, "release:arxiv_v1", "epoch")
    assert not epoch or epoch in dates["epoch"]
    assert not ecosystem or ecosystem in dates["ecosystem-graphs"]


DATED = ("epoch", "ecosystem-graphs")


def test_bloom_was_trained_before_its_weights_and_those_before_its_paper() -> None:
    assert said("BLOOM", "release:training_start") == {"2022-03-11"}
    assert said("BLOOM", "release:training_end") == {"2022-07-05"}
    assert said("BLOOM", "release:weights_release") == {"2022-07-12"}
    assert said("BLOOM", "release:arxiv_v1", "arXiv") == {"2022-11"}


def test_an_estimate_is_not_what_the_makers_disclose() -> None:
    sizes = {
        (claim.value.value, claim.value.estimate, claim.evidence.basis)
        for claim in claims()
        if claim.subject == "GPT-4" and isinstance(claim.value, Quantity)
        if claim.field is ModelField.SIZE
    }
    assert sizes == {(None, False, Basis.STATED), (1.8e12, True, Basis.REPORTED)}


# --- the timeline ---------------------------------------------------------------------------------


def test_the_timeline_has_its_78_names_where_they_are_printed() -> None:
    buckets = Counter(
        row["value"]
        for row in rows()
        if (row["field"], row["source"]) == ("bucket", "survey-timeline")
    )
    assert list(dict(sorted(buckets.items())).values()) == [
        *(1, 3),
        *(2, 4, 4, 5),
        *(6, 7, 9, 6),
        *(13, 6),
        *(8, 4),
    ]
    marked = Counter(
        row["value"]
        for row in rows()
        if (row["field"], row["source"]) == ("access", "survey-timeline")
    )
    assert marked == {"open": 46, "closed": 32}


def test_a_model_stands_where_its_paper_came_out_but_for_those_that_were_out_before() -> None:
    elsewhere = set()
    for model in models():
        first = said(model, "release:arxiv_v1", "arXiv")
        for bucket in said(model, "bucket", "survey-timeline"):
            year, _, span = bucket.partition("-")
            start, _, end = (span or "01..12").partition("..")
            if first and not f"{year}-{start}" <= min(first)[:7] <= f"{year}-{end}":
                elsewhere.add(model)
    assert elsewhere == BEFORE_THE_PAPER


def test_the_updated_timeline_moved_codegeex() -> None:
    assert said("CodeGeeX", "bucket", "survey-timeline-0623") == {"2023"}
    assert said("CodeGeeX", "bucket", "survey-timeline") == {"2022-07..10"}


# --- the family figures ---------------------------------------------------------------------------


def test_the_gpt_series_has_its_solid_and_its_dashed_lines() -> None:
    assert edges("survey-figure4-solid") == set(GPT_SOLID)
    assert edges("survey-figure4-dashed") == set(GPT_DASHED)
    basis = {
        row["source"]: claim.evidence.basis for claim, row in zip(claims(), rows(), strict=True)
    }
    assert basis["survey-figure4-solid"] is Basis.STATED
    assert basis["survey-figure4-dashed"] is Basis.INFERRED


def test_the_nodes_of_the_gpt_series_have_their_months_and_captions() -> None:
    months = {
        row["model"]: row["value"]
        for row in rows()
        if (row["source"], row["field"]) == ("survey-figure4-dates", "release:unspecified")
    }
    assert months == {
        "GPT-1": "2018-06",
        "GPT-2": "2019-02",
        "GPT-3": "2020-05",
        "Codex": "2021-07",
        "GPT-3.5": "2022-03",
        "GPT-4": "2023-03",
        "code-davinci-002": "2022-03",
        "text-davinci-002": "2022-03",
        "text-davinci-003": "2022-09",
        "gpt-3.5-turbo": "2023-03",
    }
    with_caption = {row["model"] for row in rows() if row["field"] == "caption"}
    assert with_caption == set(months) - {"GPT-3.5"}


def test_the_llama_family_has_its_34_nodes_and_all_lines() -> None:
    drawn = edges("survey-figure5")
    by_kind = defaultdict(set)
    for child, parent, kind, _ in drawn:
        by_kind[kind].add((child, parent))
    assert by_kind[RelationKind.CONTINUED] == pairs(CONTINUED)
    assert by_kind[RelationKind.INSTRUCTION_TUNING] | by_kind[RelationKind.RLHF] == pairs(INHERITED)
    assert by_kind[RelationKind.RLHF] == {("PKU-Beaver", "Alpaca")}
    assert by_kind[RelationKind.DATA] == pairs(DATA)
    assert len({name for child, parent, *_ in drawn for name in (child, parent)}) == 34


def test_the_nodes_of_the_llama_family_have_their_tuning_and_domain() -> None:
    tuning = Counter(
        row["value"]
        for row in rows()
        if (row["source"], row["field"]) == ("survey-figure5", "tuning")
    )
    assert tuning == {"full": 23, "parameter-efficient": 10}
    assert said("Goat", "domain", "survey-figure5") == {"math"}
    assert said("LAWGPT", "domain", "survey-figure5") == {"law"}
    assert said("BELLE", "domain", "survey-figure5") == {"bilingual"}
    assert said("MiniGPT-4", "domain", "survey-figure5") == {"multimodal"}


def test_a_model_can_have_two_parents() -> None:
    assert edges("arXiv:2303.03378") == {
        ("PaLM-E", "PaLM", RelationKind.MULTIMODAL, ""),
        ("PaLM-E", "ViT-22B", RelationKind.MULTIMODAL, ""),
    }
