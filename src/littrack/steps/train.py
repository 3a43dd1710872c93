"""Train a bilingual encoder from training files and the bundled term table."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from littrack.encoder.corpus import read_terms
from littrack.encoder.training import TrainingReport, train_encoder


def train(
    papers: Path,
    summaries: Path,
    parallel: Path,
    out: Path,
    *,
    seed: int = 1,
    vocabulary: int = 52_000,
    dimension: int = 256,
    passes: int = 4,
    say: Callable[[str], None] = lambda _line: None,
) -> TrainingReport:
    """Train on the three files and the terms, and write the model to the folder `out`.

    The defaults make the bundled model when given the files it was made from.

    Raises:
        InputError: a file that cannot be used.
        OutputError: a folder that cannot be written.
    """
    with as_file(files("littrack") / "data" / "terms.tsv") as path:
        terms = read_terms(path)
    return train_encoder(
        papers,
        summaries,
        parallel,
        out,
        terms=terms,
        seed=seed,
        vocabulary=vocabulary,
        dimension=dimension,
        passes=passes,
        on_progress=say,
    )
