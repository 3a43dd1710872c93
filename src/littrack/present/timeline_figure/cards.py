"""The boxes of the timeline: one model each, its name above who made it, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from littrack.claims import Model, ModelField
from littrack.present.svg import shorten, text_width, wrap

# At 960 pixels to 17 cm, the width of an A4 page's text, 13 pixels are 6.5 points.
NAME_SIZE = ORGANISATION_SIZE = 13.0
NAME_LINE, ORGANISATION_LINE = 14.5, 13.5
PAD_LEFT, PAD_RIGHT, PAD_TOP, PAD_BOTTOM = 8.0, 5.0, 2.5, 3.5
_NAME_ROOM, _NAME_LINES = 110.0, 3
_ORGANISATION_ROOM = 76.0  # or as much as the name takes


@dataclass(frozen=True, slots=True)
class Card:
    """A model and the room its box takes."""

    model: Model
    name: tuple[str, ...]  # on so many lines
    width: float
    height: float
    has_organisation: bool


def measure_card(model: Model, *, organisation: bool) -> Card:
    """The box of a model: as wide as its name asks, within limits."""
    name = wrap(" ".join(model.name.split()), NAME_SIZE, _NAME_ROOM, lines=_NAME_LINES, bold=True)
    widths = [text_width(line, NAME_SIZE, bold=True) for line in name]
    shown = organisation and bool(model.organisation)
    if shown:
        widths.append(text_width(_makers(model, _ORGANISATION_ROOM), ORGANISATION_SIZE))
    height = PAD_TOP + PAD_BOTTOM + NAME_LINE * len(name) + ORGANISATION_LINE * shown
    return Card(model, tuple(name), PAD_LEFT + max(widths) + PAD_RIGHT, height, shown)


def organisation_line(card: Card, width: float) -> str:
    """Who made it, as far as a box of this width can say."""
    return _makers(card.model, width - PAD_LEFT - PAD_RIGHT) if card.has_organisation else ""


def _makers(model: Model, room: float) -> str:
    """All who made it; if that is too wide, the first and how many more: "Microsoft +1"."""
    if text_width(model.organisation, ORGANISATION_SIZE) <= room:
        return model.organisation
    names = [str(name) for name in model.values(ModelField.ORGANISATION)]
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    return shorten(names[0], ORGANISATION_SIZE, room - text_width(more, ORGANISATION_SIZE)) + more


def rows_height(cards: Sequence[Card], gap: float) -> float:
    """How high a column of cards is."""
    return sum(card.height for card in cards) + gap * max(0, len(cards) - 1)
