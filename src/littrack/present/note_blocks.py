"""What littrack writes into notes: the papers a note is about and what contradicts it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff

from littrack.identifiers import url_of
from littrack.notes import LinkMethod, LinkStatus, NoteConflict, NoteLink, TargetKind

_WORDS = {
    "en": {"papers": "Papers", "doubts": "To check", "known": "known", "of": "of"},
    "zh": {"papers": "论文", "doubts": "存疑", "known": "已知", "of": "·"},
}
SIDECAR_HEADER = "<!-- made by littrack notes write-back; changes are lost -->"


def render_block(
    links: Sequence[NoteLink],
    conflicts: Sequence[NoteConflict],
    headings: Mapping[int, str],
    language: str,
) -> tuple[str, ...]:
    """The lines of a block, none when there is nothing to say.

    `headings` are those that passages stand under, by number; `language` is the note's.
    """
    words = _WORDS["en" if language in ("en", "other") else "zh"]
    papers = list(_paper_lines(links, headings))
    doubts = list(_doubt_lines(conflicts, words))
    lines = [f"**{words['papers']}**", "", *papers] if papers else []
    if doubts:
        lines += [*([""] if lines else []), f"**{words['doubts']}**", "", *doubts]
    return tuple(lines)


def _paper_lines(links: Sequence[NoteLink], headings: Mapping[int, str]) -> Iterator[str]:
    """A line a paper, in the order of the note, with the headings that it belongs to."""
    found: dict[str, tuple[str, list[str]]] = {}
    for link in links:
        if link.status is not LinkStatus.LINKED or link.target_kind is not TargetKind.PAPER:
            continue
        _, places = found.setdefault(link.target or "", (link.title, []))
        heading = headings.get(link.passage, "")
        if heading and heading not in places and link.method is not LinkMethod.SECTION:
            places.append(heading)
    for arxiv_id, (title, places) in found.items():
        where = f" — {'; '.join(places[:3])}{' ...' if len(places) > 3 else ''}" if places else ""
        yield f"- [{_label(title or arxiv_id)}]({url_of(arxiv_id)}){where}"


def _doubt_lines(conflicts: Sequence[NoteConflict], words: Mapping[str, str]) -> Iterator[str]:
    for one in conflicts:
        quote = " ".join(one.quote.split())
        is_told = not one.known_value or one.known_value in one.explanation
        known = "" if is_told else f" ({words['known']}: {one.known_value})"
        yield f"- **{one.model}** {words['of']} “{quote[:80]}”: {one.explanation}{known}"


def _label(title: str) -> str:
    """Brackets would end the link's text."""
    return re.sub(r"([\[\]\\])", r"\\\1", title)


def render_sidecar(title: str, lines: Sequence[str]) -> str:
    """The file beside a note that holds what would else be its block."""
    return "\n".join([SIDECAR_HEADER, "", f"# {title}", "", *lines, ""])


def render_difference(path: str, before: str, after: str) -> str:
    """A unified diff, as ``diff -u`` and ``git diff`` show it; line ends are not told apart."""
    old, new = (re.sub("\r\n|\r", "\n", text) for text in (before, after))
    lines = unified_diff(
        re.findall(r"[^\n]*\n|[^\n]+", old),
        re.findall(r"[^\n]*\n|[^\n]+", new),
        f"a/{path}",
        f"b/{path}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
