"""A snapshot of a library: one zip file that says in its manifest what must be in it.

    database/<table>.jsonl    the rows of a table, see dumping.py
    settings/littrack.toml    the library's settings
    curation/<name>           the user's other files at the top of the library
    manifest.json             what made it, every member with its size, its rows and its SHA-256

A zip, because every system opens one, a single member can be read without the others, and a file
that was cut short has no table of contents and cannot pass for a whole one. Hashes are of what the
members hold, not of how it was packed, so the manifest's own hash names the content: its address.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from littrack.errors import InputError, OutputError, SchemaOutdated
from littrack.store.dumping import Shape, find_row

FORMAT, VERSION = "littrack snapshot", 1
MANIFEST = "manifest.json"
_LONGEST_MANIFEST = 16_000_000
_LEVEL = 6
_TIME = (1980, 1, 1, 0, 0, 0)  # zip's first; the same content is the same file
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError)
_SAFE_NAME = re.compile(r"(settings|curation|database)/[^/\\:]+")


@dataclass(frozen=True, slots=True)
class Member:
    """A file within a snapshot."""

    name: str
    sha256: str
    bytes: int
    rows: int | None = None  # of a table
    shape: Shape | None = None
    masked: bool = False  # passwords in it were replaced by ***

    @property
    def file_name(self) -> str:
        """What the file is called in the library."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself."""

    littrack: str  # the version that made it
    schema: str
    newest: str | None  # when something was last recorded in the library
    encoders: tuple[Mapping[str, Any], ...]
    members: tuple[Member, ...]

    @property
    def tables(self) -> tuple[Member, ...]:
        """The members that are tables, parents first."""
        return tuple(member for member in self.members if member.shape is not None)

    @property
    def files(self) -> tuple[Member, ...]:
        """The members that are files of the library."""
        return tuple(member for member in self.members if member.shape is None)


# --- writing --------------------------------------------------------------------------------------


class SnapshotWriter:
    """Takes the members one after the other, the manifest last."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: list[Member] = []
        self.address = ""

    def add_table(self, shape: Shape, chunks: Iterable[tuple[int, bytes]]) -> None:
        """Write a table's lines as they come."""
        name = f"database/{shape.name}.jsonl"
        digest, size, rows = hashlib.sha256(), 0, 0
        with self._archive.open(_entry(name), "w", force_zip64=True) as file:
            for number, chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size, rows = size + len(chunk), rows + number
        self.members.append(Member(name, digest.hexdigest(), size, rows, shape))

    def add_file(self, name: str, data: bytes, *, masked: bool) -> None:
        """Write a file."""
        self._archive.writestr(_entry(name), data)
        sha256 = hashlib.sha256(data).hexdigest()
        self.members.append(Member(name, sha256, len(data), masked=masked))

    def finish(self, **about: Any) -> Manifest:
        """Write the manifest: `about` is what it says beside the members."""
        manifest = Manifest(**about, members=tuple(self.members))
        data = _render(manifest)
        self._archive.writestr(_entry(MANIFEST), data)
        self.address = hashlib.sha256(data).hexdigest()
        return manifest


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o100644 << 16  # as Unix writes it, everywhere
    return entry


def _render(manifest: Manifest) -> bytes:
    shown = {
        "format": FORMAT,
        "version": VERSION,
        "littrack": manifest.littrack,
        "schema": manifest.schema,
        "newest": manifest.newest,
        "encoders": list(manifest.encoders),
        "members": [_member_object(member) for member in manifest.members],
    }
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def _member_object(member: Member) -> dict[str, Any]:
    about: dict[str, Any] = {"name": member.name, "sha256": member.sha256, "bytes": member.bytes}
    if member.shape is None:
        return about | {"masked": member.masked}
    shape = {"columns": dict(member.shape.columns), "key": list(member.shape.key)}
    return about | {"rows": member.rows, "table": member.shape.name} | shape


@contextmanager
def write_snapshot(path: Path) -> Iterator[SnapshotWriter]:
    """Write a new file, whole or not at all.

    Raises:
        OutputError: there is one by that name already, or it cannot be written.
    """
    _refuse_existing(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("xb") as file:
            with zipfile.ZipFile(file, "w", compresslevel=_LEVEL) as archive:
                yield SnapshotWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(path)
        draft.replace(path)
    except OSError as exc:
        raise OutputError(f"cannot write {path}: {exc.strerror or exc}") from exc
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise OutputError(f"{path} is there already and stays as it is; name another file")


# --- reading --------------------------------------------------------------------------------------


class Snapshot:
    """An opened snapshot. Its members are checked as they are read."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: bytes) -> None:
        self.path, self._archive = path, archive
        self.manifest = _parse(manifest, path)
        self.address = hashlib.sha256(manifest).hexdigest()

    def read_lines(self, member: Member) -> Iterator[bytes]:
        """The lines of a table.

        Raises:
            InputError: they are not what the manifest says; raised at the end at the latest.
        """
        digest, size, rows = hashlib.sha256(), 0, 0
        try:
            with io.BufferedReader(self._open(member), 2**20) as file:
                for line in file:
                    digest.update(line)
                    size, rows = size + len(line), rows + 1
                    yield line
        except _BROKEN as exc:
            raise InputError(f"{member.name} is damaged: {exc}", self.path) from exc
        except KeyError as exc:
            raise InputError(f"{member.name} is missing", self.path) from exc
        if member.rows is not None and rows != member.rows:
            what = f"{member.name} has {rows} rows, the manifest says {member.rows}"
            raise InputError(what, self.path)
        if (digest.hexdigest(), size) != (member.sha256, member.bytes):
            raise InputError(f"{member.name} is not what the manifest says", self.path)

    def _open(self, member: Member) -> Any:
        return self._archive.open(member.name)

    def read_file(self, member: Member) -> bytes:
        """A file, whole; InputError as above."""
        return b"".join(self.read_lines(member))

    def find_damage(self) -> dict[str, str]:
        """What is wrong with each member; "" for a sound one."""
        found = {member.name: self._damage(member) for member in self.manifest.members}
        listed = {*found, MANIFEST}
        names = self._archive.namelist()
        found |= {name: "not in the manifest" for name in names if name not in listed}
        return found | {name: "twice in the file" for name in listed if names.count(name) > 1}

    def _damage(self, member: Member) -> str:
        try:
            for number, line in enumerate(self.read_lines(member), 1):
                if member.shape is not None:
                    try:
                        find_row(line, member.shape)
                    except ValueError as exc:
                        return f"row {number} cannot be read: {exc}"
        except InputError as exc:
            return exc.reason
        return ""


@contextmanager
def open_snapshot(path: Path) -> Iterator[Snapshot]:
    """Open a snapshot for reading.

    Raises:
        InputError: there is none, or it is no snapshot of littrack.
        SchemaOutdated: a newer littrack made it.
    """
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as exc:
        raise InputError(f"no snapshot, or a part of one ({exc})", path) from exc
    except (OSError, ValueError) as exc:
        raise InputError(getattr(exc, "strerror", None) or str(exc), path) from exc
    with archive:
        try:
            with archive.open(MANIFEST) as file:
                manifest = file.read(_LONGEST_MANIFEST)
        except KeyError as exc:
            raise InputError(f"a zip file, but no snapshot: it has no {MANIFEST}", path) from exc
        except _BROKEN as exc:
            raise InputError(f"{MANIFEST} is damaged: {exc}", path) from exc
        yield Snapshot(path, archive, manifest)


def _parse(data: bytes, path: Path) -> Manifest:
    try:
        found = json.loads(data)
        if found["format"] != FORMAT:
            raise ValueError(f"its format is {found['format']!r}")
        if found["version"] > VERSION:
            raise SchemaOutdated(
                f"{path}: a newer littrack ({found['littrack']}) made this snapshot; install that"
            )
        return Manifest(
            littrack=str(found["littrack"]),
            schema=str(found["schema"]),
            newest=found["newest"],
            encoders=tuple(found["encoders"]),
            members=tuple(_parse_member(item) for item in found["members"]),
        )
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise InputError(f"no snapshot: {MANIFEST} cannot be read: {exc}", path) from exc


def _parse_member(item: Mapping[str, Any]) -> Member:
    name, sha256, size = str(item["name"]), str(item["sha256"]), int(item["bytes"])
    if not _SAFE_NAME.fullmatch(name) or name.endswith(("/.", "/..")):
        raise ValueError(f"a member may not be called {name!r}")
    if "table" not in item:
        return Member(name, sha256, size, masked=bool(item["masked"]))
    shape = Shape(str(item["table"]), dict(item["columns"]), tuple(item["key"]))
    return Member(name, sha256, size, int(item["rows"]), shape)
