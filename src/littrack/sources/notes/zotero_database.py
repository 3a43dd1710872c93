"""A copy of zotero.sqlite -> its items with their notes. The file itself is never opened.

The database is another program's: this is the one place outside `store` where SQL stands.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from littrack.errors import InputError
from littrack.sources.notes.zotero_items import Annotation, ZoteroItem

MAGIC = b"SQLite format 3\0"
_LONGEST = 10_000_000  # instructions of SQLite: a hundred times what a large library takes

_NOTES = """
SELECT COALESCE(parentItemID, itemID), note FROM itemNotes
WHERE itemID NOT IN (SELECT itemID FROM deletedItems) ORDER BY itemID
"""
_ANNOTATIONS = """
SELECT COALESCE(held.parentItemID, held.itemID), found.text, found.comment, found.pageLabel
FROM itemAnnotations AS found JOIN itemAttachments AS held ON held.itemID = found.parentItemID
WHERE found.itemID NOT IN (SELECT itemID FROM deletedItems)
ORDER BY held.itemID, found.sortIndex, found.itemID
"""
_FIELDS = """
SELECT itemData.itemID, fields.fieldName, itemDataValues.value FROM itemData
JOIN fields ON fields.fieldID = itemData.fieldID
JOIN itemDataValues ON itemDataValues.valueID = itemData.valueID
"""
_CREATORS = """
SELECT itemCreators.itemID, creators.firstName, creators.lastName FROM itemCreators
JOIN creators ON creators.creatorID = itemCreators.creatorID
ORDER BY itemCreators.itemID, itemCreators.orderIndex
"""
_KEYS = """
SELECT itemID, key FROM items WHERE itemID NOT IN (SELECT itemID FROM deletedItems)
"""
_NAMING = ("extra", "archiveID", "number", "DOI", "url", "reportNumber")


def read_zotero_database(path: Path) -> list[ZoteroItem]:
    """Every item that has notes or annotations, in Zotero's order.

    Raises:
        InputError: no database, or not Zotero's.
    """
    try:
        with TemporaryDirectory(prefix="littrack-zotero-") as folder:
            copy = Path(folder) / "zotero.sqlite"
            shutil.copyfile(path, copy)
            log = path.with_name(path.name + "-wal")  # what Zotero has not yet put into the file
            if log.exists():
                shutil.copyfile(log, copy.with_name(copy.name + "-wal"))
            with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as connection:
                connection.text_factory = lambda data: data.decode("utf-8", "replace")
                connection.set_progress_handler(_Patience().ask, 100_000)
                return list(_items(connection))
    except (sqlite3.Error, OSError, ValueError, OverflowError) as exc:
        raise InputError(f"this is no database of Zotero ({exc})", path) from exc


class _Patience:
    """Ends a query of a damaged database that would never end by itself."""

    def __init__(self) -> None:
        self._asked = 0

    def ask(self) -> int:
        """Not 0 when the query must stop."""
        self._asked += 1
        return int(self._asked * 100_000 > 100 * _LONGEST)


def _items(connection: sqlite3.Connection) -> Iterator[ZoteroItem]:
    fields: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for item, name, value in connection.execute(_FIELDS):
        fields[item][name] = str(value)
    authors: defaultdict[int, list[str]] = defaultdict(list)
    for item, first, last in connection.execute(_CREATORS):
        authors[item].append(" ".join(filter(None, (first, last))))
    notes: defaultdict[int, list[str]] = defaultdict(list)
    for item, note in connection.execute(_NOTES):
        notes[item].append(note or "")
    marked: defaultdict[int, list[Annotation]] = defaultdict(list)
    for item, text, comment, page in connection.execute(_ANNOTATIONS):
        marked[item].append(Annotation(text or "", comment or "", page or ""))
    for item, key in connection.execute(_KEYS):
        if notes[item] or marked[item]:
            stated = fields[item]
            yield ZoteroItem(
                title=stated.get("title", ""),
                authors=tuple(authors[item]),
                date=stated.get("date", ""),
                key=str(key),
                fields=tuple(stated[name] for name in _NAMING if name in stated),
                notes=tuple(notes[item]),
                annotations=tuple(marked[item]),
            )
