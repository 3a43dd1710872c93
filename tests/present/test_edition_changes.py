"""The change log between two editions, and editions as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from builders import utc
from littrack.analysis.editions import compare_editions, freeze_edition
from littrack.claims import (
    Decision,
    DecisionKind,
    Edition,
    EvidenceKind,
    Hardware,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Parent,
    Quantity,
    RelationKind,
    Unit,
)
from littrack.errors import InputError
from littrack.present.edition_changes import changes_table, render_changelog
from littrack.present.edition_json import edition_from_json, edition_to_json
from littrack.present.edition_phrases import PHRASES, SECTIONS
from littrack.present.tables import render_csv
from model_builders import a_cell, a_claim, a_day, a_decision, a_model, palm

F = ModelField
SINCE = utc("2023-09-01")


def frozen(
    name: str, at: str, models: list[Model], buckets: dict[str, str], **changes: Any
) -> Edition:
    day = utc(at)
    edition = freeze_edition(name, models, buckets, created_at=day, as_of=day)
    return replace(edition, citations=(), **changes)


def new(field: ModelField, value: Any, source: str, locator: str = "abstract") -> Any:
    kind = EvidenceKind.PAPER if source[0].isdigit() else EvidenceKind.URL
    return a_claim(field, value, source=source, locator=locator, recorded_at=SINCE, kind=kind)


def v10() -> Edition:
    models = [
        a_model("CodeGeeX", {F.RELEASE: "2023-03-30", F.SIZE: "13B"}, paper="2303.17568"),
        a_model("Galatica", {F.SIZE: "120B"}, paper="2211.09085"),
        a_model("Self-Instruct", {F.RELEASE: "2022-12-20"}),
        a_model("LaMDA", {F.RELEASE: a_day("2022-02-10", ModelDateKind.ARXIV_LATEST)}),
        a_model("Kosmos-1", {F.SIZE: "1.3B"}),
        a_model("Dolly", {F.BASE_MODEL: "LLaMA", F.ORGANISATION: "Unknown"}),
        a_model("BLOOM", {F.PRETRAIN_DATA: "350B tokens"}),
    ]
    buckets = {"CodeGeeX": "2023 1-6", "Self-Instruct": "2022 11-12", "LaMDA": "2022 1-3"}
    return frozen(
        "v10",
        "2023-05-07",
        models,
        buckets,
        figures={"timeline": 54},
        trends={"large language model": 1764},
    )


def v13() -> Edition:
    announced = a_day("2022-09", ModelDateKind.ANNOUNCED)
    decision = a_decision(F.RELEASE, announced, "Li Wei", "the weights were out by then", SINCE)
    falcon = {
        F.RELEASE: new(F.RELEASE, "2023-06-01", "2306.01116v1", ""),
        F.SIZE: ["7B", "40B"],
        F.ACCESS: "open",
        F.ORGANISATION: "TII",
    }
    models = [
        a_model("CodeGeeX", {F.RELEASE: decision, F.SIZE: "13B"}, paper="2303.17568"),
        a_model("Galactica", {F.SIZE: "120B"}, paper="2211.09085", aliases=("Galatica",)),
        a_model("LaMDA", {F.RELEASE: new(F.RELEASE, "2022-01-20", "2201.08239v1", "")}),
        a_model("Kosmos-1", {F.SIZE: new(F.SIZE, "1.6B", "2302.14045v2")}),
        a_model(
            "Dolly",
            {
                F.BASE_MODEL: new(F.BASE_MODEL, "GPT-J", "https://example.org/dolly", "post"),
                F.ORGANISATION: "Unknown",
            },
        ),
        a_model("BLOOM", {F.PRETRAIN_DATA: new(F.PRETRAIN_DATA, "366B tokens", "2211.05100v4")}),
        a_model("Falcon", falcon),
    ]
    buckets = {"CodeGeeX": "2022 7-10", "LaMDA": "2022 1-3", "Falcon": "2023 1-6"}
    ruling = Decision(
        *(DecisionKind.NOT_A_MODEL, "Self-Instruct", "Li Wei", SINCE, "a method, not a model."),
    )
    return frozen(
        "v13",
        "2023-11-24",
        models,
        buckets,
        decisions=(ruling,),
        figures={"timeline": 55},
        trends={"large language model": 4321},
    )


ENGLISH = """\
# Changes from edition v10 to edition v13

Edition v10 is of 2023-05-07, edition v13 of 2023-11-24. There are 10 changes: 1 model added, \
1 model removed, 1 model renamed, 1 model moved on the timeline, 1 release date changed, \
1 size changed, 1 base model changed, the pre-training data of 1 model changed, \
1 figure changed and 1 count of papers changed.

## Models added

- **Falcon** (TII): released 2023-06-01 (arXiv v1), 7B and 40B, publicly available, \
in 2023 1-6 of the timeline. New evidence: arXiv:2306.01116v1.

## Models removed

- **Self-Instruct** is no longer listed. Decided by Li Wei: a method, not a model.

## Models renamed

- **Galatica** is now called **Galactica**.

## Moved on the timeline

- **CodeGeeX** moved from 2023 1-6 to 2022 7-10: its release is now dated 2022-09 \
(announcement), no longer 2023-03-30 (arXiv v1). Decided by Li Wei: the weights were out by then.

## Release dates

- **LaMDA**: 2022-01-20 (arXiv v1), so far 2022-02-10 (latest arXiv version). \
New evidence: arXiv:2201.08239v1.

## Sizes

- **Kosmos-1**: 1.6B, so far 1.3B. New evidence: arXiv:2302.14045v2, abstract.

## Base models

- **Dolly**: GPT-J, so far LLaMA. New evidence: https://example.org/dolly, post.

## Pre-training data

- **BLOOM**: 366B tokens, so far 350B tokens. New evidence: arXiv:2211.05100v4, abstract.

## Figures

- **timeline**: 55 models, so far 54.

## Trends

- **large language model**: 4,321 papers, so far 1,764.
"""
CHINESE = """\
# v10 版至 v13 版变更记录

v10 版日期为 2023-05-07，v13 版日期为 2023-11-24。共 10 处变更：新增模型 1 个，移除模型 1 个，\
模型更名 1 个，时间线位置调整 1 个，更正发布时间 1 处，更正参数量 1 处，更正基座模型 1 处，\
更正预训练数据规模 1 处，插图更新 1 幅，趋势统计更新 1 项。

## 新增模型

- **Falcon**（TII）：2023-06-01（arXiv 首版）发布，参数量 70 亿、400 亿，公开可用，\
列入时间线 2023 1-6。依据新证据：arXiv:2306.01116v1。

## 移除模型

- 不再收录 **Self-Instruct**。由 Li Wei 决定：a method, not a model。

## 模型更名

- **Galatica** 更名为 **Galactica**。

## 时间线位置调整

- **CodeGeeX** 由 2023 1-6 移至 2022 7-10：发布时间由 2023-03-30（arXiv 首版）改为 \
2022-09（官方公布）。由 Li Wei 决定：the weights were out by then。

## 发布时间

- **LaMDA**：由 2022-02-10（arXiv 最新版）改为 2022-01-20（arXiv 首版）。\
依据新证据：arXiv:2201.08239v1。

## 参数量

- **Kosmos-1**：由 13 亿改为 16 亿。依据新证据：arXiv:2302.14045v2（abstract）。

## 基座模型

- **Dolly**：由 LLaMA 改为 GPT-J。依据新证据：https://example.org/dolly（post）。

## 预训练数据规模

- **BLOOM**：由 3500 亿 tokens 改为 3660 亿 tokens。依据新证据：arXiv:2211.05100v4（abstract）。

## 插图

- **timeline**：收录模型由 54 个变为 55 个。

## 趋势统计

- **large language model**：论文数由 1,764 篇变为 4,321 篇。
"""


def test_ten_changes_are_told_in_english() -> None:
    assert render_changelog(compare_editions(v10(), v13())) == ENGLISH


def test_ten_changes_are_told_in_chinese() -> None:
    assert render_changelog(compare_editions(v10(), v13()), "zh") == CHINESE


def test_the_text_form_has_the_same_sentences_without_markup() -> None:
    text = render_changelog(compare_editions(v10(), v13()), format="text")
    assert text.startswith("Changes from edition v10 to edition v13\n\nEdition v10 is of ")
    assert (
        "\nModels renamed\n  - Galatica is now called Galactica.\n"
        "\nMoved on the timeline\n  - CodeGeeX moved from 2023 1-6 to 2022 7-10: "
    ) in text
    assert "**" not in text


def test_editions_that_say_the_same_have_a_log_that_says_so() -> None:
    diff = compare_editions(v10(), replace(v10(), name="v11"))
    assert render_changelog(diff).endswith("2023-05-07. The two editions say the same.\n")
    assert render_changelog(diff, "zh").endswith("两个版本内容相同。\n")


def log_of(before: Model, after: Model, language: Any = "en", **changes: Any) -> str:
    """The lines of the change log below its counts."""
    one = frozen("a", "2023-05-07", [before], {})
    other = frozen("b", "2023-11-24", [after], {}, **changes)
    text = render_changelog(compare_editions(one, other), language, "text")
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("  - "))


def test_what_is_stated_for_the_first_time_or_no_longer_is_said() -> None:
    bare, sized = a_model("A"), a_model("A", {F.SIZE: new(F.SIZE, "7B", "2301.00001v1")})
    place = "arXiv:2301.00001v1"
    assert log_of(bare, sized) == (f"A: 7B, so far not stated. New evidence: {place}, abstract.")
    assert log_of(sized, bare) == (
        f"A: no longer stated, so far 7B. The earlier evidence is gone: {place}, abstract."
    )
    assert log_of(bare, sized, "zh") == f"A：补充为 70 亿。依据新证据：{place}（abstract）。"


def test_other_facts_name_the_field_and_a_review_the_states() -> None:
    before = a_model("A", {F.RLHF: False}, status=ModelStatus.ACCEPTED)
    after = a_model("A", {F.RLHF: new(F.RLHF, True, "2301.00001v1")})
    assert log_of(before, after) == (
        "A (RLHF): yes, so far no. New evidence: arXiv:2301.00001v1, abstract.\n"
        "A: reviewed by a person, so far accepted by littrack, not reviewed."
    )
    assert log_of(before, after, "zh") == (
        "A（RLHF）：由否改为是。依据新证据：arXiv:2301.00001v1（abstract）。\n"
        "A：由“由 littrack 自动收录，未经审核”变为“经人工审核”。"
    )


def test_access_is_told_in_words_and_what_is_undisclosed_too() -> None:
    before = a_model("A", {F.ACCESS: "closed", F.SIZE: "7B"})
    hidden = a_cell(F.SIZE, new(F.SIZE, Quantity(None, Unit.PARAMETERS), "2301.00001v1"))
    after = a_model("A", {F.ACCESS: new(F.ACCESS, "open", "a page"), F.SIZE: hidden})
    assert log_of(before, after).splitlines() == [
        "A: not disclosed, so far 7B. New evidence: arXiv:2301.00001v1, abstract.",
        "A: publicly available, so far closed source. New evidence: a page, abstract.",
    ]


def test_a_merge_by_a_person_names_both_models_and_the_reason() -> None:
    merge = Decision(
        DecisionKind.MERGE, "GLM", "Li Wei", SINCE, "one paper", value="GLM-130B"
    )  # fmt: skip
    assert log_of(a_model("GLM"), a_model("GLM-130B"), "en", decisions=(merge,)) == (
        "GLM-130B.\n"
        "GLM is no longer listed. It is the same model as GLM-130B and was merged into it. "
        "Decided by Li Wei: one paper."
    )


def test_rules_divisions_citations_and_one_change_are_told() -> None:
    models, halves = [a_model("A"), a_model("B")], {"A": "2023 1-6", "B": "2023 7-12"}
    before = frozen("a", "2023-05-07", models, dict.fromkeys(halves, "2023"))
    after = frozen("b", "2023-11-24", models, halves)
    log = render_changelog(compare_editions(before, after), format="text")
    assert "There is 1 change: 1 span of the timeline divided anew." in log
    assert "  - 2023 is now shown as 2023 1-6 and 2023 7-12.\n" in log
    before = replace(before, rules={"dates": "survey"}, citations=("2201.00001",), rows=())
    after = replace(after, rules={"dates": "earliest"}, citations=("2301.00001",), rows=())
    log = render_changelog(compare_editions(before, after), "zh")
    assert (
        "- **发布时间**：由“arXiv 首版日期，无论文者取最早的公开发布日期”"
        "改为“arXiv 首版与公开发布中最早的日期”。\n"
    ) in log
    assert "- 新增引用：arXiv:2301.00001。\n- 不再引用：arXiv:2201.00001。\n" in log


def test_a_rule_that_changed_many_dates_is_told_once() -> None:
    v1, shown = a_claim(F.RELEASE, "2022-01-20"), a_claim(F.RELEASE, "2021-05")
    before = a_model("LaMDA", {F.RELEASE: a_cell(F.RELEASE, v1, rivals=(shown,))})
    after = a_model("LaMDA", {F.RELEASE: a_cell(F.RELEASE, shown, rivals=(v1,))})
    one = frozen("a", "2023-05-07", [before], {}, rules={"dates": "survey"})
    other = frozen("b", "2023-11-24", [after], {}, rules={"dates": "earliest"})
    log = render_changelog(compare_editions(one, other))
    assert (
        "- **LaMDA**: 2021-05 (arXiv v1), so far 2022-01-20 (arXiv v1). "
        "The rule has changed, see below.\n"
    ) in log
    assert (
        "- **Release dates**: now “the earliest of arXiv v1 and public release”, "
        "so far “arXiv v1, without a paper the earliest public release”.\n"
    ) in log


def test_what_an_edition_knew_is_told_when_it_was_not_known_on_the_day() -> None:
    edition = replace(v10(), created_at=utc("2023-06-01"))
    log = render_changelog(compare_editions(edition, v13()))
    assert "Edition v10 is of 2023-06-01 (with what was known on 2023-05-07), edition" in log


def test_markdown_in_a_name_stays_text() -> None:
    log = render_changelog(
        compare_editions(
            frozen("a", "2023-05-07", [], {}), frozen("b", "2023-11-24", [a_model("*x*_<y>")], {})
        )
    )
    assert "- **\\*x\\*\\_\\<y\\>**." in log


def test_both_languages_have_words_for_everything() -> None:
    english, chinese = PHRASES["en"], PHRASES["zh"]
    for words in (english, chinese):
        assert tuple(words.sections) == tuple(map(str, SECTIONS))
    assert set(english.causes) == set(chinese.causes)
    assert set(english.items) == set(chinese.items)
    assert set(english.rules) == set(chinese.rules)


def test_scripts_get_a_row_a_change_with_its_cause() -> None:
    table = changes_table(compare_editions(v10(), v13()))
    assert len(table.rows) == 10
    assert dict(table.rows[3]) == {
        "kind": "moved",
        "name": "CodeGeeX",
        "field": None,
        "before": "2023 1-6",
        "after": "2022 7-10",
        "cause": "decision",
        "source": "Li Wei",
        "locator": "curation.toml, line 3",
        "because": "the weights were out by then",
    }
    assert render_csv(table).splitlines()[5] == (
        "changed,LaMDA,release,2022-02-10 (latest arXiv version),2022-01-20 (arXiv v1),"
        "new evidence,2201.08239v1,,"
    )


# --- JSON -----------------------------------------------------------------------------------------


def rich() -> Edition:
    """An edition with a value of every type."""
    cells = {
        F.BASE_MODEL: [Parent("LLaMA", RelationKind.CONTINUED, "+ chinese data")],
        F.SIZE: [Quantity(None, Unit.PARAMETERS), Quantity(1.8e12, Unit.PARAMETERS, "", True)],
        F.HARDWARE: Hardware("A100"),
        F.RELEASE: a_cell(F.RELEASE, "2023-03", rivals=(a_claim(F.RELEASE, "2023-04"),)),
    }
    decision = Decision(
        *(DecisionKind.SET, "GPT-4", "李伟", SINCE, "见公告", "2303.08774", F.SIZE),
        value=Quantity(7e9, Unit.PARAMETERS),
    )
    models = [palm(aliases=("PaLM-540B",)), a_model("GPT-4", cells, withdrawn=True)]
    return replace(
        frozen("v16", "2025-03-11", models, {"PaLM": "2022 4-6"}, figures={"timeline": 2}),
        rules={"dates": "survey"},
        left_out={"GPT-2": "size_b > 10"},
        decisions=(decision,),
        trends={"language model": 9868},
        citations=("2204.02311",),
        files={"table1.tex": "0" * 64},
    )


def test_an_edition_is_the_same_after_writing_and_reading() -> None:
    for edition in (rich(), v10(), v13()):
        text = edition_to_json(edition)
        assert edition_from_json(text) == edition
        assert edition_to_json(edition_from_json(text)) == text


def test_the_text_of_an_edition_does_not_depend_on_the_order_of_its_mappings() -> None:
    edition = rich()
    row = edition.rows[0]
    cells = dict(reversed(row.model.cells.items()))
    turned = replace(row, model=replace(row.model, cells=cells))
    assert edition_to_json(replace(edition, rows=(turned, *edition.rows[1:]))) == edition_to_json(
        edition
    )


def test_an_edition_is_readable_text() -> None:
    data = json.loads(edition_to_json(rich()))
    assert list(data)[:4] == ["format", "name", "created_at", "as_of"]
    base = data["rows"][0]["model"]["cells"]["base_model"]
    assert base["values"] == [
        {"Parent": {"name": "LLaMA", "kind": "continued pre-training", "label": "+ chinese data"}}
    ]
    assert "见公告" in edition_to_json(rich())


def broken(path: str, value: Any) -> str:
    """The JSON of an edition with one place changed; None: taken out."""
    data = json.loads(edition_to_json(rich()))
    *parts, last = path.split(".")
    place = data
    for part in parts:
        place = place[int(part) if part.isdigit() else part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the edition is not JSON"),
        ("[" * 100_000, "the edition is not JSON"),
        ("[]", "this is no edition"),
        ('{"format": "littrack edition 9"}', "this is no edition"),
        ('{"format": "a", "format": "b"}', "'format' stands twice"),
        (broken("name", None), "edition lacks 'name'"),
        (broken("wombat", 1), "edition has 'wombat', which Edition does not"),
        (broken("created_at", "2025-03-11"), "edition.created_at is '2025-03-11', which has no"),
        (broken("created_at", "soon"), "edition.created_at is 'soon', which is no time"),
        (broken("rows", {}), "edition.rows must be a list, not {}"),
        (broken("rows.0.model", 3), r"edition.rows\[0\].model holds 3"),
        (broken("figures", []), r"edition.figures must be an object, not \[\]"),
        (broken("figures.timeline", True), "edition.figures.timeline holds true"),
        (broken("figures.timeline", 1.5), "edition.figures.timeline holds 1.5"),
        (broken("rows.0.model.status", "good"), "model.status is .good.; it must be one of candid"),
        (broken("rows.0.model.cells.colour", {}), "cells is 'colour'; it must be one of alias"),
        (
            broken("rows.0.model.cells.base_model.values", [{"Wombat": {}}]),
            r"values\[0\] must name one of TypedDate, Quantity, Hardware, Parent",
        ),
        (
            broken("rows.0.model.cells.base_model.values", [{"Parent": 1}]),
            r"values\[0\] must be an object, not 1",
        ),
    ],
)
def test_what_is_no_edition_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        edition_from_json(text)


def test_times_are_read_in_any_zone_as_utc() -> None:
    found = edition_from_json(broken("as_of", "2025-03-11T08:00:00+08:00"))
    assert found.as_of == datetime.fromisoformat("2025-03-11T00:00:00+00:00")
