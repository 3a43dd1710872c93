"""Bilingual terms from notes: glossary tables, lists of abbreviations, pairs within sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from littrack.analysis.abbreviations import find_meaning, is_abbreviation
from littrack.analysis.pinyin import find_pinyin
from littrack.analysis.term_borders import has_cue, is_termlike
from littrack.analysis.term_forms import FormIndex
from littrack.analysis.term_glosses import find_glosses, find_touching, is_english_term
from littrack.notes import Folded, Note, PassageKind
from littrack.terms import FormKind, PairKind, Span, TermPair
from littrack.text import fold, has_chinese, stem, words

MINER = "1"  # raise when other pairs are found, so that notes are read again

_READ_FOR_BORDERS = 50_000  # characters of a note; more tell no more, and cost for each pair
_LEFT_OUT = (PassageKind.BOILERPLATE, PassageKind.CODE, PassageKind.REFERENCE)

_HEADERS = {
    FormKind.ENGLISH: "英文 英语 英文名 英文名称 英文术语 英文全称 全称 英 english en english_term "
    "full_form full_name expansion",
    FormKind.CHINESE: "中文 汉语 中文名 中文名称 中文术语 译名 中文译名 翻译 中文翻译 中 "
    "chinese zh translation chinese_term zh_trad zh_alt",
    FormKind.ABBREVIATION: "缩写 简称 英文缩写 缩略语 缩略词 abbr abbr. abbreviation acronym "
    "abbreviations short short_form",
}
_COLUMNS: dict[str, FormKind] = {
    name.replace("_", " "): kind for kind, names in _HEADERS.items() for name in names.split()
}
_COLUMNS |= {name: kind for kind, names in _HEADERS.items() for name in names.split()}
_MEANINGS = frozenset(
    (
        "释义",
        "解释",
        "定义",
        "说明",
        "含义",
        "备注",
        "描述",
        "definition",
        "meaning",
        "note",
        "notes",
    )
)
_TERM_COLUMNS = frozenset(("术语", "名词", "词汇", "term", "terms", "概念", "concept"))
_RULE = re.compile(r"[\s|:+=-]*")
_GLOSSARY = re.compile(
    r"术语|词汇|名词|对照|缩写|缩略|关键词|glossary|terminolog|abbreviation|acronym|keywords|^terms",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^\s*(?:[-*+•·●]\s+|\d+[.)、]\s*)?(?:\*\*|`)?(?P<left>[^:：=\t]{2,60}?)(?:\*\*|`)?"
    r"(?:\s*[:：=\t]\s*|\s+[-–—]+\s+|\s*[-=]>\s*|\s*→\s*)(?:\*\*|`)?(?P<right>[^:：=\t]{2,80}?)"
    r"(?:\*\*|`)?(?:[.。;；,，]?\s*$|[:：])"
)
_SHORT_INSIDE = re.compile(r"\s?[(（][A-Z][A-Za-z]{1,9}[)）](?= [a-z])")
_VARIANTS = re.compile(r"\s*[／、;；|，]\s*|\s+/\s+|,\s+|(?<=[\u3400-\u9fff])[/,]|\s+(?:or|或)\s+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a note, where it begins, and the headings above it."""

    text: str
    start: int
    headings: tuple[str, ...]


def find_pairs(note: Note, known: FormIndex) -> list[TermPair]:
    """The pairs that a note states, in its order; spans count in its text."""
    lines = list(_lines(note))
    clean = {line.start: strip_pinyin(line.text) for line in lines}
    text = "\n".join(folded.text for folded in clean.values())[:_READ_FOR_BORDERS]
    found: list[TermPair] = []
    tables = _find_tables(lines, clean)
    for line in lines:
        folded = clean[line.start]
        pairs = tables.get(line.start)
        if pairs is None:
            pairs = _find_in_line(folded.text, known, text, _is_glossary(line.headings))
        found += (_in_note(pair, folded, line.start) for pair in pairs)
    return _distinct(found)


def find_pairs_in_rows(rows: Sequence[Sequence[str]]) -> list[TermPair]:
    """The pairs of a glossary given as rows, the first of them the header; spans are rows."""
    columns = _read_header(rows[0]) if rows else {}
    pairs: list[TermPair] = []
    for number, row in enumerate(rows[1:], 2):
        pairs += (replace(pair, span=(number, number)) for pair in _read_row(row, columns))
    return pairs


def _lines(note: Note) -> Iterator[_Line]:
    for passage in note.passages:
        if passage.kind in _LEFT_OUT:
            continue
        start = passage.span[0]
        for line in passage.text.splitlines(keepends=True):
            headings = passage.headings
            yield _Line(line.rstrip("\r\n"), start, headings)
            start += len(line)


def _find_in_line(line: str, known: FormIndex, text: str, is_glossary: bool) -> list[TermPair]:
    # chain-of-thought(CoT) prompting: the words go on behind the abbreviation
    bare = _drop(line, [found.span() for found in _SHORT_INSIDE.finditer(line)])
    item = _read_item(bare.text, known, is_glossary)
    pairs = [item] if item else list(find_touching(bare.text, known))
    pairs = [replace(pair, span=bare.original(*pair.span)) for pair in pairs]
    return (
        pairs
        if item and len(bare.text) == len(line)
        else [*pairs, *find_glosses(line, known, text)]
    )


def strip_pinyin(text: str) -> Folded:
    """The text without readings in brackets: 訓(xùn)."""
    return _drop(text, [pinyin.span for pinyin in find_pinyin(text)])


def _drop(text: str, spans: Iterable[Span]) -> Folded:
    gone = {place for span in spans for place in range(*span)}
    kept = [place for place in range(len(text)) if place not in gone]
    return Folded("".join(text[place] for place in kept), tuple((p, p + 1) for p in kept))


def _in_note(pair: TermPair, folded: Folded, start: int) -> TermPair:
    first, last = folded.original(*pair.span)
    return replace(pair, span=(start + first, start + last))


def _distinct(pairs: Iterable[TermPair]) -> list[TermPair]:
    """Without a pair that says less than one at the same place."""
    kept: list[TermPair] = []
    ends: list[int] = []
    for pair in sorted(pairs, key=lambda one: (one.span[0], -len(one.forms), -one.span[1])):
        place = bisect_right(ends, pair.span[0])
        if place < len(ends) and kept[place].span[0] <= pair.span[0] and _says(kept[place], pair):
            continue
        kept.append(pair)
        ends.append(max(pair.span[1], ends[-1] if ends else 0))
    return kept


def _says(more: TermPair, less: TermPair) -> bool:
    said = {form for _, form in more.forms}
    return all(form in said or any(form in one for one in said) for _, form in less.forms)


# --- tables ---------------------------------------------------------------------------------------


def _find_tables(lines: Sequence[_Line], clean: dict[int, Folded]) -> dict[int, list[TermPair]]:
    """The pairs of each line that belongs to a glossary table, by where it begins."""
    found: dict[int, list[TermPair]] = {}
    columns: dict[int, FormKind | str] = {}
    for line in lines:
        text = clean[line.start].text
        cells = _cells(text)
        if not cells:
            if text.strip() and not _RULE.fullmatch(text):
                columns = {}
            continue
        header = _read_header(cells)
        if header:
            columns, found[line.start] = header, []
        elif columns:
            width = len(text)
            pairs = _read_row(cells, columns)
            found[line.start] = [replace(pair, span=(0, width)) for pair in pairs]
    return found


def _cells(line: str) -> list[str]:
    if _RULE.fullmatch(line):
        return []
    if "|" in line:
        return [cell.strip() for cell in line.strip().strip("|").split("|")]
    return [cell.strip() for cell in line.split("\t")] if "\t" in line.strip() else []


def _read_header(cells: Sequence[str]) -> dict[int, FormKind | str]:
    """What the columns are; empty where the row is no header of a glossary."""
    columns: dict[int, FormKind | str] = {}
    for number, cell in enumerate(cells):
        name = fold(re.sub(r"[*_`#]+(?=\s|$)|^[*_`#]+", "", cell)).strip()
        name = re.sub(r"[（(].*[)）]$", "", name).strip()
        if name in _COLUMNS:
            columns[number] = _COLUMNS[name]
        elif name in _TERM_COLUMNS:
            columns[number] = "term"
        elif name in _MEANINGS:
            columns[number] = "meaning"
    kinds = {kind for kind in columns.values() if kind != "meaning"}
    return columns if len(kinds) >= 2 else {}


def _read_row(cells: Sequence[str], columns: dict[int, FormKind | str]) -> list[TermPair]:
    forms: dict[FormKind, list[str]] = {kind: [] for kind in FormKind}
    meaning = ""
    for number, kind in columns.items():
        cell = re.sub(r"\*\*|__|`", "", cells[number]).strip() if number < len(cells) else ""
        if kind == "meaning":
            meaning = meaning or cell
        elif cell:
            for form in _VARIANTS.split(cell):
                _sort_form(form.strip(), None if kind == "term" else FormKind(kind), forms)
    return _combine(forms, meaning)


def _sort_form(form: str, kind: FormKind | None, forms: dict[FormKind, list[str]]) -> None:
    """Put a form where it belongs; what stands behind it in parentheses, too."""
    found = re.fullmatch(r"(.+?)\s*[(（]([^()（）]+)[)）]", form)
    if found:
        _sort_form(found[1], kind, forms)
        inside = found[2].strip()
        if is_abbreviation(inside) or (not has_chinese(inside)) != (not has_chinese(found[1])):
            _sort_form(inside, None, forms)
        return
    if not form or not any(map(str.isalpha, form)):
        return
    if has_chinese(form):
        kind = FormKind.CHINESE
    elif kind is not FormKind.ABBREVIATION:
        kind = FormKind.ABBREVIATION if is_abbreviation(form) else FormKind.ENGLISH
    if form not in forms[kind]:
        forms[kind].append(form)


def _combine(forms: dict[FormKind, list[str]], meaning: str) -> list[TermPair]:
    """Pairs that hold all forms of a row: the first of each kind, then each variant with them."""
    if sum(map(bool, forms.values())) < 2:
        return []
    english, chinese, short = (forms[kind] or [""] for kind in FormKind)
    pair = TermPair(PairKind.TABLE, english[0], chinese[0], short[0], meaning=meaning)
    return [
        pair,
        *(replace(pair, english=form) for form in english[1:]),
        *(replace(pair, chinese=form) for form in chinese[1:]),
        *(replace(pair, abbreviation=form) for form in short[1:]),
    ]


# --- lists ----------------------------------------------------------------------------------------


def _is_glossary(headings: Sequence[str]) -> bool:
    return any(_GLOSSARY.search(fold(heading)) for heading in headings)


def _read_item(line: str, known: FormIndex, is_glossary: bool) -> TermPair | None:
    """A line that is nothing but a term and what it is called otherwise."""
    found = _ITEM.match(line)
    if found is None:
        return None
    left, right = (found[name].strip(' *`"“”') for name in ("left", "right"))
    if is_abbreviation(left) or is_abbreviation(right):
        short, meaning = (left, right) if is_abbreviation(left) else (right, left)
        return _expansion(short, meaning, known, is_glossary, found.span())
    english, chinese = (left, right) if not has_chinese(left) else (right, left)
    if not is_english_term(english) or not is_termlike(chinese):
        return None
    if _is_one_term(english, chinese, known) or (is_glossary and not has_cue(chinese)):
        return TermPair(PairKind.LIST, english, chinese, "", found.span())
    return None


def _expansion(
    short: str, meaning: str, known: FormIndex, is_glossary: bool, span: Span
) -> TermPair | None:
    """An abbreviation and what it stands for, in either language."""
    if is_english_term(meaning):
        sure = is_glossary or find_meaning(short, meaning) == meaning
        return TermPair(PairKind.LIST, meaning, "", short, span) if sure else None
    if not is_termlike(meaning):
        return None
    number = known.find(meaning, FormKind.CHINESE)
    same = number is not None and number == known.find(short)
    return TermPair(PairKind.LIST, "", meaning, short, span) if same or is_glossary else None


def _is_one_term(english: str, chinese: str, known: FormIndex) -> bool:
    """Whether the table has both in one term, or the Chinese one and most words of the other."""
    number, other = known.find(chinese), known.find(english)
    if number is None or other is not None:
        return number is not None and number == other
    written = set(map(stem, words(english)))
    forms = (set(map(stem, words(form))) for form in known.terms[number].english)
    return len(written) > 1 and any(len(written & form) * 2 >= len(written) for form in forms)
