"""Editions of the survey: freezing one, and what is different between two, with the cause of each.

A change is new evidence when the claim behind it was recorded after the earlier edition was made,
and a person's decision when somebody decided since. Else the rules changed, or what is known was
weighed anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from littrack.claims import (
    Cause,
    CauseKind,
    Cell,
    Claim,
    Decision,
    DecisionKind,
    Edition,
    EditionDiff,
    EditionRow,
    EvidenceKind,
    ItemChange,
    ItemKind,
    Model,
    ModelChange,
    ModelChangeKind,
    ModelField,
)
from littrack.text import fold

# The fields that an edition is compared by, in the order of a change log.
COMPARED = (
    *(ModelField.RELEASE, ModelField.SIZE, ModelField.ACCESS, ModelField.BASE_MODEL),
    *(ModelField.ORGANISATION, ModelField.PRETRAIN_DATA, ModelField.HARDWARE),
    *(ModelField.TRAINING_TIME, ModelField.DATA_CUTOFF, ModelField.INSTRUCTION_TUNING),
    *(ModelField.RLHF, ModelField.IN_CONTEXT_LEARNING, ModelField.CHAIN_OF_THOUGHT),
    *(ModelField.LICENCE, ModelField.KIND, ModelField.PAPER),
)
# Keys of an edition's rules.
DATES, SELECTION, BUCKETS = "dates", "selection", "buckets"
_RULES = {ModelField.RELEASE: DATES}  # by the field that they choose
_SPAN = re.compile(r"(\d{4})(?: (\d+)(?:-(\d+))?)?")


def freeze_edition(
    name: str,
    models: Iterable[Model],
    buckets_of: Mapping[str, str],
    *,
    created_at: datetime,
    as_of: datetime,
) -> Edition:
    """The models as they are shown now; rules, decisions, counts and files are for the caller.

    Args:
        name: "v13".
        models: All that the edition shows.
        buckets_of: By model: where its timeline has it.
        created_at: Now.
        as_of: Until when what was recorded is known to it.
    """
    rows = [EditionRow(model, buckets_of.get(model.name, "")) for model in models]
    rows.sort(key=lambda row: (row.model.name.casefold(), row.model.name))
    papers = {row.model.paper for row in rows if row.model.paper is not None}
    return Edition(name, created_at, as_of, tuple(rows), citations=tuple(sorted(papers)))


def compare_editions(before: Edition, after: Edition) -> EditionDiff:
    """All that is different, each with its cause; grouped by kind, then by name."""
    comparison = _Comparison(before, after)
    changes = list(comparison.changes())
    changes.sort(key=_order)
    return EditionDiff(before, after, tuple(changes), tuple(comparison.items()))


def _order(change: ModelChange) -> tuple[int, int, str, str]:
    row = change.after or change.before
    name = row.model.name if row else ""
    place = COMPARED.index(change.field) if change.field else 0
    return list(ModelChangeKind).index(change.kind), place, name.casefold(), name


class _Comparison:
    """Two editions, with their models paired."""

    def __init__(self, before: Edition, after: Edition) -> None:
        self.before, self.after = before, after
        self.old = {row.model.name: row for row in before.rows}
        self.new = {row.model.name: row for row in after.rows}
        self.decided = [one for one in after.decisions if one not in before.decisions]
        self.renamed = dict(self._renamed())  # old name -> new name

    def _renamed(self) -> Iterator[tuple[str, str]]:
        """Models that left under one name and came back under another."""
        gone = [row for name, row in self.old.items() if name not in self.new]
        come = [row for name, row in self.new.items() if name not in self.old]
        for old in gone:
            found = [new for new in come if _is_alias(old.model.name, new.model)]
            found = found or [
                new
                for new in come
                if new.model.paper is not None
                and [one for one in (*gone, *come) if one.model.paper == new.model.paper]
                == [old, new]
            ]
            if len(found) == 1:
                come.remove(found[0])
                yield old.model.name, found[0].model.name

    def changes(self) -> Iterator[ModelChange]:
        """Every change of a model."""
        came_back = set(self.renamed.values())
        for name, old in self.old.items():
            new = self.new.get(self.renamed.get(name, name))
            if new is None:
                yield ModelChange(ModelChangeKind.REMOVED, old, None, self._cause_of_loss(old))
                continue
            if name in self.renamed:
                cause = self._cause_of_name(old, new)
                yield ModelChange(ModelChangeKind.RENAMED, old, new, cause)
            yield from self._changes_of(old, new)
        for name, new in self.new.items():
            if name not in self.old and name not in came_back:
                yield ModelChange(ModelChangeKind.ADDED, None, new, self._cause_of_gain(new))

    def _changes_of(self, old: EditionRow, new: EditionRow) -> Iterator[ModelChange]:
        dated = is_changed(old.model, new.model, ModelField.RELEASE)
        moved = is_moved(old.bucket, new.bucket)
        if moved:
            cause = self._cause_of_move(old, new, dated)
            yield ModelChange(ModelChangeKind.MOVED, old, new, cause)
        for name in COMPARED:
            if name is ModelField.RELEASE and moved:
                continue  # said with the move
            if is_changed(old.model, new.model, name):
                cause = self._cause_of_field(name, old.model, new.model)
                yield ModelChange(ModelChangeKind.FIELD, old, new, cause, name)
        if old.model.status is not new.model.status:
            cause = self._decision(new.model, DecisionKind.ACCEPT) or Cause(CauseKind.UNKNOWN)
            yield ModelChange(ModelChangeKind.REVIEWED, old, new, cause)

    def items(self) -> Iterator[ItemChange]:
        """What changed besides models."""
        before, after = self.before, self.after
        rules = (_without_buckets(edition.rules) for edition in (before, after))
        yield from _items(ItemKind.RULE, *rules)
        yield from self._divisions()  # what another division of the timeline did
        yield from _items(ItemKind.FIGURE, before.figures, after.figures)
        yield from _items(ItemKind.TREND, before.trends, after.trends)
        cited = ({one: one for one in edition.citations} for edition in (before, after))
        yield from _items(ItemKind.CITATION, *cited)
        yield from _items(ItemKind.FILE, before.files, after.files)

    def _divisions(self) -> Iterator[ItemChange]:
        """Spans of the timeline that were divided or joined; their models did not move."""
        parts: dict[str, set[str]] = {}
        for name, old in self.old.items():
            new = self.new.get(self.renamed.get(name, name))
            if new is None or old.bucket == new.bucket or not old.bucket or not new.bucket:
                continue
            if not is_moved(old.bucket, new.bucket):
                parts.setdefault(old.bucket, set())
        for row in self.new.values():
            for bucket, found in parts.items():
                if row.bucket and not is_moved(bucket, row.bucket):
                    found.add(row.bucket)
        for bucket in sorted(parts, key=_bucket_order):
            joined = ", ".join(sorted(parts[bucket], key=_bucket_order))
            yield ItemChange(ItemKind.DIVISION, bucket, bucket, joined)

    # --- causes -----------------------------------------------------------------------------------

    def _decision(self, model: Model, *kinds: DecisionKind) -> Cause | None:
        """What a person decided about a model since the earlier edition."""
        names = {fold(name) for name in (model.name, *model.aliases)}
        for decision in reversed(self.decided):
            told = {decision.model}
            if decision.kind in (DecisionKind.ACCEPT, DecisionKind.RENAME, DecisionKind.SPLIT):
                told |= {str(decision.value)}
            about = bool({fold(name) for name in told} & names)
            if decision.model not in self.old and decision.model not in self.new:
                about = about or (decision.paper is not None and decision.paper == model.paper)
            if decision.kind in kinds and about:
                return _decided(decision)
        return None

    def _cause_of_gain(self, row: EditionRow) -> Cause:
        model = row.model
        decided = self._decision(model, DecisionKind.SPLIT, DecisionKind.ACCEPT)
        if decided is not None:
            return decided
        for old in self.old.values():
            if _is_alias(model.name, old.model) and old.model.name in self.new:
                return Cause(CauseKind.SPLIT, before=old.model.name)
        fresh = self._fresh(claim for cell in _in_order(model) for claim in cell.claims)
        if fresh:
            return told_by(fresh[0])
        return self._changed_rule(SELECTION) or Cause(CauseKind.UNKNOWN)

    def _cause_of_loss(self, row: EditionRow) -> Cause:
        model = row.model
        decided = self._decision(
            model, DecisionKind.REJECT, DecisionKind.NOT_A_MODEL, DecisionKind.MERGE
        )
        if decided is not None:
            return decided
        for new in self.new.values():
            if _is_alias(model.name, new.model) and new.model.name in self.old:
                return Cause(CauseKind.MERGED, after=new.model.name)
        if model.name in self.after.left_out:
            return Cause(CauseKind.LEFT_OUT, after=self.after.left_out[model.name])
        return self._changed_rule(SELECTION) or _lost(row)

    def _cause_of_name(self, old: EditionRow, new: EditionRow) -> Cause:
        decided = self._decision(new.model, DecisionKind.RENAME)
        if decided is not None:
            return decided
        cell = new.model.cells.get(ModelField.ALIAS)
        names = (old.model.name, new.model.name)
        told = [claim for claim in cell.claims if claim.value in names] if cell else []
        fresh = self._fresh(told)
        return told_by(fresh[0]) if fresh else Cause(CauseKind.UNKNOWN)

    def _cause_of_move(self, old: EditionRow, new: EditionRow, dated: bool) -> Cause:
        if dated:
            return self._cause_of_field(ModelField.RELEASE, old.model, new.model)
        printed = new.model.cells.get(ModelField.BUCKET)
        fresh = self._fresh(printed.claims) if printed else []
        if fresh:
            return told_by(fresh[0])
        if old.bucket and new.bucket:  # dividing the timeline otherwise moves nothing so far
            return Cause(CauseKind.UNKNOWN)
        return self._changed_rule(BUCKETS) or Cause(CauseKind.UNKNOWN)

    def _cause_of_field(self, name: ModelField, old: Model, new: Model) -> Cause:
        cell, earlier = new.cells.get(name), old.cells.get(name)
        claims = cell.claims if cell else ()
        if name is ModelField.PAPER and not claims:
            every = (claim for one in _in_order(new) for claim in one.claims)
            claims = tuple(claim for claim in every if claim.paper == new.paper)
        fresh = self._fresh(claims)
        if fresh:  # rather one that says what is new than one that confirms what was shown
            known = earlier.values if earlier else ()
            return told_by(next((one for one in fresh if one.value not in known), fresh[0]))
        rule = self._changed_rule(_RULES[name]) if name in _RULES else None
        return rule or _weighed(earlier, cell)

    def _fresh(self, claims: Iterable[Claim]) -> list[Claim]:
        """The claims that the earlier edition could not know, a person's first."""
        found = [claim for claim in claims if claim.recorded_at > self.before.as_of]
        return sorted(found, key=lambda one: one.evidence.kind is not EvidenceKind.PERSON)

    def _changed_rule(self, name: str) -> Cause | None:
        before, after = self.before.rules.get(name, ""), self.after.rules.get(name, "")
        if before == after:
            return None
        if name == BUCKETS:  # a list of spans: only those that differ
            spans, others = before.split(", "), after.split(", ")
            before = ", ".join(span for span in spans if span not in others)
            after = ", ".join(span for span in others if span not in spans)
        return Cause(CauseKind.RULE, before=before, after=after)


def is_changed(old: Model, new: Model, name: ModelField) -> bool:
    """Whether something else is shown for a field; the order of several values says nothing."""
    if name is ModelField.PAPER:
        return old.paper != new.paper
    return set(old.values(name)) != set(new.values(name))


def is_moved(old: str, new: str) -> bool:
    """Whether two places on timelines exclude each other: "2023" and "2023 1-6" do not."""
    if not old or not new:
        return old != new
    one, other = _span(old), _span(new)
    if one is None or other is None:
        return old != new
    return one[1] < other[0] or other[1] < one[0]


def _span(bucket: str) -> tuple[int, int] | None:
    """First and last month, counted from year 0; None when it is not of that form."""
    match = _SPAN.fullmatch(bucket)
    if match is None:
        return None
    first = int(match[2] or 1)
    last = int(match[3] or match[2] or 12)
    return int(match[1]) * 12 + first, int(match[1]) * 12 + last


def _bucket_order(bucket: str) -> tuple[tuple[int, int], str]:
    return _span(bucket) or (0, 0), bucket


def told_by(claim: Claim) -> Cause:
    """A claim as the cause: new evidence, or what a person decided."""
    evidence = claim.evidence
    if evidence.kind is EvidenceKind.PERSON:
        return Cause(CauseKind.DECISION, evidence.source, evidence.locator, evidence.note)
    return Cause(CauseKind.EVIDENCE, evidence.source, evidence.locator)


def _decided(decision: Decision) -> Cause:
    kinds = {DecisionKind.MERGE: CauseKind.MERGED, DecisionKind.SPLIT: CauseKind.SPLIT}
    kind = kinds.get(decision.kind, CauseKind.DECISION)
    before = decision.model if kind is CauseKind.SPLIT else ""
    after = str(decision.value) if kind is CauseKind.MERGED else ""
    return Cause(kind, decision.who, decision.place, decision.because, before, after)


def _weighed(old: Cell | None, new: Cell | None) -> Cause:
    """Nothing new was said: something was taken back, or another rule chose."""
    first = old.claims[0] if old and old.claims else None
    known = {_place(claim) for claim in (*new.claims, *new.rivals)} if new else set()
    if first is not None and _place(first) not in known:
        taken = first.evidence.kind is EvidenceKind.PERSON
        kind = CauseKind.UNDECIDED if taken else CauseKind.RETRACTED
        return Cause(kind, first.evidence.source, first.evidence.locator)
    before, after = (cell.rule if cell else "" for cell in (old, new))
    if before != after and before and after:
        return Cause(CauseKind.RULE, before=before, after=after)
    return Cause(CauseKind.WEIGHED)


def _lost(row: EditionRow) -> Cause:
    claims = [claim for cell in _in_order(row.model) for claim in cell.claims]
    if not claims:
        return Cause(CauseKind.UNKNOWN)
    return Cause(CauseKind.RETRACTED, claims[0].evidence.source, claims[0].evidence.locator)


def _place(claim: Claim) -> tuple[object, ...]:
    evidence = claim.evidence
    return claim.value, evidence.kind, evidence.source, evidence.locator


def _in_order(model: Model) -> list[Cell]:
    """The cells of a model, what tells most of its coming first."""
    first = (ModelField.PAPER, ModelField.RELEASE, ModelField.BUCKET, ModelField.SIZE)
    names = [*first, *(name for name in model.cells if name not in first)]
    return [model.cells[name] for name in names if name in model.cells]


def _is_alias(name: str, model: Model) -> bool:
    return fold(name) in {fold(alias) for alias in model.aliases}


def _without_buckets(rules: Mapping[str, str]) -> dict[str, str]:
    return {name: rule for name, rule in rules.items() if name != BUCKETS}


def _items(
    kind: ItemKind,
    before: Mapping[str, str] | Mapping[str, int],
    after: Mapping[str, str] | Mapping[str, int],
) -> Iterator[ItemChange]:
    names: Sequence[str] = sorted({*before, *after})
    for name in names:
        if before.get(name) != after.get(name):
            yield ItemChange(kind, name, before.get(name), after.get(name))
