"""What is written into notes: in their language, a line a paper, nothing when there is nothing."""

from __future__ import annotations

from littrack.notes import ConflictKind, LinkMethod, LinkStatus, NoteConflict, NoteLink, TargetKind
from littrack.present.note_blocks import render_block, render_difference, render_sidecar

LINKS = [
    NoteLink(1, (0, 4), LinkStatus.LINKED, LinkMethod.ID, 1.0, target="2204.02311", title="PaLM"),
    NoteLink(
        2, (5, 9), LinkStatus.LINKED, LinkMethod.ALIAS, 0.9, target="2204.02311", title="PaLM"
    ),
    NoteLink(
        3, (9, 10), LinkStatus.LINKED, LinkMethod.TITLE, 1.0, target="2302.13971", title="[L]"
    ),
    NoteLink(3, (9, 10), LinkStatus.AMBIGUOUS, target="1910.10683"),
    NoteLink(3, (9, 10), LinkStatus.LINKED, LinkMethod.ALIAS, 1.0, TargetKind.MODEL, "T5"),
]
DOUBT = NoteConflict(
    note="a.md",
    span=(3, 13),
    quote="2022-10-05\n",
    model="PaLM",
    arxiv_id="2204.02311",
    field="release_date",
    note_value="2022-10-05",
    known_value="2022-04-05",
    kind=ConflictKind.DATE_TYPE,
    explanation="这是第 5 版的日期。",
)


def test_a_paper_has_one_line_with_the_headings_it_belongs_to() -> None:
    lines = render_block(LINKS, [], {1: "PaLM", 2: "规模", 3: "LLaMA"}, "zh")
    assert lines == (
        "**论文**",
        "",
        "- [PaLM](https://arxiv.org/abs/2204.02311) — PaLM; 规模",
        r"- [\[L\]](https://arxiv.org/abs/2302.13971) — LLaMA",
    )


def test_doubts_stand_below_the_papers() -> None:
    lines = render_block(LINKS[:1], [DOUBT], {}, "mixed")
    assert lines[3:] == (
        "",
        "**存疑**",
        "",
        "- **PaLM** · “2022-10-05”: 这是第 5 版的日期。 (已知: 2022-04-05)",
    )
    assert render_block([], [DOUBT], {}, "en")[0] == "**To check**"


def test_nothing_to_say_is_no_block() -> None:
    assert render_block(LINKS[3:], [], {}, "en") == ()


def test_a_difference_shows_a_missing_last_line_end() -> None:
    said = render_difference("a.md", "one\r\ntwo", "one\r\ntwo\r\nthree")
    assert said.splitlines() == [
        "--- a/a.md",
        "+++ b/a.md",
        "@@ -1,2 +1,3 @@",
        " one",
        "-two",
        "\\ No newline at end of file",
        "+two",
        "+three",
        "\\ No newline at end of file",
    ]
    assert render_difference("a.md", "same", "same") == ""


def test_a_sidecar_says_whose_it_is() -> None:
    text = render_sidecar("笔记", ("x",))
    assert text.startswith("<!-- made by littrack")
    assert text.endswith("# 笔记\n\nx\n")
