"""What charts say besides names, in two languages, and what can be chosen about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from littrack.errors import InputError
from littrack.trends import Semantics, SeriesKind, Step

NARROWEST, WIDEST = 6.0, 60.0  # centimetres


@dataclass(frozen=True, slots=True)
class DailyAverage:
    """How many papers of a series came a day, before and after a turn."""

    series: str
    before: float
    after: float
    turn: str = "ChatGPT"


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How trends are drawn. ``caption``: None is what the series say of themselves, "" is none.

    ``share`` is of all papers of the library, ``star`` the landmark that is drawn as a star.
    """

    language: Literal["en", "zh"] = "en"
    title: str = ""
    cumulative: bool = False
    share: bool = False
    panels: Literal["auto", "one", "each"] = "auto"
    caption: str | None = None
    width_cm: float = 17.0
    averages: tuple[DailyAverage, ...] = ()
    star: str = "ChatGPT"

    def __post_init__(self) -> None:
        if not NARROWEST <= self.width_cm <= WIDEST:
            raise InputError(
                f"a chart is {NARROWEST:g} to {WIDEST:g} cm wide, not {self.width_cm:g}"
            )
        if self.share and self.cumulative:
            raise InputError("a share of each period cannot be cumulative: choose one of the two")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    tag: str  # of the language, as HTML has it
    title: str
    papers: Mapping[Step, str]
    cumulative: str
    share: Mapping[Step, str]
    quoted: str  # a phrase
    of: str  # a number or window and whose it is
    nothing: str
    before: str
    after: str
    counted: Mapping[Semantics, str]
    kinds: Mapping[SeriesKind, str]
    window: str
    basis: str
    baseline: str
    unplaced: str
    partial: str
    unlabelled: str
    many_unlabelled: str
    stop: str  # between sentences
    comma: str
    table: str
    period: str
    partly: str
    landmarks: str
    landmark_columns: tuple[str, ...]
    month: str
    year: str
    months: tuple[str, ...]
    map_title: str
    map_note: str
    thinned: str
    topic_columns: tuple[str, ...]
    trends_title: str


WORDS = {
    "en": Words(
        tag="en",
        title="Papers over time",
        papers={
            Step.MONTH: "papers a month",
            Step.QUARTER: "papers a quarter",
            Step.YEAR: "papers a year",
        },
        cumulative="papers, cumulative",
        share={
            Step.MONTH: "share of all papers of the month",
            Step.QUARTER: "share of all papers of the quarter",
            Step.YEAR: "share of all papers of the year",
        },
        quoted="“{}”",
        of="{} ({})",
        nothing="no papers",
        before="{:.2f} papers a day before {}",
        after="{:.2f} papers a day after {}",
        counted={
            Semantics.LITERAL: "Phrase in title or abstract as written",
            Semantics.PLURAL: "Phrase in title or abstract, singular or plural",
            Semantics.ARXIV_STEM: "Phrase in title or abstract by word stems, as arXiv searches",
        },
        kinds={
            SeriesKind.PHRASE: "Phrase in title or abstract",
            SeriesKind.TERM: "Any name of the term in title or abstract",
            SeriesKind.CATEGORY: "By arXiv category",
            SeriesKind.TOPIC: "By topic",
            SeriesKind.MODEL: "By model mentioned",
            SeriesKind.AUTHORS: "By author",
        },
        window="{} to {}",
        basis="by the date of version 1",
        baseline="Earlier papers are included: {}",
        unplaced="Papers without an exact date are left out: {}",
        partial="Dashed and hollow: a period that is not complete",
        unlabelled="Marked without a label for want of room: {}",
        many_unlabelled="{} topics are drawn without a label for want of room",
        stop=". ",
        comma=", ",
        table="The numbers of the figure",
        period="Period",
        partly="not complete",
        landmarks="The models marked in the figure",
        landmark_columns=("Model", "Date", "Kind of date"),
        month="{month} {year}",
        year="{year}",
        months=(
            *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
            *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        ),
        map_title="Map of topics",
        map_note="Each dot is a paper; papers of like content lie close together, "
        "the axes have no unit",
        thinned="{} of {} papers are drawn",
        topic_columns=("Topic", "Papers", "Terms"),
        trends_title="Topics over time",
    ),
    "zh": Words(
        tag="zh-CN",
        title="论文数量趋势",
        papers={
            Step.MONTH: "每月论文数",
            Step.QUARTER: "每季度论文数",
            Step.YEAR: "每年论文数",
        },
        cumulative="累计论文数",
        share={
            Step.MONTH: "占当月全部论文的比例",
            Step.QUARTER: "占当季全部论文的比例",
            Step.YEAR: "占当年全部论文的比例",
        },
        quoted="“{}”",
        of="{}（{}）",
        nothing="没有论文",
        before="{1} 之前平均每天 {0:.2f} 篇",
        after="{1} 之后平均每天 {0:.2f} 篇",
        counted={
            Semantics.LITERAL: "标题或摘要中按原样出现该短语",
            Semantics.PLURAL: "标题或摘要中出现该短语，单复数均计",
            Semantics.ARXIV_STEM: "标题或摘要中按词干匹配该短语，与 arXiv 检索一致",
        },
        kinds={
            SeriesKind.PHRASE: "标题或摘要中出现该短语",
            SeriesKind.TERM: "标题或摘要中出现该术语的任一名称",
            SeriesKind.CATEGORY: "按 arXiv 分类",
            SeriesKind.TOPIC: "按主题",
            SeriesKind.MODEL: "按提及的模型",
            SeriesKind.AUTHORS: "按作者",
        },
        window="{} 至 {}",
        basis="按首个版本的日期统计",
        baseline="含此前的论文：{}",
        unplaced="因日期不确切而未计入的论文：{}",
        partial="虚线与空心：该时段尚不完整",
        unlabelled="因空间不足未标出名称：{}",
        many_unlabelled="另有 {} 个主题因空间不足未标名称",
        stop="。",
        comma="，",
        table="图中的数据",
        period="时段",
        partly="不完整",
        landmarks="图中标出的模型",
        landmark_columns=("模型", "日期", "日期类型"),
        month="{year}年{month}",
        year="{year}年",
        months=tuple(f"{number}月" for number in range(1, 13)),
        map_title="主题分布图",
        map_note="每个点为一篇论文；内容相近的论文彼此靠近，坐标轴没有单位",
        thinned="绘出 {1} 篇中的 {0} 篇",
        topic_columns=("主题", "论文数", "关键词"),
        trends_title="主题趋势",
    ),
}


def period_name(period: datetime, step: Step) -> str:
    """As tables write it: 2022-01, 2022-Q1, 2022."""
    if step is Step.YEAR:
        return f"{period.year}"
    if step is Step.QUARTER:
        return f"{period.year}-Q{(period.month + 2) // 3}"
    return f"{period.year}-{period.month:02}"


def shown_share(share: float | None) -> str:
    """A share in per cent with two digits; empty when there is none."""
    return "" if share is None else f"{100 * share:.2f}%"
