"""What is put around notes is found; what their writers wrote never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from littrack.analysis.boilerplate import mark_boilerplate, share_of_boilerplate
from littrack.notes import Note, PassageKind
from littrack.sources.notes.reading import read_note

NOTE = """\
缩放定律

模型的效果随规模、数据与算力而变好,这是本文讨论的重点。

我自己的看法是还要看数据。
"""
RELATED = """
相关文章:

快速搭建一个网站

本文介绍怎样用几个步骤搭建网站,包括安装、配置与发布,最后还有一些…...

6 数据库的锁

锁是数据库中很重要的概念,这里我们从行锁与表锁的区别讲起,再讲…...

前端路由入门

路由就是地址与页面之间的对应关系,我们先看一个最小的例子,然…...
"""


def read(tmp_path: Path, text: str, name: str = "a.txt") -> Note:
    (tmp_path / name).write_bytes(text.encode())
    return mark_boilerplate(read_note(tmp_path / name, name))


def foreign(note: Note) -> list[str]:
    return [one.text for one in note.passages if one.kind is PassageKind.BOILERPLATE]


def test_related_articles_are_boilerplate_to_the_end(tmp_path: Path) -> None:
    note = read(tmp_path, NOTE + RELATED)
    assert foreign(note) == [line for line in RELATED.splitlines() if line]
    own = len(read(tmp_path, NOTE).passages)
    assert not any(one.kind is PassageKind.BOILERPLATE for one in note.passages[:own])
    assert share_of_boilerplate(note) == pytest.approx(0.746, abs=0.001)


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_reading_list_of_the_writer_is_none(tmp_path: Path, name: str) -> None:
    listed = "相关推荐\n\n- 缩放定律 arXiv:2001.08361\n- 另一篇 https://arxiv.org/abs/2203.15556\n"
    assert foreign(read(tmp_path, NOTE + "\n## " * (name == "a.md") + listed, name)) == []


def test_a_section_under_a_marked_heading_ends_where_the_next_begins(tmp_path: Path) -> None:
    text = "# 笔记\n\n正文在此。\n\n## 相关文章\n\n- 别的标题\n\n## 总结\n\n这是作者写的总结。\n"
    note = read(tmp_path, text, "a.md")
    assert foreign(note) == ["## 相关文章", "别的标题"]
    assert note.passages[-1].headings == ("笔记", "总结")


@pytest.mark.parametrize(
    "line",
    [
        "在这里插入图片描述",
        "当前位置: 首页 > 新闻 > 正文",
        "版权声明：本文为博主原创文章，遵循 CC 4.0 BY-SA 版权协议",
        "著作权归作者所有。商业转载请联系作者获得授权。",
        "最低0.47元/天 解锁文章",
        "欢迎关注公众号：某某笔记",
        "微信扫一扫，关注该公众号",
        "編輯於 2023-05-01 10:00・IP 属地北京",
        "到了這(zhè)里,關(guān)于某模型的文章就介紹完了。",
        "如有侵权，请联系删除",
        "上一篇：某模型的笔记",
        "提取码: ab12",
    ],
)
def test_lines_that_only_blogs_have_are_found_in_either_script(tmp_path: Path, line: str) -> None:
    assert foreign(read(tmp_path, f"{NOTE}\n{line}\n\n最后再补充一句自己的话。\n")) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "关注的重点是数据的质量。",
        "点赞数可以当作一种奖励信号来训练模型。",
        "本文为语言模型的评测提出了新的基准。",
        "作者发布于 2022 年的模型规模更大。",
        "下载地址见论文的附录。",
        "评论",
        "转发请在文章开头标明出处。",
        "图片描述模型是多模态的。",
        "相关工作",
        "阅读理解任务上提升 3 个点。",
    ],
)
def test_lines_of_the_writer_that_look_alike_are_left_alone(tmp_path: Path, line: str) -> None:
    assert foreign(read(tmp_path, f"{NOTE}\n{line}\n")) == []


def test_tags_counts_and_buttons_at_the_end_are_a_tail(tmp_path: Path) -> None:
    tail = ["nlp", "+关注", "关注", "3文章", "120浏览量", "发布评论请先 登录", "评论"]
    note = read(tmp_path, NOTE + "\n" + "\n".join(tail) + "\n")
    assert foreign(note) == tail


def test_a_scraper_s_source_behind_the_last_words_is_cut_off(tmp_path: Path) -> None:
    note = read(tmp_path, NOTE.rstrip() + "文章来源:https://www.example.org/news/1.html\n")
    assert foreign(note) == ["文章来源:https://www.example.org/news/1.html"]
    assert note.passages[-2].text == "我自己的看法是还要看数据。"
    assert [one.number for one in note.passages] == list(range(len(note.passages)))
    assert all(note.text[slice(*one.span)] == one.text for one in note.passages)


def test_no_passage_stands_under_a_heading_that_is_boilerplate(tmp_path: Path) -> None:
    note = read(
        tmp_path, "当前位置: 首页 > 正文\n\n模型的效果随规模而变好,这是讨论的重点。\n\n" + NOTE
    )
    assert foreign(note) == ["当前位置: 首页 > 正文"]
    assert not any("首页" in title for one in note.passages[1:] for title in one.headings)


def test_references_within_boilerplate_are_none_of_the_note(tmp_path: Path) -> None:
    text = NOTE + "\n参考文献\n[1] 作者. 2020. 一篇论文\n[2] 作者. 2021. 另一篇\n" + RELATED
    assert [one.mark for one in read(tmp_path, text).references] == ["1", "2"]
