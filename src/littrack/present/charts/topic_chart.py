"""Topics as pictures: a map of papers with the names of their topics, and topics over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil
from statistics import median

from littrack.errors import InputError
from littrack.present.charts.curves import COLOURS
from littrack.present.charts.formats import check_suffix, render_chart
from littrack.present.charts.grid import CENTIMETRE, MARGIN, SIZE, TITLE
from littrack.present.charts.page import render_page, render_table
from littrack.present.charts.placement import Anchor, place_names
from littrack.present.charts.shapes import QUIET, Axis, Box, Chart, Dots, Panel, Rule, Text
from littrack.present.charts.trend_chart import render_trend_chart
from littrack.present.charts.trend_layout import text_lines
from littrack.present.charts.words import WORDS, ChartOptions, Words
from littrack.present.svg import shorten
from littrack.present.tables import Row, Table, render_csv
from littrack.topics import Topic
from littrack.trends import TrendSeries

MapPoint = tuple[float, float, int]  # x, y and the number of the paper's topic

_SHAPE = 0.72  # of the map, height by width
_MOST_DOTS = 4000
_GREY = "#a9b3bc"  # papers of no topic, or of one that is not given
_WIDEST_LABEL = 0.3  # of the map
_MOST_NAMES = 6  # that a caption lists
_EDGE = 0.04  # of the map, free on every side
_COLUMNS = ("x", "y", "topic", "label", "label_zh")


def render_topic_map(
    points: Sequence[MapPoint],
    topics: Sequence[Topic],
    *,
    suffix: str = ".svg",
    options: ChartOptions | None = None,
) -> str | bytes:
    """A dot a paper, coloured by topic, with the topics' names: the larger ones before the others.

    Raises:
        InputError: no chart can be written so, or there is no point.
    """
    options = options or ChartOptions()
    suffix = check_suffix(suffix)
    if suffix == ".csv":
        return render_csv(Table(list(_rows(points, topics)), {}, _COLUMNS))
    if suffix == ".html":  # whose heading is the title
        chart = arrange_map(points, topics, replace(options, title=""))
        return render_page(chart, options.title or chart.title, [_table(topics, options)])
    return render_chart(arrange_map(points, topics, options), suffix)


def render_topic_trends(
    series: Sequence[TrendSeries],
    *,
    suffix: str = ".svg",
    options: ChartOptions | None = None,
    limit: int = 12,
) -> str | bytes:
    """A small panel for each of the first topics, all with the same scales, in the order given."""
    options = options or ChartOptions()
    title = options.title or WORDS[options.language].trends_title
    options = replace(options, title=title, panels="each")
    return render_trend_chart(series[:limit], suffix=suffix, options=options, same_scales=True)


def arrange_map(
    points: Sequence[MapPoint], topics: Sequence[Topic], options: ChartOptions
) -> Chart:
    """Where the dots and names of a map go."""
    if not points:
        raise InputError("there is no paper to draw on the map")
    words = WORDS[options.language]
    width = options.width_cm * CENTIMETRE
    texts = list(text_lines(options.title, TITLE, MARGIN, width, bold=True))
    top = ceil(texts[-1].box.bottom + 4) if texts else MARGIN
    frame = Box(MARGIN, top, width - MARGIN, top + ceil(width * _SHAPE))
    panel = Panel(frame, _axis([x for x, _, _ in points]), _axis([y for _, y, _ in points]))
    drawn = _thinned(points)
    panel = replace(panel, dots=tuple(_dots(drawn, topics, options)))
    panel = _named(panel, points, topics, options)
    caption = _caption(len(drawn), len(points), panel.unlabelled, options)
    texts += text_lines(caption, SIZE, frame.bottom + 6, width, colour=QUIET)
    bottom = texts[-1].box.bottom if caption else frame.bottom
    title = options.title or words.map_title
    names = words.comma.join(f"{topic_name(one, options)} ({one.size:,})" for one in topics)
    return Chart(
        *(width, ceil(bottom + MARGIN), 1, (panel,), tuple(texts), title, names, words.tag)
    )


def topic_name(topic: Topic, options: ChartOptions) -> str:
    """The topic's label in the chart's language."""
    return (topic.label_zh or topic.label) if options.language == "zh" else topic.label


def _short_name(topic: Topic, options: ChartOptions) -> str:
    """A person's name as it is; of terms put together the first two, which leaves room for more."""
    name, comma = topic_name(topic, options), "、" if options.language == "zh" else ", "
    return name if topic.named_by else comma.join(name.split(comma)[:2])


def _axis(values: Sequence[float]) -> Axis:
    """The range of the values with an edge; nothing is to be read from it."""
    low, high = min(values), max(values)
    edge = (high - low) * _EDGE or 1.0
    return Axis(low - edge, high + edge)


def _thinned(points: Sequence[MapPoint]) -> Sequence[MapPoint]:
    """At most so many points that a file stays small, evenly taken from every topic."""
    if len(points) <= _MOST_DOTS:
        return points
    ordered = sorted(points, key=lambda point: (point[2], point[0], point[1]))
    step = len(ordered) / _MOST_DOTS
    return [ordered[int(number * step)] for number in range(_MOST_DOTS)]


def _dots(
    points: Sequence[MapPoint], topics: Sequence[Topic], options: ChartOptions
) -> Iterator[Dots]:
    """The papers without a topic first, so that they lie below the others."""
    known = {topic.number for topic in topics}
    rest = tuple((x, y) for x, y, number in points if number not in known)
    if rest:
        yield Dots("", _GREY, rest)
    for place, topic in enumerate(_by_size(topics)):
        members = tuple((x, y) for x, y, number in points if number == topic.number)
        if members:
            colour = COLOURS[place % len(COLOURS)]
            yield Dots(f"{topic_name(topic, options)} ({topic.size:,})", colour, members)


def _named(
    panel: Panel, points: Sequence[MapPoint], topics: Sequence[Topic], options: ChartOptions
) -> Panel:
    """The names near the middles of their topics, none on another."""
    middles = _middles(points)
    shown = [topic for topic in _by_size(topics) if topic.number in middles]
    room = (panel.frame.right - panel.frame.left) * _WIDEST_LABEL
    names = [shorten(_short_name(topic, options), SIZE, room, bold=True) for topic in shown]
    anchors = []
    for topic, name in zip(shown, names, strict=True):
        box = Text(name, 0, 0, SIZE, bold=True).box
        place = panel.place(*middles[topic.number])
        anchors.append(Anchor(*place, box.right - box.left, box.bottom - box.top, radius=1))
    labels, rules, unlabelled = [], [], []
    for anchor, name, spot in zip(anchors, names, place_names(anchors, panel.frame), strict=True):
        if spot is None:
            unlabelled.append(name)
            continue
        y = (spot.box.top + spot.box.bottom) / 2
        labels.append(Text(name, spot.box.left, y, SIZE, bold=True, halo=True))
        if spot.leader:
            rules.append(Rule((anchor.x, anchor.y), spot.leader[1]))
    return replace(panel, labels=tuple(labels), rules=tuple(rules), unlabelled=tuple(unlabelled))


def _middles(points: Sequence[MapPoint]) -> Mapping[int, tuple[float, float]]:
    """The median of each topic's papers, which a few far ones do not move."""
    members: dict[int, list[MapPoint]] = {}
    for point in points:
        members.setdefault(point[2], []).append(point)
    return {
        number: (median(x for x, _, _ in found), median(y for _, y, _ in found))
        for number, found in members.items()
    }


def _by_size(topics: Sequence[Topic]) -> list[Topic]:
    return sorted(topics, key=lambda topic: (-topic.size, topic.number))


def _caption(drawn: int, papers: int, unlabelled: Sequence[str], options: ChartOptions) -> str:
    if options.caption is not None:
        return options.caption
    words: Words = WORDS[options.language]
    sentences = [words.map_note]
    if drawn < papers:
        sentences.append(words.thinned.format(f"{drawn:,}", f"{papers:,}"))
    if len(unlabelled) > _MOST_NAMES:
        sentences.append(words.many_unlabelled.format(len(unlabelled)))
    elif unlabelled:
        sentences.append(words.unlabelled.format(words.comma.join(unlabelled)))
    return words.stop.join(sentences) + words.stop.strip()


def _rows(points: Sequence[MapPoint], topics: Sequence[Topic]) -> Iterator[Row]:
    known = {topic.number: topic for topic in topics}
    for x, y, number in points:
        topic = known.get(number)
        labels = {"label": topic.label, "label_zh": topic.label_zh} if topic else {}
        yield {"x": x, "y": y, "topic": number if topic else None, **labels}


def _table(topics: Sequence[Topic], options: ChartOptions) -> str:
    words = WORDS[options.language]
    rows = [
        [topic_name(topic, options), f"{topic.size:,}", "; ".join(_terms(topic))]
        for topic in _by_size(topics)
    ]
    return render_table(words.table, words.topic_columns, rows, words=True)


def _terms(topic: Topic) -> list[str]:
    return [term.text for term in topic.terms[:8]]
