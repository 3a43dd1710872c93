"""Trains the bundled bilingual encoder from the training files: ``littrack train-encoder``.

The model is a bag of pieces: the mean of one learned vector per byte-pair piece. It learns by the
contrastive loss of CLIP (Radford et al. 2021, arXiv:2103.00020; InfoNCE both ways): within a batch
a Chinese summary must find its own English paper among the others and the reverse. The lengths of
the vectors are free, so that the weight of a word is learned too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from littrack.encoder.batches import Batch, Parts, count_batches, draw_batches, find_parts
from littrack.encoder.corpus import Corpus, Ragged, read_corpus
from littrack.encoder.held_out import hold_out, measure
from littrack.encoder.model_card import ModelCard
from littrack.encoder.model_folder import digest_files, digest_terms, write_model_folder
from littrack.encoder.pairs import Pairs, make_pairs
from littrack.encoder.protocol import Matrix
from littrack.encoder.vocabulary import train_vocabulary

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

Progress = Callable[[str], None]

LEARNING_RATE = 0.02  # falls to zero in a straight line
FIRST_LENGTH = 0.1  # standard deviation of the untrained vectors' entries
SCALE = 20.0  # one over the temperature of the loss
REPORT_EVERY = 100  # steps


@dataclass(frozen=True)
class TrainingReport:
    """What a training run made."""

    folder: Path
    revision: str
    vocabulary: int
    dimension: int
    pairs: dict[str, int]
    steps: int
    seconds: float
    final_loss: float


@dataclass(frozen=True)
class Recipe:
    """The numbers that, with the data, decide the model."""

    seed: int
    vocabulary: int
    dimension: int
    passes: int
    batch: int


def train_encoder(
    papers: Path,
    summaries: Path,
    parallel: Path,
    out: Path,
    *,
    terms: Sequence[tuple[str, str]] = (),
    seed: int = 1,
    vocabulary: int = 52_000,
    dimension: int = 256,
    passes: int = 4,
    batch: int = 1024,
    name: str = "littrack-static-zh-en",
    on_progress: Progress = lambda message: None,
) -> TrainingReport:
    """Trains on the three files and writes the model to the folder `out`.

    `papers` and `summaries` are JSON lines, `parallel` is tab-separated (en, zh, source, level),
    each plain or gzipped; `terms` are (English, Chinese) pairs. A pass over all pairs takes
    about a minute on one core with the published data. The same files, numbers and library
    versions give the same weights on the same kind of processor. Raises InputError for a file that
    cannot be used, OutputError for a folder that cannot be written.
    """
    begin = time.monotonic()
    recipe = Recipe(seed, vocabulary, dimension, passes, batch)
    on_progress("reading the training files")
    corpus = read_corpus(papers, summaries, parallel, terms=terms)
    on_progress(f"learning a vocabulary of {vocabulary} pieces from {len(corpus.titles)} papers")
    tokenizer = train_vocabulary(corpus.texts(), vocabulary)
    kept, held_out = hold_out(corpus, np.random.default_rng(seed))
    vectors, counts, steps, loss = fit_vectors(kept, tokenizer, recipe, on_progress)
    card = ModelCard(
        name=name,
        recipe=asdict(recipe) | {"steps": steps, "final_loss": round(loss, 4)},
        pairs=counts,
        papers=len(corpus.titles),
        summaries=len(corpus.summaries),
        sources=corpus.sources,
        terms=len(terms),
        files=digest_files((papers, summaries, parallel)) | digest_terms(terms),
        held_out=measure(corpus, held_out, tokenizer, vectors),
    )
    seconds = time.monotonic() - begin
    revision = write_model_folder(out, tokenizer, vectors, card)
    on_progress(f"wrote {out}, revision {revision[:12]}")
    return TrainingReport(
        out, revision, len(vectors), vectors.shape[1], counts, steps, seconds, loss
    )


def fit_vectors(
    corpus: Corpus, tokenizer: Tokenizer, recipe: Recipe, on_progress: Progress
) -> tuple[Matrix, dict[str, int], int, float]:
    """(vectors of shape (vocabulary, dimension), pairs by kind, steps, last loss)."""
    import torch

    # One thread: sums are then taken in one order on every machine, and no thread has to wait for
    # another that other work keeps from its core.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _fit_vectors(corpus, tokenizer, recipe, on_progress)
    finally:
        torch.set_num_threads(threads)


def _fit_vectors(
    corpus: Corpus, tokenizer: Tokenizer, recipe: Recipe, on_progress: Progress
) -> tuple[Matrix, dict[str, int], int, float]:
    import torch

    kinds = make_pairs(corpus, tokenizer)
    parts = find_parts(tokenizer)
    rng = np.random.default_rng(recipe.seed)
    first = rng.normal(0, FIRST_LENGTH, (tokenizer.get_vocab_size(), recipe.dimension))
    first[0] = 0  # the unknown piece says nothing
    weights = torch.nn.Parameter(torch.from_numpy(first.astype(np.float32)))
    total = recipe.passes * count_batches(kinds, recipe.batch)
    course = _Course(kinds, parts, recipe, rng, total)
    loss = _descend(weights, course, on_progress)
    counts = {pairs.kind: len(pairs) for pairs in kinds}
    return weights.detach().numpy().astype(np.float32), counts, total, loss


@dataclass(frozen=True)
class _Course:
    kinds: list[Pairs]
    parts: Parts
    recipe: Recipe
    rng: np.random.Generator
    steps: int


def _descend(weights: torch.nn.Parameter, course: _Course, on_progress: Progress) -> float:
    """Changes `weights` in place; the mean loss of the last steps."""
    import torch

    optimiser = torch.optim.Adam([weights], lr=LEARNING_RATE, betas=(0.9, 0.99), fused=True)
    step, recent, begin = 0, [], time.monotonic()
    for _ in range(course.recipe.passes):
        batches = draw_batches(course.kinds, course.parts, course.recipe.batch, course.rng)
        for batch in batches:
            for group in optimiser.param_groups:
                group["lr"] = LEARNING_RATE * (1 - step / course.steps)
            loss = contrastive_loss(weights, batch)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            if weights.grad is not None:
                weights.grad[0] = 0
            optimiser.step()
            step += 1
            recent.append(float(loss.detach()))
            if step % REPORT_EVERY == 0:
                mean, speed = np.mean(recent[-REPORT_EVERY:]), step / (time.monotonic() - begin)
                on_progress(f"step {step} of {course.steps}, loss {mean:.3f}, {speed:.1f}/s")
    return float(np.mean(recent[-REPORT_EVERY:]))


def contrastive_loss(weights: torch.nn.Parameter, batch: Batch) -> torch.Tensor:
    """InfoNCE both ways between the two sides of `batch`; other pairs of a paper do not compete."""
    import torch
    from torch.nn import functional

    queries = functional.normalize(_sum_pieces(weights, batch.queries), dim=1)
    documents = functional.normalize(_sum_pieces(weights, batch.documents), dim=1)
    likeness = SCALE * queries @ documents.T
    paper = torch.from_numpy(batch.paper)
    same = (paper[:, None] == paper[None, :]) & ~torch.eye(len(paper), dtype=torch.bool)
    likeness = likeness.masked_fill(same, -1e4)
    target = torch.arange(len(paper))
    there = functional.cross_entropy(likeness, target)
    back = functional.cross_entropy(likeness.T, target)
    return (there + back) / 2


def _sum_pieces(weights: torch.nn.Parameter, texts: Ragged) -> torch.Tensor:
    import torch
    from torch.nn import functional

    ids = torch.from_numpy(texts.ids.astype(np.int64))
    starts = torch.from_numpy(texts.starts[:-1])
    return functional.embedding_bag(ids, weights, starts, mode="sum")
