from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from builders import a_paper, an_encoder, utc
from littrack.records import Paper
from littrack.store import vectors
from littrack.store.engine import begin
from littrack.store.saving import save_papers
from littrack.store.state import load_state
from littrack.text import content_hash

NOW = utc("2026-01-02")


def numbered(count: int) -> list[Paper]:
    return [a_paper(arxiv_id=f"2303.{i:05d}", title=f"Title {i}") for i in range(1, count + 1)]


def save(engine: sa.Engine, papers: list[Paper]) -> None:
    with begin(engine) as conn:
        save_papers(conn, papers, NOW)


def embed(engine: sa.Engine, **encoder: Any) -> list[int]:
    """Give every paper that lacks one a vector; the ids of those papers."""
    with begin(engine) as conn:
        identity = an_encoder(**encoder)
        encoder_id = vectors.save_encoder(conn, identity)
        todo = vectors.load_unembedded(conn, encoder_id, after=0, limit=100)
        rows = np.array([unit(title, identity.dimension) for _, _, title, _ in todo], np.float32)
        vectors.save_vectors(conn, encoder_id, [text_hash for _, text_hash, _, _ in todo], rows)
    return [paper_id for paper_id, _, _, _ in todo]


def unit(text: str, dimension: int) -> np.ndarray:
    row = np.random.default_rng(list(text.encode())).normal(size=dimension)
    return row / np.linalg.norm(row)


def load(engine: sa.Engine, encoder_id: int, dimension: int = 4) -> dict[int, np.ndarray]:
    with engine.connect() as conn:
        chunks = list(vectors.load_vectors(conn, encoder_id, dimension))
    return {int(i): row for ids, rows in chunks for i, row in zip(ids, rows, strict=True)}


def test_what_is_to_be_embedded_comes_in_order_with_its_text(engine: sa.Engine) -> None:
    save(engine, numbered(5))
    with begin(engine) as conn:
        encoder_id = vectors.save_encoder(conn, an_encoder())
        first = vectors.load_unembedded(conn, encoder_id, after=0, limit=2)
        then = vectors.load_unembedded(conn, encoder_id, after=2, limit=9)
    abstract = a_paper().abstract
    assert first[0] == (1, content_hash("Title 1", abstract), "Title 1", abstract)
    assert [row[0] for row in first + then] == [1, 2, 3, 4, 5]


def test_an_unchanged_library_needs_no_new_vector(engine: sa.Engine) -> None:
    save(engine, numbered(3))
    assert embed(engine) == [1, 2, 3]
    save(engine, numbered(3))
    assert embed(engine) == []


def test_a_changed_text_needs_a_new_vector_and_only_that_one(engine: sa.Engine) -> None:
    papers = numbered(3)
    save(engine, papers)
    embed(engine)
    save(engine, [a_paper(arxiv_id="2303.00002", title="Quite another title", version=2)])
    with engine.connect() as conn:
        assert vectors.count_unembedded(conn, 1) == 1
        assert vectors.count_vectors(conn, 1) == 2
        assert not vectors.has_vector(conn, 1, "2303.00002")
        assert vectors.has_vector(conn, 1, "2303.00003")
    assert embed(engine) == [2]
    assert np.allclose(load(engine, 1)[2], unit("Quite another title", 4), atol=1e-3)


def test_a_change_that_is_not_in_the_text_needs_no_new_vector(engine: sa.Engine) -> None:
    save(engine, numbered(2))
    embed(engine)
    comment = {"comment": "18 pages", "journal_ref": "J. 3", "authors": ("Somebody Else",)}
    save(engine, [a_paper(arxiv_id="2303.00001", title="Title 1", **comment)])
    assert embed(engine) == []


def test_equal_texts_share_one_vector(engine: sa.Engine) -> None:
    save(engine, [a_paper(arxiv_id="2303.00001"), a_paper(arxiv_id="2303.00002")])
    embed(engine)
    found = load(engine, 1)
    assert sorted(found) == [1, 2]
    assert np.array_equal(found[1], found[2])
    with engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM vectors").scalar() == 1


@pytest.mark.parametrize(
    "difference",
    [
        {"model": "other-model"},
        {"revision": "r2"},
        {"prompt": "passage: "},
        {"dimension": 6},
        {"dtype": "float32"},
    ],
)
def test_two_encoders_side_by_side_never_mix(engine: sa.Engine, difference: dict[str, Any]) -> None:
    save(engine, numbered(3))
    embed(engine)
    before = load(engine, 1)
    with engine.connect() as conn:
        assert vectors.load_encoder_id(conn, an_encoder(**difference)) is None
    assert embed(engine, **difference) == [1, 2, 3]
    save(engine, [a_paper(arxiv_id="2303.00004", title="Title 4")])
    assert embed(engine, **difference) == [4]
    with engine.connect() as conn:
        assert vectors.load_encoder_id(conn, an_encoder()) == 1
        assert vectors.load_encoder_id(conn, an_encoder(**difference)) == 2
        assert (vectors.count_vectors(conn, 1), vectors.count_vectors(conn, 2)) == (3, 4)
        assert (vectors.count_unembedded(conn, 1), vectors.count_unembedded(conn, None)) == (1, 4)
        assert vectors.count_vectors(conn, None) == 0
    after = load(engine, 1)
    assert sorted(after) == [1, 2, 3]
    assert all(np.array_equal(after[i], before[i]) for i in before)
    assert sorted(load(engine, 2, difference.get("dimension", 4))) == [1, 2, 3, 4]


def test_an_encoder_is_recorded_once(engine: sa.Engine) -> None:
    with begin(engine) as conn:
        numbers = [vectors.save_encoder(conn, an_encoder()) for _ in range(3)]
    assert numbers == [1, 1, 1]


def test_half_precision_loses_less_than_a_thousandth(engine: sa.Engine) -> None:
    save(engine, numbered(40))
    embed(engine, dimension=64)
    found = load(engine, 1, 64)
    assert sorted(found) == list(range(1, 41))
    for paper_id, row in found.items():
        assert row.dtype == np.float32
        assert np.abs(row - unit(f"Title {paper_id}", 64)).max() < 1e-3


def test_vectors_come_in_order_of_the_papers(engine: sa.Engine) -> None:
    save(engine, numbered(12))
    with begin(engine) as conn:  # stored in reverse
        encoder_id = vectors.save_encoder(conn, an_encoder())
        todo = vectors.load_unembedded(conn, encoder_id, after=0, limit=99)[::-1]
        rows = np.array([[paper_id, 0, 0, 0] for paper_id, *_ in todo], np.float32)
        vectors.save_vectors(conn, encoder_id, [row[1] for row in todo], rows)
        chunks = list(vectors.load_vectors(conn, encoder_id, 4))
        some = list(vectors.load_vectors(conn, encoder_id, 4, [11, 3, 99]))
        ids, hashes = vectors.load_text_hashes(conn, encoder_id)
    assert np.concatenate([i for i, _ in chunks]).tolist() == list(range(1, 13))
    assert np.concatenate([m for _, m in chunks])[:, 0].tolist() == list(range(1, 13))
    assert [(i.tolist(), m[:, 0].tolist()) for i, m in some] == [([3, 11], [3.0, 11.0])]
    assert ids.tolist() == list(range(1, 13))
    wanted = [content_hash(f"Title {i}", a_paper().abstract) for i in ids]
    assert [bytes(h) for h in hashes] == wanted


def test_a_vector_that_is_there_is_kept_when_it_comes_again(engine: sa.Engine) -> None:
    save(engine, numbered(1))
    embed(engine)
    first = load(engine, 1)[1]
    with begin(engine) as conn:
        text_hash = content_hash("Title 1", a_paper().abstract)
        vectors.save_vectors(conn, 1, [text_hash, text_hash], np.ones((2, 4), np.float32))
        vectors.save_vectors(conn, 1, [], np.empty((0, 4), np.float32))
    assert np.array_equal(load(engine, 1)[1], first)


def test_the_counter_of_vectors_moves_when_some_are_stored(engine: sa.Engine) -> None:
    save(engine, numbered(2))
    with engine.connect() as conn:
        assert load_state(conn, vectors.state_key(1)) == 0
    embed(engine)
    embed(engine)
    with engine.connect() as conn:
        assert load_state(conn, vectors.state_key(1)) == 1


def test_nothing_to_load_is_empty_and_of_the_right_type(engine: sa.Engine) -> None:
    with engine.connect() as conn:
        ids, hashes = vectors.load_text_hashes(conn, 1)
        assert list(vectors.load_vectors(conn, 1, 4)) == []
    assert (ids.dtype, len(ids), hashes.dtype, len(hashes)) == (np.int64, 0, np.dtype("V32"), 0)
