"""Who named a thing: a bonus for the papers that first had the query in their title."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from littrack.store import as_of as earlier
from littrack.store import fulltext, papers

if TYPE_CHECKING:
    import sqlalchemy as sa

FIRST_USES = 5
FIRST_USE_WEIGHT = 4.0  # standard deviations


def find_first_uses(
    conn: sa.Connection, names: Sequence[fulltext.Phrase], as_of: datetime | None = None
) -> dict[int, float]:
    """A bonus for the papers that first had one of the names, as a phrase, in their title.

    Someone who asks for "chain-of-thought" wants the paper that named it among the thousand that
    say it since. The bonus grows with the number of titles that took the phrase up (nothing for
    one, the whole weight from one title in a thousand papers) and falls evenly over the five
    earliest. Where a name was used before for something else (LoRa is also a radio), the other
    parts of the score decide.
    """
    if not names:
        return {}
    number = papers.load_newest_id(conn)
    known = fulltext.find_first_in_titles(conn, names, FIRST_USES) if as_of is None else None
    if known is not None:
        said, earliest = known
    else:
        ids = fulltext.find_in_titles(conn, names)
        if as_of is not None:
            ids, number = (
                sorted(earlier.find_known(conn, ids, as_of)),
                earlier.count_known(conn, as_of),
            )
        said, earliest = len(ids), papers.load_earliest(conn, ids, limit=FIRST_USES, as_of=as_of)
    if said < 2:
        return {}
    widely = max(10.0, number / 1000)
    spread = min(1.0, math.log(said) / math.log(widely))
    return {
        key: FIRST_USE_WEIGHT * spread * (1 - place / FIRST_USES)
        for place, key in enumerate(earliest)
    }
