"""Make what is bundled again, or your own: train-encoder, train-releases, train-terms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from littrack.analysis.releases.judging import Tally
from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.progress import watched


def _file(name: str, help: str) -> object:
    return typer.Option(name, metavar="FILE", help=help, show_default=False)


@command(
    "train-encoder",
    "littrack train-encoder --papers papers.jsonl.gz --summaries zh_summaries.jsonl.gz",
    "    --parallel parallel.tsv.gz --out my-model",
)
def train_encoder(
    ctx: typer.Context,
    papers: Annotated[Path, _file("--papers", "English papers, JSON lines.")],
    summaries: Annotated[Path, _file("--summaries", "Chinese summaries of them, JSON lines.")],
    parallel: Annotated[Path, _file("--parallel", "Sentence pairs: en, zh, source, level.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the model goes.")],
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of all that is drawn.")] = 1,
    vocabulary: Annotated[
        int, typer.Option(metavar="N", min=300, help="Byte-pair pieces.")
    ] = 52_000,
    dimension: Annotated[int, typer.Option(metavar="N", min=1, help="Numbers in a vector.")] = 256,
    passes: Annotated[int, typer.Option(metavar="N", min=1, help="Over all pairs.")] = 4,
) -> None:
    """Train a bilingual encoder.

    To use it, write model = "DIR" below [encoder] in littrack.toml.
    """
    from littrack.steps.train import train

    with watched(flags_of(ctx)) as watch:
        report = train(
            papers,
            summaries,
            parallel,
            out,
            seed=seed,
            vocabulary=vocabulary,
            dimension=dimension,
            passes=passes,
            say=watch.say,
        )
    print(f"{report.folder}: revision {report.revision[:12]}, {report.seconds:.0f} s")


@command(
    "train-releases",
    "littrack train-releases labels.jsonl --papers papers.jsonl.gz --out release_classifier.json",
)
def train_releases(
    ctx: typer.Context,
    labels: Annotated[
        list[Path], typer.Argument(metavar="LABELS...", help="As littrack eval releases reads.")
    ],
    papers: Annotated[Path, _file("--papers", "Papers, JSON lines; those labelled among them.")],
    out: Annotated[Path, _file("--out", "Where the weights go.")],
    sample: Annotated[
        int, typer.Option(metavar="N", min=100, help="Papers that show what need not be read.")
    ] = 24_000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of all that is drawn.")] = 1,
    library: LibraryOption = None,
) -> None:
    """Train what tells releases of models from other papers.

    littrack uses the weights that are part of it: src/littrack/data/release_classifier.json.
    """
    from littrack.steps import train_releases as step

    with watched(flags_of(ctx)) as watch:
        report = step.train_releases(
            labels,
            papers,
            out,
            lambda: opened(ctx, library),
            sample=sample,
            seed=seed,
            progress=watch.progress,
        )
    print(f"{out}: {report.papers} labelled papers, {report.releases} of them releases")
    shares = ", ".join(f"{one.value} {share:.2%}" for one, share in report.at_large.items())
    print(f"of {sample} papers in general: {shares}")
    for held_out in report.held_out:
        print(f"{held_out.labels}, read by weights that were fitted without them:")
        for group, outcomes in held_out.groups.items():
            counts = (f"{one.value} {good}+{bad}" for one, (good, bad) in outcomes.items())
            print(f"  {group or 'papers'}, releases + others: {', '.join(counts)}")
        for tally in held_out.tallies:
            print(f"  {_line_of(tally)}")


def _line_of(tally: Tally) -> str:
    precision = "-" if tally.precision is None else f"{tally.precision:.3f}"
    recall = "-" if tally.recall is None else f"{tally.recall:.3f}"
    found, expected = f"({tally.right}/{tally.found})", f"({tally.recalled}/{tally.expected})"
    measures = f"precision {precision} {found:11} recall {recall} {expected}"
    return f"{tally.item:12}{tally.scope:18}{measures}"


@command(
    "train-terms",
    "littrack train-terms --papers papers.jsonl.gz --summaries zh_summaries.jsonl.gz",
    "    --parallel parallel.tsv.gz --out mined_terms.tsv.gz",
)
def train_terms(
    ctx: typer.Context,
    papers: Annotated[Path, _file("--papers", "English papers, JSON lines.")],
    summaries: Annotated[Path, _file("--summaries", "Chinese summaries of them, JSON lines.")],
    parallel: Annotated[Path, _file("--parallel", "Sentence pairs: en, zh, source, level.")],
    out: Annotated[Path, _file("--out", "Where the table goes; packed if it ends in .gz.")],
) -> None:
    """Mine English translations of Chinese words for search.

    littrack uses the table that is part of it: src/littrack/data/mined_terms.tsv.gz.
    """
    from littrack.steps import train_terms as step

    with watched(flags_of(ctx)) as watch:
        report = step.train_terms(papers, summaries, parallel, out, say=watch.say)
    print(f"{out}: {report.translations} translations from {report.texts} texts")
    for name, digest in report.digests.items():
        print(f"  {name} sha256 {digest}")
