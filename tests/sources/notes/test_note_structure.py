"""The structure of notes: Markdown, Obsidian and plain text as passages under their headings."""

from __future__ import annotations

from pathlib import Path

import pytest

from littrack.notes import Note, PassageKind
from littrack.sources.notes.reading import read_note

OBSIDIAN = """\
---
title: 思维链笔记
tags: [llm, 推理]
date: 2023-05-01
---
# 思维链

见 [[阅读清单|清单]] 与 ![[图.png|300]] 和 ![[附录#第一节]]。 ^b1

> [!note] 提示
> 先读摘要。

- [ ] 读 [论文](https://arxiv.org/abs/2201.11903v2 "CoT")
  - 子项
- 第二

| 模型 | 规模 |
| --- | --- |
| PaLM | 540B |

%% littrack begin 1 %%
不是作者写的，见 arXiv:1706.03762
%% littrack end %%
<!-- littrack begin -->也不是作者写的<!-- littrack end -->

```python
x = 1
```

## 要点[^1]

发布时间：2022-01
论文地址：[Chain of

Thought](https://arxiv.org/abs/2201.11903)

## 参考文献

1. Wei et al. Chain-of-Thought Prompting. 2022.
[3] Chowdhery et al. PaLM. 2022. arXiv:2204.02311

[^1]: Kaplan et al. 2020. Scaling Laws for Neural Language Models. https://arxiv.org/abs/2001.08361
"""

SCRAPED = """\
4 主流模型

4.1 谷歌

谷歌的几篇文章都很值得读。

4.1.1 甲模型

  • 发布时间:2021-03-04
  • 论文地址:[A Model of Some Kind and

Another Line](https://arxiv.org/pdf/2103.00001.pdf)

第三章 总结

得分如下:
1. 先说结论,
the model sizes were varied over a very large range of values and
they all followed one law

模型 | 得分 |
---|---|
甲 | 61.5 |

参考资料
[1]Wang et. al. 2021. A Model of Some Kind: https://arxiv.org/abs/2103.00001
[2]某博客: https://example.org/a
"""


def note(tmp_path: Path, text: str, name: str) -> Note:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return read_note(path, f"folder/{name}")


def of_kind(found: Note, kind: PassageKind) -> list[str]:
    return [passage.text for passage in found.passages if passage.kind is kind]


def under(found: Note, words: str) -> tuple[str, ...]:
    return next(passage.headings for passage in found.passages if words in passage.text)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_passage_is_exactly_the_text_at_its_span(tmp_path: Path, newline: str) -> None:
    for text, name in ((OBSIDIAN, "a.md"), (SCRAPED, "b.txt")):
        found = note(tmp_path, text.replace("\n", newline), name)
        assert found.text == text.replace("\n", newline)
        assert [passage.number for passage in found.passages] == list(range(len(found.passages)))
        for passage in found.passages:
            assert found.text[slice(*passage.span)] == passage.text == passage.text.strip()
        for link in found.links:
            assert found.text[slice(*link.span)]


def test_a_byte_order_mark_hides_neither_frontmatter_nor_heading(tmp_path: Path) -> None:
    for text in ("\ufeff# 标题\n\n正文。", "\ufeff---\ntags: [a]\n---\n# 标题\n\n正文。"):
        found = note(tmp_path, text, "a.md")
        assert (found.text, found.title) == (text, "标题")
        assert [passage.text for passage in found.passages] == ["# 标题", "正文。"]
    assert found.frontmatter == {"tags": ["a"]}
    assert of_kind(note(tmp_path, "\ufeff1 引言\n\n正文。", "a.txt"), PassageKind.HEADING) == [
        "1 引言"
    ]


def test_obsidian_notes_have_frontmatter_callouts_and_kinds(tmp_path: Path) -> None:
    found = note(tmp_path, OBSIDIAN, "a.md")
    assert (found.path, found.format, found.title) == ("folder/a.md", "markdown", "思维链笔记")
    assert found.frontmatter["tags"] == ["llm", "推理"]
    assert found.frontmatter["date"] == "2023-05-01"
    assert of_kind(found, PassageKind.QUOTE) == ["提示", "先读摘要。"]
    assert of_kind(found, PassageKind.CODE) == ["x = 1"]
    assert of_kind(found, PassageKind.ROW) == ["| 模型 | 规模 |", "| PaLM | 540B |"]
    assert of_kind(found, PassageKind.ITEM)[1:3] == ["子项", "第二"]
    assert under(found, "发布时间") == ("思维链", "要点[^1]")
    assert found.passages[1].text.endswith("![[附录#第一节]]。")  # without its block id


def test_what_littrack_wrote_into_a_note_is_not_read_again(tmp_path: Path) -> None:
    found = note(tmp_path, OBSIDIAN, "a.md")
    assert not any("不是作者" in one.text for one in found.passages)
    assert not any("1706.03762" in link.target for link in found.links)


def test_links_are_wikilinks_addresses_and_ids_but_no_pictures(tmp_path: Path) -> None:
    found = note(tmp_path, OBSIDIAN, "a.md")
    assert [(link.target, link.label, link.is_wikilink) for link in found.links] == [
        ("阅读清单", "清单", True),
        ("附录#第一节", "", True),
        ("https://arxiv.org/abs/2201.11903v2", "论文", False),
        ("https://arxiv.org/abs/2201.11903", "Chain of Thought", False),
        ("2204.02311", "", False),
        ("https://arxiv.org/abs/2001.08361", "", False),
    ]


def test_references_have_marks_ids_and_titles(tmp_path: Path) -> None:
    found = note(tmp_path, OBSIDIAN, "a.md")
    assert [(one.mark, one.arxiv_id, one.title) for one in found.references] == [
        ("1", None, "Chain-of-Thought Prompting"),
        ("3", "2204.02311", "PaLM"),
        ("^1", "2001.08361", "Scaling Laws for Neural Language Models"),
    ]


def test_scraped_text_has_numbered_headings_items_rows_and_references(tmp_path: Path) -> None:
    found = note(tmp_path, SCRAPED, "b.txt")
    assert found.format == "text"
    assert under(found, "2021-03-04") == ("4 主流模型", "4.1 谷歌", "4.1.1 甲模型")
    assert under(found, "得分如下") == ("第三章 总结",)
    assert of_kind(found, PassageKind.ROW) == ["模型 | 得分 |", "甲 | 61.5 |"]
    assert [(one.mark, one.arxiv_id, one.title) for one in found.references] == [
        ("1", "2103.00001", "A Model of Some Kind"),
        ("2", None, "某博客"),
    ]


def test_a_link_torn_by_a_blank_line_stays_in_one_passage(tmp_path: Path) -> None:
    found = note(tmp_path, SCRAPED, "b.txt")
    torn = next(one for one in found.passages if "论文地址" in one.text)
    assert torn.kind is PassageKind.ITEM
    assert torn.text.endswith("Another Line](https://arxiv.org/pdf/2103.00001.pdf)")
    assert found.links[0].label == "A Model of Some Kind and Another Line"


def test_lines_broken_by_the_page_are_one_passage_and_others_are_not(tmp_path: Path) -> None:
    found = note(tmp_path, SCRAPED, "b.txt")
    whole = next(one.text for one in found.passages if "followed one law" in one.text)
    assert whole.startswith("the model sizes were varied")
    assert "1. 先说结论," in of_kind(found, PassageKind.ITEM)


def test_short_lines_over_longer_ones_are_headings_and_labels_are_not(tmp_path: Path) -> None:
    text = (
        "规模效应\n模型越大,效果往往越好,但成本也随之上升。\nPLMs:pre-trained language models\n"
        "Emergent Abilities\nAbilities that small models lack appear in large ones.\n"
    )
    found = note(tmp_path, text, "c.txt")
    assert of_kind(found, PassageKind.HEADING) == ["规模效应", "Emergent Abilities"]
    assert under(found, "small models lack") == ("Emergent Abilities",)


def test_a_text_file_with_marked_headings_is_read_as_markdown(tmp_path: Path) -> None:
    found = note(tmp_path, "# 一\n\n甲\n\n## 二\n\n乙\n", "d.txt")
    assert found.format == "markdown"
    assert under(found, "乙") == ("一", "二")


def test_an_address_torn_by_a_line_end_is_one_link(tmp_path: Path) -> None:
    found = note(tmp_path, "见 https://arxiv.org/abs/\n2201.11903，很好", "e.txt")
    assert [link.target for link in found.links] == ["https://arxiv.org/abs/2201.11903"]


def test_passages_know_their_language_and_script(tmp_path: Path) -> None:
    found = note(tmp_path, "这是简体说明。\n\n這是繁體說明。\n\nThis is English.\n", "f.txt")
    assert [(one.language, one.script) for one in found.passages] == [
        ("zh", "simplified"),
        ("zh", "traditional"),
        ("en", "none"),
    ]


def test_frontmatter_that_is_broken_or_a_bomb_is_left_out(tmp_path: Path) -> None:
    for yaml in ("a: [1, 2", "a: &a [x]\nb: *a", "- just\n- a list", "1: 2: 3"):
        found = note(tmp_path, f"---\n{yaml}\n---\n正文在此。\n", "g.md")
        assert found.frontmatter == {}
        assert [one.text for one in found.passages] == ["正文在此。"]
