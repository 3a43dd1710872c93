"""What each key does in the review of proposals: a state and a key give a state and effects.

Nothing here reads a terminal, a clock or a file. `review` carries the effects out; when that fails,
it goes back to the state before the key and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from littrack.claims import ClaimValue, Decision, DecisionKind, ModelField
from littrack.identifiers import url_of
from littrack.sources.claim_tables import parse_field, parse_value

if TYPE_CHECKING:
    from littrack.steps.curate import ReviewItem

ACCEPTED = "accepted in review"  # the reason noted for one key
SET_REASON = "as its title and abstract say"  # unless another is typed
REASONS: Mapping[str, str] = {
    "1": "releases no model: it uses or compares existing ones",
    "2": "a dataset or a benchmark",
    "3": "a method, no model with a name of its own",
    "4": "a survey or an opinion",
    "5": "not a language model",
    "6": "outside the scope of this survey",
}
FIELDS: Mapping[str, ModelField] = {
    "1": ModelField.SIZE,
    "2": ModelField.ACCESS,
    "3": ModelField.BASE_MODEL,
    "4": ModelField.PRETRAIN_DATA,
    "5": ModelField.ORGANISATION,
    "6": ModelField.FAMILY,
    "7": ModelField.HARDWARE,
    "8": ModelField.INSTRUCTION_TUNING,
    "9": ModelField.RLHF,
}
EXAMPLES: Mapping[ModelField, str] = {
    ModelField.SIZE: "540B; several: 8B; 62B; 540B",
    ModelField.ACCESS: "open, closed or api",
    ModelField.BASE_MODEL: "LLaMA | instruction tuning | + chat data",
    ModelField.PRETRAIN_DATA: "768B tokens",
    ModelField.RELEASE: "2022-04-04",
    ModelField.HARDWARE: "1024 TPU v3",
    ModelField.TRAINING_TIME: "57.7 days",
    ModelField.INSTRUCTION_TUNING: "yes or no",
    ModelField.RLHF: "yes or no",
}
KEYS: Mapping[str, str] = {
    "a": "accept it under the name shown",
    "n": "accept it under another name",
    "r": "reject it, with a reason",
    "m": "merge it into a model that is known",
    "e": "set a field, whatever the abstract says",
    "s, space": "skip it: decide another day",
    "u": "undo the last decision of this session",
    "o": "open its page at arXiv",
    "j, k, arrows": "the next, the one before",
    "PgDn, PgUp": "scroll",
    "?": "these keys",
    "q": "quit; all decisions are in the file already",
}
_ARROWS = {"\x1b[A": "k", "\x1b[B": "j", "\x1b[C": "j", "\x1b[D": "k"}
_ARROWS |= {"\x1bO" + code[-1]: key for code, key in _ARROWS.items()}
_WINDOWS = {"H": "k", "P": "j", "M": "j", "K": "k", "Q": "pgdn", "I": "pgup"}
_ARROWS |= {mark + code: key for mark in "\xe0\0" for code, key in _WINDOWS.items()}
_ARROWS |= {"\x1b[6~": "pgdn", "\x06": "pgdn", "\x1b[5~": "pgup", "\x02": "pgup"}


class Mode(Enum):
    """What a key is taken for."""

    BROWSE = auto()
    REASON = auto()  # one of `REASONS`
    FIELD = auto()  # one of `FIELDS`
    HELP = auto()


class Question(Enum):
    """What a line is asked for."""

    NAME = "name"
    REASON = "reason"
    MERGE = "merge into"
    FIELD = "field"
    VALUE = "value"
    BECAUSE = "because"


@dataclass(frozen=True, slots=True)
class Done:
    """A decision of this session: where, and what was written for it."""

    place: int
    decisions: tuple[Decision, ...]
    said: str


@dataclass(frozen=True, slots=True)
class State:
    """The review at one moment."""

    items: tuple[ReviewItem, ...]
    who: str
    names: Mapping[str, str] = field(default_factory=dict)  # what papers' models are called here
    papers: Mapping[str, str] = field(default_factory=dict)  # of known models
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # set anew before each key
    place: int = 0
    top: int = 0  # lines scrolled away
    mode: Mode = Mode.BROWSE
    said: str = ""  # the line at the bottom
    done: tuple[Done, ...] = ()
    chosen: ModelField | str = ""  # the field being set, as named
    written: str = ""  # its value, as typed

    @property
    def item(self) -> ReviewItem:
        """The proposal on the screen."""
        return self.items[self.place]

    @property
    def name(self) -> str:
        """What the proposal is called: as decided here, as in the library, as in the paper."""
        for one in reversed(self.done):
            if one.place == self.place and one.decisions[0].kind is DecisionKind.ACCEPT:
                return one.decisions[0].model
        return self.names.get(self.item.arxiv_id, self.item.name)

    def answer(self, place: int) -> str:
        """What was said of a proposal: in this session, else before."""
        said = [one.said for one in self.done if one.place == place]
        return said[-1] if said else self.items[place].decided

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to decide."""
        return all(self.answer(place) for place in range(len(self.items)))


@dataclass(frozen=True, slots=True)
class Save:
    """Write decisions to the curation file."""

    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take decisions out of the curation file again."""

    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Have a line typed; an empty one stands for `default`, and without one gives up."""

    question: Question
    prompt: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """Show a page in the browser."""

    url: str


@dataclass(frozen=True, slots=True)
class Quit:
    """End the review."""


Effect = Save | Withdraw | Ask | Open | Quit
Step = tuple[State, tuple[Effect, ...]]


def split_keys(read: str) -> list[str]:
    """The keys in what a terminal gave at once: fast typing comes together."""
    keys, rest = [], read
    while rest:
        code = next((code for code in _ARROWS if rest.startswith(code)), rest[0])
        if code == "\x1b" and len(rest) > 1:  # a key that means nothing here: Home, F5 ...
            code = rest
        keys.append(_ARROWS.get(code, code))
        rest = rest[len(code) :]
    return keys


def step(state: State, key: str) -> Step:
    """What becomes of the review when a key is pressed."""
    state = replace(state, said="")
    match state.mode:
        case Mode.HELP:
            return replace(state, mode=Mode.BROWSE), ()
        case Mode.REASON:
            return _step_reason(replace(state, mode=Mode.BROWSE), key)
        case Mode.FIELD:
            return _step_field(replace(state, mode=Mode.BROWSE), key)
        case _:
            return _BROWSE.get(key, _ignore)(state)


def _step_reason(state: State, key: str) -> Step:
    if key == "t":
        return state, (Ask(Question.REASON, "because: "),)
    if key in REASONS:
        return _reject(state, REASONS[key])
    return replace(state, said="not rejected"), ()


def _step_field(state: State, key: str) -> Step:
    if key == "t":
        return state, (Ask(Question.FIELD, "field, such as release:weights_release: "),)
    if key in FIELDS:
        return _ask_value(state, FIELDS[key])
    return replace(state, said="nothing set"), ()


def answer(state: State, question: Question, text: str) -> Step:
    """What becomes of the review when a line was typed; ValueError if it cannot be used."""
    text = text.strip()
    if not text:
        return replace(state, said="left as it was"), ()
    match question:
        case Question.NAME:
            return _accept(state, _free_name(state, text))
        case Question.REASON:
            return _reject(state, text)
        case Question.MERGE:
            return _merge(state, text)
        case Question.FIELD:
            parse_field(text)
            return _ask_value(state, text)
        case Question.VALUE:
            _values(state.chosen, text)
            asked = Ask(Question.BECAUSE, f"because ({SET_REASON}): ", SET_REASON)
            return replace(state, written=text), (asked,)
        case Question.BECAUSE:
            return _set(state, text)


# --- keys that only look --------------------------------------------------------------------------


def _ignore(state: State) -> Step:
    return replace(state, said="? shows the keys"), ()


def _go(places: int) -> Callable[[State], Step]:
    def move(state: State) -> Step:
        place = min(max(state.place + places, 0), len(state.items) - 1)
        said = "" if place != state.place else "there are no more"
        return replace(state, place=place, top=0, said=said), ()

    return move


def _scroll(lines: int) -> Callable[[State], Step]:
    return lambda state: (replace(state, top=max(state.top + lines, 0)), ())


def _enter(mode: Mode) -> Callable[[State], Step]:
    return lambda state: (replace(state, mode=mode), ())


def _open(state: State) -> Step:
    url = url_of(state.item.arxiv_id, state.item.version or None)
    return replace(state, said=url), (Open(url),)


# --- decisions ------------------------------------------------------------------------------------


def _accept_as_named(state: State) -> Step:
    if not state.name:
        return _ask_name(state)
    return _accept(state, state.name)


def _ask_name(state: State) -> Step:
    return state, (Ask(Question.NAME, "its name: "),)


def _accept(state: State, name: str) -> Step:
    decision = _decision(state, DecisionKind.ACCEPT, model=name, because=ACCEPTED)
    return _decided(state, (decision,), f"accepted as {name}")


def _free_name(state: State, name: str) -> str:
    paper = state.papers.get(name, state.item.arxiv_id)
    if paper != state.item.arxiv_id:
        raise ValueError(f"{name} is known, from {paper}: another name, or m to merge")
    return name


def _reject(state: State, because: str) -> Step:
    name = state.name or state.item.title
    decision = _decision(state, DecisionKind.REJECT, model=name, because=because)
    return _decided(state, (decision,), f"rejected: {because}")


def _ask_merge(state: State) -> Step:
    known = state.item.known
    prompt = f"merge into ({known}): " if known else "merge into: "
    return state, (Ask(Question.MERGE, prompt, known),)


def _merge(state: State, target: str) -> Step:
    """A paper without a name of its own simply becomes another paper of the model."""
    kind = DecisionKind.MERGE if state.name else DecisionKind.ACCEPT
    value = target if state.name else None
    decision = _decision(state, kind, model=state.name or target, because=ACCEPTED, value=value)
    return _decided(state, (decision,), f"merged into {target}")


def _ask_value(state: State, name: ModelField | str) -> Step:
    if not state.name:
        return replace(state, said="it has no name yet: n accepts it under one"), ()
    example = EXAMPLES.get(parse_field(name)[0], "")
    prompt = f"{name} ({example}): " if example else f"{name}: "
    return replace(state, chosen=name), (Ask(Question.VALUE, prompt),)


def _values(name: str, text: str) -> list[ClaimValue]:
    found, detail = parse_field(name)
    return [parse_value(found, one.strip(), detail) for one in text.split(";") if one.strip()]


def _set(state: State, because: str) -> Step:
    """The proposal stays on the screen: it is described better, and not yet decided."""
    found, _ = parse_field(state.chosen)
    decisions = tuple(
        replace(
            _decision(state, DecisionKind.SET, model=state.name, because=because, value=value),
            field=found,
        )
        for value in _values(state.chosen, state.written)
    )
    said = f"{state.chosen} = {state.written}"
    done = Done(state.place, decisions, state.answer(state.place))
    return replace(state, said=said, done=(*state.done, done)), (Save(decisions),)


def _decision(
    state: State,
    kind: DecisionKind,
    *,
    model: str,
    because: str,
    value: ClaimValue | None = None,
) -> Decision:
    item = state.item
    version = f"v{item.version}" if item.version else ""
    return Decision(
        *(kind, model, state.who, _moment(state), because),
        paper=item.arxiv_id,
        value=value,
        evidence=f"{item.arxiv_id}{version}",
    )


def _moment(state: State) -> datetime:
    """Later than the decision before: the last one counts, and clocks go by seconds."""
    before = [one.decisions[-1].when for one in state.done[-1:]]
    return max([state.now, *(when + timedelta(seconds=1) for when in before)])


def _decided(state: State, decisions: tuple[Decision, ...], said: str) -> Step:
    done = (*state.done, Done(state.place, decisions, said))
    after = replace(state, done=done)
    place = _next_open(after)
    name = decisions[0].model
    return replace(after, place=place, top=0, said=f"{name}: {said}"), (Save(decisions),)


def _next_open(state: State) -> int:
    """The next proposal that waits, from the top again at the end; the same if none does."""
    count = len(state.items)
    around = [(state.place + further) % count for further in range(1, count)]
    return next((place for place in around if not state.answer(place)), state.place)


def _undo(state: State) -> Step:
    if not state.done:
        return replace(state, said="nothing was decided in this session"), ()
    last = state.done[-1]
    said = f"taken back: {last.decisions[0].kind} {last.decisions[0].model}"
    after = replace(state, done=state.done[:-1], place=last.place, top=0, said=said)
    return after, (Withdraw(last.decisions),)


def _quit(state: State) -> Step:
    return state, (Quit(),)


PAGE = 8  # lines that a page key scrolls: of the abstract, not of the whole screen
_BROWSE: Mapping[str, Callable[[State], Step]] = MappingProxyType(
    {
        "a": _accept_as_named,
        "n": _ask_name,
        "r": _enter(Mode.REASON),
        "m": _ask_merge,
        "e": _enter(Mode.FIELD),
        "s": _go(1),
        " ": _go(1),
        "u": _undo,
        "o": _open,
        "j": _go(1),
        "k": _go(-1),
        "pgdn": _scroll(PAGE),
        "pgup": _scroll(-PAGE),
        "?": _enter(Mode.HELP),
        "q": _quit,
    }
)


def summary(done: Sequence[Done]) -> str:
    """What a session decided, in a line."""
    kinds = [one.decisions[0].kind for one in done]
    words = {
        DecisionKind.ACCEPT: "accepted",
        DecisionKind.REJECT: "rejected",
        DecisionKind.MERGE: "merged",
        DecisionKind.SET: "set",
    }
    counts = [f"{word} {kinds.count(kind)}" for kind, word in words.items() if kind in kinds]
    return ", ".join(counts) or "nothing decided"
