"""What stands below the timeline: what the boxes mean, and what the dates are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from littrack.claims import Model
from littrack.present.svg import text_width
from littrack.present.timeline_figure.layout import MARGIN, Layout
from littrack.present.timeline_figure.words import WORDS, FigureOptions, is_reviewed

SIZE = 13.0
SAMPLE_WIDTH, SAMPLE_HEIGHT = 22.0, 13.0
_SAMPLE_GAP, _GAP, _LINE, _ABOVE = 6.0, 24.0, 21.0, 24.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A sample box with what it means, or only text. ``y`` is the baseline."""

    text: str
    x: float
    y: float
    public: bool = False
    reviewed: bool = True
    has_sample: bool = True

    @property
    def text_x(self) -> float:
        """Where the text begins: after the sample."""
        return self.x + (SAMPLE_WIDTH + _SAMPLE_GAP) * self.has_sample


@dataclass(frozen=True, slots=True)
class Legend:
    """The entries in their places, and the size of the figure with them."""

    entries: tuple[Entry, ...]
    width: float
    height: float


def arrange_legend(layout: Layout, options: FigureOptions) -> Legend:
    """The entries on as many lines as the width of the figure asks."""
    models = [box.card.model for box in layout.boxes]
    entries: list[Entry] = []
    x, y, width = MARGIN, layout.height + _ABOVE, layout.width
    for entry in _entries(models, options):
        own = entry.text_x + text_width(entry.text, SIZE)
        if x > MARGIN and x + own + MARGIN > width:
            x, y = MARGIN, y + _LINE
        entries.append(Entry(entry.text, x, y, entry.public, entry.reviewed, entry.has_sample))
        width = max(width, x + own + MARGIN)
        x += own + _GAP
    return Legend(tuple(entries), width, y + MARGIN + 4.0)


def _entries(models: Sequence[Model], options: FigureOptions) -> Iterator[Entry]:
    """Only what the figure has, from left to right; their places are not known yet."""
    words = WORDS[options.language]
    if any(model.public for model in models):
        yield Entry(words.public, 0.0, 0.0, public=True)
    if any(model.public is False for model in models):
        unknown = any(model.public is None for model in models)
        yield Entry(words.other_or_unknown if unknown else words.other, 0.0, 0.0)
    elif models and not all(model.public for model in models):
        yield Entry(words.unknown, 0.0, 0.0)
    if not all(map(is_reviewed, models)):
        yield Entry(words.unreviewed, 0.0, 0.0, reviewed=False)
    yield Entry(words.rule, 0.0, 0.0, has_sample=False)
    if options.unplaced:
        yield Entry(words.unplaced.format(options.unplaced), 0.0, 0.0, has_sample=False)
