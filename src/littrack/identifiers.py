"""arXiv identifiers in all the forms people write them, and what can be read off them.

Two shapes exist: ``2303.18223`` (since April 2007; four digits after the dot until 2014, five from
2015) and ``cond-mat/0612198`` (August 1991 to March 2007). Source: arXiv's help pages
``arxiv_identifier`` and ``arxiv_identifier_for_services``. Pure: no clock, no network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from littrack.errors import InputError

# Every archive that gave out old identifiers; most were folded into others before 2007.
_OLD_ARCHIVE_NAMES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas "
    "cond-mat cs dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin "
    "nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio quant-ph solv-int supr-con"
)
OLD_ARCHIVES = frozenset(_OLD_ARCHIVE_NAMES.split())

# Full-width letters, digits and signs, one character each: offsets into the text stay true.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_CURRENT = r"(?P<year>\d\d)(?P<month>0[1-9]|1[0-2])\.(?P<number>\d{5}|\d{4})"
_OLD_ARCHIVE = "|".join(sorted((re.escape(name) for name in OLD_ARCHIVES), key=len, reverse=True))
_OLD = (
    rf"(?P<archive>{_OLD_ARCHIVE})(?:\.[a-z]{{2}})?"
    r"/(?P<old_year>\d\d)(?P<old_month>0[1-9]|1[0-2])(?P<old_number>\d{3})"
)
_PREFIX = (
    r"(?:https?://)?(?:(?:www|export|browse)\.)?arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/"
    r"|(?:https?://)?(?:www\.)?(?:ar5iv(?:\.labs\.arxiv)?\.org)/(?:abs|html|pdf)/"
    r"|(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s?)?10\.48550/arxiv\."
    r"|oai:arxiv\.org:"
    r"|arxiv\s?[:._-]\s?|arxiv\s"
)
_ID = rf"(?P<prefix>{_PREFIX})?(?:{_CURRENT}|{_OLD})(?:v(?P<version>[1-9]\d{{0,2}}))?"
_WHOLE = re.compile(
    rf"{_ID}(?:\.pdf|\.html)?/?(?:[?#].*)?(?:\s*\[[a-z-]+(?:\.[a-z-]+)?\])?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_PLAIN = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.(\d{5}|\d{4})(?:v([1-9]\d{0,2}))?", re.ASCII)

# In running text nothing that continues a number or a word may stand beside the identifier, and
# a bare number must not look like money, a measure, a signed number or part of another DOI.
_IN_TEXT = re.compile(
    rf"(?<![a-z0-9_.]){_ID}(?:\.pdf|\.html)?(?![a-z0-9_]|[.,]\d|/\d)", re.IGNORECASE | re.ASCII
)
_NUMBER_BEFORE = re.compile(r"(?:[$€£¥￥≈±~<>+]\s?|[-−]|\d,|\b10\.\d{4,9}/\S*)\Z")
_OLD_BEFORE = re.compile(r"[-/]\Z")
_NUMBER_AFTER = re.compile(
    r"\s?(?:[%‰°℃$€£¥￥元円万亿萬億]|美元|(?:usd|rmb|cny|eur|k?g|[kcmn]?m|m?s|[kmg]?hz|[kmgt]b)\b)",
    re.IGNORECASE,
)
_LOOK_BACK = 80  # characters before a hit that can tell a DOI


@dataclass(frozen=True, slots=True)
class ArxivId:
    """A canonical identifier: ``base`` has no version, ``version`` may be None."""

    base: str
    version: int | None = None

    def __str__(self) -> str:
        return self.base if self.version is None else f"{self.base}v{self.version}"


def parse_arxiv_id(text: str) -> ArxivId:
    """The identifier that ``text`` is: bare, ``arXiv:``, URL, DOI or OAI form, old or new.

    Raises:
        InputError: it is none of these; the message names the text.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None:  # the usual case, in a tenth of the time
        year, month, number, version = plain.groups()
        if _plausible(int(year + month), number):
            return ArxivId(f"{year}{month}.{number}", int(version) if version else None)
    half_width = text.translate(_HALF_WIDTH).replace("%2F", "/").replace("%2f", "/")
    match = _WHOLE.fullmatch(half_width.strip().strip("\u200b\ufeff"))
    found = _canonical(match) if match else None
    if found is None:
        raise InputError(
            f"{text[:80]!r} is not an arXiv identifier: expected 2303.18223, 2303.18223v2, "
            "cond-mat/0612198, or an arxiv.org address or 10.48550/arXiv DOI of a paper"
            + _lost_zero(text)
        )
    return found


def parse_recorded_id(text: str) -> ArxivId:
    """The identifier of a record, as its source states it.

    Like `parse_arxiv_id`, and takes ``1804.0701`` as well: four digits where arXiv gives five.
    Such an identifier has most likely lost its final zero to a spreadsheet, but which paper is
    meant is for the source to say: it is kept as it stands, never repaired, and `is_odd` tells.

    Raises:
        InputError: it does not even look like an identifier.
    """
    plain = _PLAIN.fullmatch(text.strip())
    if plain is not None and _is_month(int(plain[1] + plain[2])):
        return ArxivId(f"{plain[1]}{plain[2]}.{plain[3]}", int(plain[4]) if plain[4] else None)
    return parse_arxiv_id(text)


def is_odd(base: str) -> bool:
    """Whether the number has another length than arXiv used in that month."""
    plain = _PLAIN.fullmatch(base)
    return plain is not None and not _plausible(int(plain[1] + plain[2]), plain[3])


def find_arxiv_ids(text: str) -> list[tuple[int, int, ArxivId]]:
    """Every identifier in running text as (start, end, id), in order; offsets in characters.

    The span covers the whole mention: prefix or address, version, ``.pdf``. Numbers with a unit,
    a currency sign or a sign, version strings and parts of other DOIs are not identifiers.
    """
    half_width = text.translate(_HALF_WIDTH)
    hits = []
    for match in _IN_TEXT.finditer(half_width):
        if match["prefix"] is None and not _stands_alone(half_width, match):
            continue
        found = _canonical(match)
        if found is not None:
            hits.append((match.start(), match.end(), found))
    return hits


def month_of(arxiv_id: ArxivId | str) -> datetime:
    """The month in the identifier (its announcement, not v1's submission): its first day, UTC."""
    year, month, _, _ = sort_key(arxiv_id)
    return datetime(year, month, 1, tzinfo=UTC)


def doi_of(arxiv_id: ArxivId | str) -> str:
    """The DOI that DataCite registered for the paper; it has no version."""
    return f"10.48550/arXiv.{_parsed(arxiv_id).base}"


def url_of(arxiv_id: ArxivId | str, version: int | None = None) -> str:
    """The abstract page; of ``version`` if given, else of the version in the identifier if any."""
    parsed = _parsed(arxiv_id)
    return f"https://arxiv.org/abs/{ArxivId(parsed.base, version or parsed.version)}"


def sort_key(arxiv_id: ArxivId | str) -> tuple[int, int, str, int]:
    """(year, month, archive or "", number): oldest first, versions of a paper alike."""
    archive, _, number = _parsed(arxiv_id).base.rpartition("/")
    digits = number.replace(".", "")
    year = int(digits[:2])
    return (1900 + year if year > 90 else 2000 + year, int(digits[2:4]), archive, int(digits[4:]))


def _parsed(arxiv_id: ArxivId | str) -> ArxivId:
    return arxiv_id if isinstance(arxiv_id, ArxivId) else parse_recorded_id(arxiv_id)


def _canonical(match: re.Match[str]) -> ArxivId | None:
    version = int(match["version"]) if match["version"] else None
    if match["archive"] is None:
        if not _plausible(int(match["year"] + match["month"]), match["number"]):
            return None
        return ArxivId(f"{match['year']}{match['month']}.{match['number']}", version)
    month = int(match["old_year"] + match["old_month"])
    if not (month >= 9108 or month <= 703) or match["old_number"] == "000":
        return None
    number = match["old_year"] + match["old_month"] + match["old_number"]
    return ArxivId(f"{match['archive'].lower()}/{number}", version)


def _plausible(month: int, number: str) -> bool:
    """Whether arXiv gave out this ``number`` in ``month`` (YYMM): 0704 to 1412, 1501 to 9012."""
    length = 4 if month <= 1412 else 5
    return _is_month(month) and len(number) == length and number.strip("0") != ""


def _is_month(month: int) -> bool:
    """Whether identifiers of this shape existed in ``month`` (YYMM)."""
    return 704 <= month < 9100


def _lost_zero(text: str) -> str:
    """A hint for identifiers that went through a spreadsheet as numbers: 1906.1102(0)."""
    plain = _PLAIN.fullmatch(text.strip())
    if plain is None or len(plain[3]) != 4 or not _plausible(int(plain[1] + plain[2]), "12345"):
        return ""
    return f" (since 2015 five digits follow the dot: was it {text.strip()}0, read as a number?)"


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether a hit without prefix is an identifier rather than a number or a path."""
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if match["archive"] is not None:
        return _OLD_BEFORE.search(before) is None
    return not _NUMBER_BEFORE.search(before) and not _NUMBER_AFTER.match(text, match.end())
