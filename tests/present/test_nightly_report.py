"""The page of a scheduled run, rendered without Prefect."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from littrack.present.nightly_report import (
    SHOWN,
    NightlyReport,
    escape_markdown,
    render_nightly,
    source_rows,
    summarise,
)
from littrack.records import Change, ChangeKind, RunReport

SOURCE = {
    "name": "oai nlp: cat:cs.CL",
    "papers": 12,
    "state": "complete",
    "stale": True,
    "last_success": "2025-06-03T02:30:00+00:00",
    "holes": [{"from": "2025-05-01", "until": "2025-05-02", "why": "not read"}],
    "run": 3,
}
NIGHT = NightlyReport(
    what="nightly",
    library="my_survey",
    finished=datetime(2025, 6, 3, 3, 30, tzinfo=UTC),
    reports=(
        RunReport("ingest nlp: cat:cs.CL", {"received": 3, "new": 2}, run=3),
        RunReport("embed", {"embedded": 2}),
    ),
    changes=(
        Change("2506.00001", ChangeKind.NEW),
        Change("2506.00002", ChangeKind.NEW),
        Change("2505.00009", ChangeKind.WITHDRAWN, "v1 -> v2"),
    ),
    titles={
        "2506.00001": "思维链*提示*：[综述] <b>|x|</b>\nsecond line",
        "2506.00002": "Plain",
        "2505.00009": "Gone",
    },
    sources=(SOURCE,),
)


def test_the_page_names_what_changed_the_grave_first() -> None:
    page = render_nightly(NIGHT)
    assert page.startswith("# nightly of my\\_survey\n\n2025-06-03 03:30 UTC: **2 new**")
    assert page.index("## Withdrawn (1)") < page.index("## New papers (2)")
    assert "- [2505.00009](https://arxiv.org/abs/2505.00009) Gone (v1 -\\> v2)\n" in page
    assert "| ingest nlp: cat:cs.CL | 3 received, 2 new | complete | 3 |" in page
    assert "- oai nlp: cat:cs.CL: 2025-05-01 to 2025-05-02: not read" in page
    assert "## Failed" not in page


def test_a_title_cannot_change_the_page() -> None:
    page = render_nightly(NIGHT)
    escaped = "思维链\\*提示\\*：\\[综述\\] \\<b\\>\\|x\\|\\</b\\> second line"
    assert f"- [2506.00001](https://arxiv.org/abs/2506.00001) {escaped}\n" in page
    assert escape_markdown("a\r\n\x1b\u2028# b `c` $x_1$") == "a \\# b \\`c\\` \\$x\\_1\\$"


def test_a_long_list_is_cut_and_says_where_the_rest_is() -> None:
    many = tuple(Change(f"2506.{number:05}", ChangeKind.NEW) for number in range(SHOWN + 7))
    page = render_nightly(replace(NIGHT, changes=many))
    assert f"## New papers ({SHOWN + 7})" in page
    assert page.count("- [2506.") == SHOWN
    assert "- … and 7 more: `littrack status --run 3`" in page


def test_a_failure_comes_first_with_its_reason_and_the_advice_last() -> None:
    failed = replace(
        NIGHT, failures={"index": "No space left. Free some, then go on"}, advice=("Run: x",)
    )
    page = render_nightly(failed)
    assert "**failed: index**" in page
    assert page.index("## Failed") < page.index("| Part |") < page.index("## What to do")
    assert "- **index**: No space left. Free some, then go on" in page


def test_an_incomplete_part_and_its_warnings_are_shown() -> None:
    part = RunReport("ingest a|b", warnings=("a *hole*",), complete=False)
    page = render_nightly(replace(NIGHT, reports=(part,)))
    assert "**incomplete**" in page
    assert "| ingest a\\|b | nothing to do | **incomplete** |  |" in page
    assert "## Warnings\n\n- a \\*hole\\*\n" in page
    assert "INCOMPLETE ingest a|b" in summarise(replace(NIGHT, reports=(part,)))


def proposal(number: int, **changes: object) -> dict[str, object]:
    row = {
        "model": "Novum-7B",
        "arxiv_id": f"2506.{number:05}",
        "outcome": "review",
        "score": 0.8,
        "sizes": "7B, 13B",
        "title": "Novum: *an* open [model]",
    }
    return row | changes


def test_proposed_releases_stand_before_the_papers_and_say_how_to_decide() -> None:
    rows = (proposal(1), proposal(2, model="a_b", sizes="", outcome="accept"))
    page = render_nightly(replace(NIGHT, candidates=rows))
    assert page.index("## Model releases proposed (2)") < page.index("## Withdrawn (1)")
    assert (
        "- **Novum-7B** 7B, 13B, review: [2506.00001](https://arxiv.org/abs/2506.00001) "
        "Novum: \\*an\\* open \\[model\\]\n- **a\\_b**, accept: [2506.00002]"
    ) in page
    assert "Decide with `littrack models review`.\n" in page
    assert "Model releases" not in render_nightly(NIGHT)


def test_a_long_list_of_proposals_is_cut() -> None:
    many = tuple(proposal(number) for number in range(SHOWN + 7))
    page = render_nightly(replace(NIGHT, candidates=many))
    assert f"## Model releases proposed ({SHOWN + 7})" in page
    assert page.count(", review: [2506.") == SHOWN
    assert "- … and 7 more\n" in page


def test_one_line_says_it_all() -> None:
    assert summarise(NIGHT) == "2 new, 1 withdrawn; embed 2 embedded"
    nothing = replace(NIGHT, changes=(), failures={"embed": "held", "index": "held"}, reports=())
    assert summarise(nothing) == "no paper changed; FAILED embed, index: held"


def test_the_sources_are_rows_of_plain_values() -> None:
    never = {**SOURCE, "last_success": None, "stale": False, "holes": [], "run": None}
    assert source_rows([SOURCE, never]) == [
        {
            "source": "oai nlp: cat:cs.CL",
            "papers": 12,
            "state": "complete (stale)",
            "last whole": "2025-06-03 02:30",
            "holes": 1,
            "run": 3,
        },
        {
            "source": "oai nlp: cat:cs.CL",
            "papers": 12,
            "state": "complete",
            "last whole": "never",
            "holes": 0,
            "run": "",
        },
    ]
