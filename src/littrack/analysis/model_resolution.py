"""Which model a name means: by name, paper, size, date or spelling, and never by guessing.

A wrong answer merges what two models are said to be, an open one costs a question. So LLaMA-13B
is LLaMA, because LLaMA has that size, and GLM-130B is not GLM; a name that several models bear is
settled by paper, size or date or stays ambiguous; Galatica is Galactica, and BLOOMZ is not BLOOM.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import ascii_lowercase
from typing import Literal

from littrack.analysis.model_names import (
    VARIANT_WORDS,
    NameParts,
    Spelling,
    is_misspelling,
    loose_key,
    name_key,
    parse_name,
    piece_key,
    size_after,
    size_before,
    spelling_group,
    spelling_of,
    split_size,
)
from littrack.errors import InputError
from littrack.identifiers import find_arxiv_ids

How = Literal["paper", "name", "alias", "size", "date", "spelling", "none", "ambiguous"]

_NEAR, _CLOSE = 0.10, 0.02  # a "7B" model has 6.7 to 7.6 billion parameters
_LEAST_OF_EXPERTS = 0.7  # 8x7B has 47 billion, not 56: the experts share layers
# What may be missing or added within one paper without meaning another model.
_NEUTRAL = frozenset(
    ("base", "large", "xl", "xxl", "xlarge", "xxlarge", "llm", "lm", "model", "models")
)
_LARGEST = re.compile(r"(?<=.)[\s_-]+(?:XXL|xxl|xxlarge)$")  # no model is called so by itself
_BRACKETED = re.compile(r"(?P<outer>[^()]+?)\s*[(（](?P<inner>[^()（）]+)[)）]\s*")
_GENERIC_WORD = re.compile(r"[\s_-]+(?:LLM|LM|[Mm]odels?)$")


@dataclass(frozen=True, slots=True)
class Known:
    """A model that names are resolved to, with what can settle a name it shares with others."""

    name: str
    aliases: tuple[str, ...] = ()
    papers: frozenset[str] = frozenset()  # arXiv ids without version that present it
    first: datetime | None = None  # its earliest date, None if not known
    sizes: tuple[float, ...] = ()  # parameters
    family: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which model a name means, and why; when none is chosen, those that come near."""

    model: str | None
    how: How
    candidates: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class _Clues:
    """What is known of a mention besides its name."""

    paper: str | None = None
    date: datetime | None = None
    size: float | None = None
    experts: int = 1
    context: str = ""


class Registry:
    """The models that are known, ready for lookup by any of their names."""

    def __init__(self, entries: Iterable[Known]) -> None:
        self.entries: dict[str, Known] = {}
        self.writings: dict[str, set[str]] = {}  # by key
        self.beginnings: set[str] = set()  # of keys
        self._owners: dict[str, list[Known]] = {}
        self._loose: dict[str, list[Known]] = {}
        self._unsized: dict[str, list[Known]] = {}  # LLaMA-65B by "llama"
        self._papers: dict[str, list[Known]] = {}
        self._spellings: dict[tuple[str, str], list[tuple[Spelling, Known]]] = {}
        for known in entries:
            if known.name in self.entries:
                raise InputError(f"two models are called {known.name!r}; one needs another name")
            if not name_key(known.name):
                raise InputError("a model has an empty name")
            self._add(known)

    def _add(self, known: Known) -> None:
        self.entries[known.name] = known
        for paper in known.papers:
            self._papers.setdefault(paper, []).append(known)
        for writing in dict.fromkeys((known.name, *known.aliases)):
            key = name_key(writing)
            if not key:
                continue
            self.writings.setdefault(key, set()).add(writing)
            self.beginnings.update(key[:end] for end in range(1, len(key) + 1))
            _own(self._owners, key, known)
            _own(self._loose, loose_key(writing), known)
            rest, size = split_size(writing)
            if size.size is not None:
                _own(self._unsized, name_key(rest), known)
            spelling = spelling_of(writing)
            if spelling is not None:
                self._spellings.setdefault(spelling.group, []).append((spelling, known))

    def resolve(
        self,
        mention: str,
        *,
        paper: str | None = None,
        date: datetime | None = None,
        size: float | None = None,
        context: str = "",
    ) -> Resolution:
        """The model that a name means.

        Args:
            mention: The name as it is written.
            paper: arXiv id of the paper that presents it.
            date: When it was written about; it settles only names that several models bear.
            size: Parameters that are stated of it; likewise.
            context: The text around, where a size or arXiv id beside the name may settle it.
        """
        clues = _Clues(paper, date, size, context=context)
        for look in (self._by_name, self._by_size, self._by_brackets, self._by_paper, self._near):
            found = look(mention, clues)
            if found is not None:
                return found
        near = [*self._papers.get(paper or "", ()), *self._beside(name_key(mention))]
        names = tuple(dict.fromkeys(known.name for known in near))
        return Resolution(None, "none", names, f"no model is known as {mention!r}")

    def _beside(self, key: str) -> list[Known]:
        """Models whose name has a letter more or less at its end: RoBERTa to whom asks RoBERT."""
        keys = (key[:-1], *(key + letter for letter in ascii_lowercase)) if len(key) > 2 else ()
        return [known for one in keys for known in self._owners.get(one, ())]

    def _by_name(self, mention: str, clues: _Clues) -> Resolution | None:
        owners = self._owners.get(name_key(mention), ())
        return self._settled(mention, owners, clues) if owners else None

    def _settled(self, mention: str, owners: Sequence[Known], clues: _Clues) -> Resolution:
        """The one of those who bear the name that the clues leave, if they leave one."""
        if len(owners) == 1:
            return _named(mention, owners[0], clues.paper)
        clues = _with_context(mention, clues)
        left = list(owners)
        clue: How
        for clue, kept in (
            ("paper", [one for one in owners if clues.paper in one.papers]),
            ("size", _of_size(owners, clues)),
            ("date", _released(owners, clues.date)),
        ):
            both = [one for one in left if one in kept]
            if len(both) < len(left) and both:
                left = both
            if len(left) == 1:
                sharing = _listed(one.name for one in owners)
                return _found(left[0], clue, f"{sharing} bear this name; the {clue} tells")
        exact = [one for one in left if one.name == mention]
        keys = {name_key(one.name) for one in left}
        if len(exact) == 1 and len(keys) == 1:  # they differ in capitals only, as the mention does
            return _found(exact[0], "name", "the canonical name, written exactly so")
        names = tuple(one.name for one in left)
        return Resolution(None, "ambiguous", names, f"may mean {_listed(names)}")

    def _by_size(self, mention: str, clues: _Clues) -> Resolution | None:
        """LLaMA-13B: the name without its size, if the model has that size."""
        rest, parts = split_size(mention)
        if parts.size is None:
            shorter = _LARGEST.sub("", mention)
            found = self._by_name(shorter, clues) if shorter != mention else None
            return found and _because(found, "size", f"{mention} is the largest {shorter}")
        sized = _Clues(size=parts.size, experts=parts.experts)
        bearers = self._bearers(rest)
        fitting = _of_size(bearers, sized) or self._siblings(rest, sized)
        owners = bearers or self._unsized.get(name_key(rest), [])
        if not owners:
            return None
        presented = [one for one in bearers if clues.paper in one.papers]
        if len(fitting) == 1:
            return _found(fitting[0], "size", f"{fitting[0].name} has a size of {_billions(parts)}")
        if len(presented) == 1:
            return _found(presented[0], "paper", f"{clues.paper} presents {presented[0].name}")
        names = tuple(one.name for one in (fitting or owners))
        if fitting:
            return Resolution(None, "ambiguous", names, f"{_listed(names)} have this size")
        said = f"{_listed(names)} is not known to have {_billions(parts)}"
        return Resolution(None, "none", names, said)

    def _bearers(self, rest: str) -> list[Known]:
        """Whose name this is, be it misspelt."""
        owners = self._owners.get(name_key(rest)) or self._owners.get(
            name_key(_GENERIC_WORD.sub("", rest)), []
        )
        return owners or self._loose.get(loose_key(rest), []) or self._respelt(rest)

    def _siblings(self, rest: str, sized: _Clues) -> list[Known]:
        """Models that are called so with another of their sizes: LLaMA-65B, which has 33B too."""
        found = self._unsized.get(name_key(rest), ())
        return [one for one in found if _distance(sized.size or 0, one.sizes) <= _CLOSE]

    def _by_brackets(self, mention: str, clues: _Clues) -> Resolution | None:
        """Of "Wen Xin 3.0 (ERNIE 3.0)" both names must be known and mean the same."""
        parts = _BRACKETED.fullmatch(mention)
        if parts is None:
            return None
        outer = self.resolve(parts["outer"], paper=clues.paper, date=clues.date, size=clues.size)
        inner = self._by_name(parts["inner"], clues)
        if inner is not None and inner.model is not None and inner.model == outer.model:
            return inner
        near = [one.model for one in (outer, inner) if one and one.model]
        if not near:
            return None
        said = f"{_listed(near)} may be meant, but not all of {mention!r} is understood"
        return Resolution(None, "none", tuple(near), said)

    def _by_paper(self, mention: str, clues: _Clues) -> Resolution | None:
        """The one model of the paper whose name differs only in size or in words like "base"."""
        parts = parse_name(mention)
        presented = self._papers.get(clues.paper or "", ())
        like = [
            one for one in presented if any(_alike(parts, n, one) for n in (one.name, *one.aliases))
        ]
        if len(like) != 1:
            return None
        return _found(like[0], "paper", f"{clues.paper} presents {like[0].name}")

    def _near(self, mention: str, clues: _Clues) -> Resolution | None:
        """A name written otherwise: "ERNIE 3" for ERNIE 3.0, "Galatica" for Galactica."""
        owners = self._loose.get(loose_key(mention)) or self._respelt(mention)
        if not owners:
            return None
        found = self._settled(mention, owners, clues)
        said = f"{mention!r} is near to {_listed(one.name for one in owners)}"
        return _because(found, "spelling", said)

    def _respelt(self, mention: str) -> list[Known]:
        """Models with a name that differs in one or two letters inside a long word."""
        key = name_key(mention)
        near = self._spellings.get(spelling_group(key), ())
        return list(dict.fromkeys(known for one, known in near if is_misspelling(key, one)))


def _own(owners: dict[str, list[Known]], key: str, known: Known) -> None:
    found = owners.setdefault(key, [])
    if known not in found:
        found.append(known)


def _named(mention: str, known: Known, paper: str | None) -> Resolution:
    """The only one of that name; where the papers differ, that is said, for there may be two."""
    other = bool(paper and known.papers and paper not in known.papers)
    doubt = f"; but {paper} is not known to present it" if other else ""
    if name_key(mention) == name_key(known.name):
        return _found(known, "name", f"its name{doubt}")
    return _found(known, "alias", f"another name of {known.name}{doubt}")


def _found(known: Known, how: How, explanation: str) -> Resolution:
    return Resolution(known.name, how, (known.name,), explanation)


def _because(found: Resolution, how: How, explanation: str) -> Resolution:
    """The same model for another reason; what is open stays open."""
    if found.model is None:
        return found
    return Resolution(found.model, how, found.candidates, explanation)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _billions(parts: NameParts) -> str:
    return f"{(parts.size or 0) / 1e9:.4g}B"


def _with_context(mention: str, clues: _Clues) -> _Clues:
    """The clues, and what stands beside the name in its context."""
    text, sizes = clues.context, set()
    for place in (found.start() for found in re.finditer(re.escape(mention), text)):
        after = size_after(text, place + len(mention))
        sizes.add(after[1] if after else size_before(text, place))
    stated = sizes - {None}
    size = clues.size or (stated.pop() if len(stated) == 1 else None)
    papers = {found[2].base for found in find_arxiv_ids(text)}
    paper = clues.paper or (papers.pop() if len(papers) == 1 else None)
    return _Clues(paper, clues.date, size, clues.experts)


def _of_size(owners: Sequence[Known], clues: _Clues) -> list[Known]:
    """Those with the stated size; if one has it almost exactly, that one."""
    if clues.size is None:
        return []
    if clues.experts > 1:
        least = clues.size * _LEAST_OF_EXPERTS
        return [one for one in owners if any(least <= had <= clues.size for had in one.sizes)]
    off = {one.name: _distance(clues.size, one.sizes) for one in owners}
    close = [one for one in owners if off[one.name] <= _CLOSE]
    return close or [one for one in owners if off[one.name] <= _NEAR]


def _distance(size: float, sizes: Sequence[float]) -> float:
    return min((abs(size - had) / size for had in sizes if size), default=1.0)


def _released(owners: Sequence[Known], date: datetime | None) -> list[Known]:
    """Those that may have been out by then."""
    return [one for one in owners if date and (one.first is None or one.first <= date)]


def _alike(parts: NameParts, name: str, known: Known) -> bool:
    """Whether a name is that of a model but for its size and neutral words."""
    other = parse_name(name)
    if _family_key(parts) != _family_key(other) or parts.version != other.version:
        return False
    if not set(parts.variant) ^ set(other.variant) <= _NEUTRAL:
        return False
    return other.size is None or bool(_of_size([known], _Clues(size=parts.size)))


def _family_key(parts: NameParts) -> str:
    return name_key(_GENERIC_WORD.sub("", parts.family))


# --- names in running text ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A model's name in a text, ``text[start:end]`` of the original, and what it means."""

    start: int
    end: int
    text: str
    resolution: Resolution


# Words of English that are names too: they count only as the name is written, "Goat", not "goat".
_WORDS = """
    goat koala panda falcon baize bard orca claude gopher sparrow alpaca linly llama vicuna camel
    gorilla otter lemur ferret vulture dolphin chameleon chinchilla flamingo guanaco dragonfly
    starling mamba palm bloom opt glam flan moss retro switch codex sage bark prism aria evo amber
    arctic solar granite aurora orion phoenix zephyr gemini viking mercury unicorn composer whisper
    imagen parti plug mass mum sam cosmo notus pegasus platypus persimmon nucleus command titan
    unity echo atlas perceiver transformer anthropic cohere meta moonlight emu yi ray ace
"""
_ORDINARY = frozenset(_WORDS.split())
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TEXT_PIECE = re.compile(rf"\d+(?:\.\d+)*|[{_HAN}]|(?:[^\W\d_{_HAN}]|[\u0300-\u036f])+|\++")
# What may stand between two parts of a name: a hyphen or space, or the marks of TeX.
_GAP = re.compile(r"[-‐‑–_·~ \n\u00a0]?(?:\$?\{?\\(?:\(\\)?|\$)?|\.|\}?\$?[-‐‑ ]?")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff]+")
_JOINED_BEFORE = re.compile(r"[A-Za-z0-9_\u0370-\u03ff][-‐‑]?\Z")
# What makes a longer name of the one that ends here: another letter or number, "-E", " 2", " Chat".
_LONGER = re.compile(
    r"[A-Za-z0-9_+\u0370-\u03ff]|[-‐‑](?:[A-Z0-9$\\\u0370-\u03ff]|[a-z]{1,2}(?![a-z]))"
    r"|[ \u00a0]?[vV]?\d{1,2}(?:\.\d+)?(?![\d%年月])(?<=\d)"
)
_NEXT_WORD = re.compile(r"([-‐‑ ])([A-Za-z]+)")
_WORD_BEFORE = re.compile(r"([A-Z][a-z]+) \Z")
_PREFIXES = ("Visual", "Code", "Chinese", "Open", "Flan", "Mini", "Tiny", "Med", "Video")
_MOST_PIECES, _BESIDE = 12, 40


def find_mentions(text: str, registry: Registry) -> list[Mention]:
    """The names of known models in English or Chinese text, longest first at each place.

    A name that continues (PaLM in PaLM-E, GPT in GPT-5) is none unless the whole is known. One that
    stays open, because it is shared or states an unknown size, is found without a model.
    """
    pieces = list(_TEXT_PIECE.finditer(text))
    keys = [piece_key(piece[0]) for piece in pieces]
    closed = [found.span() for found in _ADDRESS.finditer(text)]
    mentions: list[Mention] = []
    place = 0
    for i, piece in enumerate(pieces):
        if piece.start() < place or any(a <= piece.start() < b for a, b in closed):
            continue
        end = _end_of_name(text, pieces[i : i + _MOST_PIECES], keys[i : i + _MOST_PIECES], registry)
        if end is not None:
            mentions.append(_mention(text, piece.start(), end, registry))
            place = mentions[-1].end
    return mentions


def _end_of_name(
    text: str, pieces: list[re.Match[str]], keys: list[str], registry: Registry
) -> int | None:
    """Where the longest known name ends that begins with the first piece."""
    start = pieces[0].start()
    if _JOINED_BEFORE.search(text, max(0, start - 2), start) and not _is_han(pieces[0][0]):
        return None
    key, found = "", None
    for i, piece in enumerate(pieces):
        if i and not _GAP.fullmatch(text, pieces[i - 1].end(), piece.start()):
            break
        numbers = key[-1:].isdigit() and keys[i][:1].isdigit()
        key += f"-{keys[i]}" if numbers else keys[i]
        if key not in registry.beginnings:
            break
        if key in registry.writings and _is_name(text, start, piece.end(), registry.writings[key]):
            found = piece.end()
    return found


def _is_name(text: str, start: int, end: int, writings: set[str]) -> bool:
    """Whether what stands there is the whole name, and the name rather than a word."""
    if size_after(text, end) is None and _goes_on(text, end):
        return False
    before = _WORD_BEFORE.search(text, max(0, start - 20), start)
    if before and before[1] in _PREFIXES:
        return False
    surface = text[start:end]
    if surface in writings:
        return surface not in _ORDINARY and (len(surface) > 1 or surface.isupper())
    if len(surface) <= 2 or surface.isdigit():
        return False
    capitals = sum(letter.isupper() for letter in surface)
    if surface.lower() in _ORDINARY:
        return capitals > 1
    if surface.isalpha() or " " in surface:  # chatgpt is ChatGPT, but vicuna is an animal
        return capitals > 0 or _has_han(surface) or _is_coined(surface, writings)
    return True


def _is_coined(surface: str, writings: set[str]) -> bool:
    """Whether a name in small letters cannot be a word: its capitals stand inside (ChatGPT)."""
    return " " not in surface and any(sum(map(str.isupper, one)) > 1 for one in writings)


def _goes_on(text: str, end: int) -> bool:
    """Whether a longer name stands there: LLaMA-Adapter, PaLM 2, Qwen Chat; not LLaMA-based."""
    if _LONGER.match(text, end) and not _is_han(text[end - 1 : end]):
        return True
    word = _NEXT_WORD.match(text, end)
    if word is None or word[2].lower() not in VARIANT_WORDS:
        return False
    return word[1] != " " or word[2][0].isupper()


def _mention(text: str, start: int, end: int, registry: Registry) -> Mention:
    """The mention with its size, if one follows, and with the TeX mark that closes it."""
    size = size_after(text, end)
    end = size[0] if size else end
    if text[start:end].count("$") % 2 and text[end : end + 1] == "$":
        end += 1
    elif text[start:end].count(r"\(") and text.startswith(r"\)", end):
        end += 2
    name = text[start:end]
    before = text[max(0, start - _BESIDE) : start].rpartition(name)[2]  # not beside its namesake
    after = text[end : end + _BESIDE].partition(name)[0]
    return Mention(start, end, name, registry.resolve(name, context=before + name + after))


def _is_han(character: str) -> bool:
    return re.match(f"[{_HAN}]", character) is not None


def _has_han(text: str) -> bool:
    return re.search(f"[{_HAN}]", text) is not None
