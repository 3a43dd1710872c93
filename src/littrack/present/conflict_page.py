"""What is the matter with notes, as a page for their author: Markdown or HTML."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from littrack.notes import ConflictKind, ConflictState, Note, NoteConflict
from littrack.present.embedded_font import embed_font
from littrack.present.model_words import escape_inline
from littrack.present.svg import FONT_FAMILY

Language = Literal["en", "zh"]

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("What your notes and the sources do not agree on", "笔记与来源不一致之处"),
    "none": ("Nothing was found that contradicts these notes.", "没有发现与这些笔记矛盾的内容。"),
    "summary": ("{count} in {notes}", "{notes}，共 {count}"),
    "things": ("{n} things", "{n} 处"),
    "thing": ("1 thing", "1 处"),
    "notes": ("{n} notes", "{n} 篇笔记"),
    "note": ("1 note", "1 篇笔记"),
    "line": ("line {n}", "第 {n} 行"),
    "known": ("known", "已知"),
    "source": ("source", "出处"),
    "general": ("In general", "其他"),
    "dismissed": ("dismissed", "已忽略"),
    "accepted": ("accepted", "已确认"),
    "remark": ("no error: both have a source", "不算错误，两说都有出处"),
}
_KINDS: dict[ConflictKind, tuple[str, str]] = {
    ConflictKind.DATE_TYPE: ("date of something else", "日期类型"),
    ConflictKind.VALUE: ("value", "数值"),
    ConflictKind.UNIT: ("unit", "单位"),
    ConflictKind.ENTITY: ("another model", "张冠李戴"),
    ConflictKind.ORDER: ("impossible order", "时间顺序"),
    ConflictKind.INTERNAL: ("contradicts itself", "自相矛盾"),
    ConflictKind.CITATION: ("citation", "引用"),
    ConflictKind.ATTRIBUTION: ("attribution", "归属"),
}
_LONGEST_ADDRESS = 48
_BULLETS = " •·-*+>#|"
_MOST_QUOTED, _AROUND = 90, 24
_STYLE = """
body { font-family: FONTS; color: #1b2733; max-width: 50rem; margin: 2rem auto;
  padding: 0 1rem; line-height: 1.55; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; border-bottom: 2px solid #33475b; }
h3 { font-size: 1rem; margin-bottom: 0.2rem; }
li { margin: 0.4rem 0; } .kind { color: #6b3f00; font-size: 0.85rem; }
q, .where { color: #47596b; } mark { background: #ffe9b8; padding: 0 0.1em; }
.source { color: #47596b; font-size: 0.85rem; overflow-wrap: anywhere; }
.dismissed { opacity: 0.55; }
""".replace("FONTS", FONT_FAMILY)


class _Entry(NamedTuple):
    """A conflict with what surrounds its quote in the note."""

    conflict: NoteConflict
    line: int
    before: str
    quote: str
    after: str
    is_remark: bool


def render_conflicts(
    conflicts: Sequence[NoteConflict],
    notes: Sequence[Note],
    language: Language = "zh",
    format: Literal["md", "html"] = "md",
    *,
    remarks: Sequence[NoteConflict] = (),
) -> str:
    """The page: note by note, model by model, each with its line, quote and one sentence.

    Args:
        conflicts: What was found; those that a person dismissed stand last and grey.
        notes: The notes they are about, for the lines.
        language: Of the page's own words; the sentences are in the language of their note.
        format: "md" or "html".
        remarks: What is no error, for both values have a source; said so beside each.
    """
    groups = _grouped(conflicts, remarks, notes)
    if format == "html":
        return embed_font("\n".join(_html(groups, language)) + "\n")
    lines = _markdown(groups, language)
    return "\n".join(lines) + "\n"


Groups = Mapping[str, Mapping[str, list[_Entry]]]  # by title of the note, by model


def _grouped(
    conflicts: Sequence[NoteConflict], remarks: Sequence[NoteConflict], notes: Sequence[Note]
) -> Groups:
    by_path = {note.path: note for note in notes}
    groups: dict[str, dict[str, list[_Entry]]] = {}
    minor = set(remarks)
    for one in sorted((*conflicts, *remarks), key=lambda one: (one.note, one.span)):
        note = by_path[one.note]
        entry = _entry(one, note, is_remark=one in minor)
        groups.setdefault(note.path, {}).setdefault(one.model, []).append(entry)
    return groups


def _entry(conflict: NoteConflict, note: Note, *, is_remark: bool) -> _Entry:
    start, end = conflict.span
    first = note.text.rfind("\n", 0, start) + 1
    last = note.text.find("\n", end)
    last = len(note.text) if last < 0 else last
    before = note.text[max(first, start - _AROUND) : start].lstrip(_BULLETS)
    after = note.text[end : min(last, end + _AROUND)]
    quote = _shortened(note.text[start:end])
    line = note.text.count("\n", 0, start) + 1
    return _Entry(
        conflict,
        line,
        ("…" if start - _AROUND > first else "") + before,
        quote,
        after + ("…" if end + _AROUND < last else ""),
        is_remark,
    )


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_QUOTED else text[: _MOST_QUOTED - 1] + "…"


def _word(name: str, language: Language, **values: object) -> str:
    return _WORDS[name][language == "zh"].format(**values)


def _summary(groups: Groups, language: Language) -> str:
    things = sum(len(held) for models in groups.values() for held in models.values())
    if not things:
        return _word("none", language)
    count = _word("thing" if things == 1 else "things", language, n=things)
    notes = _word("note" if len(groups) == 1 else "notes", language, n=len(groups))
    return _word("summary", language, count=count, notes=notes)


def _state(conflict: NoteConflict, language: Language) -> str:
    return "" if conflict.state is ConflictState.OPEN else _word(conflict.state.value, language)


# --- Markdown -------------------------------------------------------------------------------------


def _markdown(groups: Groups, language: Language) -> Iterator[str]:
    yield f"# {_word('title', language)}\n"
    yield _summary(groups, language)
    for path, models in groups.items():
        yield f"\n## {escape_inline(path)}"
        for model, entries in models.items():
            yield f"\n### {escape_inline(model or _word('general', language))}\n"
            for entry in entries:
                yield from _markdown_entry(entry, language)


def _markdown_entry(entry: _Entry, language: Language) -> Iterator[str]:
    one = entry.conflict
    line = _word("line", language, n=entry.line)
    parts = [_kept_blanks(part) for part in (entry.before, entry.quote, entry.after)]
    state = _state(one, language)
    tail = f" · *{state}*" if state else ""
    yield f"- {line} · {parts[0]}**{parts[1].strip()}**{parts[2]}  "
    yield f"  {escape_inline(one.explanation)} · {_kind(entry, language)}{tail}  "
    if one.sources:
        known = [escape_inline(word) for word in _known(one, language)]
        yield "  " + ": ".join([*known, "; ".join(map(_linked, one.sources))])


def _known(conflict: NoteConflict, language: Language) -> list[str]:
    """What is known, where the sentence does not say it already; else that sources follow."""
    if conflict.known_value in conflict.explanation:
        return [_word("source", language)]
    return [f"{_word('known', language)} {conflict.known_value}"]


def _kept_blanks(text: str) -> str:
    """Escaped, with a blank at either end where there was one."""
    before, after = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
    return before + escape_inline(text) + after


def _kind(entry: _Entry, language: Language) -> str:
    if entry.is_remark:
        return _word("remark", language)
    return _KINDS[entry.conflict.kind][language == "zh"]


def _linked(source: str) -> str:
    address = _address(source)
    return f"[{escape_inline(_short(source))}]({address})" if address else escape_inline(source)


def _short(source: str) -> str:
    """An address without what its reader does not need to see."""
    plain = source.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return plain if len(plain) <= _LONGEST_ADDRESS else plain[: _LONGEST_ADDRESS - 1] + "…"


def _address(source: str) -> str:
    if source.startswith(("https://", "http://")):
        return source.replace(")", "%29").replace(" ", "%20")
    if source.startswith("arXiv:"):
        return f"https://arxiv.org/abs/{source.removeprefix('arXiv:')}"
    return ""


# --- HTML -----------------------------------------------------------------------------------------


def _html(groups: Groups, language: Language) -> Iterator[str]:
    title = html.escape(_word("title", language))
    tag = "zh-CN" if language == "zh" else "en"
    yield f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{title}</h1>\n<p>{html.escape(_summary(groups, language))}</p>"
    for path, models in groups.items():
        yield f"<h2>{html.escape(path)}</h2>"
        for model, entries in models.items():
            yield f"<h3>{html.escape(model or _word('general', language))}</h3>\n<ul>"
            for entry in entries:
                yield _html_entry(entry, language)
            yield "</ul>"
    yield "</body>\n</html>"


def _html_entry(entry: _Entry, language: Language) -> str:
    one = entry.conflict
    line = html.escape(_word("line", language, n=entry.line))
    before, quote, after = map(html.escape, (entry.before, entry.quote, entry.after))
    state = _state(one, language)
    css = f' class="{one.state.value}"' if state else ""
    sources = "; ".join(map(_html_source, one.sources))
    known = "".join(map(html.escape, _known(one, language)))
    return (
        f'<li{css}><span class="where">{line}</span> <q>{before}<mark>{quote}</mark>{after}</q><br>'
        f'{html.escape(one.explanation)} <span class="kind">{_kind(entry, language)}'
        f"{' · ' + html.escape(state) if state else ''}</span>"
        + (f'<br><span class="source">{known}: {sources}</span>' if sources else "")
        + "</li>"
    )


def _html_source(source: str) -> str:
    address = _address(source)
    text = html.escape(_short(source) if address else source)
    return f'<a href="{html.escape(address)}">{text}</a>' if address else text
