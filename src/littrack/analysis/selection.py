"""Which models belong into an edition: rules in a small language, and why a model is in or out.

    size_b >= 10 and (public or has_public_evaluation) and release >= "2019-01"

A rule is read with Python's grammar, of which ``and``, ``or``, ``not``, comparisons, ``in``, names,
numbers, texts and lists are allowed; nothing is ever executed. What nobody states is unknown: when
the whole rule is unknown, the model is left out and what is missing is named, unless told to keep.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NoReturn

from littrack.analysis.model_names import name_key
from littrack.analysis.selection_fields import (
    NAMES,
    Test,
    compare_spans,
    negated,
    parse_span,
    shown,
)
from littrack.claims import Model
from littrack.errors import SettingsError

Unknown = Literal["leave out", "keep"]
_LONGEST, _DEEPEST = 2000, 40  # characters of a rule, conditions within conditions


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a rule as it came out for one model."""

    text: str
    value: bool | None  # None: what it asks for is not stated
    seen: str  # the model's value, "" when it is not stated
    decisive: bool = False  # the verdict rests on it
    name: str = ""  # what was asked for: "size_b"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule keeps a model, with every condition that was looked at."""

    kept: bool | None  # None: left out, because something is not stated
    clauses: tuple[Clause, ...]
    model: str = ""
    benefit: bool = False  # kept although something is not stated, as the rule asks


# --- rules ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A condition that is looked up, not made of others."""

    text: str
    name: str
    test: Callable[[Any], bool | None]


@dataclass(frozen=True, slots=True)
class _Joined:
    """Conditions joined by "and" or "or", or one that is denied."""

    word: Literal["and", "or", "not"]
    parts: tuple[_Leaf | _Joined, ...]


_Condition = _Leaf | _Joined


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was understood; `compile_rule` makes it."""

    text: str
    condition: _Condition
    unknown: Unknown = "leave out"

    def keeps(self, model: Model) -> Verdict:
        """Whether the model is kept, with each condition and the value seen."""
        values: dict[int, bool | None] = {}
        value = _weighed(self.condition, model, values)
        decisive = set(_decisive(self.condition, values))
        clauses = tuple(
            Clause(
                text=leaf.text,
                value=values[id(leaf)],
                seen=shown(leaf.name, model),
                decisive=id(leaf) in decisive,
                name=leaf.name,
            )
            for leaf in _leaves(self.condition)
        )
        benefit = value is None and self.unknown == "keep"
        return Verdict(True if benefit else value, clauses, model.name, benefit)


# The survey's own words are "larger than 10B"; its Table 1 lists models of 10B (ERNIE 3.0, WeLM).
# Its figure has models whose makers name no size (GPT-4), but none of unknown size otherwise.
STRICT = (
    "(size_b >= 10 or undisclosed) and has_public_evaluation and release >= '2019' "
    "and kind in ['model', 'series'] and not withdrawn"
)
# The list in the survey's repository has smaller ones too (ChatGLM 6B, Alpaca 7B).
LOOSE = (
    "(size_b >= 6 or undisclosed) and release >= '2019' and kind in ['model', 'series'] "
    "and not withdrawn"
)
NAMED_RULES: Mapping[str, tuple[str, Unknown]] = {
    "survey": (STRICT, "leave out"),
    "strict": (STRICT, "leave out"),
    "loose": (LOOSE, "keep"),
}


def compile_rule(text: str, *, unknown: Unknown | None = None) -> Rule:
    """Read a rule, or take one of `NAMED_RULES` by its name.

    Args:
        text: The rule.
        unknown: Whether to keep a model when the result is unknown. Left out unless a rule that is
            taken by name says otherwise.

    Raises:
        SettingsError: something else than the language allows; the message shows where.
    """
    named = NAMED_RULES.get(text.strip())
    if named is not None:
        return Rule(named[0], _Reader(named[0]).read(), unknown or named[1])
    one_line = re.sub(r"[\r\n\t\f]", " ", text).strip()
    if unknown not in (None, "leave out", "keep"):
        raise SettingsError(f'unknown must be "leave out" or "keep", not {unknown!r}')
    return Rule(one_line, _Reader(one_line).read(), unknown or "leave out")


def _weighed(condition: _Condition, model: Model, values: dict[int, bool | None]) -> bool | None:
    """True, false or unknown; every part is looked at, so that all of them can be shown."""
    if isinstance(condition, _Leaf):
        seen = NAMES[condition.name].read(model)
        result = None if seen is None else condition.test(seen)
    else:
        parts = [_weighed(part, model, values) for part in condition.parts]
        if condition.word == "not":
            result = negated(parts[0])
        else:
            settles = condition.word == "or"  # one true part is enough, or one false part
            result = settles if settles in parts else None if None in parts else not settles
    values[id(condition)] = result
    return result


def _decisive(condition: _Condition, values: dict[int, bool | None]) -> list[int]:
    """The leaves that the result rests on: those parts that came out as the whole did."""
    if isinstance(condition, _Leaf):
        return [id(condition)]
    value = values[id(condition)]
    wanted = negated(value) if condition.word == "not" else value
    same = [part for part in condition.parts if values[id(part)] is wanted]
    return [leaf for part in same for leaf in _decisive(part, values)]


def _leaves(condition: _Condition) -> list[_Leaf]:
    if isinstance(condition, _Leaf):
        return [condition]
    return [leaf for part in condition.parts for leaf in _leaves(part)]


# --- reading a rule -------------------------------------------------------------------------------

_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class _Reader:
    """Turns one rule into conditions; every complaint points at its place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self) -> _Condition:
        if not self.text:
            raise SettingsError("a selection rule is empty; it needs a condition: size_b >= 10")
        if len(self.text) > _LONGEST:
            raise SettingsError(f"a selection rule has more than {_LONGEST} characters")
        try:
            tree = ast.parse(self.text, mode="eval")
        except SyntaxError as exc:
            self._refuse_at((exc.offset or len(self.text) + 1) - 1, f"cannot be read: {exc.msg}")
        except (ValueError, RecursionError, MemoryError):
            self._refuse_at(0, "cannot be read")
        self._refuse_comments()
        if _depth(tree.body) > _DEEPEST:
            self._refuse_at(0, "cannot be read: it is nested too deeply")
        return self._condition(tree.body)

    def _refuse_comments(self) -> None:
        """A comment would swallow the conditions that stood in the lines below it."""
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                self._refuse_at(token.start[1], "a rule cannot hold comments")

    def _refuse(self, node: ast.expr, reason: str) -> NoReturn:
        before = self.text.encode()[: node.col_offset].decode()  # Python counts bytes
        self._refuse_at(len(before), reason)

    def _refuse_at(self, column: int, reason: str) -> NoReturn:
        column = min(column, len(self.text))
        raise SettingsError(
            f"selection rule, column {column + 1}: {reason}\n  {self.text}\n  {' ' * column}^"
        ) from None

    def _condition(self, node: ast.expr) -> _Condition:
        if isinstance(node, ast.BoolOp):
            word: Literal["and", "or"] = "and" if isinstance(node.op, ast.And) else "or"
            return _Joined(word, tuple(map(self._condition, node.values)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._denied(node)
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.Name):
            return self._bare(node)
        self._refuse(node, "here must stand a condition, such as public or size_b >= 10")

    def _denied(self, node: ast.UnaryOp) -> _Condition:
        inner = self._condition(node.operand)
        if isinstance(inner, _Joined):
            return _Joined("not", (inner,))
        test = inner.test
        return _Leaf(self._source(node), inner.name, lambda seen: negated(test(seen)))

    def _bare(self, node: ast.Name) -> _Condition:
        name = self._name(node)
        if NAMES[name].kind != "truth":
            self._refuse(node, f"{name} is no condition by itself; compare it with something")
        return _Leaf(name, name, lambda seen: bool(seen))

    def _compared(self, node: ast.Compare) -> _Condition:
        sides = [node.left, *node.comparators]
        parts = tuple(
            self._comparison(node, sides[i], sign, sides[i + 1]) for i, sign in enumerate(node.ops)
        )
        return parts[0] if len(parts) == 1 else _Joined("and", parts)

    def _comparison(
        self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr
    ) -> _Leaf:
        sign = _SIGNS.get(type(op))
        if sign is None:
            self._refuse(left, '"is" is not part of the language; write == or !=')
        text = f"{self._source(left)} {sign} {self._source(right)}"
        if isinstance(left, ast.Name):
            name, other = self._name(left), right
            if isinstance(right, ast.Name) and right.id not in _TRUTHS:
                self._name(right)
                self._refuse(right, "two names cannot be compared, only a name and a value")
        elif isinstance(right, ast.Name):
            name, other = self._name(right), left
            if sign in _TURNED:
                sign = _TURNED[sign]
            elif NAMES[name].kind not in ("texts", "names"):
                self._refuse(right, f"{name} holds one value; write {name} == ...")
            else:
                sign = "==" if sign == "in" else "!="
        else:
            self._refuse(left, "a comparison needs a name, such as size_b, on one side")
        return _Leaf(text, name, self._test(name, sign, other))

    def _test(self, name: str, sign: str, other: ast.expr) -> Test:
        """What is asked of the value of a name."""
        if sign in ("in", "not in"):
            if not isinstance(other, (ast.List, ast.Tuple)) or not other.elts:
                self._refuse(other, f'after "{sign}" must stand a list such as ["a", "b"]')
            tests = [self._equals(name, item) for item in other.elts]
            return _any_of(tests) if sign == "in" else _none_of(tests)
        if sign in ("==", "!="):
            test = self._equals(name, other)
            return test if sign == "==" else _none_of([test])
        if NAMES[name].kind == "number":
            limit = self._number(name, other)
            compare = _ORDER[sign]
            return lambda seen: compare(seen, limit)
        if NAMES[name].kind == "date":
            return compare_spans(sign, *self._date(other))
        self._refuse(other, f'{name} has no order; "{sign}" needs a number or a date')

    def _equals(self, name: str, other: ast.expr) -> Test:
        kind = NAMES[name].kind
        if kind == "number":
            wanted = self._number(name, other)
            return lambda seen: bool(seen == wanted)
        if kind == "date":
            return compare_spans("==", *self._date(other))
        if kind == "truth":
            truth = self._truth(name, other)
            return lambda seen: bool(seen) is truth
        text = self._text(name, other)
        fold = name_key if kind == "names" else str.casefold
        if kind == "text":
            return lambda seen: bool(seen == text)
        return lambda seen: any(fold(one) == fold(text) for one in seen)

    def _name(self, node: ast.Name) -> str:
        if node.id in NAMES:
            return node.id
        near = get_close_matches(node.id.lower(), NAMES, n=1, cutoff=0.5)
        near = near or [known for known in NAMES if node.id.lower() in known][:1]
        hint = f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(NAMES)}"
        self._refuse(node, f'there is no "{node.id}"{hint}')

    def _number(self, name: str, node: ast.expr) -> float:
        sign = 1.0
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node, sign = node.operand, -1.0
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self._refuse(node, f"{name} is a number; compare it with one, such as 10")
        return sign * value

    def _truth(self, name: str, node: ast.expr) -> bool:
        if isinstance(node, ast.Name) and node.id in _TRUTHS:
            return _TRUTHS[node.id]
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return node.value
        self._refuse(node, f"{name} is true or false; write {name} or not {name}")

    def _text(self, name: str, node: ast.expr) -> str:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            self._refuse(node, f'{name} is text; compare it with text in quotes, such as "GPT"')
        choices = NAMES[name].choices
        if choices and node.value not in choices:
            self._refuse(node, f"{name} is one of {', '.join(choices)}, never {node.value!r}")
        return node.value

    def _date(self, node: ast.expr) -> tuple[int, int]:
        text = node.value if isinstance(node, ast.Constant) else None
        span = parse_span(text) if isinstance(text, str) else None
        if span is None:
            self._refuse(node, 'release is a date; write "2019", "2019-01" or "2019-01-31"')
        return span

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ast.unparse(node)


_TRUTHS = {"true": True, "false": False}  # as TOML writes them


def _any_of(tests: list[Test]) -> Test:
    def test(seen: Any) -> bool | None:
        found = [one(seen) for one in tests]
        return True if True in found else None if None in found else False

    return test


def _none_of(tests: list[Test]) -> Test:
    any_of = _any_of(tests)
    return lambda seen: negated(any_of(seen))


def _depth(node: ast.AST) -> int:
    """How deep conditions stand within conditions; without recursion, which is what it guards."""
    deepest, level = 0, [node]
    while level:
        deepest, level = deepest + 1, [one for node in level for one in ast.iter_child_nodes(node)]
    return deepest


# --- saying why -----------------------------------------------------------------------------------

_Words = Mapping[str, str]
_ENGLISH: _Words = {
    "kept": "{model} is kept, because {why}.",
    "left out": "{model} is left out, because {why}.",
    "benefit": "{model} is kept, although {why}.",
    "also": "Also looked at: {why}.",
    "true": "{text} holds ({seen})",
    "false": "{text} does not hold ({seen})",
    "unknown": "{text} cannot be told ({name} is not stated)",
    "overlap": "{text} cannot be told ({seen})",
    "seen": "{name} is {seen}",
    "joint": "; ",
}
_CHINESE: _Words = {
    "kept": "{model} 入选，因为 {why}。",
    "left out": "{model} 未入选，因为 {why}。",
    "benefit": "{model} 入选，尽管 {why}。",
    "also": "其余条件：{why}。",
    "true": "{text} 成立（{seen}）",
    "false": "{text} 不成立（{seen}）",
    "unknown": "{text} 无法判断（{name} 未说明）",
    "overlap": "{text} 无法判断（{seen}）",
    "seen": "{name} 为 {seen}",
    "joint": "；",
}


def explain(verdict: Verdict, language: str = "en") -> str:
    """Which conditions kept or dropped the model, with the values seen; then the other ones."""
    words = _CHINESE if language == "zh" else _ENGLISH
    how = "benefit" if verdict.benefit else "kept" if verdict.kept else "left out"
    decisive = [_told(one, words) for one in verdict.clauses if one.decisive]
    others = [_told(one, words) for one in verdict.clauses if not one.decisive]
    lines = [words[how].format(model=verdict.model, why=words["joint"].join(decisive))]
    if others:
        lines.append(words["also"].format(why=words["joint"].join(others)))
    return "\n".join(lines)


def _told(clause: Clause, words: _Words) -> str:
    outcome = "true" if clause.value else "false"
    if clause.value is None:
        outcome = "overlap" if clause.seen else "unknown"
    seen = words["seen"].format(name=clause.name, seen=clause.seen)
    return words[outcome].format(text=clause.text, name=clause.name, seen=seen)
