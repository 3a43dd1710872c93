"""What makes words fast in a large library: files beside a SQLite database, made again from it.

FTS5 computes a score for every paper that holds a word, a few microseconds each: in a library of a
million papers a second for "large language model". Here the scores are computed once, when the
index is made. Each token has the papers that hold it and its BM25 in each but for the idf (the
formula of fulltext.py); each paper has its tokens in order, to find phrases among the papers that
hold their words. The answers are those of FTS5 but for half-precision rounding, and for phrases
whose words more than `CHECKED` papers hold: of these only the best by words are looked at.

    index/words.json           names the folder in use; replaced in one rename
    index/words-<state>/       arrays, each in a file; positions are SQL ids or token numbers

Used only while it is of exactly the papers in the database; one run of ``littrack index build``
brings it up to date and reads only the papers that changed.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from weakref import finalize

import numpy as np
import sqlalchemy as sa

from littrack.store.state import load_state
from littrack.text import TOKENS_REVISION

Phrase = tuple[str, ...]

WORTH_IT = 50_000  # papers; FTS5 alone is fast below
CHECKED = 1_000  # papers looked through for a phrase
_SAMPLED = 250  # papers that tell how common a phrase is that more than CHECKED might hold
END = np.uint32(0xFFFFFFFF)  # ends a column in a paper's tokens
NEVER = np.uint32(0xFFFFFFFF)  # the rank by date of a paper that is withdrawn
MANIFEST_NAME = "words.json"
_VERSION = 2  # of this file layout


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which folder holds the arrays, and what they were made from."""

    folder: str
    papers_state: int
    tokens: int  # text.TOKENS_REVISION
    papers: int
    mean_length: float
    weights: tuple[float, ...]  # of title, abstract, authors
    k1: float
    b: float
    sizes: Mapping[str, int]  # bytes of each file
    version: int = _VERSION


@dataclass(frozen=True, slots=True)
class Formula:
    """BM25's constants: `weights` of title, abstract and authors."""

    weights: tuple[float, ...]
    k1: float
    b: float


class WordIndex:
    """An opened index. Arrays stay on disk: what a query needs is read.

    Raises ValueError or OSError when its files are not those that were written.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self._folder = folder / manifest.folder
        if manifest.sizes != sizes_in(self._folder):
            raise ValueError("not the files that the manifest names")
        self._hashes, self._numbers = self._map("hashes", "<u8"), self._map("numbers", "<u4")
        self._starts, self._text_starts = (
            self._map("starts", "<i8"),
            self._map("text_starts", "<i8"),
        )
        self._title_starts = self._map("title_starts", "<i8")
        self._ranks = self._map("ranks", "<u4")
        self._titles, self._bounds = self._map("titles", "<u4"), self._map("title_bounds", "<i8")
        self._files = {
            name: (self._folder / name).open("rb")
            for name in ("papers", "scores", "texts", "title_papers")
        }
        for file in self._files.values():
            finalize(self, file.close)

    def _map(self, name: str, dtype: str) -> np.ndarray:
        path = self._folder / name
        return np.memmap(path, dtype, "r") if path.stat().st_size else np.empty(0, dtype)

    def _read(self, name: str, start: int, count: int, dtype: str) -> np.ndarray:
        """Part of an array, read and not mapped: mapped pages stay charged to the process."""
        file, size = self._files[name], np.dtype(dtype).itemsize
        if hasattr(os, "pread"):
            return np.frombuffer(os.pread(file.fileno(), count * size, start * size), dtype)
        file.seek(start * size)
        return np.frombuffer(file.read(count * size), dtype)

    def _texts(self, starts: Sequence[int], ends: Sequence[int]) -> np.ndarray:
        """Parts of the papers' tokens, joined."""
        if not hasattr(os, "pread"):
            parts = [
                self._read("texts", s, e - s, "<u4") for s, e in zip(starts, ends, strict=True)
            ]
            return np.concatenate([np.empty(0, "<u4"), *parts])
        file = self._files["texts"].fileno()  # thousands are read: no call more than it takes
        data = [os.pread(file, 4 * (e - s), 4 * s) for s, e in zip(starts, ends, strict=True)]
        return np.frombuffer(b"".join(data), "<u4")

    def number(self, token: str) -> int | None:
        """A token's number; None when no paper holds it."""
        wanted = hash_token(token)
        place = int(np.searchsorted(self._hashes, wanted))
        if place == len(self._hashes) or self._hashes[place] != wanted:
            return None
        return int(self._numbers[place])

    def hashes_by_number(self) -> list[int]:
        """The hash of each token, in order of their numbers."""
        hashes = np.empty(len(self._hashes), np.uint64)
        hashes[self._numbers] = self._hashes
        return hashes.tolist()

    def texts_of(self, ids: np.ndarray, versions: np.ndarray) -> dict[int, np.ndarray]:
        """The tokens of those papers that are held as of these version rows."""
        saved = self._map("versions", "<i8")
        inside = ids < len(saved)
        same = ids[inside][saved[ids[inside]] == versions[inside]]
        return {
            int(i): self._read("texts", int(s), int(e - s), "<u4")
            for i, s, e in zip(
                same, self._text_starts[same - 1], self._text_starts[same], strict=True
            )
        }

    def count(self, token: str) -> int:
        """In how many papers a token occurs."""
        number = self.number(token)
        return 0 if number is None else int(self._starts[number + 1] - self._starts[number])

    def _postings(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        start, end = int(self._starts[number]), int(self._starts[number + 1])
        papers = self._read("papers", start, end - start, "<u4")
        return papers, self._read("scores", start, end - start, "<f2")

    def _idf(self, holding: float) -> float:
        return max(1e-6, math.log((self.manifest.papers - holding + 0.5) / (holding + 0.5)))

    def find_by_words(self, phrases: Mapping[Phrase, float]) -> np.ndarray:
        """The score of every paper, by SQL id; 0 where it holds none of the phrases."""
        scores = np.zeros(len(self._text_starts), np.float32)
        known = {phrase: self._known(phrase) for phrase in phrases}
        single = sorted(
            (self.count(phrase[0]), numbers[0], phrases[phrase])
            for phrase, numbers in known.items()
            if len(phrase) == 1 and numbers
        )
        for holding, number, weight in single:
            if holding > self.manifest.papers / 2 and np.count_nonzero(scores) > CHECKED:
                break  # its idf is next to nothing: it only lists papers when no other word does
            papers, saved = self._postings(number)
            scores[papers] += saved * np.float32(weight * self._idf(holding))
        for phrase, weight in phrases.items():
            if len(phrase) > 1 and (numbers := known[phrase]):
                self._add_phrase(scores, numbers, weight)
        return scores

    def _known(self, phrase: Phrase) -> list[int]:
        """The numbers of its tokens; none when one of them is nowhere."""
        numbers = [self.number(token) for token in phrase]
        return [] if None in numbers else [number for number in numbers if number is not None]

    def _add_phrase(self, scores: np.ndarray, numbers: Sequence[int], weight: float) -> None:
        papers = self._holding_all(numbers)
        share = 1.0
        if len(papers) > CHECKED:
            sample = papers[:: max(1, len(papers) // _SAMPLED)]
            share = float((self._frequencies(sample, numbers)[0] > 0).mean())
            best = np.argpartition(-scores[papers], CHECKED)[:CHECKED]
            holding, papers = share * len(papers), np.sort(papers[best])
        frequency, lengths = self._frequencies(papers, numbers)
        found = frequency > 0
        if share == 1.0:
            holding = float(found.sum())
        m = self.manifest
        norm = m.k1 * (1 - m.b + m.b * lengths / m.mean_length)
        saturated = frequency * (m.k1 + 1) / (frequency + norm)
        scores[papers[found]] += (weight * self._idf(holding) * saturated[found]).astype(np.float32)

    def _holding_all(self, numbers: Sequence[int], name: str = "papers") -> np.ndarray:
        """The papers that hold all the tokens (`title_papers`: in the title), ascending."""
        starts = self._starts if name == "papers" else self._title_starts
        sizes = {number: int(starts[number + 1] - starts[number]) for number in numbers}
        rarest, *others = sorted(sizes, key=lambda number: sizes[number])
        papers = self._read(name, int(starts[rarest]), sizes[rarest], "<u4")
        for number in others:
            if not len(papers):
                break
            member = np.zeros(len(self._text_starts), bool)
            member[self._read(name, int(starts[number]), sizes[number], "<u4")] = True
            papers = papers[member[papers]]
        return papers

    def _frequencies(
        self, papers: np.ndarray, numbers: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """How often each paper says the tokens in a row, weighted by column; and its length."""
        starts, ends = self._text_starts[papers - 1], self._text_starts[papers]
        text = self._texts(starts.tolist(), ends.tolist())
        here = np.ones(len(text), bool)
        for offset, number in enumerate(numbers):
            here[: len(text) - offset] &= text[offset:] == number
            here[max(0, len(text) - offset) :] = False
        lengths = (ends - starts).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(lengths) else lengths
        at = np.flatnonzero(here)
        paper = np.searchsorted(first, at, side="right") - 1
        endings = np.cumsum(text == END)
        column = endings[at] - 3 * paper
        weights = np.array([*self.manifest.weights])[column]
        return np.bincount(paper, weights, len(papers)), lengths - 3

    def find_earliest(self, ids: np.ndarray, limit: int) -> list[int]:
        """Those of the papers that were submitted first, earliest first; none that is withdrawn."""
        ranks = self._ranks[ids]
        order = np.argsort(ranks, kind="stable")[:limit]
        return [int(i) for i in ids[order][ranks[order] != NEVER]]

    def find_in_titles(self, phrases: Sequence[Phrase]) -> np.ndarray:
        """The ids of all papers with one of the phrases in the title, ascending."""
        found = [np.empty(0, np.uint32)]
        for phrase in phrases:
            if numbers := self._known(phrase):
                papers = self._holding_all(numbers, "title_papers")
                if len(numbers) > 1:
                    papers = papers[self._titles_say(papers, numbers)]
                found.append(papers)
        return np.unique(np.concatenate(found))

    def _titles_say(self, papers: np.ndarray, numbers: Sequence[int]) -> np.ndarray:
        """Which of the papers have the tokens in a row in the title."""
        starts = self._bounds[papers - 1]
        lengths = self._bounds[papers] - starts
        shift = starts - (np.cumsum(lengths) - lengths)
        places = np.arange(int(lengths.sum())) + np.repeat(shift, lengths)
        hits = np.flatnonzero(self._titles[places] == numbers[0])
        at = places[hits]
        paper = np.searchsorted(np.cumsum(lengths), hits, side="right")
        for offset, number in enumerate(numbers[1:], 1):  # titles end with END: none runs on
            here = self._titles[np.minimum(at + offset, len(self._titles) - 1)] == number
            at, paper = at[here], paper[here]
        return np.bincount(paper, minlength=len(papers)) > 0

    def find_first_in_titles(self, phrases: Sequence[Phrase], limit: int) -> tuple[int, list[int]]:
        """How many titles say one of the phrases (estimated, of many), and the earliest papers."""
        number, earliest = 0, [np.empty(0, np.int64)]
        for phrase in phrases:
            if numbers := self._known(phrase):
                papers = self._holding_all(numbers, "title_papers").astype(np.int64)
                step = max(1, len(papers) // CHECKED)
                number += step * int(self._titles_say(papers[::step], numbers).sum())
                earliest.append(self._first_to_say(papers, numbers, limit))
        return number, self.find_earliest(np.unique(np.concatenate(earliest)), limit)

    def _first_to_say(self, papers: np.ndarray, numbers: Sequence[int], limit: int) -> np.ndarray:
        """The earliest of the papers whose titles say the tokens in a row."""
        papers = papers[np.argsort(self._ranks[papers], kind="stable")]
        found = np.empty(0, np.int64)
        for start in range(0, len(papers), CHECKED):
            part = np.sort(papers[start : start + CHECKED])
            found = np.concatenate([found, part[self._titles_say(part, numbers)]])
            if len(found) >= limit:
                break
        return found


def sizes_in(folder: Path) -> dict[str, int]:
    """The bytes of each file of a folder."""
    return {file.name: file.stat().st_size for file in sorted(folder.iterdir())}


def hash_token(token: str) -> np.uint64:
    """What stands for a token: 64 bits, so that two of a million tokens hardly share them."""
    return np.uint64(int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "little"))


# --- opening --------------------------------------------------------------------------------------

_opened: dict[Path, WordIndex] = {}


def index_folder(conn: sa.Connection) -> Path | None:
    """Where the index of this database lies; None for a database that is no SQLite file."""
    if conn.dialect.name != "sqlite":
        return None
    file = conn.exec_driver_sql("PRAGMA database_list").first()
    return Path(file[2]).parent / "index" if file and file[2] else None


def open_word_index(conn: sa.Connection) -> WordIndex | None:
    """The index of just the papers that the database holds; None when there is none."""
    folder = index_folder(conn)
    if folder is None:
        return None
    manifest = read_manifest(folder)
    if manifest is None or manifest.papers_state != load_state(conn, "papers"):
        return None
    known = _opened.get(folder)
    if known is None or known.manifest != manifest:
        try:
            _opened[folder] = known = WordIndex(folder, manifest)
        except (OSError, ValueError):
            return None
    return known


def read_manifest(folder: Path) -> Manifest | None:
    """What words.json says; None when there is none that can be used."""
    try:
        told = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
        manifest = Manifest(**told | {"weights": tuple(told["weights"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    usable = (manifest.version, manifest.tokens) == (_VERSION, TOKENS_REVISION)
    return manifest if usable else None
