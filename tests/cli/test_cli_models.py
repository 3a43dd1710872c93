"""``littrack models``: list, show, the queue as a table, and a decision a command."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from command_line import Run, write_papers

from littrack.cli.main import GROUPS
from littrack.settings import load_settings
from littrack.sources.curation_file import read_curation
from littrack.steps.extract import extract_releases
from littrack.steps.opening import create_library, open_library

# Made for these tests. What the last one has read into it nobody would accept.
RELEASES = [
    {
        "id": f"2404.0000{number}",
        "title": f"{name}: An Open Language Model",
        "abstract": f"We introduce {name}, a language model with {size}B parameters, "
        f"and compare it with others of its size. The weights of {name} are released.",
        "authors": ["Ann Author"],
        "published": "2024-04-01",
    }
    for number, name, size in ((1, "Wombat", 7), (2, "Quokka", 13), (3, "Numbat", 3))
]
PLAIN = {
    "id": "2404.00009",
    "title": "On the Habits of Marsupials",
    "abstract": "We watch marsupials at night.",
    "authors": ["Ann Author"],
    "published": "2024-04-02",
}
CLAIMS = (
    "model\tname\tpaper\tfield\tvalue\tsource\tlocator\tnote\n"
    "Wombat\tWombat\t2404.00001\tpaper\t2404.00001\ta list\trow 3\t\n"
    "Wombat\tWombat\t2404.00001\tsize\t9B\ta list\trow 3\t\n"
    "Wombat\tWombat\t2404.00001\tfamily\tMarsupials\ta list\trow 3\t\n"
    "Bilby\tBilby\t\trelease:announced\t2023-05\ta list\trow 4\t\n"
)


@pytest.fixture(scope="session")
def zoo_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A library with three releases that were read, and one paper that is none."""
    from shutil import copyfile

    from littrack.steps.import_files import import_file

    root = tmp_path_factory.mktemp("zoo")
    folder = root / "library"
    create_library(folder)
    copyfile(sqlite_template, folder / "littrack.db")
    library = open_library(load_settings(root, {}, {"library": str(folder)}))
    import_file(library, write_papers(root / "papers.jsonl", [*RELEASES, PLAIN]))
    extract_releases(library)
    library.engine.dispose()
    return folder


@pytest.fixture
def zoo(zoo_template: Path, tmp_path: Path) -> Path:
    """A library of one's own."""
    from shutil import copytree

    return Path(copytree(zoo_template, tmp_path / "zoo"))


class Zoo:
    """Runs ``littrack models`` on a library."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self.folder = run, folder

    def __call__(self, *arguments: str | Path, code: int = 0) -> str:
        """What it says on stderr."""
        result = self._run("models", *arguments, "--library", self.folder)
        assert result.exit_code == code, result.output
        return result.stderr

    def json(self, *arguments: str) -> Any:
        result = self._run("models", *arguments, "--json", "--library", self.folder)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def table(self, *arguments: str) -> str:
        return self._run("models", *arguments, "--library", self.folder).stdout

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """As they stand in the file, without the time."""
        tables = tomllib.loads((self.folder / "curation.toml").read_text("utf-8"))["decision"]
        return [{key: value for key, value in one.items() if key != "when"} for one in tables]


@pytest.fixture
def models(run: Run, zoo: Path) -> Zoo:
    return Zoo(run, zoo)


# --- looking --------------------------------------------------------------------------------------


def test_models_are_listed_with_what_is_shown_of_them(models: Zoo) -> None:
    found = models.json("list")
    assert [one["model"] for one in found] == ["Numbat", "Quokka", "Wombat"]
    wombat = found[-1]
    assert (wombat["arxiv_id"], wombat["sizes_b"], wombat["release"]) == (
        *("2404.00001", [7], "2024-04"),
    )
    assert "Wombat" in models.table("list")


def test_a_list_can_be_narrowed(models: Zoo, tmp_path: Path) -> None:
    claims = tmp_path / "claims.tsv"
    claims.write_text(CLAIMS, "utf-8")
    assert "4 new" in models("import", claims)
    models("accept", "Wombat")
    assert [one["model"] for one in models.json("list", "--status", "curated")] == ["Wombat"]
    assert [one["model"] for one in models.json("list", "--family", "marsupials")] == ["Wombat"]
    assert models.json("list", "--as-of", "2020") == []
    assert len(models.json("list")) == 4


def test_one_model_is_shown_with_the_sentences_that_say_it(models: Zoo) -> None:
    page = models.table("show", "wombat")
    assert page.startswith("Wombat - UNVERIFIED\n")
    assert "size          7B  [arXiv:2404.00001" in page
    assert "size: We introduce Wombat, a language model with 7B parameters" in page
    assert models.json("show", "Wombat")["model"] == "Wombat"


def test_an_unknown_model_is_not_found_and_near_names_are_told(models: Zoo) -> None:
    said = models("show", "Womb", code=65)
    assert "no model is called 'Womb'; did you mean Wombat" in said


def test_the_queue_is_a_table_where_nobody_watches(models: Zoo) -> None:
    found = models.json("review", "--outcome", "all")
    assert {one["arxiv_id"] for one in found} == {one["id"] for one in RELEASES}
    assert set(found[0]) >= {
        *("name", "arxiv_id", "score", "outcome", "sizes_b", "tokens_b", "base_model", "evidence"),
    }
    spans = [one for one in found[0]["evidence"] if one["field"] == "size"]
    text = next(one for one in RELEASES if one["id"] == found[0]["arxiv_id"])["abstract"]
    assert text[spans[0]["start"] : spans[0]["end"]].startswith(str(found[0]["sizes_b"][0]))
    assert "2404.00001" in models.table("review", "--outcome", "all")
    assert len(models.json("review", "--outcome", "all", "--limit", "2")) == 2
    assert models.json("review", "--outcome", "all", "--since", "2999") == []


def test_what_is_decided_leaves_the_queue_unless_asked_for(models: Zoo) -> None:
    models("accept", "2404.00001")
    models("reject", "2404.00002", "--because", "too small")
    found = models.json("review", "--outcome", "all")
    assert [one["arxiv_id"] for one in found] == ["2404.00003"]
    decided = {
        one["arxiv_id"]: one["decided"]
        for one in models.json("review", "--outcome", "all", "--all")
    }
    assert decided == {"2404.00001": "accept", "2404.00002": "reject", "2404.00003": None}
    models("accept", "2404.00003")
    assert "nothing waits" in models("review", "--outcome", "all")


def test_conflicts_are_listed(models: Zoo, tmp_path: Path) -> None:
    claims = tmp_path / "claims.tsv"
    claims.write_text(CLAIMS, "utf-8")
    models("import", claims)
    (found,) = models.json("conflicts", "Wombat")
    assert (found["field"], {found["shown"], found["rival"]}) == ("size", {"7B", "9B"})
    assert {"claims.tsv: a list", "2404.00001"} == {one["source"] for one in found["sources"]}
    assert "Wombat" in models.table("conflicts")


# --- deciding -------------------------------------------------------------------------------------


def test_papers_are_accepted_several_at_once(models: Zoo) -> None:
    said = models("accept", "2404.00001", "arXiv:2404.00002v1", "--because", "read", "--by", "jane")
    assert said.startswith("accepted Wombat, Quokka: ")
    assert models.decisions == [
        {
            "what": "accept",
            "model": name,
            "who": "jane",
            "paper": paper,
            "because": "read",
        }
        for name, paper in (("Wombat", "2404.00001"), ("Quokka", "2404.00002"))
    ]
    statuses = {one["model"]: one["status"] for one in models.json("list")}
    assert (statuses["Wombat"], statuses["Quokka"]) == ("curated", "curated")


def test_a_paper_can_be_accepted_under_another_name(models: Zoo) -> None:
    models("accept", "2404.00001", "--name", "Wombat-7B", "--evidence", "2404.00001v1")
    assert models.decisions[0]["model"] == "Wombat-7B"
    assert models.decisions[0]["evidence"] == "2404.00001v1"
    assert "Wombat-7B" in [one["model"] for one in models.json("list", "--status", "curated")]


def test_a_paper_without_a_name_needs_one(models: Zoo) -> None:
    assert "give it one with --name" in models("accept", "2404.00009", code=65)
    models("accept", "2404.00009", "--name", "Possum")
    assert "Possum" in [one["model"] for one in models.json("list")]
    assert "one paper" in models("accept", "Wombat", "Quokka", "--name", "X", code=2)


def test_a_name_that_another_paper_has_is_not_taken(models: Zoo) -> None:
    said = models("accept", "2404.00009", "--name", "Wombat", code=65)
    assert "Wombat is known, from 2404.00001" in said
    models("accept", "2404.00001", "--name", "Wombat")


def test_a_rejected_paper_still_has_the_name_that_was_read(models: Zoo) -> None:
    models("reject", "2404.00001", "--because", "too soon")
    models("accept", "2404.00001")
    assert [(one["what"], one["model"]) for one in models.decisions] == [
        ("reject", "Wombat"),
        ("accept", "Wombat"),
    ]


def test_what_the_library_does_not_hold_is_not_found(models: Zoo) -> None:
    said = models("accept", "2301.99999", "--name", "X", code=65)
    assert "littrack ingest --ids 2301.99999" in said
    assert not (models.folder / "curation.toml").exists()


def test_a_rejection_needs_a_reason_and_takes_the_model_away(models: Zoo) -> None:
    assert "--because" in models("reject", "Wombat", code=2)
    models("reject", "Wombat", "2404.00009", "--because", "no model")
    assert [(one["model"], one["paper"]) for one in models.decisions] == [
        ("Wombat", "2404.00001"),
        ("arXiv:2404.00009", "2404.00009"),
    ]
    assert [one["model"] for one in models.json("list")] == ["Numbat", "Quokka"]


def test_a_field_is_set_and_unset(models: Zoo) -> None:
    said = models(
        *("set", "Wombat.size", "8B", "62B", "--because", "table 1", "--evidence", "2404.00001v1")
    )
    assert said.startswith("Wombat.size = 8B, 62B: ")
    assert models.decisions == [
        {
            "what": "set",
            "model": "Wombat",
            "who": models.decisions[0]["who"],
            "field": "size",
            "value": ["8B", "62B"],
            "because": "table 1",
            "evidence": "2404.00001v1",
        }
    ]
    assert models.json("show", "Wombat")["sizes_b"] == [8, 62]
    assert ": table 1" in models.table("show", "Wombat")
    models("set", "Wombat.size", "9B", "--because", "corrected")
    assert models.json("show", "Wombat")["sizes_b"] == [9]
    models("unset", "Wombat.size")
    assert models.json("show", "Wombat")["sizes_b"] == [7]


def test_decisions_within_a_second_keep_their_order(models: Zoo) -> None:
    for size in ("1B", "2B", "3B"):
        models("set", "Wombat.size", size, "--because", "trying")
    moments = [one.when for one in read_curation(models.folder / "curation.toml")]
    assert moments == sorted(set(moments))
    assert models.json("show", "Wombat")["sizes_b"] == [3]


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("release:announced", "2023-05", "announced"),
        ("base_model", "LLaMA | instruction tuning | + chat data", "LLaMA"),
        ("access", "closed", "closed"),
        ("pretrain_data", "1.4T tokens", "1400"),
        ("hardware", "1024 TPU v3", "1024 TPU v3"),
        ("rlhf", "yes", "true"),
    ],
)
def test_every_kind_of_value_can_be_set(models: Zoo, field: str, value: str, shown: str) -> None:
    models("set", f"Wombat.{field}", value, "--because", "known")
    assert shown in json.dumps(models.json("show", "Wombat"), ensure_ascii=False)
    assert models.decisions[0]["field"] == field
    assert models.decisions[0]["value"] == value


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Wombat.siez", "7B"), "'siez' is no field; did you mean size?"),
        (("Wombat.size", "lots"), "'lots' is no number"),
        (("Wombat", "7B"), "write MODEL.FIELD"),
        (("Nobody.size", "7B"), "no model is called 'Nobody'"),
    ],
)
def test_what_cannot_be_set_is_said(models: Zoo, arguments: tuple[str, ...], says: str) -> None:
    assert says in models("set", *arguments, "--because", "x", code=65)
    assert not (models.folder / "curation.toml").exists()


def test_two_models_are_made_one(models: Zoo) -> None:
    assert "merged Numbat into Wombat" in models("merge", "numbat", "Wombat")
    found = models.json("list")
    assert [one["model"] for one in found] == ["Quokka", "Wombat"]
    assert "Numbat" in found[1]["aliases"]
    assert "one model already" in models("merge", "Wombat", "wombat", code=65)


def test_one_model_is_made_two(models: Zoo) -> None:
    models("merge", "Numbat", "Wombat")
    models("split", "Wombat", "--paper", "2404.00003", "--as", "Numbat-3B")
    names = [one["model"] for one in models.json("list")]
    assert {"Wombat", "Numbat-3B"} <= set(names)
    assert models.decisions[1]["paper"] == "2404.00003"


def test_names_are_added_and_changed(models: Zoo) -> None:
    models("alias", "Wombat", "袋熊", "Wombat LM")
    assert set(models.json("show", "袋熊")["aliases"]) >= {"袋熊", "Wombat LM"}
    models("rename", "Wombat", "Wombat 1", "--because", "as its authors call it now")
    assert models.json("show", "Wombat")["model"] == "Wombat 1"
    assert "is another model" in models("rename", "Quokka", "Numbat", code=65)


def test_a_name_is_that_of_a_method(models: Zoo) -> None:
    models("not-a-model", "Quokka", "--because", "a method")
    assert "NOT A MODEL" in models.table("show", "Quokka")


def test_the_name_of_the_reviewer_comes_from_the_settings(models: Zoo) -> None:
    settings = models.folder / "littrack.toml"
    text = settings.read_text("utf-8").replace('# reviewer = ""', 'reviewer = "何"')
    settings.write_text(text, "utf-8")
    models("alias", "Wombat", "W")
    models("alias", "Wombat", "V", "--by", "jane")
    assert [one["who"] for one in models.decisions] == ["何", "jane"]


def test_a_broken_curation_file_is_named_with_its_line(models: Zoo) -> None:
    (models.folder / "curation.toml").write_text('[[decision]]\nwhat = "accpet"\n', "utf-8")
    said = models("list", code=65)
    assert "curation.toml, line 2: what is 'accpet': did you mean accept?" in said
    models("alias", "Wombat", "W", code=65)


def test_a_table_that_is_none_is_refused(models: Zoo, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n", "utf-8")
    assert "table.csv" in models("import", table, code=65)


def test_every_command_has_help_with_an_example(run: Run) -> None:
    (commands,) = (commands for name, _, commands in GROUPS if name == "models")
    for command in commands:
        text = run("models", command.name, "--help").stdout
        assert f"littrack models {command.name}" in text.split("Example:")[1]
