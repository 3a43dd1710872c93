"""The bundled translations of Chinese words, mined by `littrack train-terms`."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

from littrack.analysis.translations import TranslationTable, read_translations


@cache
def translation_table() -> TranslationTable:
    """The bundled translations, loaded when a query first needs them."""
    packed = (files("littrack") / "data" / "mined_terms.tsv.gz").read_bytes()
    return read_translations(gzip.decompress(packed).decode("utf-8").splitlines())
