"""The flows: their tasks are the steps, with or without Prefect's engine around them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from littrack.errors import (
    InputError,
    RateLimited,
    SettingsError,
    SourceIncomplete,
    SourceUnavailable,
    StoreLocked,
)
from littrack.records import RunReport

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> str:
    from littrack import Library

    paper = {
        "id": "1706.03762",
        "title": "Attention Is All You Need",
        "abstract": "Attention alone translates.",
        "published": "2017-06-12",
    }
    file = tmp_path / "paper.jsonl"
    file.write_text(json.dumps(paper) + "\n", "utf-8")
    Library.open(tmp_path / "library").import_file(file)
    return str(tmp_path / "library")


def test_the_tasks_embed_and_index_what_is_new(folder: str) -> None:
    from flows.tasks import build_index, embed, ingest

    assert ingest.fn(folder) == []  # no subscriptions
    assert embed.fn(folder).counts == {"embedded": 1}
    assert build_index.fn(folder).counts["indexed"] == 1
    assert embed.fn(folder).counts == {"embedded": 0}


def test_the_weekly_tasks_look_for_damage_and_keep_eight_backups(folder: str) -> None:
    from flows.tasks import KEPT_BACKUPS, back_up, build_index, embed, examine, verify

    embed.fn(folder)
    build_index.fn(folder)
    assert examine.fn(folder).complete
    assert verify.fn(folder).counts["indexed"] == 1
    backups = Path(folder) / "backups"
    backups.mkdir()
    for number in range(KEPT_BACKUPS):
        (backups / f"library-2001010{number}T000000Z.littrack.zip").touch()
    assert back_up.fn(folder).counts["rows"] > 0
    kept = sorted(path.name for path in backups.iterdir())
    assert len(kept) == KEPT_BACKUPS
    assert kept[0] == "library-20010101T000000Z.littrack.zip"


@pytest.fixture
def release(folder: str, tmp_path: Path) -> str:
    """The library with a paper that releases a model."""
    from littrack import Library

    paper = {
        "id": "2611.00001",
        "title": "Novum: An Open Bilingual Language Model",
        "abstract": "We introduce Novum-7B, an open language model with 7 billion parameters,"
        " pre-trained on 1.4 trillion tokens of Chinese and English text. We release the weights.",
        "published": "2026-11-02",
    }
    file = tmp_path / "release.jsonl"
    file.write_text(json.dumps(paper) + "\n", "utf-8")
    Library.open(folder).import_file(file)
    return folder


def test_the_releases_task_reads_each_paper_once_and_knows_the_catalogue(release: str) -> None:
    from flows.tasks import extract, opened

    from littrack.steps.timeline import load_timeline

    report = extract.fn(release)
    assert (report.name, report.counts["read"]) == ("releases", 2)
    assert (report.counts["accepted"], report.counts["review"]) == (1, 0)
    assert extract.fn(release).counts["read"] == 0
    timeline = load_timeline(opened(release))
    assert "PaLM" in {model.name for model in timeline.printed}
    assert timeline.unreviewed == 1


def test_the_report_lists_what_extraction_proposed_since_the_run_began(release: str) -> None:
    from flows.tasks import extract, opened

    from littrack.present.nightly_report import render_nightly
    from littrack.steps.nightly_report import load_nightly_report

    report = extract.fn(release)
    told = load_nightly_report(
        opened(release), "nightly", [report], {}, datetime(2020, 1, 1, tzinfo=UTC)
    )
    [proposed] = told.candidates
    assert (proposed["arxiv_id"], proposed["outcome"]) == ("2611.00001", "accept")
    assert proposed["model"].startswith("Novum")
    assert "## Model releases proposed (1)" in render_nightly(told)
    later = datetime(2100, 1, 1, tzinfo=UTC)
    assert load_nightly_report(opened(release), "nightly", [], {}, later).candidates == []
    assert load_nightly_report(opened(release), "weekly", [], {}).candidates == []


def test_a_damaged_library_is_an_incomplete_examination_that_says_what_to_do(folder: str) -> None:
    from flows.tasks import build_index, embed, examine

    embed.fn(folder)
    build_index.fn(folder)
    for file in (Path(folder) / "index").rglob("*.faiss"):
        file.write_bytes(b"damaged")
    report = examine.fn(folder)
    assert not report.complete
    assert "littrack index rebuild" in " ".join(report.warnings)


def test_the_report_tells_one_line_without_an_engine(folder: str) -> None:
    from flows.outcome import report

    told = report.fn("nightly", folder, [RunReport("embed", {"embedded": 1})], {"index": "full"})
    assert told == "no paper changed; embed 1 embedded; FAILED index: full"


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (SourceUnavailable("nobody there"), True),
        (RateLimited("slower"), True),
        (SourceIncomplete("less than said"), False),
        (InputError("no such category"), False),
        (SettingsError("no such key"), False),
        (StoreLocked("held"), False),
        (TimeoutError(), False),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(error: Exception, again: bool) -> None:
    from flows.tasks import ingest, is_worth_retrying
    from prefect.states import Failed

    assert is_worth_retrying(ingest, SimpleNamespace(), Failed(data=error)) is again


def test_only_the_tasks_that_touch_the_world_are_tried_again() -> None:
    from flows import tasks
    from prefect import Task

    of = {name: one for name, one in vars(tasks).items() if isinstance(one, Task)}
    retried = {name for name, one in of.items() if one.retries}
    assert retried == {"ingest", "ingest_span"}
    local = {"embed", "build_index", "extract", "verify", "examine", "back_up"}
    assert local | {"assign", "count", "read_notes", "refit"} == (of.keys() - retried)
    delays = tasks.ingest.retry_delay_seconds
    assert delays[1] == 2 * delays[0]
    assert all(one.timeout_seconds for one in of.values())


def test_how_a_run_ends_says_whether_somebody_must_look() -> None:
    from flows.outcome import final_state

    whole, part = RunReport("embed"), RunReport("ingest", complete=False)
    assert final_state([whole], {}, [], "well").name == "Completed"
    incomplete = final_state([whole, part], {}, [], "a hole")
    assert (incomplete.is_completed(), incomplete.name) == (True, "Incomplete")
    failed = final_state([whole], {"index": "disk full"}, [OSError()], "")
    assert (failed.is_failed(), failed.name) == (True, "Failed")
    assert failed.message == "FAILED index: disk full"
    locked = final_state([], {"embed": "held by x", "index": "held by x"}, [StoreLocked("x")], "")
    assert (locked.is_failed(), locked.name) == (True, "Locked")
    assert locked.message == "FAILED embed, index: held by x"


def test_a_backfill_means_whole_days_and_the_last_one_too() -> None:
    from flows.backfill import make_request

    request = make_request(["cs.*"], "", date(2024, 1, 1), date(2024, 1, 31), "api")
    assert request.since == datetime(2024, 1, 1, tzinfo=UTC)
    assert request.until == datetime(2024, 2, 1, tzinfo=UTC)
    assert request.target == "cat:cs.* since 2024-01-01 until 2024-02-01"
    assert make_request(None, "ti:x", None, None, "api").query == "(ti:x)"


def test_each_library_has_its_minute_of_the_half_hour() -> None:
    from flows.schedule import choose_nightly

    times = {choose_nightly(Path(f"/libraries/{number}")) for number in range(200)}
    assert len(times) > 20
    assert all(30 <= int(time.split()[0]) <= 59 and time.endswith(" 23 * * 0-4") for time in times)
    assert choose_nightly(Path("/a")) == choose_nightly(Path("/a"))


@pytest.mark.parametrize("times", [("61", "x"), ("30 23 * *", "UTC"), ("0 1 * * *", "Mars/Base")])
def test_what_is_no_time_is_refused_before_anything_starts(times: tuple[str, str]) -> None:
    from flows.schedule import Schedule

    with pytest.raises(InputError, match="write"):
        Schedule(times[0], timezone=times[1]).check()


def test_the_prefect_yaml_of_the_checkout_is_the_one_that_the_code_writes() -> None:
    from flows.schedule import Schedule, render_prefect_yaml

    text = render_prefect_yaml(
        Schedule("45 23 * * 0-4"),
        name="littrack",
        folder=None,
        directory="{{ $PWD }}",
        package="flows",
    )
    assert (ROOT / "prefect.yaml").read_text("utf-8") == text


def run_python(program: str, **environment: str) -> str:
    """What a fresh process prints."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": paths, **environment},
    )
    return done.stdout.strip()


def test_update_does_its_work_without_prefect(folder: str) -> None:
    program = (
        "import sys\n"
        "from littrack.cli.main import build_app\n"
        f"sys.argv = ['littrack', '--library', {folder!r}, 'update']\n"
        "try:\n    build_app()()\n"
        "except SystemExit as end:\n    print(end.code, 'prefect' in sys.modules)\n"
    )
    assert run_python(program) == "0 False"


def test_prefect_is_told_to_keep_quiet_and_what_the_user_set_stays(tmp_path: Path) -> None:
    program = (
        "import os, flows\n"
        "print(os.environ['PREFECT_HOME'], os.environ['PREFECT_SERVER_ANALYTICS_ENABLED'],"
        " os.environ['DO_NOT_TRACK'])"
    )
    home = str(tmp_path / "home")
    bare = {"PREFECT_HOME": "", "LITTRACK_HOME": home}
    program = "import os\nos.environ['PREFECT_HOME'] or os.environ.pop('PREFECT_HOME')\n" + program
    expected = f"{Path(home) / 'state' / 'prefect'} false 1"
    assert run_python(program, **bare) == expected
    own = {"PREFECT_HOME": "/own", "DO_NOT_TRACK": "0", "PREFECT_SERVER_ANALYTICS_ENABLED": "1"}
    assert run_python(program, **own) == "/own 1 0"


def test_a_nightly_run_of_prefect_reports_and_ends_by_name(release: str) -> None:
    import flows  # noqa: F401 (the environment comes before Prefect)
    from flows.nightly import nightly
    from prefect.artifacts import Artifact
    from prefect.client.orchestration import get_client
    from prefect.testing.utilities import prefect_test_harness

    from littrack.store.engine import write_lock

    with prefect_test_harness(server_startup_timeout=90):
        state = nightly(release, return_state=True)
        assert state.is_completed()
        message = str(state.message)
        done = "no paper changed; embed 2 embedded; index 2 indexed, 2 added; topics nothing to do"
        assert message.startswith(done)
        rest = "; releases 2 read, 1 accepted, 5 claims; notes nothing to do; trends 2 phrases"
        assert message.endswith(rest)
        counted = Artifact.get("littrack-trends")
        assert counted is not None
        assert {row["phrase"] for row in json.loads(counted.data)} == {
            "language model",
            "large language model",
        }
        artifact = Artifact.get("littrack-nightly")
        assert artifact is not None
        assert artifact.data.startswith("# nightly of library\n")
        assert "## Model releases proposed (1)" in artifact.data
        proposed = Artifact.get("littrack-candidates")
        assert proposed is not None
        assert [row["arxiv_id"] for row in json.loads(proposed.data)] == ["2611.00001"]
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(state.state_details.flow_run_id)
        assert run.name.startswith("nightly library 20")
        with write_lock(Path(release), "littrack import big.jsonl"):
            locked = nightly(release, return_state=True)
        assert (locked.is_failed(), locked.name) == (True, "Locked")
        assert "'littrack import big.jsonl' (process " in str(locked.message)
