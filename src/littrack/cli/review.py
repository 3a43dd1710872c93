"""The review at the terminal: one proposal a screen, one key a decision.

Each decision is in the curation file before the next screen is drawn, so that nothing is lost
whenever the review ends. What the keys do: `review_keys`. How it looks: `review_screen`.
"""

from __future__ import annotations

import signal
import webbrowser
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType

import typer
from rich.console import Console

from littrack.claims import Decision, Model
from littrack.cli.review_keys import (
    Ask,
    Effect,
    Open,
    Question,
    Quit,
    Save,
    State,
    Withdraw,
    answer,
    split_keys,
    step,
    summary,
)
from littrack.cli.review_screen import draw
from littrack.errors import LittrackError, NotFound
from littrack.sources.curation_file import withdraw_decisions
from littrack.steps.curate import ReviewItem, decide
from littrack.steps.models import curation_path, load_models, unknown_model
from littrack.steps.opening import OpenLibrary


def review(library: OpenLibrary, items: Sequence[ReviewItem], who: str) -> str:
    """Go through proposals with a person at a terminal; what was decided, in a line."""
    models = load_models(library).models
    papers = {model.name: model.paper for model in models if model.paper}
    state = State(tuple(items), who, _own_names(models), papers)
    console = Console()
    with suppress(ImportError):  # gives `input` its line editing
        import readline  # noqa: F401
    with console.screen(hide_cursor=False):
        state = _Session(library, console).run(state)
    return summary(state.done)


def _own_names(models: Sequence[Model]) -> dict[str, str]:
    """What the model of a paper is called here; papers with several models have none."""
    owners = Counter(model.paper for model in models)
    return {model.paper: model.name for model in models if model.paper and owners[model.paper] == 1}


class _Resized(Exception):
    """The terminal has another size now."""


class _Session:
    """Carries out what the keys ask for."""

    def __init__(self, library: OpenLibrary, console: Console) -> None:
        self._library, self._console = library, console
        self._keys, self._is_over = _Keys(), False

    def run(self, state: State) -> State:
        """Until the person quits."""
        with self._keys.watching():
            while True:
                state = draw(self._console, state)
                try:
                    keys = split_keys(self._keys.read())
                except _Resized:
                    continue
                except EOFError:
                    return state
                for key in keys:
                    state = self._press(state, key)
                    if self._is_over:
                        return state

    def _press(self, state: State, key: str) -> State:
        before = replace(state, now=self._library.now())
        after, effects = step(before, key)
        return self._carry_out(before, after, effects)

    def _carry_out(self, before: State, state: State, effects: Sequence[Effect]) -> State:
        """The state as it is then: as before if something could not be done."""
        for effect in effects:
            try:
                match effect:
                    case Save():
                        decide(self._library, effect.decisions)
                    case Withdraw():
                        self._withdraw(effect.decisions)
                    case Ask():
                        return self._ask(state, effect)
                    case Open():
                        state = replace(state, said=_open(effect.url))
                    case Quit():
                        self._is_over = True
            except LittrackError as exc:
                return replace(before, said=str(exc))
        return state

    def _withdraw(self, decisions: Sequence[Decision]) -> None:
        path = curation_path(self._library)
        with self._library.writing("littrack models review"):
            if not withdraw_decisions(path, decisions):
                raise LittrackError(f"{path.name} was edited since: take it out there by hand")

    def _ask(self, state: State, asked: Ask) -> State:
        """Until the answer can be used, or there is none."""
        while True:
            draw(self._console, state, asking=True)
            try:
                text = input(asked.prompt).strip() or asked.default
            except EOFError:
                text = ""
            try:
                if text and asked.question is Question.MERGE:
                    text = self._known(text)
                after, effects = answer(state, asked.question, text)
            except (ValueError, LittrackError) as exc:
                state = replace(state, said=str(exc))
                continue
            return self._carry_out(state, after, effects)

    def _known(self, name: str) -> str:
        """What the model is called here, by whatever name it was typed."""
        models = load_models(self._library)
        found = models.find(name)
        if found is None:
            raise NotFound(unknown_model(models, name))
        return found.name


class _Keys:
    """The keyboard of a terminal that may change its size: always heard, never lost."""

    def __init__(self) -> None:
        self._is_reading = self._is_resized = False

    def read(self) -> str:
        """What was typed; _Resized when the terminal changed its size before."""
        self._is_reading = True
        try:
            if self._is_resized:
                raise _Resized
            return typer.getchar()
        finally:
            self._is_reading = self._is_resized = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hear of changes of size while the block runs."""
        if not hasattr(signal, "SIGWINCH"):  # Windows: drawn anew with the next key
            yield
            return
        before = signal.signal(signal.SIGWINCH, self._resized)
        try:
            yield
        finally:
            signal.signal(signal.SIGWINCH, before)

    def _resized(self, _number: int, _frame: FrameType | None) -> None:
        self._is_resized = True
        if self._is_reading:
            raise _Resized


def _open(url: str) -> str:
    """Show a page; a browser that would take the terminal is left alone."""
    try:
        browser = webbrowser.get()
        in_terminal = type(browser) is webbrowser.GenericBrowser
        opened = not in_terminal and browser.open(url)
    except webbrowser.Error:
        opened = False
    return f"opened {url}" if opened else f"no browser here: {url}"
