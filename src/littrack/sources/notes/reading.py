"""A file or a folder of notes -> littrack.notes.Note, in whichever format each one is.

markdown   .md .markdown .mdown .mkd   CommonMark and what Obsidian adds
text       .txt .text                  as typed, or as a scraper left it
html       .html .htm .xhtml           the article of a saved page
pdf        .pdf
docx       .docx
zotero     .json .sqlite               Better BibTeX JSON, CSL JSON; a copy of zotero.sqlite
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from littrack.errors import InputError
from littrack.notes import Note, NoteReference, PassageKind
from littrack.records import Rejection
from littrack.sources.notes.blocks import Block, passages_of
from littrack.sources.notes.citations import mark_references, references_of
from littrack.sources.notes.decoding import decode_note
from littrack.sources.notes.links import find_links
from littrack.sources.notes.manuscript import LARGEST_CHARACTERS, Manuscript
from littrack.sources.notes.markdown import find_markdown_blocks, without_managed_blocks
from littrack.sources.notes.plain_text import find_plain_blocks

LARGEST_BYTES = 64 * 2**20
_LARGEST_DATABASE = 4 * 2**30
_LARGEST_TEXT = 4 * LARGEST_CHARACTERS  # bytes; characters are counted once it is decoded
_MARKDOWN_HINT = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_NOT_WALKED = {"node_modules", "attachments", "assets", "附件", "图片", "images", "templates"}


@dataclass(frozen=True, slots=True)
class NotesRead:
    """The notes of a folder, sorted by path, and the files that could not be read."""

    notes: tuple[Note, ...]
    rejections: tuple[Rejection, ...]


class _Parts(NamedTuple):
    """What a format knows of a note before its passages are made."""

    format: str
    text: str
    blocks: list[Block]
    title: str = ""
    encoding: str = ""
    frontmatter: Mapping[str, object] = {}
    manuscript: Manuscript | None = None
    references: tuple[NoteReference, ...] = ()


def read_note(path: Path, name: str) -> Note:
    """A note, known to the library as `name`.

    Damages and boilerplate are found by `littrack.analysis`, not here.

    Raises:
        InputError: it cannot be opened or read, and why.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise InputError(f"littrack reads no notes of this kind; it reads {known}", path)
    digest = sha256()
    data = _read_bytes(path, digest.update)
    try:
        parts = reader(data, path)
    except InputError as exc:
        raise exc if exc.path else InputError(exc.reason, path) from exc
    return _note(parts, name, digest.hexdigest())


def read_notes(place: Path) -> NotesRead:
    """Every note of a folder, or the one file; a file that cannot be read stops no other."""
    notes: list[Note] = []
    rejections: list[Rejection] = []
    for path, name in find_notes(place):
        try:
            notes.append(read_note(path, name))
        except InputError as exc:
            rejections.append(Rejection(name, exc.reason))
    return NotesRead(tuple(notes), tuple(rejections))


def find_notes(place: Path) -> Iterator[tuple[Path, str]]:
    """(path, name) of every file of a folder that may be a note, sorted by name.

    Folders whose name begins with a dot (.obsidian, .git, .trash) and those of attachments are
    left out, and so are links to other folders.

    Raises:
        InputError: there is no such file or folder.
    """
    if place.is_file():
        yield place, place.name
        return
    if not place.is_dir():
        raise InputError("no such file or folder", place)
    names: list[str] = []
    for folder, below, files in os.walk(place):
        below[:] = [each for each in below if _is_walked(each)]
        names += [
            (Path(folder) / file).relative_to(place).as_posix()
            for file in files
            if Path(file).suffix.lower() in _WALKED and not file.startswith((".", "~$"))
        ]
    for name in sorted(names):
        yield place / name, name


def _is_walked(folder: str) -> bool:
    return not folder.startswith(".") and folder.lower() not in _NOT_WALKED


def _read_bytes(path: Path, digest: Callable[[bytes], None]) -> bytes:
    """The bytes of a file; of a database, which is read by SQLite, only the first."""
    is_database = path.suffix.lower() in (".sqlite", ".db")
    try:
        size = path.stat().st_size
        if size > (_LARGEST_DATABASE if is_database else LARGEST_BYTES):
            raise InputError(f"{size >> 20:,} MiB: too large for a note", path)
        with path.open("rb") as file:
            if not is_database:
                data = file.read(LARGEST_BYTES)
                digest(data)
                return data
            first = file.read(64)
            digest(first)
            while block := file.read(2**20):
                digest(block)
            return first
    except OSError as exc:
        raise InputError(f"cannot be read ({exc.strerror or exc})", path) from exc


def _note(parts: _Parts, name: str, digest: str) -> Note:
    blocks = parts.blocks if parts.references else mark_references(parts.text, parts.blocks)
    passages = passages_of(parts.text, blocks)
    links = find_links(without_managed_blocks(parts.text))
    if parts.manuscript is not None:
        links = parts.manuscript.found_links(links)
    return Note(
        path=name,
        text=parts.text,
        title=parts.title or PurePosixPath(name).stem,
        format=parts.format,
        encoding=parts.encoding,
        sha256=digest,
        passages=passages,
        references=parts.references or references_of(passages),
        links=links,
        frontmatter=parts.frontmatter,
    )


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    if len(data) > _LARGEST_TEXT:
        raise InputError(f"{len(data) >> 20:,} MiB of text: no note is that long", path)
    decoded = decode_note(data, path)
    if len(decoded.text) > LARGEST_CHARACTERS:
        raise InputError(f"{len(decoded.text):,} characters: no note is that long", path)
    return decoded


def _markdown(data: bytes, path: Path) -> _Parts:
    text, encoding = _decoded(data, path)
    blocks, values = find_markdown_blocks(text)
    stated = values.get("title")
    title = stated.strip() if isinstance(stated, str) else ""
    return _Parts("markdown", text, blocks, title or _first_heading(blocks), encoding, values)


def _text(data: bytes, path: Path) -> _Parts:
    text, encoding = _decoded(data, path)
    if len(_MARKDOWN_HINT.findall(text)) > 1:
        return _markdown(data, path)
    return _Parts("text", text, find_plain_blocks(text), encoding=encoding)


def _html(data: bytes, path: Path) -> _Parts:
    from littrack.sources.notes.html import add_page, page_title, parse_page

    manuscript = Manuscript()
    root = parse_page(_page_text(data, path))
    add_page(root, manuscript)
    return _manuscript_parts("html", manuscript, page_title(root))


_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)


def _page_text(data: bytes, path: Path) -> str:
    """The page in characters: as it declares itself, where its bytes agree."""
    declared = _DECLARED.search(data[:4096])
    if declared and len(data) <= _LARGEST_TEXT:
        try:
            name = declared[1].decode("ascii").lower()
            return data.decode("gb18030" if name in ("gbk", "gb2312") else name)
        except (UnicodeDecodeError, LookupError):
            pass
    return _decoded(data, path)[0]


def _pdf(data: bytes, path: Path) -> _Parts:
    from littrack.sources.notes.pdf import read_pdf

    found = read_pdf(data, path)
    pages: Mapping[str, object] = {"pages": list(found.pages)}
    return _Parts("pdf", found.text, found.blocks, found.title, frontmatter=pages)


def _docx(data: bytes, path: Path) -> _Parts:
    from littrack.sources.notes.docx import add_docx

    manuscript = Manuscript()
    title = add_docx(data, path, manuscript)
    return _manuscript_parts("docx", manuscript, title)


def _zotero_json(data: bytes, path: Path) -> _Parts:
    from littrack.sources.notes.zotero_items import add_items
    from littrack.sources.notes.zotero_json import parse_zotero_json

    manuscript = Manuscript()
    references = add_items(parse_zotero_json(_decoded(data, path)[0], path), manuscript)
    return _manuscript_parts("zotero", manuscript, path.stem)._replace(references=references)


def _zotero_database(data: bytes, path: Path) -> _Parts:
    from littrack.sources.notes.zotero_database import MAGIC, read_zotero_database
    from littrack.sources.notes.zotero_items import add_items

    if not data.startswith(MAGIC):
        raise InputError("this is no SQLite database", path)
    manuscript = Manuscript()
    references = add_items(read_zotero_database(path), manuscript)
    return _manuscript_parts("zotero", manuscript, path.stem)._replace(references=references)


def _manuscript_parts(format: str, manuscript: Manuscript, title: str) -> _Parts:
    title = title or _first_heading(manuscript.blocks)
    return _Parts(format, manuscript.text, manuscript.blocks, title, manuscript=manuscript)


def _first_heading(blocks: list[Block]) -> str:
    """The outermost heading, where it is the first."""
    headings = [block for block in blocks if block.kind is PassageKind.HEADING]
    return headings[0].title if headings and headings[0].level == 1 else ""


_READERS: dict[str, Callable[[bytes, Path], _Parts]] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), _markdown),
    **dict.fromkeys((".txt", ".text"), _text),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _html),
    ".pdf": _pdf,
    ".docx": _docx,
    ".json": _zotero_json,
    **dict.fromkeys((".sqlite", ".db"), _zotero_database),
}
# In a folder any database or JSON may lie; Zotero's own is read where it is named by itself.
_WALKED = frozenset(_READERS) - {".json", ".sqlite", ".db"}
