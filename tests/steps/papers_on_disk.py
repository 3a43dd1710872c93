"""Papers for the step tests, and how to write them to a file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

# Facts (ids, titles, first dates) of real papers; the abstracts are written for these tests.
LANDMARKS = [
    {
        "id": "2201.11903",
        "title": "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
        "abstract": "Worked examples with intermediate steps let big models solve word problems.",
        "authors": ["Jason Wei", "Xuezhi Wang"],
        "categories": ["cs.CL", "cs.AI"],
        "published": "2022-01-28",
    },
    {
        "id": "2005.11401",
        "title": "Retrieval-Augmented Generation for Knowledge-Intensive NLP Tasks",
        "abstract": "A generator reads passages that a dense retriever found in an encyclopedia.",
        "authors": ["Patrick Lewis"],
        "categories": ["cs.CL"],
        "published": "2020-05-22",
    },
    {
        "id": "1706.03762",
        "title": "Attention Is All You Need",
        "abstract": "A translation network made of attention alone, without recurrence.",
        "authors": ["Ashish Vaswani"],
        "categories": ["cs.CL", "cs.LG"],
        "published": "2017-06-12",
    },
    {
        "id": "2106.09685",
        "title": "LoRA: Low-Rank Adaptation of Large Language Models",
        "abstract": "Small trainable matrices beside frozen weights make fine-tuning cheap.",
        "authors": ["Edward J. Hu"],
        "categories": ["cs.CL"],
        "published": "2021-06-17",
    },
    {
        "id": "1512.03385",
        "title": "Deep Residual Learning for Image Recognition",
        "abstract": "Shortcut connections let very deep image classifiers be trained.",
        "authors": ["Kaiming He"],
        "categories": ["cs.CV"],
        "published": "2015-12-10",
    },
]


def write_lines(path: Path, records: list[dict[str, object]]) -> Path:
    """Records as JSON lines, gzipped where the name says so."""
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def many_papers(count: int) -> list[dict[str, object]]:
    """Papers that differ, made by rule."""
    fields = ("parsing", "translation", "reasoning", "retrieval", "speech", "vision", "planning")
    return [
        {
            "id": f"24{1 + i % 12:02d}.{i + 1:05d}",
            "title": f"Study {i} of {fields[i % 7]} with {fields[i % 5]} models",
            "abstract": f"We measure {fields[i % 3]} number {i} and report {i * 7 % 101} points.",
            "authors": [f"Author {i % 17}", f"Writer {i % 23}"],
            "categories": ["cs.CL" if i % 3 else "cs.LG"],
            "published": f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}",
        }
        for i in range(count)
    ]
