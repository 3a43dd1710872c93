"""A person's decisions about models, one command each; all are written to the curation file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from littrack.claims import Decision, DecisionKind, Model, Outcome
from littrack.cli.command import command
from littrack.cli.context import LibraryOption, flags_of, opened
from littrack.cli.messages import hint
from littrack.errors import InputError, NotFound
from littrack.identifiers import parse_arxiv_id

if TYPE_CHECKING:
    from datetime import datetime

    from littrack.analysis.models import Models
    from littrack.steps.opening import OpenLibrary

ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="WHO",
        help="Whose decision it is; else survey.reviewer, else your user name.",
        show_default=False,
    ),
]
_BECAUSE = typer.Option("--because", metavar="WHY", help="The reason, for whoever asks later.")
BecauseOption = Annotated[str, _BECAUSE]
_EVIDENCE = typer.Option(
    "--evidence", metavar="WHERE", help="Where it can be seen: an arXiv id, an address."
)
EvidenceOption = Annotated[str, _EVIDENCE]
ModelsArgument = Annotated[
    list[str], typer.Argument(metavar="ID|NAME", help="arXiv ids of papers, or names of models.")
]
ModelArgument = Annotated[str, typer.Argument(metavar="MODEL", help="A model's name.")]
FieldArgument = Annotated[
    str, typer.Argument(metavar="MODEL.FIELD", help="As in PaLM.size, GPT-4.release:announced.")
]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every decision needs: the library, its models, who decides, and when."""

    library: OpenLibrary
    models: Models
    who: str
    when: datetime

    def model(self, name: str) -> Model:
        """NotFound, with the nearest names, if nothing is called so."""
        from littrack.steps.models import unknown_model

        found = self.models.find(name)
        if found is None:
            raise NotFound(unknown_model(self.models, name))
        return found

    def of_paper(self, paper: str) -> Model | None:
        """The model that a paper presents; InputError if there are several."""
        owners = [model for model in self.models.models if model.paper == paper]
        if len(owners) > 1:
            names = ", ".join(model.name for model in owners)
            raise InputError(f"{paper} presents several models: {names}; say which, by name")
        return owners[0] if owners else None

    def decision(self, kind: DecisionKind, model: str, because: str = "") -> Decision:
        """A decision without what only some kinds have."""
        return Decision(kind, model, self.who, self.when, because)


def _desk(ctx: typer.Context, library: str | None, by: str | None) -> _Desk:
    from datetime import timedelta

    from littrack.steps.curate import reviewer
    from littrack.steps.models import load_decisions, load_models

    library_ = opened(ctx, library)
    # Clocks go by seconds here; decisions must not share one, as the last one counts.
    now = library_.now()
    just_made = [one.when for one in load_decisions(library_) if now <= one.when]
    near = [when for when in just_made if when - now < timedelta(minutes=1)]
    when = max(near) + timedelta(seconds=1) if near else now
    return _Desk(library_, load_models(library_), reviewer(library_, by), when)


def _write(ctx: typer.Context, desk: _Desk, decisions: Sequence[Decision], said: str) -> None:
    from littrack.steps.curate import decide

    path = decide(desk.library, decisions)
    hint(flags_of(ctx), f"{said}: {path}")


def _paper_id(text: str) -> str | None:
    """The arXiv id, None if it is no id but a name."""
    try:
        return parse_arxiv_id(text).base
    except InputError:
        return None


# --- is it one ------------------------------------------------------------------------------------


@command(
    "accept",
    'littrack models accept 2204.02311 --because "introduces PaLM"',
    "littrack models accept 2210.02414 --name GLM-130B",
    "littrack models accept OPT Galactica --by jane",
)
def accept(
    ctx: typer.Context,
    models: ModelsArgument,
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NAME", help="What it is called from now on.", show_default=False
        ),
    ] = None,
    because: BecauseOption = "",
    evidence: EvidenceOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Accept papers as releases of a model, or models as they are."""
    if name is not None and len(models) > 1:
        raise typer.BadParameter("is for one paper or model at a time", param_hint="--name")
    desk = _desk(ctx, library, by)
    decisions = [
        replace(one, because=because, evidence=evidence)
        for item in models
        for one in _acceptance(desk, item, name)
    ]
    _write(ctx, desk, decisions, f"accepted {_names(decisions)}")


def _acceptance(desk: _Desk, item: str, name: str | None) -> list[Decision]:
    paper = _paper_id(item)
    if paper is None:
        model = desk.model(item)
        accepted = replace(desk.decision(DecisionKind.ACCEPT, model.name), paper=model.paper)
        if name is None or name == model.name:
            return [accepted]
        return [accepted, replace(desk.decision(DecisionKind.RENAME, model.name), value=name)]
    called = _free_name(desk, name, paper) if name else _name_of(desk, paper)
    return [replace(desk.decision(DecisionKind.ACCEPT, called), paper=paper)]


def _free_name(desk: _Desk, name: str, paper: str) -> str:
    """A name that is not that of another paper's model: two models would silently be one."""
    namesake = next((model for model in desk.models.models if model.name == name), None)
    if namesake is not None and namesake.paper not in (None, paper):
        raise InputError(
            f"{name} is known, from {namesake.paper}: give {paper} another name, "
            "or make them one with: littrack models merge"
        )
    return name


def _name_of(desk: _Desk, paper: str) -> str:
    """What its model is called here, else what was read in the paper."""
    from littrack.steps.curate import load_review

    found = desk.of_paper(paper)
    if found is not None:
        return found.name
    outcomes = (Outcome.REVIEW, Outcome.ACCEPT)
    items = load_review(desk.library, outcomes, everything=True)
    name = next((item.name for item in items if item.arxiv_id == paper), "")
    if not name:
        raise InputError(f"no name was read in {paper}: give it one with --name")
    return _free_name(desk, name, paper)


@command(
    "reject",
    'littrack models reject 2301.00234 --because "a survey"',
    'littrack models reject 2305.00001 2305.00002 --because "datasets"',
)
def reject(
    ctx: typer.Context,
    models: ModelsArgument,
    because: Annotated[str, _BECAUSE],
    evidence: EvidenceOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Keep papers or models out of the timeline."""
    desk = _desk(ctx, library, by)
    decisions = [
        replace(_rejection(desk, item), because=because, evidence=evidence) for item in models
    ]
    _write(ctx, desk, decisions, f"rejected {_names(decisions)}")


def _rejection(desk: _Desk, item: str) -> Decision:
    """By its name here: a paper may have a name that another paper's model bears."""
    paper = _paper_id(item)
    if paper is None:
        model = desk.model(item)
        return replace(desk.decision(DecisionKind.REJECT, model.name), paper=model.paper)
    found = desk.of_paper(paper)
    called = found.name if found else f"arXiv:{paper}"
    return replace(desk.decision(DecisionKind.REJECT, called), paper=paper)


@command("not-a-model", 'littrack models not-a-model Self-Instruct --because "a method"')
def not_a_model(
    ctx: typer.Context,
    models: Annotated[list[str], typer.Argument(metavar="NAME", help="What bears the name.")],
    because: Annotated[str, _BECAUSE],
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Say that a name is that of a method, a dataset or a system."""
    desk = _desk(ctx, library, by)
    decisions = [
        replace(desk.decision(DecisionKind.NOT_A_MODEL, model.name, because), paper=model.paper)
        for model in map(desk.model, models)
    ]
    _write(ctx, desk, decisions, f"no model: {_names(decisions)}")


def _names(decisions: Iterable[Decision]) -> str:
    return ", ".join(dict.fromkeys(one.model for one in decisions))


# --- what it is called ----------------------------------------------------------------------------


@command("merge", "littrack models merge Galatica Galactica")
def merge(
    ctx: typer.Context,
    model: ModelArgument,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The model that stays.")],
    because: BecauseOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Make two models one.

    The first becomes another name of the second.
    """
    desk = _desk(ctx, library, by)
    one, other = desk.model(model), desk.model(into).name
    if one.name == other:
        raise InputError(f"{model} and {into} are one model already: {other}")
    decision = desk.decision(DecisionKind.MERGE, one.name, because)
    decision = replace(decision, paper=one.paper, value=other)
    _write(ctx, desk, [decision], f"merged {one.name} into {other}")


@command("split", "littrack models split GLM --paper 2210.02414 --as GLM-130B")
def split(
    ctx: typer.Context,
    model: ModelArgument,
    paper: Annotated[str, typer.Option("--paper", metavar="ID", help="Whose claims move.")],
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="The model they move to.")],
    because: BecauseOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Say that what a paper tells is about another model."""
    desk = _desk(ctx, library, by)
    called = desk.model(model).name
    decision = desk.decision(DecisionKind.SPLIT, called, because)
    decision = replace(decision, paper=parse_arxiv_id(paper).base, value=name)
    _write(ctx, desk, [decision], f"split {name} from {called}")


@command("alias", "littrack models alias PanGu-α PanGu-alpha 盘古")
def alias(
    ctx: typer.Context,
    model: ModelArgument,
    aliases: Annotated[list[str], typer.Argument(metavar="ALIAS", help="Other names of it.")],
    because: BecauseOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Give a model further names.

    Under any of them tables and notes may speak of it.
    """
    desk = _desk(ctx, library, by)
    decision = desk.decision(DecisionKind.ALIAS, desk.model(model).name, because)
    decisions = [replace(decision, value=one) for one in aliases]
    _write(ctx, desk, decisions, f"{decision.model} is also {', '.join(aliases)}")


@command("rename", "littrack models rename OPT175B OPT")
def rename(
    ctx: typer.Context,
    model: ModelArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name from now on.")],
    because: BecauseOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Call a model otherwise.

    The old name stays as another name of it.
    """
    desk = _desk(ctx, library, by)
    old = desk.model(model).name
    if name != old and any(one.name == name for one in desk.models.models):
        raise InputError(f"{name} is another model: littrack models merge makes them one")
    decision = replace(desk.decision(DecisionKind.RENAME, old, because), value=name)
    _write(ctx, desk, [decision], f"renamed {old} to {name}")


# --- what is said of it ---------------------------------------------------------------------------


@command(
    "set",
    'littrack models set PaLM.size 8B 62B 540B --because "table 1 of the paper"',
    "littrack models set GPT-4.release:announced 2023-03-14 "
    '--because "blog post" --evidence https://openai.com/research/gpt-4',
    'littrack models set "Alpaca.base_model" "LLaMA | instruction tuning" --because "its README"',
)
def set_field(
    ctx: typer.Context,
    field: FieldArgument,
    values: Annotated[list[str], typer.Argument(metavar="VALUE", help="One, or several.")],
    because: Annotated[str, _BECAUSE],
    evidence: EvidenceOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Set a field, whatever sources say.

    What they say stays on record: littrack models conflicts lists it.

    Sizes are written 540B, data 768B tokens, dates 2022, 2022-04 or 2022-04-04, hardware 1024 TPU
    v3, a base model LLaMA | instruction tuning | + chat data, the rest as text, yes or no.
    """
    from littrack.sources.claim_tables import parse_field, parse_value

    desk = _desk(ctx, library, by)
    name, written = _name_and_field(field)
    decision = replace(
        desk.decision(DecisionKind.SET, desk.model(name).name, because), evidence=evidence
    )
    try:
        found, detail = parse_field(written)
        decisions = [
            replace(decision, field=found, value=parse_value(found, one, detail)) for one in values
        ]
    except ValueError as exc:
        raise InputError(f"{field}: {exc}") from exc
    _write(ctx, desk, decisions, f"{decision.model}.{written} = {', '.join(values)}")


@command("unset", "littrack models unset PaLM.size")
def unset(
    ctx: typer.Context,
    fields: Annotated[list[str], typer.Argument(metavar="MODEL.FIELD", help="What was set.")],
    because: BecauseOption = "",
    by: ByOption = None,
    library: LibraryOption = None,
) -> None:
    """Take back what was set: sources are believed again."""
    from littrack.sources.claim_tables import parse_field

    desk = _desk(ctx, library, by)
    decisions = []
    for field in fields:
        name, written = _name_and_field(field)
        decision = desk.decision(DecisionKind.UNSET, desk.model(name).name, because)
        try:
            decisions.append(replace(decision, field=parse_field(written)[0]))
        except ValueError as exc:
            raise InputError(f"{field}: {exc}") from exc
    _write(ctx, desk, decisions, f"unset {', '.join(fields)}")


def _name_and_field(text: str) -> tuple[str, str]:
    """``GPT-3.5.release:announced`` -> GPT-3.5 and the field."""
    name, dot, field = text.rpartition(".")
    if not dot or not name or not field:
        raise InputError(f"{text!r} names no field: write MODEL.FIELD, as in PaLM.size")
    return name, field


COMMANDS = (
    *(accept, reject, set_field, unset, merge, split, alias, rename),
    not_a_model,
)
