"""What changed about a paper, in the words of a report: pure rules, no SQL."""

from __future__ import annotations

from littrack.records import Change, ChangeKind, Paper

# What an author or arXiv may correct without a new version. Submitter, licence and report number
# are left out: they do not change, they are learned.
_METADATA = (
    *("title", "abstract", "authors", "categories", "comment", "journal_ref", "doi"),
    *("published", "withdrawn"),
)


def find_change(known: Paper, merged: Paper, new: Paper) -> Change | None:
    """How `merged` differs from `known`, for the reader; None when littrack only learned more.

    The first record with a datestamp after others without (OAI-PMH after the query API) fills in
    what those do not tell: that is learning, not a change of the paper.
    """
    arxiv_id = merged.arxiv_id
    if merged.withdrawn and not known.withdrawn:
        return Change(arxiv_id, ChangeKind.WITHDRAWN, _versions(known, merged))
    if known.version and merged.version and merged.version > known.version:
        return Change(arxiv_id, ChangeKind.VERSION, _versions(known, merged))
    learning = known.modified is None and new.modified is not None
    different = [
        name
        for name in _METADATA
        if getattr(known, name) != getattr(merged, name)
        and not (learning and getattr(known, name) in (None, "", ()))
    ]
    if not different:
        return None
    return Change(arxiv_id, ChangeKind.METADATA, ", ".join(different))


def _versions(known: Paper, merged: Paper) -> str:
    if not merged.version or known.version == merged.version:
        return f"v{merged.version}" if merged.version else ""
    return f"v{known.version} -> v{merged.version}" if known.version else f"v{merged.version}"
