"""arXiv's daily announcement feed (RSS): a hint of what is new, never a record.

The feed shows the last announcement only, at most 2000 items of it, leaves out replacements from
the sixth version on and changes of metadata alone, and has served the batch of a day before. What
it says is shown to people; papers are stored from the API or OAI-PMH.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from lxml import etree

from littrack.errors import InputError, SourceMalformed
from littrack.identifiers import parse_recorded_id
from littrack.records import Announcement
from littrack.sources.fields import one_line
from littrack.sources.http import Answer, CheckedHttp
from littrack.sources.strict_xml import parse_xml

MOST_ITEMS = 2000  # of one feed; arXiv cuts off the rest without a word
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"

_KIND = re.compile(r"Announce Type:\s*([a-z-]+)")
_ABSTRACT = re.compile(r"\bAbstract:\s*")
_NAME_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv"))


@dataclass(frozen=True, slots=True)
class Announced:
    """One feed. ``published``: the day it is for, as the moment that day began in the feed's zone.

    Each announcement stands once, in the feed's order. No announcements is an ordinary answer:
    arXiv announces nothing for Saturdays, Sundays and holidays.
    """

    announcements: tuple[Announcement, ...]
    published: datetime | None
    warnings: tuple[str, ...] = ()


def fetch_announcements(http: CheckedHttp, base_url: str, categories: Sequence[str]) -> Announced:
    """The newest announcement in any of the categories, in one request.

    ``cs.*`` and ``cs`` are the whole archive.

    Raises:
        InputError: arXiv knows no such category.
        SourceError: no acceptable answer after every retry.
    """
    topics = dict.fromkeys(category.removesuffix(".*") for category in categories)
    path = "+".join(quote(topic, safe="") for topic in topics)

    def accept(answer: Answer) -> Announced:
        if "xml" not in answer.content_type:
            kind = answer.content_type or "no content type"
            raise SourceMalformed(f"the answer is {kind}, not XML", answer.body)
        if answer.status == 400:
            _raise_unknown(answer.body, tuple(topics))
        replay = http.options.replay
        now = replay.started if replay else http.clock.now()
        return parse_announcements(answer.body, now)

    return http.fetch(f"{base_url.rstrip('/')}/{path}", {}, accept)


def parse_announcements(body: bytes, now: datetime) -> Announced:
    """Read one whole RSS answer; `now` (aware) tells whether it is the newest there must be.

    Raises:
        SourceMalformed: not well-formed to its end, not RSS, or an item lacks what each one has.
    """
    channel = _channel(body)
    day = _time(channel, "pubDate", body) or _time(channel, "lastBuildDate", body)
    items = channel.findall("item")
    found: dict[tuple[str, int | None], Announcement] = {}
    warnings, days = [], []
    for item in items:
        time = _time(item, "pubDate", body) or day
        try:
            one = _announcement(item, time, body)
        except InputError as exc:
            warnings.append(f"one announcement could not be read: {exc}")
            continue
        found.setdefault((one.arxiv_id, one.version), one)
        days += [time] if time else []
    if len(items) >= MOST_ITEMS:
        warnings.append(
            f"arXiv's feed ends at {MOST_ITEMS} announcements, so the list may be cut: "
            "ask for fewer categories at a time"
        )
    warnings += _staleness(days or ([day] if day else []), now)
    utc = day.astimezone(UTC) if day else None
    return Announced(tuple(found.values()), utc, tuple(warnings))


def _channel(body: bytes) -> etree._Element:
    root = parse_xml(body)
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None:
        raise SourceMalformed(f"the answer is <{root.tag}>, not an RSS channel", body)
    return channel


def _raise_unknown(body: bytes, topics: tuple[str, ...]) -> None:
    """Say what arXiv says of a name that it does not know: the feed's description."""
    said = one_line(_channel(body).findtext("description") or "no reason given")
    reason = said.partition(". Valid")[0].rstrip(".")  # what follows lists every archive there is
    raise InputError(f"arXiv has no announcements of {', '.join(topics)}: {reason}")


def _announcement(item: etree._Element, announced: datetime | None, body: bytes) -> Announcement:
    name = _required(item, "guid", body)
    description = one_line(_required(item, "description", body))
    identifier = parse_recorded_id(name)
    stated = item.findtext(f"{ARXIV}announce_type") or "".join(_KIND.findall(description)[:1])
    if not stated.strip():
        raise SourceMalformed(f"an item ({name}) does not say how it is announced", body)
    version = identifier.version
    if version is None:  # the description begins with it as well
        first = description.partition(" ")[0]
        version = parse_recorded_id(first).version if first.startswith("arXiv:") else None
    categories = (category.text or "" for category in item.findall("category"))
    return Announcement(
        arxiv_id=identifier.base,
        version=version,
        kind=stated.strip(),
        title=one_line(_required(item, "title", body)),
        authors=_authors(one_line(item.findtext(f"{DC}creator") or "")),
        categories=tuple(dict.fromkeys(c.strip() for c in categories if c.strip())),
        abstract=(_ABSTRACT.split(description, maxsplit=1)[1:] or [""])[0],
        announced=announced.astimezone(UTC) if announced else None,
    )


def _required(item: etree._Element, name: str, body: bytes) -> str:
    text = item.findtext(name)
    if text is None or not text.strip():
        where = one_line(item.findtext("guid") or "no guid")
        raise SourceMalformed(f"an item ({where}) has no <{name}>", body)
    return text.strip()


def _time(element: etree._Element, name: str, body: bytes) -> datetime | None:
    """A time in the zone it is written in: the zone tells what day it is at arXiv."""
    text = element.findtext(name)
    if text is None or not text.strip():
        return None
    try:
        time = parsedate_to_datetime(text.strip())
    except ValueError as exc:
        raise SourceMalformed(f"<{name}> is {text.strip()[:60]!r}, not a time", body) from exc
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _authors(text: str) -> tuple[str, ...]:
    """Names from one line joined by commas; "Jr." and kin belong to the name before."""
    names: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if names and part.lower() in _NAME_SUFFIXES:
            names[-1] += f", {part}"
        else:
            names.append(part)
    return tuple(names)


def _staleness(days: Sequence[datetime], now: datetime) -> Iterator[str]:
    """A warning if a day shown is not the newest: each weekday has a feed of its own.

    arXiv announces at 20:00 Eastern from Sunday to Thursday, and the feed of the next day, Monday
    to Friday, is made at midnight. A holiday looks like a batch of the day before, and is one.
    """
    if not days:
        return
    oldest = min(days)
    expected = _last_weekday(now.astimezone(oldest.tzinfo).date())
    if oldest.date() < expected:
        part = "" if max(days).date() == oldest.date() else "in part "
        yield (
            f"arXiv shows {part}the announcement of {oldest:%Y-%m-%d}, "
            f"not that of {expected:%Y-%m-%d}: a holiday, or the feed is behind"
        )


def _last_weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))
