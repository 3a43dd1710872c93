from __future__ import annotations

import json
from pathlib import Path

from command_line import Run


def test_the_encoders_of_a_library_are_listed_with_their_indexes(run: Run, filled: Path) -> None:
    result = run("index", "list", "--library", filled, "--json")
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)
    assert (row["used"], row["kind"], row["behind"]) == (True, "Flat", False)
    assert row["vectors"] == row["indexed"] > 0
    assert row["dimension"] == 256


def test_a_library_without_vectors_says_what_to_do(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    result = run("index", "list", "--library", tmp_path / "new", "--json")
    assert result.stdout == "[]\n"
    assert "littrack update --no-ingest" in result.stderr
