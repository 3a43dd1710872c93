"""Claims in SQL: new ones are added, those that a source takes back are retired, none is edited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from littrack.claims import (
    Basis,
    Claim,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Hardware,
    Method,
    ModelDateKind,
    ModelField,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.records import Precision
from littrack.store.bulk import insert_rows
from littrack.store.state import count_change
from littrack.store.tables import claims

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """What replacing the claims of an origin did."""

    new: int = 0
    retired: int = 0
    unchanged: int = 0


def replace_claims(
    conn: sa.Connection, origin: str, found: Sequence[Claim], now: datetime
) -> ClaimCounts:
    """Make these the claims of an origin (a catalogue, an imported table) from now on."""
    current = _current(conn, claims.c.origin == origin)
    return _replace(conn, current, [(origin, None, claim) for claim in found], now)


def replace_extracted(
    conn: sa.Connection,
    origin: str,
    found: Mapping[int, Sequence[Claim]],
    now: datetime,
) -> ClaimCounts:
    """Make these the claims read in each of these paper versions (by SQL id) from now on."""
    current: dict[int, _Key] = {}
    wanted = sorted(found)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        current |= _current(conn, claims.c.origin == origin, claims.c.version_id.in_(chunk))
    rows = [(origin, version, claim) for version in wanted for claim in found[version]]
    return _replace(conn, current, rows, now)


_Key = tuple[object, ...]


def _current(conn: sa.Connection, *wanted: sa.ColumnElement[bool]) -> dict[int, _Key]:
    query = sa.select(claims).where(*wanted, claims.c.retired_at.is_(None))
    return {
        row["id"]: (row["version_id"], *_key(_claim(row))) for row in conn.execute(query).mappings()
    }


def _key(claim: Claim) -> _Key:
    """What makes a claim the same claim: all but who read it when and with what confidence."""
    evidence = claim.evidence
    return (
        claim.subject,
        claim.field,
        json.dumps(value_to_json(claim.value), sort_keys=True),
        claim.paper,
        *(evidence.kind, evidence.source, evidence.locator, evidence.start, evidence.end),
        *(evidence.sentence, evidence.note, evidence.basis, claim.method),
    )


def _replace(
    conn: sa.Connection,
    current: Mapping[int, _Key],
    found: Sequence[tuple[str, int | None, Claim]],
    now: datetime,
) -> ClaimCounts:
    wanted = {(version, *_key(claim)): (origin, version, claim) for origin, version, claim in found}
    kept = set(current.values())
    gone = [number for number, key in current.items() if key not in wanted]
    for start in range(0, len(gone), _CHUNK):
        chunk = gone[start : start + _CHUNK]
        conn.execute(claims.update().where(claims.c.id.in_(chunk)).values(retired_at=now))
    new = [given for key, given in wanted.items() if key not in kept]
    first = (conn.scalar(sa.select(sa.func.max(claims.c.id))) or 0) + 1
    insert_rows(conn, claims, [_row(number, *given) for number, given in enumerate(new, first)])
    if new or gone:
        count_change(conn, "claims")
    return ClaimCounts(len(new), len(gone), len(wanted) - len(new))


def load_claims(
    conn: sa.Connection, *, as_of: datetime | None = None, papers: Sequence[str] | None = None
) -> list[Claim]:
    """Claims in the order they were recorded: those in force, or in force on a day.

    Args:
        conn: The connection.
        as_of: What was known at that time; now if None.
        papers: Only claims about what these arXiv ids present; all if None.
    """
    c = claims.c
    query = sa.select(claims).order_by(c.id)
    if as_of is None:
        query = query.where(c.retired_at.is_(None))
    else:
        in_force = sa.or_(c.retired_at.is_(None), c.retired_at > as_of)
        query = query.where(c.recorded_at <= as_of, in_force)
    if papers is not None:
        query = query.where(c.paper.in_(papers))
    return [_claim(row) for row in conn.execute(query).mappings()]


def load_curated_papers(conn: sa.Connection) -> set[str]:
    """The arXiv ids of the papers of the catalogue's models."""
    c = claims.c
    query = sa.select(c.paper).where(c.origin == "catalogue", c.retired_at.is_(None))
    return set(conn.scalars(query.where(c.paper.is_not(None)).distinct()))


def load_origins(conn: sa.Connection) -> dict[str, int]:
    """How many claims are in force, by origin."""
    c = claims.c
    query = sa.select(c.origin, sa.func.count()).where(c.retired_at.is_(None)).group_by(c.origin)
    return {row[0]: row[1] for row in conn.execute(query.order_by(c.origin))}


def _row(number: int, origin: str, version: int | None, claim: Claim) -> dict[str, Any]:
    evidence = claim.evidence
    return {
        "id": number,
        "origin": origin,
        "version_id": version,
        "subject": claim.subject,
        "field": claim.field.value,
        "value": value_to_json(claim.value),
        "paper": claim.paper,
        "kind": evidence.kind.value,
        "source": evidence.source,
        "locator": evidence.locator,
        "char_start": evidence.start,
        "char_end": evidence.end,
        "sentence": evidence.sentence,
        "note": evidence.note,
        "basis": evidence.basis.value,
        "retrieved_at": evidence.retrieved,
        "method": claim.method.value,
        "confidence": claim.confidence,
        "tool": claim.tool,
        "recorded_at": claim.recorded_at,
        "retired_at": None,
    }


def _claim(row: Mapping[Any, Any]) -> Claim:
    return Claim(
        subject=row["subject"],
        field=ModelField(row["field"]),
        value=value_from_json(row["value"]),
        evidence=Evidence(
            kind=EvidenceKind(row["kind"]),
            source=row["source"],
            locator=row["locator"],
            start=row["char_start"],
            end=row["char_end"],
            sentence=row["sentence"],
            note=row["note"],
            basis=Basis(row["basis"]),
            retrieved=row["retrieved_at"],
        ),
        recorded_at=row["recorded_at"],
        method=Method(row["method"]),
        confidence=row["confidence"],
        paper=row["paper"],
        tool=row["tool"],
        origin=row["origin"],
    )


# --- values as JSON -------------------------------------------------------------------------------


def value_to_json(value: ClaimValue) -> Any:
    """A claim's value as JSON that says its type; texts and truth values stand for themselves."""
    match value:
        case TypedDate():
            day = value.value.isoformat()
            return {"date": day, "kind": value.kind.value, "precision": value.precision.value}
        case Quantity():
            data: dict[str, Any] = {"quantity": value.value, "unit": value.unit.value}
            data |= {"qualifier": value.qualifier} if value.qualifier else {}
            return data | ({"estimate": True} if value.estimate else {})
        case Hardware():
            return {"hardware": value.kind, "count": value.count}
        case Parent():
            return {"parent": value.name, "kind": value.kind.value, "label": value.label}
        case _:
            return value


def value_from_json(data: Any) -> ClaimValue:
    """The value that `value_to_json` wrote."""
    if isinstance(data, (str, bool)):
        return data
    if "date" in data:
        kind, precision = ModelDateKind(data["kind"]), Precision(data["precision"])
        return TypedDate(kind, datetime.fromisoformat(data["date"]), precision)
    if "quantity" in data:
        qualifier, estimate = data.get("qualifier", ""), data.get("estimate", False)
        return Quantity(data["quantity"], Unit(data["unit"]), qualifier, estimate)
    if "hardware" in data:
        return Hardware(data["hardware"], data["count"])
    return Parent(data["parent"], RelationKind(data["kind"]), data["label"])
