"""What the timeline says besides names, in two languages, and what can be chosen about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from littrack.claims import Bucket, Model, ModelDateKind, ModelField, ModelStatus

Groups = Sequence[tuple[Bucket, Sequence[Model]]]  # each span with its models, oldest first


@dataclass(frozen=True, slots=True)
class FigureOptions:
    """How a timeline is shown. ``unplaced``: models that no span can be told of, to be admitted."""

    language: Literal["en", "zh"] = "en"
    title: str = ""
    organisations: bool = True
    unplaced: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    tag: str  # of the language, as HTML has it
    title: str
    public: str
    other: str
    unknown: str
    other_or_unknown: str
    unreviewed: str
    rule: str
    unplaced: str
    withdrawn: str
    not_stated: str
    yes: str
    no: str
    heading: str  # of the table below the figure
    columns: tuple[str, ...]
    key: str  # what the marks of a figure made of plain text mean
    dates: Mapping[ModelDateKind, str]
    statuses: Mapping[ModelStatus, str]


WORDS = {
    "en": Words(
        tag="en",
        title="Timeline of large language models",
        public="publicly available",
        other="not publicly available",
        unknown="availability not stated",
        other_or_unknown="not publicly available, or not stated",
        unreviewed="not yet reviewed",
        rule="Dates: arXiv v1, else earliest public release.",
        unplaced="Without a date that tells the span, not shown: {}.",
        withdrawn="paper withdrawn",
        not_stated="not stated",
        yes="yes",
        no="no",
        heading="The models of the figure",
        columns=("Span", "Date", "Kind of date", "Model", "Organisation", "Public", "Status"),
        key="◆ publicly available, (?) not yet reviewed",
        dates={
            ModelDateKind.ARXIV_V1: "arXiv v1",
            ModelDateKind.ARXIV_LATEST: "latest arXiv version",
            ModelDateKind.ANNOUNCED: "announced",
            ModelDateKind.API_RELEASE: "API release",
            ModelDateKind.WEIGHTS_RELEASE: "release of the weights",
            ModelDateKind.TRAINING_START: "start of training",
            ModelDateKind.TRAINING_END: "end of training",
            ModelDateKind.VENUE: "published at a venue",
            ModelDateKind.UNSPECIFIED: "released",
        },
        statuses={
            ModelStatus.CANDIDATE: "waits for review",
            ModelStatus.ACCEPTED: "not yet reviewed",
            ModelStatus.CURATED: "reviewed",
        },
    ),
    "zh": Words(
        tag="zh-CN",
        title="大语言模型时间线",
        public="公开可用",
        other="未公开",
        unknown="未说明是否公开",
        other_or_unknown="未公开或未说明",
        unreviewed="尚未审核",
        rule="日期：以 arXiv 首个版本为准；无论文者取最早公开发布日期。",
        unplaced="因日期不足以确定时段而未列出：{} 个。",
        withdrawn="论文已撤稿",
        not_stated="未说明",
        yes="是",
        no="否",
        heading="图中的模型",
        columns=("时段", "日期", "日期类型", "模型", "机构", "公开", "状态"),
        key="◆ 公开可用，(?) 尚未审核",
        dates={
            ModelDateKind.ARXIV_V1: "arXiv 首个版本",
            ModelDateKind.ARXIV_LATEST: "arXiv 最新版本",
            ModelDateKind.ANNOUNCED: "宣布",
            ModelDateKind.API_RELEASE: "API 发布",
            ModelDateKind.WEIGHTS_RELEASE: "权重发布",
            ModelDateKind.TRAINING_START: "训练开始",
            ModelDateKind.TRAINING_END: "训练结束",
            ModelDateKind.VENUE: "会议或期刊发表",
            ModelDateKind.UNSPECIFIED: "发布",
        },
        statuses={
            ModelStatus.CANDIDATE: "等待审核",
            ModelStatus.ACCEPTED: "尚未审核",
            ModelStatus.CURATED: "已审核",
        },
    ),
}


def dated(model: Model, words: Words) -> str:
    """The date and what happened on it: "2022-04-05, arXiv v1"."""
    release = model.release
    return f"{release}, {words.dates[release.kind]}" if release else words.not_stated


def availability(model: Model, words: Words) -> str:
    """Whether the weights can be had, as a sentence's end."""
    return {True: words.public, False: words.other, None: words.not_stated}[model.public]


def address(model: Model) -> str | None:
    """The paper at arXiv, else the first address that a browser may open."""
    if model.paper:
        return f"https://arxiv.org/abs/{model.paper}"
    links = (str(one) for one in model.values(ModelField.LINK))
    return next((one for one in links if one.startswith(("https://", "http://"))), None)


def is_reviewed(model: Model) -> bool:
    """Whether a person vouches for the model."""
    return model.status is ModelStatus.CURATED
