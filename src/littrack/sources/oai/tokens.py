"""What can be read off arXiv's resumption tokens, and what must agree with the page before. Pure.

arXiv keeps no lists: a token is the question itself with a number of records to skip, from the day
on that the page ended with. So a page that is short, repeated or another one shows in its token.
Tokens that are written otherwise are followed as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, unquote, urlencode

from littrack.sources.oai.records import OaiHeader

_OPTIONAL = ("from", "until", "set")


@dataclass(frozen=True, slots=True)
class ListPlace:
    """A place in a list: the question, and how many of its records come before. Days as sent."""

    verb: str
    metadata_prefix: str
    from_day: str = ""  # "" = not stated
    until_day: str = ""
    set_name: str = ""
    skip: int = 0

    def after(self, count: int) -> ListPlace:
        """The place ``count`` records further on."""
        return replace(self, skip=self.skip + count)

    def token(self) -> str:
        """As arXiv writes it."""
        named = {
            "verb": self.verb,
            "metadataPrefix": self.metadata_prefix,
            "from": self.from_day,
            "until": self.until_day,
            "set": self.set_name,
            "skip": str(self.skip),
        }
        return quote(urlencode({name: value for name, value in named.items() if value}))


def parse_token(text: str) -> ListPlace | None:
    """The place that a token stands for; None when it is not of arXiv's form."""
    try:
        pairs = parse_qsl(unquote(text), strict_parsing=True)
    except ValueError:
        return None
    held = dict(pairs)
    skip = held.get("skip", "")
    known = {"verb", "metadataPrefix", "skip", *_OPTIONAL}
    if len(held) < len(pairs) or not {"verb", "metadataPrefix"} <= set(held) <= known:
        return None
    if not (skip.isascii() and skip.isdigit()):
        return None
    from_day, until_day, set_name = (held.get(name, "") for name in _OPTIONAL)
    return ListPlace(held["verb"], held["metadataPrefix"], from_day, until_day, set_name, int(skip))


def next_token(asked: ListPlace | None, headers: Sequence[OaiHeader], token: str) -> str:
    """The token to follow after a page that agrees with it.

    A token that begins with a new day agrees with any page of earlier days, also with one that is
    short. So the list is asked to go on right after what was shown, which is the same place when
    the page was whole.
    """
    following = parse_token(token)
    if asked is None or following is None or not headers:
        return token
    days = [f"{header.datestamp:%Y-%m-%d}" for header in headers]
    newest = max(days)
    if following.from_day <= newest:
        return token
    if min(days) == newest:  # earlier pages may have shown some of this day
        return asked.after(len(headers)).token()
    return replace(asked, from_day=newest, skip=days.count(newest)).token()


def one_back(token: str) -> str:
    """The token for a page that begins with the last record shown; itself if it cannot tell."""
    place = parse_token(token)
    return token if place is None or not place.skip else place.after(-1).token()


def leads_on(asked: ListPlace | None, asked_token: str, token: str | None) -> bool:
    """Whether a token can be followed: it neither repeats nor goes back. Ends lead on too."""
    if not token:
        return True
    following = parse_token(token)
    if token == asked_token:
        return False
    if asked is None or following is None:
        return True
    if replace(following, from_day="", skip=0) != replace(asked, from_day="", skip=0):
        return False
    return (following.from_day, following.skip) > (asked.from_day, asked.skip)


def page_problem(
    asked: ListPlace | None, headers: Sequence[OaiHeader], token: str | None
) -> str | None:
    """What does not fit together in a page, in words; None when it all does."""
    distinct = len({header.arxiv_id for header in headers})
    if distinct < len(headers):
        return f"{len(headers)} records, of which {len(headers) - distinct} are repetitions"
    if asked is None:
        return None
    days = [f"{header.datestamp:%Y-%m-%d}" for header in headers]
    if asked.from_day and min(days, default=asked.from_day) < asked.from_day:
        return f"asked for changes from {asked.from_day} on, got one of {min(days)}"
    following = parse_token(token) if token else None
    if following is None:
        return None
    if following.from_day == asked.from_day:
        expected = asked.skip + len(headers)
    elif following.from_day < max(days, default=""):
        return f"records up to {max(days)}, but the list goes on from {following.from_day}"
    else:
        expected = days.count(following.from_day)
    if following.skip != expected:
        since = following.from_day or "the beginning"
        return (
            f"{expected} records from {since} on were shown, but the list skips {following.skip}: "
            "the page is not whole"
        )
    return None
