"""Run the command line on small libraries, within this process or as one of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import PAPERS, Run, Start, write_papers
from typer.testing import CliRunner, Result

import littrack
from littrack.cli.main import build_app
from littrack.settings import load_settings
from littrack.steps.import_files import import_file
from littrack.steps.opening import create_library, open_library
from littrack.steps.update import update


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line within this process, with an empty folder as the current one."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    app = build_app()

    def call(*arguments: str | Path, input: str | None = None) -> Result:
        result = CliRunner().invoke(app, [str(item) for item in arguments], input=input)
        assert "Traceback" not in result.output
        return result

    return call


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start the command line as a process of its own."""

    def call(
        *arguments: str | Path, terminal: int | None = None, **environment: str
    ) -> subprocess.Popen[bytes]:
        paths = [str(Path(littrack.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
        return subprocess.Popen(
            [sys.executable, "-m", "littrack", *map(str, arguments)],
            stdout=subprocess.PIPE if terminal is None else terminal,
            stderr=subprocess.PIPE if terminal is None else terminal,
            cwd=tmp_path,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "PYTHONPATH": os.pathsep.join(paths),
                **environment,
            },
        )

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of four papers."""
    return write_papers(tmp_path / "papers.jsonl", PAPERS)


@pytest.fixture
def empty(tmp_path: Path, sqlite_template: Path) -> Path:
    """A library without papers."""
    folder = tmp_path / "empty"
    create_library(folder)
    shutil.copyfile(sqlite_template, folder / "littrack.db")
    return folder


@pytest.fixture(scope="session")
def filled_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the four papers, embedded and indexed, to copy."""
    root = tmp_path_factory.mktemp("filled")
    library = open_library(load_settings(root, {}, {"library": str(root / "library")}))
    import_file(library, write_papers(root / "papers.jsonl", PAPERS))
    update(library, ingest_first=False)
    library.engine.dispose()
    return root / "library"


@pytest.fixture
def filled(filled_template: Path, tmp_path: Path) -> Path:
    """A library of four papers, embedded and indexed."""
    return Path(shutil.copytree(filled_template, tmp_path / "filled"))
