"""source: where a claim comes from, as rows, lines and a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import PAPERS, Run

from littrack.cli import main, source


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, filled: Path) -> Run:
    """``littrack source`` on the four papers."""
    if source.source not in main.COMMANDS:
        monkeypatch.setattr(main, "COMMANDS", (*main.COMMANDS, source.source))
    run = request.getfixturevalue("run")
    return lambda *arguments, input=None: run(
        "source", *arguments, "--library", filled, input=input
    )


COPY = "translation network of attention alone"


def test_the_object_has_the_place_and_the_numbers(find: Run) -> None:
    found = json.loads(find(COPY, "--json").stdout)
    best = found[0]
    assert (best["rank"], best["kind"], best["arxiv_id"]) == (1, "paper", "1706.03762")
    assert (best["match"], best["field"]) == ("exact", "abstract")
    assert best["sentence"] == PAPERS[1]["abstract"][best["start"] : best["end"]]
    assert best["numbers"] == {"agree": [], "differ": []}
    assert best["claim"] == {"text": COPY, "start": 0, "end": len(COPY)}
    assert {"version", "title", "authors", "published", "score", "url"} <= best.keys()


def test_people_read_lines_with_the_match_and_the_place(find: Run) -> None:
    lines = find(COPY, "-n", "1").stdout.splitlines()
    assert lines[0] == "1. Attention Is All You Need"
    assert lines[2].startswith("   exact, 1.00, abstract 0-")
    assert lines[2].endswith(": A translation network of attention alone, without recurrence.")


def test_a_claim_without_a_source_says_so(find: Run) -> None:
    result = find("Bread rises in a warm kitchen", "--json", "--fail-empty")
    assert (result.exit_code, result.stdout) == (3, "[]\n")
    assert result.stderr == "no match: no source in this library\n"


def test_a_file_and_standard_input_are_taken_claim_by_claim(find: Run, tmp_path: Path) -> None:
    text = f"- {COPY}\n- Bread rises in a warm kitchen\n"
    notes = tmp_path / "notes.md"
    notes.write_text(text, "utf-8")
    for argument in (str(notes), "-"):
        result = find(argument, "--json", "-n", "1", input=text)
        claims = [row["claim"] for row in json.loads(result.stdout)]
        assert [text[claim["start"] : claim["end"]] for claim in claims] == [f"- {COPY}"]
        assert result.stderr == "no match: no source in this library for 1 of 2 claims\n"
    shown = find(notes, "-n", "1").stdout
    assert "“- Bread rises in a warm kitchen”\n   no source in this library\n" in shown
    page = tmp_path / "sources.html"
    find(notes, "-o", page)
    assert "1 of 2 have a source in this library" in page.read_text("utf-8")
    assert f"<mark>{COPY}</mark>" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("?!",), 65, "no word to search for"),
        (("-",), 65, "holds no claim"),
        ((), 2, "CLAIM|FILE"),
        (("absent.md",), 65, "no such file"),
    ],
)
def test_mistakes_end_with_their_code(
    find: Run, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = find(*arguments, input=" \n")
    assert result.exit_code == code, result.output
    assert says in result.stderr
