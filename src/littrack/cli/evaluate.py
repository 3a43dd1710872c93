"""Measure littrack on the user's own judgements: eval search, eval links, eval releases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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

TREC_SUFFIXES = (".trec", ".run")


@command(
    "search",
    "littrack eval search judgements.jsonl",
    "littrack eval search judgements.jsonl --mode lexical --runs lexical.trec",
    'a line of the file: {"query": "...", "relevant": ["2201.11903"]}; "type" and "id" if you like',
)
def search(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Judgements, as JSON lines.")],
    output: Output,
    runs: Annotated[
        Path | None,
        typer.Option(
            "--runs",
            metavar="FILE",
            help="Write the ranked ids of each query there: JSON lines, or a TREC run if the name"
            " ends in .trec or .run.",
        ),
    ] = None,
    mode: ModeOption = Mode.HYBRID,
    library: LibraryOption = None,
) -> None:
    """Measure search: nDCG@10, recall, MRR and its time.

    Over all queries, and by their "type" where the lines have one. success@1 is the share of
    queries whose first hit is right. A query whose "relevant" is empty should find nothing:
    "answered" is the share of these that found something. The time is that of fifty papers.
    """
    from littrack.present.search_runs import RankedQuery, render_json_run, render_trec_run
    from littrack.steps.evaluate import evaluate_search

    library_ = opened(ctx, library)
    with watched(flags_of(ctx)) as watch:
        evaluation = evaluate_search(library_, file, mode=mode.value, progress=watch.progress)
    _say_missing(evaluation.missing)
    if runs is not None:
        queries = [
            RankedQuery(run.judgement.id, run.judgement.query, run.judgement.kind, run.ranked)
            for run in evaluation.runs
        ]
        is_trec = runs.suffix in TREC_SUFFIXES
        tag = f"littrack-{mode.value}"
        write_file(runs, render_trec_run(queries, tag) if is_trec else render_json_run(queries))
    _print_measures(output, evaluation.measures, "queries")


@command(
    "links",
    "littrack eval links passages.jsonl",
    "littrack eval links passages.jsonl --errors errors.jsonl",
    'a line of the file: {"text": "...", "arxiv_id": "2201.11903"}; null for a text about no paper',
)
def links(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Passages, as JSON lines.")],
    output: Output,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", metavar="FILE", help="Write every error there, as JSON lines."),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Measure the linking of passages to papers, and its time.

    A passage is linked to the first paper that a search for it finds. Over all passages, and by
    their "type" where the lines have one.
    """
    from littrack.steps.evaluate_links import evaluate_links, link_error_row

    library_ = opened(ctx, library)
    with watched(flags_of(ctx)) as watch:
        evaluation = evaluate_links(library_, file, progress=watch.progress)
    _say_missing(evaluation.missing)
    if errors is not None:
        rows = [link_error_row(one) for one in evaluation.linked if one.is_error]
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        write_file(errors, "".join(lines))
    _print_measures(output, evaluation.measures, "passages")


def _say_missing(missing: Sequence[str]) -> None:
    if missing:
        named = ", ".join(missing[:3]) + (" ..." if len(missing) > 3 else "")
        say(f"{len(missing)} of the papers asked for are not in this library: {named}")


def _print_measures(
    output: Output, measures: Mapping[str, Mapping[str, float | None]], count: str
) -> None:
    """A row for each type; `count` is the measure that is a number of things."""
    rows = [
        {"type": kind, **{name: _rounded(value) for name, value in found.items()}}
        | {count: int(found[count] or 0)}
        for kind, found in measures.items()
    ]
    output.table(Table(rows, {key: key for key in rows[0]}, tuple(rows[0])))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


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


COMMANDS = (search, links, releases)
