"""Facts of notes: labelled blocks, tables and free sentences, Chinese and English."""

from __future__ import annotations

from pathlib import Path

from littrack.analysis.note_facts.extraction import extract_facts
from littrack.analysis.note_facts.makers import country_named, country_of
from littrack.analysis.note_facts.reading import read_sentences, readable
from littrack.claims import ModelField, Parent, Quantity
from littrack.notes import Note
from noted import a_note, catalogued


def facts(note: Note) -> set[tuple[str, ModelField, str]]:
    """Model, field and value in short of each fact."""
    found = extract_facts(note, [], catalogued().registry)
    return {(one.model, one.field, short(one.value)) for one in found}


def short(value: object) -> str:
    if isinstance(value, Quantity):
        return f"{value.value:g} {value.unit}"
    if isinstance(value, Parent):
        return value.name
    return str(value)


def test_a_chinese_block_is_about_the_model_of_its_heading(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "# 读书笔记\n\n## 4.1 Gopher 模型\n\n- 发布时间：2021-12-08\n- 数据和模型规模：280B 参数，"
        "用 300B token 训练\n- 方法：4096 块 TPU v3 训练 920 小时\n- 机构：DeepMind\n",
    )
    assert facts(note) == {
        ("Gopher", ModelField.RELEASE, "2021-12-08"),
        ("Gopher", ModelField.SIZE, "2.8e+11 parameters"),
        ("Gopher", ModelField.PRETRAIN_DATA, "3e+11 tokens"),
        ("Gopher", ModelField.HARDWARE, "4096 TPU v3"),
        ("Gopher", ModelField.ORGANISATION, "DeepMind"),
    }


def test_an_english_block_is_read_likewise(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "# Reading list\n\n## CodeGen\n\n- **Release date:** March 25, 2022\n"
        "- **Parameters:** 350M, 2.7B, 6.1B and 16B\n- **Developer:** Salesforce\n"
        "- **Open source:** yes\n",
    )
    found = facts(note)
    assert ("CodeGen", ModelField.RELEASE, "2022-03-25") in found
    sizes = {value for _, field, value in found if field is ModelField.SIZE}
    assert sizes == {
        "3.5e+08 parameters",
        "2.7e+09 parameters",
        "6.1e+09 parameters",
        "1.6e+10 parameters",
    }
    assert ("CodeGen", ModelField.ACCESS, "open") in found


def test_a_row_of_a_table_is_about_the_model_in_it(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "| 模型名称 | 发布时间 | 参数量 | 机构 |\n|---|---|---|---|\n"
        "| Galactica | 2022-11-16 | 1200亿 | Meta AI |\n| 某模型 | - | - | - |\n",
    )
    assert facts(note) == {
        ("Galactica", ModelField.RELEASE, "2022-11-16"),
        ("Galactica", ModelField.SIZE, "1.2e+11 parameters"),
        ("Galactica", ModelField.ORGANISATION, "Meta AI"),
    }


def test_sizes_in_sentences_belong_to_the_model_beside_them(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "我们用 178B 的 Jurassic-1 和 GPT-NeoX-20B 对比。"
        "Gopher 与 Galactica 分别有 2800 亿和 1200 亿参数。\n\n"
        "UL2, which has 20 billion parameters, and Falcon (40B) are open. "
        "The 16B CodeGen is too.\n",
    )
    sizes = {(model, value) for model, field, value in facts(note) if field is ModelField.SIZE}
    assert sizes == {
        ("Jurassic-1", "1.78e+11 parameters"),
        ("Gopher", "2.8e+11 parameters"),
        ("Galactica", "1.2e+11 parameters"),
        ("UL2", "2e+10 parameters"),
        ("Falcon", "4e+10 parameters"),
        ("CodeGen", "1.6e+10 parameters"),
    }


def test_a_part_of_the_data_is_not_taken_for_all_of_it(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "## GLaM\n\n- 数据和模型规模：共 1200B 参数，"
        "过滤后的网页有 143B 个 token，上下文长度 8K token\n",
    )
    assert {field for _, field, _ in facts(note)} == {ModelField.SIZE}


def test_who_made_a_model_and_from_what_is_read_from_sentences(tmp_path: Path) -> None:
    note = a_note(
        tmp_path,
        "Koala 由伯克利推出。InternLM 由商汤开发。Vicuna is fine-tuned from LLaMA-13B.\n\n"
        "StarCoder was developed by Hugging Face and others.\n",
    )
    found = facts(note)
    assert ("InternLM", ModelField.ORGANISATION, "SenseTime") in found
    assert ("StarCoder", ModelField.ORGANISATION, "Hugging Face") in found
    assert ("Vicuna", ModelField.BASE_MODEL, "LLaMA-13B") in found


def test_the_child_in_a_sentence_with_two_parents_is_the_one_that_was_made(tmp_path: Path) -> None:
    found = facts(a_note(tmp_path, "斯坦福大学基于 LLaMA 构建了 Alpaca。\n"))
    assert ("Alpaca", ModelField.BASE_MODEL, "LLaMA") in found


def test_a_sentence_without_pinyin_leads_back_to_the_note(tmp_path: Path) -> None:
    note = a_note(tmp_path, "BLOOM 有 176B 參數，訓(xùn)練用了 366B token。\n")
    assert readable("訓(xùn)練(liàn) GPT-3").text == "训练 GPT-3"
    (sentence,) = read_sentences(note)
    start = sentence.text.index("训练")
    assert note.text[slice(*sentence.span(start, start + 2))] == "訓(xùn)練"


def test_facts_stand_where_their_spans_say(tmp_path: Path) -> None:
    note = a_note(tmp_path, "## PaLM\n\n- 发布时间：2022 年 4 月\n- 参数量：540B\n")
    spans = [note.text[slice(*one.span)] for one in extract_facts(note, [], catalogued().registry)]
    assert spans == ["2022 年 4 月", "540B"]


def test_a_country_is_known_by_its_adjective_and_an_organisation_by_its_seat() -> None:
    assert country_named("一家韩国公司") == country_named("a Korean AI startup") == "kr"
    assert country_named("韩国料理") is None
    assert (country_of("Databricks"), country_of("Baidu"), country_of("Nobody")) == (
        "us",
        "cn",
        None,
    )
