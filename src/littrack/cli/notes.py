"""Notes in: add; notes out: list, show, links, check; decisions about them; writing back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from littrack.analysis.write_back import Marker, Placement
from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.messages import FINDINGS, NOTHING_FOUND, finish, hint, warn
from littrack.cli.options import FailEmptyOption
from littrack.cli.output import Format, Output
from littrack.cli.progress import watched
from littrack.errors import InputError
from littrack.identifiers import parse_arxiv_id
from littrack.notes import ConflictState, LinkStatus
from littrack.present.note_rows import conflicts_table, links_table, note_object, render_note
from littrack.present.tables import Table
from littrack.text import has_chinese

if TYPE_CHECKING:
    from littrack.steps.note_views import FoundConflict, NoteSummary
    from littrack.steps.opening import OpenLibrary

_LIST = {
    "note": "Note",
    "title": "Title",
    "language": "Language",
    "passages": "Passages",
    "linked": "Linked",
    "ambiguous": "Ambiguous",
    "unresolved": "Unresolved",
    "conflicts": "Conflicts",
}
_LIST_KEYS = (*_LIST, "format", "encoding", "script", "file", "read_at", "gone_at")

NoteArgument = Annotated[
    str, typer.Argument(metavar="NOTE", help="Its path, as `littrack notes list` has it.")
]
NotesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="NOTE...", help="Only of these notes.", show_default=False),
]


@command("add", "littrack notes add notes/", "littrack notes add reading.md survey.docx")
def add(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders.")],
    library: LibraryOption = None,
) -> None:
    """Read notes and link their passages to papers.

    Markdown, Obsidian vaults, text, HTML, PDF, DOCX, Zotero exports; Chinese, English or mixed.
    What has not changed is not read again. Folders that stand in [notes] of littrack.toml are
    read again by every `littrack update`, notes added here only where their files change.
    """
    from littrack.steps.notes import add_notes

    with watched(flags_of(ctx)) as watch:
        report = add_notes(opened(ctx, library), paths, progress=watch.progress)
    finish(ctx, [report], "next: littrack notes links, littrack notes check")


@command("update", "littrack notes update", "littrack notes update --again")
def update(
    ctx: typer.Context,
    again: Annotated[
        bool, typer.Option("--again", help="Link all notes again, also those that did not change.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Read again what changed, and note what is gone.

    As `littrack update` does: in the folders of [notes] in littrack.toml and among the files that
    were added.
    """
    from littrack.steps.notes import update_notes

    with watched(flags_of(ctx)) as watch:
        report = update_notes(opened(ctx, library), again=again, progress=watch.progress)
    finish(ctx, [report])


@command("list", "littrack notes list", "littrack notes --json")
def list_notes(
    ctx: typer.Context,
    output: Output,
    gone: Annotated[
        bool, typer.Option("--gone", help="Also notes whose file is not there any more.")
    ] = False,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """List the notes and what became of their passages.

    Conflicts are those of the last `littrack notes check` that nobody decided about.
    """
    from littrack.steps.note_views import list_notes as list_step

    found = list_step(opened(ctx, library), gone=gone)
    output.table(Table([_note_row(one) for one in found], _LIST, _LIST_KEYS))
    if not found:
        hint(flags_of(ctx), "no notes yet: littrack notes add FOLDER")
        if fail_empty:
            raise typer.Exit(NOTHING_FOUND)


def _note_row(one: NoteSummary) -> dict[str, Any]:
    known = one.known
    return {
        "note": known.file.path,
        "title": known.title,
        "language": known.language,
        "passages": one.passages,
        "linked": one.linked,
        "ambiguous": one.ambiguous,
        "unresolved": one.unresolved,
        "conflicts": one.conflicts,
        "format": known.format,
        "encoding": known.encoding,
        "script": known.script,
        "file": known.file.file,
        "read_at": known.read_at.isoformat(),
        "gone_at": known.gone_at.isoformat() if known.gone_at else None,
    }


@command("show", "littrack notes show reading.md", "littrack notes show llm/palm.md --json")
def show(
    ctx: typer.Context, note: NoteArgument, output: Output, library: LibraryOption = None
) -> None:
    """Show a note: its passages and what each is about.

    The numbers before the passages are what `littrack notes decide` takes.
    """
    from littrack.steps.note_views import show_note

    page = show_note(opened(ctx, library), note)
    conflicts = [(one.key, one.conflict, one.line) for one in page.conflicts]
    output.page(
        note_object(page.note, page.links, conflicts),
        render_note(page.note, page.links, conflicts),
    )


@command(
    "links",
    "littrack notes links",
    "littrack notes links reading.md --json",
    "littrack notes links --status unresolved --status ambiguous",
    "littrack notes links --paper 2204.02311",
)
def links(
    ctx: typer.Context,
    output: Output,
    notes: NotesArgument = None,
    status: Annotated[
        list[LinkStatus] | None,
        typer.Option(
            "--status",
            help="Only these; may be repeated.",
            show_default=False,
        ),
    ] = None,
    paper: Annotated[
        str | None,
        typer.Option("--paper", metavar="ID", help="Only links to this.", show_default=False),
    ] = None,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """List what passages are about: papers, models, notes.

    The table leaves out passages that are about nothing; the other forms, and --status none, have
    them too.
    """
    from littrack.steps.note_views import load_placed_links

    told = [one for one in LinkStatus if one is not LinkStatus.NONE]
    wanted = status or (told if output.format is Format.TABLE else list(LinkStatus))
    target = parse_arxiv_id(paper).base if paper else None
    found = load_placed_links(opened(ctx, library), notes or (), statuses=wanted, target=target)
    output.table(links_table((one.note, one.passage, one.link) for one in found))
    if not found:
        hint(flags_of(ctx), "no links: littrack notes list shows what was read")
        if fail_empty:
            raise typer.Exit(NOTHING_FOUND)


@command(
    "check",
    "littrack notes check",
    "littrack notes check reading.md --json",
    "littrack notes check -o conflicts.html",
    "littrack notes check --strict",
)
def check(
    ctx: typer.Context,
    output: Output,
    notes: NotesArgument = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was accepted or dismissed.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with code 4 if anything is open.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Report what contradicts the notes, and why.

    Each note against the papers and models of the library, against the other notes and against
    itself. With -o page.html or page.md a page to read; littrack notes decide says what becomes
    of each.
    """
    from littrack.steps.note_views import check_library_notes

    library_ = opened(ctx, library)
    with watched(flags_of(ctx)) as watch:
        found = check_library_notes(library_, notes or (), progress=watch.progress)
    open_ones = [one for one in found if one.conflict.state is ConflictState.OPEN]
    shown = found if everything else open_ones
    if not _wrote_page(output, library_, shown):
        output.table(conflicts_table((one.key, one.conflict, one.line) for one in shown))
    if not found:
        hint(flags_of(ctx), "nothing contradicts the notes")
    if strict and open_ones:
        raise typer.Exit(FINDINGS)


def _wrote_page(output: Output, library: OpenLibrary, found: list[FoundConflict]) -> bool:
    """Whether a page was asked for, and written: in Chinese if most of the notes are."""
    is_markdown = output.path is not None and output.format is Format.MD
    if not output.wants_page and not is_markdown:
        return False
    from littrack.present.conflict_page import render_conflicts
    from littrack.steps.note_views import load_live_notes

    notes = load_live_notes(library)
    chinese = sum(has_chinese(note.text) for note in notes)
    page = render_conflicts(
        [one.conflict for one in found],
        notes,
        "zh" if 2 * chinese > len(notes) else "en",
        "html" if output.wants_page else "md",
    )
    output.write(page)
    return True


@command(
    "decide",
    "littrack notes decide reading.md 7 2204.02311",
    'littrack notes decide reading.md 9 none --because "about the course, not a paper"',
    "littrack notes decide reading.md 7 reset",
    "littrack notes decide reading.md c3f9a1 dismissed",
)
def decide(
    ctx: typer.Context,
    note: NoteArgument,
    what: Annotated[
        str, typer.Argument(metavar="PASSAGE|CONFLICT", help="A passage's number, a conflict's id.")
    ],
    said: Annotated[
        list[str],
        typer.Argument(
            metavar="DECISION...",
            help="Of a passage: arXiv ids, none, reset. Of a conflict: accepted, dismissed, open.",
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="WHO",
            help="Whose decision it is; else survey.reviewer, else your user name.",
            show_default=False,
        ),
    ] = None,
    because: Annotated[
        str, typer.Option("--because", metavar="WHY", help="The reason, for whoever asks later.")
    ] = "",
    library: LibraryOption = None,
) -> None:
    """Say what a passage is about, or what becomes of a conflict.

    A decision is kept when the note changes, and wins over what littrack finds.
    """
    from littrack.steps.note_decisions import decide_conflict, decide_passage

    library_ = opened(ctx, library)
    if what.isdecimal():
        targets = _parse_targets(said)
        path = decide_passage(library_, note, int(what), targets, by=by, because=because)
        meant = "nothing decided" if targets is None else ", ".join(targets) or "no paper"
        hint(flags_of(ctx), f"{path}, passage {what}: {meant}")
        return
    if len(said) != 1 or said[0] not in set(ConflictState):
        raise typer.BadParameter("say accepted, dismissed or open", param_hint="DECISION")
    state = ConflictState(said[0])
    path = decide_conflict(library_, note, what, state, by=by, because=because)
    hint(flags_of(ctx), f"{path}, conflict {what}: {state.value}")


def _parse_targets(said: list[str]) -> list[str] | None:
    """The papers; none for "none"; None for "reset"."""
    if said == ["reset"]:
        return None
    if said == ["none"]:
        return []
    try:
        return list(dict.fromkeys(parse_arxiv_id(one).base for one in said))
    except InputError as exc:
        raise typer.BadParameter(
            f"{exc.reason}; say arXiv ids, none or reset", param_hint="DECISION"
        ) from exc


@command(
    "write-back",
    "littrack notes write-back",
    "littrack notes write-back --write",
    "littrack notes write-back reading.md --at section --write",
    "littrack notes write-back --undo --write",
)
def write_back(
    ctx: typer.Context,
    notes: NotesArgument = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write; without it only the difference is printed.")
    ] = False,
    at: Annotated[
        Placement,
        typer.Option("--at", help="Where: at the end, behind each section, in a file beside it."),
    ] = Placement.END,
    marker: Annotated[
        Marker, typer.Option("--marker", help="How the lines around a block are written.")
    ] = Marker.OBSIDIAN,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take out again what littrack wrote.")
    ] = False,
    sidecar: Annotated[bool, typer.Option("--sidecar", help="The same as --at sidecar.")] = False,
    library: LibraryOption = None,
) -> None:
    """Write links and conflicts into the notes, in marked blocks.

    Prints the difference, and with --write makes it. Nothing outside the blocks is touched, to
    the byte; a file that changed since it was read is left alone. The notes are checked first.
    """
    from littrack.steps.note_views import check_library_notes
    from littrack.steps.write_back import WriteBack, plan_write_back
    from littrack.steps.write_back import write_back as write_step

    library_ = opened(ctx, library)
    how = WriteBack(Placement.SIDECAR if sidecar else at, marker, undo)
    if not undo:
        check_library_notes(library_, notes or ())
    plan = plan_write_back(library_, notes or (), how)
    if write:
        with watched(flags_of(ctx)) as watch:
            finish(ctx, [write_step(library_, plan, progress=watch.progress)])
        return
    for one in plan.writes:
        typer.echo(one.difference, nl=False)
    for rejection in plan.rejections:
        warn(f"{rejection.where}: {rejection.reason}")
    then = "; nothing was written, --write does" if plan.writes else ""
    hint(flags_of(ctx), f"{len(plan.writes)} files would change, {plan.unchanged} would not{then}")


COMMANDS = (add, update, list_notes, show, links, check, decide, write_back)
