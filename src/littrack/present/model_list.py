"""The list of models as a survey's repository keeps it: public and closed, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from littrack.claims import Model
from littrack.present.model_rows import is_unverified, link_of
from littrack.present.model_table.rows import TableGroup, group_rows
from littrack.present.model_table.words import NOTHING, WORDS
from littrack.present.model_words import Language, escape_inline


@dataclass(frozen=True, slots=True)
class _Words:
    columns: tuple[str, ...]
    paper: str
    page: str


_WORDS: Mapping[Language, _Words] = MappingProxyType(
    {
        "en": _Words(("Model", "Release time", "Size (B)", "Link"), "Paper", "Page"),
        "zh": _Words(("模型", "发布时间", "参数量 (B)", "链接"), "论文", "网页"),
    }
)


def render_model_list(models: Iterable[Model], language: Language = "en") -> str:
    """A section a group, oldest first; months as ``2022/04``."""
    sections = [_section(group, language) for group in group_rows(models, language)]
    return "\n".join(sections)


def _section(group: TableGroup, language: Language) -> str:
    words = _WORDS[language]
    unverified = WORDS[language].unverified
    lines = [f"## {WORDS[language].groups[group.public]}", "", _line(*words.columns)]
    lines.append("| --- | --- | ---: | --- |")
    for row in group.rows:
        name = escape_inline(row.cells["model"].marked)
        name += f" *{unverified}*" if is_unverified(row.model) else ""
        release = row.cells["release"].text
        month = release if release == NOTHING else release.replace("-", "/")
        size = escape_inline(row.cells["size"].marked)
        lines.append(_line(name, month, size, _link(row.model, words)))
    return "\n".join(lines) + "\n"


def _link(model: Model, words: _Words) -> str:
    address = link_of(model)
    if address is None:
        return NOTHING
    safe = address.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("|", "%7C")
    return f"[{words.paper if model.paper else words.page}]({safe})"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
