"""A small library on disk and papers to put into it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from papers_on_disk import LANDMARKS, write_lines

from littrack.settings import load_settings
from littrack.sources.query_api.harvest import ApiOptions
from littrack.steps.ingest import IngestRequest
from littrack.steps.opening import OpenLibrary, open_library

sys.path.append(str(Path(__file__).parent.parent / "store"))  # dumps.py

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Held = dict[str, tuple[str, str, int]]  # title, abstract and version by arXiv id
STORED = (
    "SELECT p.arxiv_id, v.title, v.abstract, p.version FROM papers p "
    "JOIN paper_versions v ON v.id = p.version_id"
)
VERSION = '<version version="v{}"><date>{} Jan 2024 10:00:00 GMT</date><size>9kb</size></version>'


DatabaseOf = Callable[[Path], dict[str, str]]


@pytest.fixture
def database_of(backend: str, request: pytest.FixtureRequest) -> DatabaseOf:
    """Settings that give each library folder its database, on SQLite and then on PostgreSQL."""
    if backend == "sqlite":
        return lambda _folder: {}
    make = request.getfixturevalue("make_postgresql")
    urls: dict[Path, str] = {}

    def settings(folder: Path) -> dict[str, str]:
        if folder not in urls:
            url = make("template_littrack").url.set(drivername="postgresql+psycopg")
            urls[folder] = url.render_as_string(hide_password=False)
        return {"database.url": urls[folder]}

    return settings


@pytest.fixture
def open_in(database_of: DatabaseOf) -> Callable[[Path], OpenLibrary]:
    """Opens (and makes) a library in a folder, with a fixed clock."""

    def opener(folder: Path) -> OpenLibrary:
        overrides = {"library": str(folder)} | database_of(folder)
        return open_library(load_settings(folder, None, overrides), lambda: NOW)

    return opener


@pytest.fixture
def library(tmp_path: Path, open_in: Callable[[Path], OpenLibrary]) -> OpenLibrary:
    """An empty library."""
    return open_in(tmp_path / "library")


@pytest.fixture
def landmarks(tmp_path: Path) -> Path:
    """A file of five well-known papers."""
    return write_lines(tmp_path / "landmarks.jsonl", [dict(paper) for paper in LANDMARKS])


@dataclass(frozen=True)
class Door:
    """One of arXiv's services, small, with thirty papers, and the request for all of them."""

    service: Any
    request: IngestRequest
    held: Held

    @property
    def via(self) -> str:
        return self.request.via


def title_of(number: int) -> str:
    return f"Paper {number}: is 1 < 2 & why $\\alpha$-é思维链?"


@pytest.fixture
def api_door(small_arxiv: Any, record: Any, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The query API, in pages of ten and windows of twenty papers; three share a second."""
    small = partial(ApiOptions, page_size=10, split_above=20)
    monkeypatch.setattr("littrack.sources.query_api.harvest.ApiOptions", small)
    for i in range(30):
        day = 3 if i in (3, 4, 5) else 1 + i
        small_arxiv.records.append(
            record(
                f"2401.{10000 + i}",
                f"2024-01-{day:02d}T10:00:00Z",
                version=1 + i % 2,
                extra="<category term='cs.AI'/>",
                title=title_of(i),
                summary=f"Abstract {i} & more.",
            )
        )
    span = {"since": datetime(2024, 1, 1, tzinfo=UTC), "until": datetime(2024, 2, 1, tzinfo=UTC)}
    held = {r.arxiv_id: (r.title, r.summary, r.version) for r in small_arxiv.records}
    return Door(small_arxiv, IngestRequest(categories=("cs.CL",), **span), held)


@pytest.fixture
def oai_door(small_oai: Any, oai_record: Any) -> Door:
    """The same papers by OAI-PMH, in pages of four records or seven headers."""
    days = [1] * 3 + [2] * 11 + [3] * 2 + [4] * 10 + [9] * 4
    for i, day in enumerate(days):
        first = 3 if i in (3, 4, 5) else 1 + i
        small_oai.add(
            oai_record(
                f"2401.{10000 + i}",
                f"2024-02-{day:02d}",
                title=title_of(i),
                authors="Ada Lovelace",
                versions="".join(VERSION.format(n, first) for n in range(1, 2 + i % 2)),
                extra=f"<abstract>Abstract {i} &amp; more.</abstract>",
            )
        )
    held = {
        r.arxiv_id: (r.title, f"Abstract {i} & more.", 1 + i % 2)
        for i, r in enumerate(small_oai.records)
    }
    return Door(small_oai, IngestRequest(categories=("cs.CL",), via="oai"), held)


@pytest.fixture(params=["api", "oai"])
def door(request: pytest.FixtureRequest) -> Door:
    """Each of the two services in turn."""
    found: Door = request.getfixturevalue(f"{request.param}_door")
    return found


@pytest.fixture
def library_of(
    tmp_path: Path, clock: Any, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., OpenLibrary]:
    """Makes libraries that ask these services, with a clock that never waits."""
    monkeypatch.setattr("littrack.sources.limiter.SystemClock", lambda: clock)

    def make(*doors: Door, name: str = "library", **settings: Any) -> OpenLibrary:
        folder = tmp_path / name
        if not folder.exists():
            folder.mkdir()
            shutil.copyfile(sqlite_template, folder / "littrack.db")
        urls = {f"arxiv.{door.via}_url": door.service.url for door in doors}
        overrides = {"library": str(folder)} | urls | settings
        return open_library(load_settings(tmp_path, None, overrides), clock.now)

    return make


@pytest.fixture
def stored_in() -> Callable[[OpenLibrary], Held]:
    """What a library holds."""

    def read(library: OpenLibrary) -> Held:
        with library.engine.connect() as conn:
            return {row[0]: tuple(row[1:]) for row in conn.execute(sa.text(STORED))}

    return read
