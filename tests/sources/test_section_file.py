"""sections.toml and section-decisions.toml: what they hold, what is said when they are wrong."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from builders import utc
from littrack.errors import InputError
from littrack.sources.section_file import (
    SectionDecision,
    append_section_decisions,
    read_section_decisions,
    read_sections,
)

TREE = """\
[[section]]
key = "tuning"
title = "Tuning"

[[section]]
key = "tuning/adapters"
title = "Adapters"
title_zh = "适配器"
description = "Small layers  between large ones."
examples = ["1902.00751", "arXiv:2106.09685v2", "1902.00751"]

[[section]]
key = "data"
title = "Data"
parent = "tuning"
"""


def write(folder: Path, text: str, name: str = "sections.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_tree_is_read_in_its_order(tmp_path: Path) -> None:
    tuning, adapters, data = read_sections(write(tmp_path, TREE))
    assert (tuning.key, tuning.parent) == ("tuning", None)
    assert adapters.parent == "tuning", "what stands before the slash"
    assert data.parent == "tuning", "as it says"
    assert adapters.examples == ("1902.00751", "2106.09685")
    assert adapters.title_zh == "适配器"
    assert adapters.description == "Small layers between large ones."


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('title = "Data"', "", 12, "title is missing"),
        ('title = "Data"', 'titel = "Data"', 14, "did you mean title"),
        ('key = "data"', 'key = "tuning"', 13, "as another section's is"),
        ('key = "data"', 'key = "da ta"', 13, "write letters"),
        ('parent = "tuning"', 'parent = "tunign"', 15, "did you mean tuning"),
        ('title = "Tuning"', 'title = "Tuning"\nparent = "data"', 4, "inside itself"),
        ('"1902.00751", "arXiv', '"1902.0075x", "arXiv', 10, "examples cannot be"),
        ('title = "Data"', "title = 3", 14, "must be a text in quotes"),
        ("[[section]]\nkey", "[[sections]]\nkey", 1, "did you mean section"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    path = write(tmp_path, TREE.replace(old, new))
    with pytest.raises(InputError, match=rf"sections\.toml, line {line}: .*{words}"):
        read_sections(path)


def test_a_file_without_a_section_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no section"):
        read_sections(write(tmp_path, "# nothing yet\n"))


def test_the_example_is_a_tree_in_two_languages_with_papers() -> None:
    path = Path(str(files("littrack") / "data" / "sections.toml"))
    sections = read_sections(path)
    around = {one.parent for one in sections}
    assert {"overview", "pre-training", "adaptation", "utilisation", "evaluation"} <= around
    assert all(one.title_zh and one.description for one in sections)
    assert all(len(one.examples) >= 3 for one in sections if one.key not in around)


def a_decision(**changes: object) -> SectionDecision:
    fields = {
        "accepted": True,
        "arxiv_id": "2106.09685",
        "section": "tuning/adapters",
        "who": "jane",
        "because": 'low-rank "adapters"',
        "when": utc("2026-03-01 10:00:00"),
    }
    return SectionDecision(**fields | changes)  # type: ignore[arg-type]


def test_decisions_are_added_and_what_stands_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "section-decisions.toml"
    assert read_section_decisions(path) == ()
    first, second = a_decision(), a_decision(accepted=False, when=utc("2026-03-02"), because="")
    append_section_decisions(path, [first])
    before = path.read_bytes()
    append_section_decisions(path, [second])
    assert path.read_bytes().startswith(before)
    assert before.startswith(b"# Decisions of people")
    assert read_section_decisions(path) == (first, second)


def test_decisions_count_in_the_order_of_their_time(tmp_path: Path) -> None:
    path = tmp_path / "section-decisions.toml"
    late, early = a_decision(when=utc("2026-05-01")), a_decision(when=utc("2026-01-01"))
    append_section_decisions(path, [late, early])
    assert read_section_decisions(path) == (early, late)


def test_line_ends_of_windows_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "section-decisions.toml"
    path.write_bytes(b"# mine\r\n")
    append_section_decisions(path, [a_decision()])
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")
    assert read_section_decisions(path) == (a_decision(),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('what = "maybe"', "what is 'maybe'"),
        ('paper = "PaLM"', "paper cannot be"),
        ('when = "soon"', "when must be a date"),
        ('model = "PaLM"', "model is no key"),
    ],
)
def test_a_wrong_decision_is_named_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    good = {"what": '"accept"', "paper": '"2106.09685"', "section": '"a"', "who": '"j"'}
    good |= {"when": "2026-01-31"}
    key, _, value = line.partition(" = ")
    table = "\n".join(f"{name} = {text}" for name, text in (good | {key: value}).items())
    path = write(tmp_path, f"[[section_decision]]\n{table}\n", "section-decisions.toml")
    with pytest.raises(InputError, match=rf"line \d+: {words}"):
        read_section_decisions(path)


def test_nothing_is_added_to_what_is_not_toml(tmp_path: Path) -> None:
    path = write(tmp_path, "what = \n", "section-decisions.toml")
    with pytest.raises(InputError, match="nothing can be added"):
        append_section_decisions(path, [a_decision()])
    assert path.read_text("utf-8") == "what = \n"
