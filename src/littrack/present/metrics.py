"""A library's state as metrics, in the Prometheus text format (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

COUNTS = {
    "papers": "Papers in the library",
    "versions": "Paper versions whose text is known",
    "withdrawn": "Withdrawn papers",
    "embedded": "Texts that have a vector",
    "indexed": "Papers in the vector index",
    "to_review": "Papers that may release a model and wait for a person",
}


def render_metrics(status: Mapping[str, Any]) -> str:
    """One gauge a line, from the object of ``littrack status --json``; times since 1970, s."""
    lines: list[str] = []
    for name, help in COUNTS.items():
        lines += [*_head(name, help), f"littrack_{name} {status[name]}"]
    lines += _of_sources(
        "source_complete", "1 when the newest run got all", status, lambda one: int(one["complete"])
    )
    lines += _of_sources("source_stale", "1 when due", status, lambda one: int(one["stale"]))
    lines += _of_sources("source_holes", "Holes", status, lambda one: len(one["holes"]))
    lines += _of_sources(
        "source_last_success_seconds", "End of the newest whole run", status, _last_success
    )
    return "\n".join(lines) + "\n"


def _head(name: str, help: str) -> list[str]:
    return [f"# HELP littrack_{name} {help}", f"# TYPE littrack_{name} gauge"]


def _of_sources(name: str, help: str, status: Mapping[str, Any], value: Any) -> Iterator[str]:
    yield from _head(name, help)
    for source in status["sources"]:
        yield f'littrack_{name}{{source="{_label(source["name"])}"}} {value(source)}'


def _last_success(source: Mapping[str, Any]) -> int:
    """Zero when there was none, as an alert on its age then fires."""
    text = source["last_success"]
    return int(datetime.fromisoformat(text).timestamp()) if text else 0


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
