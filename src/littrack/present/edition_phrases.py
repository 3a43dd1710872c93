"""The sentences of a change log, written by hand in English and in Chinese.

`{name}` and everything else in braces is filled in; names come marked as the format marks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from littrack.claims import CauseKind, ItemKind, ModelField
from littrack.present.model_words import Language


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the change log: its heading, and how one and several changes are counted."""

    heading: str
    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one language."""

    title: str
    editions: str
    dated: str
    none: str
    total_one: str
    total_many: str
    joint: str  # between counts; the last two
    last_joint: str
    comma: str  # between values; the last two
    last_comma: str
    space: str  # between two sentences
    sections: Mapping[str, Section]
    added: str
    released: str
    sized: str
    placed: str
    removed: str
    renamed: str
    moved: str
    moved_in: str
    moved_out: str
    redated: str
    first_dated: str
    undated: str
    changed: str
    first_stated: str
    no_longer_stated: str
    fact: str
    reviewed: str
    items: Mapping[ItemKind, tuple[str, str, str]]  # changed, new, gone
    cited: str
    uncited: str
    rules: Mapping[str, str]
    causes: Mapping[CauseKind, str]
    by_rule: str  # that is told in a section of its own
    because: str
    place: str


# Keys of the sections, in the order of the change log; fields have their own names.
SECTIONS = (
    *("added", "removed", "renamed", "moved"),
    *(ModelField.RELEASE, ModelField.SIZE, ModelField.ACCESS, ModelField.BASE_MODEL),
    *(ModelField.ORGANISATION, ModelField.PRETRAIN_DATA, ModelField.HARDWARE),
    *("facts", "reviewed", ModelField.PAPER, ItemKind.RULE, ItemKind.DIVISION),
    *(ItemKind.FIGURE, ItemKind.TREND, ItemKind.CITATION),
)

ENGLISH = Phrases(
    title="Changes from edition {before} to edition {after}",
    editions="Edition {before} is of {first}, edition {after} of {last}.",
    dated="{created} (with what was known on {as_of})",
    none="The two editions say the same.",
    total_one="There is 1 change: {counts}.",
    total_many="There are {total} changes: {counts}.",
    joint=", ",
    last_joint=" and ",
    comma=", ",
    last_comma=" and ",
    space=" ",
    sections=MappingProxyType(
        {
            "added": Section("Models added", "1 model added", "{n} models added"),
            "removed": Section("Models removed", "1 model removed", "{n} models removed"),
            "renamed": Section("Models renamed", "1 model renamed", "{n} models renamed"),
            "moved": Section(
                "Moved on the timeline",
                "1 model moved on the timeline",
                "{n} models moved on the timeline",
            ),
            "release": Section(
                "Release dates", "1 release date changed", "{n} release dates changed"
            ),
            "size": Section("Sizes", "1 size changed", "sizes of {n} models changed"),
            "access": Section(
                "Access", "access to 1 model changed", "access to {n} models changed"
            ),
            "base_model": Section("Base models", "1 base model changed", "{n} base models changed"),
            "organisation": Section(
                "Organisations", "1 organisation changed", "{n} organisations changed"
            ),
            "pretrain_data": Section(
                "Pre-training data",
                "the pre-training data of 1 model changed",
                "the pre-training data of {n} models changed",
            ),
            "hardware": Section(
                "Training hardware",
                "the training hardware of 1 model changed",
                "the training hardware of {n} models changed",
            ),
            "facts": Section("Other facts", "1 other fact changed", "{n} other facts changed"),
            "reviewed": Section("Review", "1 model reviewed", "{n} models reviewed"),
            "paper": Section("Papers", "1 paper changed", "{n} papers changed"),
            "rule": Section("Rules", "1 rule changed", "{n} rules changed"),
            "division": Section(
                "Division of the timeline",
                "1 span of the timeline divided anew",
                "{n} spans of the timeline divided anew",
            ),
            "figure": Section("Figures", "1 figure changed", "{n} figures changed"),
            "trend": Section("Trends", "1 count of papers changed", "{n} counts of papers changed"),
            "citation": Section("Citations", "1 citation changed", "{n} citations changed"),
        }
    ),
    added="{name}{by}{facts}.",
    released="released {date}",
    sized="{sizes}",
    placed="in {bucket} of the timeline",
    removed="{name} is no longer listed.",
    renamed="{before} is now called {name}.",
    moved="{name} moved from {before} to {after}",
    moved_in="{name}, so far not on the timeline, now stands in {after}",
    moved_out="{name} left the timeline, where it stood in {before}",
    redated=": its release is now dated {after}, no longer {before}",
    first_dated=": its release is now dated {after}",
    undated=": its release date, so far {before}, is no longer stated",
    changed="{name}: {after}, so far {before}.",
    first_stated="{name}: {after}, so far not stated.",
    no_longer_stated="{name}: no longer stated, so far {before}.",
    fact="{name} ({field})",
    reviewed="{name}: {after}, so far {before}.",
    items=MappingProxyType(
        {
            ItemKind.RULE: (
                "{name}: now “{after}”, so far “{before}”.",
                "{name}: now “{after}”.",
                "{name}: no longer “{before}”.",
            ),
            ItemKind.DIVISION: ("{before} is now shown as {after}.",) * 3,
            ItemKind.FIGURE: (
                "{name}: {after} models, so far {before}.",
                "{name} is new and shows {after} models.",
                "{name} is gone.",
            ),
            ItemKind.TREND: (
                "{name}: {after} papers, so far {before}.",
                "{name} is new, with {after} papers.",
                "{name} is no longer counted.",
            ),
        }
    ),
    cited="Newly cited: {items}.",
    uncited="No longer cited: {items}.",
    rules=MappingProxyType(
        {"dates": "Release dates", "selection": "Selection", "buckets": "Timeline"}
    ),
    causes=MappingProxyType(
        {
            CauseKind.EVIDENCE: "New evidence: {place}.",
            CauseKind.DECISION: "Decided by {source}{because}.",
            CauseKind.UNDECIDED: "The earlier decision by {source} was taken back.",
            CauseKind.RETRACTED: "The earlier evidence is gone: {place}.",
            CauseKind.RULE: "The rule is now “{after}”, so far “{before}”.",
            CauseKind.LEFT_OUT: "The selection leaves it out: {after}.",
            CauseKind.MERGED: "It is the same model as {after} and was merged into it.",
            CauseKind.SPLIT: "It was split off from {before}.",
            CauseKind.WEIGHED: "What was known has been weighed anew.",
            CauseKind.UNKNOWN: "",
        }
    ),
    by_rule="The rule has changed, see below.",
    because=": {because}",
    place="{source}, {locator}",
)
CHINESE = Phrases(
    title="{before} 版至 {after} 版变更记录",
    editions="{before} 版日期为 {first}，{after} 版日期为 {last}。",
    dated="{created}（内容截至 {as_of}）",
    none="两个版本内容相同。",
    total_one="共 1 处变更：{counts}。",
    total_many="共 {total} 处变更：{counts}。",
    joint="，",
    last_joint="，",
    comma="、",
    last_comma="、",
    space="",
    sections=MappingProxyType(
        {
            "added": Section("新增模型", "新增模型 1 个", "新增模型 {n} 个"),
            "removed": Section("移除模型", "移除模型 1 个", "移除模型 {n} 个"),
            "renamed": Section("模型更名", "模型更名 1 个", "模型更名 {n} 个"),
            "moved": Section("时间线位置调整", "时间线位置调整 1 个", "时间线位置调整 {n} 个"),
            "release": Section("发布时间", "更正发布时间 1 处", "更正发布时间 {n} 处"),
            "size": Section("参数量", "更正参数量 1 处", "更正参数量 {n} 处"),
            "access": Section("开放情况", "开放情况变更 1 处", "开放情况变更 {n} 处"),
            "base_model": Section("基座模型", "更正基座模型 1 处", "更正基座模型 {n} 处"),
            "organisation": Section("机构", "更正机构 1 处", "更正机构 {n} 处"),
            "pretrain_data": Section(
                "预训练数据规模", "更正预训练数据规模 1 处", "更正预训练数据规模 {n} 处"
            ),
            "hardware": Section("训练硬件", "更正训练硬件 1 处", "更正训练硬件 {n} 处"),
            "facts": Section("其他信息", "更正其他信息 1 处", "更正其他信息 {n} 处"),
            "reviewed": Section("审核状态", "审核状态变更 1 个", "审核状态变更 {n} 个"),
            "paper": Section("对应论文", "更正对应论文 1 处", "更正对应论文 {n} 处"),
            "rule": Section("规则", "规则调整 1 条", "规则调整 {n} 条"),
            "division": Section("时间线分段", "时间线分段调整 1 处", "时间线分段调整 {n} 处"),
            "figure": Section("插图", "插图更新 1 幅", "插图更新 {n} 幅"),
            "trend": Section("趋势统计", "趋势统计更新 1 项", "趋势统计更新 {n} 项"),
            "citation": Section("引用文献", "引用文献变动 1 篇", "引用文献变动 {n} 篇"),
        }
    ),
    added="{name}{by}{facts}。",
    released="{date}发布",
    sized="参数量 {sizes}",
    placed="列入时间线 {bucket}",
    removed="不再收录 {name}。",
    renamed="{before} 更名为 {name}。",
    moved="{name} 由 {before} 移至 {after}",
    moved_in="{name} 原未列入时间线，现列入 {after}",
    moved_out="{name} 原列于时间线 {before}，现已移出",
    redated="：发布时间由 {before} 改为 {after}",
    first_dated="：发布时间补充为 {after}",
    undated="：原发布时间 {before} 不再有出处",
    changed="{name}：由 {before} 改为 {after}。",
    first_stated="{name}：补充为 {after}。",
    no_longer_stated="{name}：原为 {before}，现无出处。",
    fact="{name}（{field}）",
    reviewed="{name}：由“{before}”变为“{after}”。",
    items=MappingProxyType(
        {
            ItemKind.RULE: (
                "{name}：由“{before}”改为“{after}”。",
                "{name}：新定为“{after}”。",
                "{name}：不再采用“{before}”。",
            ),
            ItemKind.DIVISION: ("{before} 现划分为 {after}。",) * 3,
            ItemKind.FIGURE: (
                "{name}：收录模型由 {before} 个变为 {after} 个。",
                "新增 {name}，收录模型 {after} 个。",
                "删去 {name}。",
            ),
            ItemKind.TREND: (
                "{name}：论文数由 {before} 篇变为 {after} 篇。",
                "新增 {name}，论文 {after} 篇。",
                "不再统计 {name}。",
            ),
        }
    ),
    cited="新增引用：{items}。",
    uncited="不再引用：{items}。",
    rules=MappingProxyType({"dates": "发布时间", "selection": "收录范围", "buckets": "时间线"}),
    causes=MappingProxyType(
        {
            CauseKind.EVIDENCE: "依据新证据：{place}。",
            CauseKind.DECISION: "由 {source} 决定{because}。",
            CauseKind.UNDECIDED: "{source} 此前的决定已撤销。",
            CauseKind.RETRACTED: "原有依据已不存在：{place}。",
            CauseKind.RULE: "规则由“{before}”改为“{after}”。",
            CauseKind.LEFT_OUT: "不符合收录条件：{after}。",
            CauseKind.MERGED: "与 {after} 为同一模型，已并入后者。",
            CauseKind.SPLIT: "由 {before} 拆分而来。",
            CauseKind.WEIGHED: "对已有依据重新权衡后得出。",
            CauseKind.UNKNOWN: "",
        }
    ),
    by_rule="因规则调整（见下文）。",
    because="：{because}",
    place="{source}（{locator}）",
)
PHRASES: Mapping[Language, Phrases] = MappingProxyType({"en": ENGLISH, "zh": CHINESE})
