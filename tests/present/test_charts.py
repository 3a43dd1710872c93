"""Trend charts and topic maps: what they show, where labels go, and every kind of file."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latexwalker import LatexWalker

from littrack.errors import InputError
from littrack.present.charts.axes import time_axis, value_axis
from littrack.present.charts.curves import draw_curve, height_at, style_of
from littrack.present.charts.formats import SUFFIXES
from littrack.present.charts.placement import Anchor, place_labels, spread, stack_flags
from littrack.present.charts.shapes import Box, Chart
from littrack.present.charts.topic_chart import (
    arrange_map,
    render_topic_map,
    render_topic_trends,
)
from littrack.present.charts.trend_chart import render_trend_chart
from littrack.present.charts.trend_layout import arrange_trends
from littrack.present.charts.vega_lite import draw_svg, vega_lite_spec
from littrack.present.charts.words import WORDS, ChartOptions, DailyAverage
from littrack.present.pictures import missing_characters
from littrack.topics import Topic, TopicTerm
from littrack.trends import Landmark, Semantics, SeriesKind, Step, TrendPoint, TrendSeries

SVG = "{http://www.w3.org/2000/svg}"
LANDMARKS = tuple(
    Landmark(name, datetime(*day, tzinfo=UTC), "announced")
    for name, day in (
        ("GPT-1", (2018, 6, 11)),
        ("BERT", (2018, 10, 11)),
        ("GPT-2", (2019, 2, 14)),
        ("T5", (2019, 10, 23)),
        ("GPT-3", (2020, 5, 28)),
        ("Codex", (2021, 7, 7)),
        ("InstructGPT", (2022, 3, 4)),
        ("ChatGPT", (2022, 11, 30)),
        ("LLaMA", (2023, 2, 27)),
        ("GPT-4", (2023, 3, 15)),
    )
)
# Cumulative counts at the first of each quarter, as read off Figure 1 of the survey.
LM = [50, 79, 166, 276, 402, 593, 829, 1066, 1334, 1660, 2039, 2447, 2897, 3423, 3994, 4553]
LM += [5214, 5919, 6778, 7855, 9368]
LLM = [7, 7, 11, 15, 21, 32, 47, 67, 96, 135, 200, 298, 460, 775, 1500]
AVERAGE = DailyAverage("large language model", 0.40, 8.58)


def month(index: int, start: int = 2020) -> datetime:
    return datetime(start + index // 12, index % 12 + 1, 1, tzinfo=UTC)


def phrase(name: str, totals: Sequence[int], first: datetime) -> TrendSeries:
    """A quarterly series with known cumulative counts; its last quarter is not over."""
    offset = first.year * 12 + first.month - 1
    points = tuple(
        TrendPoint(
            month(offset + 3 * number, 0),
            after - before,
            after,
            20_000,
            partial=after == totals[-1],
        )
        for number, (before, after) in enumerate(pairwise(totals))
    )
    return TrendSeries(
        *(name, SeriesKind.PHRASE, Step.QUARTER, points, Semantics.LITERAL),
        baseline=totals[0],
    )


FIGURE_1 = (
    phrase("language model", LM, datetime(2018, 4, 1, tzinfo=UTC)),
    phrase("large language model", LLM, datetime(2019, 10, 1, tzinfo=UTC)),
)


def monthly(name: str, counts: Sequence[int], **more: Any) -> TrendSeries:
    points, total = [], 0
    for number, count in enumerate(counts):
        total += count
        points.append(TrendPoint(month(number), count, total, 1000))
    return TrendSeries(name, SeriesKind.TERM, Step.MONTH, tuple(points), **more)


TWELVE = tuple(
    monthly(f"term {number}", [10 + number * (index % 5) + index for index in range(30)])
    for number in range(12)
)
EMPTY = TrendSeries("nothing yet", SeriesKind.TOPIC, Step.MONTH, ())
CASES: dict[str, tuple[Sequence[TrendSeries], ChartOptions]] = {
    "Figure 1": (FIGURE_1, ChartOptions(cumulative=True, averages=(AVERAGE,))),
    "Figure 1 in Chinese": (
        FIGURE_1,
        ChartOptions(language="zh", cumulative=True, averages=(AVERAGE,)),
    ),
    "one column": (FIGURE_1, ChartOptions(cumulative=True, width_cm=8.4)),
    "one panel": (FIGURE_1, ChartOptions(cumulative=True, panels="one")),
    "twelve series": (TWELVE, ChartOptions(panels="one", title="Terms")),
    "twelve panels": (TWELVE, ChartOptions(panels="each")),
    "bars": (TWELVE[:1], ChartOptions()),
    "shares": (TWELVE[:3], ChartOptions(share=True, language="zh")),
    "one point": ([monthly("one", [7])], ChartOptions(cumulative=True)),
    "one bar": ([monthly("one", [7])], ChartOptions()),
    "no points": ([EMPTY], ChartOptions()),
    "some without points": ([EMPTY, *TWELVE[:2]], ChartOptions(panels="one")),
}


def charts() -> list[tuple[str, Chart]]:
    return [(name, arrange_trends(one, LANDMARKS, how)) for name, (one, how) in CASES.items()]


def labels(chart: Chart) -> list[str]:
    return [label.text for panel in chart.panels for label in panel.labels]


@pytest.mark.parametrize("name", CASES)
def test_no_label_lies_on_another_or_leaves_the_picture(name: str) -> None:
    chart = arrange_trends(CASES[name][0], LANDMARKS, CASES[name][1])
    page = Box(0, 0, chart.width, chart.height)
    texts = [
        *chart.texts,
        *(text for panel in chart.panels for text in (*panel.labels, *panel.texts)),
    ]
    for text in texts:
        assert page.holds(text.box), text
    for one, other in combinations(texts, 2):
        assert not one.box.meets(other.box, -0.5), (one, other)


@pytest.mark.parametrize("name", CASES)
def test_no_landmarks_label_lies_on_a_curve(name: str) -> None:
    chart = arrange_trends(CASES[name][0], LANDMARKS, CASES[name][1])
    for panel in chart.panels:
        named = {mark.name for mark in panel.marks}
        for label in (one for one in panel.labels if one.text in named):
            for run in (run for curve in panel.curves for run in curve.runs):
                for one, other in pairwise(run.vertices):
                    line = panel.place(one.x, one.y), panel.place(other.x, other.y)
                    assert not label.box.is_crossed(*line), label.text


def test_figure_1_has_two_panels_with_every_landmark_of_its_window() -> None:
    names = [one.name for one in LANDMARKS]
    for width in (17.0, 15.0, 12.0):
        options = ChartOptions(cumulative=True, width_cm=width)
        left, right = arrange_trends(FIGURE_1, LANDMARKS, options).panels
        assert [label.text for label in left.labels] == names
        assert [label.text for label in right.labels] == names[3:]
        assert [mark.name for mark in (*left.marks, *right.marks) if mark.star] == ["ChatGPT"] * 2


def test_a_landmark_lies_on_the_curve_at_its_date() -> None:
    curve = draw_curve(FIGURE_1[0], style_of(0), ChartOptions(cumulative=True))
    middle = datetime(2018, 8, 16, tzinfo=UTC)  # half of the second quarter: 79 to 166
    height = height_at(curve, middle.timestamp() * 1000)
    assert height == pytest.approx(122.5, abs=0.8)
    assert height_at(curve, datetime(2018, 3, 31, tzinfo=UTC).timestamp() * 1000) is None
    chart = arrange_trends(FIGURE_1, [Landmark("X", middle, "announced")], CASES["Figure 1"][1])
    assert [mark.y for mark in chart.panels[0].marks] == [height]
    assert chart.panels[1].marks == ()


def test_a_cumulative_curve_begins_with_what_was_there_before() -> None:
    curve = draw_curve(FIGURE_1[1], style_of(0), ChartOptions(cumulative=True))
    assert [vertex.y for vertex in curve.vertices] == [float(one) for one in LLM]
    first, last = curve.vertices[0], curve.vertices[-1]
    assert first.x == datetime(2019, 10, 1, tzinfo=UTC).timestamp() * 1000
    assert last.x == datetime(2023, 4, 1, tzinfo=UTC).timestamp() * 1000  # the end of the quarter


def test_a_partial_period_is_dashed_and_hollow() -> None:
    curve = draw_curve(FIGURE_1[1], style_of(0), ChartOptions(cumulative=True))
    assert [(len(run.vertices), run.partial) for run in curve.runs] == [(14, False), (2, True)]
    assert [vertex.y for vertex in curve.hollow] == [1500.0]
    bars = draw_curve(FIGURE_1[1], style_of(0), ChartOptions(), alone=True).bars
    assert [bar.partial for bar in bars] == [False] * 13 + [True]
    svg = draw_svg(arrange_trends(FIGURE_1, (), ChartOptions(cumulative=True)))
    assert svg.count('stroke-dasharray="2,2"') == 2


def test_periods_that_are_missing_or_without_papers_leave_a_gap() -> None:
    points = [
        TrendPoint(month(index), 5, 5, total)
        for index, total in ((0, 100), (1, 100), (2, 0), (3, 100), (5, 100), (6, 50))
    ]
    series = TrendSeries("x", SeriesKind.TERM, Step.MONTH, tuple(points))
    curve = draw_curve(series, style_of(0), ChartOptions(share=True))
    assert [[round(one.y, 2) for one in run.vertices] for run in curve.runs] == [
        [0.05, 0.05],
        [0.05, 0.1],
    ]
    assert [vertex.y for vertex in curve.filled] == [0.05]  # April stands alone


def test_series_of_unlike_size_get_panels_of_their_own() -> None:
    small, large = monthly("small", [1, 2, 3]), monthly("large", [10, 20, 30])
    like = monthly("like", [2, 3, 4])
    assert len(arrange_trends([small, large]).panels) == 2
    assert len(arrange_trends([small, like]).panels) == 1
    assert len(arrange_trends([small, large], options=ChartOptions(panels="one")).panels) == 1
    assert len(arrange_trends([small, like], options=ChartOptions(panels="each")).panels) == 2
    assert len(arrange_trends([EMPTY, small]).panels) == 2


def test_names_stand_at_the_ends_of_curves_in_their_order() -> None:
    (panel,) = arrange_trends(TWELVE, (), ChartOptions(panels="one")).panels
    by_height = sorted(panel.labels, key=lambda label: label.y)
    ends = {curve.name: curve.vertices[-1].y for curve in panel.curves}
    assert [one.text for one in by_height] == sorted(ends, key=lambda name: -ends[name])
    assert all(label.x > panel.frame.right for label in panel.labels)
    looks = {(curve.style.colour, curve.style.dashes) for curve in panel.curves}
    assert len(looks) == 12


def test_averages_are_told_in_the_panel_or_else_in_the_caption() -> None:
    lines = ["0.40 papers a day before ChatGPT", "8.58 papers a day after ChatGPT"]
    options = ChartOptions(cumulative=True, averages=(AVERAGE,))
    chart = arrange_trends(FIGURE_1, LANDMARKS, options)
    assert not set(lines) & {label.text for label in chart.panels[0].labels}
    assert [label.text for label in chart.panels[1].labels][:2] == lines
    together = ChartOptions(cumulative=True, averages=(AVERAGE,), panels="one")
    caption = " ".join(text.text for text in arrange_trends(FIGURE_1, (), together).texts)
    assert f"{', '.join(lines)} (large language model)." in caption
    chinese = ChartOptions(language="zh", cumulative=True, averages=(AVERAGE,))
    shown = labels(arrange_trends(FIGURE_1, LANDMARKS, chinese))
    assert "ChatGPT 之后平均每天 8.58 篇" in shown


def test_the_caption_says_what_was_counted_when_and_what_lacks() -> None:
    points = (TrendPoint(month(0), 3, 15, 9), TrendPoint(month(1), 1, 16, 9, partial=True))
    series = TrendSeries(
        *("LLM", SeriesKind.PHRASE, Step.MONTH, points, Semantics.ARXIV_STEM),
        *(12, 4),
        notes=("Harvested to 2020-02-11.",),
    )
    chart = arrange_trends([series], (), ChartOptions(cumulative=True))
    assert " ".join(text.text for text in chart.texts) == (
        "Phrase in title or abstract by word stems, as arXiv searches, by the date of version 1, "
        "2020-01 to 2020-02. Dashed and hollow: a period that is not complete. Earlier papers are "
        "included: 12. Papers without an exact date are left out: 4. Harvested to 2020-02-11."
    )
    own = ChartOptions(caption="Mine, over one line.")
    assert [text.text for text in arrange_trends([series], (), own).texts] == [own.caption]
    assert arrange_trends([series], (), ChartOptions(caption="")).texts == ()


def test_a_landmark_without_room_for_its_label_is_named_in_the_caption() -> None:
    day = datetime(2021, 6, 1, tzinfo=UTC)
    crowd = [Landmark(f"A model with a long name, number {n}", day, "announced") for n in range(60)]
    chart = arrange_trends(TWELVE[:1], crowd, ChartOptions(width_cm=10))
    shown, missing = labels(chart), chart.panels[0].unlabelled
    assert shown
    assert missing
    assert sorted([*shown, *missing]) == sorted(one.name for one in crowd)
    caption = " ".join(text.text for text in chart.texts)
    assert f"Marked without a label for want of room: {missing[0]}, " in caption


def test_text_is_7_points_or_more_at_the_width_it_is_made_for() -> None:
    for name, chart in charts():
        svg = draw_svg(chart)
        sizes = {float(size) * 0.75 for size in re.findall(r'font-size="([\d.]+)px"', svg)}
        assert min(sizes) >= 7, name
    root = ET.fromstring(draw_svg(arrange_trends(*CASES["Figure 1"][:1])))
    assert float(root.attrib["width"]) * 2.54 / 96 == pytest.approx(17, abs=0.01)


def test_the_chinese_chart_speaks_chinese_that_our_fonts_have() -> None:
    series = [*TWELVE[:2], monthly("思维链", range(30), notes=("仅含已收录的论文。",))]
    options = ChartOptions(language="zh", title="术语趋势", panels="one")
    svg = draw_svg(arrange_trends(series, LANDMARKS, options))
    texts = [one.text or "" for one in ET.fromstring(svg).iter(f"{SVG}text")]
    assert {"术语趋势", "每月论文数", "思维链", "2021年", "7月"} <= set(texts)
    assert texts[-1].startswith("标题或摘要中出现该术语的任一名称，按首个版本的日期统计，")
    assert "仅含已收录的论文。" in texts[-1]
    assert missing_characters(svg) == ""
    assert ET.fromstring(svg).attrib["lang"] == "zh-CN"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_series_give_the_same_bytes(suffix: str) -> None:
    series, options = CASES["Figure 1"]
    made = [
        render_trend_chart(series, marks, suffix=suffix, options=options)
        for marks in (LANDMARKS, LANDMARKS[::-1])
    ]
    assert made[0] == made[1]
    begins: dict[str, str | bytes] = {
        ".svg": '<svg xmlns="http://www.w3.org/2000/svg" width="642.52"',
        ".png": b"\x89PNG\r\n",
        ".pdf": b"%PDF-1.",
        ".html": "<!DOCTYPE html>",
        ".json": "{",
        ".tex": "% Papers over time\n",
        ".csv": "series,kind,match,period,count,cumulative,total,share,partial\r\n",
    }
    assert made[0][: len(begins[suffix])] == begins[suffix]


@pytest.mark.parametrize("name", CASES)
def test_every_chart_can_be_drawn_and_set(name: str) -> None:
    series, options = CASES[name]
    svg = render_trend_chart(series, LANDMARKS, suffix=".SVG", options=options)
    assert isinstance(svg, str)
    texts = {one.text for one in ET.fromstring(svg).iter(f"{SVG}text")}
    chart = arrange_trends(series, LANDMARKS, options)
    assert texts >= set(labels(chart))
    assert texts >= {label for panel in chart.panels for _, label in panel.x.ticks + panel.y.ticks}
    assert not {"undefined", "null", "NaN"} & texts
    tex = render_trend_chart(series, LANDMARKS, suffix=".tex", options=options)
    assert isinstance(tex, str)
    LatexWalker(tex, tolerant_parsing=False).get_latex_nodes()
    assert tex.count(r"\begin{axis}") == len(chart.panels)
    assert "nan" not in tex


def test_a_picture_is_17_cm_wide_at_300_dots_an_inch() -> None:
    png = render_trend_chart(FIGURE_1, suffix=".png")
    assert isinstance(png, bytes)
    assert struct.unpack(">II", png[16:24])[0] == pytest.approx(17 / 2.54 * 300, abs=1)


def test_vega_lays_the_panels_where_the_layout_has_them() -> None:
    chart = arrange_trends(TWELVE, (), ChartOptions(panels="each"))
    svg = draw_svg(chart)
    first = chart.panels[0].frame
    place = re.compile(r'transform="translate\(([\d.]+),([\d.]+)\)"')
    shift, *_ = place.search(svg).groups()  # type: ignore[union-attr]
    assert float(shift) == first.left
    groups = re.findall(r"concat_\d+_group.*?translate\(([\d.]+),([\d.]+)\)", svg)
    assert [(float(x), float(y)) for x, y in groups] == [
        (panel.frame.left - first.left, panel.frame.top - first.top) for panel in chart.panels
    ]


def test_the_specification_holds_the_numbers_and_what_one_points_at() -> None:
    text = render_trend_chart([monthly("a term", [3, 5])], suffix=".json")
    spec = json.loads(text)
    assert spec["$schema"].endswith("/vega-lite/v6.json")
    assert spec["config"]["font"].startswith("Liberation Sans")
    layers = spec["concat"][0]["layer"]
    (hover,) = (one for one in layers if isinstance(one["encoding"].get("tooltip"), list))
    assert [channel["title"] for channel in hover["encoding"]["tooltip"]] == [
        *("title", "Period", "papers a month", "papers, cumulative"),
        "share of all papers of the month",
    ]
    assert [list(row.values())[2:] for row in hover["data"]["values"]] == [
        ["a term", "2020-01", "3", "3", "0.30%"],
        ["a term", "2020-02", "5", "8", "0.50%"],
    ]
    still = vega_lite_spec(arrange_trends([monthly("a term", [3, 5])]))
    assert len(still["concat"][0]["layer"]) == len(layers) - 1


class Page(HTMLParser):
    """The rows of a page's tables, its tags and its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = tag
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href")]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("td", "th"):
            self.rows[-1][-1] += data


def test_the_page_needs_nothing_else_and_has_the_numbers() -> None:
    bad = monthly("</script><b>", [3, 5])
    options = ChartOptions(title="Mine & yours", panels="one")
    html = render_trend_chart([bad, FIGURE_1[1]], LANDMARKS[-2:], suffix=".html", options=options)
    assert isinstance(html, str)
    page = Page()
    page.feed(html)
    assert page.addresses == []
    assert page.tags.count("script") == 2
    assert page.tags.count("b") == 0
    assert html.count("Mine &amp; yours</h1>") == 1
    assert html.count("Mine &amp; yours</text>") == 0
    assert page.rows[0] == ["Period", "</script><b>", "large language model"]
    assert ["2019-Q4", "", "0"] in page.rows
    assert ["2020-02", "5", ""] in page.rows
    assert ["2023-Q1 (not complete)", "", "725"] in page.rows
    assert page.rows[-2:] == [
        ["LLaMA", "2023-02-27", "announced"],
        ["GPT-4", "2023-03-15", "announced"],
    ]


def test_csv_has_every_period_and_all_that_is_known_of_it() -> None:
    text = render_trend_chart([FIGURE_1[1], monthly("思维链", [2])], suffix=".csv")
    assert isinstance(text, str)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(LLM)
    assert (rows[-2]["period"], rows[-2]["partial"]) == ("2023-Q1", "true")
    assert rows[-1] == {
        **{"series": "思维链", "kind": "term", "match": "", "period": "2020-01"},
        **{"count": "2", "cumulative": "2", "total": "1000", "share": "0.002000"},
        "partial": "false",
    }


def test_latex_has_the_numbers_in_days_and_escapes_what_tex_reads() -> None:
    series = monthly("50% of R&D_x", [100, 200])
    options = ChartOptions(cumulative=True, title="#1")
    tex = render_trend_chart([series], LANDMARKS, suffix=".tex", options=options)
    assert isinstance(tex, str)
    assert r"{50\% of R\&D\_x}" in tex
    assert r"{\#1}" in tex
    assert "coordinates {(1.2,0) (32.2,100) (61.2,300)};" in tex
    assert "% Chinese text" not in tex
    chinese = render_trend_chart([series], suffix=".tex", options=ChartOptions(language="zh"))
    assert r"\usepackage{ctex}" in str(chinese)


def test_what_cannot_be_drawn_is_refused_with_what_can() -> None:
    known = r"\.svg, \.png, \.pdf, \.html, \.json, \.tex, \.csv"
    with pytest.raises(InputError, match=rf"cannot be a \.gif file; choose one of {known}"):
        render_trend_chart(FIGURE_1, suffix=".gif")
    with pytest.raises(InputError, match=r"\(no suffix\)"):
        render_topic_map([(0, 0, 1)], [], suffix="")
    with pytest.raises(InputError, match="no series"):
        render_trend_chart([])
    with pytest.raises(InputError, match="no paper"):
        render_topic_map([], [])
    with pytest.raises(InputError, match="6 to 60 cm wide, not 3"):
        ChartOptions(width_cm=3)
    with pytest.raises(InputError, match="cumulative"):
        ChartOptions(share=True, cumulative=True)


@pytest.mark.parametrize(
    ("highest", "share", "ticks"),
    [
        (9868, False, ["0", "2,000", "4,000", "6,000", "8,000", "10,000"]),
        (3, False, ["0", "1", "2", "3"]),
        (0, False, ["0", "1"]),
        (0.031, True, ["0%", "1%", "2%", "3%"]),
        (0.00004, True, ["0.000%", "0.001%", "0.002%", "0.003%", "0.004%"]),
        (0, True, ["0.0%", "0.2%", "0.4%", "0.6%", "0.8%", "1.0%"]),
    ],
)
def test_scales_have_round_numbers(highest: float, share: bool, ticks: list[str]) -> None:
    axis = value_axis(highest, share=share)
    assert [label for _, label in axis.ticks] == ticks
    assert axis.high >= highest


def test_the_time_axis_has_as_many_labels_as_there_is_room_for() -> None:
    words = WORDS["en"]
    start, end = month(0), month(24)

    def shown(room: float, last: datetime = end) -> list[str]:
        return [label for _, label in time_axis(start, last, room, words).ticks]

    assert shown(500) == ["2020", "Apr", "Jul", "Oct", "2021", "Apr", "Jul", "Oct", "2022"]
    assert shown(200) == ["2020", "Jul", "2021", "Jul", "2022"]
    assert shown(60) == ["2020", "2021", "2022"]
    assert shown(50) == ["2020", "2022"]
    assert shown(300, datetime(2060, 1, 1, tzinfo=UTC)) == [str(y) for y in range(2020, 2061, 5)]
    inner = time_axis(month(1), month(4), 400, WORDS["zh"]).ticks
    assert [label for _, label in inner] == ["2020年2月", "2020年3月", "2020年4月", "2020年5月"]


@given(st.lists(st.floats(0, 100), max_size=12))
@settings(max_examples=60, deadline=None)
def test_names_at_the_ends_keep_their_distance_and_their_order(wanted: list[float]) -> None:
    places = spread(wanted, 8, 0, 100)
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)
    for one, other in combinations(range(len(wanted)), 2):
        assert abs(places[one] - places[other]) >= 8 - 1e-6
        if wanted[one] < wanted[other]:
            assert places[one] < places[other]


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 200)), max_size=14))
@settings(max_examples=25, deadline=None)
def test_labels_never_clash_wherever_their_marks_are(places: list[tuple[float, float]]) -> None:
    room = Box(0, 0, 300, 200)
    anchors = [Anchor(x, y, 50, 11) for x, y in places]
    spots = [spot for spot in place_labels(anchors, room) if spot is not None]
    assert all(room.holds(spot.box) for spot in spots)
    assert not any(one.clashes(other) for one, other in combinations(spots, 2))


def test_no_flags_pole_crosses_another_flag() -> None:
    starts, widths = [0.0, 10.0, 12.0, 40.0], [30.0, 25.0, 5.0, 9.0]
    assert stack_flags(starts, widths, 2) == [2, 1, 0, 0]


TOPICS = [
    Topic(1, "scaling laws", "缩放定律", 40, (TopicTerm("compute", 1.0), TopicTerm("loss", 0.5))),
    Topic(2, "tool use", "工具使用", 30),
    Topic(3, "an empty topic", "空主题", 0),
    Topic(4, "agents", "", 20),
]
POINTS = [
    *((index % 7 / 7, index % 5 / 5, 1) for index in range(40)),
    *((2 + index % 7 / 7, index % 5 / 5, 2) for index in range(30)),
    *((2.1 + index % 7 / 7, index % 5 / 5, 4) for index in range(20)),
    *((index % 11 / 4, index % 3, -1) for index in range(15)),
]


def test_the_map_names_every_topic_that_has_papers() -> None:
    chart = arrange_map(POINTS, TOPICS, ChartOptions())
    (panel,) = chart.panels
    assert [label.text for label in panel.labels] == ["scaling laws", "tool use", "agents"]
    for one, other in combinations(panel.labels, 2):
        assert not one.box.meets(other.box)
    assert all(panel.frame.holds(label.box) for label in panel.labels)
    assert [len(dots.points) for dots in panel.dots] == [15, 40, 30, 20]
    assert len({dots.colour for dots in panel.dots}) == 4
    chinese = arrange_map(POINTS, TOPICS, ChartOptions(language="zh"))
    assert labels(chinese) == ["缩放定律", "工具使用", "agents"]


def test_a_map_of_many_papers_is_thinned_and_says_so() -> None:
    many = [(index * 7 % 1009 / 10, index % 97, index % 3) for index in range(9000)]
    chart = arrange_map(many, TOPICS, ChartOptions())
    sizes = {dots.name: len(dots.points) for dots in chart.panels[0].dots}
    assert sum(sizes.values()) == 4000
    assert sizes["scaling laws (40)"] == pytest.approx(1333, abs=1)
    assert "4,000 of 9,000 papers are drawn." in " ".join(text.text for text in chart.texts)


def test_a_few_topics_that_find_no_room_are_named_in_the_caption_and_many_are_counted() -> None:
    crowd = [Topic(n, f"a topic with a rather long name {n}", "", 100 - n) for n in range(80)]
    points = [(0.5, 0.5, n) for n in range(80)] + [(0.0, 0.0, 0), (1.0, 1.0, 0)]
    chart = arrange_map(points, crowd, ChartOptions(width_cm=9))
    missing = chart.panels[0].unlabelled
    assert missing
    assert len(missing) + len(labels(chart)) == 80
    told = " ".join(text.text for text in chart.texts)
    assert f"{len(missing)} topics are drawn without a label" in told
    few = arrange_map(points[:14] + points[-2:], crowd[:14], ChartOptions(width_cm=9))
    assert 0 < len(few.panels[0].unlabelled) < 6
    assert "for want of room: a topic" in " ".join(text.text for text in few.texts)


def test_a_map_shows_two_terms_of_a_label_and_the_whole_of_a_name_given_by_a_person() -> None:
    made = Topic(1, "alpha, beta, gamma", "", 9)
    named = Topic(2, "one, two, three", "", 9, named_by="Li")
    chart = arrange_map([(0.1, 0.1, 1), (0.9, 0.9, 2)], [made, named], ChartOptions())
    assert sorted(labels(chart)) == ["alpha, beta", "one, two, three"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_map_is_the_same_bytes_twice_in_every_kind(suffix: str) -> None:
    options = ChartOptions(language="zh", title="地图")
    one, other = (
        render_topic_map(POINTS, TOPICS, suffix=suffix, options=options) for _ in range(2)
    )
    assert one == other
    if suffix == ".tex":
        LatexWalker(str(one), tolerant_parsing=False).get_latex_nodes()
    if suffix == ".html":
        page = Page()
        page.feed(str(one))
        assert page.rows[:2] == [["主题", "论文数", "关键词"], ["缩放定律", "40", "compute; loss"]]
    if suffix == ".csv":
        assert str(one).splitlines()[1] == "0.0,0.0,1,scaling laws,缩放定律"


def test_topic_trends_have_a_panel_each_on_the_same_scales() -> None:
    spec = json.loads(render_topic_trends(TWELVE, suffix=".json", limit=5))
    assert len(spec["concat"]) == 5
    assert spec["columns"] == 3
    scales = [
        [view["layer"][0 if number else 1]["encoding"][axis]["scale"] for axis in "xy"]
        for number, view in enumerate(spec["concat"])
    ]
    assert scales[1:] == [scales[0]] * 4
    svg = render_topic_trends(TWELVE, options=ChartOptions(language="zh"))
    assert isinstance(svg, str)
    assert "主题趋势" in svg


def test_notes_of_a_series_are_said_in_the_language_of_the_chart() -> None:
    from littrack.present.charts.note_words import translate_note

    note = "2,305 of the library's 27,649 are dated by the month in their id"
    assert translate_note(note, "zh") == "库中 27,649 篇里有 2,305 篇只知编号中的月份"
    assert translate_note(note, "en") == note
    assert translate_note(
        "2026-01 was frozen at 5 and is 6 since 2026-03-01: late paper", "zh"
    ) == ("2026-01 冻结时为 5 篇，自 2026-03-01 起为 6 篇：late paper")
    assert translate_note("something else", "zh") == "something else"
