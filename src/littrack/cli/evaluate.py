"""Measure littrack on the user's own judgements: eval search, eval releases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.files import write_file
from littrack.cli.messages import say
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


@command(
    "releases",
    "littrack eval releases labels.jsonl",
    "littrack eval releases labels.jsonl --errors errors.jsonl --base-rate 0.02",
    'a line of the file: {"arxiv_id": "2204.02311", "release": true, "names": ["PaLM"],',
    '  "sizes_b": [540], "tokens_b": [780], "base": []}; "title" and "abstract" if you have them',
)
def releases(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Labels, as JSON lines.")],
    output: Output,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", metavar="FILE", help="Write every error there, as JSON lines."),
    ] = None,
    base_rate: Annotated[
        float | None,
        typer.Option(
            "--base-rate",
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Also the precision of accepting were this share of all papers releases.",
        ),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Measure the reading of model releases.

    Precision and recall of the decision and of names, sizes, tokens and base models: of what is
    accepted, of what is accepted or queued, and of all that is read in true releases.
    """
    from littrack.steps.evaluate_releases import error_row, evaluate_releases

    with watched(flags_of(ctx)) as watch:
        found = evaluate_releases(file, lambda: opened(ctx, library), progress=watch.progress)
    for outcome, (right, others) in found.outcomes.items():
        say(f"{outcome.value}: {right} releases, {others} other papers")
    if found.without_text:
        say(f"{len(found.without_text)} papers have no text, neither here nor in the library")
    if base_rate is not None and (precision := found.precision_at(base_rate)) is not None:
        say(f"precision of accepting, were {base_rate:.1%} of papers releases: {precision:.3f}")
    if errors is not None:
        lines = (json.dumps(error_row(one), ensure_ascii=False) + "\n" for one in found.errors)
        write_file(errors, "".join(lines))
    columns = ("item", "outcome", "precision", "right", "found", "recall", "recalled", "expected")
    rows = [
        dict(zip(columns, (t.item, t.scope, t.precision, t.right, t.found), strict=False))
        | {"recall": t.recall, "recalled": t.recalled, "expected": t.expected}
        for t in found.tallies
    ]
    output.table(Table(rows, {key: key for key in columns}, columns))


COMMANDS = (search, releases)
