"""The family as a Mermaid flow chart, which GitHub and many wikis draw."""

from __future__ import annotations

from collections.abc import Sequence

from littrack.claims import Model, Relation
from littrack.present.family_figure.graph import (
    AS_USUAL,
    Edge,
    FamilyOptions,
    Graph,
    Node,
    build_graph,
)
from littrack.present.family_figure.series import ALONE, part_series
from littrack.present.family_figure.words import COLOURS, Strand, say

_CLASSES = {
    "full": "fill:#fdeec9,stroke:#b98a2f,color:#1c2733",
    "efficient": "fill:#ffffff,stroke:#b98a2f,color:#1c2733",
    "plain": "fill:#eef1f4,stroke:#9aa5b1,color:#1c2733",
    "root": "fill:#27415f,stroke:#27415f,color:#ffffff",
    "unreviewed": "stroke-dasharray:4 3",
}


def render_family_mermaid(
    models: Sequence[Model],
    relations: Sequence[Relation],
    *,
    root: str,
    options: FamilyOptions = AS_USUAL,
) -> str:
    """A `flowchart`: solid arrows where the makers state a relation, dotted ones elsewhere."""
    graph = build_graph(models, relations, root, options)
    ids = {name: f"n{number}" for number, name in enumerate(graph.nodes, 1)}
    lines = [f"flowchart {'LR' if graph.runs_right else 'TD'}"]
    for title, names in groups_of(graph).items():
        inside = [f"  {_node(graph.nodes[name], ids)}" for name in names]
        heading = [f'  subgraph g{len(lines)}["{_quoted(title)}"]', *inside, "  end"]
        lines += heading if title else inside
    lines += [_arrow(edge, ids) for edge in graph.edges]
    lines += [f"  classDef {name} {style}" for name, style in _CLASSES.items()]
    lines += [line for node in graph.nodes.values() for line in _styles(node, graph.root, ids)]
    lines += [
        f"  linkStyle {number} stroke:{COLOURS[edge.strand]}"
        for number, edge in enumerate(graph.edges)
    ]
    return "".join(f"{line}\n" for line in lines)


def groups_of(graph: Graph) -> dict[str, list[str]]:
    """The nodes by the box that they stand in; "" is outside of all."""
    groups: dict[str, list[str]] = {"": []}
    if graph.runs_right:
        boxes = part_series(graph).boxes
        groups |= {series: list(names) for series, names in boxes.items() if series != ALONE}
    else:
        seeing = [name for name, node in graph.nodes.items() if node.multimodal]
        if len(seeing) > 1:
            groups[say("Multimodal models", graph.options.language)] = seeing
    grouped = {name for names in groups.values() for name in names}
    groups[""] = [name for name in graph.nodes if name not in grouped]
    return groups


def _node(node: Node, ids: dict[str, str]) -> str:
    words = "<br/>".join(_quoted(part) for part in (node.name, node.date, *node.tags) if part)
    return f'{ids[node.name]}["{words}"]'


def _arrow(edge: Edge, ids: dict[str, str]) -> str:
    arrow = "-->" if edge.explicit else "-.->"
    if edge.strand is Strand.PRODUCT:
        arrow = "==>"
    label = f'|"{_quoted(edge.label)}"|' if edge.label else ""
    return f"  {ids[edge.parent]} {arrow}{label} {ids[edge.child]}"


def _styles(node: Node, root: str, ids: dict[str, str]) -> list[str]:
    fill = {"full": "full", "parameter-efficient": "efficient"}.get(node.tuning, "plain")
    lines = [f"  class {ids[node.name]} {'root' if node.name == root else fill}"]
    if not node.reviewed:
        lines.append(f"  class {ids[node.name]} unreviewed")
    if node.address:
        lines.append(f'  click {ids[node.name]} href "{node.address.replace(chr(34), "%22")}"')
    return lines


def _quoted(text: str) -> str:
    """A text within quotes: Mermaid knows no backslash, it knows HTML's entities by number."""
    return "".join(f"#{ord(c)};" if c in '"#<>&`;' else c for c in " ".join(text.split()))
