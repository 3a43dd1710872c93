"""Editions on the real catalogue: frozen once; what changed between two, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from builders import utc
from littrack.claims import CauseKind, Decision, DecisionKind, ItemKind, ModelField
from littrack.errors import InputError, NotFound, OutputError, SettingsError
from littrack.sources.claim_tables import parse_value
from littrack.steps.claims import import_claims, load_catalogue
from littrack.steps.curate import decide
from littrack.steps.editions import compare, create_edition, list_editions
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import Choice

BEFORE, BETWEEN, AFTER = utc("2026-03-11"), utc("2026-06-01"), utc("2026-11-20")
HEADER = "model\tname\tpaper\tfield\tvalue\tsource\tlocator\tnote\n"
YUAN_AND_GROK = (
    ("Yuan 1.0", "training_time", "16 days"),
    ("Grok-1", "size", "314B"),
    ("Grok-1", "access", "open"),
    ("Grok-1", "organisation", "xAI"),
    ("Grok-1", "release:weights_release", "2024-03-17"),
    ("Grok-1", "in_context_learning", "yes"),
)
ENGLISH = """\
# Changes from edition v16 to edition v17

Edition v16 is of 2026-03-11, edition v17 of 2026-11-20. There are 13 changes: 1 model added, \
2 models removed, 1 model renamed, 1 model moved on the timeline, 1 size changed, access to 1 \
model changed, the training hardware of 1 model changed, 2 other facts changed, 2 figures \
changed and 1 citation changed.

## Models added

- **Grok-1** (xAI): released 2024-03-17 (release of the weights), 314B, publicly available, in \
2024 1-6 of the timeline. Decided by jane: the weights can be had.

## Models removed

- **Flan-cont-PaLM** is no longer listed. It is the same model as **Flan-PaLM** and was merged \
into it. Decided by jane: one row is enough for that paper.
- **GShard** is no longer listed. Decided by jane: it translates.

## Models renamed

- **Anthropic** is now called **Anthropic-LM**. Decided by jane: the company has the name too.

## Moved on the timeline

- **CodeGeeX** moved from 2023 1-6 to 2022 7-10: its release is now dated 2022-09 (release of the \
weights), no longer 2023-03 (arXiv v1). Decided by jane: its weights were out months before its \
paper.

## Sizes

- **Pythia**: 70M, 160M, 410M, 1B, 1.4B, 2.8B, 6.9B and 12B, so far 12B. The earlier decision by \
jane was taken back.

## Access

- **AlexaTM**: publicly available, so far closed source. Decided by jane: the weights are on \
JumpStart.

## Training hardware

- **Panda**: no longer stated, so far 8 A100. The earlier evidence is gone: {table}, row Panda.

## Other facts

- **Yuan 1.0** (training time): 16 d, so far not stated. New evidence: {table}, row Yuan 1.0.
- **LLaMA3** (latest data): 2023-12, so far not stated. Decided by jane: its model card.

## Figures

- **table**: {after} models, so far {before}.
- **timeline**: {after} models, so far {before}.

## Citations

- No longer cited: arXiv:2006.16668.
"""
CHINESE = """\
# v16 版至 v17 版变更记录

v16 版日期为 2026-03-11，v17 版日期为 2026-11-20。共 13 处变更：新增模型 1 个，移除模型 2 个，\
模型更名 1 个，时间线位置调整 1 个，更正参数量 1 处，开放情况变更 1 处，更正训练硬件 1 处，\
更正其他信息 2 处，插图更新 2 幅，引用文献变动 1 篇。

## 新增模型

- **Grok-1**（xAI）：2024-03-17（权重公开）发布，参数量 3140 亿，公开可用，列入时间线 2024 1-6。\
由 jane 决定：the weights can be had。

## 移除模型

- 不再收录 **Flan-cont-PaLM**。与 **Flan-PaLM** 为同一模型，已并入后者。\
由 jane 决定：one row is enough for that paper。
- 不再收录 **GShard**。由 jane 决定：it translates。

## 模型更名

- **Anthropic** 更名为 **Anthropic-LM**。由 jane 决定：the company has the name too。

## 时间线位置调整

- **CodeGeeX** 由 2023 1-6 移至 2022 7-10：发布时间由 2023-03（arXiv 首版）改为 \
2022-09（权重公开）。由 jane 决定：its weights were out months before its paper。

## 参数量

- **Pythia**：由 120 亿改为 7000 万、1.6 亿、4.1 亿、10 亿、14 亿、28 亿、69 亿、120 亿。\
jane 此前的决定已撤销。

## 开放情况

- **AlexaTM**：由闭源改为公开可用。由 jane 决定：the weights are on JumpStart。

## 训练硬件

- **Panda**：原为 8 A100，现无出处。原有依据已不存在：{table}（row Panda）。

## 其他信息

- **Yuan 1.0**（训练时长）：补充为 16 天。依据新证据：{table}（row Yuan 1.0）。
- **LLaMA3**（数据截止时间）：补充为 2023-12。由 jane 决定：its model card。

## 插图

- **table**：收录模型由 {before} 个变为 {after} 个。
- **timeline**：收录模型由 {before} 个变为 {after} 个。

## 引用文献

- 不再引用：arXiv:2006.16668。
"""


def at(library: OpenLibrary, when: datetime) -> OpenLibrary:
    """The same library at another time."""
    return replace(library, now=lambda: when)


def decided(kind: DecisionKind, model: str, because: str, **more: Any) -> Decision:
    return Decision(kind, model, "jane", BETWEEN, because, **more)


def set_to(model: str, field: ModelField, value: str, because: str, detail: str = "") -> Decision:
    parsed = parse_value(field, value, detail)
    return decided(DecisionKind.SET, model, because, field=field, value=parsed)


@pytest.fixture
def board(tmp_path: Path) -> Callable[..., Path]:
    """Writes a leaderboard: rows of model, field and value."""

    def write(*rows: tuple[str, str, str]) -> Path:
        path = tmp_path / "board.tsv"
        lines = [f"{name}\t{name}\t\t{field}\t{value}\tBoard\trow {name}\t\n"
                 for name, field, value in rows]  # fmt: skip
        path.write_text(HEADER + "".join(lines), "utf-8")
        return path

    return write


@pytest.fixture
def known(library: OpenLibrary) -> OpenLibrary:
    """A library with the catalogue, as of the day of the first edition."""
    early = at(library, BEFORE)
    load_catalogue(early)
    return early


@pytest.fixture
def two_editions(known: OpenLibrary, board: Callable[..., Path]) -> OpenLibrary:
    """v16 and v17, with ten changes of models between them, each made as a maintainer makes it."""
    import_claims(known, board(("Panda", "hardware", "8 A100")))
    decide(known, [replace(set_to("Pythia", ModelField.SIZE, "12B", "its largest"), when=BEFORE)])
    create_edition(known, "v16")
    between, late = at(known, BETWEEN), at(known, AFTER)
    import_claims(between, board(*YUAN_AND_GROK))
    decide(
        between,
        [
            set_to(
                "CodeGeeX",
                ModelField.RELEASE,
                "2022-09",
                "its weights were out months before its paper",
                "weights_release",
            ),
            decided(DecisionKind.ACCEPT, "Grok-1", "the weights can be had"),
            decided(DecisionKind.REJECT, "GShard", "it translates"),
            decided(
                DecisionKind.RENAME, "Anthropic", "the company has the name too",
                value="Anthropic-LM",
            ),
            decided(
                DecisionKind.MERGE, "Flan-cont-PaLM", "one row is enough for that paper",
                value="Flan-PaLM",
            ),
            set_to("AlexaTM", ModelField.ACCESS, "open", "the weights are on JumpStart"),
            set_to("LLaMA3", ModelField.DATA_CUTOFF, "2023-12", "its model card"),
            decided(DecisionKind.UNSET, "Pythia", "all of them count", field=ModelField.SIZE),
        ],
    )  # fmt: skip
    create_edition(late, "v17")
    return late


def test_the_change_log_of_ten_changes_in_english_and_in_chinese(
    two_editions: OpenLibrary,
) -> None:
    found = compare(two_editions, "v16", "v17")
    causes = [change.cause for change in found.diff.models]
    assert len(causes) == 10
    assert not {CauseKind.UNKNOWN, CauseKind.WEIGHED} & {cause.kind for cause in causes}
    [source] = {cause.source for cause in causes} - {"jane"}
    assert source.endswith("Board")
    before, after = (len(edition.rows) for edition in (found.diff.before, found.diff.after))
    assert before - after == 1, "one came, one went, one was merged"
    numbers = {"before": before, "after": after}
    assert found.changelog("en", "md") == ENGLISH.format(table=source, **numbers)
    assert found.changelog("zh", "md") == CHINESE.format(table=source, **numbers)
    [move] = [row for row in found.table.rows if row["kind"] == "moved"]
    assert (move["name"], move["before"], move["after"]) == ("CodeGeeX", "2023 1-6", "2022 7-10")
    assert (move["cause"], move["source"]) == ("decision", "jane")
    assert move["because"] == "its weights were out months before its paper"
    assert "curation.toml, line" in move["locator"]


def test_now_is_the_library_as_it_is_and_an_edition_stays_as_it_was(
    two_editions: OpenLibrary,
) -> None:
    frozen = list_editions(two_editions)
    later = [replace(set_to("Falcon", ModelField.SIZE, "7B", "a test"), when=AFTER)]
    decide(two_editions, later)
    assert list_editions(two_editions) == frozen
    found = compare(two_editions, "v17", "now")
    [gone] = found.diff.models
    assert gone.before is not None and gone.before.model.name == "Falcon"
    assert gone.cause.kind is CauseKind.LEFT_OUT
    assert gone.cause.after == "size_b >= 10 (7); undisclosed (false)"
    told = "不再收录 Falcon。不符合收录条件：size_b >= 10 (7); undisclosed (false)。\n"
    assert told in found.changelog("zh", "text")


def test_what_another_end_or_rule_leaves_out_is_not_said_to_lack_evidence(
    known: OpenLibrary,
) -> None:
    create_edition(known, "all")
    early = create_edition(known, "early", Choice(until=utc("2020-12-31")))
    assert {row.model.name for row in early.rows} == {"GPT-3", "GShard", "T5", "mT5"}
    diff = compare(known, "all", "early").diff
    removed = {one.before.model.name: one.cause for one in diff.models if one.before}
    assert removed["PaLM"].kind is CauseKind.LEFT_OUT
    assert removed["PaLM"].after == "until 2020-12-31 (2022-04)"
    [rule] = [one for one in diff.items if one.kind is ItemKind.RULE]
    assert str(rule.after).endswith("; until 2020-12-31")
    back = compare(known, "early", "all").diff
    assert {one.cause.kind for one in back.models} == {CauseKind.RULE}


def test_showing_what_nobody_has_reviewed_is_another_rule(
    library: OpenLibrary, board: Callable[..., Path]
) -> None:
    import_claims(library, board(*YUAN_AND_GROK))
    create_edition(library, "v16")
    made = create_edition(library, "v17", Choice(unreviewed=True))
    assert [row.model.name for row in made.rows] == ["Grok-1"]
    [added] = compare(library, "v16", "v17").diff.models
    assert added.cause.kind is CauseKind.RULE
    assert added.cause.after.endswith("; unreviewed too")
    [gone] = compare(library, "v17", "v16").diff.models
    assert gone.cause.kind is CauseKind.RULE


def test_an_edition_of_an_earlier_day_knows_only_what_was_known_then(
    library: OpenLibrary, board: Callable[..., Path]
) -> None:
    import_claims(at(library, BEFORE), board(*YUAN_AND_GROK))
    late = at(library, AFTER)
    decide(late, [decided(DecisionKind.ACCEPT, "Grok-1", "the weights can be had")])
    create_edition(late, "v17")
    earlier = create_edition(at(library, utc("2026-11-21")), "v16", Choice(as_of=BEFORE))
    assert (earlier.rows, earlier.decisions) == ((), ())
    first, second = list_editions(library)  # in the order in which they were made
    assert [first["edition"], second["edition"]] == ["v17", "v16"]
    assert (second["created"], second["as_of"], second["models"]) == ("2026-11-21", "2026-03-11", 0)
    assert (first["models"], first["public"]) == (1, 1)
    assert len({first["sha256"], second["sha256"]}) == 2
    [added] = compare(library, "v16", "v17").diff.models
    assert (added.cause.kind, added.cause.because) == (
        CauseKind.DECISION, "the weights can be had",
    )  # fmt: skip


def test_the_files_of_an_edition_are_written_and_their_digests_kept(
    library: OpenLibrary, board: Callable[..., Path], tmp_path: Path
) -> None:
    import_claims(library, board(*YUAN_AND_GROK))
    decide(library, [decided(DecisionKind.ACCEPT, "Grok-1", "the weights can be had")])
    made = create_edition(library, "v17", folder=tmp_path / "out")
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(written) == {
        "timeline.svg", "timeline.pdf", "timeline.tex", "table.tex", "table.md", "table.csv",
    }  # fmt: skip
    assert made.files == {name: sha256(data).hexdigest() for name, data in written.items()}
    assert "Statistics of large language models (1 in all), as of 2026-11-20" in (
        written["table.md"].decode()
    )
    assert written["timeline.pdf"].startswith(b"%PDF")


def test_nothing_is_written_for_an_edition_that_cannot_be(
    library: OpenLibrary, tmp_path: Path
) -> None:
    create_edition(library, "v16")
    with pytest.raises(InputError, match="there is an edition 'v16' already"):
        create_edition(library, "v16", folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    for name in ("", " v17", "a\nb"):
        with pytest.raises(InputError, match="no edition can be called"):
            create_edition(library, name)
    with pytest.raises(InputError, match='"now" is the library as it is'):
        create_edition(library, "now")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write to"):
        create_edition(library, "v17", folder=tmp_path / "file")
    with pytest.raises(SettingsError, match="column 1"):
        create_edition(library, "v17", Choice(select="bigness > 3"))
    with pytest.raises(NotFound, match="no edition 'v17'; known are v16"):
        compare(library, "v16", "v17")
