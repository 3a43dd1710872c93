"""The nouns of the model timeline: claims with evidence, and the view over them.

    Claim      one thing that one source says about one model, with the place where it says so
    Cell       what is shown for one field of a model: a named rule chose it among the claims
    Model      the cells of one model
    Relation   an edge between two models
    Candidate  what extraction makes of one paper version

Claims are kept, whatever others say; cells, models and relations are made anew from them. Times are
aware UTC datetimes; a month is its first day. This module imports only `records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from littrack.records import Precision


class ModelField(StrEnum):
    """What can be claimed about a model; the type of the value stands behind."""

    ALIAS = "alias"  # str
    KIND = "kind"  # str: a ModelKind
    FAMILY = "family"  # str: "GPT", "LLaMA"
    ORGANISATION = "organisation"  # str, one a claim
    PAPER = "paper"  # str: arXiv id without version
    TITLE = "title"  # str: of the paper or announcement
    LINK = "link"  # str: URL
    RELEASE = "release"  # TypedDate
    SIZE = "size"  # Quantity in parameters, one a claim
    ACCESS = "access"  # str: "open", "closed", "api"
    LICENCE = "licence"  # str
    ARCHITECTURE = "architecture"  # str
    BASE_MODEL = "base_model"  # Parent
    INSTRUCTION_TUNING = "instruction_tuning"  # bool
    RLHF = "rlhf"  # bool
    PRETRAIN_DATA = "pretrain_data"  # Quantity in tokens, words, bytes or examples
    PRETRAIN_SOURCES = "pretrain_sources"  # str
    DATA_CUTOFF = "data_cutoff"  # TypedDate of kind UNSPECIFIED
    HARDWARE = "hardware"  # Hardware
    TRAINING_TIME = "training_time"  # Quantity in hours or days
    IN_CONTEXT_LEARNING = "in_context_learning"  # bool: evaluated for it
    CHAIN_OF_THOUGHT = "chain_of_thought"  # bool: evaluated for it
    TUNING = "tuning"  # str: "full" or "parameter-efficient"
    DOMAIN = "domain"  # str: "medicine", "law" ...
    CAPTION = "caption"  # str: a few words below the node of a family figure
    PROBLEM = "problem"  # str: what it was made for (问题)
    METHOD = "method"  # str: how, in a sentence (方法)
    HIGHLIGHT = "highlight"  # str: what is remarkable about it (亮点)
    BUCKET = "bucket"  # str: "2021-11..12", where a printed timeline shows it
    NOT_A_MODEL = "not_a_model"  # bool


class ModelKind(StrEnum):
    """What bears the name."""

    MODEL = "model"
    VISION = "vision"  # ViT-22B: it reads no language, but others are built on it
    SERIES = "series"  # GPT-3.5: several models under one name
    SYSTEM = "system"  # Visual ChatGPT: models put together
    METHOD = "method"  # Self-Instruct


class ModelDateKind(StrEnum):
    """What happened on a model's date."""

    ARXIV_V1 = "arxiv_v1"
    ARXIV_LATEST = "arxiv_latest"
    ANNOUNCED = "announced"
    API_RELEASE = "api_release"
    WEIGHTS_RELEASE = "weights_release"
    TRAINING_START = "training_start"
    TRAINING_END = "training_end"
    VENUE = "venue"
    UNSPECIFIED = "unspecified"  # the source says "released" and no more


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date that says what happened on it and how much of it is meant."""

    kind: ModelDateKind
    value: datetime  # a year, quarter or month is its first day
    precision: Precision = Precision.DAY

    def __str__(self) -> str:
        """``2022``, ``2022 Q1``, ``2022-01`` or ``2022-01-28``."""
        if self.precision is Precision.QUARTER:
            return f"{self.value:%Y} Q{(self.value.month + 2) // 3}"
        forms = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m"}
        return self.value.strftime(forms.get(self.precision, "%Y-%m-%d"))


class Unit(StrEnum):
    """What a quantity counts."""

    PARAMETERS = "parameters"
    TOKENS = "tokens"
    WORDS = "words"
    BYTES = "bytes"
    EXAMPLES = "examples"  # documents, sentences, image-text pairs ...
    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: 540e9 parameters. ``value`` None: known to be undisclosed."""

    value: float | None
    unit: Unit
    qualifier: str = ""  # of parameters: "active"; "public": the largest that is public
    estimate: bool = False  # somebody's guess at what the developers do not disclose


@dataclass(frozen=True, slots=True)
class Hardware:
    """``6144 TPU v4``."""

    kind: str
    count: int | None = None

    def __str__(self) -> str:
        return self.kind if self.count is None else f"{self.count} {self.kind}"


class RelationKind(StrEnum):
    """How a model came from another one."""

    BASE = "base model"  # built on it; how is not stated
    CONTINUED = "continued pre-training"
    INSTRUCTION_TUNING = "instruction tuning"
    FINE_TUNING = "fine-tuning"
    RLHF = "RLHF"
    CHAT = "chat"
    CODE = "code"
    DATA = "data inheritance"
    DISTILLATION = "distillation"
    MERGE = "merge"
    ADAPTER = "adapter"
    QUANTISED = "quantised"
    MULTIMODAL = "multimodal"  # the language model within it
    SUCCESSOR = "successor"
    MEMBER = "member of series"
    PRODUCT = "product of"


@dataclass(frozen=True, slots=True)
class Parent:
    """What a claim says about where a model comes from; the claim's subject is the child."""

    name: str
    kind: RelationKind = RelationKind.BASE
    label: str = ""  # "+ chinese data"


ClaimValue = str | bool | TypedDate | Quantity | Hardware | Parent


class EvidenceKind(StrEnum):
    """Where a claim stands."""

    PAPER = "paper"
    NOTE = "note"
    TABLE = "table"  # of another collection: a survey's table, a catalogue
    FIGURE = "figure"
    URL = "url"
    PERSON = "person"


class Basis(StrEnum):
    """How much a source knows of what it says, stronger last."""

    INFERRED = "inferred"  # somebody's conclusion
    REPORTED = "reported"  # a third party says so
    STATED = "stated"  # who made the model says so


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place where a claim stands, down to its characters where the text is at hand."""

    kind: EvidenceKind
    source: str  # "2204.02311v1", "notes/a.md", "LLMSurvey README", an address, a person's name
    locator: str = ""  # "abstract", "row PaLM", "figure 4" ...
    start: int | None = None  # characters of what the locator names
    end: int | None = None
    sentence: str = ""  # as it stands there
    note: str = ""  # what littrack or a person adds: why, how it was read
    basis: Basis = Basis.REPORTED
    retrieved: datetime | None = None

    @property
    def checked(self) -> bool:
        """Whether somebody looked: a row, a quoted sentence, arXiv's own record, a day of access.

        A paper or an address without any of these says where to look, not that somebody did.
        """
        if self.kind not in (EvidenceKind.PAPER, EvidenceKind.URL):
            return True
        return bool(self.sentence or self.retrieved or self.locator.startswith("arXiv"))


class Method(StrEnum):
    """How a claim was made from its evidence."""

    PARSED = "parsed"
    RULE = "rule"
    MODEL = "model"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that one source says about one model. Kept, whatever others say.

    ``subject`` is the name as the source writes it; `paper` is the arXiv id of the paper that
    presents the subject, where that is known. Which model is meant is found anew each time.
    """

    subject: str
    field: ModelField
    value: ClaimValue
    evidence: Evidence
    recorded_at: datetime
    method: Method = Method.PARSED
    confidence: float = 1.0
    paper: str | None = None
    tool: str = ""  # what made it: "littrack 0.5.0"
    origin: str = ""  # how it came here: "catalogue", "extraction", "import:FILE", "curation"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown for one field of a model, and all that is said about it.

    ``values`` are as shown, () when nobody states any; ``rivals`` say otherwise than what is shown.
    """

    field: ModelField
    values: tuple[ClaimValue, ...]
    claims: tuple[Claim, ...] = ()  # that say so, strongest first
    rivals: tuple[Claim, ...] = ()
    rule: str = ""  # the name of the rule that chose


class ModelStatus(StrEnum):
    """Who vouches for a model, stronger last."""

    CANDIDATE = "candidate"  # waits for review
    ACCEPTED = "accepted"  # by littrack, nobody has looked yet
    CURATED = "curated"  # by a person: the catalogue, or the library's curation file


@dataclass(frozen=True, slots=True)
class Model:
    """A model as it is shown: a view over claims, made anew from them each time."""

    name: str
    status: ModelStatus
    cells: Mapping[ModelField, Cell] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    kind: ModelKind = ModelKind.MODEL
    paper: str | None = None  # arXiv id
    withdrawn: bool = False  # the paper is

    def values(self, name: ModelField) -> tuple[ClaimValue, ...]:
        """What is shown for a field; () when nobody states it."""
        cell = self.cells.get(name)
        return cell.values if cell else ()

    def value(self, name: ModelField) -> Any:
        """The first of `values`, None if there is none."""
        return next(iter(self.values(name)), None)

    @property
    def release(self) -> TypedDate | None:
        """The date that is shown."""
        found: TypedDate | None = self.value(ModelField.RELEASE)
        return found

    @property
    def organisation(self) -> str:
        """Who made it; several are joined with " / "."""
        return " / ".join(str(name) for name in self.values(ModelField.ORGANISATION))

    @property
    def sizes(self) -> tuple[Quantity, ...]:
        """Sizes in parameters, smallest first; the undisclosed and the active ones are left out."""
        found = [one for one in self.values(ModelField.SIZE) if isinstance(one, Quantity)]
        whole = [one for one in found if one.value is not None and one.qualifier != "active"]
        return tuple(sorted(whole, key=lambda one: one.value or 0.0))

    @property
    def public(self) -> bool | None:
        """Whether its weights can be had; None when nobody states it."""
        access = self.value(ModelField.ACCESS)
        return None if access is None else access == "open"


class DecisionKind(StrEnum):
    """What a person can decide about a model."""

    ACCEPT = "accept"  # it is one; with `paper` and perhaps another name
    REJECT = "reject"  # it stays out of the timeline
    NOT_A_MODEL = "not-a-model"  # a method, a dataset, a system
    ALIAS = "alias"  # `value` is another name of it
    RENAME = "rename"  # `value` is its name from now on
    MERGE = "merge"  # it is the same as the model named in `value`
    SPLIT = "split"  # what `paper` says is about another model, named in `value`
    SET = "set"  # `field` is `value`, whatever sources say
    UNSET = "unset"  # takes back an earlier `set`


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the curation file: what was decided, by whom, when and why."""

    kind: DecisionKind
    model: str
    who: str
    when: datetime
    because: str
    paper: str | None = None  # arXiv id
    field: ModelField | None = None
    value: ClaimValue | None = None
    evidence: str = ""  # where it can be seen: an arXiv id, an address
    place: str = ""  # "curation.toml, line 12"


@dataclass(frozen=True, slots=True)
class ClaimConflict:
    """Two sources that cannot both be right about a model, or one that contradicts itself."""

    model: str
    field: ModelField
    # date-type, date, value, unit, outlier, estimate, base, order, entity, attribution, internal
    # or decision: evidence that came after a person decided otherwise
    kind: str
    shown: str
    rival: str
    explanation: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """An edge of the family graph, between models as they are known here."""

    child: str
    parent: str
    kind: RelationKind
    label: str = ""
    explicit: bool = False  # drawn solid: at least one claim rests on what the makers state
    claims: tuple[Claim, ...] = ()


class Outcome(StrEnum):
    """What becomes of a paper that may release a model."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing read in a title or abstract. ``start`` and ``end`` are characters of that part."""

    field: ModelField
    value: ClaimValue
    part: str  # "title" or "abstract"
    start: int
    end: int
    sentence: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What extraction makes of one paper version: does it release a model, and what is said of it.

    ``names`` are the names of released models, best first; the findings of field ALIAS say where
    each stands. Findings of other fields are about the first name.
    """

    outcome: Outcome
    score: float  # 0 to 1: probability of being a release
    names: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = ()  # what spoke for and against, for people


@dataclass(frozen=True, slots=True)
class Bucket:
    """A span of a printed timeline, ``start <= release < end``: "5-8" of 2021, or all of 2019."""

    year: int
    label: str  # "5-8"; "" when the year is not divided
    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.year} {self.label}".rstrip()


@dataclass(frozen=True, slots=True)
class EditionRow:
    """A model as an edition shows it, and where the edition's timeline has it."""

    model: Model
    bucket: str = ""  # "2022 7-10"; "" when the timeline does not show it


@dataclass(frozen=True, slots=True)
class Edition:
    """A state of the survey, frozen under a name."""

    name: str
    created_at: datetime
    as_of: datetime  # what was recorded later was not known to it
    rows: tuple[EditionRow, ...]  # by name
    rules: Mapping[str, str] = field(default_factory=dict)  # "dates", "selection", "buckets" ...
    left_out: Mapping[str, str] = field(default_factory=dict)  # by model: the clause that did it
    decisions: tuple[Decision, ...] = ()  # in force
    figures: Mapping[str, int] = field(default_factory=dict)  # how many models each shows
    trends: Mapping[str, int] = field(default_factory=dict)  # papers counted, by phrase
    citations: tuple[str, ...] = ()  # arXiv ids
    files: Mapping[str, str] = field(default_factory=dict)  # SHA-256 by name


class CauseKind(StrEnum):
    """Why an edition says something else than the one before."""

    EVIDENCE = "new evidence"
    DECISION = "decision"  # of a person
    UNDECIDED = "decision taken back"
    RETRACTED = "evidence withdrawn"  # the source no longer says so
    RULE = "rule changed"
    LEFT_OUT = "left out by the selection"
    MERGED = "merged"
    SPLIT = "split"
    WEIGHED = "weighed anew"  # the same claims in another order of strength
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a change: a source and the place in it, or a person and the reason given."""

    kind: CauseKind
    source: str = ""  # as in Evidence; of a decision: who decided
    locator: str = ""
    because: str = ""  # of a decision
    before: str = ""  # a rule as it was; the model that was merged or split
    after: str = ""  # a rule as it is; the clause that left a model out


class ModelChangeKind(StrEnum):
    """What became of a model from one edition to another."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"  # to another bucket of the timeline
    FIELD = "changed"  # one field of it
    REVIEWED = "reviewed"  # its status changed


@dataclass(frozen=True, slots=True)
class ModelChange:
    """One change of one model; `before` None: the earlier edition does not have it."""

    kind: ModelChangeKind
    before: EditionRow | None
    after: EditionRow | None
    cause: Cause
    field: ModelField | None = None  # for FIELD


class ItemKind(StrEnum):
    """What an edition has besides models."""

    RULE = "rule"
    DIVISION = "division"  # of the timeline
    FIGURE = "figure"
    TREND = "trend"
    CITATION = "citation"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One change of something that is no model; None: the edition does not have it."""

    kind: ItemKind
    name: str
    before: str | int | None
    after: str | int | None


@dataclass(frozen=True, slots=True)
class EditionDiff:
    """All that is different between two editions, grouped by kind, then by name."""

    before: Edition
    after: Edition
    models: tuple[ModelChange, ...] = ()
    items: tuple[ItemChange, ...] = ()
