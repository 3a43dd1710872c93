"""What a note puts in an impossible order: a model that is used before it was there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from littrack.analysis.model_resolution import Mention, find_mentions
from littrack.analysis.note_conflicts.found import Found
from littrack.analysis.note_conflicts.known import Known, month_text, sources_of
from littrack.analysis.note_conflicts.wording import Language, explain
from littrack.analysis.note_facts.dates import Dated, extract_dates
from littrack.analysis.note_facts.reading import Sentence
from littrack.claims import Model, ModelField, ModelKind, TypedDate
from littrack.notes import ConflictKind
from littrack.records import Precision

_USES = re.compile(
    r"(?:基于|使用|采用|利用|借助|用|在|based on|using|used|with|on top of|prompt(?:ed|ing)"
    r"|fine-?tun(?:ed|ing))"
    r"\s*(?:相同的|同样的|the\s|same\s|a\s)*(?:\d[\d.]*\s?[BM]\s*的?\s*)?$",
    re.IGNORECASE,
)
_OTHER_TIME = re.compile(r"后来|之后|以后|later|then|afterwards|而|但|however", re.IGNORECASE)
_NUMBERS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6},
    **{"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6},
}
_NAME = r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9.+-]{0,30}(?:[ -][A-Z0-9][A-Za-z0-9.+-]{0,20})??"
_COUNT = r"(?P<count>\d{1,2}|[一两二三四五六]|one|two|three|four|five|six)"
_CAME_OUT = "(?:was released|appeared|came out|launched)"
_ALREADY_OUT = (
    re.compile(
        rf"(?:在\s*)?(?P<later>{_NAME})\s*(?:发布|推出|出现|问世|开放)的?(?:时|时候|之时),?"
        rf"[^。;]{{0,8}}?(?P<earlier>{_NAME})\s*(?:已经|已)?(?:发布|推出|问世)?\s*(?:了|有)?"
        rf"\s*{_COUNT}\s*个月"
    ),
    re.compile(
        rf"[Ww]hen (?P<later>{_NAME}) {_CAME_OUT},? (?P<earlier>{_NAME}) "
        rf"had (?:already )?been (?:out|available|released)(?: for)? {_COUNT} months"
    ),
    re.compile(rf"(?P<later>{_NAME}) {_CAME_OUT} {_COUNT} months after (?P<earlier>{_NAME})"),
)
_SLACK = 1  # months by which a count may be off


def find_order_conflicts(sentence: Sentence, known: Known, language: Language) -> Iterator[Found]:
    """What a sentence says that the calendar forbids."""
    yield from _used_before(sentence, known, language)
    yield from _months_after(sentence, known, language)


def _used_before(sentence: Sentence, known: Known, language: Language) -> Iterator[Found]:
    """In a stated month somebody worked with a model that came out later."""
    text = sentence.text
    dates = [one for one in extract_dates(text) if one.date.precision is not Precision.YEAR]
    for one in find_mentions(text, known.registry) if dates else ():
        dated = _date_of_use(text, one, dates)
        model = known.models.get(one.resolution.model or "")
        if dated is None or model is None or model.kind is ModelKind.METHOD:
            continue
        came = known.first_date(model)
        if came is None or _month(dated.date) >= _month(came):
            continue
        value = month_text(dated.date.value)
        told = {"model": model.name, "value": value, "known": came}
        yield Found(
            sentence.span(dated.start, one.end),
            model.name,
            "release_date",
            value,
            str(came),
            ConflictKind.ORDER,
            explain("used before", language, **told),
            model.paper,
            sources_of(known.claims(model, ModelField.RELEASE))[:3],
        )


def _date_of_use(text: str, mention: Mention, dates: list[Dated]) -> Dated | None:
    """The date that a use is under: the last one before it, in the same sentence."""
    earlier = [one for one in dates if one.end <= mention.start]
    if not earlier or not _USES.search(text[: mention.start]):
        return None
    between = text[earlier[-1].end : mention.start]
    return None if _OTHER_TIME.search(between) or len(between) > 60 else earlier[-1]


def _month(date: TypedDate) -> tuple[int, int]:
    return date.value.year, date.value.month


def _months_after(sentence: Sentence, known: Known, language: Language) -> Iterator[Found]:
    """One model came out so many months after another, though all its dates are earlier."""
    for found in (match for pattern in _ALREADY_OUT for match in pattern.finditer(sentence.text)):
        later, earlier = (known.model_of(found[name]) for name in ("later", "earlier"))
        if later is None or earlier is None:
            continue
        came = known.shown_date(earlier)
        count = _NUMBERS.get(found["count"]) or int(found["count"])
        dates = _dates(known, later)
        if came is None or not dates:
            continue
        gaps = [_months_between(came, date) for date in dates]
        if any(abs(gap - count) <= _SLACK for gap in gaps):
            continue
        shown = known.shown_date(later) or dates[0]
        told = {"model": later.name, "known": shown, "other": earlier.name, "came": came}
        yield Found(
            sentence.span(*found.span()),
            later.name,
            "release_date",
            found[0],
            str(shown),
            ConflictKind.ORDER,
            explain("months after", language, months=count, **told),
            later.paper,
            sources_of(known.claims(later, ModelField.RELEASE))[:3],
        )


def _dates(known: Known, model: Model) -> list[TypedDate]:
    told = [one.value for one in known.claims(model, ModelField.RELEASE)]
    dates = [one for one in told if isinstance(one, TypedDate)]
    return [one for one in dates if one.precision is not Precision.YEAR]


def _months_between(one: TypedDate, other: TypedDate) -> int:
    return 12 * (other.value.year - one.value.year) + other.value.month - one.value.month
