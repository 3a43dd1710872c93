"""The graph as it is drawn: nodes with their texts, edges merged by what the eye can tell apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from littrack.claims import (
    Claim,
    Model,
    ModelField,
    ModelKind,
    ModelStatus,
    Relation,
    RelationKind,
)
from littrack.errors import InputError
from littrack.identifiers import parse_arxiv_id, url_of
from littrack.present.family_figure.words import (
    SAID_BY_LABEL,
    STRANDS,
    Strand,
    basis_name,
    label_words,
    say,
)

MULTIMODAL = "multimodal"


@dataclass(frozen=True, slots=True)
class FamilyOptions:
    """How the figure is drawn."""

    orientation: Literal["auto", "right", "down"] = "auto"  # series run right, families down
    language: Literal["en", "zh"] = "en"
    width: float = 960.0  # CSS pixels that the figure keeps to where it can
    caption: str | None = None  # None: one that counts and explains; "": none
    legend: bool = True


AS_USUAL = FamilyOptions()


@dataclass(frozen=True, slots=True)
class Node:
    """A model as it is drawn."""

    name: str
    date: str  # "2022.03"
    caption: tuple[str, ...]  # lines
    tags: tuple[str, ...]  # domains
    tuning: str  # "full", "parameter-efficient" or ""
    kind: ModelKind
    reviewed: bool
    multimodal: bool
    tooltip: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """All relations between two models that have one colour."""

    parent: str
    child: str
    strand: Strand
    label: str
    explicit: bool
    relations: tuple[Relation, ...]
    tooltip: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by name, and the edges between them."""

    root: str
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    options: FamilyOptions

    @property
    def runs_right(self) -> bool:
        """Whether it is drawn as a series, from left to right."""
        if self.options.orientation != "auto":
            return self.options.orientation == "right"
        serial = [one for one in self.edges if one.strand in (Strand.SUCCESSION, Strand.MEMBER)]
        return 3 * len(serial) >= len(self.edges) > 0


def build_graph(
    models: Sequence[Model], relations: Sequence[Relation], root: str, options: FamilyOptions
) -> Graph:
    """Nodes and edges of a figure; relations that lead out of ``models`` are left out."""
    names = {model.name for model in models}
    inside = [one for one in relations if {one.child, one.parent} <= names]
    seeing = {one.child for one in inside if one.kind is RelationKind.MULTIMODAL}
    nodes = {
        model.name: _node(model, options.language, multimodal=model.name in seeing)
        for model in models
    }
    pairs: dict[tuple[str, str, Strand], list[Relation]] = {}
    for relation in inside:
        if relation.child != relation.parent:
            key = (relation.parent, relation.child, STRANDS[relation.kind])
            pairs.setdefault(key, []).append(relation)
    edges = tuple(_edge(*key, found, options.language) for key, found in pairs.items())
    return Graph(root, nodes, edges, options)


def _node(model: Model, language: str, *, multimodal: bool) -> Node:
    parts = re.split(r"[\n;；，、]|,\s", str(model.value(ModelField.CAPTION) or ""))
    domains = [str(one) for one in model.values(ModelField.DOMAIN)]
    tags = [say(one.lower(), language) for one in domains if one.casefold() != MULTIMODAL]
    return Node(
        name=model.name,
        date=str(model.release).replace("-", ".")[:7] if model.release else "",
        caption=tuple(part.strip() for part in parts if part.strip()),
        tags=tuple(dict.fromkeys(tags)),
        tuning=str(model.value(ModelField.TUNING) or ""),
        kind=model.kind,
        reviewed=model.status is ModelStatus.CURATED,
        multimodal=multimodal or len(tags) < len(domains),
        tooltip=_node_tooltip(model, language),
        address=_address(model),
    )


def _node_tooltip(model: Model, language: str) -> str:
    lines = [model.name]
    if model.release is not None:
        lines.append(f"{model.release} ({model.release.kind})")
    if model.organisation:
        lines.append(model.organisation)
    if model.status is not ModelStatus.CURATED:
        lines.append(say("not reviewed yet", language))
    return "\n".join(lines)


def _address(model: Model) -> str | None:
    return web_address(model.paper or str(model.value(ModelField.LINK) or ""))


def web_address(source: str) -> str | None:
    """Where a source can be read: an address as it is, an arXiv id as its page."""
    if re.match(r"https?://\S+$", source):
        return source
    try:
        return url_of(parse_arxiv_id(source))
    except InputError:
        return None


def _edge(
    parent: str, child: str, strand: Strand, relations: Sequence[Relation], language: str
) -> Edge:
    label = _label(relations)
    return Edge(
        parent,
        child,
        strand,
        label_words(label, language),
        any(relation.explicit for relation in relations),
        tuple(relations),
        "\n".join(relation_words(relation, language) for relation in relations),
    )


def _label(relations: Sequence[Relation]) -> str:
    """What the relations are labelled, each label once; else the kinds that no colour tells."""
    labels: dict[str, str] = {}
    for relation in relations:
        labels.setdefault(relation.label.lstrip("+ ").casefold(), relation.label)
    labels.pop("", None)
    kinds = [str(one.kind) for one in relations if one.kind in SAID_BY_LABEL]
    return ", ".join(labels.values() if labels else dict.fromkeys(kinds))


def relation_words(relation: Relation, language: str) -> str:
    """``Alpaca ← LLaMA: instruction tuning``, and what each claim says, a line each."""
    label = f" ({label_words(relation.label, language)})" if relation.label else ""
    head = f"{relation.child} ← {relation.parent}: {say(relation.kind, language)}{label}"
    return "\n".join((head, *(claim_words(claim, language) for claim in relation.claims)))


def claim_words(claim: Claim, language: str) -> str:
    """Who says so and how: ``stated by the makers: 2303.16199v1, abstract: "..."``."""
    evidence = claim.evidence
    place = ", ".join(part for part in (evidence.source, evidence.locator) if part)
    quoted = f': "{evidence.sentence}"' if evidence.sentence else ""
    return f"{basis_name(evidence.basis, language)}: {place}{quoted}"
