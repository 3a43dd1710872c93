from __future__ import annotations

from pathlib import Path

import numpy as np
from papers_on_disk import many_papers, write_lines

from littrack.records import EncoderIdentity
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.index import build, list_encoders
from littrack.steps.opening import OpenLibrary
from littrack.store import vectors
from littrack.store.engine import begin


def test_a_library_without_vectors_lists_no_encoder(library: OpenLibrary) -> None:
    assert list_encoders(library) == []


def test_encoders_are_listed_side_by_side_with_what_became_of_their_indexes(
    library: OpenLibrary, tmp_path: Path
) -> None:
    import_file(library, write_lines(tmp_path / "papers.jsonl", many_papers(3)))
    embed_papers(library)
    build(library)
    other = EncoderIdentity("other", "r1", "", 4)
    with begin(library.engine) as conn:
        number = vectors.save_encoder(conn, other)
        text_hashes = [row[1] for row in vectors.load_unembedded(conn, number, after=0, limit=2)]
        vectors.save_vectors(conn, number, text_hashes, np.ones((2, 4), np.float32))
    used, unused = list_encoders(library)
    assert used.encoder == library.passage_identity
    assert (used.is_used, used.vectors, used.is_behind) == (True, 3, False)
    assert used.manifest is not None
    assert (used.manifest.count, used.manifest.kind) == (3, "Flat")
    assert (unused.encoder, unused.is_used, unused.vectors) == (other, False, 2)
    assert (unused.manifest, unused.is_behind) == (None, False)


def test_an_index_is_listed_as_behind_when_papers_came_since(
    library: OpenLibrary, tmp_path: Path
) -> None:
    import_file(library, write_lines(tmp_path / "papers.jsonl", many_papers(3)))
    embed_papers(library)
    build(library)
    import_file(library, write_lines(tmp_path / "more.jsonl", many_papers(5)))
    (state,) = list_encoders(library)
    assert state.is_behind
