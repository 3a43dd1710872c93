"""Make the word index (word_index.py) in bounded memory: papers to token numbers, then sorted.

The tokens of a paper that has not changed are taken from the index before; only the others are read
from SQL. Sorting goes by blocks of papers, and the blocks are joined token by token.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np
import sqlalchemy as sa

from littrack.records import Progress, no_progress
from littrack.store.state import load_state
from littrack.store.tables import paper_versions, papers
from littrack.store.word_index import (
    END,
    MANIFEST_NAME,
    NEVER,
    Formula,
    Manifest,
    WordIndex,
    hash_token,
    index_folder,
    read_manifest,
    sizes_in,
)
from littrack.text import TOKENS_REVISION, tokens

BLOCK = 8_000  # papers at once
JOINED = 8_000_000  # places of papers at once, when blocks are joined
_PAPER_BITS, _COLUMN_BITS = 32, 2


def build_word_index(
    conn: sa.Connection,
    formula: Formula,
    *,
    anew: bool = False,
    progress: Progress = no_progress,
) -> int | None:
    """Make the index agree with the database; returns the papers read, None where none can be.

    `anew` takes nothing from the index before.
    """
    folder = index_folder(conn)
    if folder is None:
        return None
    state = load_state(conn, "papers")
    before = None if anew else read_manifest(folder)
    old = _open(folder, before)
    if old is not None and old.manifest.papers_state == state and _formula(old) == formula:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=folder, prefix=f"words-{state}-"))
    try:
        read, count, mean = _write_texts(conn, new, old, progress)
        _write_ranks(conn, new)
        _write_titles(new)
        _write_postings(new, formula, mean, progress)
        for file in new.iterdir():
            _sync(file)
        manifest = Manifest(
            new.name,
            papers_state=state,
            tokens=TOKENS_REVISION,
            papers=count,
            mean_length=mean,
            weights=formula.weights,
            k1=formula.k1,
            b=formula.b,
            sizes=sizes_in(new),
        )
        _name(folder, manifest)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    for other in folder.glob("words-*"):
        if other.is_file():
            other.unlink()
        elif other != new:
            shutil.rmtree(other, ignore_errors=True)
    return read


def _formula(index: WordIndex) -> Formula:
    return Formula(index.manifest.weights, index.manifest.k1, index.manifest.b)


def _open(folder: Path, manifest: Manifest | None) -> WordIndex | None:
    try:
        return None if manifest is None else WordIndex(folder, manifest)
    except (OSError, ValueError):
        return None


def _name(folder: Path, manifest: Manifest) -> None:
    """Make the manifest name the new folder, in one rename."""
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="words-", delete=False) as file:
        json.dump(asdict(manifest), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, folder / MANIFEST_NAME)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class _Numbers:
    """Tokens by number; those of the index before keep theirs."""

    def __init__(self, old: WordIndex | None) -> None:
        self._by_token: dict[str, int] = {}
        self.hashes: list[int] = [] if old is None else old.hashes_by_number()
        self._by_hash = {value: number for number, value in enumerate(self.hashes)}

    def of(self, text: str) -> list[int]:
        """The numbers of a text's tokens; new tokens get the next."""
        known = self._by_token
        found = []
        for token in tokens(text):
            number = known.get(token)
            if number is None:
                value = int(hash_token(token))
                number = self._by_hash.get(value)
                if number is None:
                    number = len(self.hashes)
                    self._by_hash[value] = number
                    self.hashes.append(value)
                known[token] = number
            found.append(number)
        return found


def _write_texts(
    conn: sa.Connection, folder: Path, old: WordIndex | None, progress: Progress
) -> tuple[int, int, float]:
    """Each paper's tokens by number; returns the papers read, all, and the mean length."""
    numbers = _Numbers(old)
    query = sa.select(papers.c.id, papers.c.version_id).order_by(papers.c.id)
    rows = np.array([tuple(row) for row in conn.execute(query)], np.int64).reshape(-1, 2)
    highest = int(rows[-1, 0]) if len(rows) else 0
    versions = np.zeros(highest + 1, "<i8")
    versions[rows[:, 0]] = rows[:, 1]
    lengths = np.zeros(highest + 1, "<i8")
    read = 0
    with (folder / "texts").open("wb") as file:
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            kept = {} if old is None else old.texts_of(block[:, 0], block[:, 1])
            fresh = _read_texts(conn, [int(i) for i in block[:, 0] if int(i) not in kept], numbers)
            read += len(fresh)
            for paper_id in map(int, block[:, 0]):
                text = kept[paper_id] if paper_id in kept else fresh[paper_id]
                lengths[paper_id] = len(text)
                file.write(text.tobytes())
            progress("reading words", start + len(block), len(rows))
    np.cumsum(lengths).astype("<i8").tofile(folder / "text_starts")
    versions.tofile(folder / "versions")
    hashes = np.array(numbers.hashes, "<u8")
    order = np.argsort(hashes)
    hashes[order].tofile(folder / "hashes")
    order.astype("<u4").tofile(folder / "numbers")
    total = int(lengths.sum()) - 3 * len(rows)
    return read, len(rows), total / max(1, len(rows))


def _write_ranks(conn: sa.Connection, folder: Path) -> None:
    """Each paper's place when all are in order of their submission."""
    c = papers.c
    query = sa.select(c.id).where(~c.withdrawn).order_by(c.published, c.id)
    rows = conn.exec_driver_sql(str(query.compile(dialect=conn.dialect))).fetchall()
    ranks = np.full((folder / "versions").stat().st_size // 8, NEVER, "<u4")
    ranks[[row[0] for row in rows]] = np.arange(len(rows))
    ranks.tofile(folder / "ranks")


def _read_texts(
    conn: sa.Connection, paper_ids: list[int], numbers: _Numbers
) -> dict[int, np.ndarray]:
    version = paper_versions.c
    query = (
        sa.select(papers.c.id, version.title, version.abstract, version.authors)
        .join(paper_versions, version.id == papers.c.version_id)
        .order_by(papers.c.id)
    )
    found: dict[int, np.ndarray] = {}
    for start in range(0, len(paper_ids), 500):
        chunk = paper_ids[start : start + 500]
        for paper_id, title, abstract, authors in conn.execute(query.where(papers.c.id.in_(chunk))):
            columns = (title, abstract or "", "; ".join(authors or ()))
            parts = [np.array([*numbers.of(text), END], "<u4") for text in columns]
            found[paper_id] = np.concatenate(parts)
    return found


def _blocks(folder: Path) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """The first id, the lengths and the joined texts of every block of papers."""
    starts = np.fromfile(folder / "text_starts", "<i8")
    with (folder / "texts").open("rb") as file:
        for first in range(1, len(starts), BLOCK):
            lengths = np.diff(starts[first - 1 : first + BLOCK])
            yield first, lengths, np.fromfile(file, "<u4", int(lengths.sum()))


def _columns(text: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For every token of a block: its paper's place in the block, and its column."""
    paper = np.repeat(np.arange(len(lengths)), lengths)
    endings = np.cumsum(text == END) - (text == END)  # before it
    rank = np.cumsum(lengths > 0) - 1
    return paper, endings - 3 * rank[paper]


def _write_titles(folder: Path) -> None:
    """The titles alone, each with its end mark."""
    kept = []
    with (folder / "titles").open("wb") as file:
        for _, lengths, text in _blocks(folder):
            paper, column = _columns(text, lengths)
            title = column == 0
            kept.append(np.bincount(paper[title], minlength=len(lengths)))
            file.write(text[title].tobytes())
    bounds = np.concatenate([np.zeros(1, np.int64), *kept])
    np.cumsum(bounds).astype("<i8").tofile(folder / "title_bounds")


def _write_postings(folder: Path, formula: Formula, mean: float, progress: Progress) -> None:
    """Which papers hold each token, and its score in each; the same for titles."""
    count = (folder / "hashes").stat().st_size // 8
    weights = np.array(formula.weights)
    everywhere = _Joined(folder, ("papers", "<u4"), ("scores", "<f2"), starts="starts")
    titles = _Joined(folder, ("title_papers", "<u4"), starts="title_starts")
    for first, lengths, text in _blocks(folder):
        paper, column = _columns(text, lengths)
        real = text != END
        key = (text[real].astype(np.int64) << _PAPER_BITS | paper[real]) << _COLUMN_BITS
        key = np.sort(key | column[real])
        where = key >> _COLUMN_BITS
        begins = np.flatnonzero(np.diff(where, prepend=-1))
        frequency = np.add.reduceat(weights[key & 3], begins) if len(key) else np.empty(0)
        token, place = where[begins] >> _PAPER_BITS, where[begins] & 0xFFFFFFFF
        k1, b = formula.k1, formula.b
        norm = k1 * (1 - b + b * (lengths[place] - 3) / mean)
        everywhere.add(token, first + place, frequency * (k1 + 1) / (frequency + norm))
        in_title = (key & 3)[begins] == 0
        titles.add(token[in_title], first + place[in_title])
        progress("sorting words", first, None)
    everywhere.finish(count)
    titles.finish(count)


class _Joined:
    """Blocks of values by token, kept in a file until all are there, then joined token by token."""

    def __init__(self, folder: Path, *columns: tuple[str, str], starts: str) -> None:
        self._folder, self._columns, self._starts = folder, columns, starts
        self._blocks: list[tuple[np.ndarray, np.ndarray]] = []  # tokens, how many of each
        self._files: dict[str, IO[bytes]] = {
            name: tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - goes with the object
            for name, _ in columns
        }

    def add(self, token: np.ndarray, *values: np.ndarray) -> None:
        """A block, in order of token."""
        self._blocks.append(np.unique(token, return_counts=True))
        for (name, dtype), column in zip(self._columns, values, strict=True):
            self._files[name].write(column.astype(dtype).tobytes())

    def finish(self, count: int) -> None:
        """Write the joined columns and where each of the `count` tokens starts in them."""
        sizes = np.zeros(count + 1, np.int64)
        for token, number in self._blocks:
            sizes[token + 1] += number
        starts = np.cumsum(sizes)
        starts.astype("<i8").tofile(self._folder / self._starts)
        for name, dtype in self._columns:
            self._join(name, dtype, starts)

    def _join(self, name: str, dtype: str, starts: np.ndarray) -> None:
        """A range of tokens after the other, as many as fit into memory at ease."""
        source, size = self._files[name], np.dtype(dtype).itemsize
        source.flush()
        ends = [np.concatenate([[0], np.cumsum(number)]) for _, number in self._blocks]
        begins = np.cumsum([0, *(end[-1] for end in ends)])
        cuts = np.searchsorted(starts, np.arange(0, int(starts[-1]), JOINED))
        with (self._folder / name).open("wb") as target:
            for low, high in pairwise([*np.unique(cuts), len(starts) - 1]):
                joined = np.empty(int(starts[high] - starts[low]), dtype)
                nexts = starts[low:high] - starts[low]
                for (token, number), end, begin in zip(self._blocks, ends, begins, strict=False):
                    first, last = np.searchsorted(token, (low, high))
                    source.seek(int(begin + end[first]) * size)
                    values = np.fromfile(source, dtype, int(end[last] - end[first]))
                    sizes, here = number[first:last], token[first:last] - low
                    within = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
                    joined[np.repeat(nexts[here], sizes) + within] = values
                    nexts[here] += sizes
                target.write(joined.tobytes())
        source.close()
