"""The nightly flow's tasks are the steps: run without Prefect's engine, they do the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> str:
    from littrack import Library

    paper = {
        "id": "1706.03762",
        "title": "Attention Is All You Need",
        "abstract": "Attention alone translates.",
        "published": "2017-06-12",
    }
    file = tmp_path / "paper.jsonl"
    file.write_text(json.dumps(paper) + "\n", "utf-8")
    Library.open(tmp_path / "library").import_file(file)
    return str(tmp_path / "library")


def test_the_tasks_embed_and_index_what_is_new(folder: str) -> None:
    from flows.nightly import build_index, embed, ingest

    assert ingest.fn(folder) == []  # no subscriptions
    assert embed.fn(folder).counts == {"embedded": 1}
    assert build_index.fn(folder).counts["indexed"] == 1
    assert embed.fn(folder).counts == {"embedded": 0}
