"""Write a file whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from littrack.errors import OutputError


def write_file(path: Path, content: str | bytes) -> None:
    """Replace the file by `content`: whoever reads it sees the old one or the new one.

    Text is written in UTF-8.

    A link is followed; a device or a pipe is written to, never replaced.

    Raises:
        OutputError: it cannot be written; what was there is still there.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
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
