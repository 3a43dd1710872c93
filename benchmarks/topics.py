"""Topics of a whole library: threads, growth, and beside BERTopic on the same vectors.

    python benchmarks/topics.py LIBRARY threads|growth|bertopic|labels [--folder DIR]
        [--papers 20000] [--bertopic PYTHON]

LIBRARY has vectors (`littrack embed`) on SQLite; it is copied, never changed. PYTHON is the
interpreter of an environment with BERTopic, run with its default pipeline on our vectors.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from littrack.analysis.topic_measures import measure_agreement, measure_coherence
from littrack.analysis.topics import choose_topic_count, find_clusters, to_grid
from littrack.settings import load_settings
from littrack.steps.embed import passage_text
from littrack.steps.opening import OpenLibrary, open_library
from littrack.steps.topics import FitOptions, fit_topics, list_topics
from littrack.store import topics
from littrack.text import words

BERTOPIC = """
import json, resource, sys, time
import numpy as np
begin = time.perf_counter()
from bertopic import BERTopic
vectors = np.load(sys.argv[1]).astype("float32")
texts = json.load(open(sys.argv[2]))
loaded = time.perf_counter()
model = BERTopic(verbose=False)
labels, _ = model.fit_transform(texts, vectors)
done = time.perf_counter()
terms = {t: [w for w, _ in model.get_topic(t)] for t in set(labels) if t >= 0}
json.dump({"labels": [int(x) for x in labels], "terms": {int(t): w for t, w in terms.items()},
    "seconds": done - loaded, "with_imports": done - begin,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}, open(sys.argv[3], "w"))
"""
NEWEST = "SELECT id FROM papers ORDER BY published DESC, arxiv_id DESC LIMIT ?"
SHARE = 20  # one paper in so many is new


def opened(folder: Path) -> OpenLibrary:
    return open_library(load_settings(overrides={"library": str(folder)}))


def copy_without(library: Path, folder: Path, hidden: Sequence[int]) -> dict[bytes, bytes]:
    """A copy in which these papers have no vector yet; the vectors, to give them back."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("littrack.toml", "littrack.db"):
        shutil.copy(library / name, folder / name)
    conn = sqlite3.connect(folder / "littrack.db")
    conn.execute("CREATE TEMP TABLE hidden (id INTEGER PRIMARY KEY)")
    conn.executemany("INSERT INTO hidden VALUES (?)", [(int(number),) for number in hidden])
    conn.execute("DELETE FROM paper_topics")
    conn.execute("DELETE FROM topic_events")
    conn.execute("DELETE FROM topics")
    conn.execute("DELETE FROM topic_fits")
    condition = (
        "text_hash IN (SELECT text_hash FROM paper_versions v JOIN papers p ON p.version_id = v.id "
        "JOIN hidden h ON h.id = p.id)"
    )
    kept = conn.execute(f"SELECT encoder_id, text_hash, vector FROM vectors WHERE {condition}")
    rows = kept.fetchall()
    conn.execute(f"DELETE FROM vectors WHERE {condition}")
    conn.commit()
    conn.close()
    return {(row[0], row[1]): row[2] for row in rows}


def give_back(folder: Path, rows: dict) -> None:
    conn = sqlite3.connect(folder / "littrack.db")
    values = [(*key, vector) for key, vector in rows.items()]
    conn.executemany("INSERT INTO vectors VALUES (?, ?, ?)", values)
    conn.commit()
    conn.close()


def placed(folder: Path) -> topics.Placed:
    with opened(folder).engine.connect() as conn:
        return topics.load_placed(conn)


def fit_once(folder: Path, count: int | None = None, seed: int = 0) -> None:
    """Run as a process of its own: fit, and print what it took."""
    library = opened(folder)
    begin = time.perf_counter()
    report = fit_topics(library, FitOptions(count=count, seed=seed))
    seconds = time.perf_counter() - begin
    import hashlib

    with library.engine.connect() as conn:
        rows = topics.load_placed(conn)
        centroids = topics.load_clusters(conn).centroids
    digest = hashlib.sha256(rows.topics.tobytes() + rows.similarities.tobytes())
    digest.update(centroids.tobytes())
    labels = [[t.number, t.label, t.label_zh] for t in list_topics(library)]
    digest.update(json.dumps(labels).encode())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result = {"seconds": seconds, "cpu": usage.ru_utime, "megabytes": usage.ru_maxrss / 1024}
    print(json.dumps({**result, "hash": digest.hexdigest()[:16], **report.counts}))


def in_process(folder: Path, *more: str, threads: int | None = None) -> dict:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = os.environ | ({name: str(threads) for name in names} if threads else {})
    command = [sys.executable, __file__, str(folder), "fit-once", *more]
    ran = subprocess.run(command, check=True, capture_output=True, env=environment, text=True)
    return json.loads(ran.stdout)


def report_threads(library: Path, folder: Path) -> None:
    for threads in (1, 2, 4):
        copy_without(library, folder / "threads", [])
        print(threads, "threads", in_process(folder / "threads", threads=threads), flush=True)


def report_growth(library: Path, folder: Path) -> None:
    conn = sqlite3.connect(library / "littrack.db")
    ids = [row[0] for row in conn.execute("SELECT id FROM papers ORDER BY arxiv_id")]
    newest = [row[0] for row in conn.execute(NEWEST, [len(ids) // (SHARE + 1)])]
    random = np.random.default_rng(0).choice(ids, len(ids) // (SHARE + 1), replace=False)
    for name, hidden in (("random", random), ("the newest", newest)):
        rows = copy_without(library, folder / "growth", hidden)
        first = in_process(folder / "growth")
        before = placed(folder / "growth")
        give_back(folder / "growth", rows)
        second = in_process(folder / "growth")
        after = placed(folder / "growth")
        places = np.searchsorted(after.papers, before.papers)
        old, new = before.topics, after.topics[places]
        kept = np.isin(np.unique(old[old > 0]), np.unique(new)).mean()
        print(f"{len(before)} papers, then {len(after)} ({name} papers join)")
        print(f"  ARI of all papers of the first fit     {measure_agreement(old, new):.3f}")
        both = (old > 0) & (new > 0)
        inside = measure_agreement(old[both], new[both])
        print(f"  ARI of those in a topic both times     {inside:.3f}")
        print(f"  papers that keep their topic's id      {(old == new).mean():.3f}")
        print(f"  ids kept                               {kept:.3f}")
        print(f"  first {first}\n  second {second}", flush=True)


def coherence(terms: Sequence[Sequence[str]], texts: Sequence[str]) -> float:
    """Mean NPMI of the first ten terms of each topic, as words beside each other in a text."""
    folded = [f" {' '.join(words(text))} " for text in texts]
    wanted = {tuple(words(term)) for topic in terms for term in topic[:10]}
    inside = defaultdict(list)
    firsts = defaultdict(list)
    for term in wanted:
        if term:
            firsts[term[0]].append((term, f" {' '.join(term)} "))
    for number, text in enumerate(folded):
        for word in set(text.split()) & firsts.keys():
            for term, form in firsts[word]:
                if form in text:
                    inside[term].append(number)
    scores = []
    for topic in terms:
        found = [np.array(inside[tuple(words(term))]) for term in topic[:10]]
        found = [texts_with for texts_with in found if len(texts_with)]
        score = measure_coherence(found, len(texts))
        scores += [] if score is None else [score]
    return float(np.mean(scores))


def words_of_clusters(labels: np.ndarray, texts: Sequence[str]) -> list[list[str]]:
    """Ten words of each cluster as BERTopic chooses them: class-based TF-IDF of single words."""
    from sklearn.feature_extraction.text import CountVectorizer

    numbers = np.unique(labels[labels > 0])
    joined = [" ".join(texts[i] for i in np.flatnonzero(labels == n)) for n in numbers]
    vectorizer = CountVectorizer()
    counts = vectorizer.fit_transform(joined).toarray().astype(np.float64)
    weights = counts / counts.sum(axis=1, keepdims=True)
    weights *= np.log1p(counts.sum(axis=1).mean() / counts.sum(axis=0))
    names = vectorizer.get_feature_names_out()
    return [[str(names[i]) for i in np.argsort(-row)[:10]] for row in weights]


def report_bertopic(library: Path, folder: Path, count: int, python: str) -> None:
    conn = sqlite3.connect(library / "littrack.db")
    ids = [row[0] for row in conn.execute("SELECT id FROM papers ORDER BY arxiv_id")]
    kept = set(np.random.default_rng(0).choice(ids, count, replace=False).tolist())
    copy_without(library, folder / "part", [number for number in ids if number not in kept])
    first = in_process(folder / "part", "--seed", "0")
    one = placed(folder / "part")
    found = list_topics(opened(folder / "part"))
    conn = sqlite3.connect(folder / "part" / "littrack.db")
    rows = {
        row[0]: row
        for row in conn.execute(
            "SELECT p.id, v.title, v.abstract, x.vector FROM papers p JOIN paper_versions v "
            "ON v.id = p.version_id JOIN vectors x ON x.text_hash = v.text_hash"
        )
    }
    texts = [passage_text(rows[n][1], rows[n][2] or "") for n in one.papers.tolist()]
    matrix = np.array([np.frombuffer(rows[n][3], "<f2") for n in one.papers.tolist()])
    copy_without(library, folder / "part", [number for number in ids if number not in kept])
    in_process(folder / "part", "--seed", "0")
    two = placed(folder / "part")
    print(f"littrack: {first}")
    print(f"  outside                    {(one.topics == 0).mean():.4f}")
    print(f"  ARI of two runs            {measure_agreement(one.topics, two.topics):.3f}")
    own = [[term.text for term in topic.terms] for topic in found]
    print(f"  NPMI, our terms            {coherence(own, texts):.4f}")
    print(
        f"  NPMI, words as BERTopic's  {coherence(words_of_clusters(one.topics, texts), texts):.4f}"
    )
    np.save(folder / "vectors.npy", matrix)
    (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    runs = []
    for number in (1, 2):
        arguments = [
            folder / "vectors.npy",
            folder / "texts.json",
            folder / f"bertopic{number}.json",
        ]
        command = [python, "-c", BERTOPIC, *map(str, arguments)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        runs.append(json.loads(arguments[2].read_text("utf-8")))
        run = runs[-1]
        labels = np.array(run["labels"])
        print(f"BERTopic, run {number}: {len(run['terms'])} topics, {run['seconds']:.1f} s, "
              f"{run['megabytes']:.0f} MB, outside {(labels < 0).mean():.4f}, "
              f"NPMI {coherence(list(run['terms'].values()), texts):.4f}", flush=True)  # fmt: skip
    labels = [np.array(run["labels"]) for run in runs]
    both = (labels[0] >= 0) & (labels[1] >= 0)
    print(f"  ARI of two runs            {measure_agreement(*labels):.3f}")
    print(f"  of papers in topics twice  {measure_agreement(labels[0][both], labels[1][both]):.3f}")


def leiden(matrix: np.ndarray, seed: int, wanted: int) -> np.ndarray:
    """Communities of the graph of the 15 nearest neighbours, about `wanted` of them."""
    import faiss
    import igraph
    import leidenalg

    index = faiss.IndexFlatIP(matrix.shape[1])
    index.add(matrix)
    near, found = index.search(matrix, 16)
    rows = np.repeat(np.arange(len(matrix)), 15)
    edges = np.column_stack([rows, found[:, 1:].ravel()])
    graph = igraph.Graph(len(matrix), edges.tolist())
    graph.es["weight"] = np.clip(near[:, 1:].ravel(), 0, None).tolist()
    graph.simplify(combine_edges="max")
    resolution, labels = 1.0, np.zeros(len(matrix), np.int64)
    for _ in range(8):
        part = leidenalg.find_partition(
            graph,
            leidenalg.RBConfigurationVertexPartition,
            weights="weight",
            resolution_parameter=resolution,
            seed=seed,
        )
        labels = np.array(part.membership) + 1
        number = len(np.unique(labels))
        if abs(number - wanted) <= 0.1 * wanted:
            break
        resolution *= (wanted / number) ** 0.8
    return labels


def report_leiden(library: Path, folder: Path, count: int) -> None:
    """Spherical k-means beside Leiden (Traag et al. 2019) on the neighbour graph, same vectors."""
    conn = sqlite3.connect(library / "littrack.db")
    rows = conn.execute(
        "SELECT v.title, v.abstract, x.vector FROM papers p JOIN paper_versions v "
        "ON v.id = p.version_id JOIN vectors x ON x.text_hash = v.text_hash ORDER BY p.arxiv_id"
    ).fetchall()
    chosen = np.sort(np.random.default_rng(0).choice(len(rows), count, replace=False))
    texts = [passage_text(rows[n][0], rows[n][1] or "") for n in chosen]
    matrix = to_grid(np.array([np.frombuffer(rows[n][2], "<f2") for n in chosen], np.float32))
    old = np.sort(np.random.default_rng(1).choice(count, count * SHARE // (SHARE + 1), False))
    wanted = choose_topic_count(count)

    def k_means(vectors: np.ndarray, seed: int) -> np.ndarray:
        return find_clusters(vectors, wanted, seed=seed).labels + 1

    ways = {"k-means": k_means, "Leiden": lambda vectors, seed: leiden(vectors, seed, wanted)}
    for name, cluster in ways.items():
        begin = time.perf_counter()
        one = cluster(matrix, 0)
        seconds = time.perf_counter() - begin
        two, fewer = cluster(matrix, 1), cluster(matrix[old], 0)
        sizes = np.bincount(one)[1:]
        print(f"{name}: {len(sizes)} clusters of {sizes.min()} to {sizes.max()}, {seconds:.1f} s")
        print(f"  ARI of two seeds           {measure_agreement(one, two):.3f}")
        print(
            f"  ARI with 5% more papers    {measure_agreement(fewer, one[old]):.3f} (from scratch)"
        )
        print(f"  NPMI, words as BERTopic's  {coherence(words_of_clusters(one, texts), texts):.4f}")


def report_labels(library: Path, folder: Path) -> None:
    copy_without(library, folder / "labels", [])
    print(in_process(folder / "labels"))
    for topic in list_topics(opened(folder / "labels")):
        terms = ", ".join(term.text for term in topic.terms)
        print(f"{topic.number:>4} {topic.size:>6} {topic.coherence or 0:.2f}  {topic.label}  |  "
              f"{topic.label_zh}  |  {terms}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("library", type=Path)
    parser.add_argument(
        "what", choices=["threads", "growth", "bertopic", "leiden", "labels", "fit-once"]
    )
    parser.add_argument("--folder", type=Path, default=Path("topics-benchmark"))
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--bertopic", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.what == "fit-once":
        fit_once(options.library, seed=options.seed)
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if options.what == "bertopic":
        report_bertopic(options.library, options.folder, options.papers, options.bertopic)
    elif options.what == "leiden":
        report_leiden(options.library, options.folder, options.papers)
    else:
        reports = {"threads": report_threads, "growth": report_growth, "labels": report_labels}
        reports[options.what](options.library, options.folder)


if __name__ == "__main__":
    main()
