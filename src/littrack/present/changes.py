"""What a run changed, in a few lines for people: the rare and grave first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from littrack.present.tables import display_width
from littrack.records import Change, ChangeKind

SHOWN = 20  # lines; the ledger has the rest
WIDTH = 79  # of a line
ORDER = (
    ChangeKind.WITHDRAWN,
    ChangeKind.DELETED,
    ChangeKind.LATE,
    ChangeKind.VERSION,
    ChangeKind.METADATA,
    ChangeKind.NEW,
)


def sort_changes(changes: Iterable[Change]) -> list[Change]:
    """Grouped by kind in `ORDER`; within a kind as they were made."""
    return sorted(changes, key=lambda one: ORDER.index(one.kind))


def render_changes(
    changes: Sequence[Change], titles: Mapping[str, str], *, new: int, run: int
) -> list[str]:
    """Lines for stderr; none when papers are new and that is all, as the counts say that already.

    Args:
        changes: What is to be listed, see `sort_changes`.
        titles: By arXiv id, for the first `SHOWN` of them; a paper without one is shown by its id.
        new: New papers that are not among the changes: they are only counted.
        run: Its number in the ledger, for the command that shows the rest.
    """
    shown = changes[:SHOWN]
    width = max((len(one.arxiv_id) for one in shown), default=0)
    lines = [_line(one, titles.get(one.arxiv_id, ""), width) for one in shown]
    if len(changes) > len(shown):
        lines.append(f"  … and {len(changes) - len(shown):,} more: littrack status --run {run}")
    if lines and new:
        lines.append(f"  {ChangeKind.NEW:<12}  {new:,} paper{'' if new == 1 else 's'}")
    return lines


def _line(one: Change, title: str, width: int) -> str:
    """``  withdrawn     2401.01234  The title, cut to fit (v2 -> v3)``."""
    head = f"  {one.kind:<12}  {one.arxiv_id:<{width}}  "
    tail = f" ({one.detail})" if one.detail else ""
    return (head + _cut(title, WIDTH - display_width(head + tail)) + tail).rstrip()


def _cut(text: str, width: int) -> str:
    """The text on one line of so many columns, cut with an ellipsis."""
    text = " ".join(text.split())
    if display_width(text) <= width:
        return text
    while text and display_width(text) >= width:
        text = text[:-1]
    return text.rstrip() + "…"
