"""arXiv's daily feed: what it says, what is refused, and when it is not the newest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from littrack.errors import InputError, SourceMalformed
from littrack.sources.announcements import fetch_announcements, parse_announcements
from littrack.sources.http import Answer, CheckedHttp, HttpOptions

EASTERN = ZoneInfo("America/New_York")
FRIDAY = datetime(2026, 11, 20, tzinfo=EASTERN)
NOON = FRIDAY + timedelta(hours=12)


def item(
    name: str = "2611.01234v1",
    kind: str = "new",
    title: str = "A title",
    creator: str = "Ada Lovelace, Charles Babbage",
    day: datetime = FRIDAY,
    more: str = "",
) -> str:
    text = f"arXiv:{name} Announce Type: {kind} \nAbstract: What was\nfound. Abstract: again."
    return (
        f"<item><title>{escape(title)}</title><link>https://arxiv.org/abs/{name}</link>"
        f"<description>{text}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{name}</guid>'
        f"<category>cs.CL</category><category>cs.LG</category>"
        f"<pubDate>{format_datetime(day)}</pubDate>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:creator>{escape(creator)}</dc:creator>{more}</item>"
    )


def rss(*items: str, day: datetime = FRIDAY) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
        "<title>cs.CL updates on arXiv.org</title><description>cs.CL updates</description>"
        f"<lastBuildDate>{format_datetime(day + timedelta(hours=5))}</lastBuildDate>"
        f"<pubDate>{format_datetime(day)}</pubDate>"
        "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
        f"{''.join(items)}</channel></rss>"
    ).encode()


@pytest.fixture
def feed_of(small_arxiv: Any) -> Callable[..., None]:
    """Make the small arXiv answer with a feed."""

    def answer(body: bytes, status: int = 200, kind: str = "application/rss+xml") -> None:
        small_arxiv.answer = lambda _asked, _fault: (status, {"Content-Type": kind}, body)

    return answer


def test_an_announcement_is_read_in_all_its_parts() -> None:
    found = parse_announcements(
        rss(item("2203.01250v3", "replace-cross", "On\n  the title", "Ö. A. One, B. Two, Jr.")),
        NOON,
    )
    assert found.warnings == ()
    assert found.published == datetime(2026, 11, 20, 5, tzinfo=UTC)
    (one,) = found.announcements
    assert (one.arxiv_id, one.version, one.kind) == ("2203.01250", 3, "replace-cross")
    assert one.title == "On the title"
    assert one.authors == ("Ö. A. One", "B. Two, Jr.")
    assert one.categories == ("cs.CL", "cs.LG")
    assert one.abstract == "What was found. Abstract: again."
    assert one.announced == found.published


def test_an_old_identifier_keeps_its_archive() -> None:
    (one,) = parse_announcements(rss(item("hep-th/9901001v4", "replace")), NOON).announcements
    assert (one.arxiv_id, one.version) == ("hep-th/9901001", 4)


def test_kind_and_version_are_also_taken_from_the_description() -> None:
    text = item("2611.01234v2", "replace")
    text = text.replace("oai:arXiv.org:2611.01234v2", "oai:arXiv.org:2611.01234")
    text = text.replace("<arxiv:announce_type>replace</arxiv:announce_type>", "")
    (one,) = parse_announcements(rss(text), NOON).announcements
    assert (one.version, one.kind) == (2, "replace")


def test_a_paper_that_stands_twice_is_one_announcement() -> None:
    assert len(parse_announcements(rss(item(), item()), NOON).announcements) == 1


def test_an_unreadable_identifier_costs_one_announcement_and_is_told() -> None:
    found = parse_announcements(rss(item("2611.0I234v1"), item()), NOON)
    assert len(found.announcements) == 1
    assert "2611.0I234v1" in found.warnings[0]


@pytest.mark.parametrize("name", ["title", "description", "guid"])
def test_an_item_without_what_each_one_has_refuses_the_feed(name: str) -> None:
    text = item().replace(f"<{name}", "<other").replace(f"</{name}>", "</other>")
    with pytest.raises(SourceMalformed, match=name):
        parse_announcements(rss(text), NOON)


def test_an_item_of_no_kind_refuses_the_feed() -> None:
    text = item().replace("Announce Type: new", "").replace(">new<", "><")
    with pytest.raises(SourceMalformed, match="announced"):
        parse_announcements(rss(text), NOON)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Rate exceeded.",
        b"<html><body>denied</body></html>",
        b"<rss></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel>&a;</channel></rss>',
        b"<rss><channel><pubDate>yesterday</pubDate></channel></rss>",
        b"<rss><channel>\xff\xfe</channel></rss>",
    ],
)
def test_what_is_no_whole_feed_is_refused_with_its_bytes(body: bytes) -> None:
    with pytest.raises(SourceMalformed) as caught:
        parse_announcements(body, NOON)
    assert caught.value.payload == body


def test_a_feed_cut_off_anywhere_is_refused() -> None:
    whole = rss(item())
    for end in range(0, len(whole), 7):
        with pytest.raises(SourceMalformed):
            parse_announcements(whole[:end], NOON)


def test_two_thousand_announcements_may_not_be_all() -> None:
    items = [item(f"2611.{10000 + i}v1") for i in range(2000)]
    found = parse_announcements(rss(*items), NOON)
    assert len(found.announcements) == 2000
    assert "may be cut" in found.warnings[0]
    assert parse_announcements(rss(*items[1:]), NOON).warnings == ()


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-20T00:30", "2026-11-20"),  # Friday, just made
        ("2026-11-20T23:30", "2026-11-20"),  # Saturday already in UTC
        ("2026-11-21T12:00", "2026-11-20"),  # nothing is announced on Friday evening
        ("2026-11-22T23:59", "2026-11-20"),  # nor on Saturday; Sunday's is made at midnight
        ("2026-11-23T00:30", "2026-11-23"),
        ("2026-07-01T12:00", "2026-07-01"),  # summer time
    ],
)
def test_the_newest_batch_is_told_from_an_old_one(now: str, day: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=EASTERN).astimezone(UTC)
    newest = datetime.fromisoformat(day).replace(tzinfo=EASTERN)
    assert parse_announcements(rss(item(day=newest), day=newest), at).warnings == ()
    older = newest - timedelta(days=1)
    (warning,) = parse_announcements(rss(item(day=older), day=newest), at).warnings
    assert f"arXiv shows the announcement of {older:%Y-%m-%d}, not that of {day}" in warning
    both = item(day=newest), item("2611.00002v1", day=older)
    (warning,) = parse_announcements(rss(*both, day=newest), at).warnings
    assert "in part" in warning


def test_a_weekend_has_no_announcements_and_no_warnings() -> None:
    saturday = FRIDAY + timedelta(days=1)
    found = parse_announcements(rss(day=saturday), saturday + timedelta(hours=9))
    assert (found.announcements, found.warnings) == ((), ())
    assert found.published is not None
    assert found.published.date() == saturday.date()


class OneAnswer(CheckedHttp):
    """Gives the same answer to whatever is asked."""

    def __init__(self, body: bytes, clock: Any) -> None:
        self.clock, self.options = clock, HttpOptions()
        self.body, self.asked = body, list[str]()

    def fetch(self, url: str, parameters: Any, accept: Any, salvage: Any = None) -> Any:
        assert not parameters
        self.asked.append(url)
        return accept(Answer(url, 200, {"Content-Type": "application/rss+xml"}, self.body))


def test_all_categories_are_asked_for_at_once(clock: Any) -> None:
    http = OneAnswer(rss(item()), clock)
    asked_for = ["cs.CL", "math.*", "cs.CL", "hep-th"]
    found = fetch_announcements(http, "https://rss.arxiv.org/rss/", asked_for)
    assert len(found.announcements) == 1
    assert http.asked == ["https://rss.arxiv.org/rss/cs.CL+math+hep-th"]


def test_an_unknown_category_is_the_users_mistake_and_not_asked_again(
    feed_of: Callable[..., None], small_arxiv: Any, make_http: Any
) -> None:
    said = "Bad archive 'nosuch'. Valid archive names are: acc-phys, adap-org."
    feed_of(rss().replace(b"cs.CL updates</desc", said.encode() + b"</desc"), status=400)
    with pytest.raises(InputError, match=r"of nosuch: Bad archive 'nosuch'$"):
        fetch_announcements(make_http(), small_arxiv.url, ["nosuch"])
    assert len(small_arxiv.times) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<html>denied</html>", "text/html"), (rss(item())[:-20], "application/rss+xml")],
)
def test_a_broken_answer_is_asked_for_again_and_then_given_up(
    body: bytes, kind: str, feed_of: Callable[..., None], small_arxiv: Any, make_http: Any
) -> None:
    feed_of(body, kind=kind)
    with pytest.raises(SourceMalformed, match="try again later"):
        fetch_announcements(make_http(retries=2), small_arxiv.url, ["cs.CL"])
    assert len(small_arxiv.times) == 3


def test_the_limiter_keeps_its_distance_to_the_feed_too(
    feed_of: Callable[..., None], small_arxiv: Any, make_http: Any
) -> None:
    feed_of(rss(item()))
    http = make_http()
    for _ in range(2):
        fetch_announcements(http, small_arxiv.url, ["cs.CL"])
    assert small_arxiv.times[1] - small_arxiv.times[0] >= 3
