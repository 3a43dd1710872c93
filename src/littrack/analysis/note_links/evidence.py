"""What a library knows that a note may speak of: titles, models, terms, authors, code, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from littrack.analysis.model_resolution import Mention, Registry, find_mentions
from littrack.analysis.note_links.openings import is_coined
from littrack.analysis.note_links.title_index import TitleIndex
from littrack.analysis.terms import TermTable
from littrack.claims import Model, ModelStatus
from littrack.text import fold, has_chinese, words

# How surely a name in a text is that model's: somebody checked, the strict extraction took it, it
# is a proposal. What is not checked counts only where it looks like a name, not like a word.
_TRUST = {ModelStatus.CURATED: 0.95, ModelStatus.ACCEPTED: 0.85, ModelStatus.CANDIDATE: 0.6}


@dataclass(frozen=True, slots=True)
class FirstAuthor:
    """A paper by its first author and year."""

    arxiv_id: str
    name: str
    year: int


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that notes may name, the paper that presents it, and how surely a name is its own."""

    name: str
    paper: str | None
    trust: float


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model's name in a text: one model, or several that it may mean."""

    mention: Mention
    model: KnownModel | None
    candidates: tuple[KnownModel, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that links are made from. Lookups that are dear are made when first asked for."""

    titles: TitleIndex
    registry: Registry = field(default_factory=lambda: Registry(()))
    models: Mapping[str, KnownModel] = field(default_factory=dict)  # by name
    terms: TermTable = field(default_factory=lambda: TermTable(()))
    authors: Mapping[str, Sequence[FirstAuthor]] = field(default_factory=dict)  # by family name
    repositories: Mapping[str, str] = field(default_factory=dict)  # "owner/name" to arXiv id
    notes: Mapping[str, str] = field(default_factory=dict)  # `note_key` to path
    exclude: frozenset[str] = frozenset()  # papers to act as if the library did not hold them

    def holds(self, arxiv_id: str) -> bool:
        """Whether the library has the paper."""
        return arxiv_id in self.titles and arxiv_id not in self.exclude

    def title_of(self, arxiv_id: str) -> str:
        """The paper's title."""
        return self.titles.title_of(arxiv_id)

    def first_author(self, arxiv_id: str) -> str:
        """The paper's first author; "" where that is not known."""
        return self.authors_by_paper.get(arxiv_id, "")

    @cached_property
    def authors_by_paper(self) -> Mapping[str, str]:
        """First authors by arXiv id."""
        return {one.arxiv_id: one.name for several in self.authors.values() for one in several}

    def find_models(self, text: str) -> list[NamedModel]:
        """The models that a text names; words that are names too only where that is certain."""
        found = []
        for mention in find_mentions(text, self.registry):
            model = self.models.get(mention.resolution.model or "")
            if model is not None and _is_meant(mention.text, model):
                found.append(NamedModel(mention, self._without_excluded(model)))
            elif model is None and mention.resolution.how == "ambiguous":
                names = (self.models.get(name) for name in mention.resolution.candidates)
                several = tuple(self._without_excluded(one) for one in names if one)
                if any(_is_meant(mention.text, one) for one in several):
                    found.append(NamedModel(mention, *_one_or_several(several)))
        return found

    def _without_excluded(self, model: KnownModel) -> KnownModel:
        if model.paper is None or self.holds(model.paper):
            return model
        return KnownModel(model.name, None, model.trust)


def _one_or_several(
    several: tuple[KnownModel, ...],
) -> tuple[KnownModel | None, tuple[KnownModel, ...]]:
    """Two entries that one paper presents are one thing (CoT, chain-of-thought prompting)."""
    papers = {one.paper for one in several if one.paper}
    checked = [one for one in several if one.trust == _TRUST[ModelStatus.CURATED]]
    if len(papers) == 1 and all(one.paper for one in several):
        return max(several, key=lambda one: one.trust), ()
    if len(checked) == 1 and checked[0].paper:
        return checked[0], ()
    return None, several


def _is_meant(written: str, model: KnownModel) -> bool:
    if model.trust == _TRUST[ModelStatus.CURATED]:
        return not (written.islower() and written.isascii() and written.isalpha())
    return is_coined(written) or has_chinese(written)


def known_models(models: Iterable[Model]) -> dict[str, KnownModel]:
    """The models by name."""
    return {
        one.name: KnownModel(one.name, one.paper, _TRUST[one.status])
        for one in models
        if one.status in _TRUST
    }


def family_name(name: str) -> str:
    """What a person is cited by: the last word of a name, folded.

    >>> family_name("Aäron van den Oord")
    'oord'
    """
    found = words(name)
    return found[-1] if found else ""


def note_key(name: str) -> str:
    """What a wikilink is compared by: the name of the file, without folder, ending and case."""
    last = fold(name).replace("\\", "/").rpartition("/")[2]
    return last.removesuffix(".md").strip()
