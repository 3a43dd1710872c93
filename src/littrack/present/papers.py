"""Papers as objects for scripts and as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from littrack.present.hit_lines import write_sum
from littrack.present.tables import Table, display_width
from littrack.records import Hit, Paper, PaperVersion

WIDTH = 88  # of a paragraph on a page of text

HIT_COLUMNS = {
    "rank": "#",
    "score": "Score",
    "published": "Date",
    "arxiv_id": "arXiv",
    "title": "Title",
}
HIT_KEYS = (
    *("rank", "kind", "arxiv_id", "version", "title", "authors", "published"),
    *("primary_category", "score", "url", "snippet", "matched_by", "abstract_kind"),
    *("published_precision", "published_kind", "withdrawn"),
    *("snippet_at", "highlights"),
)


def hit_object(hit: Hit) -> dict[str, Any]:
    """A hit as scripts read it; ``explanation`` only when it was asked for."""
    paper = hit.paper
    found: dict[str, Any] = {
        "rank": hit.rank,
        "kind": "paper",
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": str(paper.published),
        "primary_category": paper.categories[0] if paper.categories else None,
        "score": round(hit.score, 6),
        "url": paper.url,
        "snippet": hit.snippet,
        "matched_by": list(hit.matched_by),
        "abstract_kind": str(paper.abstract_kind),
        "published_precision": str(paper.published.precision),
        "published_kind": str(paper.published.kind),
        "withdrawn": paper.withdrawn,
        "snippet_at": asdict(hit.snippet_at) if hit.snippet_at else None,
        "highlights": [asdict(place) for place in hit.highlights],
    }
    if hit.explanation is not None:
        parts = {name: round(part, 6) for name, part in hit.explanation.parts.items()}
        found["explanation"] = {"parts": parts, "details": dict(hit.explanation.details)}
    return found


def hits_table(hits: Sequence[Hit], *, explained: bool = False, snippets: bool = False) -> Table:
    """Hits, best first; in columns of their own the sentences, and the arithmetic of each score."""
    rows = [hit_object(hit) for hit in hits]
    columns = dict(HIT_COLUMNS)
    keys: tuple[str, ...] = HIT_KEYS
    if snippets:
        columns |= {"snippet": "Sentence"}
    if explained:
        for row, hit in zip(rows, hits, strict=True):
            explanation = hit.explanation
            if explanation is not None:
                row["why"] = write_sum(explanation.parts, hit.score, explanation.details)
        columns |= {"why": "Parts of the score"}
        keys = (*HIT_KEYS, "explanation", "why")
    return Table(rows, columns, keys)


def paper_object(
    paper: Paper, versions: Sequence[PaperVersion], extra: Mapping[str, Any]
) -> dict[str, Any]:
    """All that is known of a paper; `extra` is what this library did with it."""
    return {
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": str(paper.published),
        "published_precision": str(paper.published.precision),
        "published_kind": str(paper.published.kind),
        "updated": _moment(paper.updated),
        "primary_category": paper.categories[0] if paper.categories else None,
        "categories": list(paper.categories),
        "abstract": paper.abstract,
        "abstract_kind": str(paper.abstract_kind),
        "comment": paper.comment,
        "journal_ref": paper.journal_ref,
        "doi": paper.doi,
        "report_no": paper.report_no,
        "license": paper.license,
        "submitter": paper.submitter,
        "withdrawn": paper.withdrawn,
        "url": paper.url,
        "versions": [version_object(version) for version in versions],
    } | {key: _moment(value) if isinstance(value, datetime) else value
         for key, value in extra.items()}  # fmt: skip


def version_object(version: PaperVersion) -> dict[str, Any]:
    """A version; the number is null when the source did not give one."""
    return {
        "version": version.number or None,
        "submitted": _moment(version.submitted),
        "title": version.title,
        "abstract": version.abstract,
        "authors": list(version.authors) if version.authors is not None else None,
        "categories": list(version.categories) if version.categories is not None else None,
        "comment": version.comment,
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")


_DATE_MEANS = {
    "id_month": "the month of its arXiv id",
    "announced": "announced",
    "v1": "version 1 submitted",
}


def render_paper(paper: Mapping[str, Any]) -> str:
    """A page about one paper, from its object."""
    lines = [*wrapped(paper["title"])]
    lines += [*wrapped(", ".join(paper["authors"]))] if paper["authors"] else []
    if paper["withdrawn"]:
        lines.append("WITHDRAWN")
    lines += ["", *_facts(paper), ""]
    if paper["abstract"]:
        lines += [*wrapped(paper["abstract"]), ""]
    if paper["abstract_kind"] == "summary":
        lines += ["(a summary by littrack's starter collection, not the paper's abstract)", ""]
    known = [one for one in paper["versions"] if one["version"] or one["submitted"]]
    if known:
        lines += ["versions", *map(_version_line, known)]
    return "\n".join(lines).rstrip() + "\n"


def _facts(paper: Mapping[str, Any]) -> Iterator[str]:
    version = f"v{paper['version']}" if paper["version"] else ""
    facts = {
        "arXiv": f"{paper['arxiv_id']}{version}  {paper['url']}",
        "date": f"{paper['published']} ({_DATE_MEANS[paper['published_kind']]})",
        "categories": " ".join(paper["categories"]),
        "comment": paper["comment"],
        "journal": paper["journal_ref"],
        "DOI": paper["doi"],
        "license": paper["license"],
        "first seen": paper.get("first_seen"),
        "embedded": "yes" if paper.get("embedded") else "not yet",
    }
    return (f"{name:<11} {' '.join(str(fact).split())}" for name, fact in facts.items() if fact)


def _version_line(version: Mapping[str, Any]) -> str:
    number = f"v{version['version']}" if version["version"] else "v?"
    date = version["submitted"][:10] if version["submitted"] else "date unknown"
    return f"  {number:<4} {date}  {' '.join((version['title'] or '').split())}".rstrip()


def wrapped(text: str) -> list[str]:
    """Lines of at most `WIDTH` columns; Chinese has no spaces to break at and breaks anywhere."""
    text = " ".join(text.split())
    if display_width(text) == len(text):
        return textwrap.wrap(text, WIDTH)
    lines, line, width = [], "", 0
    for word in _breakable(text):
        if line and width + display_width(word.rstrip()) > WIDTH:
            lines.append(line.rstrip())
            line, width = "", 0
        line, width = line + word, width + display_width(word)
    return [*lines, line.rstrip()]


def _breakable(text: str) -> Iterator[str]:
    """Words with the space behind them, wide characters one by one."""
    word = ""
    for character in text:
        wide = display_width(character) > 1
        if wide and word:
            yield word
            word = ""
        word += character
        if wide or character == " ":
            yield word
            word = ""
    if word:
        yield word
