"""Embed what is new: a vector for every current text that has none from this encoder."""

from __future__ import annotations

import numpy as np

from littrack.records import Progress, RunReport, no_progress
from littrack.steps.opening import OpenLibrary
from littrack.store import vectors
from littrack.store.engine import begin

# Texts encoded together. A transformer's last digit depends on its neighbours in a batch: with the
# same blocks here and on a cluster (embed_batches.py), both give the same bytes.
BLOCK = 256
BATCH = 8 * BLOCK  # papers a transaction: a second's work for the bundled encoder


def passage_text(title: str, abstract: str) -> str:
    """What of a paper is embedded."""
    return f"{title}\n{abstract}"


def embed_papers(library: OpenLibrary, progress: Progress = no_progress) -> RunReport:
    """Embed the papers that need it, a batch a transaction; killed, it goes on where it stopped.

    Nothing is encoded when nothing has changed. Vectors of other models stay.
    """
    encoder, identity = library.encoder, library.passage_identity
    with library.writing("littrack embed"):
        with begin(library.engine) as conn:
            encoder_id = vectors.save_encoder(conn, identity)
            total = vectors.count_unembedded(conn, encoder_id)
        done = after = 0
        while done < total:
            with library.engine.connect() as conn:
                rows = vectors.load_unembedded(conn, encoder_id, after=after, limit=BATCH)
            if not rows:
                break
            texts = [passage_text(title, abstract) for _, _, title, abstract in rows]
            blocks = [texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK)]
            matrix = np.concatenate([encoder.encode_passages(block) for block in blocks])
            with begin(library.engine) as conn:
                vectors.save_vectors(conn, encoder_id, [row[1] for row in rows], matrix)
            done, after = done + len(rows), rows[-1][0]
            progress("embedding", done, total)
    return RunReport("embed", {"embedded": done})
