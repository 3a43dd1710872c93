"""Where a text introduces something by name, and what kind of thing it says that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from littrack.analysis.releases.names import is_shaped_like_a_name, name_at, names_listed_at
from littrack.analysis.releases.passages import Passage
from littrack.analysis.releases.vocabulary import INTRODUCING, MODEL_NOUNS, NOUN


@dataclass(frozen=True, slots=True)
class Introduction:
    """A name and how the text brings it up."""

    name: str
    passage: Passage
    span: tuple[int, int]
    how: str  # "title", "report", "object", "called", "apposition", "definition", "own"
    kind: str  # "model", "data", "method", "system", "" when the text does not say
    weight: float
    verb: str = ""


_REACH = 230  # characters after a verb in which its object stands
_DETERMINER = re.compile(
    r"\s*(?:(?:and|also|further|then)\s+(?:release|open-source|train|present|introduce)\s+)?"
    r"(?:(?:the|our|its|their|an?|new|novel|first|two|three|latest|updated|open|large|so-called"
    r"|version of|on|of|about|details of|model|models|architecture of|development of"
    r"|training of|framework|method|called|named|fully|powerful)\s+){0,5}",
)
_VERB = re.compile(rf"\b(?P<verb>{INTRODUCING})\b(?=[\s:])", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\b(?:we|our|this|paper|report|work|study|article|here|team|us|company)\b", re.IGNORECASE
)
_CALLED = re.compile(
    r"\b(?:called|(?:code-?)?named|dubbed|termed|coined|namely|denoted(?: as| by)?|referred to as"
    r"|refer to (?:it |this |these |them |our (?:\w+ ){0,3})?as|christened|titled|nicknamed"
    r"|abbreviated as|known as|we (?:call|name|dub|term|denote)"
    r"(?: (?:it|them|this|these|the (?:[\w-]+ ){1,4}|our (?:[\w-]+ ){1,4}|resulting \w+)){0,2}"
    r"(?: as| by)?)[ :]+(?:the |as )?",
    re.IGNORECASE,
)
_APPOSITION = re.compile(
    rf"\b(?:{MODEL_NOUNS})\b(?:\s*\([^()]{{1,40}}\))?"
    r"(?:\s*(?:,|:|--+|[–—])\s*(?:i\.e\.,? |namely,? |including |the )?|\s+-\s+|\s+)",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"(?:\s*\([^()]{1,60}\))?\s*(?:(?:series|family|models?)\s+)?(?:,|:|[–—]|--+|\bis\b|\bare\b)"
    r"\s*(?:(?:is|are|the|an?|our|one|which|that|first|new|novel|two)\s+)+",
)
_OWN = re.compile(
    r"\b(?:our|the resulting|the final|the new) (?:(?:[\w.%-]+,? ){0,6}?"
    r"(?:models?|series|family|system|method|framework|approach"
    r"|variants?)\s*[,:]?\s*\"?|(?=[A-Z]))",
    re.IGNORECASE,
)
_MEMBERS = re.compile(
    rf"\b(?:{MODEL_NOUNS})\b[^.;]{{0,40}}?\b(?:includ(?:es?|ing)|compris(?:es?|ing)"
    rf"|consist(?:s|ing) of"
    r"|featur(?:es?|ing)|contain(?:s|ing)|namely)\b:?\s+(?:the |both |two |three |our )*",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"(?<=\w)\s?\((?P<name>[^()\s,]{2,20}(?: \d[\w.]*)?)\)")


def find_introductions(title: Passage, abstract: Passage) -> list[Introduction]:
    """All introductions of a name, in the title and the abstract."""
    found = [*_in_title(title, abstract)]
    for start, end in abstract.sentences:
        found += _in_sentence(abstract, start, end)
    return found


def _in_sentence(passage: Passage, start: int, end: int) -> Iterator[Introduction]:
    text = passage.text
    if _SUBJECT.search(text, start, end):
        for verb in _VERB.finditer(text, start, end):
            if _SUBJECT.search(text, start, verb.start()):
                yield from _objects(passage, verb, end)
    yield from _called(passage, start, end)
    if (span := _name_within(text, start, end)) and (is_a := _DEFINITION.match(text, span[1])):
        kind = _first_kind(text, is_a.end(), min(end, is_a.end() + 120))
        if " is " in is_a[0] or " are " in is_a[0]:
            yield Introduction(text[slice(*span)], passage, span, "definition", kind, 2.5)
    for own in _OWN.finditer(text, start, end):
        if span := _name_within(text, own.end(), end):
            kind = _first_kind(own[0], 0, len(own[0])) or kind_after(text, span[1])
            for one in names_listed_at(text, span):
                yield Introduction(text[slice(*one)], passage, one, "own", kind, 2.0)
    yield from _members(passage, start, end)
    if _SUBJECT.search(text, start, end):
        yield from _abbreviations(passage, start, end)


def _called(passage: Passage, start: int, end: int) -> Iterator[Introduction]:
    """The names after "called", "dubbed", "we name it"."""
    text = passage.text
    for called in _CALLED.finditer(text, start, end):
        if span := _name_within(text, called.end(), end, lenient=True):
            kind = _last_kind(text, max(start, called.start() - 160), called.start())
            for one in names_listed_at(text, span):
                kind = kind or kind_after(text, one[1])
                yield Introduction(text[slice(*one)], passage, one, "called", kind, 4.0)


def _members(passage: Passage, start: int, end: int) -> Iterator[Introduction]:
    """The names that a series is said to consist of."""
    text = passage.text
    for members in _MEMBERS.finditer(text, start, end):
        if not _SUBJECT_OR_SERIES.search(text, start, members.end()):
            continue
        if span := _name_within(text, members.end(), end):
            for one in names_listed_at(text, span):
                yield Introduction(text[slice(*one)], passage, one, "member", "model", 2.0)


_SUBJECT_OR_SERIES = re.compile(r"\b(?:we|our|series|family|suite|release[sd]?)\b", re.IGNORECASE)


def _abbreviations(passage: Passage, start: int, end: int) -> Iterator[Introduction]:
    """Abbreviations in brackets after what they stand for: "a dense retriever (DR)"."""
    text = passage.text
    for bracket in _BRACKET.finditer(text, start, end):
        span = bracket.span("name")
        if name_at(text, span[0]) != span or not is_shaped_like_a_name(bracket["name"]):
            continue
        verb = [one for one in _VERB.finditer(text, start, bracket.start("name"))]
        if not verb or not _SUBJECT.search(text, start, verb[-1].start()):
            continue
        after = NOUN.match(text, span[1] + 2)
        before = _last_kind(text, max(start, span[0] - 60), span[0])
        kind = after.lastgroup or "" if after else before
        yield Introduction(bracket["name"], passage, span, "abbreviation", kind, 2.0)


def _objects(passage: Passage, verb: re.Match[str], end: int) -> Iterator[Introduction]:
    """What a verb introduces: a name at once, or a description and then a name."""
    text, said = passage.text, verb["verb"].lower()
    end = min(end, verb.end() + _REACH)
    begin = _DETERMINER.match(text, verb.end())
    span = _name_within(text, begin.end() if begin else verb.end(), end)
    if span:
        listed = list(names_listed_at(text, span))
        weight = 4.0 if said[:3] in _OPENING else 2.5
        together = _last_kind(text, verb.end(), span[0]) if len(listed) > 1 else ""
        for one in listed:
            kind = kind_after(text, one[1]) or together
            yield Introduction(text[slice(*one)], passage, one, "object", kind, weight, said)
        return
    noun = NOUN.search(text, verb.end(), end)
    if noun is None:
        return
    for place in _APPOSITION.finditer(text, verb.end(), end):
        if span := _name_within(text, place.end(), end):
            for one in names_listed_at(text, span):
                yield Introduction(
                    text[slice(*one)], passage, one, "apposition", "model", 3.0, said
                )
            return


_OPENING = frozenset(("int", "pre", "pro", "rel", "ope", "ann", "unv", "des", "lau", "dev", "bui"))


def _name_within(
    text: str, start: int, end: int, *, lenient: bool = False
) -> tuple[int, int] | None:
    span = name_at(text, start, lenient=lenient)
    return span if span and span[1] <= end else None


def kind_after(text: str, end: int) -> str:
    """What kind of thing the text says a name is, just after it: "X, a language model"."""
    stop = min(len(text), end + 150)
    border = _BORDER.search(text, end, stop)
    return _first_kind(text, end, border.start() if border else stop)


_BORDER = re.compile(r"[.;](?=\s)|\b(?:that|which|who|for|to|on|trained|capable|using|by|where)\b")


def _first_kind(text: str, start: int, end: int) -> str:
    """The kind of the noun that ends the first noun phrase: of "a language model family"."""
    kind, last = "", -1
    for noun in NOUN.finditer(text, start, end):
        if last >= 0 and not _SAME_PHRASE.fullmatch(text, last, noun.start()):
            break
        kind, last = noun.lastgroup or "", noun.end()
    return kind


_SAME_PHRASE = re.compile(r"[\s-]*(?:\([^()]*\))?[\s-]*")


def _last_kind(text: str, start: int, end: int) -> str:
    kind = ""
    for noun in NOUN.finditer(text, start, end):
        kind = noun.lastgroup or ""
    return kind


_TITLE_BORDER = re.compile(r"\s*(?::|：|\s[-–—]+\s|[–—]|,\s(?=an?\s))\s*")
_REPORT = re.compile(
    r"^(?:the |introducing |hello,? |announcing |meet )?(?P<name>.+?)(?:'s)?\s+"
    r"(?:(?:model\s+)?(?:technical|system|tech)\s+report|model card|system card)\b",
    re.IGNORECASE,
)
_MAKER = re.compile(r"(?:OpenAI|Google|Meta|Microsoft|NVIDIA|IBM|Apple|Amazon)(?:'s)?\s(?=\S)")
_FAMILY_TITLE = re.compile(
    r"^The (?P<name>[A-Z].{1,40}?) (?:Series|Family|Herd|Suite|Collection|Models?|Language Model)\b"
)
_HELLO = re.compile(r"^(?:Introducing|Hello,?|Announcing|Meet)\s+(?P<name>.+?)(?=$|[:,])")


def _in_title(title: Passage, abstract: Passage) -> Iterator[Introduction]:
    """The names that a title presents: before a colon, of a report, in brackets."""
    text = title.text
    for pattern, how in ((_REPORT, "report"), (_FAMILY_TITLE, "report"), (_HELLO, "report")):
        report = pattern.search(text)
        begin = report["name"].rfind(": ") + 2 if report and ": " in report["name"] else 0
        if report and len(report["name"][begin:].split()) <= 6:
            name = report["name"].rstrip(" :,-")
            if maker := _MAKER.match(name, begin):
                begin = maker.end()
            span = report.start("name") + begin, report.start("name") + len(name)
            yield Introduction(text[slice(*span)], title, span, how, "model", 6.0)
            break
    border = _TITLE_BORDER.search(text)
    if border and border.start() > 1:
        yield from _before_the_colon(title, abstract, border)
    for bracket in re.finditer(r"\(([^()\s]{2,20})\)", text):
        if name_at(text, bracket.start(1)) == bracket.span(1):
            yield Introduction(bracket[1], title, bracket.span(1), "title", "", 2.0)


def _before_the_colon(
    title: Passage, abstract: Passage, border: re.Match[str]
) -> Iterator[Introduction]:
    text = title.text
    kind = _kind_of_subtitle(text, border.end())
    begin = 4 if text.startswith("The ") else 0
    span = name_at(text, begin)
    if span is None or span[0] != begin:
        span = name_at(text, begin, lenient=True)
        if span is None or span[1] != border.start():
            span = _words_said_again(text, (begin, border.start()), abstract)
        if span is None:
            return
    listed = list(names_listed_at(text, span))
    if _GENERIC.fullmatch(text, listed[-1][1], border.start()) is None:
        return  # "Attention Is All: ..." is a phrase
    known = abstract.text.lower()
    for one in listed:
        name = text[slice(*one)]
        weight = 2.5 if is_shaped_like_a_name(name) else 1.5 - 0.5 * (name.count(" ") > 1)
        weight = 4.5 if name.lower() in known else weight
        yield Introduction(name, title, one, "title", kind, weight)


def _words_said_again(
    text: str, span: tuple[int, int], abstract: Passage
) -> tuple[int, int] | None:
    """The span of two or three words with capitals that the abstract writes alike: Code Llama."""
    words = text[slice(*span)].split(" ")
    if len(words) not in (2, 3) or not all(word[:1].isupper() or word.isdigit() for word in words):
        return None
    return span if text[slice(*span)] in abstract.text else None


def _kind_of_subtitle(text: str, start: int) -> str:
    """Of "A Vision-Language Model for Maps": model; of "Tuning Models for Maps": nothing."""
    if _DOING.match(text, start):
        return ""
    stop = _PREPOSITION.search(text, start)
    return _first_kind(text, start, stop.start() if stop else len(text))


_DOING = re.compile(
    r"\s*(?:\w+ly )?(?!Pre-?[Tt]rain)[A-Z][\w-]+ing\b(?! (?:[Mm]odel|LLM|[Ee]ncoder))"
)
_PREPOSITION = re.compile(
    r"\b(?:for|with|via|to|of|in|on|from|by|through|towards?|using|without|that|based|under)\b",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?:\s+(?:models?|llms?|series|family|technical|report|suite))*\s*", re.IGNORECASE
)
