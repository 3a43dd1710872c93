from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from builders import a_paper, utc
from littrack.claims import (
    Basis,
    Candidate,
    Claim,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Hardware,
    Method,
    ModelDateKind,
    ModelField,
    Outcome,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.errors import InputError, NotFound, StoreError
from littrack.records import Precision
from littrack.store.claims import (
    ClaimCounts,
    load_claims,
    load_origins,
    replace_claims,
    replace_extracted,
    value_from_json,
    value_to_json,
)
from littrack.store.editions import load_edition, load_edition_names, save_edition
from littrack.store.engine import begin
from littrack.store.extractions import (
    count_outcomes,
    count_unread,
    load_extracted,
    load_unread,
    save_extractions,
)
from littrack.store.saving import save_papers
from littrack.store.tables import claims, editions

MONDAY, TUESDAY, FRIDAY = utc("2026-11-16"), utc("2026-11-17"), utc("2026-11-20")


def a_claim(value: ClaimValue, field: ModelField = ModelField.SIZE, **changes: object) -> Claim:
    evidence = Evidence(
        EvidenceKind.PAPER,
        "2204.02311v1",
        "abstract",
        10,
        14,
        "Wir nennen es 思维链.",
        basis=Basis.STATED,
        retrieved=MONDAY,
    )
    claim = Claim("PaLM", field, value, evidence, MONDAY, Method.RULE, 0.75, "2204.02311", "t 1")
    return replace(claim, **changes)  # type: ignore[arg-type]


PARAMETERS = a_claim(Quantity(540e9, Unit.PARAMETERS))
VALUES: tuple[ClaimValue, ...] = (
    "思维链",
    True,
    False,
    TypedDate(ModelDateKind.API_RELEASE, utc("2021-05-01"), Precision.MONTH),
    Quantity(540.35e9, Unit.PARAMETERS),
    Quantity(None, Unit.PARAMETERS),
    Quantity(1.8e12, Unit.PARAMETERS, "active", estimate=True),
    Hardware("TPU v4", 6144),
    Hardware("A100"),
    Parent("LLaMA", RelationKind.CONTINUED, "+ chinese data"),
)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_comes_back_from_json_as_it_was(value: ClaimValue) -> None:
    assert value_from_json(value_to_json(value)) == value


def test_a_claim_comes_back_whole_with_its_origin(engine: sa.Engine) -> None:
    given = [a_claim(value, field=ModelField.CAPTION) for value in VALUES]
    with begin(engine) as conn:
        replace_claims(conn, "catalogue", given, MONDAY)
        found = load_claims(conn)
    assert found == [replace(claim, origin="catalogue") for claim in given]


def test_the_same_claims_again_write_nothing(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        first = replace_claims(conn, "catalogue", [PARAMETERS], MONDAY)
        later = replace(PARAMETERS, recorded_at=TUESDAY, tool="t 2")
        second = replace_claims(conn, "catalogue", [later, later], TUESDAY)
        assert load_claims(conn)[0].recorded_at == MONDAY
    assert (first, second) == (ClaimCounts(new=1), ClaimCounts(unchanged=1))


def test_what_a_source_takes_back_is_retired_and_still_known_as_of_the_day_before(
    engine: sa.Engine,
) -> None:
    other = a_claim(Quantity(62e9, Unit.PARAMETERS), recorded_at=FRIDAY)
    with begin(engine) as conn:
        replace_claims(conn, "catalogue", [PARAMETERS], MONDAY)
        counts = replace_claims(conn, "catalogue", [other], FRIDAY)
        now = [claim.value for claim in load_claims(conn)]
        before = [claim.value for claim in load_claims(conn, as_of=TUESDAY)]
        long_ago = load_claims(conn, as_of=utc("2020-01-01"))
        rows = conn.scalar(sa.select(sa.func.count()).select_from(claims))
    assert counts == ClaimCounts(new=1, retired=1)
    assert (now, before, long_ago) == ([other.value], [PARAMETERS.value], [])
    assert rows == 2, "nothing is deleted"


def test_one_origin_does_not_touch_another(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        replace_claims(conn, "catalogue", [PARAMETERS], MONDAY)
        replace_claims(conn, "import:t.csv", [PARAMETERS, a_claim("x")], MONDAY)
        replace_claims(conn, "import:t.csv", [], TUESDAY)
        assert load_origins(conn) == {"catalogue": 1}


def _with_papers(engine: sa.Engine) -> None:
    papers = [
        a_paper(arxiv_id="2303.00001", title="One", version=1),
        a_paper(arxiv_id="2303.00002", title="Two", version=1),
    ]
    with begin(engine) as conn:
        save_papers(conn, papers, MONDAY)


def test_a_version_is_read_once_by_each_extractor(engine: sa.Engine) -> None:
    _with_papers(engine)
    with begin(engine) as conn:
        first, second = load_unread(conn, "1", 10)
        assert (first.arxiv_id, first.number, first.title) == ("2303.00001", 1, "One")
        candidate = Candidate(Outcome.ACCEPT, 0.9, ("Uno",), reasons=("because",))
        save_extractions(conn, "1", {first.version_id: candidate}, MONDAY)
        assert [one.arxiv_id for one in load_unread(conn, "1", 10)] == [second.arxiv_id]
        assert (count_unread(conn, "1"), count_unread(conn, "2")) == (1, 2)
        save_extractions(conn, "2", {first.version_id: Candidate(Outcome.REJECT, 0.1)}, TUESDAY)
        assert count_outcomes(conn) == {Outcome.REJECT: 1}
        assert (count_unread(conn, "1"), count_unread(conn, "2")) == (2, 1)


def test_the_newest_version_that_was_read_speaks_for_its_paper(engine: sa.Engine) -> None:
    _with_papers(engine)
    with begin(engine) as conn:
        save_papers(conn, [a_paper(arxiv_id="2303.00001", title="One, two", version=2)], TUESDAY)
        old, other, new = load_unread(conn, "1", 10)
        assert (new.arxiv_id, new.number) == ("2303.00001", 2)
        read = {
            old.version_id: Candidate(Outcome.ACCEPT, 0.9, ("Uno",)),
            other.version_id: Candidate(Outcome.REJECT, 0.0),
        }
        save_extractions(conn, "1", read, MONDAY)
        save_extractions(
            conn, "1", {new.version_id: Candidate(Outcome.REVIEW, 0.5, ("Due",))}, TUESDAY
        )
        found = load_extracted(conn, [Outcome.REVIEW, Outcome.ACCEPT])
        earlier = load_extracted(conn, list(Outcome), as_of=MONDAY)
        accepted = load_extracted(conn, [Outcome.ACCEPT])
    assert [(one.arxiv_id, one.number, one.names) for one in found] == [("2303.00001", 2, ("Due",))]
    assert [(one.number, one.names) for one in earlier] == [(1, ("Uno",))]
    assert accepted == []


def test_claims_read_in_a_version_are_replaced_version_by_version(engine: sa.Engine) -> None:
    _with_papers(engine)
    with begin(engine) as conn:
        one, two = (found.version_id for found in load_unread(conn, "1", 10))
        both = {one: [PARAMETERS], two: [PARAMETERS]}
        assert replace_extracted(conn, "extraction", both, MONDAY) == ClaimCounts(new=2)
        counts = replace_extracted(conn, "extraction", {two: []}, TUESDAY)
        assert counts == ClaimCounts(retired=1)
        assert replace_extracted(conn, "extraction", {one: [PARAMETERS]}, FRIDAY) == ClaimCounts(
            unchanged=1
        )


def test_an_edition_is_frozen_once_and_checked_when_it_is_read(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        save_edition(conn, "v1", '{"年": 1}', MONDAY)
        assert load_edition(conn, "v1") == '{"年": 1}'
        assert load_edition_names(conn) == [("v1", MONDAY)]
        with pytest.raises(InputError, match="never overwritten"):
            save_edition(conn, "v1", "{}", TUESDAY)
        with pytest.raises(NotFound, match="known are v1"):
            load_edition(conn, "v2")
        conn.execute(editions.update().values(content="{}"))
        with pytest.raises(StoreError, match="changed since it was frozen"):
            load_edition(conn, "v1")
