"""Embed what is new: a vector for every current text that has none from this encoder."""

from __future__ import annotations

from littrack.records import Progress, RunReport, no_progress
from littrack.steps.opening import OpenLibrary
from littrack.store import vectors
from littrack.store.engine import begin

BATCH = 2_000  # papers a transaction: a second's work for the bundled encoder


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
            matrix = encoder.encode_passages(texts)
            with begin(library.engine) as conn:
                vectors.save_vectors(conn, encoder_id, [row[1] for row in rows], matrix)
            done, after = done + len(rows), rows[-1][0]
            progress("embedding", done, total)
    return RunReport("embed", {"embedded": done})
