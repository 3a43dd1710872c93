"""Killed at any moment and run again, a step leaves the library that one run would have left."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from papers_on_disk import many_papers, write_lines

from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build, verify
from littrack.steps.opening import OpenLibrary
from littrack.store.schema import damage
from littrack.vector_index import read_index

COUNT = 1_500
# Small batches, so that a kill finds a run in the middle of its work.
WORK = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from littrack.settings import load_settings
from littrack.steps import embed, import_files, index
from littrack.steps.opening import open_library
import_files.BATCH = 100
embed.BATCH = 100
loaded = load_settings(overrides={"library": sys.argv[1]})
library = open_library(loaded, lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
print("ready", flush=True)
import_files.import_file(library, Path(sys.argv[2]))
embed.embed_papers(library)
index.build(library)
print("done", flush=True)
"""
# Left out: FTS5's own tables (laid out by history; its rows are compared), the ledger (it tells of
# every attempt, as it should), and counters of changes.
LEFT_OUT = ("papers_fts_", "source_runs", "library_state")


@pytest.fixture
def backend() -> str:
    """The processes that are killed find their library by its folder."""
    return "sqlite"


def dump(library: OpenLibrary) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours, in order."""
    with library.engine.connect() as conn:
        names = [
            name for name in sa.inspect(conn).get_table_names() if not name.startswith(LEFT_OUT)
        ]
        return {
            name: sorted(map(tuple, conn.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)
            for name in names
        }


@pytest.fixture
def uninterrupted(
    tmp_path: Path, open_in: Callable[[Path], OpenLibrary]
) -> tuple[Path, OpenLibrary]:
    papers = write_lines(tmp_path / "papers.jsonl.gz", many_papers(COUNT))
    library = open_in(tmp_path / "whole")
    import_file(library, papers)
    embed_papers(library)
    build(library)
    return papers, library


def test_runs_killed_at_random_moments_end_in_the_same_library(
    tmp_path: Path,
    uninterrupted: tuple[Path, OpenLibrary],
    open_in: Callable[[Path], OpenLibrary],
) -> None:
    papers, whole = uninterrupted
    folder = tmp_path / "killed"
    moments = random.Random(5)
    kills = 0
    for _attempt in range(40):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, str(folder), str(papers)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        if kills < 8:
            assert process.stdout.readline().strip() == b"ready"
            time.sleep(moments.uniform(0.0, 0.25))
            process.kill()
        said = process.communicate()[0]
        if b"done" in said:
            break
        kills += 1
    assert kills >= 1, "no run was killed in the middle; the test has seen nothing"
    again = open_in(folder)
    assert dump(again) == dump(whole)
    assert damage(again.engine) == []
    assert verify(again).complete
    held = [read_index(lib.index_folder, lib.passage_identity) for lib in (again, whole)]
    assert sorted(held[0].rows.tolist()) == sorted(held[1].rows.tolist())
    leftovers = [path.name for path in again.index_folder.iterdir()]
    assert len(leftovers) == 3, leftovers
