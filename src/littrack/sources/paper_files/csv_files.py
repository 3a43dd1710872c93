"""A table of papers as CSV or TSV -> papers and, row by row, what was wrong.

The first line names the columns, in any order and by any of the names in `SYNONYMS`; comma,
semicolon or tab between them is told from it. Written by littrack itself, Zotero, spreadsheets and
scripts. Each row becomes what a simple JSON line is and is read by the same rules.
"""

from __future__ import annotations

import csv
import json
import re
from ast import literal_eval
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from littrack.errors import InputError
from littrack.identifiers import find_arxiv_ids, parse_recorded_id
from littrack.records import Paper, Rejection
from littrack.sources.fields import one_line
from littrack.sources.paper_files.json_lines import SnapshotLine
from littrack.sources.paper_files.lines import RawLine, read_lines
from littrack.sources.paper_files.simple_lines import simple_paper
from littrack.sources.text_files import read_text

# What columns are called, small letters and digits only; of several, the first is believed first.
# "date" and "year" are left out: in tables of references they are rarely those of version 1, and
# the month of the identifier is nearer to the truth.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("arxivid", "arxiv", "arxivno", "arxivnumber", "eprint", "archiveid", "id",
           "identifier", "paperid", "编号"),
    "link": ("url", "link", "arxivurl", "arxivlink", "absurl", "pdfurl", "pdf", "doi", "extra",
             "链接"),
    "title": ("title", "papertitle", "articletitle", "标题", "题目", "论文标题"),
    "abstract": ("abstract", "abstractnote", "摘要"),
    "summary": ("summary",),
    "summary_zh": ("summaryzh",),
    "abstract_kind": ("abstractkind",),
    "authors": ("authors", "author", "creators", "作者"),
    "primary_category": ("primarycategory", "primary"),
    "categories": ("categories", "category", "arxivcategories", "subjects", "分类"),
    "published": ("published", "publisheddate", "datepublished", "submitted", "submissiondate",
                  "datesubmitted", "v1date"),
    "published_kind": ("publishedkind",),
    "updated": ("updated", "updateddate", "lastupdated"),
    "version": ("version", "arxivversion"),
    "comment": ("comment", "comments", "arxivcomment"),
    "doi": ("doi",),
    "journal_ref": ("journalref", "journalreference"),
    "withdrawn": ("withdrawn",),
}  # fmt: skip

_NEEDED = (
    "needed are id (or arxiv_id) and title; abstract, authors, categories, published, updated, "
    "version, doi, comment and journal_ref are read where they are"
)
_DELIMITERS = (",", ";", "\t")
_SEP_LINE = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)  # what Excel understands as a first line
_ZOTERO = frozenset(("itemtype", "abstractnote"))
_NOTHING = frozenset(("", "nan", "none", "null", "n/a", "nat", "<na>"))
_HEAD_LINES = 20  # within which the names of the columns stand
_SAMPLE = 200  # rows, one of which must have an id where no column is called so
_ENOUGH = 1_000  # lines with letters beyond ASCII that tell the encoding
_LARGEST_OTHER = 2**30  # bytes of a file that is not UTF-8, which is read as a whole
_NOT_CLOSED = "a quotation mark is opened in this row and not closed"
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(.+))?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"(v?\d+)\.0+", re.ASCII)
_LAST_FIRST = re.compile(r"([^,]+),\s*([^,]+)")
_SUFFIX = re.compile(r"(?:[JS]r\.?|I{2,3}|IV)", re.IGNORECASE)
_BETWEEN_CATEGORIES = re.compile(r"[\s,|]+")
_ARXIV_DOI = "10.48550/arxiv"


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a table, understood."""

    delimiter: str
    names: tuple[str, ...]  # as they stand

    @property
    def keys(self) -> list[str]:
        """The names in small letters and digits."""
        return ["".join(filter(str.isalnum, name.casefold())) for name in self.names]

    def positions(self, noun: str) -> list[int]:
        """Where the columns for this are, the most trusted first."""
        keys = self.keys
        return [keys.index(name) for name in SYNONYMS[noun] if name in keys]

    @property
    def known(self) -> int:
        """How many kinds of column are there."""
        return sum(bool(self.positions(noun)) for noun in SYNONYMS)

    @property
    def is_of_papers(self) -> bool:
        """Whether it has what a paper needs."""
        return bool(self.positions("id") and self.positions("title"))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as text without its line feed; None: longer than any row."""

    number: int
    position: int
    text: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a row begins and its cells, or what is wrong with it; `raw` is its text."""

    number: int
    position: int
    cells: list[str]
    raw: str
    fault: str = ""
    is_last: bool = False


def find_header(text: str) -> Header | None:
    """The columns that the first line of a text names; None when none of them is known."""
    for line in text.removeprefix("\ufeff").splitlines():
        if not line.strip() or _SEP_LINE.fullmatch(line):
            continue
        headers = [
            Header(delimiter, tuple(cell.strip() for cell in cells))
            for delimiter in _DELIMITERS
            for cells in islice(csv.reader([line], delimiter=delimiter), 1)
        ]
        best = max(headers, key=lambda header: (header.known, len(header.names)))
        return best if best.known else None
    return None


class CsvFile:
    """A table on disk; ``warning`` says what had to be guessed about it.

    Raises:
        InputError: not readable, or its columns are not those of papers.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.warning = path, ""
        self._text: str | None = None
        if not _is_utf8(path):
            self._text, self.warning = read_text(path, _LARGEST_OTHER)
        self.header = self._header()
        self._reader = _RowReader(self.header)
        if not self.header.positions("id"):
            self._check_sample()

    def records(self, start_line: int = 0) -> Iterator[SnapshotLine]:
        """Every row that begins after ``start_line``; empty ones are left out.

        Raises:
            InputError: after the rows before it, where a gzipped file is cut off or damaged.
        """
        for row in self._rows():
            if row.number > start_line:
                yield self._reader.record(row)

    def _rows(self) -> Iterator[_Row]:
        feed = _Feed(self._lines())
        for line in feed:  # the header, and what may stand before it
            if line.strip() and not _SEP_LINE.fullmatch(line.removeprefix("\ufeff")):
                break
        return feed.rows(self.header)

    def _lines(self) -> Iterator[_Line]:
        if self._text is None:
            return map(_decoded, read_lines(self.path))
        lines = self._text.split("\n")
        size = self.path.stat().st_size
        return (
            _Line(number, size * number // len(lines), text) for number, text in enumerate(lines, 1)
        )

    def _header(self) -> Header:
        head: list[str] = []
        try:
            head += (line.text for line in islice(self._lines(), _HEAD_LINES) if line.text)
        except InputError:
            if not head:
                raise
        if not "".join(head).strip("\ufeff \r"):
            raise InputError("the file is empty", self.path)
        header = find_header("\n".join(head))
        if header is None:
            raise InputError(f"its first line names no column of papers: {_NEEDED}", self.path)
        missing = [
            words
            for words, is_there in (
                ("arXiv ids", header.positions("id") or header.positions("link")),
                ("titles", header.positions("title")),
            )
            if not is_there
        ]
        if missing:
            raise InputError(
                f"this table has no column of {' and no column of '.join(missing)} (its columns: "
                f"{one_line(', '.join(header.names))[:200]}); {_NEEDED}. References without arXiv "
                "ids can be checked as BibTeX, RIS or CSL-JSON",
                self.path,
            )
        return header

    def _check_sample(self) -> None:
        """Refuse a table of references: addresses and DOIs, but none of arXiv."""
        rows = 0
        try:
            for row in islice(self._rows(), _SAMPLE):
                rows += 1
                if self._reader.id_of(row.cells):
                    return
        except InputError:
            return  # it comes again when the rows are read
        links = ", ".join(self.header.names[at] for at in self.header.positions("link"))
        raise InputError(
            f"this table has no column of arXiv ids, and none of the first {rows} rows has one in "
            f"{links}; {_NEEDED}. References without arXiv ids can be checked as BibTeX, RIS or "
            "CSL-JSON",
            self.path,
        )


def _is_utf8(path: Path) -> bool:
    """Whether to read as UTF-8: all of it is, or most of what is beyond ASCII."""
    good = bad = 0
    try:
        for line in read_lines(path):
            data = line.data or b""
            if line.number == 1 and (b"\0" in data or b"\r" in data[:-1]):
                return False  # UTF-16, or lines that end as they did long ago
            if not data.isascii():
                try:
                    data.decode("utf-8")
                    good += 1
                except UnicodeDecodeError:
                    bad += 1
            if good + bad >= _ENOUGH:
                break
    except InputError:
        pass  # it comes again when the rows are read
    return bad == 0 or good > bad


def _decoded(line: RawLine) -> _Line:
    text = None if line.data is None else line.data.decode("utf-8", "surrogateescape")
    return _Line(line.number, line.byte_position, text)


class _Feed:
    """Lines for the `csv` module, which can be given back; rows from them."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._lines = iter(lines)
        self._returned: deque[_Line] = deque()
        self._taken: list[_Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self._taken.append(line)
        return (line.text or "") + "\n"

    def rows(self, header: Header) -> Iterator[_Row]:
        """Every row but empty ones. Of one that cannot be read only its first line is lost."""
        before: _Row | None = None
        while (row := self._next_row(header)) is not None:
            if row.fault or any(map(str.strip, row.cells)):
                if before is not None:
                    yield before
                before = row
        if before is not None:
            yield replace(before, is_last=True)

    def _next_row(self, header: Header) -> _Row | None:
        self._taken = []
        cells: list[str] = []
        fault = ""
        try:
            cells = next(csv.reader(self, delimiter=header.delimiter, strict=True))
            if len(self._taken) > 1 and len(cells) > len(header.names):
                fault = _NOT_CLOSED  # but for a quotation mark in another row
        except StopIteration:
            return None
        except csv.Error as exc:
            fault = _quoting_fault(str(exc))
        first, *others = self._taken
        if fault:
            self._returned.extendleft(reversed(others))
            self._taken = [first]
            literal = (first.text or "").rstrip("\r").split("\t")
            if header.delimiter == "\t" and len(literal) == len(header.names):
                cells, fault = literal, ""  # tabs without quoting: a quotation mark is one
        if first.text is None:
            fault = "the line is longer than 16 MiB; no row is"
        raw = "\n".join(line.text or "" for line in self._taken)
        return _Row(first.number, first.position, cells, raw, fault)


def _quoting_fault(reason: str) -> str:
    """The `csv` module's complaint in words for the user."""
    if "end of data" in reason or "limit" in reason:
        return _NOT_CLOSED
    if "expected after" in reason:
        return "a quoted cell goes on after its closing quotation mark"
    return f"not a row of a table: {reason}"


class _RowReader:
    """Rows of one table -> papers."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._at = {noun: header.positions(noun) for noun in SYNONYMS}
        self._is_zotero = not _ZOTERO.isdisjoint(header.keys)

    def record(self, row: _Row) -> SnapshotLine:
        """A paper, or why there is none."""
        try:
            return SnapshotLine(row.number, row.position, self._paper(row))
        except ValueError as exc:
            raw = row.raw.encode("utf-8", "surrogateescape")
            rejection = Rejection(f"line {row.number}", str(exc), raw)
            return SnapshotLine(row.number, row.position, None, rejection)

    def id_of(self, cells: list[str]) -> str:
        """The first cell that is an arXiv id, in a column for ids or for addresses; else ""."""
        for at in chain(self._at["id"], self._at["link"]):
            text = cells[at].strip() if at < len(cells) else ""
            try:
                if text:
                    parse_recorded_id(text)
                    return text
            except InputError:
                named = {str(found) for _, _, found in find_arxiv_ids(text)}
                if len(named) == 1 and "arxiv" in text.casefold():
                    return named.pop()
        return ""

    def _paper(self, row: _Row) -> Paper:
        if row.fault:
            raise ValueError(row.fault)
        if _NOT_UTF8.search(row.raw):
            raise ValueError("not UTF-8, as the other rows are")
        self._check_width(row)
        cells = row.cells
        record: dict[str, Any] = {
            noun: text
            for noun in ("published_kind", "version", "comment", "doi", "journal_ref")
            if (text := self._cell(cells, noun)) and text.casefold() not in _NOTHING
        }
        record["id"] = self.id_of(cells) or self._cell(cells, "id") or None
        record["title"] = self._cell(cells, "title")
        record |= self._texts(cells)
        record["authors"] = self._authors(cells)
        record["categories"] = self._categories(cells)
        for noun in ("published", "updated"):
            if (text := self._cell(cells, noun)).casefold() not in _NOTHING:
                record[noun] = _as_iso(text)
        if "version" in record:
            if self._is_zotero:  # its column is that of software
                del record["version"]
            elif whole := _WHOLE_NUMBER.fullmatch(record["version"]):
                record["version"] = whole[1]
        if _ARXIV_DOI in record.get("doi", "").casefold():
            del record["doi"]  # says the id once more; the field is for the journal's
        paper = simple_paper(record)
        is_withdrawn = self._cell(cells, "withdrawn").casefold() == "true"
        return replace(paper, withdrawn=True) if is_withdrawn else paper

    def _check_width(self, row: _Row) -> None:
        """Spreadsheets may leave out empty cells at the end, but the last row may be cut off."""
        count, expected = len(row.cells), len(self._header.names)
        if count > expected and any(cell.strip() for cell in row.cells[expected:]):
            raise ValueError(f"{count} cells, but the first line names {expected} columns")
        if count < expected and row.is_last:
            raise ValueError(f"the last row has {count} of {expected} cells: is the file cut off?")

    def _cell(self, cells: list[str], noun: str) -> str:
        """The text under the first column for this that has any."""
        texts = (cells[at].strip() for at in self._at[noun] if at < len(cells))
        return next(filter(None, texts), "")

    def _texts(self, cells: list[str]) -> dict[str, str]:
        """The abstract; "summary" is another word for it unless there is an abstract too."""
        abstract, summary = self._cell(cells, "abstract"), self._cell(cells, "summary")
        chinese = self._cell(cells, "summary_zh")
        if abstract and self._cell(cells, "abstract_kind") == "summary":
            return {"summary": abstract}
        if self._at["abstract"] or chinese:
            return {"abstract": abstract, "summary": summary, "summary_zh": chinese}
        return {"abstract": summary}

    def _authors(self, cells: list[str]) -> str | list[str]:
        text = self._cell(cells, "authors")
        if listed := _literal_list(text):
            return listed
        names = text.split(";")
        if len(names) > 1 or self._is_zotero:
            return [_first_name_first(name) for name in names]
        return text

    def _categories(self, cells: list[str]) -> list[str]:
        primary, text = self._cell(cells, "primary_category"), self._cell(cells, "categories")
        apart = text.split(";") if ";" in text else _BETWEEN_CATEGORIES.split(text)
        names = (name.strip() for name in (primary, *(_literal_list(text) or apart)))
        return [name for name in dict.fromkeys(names) if name]


def _literal_list(text: str) -> list[str]:
    """A list as JSON or Python writes it into a cell; empty when it is none."""
    if not (text.startswith("[") and text.endswith("]")):
        return []
    for read in (json.loads, literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
    return []


def _first_name_first(name: str) -> str:
    """``Vaswani, Ashish`` -> Ashish Vaswani; other names as they stand."""
    parts = _LAST_FIRST.fullmatch(name.strip())
    if parts is None or _SUFFIX.fullmatch(parts[2].strip()):
        return name
    return f"{parts[2].strip()} {parts[1].strip()}"


def _as_iso(text: str) -> str:
    """``2023/3/31 9:05`` -> 2023-03-31T09:05; a date with the year elsewhere is left as it is."""
    parts = _YEAR_FIRST.fullmatch(text)
    if parts is None:
        return text
    year, month, day, hour, rest = parts.groups()
    time = f"T{int(hour):02d}:{rest}" if hour else ""
    return f"{year}-{int(month):02d}-{int(day):02d}{time}"
