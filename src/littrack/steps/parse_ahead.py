"""Parse the lines of a large file in a second process, one batch ahead of the one being saved.

Half the work of an import is Python's on one line at a time (JSON, checks, tokens), half is the
database's; side by side on two cores they take the time of the slower. The second process is
``python -m littrack.steps.parse_ahead LAYOUT``: pickled batches of lines in, batches of papers and
their tokens out. It ends when its input does, so it never outlives its parent, however that ends.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Any

from littrack.errors import LittrackError
from littrack.sources.paper_files.json_lines import Layout, RawLine, SnapshotLine, parse_line
from littrack.text import IndexedTokens, indexed_tokens

Parsed = list[tuple[SnapshotLine, IndexedTokens | None]]


def parse(batch: Iterable[RawLine], layout: Layout) -> Parsed:
    """Each line's paper with its tokens, or its rejection."""
    parsed: Parsed = []
    for raw in batch:
        line = parse_line(raw, layout)
        paper = line.paper
        if paper is None:
            parsed.append((line, None))
        else:
            tokens = indexed_tokens(paper.title, paper.abstract, paper.authors)
            parsed.append((line, tokens))
    return parsed


def parse_ahead(batches: Iterator[list[RawLine]], layout: Layout) -> Iterator[Parsed]:
    """`parse` of every batch in order, done in a second process while the caller works.

    Raises:
        LittrackError: the second process died.
    """
    command = [sys.executable, "-m", "littrack.steps.parse_ahead", layout]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            _send(process.stdin, next(batches, None))
            while (parsed := _receive(process.stdout)) is not None:
                # It has answered and waits, so this cannot block: no more than one batch is under
                # way. While the caller saves `parsed`, it parses the one sent here.
                _send(process.stdin, next(batches, None))
                yield parsed
        except (BrokenPipeError, EOFError, pickle.UnpicklingError) as exc:
            raise LittrackError(
                f"the process that parses ahead died (exit {process.wait()}); "
                "run the same command again to go on"
            ) from exc
        finally:
            process.kill()


def _send(stream: IO[bytes], batch: Any) -> None:
    pickle.dump(batch, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    return pickle.load(stream)


def _serve(layout: Layout) -> None:
    """Answer every batch; a None ends the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this one
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    try:
        while (batch := _receive(incoming)) is not None:
            _send(outgoing, parse(batch, layout))
        _send(outgoing, None)
    except (EOFError, BrokenPipeError):
        pass  # the parent is gone


if __name__ == "__main__":
    _serve("kaggle" if sys.argv[1] == "kaggle" else "simple")
