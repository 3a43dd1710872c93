"""Why a cell shows what it shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builders import utc
from littrack.claims import (
    Basis,
    Cell,
    EvidenceKind,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Quantity,
    Unit,
)
from littrack.present.model_claims import WIDTH, render_claims
from littrack.present.tables import display_width
from model_builders import a_cell, a_claim, a_day, a_decision, a_model, palm

F = ModelField


def test_the_claims_behind_a_date_stand_with_their_rivals_below() -> None:
    rival = a_claim(
        F.RELEASE,
        a_day("2022-10-05", ModelDateKind.ARXIV_LATEST),
        kind=EvidenceKind.NOTE,
        source="notes/a.md",
        locator="第 4 节",
        start=120,
        end=131,
        sentence="PaLM 于 2022-10-05 发布。",
        basis=Basis.REPORTED,
    )
    shown = a_claim(F.RELEASE, "2022-04-05", locator="arXiv metadata")
    cell = a_cell(F.RELEASE, shown, rule="survey", rivals=(rival,))
    assert render_claims(a_model("PaLM", {F.RELEASE: cell}), F.RELEASE) == (
        "PaLM.release: 2022-04-05 (arXiv v1)\n"
        "  chosen by the rule: survey (arXiv v1, without a paper the earliest public release)\n"
        "  says so\n"
        "    2022-04-05 (arXiv v1)\n"
        "      arXiv:2204.02311v1, arXiv metadata, seen 2023-05-01\n"
        "      stated by who made the model; read from a field; recorded 2023-05-01\n"
        "  says otherwise\n"
        "    2022-10-05 (latest arXiv version)\n"
        "      notes/a.md, 第 4 节, characters 120-131, seen 2023-05-01\n"
        "      reported by a third party; read from a field; recorded 2023-05-01\n"
        "      “PaLM 于 2022-10-05 发布。”\n"
    )


def test_a_persons_decision_stands_on_top_with_its_reason() -> None:
    decision = a_decision(
        F.SIZE, "6B", "Li Wei", "the 130B is another model", utc("2024-01-02")
    )  # fmt: skip
    cell = a_cell(F.SIZE, a_claim(F.SIZE, "6B", source="a table"), rule="decided by a person")
    cell = Cell(F.SIZE, cell.values, (*cell.claims, decision), (), cell.rule)
    lines = render_claims(a_model("ChatGLM", {F.SIZE: cell}), F.SIZE).splitlines()
    assert lines[:8] == [
        "ChatGLM.size: 6B",
        "  chosen by the rule: decided by a person",
        "  decided",
        "    6B",
        '      Li Wei, curation.toml, line 3; there called "PaLM"',
        "      reported by a third party; entered by a person; recorded 2024-01-02",
        "      because: the 130B is another model",
        "  says so",
    ]


def test_how_a_claim_was_read_is_told_with_its_confidence_and_tool() -> None:
    text = " ".join(render_claims(palm(), F.SIZE).split())
    assert "extracted by a rule (littrack 0.5.0); confidence 0.97; recorded 2023-05-01" in text
    assert "arXiv:2204.02311v1, abstract, characters 42-87, seen 2023-05-01 stated" in text
    assert "“We trained a model of 540 billion parameters.”" in text


def test_a_whole_model_is_told_field_by_field() -> None:
    text = render_claims(palm(aliases=("PaLM-540B",), withdrawn=True))
    assert text.startswith(
        "PaLM\n"
        "  model, reviewed by a person\n"
        "  also known as PaLM-540B\n"
        "  paper: arXiv:2204.02311, withdrawn\n"
        "\n"
        "PaLM.organisation: Google\n"
    )
    titles = [line.split(":")[0] for line in text.splitlines() if line.startswith("PaLM.")]
    assert titles == [
        *("PaLM.organisation", "PaLM.release", "PaLM.size", "PaLM.access", "PaLM.rlhf"),
        *("PaLM.pretrain_data", "PaLM.hardware", "PaLM.in_context_learning"),
        "PaLM.chain_of_thought",
    ]


def test_what_nobody_states_is_said_and_what_has_no_source_is_unverified() -> None:
    bare = a_model("A", status=ModelStatus.CANDIDATE)
    assert render_claims(bare, F.HARDWARE) == "A.hardware: not stated by any source\n"
    assert "paper: none known" in render_claims(bare)
    cell = Cell(F.SIZE, (Quantity(7e9, Unit.PARAMETERS),))
    assert render_claims(a_model("A", {F.SIZE: cell}), F.SIZE) == (
        "A.size: 7B\n  unverified: no source is known for the size\n"
    )


@given(st.text(st.sampled_from("ab 大模型。x—é\u0301"), max_size=400))
def test_no_line_is_wider_than_the_page_and_no_letter_is_lost(sentence: str) -> None:
    claim = a_claim(F.SIZE, "7B", sentence=sentence, note="n" * 150)
    text = render_claims(a_model("A", {F.SIZE: claim}), F.SIZE)
    assert max(map(display_width, text.splitlines())) <= WIDTH
    if sentence.strip():
        assert "".join(sentence.split()) in "".join(text.split())
