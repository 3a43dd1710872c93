"""Replace the file of a note, whole or not at all, and only if nobody changed it meanwhile."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from littrack.errors import InputError, OutputError


def read_note_file(path: Path) -> bytes | None:
    """The bytes of a file; None if there is none.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise InputError(f"cannot be read ({exc.strerror or exc})", path) from exc


def write_note_file(path: Path, before: bytes | None, after: bytes | None) -> None:
    """Make the file hold `after` (None: be gone) where it holds `before` now; a link is followed.

    Raises:
        InputError: somebody else wrote to it; it is left as they did.
        OutputError: it cannot be written; what was there is still there.
    """
    if read_note_file(path) != before:
        raise InputError("was changed while littrack looked at it; nothing was written", path)
    try:
        if after is None:
            path.unlink(missing_ok=True)
        else:
            _replace(path.resolve(), after)
    except OSError as exc:
        raise OutputError(f"cannot write {path}: {exc.strerror or exc}") from exc


def _replace(target: Path, data: bytes) -> None:
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
