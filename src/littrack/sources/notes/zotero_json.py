"""Zotero's exports as JSON (Better BibTeX JSON, CSL JSON) -> its items with their notes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from littrack.errors import InputError
from littrack.sources.notes.zotero_items import Annotation, ZoteroItem

_FIELDS = ("extra", "archiveID", "number", "DOI", "url", "URL", "archive_location", "reportNumber")


def parse_zotero_json(text: str, path: Path) -> list[ZoteroItem]:
    """Every item, in order.

    Raises:
        InputError: no JSON, or JSON of something else.
    """
    try:
        whole = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as exc:
        raise InputError(f"this is no whole JSON ({exc})", path) from exc
    held = whole.get("items") if isinstance(whole, Mapping) else whole
    items = [item for item in held if isinstance(item, Mapping)] if isinstance(held, list) else []
    if not any("title" in item or "itemType" in item or "note" in item for item in items):
        raise InputError(
            "this JSON holds no items of Zotero (Better BibTeX JSON or CSL JSON)", path
        )
    return list(map(_item, items))


def _item(item: Mapping[str, Any]) -> ZoteroItem:
    attachments = [each for each in _listed(item.get("attachments")) if isinstance(each, Mapping)]
    marked = [each for one in attachments for each in _listed(one.get("annotations"))]
    marked += _listed(item.get("annotations"))
    notes = [_note(each) for each in _listed(item.get("notes"))]
    notes += [_text(item.get(name)) for name in ("note", "annote")]
    return ZoteroItem(
        title=_text(item.get("title")),
        authors=tuple(
            filter(None, map(_name, _listed(item.get("creators") or item.get("author"))))
        ),
        date=_date(item),
        key=_text(item.get("citationKey") or item.get("citekey") or item.get("id")),
        fields=tuple(filter(None, (_text(item.get(name)) for name in _FIELDS))),
        notes=tuple(filter(None, notes)),
        annotations=tuple(_annotation(each) for each in marked if isinstance(each, Mapping)),
    )


def _annotation(value: Mapping[str, Any]) -> Annotation:
    return Annotation(
        _text(value.get("annotationText") or value.get("text")),
        _text(value.get("annotationComment") or value.get("comment")),
        _text(value.get("annotationPageLabel") or value.get("pageLabel")),
    )


def _note(value: object) -> str:
    return _text(value.get("note")) if isinstance(value, Mapping) else _text(value)


def _name(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    whole = value.get("name") or value.get("literal")
    given = value.get("firstName") or value.get("given")
    family = value.get("lastName") or value.get("family")
    return _text(whole) or " ".join(filter(None, (_text(given), _text(family))))


def _date(item: Mapping[str, Any]) -> str:
    issued = item.get("issued")
    return _text(item.get("date")) or (
        json.dumps(issued)[:200] if isinstance(issued, Mapping) else ""
    )


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return ""
    return str(value).encode("utf-8", "replace").decode("utf-8").replace("\0", " ").strip()
