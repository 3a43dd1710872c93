"""A Word file -> a manuscript. Bombs are refused before anything is unpacked."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from littrack.errors import InputError
from littrack.notes import PassageKind
from littrack.sources.notes.manuscript import Manuscript

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_LARGEST_UNZIPPED = 64 * 2**20  # bytes, of all parts together; zipfile never unpacks more than that
_MOST_PARTS = 5_000
_HEADING = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.I)
_LIST = re.compile(r"list|列表|項目|项目", re.I)
_QUOTE = re.compile(r"quote|引用|引文", re.I)


def add_docx(data: bytes, path: Path, manuscript: Manuscript) -> str:
    """Paragraphs and tables in order; the answer is the title that the file states.

    Raises:
        InputError: no Word file, damaged, or one that would unpack to far more than it is.
    """
    _refuse_bombs(data, path)
    from docx import Document as open_document  # tenths of a second

    try:
        document = open_document(BytesIO(data))
        _add_body(document, manuscript)
        return str(document.core_properties.title or "").strip()
    except InputError:
        raise
    except Exception as exc:  # python-docx and lxml raise whatever they meet
        reason = (str(exc).splitlines() or [type(exc).__name__])[0][:200]
        raise InputError(f"this Word file cannot be read ({reason})", path) from exc


def _refuse_bombs(data: bytes, path: Path) -> None:
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            unzipped = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or unzipped > _LARGEST_UNZIPPED:
                megabytes = unzipped >> 20
                raise InputError(
                    f"unpacks to {len(parts):,} parts and {megabytes:,} MiB: refused", path
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _has_entities(
                    archive, part.filename
                ):
                    raise InputError(f"{part.filename} in it defines entities: refused", path)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as exc:
        raise InputError(f"this is no Word file ({exc})", path) from exc
    except Exception as exc:
        if isinstance(exc, InputError):
            raise
        raise InputError(f"this Word file is damaged ({exc})", path) from exc


def _has_entities(archive: ZipFile, name: str) -> bool:
    """Whether a part has a document type: entities come with it, and Word writes none."""
    with archive.open(name) as part:
        head = part.read(2**16)
    plain = head.replace(b"\0", b"").upper()  # UTF-16 too
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _add_body(document: Document, manuscript: Manuscript) -> None:
    from docx.table import Table

    for part in document.iter_inner_content():
        if isinstance(part, Table):
            _add_table(part, manuscript)
        else:
            _add_paragraph(part, manuscript)


def _add_paragraph(paragraph: Paragraph, manuscript: Manuscript) -> None:
    kind, level = _kind(paragraph)
    text = paragraph.text
    start = manuscript.add(text, kind, level)
    left, place = len(text) - len(text.lstrip()), 0
    for link in paragraph.hyperlinks:
        at = text.find(link.text, place) if link.text.strip() else -1
        if at >= left and link.url.startswith(("http://", "https://")):
            words = link.text.rstrip() if at + len(link.text) >= len(text.rstrip()) else link.text
            manuscript.add_link(start + at - left, start + at - left + len(words), link.url, words)
            place = at + len(link.text)


def _kind(paragraph: Paragraph) -> tuple[PassageKind, int]:
    style = paragraph.style
    name = (style.name or "") if style is not None else ""
    heading = _HEADING.match(name)
    if heading:
        return PassageKind.HEADING, int(heading[1]) or 1
    if name == "Title":
        return PassageKind.HEADING, 1
    properties = paragraph._p.pPr
    if _LIST.search(name) or (properties is not None and properties.numPr is not None):
        return PassageKind.ITEM, 0
    return (PassageKind.QUOTE if _QUOTE.search(name) else PassageKind.PARAGRAPH), 0


def _add_table(table: Table, manuscript: Manuscript) -> None:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            words = " ".join(cell.text.split())
            if not cells or words != cells[-1]:  # a merged cell is given once for each column
                cells.append(words)
        manuscript.add(" | ".join(cells) if any(cells) else "", PassageKind.ROW)
