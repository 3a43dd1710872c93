"""Who made a model, from what, what it is, what it is short for, and whether it can be had."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from littrack.analysis.cells import is_same_organisation
from littrack.analysis.note_conflicts.found import Found
from littrack.analysis.note_conflicts.known import Known, sources_of
from littrack.analysis.note_conflicts.wording import KINDS, Language, explain, of
from littrack.analysis.note_facts.makers import NAMES, country_named, country_of
from littrack.claims import Claim, Model, ModelField, ModelKind, Parent
from littrack.notes import ConflictKind, NoteFact
from littrack.text import fold

_HOUSES = {
    "facebook": "meta",
    "facebook ai": "meta",
    "deepmind": "google deepmind",
    "ai2": "allen institute for ai",
}
_LANGUAGE_MODELS = (ModelKind.MODEL, ModelKind.SERIES)
GENERIC = {"transformer", "encoder", "decoder", "gpt", "moe"}  # what every model is built on
_WORD = re.compile(r"[a-z]+")


def find_maker_conflicts(
    fact: NoteFact, model: Model | None, known: Known, language: Language
) -> list[Found]:
    """What is the matter with a statement in words, at most one thing."""
    if fact.field is ModelField.ACCESS and fact.model.endswith(" series"):
        return _access_of_series(fact, known, language)
    if model is None:
        return []
    looks = {
        ModelField.ORGANISATION: _organisation,
        ModelField.BASE_MODEL: _base,
        ModelField.ARCHITECTURE: _base,
        ModelField.KIND: _kind,
        ModelField.ALIAS: _expansion,
    }
    look = looks.get(fact.field)
    found = look(fact, model, known, language) if look else None
    return [found] if found else []


def _found(
    rule: str,
    fact: NoteFact,
    model: Model,
    claims: Sequence[Claim],
    language: Language,
    *,
    kind: ConflictKind = ConflictKind.ATTRIBUTION,
    known: str = "",
    value: str = "",
    **values: object,
) -> Found:
    value = value or str(fact.value)
    words = explain(rule, language, model=model.name, known=known, value=value, **values)
    return Found(
        *(fact.span, model.name, fact.field.value, value, known, kind, words),
        fact.arxiv_id or model.paper,
        sources_of(claims)[:3],
    )


def _organisation(fact: NoteFact, model: Model, known: Known, language: Language) -> Found | None:
    claims = known.claims(model, ModelField.ORGANISATION)
    made = list(dict.fromkeys(str(one.value) for one in claims))
    if not made:
        return None
    value = str(fact.value)
    country = country_named(value)
    if country is not None:
        seats = {code for one in made if (code := country_of(one))}
        if not seats or country in seats:
            return None
        seat = of(NAMES[next(iter(sorted(seats)))], language)
        return _found("country", fact, model, claims, language, known=made[0], country=seat)
    if any(_is_same_house(value, one) for one in made):
        return None
    return _found("maker", fact, model, claims, language, known=" / ".join(made[:2]))


def _is_same_house(one: str, other: str) -> bool:
    parts = [re.split(r"\s*(?:&|/|,| and )\s*", fold(name)) for name in (one, other)]
    return any(
        is_same_organisation(_HOUSES.get(a, a), _HOUSES.get(b, b))
        for a in parts[0]
        for b in parts[1]
    )


def _base(fact: NoteFact, model: Model, known: Known, language: Language) -> Found | None:
    """Another model than those that it is made from, or that these are made from."""
    assert isinstance(fact.value, Parent)
    claims = known.claims(model, ModelField.BASE_MODEL)
    bases = list(dict.fromkeys(one.value.name for one in claims if isinstance(one.value, Parent)))
    told = known.model_of(fact.value.name)
    if not bases or told is None or fold(told.name) in GENERIC or told.name == model.name:
        return None
    line = {model.name, *known.ancestors(model.name), *bases}
    named = {one.name for base in bases if (one := known.model_of(base))}
    kin = any(
        name in line for name in (told.name, *known.ancestors(told.name)) if name != model.name
    )
    if told.name in line | named or kin or told.kind is ModelKind.METHOD:
        return None
    rule = "base" if fact.field is ModelField.BASE_MODEL else "structure"
    kind = ConflictKind.ENTITY if rule == "base" else ConflictKind.ATTRIBUTION
    return _found(
        rule,
        fact,
        model,
        claims,
        language,
        kind=kind,
        known=" / ".join(bases[:2]),
        value=fact.value.name,
    )


def _kind(fact: NoteFact, model: Model, known: Known, language: Language) -> Found | None:
    if model.kind not in _LANGUAGE_MODELS:
        return None
    claims = known.claims(model, ModelField.ORGANISATION)
    value = KINDS.get(str(fact.value), str(fact.value)) if language == "zh" else str(fact.value)
    kind = of(("a language model", "语言模型"), language)
    return _found("kind", fact, model, claims, language, known=kind, value=value)


def _expansion(fact: NoteFact, model: Model, known: Known, language: Language) -> Found | None:
    """The words of a name that is known, in another order or with one of them exchanged."""
    said = str(fact.value)
    words = _WORD.findall(fold(said))
    paper = known.papers.get(model.paper or "")
    for alias in model.aliases:
        right = _WORD.findall(fold(alias))
        if len(right) > 2 and words != right and Counter(words) == Counter(right):
            claims = [one for one in known.claims(model, ModelField.ALIAS) if one.value == alias]
            return _found("expansion", fact, model, claims, language, known=alias)
    text = fold(paper.abstract) if paper else ""
    other = _rearranged(words, _WORD.findall(text))
    if other and " ".join(words) not in text:
        return _found("expansion", fact, model, (), language, known=" ".join(other))
    return None


def _rearranged(words: Sequence[str], text: Sequence[str]) -> Sequence[str]:
    """The same words in another order as a text has them in a row."""
    wanted, length = Counter(words), len(words)
    if length < 3:
        return ()
    for start in range(len(text) - length + 1):
        if Counter(text[start : start + length]) == wanted:
            return text[start : start + length]
    return ()


def _access_of_series(fact: NoteFact, known: Known, language: Language) -> list[Found]:
    """A series that is called public although members of it are not."""
    stem = fact.model.removesuffix(" series")
    closed = [
        one
        for one in known.models.values()
        if re.fullmatch(rf"{re.escape(stem)}-?\d+(?:\.\d+)?", one.name)
        and one.value(ModelField.ACCESS) in ("closed", "api")
    ]
    if not closed:
        return []
    names = ", ".join(sorted(one.name for one in closed)[:3])
    claims = [claim for one in closed for claim in known.claims(one, ModelField.ACCESS)]
    words = explain("closed", language, known=names)
    return [
        Found(
            *(fact.span, fact.model, "access", "open", names, ConflictKind.ATTRIBUTION, words),
            sources=sources_of(claims)[:3],
        )
    ]
