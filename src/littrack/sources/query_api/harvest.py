"""arXiv's query API -> pages of papers: complete, or loudly incomplete.

Queries are described by `arxiv.Search`; its `Client` is not used for the harvest, because it stops
at the first page's total, repairs truncated pages and retries without pause when the server hangs
up (measured with 4.0.2). A window is counted first and split while it holds more than the service
lets one page through; pages are sorted by the time of v1, ascending, and the ids are counted
against the service's own total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import arxiv

from littrack.errors import (
    InputError,
    SettingsError,
    SourceIncomplete,
    SourceMalformed,
    SourceOverloaded,
)
from littrack.identifiers import parse_arxiv_id
from littrack.records import Rejection, Window
from littrack.sources.harvest import HarvestPage
from littrack.sources.http import Answer, CheckedHttp
from littrack.sources.query_api.atom import FeedPage, parse_feed, salvage_feed
from littrack.sources.query_api.queries import EARLIEST, OVERLAP, compose_query, rewrite_warning
from littrack.sources.query_api.windows import Checkpoint, PendingWindow

_IDS_A_REQUEST = 100
_NO_WINDOW = Window(None, None)
_MOST_PARTS = 16  # of one split
_RESULT_CEILING = 10_000  # the service fails beyond this result
_PAGE_CEILING = 2000

Asked = tuple[FeedPage, Answer]
Parse = Callable[[bytes], FeedPage]
Accept = Callable[[Answer, Parse], FeedPage]


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """Sizes of a harvest; the service fails at its 10,000th result, so stay well below."""

    page_size: int = 1000
    split_above: int = 5000  # a window with more papers is split
    zero_waits_seconds: tuple[float, ...] = (120.0, 300.0)  # before "nothing" is believed

    def __post_init__(self) -> None:
        if not 1 <= self.page_size <= _PAGE_CEILING:
            raise SettingsError(f"page_size {self.page_size}: arXiv allows 1 to {_PAGE_CEILING}")
        if not 1 <= self.split_above <= _RESULT_CEILING - _PAGE_CEILING:
            ceiling = _RESULT_CEILING - _PAGE_CEILING
            raise SettingsError(f"split_above {self.split_above}: must be 1 to {ceiling}")


def fetch_count(http: CheckedHttp, base_url: str, query: str, window: Window | None = None) -> int:
    """How many papers arXiv holds for ``query``, in ``window`` if given. Zero is asked thrice.

    Raises:
        InputError: arXiv cannot answer the query as meant.
        SourceError: no acceptable answer after every retry.
    """
    waits = ApiOptions().zero_waits_seconds
    return _count(http, base_url, compose_query(query, window), waits)[0].total


def fetch_window(
    http: CheckedHttp, base_url: str, checkpoint: Checkpoint, options: ApiOptions | None = None
) -> Iterator[HarvestPage]:
    """Every page that is left of a harvest, oldest papers first.

    Begin with `plan_windows`; go on with ``Checkpoint.from_json(page.checkpoint)`` of the last page
    that was stored. A window whose ids do not add up to the service's total is read once more, and
    if they still do not, its last page says ``complete=False``. Pages may repeat papers.

    Raises:
        InputError: arXiv refuses the query.
        SourceError: no acceptable answer after every retry; nothing that was yielded is lost.
    """
    harvest = _Harvest(http, base_url, options or ApiOptions())
    while not checkpoint.done:
        pages, checkpoint = harvest.step(checkpoint)
        for page in pages:
            remaining = checkpoint.remaining
            yield replace(page, checkpoint=checkpoint.to_json(), remaining=remaining)


def fetch_ids(http: CheckedHttp, base_url: str, ids: Iterable[str]) -> Iterator[HarvestPage]:
    """The current version of each paper, in batches of 100; a version in an id is ignored.

    What is no identifier, and what arXiv does not know (asked twice), comes as rejections.

    Raises:
        SourceError: no acceptable answer after every retry.
    """
    wanted: dict[str, str] = {}
    rejections = []
    for text in ids:
        try:
            wanted.setdefault(parse_arxiv_id(text).base, text)
        except InputError as exc:
            rejections.append(Rejection(text, str(exc)))
    if rejections:
        nothing = HarvestPage(_NO_WINDOW, (), "", 0, "", 0, 0, 0)
        yield replace(nothing, rejections=tuple(rejections))
    bases = iter(wanted)
    while batch := list(islice(bases, _IDS_A_REQUEST)):
        yield from _fetch_batch(http, base_url, batch, wanted)


class _Harvest:
    """One step at a time from a checkpoint to the next; no state of its own."""

    def __init__(self, http: CheckedHttp, base_url: str, options: ApiOptions) -> None:
        self.http, self.base_url, self.options = http, base_url, options

    def step(self, checkpoint: Checkpoint) -> tuple[list[HarvestPage], Checkpoint]:
        first = checkpoint.pending[0]
        if first.count is None:
            return self.count(checkpoint, first)
        if first.count > self.options.split_above and len(first.split(2)) > 1:
            return self.split(checkpoint, first, first.count)
        return self.read(checkpoint, first, first.count)

    def count(
        self, checkpoint: Checkpoint, first: PendingWindow
    ) -> tuple[list[HarvestPage], Checkpoint]:
        query = compose_query(checkpoint.query, first.window)
        try:
            asked = _count(self.http, self.base_url, query, self.options.zero_waits_seconds)
        except SourceIncomplete:  # a total that its own entries refute: read it, and see
            return [], checkpoint.counted(replace(first, count=1))
        if asked[0].total == 0:
            return [_page(first.window, query, asked)], checkpoint.finished()
        return [], checkpoint.counted(replace(first, count=asked[0].total))

    def split(
        self, checkpoint: Checkpoint, first: PendingWindow, count: int
    ) -> tuple[list[HarvestPage], Checkpoint]:
        """Count the parts; an empty one is believed when the others make up for it."""
        parts = first.split(min(_MOST_PARTS, 1 + count // self.options.split_above))
        counted: list[PendingWindow] = []
        for part in parts:
            query = compose_query(checkpoint.query, part.window)
            feed, _ = _count(self.http, self.base_url, query, ())
            counted.append(replace(part, count=feed.total))
        if sum(part.count or 0 for part in counted) < count:
            counted = [part if part.count else replace(part, count=None) for part in counted]
        kept = [part for part in counted if part.count != 0]
        return [], replace(checkpoint.counted(*kept), next_start=0, seen=())

    def read(
        self, checkpoint: Checkpoint, first: PendingWindow, count: int
    ) -> tuple[list[HarvestPage], Checkpoint]:
        size = self.options.page_size
        if first.redone:  # some pages fail at one size only
            size = max(1, size // 2)
        # The service counts in whole pages: a start between two of them would be rounded.
        start = checkpoint.next_start // size * size
        query = compose_query(checkpoint.query, first.window)
        search = _search(query, size)
        try:
            asked = _ask(self.http, self.base_url, search, start, _whole_page(start, size, count))
        except SourceIncomplete:
            if not first.redone:
                return [], checkpoint.again(size)
            asked = _ask(self.http, self.base_url, search, start, parse_feed_answer)
        feed = asked[0]
        grew = feed.total > self.options.split_above >= count  # or the count was wrong
        if grew and len(first.split(2)) > 1:
            return [], checkpoint.counted(replace(first, count=feed.total))
        page = _page(first.window, query, asked, end=checkpoint.pending[-1].end)
        seen = dict.fromkeys((*checkpoint.seen, *feed.identities))
        more = start + size < feed.total
        if not more and page.entries == size:  # full to the brim: is the total too low?
            beyond = _ask(self.http, self.base_url, search, start + size, parse_feed_answer)
            more = bool(beyond[0].identities)
        if more and page.entries:
            return [replace(page, last=False)], checkpoint.advanced(start + size, tuple(seen))
        return self.finish(checkpoint, page, len(seen), max(count, feed.total))

    def finish(
        self, checkpoint: Checkpoint, page: HarvestPage, distinct: int, promised: int
    ) -> tuple[list[HarvestPage], Checkpoint]:
        """The window's last page: whole, or read again, or marked incomplete."""
        if distinct == promised:
            return [page], checkpoint.finished()
        start, end = checkpoint.pending[0].start, checkpoint.pending[0].end
        problem = f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}: {distinct} of {promised} papers"
        if not checkpoint.pending[0].redone:
            warning = f"{problem}; reading this window again"
            page = replace(page, last=False, warnings=(*page.warnings, warning))
            return [page], checkpoint.again(self.options.page_size)
        warning = f"{problem} after a second reading: INCOMPLETE"
        page = replace(page, complete=False, warnings=(*page.warnings, warning))
        return [page], checkpoint.finished()


def _search(query: str, size: int) -> arxiv.Search:
    """Ascending by v1: new announcements then never shift the pages already read."""
    return arxiv.Search(
        query=query,
        max_results=size,
        sort_by=arxiv.SortCriterion.SubmittedDate,
        sort_order=arxiv.SortOrder.Ascending,
    )


def _ask(
    http: CheckedHttp,
    base_url: str,
    search: arxiv.Search,
    start: int,
    accept: Accept,
) -> Asked:
    parameters = {
        "search_query": search.query,
        "id_list": ",".join(search.id_list),
        "start": str(start),
        "max_results": str(search.max_results),
        "sortBy": search.sort_by.value,
        "sortOrder": search.sort_order.value,
    }
    given = {name: value for name, value in parameters.items() if value}
    return http.fetch(
        base_url,
        given,
        lambda answer: (accept(answer, parse_feed), answer),
        salvage=lambda answer: (accept(answer, salvage_feed), answer),
    )


def _count(
    http: CheckedHttp, base_url: str, query: str, zero_waits_seconds: tuple[float, ...]
) -> Asked:
    """The first entry alone, for its total; asked again after each wait while that is zero."""
    search = _search(query, 1)  # max_results=0 makes the service divide by zero
    asked = _ask(http, base_url, search, 0, _whole_page(0, 1))
    for seconds in zero_waits_seconds:
        if asked[0].total:
            break
        http.pause(
            seconds, "arXiv says there is nothing; it is asked again before that is believed"
        )
        _check_health(http, base_url)
        asked = _ask(http, base_url, search, 0, _whole_page(0, 1))
    return asked


def _check_health(http: CheckedHttp, base_url: str) -> None:
    """See that the service finds anything at all; one that does not is not believed a zero.

    Raises:
        SourceOverloaded: it says that no paper was ever submitted to arXiv.
    """
    search = _search(f"submittedDate:[{EARLIEST:%Y%m%d}0000 TO 299912312359]", 1)
    try:
        _ask(http, base_url, search, 0, _whole_page(0, 1, known=1))
    except SourceIncomplete as exc:
        raise SourceOverloaded(
            f"{base_url}: arXiv says that it holds no papers at all; try again later"
        ) from exc


def parse_feed_answer(answer: Answer, parse: Parse = parse_feed) -> FeedPage:
    """An answer as a feed, whatever it holds.

    Raises:
        SourceMalformed, SourceUnavailable, InputError: see `parse_feed`.
    """
    if "xml" not in answer.content_type:
        kind = answer.content_type or "no content type"
        raise SourceMalformed(f"the answer is {kind}, not XML", answer.body)
    return parse(answer.body)


def _whole_page(start: int, size: int, known: int = 0) -> Accept:
    """A check that lets only a page through that holds what the service says it holds."""

    def accept(answer: Answer, parse: Parse) -> FeedPage:
        feed = parse_feed_answer(answer, parse)
        if feed.start != start:
            raise SourceMalformed(f"asked from {start} on, got {feed.start}", answer.body)
        if feed.total <= start and (start or known):
            raise SourceIncomplete(
                f"{feed.total} papers in all, after {max(start, known)} were known"
            )
        expected = min(size, max(0, feed.total - start))
        distinct = len(set(feed.identities))
        if not distinct == len(feed.identities) == expected:
            raise SourceIncomplete(
                f"{distinct} different papers on a page that should hold {expected}"
            )
        return feed

    return accept


def _page(window: Window, query: str, asked: Asked, end: datetime | None = None) -> HarvestPage:
    """The page for the caller, without what only the overlap beyond ``end`` brought in."""
    feed, answer = asked
    warning = rewrite_warning(query, feed.query_title) if query and feed.start == 0 else None
    papers = feed.papers
    if end is not None:
        beyond = end + 2 * OVERLAP  # anything later was not asked for: keep it, it is no overlap
        papers = tuple(p for p in papers if not end <= p.published.value < beyond)
    return HarvestPage(
        window=window,
        papers=papers,
        url=answer.url,
        status=answer.status,
        sha256=answer.content_sha256,
        start=feed.start,
        entries=len(feed.identities),
        total=feed.total,
        rejections=feed.rejections,
        warnings=() if warning is None else (warning,),
        asked_at=feed.asked_at,
    )


def _fetch_batch(
    http: CheckedHttp, base_url: str, batch: list[str], wanted: dict[str, str], second: bool = False
) -> Iterator[HarvestPage]:
    try:
        asked = _ask_ids(http, base_url, batch)
    except InputError as exc:  # one identifier that arXiv does not accept spoils its whole batch
        if len(batch) > 1:
            middle = len(batch) // 2
            for half in (batch[:middle], batch[middle:]):
                yield from _fetch_batch(http, base_url, half, wanted, second)
            return
        nothing = HarvestPage(_NO_WINDOW, (), "", 0, "", 0, 0, 0)
        yield replace(nothing, rejections=(Rejection(wanted[batch[0]], str(exc)),))
        return
    found = {paper.arxiv_id for paper in asked[0].papers}
    unread = " ".join(rejection.where for rejection in asked[0].rejections)
    missing = [i for i in batch if i not in found and i not in unread]
    page = _page(_NO_WINDOW, "", asked)
    if second:
        reason = "arXiv does not know this paper (asked twice); newly announced ones take a day"
        unknown = tuple(Rejection(wanted[arxiv_id], reason) for arxiv_id in missing)
        page = replace(page, rejections=page.rejections + unknown)
    yield page
    if missing and not second:
        yield from _fetch_batch(http, base_url, missing, wanted, second=True)


def _ask_ids(http: CheckedHttp, base_url: str, batch: list[str]) -> Asked:
    whole = _whole_page(0, len(batch))

    def accept(answer: Answer, parse: Parse) -> FeedPage:
        feed = whole(answer, parse)
        strangers = {paper.arxiv_id for paper in feed.papers} - set(batch)
        if strangers:
            raise SourceMalformed(f"got papers that were not asked for: {sorted(strangers)[:3]}")
        return feed

    search = _search("", len(batch))
    search.id_list = batch
    return _ask(http, base_url, search, 0, accept)
