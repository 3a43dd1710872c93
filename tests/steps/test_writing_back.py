"""Writing back: only blocks change, twice is once, undone it is as it was, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from note_library import ATTENTION, copy_library, make_library, make_vault

from littrack.analysis.write_back import Marker, Placement
from littrack.notes import ConflictState, LinkStatus, TargetKind
from littrack.steps.note_decisions import decide_conflict
from littrack.steps.note_views import check_library_notes, load_placed_links
from littrack.steps.notes import update_notes
from littrack.steps.opening import OpenLibrary
from littrack.steps.write_back import WriteBack, plan_write_back, write_back

UNDO = WriteBack(undo=True)
BESIDE = WriteBack(Placement.SIDECAR)


@pytest.fixture(scope="module")
def note_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of five papers, embedded and indexed, to copy."""
    folder = tmp_path_factory.mktemp("notes") / "library"
    make_library(folder)
    return folder


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """An empty folder for notes."""
    folder = tmp_path / "vault"
    folder.mkdir()
    return folder


@pytest.fixture
def library(note_template: Path, tmp_path: Path, vault: Path) -> OpenLibrary:
    """A library whose settings name the vault."""
    return copy_library(note_template, tmp_path / "library", notes__folders=[str(vault)])


def put(library: OpenLibrary, path: Path, data: bytes) -> None:
    """A note, read and linked."""
    path.write_bytes(data)
    update_notes(library)


def test_planning_touches_nothing_and_shows_the_difference(
    library: OpenLibrary, vault: Path
) -> None:
    note = vault / "a.md"
    put(library, note, ATTENTION.encode())
    plan = plan_write_back(library)
    [planned] = plan.writes
    assert note.read_bytes() == ATTENTION.encode() == planned.before
    added = [line for line in planned.difference.splitlines() if line.startswith("+")]
    assert added == [
        "+++ b/a.md",
        "+",
        "+%% littrack begin %%",
        "+**论文**",
        "+",
        "+- [Attention Is All You Need](https://arxiv.org/abs/1706.03762) — Transformer",
        "+- [LoRA: Low-Rank Adaptation of Large Language Models](https://arxiv.org/abs/2106.09685)"
        " — LoRA",
        "+%% littrack end %%",
    ]
    removed = [line for line in planned.difference.splitlines() if line.startswith("-")]
    assert removed == ["--- a/a.md"]


def load_paper_links(library: OpenLibrary) -> list[tuple[str, str | None]]:
    """Note and paper of every link to a paper."""
    found = load_placed_links(library, statuses=[LinkStatus.LINKED])
    kept = [one for one in found if one.link.target_kind is TargetKind.PAPER]
    return [(one.note, one.link.target) for one in kept]


@pytest.mark.parametrize(
    ("notes", "how"),
    [
        (200, WriteBack()),
        (20, WriteBack(Placement.SECTION)),
        (20, WriteBack(Placement.SECTION, Marker.HTML)),
    ],
)
def test_two_hundred_notes_come_back_byte_by_byte(
    library: OpenLibrary, vault: Path, notes: int, how: WriteBack
) -> None:
    before = dict(make_vault(vault, notes))
    assert update_notes(library).complete
    links = load_paper_links(library)
    plan = plan_write_back(library, how=how)
    assert plan.rejections == ()
    assert len(plan.writes) == len({note for note, _ in links}) > len(before) / 2
    assert write_back(library, plan).complete
    for one in plan.writes:
        assert one.file.read_bytes() != before[one.file]
    assert plan_write_back(library, how=how).writes == ()
    assert load_paper_links(library) == links
    undoing = plan_write_back(library, how=UNDO)
    assert write_back(library, undoing).counts["written"] == len(plan.writes)
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path for path in vault.rglob("*") if path.is_file()) == sorted(before)


def test_what_a_person_writes_after_the_block_stays(library: OpenLibrary, vault: Path) -> None:
    note = vault / "a.md"
    put(library, note, ATTENTION.encode())
    write_back(library, plan_write_back(library))
    written = note.read_bytes()
    put(library, note, written + "\n后来读了 1512.03385。\n".encode())
    write_back(library, plan_write_back(library))
    text = note.read_text("utf-8")
    assert text.endswith("%% littrack end %%\n\n后来读了 1512.03385。\n")
    assert text.count("%% littrack begin %%") == 1
    assert "Deep Residual Learning" in text
    write_back(library, plan_write_back(library, how=UNDO))
    assert note.read_text("utf-8") == ATTENTION + "\n后来读了 1512.03385。\n"


def test_a_file_that_changed_since_it_was_read_is_left_alone(
    library: OpenLibrary, vault: Path
) -> None:
    note = vault / "a.md"
    put(library, note, ATTENTION.encode())
    plan = plan_write_back(library)
    changed = ATTENTION.encode() + b"more\n"
    note.write_bytes(changed)
    report = write_back(library, plan)
    assert (report.counts["written"], report.counts["rejected"]) == (0, 1)
    assert "was changed while littrack looked at it" in report.rejections[0].reason
    assert note.read_bytes() == changed
    note.write_bytes(changed + b"and more\n")
    plan = plan_write_back(library)
    assert plan.writes == ()
    assert "it has changed since it was read" in plan.rejections[0].reason


def test_bytes_that_are_no_text_keep_a_note_from_being_written_into(
    library: OpenLibrary, vault: Path
) -> None:
    data = ATTENTION.encode() + b"broken: \xff \n"
    put(library, vault / "a.md", data)
    plan = plan_write_back(library)
    assert plan.writes == ()
    assert "not all of it is utf-8; --at sidecar writes beside it" in plan.rejections[0].reason
    write_back(library, plan_write_back(library, how=BESIDE))
    assert (vault / "a.md").read_bytes() == data


def test_what_an_encoding_has_no_character_for_is_written_as_in_html(
    library: OpenLibrary, vault: Path
) -> None:
    text = "# 讀書筆記\n\n這篇論文說明注意力機制，見 1706.03762，還有許多實驗與結果。\n"
    note = vault / "a.md"
    put(library, note, text.encode("big5"))
    write_back(library, plan_write_back(library))
    written = note.read_bytes().decode("big5")
    assert written.startswith(text)
    assert "&#35770;" in written  # 论, of the block's own heading
    write_back(library, plan_write_back(library, how=UNDO))
    assert note.read_bytes() == text.encode("big5")


def test_a_sidecar_leaves_the_note_alone_and_goes_again(library: OpenLibrary, vault: Path) -> None:
    note, beside = vault / "a.md", vault / "a.md.littrack.md"
    put(library, note, ATTENTION.encode())
    write_back(library, plan_write_back(library, how=BESIDE))
    assert note.read_bytes() == ATTENTION.encode()
    assert "abs/1706.03762" in beside.read_text("utf-8")
    assert update_notes(library).counts["new"] == 0, "a sidecar is no note"
    assert plan_write_back(library, how=BESIDE).writes == ()
    undo = WriteBack(Placement.SIDECAR, undo=True)
    write_back(library, plan_write_back(library, how=undo))
    assert not beside.exists()
    beside.write_text("my own", "utf-8")
    plan = plan_write_back(library, how=BESIDE)
    assert "a.md.littrack.md is not littrack's" in plan.rejections[0].reason


def test_conflicts_are_written_until_they_are_decided(library: OpenLibrary, vault: Path) -> None:
    note = vault / "a.md"
    text = "# BLOOM\n\n模型有 62B 和 175B 两种，见 1706.03762。\n\n63B 和 175B 都开源了。\n"
    put(library, note, text.encode())
    found = check_library_notes(library)
    assert found
    write_back(library, plan_write_back(library))
    assert "**存疑**" in note.read_text("utf-8")
    assert found[0].conflict.explanation in note.read_text("utf-8")
    assert plan_write_back(library).writes == (), "they are still known after writing"
    for one in found:
        decide_conflict(library, "a.md", one.key, ConflictState.ACCEPTED)
    write_back(library, plan_write_back(library))
    assert "存疑" not in note.read_text("utf-8")
    write_back(library, plan_write_back(library, how=UNDO))
    assert note.read_text("utf-8") == text


def test_a_torn_block_is_told_and_nothing_written(library: OpenLibrary, vault: Path) -> None:
    note = vault / "a.md"
    put(library, note, ATTENTION.encode())
    write_back(library, plan_write_back(library))
    torn = note.read_bytes().replace(b"%% littrack end %%", b"")
    note.write_bytes(torn)
    report = update_notes(library)
    assert "a littrack block that does not end" in report.rejections[0].reason
    assert plan_write_back(library).writes == ()
    assert note.read_bytes() == torn
