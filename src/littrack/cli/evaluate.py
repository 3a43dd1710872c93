"""Measure this library on the user's own judgements: eval search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.files import write_file
from littrack.cli.options import Mode, ModeOption
from littrack.cli.output import Output
from littrack.cli.progress import watched
from littrack.present.tables import Table


@command(
    "search",
    "littrack eval search judgements.jsonl",
    "littrack eval search judgements.jsonl --mode lexical --runs runs.jsonl",
    'a line of the file: {"query": "...", "relevant": ["2201.11903"]}',
)
def search(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Judgements, as JSON lines.")],
    output: Output,
    runs: Annotated[
        Path | None,
        typer.Option("--runs", metavar="FILE", help="Write the ranked ids of each query there."),
    ] = None,
    mode: ModeOption = Mode.HYBRID,
    library: LibraryOption = None,
) -> None:
    """Measure search: nDCG@10, recall@10, recall@50 and MRR.

    Over all queries, and by their "type" where the lines have one.
    """
    from littrack.steps.evaluate import evaluate_search

    library_ = opened(ctx, library)
    with watched(flags_of(ctx)) as watch:
        evaluation = evaluate_search(library_, file, mode=mode.value, progress=watch.progress)
    rows = [
        {"type": kind, **measures, "queries": int(measures["queries"])}
        for kind, measures in evaluation.measures.items()
    ]
    if runs is not None:
        lines = (json.dumps(dict(run), ensure_ascii=False) + "\n" for run in evaluation.runs)
        write_file(runs, "".join(lines))
    output.table(Table(rows, {key: key for key in rows[0]}, tuple(rows[0])))


COMMANDS = (search,)
