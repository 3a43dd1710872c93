from __future__ import annotations

from dataclasses import replace

import pytest

from builders import a_paper, utc
from littrack.claims import EvidenceKind, Method, ModelField, Outcome, Quantity, Unit
from littrack.records import AbstractKind
from littrack.steps import extract
from littrack.steps.extract import extract_releases
from littrack.steps.opening import OpenLibrary
from littrack.store.claims import load_claims
from littrack.store.engine import begin
from littrack.store.extractions import count_outcomes, load_extracted
from littrack.store.saving import save_papers

NOW = utc("2026-11-20 12:00")
RELEASE = a_paper(
    arxiv_id="2611.00001",
    version=1,
    title="Novum: An Open Bilingual Language Model",
    abstract=(
        "We introduce Novum-7B, an open language model with 7 billion parameters, pre-trained on"
        " 1.4 trillion tokens of Chinese and English text. We release the weights."
    ),
)
OTHER = a_paper(
    arxiv_id="2611.00002",
    version=1,
    title="Bounds on the length of walks in sparse graphs",
    abstract="We prove two bounds and show that the second is tight for trees.",
)


def save(library: OpenLibrary, *papers: object) -> None:
    with begin(library.engine) as conn:
        save_papers(conn, list(papers), NOW)  # type: ignore[arg-type]


def test_a_release_becomes_claims_that_point_at_their_characters(library: OpenLibrary) -> None:
    save(library, RELEASE, OTHER)
    report = extract_releases(library)
    assert (report.counts["read"], report.counts["accepted"]) == (2, 1)
    with library.engine.connect() as conn:
        claims = load_claims(conn)
        outcomes = count_outcomes(conn)
    assert outcomes == {Outcome.ACCEPT: 1, Outcome.REJECT: 1}
    sizes = [one for one in claims if one.field is ModelField.SIZE]
    assert [one.value for one in sizes] == [Quantity(7e9, Unit.PARAMETERS)]
    [size] = sizes
    evidence = size.evidence
    assert (evidence.kind, evidence.source) == (EvidenceKind.PAPER, "2611.00001v1")
    assert (size.paper, size.method, size.origin) == ("2611.00001", Method.RULE, "extraction")
    for claim in claims:
        text = RELEASE.title if claim.evidence.locator == "title" else RELEASE.abstract
        start, end = claim.evidence.start or 0, claim.evidence.end or 0
        assert 0 <= start < end <= len(text)
        assert claim.evidence.sentence in text
        assert text[start:end] in claim.evidence.sentence


def test_what_was_read_is_not_read_again_until_it_has_a_new_version(library: OpenLibrary) -> None:
    save(library, RELEASE, OTHER)
    extract_releases(library)
    assert extract_releases(library).counts["read"] == 0
    changed = replace(RELEASE, version=2, abstract=RELEASE.abstract.replace("7B", "9B"))
    save(library, changed)
    report = extract_releases(library)
    assert report.counts["read"] == 1
    with library.engine.connect() as conn:
        [found] = load_extracted(conn, [Outcome.ACCEPT])
        sources = {claim.evidence.source for claim in load_claims(conn)}
    assert found.number == 2
    assert sources == {"2611.00001v1", "2611.00001v2"}, "what version 1 said is still known"


def test_a_killed_run_goes_on_with_the_next_batch(
    library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(library, OTHER, RELEASE)
    monkeypatch.setattr(extract, "BATCH", 1)

    def stop(_task: str, done: float, _total: float | None) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_releases(library, stop)
    assert extract_releases(library).counts["read"] == 1
    with library.engine.connect() as conn:
        assert count_outcomes(conn) == {Outcome.ACCEPT: 1, Outcome.REJECT: 1}


def test_another_extractor_reads_all_again_and_retires_what_it_does_not_say(
    library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(library, RELEASE)
    extract_releases(library)
    monkeypatch.setattr(extract, "EXTRACTOR", "another")
    reader = extract.extract_candidate
    monkeypatch.setattr(extract, "extract_candidate", lambda title, _abstract: reader(title, ""))
    assert extract_releases(library).counts["read"] == 1
    with library.engine.connect() as conn:
        fields = {claim.field for claim in load_claims(conn)}
    assert ModelField.SIZE not in fields


def test_a_summary_that_is_not_the_papers_own_is_no_evidence(library: OpenLibrary) -> None:
    save(library, replace(RELEASE, title="A report", abstract_kind=AbstractKind.SUMMARY))
    assert extract_releases(library).counts["accepted"] == 0
