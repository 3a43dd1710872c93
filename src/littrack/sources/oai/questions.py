"""Asking arXiv's OAI-PMH service one question, until its answer passes every check.

An answer that stays bad in the same way to the last try is salvaged: what is good in it is taken,
and what is wrong with it is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from littrack.errors import InputError, SourceError, SourceIncomplete, SourceMalformed
from littrack.sources.http import Answer, CheckedHttp
from littrack.sources.oai.records import ID_PREFIX, OaiAnswer, parse_answer, salvage_answer
from littrack.sources.oai.tokens import (
    ListPlace,
    leads_on,
    next_token,
    page_problem,
    parse_token,
)

METADATA_PREFIX = "arXivRaw"
NOTHING = "noRecordsMatch"
UNKNOWN_ID = "idDoesNotExist"
_BAD_TOKEN = "badResumptionToken"
# What will be refused again however often it is asked; an answer to a token is another matter.
_USELESS = frozenset({"badArgument", "badVerb", "cannotDisseminateFormat", "noSetHierarchy"})


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """A page of ListRecords or ListIdentifiers; a token stands for all the rest."""

    verb: str
    set_name: str
    from_day: date | None
    until_day: date | None
    token: str = ""

    @property
    def place(self) -> ListPlace | None:
        """Where in the list it asks; None when the token does not tell."""
        if self.token:
            return parse_token(self.token)
        first, last = _day(self.from_day), _day(self.until_day)
        return ListPlace(self.verb, METADATA_PREFIX, first, last, self.set_name)

    @property
    def parameters(self) -> dict[str, str]:
        """As it is sent."""
        if self.token:
            return {"verb": self.verb, "resumptionToken": self.token}
        stated = {
            "verb": self.verb,
            "metadataPrefix": METADATA_PREFIX,
            "set": self.set_name,
            "from": _day(self.from_day),
            "until": _day(self.until_day),
        }
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True, slots=True)
class Asked:
    """An accepted answer, what the ledger wants to know of it, and what is wrong with it."""

    answer: OaiAnswer
    url: str
    status: int
    sha256: str
    problem: str = ""  # "" = it passed every check; else it was salvaged


def ask_list(http: CheckedHttp, base_url: str, question: ListQuestion) -> Asked:
    """One page of a list; or a refusal: of the token, or because nothing matches.

    Raises:
        InputError: arXiv does not know the set, or refuses the question otherwise.
        SourceError: no acceptable answer after every retry, and nothing to salvage.
    """

    def accept(reply: Answer) -> Asked:
        answer = _checked(parse_answer, reply, question.verb)
        _raise_refusal(answer, question)
        problem = _page_problem(answer, question)
        if problem:
            raise SourceIncomplete(problem)
        if answer.token:
            token = next_token(question.place, answer.headers, answer.token)
            answer = replace(answer, token=token)
        return _asked(answer, reply)

    def salvage(reply: Answer) -> Asked:
        answer = _checked(salvage_answer, reply, question.verb)
        if not leads_on(question.place, question.token, answer.token):
            raise SourceMalformed("the list leads back to where it was", reply.body)
        if not answer.entries and not answer.token:
            raise SourceIncomplete("a page without records")
        lost = f"{len(answer.rejections)} of {answer.entries} records cannot be read"
        problem = lost if answer.rejections else _page_problem(answer, question)
        return _asked(answer, reply, problem or "")

    return http.fetch(base_url, question.parameters, accept, salvage=salvage)


def ask_record(http: CheckedHttp, base_url: str, arxiv_id: str) -> Asked:
    """One record by its id; or the refusal ``idDoesNotExist``; or its rejection.

    Raises:
        SourceError: no acceptable answer after every retry, and nothing to salvage.
    """

    def accept_as(read: Callable[[bytes], OaiAnswer]) -> Callable[[Answer], Asked]:
        def accept(reply: Answer) -> Asked:
            answer = _checked(read, reply, "GetRecord")
            if answer.refusal is not None and answer.refusal.code != UNKNOWN_ID:
                raise SourceMalformed(_words(answer), reply.body)
            strangers = [h.arxiv_id for h in answer.headers if h.arxiv_id != arxiv_id]
            if strangers or (answer.entries != 1 and answer.refusal is None):
                got = strangers or f"{answer.entries} records"
                raise SourceMalformed(f"asked for {arxiv_id}, got {got}", reply.body)
            return _asked(answer, reply)

        return accept

    parameters = {
        "verb": "GetRecord",
        "identifier": f"{ID_PREFIX}{arxiv_id}",
        "metadataPrefix": METADATA_PREFIX,
    }
    salvage = accept_as(salvage_answer)
    return http.fetch(base_url, parameters, accept_as(parse_answer), salvage=salvage)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _checked(read: Callable[[bytes], OaiAnswer], reply: Answer, verb: str) -> OaiAnswer:
    if "xml" not in reply.content_type:
        kind = reply.content_type or "no content type"
        raise SourceMalformed(f"the answer is {kind}, not XML", reply.body)
    answer = read(reply.body)
    if answer.refusal is None and answer.verb != verb:
        raise SourceMalformed(f"asked for {verb}, got {answer.verb}", reply.body)
    return answer


def _raise_refusal(answer: OaiAnswer, question: ListQuestion) -> None:
    """Let through what the caller can go on from: the end of a list, or a token that is no more."""
    if answer.refusal is None:
        return
    code = answer.refusal.code
    if code == NOTHING or (question.token and code in _USELESS | {_BAD_TOKEN}):
        return
    if code in _USELESS:
        asked = ", ".join(f"{name}={value}" for name, value in question.parameters.items())
        raise InputError(f"arXiv cannot answer {asked}: {_words(answer)}")
    raise SourceError(_words(answer))


def _page_problem(answer: OaiAnswer, question: ListQuestion) -> str | None:
    if answer.refusal is not None:
        return None
    if not answer.entries:
        return "a page without records"
    if not leads_on(question.place, question.token, answer.token):
        return "the list leads back to where it was"
    return page_problem(question.place, answer.headers, answer.token)


def _words(answer: OaiAnswer) -> str:
    assert answer.refusal is not None
    return f"{answer.refusal.code}: {answer.refusal.reason}"


def _asked(answer: OaiAnswer, reply: Answer, problem: str = "") -> Asked:
    return Asked(answer, reply.url, reply.status, reply.content_sha256, problem)
