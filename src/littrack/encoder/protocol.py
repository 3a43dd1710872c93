"""What every encoder offers to the steps above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]  # one row per text


class Encoder(Protocol):
    """Turns texts into rows of one vector space.

    `name` and `revision` together say which weights made a vector: vectors of different revisions
    must never be compared. Prompts are prepended by the encoder itself; they are public because
    they belong to the provenance of a stored vector.
    """

    name: str
    revision: str
    dimension: int
    normalised: bool
    query_prompt: str
    passage_prompt: str

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Rows for texts to be found; float32 (n, dimension).

        A row has length one, or is all zeros where the text holds nothing the model knows.
        No texts give an array of shape (0, dimension).
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """Rows for texts to search with; same shape and rules as `encode_passages`."""
        ...
