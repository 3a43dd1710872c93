"""Embedding on many workers gives what `littrack embed` gives, whatever becomes of a worker."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa

from littrack.errors import AnswerBroken, InputError, StoreLocked
from littrack.records import RunReport
from littrack.settings import load_settings
from littrack.steps import embed_batches
from littrack.steps.embed import embed_papers
from littrack.steps.embed_batches import Batch, Job, Rows, Submit, Wait, embed_in_batches
from littrack.steps.opening import OpenLibrary, open_library

FLOW = Path(__file__).parent.parent / "flows" / "embed_cluster.py"
PAPERS = 60
WORDS = ("graph", "retrieval", "speech", "protein", "agent", "vision", "privacy")


@pytest.fixture
def open_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], OpenLibrary]:
    """Opens a library of sixty papers, two of them with the same text, in the database at a URL."""

    def opener(url: str) -> OpenLibrary:
        from littrack import Library

        folder = tmp_path / "library"
        monkeypatch.setenv("LITTRACK_DATABASE__URL", url)
        lines = [json.dumps(paper(min(number, PAPERS - 2))) for number in range(PAPERS)]
        renumbered = json.loads(lines[-1]) | {"id": "2401.09999"}
        (tmp_path / "papers.jsonl").write_text(
            "\n".join([*lines[:-1], json.dumps(renumbered)]), "utf-8"
        )
        Library.open(folder).import_file(tmp_path / "papers.jsonl")
        return opened(folder)

    return opener


def paper(number: int) -> dict[str, str]:
    words = " ".join(WORDS[(number * step) % 7] for step in range(1, 4 + number % 9))
    return {
        "id": f"2401.{number + 1:05d}",
        "title": f"Paper {number}",
        "abstract": f"About {words}.",
        "published": "2024-01-02",
    }


def opened(folder: Path) -> OpenLibrary:
    return open_library(load_settings(overrides={"library": str(folder)}))


@pytest.fixture
def library(open_with: Callable[[str], OpenLibrary]) -> OpenLibrary:
    return open_with("sqlite:///littrack.db")


def vectors_of(library: OpenLibrary) -> dict[bytes, bytes]:
    with library.engine.connect() as conn:
        rows = conn.execute(sa.text("SELECT text_hash, vector FROM vectors")).all()
    return {bytes(row[0]): bytes(row[1]) for row in rows}


def vectors_in_process(library: OpenLibrary) -> dict[bytes, bytes]:
    """What `littrack embed` stores for the same papers, in a copy of the library."""
    copy = library.folder.with_name("copy")
    shutil.copytree(library.folder, copy)
    embed_papers(opened(copy))
    return vectors_of(opened(copy))


def at_once(job: Job, batch: Batch) -> Wait:
    """A worker in this process, that has made the batch before anybody waits for it."""
    made = embed_batches.encode_batch(job, batch)
    return lambda: made


def embed(
    library: OpenLibrary, submit: Submit = at_once, *, size: int = 7, window: int = 3
) -> RunReport:
    identity = library.passage_identity
    return embed_in_batches(library, identity, submit, size=size, window=lambda: window)


def test_batches_give_the_bytes_that_embedding_in_one_process_gives(library: OpenLibrary) -> None:
    expected = vectors_in_process(library)
    report = embed(library)
    assert (report.counts, report.complete) == ({"embedded": PAPERS}, True)
    assert vectors_of(library) == expected
    assert len(expected) == PAPERS - 1  # the two papers with the same text share a vector


@pytest.mark.postgres
def test_workers_store_in_postgresql_themselves(
    open_with: Callable[[str], OpenLibrary], postgresql_engine: sa.Engine
) -> None:
    library = open_with(postgresql_engine.url.render_as_string(hide_password=False))
    answers: list[Rows | None] = []

    def submit(job: Job, batch: Batch) -> Wait:
        answers.append(embed_batches.encode_batch(job, batch))
        return lambda: None

    assert embed(library, submit).counts == {"embedded": PAPERS}
    assert answers and all(answer is None for answer in answers)
    assert len(vectors_of(library)) == PAPERS - 1
    assert embed_papers(library).counts == {"embedded": 0}


def test_no_more_batches_are_under_way_than_the_window_allows(library: OpenLibrary) -> None:
    under_way, most = 0, 0

    def submit(job: Job, batch: Batch) -> Wait:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)

        def wait() -> Rows | None:
            nonlocal under_way
            under_way -= 1
            return embed_batches.encode_batch(job, batch)

        return wait

    embed(library, submit, window=4)
    assert (most, under_way) == (4, 0)


def test_a_run_that_was_stopped_is_finished_by_the_next_one_without_repeating_it(
    library: OpenLibrary,
) -> None:
    expected = vectors_in_process(library)

    def interrupted(job: Job, batch: Batch) -> Wait:
        if len(vectors_of(library)) < 20:
            return at_once(job, batch)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed(library, interrupted, window=1)
    kept = vectors_of(library)
    assert 20 <= len(kept) < PAPERS - 1
    seen: list[bytes] = []

    def noted(job: Job, batch: Batch) -> Wait:
        seen.extend(batch.hashes)
        return at_once(job, batch)

    embed(library, noted)
    assert not kept.keys() & set(seen)
    assert vectors_of(library) == expected


def test_the_same_texts_make_the_same_batches_in_every_run(library: OpenLibrary) -> None:
    def keys_of_a_failed_run() -> list[str]:
        keys: list[str] = []

        def noted(_job: Job, batch: Batch) -> Wait:
            keys.append(batch.key)
            return partial(lost, "gone")

        with pytest.raises(AnswerBroken):
            embed(library, noted)
        return keys

    first = keys_of_a_failed_run()
    assert first == keys_of_a_failed_run()
    assert len(set(first)) == len(first)


def lost(reason: str) -> Rows:
    raise AnswerBroken(reason)


def test_a_batch_that_is_lost_for_good_is_reported_and_made_by_the_next_run(
    library: OpenLibrary,
) -> None:
    expected = vectors_in_process(library)
    batches = iter(range(1000))

    def second_is_lost(job: Job, batch: Batch) -> Wait:
        return partial(lost, "four workers died") if next(batches) == 1 else at_once(job, batch)

    report = embed(library, second_is_lost)
    assert report.counts == {"embedded": PAPERS - 7, "lost": 7}
    assert not report.complete
    assert "four workers died" in report.warnings[0]
    assert embed(library).counts == {"embedded": 7}
    assert vectors_of(library) == expected


def test_five_lost_batches_in_a_row_end_the_run_and_what_came_before_is_stored(
    library: OpenLibrary,
) -> None:
    batches = iter(range(1000))

    def only_two(job: Job, batch: Batch) -> Wait:
        return at_once(job, batch) if next(batches) < 2 else partial(lost, "no memory")

    with pytest.raises(AnswerBroken, match="no memory"):
        embed(library, only_two)
    assert len(vectors_of(library)) == 14


def test_a_worker_with_another_model_of_that_name_stores_nothing(library: OpenLibrary) -> None:
    from dataclasses import replace

    def elsewhere(job: Job, batch: Batch) -> Wait:
        other = replace(job, identity=replace(job.identity, revision="another"))
        return partial(embed_batches.encode_batch, other, batch)

    with pytest.raises(InputError, match="differs between machines"):
        embed(library, elsewhere)
    assert vectors_of(library) == {}


def test_nobody_else_writes_to_the_library_meanwhile(library: OpenLibrary) -> None:
    def submit(job: Job, batch: Batch) -> Wait:
        with pytest.raises(StoreLocked, match="on a cluster"):
            embed_papers(opened(library.folder))
        return at_once(job, batch)

    embed(library, submit, size=PAPERS)
    assert embed_papers(library).counts == {"embedded": 0}


# --- with Dask and Prefect ------------------------------------------------------------------------


def test_a_wrong_model_is_not_tried_again_and_a_lost_answer_is() -> None:
    from flows.embed_cluster import can_pass
    from prefect.states import Failed

    assert not can_pass(None, None, Failed(data=InputError("no such model")))
    assert can_pass(None, None, Failed(data=AnswerBroken("hung up")))
    assert can_pass(None, None, Failed(data=RuntimeError("out of memory")))


def test_the_tasks_do_what_the_step_does_without_prefects_engine(library: OpenLibrary) -> None:
    from flows.embed_cluster import encode, identify

    assert identify.fn("bundled", True) == library.passage_identity
    embed(library, lambda job, batch: partial(encode.fn, job, batch))
    assert len(vectors_of(library)) == PAPERS - 1


def test_an_address_without_a_cluster_is_an_error_that_says_what_to_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from flows import embed_cluster

    from littrack.errors import SourceUnavailable

    monkeypatch.setattr(embed_cluster, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(SourceUnavailable, match="dask scheduler"):
        embed_cluster.reach("tcp://127.0.0.1:9")


def test_a_killed_worker_loses_no_batch(library: OpenLibrary, tmp_path: Path) -> None:
    """The whole flow as a program, with a worker process that is killed under its batches."""
    expected = vectors_in_process(library)
    environment = os.environ | {"PREFECT_HOME": str(tmp_path / "prefect"), "DO_NOT_TRACK": "1"}
    command = [sys.executable, str(FLOW), str(library.folder), "--workers", "2", "--batch", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as flow:
        assert flow.stdout is not None
        killed = kill_a_worker_at_the_first_batch(flow.pid, flow.stdout)
        rest = flow.stdout.read()
    assert flow.returncode == 0, rest
    assert killed
    assert vectors_of(library) == expected


def kill_a_worker_at_the_first_batch(flow: int, output: IO[str]) -> bool:
    import psutil

    for line in output:
        if "Task run 'embed-" in line or " embedding " in line:
            children = psutil.Process(flow).children(recursive=True)
            workers = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
            workers[0].kill()
            return len(workers) == 2
    return False
