"""Importing reference lists: the library and arXiv are asked, and what came of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from papers_on_disk import LANDMARKS, write_lines

from littrack.errors import InputError, StoreLocked
from littrack.records import CheckedReference
from littrack.settings import load_settings
from littrack.steps.import_files import import_file
from littrack.steps.import_references import ImportedReferences, import_references
from littrack.steps.opening import OpenLibrary, open_library
from littrack.steps.status import load_status
from littrack.store.references import load_references

ATTENTION = "title={Attention Is All You Need}, author={Vaswani, Ashish and others}"


@pytest.fixture
def offline(tmp_path: Path, landmarks: Path) -> OpenLibrary:
    """A library of five landmark papers that may not use the network."""
    folder = {"library": str(tmp_path / "library"), "offline": True}
    library = open_library(load_settings(tmp_path, None, folder))
    import_file(library, landmarks)
    return library


@pytest.fixture
def linked(
    tmp_path: Path, small_arxiv: Any, clock: Any, record: Any, monkeypatch: pytest.MonkeyPatch
) -> OpenLibrary:
    """An empty library whose arXiv is the small one, with two papers by Ada Lovelace."""
    monkeypatch.setattr("littrack.sources.limiter.SystemClock", lambda: clock)
    small_arxiv.records += [
        record(f"2401.1000{i}", f"2024-01-0{i}T10:00:00Z", title=f"Notes on engine {i}")
        for i in (1, 2)
    ]
    settings = {f"arxiv.{name}_url": small_arxiv.url for name in ("api", "oai", "rss")}
    overrides = settings | {"library": str(tmp_path / "library")}
    return open_library(load_settings(tmp_path, None, overrides), clock.now)


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., ImportedReferences]:
    """Imports BibTeX entries, each given by its fields."""

    def run(library: OpenLibrary, *entries: str) -> ImportedReferences:
        path = tmp_path / "references.bib"
        lines = [f"@misc{{k{number}, {fields}}}" for number, fields in enumerate(entries, 1)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return import_references(library, path)

    return run


def statuses(imported: ImportedReferences) -> list[str]:
    return [str(one.status) for one in imported.checked]


def only(imported: ImportedReferences) -> CheckedReference:
    (one,) = imported.checked
    return one


def test_the_right_id_with_a_wrong_title_is_found(offline: OpenLibrary, check: Any) -> None:
    imported = check(
        offline,
        f"{ATTENTION}, eprint={{1706.03762}}",
        "title={Deep Residual Learning for Image Recognition}, eprint={1706.03762}",
        "title={LoRA}, author={Hu, E. J.}, eprint={2106.09685}",
    )
    assert statuses(imported) == ["verified", "id_mismatch", "title_variant"]
    assert imported.checked[1].suggestion == "1512.03385"
    assert "the title is that of 1512.03385" in imported.checked[1].explanation
    assert imported.report.complete
    assert imported.report.counts["read"] == 3
    assert imported.report.counts["id_mismatch"] == 1


def test_a_reference_without_id_is_given_the_id_of_its_title(
    offline: OpenLibrary, check: Any
) -> None:
    one = only(check(offline, ATTENTION))
    assert (one.status, one.suggestion) == ("unchecked", "1706.03762")
    one = only(check(offline, "title={Attention Is All You Need}, author={Wei, Jason}"))
    assert one.suggestion == "1706.03762"
    assert "its first author is 'Ashish Vaswani'" in one.explanation
    one = only(check(offline, "title={Speech and Language Processing}"))
    assert (one.status, one.suggestion) == ("unchecked", None)


def test_offline_an_unknown_id_is_unchecked_and_no_failure(
    offline: OpenLibrary, check: Any
) -> None:
    imported = check(offline, "title={Anything}, eprint={2401.10001}")
    assert statuses(imported) == ["unchecked"]
    assert "offline" in only(imported).explanation
    assert imported.report.complete
    assert "could not be looked up" in imported.report.warnings[0]


def test_the_papers_a_list_cites_are_pulled_and_then_compared(
    linked: OpenLibrary, check: Any, small_arxiv: Any
) -> None:
    imported = check(
        linked,
        "title={Notes on Engine 1}, author={Lovelace, Ada}, eprint={2401.10001}",
        "title={Another Subject}, author={Lovelace, Ada}, eprint={2401.10002}",
        "title={No Such Paper}, eprint={2401.19999}",
    )
    assert statuses(imported) == ["verified", "id_mismatch", "not_found"]
    assert "does not know" in imported.checked[2].explanation
    assert imported.report.counts["papers added"] == 2
    assert imported.report.complete
    assert load_status(linked).papers == 2
    asked = len(small_arxiv.asked)
    check(linked, "title={Notes on Engine 1}, eprint={2401.10001}")
    assert len(small_arxiv.asked) == asked


def test_a_paper_whose_record_cannot_be_read_is_not_said_to_be_missing(
    linked: OpenLibrary, check: Any, small_arxiv: Any, record: Any
) -> None:
    small_arxiv.records.append(record("2401.10003", "some day"))
    imported = check(linked, "title={Notes on engine 3}, eprint={2401.10003}")
    assert statuses(imported) == ["unchecked"]
    assert not imported.report.complete


@pytest.mark.parametrize("fault", ["429", "503", "html"])
def test_an_arxiv_that_refuses_stops_no_import(
    linked: OpenLibrary, check: Any, small_arxiv: Any, clock: Any, fault: str
) -> None:
    small_arxiv.always = fault
    imported = check(linked, "title={Notes on engine 1}, eprint={2401.10001}", "title={No id}")
    assert statuses(imported) == ["unchecked", "unchecked"]
    assert not imported.report.complete
    assert "could not be looked up" in imported.checked[0].explanation
    small_arxiv.always = ""
    clock.elapsed += 3600  # whoever refuses is left alone for a while
    again = check(linked, "title={Notes on engine 1}, eprint={2401.10001}", "title={No id}")
    assert statuses(again) == ["verified", "unchecked"]


def test_importing_a_list_again_replaces_its_entries(offline: OpenLibrary, check: Any) -> None:
    check(offline, ATTENTION, "title={Two}")
    imported = check(offline, f"{ATTENTION}, eprint={{1706.03762}}")
    with offline.engine.connect() as conn:
        kept = load_references(conn, imported.name)
    assert kept == list(imported.checked)


def test_an_older_title_of_the_paper_is_recognised(
    offline: OpenLibrary, check: Any, tmp_path: Path
) -> None:
    older = dict(LANDMARKS[2], title="Attention Without Recurrence", version=1)
    newer = dict(LANDMARKS[2], version=2)
    import_file(offline, write_lines(tmp_path / "older.jsonl", [older]))
    import_file(offline, write_lines(tmp_path / "newer.jsonl", [newer]))
    one = only(check(offline, "title={Attention without recurrence}, eprint={1706.03762}"))
    assert one.status == "title_variant"
    assert "version 1" in one.explanation


def test_broken_entries_are_counted_and_the_import_is_incomplete(
    offline: OpenLibrary, tmp_path: Path
) -> None:
    path = tmp_path / "broken.bib"
    path.write_text(
        f"@misc{{a, title={{x\n@misc{{b, {ATTENTION}, eprint={{1706.03762}}}}\n", "utf-8"
    )
    report = import_references(offline, path).report
    assert (report.counts["read"], report.counts["rejected"], report.complete) == (2, 1, False)
    assert [rejection.where for rejection in report.rejections] == ["line 1"]


def test_keys_and_papers_that_occur_twice_are_warned_of(
    offline: OpenLibrary, tmp_path: Path
) -> None:
    path = tmp_path / "twice.bib"
    entry = f"{ATTENTION}, eprint={{1706.03762}}"
    path.write_text(f"@misc{{a, {entry}}}\n@misc{{a, {entry}}}\n@misc{{b, {entry}}}\n", "utf-8")
    assert import_references(offline, path).report.warnings == (
        "the key a is used 2 times: line 1, line 2",
        "1706.03762 is cited by 3 entries: a, a, b",
    )


def test_a_library_that_is_being_written_says_so(offline: OpenLibrary, check: Any) -> None:
    with offline.writing("littrack embed"), pytest.raises(StoreLocked, match="littrack embed"):
        check(offline, ATTENTION)


def test_a_file_without_references_is_refused(offline: OpenLibrary, tmp_path: Path) -> None:
    path = tmp_path / "empty.bib"
    path.write_text("nothing here\n", "utf-8")
    with pytest.raises(InputError, match="no reference"):
        import_references(offline, path)
