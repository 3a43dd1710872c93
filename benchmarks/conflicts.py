"""How many of the errors in labelled notes littrack finds, and what else it reports.

    python benchmarks/conflicts.py facts.csv NOTES --library DIR [--links links.csv] [--page FILE]

`facts.csv` has a row for each checkable statement: "seed" (name of the note in the folder NOTES),
"line", "model", "field", "seed_value", "verdict" (conflict, agree, ...). `links.csv`: "seed",
"line", "mention", "arxiv_id": what each passage is about, instead of littrack's own links.
A conflict counts as found where one of that kind of field is reported on its line, or elsewhere of
the same model with the same value; as false where no labelled conflict accounts for it. Remarks
(both values have a good source) count as found, and never as false.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from littrack.analysis.boilerplate import mark_boilerplate
from littrack.notes import LinkMethod, LinkStatus, Note, NoteConflict, NoteLink, TargetKind
from littrack.present.conflict_page import render_conflicts
from littrack.settings import load_settings
from littrack.sources.notes.reading import read_note
from littrack.steps.note_conflicts import check_against, load_known
from littrack.steps.opening import OpenLibrary, open_library

# What a labelled field is called in a conflict.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "name_expansion": ("alias",), "parameters": ("size",), "org": ("organisation",),
    "identity": ("kind", "size"), "structure": ("architecture",), "tokens": ("pretrain_data",),
    "data_size": ("pretrain_data_bytes",), "training_cost": ("ratio",),
    "number": ("size", "number"), "base_model_timeline": ("release_date",),
    "param_range": ("parameters_range",),
}  # fmt: skip
Row = Mapping[str, str]


def main() -> None:
    """Read the notes, check them, compare with the labels."""
    options = parse_options()
    library = open_library(load_settings(options.library))
    rows = list(csv.DictReader(options.facts.open(encoding="utf-8")))
    paths = sorted({row["seed"] for row in rows})
    notes = [mark_boilerplate(read_note(options.notes / path, path)) for path in paths]
    links = find_links(library, notes, options.links)
    known = load_known(library, notes, links)
    start = time.perf_counter()
    found = check_against(known, notes, links)
    print(f"{len(notes)} notes checked in {time.perf_counter() - start:.2f} s\n")
    compare(notes, rows, found.conflicts, found.remarks)
    if options.page:
        is_html = options.page.suffix == ".html"
        page = render_conflicts(
            *(found.conflicts, notes, "zh", "html" if is_html else "md"), remarks=found.remarks
        )
        options.page.write_text(page, "utf-8")


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("facts", type=Path)
    parser.add_argument("notes", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--links", type=Path)
    parser.add_argument("--page", type=Path)
    return parser.parse_args()


def find_links(
    library: OpenLibrary, notes: Sequence[Note], labelled: Path | None
) -> list[list[NoteLink]]:
    """The labelled links, or littrack's own."""
    if labelled is None:
        from littrack.steps.note_links import link_notes

        return [list(held) for held in link_notes(library, notes)]
    rows = [row for row in csv.DictReader(labelled.open(encoding="utf-8")) if row["arxiv_id"]]
    return [[*_labelled(note, rows)] for note in notes]


def _labelled(note: Note, rows: Sequence[Row]) -> list[NoteLink]:
    starts = [0]
    for line in note.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = []
    for row in rows:
        if row["seed"] != note.path or row["kind"] == "section":
            continue
        place = note.text.find(row["mention"], starts[int(row["line"]) - 1])
        for passage in note.passages:
            if passage.span[0] <= place < passage.span[1]:
                span = (place, place + len(row["mention"]))
                told = (1.0, TargetKind.PAPER, row["arxiv_id"], row["title"])
                link = (passage.number, span, LinkStatus.LINKED, LinkMethod.TITLE)
                found.append(NoteLink(*link, *told))
    return found


def compare(
    notes: Sequence[Note],
    rows: Sequence[Row],
    conflicts: Sequence[NoteConflict],
    remarks: Sequence[NoteConflict],
) -> None:
    """Print what was found, missed and reported falsely, note by note."""
    totals = [0, 0, 0, 0]
    for note in notes:
        gold = [r for r in rows if r["seed"] == note.path and r["verdict"] == "conflict"]
        own = [one for one in conflicts if one.note == note.path]
        minor = [one for one in remarks if one.note == note.path]
        caught = [row for row in gold if any(is_it(row, one, note) for one in own)]
        told = [r for r in gold if r not in caught and any(is_it(r, o, note) for o in minor)]
        false = [one for one in own if not any(is_it(row, one, note) for row in gold)]
        missed = [row for row in gold if row not in caught and row not in told]
        print(f"{note.path}: {len(caught)} found, {len(told)} as remarks, of {len(gold)}; "
              f"{len(false)} false")  # fmt: skip
        for one in own:
            mark = "FALSE" if one in false else "found"
            print(f"  {mark}   {line_of(note, one):4} {one.model[:24]:24} {one.explanation}")
        for one in minor:
            print(f"  remark  {line_of(note, one):4} {one.model[:24]:24} {one.explanation}")
        for row in missed:
            print(f"  MISSED  {row['line']:>4} {row['model'][:24]:24} {row['field']}: "
                  f"{row['seed_value']} / {row['true_value'][:70]}")  # fmt: skip
        for i, count in enumerate((len(caught), len(told), len(missed), len(false))):
            totals[i] += count
    found, told_, missed_, false_ = totals
    print(f"\nall: {found} found and {told_} as remarks of {found + told_ + missed_}, "
          f"{missed_} missed, {false_} false")  # fmt: skip


def is_it(row: Row, conflict: NoteConflict, note: Note) -> bool:
    """Whether a reported conflict is a labelled one."""
    fields = FIELDS.get(row["field"], (row["field"],))
    if conflict.field not in fields:
        return False
    if abs(line_of(note, conflict) - int(row["line"])) <= 0:
        return True
    same_model = row["model"].lower() == conflict.model.lower()
    return same_model and bool(conflict.note_value) and conflict.note_value in row["seed_value"]


def line_of(note: Note, conflict: NoteConflict) -> int:
    """The number of its line in the note, from 1."""
    return note.text.count("\n", 0, conflict.span[0]) + 1


if __name__ == "__main__":
    main()
