"""What a scheduled run shows of topics and trends, in plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from littrack.steps.freeze_trends import settled_phrases
from littrack.steps.opening import OpenLibrary
from littrack.steps.trends import TrendRequest, count_trends
from littrack.topics import Topic

TOPICS, MONTHS = 50, 13  # shown


def topic_rows(topics: Sequence[Topic]) -> list[dict[str, Any]]:
    """The largest topics."""
    return [
        {
            "topic": topic.number,
            "label": topic.label,
            "label_zh": topic.label_zh,
            "papers": topic.size,
        }
        for topic in topics[:TOPICS]
    ]


def month_rows(library: OpenLibrary) -> list[dict[str, Any]]:
    """The last months of the phrases that are counted every night."""
    since = (library.now() - timedelta(days=31 * MONTHS)).replace(day=1)
    request = TrendRequest(phrases=settled_phrases(library), since=since)
    return [
        {
            "phrase": series.name,
            "month": f"{point.period:%Y-%m}",
            "papers": point.count,
            "cumulative": point.cumulative,
            "partial": point.partial,
        }
        for series in count_trends(library, request)
        for point in series.points[-MONTHS:]
    ]
