"""terms.toml and glossaries as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from littrack.errors import InputError
from littrack.sources.term_file import read_glossary, read_term_entries
from littrack.terms import TermEntry


def write(folder: Path, text: str, name: str = "terms.toml", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_entries_are_read_in_their_order(tmp_path: Path) -> None:
    text = """\
[[term]]
english = "chain-of-thought"
chinese = ["思维链", "链式  思维"]
abbreviations = ["CoT"]
avoid = ["连锁思维"]
reject = ["下文学习"]
[[term]]
chinese = ["微调"]
"""
    assert read_term_entries(write(tmp_path, text)) == (
        TermEntry(
            ("chain-of-thought",), ("思维链", "链式 思维"), ("CoT",), ("连锁思维",), ("下文学习",)
        ),
        TermEntry(chinese=("微调",)),
    )


def test_a_missing_file_has_no_entries(tmp_path: Path) -> None:
    assert read_term_entries(tmp_path / "terms.toml") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[term]]\nchinesse = ['a']\n", "line 2: chinesse is no key of a term"),
        ("[[term]]\nchinese = [1]\n", "line 2: chinese must be texts"),
        ("[[term]]\nchinese = ' '\n", "line 2: chinese must be texts"),
        ("[[term]]\navoid = ['a']\n", "line 1: a term needs a form that is preferred"),
        ("[[terms]]\nchinese = ['a']\n", "unknown terms"),
        ("term = 3\n", "each term begins with [[term]]"),
        (
            "[[term]]\nchinese = ['甲', '乙']\n[[term]]\nchinese = '甲'\n",
            "line 4: '甲' is a form of",
        ),
        ("[[term]\n", "line 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_term_entries(write(tmp_path, text))
    assert said in str(caught.value)


def test_a_glossary_is_rows(tmp_path: Path) -> None:
    csv = 'english,chinese\n"router, gate",路由器\n\nloss,损失\n'
    rows = [["english", "chinese"], ["router, gate", "路由器"], ["loss", "损失"]]
    assert read_glossary(write(tmp_path, csv, "a.csv", "gb18030")) == rows
    tsv = 'english\tchinese\n5" disk\t软盘\n'
    assert read_glossary(write(tmp_path, tsv, "a.tsv")) == [
        ["english", "chinese"],
        ['5" disk', "软盘"],
    ]


@pytest.mark.parametrize(
    "text", ["", "english,chinese\n", 'english,chinese\n"open,x\n' + "a" * 2**21]
)
def test_a_glossary_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_glossary(write(tmp_path, text, "a.csv"))
