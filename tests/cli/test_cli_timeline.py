"""timeline and why: what is listed, drawn and explained, and what is said of mistakes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command_line import Run
from model_library import ADVICE, make_model_library, write_curation

CONTRACT = {
    "model", "organisation", "release", "date_kind", "arxiv_id", "sizes_b", "public", "base_model",
    "pretrain_tokens_b", "hardware", "status", "evidence",
}  # fmt: skip
STARTS = {
    ".svg": b"<svg ",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".pdf": b"%PDF-",
    ".html": b"<!DOCTYPE html>",
    ".mmd": b"timeline\n",
    ".tex": b"% ",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the catalogue, to read from."""
    return make_model_library(tmp_path_factory.mktemp("models"))


@pytest.fixture
def own(models: Path, tmp_path: Path) -> Path:
    """A copy of it to write to."""
    return Path(shutil.copytree(models, tmp_path / "own"))


def test_timeline_alone_is_the_list(run: Run, models: Path) -> None:
    bare = run("timeline", "--library", models)
    assert bare.exit_code == 0
    assert bare.stdout == run("timeline", "list", "--library", models).stdout
    heading, *rows = bare.stdout.splitlines()
    assert heading.split()[:6] == ["Model", "Organisation", "Release", "Date", "is", "Size"]
    assert rows[0].startswith("Transformer ")
    assert rows[0].endswith("1706.03762")
    assert bare.stderr == ""


def test_the_objects_have_the_keys_that_were_promised(run: Run, models: Path) -> None:
    result = run("timeline", "--json", "--library", models)
    found = {one["model"]: one for one in json.loads(result.stdout)}
    for one in found.values():
        assert set(one) >= CONTRACT
        assert one["status"] == "curated"
        for evidence in one["evidence"].values():
            assert {"source", "sentence"} <= set(evidence)
    palm = found["PaLM"]
    assert (palm["organisation"], palm["release"], palm["date_kind"]) == (
        "Google", "2022-04", "arxiv_v1",
    )  # fmt: skip
    assert (palm["arxiv_id"], palm["sizes_b"], palm["public"]) == (
        "2204.02311",
        [8, 62, 540],
        False,
    )
    assert (palm["pretrain_tokens_b"], palm["hardware"]) == (780, "6144 TPU v4")
    assert palm["base_model"] is None
    assert set(palm) > CONTRACT | {
        "release_precision",
        "dates",
        "aliases",
        "conflicts",
        "unverified",
    }
    assert list(palm)[:2] == ["model", "organisation"]
    assert "PanGu-α" in result.stdout, "JSON is not escaped"
    lamda = {one["value"][:7] for one in found["LaMDA"]["dates"]}
    assert {"2022-01", "2022-02", "2021-05", "2021-06"} <= lamda, "four dates in five sources"


def test_the_list_can_be_of_an_earlier_end_or_day_or_of_what_is_printed(
    run: Run, models: Path
) -> None:
    def names(*options: str) -> list[str]:
        result = run("timeline", "list", *options, "--library", models, "--jsonl")
        assert result.exit_code == 0, result.output
        return [json.loads(line)["model"] for line in result.stdout.splitlines()]

    assert names("--until", "2018") == ["Transformer", "ELMo", "GPT-1", "BERT"]
    assert names("--until", "2018-06") == ["Transformer", "ELMo", "GPT-1"]
    assert "PaLM" not in names("--until", "2022-03")
    assert names("--until", "2022-04-30").index("PaLM") > 0
    assert "LaMDA" not in names("--until", "2021"), "its paper is of January 2022"
    assert names("--as-of", "2026-03-11") == names()
    assert names("--as-of", "2026-03-10") == []
    assert set(names("--printed")) < set(names())
    assert names("--printed", "--select", "size_b >= 500 and public") == ["DeepSeek-V3"]
    assert names("--printed", "--select", "name == 'GPT-3'") == ["GPT-3"]


def test_a_claim_that_was_imported_later_was_not_known(run: Run, own: Path, tmp_path: Path) -> None:
    table = tmp_path / "board.tsv"
    table.write_text(
        "model\tname\tpaper\tfield\tvalue\tsource\tlocator\tnote\n"
        "Grok-1\tGrok-1\t\tsize\t314B\tBoard\trow 1\t\n",
        "utf-8",
    )
    assert run("models", "import", table, "--library", own).exit_code == 0
    listed = run("timeline", "--library", own)
    assert "Grok-1" not in listed.stdout
    assert listed.stderr == "1 more that nobody has reviewed: --unreviewed\n"
    assert "Grok-1" in run("timeline", "--unreviewed", "--library", own).stdout
    then = run("timeline", "--unreviewed", "--as-of", "2026-03-11", "--library", own)
    assert "Grok-1" not in then.stdout
    assert "GPT-4" in then.stdout


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            "sizeb >= 10",
            'column 1: there is no "sizeb"; did you mean "size_b"?\n  sizeb >= 10\n  ^',
        ),
        ("public and size_b >", "column 20"),
        ("public or", "column 10"),
        ("__import__('os')", "column 1"),
    ],
)
def test_a_wrong_rule_is_shown_with_the_place(
    run: Run, models: Path, tmp_path: Path, rule: str, says: str
) -> None:
    commands = (
        ("timeline", "list"),
        ("timeline", "explain", "PaLM"),
        ("timeline", "export", tmp_path / "x.svg"),
        ("table",),
    )
    for command in commands:
        result = run(*command, "--select", rule, "--library", models)
        assert result.exit_code == 78, result.output
        assert says in result.stderr
        assert result.stdout == ""
    assert not (tmp_path / "x.svg").exists()


def test_explain_says_which_condition_decided_in_two_languages(run: Run, models: Path) -> None:
    kept = run("timeline", "explain", "PaLM", "--library", models)
    assert kept.stdout.startswith("PaLM is kept, because size_b >= 10 holds (size_b is 540);")
    left = run("timeline", "explain", "BERT", "--language", "zh", "--library", models).stdout
    assert left.startswith("BERT 未入选，因为 size_b >= 10 不成立（size_b 为 0.34）；")
    own_rule = ("timeline", "explain", "BERT", "--select", "size_b < 1", "--library", models)
    assert run(*own_rule).stdout == "BERT is kept, because size_b < 1 holds (size_b is 0.34).\n"
    found = json.loads(run("timeline", "explain", "BERT", "--json", "--library", models).stdout)
    assert (found["model"], found["printed"], found["hidden"]) == ("BERT", False, None)
    size = found["clauses"][0]
    assert size == {"clause": "size_b >= 10", "value": False, "seen": "0.34", "decisive": True}
    method = run("timeline", "explain", "Self-Instruct", "--library", models).stdout
    assert method.startswith("The timeline leaves Self-Instruct out, because it is no model")


def test_every_suffix_is_a_form_and_gives_the_same_bytes_twice(
    run: Run, models: Path, tmp_path: Path
) -> None:
    files = [tmp_path / f"timeline{suffix}" for suffix in STARTS]
    options = ("--until", "2020", "--library", models)
    result = run("timeline", "export", *files, *options)
    assert result.exit_code == 0, result.output
    first = {file.suffix: file.read_bytes() for file in files}
    for suffix, start in STARTS.items():
        assert first[suffix].startswith(start), suffix
    assert result.stderr.count(": 4 models\n") == len(files)
    assert run("timeline", "export", *files, *options).exit_code == 0
    assert {file.suffix: file.read_bytes() for file in files} == first
    chinese = tmp_path / "ZH.SVG"
    assert run("timeline", "export", chinese, *options, "--language", "zh").exit_code == 0
    assert "大语言模型" in chinese.read_text("utf-8")
    assert chinese.read_bytes() != first[".svg"]


def test_of_several_files_none_is_written_if_one_cannot_be_drawn(
    run: Run, models: Path, tmp_path: Path
) -> None:
    good = tmp_path / "good.svg"
    for bad in ("figure.gif", "figure"):
        result = run("timeline", "export", good, tmp_path / bad, "--library", models)
        assert result.exit_code == 65
        assert "known are .svg, .png, .pdf, .html, .mmd, .tex" in result.stderr
        assert not good.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("timeline", "export", "/proc/absent/x.svg"), 73, "cannot write /proc/absent/x.svg"),
        (("timeline", "export", "absent/x.svg"), 73, "cannot write absent/x.svg"),
        (("timeline", "export"), 2, "FILE"),
        (("timeline", "export", "x.svg", "--language", "fr"), 65, "no language 'fr': en or zh"),
        (("timeline", "explain", "PaLM", "--language", "fr"), 65, "no language 'fr': en or zh"),
        (("timeline", "explain", "Lama"), 65, "did you mean LLaMA"),
        (("timeline", "explain"), 2, "NAME"),
        (("timeline", "list", "--until", "2022-13"), 2, "write 2023, 2023-05 or 2023-05-17"),
        (("timeline", "list", "--as-of", "soon"), 2, "write 2023, 2023-05 or 2023-05-17"),
        (("timeline", "--format", "svg"), 2, "--format"),
        (("timeline", "lst"), 2, "Did you mean 'list'?"),
        (("why", "PaLM.relase"), 65, "no field 'relase': did you mean release?"),
        (("why", "PaLM.zzz"), 65, "no field 'zzz'; known are alias"),
        (("why", "Omega.release"), 65, "no model is called 'Omega'"),
        (("why", ".release"), 65, "no model is called '.release'"),
        (("why", "GPT"), 65, "GPT"),
        (("why",), 2, "MODEL[.FIELD]"),
    ],
)
def test_mistakes_end_with_their_code_and_one_message(
    run: Run, models: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run(*arguments, "--library", models)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert result.stdout == ""


def test_why_shows_the_claims_of_a_field_or_of_all(run: Run, models: Path) -> None:
    release = run("why", "PaLM.release", "--library", models).stdout
    assert release.startswith("PaLM.release: 2022-04 (arXiv v1)\n  chosen by the rule: survey")
    assert "arXiv:2204.02311" in release
    assert "recorded 2026-03-11" in release
    whole = run("why", "GPT-3.5", "--library", models).stdout
    assert whole.startswith("GPT-3.5\n  series, reviewed by a person\n")
    assert "\nGPT-3.5.organisation: OpenAI\n" in whole
    part = run("why", "GPT-3.5.release", "--library", models).stdout
    assert part.startswith("GPT-3.5.release: 2022-03-15 (release of unstated kind)\n")
    assert part in whole
    nothing = run("why", "PaLM.rlhf", "--library", models).stdout
    assert nothing == "PaLM.rlhf: not stated by any source\n"
    rows = json.loads(run("why", "LaMDA.date", "--json", "--library", models).stdout)
    assert {row["field"] for row in rows} == {"release"}
    assert {row["standing"] for row in rows} == {"shown", "rival"}
    assert len({row["source"] for row in rows}) >= 4


def test_why_shows_a_decision_first_and_what_it_overrules(run: Run, own: Path) -> None:
    made = run(
        *("models", "set", "CodeGeeX.release:weights_release", "2022-09", "--by", "jane"),
        *("--because", "its weights came first", "--library", own),
    )
    assert made.exit_code == 0, made.output
    text = run("why", "CodeGeeX.release", "--library", own).stdout
    assert text.startswith("CodeGeeX.release: 2022-09 (release of the weights)\n")
    assert "because: its weights came first" in text
    decided, overruled = text.index("jane, curation.toml, line"), text.index("2023-03 (arXiv v1)")
    assert decided < text.index("says otherwise") < overruled
    first = json.loads(run("why", "CodeGeeX.release", "--json", "--library", own).stdout)[0]
    assert (first["kind"], first["source"], first["method"]) == ("person", "jane", "human")


def test_a_day_ends_before_the_midnight_of_the_next(run: Run, own: Path) -> None:
    write_curation(own, 'what = "reject"', 'model = "T5"', 'who = "jane"', "when = 2026-03-12",
                   'because = "a test"')  # fmt: skip
    for day, shown in (("2026-03-11", True), ("2026-03-12", False)):
        listed = run("timeline", "--as-of", day, "--jsonl", "--library", own).stdout
        assert ('{"model": "T5",' in listed) is shown
    gone = run("timeline", "explain", "T5", "--library", own)
    assert gone.exit_code == 65
    assert "T5 was rejected by jane on 2026-03-12: a test" in gone.stderr
    assert run("why", "T5.size", "--as-of", "2026-03-11", "--library", own).exit_code == 0


def test_an_empty_library_says_what_to_do_next(run: Run, empty: Path, tmp_path: Path) -> None:
    listed = run("timeline", "--json", "--library", empty)
    assert (listed.exit_code, json.loads(listed.stdout)) == (0, [])
    drawn = run("timeline", "export", tmp_path / "x.svg", "--library", empty)
    assert drawn.exit_code == 0
    for result in (listed, drawn):
        assert ADVICE in result.stderr
    for command in (("timeline", "explain", "PaLM"), ("why", "PaLM"), ("why", "PaLM.release")):
        result = run(*command, "--library", empty)
        assert (result.exit_code, result.stdout) == (65, "")
        assert ADVICE in result.stderr
    assert run("--quiet", "timeline", "--library", empty).output == ""


def test_a_mistake_in_the_curation_file_is_named_by_its_line(
    run: Run, own: Path, tmp_path: Path
) -> None:
    write_curation(own, 'what = "set"', 'model = "PaLM"', 'who = "jane"', "when = 2026-11-01",
                   'field = "sise"', 'value = "8B"', 'because = "a test"')  # fmt: skip
    commands = (
        ("timeline",),
        ("timeline", "explain", "PaLM"),
        ("timeline", "export", tmp_path / "x.svg"),
        ("why", "PaLM"),
        ("family",),
        ("table",),
        ("edition", "create", "v1"),
    )
    for command in commands:
        result = run(*command, "--library", own)
        assert result.exit_code in (65, 78), result.output
        assert "curation.toml, line 6" in result.stderr
        assert "'sise'" in result.stderr
        assert result.stdout == ""
    (own / "curation.toml").write_text("[[decision]\n", "utf-8")
    assert "curation.toml, line 1" in run("timeline", "--library", own).stderr


def test_a_mistake_in_the_survey_settings_is_named(run: Run, own: Path) -> None:
    settings = own / "littrack.toml"
    text = settings.read_text("utf-8")
    for wrong, says in (
        ('date_rule = "newest"', "no date rule 'newest'; known are survey, earliest"),
        ('select = "bigness > 3"', "bigness"),
        ('language = "fr"', "fr"),
    ):
        settings.write_text(text.replace("[survey]\n", f"[survey]\n{wrong}\n"), "utf-8")
        result = run("timeline", "explain", "PaLM", "--library", own)
        assert result.exit_code in (65, 78), result.output
        assert says in result.stderr
