"""The Python door: everything the commands do, as methods of one class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from littrack.claims import ClaimConflict, Model
from littrack.records import (
    ClaimSource,
    Facet,
    Filters,
    Hit,
    Progress,
    RunReport,
    no_progress,
)
from littrack.settings import load_settings
from littrack.steps import (
    claims,
    conditions,
    conflicts,
    curate,
    embed,
    extract,
    facets,
    families,
    highlights,
    import_files,
    index,
    ingest,
    search,
    show,
    similar,
    source,
    status,
    timeline,
    update,
)
from littrack.steps.opening import OpenLibrary, open_library


class Library:
    """A library: a folder with littrack.toml, a database and an index made from it."""

    def __init__(self, opened: OpenLibrary) -> None:
        self.opened = opened

    @classmethod
    def open(
        cls, folder: str | Path | None = None, settings: Mapping[str, object] | None = None
    ) -> Library:
        """Open the library in `folder`, or the one that littrack finds; made if it is not there.

        `settings` overrides littrack.toml, as ``{"encoder.model": "..."}``.
        """
        overrides = {"library": str(folder) if folder is not None else None} | dict(settings or {})
        return cls(open_library(load_settings(overrides=overrides)))

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        mode: search.Mode = "hybrid",
        since: datetime | None = None,
        until: datetime | None = None,
        categories: tuple[str, ...] = (),
        as_of: datetime | None = None,
        explain: bool = False,
    ) -> list[Hit]:
        """The best papers for a query in English or Chinese; `as_of`: among those known then.

        The query may be of the query language: ``ti:"chain of thought" AND date:[2023 TO *]``.
        """
        filters = Filters(since, until, categories, as_of=as_of)
        hits = search.search_papers(
            self.opened, query, limit=limit, mode=mode, filters=filters, explain=explain
        )
        wanted = conditions.ranked_by(query)
        return highlights.highlight(self.opened, wanted, hits) if wanted else hits

    def facets(self, query: str, filters: Filters = Filters()) -> list[Facet]:  # noqa: B008
        """All papers that match a query, by year, category, topic and model."""
        return facets.count_facets(self.opened, query, filters)

    def similar(
        self,
        *wanted: str,
        unlike: Sequence[str] = (),
        limit: int = 10,
        as_of: datetime | None = None,
    ) -> list[Hit]:
        """Papers like those with these arXiv ids, or like these texts; `as_of` as in `search`."""
        examples = similar.Examples(wanted, tuple(unlike))
        return similar.find_like(self.opened, examples, limit=limit, filters=Filters(as_of=as_of))

    def source(self, claim: str, *, limit: int = 3) -> list[ClaimSource]:
        """The sentences that a claim likeliest comes from, and which of its numbers agree."""
        return source.find_sources(self.opened, claim, limit=limit)

    def show(self, arxiv_id: str) -> show.PaperDetails:
        """A paper with all its versions."""
        return show.show_paper(self.opened, arxiv_id)

    def import_file(self, path: str | Path, *, progress: Progress = no_progress) -> RunReport:
        """Import a file of papers."""
        return import_files.import_file(self.opened, Path(path), progress=progress)

    def ingest(
        self, request: ingest.IngestRequest, *, progress: Progress = no_progress
    ) -> RunReport:
        """Pull papers from arXiv."""
        return ingest.ingest(self.opened, request, progress=progress)

    def ingest_subscriptions(self, *, progress: Progress = no_progress) -> list[RunReport]:
        """Pull what the subscriptions of littrack.toml ask for."""
        return ingest.ingest_subscriptions(self.opened, progress=progress)

    def update(
        self, *, ingest_first: bool = True, progress: Progress = no_progress
    ) -> list[RunReport]:
        """Ingest the subscriptions, embed and index what is new."""
        return update.update(self.opened, ingest_first=ingest_first, progress=progress)

    def embed(self, *, progress: Progress = no_progress) -> RunReport:
        """Embed what is new."""
        return embed.embed_papers(self.opened, progress)

    def build_index(self, *, progress: Progress = no_progress) -> RunReport:
        """Bring the index up to date."""
        return index.build(self.opened, progress)

    def extract_releases(self, *, progress: Progress = no_progress) -> RunReport:
        """Read new paper versions for model releases."""
        return extract.extract_releases(self.opened, progress)

    def import_claims(self, path: str | Path) -> RunReport:
        """Import a table of claims about models."""
        return claims.import_claims(self.opened, Path(path))

    def timeline(self, choice: timeline.Choice = timeline.EVERYTHING) -> list[Model]:
        """The models by date; what figures and tables show of them is `load_timeline`'s to say."""
        entries = timeline.load_timeline(self.opened, choice).entries
        return [entry.model for entry in entries]

    def family(self, root: str | None = None) -> families.Family:
        """What came from a model."""
        return families.load_family(self.opened, root)

    def conflicts(self, name: str | None = None) -> list[ClaimConflict]:
        """What sources say against each other about models."""
        return conflicts.load_conflicts(self.opened, name)

    def review(self) -> list[curate.ReviewItem]:
        """The papers that may release a model, for a person to decide."""
        return curate.load_review(self.opened)

    def status(self) -> status.Status:
        """What the library holds."""
        return status.load_status(self.opened)
