"""Which models of a series stand where: the lane of models, boxes of members, products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from littrack.present.family_figure.graph import Edge, Graph
from littrack.present.family_figure.words import Strand

ALONE = ""  # the box of those of whom no relation is known


@dataclass(frozen=True, slots=True)
class Parts:
    """Names in the figure's order."""

    lane: tuple[str, ...]
    boxes: Mapping[str, tuple[str, ...]]  # by the series: its members
    products: tuple[str, ...]


def part_series(graph: Graph) -> Parts:
    """Members stand in a box with what comes of them alone; products stand at the end."""
    products = _products(graph.edges)
    boxes: dict[str, tuple[str, ...]] = {}
    taken = set(products)
    for series, members in _members(graph.edges).items():
        if series not in taken:
            inside = _with_offspring({m for m in members if m not in taken}, graph.edges, taken)
            inside.discard(series)
            boxes[series] = tuple(name for name in graph.nodes if name in inside)
            taken |= inside
    boxes = {series: names for series, names in boxes.items() if names}
    linked = {name for edge in graph.edges for name in (edge.parent, edge.child)}
    alone = tuple(name for name in graph.nodes if name not in linked)
    if linked and alone:
        boxes[ALONE] = alone
        taken |= set(alone)
    lane = tuple(name for name in graph.nodes if name not in taken)
    return Parts(lane, boxes, products)


def _products(edges: Sequence[Edge]) -> tuple[str, ...]:
    parents = {edge.parent for edge in edges if edge.strand is not Strand.PRODUCT}
    found = [edge.child for edge in edges if edge.strand is Strand.PRODUCT]
    return tuple(name for name in dict.fromkeys(found) if name not in parents)


def _members(edges: Sequence[Edge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.strand is Strand.MEMBER:
            found[edge.parent].add(edge.child)
    return found


def _with_offspring(members: set[str], edges: Sequence[Edge], taken: Collection[str]) -> set[str]:
    """Members and, again and again, what is built on nothing but them."""
    parents: dict[str, set[str]] = defaultdict(set)
    barred = set(taken)
    for edge in edges:
        if edge.strand is Strand.SUCCESSION:
            barred.add(edge.child)  # the next of the lane, not one more of the box
        elif edge.strand in (Strand.WEIGHTS, Strand.CONTINUED):
            parents[edge.child].add(edge.parent)
    inside = set(members)
    while True:
        found = {name for name, of in parents.items() if of <= inside} - inside - barred
        if not found:
            return inside
        inside |= found


def find_spine(names: Collection[str], edges: Sequence[Edge]) -> list[tuple[str, str]]:
    """The longest way through the models by (parent, child); succession counts double."""
    inside = [edge for edge in edges if edge.parent in names and edge.child in names]
    weight = {
        (edge.parent, edge.child): 2.0 if edge.strand is Strand.SUCCESSION else 1.0
        for edge in inside
    }
    best: dict[str, tuple[float, str | None]] = {}

    def length(name: str, above: tuple[str, ...]) -> float:
        if name not in best:
            best[name] = (0.0, None)
            for parent, child in weight:
                if child == name and parent not in above:
                    reach = length(parent, (*above, name)) + weight[parent, child]
                    if reach > best[name][0]:
                        best[name] = (reach, parent)
        return best[name][0]

    if not names:
        return []
    end = max(names, key=lambda name: length(name, ()))
    spine: list[tuple[str, str]] = []
    while (parent := best[end][1]) is not None and len(spine) < len(names):
        spine.append((parent, end))
        end = parent
    return spine[::-1]
