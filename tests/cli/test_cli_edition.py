"""edition: create, list, diff, as a maintainer of the survey types them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command_line import Run
from model_library import make_model_library

DECIDED = "its weights were out months before its paper"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the catalogue, of which v16 was frozen."""
    return make_model_library(tmp_path_factory.mktemp("models"))


@pytest.fixture
def own(template: Path, tmp_path: Path) -> Path:
    """A copy of it to write to."""
    return Path(shutil.copytree(template, tmp_path / "own"))


def test_codegeex_moves_by_a_decision_and_the_change_log_says_so(run: Run, own: Path) -> None:
    made = run("edition", "create", "v16", "--as-of", "2026-03-11", "--library", own)
    assert made.exit_code == 0, made.output
    shown = json.loads(run("timeline", "--printed", "--json", "--library", own).stdout)
    assert f"edition v16: {len(shown)} models, frozen" in made.stderr
    assert "littrack edition diff v16 now" in made.stderr
    same = run("edition", "diff", "v16", "now", "--library", own).stdout
    assert same.endswith("The two editions say the same.\n")
    decided = run(
        *("models", "set", "CodeGeeX.release:weights_release", "2022-09", "--by", "jane"),
        *("--because", DECIDED, "--library", own),
    )
    assert decided.exit_code == 0, decided.output
    english = run("edition", "diff", "v16", "now", "--library", own).stdout
    assert "There is 1 change: 1 model moved on the timeline.\n" in english
    assert english.endswith(
        "Moved on the timeline\n  - CodeGeeX moved from 2023 1-6 to 2022 7-10: its release is now "
        "dated 2022-09 (release of the weights), no longer 2023-03 (arXiv v1). "
        f"Decided by jane: {DECIDED}.\n"
    )
    chinese = run("edition", "diff", "v16", "now", "--language", "zh", "--library", own).stdout
    assert chinese.endswith(
        "时间线位置调整\n  - CodeGeeX 由 2023 1-6 移至 2022 7-10：发布时间由 2023-03（arXiv 首版）"
        f"改为 2022-09（权重公开）。由 jane 决定：{DECIDED}。\n"
    )
    [row] = json.loads(run("edition", "diff", "v16", "now", "--json", "--library", own).stdout)
    assert (row["kind"], row["name"], row["cause"]) == ("moved", "CodeGeeX", "decision")


def test_an_edition_is_never_overwritten(run: Run, own: Path, tmp_path: Path) -> None:
    assert run("edition", "create", "v16", "--library", own).exit_code == 0
    before = run("edition", "list", "--json", "--library", own).stdout
    run("models", "reject", "Falcon", "--because", "a test", "--by", "jane", "--library", own)
    again = run("edition", "create", "v16", "--files", tmp_path / "out", "--library", own)
    assert again.exit_code == 65
    assert "there is an edition 'v16' already" in again.stderr
    assert not (tmp_path / "out").exists()
    assert run("edition", "list", "--json", "--library", own).stdout == before


def test_the_list_has_their_counts_and_digests(run: Run, own: Path) -> None:
    nothing = run("edition", "--library", own)
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "no editions yet: littrack edition create NAME freezes one" in nothing.stderr
    assert run("edition", "list", "--json", "--library", own).stdout == "[]\n"
    run("edition", "create", "v16", "--library", own)
    run("edition", "create", "early", "--until", "2020", "--library", own)
    first, second = json.loads(run("edition", "--json", "--library", own).stdout)
    assert {first["edition"], second["edition"]} == {"v16", "early"}
    rows = {row["edition"]: row for row in (first, second)}
    assert rows["early"]["models"] == 4, "T5, mT5, GPT-3 and GShard"
    assert rows["v16"]["models"] > 70
    assert all(len(row["sha256"]) == 64 for row in rows.values())
    assert "sha256" not in run("edition", "--library", own).stdout.splitlines()[0]


def test_the_change_log_goes_into_a_file_by_its_name(run: Run, own: Path, tmp_path: Path) -> None:
    run("edition", "create", "v16", "--library", own)
    run("edition", "create", "large", "--select", "size_b >= 500", "--library", own)
    for name, start in (
        ("CHANGES.md", "# Changes from edition v16 to edition large\n"),
        ("changes.csv", "kind,name,field,before,after,cause,source,locator,because\r\n"),
        ("changes.txt", "Changes from edition v16 to edition large\n"),
    ):
        result = run("edition", "diff", "v16", "large", "-o", tmp_path / name, "--library", own)
        assert (result.exit_code, result.stdout) == (0, ""), result.output
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            assert file.read().startswith(start)
    log = (tmp_path / "CHANGES.md").read_text("utf-8")
    assert (
        "- **Falcon** is no longer listed. The selection leaves it out: size\\_b \\>= 500 (180)."
        in log
    )


def test_the_files_of_an_edition_are_its_figures_and_tables(
    run: Run, own: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out" / "v16"
    made = run("edition", "create", "v16", "--until", "2021", "--files", folder, "--library", own)
    assert made.exit_code == 0, made.output
    assert {path.name for path in folder.iterdir()} == {
        "timeline.svg", "timeline.pdf", "timeline.tex", "table.tex", "table.md", "table.csv",
    }  # fmt: skip
    assert (folder / "timeline.svg").read_bytes().startswith(b"<svg ")
    assert "(20 in all)" in (folder / "table.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("create", "now"), 65, '"now" is the library as it is'),
        (("create", ""), 65, "no edition can be called ''"),
        (("create",), 2, "NAME"),
        (("create", "v1", "--select", "bigness > 3"), 78, "column 1"),
        (("create", "v1", "--files", "/proc/absent"), 73, "cannot write to /proc/absent"),
        (("diff", "v1", "now"), 65, "there is no edition 'v1'; make one: littrack edition create"),
        (("diff", "now"), 2, "B"),
        (("diff", "now", "now", "--language", "fr"), 65, "no language 'fr'"),
        (("delete", "v1"), 2, "No such command 'delete'"),
    ],
)
def test_mistakes_end_with_their_code_and_one_message(
    run: Run, template: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run("edition", *arguments, "--library", template)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert result.stdout == ""


def test_an_edition_of_an_empty_library_is_made_with_a_warning(run: Run, empty: Path) -> None:
    made = run("edition", "create", "v1", "--library", empty)
    assert made.exit_code == 0
    assert "it shows no model" in made.stderr
    unknown = run("edition", "diff", "v0", "now", "--library", empty)
    assert unknown.exit_code == 65
    assert "known are v1" in unknown.stderr
