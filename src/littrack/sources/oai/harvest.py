"""arXiv's OAI-PMH service -> pages of papers, one set after another: complete, or loudly not.

The records of a set are read page by page. Nothing in the protocol says how many there are, and a
record that changes meanwhile can push another one off its page. So all identifiers are listed
afterwards and compared with the library; what it lacks is fetched one by one, or the records are
read once more. A set counts as complete only when that list leaves nothing open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from littrack.errors import AnswerBroken, InputError
from littrack.identifiers import parse_arxiv_id
from littrack.records import Rejection, Window
from littrack.sources.harvest import HarvestPage
from littrack.sources.http import CheckedHttp
from littrack.sources.oai.checkpoint import OaiCheckpoint, Phase
from littrack.sources.oai.questions import (
    NOTHING,
    Asked,
    ListQuestion,
    ask_list,
    ask_record,
)
from littrack.sources.oai.records import OaiHeader
from littrack.sources.oai.tokens import one_back

# Given headers, those whose paper the library does not hold as of that day or later.
Missing = Callable[[Sequence[OaiHeader]], Sequence[OaiHeader]]
Step = tuple[HarvestPage | None, OaiCheckpoint]

_NO_WINDOW = Window(None, None)


@dataclass(frozen=True, slots=True)
class OaiOptions:
    """When a harvest changes its course."""

    fetch_at_most: int = 50  # records asked for one by one; when more are missing, all are read
    restarts: int = 3  # of a list whose tokens are refused, without a new day in between


def fetch_sets(
    http: CheckedHttp,
    base_url: str,
    checkpoint: OaiCheckpoint,
    missing: Missing,
    options: OaiOptions | None = None,
) -> Iterator[HarvestPage]:
    """Every page that is left of a harvest, in each set the earliest change first.

    Begin with `plan_sets`; go on with ``OaiCheckpoint.from_json(page.checkpoint)`` of the last page
    that was stored. Each page must be stored before the next one is asked for: ``missing`` is
    compared with what the library then holds. Pages may repeat papers. The last page of a set has
    ``last``, and says with ``complete`` whether everything in the set's list is in the library.

    Raises:
        InputError: arXiv does not know a set.
        SourceError: no acceptable answer after every retry; nothing that was yielded is lost.
    """
    harvest = _Harvest(http, base_url, missing, options or OaiOptions())
    while not checkpoint.done:
        page, checkpoint = harvest.step(checkpoint)
        if page is not None:
            yield replace(page, checkpoint=checkpoint.to_json())


def fetch_records(http: CheckedHttp, base_url: str, ids: Iterable[str]) -> Iterator[HarvestPage]:
    """Each paper by its id, with its history, a request each; a version in an id is ignored.

    What is no identifier, what arXiv does not know and what cannot be read comes as rejections.

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
    for number, (arxiv_id, text) in enumerate(wanted.items(), 1):
        asked = ask_record(http, base_url, arxiv_id)
        page = _page(_NO_WINDOW, asked, number - 1)
        yield replace(
            page,
            papers=asked.answer.papers,
            deletions=asked.answer.deletions,
            total=len(wanted),
            last=number == len(wanted),
            rejections=_rejections(asked, text),
        )


class _Harvest:
    """One answer at a time from a checkpoint to the next; what it remembers can be forgotten."""

    def __init__(
        self, http: CheckedHttp, base_url: str, missing: Missing, options: OaiOptions
    ) -> None:
        self.http, self.base_url = http, base_url
        self.missing, self.options = missing, options
        self.restarts = 0  # without a new day; not saved, a later run tries afresh

    def step(self, checkpoint: OaiCheckpoint) -> Step:
        if checkpoint.phase is Phase.FETCH:
            return self.fetch(checkpoint)
        question = _question(checkpoint)
        asked = ask_list(self.http, self.base_url, question)
        refusal = asked.answer.refusal
        if checkpoint.phase is Phase.END and refusal is not None:
            return self.end(checkpoint, asked)
        if checkpoint.token and refusal is not None:
            return self.restart(checkpoint, refusal.reason)
        if checkpoint.phase is Phase.RECORDS:
            return self.records_page(checkpoint, asked)
        if self.has_shifted(checkpoint, asked):
            return self.restart(checkpoint, "records changed while they were listed")
        return self.list_page(checkpoint, asked, question)

    def restart(self, checkpoint: OaiCheckpoint, reason: str) -> Step:
        """The list cannot go on from where it was: read on from the last day delivered."""
        self.restarts += 1
        if self.restarts > self.options.restarts:
            raise AnswerBroken(
                f"{self.base_url}: the list of {checkpoint.sets[0]} broke off "
                f"{self.restarts} times at the same day ({reason}); what was stored is safe, run "
                "the command again later"
            )
        if checkpoint.phase is Phase.END:
            return None, checkpoint
        return None, checkpoint.restarted()

    def read(self, checkpoint: OaiCheckpoint, asked: Asked) -> OaiCheckpoint:
        following = checkpoint.read(asked.answer)
        if following.last_day != checkpoint.from_day:
            self.restarts = 0
        return following

    def records_page(self, checkpoint: OaiCheckpoint, asked: Asked) -> Step:
        """A page of papers. What cannot be read shows in the list as missing, and is fetched."""
        following = self.read(checkpoint, asked)
        problem = asked.problem and f"{asked.problem}; what is missing will be fetched"
        page = replace(
            _page_of(checkpoint, asked),
            window=following.window,  # whose end the first answer told
            papers=asked.answer.papers,
            deletions=asked.answer.deletions,
            warnings=(problem,) if problem else (),
        )
        return page, following if following.token else following.listing()

    def has_shifted(self, checkpoint: OaiCheckpoint, asked: Asked) -> bool:
        """Whether the list has moved on under our feet: then this page would begin too late.

        Each page is asked for from the last record of the page before. A record that was listed
        and then changed goes to the list's end, and all behind it come one place nearer.
        """
        if not (checkpoint.token and checkpoint.shown) or asked.answer.rejections:
            return False
        listed = (header.arxiv_id for header in asked.answer.headers)
        return frozenset(checkpoint.shown).isdisjoint(listed)

    def list_page(self, checkpoint: OaiCheckpoint, asked: Asked, question: ListQuestion) -> Step:
        """A page of identifiers: note those that the library lacks."""
        answer = asked.answer
        page = replace(
            _page_of(checkpoint, asked),
            rejections=answer.rejections,
            warnings=(asked.problem,) if asked.problem else (),
        )
        listed = frozenset(header.arxiv_id for header in answer.headers)
        seen = frozenset(checkpoint.shown)
        new = [header for header in answer.headers if header.arxiv_id not in seen]
        lacking = self.missing(new) if new else ()
        following = self.read(checkpoint, asked).lacking(lacking, self.options.fetch_at_most)
        sound = following.sound and not asked.problem
        following = replace(following, sound=sound, shown=())
        if answer.token:
            token = answer.token
            if len(listed) > 1 and not asked.problem:  # a page of one would be that one again
                token = one_back(token)
            shown = tuple(sorted(listed)) if token != answer.token else ()
            return page, replace(following, phase=Phase.LIST, token=token, shown=shown)
        if question.place is None or not answer.entries:
            return self.verdict(following, page)
        after = question.place.after(len(listed) + len(answer.rejections)).token()
        return page, replace(following, phase=Phase.END, token=after)

    def end(self, checkpoint: OaiCheckpoint, asked: Asked) -> Step:
        """Nothing must come after the list's last page: a page cut short could look like one."""
        assert asked.answer.refusal is not None
        page = _page_of(checkpoint, asked)
        if asked.answer.refusal.code != NOTHING:
            if self.restarts < self.options.restarts:
                return self.restart(checkpoint, asked.answer.refusal.reason)
            warning = "whether the list ends where it seems to could not be checked"
            page = replace(page, warnings=(f"{checkpoint.sets[0]}: {warning}",))
        return self.verdict(checkpoint, page)

    def verdict(self, checkpoint: OaiCheckpoint, page: HarvestPage) -> Step:
        """The list is whole: the set is, or what is missing is fetched, or it is read again."""
        count, name = checkpoint.missing_count, checkpoint.sets[0]
        self.restarts = 0
        if checkpoint.list_falls_short:
            warning = f"{name}: the list ends at {checkpoint.last_day or 'nothing'}, the records "
            warning += f"at {checkpoint.records_until}: INCOMPLETE"
            page = replace(page, warnings=(*page.warnings, warning))
            checkpoint = replace(checkpoint, sound=False)
        if count == 0:
            return _last(checkpoint, page)
        if count == len(checkpoint.missing):  # all of them are known by name
            return page, replace(checkpoint, phase=Phase.FETCH, token="")
        if not checkpoint.redone:
            warning = f"{name}: {count} records are missing; reading again from "
            warning += f"{checkpoint.earliest_missing} on"
            return replace(page, warnings=(*page.warnings, warning)), checkpoint.again()
        first = ", ".join(checkpoint.missing[:5])
        warning = f"{name}: {count} records are still missing ({first} ...): INCOMPLETE"
        page = replace(page, warnings=(*page.warnings, warning))
        return _last(replace(checkpoint, sound=False), page)

    def fetch(self, checkpoint: OaiCheckpoint) -> Step:
        arxiv_id = checkpoint.missing[0]
        asked = ask_record(self.http, self.base_url, arxiv_id)
        rejections = _rejections(asked, arxiv_id)
        page = replace(
            _page_of(checkpoint, asked),
            papers=asked.answer.papers,
            deletions=asked.answer.deletions,
            rejections=rejections,
        )
        following = checkpoint.fetched(sound=not rejections)
        return (page, following) if following.missing else _last(following, page)


def _question(checkpoint: OaiCheckpoint) -> ListQuestion:
    verb = "ListRecords" if checkpoint.phase is Phase.RECORDS else "ListIdentifiers"
    days = (checkpoint.from_day, checkpoint.until)
    return ListQuestion(verb, checkpoint.sets[0], *days, checkpoint.token)


def _last(checkpoint: OaiCheckpoint, page: HarvestPage) -> Step:
    return replace(page, last=True, complete=checkpoint.sound), checkpoint.finished()


def _page_of(checkpoint: OaiCheckpoint, asked: Asked) -> HarvestPage:
    page = _page(checkpoint.window, asked, checkpoint.position)
    return replace(page, part=checkpoint.sets[0])


def _page(window: Window, asked: Asked, start: int) -> HarvestPage:
    """What the ledger wants to know of an answer; not the last of its set."""
    return HarvestPage(
        window=window,
        papers=(),
        url=asked.url,
        status=asked.status,
        sha256=asked.sha256,
        start=start,
        entries=asked.answer.entries,
        total=None,
        last=False,
        asked_at=asked.answer.response_date,
        reached=asked.answer.newest,
    )


def _rejections(asked: Asked, text: str) -> tuple[Rejection, ...]:
    """Why the record asked for as ``text`` did not come, if it did not."""
    if asked.answer.refusal is None:
        return asked.answer.rejections
    reason = "arXiv does not know this paper; newly announced ones take a day"
    return (Rejection(text, f"{reason} ({asked.answer.refusal.reason})"),)
