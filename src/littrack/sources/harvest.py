"""What every harvest hands to its caller, whichever service it comes from.

A source yields pages. Each page carries the papers, what the ledger wants to know of the answer,
and a checkpoint: text that the source can go on from. Storing the papers and the checkpoint in one
transaction is all that a caller needs to do to be able to stop anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from littrack.records import Paper, Rejection, Window


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record that the source says is gone."""

    arxiv_id: str
    modified: datetime  # the day it says so for


@dataclass(frozen=True, slots=True)
class HarvestPage:
    """One accepted answer of a source."""

    window: Window  # the span it belongs to: of first submission (API), of last change (OAI-PMH)
    papers: tuple[Paper, ...]
    url: str  # what was asked; "" when nothing had to be asked
    status: int
    sha256: str  # of what the answer says, whenever it was given
    start: int  # position of the first entry in the window's result
    entries: int  # records in the answer, before any were left out of `papers`
    total: int | None  # records the source says the window holds; None: it does not say
    last: bool = True  # the window ends with this page
    complete: bool = True  # False: the window ended without everything the source says it holds
    rejections: tuple[Rejection, ...] = ()
    warnings: tuple[str, ...] = ()
    checkpoint: str | None = None  # JSON, for the source's own use; None: cannot be resumed
    part: str = ""  # which part of the harvest: an OAI set
    deletions: tuple[Deletion, ...] = ()
    asked_at: datetime | None = None  # the source's own clock in this answer
    remaining: int | None = None  # records still to come, where the source has counted them
    reached: datetime | None = None  # how far a list without total has come: day of last change
