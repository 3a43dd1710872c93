"""A Prefect server of our own: a child process that ends when its parent does, however that ends.

The parent holds the other end of the child's standard input. The operating system closes it when
the parent is gone, also after ``kill -9``, and the child stops.
"""

from __future__ import annotations

import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from littrack.errors import SourceUnavailable

from .prefect_environment import HEALTH_SECONDS

HOST = "127.0.0.1"
_STOP_SECONDS = 15.0
_LOOK_SECONDS = 2.0


@contextmanager
def prefect_server(home: Path, port: int) -> Iterator[str]:
    """Run a server, its database and log in `home`, until the block ends; the address of its API.

    A server that dies is started again.

    Raises:
        SourceUnavailable: it did not answer in time.
    """
    server = _Server(home / "server.log", port or _free_port())
    try:
        server.wait_until_healthy()
        threading.Thread(target=server.keep_alive, daemon=True).start()
        yield server.api
    finally:
        server.stop()


class _Server:
    def __init__(self, log: Path, port: int) -> None:
        self.log, self.port = log, port
        self.api = f"http://{HOST}:{port}/api"
        self.stopping = threading.Event()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", __spec__.name, str(self.port)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the parent, which stops its runs first
            )

    def wait_until_healthy(self) -> None:
        opener = build_opener(ProxyHandler({}))
        end = time.monotonic() + HEALTH_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with opener.open(f"{self.api}/health", timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.5)
        died = "ended at once" if self.process.poll() is not None else "does not answer"
        raise SourceUnavailable(f"Prefect's server on port {self.port} {died}; see {self.log}")

    def keep_alive(self) -> None:
        while not self.stopping.wait(_LOOK_SECONDS):
            if self.process.poll() is not None and not self.stopping.is_set():
                self.process = self._start()

    def stop(self) -> None:
        self.stopping.set()
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    sys.stdin.buffer.read()  # nothing is ever written: it ends when the parent is gone
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    os._exit(0)


def main() -> None:
    """Be the server, on the port that is the one argument."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["prefect", "server", "start", "--host", HOST, "--port", sys.argv[1]]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
