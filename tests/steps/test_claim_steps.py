"""Tables of claims: the catalogue and the user's own, brought in again and again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from builders import utc
from littrack.claims import EvidenceKind, ModelField, Quantity, Unit
from littrack.errors import InputError
from littrack.sources.claim_tables import read_catalogue
from littrack.steps.claims import import_claims, load_catalogue
from littrack.steps.opening import OpenLibrary
from littrack.steps.tool import TOOL
from littrack.store.claims import load_claims

HEADER = "model\tname\tpaper\tfield\tvalue\tsource\tlocator\tnote\n"
ROW = "Alpha\tAlpha\t\tsize\t{size}\tBoard\trow 1\t\n"
LATER = utc("2026-12-01")


def write(folder: Path, *rows: str) -> Path:
    path = folder / "board.tsv"
    path.write_text(HEADER + "".join(rows), "utf-8")
    return path


def test_the_catalogue_is_brought_in_once(library: OpenLibrary) -> None:
    number = len(set(read_catalogue(library.now())))
    first = load_catalogue(library)
    assert (first.counts["new"], first.counts["retired"]) == (number, 0)
    second = load_catalogue(replace(library, now=lambda: LATER))
    assert second.counts == {"new": 0, "retired": 0, "unchanged": number}
    with library.engine.connect() as conn:
        claims = load_claims(conn)
    assert len(claims) == number
    assert {(one.origin, one.tool) for one in claims} == {("catalogue", TOOL)}
    assert {one.recorded_at for one in claims} == {library.now()}, "not when it came again"


def test_a_table_that_comes_again_replaces_what_it_said(
    library: OpenLibrary, tmp_path: Path
) -> None:
    first = import_claims(library, write(tmp_path, ROW.format(size="7B"), ROW.format(size="13B")))
    assert first.counts["new"] == 2
    later = replace(library, now=lambda: LATER)
    second = import_claims(later, write(tmp_path, ROW.format(size="13B"), ROW.format(size="70B")))
    assert second.counts == {"new": 1, "retired": 1, "unchanged": 1}
    with library.engine.connect() as conn:
        now = load_claims(conn)
        before = load_claims(conn, as_of=library.now())
    assert {one.value for one in now} == {
        Quantity(13e9, Unit.PARAMETERS),
        Quantity(70e9, Unit.PARAMETERS),
    }
    assert {one.value for one in before} == {
        Quantity(7e9, Unit.PARAMETERS), Quantity(13e9, Unit.PARAMETERS),
    }  # fmt: skip


def test_a_claim_keeps_where_it_stands(library: OpenLibrary, tmp_path: Path) -> None:
    told: list[str] = []
    import_claims(
        library,
        write(tmp_path, ROW.format(size="7B")),
        progress=lambda what, done, total: told.append(f"{what} {done}/{total}"),
    )
    with library.engine.connect() as conn:
        [claim] = load_claims(conn)
    assert (claim.subject, claim.field, claim.origin) == (
        "Alpha",
        ModelField.SIZE,
        "import:board.tsv",
    )
    assert claim.evidence.kind is EvidenceKind.TABLE
    assert claim.evidence.source.endswith("Board")
    assert claim.evidence.locator == "row 1"
    assert told == ["reading claims 1/1"]


def test_a_row_with_a_mistake_is_named_and_the_rest_is_taken(
    library: OpenLibrary, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        ROW.format(size="7B"),
        ROW.format(size="huge"),
        "Alpha\tAlpha\t\tbigness\t7B\tBoard\t\t\n",
        "\t\t\tsize\t7B\tBoard\t\t\n",
    )
    report = import_claims(library, path)
    assert not report.complete
    assert [one.where for one in report.rejections] == ["line 3", "line 4", "line 5"]
    assert "huge" in report.rejections[0].reason
    assert "bigness" in report.rejections[1].reason
    with library.engine.connect() as conn:
        assert [str(one.value) for one in load_claims(conn)] == [
            str(Quantity(7e9, Unit.PARAMETERS))
        ]


def test_a_table_of_sources_says_what_each_source_is(library: OpenLibrary, tmp_path: Path) -> None:
    sources = tmp_path / "sources.tsv"
    sources.write_text(
        "key\tkind\tbasis\ttitle\turl\tretrieved\tlicence\tnote\n"
        "Board\tnote\treported\tnotes/alpha.md\t\t\t\t\n",
        "utf-8",
    )
    import_claims(library, write(tmp_path, ROW.format(size="7B")), sources=sources)
    with library.engine.connect() as conn:
        [claim] = load_claims(conn)
    assert claim.evidence.kind is EvidenceKind.NOTE
    assert claim.evidence.source.endswith("notes/alpha.md")


def test_a_file_that_is_no_table_of_claims_is_refused(library: OpenLibrary, tmp_path: Path) -> None:
    path = tmp_path / "papers.csv"
    path.write_text("title,year\nAttention,2017\n", "utf-8")
    with pytest.raises(InputError, match=r"papers\.csv"):
        import_claims(library, path)
    with pytest.raises(InputError, match="absent"):
        import_claims(library, tmp_path / "absent.tsv")
