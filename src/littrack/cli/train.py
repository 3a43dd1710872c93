"""Make the bundled encoder again, or one of your own: train-encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from littrack.cli.command import command
from littrack.cli.context import flags_of
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
