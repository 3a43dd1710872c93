"""Mine the table of translations that littrack ships, or your own, from training files."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from littrack.analysis.translation_mining import mine_translations
from littrack.analysis.translations import write_lines
from littrack.encoder.corpus import read_corpus
from littrack.errors import OutputError


@dataclass(frozen=True, slots=True)
class TermsReport:
    """What was mined, and from what: the digests name the files."""

    translations: int
    texts: int
    digests: dict[str, str]  # SHA-256 by file name


def train_terms(
    papers: Path,
    summaries: Path,
    parallel: Path,
    out: Path,
    *,
    say: Callable[[str], None] = lambda _line: None,
) -> TermsReport:
    """Mine translations from the three files into `out`, packed if its name ends in .gz.

    The same files give the same bytes.

    Raises:
        InputError: a file that cannot be used.
        OutputError: a file that cannot be written.
    """
    corpus = read_corpus(papers, summaries, parallel)
    pairs = [
        (f"{corpus.titles[row]}\n{corpus.abstracts[row]}", "\n".join(fields))
        for row, fields in corpus.summaries
    ]
    pairs += corpus.parallel
    del corpus
    found = mine_translations(pairs, say)
    content = "\n".join([*write_lines(found), ""]).encode("utf-8")
    if out.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    files = (papers, summaries, parallel)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise OutputError(f"cannot be written ({error.strerror})", out) from error
    return TermsReport(
        len(found),
        len(pairs),
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    )
