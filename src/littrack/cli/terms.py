"""The bilingual term table: list it, add a glossary, check a manuscript."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.messages import FINDINGS, NOTHING_FOUND, finish, hint
from littrack.cli.options import FailEmptyOption
from littrack.cli.output import Output

GlossariesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="CSV, TSV, Markdown, text.")
]
ManuscriptsArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="LaTeX, Markdown, text.")
]


@command(
    "list",
    "littrack terms list",
    "littrack terms list 思维链",
    "littrack terms list --found --json",
)
def list_terms(
    ctx: typer.Context,
    output: Output,
    word: Annotated[
        str | None,
        typer.Argument(metavar="[WORD]", help="Only terms with this in one of their forms."),
    ] = None,
    found: Annotated[
        bool, typer.Option("--found", help="Only what notes, glossaries or terms.toml have.")
    ] = False,
    fail_empty: FailEmptyOption = False,
    library: LibraryOption = None,
) -> None:
    """List the terms with their forms in both languages.

    Who writes each form, and how often. The preferred form comes first: terms.toml in the library's
    folder may say which one that is.
    """
    from littrack.present.term_rows import make_term_table
    from littrack.steps.terms import choose_terms, load_known_terms

    terms = choose_terms(load_known_terms(opened(ctx, library)), word, found=found)
    output.table(make_term_table(terms, for_people=output.format in ("table", "md")))
    if not terms:
        hint(flags_of(ctx), "no such term: littrack terms import FILE adds a glossary")
        if fail_empty:
            raise typer.Exit(NOTHING_FOUND)


@command(
    "import",
    "littrack terms import glossary.csv",
    "littrack terms import 中英对照表.md",
)
def import_files(
    ctx: typer.Context, paths: GlossariesArgument, library: LibraryOption = None
) -> None:
    """Add glossaries to the term table.

    CSV or TSV files with a header, or notes that hold pairs of terms. Columns are english, chinese
    and abbreviation, or 英文, 中文 and 缩写; forms in a cell are divided by ; or |. A file of the
    same name that was imported before is replaced.
    """
    from littrack.steps.terms import import_terms

    library_ = opened(ctx, library)
    reports = [import_terms(library_, path) for path in paths]
    finish(ctx, reports, "next: littrack terms list --found")


@command(
    "lint",
    "littrack terms lint survey.tex",
    "littrack terms lint chapter-1.md chapter-2.md --strict --json",
)
def lint(
    ctx: typer.Context,
    paths: ManuscriptsArgument,
    output: Output,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with code 4 when there are findings.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Find terms that a manuscript should write otherwise.

    Those in two forms, and those that are not in the preferred one. Which form is preferred stands
    in terms.toml; for other terms it is the one that the manuscript has most often. LaTeX, Markdown
    and plain text; code, comments, links and keys are left out.
    """
    from littrack.present.term_rows import make_odd_form_table
    from littrack.steps.terms import lint_terms

    library_ = opened(ctx, library)
    found = [(str(path), one) for path in paths for one in lint_terms(library_, path)]
    output.table(make_odd_form_table(found))
    files = len({file for file, _ in found})
    hint(flags_of(ctx), f"{len(found)} findings in {files} of {len(paths)} files")
    if found and strict:
        raise typer.Exit(FINDINGS)


COMMANDS = (list_terms, import_files, lint)
