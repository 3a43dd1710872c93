"""The family as a tree for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from littrack.claims import Model, Relation
from littrack.present.family_figure.graph import AS_USUAL, Edge, FamilyOptions, Graph, build_graph
from littrack.present.family_figure.words import label_words, say

_MARK = "↑"


def render_family_text(
    models: Sequence[Model],
    relations: Sequence[Relation],
    *,
    root: str,
    options: FamilyOptions = AS_USUAL,
) -> str:
    """A tree with a line for each edge: ``├─`` where the makers state it, ``├╌`` elsewhere.

    A model with several parents stands below each of them; where it has stood before it bears
    a mark, and its own children are not repeated.
    """
    graph = build_graph(models, relations, root, options)
    lines: list[str] = []
    shown: set[str] = set()
    for name in _starts(graph):
        if name not in shown:
            lines += [_node_words(name, graph), *_branches(name, "", graph, shown)]
    language = options.language
    keys = f"─ {say('stated by the makers', language)}  ╌ {say('reported or inferred', language)}"
    if any(line.endswith(_MARK) for line in lines):
        keys += f"  {_MARK} {say('shown above', language)}"
    return "".join(f"{line}\n" for line in (*lines, "", keys))


def _starts(graph: Graph) -> list[str]:
    """The root, what has no parent, and whatever only a circle leads to."""
    children = {edge.child for edge in graph.edges}
    tops = [name for name in graph.nodes if name not in children]
    first = [graph.root] if graph.root in graph.nodes else []
    return [*first, *tops, *graph.nodes]


def _branches(name: str, indent: str, graph: Graph, shown: set[str]) -> list[str]:
    shown.add(name)
    edges = [edge for edge in graph.edges if edge.parent == name]
    lines = []
    for number, edge in enumerate(edges):
        is_last = number == len(edges) - 1
        corner = "└" if is_last else "├"
        again = edge.child in shown
        words = f"{_node_words(edge.child, graph)}  {_edge_words(edge, graph.options.language)}"
        dash = "─" if edge.explicit else "╌"
        lines.append(f"{indent}{corner}{dash} {words}{f' {_MARK}' if again else ''}")
        if not again:
            lines += _branches(edge.child, indent + ("   " if is_last else "│  "), graph, shown)
    return lines


def _node_words(name: str, graph: Graph) -> str:
    node = graph.nodes[name]
    return "  ".join(part for part in (name, node.date, ", ".join(node.tags)) if part)


def _edge_words(edge: Edge, language: str) -> str:
    parts = []
    for relation in edge.relations:
        label = label_words(relation.label, language)
        parts.append(say(relation.kind, language) + (f" ({label})" if label else ""))
    return ", ".join(parts)
