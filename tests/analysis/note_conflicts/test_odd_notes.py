"""Whatever a note holds: no error, and every conflict quotes what stands at its place."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noted import a_note, check

_PIECES = [
    *(
        "BLOOM",
        "PaLM",
        "GPT 系列",
        "## GLM",
        "- 发布时间：",
        "参数量：",
        "Paper: ",
        "| Model | Size |",
    ),
    *("175B", "17500B", "62B 和 63B", "5 到 5000 亿", "0B", "1e999B", "2022-13-45", "2022 年 0 月"),
    *(
        "2022-01-01",
        "Nov 2022",
        "[1]",
        "^[7]^",
        "(xùn)",
        "訓(xùn)練",
        "1/0",
        "七分之一",
        "参数",
        "token",
    ),
    *(
        "基于",
        "由 OpenAI 开发",
        "是一个工具集",
        "分别有",
        "都是",
        "\n",
        "\n\n",
        "。",
        ", ",
        "|",
    ),
]


_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "So", "Cn", "Co")), max_size=8)


@given(st.lists(st.sampled_from(_PIECES) | _WORDS, max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_note_breaks_the_check(pieces: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        note = a_note(Path(folder), " ".join(pieces))
    checked = check(note)
    for one in (*checked.conflicts, *checked.remarks):
        assert one.quote == note.text[slice(*one.span)]
        assert one.explanation
        assert one.note_value
