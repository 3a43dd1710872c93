"""The text of a PDF, page by page -> text and blocks."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from littrack.errors import InputError
from littrack.sources.notes.blocks import Block
from littrack.sources.notes.manuscript import LARGEST_CHARACTERS
from littrack.sources.notes.plain_text import find_plain_blocks

_MOST_PAGES = 1_000


class Pdf(NamedTuple):
    """What a PDF holds; `pages` are the places in the text where each page begins."""

    text: str
    blocks: list[Block]
    title: str
    pages: tuple[int, ...]


def read_pdf(data: bytes, path: Path) -> Pdf:
    """The words of a PDF.

    Raises:
        InputError: damaged, with a password, of pictures only, or far too long.
    """
    # Whatever pypdf meets in a damaged file it raises in ways of its own, so all are translated.
    try:
        texts, title = _pages(data, path)
    except InputError:
        raise
    except (RecursionError, MemoryError) as exc:
        raise InputError("this PDF is nested too deeply or too large", path) from exc
    except Exception as exc:
        raise InputError(f"this PDF cannot be read ({_first_line(exc)})", path) from exc
    if not any(text.strip() for text in texts):
        raise InputError("this PDF holds no text, only pictures", path)
    pages, length = [], 0
    for text in texts:
        pages.append(length)
        length += len(text) + 2
    text = "\n\n".join(texts)
    return Pdf(text, find_plain_blocks(text, is_wrapped=True), title, tuple(pages))


def _pages(data: bytes, path: Path) -> tuple[list[str], str]:
    from pypdf import PdfReader  # tenths of a second, and most notes are no PDF

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of each small fault
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("this PDF has a password", path)
    if len(reader.pages) > _MOST_PAGES:
        raise InputError(f"more than {_MOST_PAGES:,} pages: this is no note", path)
    texts: list[str] = []
    for page in reader.pages:
        texts.append(page.extract_text().encode("utf-8", "replace").decode("utf-8"))
        if sum(map(len, texts)) > LARGEST_CHARACTERS:
            raise InputError("this PDF holds more text than any note", path)
    metadata = reader.metadata
    return texts, str(metadata.title or "").strip() if metadata is not None else ""


def _first_line(exc: Exception) -> str:
    return (str(exc).splitlines() or [type(exc).__name__])[0][:200]
