"""Read every new paper version for model releases: claims, and a queue for a person to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from littrack.analysis.models import EXTRACTION
from littrack.analysis.releases.extraction import EXTRACTOR, extract_candidate
from littrack.claims import (
    Basis,
    Candidate,
    Claim,
    Evidence,
    EvidenceKind,
    Finding,
    Method,
    Outcome,
)
from littrack.records import Progress, RunReport, no_progress
from littrack.steps.opening import OpenLibrary
from littrack.steps.tool import TOOL
from littrack.store.claims import replace_extracted
from littrack.store.engine import begin
from littrack.store.extractions import (
    UnreadVersion,
    count_unread,
    load_unread,
    save_extractions,
)

BATCH = 2_000  # versions a transaction: a second's work


def extract_releases(library: OpenLibrary, progress: Progress = no_progress) -> RunReport:
    """Read the paper versions that this extractor has not read; killed, it goes on there.

    A new extractor reads everything again. What a person decided stays.
    """
    outcomes: Counter[Outcome] = Counter()
    done = claims = 0
    with library.writing("littrack update"):
        with library.engine.connect() as conn:
            total = count_unread(conn, EXTRACTOR)
        while done < total:
            with library.engine.connect() as conn:
                batch = load_unread(conn, EXTRACTOR, BATCH)
            if not batch:
                break
            read = {one.version_id: extract_candidate(one.title, one.abstract) for one in batch}
            claims += _save(library, batch, read)
            outcomes.update(candidate.outcome for candidate in read.values())
            done += len(batch)
            progress("reading for model releases", done, total)
    counts = {"read": done, "accepted": outcomes[Outcome.ACCEPT]}
    return RunReport("releases", counts | {"review": outcomes[Outcome.REVIEW], "claims": claims})


def _save(
    library: OpenLibrary, batch: Sequence[UnreadVersion], read: Mapping[int, Candidate]
) -> int:
    now = library.now()
    found = {one.version_id: claims_of(one, read[one.version_id], now) for one in batch}
    with begin(library.engine) as conn:
        counts = replace_extracted(conn, EXTRACTION, found, now)
        save_extractions(conn, EXTRACTOR, read, now)
    return counts.new


def claims_of(version: UnreadVersion, candidate: Candidate, now: datetime) -> list[Claim]:
    """What a paper version says of the model it releases; nothing if it releases none."""
    if candidate.outcome is Outcome.REJECT or not candidate.names:
        return []
    return [_claim(version, candidate, finding, now) for finding in candidate.findings]


def _claim(version: UnreadVersion, candidate: Candidate, finding: Finding, now: datetime) -> Claim:
    number = f"v{version.number}" if version.number else ""
    evidence = Evidence(
        EvidenceKind.PAPER,
        f"{version.arxiv_id}{number}",
        finding.part,
        finding.start,
        finding.end,
        finding.sentence,
        basis=Basis.STATED,
    )
    return Claim(
        candidate.names[0],
        finding.field,
        finding.value,
        evidence,
        now,
        Method.RULE,
        round(finding.confidence, 4),
        version.arxiv_id,
        TOOL,
        EXTRACTION,
    )
