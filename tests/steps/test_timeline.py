"""The timeline: what is on it, as of when, and why a model is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from builders import utc
from littrack.claims import Decision, DecisionKind
from littrack.errors import InputError, NotFound, SettingsError
from littrack.steps.claims import import_claims, load_catalogue
from littrack.steps.curate import decide
from littrack.steps.figures import TableStyle, draw_table, draw_timeline
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import Choice, describe_entry, explain_entry, load_timeline
from littrack.steps.why import explain_cell

HEADER = "model\tname\tpaper\tfield\tvalue\tsource\tlocator\tnote\n"
MONDAY, TUESDAY = utc("2026-03-09 12:00"), utc("2026-03-10 12:00")


@pytest.fixture
def tell(library: OpenLibrary, tmp_path: Path) -> Callable[..., None]:
    """Brings claims in on a day: rows of model, field and value, a file a call."""

    def bring(*rows: tuple[str, str, str], when: object = MONDAY) -> None:
        path = tmp_path / f"{rows[0][0]}.tsv"
        lines = (f"{name}\t{name}\t\t{field}\t{value}\tBoard\trow {name}\t\n"
                 for name, field, value in rows)  # fmt: skip
        path.write_text(HEADER + "".join(lines), "utf-8")
        import_claims(replace(library, now=lambda: when), path)

    return bring


def accept(library: OpenLibrary, *names: str) -> None:
    kind = DecisionKind.ACCEPT
    decide(library, [Decision(kind, name, "jane", MONDAY, "seen") for name in names])


def names(library: OpenLibrary, **choice: object) -> list[str]:
    timeline = load_timeline(library, Choice(**choice))  # type: ignore[arg-type]
    return [entry.model.name for entry in timeline.entries]


def test_the_catalogue_is_the_timeline_of_a_library_without_papers(library: OpenLibrary) -> None:
    load_catalogue(library)
    timeline = load_timeline(library)
    found = [entry.model.name for entry in timeline.entries]
    assert found[:4] == ["Transformer", "ELMo", "GPT-1", "BERT"]
    assert {"LoRA", "RLHF", "Self-Instruct"} & set(found) == set(), "methods are no models"
    printed = [model.name for model in timeline.printed]
    assert {"T5", "PaLM", "GPT-4", "LLaMA", "CodeGeeX"} <= set(printed)
    assert "BERT" not in printed
    assert (timeline.unreviewed, timeline.waiting, timeline.why_nothing) == (0, 0, "")
    dates = [entry.model.release.value for entry in timeline.entries if entry.model.release]
    assert dates == sorted(dates)
    assert [entry.model.release for entry in timeline.entries][len(dates) :].count(None) == (
        len(found) - len(dates)
    ), "those without a date come last"


def test_what_was_recorded_later_is_not_known_earlier(
    library: OpenLibrary, tell: Callable[..., None]
) -> None:
    tell(("Alpha", "release", "2022-01"))
    tell(("Beta", "release", "2022-02"), when=TUESDAY)
    accept(library, "Alpha", "Beta")
    assert names(library) == ["Alpha", "Beta"]
    assert names(library, as_of=MONDAY) == ["Alpha"]
    assert names(library, as_of=utc("2026-03-08")) == []
    assert load_timeline(library, Choice(as_of=utc("2026-03-08"))).why_nothing == (
        "this library knew of no models by 2026-03-08"
    )
    with pytest.raises(NotFound, match="knew of no models by 2026-03-08"):
        explain_entry(library, "Alpha", Choice(as_of=utc("2026-03-08")))
    with pytest.raises(NotFound, match="knew of no models"):
        explain_cell(library, "Alpha.release", as_of=utc("2026-03-08"))


def test_what_came_out_after_the_end_or_at_no_known_time_is_left_out(
    library: OpenLibrary, tell: Callable[..., None]
) -> None:
    tell(
        ("Alpha", "release", "2020-12-31"),
        ("Beta", "release", "2021-01-01"),
        ("Gamma", "size", "7B"),
    )
    accept(library, "Alpha", "Beta", "Gamma")
    assert names(library) == ["Alpha", "Beta", "Gamma"]
    assert names(library, until=utc("2020-12-31 23:59")) == ["Alpha"]
    assert load_timeline(library, Choice(until=utc("1990-01-01"))).why_nothing.startswith(
        "no model fits what was asked for"
    )


def test_what_nobody_has_reviewed_is_counted_and_shown_on_demand(
    library: OpenLibrary, tell: Callable[..., None]
) -> None:
    tell(("Alpha", "size", "70B"), ("Alpha", "release", "2022-01"), ("Alpha", "access", "open"),
         ("Alpha", "in_context_learning", "yes"))  # fmt: skip
    assert (names(library), load_timeline(library).unreviewed) == ([], 1)
    assert names(library, unreviewed=True) == ["Alpha"]
    assert load_timeline(library, Choice(unreviewed=True)).unreviewed == 0
    entry = explain_entry(library, "Alpha")
    assert (entry.verdict.kept, entry.printed, entry.hidden) == (True, False, "not reviewed")
    row, english = describe_entry(library, entry)
    assert (row["printed"], row["hidden"]) == (False, "not reviewed")
    assert english.startswith("The timeline leaves Alpha out, because nobody has reviewed it")
    assert "\nBy the rule alone: Alpha is kept, because" in english
    assert describe_entry(library, entry, "zh")[1].startswith("时间线不收录 Alpha，因为尚无人审核")
    assert explain_entry(library, "Alpha", Choice(unreviewed=True)).printed
    accept(library, "Alpha")
    assert explain_entry(library, "Alpha").hidden == ""


def test_a_decision_against_a_model_is_told_by_whoever_asks_for_it(
    library: OpenLibrary, tell: Callable[..., None]
) -> None:
    tell(("Alpha", "size", "70B"), ("Beta", "size", "7B"))
    accept(library, "Alpha", "Beta")
    no_model = Decision(DecisionKind.NOT_A_MODEL, "Alpha", "jane", TUESDAY, "a data set")
    rejected = Decision(DecisionKind.REJECT, "Beta", "jane", TUESDAY, "a hoax")
    decide(library, [no_model, rejected])
    assert names(library) == []
    entry = explain_entry(library, "Alpha")
    assert (entry.hidden, entry.printed) == ("not a model", False)
    assert describe_entry(library, entry)[1].startswith(
        "The timeline leaves Alpha out, because it is no model: littrack why Alpha.\n"
    )
    for ask in (explain_entry, explain_cell):
        with pytest.raises(NotFound, match="Beta was rejected by jane on 2026-03-10: a hoax"):
            ask(library, "Beta")


def test_a_wrong_rule_or_language_is_said_before_anything_is_drawn(library: OpenLibrary) -> None:
    with pytest.raises(SettingsError, match="column 10"):
        draw_timeline(library, ".svg", Choice(select="size_b > ten"))
    with pytest.raises(InputError, match="no language 'fr': en or zh"):
        draw_timeline(library, ".svg", language="fr")
    with pytest.raises(InputError, match="no language 'fr': en or zh"):
        draw_table(library, TableStyle("md", "fr"))
    with pytest.raises(InputError, match=r"no figure can be written as \.gif; known are \.svg"):
        draw_timeline(library, ".gif")


def test_an_empty_library_says_how_to_get_models(library: OpenLibrary) -> None:
    advice = "littrack update --no-ingest brings the catalogue"
    assert advice in load_timeline(library).why_nothing
    for drawn in (draw_timeline(library, ".svg"), draw_table(library, TableStyle("table"))):
        assert advice in drawn.warnings[0]
        assert drawn.told == "0 models"
    for ask in (explain_entry, explain_cell):
        with pytest.raises(NotFound, match=advice):
            ask(library, "PaLM")


def test_a_model_without_a_place_in_the_figure_is_named(
    library: OpenLibrary, tell: Callable[..., None]
) -> None:
    tell(("Alpha", "size", "70B"), ("Beta", "size", "70B"), ("Beta", "release", "2022"))
    accept(library, "Alpha", "Beta")
    drawn = draw_timeline(library, ".svg", Choice(select="size_b >= 10"))
    assert drawn.told == "0 models"
    alpha, beta = drawn.warnings
    assert alpha == "Alpha: no source states a date, so the figure leaves it out"
    assert beta.startswith("Beta: 2022 does not tell which column it belongs to")


def test_a_field_of_a_name_with_a_dot_is_found(
    library: OpenLibrary, tell: Callable[..., None]
) -> None:
    tell(("Alpha-1.5", "release", "2022-01"), ("Alpha-1.5", "size", "7B"))
    for cell in ("Alpha-1.5", "alpha-1.5"):
        assert {row["field"] for row in explain_cell(library, cell).table.rows} == {
            "release", "size",
        }  # fmt: skip
    for cell in ("Alpha-1.5.release", "Alpha-1.5.date", "Alpha-1.5.release:announced"):
        [row] = explain_cell(library, cell).table.rows
        assert (row["field"], row["value"], row["locator"]) == (
            "release", "2022-01", "row Alpha-1.5",
        )  # fmt: skip
    assert (
        explain_cell(library, "Alpha-1.5.rlhf").text == "Alpha-1.5.rlhf: not stated by any source\n"
    )
    with pytest.raises(InputError, match="no field 'relase': did you mean release"):
        explain_cell(library, "Alpha-1.5.relase")
    with pytest.raises(NotFound, match="no model is called 'Omega'"):
        explain_cell(library, "Omega.release")
