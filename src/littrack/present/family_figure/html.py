"""The figure as a page of its own: the drawing, and below it every edge with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from littrack.claims import Basis, Claim, Model, Relation
from littrack.present.family_figure.graph import AS_USUAL, FamilyOptions, build_graph, web_address
from littrack.present.family_figure.svg import caption_of, render_family_svg
from littrack.present.family_figure.words import basis_name, label_words, say
from littrack.present.svg import FONT_FAMILY, element, escape, link

_STYLE = f"""
body {{ font: 15px/1.5 {FONT_FAMILY}; color: #1c2733; margin: 2rem auto; max-width: 72rem;
  padding: 0 1rem; }}
figure {{ margin: 0; overflow-x: auto; }}
svg {{ max-width: 100%; height: auto; }}
h2 {{ font-size: 1.15rem; margin-top: 2rem; }}
table {{ border-collapse: collapse; width: 100%; font-size: 0.87rem; }}
th, td {{ border-bottom: 1px solid #d7dde3; padding: 0.35rem 0.6rem; text-align: left;
  vertical-align: top; }}
th {{ color: #5d6975; }}
q {{ color: #3c4955; }}
tr.weak td:nth-child(3) {{ font-style: italic; }}
"""
_HEADINGS = ("Child", "Parent", "Relation", "Label", "Evidence", "Source", "Sentence")


def render_family_html(
    models: Sequence[Model],
    relations: Sequence[Relation],
    *,
    root: str,
    options: FamilyOptions = AS_USUAL,
) -> str:
    """A page that needs nothing else, no script either: the figure and a table of its edges."""
    graph = build_graph(models, relations, root, options)
    language = options.language
    shown = [relation for edge in graph.edges for relation in edge.relations]
    title = f"{root}: {say('Relations and what they rest on', language)}"
    rows = "\n".join(row for relation in shown for row in _rows(relation, language))
    heads = "".join(element("th", escape(say(word, language)), scope="col") for word in _HEADINGS)
    table = element("table", f"\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n")
    figure = render_family_svg(models, relations, root=root, options=options)
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="{"zh-Hans" if language == "zh" else "en"}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<figure aria-label="{escape(caption_of(graph))}">\n{figure}</figure>\n'
        f"<h2>{escape(say('Relations and what they rest on', language))}</h2>\n{table}\n"
        "</body>\n</html>\n"
    )


def _rows(relation: Relation, language: str) -> Iterator[str]:
    """A row for each claim behind an edge; one that says so where there is none."""
    head = [
        escape(relation.child),
        escape(relation.parent),
        escape(say(relation.kind, language)),
        escape(label_words(relation.label, language)),
    ]
    for number, claim in enumerate(relation.claims):
        yield _row([*(head if number == 0 else [""] * 4), *_evidence(claim, language)], relation)
    if not relation.claims:
        yield _row([*head, escape(say("no claim", language)), "", ""], relation)


def _row(cells: Sequence[str], relation: Relation) -> str:
    row = "".join(element("td", cell) for cell in cells)
    return element("tr", row, class_=None if relation.explicit else "weak")


def _evidence(claim: Claim, language: str) -> list[str]:
    evidence = claim.evidence
    basis = basis_name(evidence.basis, language)
    strength = element("strong", basis) if evidence.basis is Basis.STATED else basis
    place = ", ".join(part for part in (evidence.source, evidence.locator) if part)
    quoted = element("q", escape(evidence.sentence)) if evidence.sentence else ""
    return [strength, link(escape(place), web_address(evidence.source)), quoted]
