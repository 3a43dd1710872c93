"""A review in a pseudo-terminal: keys in, screens out, and the curation file beside it."""

from __future__ import annotations

import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import Run, write_papers

import littrack
from littrack.claims import DecisionKind, ModelField, Quantity, Unit
from littrack.settings import load_settings
from littrack.sources.curation_file import read_curation
from littrack.steps.extract import extract_releases
from littrack.steps.opening import open_library

fcntl = pytest.importorskip("fcntl")  # no pseudo-terminals on Windows
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

SECONDS = 30
RELEASES = [
    {
        "id": f"2404.0000{number}",
        "title": f"{name}: An Open Language Model",
        "abstract": f"We introduce {name}, a language model with {size}B parameters, "
        f"and compare it with others of its size. The weights of {name} are released.",
        "authors": ["Ann Author"],
        "published": "2024-04-01",
    }
    for number, name, size in ((1, "Wombat", 7), (2, "Quokka", 13), (3, "Numbat", 3))
]


@pytest.fixture
def reading(run: Run, empty: Path, tmp_path: Path) -> Path:
    """A library with three releases that were read."""
    file = write_papers(tmp_path / "releases.jsonl", RELEASES)
    assert run("import", file, "--library", empty).exit_code == 0
    library = open_library(load_settings(empty, {}, {"library": str(empty)}))
    extract_releases(library)
    library.engine.dispose()
    return empty


class Terminal:
    """The other end of a pseudo-terminal."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self.master, self.process, self.seen = master, process, b""

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def wait_for(self, words: str, then: str = "quit") -> str:
        """What came until these words and what ends a screen; it is forgotten then."""
        end = time.monotonic() + SECONDS
        wanted = re.compile(re.escape(words.encode()) + b".*" + re.escape(then.encode()), re.DOTALL)
        while wanted.search(self.seen) is None:
            ready, _, _ = select.select([self.master], [], [], max(end - time.monotonic(), 0))
            assert ready, f"{words!r} did not come: {self.seen.decode(errors='replace')}"
            try:
                block = os.read(self.master, 65536)
            except OSError:
                block = b""
            assert block, f"ended without {words!r}: {self.seen.decode(errors='replace')}"
            self.seen += block
        shown, self.seen = self.seen.decode(errors="replace"), b""
        return shown

    def type(self, keys: str) -> None:
        """As soon as the program reads keys: what was typed before is thrown away."""
        end = time.monotonic() + SECONDS
        while termios.tcgetattr(self.master)[3] & termios.ICANON and time.monotonic() < end:
            time.sleep(0.01)
        os.write(self.master, keys.encode())

    def enter(self, line: str) -> None:
        """A line, where one is asked for."""
        os.write(self.master, line.encode() + b"\r")


@contextmanager
def at_terminal(library: Path, **environment: str) -> Iterator[Terminal]:
    """The review of a library, with a terminal of 100 columns and 30 lines all to itself."""
    source = Path(littrack.__file__).parent.parent
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "littrack", "models", "review", "--outcome", "all", "--by", "jane"],
        **dict.fromkeys(("stdin", "stdout", "stderr"), slave),
        cwd=library,
        env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(source), **environment},
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)


def test_a_session_writes_each_decision_at_once(reading: Path) -> None:
    file = reading / "curation.toml"
    with at_terminal(reading) as terminal:
        first = terminal.wait_for("2404.0000")
        assert "1/3" in first
        terminal.type("a")
        assert "accepted as" in terminal.wait_for("2/3")
        assert len(read_curation(file)) == 1
        terminal.type("r")
        terminal.wait_for("type another", "")
        terminal.type("t")
        terminal.wait_for("because: ", "")
        terminal.enter("不是语言模型")
        terminal.wait_for("3/3")
        assert read_curation(file)[1].because == "不是语言模型"
        terminal.type("u")
        assert "taken back: reject" in terminal.wait_for("2/3")
        assert len(read_curation(file)) == 1
        terminal.type("e")
        terminal.wait_for("type another", "")
        terminal.type("1")
        terminal.wait_for("540B): ", "")
        terminal.enter("lots")
        assert "no number" in terminal.wait_for("540B): ", "")
        terminal.enter("9B")
        terminal.wait_for("because (", "")
        terminal.enter("")
        terminal.wait_for("size = 9B")
        terminal.type("m")
        terminal.wait_for("merge into: ", "")
        terminal.enter("Xyz")
        assert "no model is called" in terminal.wait_for("merge into: ", "")
        terminal.enter("")
        terminal.wait_for("left as it was")
        terminal.resize(60, 20)
        assert "2/3" in terminal.wait_for("2404.0000")
        terminal.type("q")
        assert "accepted 1, set 1" in terminal.wait_for("curation.toml", "")
        assert terminal.process.wait(SECONDS) == 0
    accepted, size = read_curation(file)
    assert (accepted.kind, accepted.who) == (DecisionKind.ACCEPT, "jane")
    assert (size.field, size.value) == (ModelField.SIZE, Quantity(9e9, Unit.PARAMETERS))


def test_an_interrupt_loses_nothing(reading: Path) -> None:
    with at_terminal(reading, NO_COLOR="1") as terminal:
        terminal.wait_for("2404.0000")
        terminal.type("a")
        terminal.wait_for("2/3")
        terminal.type("\x03")
        terminal.wait_for("run the same command again", "")
        assert terminal.process.wait(SECONDS) == 130
    assert len(read_curation(reading / "curation.toml")) == 1
