"""A chart as a Vega-Lite specification, and as the SVG that Vega makes of it.

Axes, curves and marks are in the units of the data, so that the specification can be read and
changed; labels have been given their places before and stand at pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from littrack.present.charts.axes import TICK_SIZE
from littrack.present.charts.shapes import (
    FRAME,
    GRID,
    INK,
    STAR,
    STAR_COLOUR,
    STAR_RADIUS,
    Axis,
    Chart,
    Curve,
    Dots,
    Mark,
    Panel,
    Rule,
    Text,
    Vertex,
)
from littrack.present.svg import FONT_FAMILY, element, escape, number

Json = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_STAR = "M" + "L".join(f"{number(x)},{number(y)}" for x, y in STAR) + "Z"
_ROOT = re.compile(r"<svg [^>]*>")


def vega_lite_spec(chart: Chart, *, hover: bool = False) -> Json:
    """The specification; ``hover`` adds what a reader sees who points at a curve."""
    views = [_view(panel, hover=hover) for panel in chart.panels]
    first = chart.panels[0]
    views[0]["layer"] = [_canvas(chart), *views[0]["layer"]]
    views[0]["layer"] += _texts(chart.texts, first)
    return {
        "$schema": SCHEMA,
        "description": chart.title,
        "background": "white",
        "padding": 0,
        "config": {
            "aria": False,
            "font": FONT_FAMILY,
            "view": {"stroke": None},
            "axis": _AXIS,
        },
        "concat": views,
        "columns": chart.columns,
        "bounds": "flush",
        "spacing": _spacing(chart),
    }


_AXIS = {
    "labelFontSize": TICK_SIZE,
    "labelColor": INK,
    "gridColor": GRID,
    "domainColor": FRAME,
    "tickColor": FRAME,
    "tickSize": 4,
    "labelPadding": 3,
    "labelOverlap": False,
    "labelBound": False,
    "labelFlush": False,
    "title": None,
}


def draw_svg(chart: Chart) -> str:
    """The picture: the same bytes for the same chart."""
    import vl_convert  # 80 MB: only for those who want a picture

    svg: str = vl_convert.vegalite_to_svg(vega_lite_spec(chart))
    drawn = svg[_root(svg).end() :].removesuffix("</svg>")
    return (
        element(
            "svg",
            element("title", escape(chart.title))
            + element("desc", escape(chart.description))
            + drawn,
            xmlns="http://www.w3.org/2000/svg",
            width=chart.width,
            height=chart.height,
            viewBox=f"0 0 {chart.width:.2f} {chart.height:.2f}",
            role="img",
            lang=chart.tag,
        )
        + "\n"
    )


def _root(svg: str) -> re.Match[str]:
    found = _ROOT.match(svg)
    if found is None:
        raise ValueError("Vega's answer does not begin as an SVG file")
    return found


def _spacing(chart: Chart) -> Json:
    """The room between panels, which all have one size."""
    first = chart.panels[0].frame
    beside = chart.panels[1].frame if chart.columns > 1 and len(chart.panels) > 1 else None
    below = chart.panels[chart.columns].frame if len(chart.panels) > chart.columns else None
    return {
        "column": beside.left - first.right if beside else 0,
        "row": below.top - first.bottom if below else 0,
    }


def _canvas(chart: Chart) -> Json:
    """Nothing to be seen, as large as the chart: so the picture has its size."""
    frame = chart.panels[0].frame
    corners = {"x": -frame.left, "x2": chart.width - frame.left}
    corners |= {"y": -frame.top, "y2": chart.height - frame.top}
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rect", "fill": None, "stroke": None, "tooltip": None},
        "encoding": {key: {"value": value} for key, value in corners.items()},
    }


def _view(panel: Panel, *, hover: bool) -> Json:
    layers: list[Json] = [_frame(panel)]
    layers += [_rules(panel, list(rules)) for _, rules in groupby(panel.rules, _rule_style)]
    for curve in panel.curves:
        layers += _curve(panel, curve)
    layers += [_dots(panel, dots) for dots in panel.dots]
    for star, marks in groupby(sorted(panel.marks, key=_is_star), _is_star):
        layers.append(_marks(panel, list(marks), star=star))
    if hover:
        layers += [_hover(panel, curve) for curve in panel.curves if curve.vertices]
    layers += _texts((*panel.texts, *panel.labels), panel)
    frame = panel.frame
    return {
        "width": frame.right - frame.left,
        "height": frame.bottom - frame.top,
        "layer": layers,
    }


def _frame(panel: Panel) -> Json:
    """The axes, with a point that nobody sees: they are there even if there is no curve."""
    return {
        "data": {"values": [{"x": panel.x.low, "y": panel.y.low}]},
        "mark": {"type": "point", "size": 0, "opacity": 0, "tooltip": None},
        "encoding": _scales(panel),
    }


def _scales(panel: Panel) -> Json:
    return {"x": _channel("x", panel.x), "y": _channel("y", panel.y)}


def _channel(name: str, axis: Axis) -> Json:
    scale: Json = {"domain": [axis.low, axis.high], "nice": False, "zero": False}
    kind = "quantitative"
    if axis.is_time:
        scale, kind = {"type": "utc", "domain": [axis.low, axis.high], "nice": False}, "temporal"
    return {"field": name, "type": kind, "scale": scale, "axis": _axis(name, axis)}


def _axis(name: str, axis: Axis) -> Json | None:
    if not axis.ticks:
        return None
    unit = 1.0 if axis.is_time else axis.ticks[min(1, len(axis.ticks) - 1)][0] or 1.0
    labels = {str(round(value / unit)): label for value, label in axis.ticks}
    value = "time(datum.value)" if axis.is_time else f"round(datum.value / {unit!r})"
    return {
        "values": [value for value, _ in axis.ticks],
        "labelExpr": f"({_literal(labels)})[{value}]",
        "domain": name == "x",
        "ticks": name == "x",
    }


def _literal(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{key}': '{label}'" for key, label in labels.items()) + "}"


def _curve(panel: Panel, curve: Curve) -> Iterator[Json]:
    for partial in (False, True):
        runs = [run for run in curve.runs if run.partial == partial]
        rows = [
            {"x": one.x, "y": one.y, "run": number}
            for number, run in enumerate(runs)
            for one in run.vertices
        ]
        if rows:
            dashes = [2, 2] if partial else list(curve.style.dashes) or None
            mark = {"type": "line", "color": curve.style.colour, "strokeWidth": 1.8}
            mark |= {"strokeJoin": "round", **({"strokeDash": dashes} if dashes else {})}
            yield {
                "data": {"values": rows},
                "mark": mark,
                "encoding": {**_scales(panel), "detail": {"field": "run"}},
            }
    for vertices, fill in ((curve.filled, curve.style.colour), (curve.hollow, "white")):
        if vertices:
            mark = {"type": "point", "shape": "circle", "size": 22, "opacity": 1, "fill": fill}
            mark |= {"stroke": curve.style.colour, "strokeWidth": 1.4}
            rows = [{"x": one.x, "y": one.y} for one in vertices]
            yield {"data": {"values": rows}, "mark": mark, "encoding": _scales(panel)}
    yield from _bars(panel, curve)


def _bars(panel: Panel, curve: Curve) -> Iterator[Json]:
    for partial in (False, True):
        rows = [
            {"x": bar.start, "x2": bar.end, "y": bar.vertex.y}
            for bar in curve.bars
            if bar.partial == partial
        ]
        if rows:
            mark: Json = {"type": "rect", "fill": curve.style.colour}
            if partial:
                mark = {"type": "rect", "fill": "white", "stroke": curve.style.colour}
                mark |= {"strokeDash": [2, 2], "strokeWidth": 1.2}
            ends = {"x2": {"field": "x2"}, "y2": {"datum": 0}}
            yield {
                "data": {"values": rows},
                "mark": mark,
                "encoding": {**_scales(panel), **ends},
            }


def _dots(panel: Panel, dots: Dots) -> Json:
    return {
        "data": {"values": [{"x": x, "y": y} for x, y in dots.points]},
        "mark": {"type": "circle", "color": dots.colour, "size": 7, "opacity": 0.55},
        "encoding": {**_scales(panel), "tooltip": {"value": dots.name}},
    }


def _is_star(mark: Mark) -> bool:
    return mark.star


def _marks(panel: Panel, marks: Sequence[Mark], *, star: bool) -> Json:
    mark = {"type": "point", "shape": "circle", "size": 24, "fill": INK, "opacity": 1}
    if star:
        mark |= {"shape": _STAR, "size": 4 * STAR_RADIUS**2, "fill": STAR_COLOUR}
    mark |= {"stroke": INK if star else "white", "strokeWidth": 0.8}
    rows = [{"x": one.x, "y": one.y, "tip": f"{one.name}, {one.date}"} for one in marks]
    return {
        "data": {"values": rows},
        "mark": mark,
        "encoding": {**_scales(panel), "tooltip": {"field": "tip"}},
    }


def _hover(panel: Panel, curve: Curve) -> Json:
    """Unseen points, wide enough to be pointed at, that say what is known of their period."""
    vertices = [vertex for vertex in curve.vertices if vertex.facts]
    names = list(dict.fromkeys(name for vertex in vertices for name in vertex.facts))
    return {
        "data": {"values": [_facts(vertex, names) for vertex in vertices]},
        "mark": {"type": "point", "size": 60, "opacity": 0, "filled": True},
        "encoding": {
            **_scales(panel),
            "tooltip": [
                {"field": f"fact{number}", "title": name} for number, name in enumerate(names)
            ],
        },
    }


def _facts(vertex: Vertex, names: Sequence[str]) -> Json:
    facts = {f"fact{number}": vertex.facts.get(name, "") for number, name in enumerate(names)}
    return {"x": vertex.x, "y": vertex.y, **facts}


def _rule_style(rule: Rule) -> tuple[str, bool]:
    return rule.colour, rule.dotted


def _rules(panel: Panel, rules: Sequence[Rule]) -> Json:
    left, top = panel.frame.left, panel.frame.top
    rows = [
        {
            "px": rule.start[0] - left,
            "py": rule.start[1] - top,
            "px2": rule.end[0] - left,
            "py2": rule.end[1] - top,
        }
        for rule in rules
    ]
    mark: Json = {"type": "rule", "color": rules[0].colour, "strokeWidth": 0.8, "tooltip": None}
    if rules[0].dotted:
        mark["strokeDash"] = [1, 2]
    ends = {"x2": {"field": "px2"}, "y2": {"field": "py2"}}
    return {"data": {"values": rows}, "mark": mark, "encoding": {**_PIXELS, **ends}}


_PIXELS = {
    "x": {"field": "px", "type": "quantitative", "scale": None, "axis": None},
    "y": {"field": "py", "type": "quantitative", "scale": None, "axis": None},
}


def _text_style(text: Text) -> tuple[str, float, bool, str, bool]:
    return text.anchor, text.size, text.bold, text.colour, text.halo


def _texts(texts: Sequence[Text], panel: Panel) -> Iterator[Json]:
    """Texts at their places on the page, seen from a panel; those of one look together."""
    for (anchor, size, bold, colour, halo), group in groupby(texts, _text_style):
        rows = [
            {"px": text.x - panel.frame.left, "py": text.y - panel.frame.top, "text": text.text}
            for text in group
        ]
        mark: Json = {"type": "text", "fontSize": size, "baseline": "middle", "tooltip": None}
        mark["align"] = {"start": "left", "middle": "center", "end": "right"}[anchor]
        mark |= {"fontWeight": "bold"} if bold else {}
        encoding = {**_PIXELS, "text": {"field": "text"}}
        if halo:
            rim = {"stroke": "white", "strokeWidth": 2.5, "fill": "white", "strokeJoin": "round"}
            yield {"data": {"values": rows}, "mark": {**mark, **rim}, "encoding": encoding}
        yield {"data": {"values": rows}, "mark": {**mark, "color": colour}, "encoding": encoding}
