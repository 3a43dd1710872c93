"""Reads the training files and turns them into token ids.

Only three kinds of file are read, whose licences let trained weights be given away: arXiv metadata
(CC0), machine-written Chinese summaries of the same papers (Apache-2.0), and sentence pairs of
technical documentation (Apache-2.0, MIT, CC BY); plus, if given, a hand-written table of terms.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from littrack.errors import InputError
from littrack.text import fold

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ids = NDArray[np.int32]

SUMMARY_FIELDS = ("tldr", "task", "motivation", "method", "result", "conclusion")


@dataclass(frozen=True)
class Corpus:
    """Folded training texts. A summary is (row of its paper in `titles`, the fields it has)."""

    titles: tuple[str, ...]
    abstracts: tuple[str, ...]
    summaries: tuple[tuple[int, tuple[str, ...]], ...]
    parallel: tuple[tuple[str, str], ...]
    terms: tuple[tuple[str, str], ...]
    sources: Mapping[str, int]  # sentence pairs by where they were taken

    def texts(self) -> Iterator[str]:
        """What the vocabulary is learned from: every second abstract, all that is Chinese.

        English is six times as long as Chinese here; half of it leaves Chinese enough pieces.
        """
        yield from self.titles
        yield from self.abstracts[::2]
        for _, fields in self.summaries:
            yield " ".join(fields)
        for english, chinese in (*self.parallel, *self.terms):
            yield f"{english} {chinese}"


@dataclass(frozen=True)
class Ragged:
    """Rows of token ids of unequal length: row i is ids[starts[i]:starts[i + 1]]."""

    ids: Ids
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def lengths(self) -> NDArray[np.int64]:
        """Tokens per row, shape (n,)."""
        return np.diff(self.starts)


def read_corpus(
    papers: Path,
    summaries: Path,
    parallel: Path,
    *,
    terms: Sequence[tuple[str, str]] = (),
) -> Corpus:
    """The three training files, folded.

    Raises InputError for a file that is missing, empty or not of the expected form.
    """
    rows = [
        (str(r["id"]), fold(r["title"]), fold(r.get("abstract") or ""))
        for r in _records(papers, "title")
    ]
    if not rows:
        raise InputError("holds no papers", papers)
    row_of = {identifier: row for row, (identifier, _, _) in enumerate(rows)}
    chinese = []
    for record in _records(summaries):
        fields = tuple(fold(record[name]) for name in SUMMARY_FIELDS if record.get(name))
        if record["id"] in row_of and fields:
            chinese.append((row_of[record["id"]], fields))
    sentences = list(_pairs(parallel))
    return Corpus(
        titles=tuple(title for _, title, _ in rows),
        abstracts=tuple(abstract for _, _, abstract in rows),
        summaries=tuple(chinese),
        parallel=tuple((english, chinese) for english, chinese, _ in sentences),
        terms=tuple((fold(english), fold(chinese)) for english, chinese in terms),
        sources=dict(sorted(Counter(source for _, _, source in sentences).items())),
    )


def read_terms(path: Path) -> list[tuple[str, str]]:
    """(English, Chinese) of a term table with the columns en, zh, abbr and forms split by ``|``.

    Every English form and abbreviation of a row is paired with every Chinese form.
    Raises InputError.
    """
    pairs = []
    for number, line in _lines(path):
        cells = [cell.split("|") for cell in line.rstrip("\n").split("\t")]
        if len(cells) < 2:
            raise InputError("fewer than two columns", path, number)
        if number > 1:
            english = [form for cell in (cells[0], *cells[2:3]) for form in cell if form]
            pairs += [(form, chinese) for form in english for chinese in cells[1] if chinese]
    return pairs


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> Ragged:
    """Token ids of `texts`, without the unknown piece (id 0)."""
    lengths = np.zeros(len(texts) + 1, dtype=np.int64)
    parts: list[Ids] = []
    for start in range(0, len(texts), 4096):
        block = tokenizer.encode_batch_fast(texts[start : start + 4096], add_special_tokens=False)
        rows = [np.array(encoding.ids, dtype=np.int32) for encoding in block]
        rows = [row[row > 0] for row in rows]
        lengths[start + 1 : start + 1 + len(rows)] = [len(row) for row in rows]
        parts.extend(rows)
    ids = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
    return Ragged(ids, np.cumsum(lengths))


def _records(path: Path, *required: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file, with the line number in every complaint."""
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            for name in ("id", *required):
                record[name]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                "not a JSON object with " + " and ".join(("id", *required)), path, number
            ) from error
        yield cast(dict[str, Any], record)


def _pairs(path: Path) -> Iterator[tuple[str, str, str]]:
    """(English, Chinese, source) of a tab-separated file whose first line names the columns."""
    for number, line in _lines(path):
        columns = line.rstrip("\n").split("\t")
        if len(columns) < 3:
            raise InputError("fewer than three columns", path, number)
        if number > 1:
            yield fold(columns[0]), fold(columns[1]), columns[2]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with _open_text(path) as stream:
            yield from enumerate(stream, start=1)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", path) from error


def _open_text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
