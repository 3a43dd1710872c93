"""Tables of claims about models -> claims: the bundled catalogue and tables of a user's.

Two headers are read, as TSV or CSV, told apart by their names:

    model name paper field value source locator note           ours; `sources` describes each source
    model_id,name,name_in_source,field,value,source,locator    gathered from other collections

How a field and a value are written: `littrack.sources.claim_values`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from littrack.claims import Basis, Claim, Evidence, EvidenceKind
from littrack.errors import InputError
from littrack.records import Rejection
from littrack.sources.claim_values import nearest, parse_date, parse_paper, parse_public
from littrack.sources.claim_values import parse_field as parse_field  # here for whoever reads
from littrack.sources.claim_values import parse_value as parse_value  # tables of their own
from littrack.sources.text_files import read_text

CATALOGUE = "catalogue"  # the `origin` of the bundled claims
COLUMNS = ("model", "name", "paper", "field", "value", "source", "locator", "note")
PUBLIC_COLUMNS = ("model_id", "name", "name_in_source", "field", "value", "source", "locator")
SOURCE_COLUMNS = ("key", "kind", "basis", "title", "url", "retrieved", "licence", "note")


@dataclass(frozen=True, slots=True)
class Source:
    """One line of a table of sources."""

    key: str
    kind: EvidenceKind
    basis: Basis
    title: str
    url: str
    retrieved: datetime | None = None

    @property
    def shown(self) -> str:
        """How evidence names it: an arXiv id, an address, or what it is called."""
        if self.kind is EvidenceKind.PAPER and self.key.startswith("arXiv:"):
            return self.key.removeprefix("arXiv:")
        return self.url if self.kind is EvidenceKind.URL else self.title


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells[name]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows, and what has to be known of all before one can be read."""

    path: Path
    rows: tuple[_Row, ...]
    sources: Mapping[str, Source] | None
    recorded_at: datetime
    origin: str


def read_claims(
    path: Path,
    recorded_at: datetime,
    sources: Path | None = None,
    rejections: list[Rejection] | None = None,
) -> list[Claim]:
    """Every claim of a table, in its order; a line that says the same again is one claim.

    Args:
        path: A TSV or CSV file with one of the two headers, gzipped or not.
        recorded_at: When the claims come here.
        sources: A table that describes the sources; without it a source is a table, its basis
            "reported".
        rejections: Takes the rows that hold no claim littrack can read, instead of an error.

    Raises:
        InputError: the file, or without `rejections` one of its rows, cannot be read.
    """
    table = _open_table(path, recorded_at, sources, f"import:{path.name}")
    is_public = "model_id" in table.rows[0].cells
    readers = _public_reader(table) if is_public else _our_reader(table)
    found: dict[Claim, None] = {}
    for row in table.rows:
        try:
            found.update(dict.fromkeys(readers(row)))
        except ValueError as exc:
            if rejections is None:
                raise InputError(str(exc), path, row.line) from exc
            payload = "\t".join(row.cells.values()).encode()
            rejections.append(Rejection(f"line {row.line}", str(exc), payload))
    return list(found)


def read_catalogue(recorded_at: datetime) -> list[Claim]:
    """The claims that come with littrack; each is about the model of the catalogue's name."""
    folder = files("littrack").joinpath("data", "catalogue")
    with as_file(folder) as place:
        table = _open_table(place / "claims.tsv", recorded_at, place / "sources.tsv", CATALOGUE)
    return [claim for row in table.rows for claim in _our_claim(table, row, row["model"])]


def read_sources(path: Path) -> dict[str, Source]:
    """A table of sources by key.

    Raises:
        InputError: not readable, an unknown kind or basis, a key twice.
    """
    found: dict[str, Source] = {}
    for row in _read_rows(path, (SOURCE_COLUMNS,)):
        try:
            source = _source(row)
        except ValueError as exc:
            raise InputError(str(exc), path, row.line) from exc
        if source.key in found:
            raise InputError(f"a second source has the key {source.key!r}", path, row.line)
        found[source.key] = source
    return found


def _source(row: _Row) -> Source:
    return Source(
        row["key"],
        EvidenceKind(row["kind"]),
        Basis(row["basis"]),
        row["title"],
        row["url"],
        _retrieved(row["retrieved"]),
    )


def _retrieved(text: str) -> datetime | None:
    """A day; a commit is none and stays for people to read."""
    try:
        return parse_date(text).value
    except ValueError:
        return None


def _open_table(path: Path, recorded_at: datetime, sources: Path | None, origin: str) -> _Table:
    rows = tuple(_read_rows(path, (COLUMNS, PUBLIC_COLUMNS)))
    if not rows:
        raise InputError("there is a header and no claim", path)
    known = read_sources(sources) if sources else None
    return _Table(path, rows, known, recorded_at, origin)


def _read_rows(path: Path, headers: Iterable[tuple[str, ...]]) -> Iterator[_Row]:
    """The rows below one of these headers; columns may be in another order, or more."""
    text = read_text(path).text
    is_tsv = "\t" in text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text),
        delimiter="\t" if is_tsv else ",",
        quoting=csv.QUOTE_NONE if is_tsv else csv.QUOTE_MINIMAL,
        strict=True,
    )
    try:
        names = [name.strip() for name in next(reader)]
        if not any(set(header) <= set(names) for header in headers):
            wanted = " or ".join(", ".join(header) for header in headers)
            raise InputError(f"the first line names {', '.join(names)}, not {wanted}", path, 1)
        for cells in filter(None, reader):
            if len(cells) != len(names):
                reason = f"{len(cells)} cells, but the first line names {len(names)} columns"
                raise InputError(reason, path, reader.line_num)
            stripped = (cell.strip() for cell in cells)
            yield _Row(reader.line_num, dict(zip(names, stripped, strict=True)))
    except csv.Error as exc:
        kind = "TSV" if is_tsv else "CSV"
        raise InputError(f"no {kind}: {exc}", path, reader.line_num) from exc


# --- rows -> claims -------------------------------------------------------------------------------


def _our_reader(table: _Table) -> Callable[[_Row], Iterator[Claim]]:
    """Each claim is about the name its source uses, where that means one model only."""
    owners = _owners(table.rows, "name", "model")

    def read(row: _Row) -> Iterator[Claim]:
        alone = row["name"] and len(owners[row["name"]]) == 1
        yield from _our_claim(table, row, row["name"] if alone else row["model"])

    return read


def _owners(rows: Iterable[_Row], name: str, model: str) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = {}
    for row in rows:
        owners.setdefault(row[name], set()).add(row[model])
    return owners


def _our_claim(table: _Table, row: _Row, subject: str) -> Iterator[Claim]:
    if not subject:
        raise ValueError("the row names no model")
    field, detail = parse_field(row["field"])
    paper = parse_paper(row["paper"]) if row["paper"] else None
    evidence = _evidence(table, row, row["note"])
    value = parse_value(field, row["value"], detail)
    yield Claim(
        subject, field, value, evidence, table.recorded_at, paper=paper, origin=table.origin
    )


def _public_reader(table: _Table) -> Callable[[_Row], Iterator[Claim]]:
    owners = _owners(table.rows, "name_in_source", "model_id")
    papers: dict[str, set[str]] = {}
    for row in table.rows:
        if row["field"] == "arxiv":
            papers.setdefault(row["model_id"], set()).add(row["value"])

    def read(row: _Row) -> Iterator[Claim]:
        alone = row["name_in_source"] and len(owners[row["name_in_source"]]) == 1
        subject = row["name_in_source"] if alone else row["name"]
        if not subject:
            raise ValueError("the row names no model")
        field, values, note = parse_public(row["field"], row["value"])
        ids = papers.get(row["model_id"], set())
        paper = parse_paper(min(ids)) if len(ids) == 1 else None
        evidence = _evidence(table, row, note)
        for value in values:
            yield Claim(
                subject, field, value, evidence, table.recorded_at, paper=paper, origin=table.origin
            )

    return read


def _evidence(table: _Table, row: _Row, note: str) -> Evidence:
    key = row["source"]
    if not key:
        raise ValueError("the row names no source")
    if table.sources is None:
        return Evidence(EvidenceKind.TABLE, f"{table.path.name}: {key}", row["locator"], note=note)
    source = table.sources.get(key)
    if source is None:
        raise ValueError(f"{key!r} is no key of the table of sources{nearest(key, table.sources)}")
    return Evidence(
        source.kind,
        source.shown,
        row["locator"],
        note=note,
        basis=source.basis,
        retrieved=source.retrieved,
    )
