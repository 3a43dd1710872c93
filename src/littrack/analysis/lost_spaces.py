"""English words that lost the spaces between them: LargeLanguageModel, Bytheway."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from littrack.notes import Span

_RUN = re.compile(r"(?<![A-Za-z0-9_./@#\\])[A-Za-z]{7,80}(?![A-Za-z0-9_@]|\.[a-z])")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONG = 6  # letters of each of two words: shorter pairs may be one word (dataset, finetuning)
_SHORTEST = 2

# Plain words of the field's prose, no names: a run that parts into them is no name either.
_WORDS = """
a abilities ability about adaptation adapter adapters adaptive algorithm algorithms alignment all
also an analysis and answering application approach architecture are artificial as attention based
be benchmark between bidirectional by can chain classification code collection common compression
computing context contrastive corpora corpus creation data decoder deep dense detection different
diffusion distributed distribution domain efficient embedding embeddings emergence emergent encoder
engineering evaluation example examples extraction feature features feedback few fine first
following for foundation framework from generation generative graph hidden human image in inference
information instruction instructions intelligence interaction is it key knowledge language large
latent layer layers learner learners learning level long machine mechanism memory method methods
mixture modal model modeling modelling models multi natural network networks neural not of on
optimization or parallel parameter parameters planning policy position pre prefix pretrained
pretraining probability problem processing prompt prompting prompts question reasoning
recognition recurrent reinforcement representation representations research retrieval reward scale
scaling search self sequence series shot shift small sparse speech statistical step strategy
structure supervised survey system systems task tasks technique techniques technology text that the
theory thought to token tokens training transfer translation tree trained tuning understanding
unified unsupervised use using utilization vector vision visual vocabulary way we which with
word words zero
"""
FIELD_WORDS = frozenset(_WORDS.split())
# What two words must end in, or be a name: ZeroSearch, DeepResearch, transferability.
_HEAD_WORDS = (
    "analysis answering classification creation generation learning mechanism model models "
    "modeling network networks processing prompting reasoning recognition retrieval training tuning"
)
_HEADS = frozenset(_HEAD_WORDS.split())


class LostSpaces(NamedTuple):
    """A run of letters, and the places within the text where its spaces were."""

    span: Span
    places: tuple[int, ...]


def find_lost_spaces(text: str, words: Collection[str] = FIELD_WORDS) -> list[LostSpaces]:
    """Every run that parts into known words; a run that is itself known is left alone.

    `words` are in lower case; names that must stay whole may stand among them.
    """
    found = []
    for run in _RUN.finditer(text):
        parts = _parts(run[0], words)
        if parts:
            places, place = [], run.start()
            for part in parts[:-1]:
                place += len(part)
                places.append(place)
            found.append(LostSpaces(run.span(), tuple(places)))
    return found


def _parts(run: str, words: Collection[str]) -> list[str]:
    """The words in a run; none where it is one word, or parts into anything unknown."""
    if run.lower() in words:
        return []
    if run[1:].islower():
        parts = _split(run.lower(), words)
        is_pair = len(parts) == 2 and min(map(len, parts)) >= _LONG and parts[-1] in _HEADS
        return parts if is_pair or len(parts) > 2 else []
    parts = _PART.findall(run)
    known = len(parts) > 1 and all(part.lower() in words and len(part) > 1 for part in parts)
    is_phrase = len(parts) > 2 or parts[-1].lower() in _HEADS
    return parts if known and is_phrase and "".join(parts) == run else []


def _split(run: str, words: Collection[str]) -> list[str]:
    """The fewest known words that a run in lower case is made of."""
    best: dict[int, list[str]] = {0: []}
    for start in range(len(run)):
        if start not in best:
            continue
        for end in range(start + _SHORTEST, len(run) + 1):
            word = run[start:end]
            if word in words and (end not in best or len(best[start]) + 1 < len(best[end])):
                best[end] = [*best[start], word]
    return best.get(len(run), [])
