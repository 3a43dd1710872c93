"""One paper out: show."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, opened
from littrack.cli.options import AsOfOption
from littrack.cli.output import Format, Output
from littrack.present.differences import differences_table, render_differences
from littrack.present.papers import paper_object, render_paper


@command(
    "show",
    "littrack show 2201.11903",
    "littrack show arXiv:1706.03762v5 --json",
    "littrack show 2303.18223 --diff",
    "littrack show 2303.18223 --as-of 2026-11-01",
)
def show(
    ctx: typer.Context,
    arxiv_id: Annotated[
        str, typer.Argument(metavar="ID", help="An arXiv id in any form, or its address.")
    ],
    output: Output,
    diff: Annotated[
        bool, typer.Option("--diff", help="What changed from version to version instead.")
    ] = False,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
) -> None:
    """Show one paper with its versions.

    With --json one object is printed. --diff compares the versions whose text the library has
    seen: [-removed-] and {+added+} words of title, authors, abstract, categories and comment.

    --as-of shows the versions and texts that the library knew then. What it keeps no history of is
    as of today: journal, DOI, licence, the date of version 1, and whether it is embedded.
    """
    from littrack.steps.show import list_differences, show_paper

    library_, moment = opened(ctx, library), as_of.last if as_of else None
    if diff:
        found = list_differences(library_, arxiv_id, as_of=moment)
        rows = [asdict(one) | {"marked": one.marked} for one in found]
        if output.format is Format.TABLE:
            output.write(render_differences(rows))
        else:
            output.table(differences_table(rows))
        return
    details = show_paper(library_, arxiv_id, as_of=moment)
    here = {
        "embedded": details.embedded,
        "first_seen": details.first_seen,
        "last_changed": details.last_changed,
    }
    shown = paper_object(details.paper, details.versions, here)
    output.page(shown, render_paper(shown))
