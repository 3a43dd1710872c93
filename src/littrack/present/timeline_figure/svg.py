"""The timeline as SVG: the same bytes for the same models."""

from __future__ import annotations

from littrack.claims import Model
from littrack.present.svg import FONT_FAMILY, element, escape, link, text_element
from littrack.present.timeline_figure.cards import (
    NAME_LINE,
    NAME_SIZE,
    ORGANISATION_SIZE,
    PAD_LEFT,
    PAD_TOP,
    organisation_line,
)
from littrack.present.timeline_figure.layout import (
    ARROW,
    AXIS_HEIGHT,
    MONTHS_SIZE,
    YEAR_SIZE,
    Band,
    Box,
    Bracket,
    arrange,
)
from littrack.present.timeline_figure.legend import (
    SAMPLE_HEIGHT,
    SAMPLE_WIDTH,
    SIZE,
    Entry,
    arrange_legend,
)
from littrack.present.timeline_figure.words import (
    WORDS,
    FigureOptions,
    Groups,
    Words,
    address,
    availability,
    dated,
    is_reviewed,
)

INK, QUIET, LINE = "#1b2733", "#55626e", "#8b97a3"
AXIS, MONTHS = "#33475b", "#e3e9ef"
PUBLIC_FILL, PUBLIC_LINE, PUBLIC_MARK = "#d6e8f5", "#5b9bc8", "#1f6fa8"
OTHER_LINE = "#b4bec8"
_CELLS = {True: (AXIS, "#ffffff", YEAR_SIZE, "bold"), False: (MONTHS, INK, MONTHS_SIZE, None)}
_MARK = 3.5  # width of the bar at the left of a public model
_RADIUS = 3.0


def render_timeline_svg(groups: Groups, *, options: FigureOptions | None = None) -> str:
    """The figure: an axis of spans, and above and below it each span's models, oldest first."""
    options = options or FigureOptions()
    words = WORDS[options.language]
    layout = arrange(groups, organisations=options.organisations)
    legend = arrange_legend(layout, options)
    width, height = legend.width, legend.height
    title = options.title or words.title
    parts = [
        element("title", escape(title)),
        element("desc", escape(_description(groups, words))),
        element("rect", width=width, height=height, fill="#ffffff"),
        *(_axis(band) for band in layout.bands),
        element("g", "".join(map(_bracket, layout.brackets)), fill="none", stroke=LINE),
        *(_box(box, words) for box in layout.boxes),
        element("g", "".join(map(_entry, legend.entries)), class_="legend"),
    ]
    return (
        element(
            "svg",
            "\n" + "\n".join(part for part in parts if part) + "\n",
            xmlns="http://www.w3.org/2000/svg",
            width=width,
            height=height,
            viewBox=f"0 0 {width:.2f} {height:.2f}",
            font_family=FONT_FAMILY,
            role="img",
            lang=words.tag,
        )
        + "\n"
    )


def _description(groups: Groups, words: Words) -> str:
    """The whole figure in words, for those who cannot see it."""
    spans = (
        f"{bucket}: " + ", ".join(model.name for model in group)
        for bucket, group in groups
        if group
    )
    return "; ".join(spans) + f". {words.rule}"


def _axis(band: Band) -> str:
    """One axis: dark cells for years, light ones for months."""
    parts = []
    for cell in band.cells:
        fill, ink, size, weight = _CELLS[cell.is_year]
        parts.append(
            element(
                "rect",
                x=cell.x,
                y=band.y,
                width=cell.width,
                height=AXIS_HEIGHT,
                fill=fill,
                stroke="#ffffff",
            )
        )
        parts.append(
            text_element(
                cell.label.replace("-", "–"),
                cell.x + cell.width / 2,
                band.y + AXIS_HEIGHT / 2 + size * 0.36,
                font_size=size,
                font_weight=weight,
                fill=ink,
                text_anchor="middle",
            )
        )
    return element("g", "".join([*parts, _arrow(band)]), class_="axis")


def _arrow(band: Band) -> str:
    """Time goes on to the right: on the next axis, or where nobody has been yet."""
    x, y = band.end, band.y
    points = [(x, y), (x + ARROW, y + AXIS_HEIGHT / 2), (x, y + AXIS_HEIGHT)]
    path = " ".join(f"{px:.2f},{py:.2f}" for px, py in points)
    return element("polygon", points=path, fill=AXIS if band.last else LINE)


def _bracket(bracket: Bracket) -> str:
    """From the axis to the stack, and along it with a short hook at each end."""
    path = (
        f"M{bracket.tick:.2f} {bracket.axis:.2f}V{bracket.bar:.2f}M{bracket.left:.2f} "
        f"{bracket.hook:.2f}V{bracket.bar:.2f}H{bracket.right:.2f}V{bracket.hook:.2f}"
    )
    return element("path", d=path)


def _box(box: Box, words: Words) -> str:
    """A model: its name, who made it, a tooltip, and the way to its paper."""
    card = box.card
    parts = [
        element("title", escape(_tooltip(card.model, words))),
        _frame(
            *(box.x, box.y, box.width, card.height),
            public=card.model.public is True,
            reviewed=is_reviewed(card.model),
        ),
    ]
    y = box.y + PAD_TOP + NAME_SIZE * 0.9
    for line in card.name:
        parts.append(
            text_element(
                line, box.x + PAD_LEFT, y, font_size=NAME_SIZE, font_weight="bold", fill=INK
            )
        )
        y += NAME_LINE
    if card.has_organisation:
        parts.append(
            text_element(
                organisation_line(card, box.width),
                box.x + PAD_LEFT,
                y - 0.5,
                font_size=ORGANISATION_SIZE,
                fill=QUIET,
            )
        )
    return link(element("g", "".join(parts), class_="model"), address(card.model))


def _frame(x: float, y: float, width: float, height: float, *, public: bool, reviewed: bool) -> str:
    """The outline: filled and marked if public, dashed if nobody has reviewed it yet."""
    frame = element(
        "rect",
        x=x + 0.5,
        y=y + 0.5,
        width=width - 1,
        height=height - 1,
        rx=_RADIUS,
        fill=PUBLIC_FILL if public else "#ffffff",
        stroke=(PUBLIC_LINE if public else OTHER_LINE) if reviewed else INK,
        stroke_dasharray=None if reviewed else "3 2",
    )
    if not public:
        return frame
    bar = element(
        "rect", x=x + 2, y=y + 3, width=_MARK, height=height - 6, rx=1.5, fill=PUBLIC_MARK
    )
    return frame + bar


def _tooltip(model: Model, words: Words) -> str:
    lines = [model.name, model.organisation, dated(model, words), availability(model, words)]
    if not is_reviewed(model):
        lines.append(words.statuses[model.status])
    if model.withdrawn:
        lines.append(words.withdrawn)
    return "\n".join(line for line in lines if line)


def _entry(entry: Entry) -> str:
    """A sample box and what it means."""
    text = text_element(entry.text, entry.text_x, entry.y, font_size=SIZE, fill=INK)
    if not entry.has_sample:
        return text
    place = (entry.x, entry.y - SAMPLE_HEIGHT + 2, SAMPLE_WIDTH, SAMPLE_HEIGHT)
    return _frame(*place, public=entry.public, reviewed=entry.reviewed) + text
