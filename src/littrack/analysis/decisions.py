"""A person's decisions carried out: they win over whatever sources say, in the order made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from littrack.analysis.model_drafts import Draft, Drafts
from littrack.analysis.model_names import name_key
from littrack.claims import (
    Basis,
    Claim,
    ClaimValue,
    Decision,
    DecisionKind,
    Evidence,
    EvidenceKind,
    Method,
    ModelField,
    ModelStatus,
)

CURATION = "curation"  # the origin of a decision's claims


_ANSWERS = (DecisionKind.ACCEPT, DecisionKind.REJECT)


def last_answers(decisions: Sequence[Decision]) -> list[Decision]:
    """Without the acceptances and rejections that a later one takes back; the order is kept."""
    last: dict[str, int] = {}
    for number, decision in enumerate(decisions):
        if decision.kind in _ANSWERS:
            last[decision.paper or name_key(decision.model)] = number
    kept = set(last.values())
    return [
        decision
        for number, decision in enumerate(decisions)
        if decision.kind not in _ANSWERS or number in kept
    ]


def apply_decisions(drafts: Drafts, decisions: Sequence[Decision]) -> list[Decision]:
    """Carry out a person's decisions in order; those about unknown models are given back."""
    idle = []
    for decision in decisions:
        draft = _decided(drafts, decision)
        if draft is None:
            idle.append(decision)
        else:
            _APPLY[decision.kind](drafts, draft, decision)
    return idle


def _decided(drafts: Drafts, decision: Decision) -> Draft | None:
    owners = drafts.by_paper.get(decision.paper or "", [])
    if decision.model in drafts.by_name:
        return drafts.by_name[decision.model]
    same = [one for one in owners if name_key(one.name) == name_key(decision.model)]
    if same or len(owners) == 1:
        return (same or owners)[0]
    key = name_key(decision.model)
    near = [
        draft
        for draft in drafts.by_name.values()
        if key in {name_key(name) for name in (draft.name, *draft.aliases)}
    ]
    return near[0] if len(near) == 1 else None


def _accept(_drafts: Drafts, draft: Draft, _decision: Decision) -> None:
    draft.status = ModelStatus.CURATED


def _reject(drafts: Drafts, draft: Draft, _decision: Decision) -> None:
    drafts.by_name.pop(draft.name, None)


def _not_a_model(_drafts: Drafts, draft: Draft, decision: Decision) -> None:
    draft.claims.append(_decision_claim(draft, decision, ModelField.NOT_A_MODEL, True))


def _alias(_drafts: Drafts, draft: Draft, decision: Decision) -> None:
    draft.aliases.append(str(decision.value))
    draft.claims.append(_decision_claim(draft, decision, ModelField.ALIAS, str(decision.value)))


def _rename(drafts: Drafts, draft: Draft, decision: Decision) -> None:
    drafts.by_name.pop(draft.name, None)
    draft.aliases.append(draft.name)
    draft.name = str(decision.value)
    draft.status = ModelStatus.CURATED
    drafts.by_name[draft.name] = draft


def _merge(drafts: Drafts, draft: Draft, decision: Decision) -> None:
    target = _decided(drafts, replace(decision, model=str(decision.value), paper=None))
    if target is None or target is draft:
        return
    drafts.by_name.pop(draft.name, None)
    target.claims += draft.claims
    target.aliases += [draft.name, *draft.aliases]
    for paper in sorted(draft.papers):
        drafts.give_paper(target, paper)


def _split(drafts: Drafts, draft: Draft, decision: Decision) -> None:
    """What a paper says goes to another model, which is made if need be."""
    other = drafts.of(str(decision.value), ModelStatus.CURATED)
    theirs = [claim for claim in draft.claims if decision.paper and claim.paper == decision.paper]
    draft.claims = [claim for claim in draft.claims if claim not in theirs]
    draft.papers.discard(decision.paper or "")
    other.claims += theirs
    if decision.paper:
        drafts.give_paper(other, decision.paper)


def _set(_drafts: Drafts, draft: Draft, decision: Decision) -> None:
    if decision.field is not None and decision.value is not None:
        claim = _decision_claim(draft, decision, decision.field, decision.value)
        draft.claims = [one for one in draft.claims if not _is_overruled(one, claim)]
        draft.claims.append(claim)


def _is_overruled(old: Claim, new: Claim) -> bool:
    """An earlier decision of another day about the same field; those of one day add up."""
    same = old.origin == CURATION and old.field is new.field
    return same and old.recorded_at != new.recorded_at


def _unset(_drafts: Drafts, draft: Draft, decision: Decision) -> None:
    draft.claims = [
        one for one in draft.claims if one.origin != CURATION or one.field is not decision.field
    ]


_APPLY: Mapping[DecisionKind, Callable[[Drafts, Draft, Decision], None]] = {
    DecisionKind.ACCEPT: _accept,
    DecisionKind.REJECT: _reject,
    DecisionKind.NOT_A_MODEL: _not_a_model,
    DecisionKind.ALIAS: _alias,
    DecisionKind.RENAME: _rename,
    DecisionKind.MERGE: _merge,
    DecisionKind.SPLIT: _split,
    DecisionKind.SET: _set,
    DecisionKind.UNSET: _unset,
}


def _decision_claim(
    draft: Draft, decision: Decision, field: ModelField, value: ClaimValue
) -> Claim:
    evidence = Evidence(
        EvidenceKind.PERSON,
        decision.who,
        decision.evidence or decision.place,
        note=decision.because,
        basis=Basis.STATED,
        retrieved=decision.when,
    )
    return Claim(
        draft.name,
        field,
        value,
        evidence,
        decision.when,
        Method.HUMAN,
        origin=CURATION,
    )
