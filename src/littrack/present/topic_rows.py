"""Topics as rows for tables and files, and one topic as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from littrack.present.tables import Table
from littrack.topics import Topic, TopicEvent
from littrack.trends import Growth

COLUMNS = {"topic": "Topic", "size": "Papers", "label": "Label", "label_zh": "Chinese"}
KEYS = (
    *("topic", "label", "label_zh", "size", "terms", "papers"),
    *("parent", "coherence", "named_by"),
)
GROWTH_COLUMNS = {
    "topic": "Topic",
    "papers_last_year": "Papers",
    "papers_year_before": "Year before",
    "share": "Of all",
    "gain": "Gain",
    "label": "Label",
    "label_zh": "Chinese",
}
EVENT_COLUMNS = {
    "date": "Date",
    "event": "Event",
    "topic": "Topic",
    "others": "Others",
    "detail": "Detail",
}
PLACEMENT_COLUMNS = {"arxiv_id": "Paper", "topic": "Topic", "similarity": "Similarity"}


def topic_row(topic: Topic) -> dict[str, Any]:
    """A topic as scripts read it."""
    return {
        "topic": topic.number,
        "label": topic.label,
        "label_zh": topic.label_zh,
        "size": topic.size,
        "terms": [term.text for term in topic.terms],
        "papers": list(topic.representatives),
        "parent": topic.parent,
        "coherence": topic.coherence,
        "named_by": topic.named_by,
    }


def topics_table(
    topics: Iterable[Topic], places: Mapping[int, tuple[float, float]] | None = None
) -> Table:
    """Topics, with their places on a map where these are known."""
    rows = [topic_row(topic) for topic in topics]
    if places is None:
        return Table(rows, COLUMNS, KEYS)
    for row in rows:
        row["x"], row["y"] = places.get(row["topic"], (None, None))
    return Table(rows, {**COLUMNS, "x": "x", "y": "y"}, (*KEYS, "x", "y"))


def growth_table(ranked: Iterable[tuple[Topic, Growth]]) -> Table:
    """Topics with their share of all papers in the last whole year and the year before."""
    rows = [
        {
            "topic": topic.number,
            "papers_last_year": growth.papers,
            "papers_year_before": growth.papers_before,
            "share": round(growth.share, 6),
            "share_before": round(growth.share_before, 6),
            "gain": round(growth.gain, 6),
            "label": topic.label,
            "label_zh": topic.label_zh,
        }
        for topic, growth in ranked
    ]
    return Table(rows, GROWTH_COLUMNS, (*GROWTH_COLUMNS, "share_before"))


def events_table(events: Iterable[TopicEvent]) -> Table:
    """What happened, a row an event."""
    rows = [
        {
            "date": event.recorded_at.date().isoformat(),
            "event": event.kind.value,
            "topic": event.topic,
            "others": list(event.others),
            "detail": event.detail,
            "fit": event.fit,
        }
        for event in events
    ]
    return Table(rows, EVENT_COLUMNS, (*EVENT_COLUMNS, "fit"))


def placements_table(placements: Iterable[tuple[str, int | None, float]]) -> Table:
    """Which paper belongs where."""
    rows = [
        {"arxiv_id": arxiv_id, "topic": topic, "similarity": round(near, 4)}
        for arxiv_id, topic, near in placements
    ]
    return Table(rows, PLACEMENT_COLUMNS, tuple(PLACEMENT_COLUMNS))


def render_topic(
    topic: Topic,
    parent: Topic | None,
    topics: Sequence[Topic],
    papers: Sequence[tuple[str, str, float]],
    events: Sequence[TopicEvent],
) -> str:
    """A topic as a page of text."""
    lines = [f"topic {topic.number}: {topic.label}", f"  {topic.label_zh}"]
    lines += [f"  {fact}" for fact in _facts(topic, parent)]
    lines += _block("terms", [", ".join(term.text for term in topic.terms)] if topic.terms else [])
    lines += _block("topics", [f"{t.number:>5} {t.size:>7,}  {t.label}" for t in topics])
    lines += _block("papers", [f"{near:.3f}  {key:<12} {title}" for key, title, near in papers])
    told = [f"{e.recorded_at:%Y-%m-%d} {_event(e, topic.number)}" for e in events]
    return "\n".join([*lines, *_block("events", told)]) + "\n"


def _facts(topic: Topic, parent: Topic | None) -> Iterable[str]:
    yield f"{topic.size:,} papers"
    if topic.coherence is not None:
        yield f"coherence {topic.coherence:.2f} (NPMI, -1 to 1)"
    if parent is not None:
        yield f"part of topic {parent.number}: {parent.label}"
    if topic.named_by:
        yield f"named by {topic.named_by}"
    if topic.died or topic.merged_into:
        heir = f"; most of it is in topic {topic.merged_into}" if topic.merged_into else ""
        yield f"it is no more{heir}"


def _block(heading: str, lines: Sequence[str]) -> list[str]:
    return ["", heading, *(f"  {line}" for line in lines)] if lines else []


def _event(event: TopicEvent, number: int) -> str:
    others = ", ".join(map(str, event.others))
    about = "" if event.topic == number else f" of topic {event.topic}"
    return f"{event.kind.value}{about}{f' with {others}' if others else ''}: {event.detail}"
