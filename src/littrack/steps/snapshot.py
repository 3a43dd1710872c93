"""Back a library up into one file, look whether the file is sound, make a library of it again.

What is derived (full text, the index) is not in a snapshot: it is made again.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from littrack import __version__
from littrack.errors import InputError, NotFound, OutputError, SchemaOutdated, StoreError
from littrack.records import Progress, RunReport, no_progress
from littrack.setting_values import shown
from littrack.settings import SETTINGS_FILE, Loaded
from littrack.store import dumping, schema
from littrack.store.dumping import Shape
from littrack.store.engine import begin, open_engine, write_lock
from littrack.store.snapshot_files import (
    Manifest,
    Member,
    Snapshot,
    SnapshotWriter,
    open_snapshot,
    write_snapshot,
)

if TYPE_CHECKING:
    import sqlalchemy as sa

CURATION = (".bib", ".toml", ".yaml", ".yml")
_SETTINGS = f"settings/{SETTINGS_FILE}"
# The password of a URL, wherever in a file it stands; as in `setting_values.shown`, but what is
# left must still be TOML.
_PASSWORDS = (
    rb"(postgres[\w+]*://[^\s:/?#@\"']*:)[^\s\"']*@",
    rb"(://[^\s:/?#@\[\"']*:)(?!\*\*\*@)[^\s/?#\"']*@",
)
_PASSWORD_OPTION = rb"(?i)([?&](?:ssl)?password=)[^\s&\"']*"


@dataclass(frozen=True, slots=True)
class Created:
    """A snapshot that was made."""

    path: Path
    address: str  # SHA-256 of its manifest, which names every member's
    report: RunReport


def name_snapshot(folder: Path, now: datetime) -> str:
    """What a snapshot of this library is called if nobody says otherwise."""
    return f"{folder.name or 'library'}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.littrack.zip"


def create_snapshot(
    url: str, folder: Path, path: Path, progress: Progress = no_progress
) -> Created:
    """Write the library as it is at this moment; others may read and write it meanwhile.

    The same state is the same address, and the same bytes on the same machine. An older schema is
    kept as it is, so a library can be backed up before it is upgraded.

    Raises:
        OutputError: the file is there already, or cannot be written.
        SchemaOutdated, StoreError: the database is a newer littrack's, or not littrack's.
    """
    engine = _open_database(url, folder)
    revision = schema.current(engine) or schema.HEAD
    shapes = dumping.find_shapes(revision)
    with write_snapshot(path) as writer, dumping.reading(engine) as conn:
        strangers = dumping.load_strangers(conn, shapes)
        rows = _write_tables(writer, conn, shapes, progress)
        for name, data, masked in _read_own_files(folder):
            writer.add_file(name, data, masked=masked)
        manifest = writer.finish(
            littrack=__version__,
            schema=revision,
            newest=dumping.load_newest(conn, shapes),
            encoders=tuple(dumping.load_encoders(conn)),
        )
    engine.dispose()
    left = [f"{name}: this table is not littrack's, and not in the snapshot" for name in strangers]
    counts = {"tables": len(shapes), "rows": rows, "files": len(manifest.files)}
    warnings = (*left, *_masked_warnings(manifest))
    return Created(path, writer.address, RunReport("snapshot", counts, warnings=warnings))


def _open_database(url: str, folder: Path) -> sa.Engine:
    if not folder.is_dir():
        raise NotFound(f"there is no library in {folder}; littrack init makes one")
    engine = open_engine(url, folder)
    if schema.is_empty(engine):
        raise NotFound(f"the library {folder} holds nothing yet: there is nothing to back up")
    found = schema.current(engine)
    if found is None or found > schema.HEAD:
        schema.check(engine)
    return engine


def _write_tables(
    writer: SnapshotWriter, conn: sa.Connection, shapes: Sequence[Shape], progress: Progress
) -> int:
    total, done = sum(dumping.count_rows(conn, shapes).values()), 0

    def watched(chunks: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        nonlocal done
        for number, chunk in chunks:
            yield number, chunk
            done += number
            progress("saving rows", done, total)

    for shape in shapes:
        writer.add_table(shape, watched(dumping.load_lines(conn, shape)))
    return done


def _read_own_files(folder: Path) -> Iterator[tuple[str, bytes, bool]]:
    """The settings and what the user curates, without passwords: name, bytes, whether masked."""
    names = [SETTINGS_FILE, *sorted(path.name for path in folder.iterdir() if _is_curation(path))]
    for name in names:
        path = folder / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as exc:
            raise InputError(f"cannot be read: {exc.strerror}", path) from exc
        clean = mask_passwords(data)
        kind = "settings" if name == SETTINGS_FILE else "curation"
        yield f"{kind}/{name}", clean, clean != data


def _is_curation(path: Path) -> bool:
    is_other = path.name != SETTINGS_FILE and not path.name.startswith(".")
    return is_other and path.suffix in CURATION and path.is_file()


def mask_passwords(data: bytes) -> bytes:
    """The text with *** in place of the password of each URL."""
    for pattern in _PASSWORDS:
        data = re.sub(pattern, rb"\1***@", data)
    return re.sub(_PASSWORD_OPTION, rb"\1***", data)


def _masked_warnings(manifest: Manifest) -> list[str]:
    return [
        f"{member.file_name}: passwords in it are not in the snapshot; *** stands in their place"
        for member in manifest.files
        if member.masked
    ]


# --- verify ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verified:
    """What a snapshot says of itself, and what is wrong with it."""

    address: str
    manifest: Manifest
    problems: Mapping[str, str]  # by member, every one; "" when it is sound

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.problems.values())


def verify_snapshot(
    path: Path, *, deep: bool = False, progress: Progress = no_progress
) -> Verified:
    """Check every member's hash, size, rows; `deep`: restore it into a temporary database too.

    Raises:
        InputError: it is no snapshot.
        SchemaOutdated: made by a newer littrack, which alone can restore it (`deep`).
    """
    with open_snapshot(path) as snapshot:
        problems = snapshot.find_damage()
        if deep and not any(problems.values()):
            problems |= _rehearse(snapshot, progress)
        return Verified(snapshot.address, snapshot.manifest, problems)


def _rehearse(snapshot: Snapshot, progress: Progress) -> dict[str, str]:
    """Problems by member that only restoring shows: rows that do not come back as they were."""
    manifest = snapshot.manifest
    tables = _check_tables(snapshot)
    with tempfile.TemporaryDirectory(prefix="littrack-verify-") as name:
        engine = open_engine("sqlite:///rehearsal.db", Path(name))
        try:
            schema.upgrade(engine, manifest.schema)
            _load_tables(engine, snapshot, tables, progress)
            problems = _compare(engine, tables)
            if manifest.schema != schema.HEAD:
                schema.upgrade(engine)
            damage = "; ".join(schema.damage(engine))
        except InputError as exc:
            return {"manifest.json": exc.reason}
        finally:
            engine.dispose()
    return problems | ({"manifest.json": damage} if damage else {})


def _compare(engine: sa.Engine, tables: Sequence[tuple[Member, Shape]]) -> dict[str, str]:
    with dumping.reading(engine) as conn:
        return {
            member.name: "restored, it is no longer the same"
            for member, shape in tables
            if dumping.hash_lines(conn, shape) != member.sha256
        }


# --- restore --------------------------------------------------------------------------------------


def restore_snapshot(
    path: Path, folder: Path, load: Callable[[], Loaded], progress: Progress = no_progress
) -> RunReport:
    """Make a library in `folder`, in the database that the settings name once they are back.

    `load` reads the settings of `folder`. Files that are there already are kept. The rows are one
    transaction: a restore that was killed leaves an empty library, and can be repeated.

    Raises:
        InputError: no snapshot, or a damaged one.
        SchemaOutdated: a newer littrack made it.
        StoreError: the library is not empty.
    """
    with open_snapshot(path) as snapshot:
        tables = _check_tables(snapshot)
        _make_folder(folder)
        with (
            write_lock(folder, "littrack snapshot restore"),
            _files_in_place(snapshot, folder) as (files, kept),
        ):
            loaded = load()
            engine = open_engine(loaded.database_url, loaded.library)
            try:
                _make_room(engine, snapshot.manifest.schema, loaded)
                _refuse_index(folder)
                rows = _load_tables(engine, snapshot, tables, progress, refill=True)
                if snapshot.manifest.schema != schema.HEAD:
                    schema.upgrade(engine)
            finally:
                engine.dispose()
        counts = {"tables": len(tables), "rows": rows, "files": files}
        warnings = (*kept, *_masked_warnings(snapshot.manifest), *_origin_warning(loaded))
        return RunReport("restore", counts, warnings=warnings)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise OutputError(f"cannot make a library in {folder}: {exc.strerror}") from exc


def _refuse_index(folder: Path) -> None:
    """An index knows its database by counters, which may agree by chance."""
    if any((folder / "index").glob("*")):
        raise StoreError(
            f"{folder / 'index'} was made from another database. Delete it, or name another "
            "folder; littrack index build makes it again"
        )


def _check_tables(snapshot: Snapshot) -> list[tuple[Member, Shape]]:
    """The members with the shape of their tables; refuses what this littrack cannot restore."""
    manifest = snapshot.manifest
    if manifest.schema > schema.HEAD:
        raise SchemaOutdated(
            f"{snapshot.path}: schema {manifest.schema}, newer than this littrack knows "
            f"({schema.HEAD}). Install littrack {manifest.littrack} or newer"
        )
    known = {shape.name: shape for shape in dumping.find_shapes(manifest.schema)}
    given = {member.shape.name: member for member in manifest.tables if member.shape}
    for name in sorted(known.keys() ^ given.keys()):
        what = "is missing" if name in known else f"is no table of schema {manifest.schema}"
        raise InputError(f"{name} {what}", snapshot.path)
    for name, member in given.items():
        if member.shape is None or dict(member.shape.columns) != dict(known[name].columns):
            what = f"{name} has other columns than in schema {manifest.schema}"
            raise InputError(what, snapshot.path)
    # Parents first, as this littrack knows them; columns as they stand in the lines.
    return [(given[name], given[name].shape or shape) for name, shape in known.items()]


@contextmanager
def _files_in_place(snapshot: Snapshot, folder: Path) -> Iterator[tuple[int, list[str]]]:
    """Write the settings and curation files that are not there yet; they go if the rest fails.

    Gives their number, and what to say of those that were kept.
    """
    written: list[Path] = []
    kept: list[str] = []
    try:
        for member in snapshot.manifest.files:
            path, data = folder / member.file_name, snapshot.read_file(member)
            if member.name != _SETTINGS and not _is_curation_name(member):
                raise InputError(f"{member.name} is no file of a library", snapshot.path)
            if not path.exists():
                path.write_bytes(data)
                written.append(path)
            elif path.read_bytes() != data:
                kept.append(f"{path} was there already and is kept; the snapshot's differs")
        yield len(written), kept
    except BaseException as exc:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(exc, OSError):
            raise OutputError(f"cannot write to {folder}: {exc.strerror}") from exc
        raise


def _is_curation_name(member: Member) -> bool:
    path = Path(member.file_name)
    is_curation = member.name.startswith("curation/") and path.suffix in CURATION
    return is_curation and path.name != SETTINGS_FILE and not path.name.startswith(".")


def _make_room(engine: sa.Engine, revision: str, loaded: Loaded) -> None:
    """Bring an empty database to the snapshot's schema."""
    found = schema.current(engine)
    if found is None and schema.is_empty(engine):
        schema.upgrade(engine, revision)
        return
    if found is None or found > schema.HEAD:
        schema.check(engine)
    with engine.connect() as conn:
        held = dumping.count_rows(conn, dumping.find_shapes(found or revision))
    held = {name: rows for name, rows in held.items() if rows and name not in dumping.SEEDED}
    if held:
        listed = ", ".join(f"{rows:,} rows of {name}" for name, rows in sorted(held.items()))
        upgrade = "" if found == schema.HEAD else "; littrack db upgrade brings it up to date"
        raise StoreError(
            f"{shown(loaded.settings.database.url)} in {loaded.library} is not empty ({listed}); "
            f"nothing was changed. Restore into another folder or database{upgrade}"
        )
    if found is not None and found < revision:
        schema.upgrade(engine, revision)
    elif found is not None and found > revision:
        schema.downgrade(engine, revision)


def _load_tables(
    engine: sa.Engine,
    snapshot: Snapshot,
    tables: Sequence[tuple[Member, Shape]],
    progress: Progress,
    *,
    refill: bool = False,
) -> int:
    """All rows in one transaction, so that a part of them is never there."""
    total, before = sum(member.rows or 0 for member, _ in tables), 0
    with begin(engine) as conn:
        dumping.clear_rows(conn, [shape for _, shape in tables])
        for member, shape in tables:
            for done in dumping.save_lines(conn, shape, snapshot.read_lines(member)):
                progress("restoring rows", before + done, total)
            before += member.rows or 0
        if refill:
            progress("making the full text", 0, None)
            dumping.refill_fulltext(conn)
    return before


def _origin_warning(loaded: Loaded) -> list[str]:
    """That the next command may open another database than the one just filled."""
    origin = loaded.origins["database.url"]
    if not origin.startswith(("environment", "flag")):
        return []
    url = shown(loaded.settings.database.url)
    return [f"restored into {url} ({origin}); {SETTINGS_FILE} does not name it"]
