"""Measures the linking of notes, and fits the weights by which texts are linked.

    links.py LIBRARY --passages notes.jsonl            precision and share linked
    links.py LIBRARY --passages notes.jsonl --fit OUT  the same by halves, then weights from all
    links.py LIBRARY --seeds FOLDER                    passages of five notes against seed_links.csv
    links.py LIBRARY --passages notes.jsonl --notes    the same through the whole cascade
    links.py LIBRARY --passages notes.jsonl --speed N  seconds for N notes made of the passages

Passages: JSON lines with "text" and "arxiv_id" ("note_title", "kind", "lang" if there are any).
The papers of one half teach the weights that are measured on the other, so that none is in both.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from littrack.analysis.note_links.cascade import main_link, read_text
from littrack.analysis.note_links.clues import FEATURES, features, gather_clues
from littrack.analysis.note_links.evidence import Evidence
from littrack.analysis.note_links.subject import Weights
from littrack.notes import LinkStatus, Note, NoteLink, Passage, PassageKind, TargetKind
from littrack.settings import load_settings
from littrack.sources.notes.reading import read_note
from littrack.steps.note_links import TEXT_LIMIT, link_notes, load_evidence, search_hits
from littrack.steps.opening import OpenLibrary, open_library

PRECISION, WRONG = 0.95, 0.05  # wanted of what is linked; at most, with the right paper removed
Rows = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Case:
    """A passage: its candidates' features as it is, and with the right paper removed."""

    arxiv_id: str
    half: int
    rows: Mapping[bool, Rows]  # searched or not
    removed: Mapping[bool, Rows]


def read_cases(
    library: OpenLibrary, evidence: Evidence, passages: Sequence[Mapping[str, str]], titled: bool
) -> list[Case]:
    """The features of every passage."""
    cases = []
    for passage in passages:
        text = passage["text"][:TEXT_LIMIT]
        if titled and passage.get("note_title"):
            text = f"{passage['note_title']}\n{text}"
        right = passage["arxiv_id"]
        read, hits = read_text(text, evidence), search_hits(library, text, evidence)
        both = []
        for exclude in (frozenset[str](), frozenset([right])):
            kept = [hit for hit in hits if hit.arxiv_id not in exclude]
            both.append(
                {
                    is_searched: features(
                        gather_clues(read, evidence.titles, kept if is_searched else (), exclude)
                    )
                    for is_searched in (False, True)
                }
            )
        half = hashlib.sha256(right.encode()).digest()[0] % 2
        cases.append(Case(right, half, *both))
    return cases


def fit(cases: Iterable[Case], *, is_searched: bool) -> Weights:
    """Logistic regression over the candidates of all cases, right paper there and removed."""
    from sklearn.linear_model import LogisticRegression

    rows, right = [], []
    for case in cases:
        for found in (case.rows[is_searched], case.removed[is_searched]):
            rows += list(found.values())
            right += [arxiv_id == case.arxiv_id for arxiv_id in found]
    model = LogisticRegression(C=3.0, max_iter=5_000).fit(np.array(rows), np.array(right))
    return Weights(tuple(map(float, model.coef_[0])), float(model.intercept_[0]), 0.5)


Choice = tuple[float, bool]  # how sure, and whether right


def choose(case: Case, weights: Weights, *, is_searched: bool, removed: bool) -> Choice:
    """What would be linked."""
    rows = (case.removed if removed else case.rows)[is_searched]
    best = max(((weights.probability(row), one) for one, row in rows.items()), default=(0.0, ""))
    return best[0], best[1] == case.arxiv_id


@dataclass(frozen=True)
class Two:
    """Weights for both steps."""

    unsearched: Weights
    searched: Weights

    def link(self, case: Case, *, removed: bool) -> Choice | None:
        """The cascade: by the text's own words, then with a search."""
        first = choose(case, self.unsearched, is_searched=False, removed=removed)
        if first[0] >= self.unsearched.threshold:
            return first
        second = choose(case, self.searched, is_searched=True, removed=removed)
        return second if second[0] >= self.searched.threshold else None


def fit_two(cases: Sequence[Case], thresholds: tuple[float, float]) -> Two:
    """Weights of both steps."""
    parts = [fit(cases, is_searched=one) for one in (False, True)]
    return Two(*(replace(w, threshold=t) for w, t in zip(parts, thresholds, strict=True)))


def measure(cases: Sequence[Case], two: Two) -> dict[str, float]:
    """Share linked, precision, and what is linked when the right paper is removed."""
    linked = [one for case in cases if (one := two.link(case, removed=False))]
    wrong = [one for case in cases if two.link(case, removed=True)]
    return {
        "cases": len(cases),
        "linked": len(linked) / len(cases),
        "precision": float(np.mean([right for _, right in linked])) if linked else 0.0,
        "wrong_when_removed": len(wrong) / len(cases),
    }


def choose_thresholds(cases: Sequence[Case]) -> tuple[float, float]:
    """The thresholds that link most while precision and wrong links keep to what is wanted."""
    best = (0.0, 0.95, 0.95)
    two = fit_two(cases, (0.5, 0.5))
    for first in np.arange(0.4, 0.96, 0.1):
        for second in np.arange(0.2, 0.91, 0.05):
            tried = Two(
                replace(two.unsearched, threshold=float(first)),
                replace(two.searched, threshold=float(second)),
            )
            found = measure(cases, tried)
            if found["precision"] >= PRECISION and found["wrong_when_removed"] <= WRONG:
                best = max(best, (found["linked"], float(first), float(second)))
    return best[1], best[2]


def write_weights(path: Path, two: Two) -> None:
    """The weights as littrack reads them."""
    data = {
        name: {
            **{f: round(v, 3) for f, v in zip(FEATURES, weights.values, strict=True)},
            "constant": round(weights.constant, 3),
            "threshold": round(weights.threshold, 2),
        }
        for name, weights in (("unsearched", two.unsearched), ("searched", two.searched))
    }
    path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def run_passages(args: argparse.Namespace, library: OpenLibrary) -> None:
    """Both halves, each by the weights of the other; then, to write, the weights of all."""
    kept = chosen_passages(args)
    evidence = load_evidence(library, [])
    kept = [one for one in kept if evidence.holds(one["arxiv_id"])]
    cases = read_cases(library, evidence, kept, args.titled)
    for half in (0, 1):
        taught = [case for case in cases if case.half == half]
        others = [case for case in cases if case.half != half]
        two = fit_two(taught, choose_thresholds(taught))
        print(
            json.dumps(
                {
                    "measured on": f"half {1 - half}",
                    "thresholds": [round(w.threshold, 2) for w in (two.unsearched, two.searched)],
                    **{name: round(value, 3) for name, value in measure(others, two).items()},
                }
            )
        )
    two = fit_two(cases, choose_thresholds(cases))
    print("all, fitted on all:", {k: round(v, 3) for k, v in measure(cases, two).items()})
    if args.fit:
        write_weights(args.fit, two)


def note_of(passage: Mapping[str, str], number: int) -> Note:
    """A note of one passage."""
    text = passage["text"]
    whole = Passage(0, (0, len(text)), text, PassageKind.PARAGRAPH)
    name = f"{number}.md"
    return Note(name, text, passage.get("note_title", ""), "text", "utf-8", "", (whole,))


def lines_of(passage: Mapping[str, str], number: int) -> Note:
    """A note of a passage per line."""
    note, start, passages = note_of(passage, number), 0, []
    for line in note.text.splitlines(keepends=True):
        end = start + len(line.rstrip("\n"))
        text = note.text[start:end]
        if text.strip():
            passages.append(Passage(len(passages), (start, end), text, PassageKind.PARAGRAPH))
        start += len(line)
    return replace(note, passages=tuple(passages))


def run_speed(args: argparse.Namespace, library: OpenLibrary) -> None:
    """Notes made of the passages, over and over."""
    passages = chosen_passages(args)
    notes = [lines_of(passages[i % len(passages)], i) for i in range(args.speed)]
    begin = time.perf_counter(), time.process_time()
    evidence = load_evidence(library, notes)
    loaded = time.perf_counter()
    linked = link_notes(library, notes, evidence=evidence)
    print(
        json.dumps(
            {
                "notes": len(notes),
                "passages": sum(len(note.passages) for note in notes),
                "load_s": round(loaded - begin[0], 1),
                "link_s": round(time.perf_counter() - loaded, 1),
                "cpu_s": round(time.process_time() - begin[1], 1),
                "linked": sum(
                    any(link.status is LinkStatus.LINKED for link in one) for one in linked
                ),
            }
        )
    )


def run_notes(args: argparse.Namespace, library: OpenLibrary) -> None:
    """The passages as notes of one passage, through all that littrack does with a note."""
    passages = chosen_passages(args)
    evidence = load_evidence(library, [note_of(one, 0) for one in passages])
    passages = [one for one in passages if evidence.holds(one["arxiv_id"])]
    linked = right = wrong = 0
    for number, passage in enumerate(passages):
        note, wanted = note_of(passage, number), passage["arxiv_id"]
        if not args.titled:
            note = replace(note, title="")
        main = main_of(library, note, evidence)
        linked, right = linked + bool(main), right + (main == wanted)
        without = replace(evidence, exclude=frozenset([wanted]))
        wrong += bool(main_of(library, note, without))
    total = len(passages)
    print(
        json.dumps(
            {
                "notes": total,
                "linked": round(linked / total, 3),
                "precision": round(right / linked, 3),
                "wrong_when_removed": round(wrong / total, 3),
            }
        )
    )


def main_of(library: OpenLibrary, note: Note, evidence: Evidence) -> str:
    """The paper that the only passage of a note is about."""
    found = main_link(note.passages[0], link_notes(library, [note], evidence=evidence)[0])
    return str(found.target) if found else ""


def chosen_passages(args: argparse.Namespace) -> list[dict[str, str]]:
    """Those of the kind and language asked for."""
    passages = [json.loads(line) for line in args.passages.read_text("utf-8").splitlines()]
    return [one for one in passages if (one.get("kind"), one.get("lang")) == (args.kind, args.lang)]


def run_seeds(args: argparse.Namespace, library: OpenLibrary) -> None:
    """Every row of seed_links.csv: the link at its mention, else that of its passage."""
    rows = list(csv.DictReader((args.seeds / "seed_links.csv").open(encoding="utf-8")))
    names = sorted({row["seed"] for row in rows})
    notes = [read_note(args.seeds / name, name) for name in names]
    linked = dict(zip(names, link_notes(library, notes), strict=True))
    by_name = dict(zip(names, notes, strict=True))
    counts: Counter[str] = Counter()
    for row in rows:
        said = answer(row, by_name[row["seed"]], linked[row["seed"]])
        wanted = row["arxiv_id"] if row["resolvable"] == "yes" else ""
        outcome = "right" if said == wanted else "missed" if not said else "wrong"
        counts[f"{'resolvable' if wanted else 'other'} {outcome}"] += 1
        if outcome != "right":
            print(
                row["seed"][:3], row["line"], row["mention"][:40], "|", wanted, "|", said, sep="\t"
            )
    right, wrong = counts["resolvable right"], counts["resolvable wrong"]
    print(dict(counts))
    print("precision", round(right / (right + wrong), 3), end=" ")
    print("recall", round(right / (right + wrong + counts["resolvable missed"]), 3))
    for name in names:
        kinds = Counter(f"{one.target_kind} {one.status}" for one in linked[name])
        print(name[:3], dict(kinds))


def answer(row: Mapping[str, str], note: Note, links: Sequence[NoteLink]) -> str:
    """What is linked where the row stands: at its mention, else the first link of its passage."""
    lines = note.text.splitlines(keepends=True)
    number = int(row["line"]) - 1
    start, line = sum(map(len, lines[:number])), lines[number]
    mention, mark = row["mention"], re.search(r"\[\d+\]", row["mention"])
    if row["kind"] == "inline_citation" and mark:
        mention = mark[0]
    place = line.find(mention)
    spot = (start + max(place, 0), start + (place + len(mention) if place >= 0 else len(line)))
    whole = {passage.number: passage.span for passage in note.passages}
    papers = [one for one in links if one.target_kind is TargetKind.PAPER]
    at = [
        one
        for one in papers
        if one.span[0] < spot[1] and spot[0] < one.span[1] and one.span != whole[one.passage]
    ]
    here = [
        one
        for one in papers
        if whole[one.passage][0] < start + len(line) and start < whole[one.passage][1]
    ]
    best = (at if place >= 0 and at else here)[:1]
    return "".join(str(one.target or "") for one in best)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--passages", type=Path)
    parser.add_argument("--seeds", type=Path)
    parser.add_argument("--fit", type=Path)
    parser.add_argument("--speed", type=int)
    parser.add_argument("--titled", action="store_true", help="with the note's title on top")
    parser.add_argument("--notes", action="store_true", help="through the whole cascade")
    parser.add_argument("--kind", default="human_note")
    parser.add_argument("--lang", default="zh")
    args = parser.parse_args()
    library = open_library(load_settings(args.library))
    if args.seeds:
        run_seeds(args, library)
    elif args.speed:
        run_speed(args, library)
    elif args.passages and args.notes:
        run_notes(args, library)
    elif args.passages:
        run_passages(args, library)
    else:
        parser.error("give --passages or --seeds")


if __name__ == "__main__":
    main()
