"""Notes in SQL, on both databases: what is read back is what was read."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from builders import utc
from littrack.errors import NotFound, StoreError
from littrack.notes import (
    ConflictKind,
    Damage,
    DamageKind,
    Hyperlink,
    LinkMethod,
    LinkStatus,
    Note,
    NoteConflict,
    NoteLink,
    NoteReference,
    Passage,
    PassageKind,
    TargetKind,
)
from littrack.store import note_links, schema
from littrack.store import notes as store
from littrack.store.engine import begin
from littrack.store.note_links import KeyedConflict, NoteDecision, NoteDecisionKind

MONDAY, TUESDAY = utc("2026-11-16"), utc("2026-11-17 08:00:00")
TEXT = "# 模型\r\n训练(xùn)用了 1300 亿参数 [1]\r\n[1] 1706.03762"
NOTE = Note(
    path="llm/models.md",
    text=TEXT,
    title="模型",
    format="markdown",
    encoding="gb18030",
    sha256="ab" * 32,
    passages=(
        Passage(0, (0, 4), TEXT[0:4], PassageKind.HEADING, ("模型",), "zh", "simplified"),
        Passage(1, (6, 27), TEXT[6:27], PassageKind.PARAGRAPH, ("模型",), "zh", "simplified"),
        Passage(2, (29, 43), TEXT[29:43], PassageKind.REFERENCE),
    ),
    references=(NoteReference("1", (29, 43), TEXT[29:43], arxiv_id="1706.03762"),),
    links=(Hyperlink((33, 43), "1706.03762", is_wikilink=True),),
    damages=(Damage(DamageKind.PINYIN, (8, 13), "(xùn)"),),
    frontmatter={"tags": ["llm", "综述"], "rating": 4.5},
)
FILE = store.NoteFile("llm/models.md", "/v", "/v/llm/models.md", "ab" * 32, 60, 2**62 + 1)
LINKS = [
    NoteLink(1, (24, 27), LinkStatus.LINKED, LinkMethod.CITATION, 0.98, target="1706.03762"),
    NoteLink(
        1,
        (6, 27),
        LinkStatus.AMBIGUOUS,
        LinkMethod.ALIAS,
        0.4,
        TargetKind.MODEL,
        candidates=(("GLM", 0.4), ("GLM-130B", 0.39)),
        explanation="两个模型",
    ),
    NoteLink(2, (29, 43), LinkStatus.NONE),
]
CONFLICT = NoteConflict(
    note="llm/models.md",
    span=(15, 22),
    quote="1300 亿参数",
    model="GLM",
    arxiv_id="2210.02414",
    field="size",
    note_value="130B",
    known_value="0.34B",
    kind=ConflictKind.ENTITY,
    explanation="这是 GLM-130B 的规模。",
    sources=("2210.02414v1",),
)


def save(engine: sa.Engine, note: Note = NOTE, file: store.NoteFile = FILE) -> int:
    with begin(engine) as conn:
        return store.save_note(conn, note, file, MONDAY)


def test_a_note_is_read_back_as_it_was(engine: sa.Engine) -> None:
    number = save(engine)
    with engine.connect() as conn:
        [note] = store.load_notes(conn, [number])
        [known] = store.load_known_notes(conn)
    assert note == NOTE
    assert known.file == FILE
    assert (known.title, known.language, known.script) == ("模型", "mixed", "simplified")
    assert (known.read_at, known.gone_at, known.linked_state) == (MONDAY, None, None)


def test_what_no_database_takes_is_replaced_one_for_one(engine: sa.Engine) -> None:
    text = "a\x00b\udcffc 中"
    passage = Passage(0, (0, len(text)), text, PassageKind.PARAGRAPH)
    odd = {"day\x00": float("nan"), "set": {1}}
    note = replace(NOTE, text=text, passages=(passage,), references=(), frontmatter=odd)
    number = save(engine, note)
    with engine.connect() as conn:
        [found] = store.load_notes(conn, [number])
    assert found.text == "a\ufffdb\ufffdc 中"
    assert found.passages[0].text == found.text
    assert found.frontmatter == {"day\ufffd": "nan", "set": [1]}


def test_a_note_read_again_takes_the_place_of_the_old_one(engine: sa.Engine) -> None:
    number = save(engine)
    again = replace(NOTE, title="新", passages=NOTE.passages[:1], sha256="cd" * 32)
    with begin(engine) as conn:
        note_links.save_links(conn, number, LINKS, 7)
        note_links.save_conflicts(conn, number, [KeyedConflict("c1", CONFLICT)], MONDAY)
        file = replace(FILE, sha256="cd" * 32, size=12)
        assert store.save_note(conn, again, file, TUESDAY, note_id=number) == number
    with engine.connect() as conn:
        assert store.load_notes(conn, [number]) == [again]
        assert note_links.load_links(conn, [number]) == [[]]
        assert note_links.load_conflicts(conn) == {}
        [known] = store.load_known_notes(conn)
        assert (known.linked_state, known.read_at) == (None, TUESDAY)
        assert store.count_passages(conn) == {number: 1}


def test_links_come_back_in_order_with_their_candidates(engine: sa.Engine) -> None:
    number = save(engine)
    with begin(engine) as conn:
        note_links.save_links(conn, number, LINKS, 7)
        note_links.save_links(conn, number, LINKS, 8)
    with engine.connect() as conn:
        assert note_links.load_links(conn, [99, number]) == [[], LINKS]
        assert note_links.count_links(conn) == {
            (number, "linked"): 1, (number, "ambiguous"): 1, (number, "none"): 1,
        }  # fmt: skip
        assert store.load_known_notes(conn)[0].linked_state == 8
        assert note_links.load_notes_about(conn, "1706.03762") == [("llm/models.md", LINKS[0])]
        assert note_links.load_notes_about(conn, "GLM") == []


def test_conflicts_and_decisions_are_kept_apart(engine: sa.Engine) -> None:
    number = save(engine)
    decision = NoteDecision(
        NoteDecisionKind.LINK,
        "jane",
        TUESDAY,
        "它说的是这篇",
        quote="训练用了",
        headings=("模型",),
        targets=("2210.02414",),
    )
    dismissed = NoteDecision(NoteDecisionKind.DISMISSED, "jane", TUESDAY, key="c1")
    with begin(engine) as conn:
        note_links.save_conflicts(conn, number, [KeyedConflict("c1", CONFLICT)], MONDAY)
        note_links.save_decision(conn, number, decision)
        note_links.save_decision(conn, number, dismissed)
        note_links.save_conflicts(conn, number, [], TUESDAY)
    with engine.connect() as conn:
        assert note_links.load_conflicts(conn) == {}
        assert note_links.load_decisions(conn) == {number: [decision, dismissed]}
    with begin(engine) as conn:
        note_links.save_conflicts(conn, number, [KeyedConflict("c1", CONFLICT)], TUESDAY)
        assert note_links.load_conflicts(conn) == {number: [KeyedConflict("c1", CONFLICT)]}


def test_a_note_whose_file_is_gone_stays_and_comes_back(engine: sa.Engine) -> None:
    number = save(engine)
    with begin(engine) as conn:
        store.save_gone(conn, number, TUESDAY)
    with engine.connect() as conn:
        assert store.load_known_note(conn, "llm/models.md").gone_at == TUESDAY
        assert store.count_notes(conn) == 0
    moved = replace(FILE, path="old/models.md", file="/v/old/models.md")
    with begin(engine) as conn:
        store.save_file_state(conn, number, moved)
    with engine.connect() as conn:
        known = store.load_known_note(conn, "old/models.md")
        assert (known.id, known.file, known.gone_at) == (number, moved, None)
        assert store.count_notes(conn) == 1


def test_a_note_is_found_by_its_path_or_the_end_of_it(engine: sa.Engine) -> None:
    save(engine)
    other = replace(FILE, path="cv/models.md", file="/v/cv/models.md")
    save(engine, replace(NOTE, path="cv/models.md"), other)
    third = replace(FILE, path="cv/one.md", file="/v/cv/one.md")
    save(engine, replace(NOTE, path="cv/one.md"), third)
    with engine.connect() as conn:
        assert store.load_known_note(conn, "one.md").file == third
        assert store.load_known_note(conn, "/v/cv/models.md").file == other
        with pytest.raises(NotFound, match=r"2 notes end in 'models\.md': cv/models\.md, llm/"):
            store.load_known_note(conn, "models.md")
        with pytest.raises(NotFound, match=r"no note 'two\.md'"):
            store.load_known_note(conn, "two.md")


def test_going_back_before_notes_is_refused_while_there_are_any(engine: sa.Engine) -> None:
    number = save(engine)
    with pytest.raises(StoreError, match="would delete 3 rows of note_passages; nothing was"):
        schema.downgrade(engine, "0005")
    with engine.connect() as conn:
        assert store.load_notes(conn, [number]) == [NOTE]
