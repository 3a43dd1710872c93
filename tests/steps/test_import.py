"""Importing files: good lines in, bad lines named, nothing lost."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from papers_on_disk import LANDMARKS, many_papers, write_lines

from littrack.errors import InputError, StoreLocked
from littrack.steps import import_files
from littrack.steps.import_files import find_format, import_file
from littrack.steps.opening import OpenLibrary
from littrack.steps.show import show_paper
from littrack.steps.status import examine, load_status


def test_every_line_is_counted_and_a_bad_one_is_named(library: OpenLibrary, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "mixed.jsonl", [dict(LANDMARKS[0]), {"id": "2301.00001"}])
    with path.open("a", encoding="utf-8") as file:
        file.write("not json\n")
    report = import_file(library, path)
    assert report.counts == {
        "read": 3, "new": 1, "updated": 0, "unchanged": 0, "older": 0, "rejected": 2,
    }  # fmt: skip
    assert [rejection.where for rejection in report.rejections] == ["line 2", "line 3"]
    assert not report.complete
    assert load_status(library).sources[0]["complete"] is False


def test_a_paper_without_a_date_has_the_month_of_its_id_and_says_so(
    library: OpenLibrary, tmp_path: Path
) -> None:
    record = {"id": "2303.18223", "title": "A Survey of Large Language Models", "abstract": "One."}
    import_file(library, write_lines(tmp_path / "one.jsonl", [record]))
    published = show_paper(library, "2303.18223").paper.published
    assert (str(published), published.precision, published.kind) == ("2023-03", "month", "id_month")


def test_a_truncated_archive_keeps_what_it_gave_and_the_whole_one_adds_the_rest(
    library: OpenLibrary, tmp_path: Path
) -> None:
    whole = write_lines(tmp_path / "whole.jsonl.gz", many_papers(3_000))
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(InputError, match="papers before that are in the library"):
        import_file(library, cut)
    kept = load_status(library).papers
    assert 0 < kept < 3_000
    report = import_file(library, whole)
    assert (report.counts["new"], report.counts["unchanged"]) == (3_000 - kept, kept)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("binary.jsonl", bytes(range(256)) * 40, "binary"),
        ("empty.jsonl", b"", "empty"),
        (
            "broken.jsonl.gz",
            gzip.compress(b"{}\n")[:-4] + b"\0\0\0\0",
            "damaged|cut|corrupt|broken",
        ),
    ],
)
def test_what_is_no_file_of_papers_is_refused_in_words(
    library: OpenLibrary, tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=rf"(?i){says}"):
        import_file(library, tmp_path / name)
    assert load_status(library).papers == 0


def test_a_missing_file_is_named(library: OpenLibrary, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.jsonl"):
        import_file(library, tmp_path / "absent.jsonl")


def test_an_import_that_was_stopped_goes_on_after_its_last_batch(
    library: OpenLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "BATCH", 100)
    path = write_lines(tmp_path / "papers.jsonl", many_papers(500))

    def stop(_task: str, done: float, _total: float | None) -> None:
        if done >= 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(library, path, progress=stop)
    assert load_status(library).papers == 300
    assert "interrupted" in load_status(library).hints[0]
    report = import_file(library, path)
    assert report.warnings == ("went on after line 300, where the last run stopped",)
    assert (report.counts["read"], report.counts["new"]) == (500, 500)


def test_a_second_writer_is_told_who_holds_the_library(
    library: OpenLibrary, landmarks: Path
) -> None:
    with (
        library.writing("littrack ingest cat:cs.CL"),
        pytest.raises(StoreLocked, match=r"littrack ingest cat:cs\.CL"),
    ):
        import_file(library, landmarks)


def test_the_doctor_finds_a_healthy_library_healthy(library: OpenLibrary, landmarks: Path) -> None:
    from littrack.steps.update import update

    import_file(library, landmarks)
    update(library, ingest_first=False)
    assert {finding.level for finding in examine(library)} == {"ok"}


def test_a_summary_stands_in_for_an_abstract_until_the_authors_own_comes(
    library: OpenLibrary, tmp_path: Path
) -> None:
    summarised = {
        "id": "1706.03762",
        "title": "Attention Is All You Need",
        "authors": ["Ashish Vaswani", "et al."],
        "published": "2017-06-12",
        "summary": "Translation by attention alone.",
        "summary_zh": "只用注意力机制做翻译。",
    }
    import_file(library, write_lines(tmp_path / "starter.jsonl", [summarised]))
    paper = show_paper(library, "1706.03762").paper
    assert paper.abstract == "Translation by attention alone. 只用注意力机制做翻译。"
    assert paper.abstract_kind == "summary"
    with library.engine.connect() as conn:
        names = conn.exec_driver_sql("SELECT name FROM paper_authors").scalars().all()
    assert names == ["Ashish Vaswani"]
    real = dict(LANDMARKS[2], version=5)
    import_file(library, write_lines(tmp_path / "real.jsonl", [real]))
    paper = show_paper(library, "1706.03762").paper
    assert (paper.abstract_kind, paper.abstract) == ("author", LANDMARKS[2]["abstract"])
    import_file(library, tmp_path / "starter.jsonl")
    assert show_paper(library, "1706.03762").paper == paper


# Saved answers and tables


def dump(library: OpenLibrary) -> list[tuple[object, ...]]:
    """Every paper and version, without the times at which they were stored."""
    with library.engine.connect() as conn:
        papers = conn.exec_driver_sql("SELECT arxiv_id, version, record_hash FROM papers")
        return sorted(map(tuple, papers), key=repr)


def test_saved_feeds_are_imported_like_what_the_service_gives(
    library: OpenLibrary, tmp_path: Path, make_feed: Any, record: Any
) -> None:
    entries = [record(f"2403.0000{n}", "2024-03-01T10:00:00Z").entry() for n in (1, 2, 3)]
    poison = record("2403.00O04", "2024-03-01T10:00:00Z").entry()
    (tmp_path / "page.xml").write_bytes(make_feed([*entries, poison]))
    report = import_file(library, tmp_path / "page.xml")
    assert report.counts == {
        "read": 4, "new": 3, "updated": 0, "unchanged": 0, "older": 0, "rejected": 1,
    }  # fmt: skip
    assert report.rejections[0].where == "http://arxiv.org/abs/2403.00O04v1"
    assert not report.complete
    again = import_file(library, tmp_path / "page.xml", format="atom")
    assert (again.counts["unchanged"], again.counts["new"]) == (3, 0)


def test_a_saved_list_marks_deleted_papers_unless_the_library_knows_better(
    library: OpenLibrary, tmp_path: Path, oai_envelope: Any, oai_record: Any
) -> None:
    def save(name: str, *records: Any) -> Path:
        inner = "".join(record.record() for record in records)
        (tmp_path / name).write_bytes(oai_envelope(f"<ListRecords>{inner}</ListRecords>"))
        return tmp_path / name

    first = [oai_record("2403.00001", "2024-03-05"), oai_record("2403.00002", "2024-03-08")]
    import_file(library, save("first.xml", *first))
    gone = [
        oai_record(f"2403.0000{n}", "2024-03-06", deleted=True)
        for n in (1, 2)  # the second is alive at a later day
    ]
    report = import_file(library, save("gone.xml", *gone))
    assert (report.counts["read"], report.counts["deleted"]) == (2, 2)
    assert show_paper(library, "2403.00001").paper.withdrawn
    assert not show_paper(library, "2403.00002").paper.withdrawn
    back = oai_record("2403.00001", "2024-03-09")
    import_file(library, save("back.xml", back))
    assert not show_paper(library, "2403.00001").paper.withdrawn


def test_a_table_is_imported_like_the_same_papers_as_lines(
    open_in: Callable[[Path], OpenLibrary], tmp_path: Path
) -> None:
    rows = [
        {k: "; ".join(v) if isinstance(v, list) else v for k, v in paper.items()}
        for paper in LANDMARKS
    ]
    with (tmp_path / "papers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(LANDMARKS[0]))
        writer.writeheader()
        writer.writerows(rows)
    as_table, as_lines = open_in(tmp_path / "table"), open_in(tmp_path / "lines")
    assert import_file(as_table, tmp_path / "papers.csv").counts["new"] == 5
    import_file(as_lines, write_lines(tmp_path / "papers.jsonl", [dict(p) for p in LANDMARKS]))
    assert dump(as_table) == dump(as_lines)


@pytest.mark.parametrize("kind", ["csv", "oai", "atom"])
def test_an_import_of_any_kind_goes_on_where_it_was_stopped(
    kind: str,
    open_in: Callable[[Path], OpenLibrary],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setattr(import_files, "BATCH", 10)
    path = tmp_path / f"papers.{kind}"
    path.write_bytes(_thirty_papers(kind, request.getfixturevalue))
    stopped, whole = open_in(tmp_path / "stopped"), open_in(tmp_path / "whole")

    def stop(_task: str, done: float, _total: float | None) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(stopped, path, progress=stop)
    assert 0 < load_status(stopped).papers < 30
    report = import_file(stopped, path)
    assert "where the last run stopped" in report.warnings[0]
    assert (report.counts["read"], report.counts["new"]) == (30, 30)
    import_file(whole, path)
    assert dump(stopped) == dump(whole)


def _thirty_papers(kind: str, fixture: Callable[[str], Any]) -> bytes:
    ids = [f"2403.{n:05d}" for n in range(1, 31)]
    if kind == "csv":
        lines = [f'{arxiv_id},"Title\n{arxiv_id}"\n' for arxiv_id in ids]
        return "".join(["id,title\n", *lines]).encode()
    if kind == "atom":
        record = fixture("record")
        entries = [record(arxiv_id, "2024-03-01T10:00:00Z").entry() for arxiv_id in ids]
        return b"".join(fixture("make_feed")(entries[at : at + 7]) for at in range(0, 30, 7))
    record, envelope = fixture("oai_record"), fixture("oai_envelope")
    records = "".join(record(arxiv_id, "2024-03-05").record() for arxiv_id in ids)
    return bytes(envelope(f"<ListRecords>{records}</ListRecords>"))


def test_a_feed_that_breaks_off_keeps_its_whole_entries(
    library: OpenLibrary, tmp_path: Path, make_feed: Any, record: Any
) -> None:
    entries = [record(f"2403.0000{n}", "2024-03-01T10:00:00Z").entry() for n in (1, 2, 3)]
    body = make_feed(entries)
    (tmp_path / "cut.xml").write_bytes(body[: body.rindex(b"<author>")])
    with pytest.raises(InputError, match="The 2 papers before that are in the library"):
        import_file(library, tmp_path / "cut.xml")
    assert load_status(library).papers == 2


@pytest.mark.parametrize("page", ["<!DOCTYPE html>\n<html><p>x</p></html>", "\n<rss></rss>"])
def test_a_web_page_saved_in_place_of_papers_is_called_one(
    library: OpenLibrary, tmp_path: Path, page: str
) -> None:
    (tmp_path / "page.xml").write_text(page)
    with pytest.raises(InputError, match="XML or HTML"):
        import_file(library, tmp_path / "page.xml")


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("a.txt", "<feed/>", "atom"),
        ("a.xml", "<?xml version='1.0'?><OAI-PMH/>", "oai"),
        ("a.csv", "anything\n", "csv"),
        ("a.CSV.gz", "anything\n", "csv"),
        ("a.txt", "arXiv ID;Title\n", "csv"),
        ("a.txt", "Title, 2023. arXiv:2303.18223\n", None),
        ("a.md", "<!-- my list -->\n- 2303.18223\n", None),
        ("a.csv", '{"id": "2303.18223"}\n', None),
        ("a.bib", "@misc{id, title={A}}\n", None),
        ("a.csv", "", None),
    ],
)
def test_the_content_of_a_file_tells_what_it_is(
    tmp_path: Path, name: str, text: str, format: str | None
) -> None:
    data = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert find_format(tmp_path / name) == format
