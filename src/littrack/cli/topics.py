"""topics: fit, list, growth, show, rename, merge, events, export."""

from __future__ import annotations

from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.files import write_file
from littrack.cli.messages import finish, hint
from littrack.cli.model_decisions import ByOption
from littrack.cli.output import Output
from littrack.cli.progress import watched
from littrack.cli.timeline import LanguageOption

_NONE = "no topics yet. Run: littrack update --no-ingest, then littrack topics fit"
NumberArgument = Annotated[int, typer.Argument(metavar="ID", help="The topic's id.")]


@command(
    "fit",
    "littrack topics fit",
    "littrack topics fit --dry-run",
    "littrack topics fit --k 60 --fresh",
)
def fit(
    ctx: typer.Context,
    k: Annotated[
        int | None,
        typer.Option("--k", metavar="N", help="How many topics; else sqrt(papers / 8), 8 to 400."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Where chance begins.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Not from the topics there are; ids are still matched.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come of it.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Find topics, or fit those there are again.

    Ids, names and merges outlive a fit; what was born, died, merged or split is told by
    `littrack topics events`. The same papers and options give the same topics.
    """
    from littrack.steps.topics import FitOptions, fit_topics

    options = FitOptions(k, seed, fresh, dry_run)
    with watched(flags_of(ctx)) as watch:
        report = fit_topics(opened(ctx, library), options, watch.progress)
    finish(ctx, [report], "" if dry_run else "next: littrack topics list")


@command(
    "list",
    "littrack topics list",
    "littrack topics list --broad",
    "littrack topics list --json",
)
def list_topics(
    ctx: typer.Context,
    output: Output,
    broad: Annotated[bool, typer.Option("--broad", help="The broader topics.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "-n", "--limit", min=1, metavar="N", help="At most so many.", show_default=False
        ),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """List the topics, the largest first."""
    from littrack.present.topic_rows import topics_table
    from littrack.steps.topics import list_topics as step
    from littrack.steps.topics import load_drift

    library_ = opened(ctx, library)
    found = step(library_, broad=broad)
    output.table(topics_table(found[:limit]))
    drift = load_drift(library_)
    if drift is None:
        hint(flags_of(ctx), _NONE)
    elif not found:
        hint(flags_of(ctx), "there are too few topics for broader ones: littrack topics list")
    elif drift.is_due:
        hint(flags_of(ctx), f"drift {drift.score:.1f} (limit 1). Run: littrack topics fit")


@command(
    "growth",
    "littrack topics growth -n 10",
    "littrack topics growth -n 12 -o growing.pdf --language zh",
    "littrack topics growth --json",
)
def growth(
    ctx: typer.Context,
    output: Output,
    limit: Annotated[
        int, typer.Option("-n", "--limit", min=1, metavar="N", help="The N fastest growing.")
    ] = 12,
    language: LanguageOption = None,
    library: LibraryOption = None,
) -> None:
    """List the topics that grow fastest, by their share of papers.

    Of the last twelve whole months, beside the twelve before. -o FILE.svg, .png, .pdf or .html
    draws the last four years, a panel a topic.
    """
    from littrack.present.topic_rows import growth_table
    from littrack.steps.topic_growth import draw_growing_topics, rank_growing_topics
    from littrack.steps.topic_map import MAP_FORMS

    library_ = opened(ctx, library)
    ranked = rank_growing_topics(library_)[:limit]
    suffix = output.path.suffix.lower() if output.path else ""
    if output.path and suffix in MAP_FORMS:
        write_file(output.path, draw_growing_topics(library_, ranked, suffix, language))
    else:
        output.table(growth_table((one.topic, one.growth) for one in ranked))
    if not ranked:
        hint(flags_of(ctx), "no growth to tell: it takes topics and two whole years of papers")


@command("show", "littrack topics show 12", "littrack topics show 12 --json")
def show(
    ctx: typer.Context,
    number: NumberArgument,
    output: Output,
    limit: Annotated[
        int, typer.Option("-n", "--limit", min=1, metavar="N", help="At most so many papers.")
    ] = 10,
    library: LibraryOption = None,
) -> None:
    """Show a topic with its papers and its history."""
    from littrack.present.topic_rows import events_table, render_topic, topic_row
    from littrack.steps.topic_naming import show_topic

    found = show_topic(opened(ctx, library), number, limit=limit)
    row = topic_row(found.topic) | {
        "papers": [
            {"arxiv_id": arxiv_id, "title": title, "similarity": round(near, 4)}
            for arxiv_id, title, near in found.papers
        ],
        "topics": [topic.number for topic in found.topics],
        "died": found.topic.died,
        "merged_into": found.topic.merged_into,
        "events": list(events_table(found.events).rows),
    }
    page = render_topic(found.topic, found.parent, found.topics, found.papers, found.events)
    output.page(row, page)


@command(
    "rename",
    'littrack topics rename 12 "machine translation" --zh 机器翻译',
)
def rename(
    ctx: typer.Context,
    number: NumberArgument,
    label: Annotated[str, typer.Argument(metavar="NAME", help="Its name from now on.")],
    zh: Annotated[
        str | None,
        typer.Option("--zh", metavar="NAME", help="Its Chinese name.", show_default=False),
    ] = None,
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Give a topic a name that every refit keeps."""
    from littrack.steps.topic_naming import rename_topic

    topic = rename_topic(opened(ctx, library), number, label, zh, by)
    hint(flags_of(ctx), f"topic {number} is now {topic.label} ({topic.label_zh})")


@command("merge", "littrack topics merge 31 12")
def merge(
    ctx: typer.Context,
    number: NumberArgument,
    into: Annotated[int, typer.Argument(metavar="INTO", help="The topic it becomes a part of.")],
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Make a topic a part of another; refits keep it so."""
    from littrack.steps.topic_naming import merge_topics

    topic = merge_topics(opened(ctx, library), number, into, by)
    hint(flags_of(ctx), f"topic {into} now holds {topic.size:,} papers; {number} is a part of it")
    hint(flags_of(ctx), "its terms are found again by the next littrack topics fit")


@command("events", "littrack topics events", "littrack topics events 12 --json")
def events(
    ctx: typer.Context,
    output: Output,
    number: Annotated[
        int | None,
        typer.Argument(metavar="[ID]", help="Only of this topic.", show_default=False),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """List births, deaths, merges, splits and renames."""
    from littrack.present.topic_rows import events_table
    from littrack.steps.topic_naming import load_events

    found = load_events(opened(ctx, library), number)
    output.table(events_table(found))
    if not found:
        hint(flags_of(ctx), "no birth, death, merge, split or new name so far")


@command(
    "export",
    "littrack topics export -o topics.csv",
    "littrack topics export -o map.svg --language zh",
    "littrack topics export --papers -o papers.csv",
    "littrack topics export --json",
)
def export(
    ctx: typer.Context,
    output: Output,
    papers: Annotated[
        bool, typer.Option("--papers", help="Every paper with its topic; without one, nowhere.")
    ] = False,
    language: LanguageOption = None,
    library: LibraryOption = None,
) -> None:
    """Write topics with their places on a 2-D map.

    -o FILE.svg, .png, .pdf or .html draws the map.
    """
    from littrack.present.topic_rows import placements_table, topics_table
    from littrack.steps.topic_map import MAP_FORMS, draw_map
    from littrack.steps.topic_naming import load_map, load_placements
    from littrack.steps.topics import list_topics as step

    library_ = opened(ctx, library)
    found = step(library_)
    if not found:
        hint(flags_of(ctx), _NONE)
    suffix = output.path.suffix.lower() if output.path else ""
    if output.path and suffix in MAP_FORMS and not papers:
        write_file(output.path, draw_map(library_, suffix, language))
    elif papers:
        output.table(placements_table(load_placements(library_)))
    else:
        output.table(topics_table(found, load_map(library_)))


COMMANDS = (fit, list_topics, growth, show, rename, merge, events, export)
