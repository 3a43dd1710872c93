"""A library that knows the bundled catalogue and nothing else, for the commands about models."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from littrack.settings import load_settings
from littrack.steps.claims import load_catalogue
from littrack.steps.opening import open_library

LOADED = datetime(2026, 3, 11, 12, tzinfo=UTC)  # the day on which the catalogue came
ADVICE = "littrack update --no-ingest brings the catalogue"  # where there is none


def make_model_library(root: Path) -> Path:
    """The library's folder, below `root`."""
    loaded = load_settings(root, {}, {"library": str(root / "library")})
    library = open_library(loaded, lambda: LOADED)
    load_catalogue(library)
    library.engine.dispose()
    return root / "library"


def write_curation(folder: Path, *lines: str) -> None:
    """A curation file of one decision."""
    (folder / "curation.toml").write_text("\n".join(("[[decision]]", *lines, "")), "utf-8")
