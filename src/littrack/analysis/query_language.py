r"""The query language: from what a person typed to what is demanded and what is ranked by.

A text without a mark of the language is natural language and stays what it is: it ranks, and
demands nothing. Marks are

    field:value      a field of the list below, in small letters, its value directly behind it
    AND OR NOT       in capitals, between two operands (NOT: before one)
    "a phrase"       in straight quotes
    -word            a minus before a letter, a quote or a parenthesis
    transform*       the beginning of a word, of at least three letters, all small

Where one occurs, this holds for the whole text:

* Fields: ``ti: abs: all:`` (title, abstract, either or an author), ``au:`` (family name, or whole
  name in any order, initials will do; accents do not count), ``cat:`` (cs.CL, cs.*, cs), ``id:``,
  ``year:2023``, ``date:2023-05`` or ``date:[2023 TO 2024-06]`` with ``*`` for an open end, both
  ends meant as a whole, ``model:`` (named in title or abstract, or presented), ``topic:`` (number,
  or words of its label), ``note:``, ``lang:`` (en, zh, mixed, other), ``has:`` (doi, journal,
  comment, versions, code, model, note) and ``is:withdrawn``, which finds withdrawn papers too.
* AND binds closer than OR. NOT stands before an operand, also after AND and OR. Operands that only
  neighbour each other are all demanded.
* Bare words (no quotes, no field) that merely neighbour other operands rank and demand nothing:
  ``small models cat:cs.CL -survey`` ranks papers of cs.CL by "small models". As operand of AND, OR
  or NOT they are demanded, each of them: ``graph network AND NOT survey``. A minus takes one word.
* A field takes a group: ``ti:(graph OR map)``. Words without operator in a group are all demanded;
  categories, ids, years, dates and languages any of them: ``cat:(cs.CL cs.LG)``.
* Words are compared by stems, without case and accents. A phrase is neighbouring words. The
  beginning of a word is compared with stems too, so ``transformers*`` is ``transform``.
* What is ranked by: the bare words, then the words demanded (not those excluded). A query of
  names, dates and categories alone ranks by nothing: it lists, newest first.

What looks like the language but is prose is left alone: more than a dozen bare words in a row make
operators, quotes, minus and star mean nothing, more than forty also fields. So are, where they are
the only marks, operators in a text all in capitals (``GRAPH AND TEXT LEARNING``) or at its ends,
NOT and minus before more than one word (``how NOT to measure``), quotes that do not pair; and URLs.
A misspelt field (``tit:graph``) is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from littrack.analysis.query_pieces import (
    FIELDS,
    OPERATORS,
    Kind,
    Piece,
    cut_query,
    error_at,
    longest_run,
)
from littrack.analysis.query_values import ANY_OF, read_value
from littrack.conditions import (
    Condition,
    HasModel,
    InTopic,
    Not,
    TextField,
    Words,
    join_all,
    join_any,
    leaves,
)
from littrack.errors import InputError
from littrack.text import STOP_WORDS, tokens

_PROSE, _LONG_PROSE = 12, 40  # bare words in a row
_DEEPEST = 40  # parentheses
_LONGEST = 4_000  # characters; a longer text has no syntax
_ENDS = frozenset((Kind.END, Kind.CLOSE, Kind.OR))


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query as it was understood; prints as a text that is understood the same."""

    free: str  # what to rank by; "" = nothing
    condition: Condition | None = None  # what is demanded
    bare: str = ""  # the part of `free` that is not demanded

    def __str__(self) -> str:
        if self.condition is None:
            return self.free
        return f"{self.bare} {self.condition}".lstrip()


def parse_search(text: str) -> SearchQuery:
    """What a text demands and ranks by; the rules are above.

    Raises:
        InputError: it has marks of the language, but cannot be read; names the column.
    """
    line = " ".join(text.split()) if len(text) <= _LONGEST else ""
    pieces = _find_marks(line) if line else None
    if pieces is None:
        return SearchQuery(text, bare=text)
    try:
        bare, condition = _Parser(line, pieces).whole()
    except InputError:
        if any(piece.kind in OPERATORS or piece.kind is Kind.FIELD for piece in pieces):
            raise
        return SearchQuery(text, bare=text)
    ranking = {*bare.split(), *(() if condition is None else _ranking_words(condition))}
    typed = " ".join(dict.fromkeys(piece.text for piece in pieces if piece.text in ranking))
    return SearchQuery(typed if tokens(typed) else "", condition, bare)


def _find_marks(line: str) -> list[Piece] | None:
    """The pieces of a text that has marks of the language; None for natural language."""
    try:
        pieces, misspelt = cut_query(line), None
    except InputError as exc:  # a misspelt field: it is an error only where the text is no prose
        pieces, misspelt = [Piece(Kind.WORD, word, 0) for word in line.split()], exc
    run = longest_run(pieces)
    if run > _LONG_PROSE:
        return None
    if misspelt is not None:
        if run > _PROSE:
            return None
        raise misspelt
    kinds = {piece.kind for piece in pieces}
    if Kind.FIELD in kinds:
        return pieces
    if run > _PROSE:
        return None
    if kinds & {Kind.PHRASE, Kind.PREFIX}:
        return None if _is_markdown(pieces) else pieces
    if _excludes(pieces) or (_has_operator(pieces) and not _is_shouted(pieces)):
        return pieces
    return None


def _is_markdown(pieces: list[Piece]) -> bool:
    """Whether stars are for *emphasis*."""
    return any(piece.kind is Kind.WORD and piece.text.startswith("*") for piece in pieces)


def _excludes(pieces: list[Piece]) -> bool:
    """Whether a minus or NOT stands before one word alone: else it is a dash, or for emphasis."""
    return any(
        sign.kind in (Kind.MINUS, Kind.NOT)
        and (word.kind is Kind.OPEN or (word.kind is Kind.WORD and after.kind is not Kind.WORD))
        for sign, word, after in zip(pieces, pieces[1:], pieces[2:], strict=False)
    )


def _has_operator(pieces: list[Piece]) -> bool:
    """Whether AND or OR stands between operands, and none at the end."""
    if pieces[-2].kind in OPERATORS:
        return False
    return any(
        sign.kind in (Kind.AND, Kind.OR)
        and before.kind not in (Kind.OPEN, *OPERATORS)
        and after.kind not in (Kind.CLOSE, Kind.AND, Kind.OR)
        for before, sign, after in zip(pieces, pieces[1:], pieces[2:], strict=False)
    )


def _is_shouted(pieces: list[Piece]) -> bool:
    """Whether a text is all capitals and has words that neighbour each other: a title."""
    neighbours = any(one.kind is other.kind is Kind.WORD for one, other in pairwise(pieces))
    letters = "".join(piece.text for piece in pieces if piece.kind is Kind.WORD)
    return neighbours and all(c.isupper() or not c.isalpha() for c in letters)


def _ranking_words(condition: Condition) -> Iterator[str]:
    for leaf, positive in leaves(condition):
        if not positive:
            continue
        if isinstance(leaf, Words):
            yield leaf.text
        elif isinstance(leaf, HasModel) or (isinstance(leaf, InTopic) and not leaf.name.isdigit()):
            yield leaf.name


def choose_telling(bare: Sequence[str]) -> list[str]:
    """Bare words without stop words, unless nothing else is left; and without mere signs."""
    spoken = [word for word in bare if tokens(word)]
    return [word for word in spoken if word.lower() not in STOP_WORDS] or spoken


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring bare words: demanded as an operand of an operator, else not."""

    words: tuple[Piece, ...]


_Node = Condition | _Run


class _Parser:
    """Recursive descent: alternatives of conjunctions of operands."""

    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self.text, self.pieces = text, pieces
        self.at = self.depth = 0

    def peek(self) -> Piece:
        return self.pieces[self.at]

    def next(self) -> Piece:
        self.at += 1
        return self.pieces[self.at - 1]

    def error(self, problem: str, piece: Piece | None = None) -> InputError:
        return error_at(self.text, (piece or self.peek()).start, problem)

    def whole(self) -> tuple[str, Condition | None]:
        """The bare words that only rank, and what is demanded."""
        first = self.conjunction("")
        alternatives = [first]
        while self.peek().kind is Kind.OR:
            self.next()
            alternatives.append(self.conjunction(""))
        if self.peek().kind is not Kind.END:
            raise self.error("there is no '(' that this ')' closes")
        if len(alternatives) > 1:
            return "", join_any([self.demand_all(one) for one in alternatives])
        ranking = [n for n, joined in first if isinstance(n, _Run) and not joined]
        demanded = [self.demand(n) for n, joined in first if joined or not isinstance(n, _Run)]
        bare = " ".join(_harmless(piece.text) for run in ranking for piece in run.words)
        return " ".join(bare.split()), join_all(demanded)

    def alternatives(self, field: str) -> _Node:
        """Operands within parentheses; bare words that stand there alone stay bare."""
        found = [self.conjunction(field)]
        while self.peek().kind is Kind.OR:
            self.next()
            found.append(self.conjunction(field))
        if len(found) == 1 and len(found[0]) == 1:
            return found[0][0][0]
        return join_any([self.demand_all(one) for one in found])

    def conjunction(self, field: str) -> list[tuple[_Node, bool]]:
        """Neighbouring operands, each with whether AND joins it to another."""
        found: list[tuple[_Node, bool]] = [(self.operand(field), False)]
        while self.peek().kind not in _ENDS:
            joined = self.peek().kind is Kind.AND
            if joined:
                self.next()
                found[-1] = (found[-1][0], True)
            found.append((self.operand(field), joined))
        return found

    def operand(self, field: str) -> _Node:
        piece = self.peek()
        if piece.kind is Kind.NOT:
            self.next()
            return Not(self.demand(self.deeper(field)))
        if piece.kind is Kind.MINUS:
            self.next()
            if self.peek().kind is Kind.WORD and not field:
                return Not(self.demand(_Run((self.next(),))))
            return Not(self.demand(self.deeper(field)))
        if piece.kind is Kind.OPEN:
            return self.group(field)
        if piece.kind is Kind.FIELD:
            if field:
                raise self.error(f"a field cannot stand within {field}:( )")
            self.next()
            return self.group(piece.text) if self.peek().kind is Kind.OPEN else self.values(piece)
        if piece.kind is Kind.WORD:
            return self.run(field)
        if piece.kind in (Kind.PHRASE, Kind.PREFIX, Kind.RANGE):
            return read_value(self.text, field or TextField.ANY, self.next())
        raise self.error(_expected(piece))

    def deeper(self, field: str) -> _Node:
        """The operand of NOT, which may be another NOT."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error("it is nested too deeply")
        node = self.operand(field)
        self.depth -= 1
        return node

    def group(self, field: str) -> _Node:
        self.next()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error("it is nested too deeply")
        node = self.alternatives(field)
        if self.peek().kind is not Kind.CLOSE:
            raise self.error("expected ')'")
        self.next()
        self.depth -= 1
        return node

    def values(self, field: Piece) -> Condition:
        """The one value that follows a field directly."""
        piece = self.next()
        if piece.kind not in (Kind.WORD, Kind.PHRASE, Kind.PREFIX, Kind.RANGE):
            problem = _expected(piece) if piece.kind is Kind.UNCLOSED else "expected a value"
            raise self.error(f"{problem}, after {field.text}:", piece)
        return read_value(self.text, field.text, piece)

    def run(self, field: str) -> _Node:
        found: list[Piece] = []
        while self.peek().kind is Kind.WORD:
            piece = self.next()
            if not field and piece.text.endswith(":") and piece.text[:-1] in FIELDS:
                raise self.error(f"the value of {piece.text} must follow it directly", piece)
            found.append(piece)
        if not field:
            return _Run(tuple(found))
        parts = [read_value(self.text, field, piece) for piece in found]
        whole = join_any(parts) if field in ANY_OF else join_all(parts)
        assert whole is not None  # there is one word at least
        return whole

    def demand(self, node: _Node) -> Condition:
        """What a node demands: of bare words each, but for the too common ones."""
        if not isinstance(node, _Run):
            return node
        telling = choose_telling([piece.text for piece in node.words])
        demanded = join_all([Words(word.replace('"', "").rstrip("*")) for word in telling])
        if demanded is None:
            raise self.error("expected a word or a phrase", node.words[0])
        return demanded

    def demand_all(self, found: list[tuple[_Node, bool]]) -> Condition:
        whole = join_all([self.demand(node) for node, _ in found])
        assert whole is not None  # a conjunction has one operand at least
        return whole


def _harmless(word: str) -> str:
    """A bare word that begins with a minus, so that it excludes nothing when it is read again."""
    return re.sub(r'[-":*]+', " ", word).strip().lower() if word.startswith("-") else word


def _expected(piece: Piece) -> str:
    if piece.kind is Kind.UNCLOSED:
        return f"this {piece.text} is never closed"
    if piece.kind is Kind.END:
        return "expected a word, a phrase or a field after this"
    return f"expected a word, a phrase or a field, not {piece.text}"
