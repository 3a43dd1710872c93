from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import an_encoder
from littrack import vector_index
from littrack.errors import IndexMissing, IndexStale, OutputError
from littrack.vector_index import (
    VectorIndex,
    build_index,
    choose_kind,
    drop_empty,
    read_index,
    read_manifest,
    unit_rows,
    write_index,
)

DIMENSION = 16
ENCODER = an_encoder(dimension=DIMENSION)
KINDS = ["Flat", "SQ8", "IVF1024,SQ8"]


def hashes(ids: np.ndarray, salt: int = 0) -> np.ndarray:
    """A text hash for every id; some end with zero bytes, as one in 256 does."""
    parts = [int(i).to_bytes(8, "little") + bytes([salt]) * 4 + bytes(20) for i in ids]
    return np.frombuffer(b"".join(parts), "V32")


def some_vectors(count: int, dimension: int = DIMENSION) -> np.ndarray:
    rows = np.random.default_rng(7).normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def build(ids: np.ndarray, rows: np.ndarray, chunk: int = 700) -> VectorIndex:
    starts = range(0, len(ids), chunk)
    chunks = [(ids[i : i + chunk], rows[i : i + chunk]) for i in starts]
    return build_index(chunks, (ids, hashes(ids)), rows.shape[1])


@pytest.fixture
def set_kind(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make libraries of any size get an index of this kind."""

    def set_limits(kind: str) -> None:
        monkeypatch.setattr(vector_index, "FLAT_UNTIL", 10**9 if kind == "Flat" else 0)
        monkeypatch.setattr(vector_index, "SQ8_UNTIL", 10**9 if kind == "SQ8" else 0)

    return set_limits


@pytest.fixture(params=KINDS)
def large(request: pytest.FixtureRequest, set_kind: Any) -> tuple[VectorIndex, np.ndarray, Any]:
    """3,000 vectors in an index of each kind, their ids, and the vectors by id."""
    set_kind(request.param)
    ids = np.arange(3_000, dtype=np.int64) * 7 + 5
    rows = some_vectors(len(ids))
    index = build(ids, rows)
    assert index.kind == request.param
    return index, ids, dict(zip(ids.tolist(), rows, strict=True))


@pytest.fixture
def corner() -> VectorIndex:
    """Four vectors in the plane: east, north, west and north-east, of different lengths."""
    rows = np.array([[1, 0], [0, 2], [-1, 0], [3, 3]], np.float32)
    return build(np.array([10, 20, 30, 40]), rows)


def answer(index: VectorIndex, query: list[float], limit: int, **named: Any) -> list[Any]:
    scores, ids = index.search(np.array([query]), limit, **named)
    return [(i, round(s, 4)) for i, s in drop_empty(scores[0], ids[0])]


# Known answers

HALF = round(0.5**0.5, 4)


@pytest.mark.parametrize("scale", [1.0, 0.001, 250.0])
def test_the_score_is_the_cosine_however_long_query_and_rows_are(
    corner: VectorIndex, scale: float
) -> None:
    expected = [(10, 1.0), (40, HALF), (20, 0.0), (30, -1.0)]
    assert answer(corner, [scale, 0], 4) == expected
    assert answer(corner, [scale, 0], 2) == expected[:2]


def test_every_query_gets_its_own_answer(corner: VectorIndex) -> None:
    scores, ids = corner.search(np.array([[0, 1], [-1, 0]]), 1)
    assert ids.tolist() == [[20], [30]]
    assert scores.tolist() == [[1.0], [1.0]]


def test_a_zero_query_scores_zero_everywhere(corner: VectorIndex) -> None:
    assert sorted(answer(corner, [0, 0], 4)) == [(10, 0.0), (20, 0.0), (30, 0.0), (40, 0.0)]


def test_more_than_there_is_gives_what_there_is(corner: VectorIndex) -> None:
    assert [i for i, _ in answer(corner, [1, 0], 99)] == [10, 40, 20, 30]
    assert answer(corner, [1, 0], 0) == []


def test_only_allowed_ids_are_chosen_from(corner: VectorIndex) -> None:
    assert answer(corner, [1, 0], 2, allowed=np.array([30, 20])) == [(20, 0.0), (30, -1.0)]
    assert answer(corner, [1, 0], 1, allowed=np.array([30])) == [(30, -1.0)]
    assert answer(corner, [1, 0], 3, allowed=np.array([30, 77])) == [(30, -1.0)]
    assert answer(corner, [1, 0], 3, allowed=np.array([], np.int64)) == []


def test_excluded_ids_leave_their_places_to_the_next(corner: VectorIndex) -> None:
    assert answer(corner, [1, 0], 2, excluded=np.array([10])) == [(40, HALF), (20, 0.0)]
    assert len(answer(corner, [1, 0], 9, excluded=np.array([10, 77]))) == 3
    assert len(answer(corner, [1, 0], 9, excluded=np.array([], np.int64))) == 4


def test_an_id_both_allowed_and_excluded_is_left_out(corner: VectorIndex) -> None:
    both = {"allowed": np.array([10, 20]), "excluded": np.array([10])}
    assert answer(corner, [1, 0], 2, **both) == [(20, 0.0)]


def test_an_empty_index_finds_nothing() -> None:
    index = build(np.empty(0, np.int64), np.empty((0, 2), np.float32))
    assert (index.count, index.dimension) == (0, 2)
    assert answer(index, [1, 0], 5) == []


def test_an_id_added_again_has_its_new_vector_only(corner: VectorIndex) -> None:
    ids = np.array([20, 50])
    corner.add(ids, np.array([[1, 0], [0, -1]], np.float32), hashes(ids, salt=1))
    assert corner.count == 5
    assert sorted(answer(corner, [1, 0], 2)) == [(10, 1.0), (20, 1.0)]
    assert answer(corner, [0, -1], 1) == [(50, 1.0)]
    assert sorted(corner.rows["id"].tolist()) == [10, 20, 30, 40, 50]


def test_a_removed_id_is_gone_and_an_unknown_one_is_ignored(corner: VectorIndex) -> None:
    corner.remove(np.array([10, 77]))
    corner.remove(np.array([], np.int64))
    assert corner.count == 3
    assert answer(corner, [1, 0], 4) == [(40, HALF), (20, 0.0), (30, -1.0)]


def test_unit_rows_have_length_one_and_zero_rows_stay() -> None:
    rows = unit_rows(np.array([[3, 4], [0, 0]], np.float64))
    assert rows.dtype == np.float32
    assert rows.flags["C_CONTIGUOUS"]
    assert np.allclose(rows, [[0.6, 0.8], [0, 0]])


def test_empty_places_are_dropped() -> None:
    assert drop_empty([0.5, 0.25, -9.0], [3, 0, -1]) == [(3, 0.5), (0, 0.25)]


# All kinds


@pytest.mark.parametrize(
    ("count", "kind"),
    [
        (0, "Flat"),
        (50_000, "Flat"),
        (50_001, "SQ8"),
        (250_000, "SQ8"),
        (250_001, "IVF2048,SQ8"),
        (1_000_000, "IVF4096,SQ8"),
        (3_000_000, "IVF8192,SQ8"),
        (10**10, "IVF65536,SQ8"),
    ],
)
def test_the_kind_follows_the_size(count: int, kind: str) -> None:
    assert choose_kind(count) == kind


def test_every_vector_finds_itself(large: tuple[VectorIndex, np.ndarray, Any]) -> None:
    index, ids, by_id = large
    scores, found = index.search(np.stack([by_id[i] for i in ids.tolist()]), 1)
    assert np.array_equal(found[:, 0], ids)
    assert np.allclose(scores, 1, atol=0.02)


def test_after_removing_and_adding_every_vector_still_finds_itself(
    large: tuple[VectorIndex, np.ndarray, Any],
) -> None:
    index, ids, by_id = large
    rows = np.stack([by_id[i] for i in ids.tolist()])
    index.remove(ids[:100])
    assert index.count == 2_900
    assert np.array_equal(index.search(rows[100:], 1)[1][:, 0], ids[100:])
    assert not np.isin(index.search(rows[:100], 5)[1], ids[:100]).any()
    index.add(ids[:100], rows[:100], hashes(ids[:100]))
    assert index.count == 3_000
    assert np.array_equal(index.search(rows, 1)[1][:, 0], ids)
    assert index.compare(ids, hashes(ids)).is_equal


def brute_force(
    query: np.ndarray, ids: np.ndarray, by_id: dict[int, np.ndarray], limit: int
) -> list[int]:
    scores = np.stack([by_id[i] for i in ids.tolist()]) @ query
    return ids[np.argsort(-scores, kind="stable")[:limit]].tolist()


def test_the_nearest_ten_are_nearly_those_of_brute_force(
    large: tuple[VectorIndex, np.ndarray, Any],
) -> None:
    index, ids, by_id = large
    queries = some_vectors(3_050)[3_000:]
    found = index.search(queries, 10)[1]
    hits = [
        len({*brute_force(q, ids, by_id, 10)} & {*f}) for q, f in zip(queries, found, strict=True)
    ]
    recall = sum(hits) / (10 * len(queries))
    # spread evenly over 1,024 cells of three, these are the worst that cells can be given
    assert recall >= {"Flat": 1.0, "SQ8": 0.9}.get(index.kind, 0.25)


@pytest.mark.parametrize("size", [1, 12, 60])
def test_a_narrow_filter_finds_all_of_its_papers(
    large: tuple[VectorIndex, np.ndarray, Any], size: int
) -> None:
    index, ids, by_id = large
    allowed = np.random.default_rng(3).choice(ids, size, replace=False)
    for query in some_vectors(3_005)[3_000:]:
        found = index.search(query[None], size, allowed=allowed)[1][0].tolist()
        assert sorted(found) == sorted(allowed.tolist())
        wanted = brute_force(query, allowed, by_id, 3)
        assert len({*found[:3]} & {*wanted}) >= min(2, size)


def test_excluding_most_leaves_the_few_others(
    large: tuple[VectorIndex, np.ndarray, Any],
) -> None:
    index, ids, by_id = large
    kept = ids[::100]
    excluded = np.setdiff1d(ids, kept)
    scores, found = index.search(by_id[int(kept[3])][None], 40, excluded=excluded)
    held = [i for i, _ in drop_empty(scores[0], found[0])]
    assert sorted(held) == kept.tolist()
    assert held[0] == kept[3]


def written(index: VectorIndex) -> bytes:
    file = io.BytesIO()
    index.write_to(file)
    return file.getvalue()


def test_the_same_vectors_give_the_same_bytes(
    large: tuple[VectorIndex, np.ndarray, Any],
) -> None:
    index, ids, by_id = large
    again = build(ids, np.stack([by_id[i] for i in ids.tolist()]))
    assert written(again) == written(index)


def test_an_index_of_any_kind_is_read_as_it_was_written(
    large: tuple[VectorIndex, np.ndarray, Any], tmp_path: Path
) -> None:
    index, ids, _ = large
    manifest = write_index(index, tmp_path, ENCODER, (3, 4))
    assert (manifest.kind, manifest.count, manifest.dimension) == (index.kind, 3_000, DIMENSION)
    assert (manifest.vectors_state, manifest.papers_state) == (3, 4)
    read = read_index(tmp_path, ENCODER, check=True)
    queries = some_vectors(3_010)[3_000:]
    assert np.array_equal(read.search(queries, 20), index.search(queries, 20))
    assert (read.kind, read.count) == (index.kind, 3_000)
    assert read.compare(ids, hashes(ids)).is_equal
    read.remove(ids[:10])
    assert read.count == 2_990


@pytest.mark.parametrize("share", [0.004, 0.01, 0.5, 1.0])
def test_a_filter_leaves_a_full_page_however_many_it_keeps(
    large: tuple[VectorIndex, np.ndarray, Any], share: float
) -> None:
    index, ids, by_id = large
    chosen = np.random.default_rng(3).permutation(ids)
    kept = np.sort(chosen[: max(1, min(int(len(ids) * share), len(ids) - 1))])
    for query in some_vectors(3_004)[3_000:]:
        limit = min(10, len(kept))
        for how in ({"allowed": kept}, {"excluded": np.setdiff1d(ids, kept)}):
            found = [
                i for i, _ in drop_empty(*(a[0] for a in index.search(query[None], 10, **how)))
            ]
            assert len({*found}) == limit
            assert {*found} <= {*kept.tolist()}
            if share <= 0.01:  # all cells are looked into
                best = brute_force(query, kept, by_id, limit)
                worst = by_id[best[-1]] @ query - 1e-3  # as rows are stored, less is no difference
                assert all(by_id[i] @ query >= worst for i in found)


def test_cells_that_hold_too_few_are_not_the_end_of_a_search(set_kind: Any) -> None:
    set_kind("IVF1024,SQ8")
    ids = np.arange(1, 2_001)
    index = build(ids, some_vectors(2_000))
    scores, found = index.search(some_vectors(2_001)[2_000:], 1_900)
    assert (found >= 0).all()
    assert len(np.unique(found)) == 1_900
    assert (np.diff(scores[0]) <= 0).all()


@pytest.mark.parametrize("kind", ["SQ8", "IVF1024,SQ8"])
def test_candidates_are_put_in_order_by_their_exact_vectors(set_kind: Any, kind: str) -> None:
    set_kind(kind)
    rows = some_vectors(1_500)
    rows[101:110] = unit_rows(rows[100] + 0.05 * some_vectors(9))  # closer than a byte can tell
    rows = rows.astype(np.float16).astype(np.float32)
    index = build(np.arange(1, 1_501), rows)
    scores, found = index.search(rows[100:101], 10)
    exact = unit_rows(rows) @ unit_rows(rows[100:101])[0]
    assert set(found[0].tolist()) == set(range(101, 111))
    assert np.allclose(scores[0], np.sort(exact)[::-1][:10], atol=1e-3)
    assert found[0, 0] == 101


@pytest.mark.parametrize("kind", ["SQ8", "IVF1024,SQ8"])
def test_an_index_opened_for_searching_stays_as_it_was_while_another_is_written(
    set_kind: Any, kind: str, tmp_path: Path
) -> None:
    set_kind(kind)
    ids = np.arange(1, 1_201)
    rows = some_vectors(1_200)
    write_index(build(ids, rows), tmp_path, ENCODER, (1, 1))
    searching = read_index(tmp_path, ENCODER)
    changing = read_index(tmp_path, ENCODER, check=True)
    changing.add(ids[:50], -rows[:50], hashes(ids[:50], salt=1))
    assert np.array_equal(searching.search(rows[:50], 1)[1][:, 0], ids[:50])
    write_index(changing, tmp_path, ENCODER, (2, 1))
    assert np.array_equal(searching.search(rows[:50], 1)[1][:, 0], ids[:50])
    changed = read_index(tmp_path, ENCODER)
    assert np.array_equal(changed.search(-rows[:50], 1)[1][:, 0], ids[:50])
    assert changed.count == 1_200


def test_an_index_without_its_exact_rows_is_not_as_chosen(set_kind: Any) -> None:
    set_kind("SQ8")
    index = build(np.arange(1, 101), some_vectors(100))
    assert index.is_as_chosen(100)
    index.exact = None  # as written by an earlier version
    assert not index.is_as_chosen(100)


@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_exact_rows_that_are_not_those_written_make_the_index_stale(
    set_kind: Any, tmp_path: Path, damage: str
) -> None:
    set_kind("SQ8")
    write_index(build(np.arange(1, 101), some_vectors(100)), tmp_path, ENCODER, (1, 1))
    (path,) = tmp_path.glob("*.exact")
    content = path.read_bytes()
    match damage:
        case "gone":
            path.unlink()
        case "cut":
            path.write_bytes(content[:-5])
        case "changed":
            path.write_bytes(content[:-5] + b"12345")
    with pytest.raises(IndexStale, match="littrack index rebuild"):
        read_index(tmp_path, ENCODER, check=True)


# What differs from SQL


def test_missing_orphan_and_stale_rows_are_named_exactly(corner: VectorIndex) -> None:
    ids = np.array([20, 30, 40, 50])
    wanted = hashes(ids).copy()
    wanted[1] = hashes(np.array([30]), salt=1)[0]
    found = corner.compare(ids, wanted)
    assert (found.missing.tolist(), found.orphan.tolist(), found.stale.tolist()) == (
        [50],
        [10],
        [30],
    )
    assert not found.is_equal


def test_an_index_that_holds_what_it_should_is_equal(corner: VectorIndex) -> None:
    ids = np.array([40, 10, 30, 20])  # in any order
    assert corner.compare(ids, hashes(ids)).is_equal


def test_hashes_that_differ_in_their_last_byte_only_differ(corner: VectorIndex) -> None:
    ids = np.array([10, 20, 30, 40])
    wanted = hashes(ids).copy()
    wanted[2] = np.frombuffer(wanted[2].tobytes()[:-1] + b"\x01", "V32")[0]
    assert corner.compare(ids, wanted).stale.tolist() == [30]


def test_rows_and_index_that_disagree_with_each_other_are_noticed(corner: VectorIndex) -> None:
    ids = np.array([10, 20, 30, 40])
    corner._handle.remove_ids(np.array([20]))  # lost below us
    assert corner.compare(ids, hashes(ids)).missing.tolist() == [20]
    corner.rows = corner.rows[corner.rows["id"] != 30]  # lost in the list
    found = corner.compare(ids, hashes(ids))
    assert found.missing.tolist() == [20, 30]
    assert found.orphan.tolist() == [30]


def test_nothing_wanted_makes_every_row_an_orphan(corner: VectorIndex) -> None:
    nothing = np.empty(0, np.int64)
    assert corner.compare(nothing, hashes(nothing)).orphan.tolist() == [10, 20, 30, 40]


# On disk


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_index_takes_the_place_of_the_old_one(corner: VectorIndex, tmp_path: Path) -> None:
    encoder = an_encoder(dimension=2)
    write_index(corner, tmp_path / "index", encoder, (1, 1))
    old = files(tmp_path / "index")
    corner.remove(np.array([10]))
    write_index(corner, tmp_path / "index", encoder, (2, 1))
    new = files(tmp_path / "index")
    assert len(old) == len(new) == 3
    assert len({*old} & {*new}) == 1  # the manifest
    assert read_index(tmp_path / "index", encoder, check=True).count == 3
    assert read_manifest(tmp_path / "index", encoder).vectors_state == 2


def test_the_indexes_of_two_encoders_lie_side_by_side(corner: VectorIndex, tmp_path: Path) -> None:
    for change in ({}, {"revision": "r2"}, {"prompt": "passage: "}, {"model": "small/model"}):
        encoder = an_encoder(dimension=2, **change)
        with pytest.raises(IndexMissing, match="littrack update --no-ingest"):
            read_index(tmp_path, encoder)
        write_index(corner, tmp_path, encoder, (1, 1))
    assert len(files(tmp_path)) == 12
    assert read_index(tmp_path, an_encoder(dimension=2), check=True).count == 4


@pytest.fixture
def on_disk(corner: VectorIndex, tmp_path: Path) -> tuple[Path, Path, Path]:
    """An index's three files: manifest, index, rows."""
    manifest = write_index(corner, tmp_path, ENCODER, (1, 1))
    index = tmp_path / manifest.file
    (path,) = tmp_path.glob("*.json")
    return path, index, index.with_suffix(".rows.npy")


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("kept", [None, 0, 0.1, 0.5, 0.99])
def test_a_missing_or_truncated_file_makes_the_index_stale(
    on_disk: tuple[Path, Path, Path], which: int, kept: float | None
) -> None:
    path = on_disk[which]
    if kept is None:
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(IndexStale, match="littrack index rebuild"):
        read_index(path.parent, ENCODER)
    with pytest.raises(IndexStale):
        read_index(path.parent, ENCODER, check=True)


def test_garbage_in_place_of_a_file_makes_the_index_stale(
    on_disk: tuple[Path, Path, Path],
) -> None:
    for path in on_disk:
        content = path.read_bytes()
        path.write_bytes(b"garbage \xff" * 50)
        with pytest.raises(IndexStale):
            read_index(path.parent, ENCODER)
        path.write_bytes(content)
    assert read_index(on_disk[0].parent, ENCODER, check=True).count == 4


def test_one_flipped_bit_is_found_by_the_check(on_disk: tuple[Path, Path, Path]) -> None:
    path = on_disk[1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexStale):
        read_index(path.parent, ENCODER, check=True)


def test_a_row_list_of_another_length_makes_the_index_stale(
    on_disk: tuple[Path, Path, Path],
) -> None:
    rows = np.load(on_disk[2])
    np.save(on_disk[2], rows[:2])
    with pytest.raises(IndexStale):
        read_index(on_disk[2].parent, ENCODER, check=True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: {"count": told["count"] + 1},
        lambda told: {"dimension": 3},
        lambda told: {"file": "papers-nothing.faiss"},
        lambda told: {"unknown": 1},
        lambda told: {"file": None},
    ],
)
def test_a_manifest_that_tells_of_something_else_makes_the_index_stale(
    on_disk: tuple[Path, Path, Path], damage: Any
) -> None:
    told = json.loads(on_disk[0].read_text("utf-8"))
    on_disk[0].write_text(json.dumps(told | damage(told)), "utf-8")
    with pytest.raises(IndexStale, match="littrack index rebuild"):
        read_index(on_disk[0].parent, ENCODER)


def test_a_manifest_cut_anywhere_is_damaged(on_disk: tuple[Path, Path, Path]) -> None:
    content = on_disk[0].read_bytes()
    for length in range(len(content)):
        on_disk[0].write_bytes(content[:length])
        with pytest.raises(IndexStale, match="is damaged"):
            read_manifest(on_disk[0].parent, ENCODER)


class KilledError(BaseException):
    """What stands for a process that is gone: nothing handles it."""


def fail_at(call: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the nth rename fail instead."""
    rename, calls = os.replace, 0

    def replace(source: str, target: str) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise error
        rename(source, target)

    monkeypatch.setattr(os, "replace", replace)


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_writer_killed_between_files_leaves_the_old_index(
    corner: VectorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    write_index(corner, tmp_path, ENCODER, (1, 1))
    corner.remove(np.array([10]))
    with monkeypatch.context() as patch, pytest.raises(KilledError):
        fail_at(call, KilledError(), patch)
        write_index(corner, tmp_path, ENCODER, (2, 2))
    old = read_index(tmp_path, ENCODER, check=True)
    assert answer(old, [1, 0], 1) == [(10, 1.0)]
    assert sorted(old.rows["id"].tolist()) == [10, 20, 30, 40]
    assert read_manifest(tmp_path, ENCODER).vectors_state == 1
    write_index(corner, tmp_path, ENCODER, (2, 2))  # the next one succeeds and tidies up
    assert read_index(tmp_path, ENCODER, check=True).count == 3
    assert len(files(tmp_path)) == 3


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_full_disk_is_an_output_error_and_leaves_the_old_index(
    corner: VectorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    write_index(corner, tmp_path, ENCODER, (1, 1))
    corner.remove(np.array([10]))
    with monkeypatch.context() as patch, pytest.raises(OutputError, match="No space left"):
        fail_at(call, OSError(28, "No space left on device"), patch)
        write_index(corner, tmp_path, ENCODER, (2, 2))
    assert read_index(tmp_path, ENCODER, check=True).count == 4


def test_a_folder_that_cannot_be_made_is_an_output_error(
    corner: VectorIndex, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write the index"):
        write_index(corner, tmp_path / "file" / "index", ENCODER, (1, 1))
