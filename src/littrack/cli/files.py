"""Write a file whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from littrack.errors import OutputError


def write_file(path: Path, text: str) -> None:
    """Replace the file by `text` in UTF-8: whoever reads it sees the old one or the new one.

    A link is followed; a device or a pipe is written to, never replaced.

    Raises:
        OutputError: it cannot be written; what was there is still there.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        target = path.resolve()
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(data)
            return
        _replace(target, data)
    except (OSError, RuntimeError) as exc:  # RuntimeError: a circle of links
        reason = getattr(exc, "strerror", None) or exc
        raise OutputError(f"cannot write {path}: {reason}") from exc


def _replace(target: Path, data: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
