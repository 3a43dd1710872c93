"""A library of five papers, indexed, and notes to put into it: what the tests of notes share."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from papers_on_disk import LANDMARKS, write_lines

from littrack.settings import load_settings
from littrack.steps.claims import load_catalogue
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.opening import OpenLibrary, open_library

ATTENTION = """\
---
tags: [transformer]
---
# Transformer

论文：https://arxiv.org/abs/1706.03762

> [!note] 记一下
> 编码器和解码器都只用注意力。

## LoRA

见 arXiv:2106.09685，只训练两个小矩阵。

## 待读

还没有想好读什么。
"""


def make_library(folder: Path) -> None:
    """Fill a library once, to be copied."""
    library = _open(folder)
    import_file(library, write_lines(folder.parent / "papers.jsonl", [*LANDMARKS]))
    load_catalogue(library)
    embed_papers(library)
    build(library)
    library.engine.dispose()


def copy_library(template: Path, folder: Path, **settings: object) -> OpenLibrary:
    """A library of its own."""
    shutil.copytree(template, folder)
    return _open(folder, **settings)


def _open(folder: Path, **settings: object) -> OpenLibrary:
    given = {"library": str(folder), **{name.replace("__", "."): v for name, v in settings.items()}}
    return open_library(load_settings(folder.parent, {}, given))


_IDS = [str(paper["id"]) for paper in LANDMARKS]
# fmt: off
_WORDS = [
    "模型", "训练", "数据", "注意力", "推理", "参数", "语言", "方法", "结果", "实验", "提示",
    "编码器", "论文", "作者", "认为", "比较", "可以", "没有", "因为", "所以", "但是", "提高",
]
# fmt: on


def make_vault(folder: Path, notes: int, seed: int = 7) -> Iterator[tuple[Path, bytes]]:
    """Notes as people have them: in several encodings, with any line ends, some about papers."""
    chance = random.Random(seed)
    for number in range(notes):
        place = folder / chance.choice(["", "读书", "daily/2026", "llm"])
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"笔记 {number}{chance.choice(['.md', '.md', '.md', '.txt'])}"
        path.write_bytes(_note_bytes(chance, number))
        yield path, path.read_bytes()


def _note_bytes(chance: random.Random, number: int) -> bytes:
    lines = ["---", "aliases: [甲]", f"n: {number}", "---"] if chance.random() < 0.3 else []
    is_about_papers = chance.random() < 0.85
    for section in range(chance.randint(1, 3)):
        lines += [f"{'#' * chance.randint(1, 3)} 第 {section} 节", *[""] * chance.randint(0, 2)]
        for _ in range(chance.randint(1, 3)):
            sentence = "".join(chance.choices(_WORDS, k=chance.randint(5, 25))) + "。"
            lines.append(chance.choice(["", "- ", "> ", "> [!tip] ", "| ", "\t"]) + sentence)
        if is_about_papers:
            link = f"https://arxiv.org/abs/{chance.choice(_IDS)}"
            lines.append(f"见 {link} 和 [[笔记 {number - 1}]] ^b{number}")
    ends = chance.choice([["\n"], ["\r\n"], ["\n", "\r\n"], ["\n", "\n", "\r"]])
    text = "".join(line + chance.choice(ends) for line in lines)
    text = text.rstrip("\r\n") if chance.random() < 0.4 else text + "\n" * chance.randint(0, 3)
    encoding = chance.choice(["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16"])
    return text.encode(encoding)
