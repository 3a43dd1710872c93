from __future__ import annotations

from dataclasses import replace
from typing import Any

from builders import a_paper, a_version, utc
from littrack.analysis.models import (
    CATALOGUE,
    EXTRACTION,
    Models,
    Proposal,
    build_models,
)
from littrack.claims import (
    Basis,
    Claim,
    ClaimValue,
    Decision,
    DecisionKind,
    Evidence,
    EvidenceKind,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Outcome,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.records import DateKind, Paper, PaperDate, Precision

DAY = utc("2026-11-20")
PALM = "2204.02311"


def said(
    subject: str,
    field: ModelField,
    value: ClaimValue,
    origin: str = CATALOGUE,
    **more: Any,
) -> Claim:
    kind = more.pop("kind", EvidenceKind.TABLE)
    evidence = Evidence(kind, more.pop("source", "a table"), basis=Basis.REPORTED)
    return Claim(subject, field, value, evidence, DAY, origin=origin, **more)


def size(billions: float) -> Quantity:
    return Quantity(billions * 1e9, Unit.PARAMETERS)


def decided(kind: DecisionKind, model: str, **more: Any) -> Decision:
    return Decision(kind, model, "Ada", more.pop("when", DAY), "she looked", **more)


KNOWN = [
    said("PaLM", ModelField.PAPER, PALM),
    said("PaLM", ModelField.SIZE, size(540)),
    said("GLM", ModelField.PAPER, "2103.10360"),
    said("GLM", ModelField.SIZE, size(10)),
    said("GLM-130B", ModelField.PAPER, "2210.02414"),
    said("GLM-130B", ModelField.SIZE, size(130)),
    said("GLM-130B", ModelField.ALIAS, "GLM"),
    said("ChatGLM", ModelField.SIZE, size(6)),
]


def build(
    *claims: Claim,
    proposals: tuple[Proposal, ...] = (),
    decisions: tuple[Decision, ...] = (),
    papers: tuple[Paper, ...] = (),
) -> Models:
    held = {paper.arxiv_id: (paper, DAY) for paper in papers}
    return build_models([*KNOWN, *claims], proposals, decisions, held)


def get(models: Models, name: str) -> Model:
    found = {model.name: model for model in models.models}
    return found[name]


def test_the_catalogue_names_the_models_in_order() -> None:
    models = build().models
    assert [model.name for model in models] == ["ChatGLM", "GLM", "GLM-130B", "PaLM"]
    assert {model.status for model in models} == {ModelStatus.CURATED}


def test_a_tables_row_joins_the_model_that_its_size_tells() -> None:
    table = [
        said("GLM", ModelField.SIZE, size(130), "import:t.csv", source="t.csv"),
        said("PaLM (540B)", ModelField.SIZE, size(540.35), "import:t.csv", source="t.csv"),
    ]
    models = build(*table)
    assert "t.csv" in {
        one.evidence.source for one in get(models, "GLM-130B").cells[ModelField.SIZE].claims
    }
    assert len(get(models, "GLM").cells[ModelField.SIZE].claims) == 1
    assert len(get(models, "PaLM").cells[ModelField.SIZE].claims) == 2
    assert models.open_claims == ()


def test_a_name_that_may_be_two_models_stays_open() -> None:
    shared = [said(name, ModelField.ALIAS, "General LM") for name in ("GLM", "ChatGLM")]
    models = build(*shared, said("General LM", ModelField.LICENCE, "MIT", "import:t.csv"))
    assert [one.resolution.candidates for one in models.open_claims] == [("GLM", "ChatGLM")]
    assert all(model.values(ModelField.LICENCE) == () for model in models.models)


def test_a_table_may_bring_a_model_but_a_note_may_not() -> None:
    table = said("Nonesuch-7B", ModelField.SIZE, size(7), "import:t.csv")
    note = said("Whatever-9B", ModelField.SIZE, size(9), "notes", kind=EvidenceKind.NOTE)
    models = build(table, note)
    assert get(models, "Nonesuch-7B").status is ModelStatus.ACCEPTED
    assert [one.claim.subject for one in models.open_claims] == ["Whatever-9B"]


def test_a_papers_release_is_the_model_known_for_that_paper() -> None:
    read = said("Pathways Model", ModelField.SIZE, size(540), EXTRACTION, paper=PALM, source="v1")
    proposal = Proposal(PALM, Outcome.ACCEPT, 0.99, ("Pathways Model",))
    models = build(read, proposals=(proposal,))
    assert len(models.models) == 4
    assert "v1" in {
        one.evidence.source for one in get(models, "PaLM").cells[ModelField.SIZE].claims
    }


def test_another_papers_model_of_the_same_name_keeps_its_own_identity() -> None:
    proposals = (
        Proposal("2611.00001", Outcome.ACCEPT, 0.9, ("PaLM",)),
        Proposal("2611.00002", Outcome.REVIEW, 0.5, ("Novum",)),
    )
    models = build(proposals=proposals)
    other = get(models, "PaLM (2611.00001)")
    assert (other.status, other.paper) == (ModelStatus.ACCEPTED, "2611.00001")
    assert get(models, "PaLM").paper == PALM
    assert get(models, "Novum").status is ModelStatus.CANDIDATE


def test_the_dates_of_versions_come_from_the_library() -> None:
    paper = a_paper(
        arxiv_id=PALM,
        published=PaperDate(utc("2022-04-05"), Precision.SECOND, DateKind.V1),
        version=5,
        updated=utc("2022-10-05"),
        versions=(a_version(1, "2022-04-05"), a_version(5, "2022-10-05")),
    )
    cell = get(build(papers=(paper,)), "PaLM").cells[ModelField.RELEASE]
    assert str(cell.values[0]) == "2022-04-05"
    assert [str(one.value) for one in cell.rivals] == ["2022-10-05"]
    assert [one.evidence.source for one in (*cell.claims, *cell.rivals)] == [
        f"{PALM}v1",
        f"{PALM}v5",
    ]


def test_of_a_paper_whose_day_is_not_known_only_the_month_is_claimed() -> None:
    date = PaperDate(utc("2022-04-07"), Precision.DAY, DateKind.ANNOUNCED)
    model = get(build(papers=(a_paper(arxiv_id=PALM, published=date),)), "PaLM")
    assert str(model.release) == "2022-04"


def test_what_a_person_set_wins_and_can_be_taken_back() -> None:
    date = TypedDate(ModelDateKind.ANNOUNCED, utc("2022-04-04"))
    fixed = decided(DecisionKind.SET, "PaLM", field=ModelField.RELEASE, value=date)
    assert get(build(decisions=(fixed,)), "PaLM").release == date
    back = decided(DecisionKind.UNSET, "PaLM", field=ModelField.RELEASE, when=utc("2026-11-21"))
    assert get(build(decisions=(fixed, back)), "PaLM").release is None


def test_values_set_together_add_up_and_a_later_decision_replaces_them() -> None:
    both = [
        decided(DecisionKind.SET, "PaLM", field=ModelField.SIZE, value=size(one)) for one in (8, 62)
    ]
    assert get(build(decisions=tuple(both)), "PaLM").values(ModelField.SIZE) == (size(8), size(62))
    later = decided(
        DecisionKind.SET, "PaLM", field=ModelField.SIZE, value=size(1), when=utc("2026-11-21")
    )
    found = get(build(decisions=(*both, later)), "PaLM").values(ModelField.SIZE)
    assert found == (size(1),)


def test_a_rejected_model_is_gone_and_an_accepted_one_is_curated() -> None:
    proposal = Proposal("2611.00002", Outcome.REVIEW, 0.5, ("Novum",))
    reject = decided(DecisionKind.REJECT, "Novum", paper="2611.00002")
    assert "Novum" not in [
        one.name for one in build(proposals=(proposal,), decisions=(reject,)).models
    ]
    accept = decided(DecisionKind.ACCEPT, "Novum-2", paper="2611.00002")
    models = build(proposals=(proposal,), decisions=(accept,))
    assert get(models, "Novum-2").status is ModelStatus.CURATED
    assert "Novum" not in [one.name for one in models.models]


def test_who_rejects_and_then_accepts_has_accepted() -> None:
    proposal = Proposal("2611.00002", Outcome.REVIEW, 0.5, ("Novum",))
    no = decided(DecisionKind.REJECT, "Novum", paper="2611.00002")
    yes = decided(DecisionKind.ACCEPT, "Novum", paper="2611.00002", when=utc("2026-11-21"))
    models = build(proposals=(proposal,), decisions=(no, yes))
    assert get(models, "Novum").status is ModelStatus.CURATED
    gone = build(proposals=(proposal,), decisions=(yes, replace(no, when=utc("2026-11-22"))))
    assert "Novum" not in [model.name for model in gone.models]


def test_a_tables_claims_and_its_papers_proposal_are_one_model() -> None:
    row = said("Wombat", ModelField.SIZE, size(7), "import:t.csv", paper="2404.00001")
    models = build(row, proposals=(Proposal("2404.00001", Outcome.ACCEPT, 0.9, ("Wombat",)),))
    assert [model.name for model in models.models if "Wombat" in model.name] == ["Wombat"]


def test_merged_models_become_one_that_answers_to_both_names() -> None:
    merge = decided(DecisionKind.MERGE, "GLM-130B", value="GLM")
    models = build(decisions=(merge,))
    assert "GLM-130B" not in [model.name for model in models.models]
    assert get(models, "GLM").values(ModelField.SIZE) == (size(10), size(130))
    found = models.find("GLM-130B")
    assert found is not None
    assert found.name == "GLM"


def test_what_a_paper_says_can_be_split_off() -> None:
    read = said("PaLM", ModelField.SIZE, size(62), EXTRACTION, paper="2210.00001")
    proposal = Proposal("2210.00001", Outcome.ACCEPT, 0.9, ("PaLM 62B",))
    split = decided(DecisionKind.SPLIT, "PaLM 62B", paper="2210.00001", value="Flan-cont-PaLM")
    models = build(read, proposals=(proposal,), decisions=(split,))
    assert get(models, "Flan-cont-PaLM").values(ModelField.SIZE) == (size(62),)
    assert get(models, "Flan-cont-PaLM").status is ModelStatus.CURATED


def test_a_decision_about_nothing_known_is_given_back() -> None:
    idle = decided(DecisionKind.REJECT, "Nonesuch")
    assert build(decisions=(idle,)).idle_decisions == (idle,)


def test_a_renamed_model_is_found_by_its_old_name() -> None:
    models = build(decisions=(decided(DecisionKind.RENAME, "PaLM", value="Pathways LM"),))
    found = models.find("PaLM")
    assert found is not None
    assert found.name == "Pathways LM"


def test_what_is_said_about_parents_bears_the_childs_name() -> None:
    parent = Parent("PaLM", RelationKind.SUCCESSOR)
    edges = build(said("ChatGLM", ModelField.BASE_MODEL, parent)).edges
    assert [(one.subject, one.value) for one in edges] == [("ChatGLM", parent)]


def test_a_withdrawn_paper_marks_its_model() -> None:
    assert get(build(papers=(a_paper(arxiv_id=PALM, withdrawn=True),)), "PaLM").withdrawn
