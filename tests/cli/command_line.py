"""What the tests of the command line share: papers, and the types of their fixtures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Protocol

from typer.testing import Result

# Ids, titles and dates are facts of real papers; the abstracts are written for these tests.
PAPERS: list[dict[str, Any]] = [
    {
        "id": "2201.11903",
        "title": "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
        "abstract": "Worked examples with steps between let big models solve word problems.",
        "authors": ["Jason Wei", "Xuezhi Wang"],
        "categories": ["cs.CL", "cs.AI"],
        "published": "2022-01-28",
    },
    {
        "id": "1706.03762",
        "title": "Attention Is All You Need",
        "abstract": "A translation network of attention alone, without recurrence.",
        "authors": ["Ashish Vaswani"],
        "categories": ["cs.CL", "cs.LG"],
        "published": "2017-06-12",
    },
    {
        "id": "1512.03385",
        "title": "Deep Residual Learning for Image Recognition",
        "abstract": "Shortcuts let very deep | wide image classifiers be trained.",
        "authors": ["Kaiming He"],
        "categories": ["cs.CV"],
        "published": "2015-12-10",
    },
    {
        "id": "2303.18223",
        "title": "A Survey of Large Language Models (大语言模型综述)",
        "abstract": "What is known of language models.",
        "authors": ["Wayne Xin Zhao"],
        "categories": ["cs.CL"],
    },
]


class Run(Protocol):
    """Runs ``littrack`` with these arguments."""

    def __call__(self, *arguments: str | Path, input: str | None = None) -> Result: ...


class Start(Protocol):
    """Starts ``littrack`` as a process of its own."""

    def __call__(
        self, *arguments: str | Path, terminal: int | None = None, **environment: str
    ) -> subprocess.Popen[bytes]: ...


def write_papers(path: Path, papers: list[dict[str, Any]]) -> Path:
    lines = "".join(json.dumps(paper, ensure_ascii=False) + "\n" for paper in papers)
    path.write_text(lines, "utf-8")
    return path
