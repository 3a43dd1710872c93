"""Look at arXiv's newest announcement beside the library; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from littrack.errors import InputError
from littrack.records import Announcement, Paper
from littrack.steps.asking import OnWait, open_http
from littrack.store.papers import load_papers

if TYPE_CHECKING:
    from littrack.steps.opening import OpenLibrary


class Held(StrEnum):
    """Whether the library holds an announced paper."""

    YES = "held"
    OLDER = "older version held"
    UNNUMBERED = "held, version unknown"  # its source did not say which version it described
    NO = "not held"


@dataclass(frozen=True, slots=True)
class PeekedPaper:
    """One announcement, and whether the library holds that version of the paper."""

    announcement: Announcement
    held: Held


@dataclass(frozen=True, slots=True)
class Peeked:
    """What arXiv announces in the categories; ``published`` is the day, None if not stated."""

    categories: tuple[str, ...]
    papers: tuple[PeekedPaper, ...]
    published: datetime | None
    warnings: tuple[str, ...] = ()


def peek(
    library: OpenLibrary, categories: Sequence[str] = (), *, on_wait: OnWait | None = None
) -> Peeked:
    """The newest announcement in these categories, or in those of the subscriptions.

    Stores nothing and takes no lock, so it may run beside a harvest.

    Raises:
        InputError: no category is given or subscribed to, or arXiv knows no such category.
        SourceError: arXiv did not answer acceptably.
    """
    from littrack.sources.announcements import fetch_announcements

    warnings: tuple[str, ...] = ()
    if not categories:
        categories, warnings = _subscribed(library)
    with open_http(library, on_wait, patient=True) as http:
        found = fetch_announcements(http, library.settings.arxiv.rss_url, categories)
    return Peeked(
        tuple(categories),
        tuple(_compare(library, found.announcements)),
        found.published,
        (*warnings, *found.warnings),
    )


def _subscribed(library: OpenLibrary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The categories of all subscriptions, and a warning for what the feed cannot show."""
    categories: dict[str, None] = {}
    unseen = []
    for subscription in library.settings.subscriptions:
        categories |= dict.fromkeys(subscription.categories)
        if not subscription.categories:
            unseen.append(subscription.name)
    if not categories:
        raise InputError(
            "no category to look at: name one (littrack ingest --peek --category cs.CL), or "
            "subscribe to one in littrack.toml; arXiv's feed knows categories only"
        )
    if not unseen:
        return tuple(categories), ()
    names = ", ".join(unseen)
    return tuple(categories), (
        f"not looked at, for want of a category (arXiv's feed knows nothing else): {names}",
    )


def _compare(library: OpenLibrary, announcements: Sequence[Announcement]) -> Iterable[PeekedPaper]:
    with library.engine.connect() as conn:
        held = load_papers(conn, [one.arxiv_id for one in announcements])
    by_id = {paper.arxiv_id: paper for paper in held}
    return (PeekedPaper(one, _held(by_id.get(one.arxiv_id), one.version)) for one in announcements)


def _held(paper: Paper | None, announced: int | None) -> Held:
    if paper is None:
        return Held.NO
    if announced is None or announced == 1:
        return Held.YES
    if paper.version is None:
        return Held.UNNUMBERED
    return Held.YES if paper.version >= announced else Held.OLDER
