"""The family in Graphviz's DOT language, for those who want to lay it out otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from littrack.claims import Model, Relation
from littrack.present.family_figure.graph import AS_USUAL, Edge, FamilyOptions, Graph, build_graph
from littrack.present.family_figure.mermaid import groups_of
from littrack.present.family_figure.words import COLOURS, Strand


def render_family_dot(
    models: Sequence[Model],
    relations: Sequence[Relation],
    *,
    root: str,
    options: FamilyOptions = AS_USUAL,
) -> str:
    """A `digraph` with the figure's colours, dashes, boxes, tooltips and links."""
    graph = build_graph(models, relations, root, options)
    lines = [
        f"digraph {_quoted(root)} {{",
        f"  rankdir={'LR' if graph.runs_right else 'TB'};",
        '  node [shape=box, style="rounded,filled", fontname="Liberation Sans"];',
        '  edge [fontname="Liberation Sans"];',
    ]
    for number, (title, names) in enumerate(groups_of(graph).items()):
        inside = [_node(name, graph) for name in names]
        opening = [f"  subgraph cluster_{number} {{", f"  label={_quoted(title)}; style=dotted;"]
        lines += [*opening, *inside, "  }"] if title else inside
    lines += [*map(_arrow, graph.edges), "}"]
    return "".join(f"{line}\n" for line in lines)


def _node(name: str, graph: Graph) -> str:
    node = graph.nodes[name]
    label = "\n".join(part for part in (name, node.date, *node.tags) if part)
    fill = {"full": "#fdeec9", "parameter-efficient": "#ffffff"}.get(node.tuning, "#eef1f4")
    words = {"label": label, "fillcolor": fill, "tooltip": node.tooltip, "URL": node.address}
    if not node.reviewed:
        words["style"] = "rounded,filled,dashed"
    return f"  {_quoted(name)} [{_attributes(words)}];"


def _arrow(edge: Edge) -> str:
    words = {
        "label": edge.label or None,
        "color": COLOURS[edge.strand],
        "fontcolor": COLOURS[edge.strand],
        "style": None if edge.explicit else "dashed",
        "arrowhead": "empty" if edge.strand is Strand.DATA else None,
        "penwidth": "4" if edge.strand is Strand.PRODUCT else None,
        "tooltip": edge.tooltip,
    }
    return f"  {_quoted(edge.parent)} -> {_quoted(edge.child)} [{_attributes(words)}];"


def _attributes(words: dict[str, str | None]) -> str:
    return ", ".join(f"{key}={_quoted(value)}" for key, value in words.items() if value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
