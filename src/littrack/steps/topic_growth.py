"""Which topics grow: their share of all papers in the last whole year beside the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from littrack.analysis.trends import measure_growth
from littrack.present.charts.topic_chart import render_topic_trends, topic_name
from littrack.present.charts.words import ChartOptions
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import language_of
from littrack.steps.topics import list_topics
from littrack.steps.trends import TrendRequest, count_trends
from littrack.topics import Topic
from littrack.trends import Growth, TrendSeries

MONTHS = 12
_DRAWN = 4 * MONTHS  # months of a panel


@dataclass(frozen=True, slots=True)
class GrowingTopic:
    """A topic, its papers by month, and how its share changed."""

    topic: Topic
    series: TrendSeries
    growth: Growth


def rank_growing_topics(library: OpenLibrary) -> list[GrowingTopic]:
    """The topics by the gain of their share, the fastest growing first, the shrinking last.

    A month that is not over, or not wholly harvested, does not count. Empty where there are no
    topics, or not two whole years of papers.
    """
    topics = [topic for topic in list_topics(library) if topic.size]
    if not topics:
        return []
    request = TrendRequest(topics=tuple(topic.number for topic in topics))
    found = [
        GrowingTopic(topic, series, growth)
        for topic, series in zip(topics, count_trends(library, request), strict=True)
        if (growth := measure_growth(series.points, MONTHS)) is not None
    ]
    return sorted(found, key=lambda one: (-one.growth.gain, one.topic.number))


def draw_growing_topics(
    library: OpenLibrary, ranked: Sequence[GrowingTopic], suffix: str, language: str | None = None
) -> str | bytes:
    """A small panel a topic: its share of all papers over the last four years.

    Raises:
        InputError: no chart can be written so, or there is no topic to draw.
    """
    options = ChartOptions(language=language_of(library, language), share=True)
    series = [
        replace(
            one.series,
            name=topic_name(one.topic, options),
            points=one.series.points[-_DRAWN:],
            # How a paper is dated is the same story a dozen times; what is unfinished is not.
            notes=tuple(note for note in one.series.notes if note.startswith("partial")),
        )
        for one in ranked
    ]
    return render_topic_trends(series, suffix=suffix, options=options, limit=len(series))
