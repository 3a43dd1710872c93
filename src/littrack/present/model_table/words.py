"""What stands around the cells of the table: headings, groups, notes; in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from littrack.present.model_words import Language


class Mark(StrEnum):
    """A sign behind a cell, explained below the table."""

    PUBLIC_SIZE = "*"
    UNDISCLOSED = "†"
    WITHDRAWN = "‡"


NOTHING = "-"
CHECK = "✓"
ESTIMATE = "~"

# Keys of the columns, in the survey's order.
COLUMNS = (
    *("model", "release", "size", "base_model", "instruction_tuning", "rlhf"),
    *("pretrain_data", "data_cutoff", "hardware", "training_time"),
    *("in_context_learning", "chain_of_thought"),
)
# Headings that stand over two columns: the first of the two, and how many.
ADAPTATION, EVALUATION = "instruction_tuning", "in_context_learning"


@dataclass(frozen=True, slots=True)
class TableWords:
    """The words of one language."""

    headings: Mapping[str, str]
    over: Mapping[str, str]  # by the first of two columns
    groups: Mapping[bool | None, str]  # by whether the weights are public
    caption: str  # {count}, {one or many}, {day}, {rule}
    as_of: str
    continued: str
    unverified: str
    marks: Mapping[Mark, str]
    nothing: str
    estimate: str
    unverified_note: str
    evidence: str
    otherwise: str
    abbreviations: str
    separator: str  # between notes


ENGLISH = TableWords(
    headings=MappingProxyType(
        {
            "model": "Model",
            "release": "Release time",
            "size": "Size (B)",
            "base_model": "Base model",
            "instruction_tuning": "IT",
            "rlhf": "RLHF",
            "pretrain_data": "Pre-train data scale",
            "data_cutoff": "Latest data timestamp",
            "hardware": "Hardware (GPUs / TPUs)",
            "training_time": "Training time",
            "in_context_learning": "ICL",
            "chain_of_thought": "CoT",
        }
    ),
    over=MappingProxyType({ADAPTATION: "Adaptation", EVALUATION: "Evaluation"}),
    groups=MappingProxyType(
        {True: "Publicly available", False: "Closed source", None: "Access not stated"}
    ),
    caption="Statistics of large language models ({count} in all){day}. Release time: {rule}.",
    as_of=", as of {day}",
    continued="(continued)",
    unverified="unverified",
    marks=MappingProxyType(
        {
            Mark.PUBLIC_SIZE: "the largest size that is publicly available",
            Mark.UNDISCLOSED: "known to be undisclosed by the developers",
            Mark.WITHDRAWN: "the paper was withdrawn",
        }
    ),
    nothing="not stated; in the columns of check marks: no, or not stated",
    estimate="somebody's estimate",
    unverified_note="not reviewed by a person, or shown without a source",
    evidence="Evidence",
    otherwise="says otherwise",
    abbreviations=(
        "IT: instruction tuning. RLHF: reinforcement learning from human feedback. "
        "ICL, CoT: evaluated for in-context learning, chain-of-thought."
    ),
    separator=" ",
)
CHINESE = TableWords(
    headings=MappingProxyType(
        {
            "model": "模型",
            "release": "发布时间",
            "size": "参数量 (B)",
            "base_model": "基座模型",
            "instruction_tuning": "IT",
            "rlhf": "RLHF",
            "pretrain_data": "预训练数据规模",
            "data_cutoff": "数据截止时间",
            "hardware": "硬件 (GPU / TPU)",
            "training_time": "训练时长",
            "in_context_learning": "ICL",
            "chain_of_thought": "CoT",
        }
    ),
    over=MappingProxyType({ADAPTATION: "适配", EVALUATION: "评估"}),
    groups=MappingProxyType({True: "公开可用", False: "闭源", None: "未注明是否公开"}),
    caption="大语言模型统计信息（共 {count} 个{day}）。发布时间：{rule}。",
    as_of="，截至 {day}",
    continued="（续）",
    unverified="未核实",
    marks=MappingProxyType(
        {
            Mark.PUBLIC_SIZE: "已公开的最大规模",
            Mark.UNDISCLOSED: "开发者未披露",
            Mark.WITHDRAWN: "论文已撤回",
        }
    ),
    nothing="未注明；勾选列中表示“否”或未注明",
    estimate="他人估计值",
    unverified_note="未经人工审核，或所列内容缺少出处",
    evidence="依据",
    otherwise="不同说法",
    abbreviations=(
        "IT：指令微调；RLHF：基于人类反馈的强化学习；ICL、CoT：是否评估上下文学习、思维链能力。"
    ),
    separator="",
)
WORDS: Mapping[Language, TableWords] = MappingProxyType({"en": ENGLISH, "zh": CHINESE})
