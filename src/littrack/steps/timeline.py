"""The timeline: the models that are shown, in order, as a list and as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from littrack.analysis.buckets import parse_buckets, survey_buckets
from littrack.analysis.model_names import name_key
from littrack.analysis.models import Models
from littrack.analysis.selection import Rule, Verdict, compile_rule, explain
from littrack.claims import Bucket, DecisionKind, Model, ModelField, ModelKind, ModelStatus
from littrack.errors import InputError, NotFound
from littrack.steps.models import load_decisions, load_models, unknown_model
from littrack.steps.opening import OpenLibrary

Language = Literal["en", "zh"]

FIRST_YEAR = 2019  # of the survey's figure
_RULE_ALONE = ("\nBy the rule alone: ", "\n只看收录规则：")
_HIDDEN = {  # in English and in Chinese
    "not a model": (
        "The timeline leaves {name} out, because it is no model: littrack why {name}.",
        "时间线不收录 {name}，因为它不是模型：littrack why {name}。",
    ),
    "not reviewed": (
        "The timeline leaves {name} out, because nobody has reviewed it: "
        "littrack models accept {name}, or --unreviewed.",
        "时间线不收录 {name}，因为尚无人审核：littrack models accept {name}，或用 --unreviewed。",
    ),
    "waits for review": (
        "The timeline leaves {name} out, because it waits for review: littrack models review.",
        "时间线不收录 {name}，因为它待审核：littrack models review。",
    ),
}
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the timeline is wanted; None is as the settings say."""

    as_of: datetime | None = None  # as it was known on that day
    until: datetime | None = None  # what had been released by then
    unreviewed: bool | None = None
    select: str | None = None


EVERYTHING = Choice()


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the timeline and what the selection rule says of it."""

    model: Model
    verdict: Verdict
    hidden: str = ""  # why the timeline leaves it out, whatever the rule says: a key of _HIDDEN

    @property
    def printed(self) -> bool:
        """Whether figures and tables show it."""
        return self.verdict.kept is True and not self.hidden


@dataclass(frozen=True, slots=True)
class Timeline:
    """All models that count, by date; those without one last."""

    entries: tuple[Entry, ...]
    unreviewed: int  # accepted by extraction and not shown
    waiting: int  # in the review queue
    models: Models
    choice: Choice

    @property
    def printed(self) -> list[Model]:
        """Those that figures and tables show."""
        return [entry.model for entry in self.entries if entry.printed]

    @property
    def why_nothing(self) -> str:
        """Why figures and tables show nothing, and what to do; "" when they show something."""
        if not self.models.models:
            return no_models(self.choice.as_of)
        if not self.entries:
            return "no model fits what was asked for; littrack models list has all"
        if not self.printed:
            return "the selection rule keeps no model; littrack timeline explain NAME says why"
        return ""


def load_timeline(library: OpenLibrary, choice: Choice = EVERYTHING) -> Timeline:
    """Gather the timeline.

    Raises:
        SettingsError: the selection rule, the date rule or the curation file cannot be read.
    """
    rule = selection_rule(library, choice.select)
    models = load_models(library, as_of=choice.as_of)
    shown = _shown_statuses(library, choice)
    kept = [one for one in models.models if is_model(one) and _by_then(one, choice.until)]
    entries = [Entry(one, rule.keeps(one)) for one in kept if one.status in shown]
    counts = [one.status for one in kept if one.status not in shown]
    return Timeline(
        tuple(sorted(entries, key=lambda entry: _age(entry.model))),
        counts.count(ModelStatus.ACCEPTED),
        counts.count(ModelStatus.CANDIDATE),
        models,
        choice,
    )


def shows_unreviewed(library: OpenLibrary, choice: Choice) -> bool:
    """Whether models stand on the timeline that nobody has looked at."""
    if choice.unreviewed is not None:
        return choice.unreviewed
    return bool(library.settings.survey.get("unreviewed", False))


def _shown_statuses(library: OpenLibrary, choice: Choice) -> tuple[ModelStatus, ...]:
    accepted = (ModelStatus.ACCEPTED,) if shows_unreviewed(library, choice) else ()
    return (ModelStatus.CURATED, *accepted)


def no_models(as_of: datetime | None) -> str:
    """Why a library knows no models, and how it gets some."""
    if as_of is not None:
        return f"this library knew of no models by {as_of:%Y-%m-%d}"
    return (
        "no models are known yet; littrack update --no-ingest "
        "brings the catalogue that comes with littrack"
    )


def selection_rule(library: OpenLibrary, given: str | None = None) -> Rule:
    """The rule for what is printed: as given, else as in the settings, else the survey's."""
    text = given if given is not None else str(library.settings.survey.get("select", ""))
    return compile_rule(text or "survey")


def is_model(model: Model) -> bool:
    """Whether a timeline of models may hold it: methods are kept, but elsewhere."""
    return model.kind is not ModelKind.METHOD and model.value(ModelField.NOT_A_MODEL) is not True


def _by_then(model: Model, until: datetime | None) -> bool:
    if until is None:
        return True
    return model.release is not None and model.release.value <= until


def _age(model: Model) -> tuple[datetime, str]:
    return (model.release.value if model.release else _LAST, name_key(model.name))


def explain_entry(library: OpenLibrary, name: str, choice: Choice = EVERYTHING) -> Entry:
    """Why a model is printed, or is not.

    Raises:
        NotFound: there is no such model, or the name may be several.
    """
    rule = selection_rule(library, choice.select)
    models = load_models(library, as_of=choice.as_of)
    model = find_model(library, models, name, choice.as_of)
    verdict = rule.keeps(model)
    return Entry(model, verdict, _why_hidden(model, _shown_statuses(library, choice)))


def _why_hidden(model: Model, shown: Sequence[ModelStatus]) -> str:
    if not is_model(model):
        return "not a model"
    if model.status in shown:
        return ""
    return "waits for review" if model.status is ModelStatus.CANDIDATE else "not reviewed"


def find_model(
    library: OpenLibrary, models: Models, name: str, as_of: datetime | None = None
) -> Model:
    """The model of that name, among those that were known then.

    Raises:
        NotFound: there is none, or the name may be several; says why, or which ones are near.
    """
    model = models.find(name)
    if model is not None:
        return model
    if not models.models:
        raise NotFound(no_models(as_of))
    for one in load_decisions(library, as_of):
        if one.kind is DecisionKind.REJECT and name_key(one.model) == name_key(name):
            day = f"{one.when:%Y-%m-%d}"
            raise NotFound(f"{one.model} was rejected by {one.who} on {day}: {one.because}")
    raise NotFound(unknown_model(models, name))


def language_of(library: OpenLibrary, given: str | None) -> Language:
    """The language that is asked for, else the settings'.

    Raises:
        InputError: it is neither.
    """
    language = given or str(library.settings.survey.get("language", "en"))
    if language == "en":
        return "en"
    if language == "zh":
        return "zh"
    raise InputError(f"there is no language {language!r}: en or zh")


# --- the figure -----------------------------------------------------------------------------------


def choose_buckets(library: OpenLibrary, models: Sequence[Model]) -> tuple[Bucket, ...]:
    """The columns: those of the settings, else the survey's, up to the newest model."""
    written = library.settings.survey.get("buckets")
    dates = [model.release.value for model in models if model.release]
    newest = max(dates, default=library.now())
    if written:
        return parse_buckets(written)
    first = min((date.year for date in dates), default=FIRST_YEAR)
    return survey_buckets(min(first, FIRST_YEAR), newest)


def describe_entry(
    library: OpenLibrary, entry: Entry, language: str | None = None
) -> tuple[dict[str, Any], str]:
    """What the selection rule says of a model, as an object and as text."""
    verdict = entry.verdict
    clauses = [
        {"clause": one.text, "value": one.value, "seen": one.seen, "decisive": one.decisive}
        for one in verdict.clauses
    ]
    name, chosen = entry.model.name, language_of(library, language)
    row = {"model": name, "printed": entry.printed, "status": entry.model.status.value}
    row["hidden"] = entry.hidden or None
    text = explain(verdict, chosen)
    if entry.hidden:
        in_chinese = chosen == "zh"
        hidden = _HIDDEN[entry.hidden][in_chinese].format(name=name)
        text = f"{hidden}{_RULE_ALONE[in_chinese]}{text}"
    return row | {"clauses": clauses}, text + "\n"
