"""littrack schedule, as far as no server is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run

from littrack.store.engine import schedule_lock


def test_the_second_scheduler_says_who_holds_the_library(run: Run, empty: Path) -> None:
    with schedule_lock(empty, "littrack schedule"):
        result = run("schedule", "--library", empty)
    assert result.exit_code == 75
    assert f"the library {empty} is being scheduled by 'littrack schedule' (process" in (
        result.stderr
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [("--nightly", "at night"), ("--weekly", "1 2 3"), ("--timezone", "Mars/Base")],
)
def test_a_time_that_is_none_is_refused(run: Run, empty: Path, option: str, value: str) -> None:
    result = run("schedule", option, value, "--library", empty)
    assert result.exit_code == 65
    assert f"{option} {value!r}" in result.stderr


def test_a_prefect_yaml_is_written_once_with_whole_paths(
    run: Run, empty: Path, tmp_path: Path
) -> None:
    file = tmp_path / "prefect.yaml"
    arguments = ("schedule", "--write-prefect-yaml", file, "--nightly", "1 2 * * *")
    result = run(*arguments, "--library", empty)
    assert result.exit_code == 0, result.stderr
    text = file.read_text("utf-8")
    assert f'parameters: {{"folder": "{empty}"}}' in text
    assert 'cron: "1 2 * * *"' in text
    again = run(*arguments, "--library", empty)
    assert again.exit_code == 73
    assert "exists" in again.stderr
