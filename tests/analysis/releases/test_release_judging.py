from __future__ import annotations

from littrack.analysis.releases.judging import (
    ReleaseLabel,
    count_items,
    count_releases,
    list_errors,
    same_base,
    same_name,
    same_number,
)
from littrack.claims import Candidate, Finding, ModelField, Outcome, Parent, Quantity, Unit


def found(field: ModelField, value: object) -> Finding:
    return Finding(field, value, "abstract", 0, 1, "A.")  # type: ignore[arg-type]


def a_size(billions: float) -> Finding:
    return found(ModelField.SIZE, Quantity(billions * 1e9, Unit.PARAMETERS))


RIGHT = Candidate(
    Outcome.ACCEPT,
    0.9,
    ("Novum",),
    (
        found(ModelField.ALIAS, "Novum"),
        a_size(7.1),
        a_size(70),
        found(ModelField.BASE_MODEL, Parent("LLaMA")),
        found(ModelField.PRETRAIN_DATA, Quantity(2e12, Unit.TOKENS)),
        found(ModelField.PRETRAIN_DATA, Quantity(9e12, Unit.WORDS)),
    ),
)
JUDGED = [
    (ReleaseLabel("1", True, ("NOVUM",), (7.0, 13.0), (2000.0,), ("LLaMA-7B",)), RIGHT),
    (ReleaseLabel("2", True, ("Corvus",)), Candidate(Outcome.REJECT, 0.1)),
    (ReleaseLabel("3", False), Candidate(Outcome.REVIEW, 0.5, ("Pica",))),
    (ReleaseLabel("4", False), Candidate(Outcome.REJECT, 0.0)),
]


def test_releases_are_counted_by_outcome() -> None:
    accept, queue = count_releases(JUDGED)
    assert (accept.precision, accept.recall) == (1.0, 0.5)
    assert (queue.precision, queue.recall) == (0.5, 0.5)


def test_items_are_counted_among_true_releases() -> None:
    tallies = {(one.item, one.scope): one for one in count_items(JUDGED)}
    sizes = tallies["sizes", "accept"]
    assert (sizes.right, sizes.found, sizes.recalled, sizes.expected) == (1, 2, 1, 2)
    assert tallies["first name", "any"].recall == 0.5
    assert tallies["tokens", "accept"].precision == 1.0  # words are no tokens
    assert tallies["base model", "accept"].recall == 1.0


def test_every_error_is_listed_once() -> None:
    listed = {(one.arxiv_id, one.item, one.problem, one.value) for one in list_errors(JUDGED)}
    assert listed == {
        ("2", "release", "missed", ""),
        ("3", "release", "wrong", "Pica"),
        ("1", "sizes", "wrong", "70.0"),
        ("1", "sizes", "missed", "13.0"),
        ("2", "first name", "missed", "Corvus"),
        ("2", "names", "missed", "Corvus"),
    }


def test_nothing_found_has_no_precision() -> None:
    assert count_releases([JUDGED[3]])[0].precision is None


def test_values_match_up_to_spelling_and_rounding() -> None:
    assert same_name("PanGu-Σ", "pangu sigma")
    assert same_number("540", "540.35")
    assert not same_number("7", "7.2")
    assert same_base("Qwen2.5", "Qwen-2.5-7B")
    assert not same_base("LLaMA", "LLaMA 2")
