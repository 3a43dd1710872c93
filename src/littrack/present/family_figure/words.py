"""What the figure says besides names and dates, in English and Chinese, and its colours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from littrack.claims import Basis, RelationKind


class Strand(StrEnum):
    """What an edge passes on: it gives the colour. The line's style is the evidence's."""

    CONTINUED = "continued"
    WEIGHTS = "weights"
    DATA = "data"
    SUCCESSION = "succession"
    MEMBER = "member"
    PRODUCT = "product"


STRANDS: Mapping[RelationKind, Strand] = {
    **dict.fromkeys(RelationKind, Strand.WEIGHTS),
    RelationKind.CONTINUED: Strand.CONTINUED,
    RelationKind.DATA: Strand.DATA,
    RelationKind.DISTILLATION: Strand.DATA,
    RelationKind.SUCCESSOR: Strand.SUCCESSION,
    RelationKind.MEMBER: Strand.MEMBER,
    RelationKind.PRODUCT: Strand.PRODUCT,
}
# Told apart by the colour-blind (after Okabe and Ito) and dark enough for thin lines on white.
COLOURS: Mapping[Strand, str] = {
    Strand.CONTINUED: "#b5400f",
    Strand.WEIGHTS: "#1b8a5a",
    Strand.DATA: "#1f6fb5",
    Strand.SUCCESSION: "#4a5560",
    Strand.MEMBER: "#4a5560",
    Strand.PRODUCT: "#a9b8c9",
}
# The colour does not say which of these it is: an edge without a label of its own is labelled so.
SAID_BY_LABEL = frozenset(
    {
        RelationKind.RLHF,
        RelationKind.CHAT,
        RelationKind.CODE,
        RelationKind.DISTILLATION,
        RelationKind.MERGE,
        RelationKind.ADAPTER,
        RelationKind.QUANTISED,
    }
)

_CHINESE: Mapping[str, str] = {
    # strands
    "continued pre-training": "继续预训练",
    "model inheritance": "模型继承",
    "data inheritance": "数据继承",
    "successor": "后继",
    "series and its members": "系列及其成员",
    "product": "产品",
    # kinds
    "base model": "基座模型",
    "instruction tuning": "指令微调",
    "fine-tuning": "微调",
    "chat": "对话",
    "code": "代码",
    "distillation": "蒸馏",
    "merge": "模型合并",
    "adapter": "适配器",
    "quantised": "量化",
    "multimodal": "多模态",
    "member of series": "系列成员",
    "product of": "产品基于",
    # evidence
    "stated by the makers": "开发者明示",
    "reported by others": "他人报告",
    "inferred": "推断",
    "reported or inferred": "他人报告或推断",
    # nodes
    "full tuning": "全参数微调",
    "parameter-efficient tuning": "参数高效微调",
    "not stated how": "微调方式未说明",
    "not reviewed yet": "尚未审核",
    "no relation known": "关系未知",
    # domains
    "medicine": "医学",
    "law": "法律",
    "finance": "金融",
    "math": "数学",
    "mathematics": "数学",
    "education": "教育",
    "bilingualism": "双语",
    "bilingual": "双语",
    "science": "科学",
    "Multimodal models": "多模态模型",
    # labels
    "chinese data": "中文数据",
    "chat data": "对话数据",
    "synthetic data": "合成数据",
    "task data": "任务数据",
    "alpaca data": "Alpaca 数据",
    "instruction": "指令",
    # headings of the table
    "Child": "子模型",
    "Parent": "父模型",
    "Relation": "关系",
    "Label": "标注",
    "Evidence": "证据",
    "Source": "来源",
    "Sentence": "原句",
    "Relations and what they rest on": "关系及其依据",
    "no claim": "无依据",
    "shown above": "见上",
}
_STRAND_NAMES: Mapping[Strand, str] = {
    Strand.CONTINUED: "continued pre-training",
    Strand.WEIGHTS: "model inheritance",
    Strand.DATA: "data inheritance",
    Strand.SUCCESSION: "successor",
    Strand.MEMBER: "series and its members",
    Strand.PRODUCT: "product",
}
_BASES: Mapping[Basis, str] = {
    Basis.STATED: "stated by the makers",
    Basis.REPORTED: "reported by others",
    Basis.INFERRED: "inferred",
}


def say(text: str, language: str) -> str:
    """A phrase in the figure's language; what has no translation stays as it is."""
    return _CHINESE.get(text, _CHINESE.get(text.lower(), text)) if language == "zh" else text


def strand_name(strand: Strand, language: str) -> str:
    """What an edge of this colour means, for the legend."""
    return say(_STRAND_NAMES[strand], language)


def basis_name(basis: Basis, language: str) -> str:
    """How well an edge is attested."""
    return say(_BASES[basis], language)


def label_words(label: str, language: str) -> str:
    """An edge's label: "+ chinese data, + chat data" is "+ 中文数据，+ 对话数据" in Chinese."""
    parts = [re.fullmatch(r"(\+?\s*)(.*)", part.strip()) for part in label.split(",")]
    said = [found[1] + say(found[2], language) for found in parts if found]
    return ("，" if language == "zh" else ", ").join(said)


def caption_words(root: str, counts: tuple[int, int], language: str) -> str:
    """The caption: whose family, how much of it, and what the lines' styles mean."""
    models, relations = counts
    if language == "zh":
        return (
            f"{root}{' ' if root else '全部'}家族：{models} 个模型，{relations} 条关系。"
            "实线：至少有一处开发者自己的说明；虚线：他人报告或推断。"
        )
    whose = f"The {root} family" if root else "All families"
    return (
        f"{whose}: {models} models, {relations} relations. Solid lines: the makers "
        "state the relation; dashed: others report or infer it."
    )
