"""Whether an author is the one that a query names: by family name, or by the whole name.

A query knows less than a paper: ``wei`` is every Wei, ``j wei`` and ``wei, jason`` are Jason Wei
and J. Wei, ``oord`` and ``van den oord`` are Aäron van den Oord. Given names alone are nobody's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from littrack.text import has_chinese, words

_SUFFIX = re.compile(r"(?:,\s*|\s)(?:jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WantedAuthor:
    """A name to look for, in the orders in which it may be meant: given names, family name."""

    readings: tuple[tuple[tuple[str, ...], str], ...]
    prefix: bool

    @property
    def families(self) -> tuple[str, ...]:
        """What may be the family name; one of them is in every name that will do."""
        return tuple(dict.fromkeys(family for _, family in self.readings))

    def is_named(self, name: str) -> bool:
        """Whether this is the name of such an author."""
        given, family = _split_name(name)
        return any(
            self._is_family(wanted, one)
            and _agree(wanted_given, (*given, *(word for word in family if word != one)))
            for wanted_given, wanted in self.readings
            for one in family
        )

    def _is_family(self, wanted: str, family: str) -> bool:
        if has_chinese(wanted):  # the family name stands first, and may stand alone
            return family == wanted or (len(wanted) <= 2 and family.startswith(wanted))
        return family.startswith(wanted) if self.prefix else family == wanted


def parse_author(text: str, *, prefix: bool = False) -> WantedAuthor:
    """The author that ``Wei``, ``Jason Wei``, ``J. Wei``, ``Wei, Jason`` or ``Wei J`` means."""
    family, comma, given = text.partition(",")
    if comma and words(given) and words(family):
        *before, last = words(family)
        return WantedAuthor((((*words(given), *before), last),), prefix)
    found = words(text)
    if all(map(has_chinese, found)):  # 王 小明
        return WantedAuthor((((), "".join(found)),), prefix)
    first_last, last_first = (tuple(found[:-1]), found[-1]), (tuple(found[1:]), found[0])
    if len(found) == 1 or prefix or len(found[0]) == 1:
        return WantedAuthor((first_last,), prefix)
    if len(found[-1]) == 1:  # Wei J
        return WantedAuthor((last_first,), prefix)
    return WantedAuthor((first_last, last_first), prefix)


def _split_name(name: str) -> tuple[list[str], list[str]]:
    """Words of the given names, and of the family name: a hyphen parts two."""
    name = _SUFFIX.sub("", name.strip())
    family, comma, given = name.partition(",")
    if comma:
        return words(given), words(family)[-1:] if " " in family.strip() else words(family)
    before, _, last = name.rpartition(" ")
    return words(before), words(last)


def _agree(wanted: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether each of the wanted words is, in order, one of the known; an initial is enough."""
    rest = iter(known)
    return all(any(_is_same(one, other) for other in rest) for one in wanted)


def _is_same(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
