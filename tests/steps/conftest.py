"""A small library on disk and papers to put into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from papers_on_disk import LANDMARKS, write_lines

from littrack.settings import load_settings
from littrack.steps.opening import OpenLibrary, open_library

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def open_in() -> Callable[[Path], OpenLibrary]:
    """Opens (and makes) a library in a folder, with a fixed clock."""

    def opener(folder: Path) -> OpenLibrary:
        return open_library(load_settings(folder, None, {"library": str(folder)}), lambda: NOW)

    return opener


@pytest.fixture
def library(tmp_path: Path, open_in: Callable[[Path], OpenLibrary]) -> OpenLibrary:
    """An empty library."""
    return open_in(tmp_path / "library")


@pytest.fixture
def landmarks(tmp_path: Path) -> Path:
    """A file of five well-known papers."""
    return write_lines(tmp_path / "landmarks.jsonl", [dict(paper) for paper in LANDMARKS])
