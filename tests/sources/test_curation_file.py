"""The curation file: read with line numbers, added to without touching what stands there."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littrack.claims import (
    ClaimValue,
    Decision,
    DecisionKind,
    Hardware,
    ModelDateKind,
    ModelField,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.errors import InputError, OutputError
from littrack.records import Precision
from littrack.sources.curation_file import append_decisions, read_curation, withdraw_decisions
from littrack.sources.curation_text import HEADER, render_decisions, render_string

WHEN = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
BY_HAND = """\
# our survey
[[decision]]
  what   = 'accept'          # by hand,   with odd spacing
  model  = "PanGu-α"
  paper  = "https://arxiv.org/abs/2104.12369v1"
  who    = "何"
  when   = 2026-01-31
  because = \"\"\"
两行
原因\"\"\"

[[decision]]
what = "set"
model = "PaLM"
field = "size"
value = ["8B", "62B", "540B"]
who = "jane"
when = 2026-02-01T08:00:00+08:00
because = "table 1"
evidence = "2204.02311v5"
"""


def decision(kind: DecisionKind = DecisionKind.ACCEPT, **given: object) -> Decision:
    values: dict[str, object] = {"model": "PaLM", "who": "jane", "when": WHEN, "because": "why"}
    return Decision(kind, **(values | given))  # type: ignore[arg-type]


def set_to(field: ModelField, value: ClaimValue, **given: object) -> Decision:
    return decision(DecisionKind.SET, field=field, value=value, **given)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "curation.toml"
    path.write_text(text, "utf-8")
    return path


def read_back(path: Path) -> list[Decision]:
    """Without the places, which only reading knows."""
    return [replace(one, place="") for one in read_curation(path)]


# --- reading --------------------------------------------------------------------------------------


def test_a_missing_file_holds_no_decisions(tmp_path: Path) -> None:
    assert read_curation(tmp_path / "curation.toml") == ()


def test_a_file_written_by_hand_is_read(tmp_path: Path) -> None:
    first, *sizes = read_curation(written(tmp_path, BY_HAND))
    assert first == Decision(
        *(DecisionKind.ACCEPT, "PanGu-α", "何", datetime(2026, 1, 31, tzinfo=UTC), "两行\n原因"),
        paper="2104.12369",
        place="curation.toml, line 2",
    )
    assert [one.value for one in sizes] == [
        Quantity(8e9, Unit.PARAMETERS),
        Quantity(62e9, Unit.PARAMETERS),
        Quantity(540e9, Unit.PARAMETERS),
    ]
    assert {one.when for one in sizes} == {datetime(2026, 2, 1, tzinfo=UTC)}
    assert {one.place for one in sizes} == {"curation.toml, line 12"}
    assert sizes[0].evidence == "2204.02311v5"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("size", '"97B active"', Quantity(97e9, Unit.PARAMETERS, "active")),
        ("size", '"~1.8T"', Quantity(1.8e12, Unit.PARAMETERS, estimate=True)),
        ("pretrain_data", '"768B tokens"', Quantity(768e9, Unit.TOKENS)),
        ("pretrain_data", '"750 GB"', Quantity(750e9, Unit.BYTES)),
        ("hardware", '"1024 TPU v3"', Hardware("TPU v3", 1024)),
        ("rlhf", "true", True),
        ("rlhf", '"no"', False),
        (
            "release:weights_release",
            '"2022-04"',
            TypedDate(
                ModelDateKind.WEIGHTS_RELEASE, datetime(2022, 4, 1, tzinfo=UTC), Precision.MONTH
            ),
        ),
        (
            "release:announced",
            "2022-04-04",
            TypedDate(ModelDateKind.ANNOUNCED, datetime(2022, 4, 4, tzinfo=UTC)),
        ),
        (
            "base_model",
            '"LLaMA | instruction tuning | + chat data"',
            Parent("LLaMA", RelationKind.INSTRUCTION_TUNING, "+ chat data"),
        ),
    ],
)
def test_values_are_written_as_in_a_table_of_claims(
    tmp_path: Path, field: str, value: str, expected: ClaimValue
) -> None:
    text = f"""[[decision]]
what = "set"
model = "M"
field = "{field}"
value = {value}
who = "w"
when = 2026-01-01
because = "b"
"""
    (found,) = read_curation(written(tmp_path, text))
    assert found.value == expected
    assert found.field == ModelField(field.partition(":")[0])


GOOD = {
    "what": '"set"', "model": '"PaLM"', "field": '"size"', "value": '"540B"',
    "who": '"jane"', "when": "2026-01-31", "because": '"why"',
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "line", "says"),
    [
        ({"what": '"accpet"'}, 2, "did you mean accept?"),
        ({"what": None}, 1, "what is missing; known are accept"),
        ({"modle": '"PaLM"'}, 9, "modle is no key of a decision: did you mean model?"),
        ({"model": '""'}, 3, "model is missing"),
        ({"who": None}, 1, "who is missing"),
        ({"because": None}, 1, 'because is missing: what = "set" needs it'),
        ({"value": None}, 1, "value is missing"),
        ({"field": '"szie"'}, 4, "did you mean size?"),
        ({"field": '"release:weight_release"', "value": '"2022"'}, 4, "weights_release"),
        ({"value": '"many"'}, 5, "'many' is no number"),
        ({"value": "540"}, 5, 'must be a text in quotes: value = "540"'),
        ({"value": '["8B", "lots"]'}, 5, "'lots' is no number"),
        ({"when": '"yesterday"'}, 7, "when = 2026-01-31"),
        ({"when": "12:00:00"}, 7, "when must be a date"),
        ({"paper": '"PaLM"'}, 9, "'PaLM' is not an arXiv identifier"),
        ({"model": "3"}, 3, 'must be a text in quotes: model = "3"'),
        ({"what": '"accept"'}, 4, 'field means nothing to what = "accept"'),
        ({"what": '"rename"', "field": None, "value": '["A", "B"]'}, 4, "must be one name"),
        ({"what": '"split"', "field": None}, 1, "paper is missing"),
        ({"what": '"unset"', "value": None, "field": None}, 1, "field is missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, changed: dict[str, str | None], line: int, says: str
) -> None:
    entries = {key: value for key, value in (GOOD | changed).items() if value is not None}
    text = "[[decision]]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_curation(path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[decisions]]\nwhat = 'accept'\n", "line 1: unknown decisions: did you mean decision?"),
        ("\n[decision]\nwhat = 'accept'\n", "line 2: a decision begins with [[decision]]"),
        ("[[decision]]\nwhat = accept\n", "line 2: Invalid value"),
        ("[[decision]]\n<<<<<<< ours\nwhat = 'accept'\n", "line 2: "),
    ],
)
def test_what_is_no_table_of_decisions_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=r"curation\.toml, line") as caught:
        read_curation(written(tmp_path, text))
    assert says in str(caught.value)


# --- writing --------------------------------------------------------------------------------------


def test_a_new_file_explains_itself(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    append_decisions(path, [decision(paper="2204.02311", evidence="2204.02311v1")])
    assert path.read_text("utf-8") == HEADER + (
        "\n# 2026-01-31T12:30:00Z, jane\n[[decision]]\n"
        'what = "accept"\nmodel = "PaLM"\nwho = "jane"\npaper = "2204.02311"\n'
        'because = "why"\nevidence = "2204.02311v1"\nwhen = 2026-01-31T12:30:00Z\n'
    )
    for kind in DecisionKind:
        assert f'# what = "{kind}"' in HEADER


def test_the_examples_in_the_header_are_decisions(tmp_path: Path) -> None:
    lines = HEADER.splitlines()
    start = lines.index("# [[decision]]")
    block = [line.removeprefix("# ") for line in lines[start : start + 8]]
    (found,) = read_curation(written(tmp_path, "\n".join(block)))
    assert (found.kind, found.model, found.paper) == (DecisionKind.ACCEPT, "PaLM", "2204.02311")
    for line in lines[start + 9 :]:
        what, _, rest = line.removeprefix("# ").partition("#" if "#" in line[2:] else "\0")
        keys = re.sub(r", (?=\w+ = )", "\n", rest.split(":", 1)[1].strip())
        text = f"[[decision]]\n{what}\n{keys}\nwho = 'w'\nwhen = 2026-01-01\nbecause = 'b'\n"
        assert read_curation(written(tmp_path, text)), line


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "# no line end"])
def test_what_stands_there_is_kept_byte_for_byte(tmp_path: Path, end: str) -> None:
    path = written(tmp_path, BY_HAND + end)
    before = path.read_bytes()
    append_decisions(path, [decision(because='says "so"\n是的\\')])
    assert path.read_bytes().startswith(before)
    *_, last = read_curation(path)
    assert last.because == 'says "so"\n是的\\'
    assert len(read_curation(path)) == 5


def test_windows_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    before = b"\xef\xbb\xbf" + BY_HAND.replace("\n", "\r\n").encode()
    path.write_bytes(before)
    append_decisions(path, [decision()])
    assert path.read_bytes().startswith(before)
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")
    assert len(read_curation(path)) == 5


def test_values_set_in_one_go_share_a_table(tmp_path: Path) -> None:
    sizes = [set_to(ModelField.SIZE, Quantity(size, Unit.PARAMETERS)) for size in (8e9, 540e9)]
    day = datetime(2022, 4, 1, tzinfo=UTC)
    dates = [
        set_to(ModelField.RELEASE, TypedDate(kind, day, Precision.MONTH))
        for kind in (ModelDateKind.ANNOUNCED, ModelDateKind.API_RELEASE)
    ]
    path = tmp_path / "curation.toml"
    append_decisions(path, [*sizes, *dates])
    text = path.read_text("utf-8").removeprefix(HEADER)
    assert text.count("[[decision]]") == 3
    assert 'value = ["8B", "540B"]' in text
    assert 'field = "release:api_release"\nvalue = "2022-04"' in text
    assert read_back(path) == [*sizes, *dates]


def test_a_number_that_is_not_round_loses_no_digit(tmp_path: Path) -> None:
    path = tmp_path / "curation.toml"
    exact = set_to(ModelField.SIZE, Quantity(6_738_415_616, Unit.PARAMETERS))
    append_decisions(path, [exact])
    assert 'value = "6738415616"' in path.read_text("utf-8")
    assert read_back(path) == [exact]


def test_a_file_that_is_not_toml_is_not_added_to(tmp_path: Path) -> None:
    path = written(tmp_path, 'because = """ never closed\n')
    with pytest.raises(InputError, match="nothing can be added"):
        append_decisions(path, [decision()])
    assert path.read_text("utf-8") == 'because = """ never closed\n'


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="what is not text"):
        append_decisions(tmp_path / "curation.toml", [decision(model="Pa\udc80LM")])
    assert not (tmp_path / "curation.toml").exists()


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "curation.toml").mkdir()
    with pytest.raises((InputError, OutputError), match=r"curation\.toml"):
        append_decisions(tmp_path / "curation.toml", [decision()])


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes as Unix has them")
def test_a_link_is_followed_and_the_mode_kept(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    real = tmp_path / "repository" / "decisions.toml"
    real.write_text(BY_HAND, "utf-8")
    real.chmod(0o640)
    link = tmp_path / "curation.toml"
    link.symlink_to(real)
    append_decisions(link, [decision()])
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert len(read_curation(real)) == 5
    assert os.listdir(tmp_path / "repository") == ["decisions.toml"]  # no draft is left


KILLED = """
import os, sys
from pathlib import Path
from littrack.sources.curation_file import append_decisions, read_curation
sync = os.fsync
def sync_and_die(handle):
    sync(handle)
    os._exit(9)  # a kill at the worst moment: all is written, nothing renamed
os.fsync = sync_and_die
path = Path(sys.argv[1])
append_decisions(path, read_curation(path)[:1])
"""


def test_a_kill_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = written(tmp_path, BY_HAND)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)])
    assert killed.returncode == 9
    assert path.read_text("utf-8") == BY_HAND
    append_decisions(path, [decision()])
    assert len(read_curation(path)) == 5


# --- taking back ----------------------------------------------------------------------------------


def test_what_was_added_can_be_taken_out_again(tmp_path: Path) -> None:
    path = written(tmp_path, BY_HAND)
    one, other = decision(), decision(model="OPT")
    append_decisions(path, [one])
    append_decisions(path, [other])
    assert withdraw_decisions(path, [one])
    assert [found.model for found in read_curation(path)] == ["PanGu-α", *["PaLM"] * 3, "OPT"]
    assert withdraw_decisions(path, [other])
    assert path.read_text("utf-8") == BY_HAND


def test_what_was_edited_since_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, BY_HAND)
    append_decisions(path, [decision()])
    edited = path.read_text("utf-8").replace('because = "why"', 'because = "because"')
    path.write_text(edited, "utf-8")
    assert not withdraw_decisions(path, [decision()])
    assert path.read_text("utf-8") == edited
    assert not withdraw_decisions(tmp_path / "none.toml", [decision()])


# --- round trips and merges -----------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = TEXTS.map(str.strip).filter(bool)
DAYS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
    lambda one: one.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
)
QUANTITIES = st.builds(
    Quantity,
    st.one_of(st.none(), st.integers(1000, 10**12 - 1).map(float)),
    st.just(Unit.PARAMETERS),
    st.sampled_from(["", "active", "public"]),
    st.booleans(),
).map(lambda one: one if one.value is not None else Quantity(None, Unit.PARAMETERS))
VALUES = st.one_of(
    st.tuples(st.just(ModelField.SIZE), QUANTITIES),
    st.tuples(
        st.just(ModelField.PRETRAIN_DATA),
        st.builds(
            Quantity,
            st.integers(1, 10**12 - 1).map(float),
            st.sampled_from([Unit.TOKENS, Unit.WORDS, Unit.BYTES, Unit.EXAMPLES]),
        ),
    ),
    st.tuples(
        st.just(ModelField.RELEASE),
        st.builds(TypedDate, st.sampled_from(ModelDateKind), DAYS),
    ),
    st.tuples(st.just(ModelField.RLHF), st.booleans()),
    st.tuples(
        st.just(ModelField.BASE_MODEL),
        st.builds(
            Parent,
            st.sampled_from(["LLaMA", "PanGu-α", "GPT-3.5"]),
            st.sampled_from(RelationKind),
            st.sampled_from(["", "+ chat data", "+ 中文数据"]),
        ),
    ),
)
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SET = st.builds(
    lambda set_, **rest: decision(DecisionKind.SET, field=set_[0], value=set_[1], **rest),
    VALUES,
    model=NAMES,
    who=NAMES,
    when=MOMENTS,
    because=NAMES,
    evidence=TEXTS.map(str.strip),
)
NAMED = st.builds(
    decision,
    st.sampled_from([DecisionKind.ALIAS, DecisionKind.RENAME, DecisionKind.MERGE]),
    model=NAMES,
    value=NAMES,
    who=NAMES,
    when=MOMENTS,
    because=TEXTS.map(str.strip),
)
PLAIN = st.builds(
    decision,
    st.sampled_from([DecisionKind.ACCEPT, DecisionKind.REJECT]),
    model=NAMES,
    paper=st.sampled_from(["2204.02311", "cond-mat/0612198"]),
    because=NAMES,
)


@given(st.lists(st.one_of(SET, NAMED, PLAIN), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_decisions_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, decisions: list[Decision]
) -> None:
    path = tmp_path_factory.mktemp("curation") / "curation.toml"
    append_decisions(path, decisions[:1])
    append_decisions(path, decisions[1:])
    assert read_back(path) == decisions


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_toml_string_of_one_line(text: str) -> None:
    string = render_string(text)
    assert tomllib.loads(f"a = {string}")["a"] == text
    assert "\n" not in string


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
@pytest.mark.parametrize("is_new", [True, False], ids=["new file", "file with decisions"])
def test_what_two_people_add_is_merged_by_git(tmp_path: Path, is_new: bool) -> None:
    path = tmp_path / "curation.toml"

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=a"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    (tmp_path / ".gitattributes").write_text("curation.toml merge=union\n")
    if not is_new:
        path.write_text(BY_HAND, "utf-8")
    git("add", ".")
    git("commit", "-m", "start")
    earlier = [] if is_new else read_back(path)
    # The same paper accepted by both, at different times; and what each has alone.
    later = datetime(2026, 2, 1, 9, 0, 1, tzinfo=UTC)
    mine = [decision(who="jane", paper="2204.02311"), decision(model="OPT", who="jane")]
    hers = [
        decision(who="何", paper="2204.02311", when=later),
        decision(model="BLOOM", who="何", when=later),
    ]
    git("checkout", "-b", "b")
    append_decisions(path, hers)
    git("add", ".")
    git("commit", "-m", "hers")
    git("checkout", "a")
    append_decisions(path, mine)
    git("add", ".")
    git("commit", "-m", "mine")
    git("merge", "b")
    merged = read_back(path)
    assert sorted(merged, key=str) == sorted([*earlier, *mine, *hers], key=str)


def test_each_table_begins_and_ends_with_a_line_of_its_own() -> None:
    tables = render_decisions([decision(), decision(who="何")]).split("\n\n")
    lines = [table.strip().splitlines() for table in tables]
    assert [first for first, *_ in lines] == [
        "# 2026-01-31T12:30:00Z, jane",
        "# 2026-01-31T12:30:00Z, 何",
    ]
    assert all(last.startswith("when = ") for *_, last in lines)
