"""A manuscript that writes a term in a form nobody wants, or in two forms."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from littrack.analysis.term_forms import form_key
from littrack.analysis.term_spans import FoundForm, TermFinder
from littrack.terms import FormKind, KnownTerm, OddForm
from littrack.text import stem, words

# What is no prose: URLs, code, and the commands and comments of LaTeX that name files and keys.
_NO_PROSE = re.compile(
    r"https?://[^\s)}\]>]+|```.*?(?:```|\Z)|`[^`\n]*`|<!--.*?-->|\]\([^)\n]*\)|\[\[[^\]\n]*\]\]"
    r"|\\(?:[a-zA-Z]*cite[a-zA-Z]*|label|[a-zA-Z]*ref|url|href|input|include|includegraphics"
    r"|bibliography(?:style)?|usepackage|documentclass|begin|end)\*?(?:\[[^\]\n]*\])*\{[^}\n]*\}",
    re.DOTALL,
)
_TEX_COMMENT = re.compile(r"(?<!\\)%[^\n]*")


def find_odd_forms(text: str, terms: Sequence[KnownTerm], *, tex: bool = False) -> list[OddForm]:
    """Every place where another form should stand, in the order of the text.

    The form to write is the one that a person prefers; without one, the one that the text itself
    has most often. A form that is part of another (涌现, 涌现能力) is no other form.
    """
    prose = _blank(text, tex)
    found = TermFinder([one.term for one in terms]).find(prose)
    breaks = [at.end() for at in re.finditer("\n", text)]
    odd: list[OddForm] = []
    for number, own in _by_term(found).items():
        for one, preferred, reason in _judge(terms[number], own):
            line = bisect_right(breaks, one.span[0])
            column = one.span[0] - (breaks[line - 1] if line else 0) + 1
            written = text[slice(*one.span)]
            odd.append(OddForm(one.span, line + 1, column, written, preferred, reason))
    return sorted(odd, key=lambda one: one.span)


def _blank(text: str, tex: bool) -> str:
    """The text with spaces in place of all that is no prose."""

    def spaces(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0])

    text = _TEX_COMMENT.sub(spaces, text) if tex else text
    return _NO_PROSE.sub(spaces, text)


def _by_term(found: Sequence[FoundForm]) -> dict[int, list[FoundForm]]:
    groups: dict[int, list[FoundForm]] = {}
    for one in found:
        groups.setdefault(one.number, []).append(one)
    return groups


def _judge(known: KnownTerm, found: Sequence[FoundForm]) -> Iterator[tuple[FoundForm, str, str]]:
    avoided = {form_key(form) for form in known.avoid}
    for kind in (FormKind.CHINESE, FormKind.ENGLISH):
        own = [one for one in found if one.kind is kind]
        forms = known.term.chinese if kind is FormKind.CHINESE else known.term.english
        if not own or not forms:
            continue
        counts = Counter(one.form for one in own if form_key(one.form) not in avoided)
        wanted = forms[0] if known.decided or not counts else counts.most_common(1)[0][0]
        for one in own:
            if form_key(one.form) in avoided:
                yield one, wanted, "a form to avoid (terms.toml)"
            elif not _is_part(one.form, wanted):
                yield one, wanted, _reason(known, wanted, counts)


def _reason(known: KnownTerm, wanted: str, counts: Counter[str]) -> str:
    if known.decided:
        return "not the preferred form (terms.toml)"
    return f"another form of {wanted}, which stands {counts[wanted]} times"


def _is_part(form: str, wanted: str) -> bool:
    """Whether one is a piece of the other, or only inflected: fine-tune, fine-tuning."""
    if not form.isascii():
        return form_key(form) in form_key(wanted) or form_key(wanted) in form_key(form)
    one, other = ([stem(word) for word in words(text)] for text in (form, wanted))
    return set(one) <= set(other) or set(other) <= set(one)
