"""The door: signals, pipes, locales, errors nobody foresaw, and a quick start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Run, Start

from littrack import __version__
from littrack.steps import status as status_step

SECONDS = 60


def test_the_version(run: Run) -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"littrack {__version__}\n")


def test_an_unforeseen_error_is_one_line_and_debug_shows_where(
    run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    def fail(_library: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(status_step, "load_status", fail)
    result = run("status", "--library", filled)
    assert result.exit_code == 1
    assert result.stderr == (
        "littrack: error: unexpected ZeroDivisionError: of all things "
        "(run again with --debug to see it)\n"
    )
    process = start("--debug", "show", "banana", "--library", filled)
    _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 65
    assert b"Traceback" in said
    process = start("show", "banana", "--library", filled, LITTRACK_DEBUG="1")
    assert b"Traceback" in process.communicate(timeout=SECONDS)[1]


def test_a_reader_that_has_enough_is_no_error(start: Start, filled: Path) -> None:
    process = start("search", "models", "--library", filled, "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    assert (process.wait(SECONDS), said) == (0, b"")


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "gbk"},
    ],
)
def test_output_is_utf8_whatever_the_locale(
    start: Start, filled: Path, environment: dict[str, str]
) -> None:
    process = start("search", "综述", "--library", filled, "--json", **environment)
    out, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    assert "大语言模型综述" in json.loads(out.decode("utf-8"))[0]["title"]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_gets_bars_and_colour(start: Start, empty: Path, file: Path) -> None:
    import pty

    def watched(*arguments: str | Path) -> str:
        master, slave = pty.openpty()
        process = start(*arguments, "--library", empty, terminal=slave)
        os.close(slave)
        said = b""
        try:
            while block := os.read(master, 65536):
                said += block
        except OSError:  # Linux: the other end was closed
            pass
        os.close(master)
        assert process.wait(SECONDS) == 0, said
        return said.decode("utf-8")

    said = watched("import", file)
    assert "importing papers.jsonl" in said
    assert "4/4" in said
    assert "import papers.jsonl: 4 read, 4 new" in said
    assert "4/4" not in watched("--quiet", "embed")
    shown = watched("search", "residual", "--mode", "lexical")
    assert "\x1b[1m" in shown
    assert "1512.03385" in shown


def test_help_loads_nothing_slow() -> None:
    program = (
        "import sys\n"
        "from littrack.cli.main import build_app\n"
        "sys.argv = ['littrack', '--help']\n"
        "try:\n    build_app()()\n"
        "except SystemExit:\n    pass\n"
        "slow = {'numpy', 'sqlalchemy', 'faiss', 'rich', 'requests', 'prefect', 'torch'}\n"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]"
    assert "Commands:" in done.stdout


def test_messages_can_be_json_lines_for_a_log(run: Run, empty: Path) -> None:
    result = run("--json-log", "show", "2301.99999", "--library", empty)
    assert result.exit_code == 65
    (line,) = result.stderr.splitlines()
    told = json.loads(line)
    assert told["level"] == "error"
    assert "2301.99999" in told["message"]
    assert run("show", "2301.99999", "--library", empty).stderr.startswith("littrack: error: ")
