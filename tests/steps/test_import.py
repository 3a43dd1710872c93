"""Importing files: good lines in, bad lines named, nothing lost."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from papers_on_disk import LANDMARKS, many_papers, write_lines

from littrack.errors import InputError, StoreLocked
from littrack.steps import import_files
from littrack.steps.import_files import import_file
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
