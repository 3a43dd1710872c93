"""Make a library, fill it, look after it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from command_line import PAPERS, Run, write_papers


def status(run: Run, library: Path) -> dict[str, Any]:
    result = run("status", "--library", library, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_init_makes_a_library_once_and_a_search_in_it_works(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("init", tmp_path / "survey")
    assert (made.exit_code, made.stdout) == (0, f"made a library: {tmp_path / 'survey'}\n")
    (tmp_path / "survey" / "littrack.toml").write_text("# mine\n")
    again = run("init", tmp_path / "survey")
    assert again.stdout == f"already a library: {tmp_path / 'survey'}\n"
    assert (tmp_path / "survey" / "littrack.toml").read_text() == "# mine\n"
    monkeypatch.chdir(tmp_path / "survey")
    result = run("search", "chain-of-thought")
    assert (result.exit_code, result.stdout) == (0, "")


def test_init_without_a_folder_makes_the_current_one_a_library(run: Run) -> None:
    assert run("init").exit_code == 0
    assert Path("littrack.toml").is_file()


def test_init_names_one_folder_only(run: Run, tmp_path: Path) -> None:
    assert run("init", tmp_path / "a", "--library", tmp_path / "b").exit_code == 2
    assert run("--library", tmp_path / "c", "init").exit_code == 0
    assert (tmp_path / "c" / "littrack.toml").is_file()


def test_the_library_may_be_named_before_and_after_the_command(run: Run, filled: Path) -> None:
    for arguments in (("--library", filled, "status"), ("status", "--library", filled)):
        assert "papers     4" in run(*arguments).stdout
    assert run("status", "--library", "").exit_code == 2


def test_without_a_library_the_one_of_the_user_is_made(run: Run) -> None:
    result = run("status")
    assert result.exit_code == 0
    assert "papers     0" in result.stdout
    assert "library is empty" in result.stderr


def test_status_counts_and_hints(run: Run, filled: Path, file: Path) -> None:
    found = status(run, filled)
    for key in ("papers", "versions", "embedded", "indexed"):
        assert found[key] == 4
    assert found["notes"] == 0
    assert found["model"]
    assert found["sources"][0]["complete"] is True
    assert found["hints"] == []
    one = dict(PAPERS[0], id="2305.10601", title="Tree of Thoughts")
    run("import", write_papers(file.parent / "one.jsonl", [one]), "--library", filled)
    assert "littrack update --no-ingest" in run("status", "--library", filled).stderr


def test_the_whole_path_by_hand(run: Run, empty: Path, file: Path) -> None:
    imported = run("import", file, "--library", empty)
    assert (imported.exit_code, imported.stdout) == (0, "")
    assert "import papers.jsonl: 4 read, 4 new" in imported.stderr
    assert "next: littrack update --no-ingest" in imported.stderr
    assert "embed: 4 embedded" in run("embed", "--library", empty).stderr
    assert "4 added" in run("index", "build", "--library", empty).stderr
    assert run("index", "verify", "--library", empty).exit_code == 0
    again = run("import", file, "--library", empty)
    assert "4 unchanged" in again.stderr
    updated = run("update", "--no-ingest", "--library", empty)
    assert "embed: nothing to do" in updated.stderr
    assert status(run, empty)["indexed"] == 4
    assert run("-q", "index", "rebuild", "--library", empty).output == ""


def test_bad_lines_are_named_and_the_rest_is_kept(run: Run, empty: Path, file: Path) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"id": "2301.00001"}\n' + "not json\n" * 12)
    result = run("import", file, "--library", empty)
    assert result.exit_code == 5
    assert "line 5" in result.stderr
    assert "INCOMPLETE" in result.stderr
    assert "3 more were rejected" in result.stderr
    assert status(run, empty)["papers"] == 4
    verbose = run("-v", "import", file, "--library", empty)
    assert "line 17" in verbose.stderr


def test_one_missing_file_does_not_keep_the_others_out(run: Run, empty: Path, file: Path) -> None:
    result = run("import", "absent.jsonl", file, "--library", empty)
    assert result.exit_code == 5
    assert "absent.jsonl" in result.stderr
    assert status(run, empty)["papers"] == 4
    alone = run("import", "absent.jsonl", "--library", empty)
    assert alone.exit_code == 65
    assert alone.stderr.startswith("littrack: error: ")


def test_quickstart_needs_no_network(run: Run, tmp_path: Path) -> None:
    result = run("--offline", "quickstart", tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert "2201.11903" in result.stdout and "2005.11401" in result.stdout
    assert "starter collection" in result.stderr
    assert "try next" in result.stderr
    best = run("search", "思维链", "--library", tmp_path / "new", "--json", "-n", "1").stdout
    assert json.loads(best)[0]["arxiv_id"] == "2201.11903"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--offline", "ingest", "--category", "cs.CL"), 69, "offline"),
        (("ingest",), 65, "nothing to ingest"),
        (("ingest", "--via", "rss"), 2, "--via"),
        (("ingest", "--since", "2024"), 2, "--category or --query"),
        (("ingest", "--ids", "2201.11903", "--category", "cs.CL"), 2, "--ids"),
        (("ingest", "--category", "cs.CL", "--since", "2024", "--until", "2023"), 2, "--until"),
        (("import",), 2, "FILE"),
        (("index", "verify"), 78, "littrack update --no-ingest"),
        (("eval", "search", "absent.jsonl"), 65, "absent.jsonl"),
        (("banana",), 2, "No such command"),
        (("serch", "x"), 2, "search"),
        (("--banana", "status"), 2, "--banana"),
    ],
)
def test_mistakes_end_with_their_code_and_one_message(
    run: Run, empty: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run("--library", empty, *arguments)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert result.stdout == ""


def test_subscriptions_that_fail_are_named_and_the_rest_is_done(run: Run, filled: Path) -> None:
    (filled / "littrack.toml").write_text(
        '[[subscription]]\nname = "reasoning"\nquery = "abs:reasoning"\n'
    )
    alone = run("--offline", "ingest", "--library", filled)
    assert alone.exit_code == 69
    assert "subscription reasoning: " in alone.stderr
    with_rest = run("--offline", "update", "--library", filled)
    assert with_rest.exit_code == 5
    assert "subscription reasoning: " in with_rest.stderr
    assert "INCOMPLETE" in with_rest.stderr
    assert "index: 4 indexed" in with_rest.stderr


def test_doctor_finds_what_is_wrong(run: Run, filled: Path) -> None:
    healthy = run("doctor", "--library", filled, "--json")
    assert healthy.exit_code == 0
    assert {finding["level"] for finding in json.loads(healthy.stdout)} == {"ok"}
    for path in (filled / "index").iterdir():
        if path.suffix != ".json":
            path.write_bytes(b"broken")
    ill = run("doctor", "--library", filled)
    assert ill.exit_code == 4
    assert "littrack index rebuild" in ill.stdout
    assert run("index", "repair", "--library", filled).exit_code == 0
    assert run("doctor", "--library", filled).exit_code == 0


def test_verify_tells_a_difference_by_its_exit_code(run: Run, filled: Path, tmp_path: Path) -> None:
    one = dict(PAPERS[0], id="2305.10601", title="Tree of Thoughts")
    run("import", write_papers(tmp_path / "one.jsonl", [one]), "--library", filled)
    run("embed", "--library", filled)
    result = run("index", "verify", "--library", filled, "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)[0]["missing"] == 1
    assert "littrack update --no-ingest" in result.stderr


def test_a_database_is_checked_and_an_old_one_upgraded(run: Run, filled: Path) -> None:
    assert run("db", "check", "--library", filled, "--json").stdout == "[]\n"
    assert "already at schema" in run("db", "upgrade", "--library", filled).stdout
    with sqlite3.connect(filled / "littrack.db") as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    for arguments in (("status",), ("db", "check"), ("search", "x")):
        result = run(*arguments, "--library", filled)
        assert result.exit_code == 78, result.output
        assert "9999" in result.stderr


def test_db_upgrade_makes_a_new_database(run: Run, tmp_path: Path) -> None:
    assert "(none) -> " in run("db", "upgrade", "--library", tmp_path / "new").stdout
    assert run("db", "check", "--library", tmp_path / "new").exit_code == 0


def test_a_damaged_database_is_an_error_in_words(run: Run, filled: Path) -> None:
    for name in ("littrack.db-wal", "littrack.db-shm"):
        (filled / name).unlink(missing_ok=True)
    (filled / "littrack.db").write_bytes(b"this is no database" * 1000)
    result = run("status", "--library", filled)
    assert result.exit_code == 65
    assert "damaged" in result.stderr


def test_a_library_that_is_being_written_is_busy(run: Run, filled: Path, file: Path) -> None:
    from littrack.store.engine import write_lock

    with write_lock(filled, "littrack ingest cat:cs.CL"):
        result = run("import", file, "--library", filled)
    assert result.exit_code == 75
    assert "littrack ingest cat:cs.CL" in result.stderr


def test_eval_search_measures_and_writes_runs(run: Run, filled: Path, tmp_path: Path) -> None:
    judgements = tmp_path / "judgements.jsonl"
    lines = (
        {"query": "chain-of-thought", "relevant": ["2201.11903"]},
        {"query": "残差网络", "relevant": ["1512.03385"], "type": "zh"},
    )
    judgements.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    runs = tmp_path / "runs.jsonl"
    result = run("eval", "search", judgements, "--runs", runs, "--library", filled, "--json")
    assert result.exit_code == 0, result.output
    measured = {row["type"]: row for row in json.loads(result.stdout)}
    assert set(measured) == {"all", "zh"}
    assert measured["all"]["queries"] == 2
    assert measured["all"]["recall@10"] == 1.0
    assert {"nDCG@10", "recall@10", "recall@50", "MRR"} <= set(measured["all"])
    ranked = [json.loads(line) for line in runs.read_text("utf-8").splitlines()]
    assert ranked[0]["query"] == "chain-of-thought"
    assert "2201.11903" in ranked[0]["ranked"]
    judgements.write_text('{"query": "x"}\n')
    assert run("eval", "search", judgements, "--library", filled).exit_code == 65


def test_training_files_that_are_missing_are_named(run: Run, tmp_path: Path) -> None:
    result = run(
        "train-encoder", "--papers", "absent.jsonl", "--summaries", "b", "--parallel", "c",
        "--out", tmp_path / "model",
    )  # fmt: skip
    assert result.exit_code == 65
    assert "absent.jsonl" in result.stderr


def test_settings_show_their_origin_and_no_password(
    run: Run, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITTRACK_DATABASE__URL", "postgresql://me:secret@localhost/papers")
    (empty / "littrack.toml").write_text('[arxiv]\ndelay_seconds = 5\ncontact = "a@b.example"\n')
    result = run("config", "show", "--origin", "--library", empty, "--json")
    assert result.exit_code == 0, result.output
    assert "secret" not in result.output
    rows = {row["key"]: row for row in json.loads(result.stdout)}
    assert rows["arxiv.delay_seconds"]["value"] == 5
    assert "line 2" in rows["arxiv.delay_seconds"]["origin"]
    assert rows["database.url"]["origin"] == "environment LITTRACK_DATABASE__URL"
    assert rows["arxiv.api_url"]["origin"] == "default"
    assert "5" in run("config", "show", "--library", empty).stdout


def test_config_path_is_one_line(run: Run, empty: Path, tmp_path: Path) -> None:
    assert run("config", "path", "--library", empty).stdout == f"{empty / 'littrack.toml'}\n"
    absent = run("config", "path", "--library", tmp_path / "absent")
    assert "littrack init" in absent.stderr
    assert not (tmp_path / "absent").exists()


def test_a_wrong_setting_ends_with_78_and_its_line(run: Run, empty: Path) -> None:
    (empty / "littrack.toml").write_text("[arxiv]\ndelay = 5\n")
    result = run("status", "--library", empty)
    assert result.exit_code == 78
    assert "line 2" in result.stderr
    assert "delay_seconds" in result.stderr


def test_a_read_only_copy_can_be_searched(run: Run, filled: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(filled, tmp_path / "copy"))
    (copy / "littrack.toml").unlink()
    copy.chmod(0o555)
    try:
        result = run("search", "residual", "--library", copy, "--json")
    finally:
        copy.chmod(0o755)
    assert json.loads(result.stdout)[0]["arxiv_id"] == "1512.03385"
