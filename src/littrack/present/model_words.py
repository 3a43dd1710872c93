"""The words for what is said about models, in English and Chinese; values as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from littrack.claims import (
    Basis,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Hardware,
    Method,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
)
from littrack.errors import InputError
from littrack.identifiers import parse_arxiv_id
from littrack.quantities import render_quantity

Language = Literal["en", "zh"]
Words = Mapping[str, str]

FIELDS: Mapping[Language, Mapping[ModelField, str]] = MappingProxyType(
    {
        "en": {
            ModelField.ALIAS: "alias",
            ModelField.KIND: "kind",
            ModelField.FAMILY: "family",
            ModelField.ORGANISATION: "organisation",
            ModelField.PAPER: "paper",
            ModelField.TITLE: "title",
            ModelField.LINK: "link",
            ModelField.RELEASE: "release date",
            ModelField.SIZE: "size",
            ModelField.ACCESS: "access",
            ModelField.LICENCE: "licence",
            ModelField.ARCHITECTURE: "architecture",
            ModelField.BASE_MODEL: "base model",
            ModelField.INSTRUCTION_TUNING: "instruction tuning",
            ModelField.RLHF: "RLHF",
            ModelField.PRETRAIN_DATA: "pre-training data",
            ModelField.PRETRAIN_SOURCES: "sources of the pre-training data",
            ModelField.DATA_CUTOFF: "latest data",
            ModelField.HARDWARE: "training hardware",
            ModelField.TRAINING_TIME: "training time",
            ModelField.IN_CONTEXT_LEARNING: "evaluation of in-context learning",
            ModelField.CHAIN_OF_THOUGHT: "evaluation of chain-of-thought",
            ModelField.TUNING: "tuning",
            ModelField.DOMAIN: "domain",
            ModelField.CAPTION: "caption",
            ModelField.PROBLEM: "problem",
            ModelField.METHOD: "method",
            ModelField.HIGHLIGHT: "highlight",
            ModelField.BUCKET: "place on a printed timeline",
            ModelField.NOT_A_MODEL: "not a model",
        },
        "zh": {
            ModelField.ALIAS: "别名",
            ModelField.KIND: "类别",
            ModelField.FAMILY: "系列",
            ModelField.ORGANISATION: "机构",
            ModelField.PAPER: "论文",
            ModelField.TITLE: "标题",
            ModelField.LINK: "链接",
            ModelField.RELEASE: "发布时间",
            ModelField.SIZE: "参数量",
            ModelField.ACCESS: "开放情况",
            ModelField.LICENCE: "许可证",
            ModelField.ARCHITECTURE: "架构",
            ModelField.BASE_MODEL: "基座模型",
            ModelField.INSTRUCTION_TUNING: "指令微调",
            ModelField.RLHF: "RLHF",
            ModelField.PRETRAIN_DATA: "预训练数据规模",
            ModelField.PRETRAIN_SOURCES: "预训练数据来源",
            ModelField.DATA_CUTOFF: "数据截止时间",
            ModelField.HARDWARE: "训练硬件",
            ModelField.TRAINING_TIME: "训练时长",
            ModelField.IN_CONTEXT_LEARNING: "上下文学习评估",
            ModelField.CHAIN_OF_THOUGHT: "思维链评估",
            ModelField.TUNING: "微调方式",
            ModelField.DOMAIN: "领域",
            ModelField.CAPTION: "图中说明",
            ModelField.PROBLEM: "问题",
            ModelField.METHOD: "方法",
            ModelField.HIGHLIGHT: "亮点",
            ModelField.BUCKET: "印刷时间线上的位置",
            ModelField.NOT_A_MODEL: "并非模型",
        },
    }
)
DATE_KINDS: Mapping[Language, Mapping[ModelDateKind, str]] = MappingProxyType(
    {
        "en": {
            ModelDateKind.ARXIV_V1: "arXiv v1",
            ModelDateKind.ARXIV_LATEST: "latest arXiv version",
            ModelDateKind.ANNOUNCED: "announcement",
            ModelDateKind.API_RELEASE: "API release",
            ModelDateKind.WEIGHTS_RELEASE: "release of the weights",
            ModelDateKind.TRAINING_START: "start of training",
            ModelDateKind.TRAINING_END: "end of training",
            ModelDateKind.VENUE: "publication at a venue",
            ModelDateKind.UNSPECIFIED: "release of unstated kind",
        },
        "zh": {
            ModelDateKind.ARXIV_V1: "arXiv 首版",
            ModelDateKind.ARXIV_LATEST: "arXiv 最新版",
            ModelDateKind.ANNOUNCED: "官方公布",
            ModelDateKind.API_RELEASE: "API 开放",
            ModelDateKind.WEIGHTS_RELEASE: "权重公开",
            ModelDateKind.TRAINING_START: "训练开始",
            ModelDateKind.TRAINING_END: "训练结束",
            ModelDateKind.VENUE: "会议或期刊发表",
            ModelDateKind.UNSPECIFIED: "未注明类型的发布",
        },
    }
)
# By the names of the rules that choose a date; a rule without words here is told by its name.
DATE_RULES: Mapping[Language, Words] = MappingProxyType(
    {
        "en": {
            "survey": "arXiv v1, without a paper the earliest public release",
            "earliest": "the earliest of arXiv v1 and public release",
            "weights": "release of the weights, else arXiv v1, else the earliest public release",
            "latest-version": "latest arXiv version, else arXiv v1",
        },
        "zh": {
            "survey": "arXiv 首版日期，无论文者取最早的公开发布日期",
            "earliest": "arXiv 首版与公开发布中最早的日期",
            "weights": "权重公开日期，否则取 arXiv 首版日期，再否则取最早的公开发布日期",
            "latest-version": "arXiv 最新版日期，否则取 arXiv 首版日期",
        },
    }
)
ACCESS: Mapping[Language, Words] = MappingProxyType(
    {
        "en": {"open": "publicly available", "closed": "closed source", "api": "API only"},
        "zh": {"open": "公开可用", "closed": "闭源", "api": "仅提供 API"},
    }
)
STATUSES: Mapping[Language, Mapping[ModelStatus, str]] = MappingProxyType(
    {
        "en": {
            ModelStatus.CANDIDATE: "candidate, waits for review",
            ModelStatus.ACCEPTED: "accepted by littrack, not reviewed",
            ModelStatus.CURATED: "reviewed by a person",
        },
        "zh": {
            ModelStatus.CANDIDATE: "候选，待审核",
            ModelStatus.ACCEPTED: "由 littrack 自动收录，未经审核",
            ModelStatus.CURATED: "经人工审核",
        },
    }
)
BASES: Mapping[Basis, str] = MappingProxyType(
    {
        Basis.STATED: "stated by who made the model",
        Basis.REPORTED: "reported by a third party",
        Basis.INFERRED: "somebody's conclusion",
    }
)
METHODS: Mapping[Method, str] = MappingProxyType(
    {
        Method.PARSED: "read from a field",
        Method.RULE: "extracted by a rule",
        Method.MODEL: "extracted by a trained model",
        Method.HUMAN: "entered by a person",
    }
)
# Edges through which a model got its weights; the others do not make a base model.
INHERITED = frozenset(
    {
        RelationKind.BASE,
        RelationKind.CONTINUED,
        RelationKind.INSTRUCTION_TUNING,
        RelationKind.FINE_TUNING,
        RelationKind.RLHF,
        RelationKind.CHAT,
        RelationKind.CODE,
        RelationKind.MERGE,
        RelationKind.ADAPTER,
        RelationKind.QUANTISED,
        RelationKind.MULTIMODAL,
    }
)


def base_models(model: Model) -> list[Parent]:
    """The models that its weights came from."""
    values = model.values(ModelField.BASE_MODEL)
    return [one for one in values if isinstance(one, Parent) and one.kind in INHERITED]


def value_text(value: ClaimValue, language: Language = "en") -> str:
    """A claimed value as text; dates without their kind."""
    if isinstance(value, bool):
        return {"en": ("no", "yes"), "zh": ("否", "是")}[language][value]
    if isinstance(value, Quantity):
        return _quantity_text(value, language)
    if isinstance(value, Parent):
        return value.name
    return str(value) if isinstance(value, (TypedDate, Hardware)) else value


def _quantity_text(quantity: Quantity, language: Language) -> str:
    if quantity.value is None:
        return "not disclosed" if language == "en" else "未披露"
    text = render_quantity(quantity, language)
    if not quantity.qualifier:
        return text
    if language == "en":
        return f"{text} {quantity.qualifier}"
    return f"{text}（{_QUALIFIERS.get(quantity.qualifier, quantity.qualifier)}）"


_QUALIFIERS = {"active": "激活", "public": "公开"}


def full_text(field: ModelField, value: ClaimValue, language: Language = "en") -> str:
    """A value with what belongs to it: a date with its kind, a parent with the kind of its edge."""
    text = value_text(value, language)
    brackets = " ({})" if language == "en" else "（{}）"
    if isinstance(value, TypedDate) and field is ModelField.RELEASE:
        return text + brackets.format(DATE_KINDS[language][value.kind])
    if isinstance(value, Parent):
        details = [str(value.kind)] if value.kind is not RelationKind.BASE else []
        details += [value.label] if value.label else []
        return text + brackets.format(", ".join(details)) if details else text
    if field is ModelField.ACCESS:
        return ACCESS[language].get(text, text)
    if field is ModelField.PAPER:
        return f"arXiv:{text}"
    return text


def escape_inline(text: str) -> str:
    """Text on one line as Markdown shows it within a sentence, a heading or a cell of a table."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def tidy_chinese(text: str) -> str:
    """Without the blanks that filling in leaves beside Chinese: 由 13 亿改为 16 亿."""
    return _BLANK_IN_CHINESE.sub("", text)


_MARKUP = re.compile(r"([\\`*_\[\]<>|~$])")
_HAN, _STOPS = r"\u3400-\u9fff", "（），。：；、“”"
_BLANK_IN_CHINESE = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])|(?<=[{_STOPS}]) | (?=[{_STOPS}])")


def source_text(evidence: Evidence) -> str:
    """Where a claim stands, without the place in it: papers with ``arXiv:``."""
    if evidence.kind is not EvidenceKind.PAPER:
        return evidence.source
    try:
        return f"arXiv:{parse_arxiv_id(evidence.source)}"
    except InputError:  # a paper that is not on arXiv
        return evidence.source
