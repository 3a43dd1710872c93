"""Facts of a note: what its labelled blocks and its sentences state about models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from littrack.analysis.model_resolution import Mention, Registry, find_mentions
from littrack.analysis.note_facts.amounts import Amount, extract_amounts
from littrack.analysis.note_facts.dates import extract_dates
from littrack.analysis.note_facts.labels import Label, parse_label
from littrack.analysis.note_facts.makers import NATIONAL, ORGANISATION, organisation_name
from littrack.analysis.note_facts.reading import Sentence, read_sentences
from littrack.analysis.note_facts.statements import Statement, extract_statements
from littrack.analysis.note_facts.subjects import Subject, Subjects
from littrack.analysis.note_facts.tables import read_tables
from littrack.claims import Hardware, ModelField, Parent, Quantity, Unit
from littrack.notes import Note, NoteFact, NoteLink

_MEMORY = r"[48]0\s?GB?"
_CHIPS = r"TPU\s?v\d\w?|[AVH]100|[AH]800|RTX\s?\d{4}(?:\s?Ti)?"
_CHIP = re.compile(
    r"(?P<count>\d[\d,]*)\s*(?:[块张个颗枚片台×x*]|个?芯片)?\s*"
    r"(?:NVIDIA\s+|Nvidia\s+|英伟达\s*|Google\s+)?"
    rf"(?P<kind>(?:{_MEMORY}[ -])?(?:{_CHIPS})(?:[ -]?{_MEMORY})?)"
)
_INFERENCE = re.compile(r"推理|运行|部署|量化|inference|deploy|quanti[sz]|run on", re.IGNORECASE)
_SPAN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*"
    r"(?P<unit>天|个月|周|小时|days?|weeks?|months?|hours?)",
    re.IGNORECASE,
)
_DAYS = {"天": 1.0, "day": 1.0, "周": 7.0, "week": 7.0, "个月": 30.4, "month": 30.4}
_HOURS = ("小时", "hour")
_TRAINING = re.compile(r"训练|\btrain(?:ed|ing)?\b", re.IGNORECASE)
_PARTIAL = re.compile(
    r"网页|过滤|英文|英语|中文|汉语|代码|书籍|维基|子集|其中|其余|每|上下文|窗口|长度|批"
    r"|webpages?|filtered|unfiltered|english|chinese|code\b|books|wikipedia|subset|per\b"
    r"|context|batch",
    re.IGNORECASE,
)
_SAME_AS = re.compile(
    r"^\s*(?:同|与|和|same as|as in|延续了?|沿用)\s*(?P<name>[A-Za-z][\w.+ -]{1,24}?)"
    r"\s*(?:一样|相同|的结构|结构)?\s*[。.,]?\s*$",
    re.IGNORECASE,
)
_DATA = (Unit.TOKENS, Unit.WORDS, Unit.BYTES)
_BEHIND = 14  # characters in which it is said what an amount is of
_DATA_FIELDS = (ModelField.SIZE, ModelField.PRETRAIN_DATA)
_YES = ("yes", "open", "是", "开源", "已开源")
_NO = ("no", "closed", "否", "闭源", "未开源", "不开源")
_OPEN = {**dict.fromkeys(_YES, "open"), **dict.fromkeys(_NO, "closed")}


def extract_facts(note: Note, links: Sequence[NoteLink], registry: Registry) -> list[NoteFact]:
    """What a note states about models.

    Args:
        note: As it was read.
        links: Its own; a block's paper tells which of two models with one name is meant.
        registry: The models whose names are known.
    """
    subjects = Subjects(note, links, registry)
    found: list[NoteFact] = []
    before: list[str] = []
    label: Label | None = None
    for sentence in read_sentences(note):
        subject = subjects.of_passage(sentence.passage)
        mentions = find_mentions(sentence.text, registry)
        stated = parse_label(sentence.text) if sentence.opens_line else None
        label = stated or (label if not sentence.opens_line else None)
        told = list(
            extract_statements(sentence.text, mentions, subject.name if subject else None, before)
        )
        if subject and label:
            told += _labelled(sentence.text, label, label.end if stated else 0, subject)
        told += _expanded(sentence.text, note, sentence, registry)
        found += [_fact(one, sentence, subject) for one in told]
        before = [one.text for one in mentions] or before
    found += _tabled(note)
    return _without_repeats(found)


def _tabled(note: Note) -> Iterator[NoteFact]:
    """What the rows of tables say; a cell is read as a labelled line is."""
    for cell in read_tables(note):
        subject = Subject(cell.name, None, None)
        for said in _labelled(cell.text, Label(cell.field, 0), 0, subject):
            first, last = cell.whole.original(cell.start + said.start, cell.start + said.end)
            offset = cell.passage.span[0]
            span = (offset + first, offset + last)
            row = cell.passage.text
            yield NoteFact(cell.passage.number, span, cell.name, None, said.field, said.value, row)


def _fact(said: Statement, sentence: Sentence, subject: Subject | None) -> NoteFact:
    paper = subject.paper if subject and subject.name == said.name else None
    span = sentence.span(said.start, said.end)
    number = sentence.passage.number
    return NoteFact(number, span, said.name, paper, said.field, said.value, sentence.text)


def _without_repeats(facts: Iterable[NoteFact]) -> list[NoteFact]:
    """One fact for what two rules read at one spot."""
    kept: dict[object, NoteFact] = {}
    for fact in facts:
        kept.setdefault((fact.span, fact.field, fact.model, repr(fact.value)), fact)
    return list(kept.values())


# --- labelled blocks ------------------------------------------------------------------------------


def _labelled(text: str, label: Label, start: int, subject: Subject) -> Iterator[Statement]:
    """What a labelled line says about the model of its block."""
    if label.field is ModelField.RELEASE:
        yield from _dates(text, start, subject)
    elif label.field in _DATA_FIELDS:
        yield from _quantities(text, start, subject, label.field)
    elif label.field in (ModelField.ORGANISATION, ModelField.BASE_MODEL, ModelField.ACCESS):
        yield from _words(text, start, subject, label.field)
    elif label.field is ModelField.ARCHITECTURE:
        same = _SAME_AS.match(text[start:])
        if same:
            place = start + same.start("name")
            parent = Parent(same["name"].strip(), label="same structure")
            yield Statement(subject.name, label.field, parent, place, place + len(parent.name))
    if label.field in (ModelField.HARDWARE, ModelField.METHOD, *_DATA_FIELDS):
        yield from _chips(text, start, subject)
    if label.field in (ModelField.TRAINING_TIME, ModelField.HARDWARE, *_DATA_FIELDS):
        yield from _times(text, start, subject, is_labelled=label.field is ModelField.TRAINING_TIME)


def _dates(text: str, start: int, subject: Subject) -> Iterator[Statement]:
    for dated in extract_dates(text):
        if dated.start >= start - 1:
            yield Statement(subject.name, ModelField.RELEASE, dated.date, dated.start, dated.end)
    national = NATIONAL.search(text, start)
    if national:
        yield Statement(subject.name, ModelField.ORGANISATION, national[0], *national.span())


def _quantities(text: str, start: int, subject: Subject, field: ModelField) -> Iterator[Statement]:
    for amount in extract_amounts(text):
        if amount.start < start or amount.is_bound or amount.is_part:
            continue
        clause = _clause_before(text, amount, start)
        is_size = amount.unit is Unit.PARAMETERS
        is_size = is_size or (amount.unit is None and field is ModelField.SIZE)
        place = (amount.start, amount.end)
        if is_size and _is_own_size(text, amount, clause):
            value = amount.quantity(Unit.PARAMETERS)
            yield Statement(subject.name, ModelField.SIZE, value, *place)
        elif amount.unit in _DATA and not _is_partial(text, amount, clause):
            value = amount.quantity(Unit.TOKENS)
            yield Statement(subject.name, ModelField.PRETRAIN_DATA, value, *place)


def _is_partial(text: str, amount: Amount, clause: str) -> bool:
    """Whether it counts a part of the data: the English one, the filtered one, a batch."""
    behind = text[amount.start : amount.end + _BEHIND]
    return bool(_PARTIAL.search(clause) or _PARTIAL.search(behind))


def _is_own_size(text: str, amount: Amount, clause: str) -> bool:
    """Whether a number in a block is a size of its model: it has a noun, or stands in a list."""
    if amount.unit is Unit.PARAMETERS:
        return re.search(r"需要|相比|比|than|versus|vs", clause) is None
    if amount.value < 1e6 or amount.value > 2e13:
        return False
    behind = text[amount.end : amount.end + 8]
    return re.match(r"\s*(?:$|[,，/、;；。.()（）]|和|与|and|版|模型|model|\()", behind) is not None


def _clause_before(text: str, amount: Amount, start: int) -> str:
    """What stands before an amount since the last comma."""
    return re.split(r"[,，;；。]", text[start : amount.start])[-1]


def _words(text: str, start: int, subject: Subject, field: ModelField) -> Iterator[Statement]:
    if field is ModelField.ORGANISATION:
        for found in re.finditer(ORGANISATION, text[start:]):
            name = organisation_name(found[0])
            yield Statement(subject.name, field, name, start + found.start(), start + found.end())
        national = NATIONAL.search(text, start)
        if national:
            yield Statement(subject.name, field, national[0], *national.span())
        return
    value = text[start:].strip(" .。")
    if field is ModelField.BASE_MODEL and value and len(value) < 40:
        yield Statement(subject.name, field, Parent(value), start, start + len(value))
    elif value.lower() in _OPEN:
        yield Statement(subject.name, field, _OPEN[value.lower()], start, start + len(value))


def _chips(text: str, start: int, subject: Subject) -> Iterator[Statement]:
    if _INFERENCE.search(text):
        return
    for found in _CHIP.finditer(text, start):
        if text[: found.start()].endswith(("×", "x")):
            continue
        value = Hardware(" ".join(found["kind"].split()), int(found["count"].replace(",", "")))
        yield Statement(subject.name, ModelField.HARDWARE, value, *found.span())


def _times(text: str, start: int, subject: Subject, *, is_labelled: bool) -> Iterator[Statement]:
    for found in _SPAN.finditer(text, start):
        if not is_labelled and not _TRAINING.search(
            text[max(0, found.start() - 30) : found.end() + 10]
        ):
            continue
        number, unit = float(found["number"]), found["unit"].lower().removesuffix("s")
        in_hours = unit in _HOURS
        value = Quantity(
            number if in_hours else number * _DAYS[unit], Unit.HOURS if in_hours else Unit.DAYS
        )
        yield Statement(subject.name, ModelField.TRAINING_TIME, value, *found.span())


# --- a name written out ---------------------------------------------------------------------------

_LONG_NAME = re.compile(r"(?P<name>(?:[A-Z][a-z]+\s?){3,7})\s*(?:是|is\b)")


def _expanded(text: str, note: Note, sentence: Sentence, registry: Registry) -> list[Statement]:
    """What a sentence says of a long name whose initials a model of the note has: L-L-M-A."""
    found = _LONG_NAME.match(text)
    if found is None:
        return []
    long = found["name"].strip()
    initials = "".join(letter for letter in long if letter.isupper())
    near = [one for one in note.passages if 0 <= one.number - sentence.passage.number <= 2]
    names = [
        one.text
        for passage in near
        for one in find_mentions(passage.text, registry)
        if one.resolution.model
        and initials == "".join(filter(str.isupper, one.text))
        and len(initials) > 2
    ]
    if not names:
        return []
    mention = Mention(0, len(long), names[0], registry.resolve(names[0]))
    return extract_statements(text, [mention])
