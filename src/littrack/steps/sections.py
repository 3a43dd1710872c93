"""The survey's sections as classes: assign papers, ask a person where it is not clear.

The tree is in ``sections.toml`` (or the file that survey.sections names), a person's decisions in
``section-decisions.toml`` beside it: text that is kept under version control like curation.toml,
and not in SQL only, because a decision is the one thing here that cannot be computed again. The
table section_assignments is derived from both at any time; decisions survive because every
assignment begins with them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from littrack.analysis.sections import (
    METHOD,
    ExamplePapers,
    SectionClassifier,
    SectionWords,
    choose_classes,
    describe_section,
    fit_classifier,
    judge,
)
from littrack.errors import InputError, NotFound, OutputError, SettingsError
from littrack.records import Progress, RunReport, no_progress
from littrack.setting_values import nearest
from littrack.sources.section_file import (
    read_section_decisions,
    read_sections,
)
from littrack.steps.opening import OpenLibrary
from littrack.store import sections as store
from littrack.store import vectors
from littrack.store.engine import begin
from littrack.store.papers import load_ids
from littrack.topics import Section, SectionAssignment

if TYPE_CHECKING:
    import sqlalchemy as sa

SECTIONS_FILE, DECISIONS_FILE = "sections.toml", "section-decisions.toml"
BATCH = 20_000  # papers a transaction
_FEW_EXAMPLES = 3

Decided = Mapping[str, Mapping[str, bool]]  # by arXiv id, by section: in it or not


# --- the files ------------------------------------------------------------------------------------


def sections_path(library: OpenLibrary) -> Path:
    """Where the tree is; survey.sections counts from the library's folder.

    Raises:
        SettingsError: survey.sections names no file.
    """
    named = library.settings.survey.get("sections", SECTIONS_FILE)
    if not isinstance(named, str) or not named.strip():
        raise SettingsError(f'survey.sections must name a file, as in "{SECTIONS_FILE}"')
    return library.folder / named


def decisions_path(library: OpenLibrary) -> Path:
    """Where a person's decisions are: beside the tree."""
    return sections_path(library).with_name(DECISIONS_FILE)


def init_sections(library: OpenLibrary) -> Path:
    """Write the example of a tree, to be changed.

    Raises:
        InputError: there is a tree already.
        OutputError: it cannot be written.
    """
    path = sections_path(library)
    example = (files("littrack") / "data" / SECTIONS_FILE).read_text("utf-8")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(example)
    except FileExistsError as exc:
        raise InputError("is there already, and is not overwritten", path) from exc
    except OSError as exc:
        raise OutputError(f"cannot write {path}: {exc.strerror or exc}") from exc
    return path


def has_sections(library: OpenLibrary) -> bool:
    """Whether the library has a tree of sections at all."""
    return sections_path(library).exists()


def load_sections(library: OpenLibrary) -> tuple[Section, ...]:
    """The tree, in the survey's order.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    if not has_sections(library):
        hint = "littrack sections init writes an example"
        raise InputError(f"there is no such file: {hint}", sections_path(library))
    return read_sections(sections_path(library))


def find_section(sections: Sequence[Section], key: str) -> Section:
    """The section of that key; NotFound, with the nearest, if there is none."""
    found = next((one for one in sections if one.key == key), None)
    if found is None:
        hint = nearest(key, [one.key for one in sections])
        hint = hint if "did you mean" in hint else "; littrack sections list has all"
        raise NotFound(f"there is no section {key!r}{hint}")
    return found


def load_decided(library: OpenLibrary, sections: Sequence[Section]) -> Decided:
    """What people said about papers: examples in the tree, then decisions in their order."""
    decided: dict[str, dict[str, bool]] = {}
    for section in sections:
        for arxiv_id in section.examples:
            decided.setdefault(arxiv_id, {})[section.key] = True
    known = {one.key for one in sections}
    for one in read_section_decisions(decisions_path(library)):
        if one.section in known:  # the tree may have changed since
            decided.setdefault(one.arxiv_id, {})[one.section] = one.accepted
    return decided


# --- assigning ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assigning:
    """What an assignment did, and how often it was right about examples that were held out."""

    report: RunReport
    right_at_1: float | None = None  # None: nothing was fitted, or there are too few examples
    right_at_3: float | None = None


def assign_sections(
    library: OpenLibrary, *, everything: bool = False, progress: Progress = no_progress
) -> Assigning:
    """Assign the papers that are new or changed; all of them when sections or decisions changed.

    Killed, it goes on where it stopped. Papers need vectors: those that have none wait.

    Raises:
        InputError: there is no tree of sections, or it cannot be read.
    """
    sections = load_sections(library)
    decided = load_decided(library, sections)
    name = _classifier_name(library, sections, decided)
    counts = Counter({"assigned": 0, "decided": 0, "review": 0, "none": 0})
    with library.writing("littrack sections assign"):
        with library.engine.connect() as conn:
            encoder_id = vectors.load_encoder_id(conn, library.passage_identity)
            if encoder_id is None:
                said = "no paper has a vector of this encoder yet: littrack update --no-ingest"
                return Assigning(RunReport("sections", counts, warnings=(said,)))
            warnings = tuple(_warnings(conn, sections, decided))
            unassigned = store.load_unassigned(conn, "" if everything else name)
            embedded, _ = vectors.load_text_hashes(conn, encoder_id)
            wanted = np.intersect1d(embedded, np.array(unassigned, np.int64)).tolist()
            if not wanted:
                return Assigning(RunReport("sections", counts, warnings=warnings))
            classifier = _fit(library, conn, sections, decided)
        run = _Run(classifier, name, decided, encoder_id)
        for start in range(0, len(wanted), BATCH):
            counts.update(_assign(library, run, wanted[start : start + BATCH]))
            progress("assigning to sections", min(start + BATCH, len(wanted)), len(wanted))
    report = RunReport("sections", counts, warnings=warnings)
    return Assigning(report, classifier.right_at_1, classifier.right_at_3)


@dataclass(frozen=True, slots=True)
class _Run:
    """What stays the same over all papers."""

    classifier: SectionClassifier
    name: str
    decided: Decided
    encoder_id: int


def _assign(library: OpenLibrary, run: _Run, paper_ids: Sequence[int]) -> Counter[str]:
    """Read, judge and write some papers; what became of how many."""
    dimension = library.passage_identity.dimension
    with library.engine.connect() as conn:
        parts = list(vectors.load_vectors(conn, run.encoder_id, dimension, paper_ids))
        ids = np.concatenate([part[0] for part in parts])
        found = _judge_papers(conn, run, ids, np.concatenate([part[1] for part in parts]))
    with begin(library.engine) as conn:
        store.save_assignments(conn, found, run.name, library.now())
    return Counter(map(_outcome, found.values()))


def _outcome(rows: Sequence[SectionAssignment]) -> str:
    """What became of a paper as a whole."""
    statuses = {one.status for one in rows}
    return next((one for one in ("decided", "assigned", "review") if one in statuses), "none")


def _judge_papers(
    conn: sa.Connection, run: _Run, paper_ids: np.ndarray, matrix: np.ndarray
) -> dict[int, list[SectionAssignment]]:
    """What to store about each paper. Titles are read only of those that belong to the survey."""
    papers = store.load_section_papers(conn, paper_ids.tolist())
    inside = run.classifier.is_inside(matrix)
    inside |= np.array([arxiv_id in run.decided for arxiv_id, _ in papers], bool)
    titles = [title for (_, title), keep in zip(papers, inside, strict=True) if keep]
    confidences = iter(run.classifier.confidences(matrix[inside], titles))
    nearest_section = (matrix @ run.classifier.prototypes.T).argmax(axis=1)
    found: dict[int, list[SectionAssignment]] = {}
    for row, (paper_id, (arxiv_id, _)) in enumerate(zip(paper_ids.tolist(), papers, strict=True)):
        if inside[row]:
            decided = run.decided.get(arxiv_id, {})
            found[paper_id] = _judge_one(run.classifier, arxiv_id, next(confidences), decided)
        else:
            key = run.classifier.keys[int(nearest_section[row])]
            found[paper_id] = [SectionAssignment(arxiv_id, key, 1, 0.0, "none")]
    return found


def _judge_one(
    classifier: SectionClassifier,
    arxiv_id: str,
    confidences: np.ndarray,
    decided: Mapping[str, bool],
) -> list[SectionAssignment]:
    """A person's word, and the classifier's where no person has said into which section it goes."""
    accepted = [key for key, accepts in decided.items() if accepts]
    refused = [key for key, accepts in decided.items() if not accepts]
    rows = [(key, 1.0, "decided") for key in accepted]
    if not accepted:
        left = confidences.copy()
        left[[key in refused for key in classifier.keys]] = 0.0
        status, places = judge(left / max(float(left.sum()), 1e-12))
        rows = [(classifier.keys[i], float(left[i]), status) for i in places if left[i] > 0]
    places_of = {key: i for i, key in enumerate(classifier.keys)}
    rows += [
        (key, float(confidences[places_of[key]]) if key in places_of else 0.0, "rejected")
        for key in refused
    ]
    return [
        SectionAssignment(arxiv_id, key, place, round(confidence, 4), status)
        for place, (key, confidence, status) in enumerate(rows, 1)
    ]


def _fit(
    library: OpenLibrary, conn: sa.Connection, sections: Sequence[Section], decided: Decided
) -> SectionClassifier:
    """The classifier of these sections, learnt from the example papers that the library holds."""
    classes = _classes(sections, decided)
    texts = tuple(describe_section(one, sections) for one in classes)
    keys = tuple(one.key for one in classes)
    words = SectionWords(keys, texts, library.encoder.encode_queries(texts))
    return fit_classifier(words, _load_examples(library, conn, keys, decided))


def _classes(sections: Sequence[Section], decided: Decided) -> tuple[Section, ...]:
    """Where papers can go; a section around others too, once a person put a paper there."""
    chosen = {one.key for one in choose_classes(sections)}
    chosen |= {key for held in decided.values() for key, accepts in held.items() if accepts}
    return tuple(one for one in sections if one.key in chosen)


def _load_examples(
    library: OpenLibrary, conn: sa.Connection, keys: Sequence[str], decided: Decided
) -> ExamplePapers:
    """The papers that a person put somewhere and that have vectors, in order of their arXiv ids."""
    encoder_id = vectors.load_encoder_id(conn, library.passage_identity)
    dimension = library.passage_identity.dimension
    accepted = {
        arxiv_id: [key for key, accepts in held.items() if accepts]
        for arxiv_id, held in sorted(decided.items())
        if any(held.values())
    }
    ids = load_ids(conn, list(accepted))
    matrices: dict[int, np.ndarray] = {}
    if encoder_id is not None and ids:
        for numbers, matrix in vectors.load_vectors(
            conn, encoder_id, dimension, sorted(ids.values())
        ):
            matrices.update(zip(numbers.tolist(), matrix, strict=True))
    held = [arxiv_id for arxiv_id in accepted if ids.get(arxiv_id) in matrices]
    titles = [title for _, title in store.load_section_papers(conn, [ids[one] for one in held])]
    rows = [matrices[ids[one]] for one in held]
    belongs = np.array([[key in accepted[one] for key in keys] for one in held], bool)
    return ExamplePapers(
        tuple(titles),
        np.array(rows, np.float32).reshape(len(held), dimension),
        belongs.reshape(len(held), len(keys)),
    )


def _classifier_name(library: OpenLibrary, sections: Sequence[Section], decided: Decided) -> str:
    """The same for the same sections, decisions and encoder: what was done need not be repeated."""
    identity = library.passage_identity
    said = {
        "sections": [[one.key, describe_section(one, sections)] for one in sections],
        "decided": sorted((paper, sorted(held.items())) for paper, held in decided.items()),
        "encoder": [identity.model, identity.revision, identity.prompt, identity.dimension],
    }
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
    return f"{METHOD} {digest[:12]}"


def _warnings(conn: sa.Connection, sections: Sequence[Section], decided: Decided) -> Iterator[str]:
    """What keeps the classifier from being as good as it could be."""
    missing = sorted(decided.keys() - load_ids(conn, list(decided)).keys())
    if missing:
        some = ",".join(missing[:5])
        yield (
            f"{len(missing)} example papers are not in the library, so nothing is learnt from "
            f"them: littrack ingest --ids {some}{',...' if len(missing) > 5 else ''}"
        )
    given = Counter(key for held in decided.values() for key, accepts in held.items() if accepts)
    poor = [one.key for one in _classes(sections, decided) if given[one.key] < _FEW_EXAMPLES]
    if poor:
        named = ", ".join(poor[:3]) + (" ..." if len(poor) > 3 else "")
        yield f"{len(poor)} sections have fewer than {_FEW_EXAMPLES} examples: {named}"
