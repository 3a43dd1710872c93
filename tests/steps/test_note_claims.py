"""What a note says about models, against the catalogue: shown dates, rivals, and typed conflicts.

The note dates papers by their last version, takes announcements for papers and one model for
another. Its facts are in the table below, in no sentence of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import a_date, a_paper, a_version, utc
from littrack.claims import ModelField, TypedDate
from littrack.records import Paper
from littrack.steps.claims import import_claims, load_catalogue
from littrack.steps.conflicts import load_conflicts
from littrack.steps.models import load_models
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import load_timeline
from littrack.store.engine import begin
from littrack.store.saving import save_papers

CLAIMS = ["model", "name", "paper", "field", "value", "source", "locator", "note"]
SOURCES = ["key", "kind", "basis", "title", "url", "retrieved", "licence", "note"]
NOTE = """
    T5 | release | 2019-06-11
    T5 | size | 3B
    T5 | size | 11B
    LaMDA | release | 2022-02-10
    LaMDA | size | 137B
    LaMDA | pretrain_data | 1.56T words
    FLAN | release | 2022-02-08
    GLaM | release | 2022-08-01
    GLaM | size | 1200B
    GLaM | size | 96B active
    PaLM | release | 2022-10-05
    PaLM | size | 8B
    PaLM | size | 62B
    PaLM | size | 540B
    PaLM | pretrain_data | 780B tokens
    PaLM | hardware | 6144 个芯片
    PaLM-E | release | 2023-03-06
    PaLM-E | size | 562B
    PaLM-E | base_model | PaLM
    OPT-175B | release | 2022-05-03
    OPT-175B | size | 125M
    OPT-175B | size | 175B
    LLaMA | release | 2023-02-27
    LLaMA | hardware | 2048 A100
    LLaMA | training_time | 21 days
    LLaMA | organisation | OpenAI
    ColossalChat | release | 2023-02-15
    Dolly | release | 2023-03-24
    Dolly | organisation | 韩国公司
    Dolly | base_model | LLaMA
    Dolly | base_model | GPT-J
    GPT-4 | release | 2023-03-14
    GPT-4 | size | not disclosed
    ChatGLM | release | 2023-01-01
    ChatGLM | size | 130B
    Chinchillla | release | 2022-03-29
    Chinchillla | size | 70B
    Chinchillla | pretrain_data | 10.5 TB
    Visual ChatGPT | release | 2023-03-08
    Kosmos-1 | release | 2023-03-01
    Kosmos-1 | size | 1.3B
    MT-NLG 530B | release | 2021-10
    MT-NLG 530B | hardware | 4480 块 A100
    BLOOM | release | 2022-11
    BLOOM | release:training_start | 2022-03
    BLOOM | release:training_end | 2022-07
    BLOOM | size | 175B
    BLOOM | pretrain_data | 350B tokens
    GPT-3 | size | 17500B
    Flan-cont-PaLM | size | 62B
    Flan-cont-PaLM | size | 63B
    Chain-of-thought prompting | base_model | PaLM
    text-davinci-002 | release | 2022-07
"""
# The first version of a paper, the number of the last and its day.
PAPERS = """
    1910.10683 2019-10-23 1 2019-10-23
    2201.08239 2022-01-20 3 2022-02-10
    2109.01652 2021-09-03 5 2022-02-08
    2112.06905 2021-12-13 2 2022-08-01
    2204.02311 2022-04-05 5 2022-10-05
    2303.03378 2023-03-06 1 2023-03-06
    2205.01068 2022-05-02 4 2022-06-21
    2302.13971 2023-02-27 1 2023-02-27
    2303.08774 2023-03-15 1 2023-03-15
    2302.14045 2023-02-27 2 2023-03-01
    2201.11990 2022-01-28 1 2022-01-28
    2211.05100 2022-11-09 1 2022-11-09
    2201.11903 2022-01-28 1 2022-01-28
    2203.15556 2022-03-29 1 2022-03-29
"""
# What the survey's rule gives: version 1 of the paper, else the earliest public release.
SHOWN = {
    "T5": "2019-10-23",
    "LaMDA": "2022-01-20",
    "FLAN": "2021-09-03",
    "GLaM": "2021-12-13",
    "PaLM": "2022-04-05",
    "PaLM-E": "2023-03-06",
    "OPT": "2022-05-02",
    "LLaMA": "2023-02-27",
    "Dolly": "2023-03-24",
    "GPT-4": "2023-03-15",
    "Chinchilla": "2022-03-29",
    "Kosmos-1": "2023-02-27",
    "MT-NLG": "2022-01-28",
    "BLOOM": "2022-11-09",
}
RIVALS = {
    "T5": {"2019-06-11"},
    "LaMDA": {"2021-05-18", "2021-06-18", "2022-02-10"},
    "FLAN": {"2022-02-08", "2021-10"},
    "GLaM": {"2022-08-01"},
    "PaLM": {"2022-10-05", "2022-04-04"},
    "OPT": {"2022-05-03", "2022-05-01", "2022-06-21"},
    "LLaMA": {"2023-02-24"},
    "GPT-4": {"2023-03-14"},
    "ChatGLM": {"2023-01-01", "2023-07-02"},
    "Kosmos-1": {"2023-03-01"},
    "MT-NLG": {"2021-10-11", "2021-10"},
    "BLOOM": {"2022-03", "2022-07", "2022-07-12"},
}
# model, field, kind, rival
CONFLICTS = """
    T5 | release | date | 2019-06-11
    LaMDA | release | date-type | 2022-02-10
    LaMDA | release | date-type | 2021-05-18
    LaMDA | release | date | 2021-06-18
    LaMDA | pretrain_data | unit | 1.56T words
    FLAN | release | date-type | 2022-02-08
    GLaM | release | date-type | 2022-08-01
    PaLM | release | date-type | 2022-10-05
    OPT | release | date-type | 2022-05-03
    LLaMA | release | date-type | 2023-02-24
    LLaMA | organisation | attribution | OpenAI
    ColossalChat | release | order | 2023-02-15
    Dolly | organisation | attribution | 韩国公司
    Dolly | base_model | internal | LLaMA
    GPT-4 | release | date-type | 2023-03-14
    ChatGLM | release | date | 2023-01-01
    ChatGLM | size | entity | 130B
    Chinchilla | pretrain_data | unit | 10.5 TB
    Kosmos-1 | release | date-type | 2023-03-01
    Kosmos-1 | size | value | 1.3B
    MT-NLG | release | date-type | 2021-10-11
    BLOOM | release | date-type | 2022-07-12
    BLOOM | size | value | 175B
    BLOOM | pretrain_data | value | 350B tokens
    GPT-3 | size | outlier | 17500B
    Flan-cont-PaLM | size | internal | 63B
    Chain-of-thought prompting | base_model | order | Chain-of-thought prompting (2022-01-28)
    text-davinci-002 | release | date | 2022-07
"""
QUIET = {
    ("PaLM", ModelField.HARDWARE),
    ("PaLM", ModelField.SIZE),
    ("PaLM", ModelField.PRETRAIN_DATA),
    ("PaLM-E", ModelField.RELEASE),
    ("PaLM-E", ModelField.SIZE),
    ("PaLM-E", ModelField.BASE_MODEL),
    ("LLaMA", ModelField.HARDWARE),
    ("LLaMA", ModelField.TRAINING_TIME),
    ("MT-NLG", ModelField.HARDWARE),
    ("GLaM", ModelField.SIZE),
    ("T5", ModelField.SIZE),
    ("OPT", ModelField.SIZE),
    ("Dolly", ModelField.RELEASE),
    ("Visual ChatGPT", ModelField.RELEASE),
}


def lines(text: str) -> list[list[str]]:
    return [line.strip().split(" | ") for line in text.strip().splitlines()]


def papers() -> list[Paper]:
    made = []
    for arxiv_id, first, number, latest in (line[0].split() for line in lines(PAPERS)):
        days = {int(number): f"{latest} 10:00:00"} | {1: f"{first} 10:00:00"}
        made.append(
            a_paper(
                arxiv_id=arxiv_id,
                published=a_date(f"{first} 10:00:00"),
                updated=utc(f"{latest} 10:00:00"),
                version=int(number),
                versions=tuple(a_version(*one) for one in sorted(days.items())),
            )
        )
    return made


@pytest.fixture
def told(library: OpenLibrary, tmp_path: Path) -> OpenLibrary:
    """A library with the catalogue, the papers, and what the note says."""
    load_catalogue(library)
    with begin(library.engine) as conn:
        save_papers(conn, papers(), utc("2026-11-20"))
    rows = [
        "\t".join((model, model, "", field, value, "note", f"line {number}", ""))
        for number, (model, field, value) in enumerate(lines(NOTE), 1)
    ]
    claims, sources = tmp_path / "note.tsv", tmp_path / "sources.tsv"
    claims.write_text("\n".join(["\t".join(CLAIMS), *rows]) + "\n", "utf-8")
    source = "\t".join(("note", "note", "reported", "reading.md", "", "", "", ""))
    sources.write_text("\t".join(SOURCES) + f"\n{source}\n", "utf-8")
    report = import_claims(library, claims, sources=sources)
    assert (report.counts["new"], report.rejections) == (len(rows), ())
    return library


def test_each_model_is_dated_by_the_rule_whatever_the_note_says(told: OpenLibrary) -> None:
    shown = {entry.model.name: entry.model.release for entry in load_timeline(told).entries}
    assert {name: str(shown[name]) for name in SHOWN} == SHOWN


def test_every_rival_date_stays_visible_with_its_source(told: OpenLibrary) -> None:
    models = load_models(told)
    for name, expected in RIVALS.items():
        model = models.find(name)
        assert model is not None
        cell = model.cells[ModelField.RELEASE]
        dates = {
            str(claim.value)
            for claim in (*cell.claims, *cell.rivals)
            if isinstance(claim.value, TypedDate) and claim.evidence.source
        }
        assert expected <= dates, name


def test_the_conflicts_between_the_note_and_others_are_found_with_their_kinds(
    told: OpenLibrary,
) -> None:
    found = {(one.model, one.field.value, one.kind, one.rival): one for one in load_conflicts(told)}
    expected = {tuple(line) for line in lines(CONFLICTS)}
    assert expected - set(found) == set()
    announced = found["LaMDA", "release", "date-type", "2022-02-10"]
    assert "reading.md" in announced.explanation
    assert found["ChatGLM", "size", "entity", "130B"].explanation.startswith(
        "reading.md: 130B, which is the size of GLM-130B"
    )


def test_what_the_note_has_right_is_no_conflict(told: OpenLibrary) -> None:
    against = [one for one in load_conflicts(told) if "reading.md" in one.explanation]
    assert {(one.model, one.field) for one in against} & QUIET == set()


def test_a_system_is_kept_and_is_no_model_of_the_timeline(told: OpenLibrary) -> None:
    assert "Visual ChatGPT" not in {entry.model.name for entry in load_timeline(told).entries}
    assert load_models(told).find("Visual ChatGPT") is not None


def test_a_misspelt_name_means_the_model(told: OpenLibrary) -> None:
    model = load_models(told).find("Chinchillla")
    assert model is not None
    assert model.name == "Chinchilla"
