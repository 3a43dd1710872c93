"""arXiv's query language: what a user writes -> the one form that cannot be misread.

The service rewrites queries silently: operators have no precedence and group to the right, a second
word without quotes leaves its field, ``lastUpdatedDate:`` is searched as ``submittedDate:``, a
lower-case ``and`` is a search word. So every query is read here with the usual precedence (AND
before OR), refused with a reason where arXiv would read something else, and sent fully
parenthesised. The title of the answer, which shows the rewritten query, is compared with it.
Source of the grammar: github.com/arXiv/arxiv-search, ``search/domain/classic_api``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from littrack.errors import InputError
from littrack.records import Window

FIELDS = ("ti", "au", "abs", "co", "jr", "cat", "rn", "id", "doi", "submittedDate", "all")
EARLIEST = datetime(1991, 8, 1, tzinfo=UTC)  # the month of arXiv's first paper
OVERLAP = timedelta(minutes=1)  # by which neighbouring windows reach into each other

# ("term", field, value) or (operator, left, right, ...)
Node = tuple[str, ...] | tuple[object, ...]

_ALIASES = {"title": "ti", "author": "au", "abstract": "abs", "category": "cat"}
_OPERATORS = frozenset({"AND", "OR", "NOT", "ANDNOT"})
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[()])|(?P<field>[A-Za-z]+):"
    r'|(?P<value>"[^"]*"|\[[^\]]*\]|[^\s()"\[\]]+))'
)
_RANGE = re.compile(r"\[(\d{12}) TO (\d{12})\]")
_CATEGORY = re.compile(r"([a-z-]+)(?:\.([a-z-]+|\*)|(\*))?", re.IGNORECASE | re.ASCII)
_TITLE = re.compile(r"search_query=(.*?)&id_list=", re.DOTALL)
_MOST_CHARACTERS, _MOST_NESTING = 4000, 40
_QUOTES = str.maketrans("“”„«»", '"""""')


def compose_query(query: str, window: Window | None = None) -> str:
    """``query`` as it is sent: checked, parenthesised, and held to ``window`` if there is one.

    arXiv's ranges include the first second of both minutes, no more. The window is widened to whole
    minutes and its end by one more, so that nothing falls between two windows.

    Raises:
        InputError: arXiv cannot express the query or would silently read another one.
    """
    text = normalise_query(query)
    text = text if text.startswith("(") else f"({text})"
    if window is None:
        return text
    start, end = window.start or EARLIEST, window.end
    if end is None or end <= start:
        raise InputError(
            f"the time window from {start} to {end} is empty or open: give an end after it"
        )
    last = end + OVERLAP + timedelta(minutes=1, microseconds=-1)
    return f"{text} AND submittedDate:[{start:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]"


def normalise_query(query: str) -> str:
    """The query with every field and every grouping written out.

    Raises:
        InputError: see `compose_query`.
    """
    return _show(_parse(query, lenient=False))


def rewrite_warning(sent: str, feed_title: str) -> str | None:
    """What to tell the user when the feed's title shows another query than was sent, else None."""
    match = _TITLE.search(feed_title)
    if match is None:
        return f"arXiv's answer does not show which query it ran: {feed_title[:200]!r}"
    try:
        same = _parse(match[1], lenient=True) == _parse(sent, lenient=True)
    except InputError:
        same = match[1].split() == sent.split()
    if same:
        return None
    return f"arXiv ran another query than was sent: {match[1]!r} instead of {sent!r}"


def _parse(query: str, *, lenient: bool) -> Node:
    text = unicodedata.normalize("NFKC", query.translate(_QUOTES)).strip()
    if not text:
        raise InputError('the arXiv query is empty: try cat:cs.CL or ti:"language model"')
    if len(text) > _MOST_CHARACTERS:
        raise InputError(f"the arXiv query is longer than {_MOST_CHARACTERS} characters: split it")
    return _Parser(text, lenient=lenient).whole()


class _Parser:
    """Recursive descent: alternatives of conjunctions of operands."""

    def __init__(self, text: str, *, lenient: bool) -> None:
        self.text, self.lenient = text, lenient
        self.tokens: list[tuple[str, str]] = []
        self.at = self.depth = 0
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise self.error(f"cannot be read from {text[position:][:30]!r} on")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()

    def error(self, problem: str) -> InputError:
        return InputError(f"the arXiv query {self.text[:200]!r} {problem}")

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, *values: str) -> bool:
        kind, value = self.peek()
        if kind in ("sign", "value") and value in values:
            self.at += 1
            return True
        return False

    def whole(self) -> Node:
        node = self.alternatives()
        if self.peek()[0] != "end":
            raise self.error("has a closing parenthesis too many")
        return node

    def alternatives(self) -> Node:
        operands = [self.conjunction()]
        while self.take("OR"):
            operands.append(self.conjunction())
        return _joined("OR", operands)

    def conjunction(self) -> Node:
        node = self.operand()
        while True:
            if self.take("ANDNOT", "NOT"):
                node = ("ANDNOT", node, self.operand())
            elif self.take("AND"):
                if self.take("NOT", "ANDNOT"):
                    node = ("ANDNOT", node, self.operand())
                else:
                    node = _joined("AND", [node, self.operand()])
            elif self.peek() in (("end", ""), ("sign", ")"), ("value", "OR")):
                return node
            else:
                self.refuse_neighbours()

    def refuse_neighbours(self) -> None:
        value = self.peek()[1]
        if value.upper() in _OPERATORS:
            raise self.error(f"has {value!r} as a search word: write {value.upper()} in capitals")
        raise self.error(
            f"has no operator before {value!r}, which arXiv would read as OR in all fields: put "
            'words that belong together into quotes, as in ti:"language model", or write AND or OR'
        )

    def operand(self) -> Node:
        kind, value = self.peek()
        if self.take("("):
            self.depth += 1
            if self.depth > _MOST_NESTING:
                raise self.error("is nested too deeply")
            node = self.alternatives()
            if not self.take(")"):
                raise self.error("lacks a closing parenthesis")
            self.depth -= 1
            return node
        if kind == "end" or value == ")":
            raise self.error("ends, or closes a parenthesis, where a search word should stand")
        if kind == "value" and value in ("NOT", "ANDNOT"):
            raise self.error(
                "asks only for what is absent; arXiv needs something to look for first"
            )
        field = "all"
        if kind == "field":
            field = self.field(value)
            self.at += 1
            kind, value = self.peek()
        if kind != "value" or value in _OPERATORS:
            raise self.error(f'has no search word after {field}: (a word or a "phrase")')
        self.at += 1
        return ("term", field, self.value(field, value))

    def field(self, name: str) -> str:
        if name == "lastUpdatedDate":
            raise self.error(
                "filters by lastUpdatedDate, which arXiv silently reads as submittedDate: there "
                "is no way to ask for papers by the date of their update"
            )
        name = _ALIASES.get(name.lower(), name)
        for known in FIELDS:
            if name.lower() == known.lower():
                return known
        raise self.error(f"has an unknown field {name!r}: arXiv knows {', '.join(FIELDS)}")

    def value(self, field: str, value: str) -> str:
        """The value in the form in which two spellings of one search are equal."""
        bare = value.strip('"').strip()
        if field == "submittedDate":
            match = _RANGE.fullmatch(value if value.startswith("[") else f"[{bare}]")
            if match is None:
                raise self.error(
                    "has a date that arXiv cannot read: use --since and --until, or "
                    "submittedDate:[YYYYMMDDHHMM TO YYYYMMDDHHMM]"
                )
            return match[0]
        if value.startswith("[") or not bare:
            raise self.error(f"has {value!r} where {field}: needs a word or a phrase")
        if bare.startswith(("*", "?")):
            raise self.error(
                f"begins a word with a wildcard ({value!r}); arXiv allows it at the end"
            )
        if field == "cat":
            return self.category(bare)
        if field == "au":  # arXiv reads the underscore as a blank in the query's first term only
            bare = bare.replace("_", " ")
        bare = " ".join(bare.split())
        return f'"{bare}"' if value.startswith('"') or " " in bare else bare

    def category(self, text: str) -> str:
        match = _CATEGORY.fullmatch(text)
        if match is None:
            if self.lenient:
                return text
            raise self.error(f"has {text!r} as a category; one looks like cs.CL or q-bio.*")
        archive, subject, star = match.groups()
        if subject is None:
            return archive.lower() + (star or "")
        return f"{archive.lower()}.{subject.upper() if len(subject) == 2 else subject.lower()}"


def _joined(operator: str, operands: list[Node]) -> Node:
    """One flat node: (a AND b) AND c is a AND b AND c."""
    if len(operands) == 1:
        return operands[0]
    flat: list[object] = []
    for operand in operands:
        flat.extend(operand[1:] if operand[0] == operator else [operand])
    return (operator, *flat)


def _show(node: Node) -> str:
    if node[0] == "term":
        return f"{node[1]}:{node[2]}"
    return "(" + f" {node[0]} ".join(_show(child) for child in node[1:]) + ")"  # type: ignore[arg-type]
