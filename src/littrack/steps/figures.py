"""What is printed from the timeline: the figure, the family graph, Table 1, the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from littrack.analysis.buckets import group_by_bucket
from littrack.claims import Bucket, Model
from littrack.errors import InputError
from littrack.present.embedded_font import embed_font
from littrack.present.family_figure.dot import render_family_dot
from littrack.present.family_figure.graph import FamilyOptions
from littrack.present.family_figure.html import render_family_html
from littrack.present.family_figure.mermaid import render_family_mermaid
from littrack.present.family_figure.svg import render_family_svg
from littrack.present.family_figure.text import render_family_text
from littrack.present.family_figure.tikz import render_family_tikz
from littrack.present.model_list import render_model_list
from littrack.present.model_rows import models_table
from littrack.present.model_table.html import render_html_table
from littrack.present.model_table.latex import render_latex_table
from littrack.present.model_table.plain import render_markdown_table, survey_table
from littrack.present.model_table.rows import TableOptions
from littrack.present.pictures import missing_characters, render_pdf, render_png
from littrack.present.tables import render_table
from littrack.present.timeline_figure.html import render_timeline_html
from littrack.present.timeline_figure.mermaid import render_timeline_mermaid
from littrack.present.timeline_figure.svg import render_timeline_svg
from littrack.present.timeline_figure.tikz import render_timeline_tikz
from littrack.present.timeline_figure.words import FigureOptions
from littrack.steps.families import Family
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import (
    EVERYTHING,
    Choice,
    choose_buckets,
    language_of,
    load_timeline,
)
from littrack.store.references import load_citation_keys

Groups = list[tuple[Bucket, list[Model]]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure or table as it goes into a file, and what a person should know of it."""

    content: str | bytes
    told: str
    warnings: tuple[str, ...] = ()


_Draw = TypeVar("_Draw")

_TIMELINE: Mapping[str, Callable[[Groups, FigureOptions], str | bytes]] = {
    ".svg": lambda groups, options: embed_font(render_timeline_svg(groups, options=options)),
    ".png": lambda groups, options: render_png(render_timeline_svg(groups, options=options), 3.0),
    ".pdf": lambda groups, options: render_pdf(render_timeline_svg(groups, options=options)),
    ".html": lambda groups, options: embed_font(render_timeline_html(groups, options=options)),
    ".mmd": lambda groups, options: render_timeline_mermaid(groups, options=options),
    ".tex": lambda groups, options: render_timeline_tikz(groups, options=options),
}


def draw_timeline(
    library: OpenLibrary, suffix: str, choice: Choice = EVERYTHING, language: str | None = None
) -> Drawing:
    """The timeline figure in the form that a file's suffix names.

    Raises:
        InputError: there is no such form.
    """
    draw = _form(_TIMELINE, suffix)
    timeline = load_timeline(library, choice)
    models = timeline.printed
    groups, unplaced = group_by_bucket(models, choose_buckets(library, models))
    options = FigureOptions(language=language_of(library, language), unplaced=len(unplaced))
    told = f"{len(models) - len(unplaced):,} models"
    warnings = [timeline.why_nothing] if timeline.why_nothing else []
    warnings += [f"{model.name}: {_why_unplaced(model)}" for model in unplaced]
    missing = missing_characters(render_timeline_svg(groups, options=options))
    if missing and suffix.lower() in (".png", ".pdf"):
        warnings.append(f"no font here can draw {missing}")
    return Drawing(draw(groups, options), told, tuple(warnings))


def _why_unplaced(model: Model) -> str:
    if model.release is None:
        return "no source states a date, so the figure leaves it out"
    return f"{model.release} does not tell which column it belongs to, so the figure leaves it out"


def _form(forms: Mapping[str, _Draw], suffix: str) -> _Draw:
    if suffix.lower() not in forms:
        known = ", ".join(forms)
        raise InputError(
            f"no figure can be written as {suffix or '(no suffix)'}; known are {known}"
        )
    return forms[suffix.lower()]


_FAMILY: Mapping[str, Callable[[Family, FamilyOptions], str | bytes]] = {
    ".svg": lambda family, options: embed_font(_family_svg(family, options)),
    ".png": lambda family, options: render_png(_family_svg(family, options), 3.0),
    ".pdf": lambda family, options: render_pdf(_family_svg(family, options)),
    ".html": lambda family, options: embed_font(
        render_family_html(family.models, family.relations, root=family.root, options=options)
    ),
    ".mmd": lambda family, options: render_family_mermaid(
        family.models, family.relations, root=family.root, options=options
    ),
    ".dot": lambda family, options: render_family_dot(
        family.models, family.relations, root=family.root, options=options
    ),
    ".tex": lambda family, options: render_family_tikz(
        family.models, family.relations, root=family.root, options=options
    ),
    ".txt": lambda family, options: render_family_text(
        family.models, family.relations, root=family.root, options=options
    ),
}
FAMILY_FORMS = tuple(_FAMILY)


def _family_svg(family: Family, options: FamilyOptions) -> str:
    return render_family_svg(family.models, family.relations, root=family.root, options=options)


def draw_family(
    library: OpenLibrary, family: Family, suffix: str, language: str | None = None
) -> Drawing:
    """The family graph in the form that a file's suffix names.

    Raises:
        InputError: there is no such form.
    """
    draw = _form(_FAMILY, suffix)
    options = FamilyOptions(language=language_of(library, language))
    told = f"{len(family.models):,} models, {len(family.relations):,} relations"
    return Drawing(draw(family, options), told)


# --- tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableStyle:
    """How Table 1 is written: a form of `littrack table --format`, and what goes with it."""

    form: str
    language: str | None = None
    as_list: bool = False
    standalone: bool = False


def draw_table(library: OpenLibrary, style: TableStyle, choice: Choice = EVERYTHING) -> Drawing:
    """Table 1, or the repository's list.

    Raises:
        InputError: there is no such language.
    """
    timeline = load_timeline(library, choice)
    models = timeline.printed
    language = language_of(library, style.language)
    if style.as_list:
        content = render_model_list(models, language)
    else:
        content = _table(models, style.form, _table_options(library, style, choice))
    warnings = (timeline.why_nothing,) if timeline.why_nothing else ()
    return Drawing(content, f"{len(models):,} models", warnings)


def _table_options(library: OpenLibrary, style: TableStyle, choice: Choice) -> TableOptions:
    day = (choice.as_of or library.now()).date()
    with library.engine.connect() as conn:
        keys = load_citation_keys(conn)
    rule = str(library.settings.survey.get("date_rule", "survey"))
    language = language_of(library, style.language)
    return TableOptions(language, day, rule, keys, style.standalone)


def _table(models: Sequence[Model], form: str, options: TableOptions) -> str:
    match form:
        case "latex":
            return render_latex_table(models, options)
        case "html":
            return embed_font(render_html_table(models, options))
        case "md":
            return render_markdown_table(models, options)
        case "json" | "jsonl":
            return render_table(models_table(models), form)
        case _:
            return render_table(survey_table(models, options), form)
