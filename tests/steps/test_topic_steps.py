"""Topics of a small library whose themes are known: found, kept, named, merged, grown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa
from papers_on_disk import write_lines

from littrack.analysis.terms import read_terms
from littrack.errors import InputError, NotFound
from littrack.steps.embed import embed_papers
from littrack.steps.import_files import import_file
from littrack.steps.opening import OpenLibrary
from littrack.steps.topic_naming import (
    load_events,
    load_map,
    load_placements,
    merge_topics,
    rename_topic,
    show_topic,
)
from littrack.steps.topics import (
    FitOptions,
    assign_new,
    fit_topics,
    list_topics,
    load_drift,
    update_topics,
)
from littrack.text import has_chinese
from littrack.topics import TopicEventKind
from themed_papers import THEMES, theme_of, themed_papers

EIGHT = FitOptions(count=8)


def add(library: OpenLibrary, papers: list[dict[str, object]]) -> None:
    import_file(library, write_lines(library.folder / "papers.jsonl", papers))
    embed_papers(library)


@pytest.fixture
def themed(library: OpenLibrary) -> OpenLibrary:
    """Eight themes of fifteen papers."""
    add(library, themed_papers(15))
    return library


def topic_of_theme(library: OpenLibrary) -> dict[str, int]:
    """The topic that holds most papers of each theme."""
    counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for arxiv_id, topic, _ in load_placements(library):
        if topic is not None:
            counts[theme_of(arxiv_id)][topic] += 1
    return {theme: max(found, key=lambda t: found[t]) for theme, found in counts.items()}


def test_every_theme_is_a_topic_with_its_own_words_in_two_languages(themed: OpenLibrary) -> None:
    report = fit_topics(themed, EIGHT)
    assert (report.counts["papers"], report.counts["topics"]) == (120, 8)
    of_theme = topic_of_theme(themed)
    assert len(set(of_theme.values())) == 8
    labels = {topic.number: topic for topic in list_topics(themed)}
    translation = labels[of_theme["translation"]]
    assert "machine translation" in translation.label
    assert "机器翻译" in translation.label_zh
    assert "quantum circuits" in labels[of_theme["quantum"]].label
    assert "量子电路" in labels[of_theme["quantum"]].label_zh
    assert {theme_of(paper) for paper in translation.representatives} == {"translation"}
    assert translation.coherence is not None and translation.coherence > 0.3
    assert sum(topic.size for topic in labels.values()) == 120 - report.counts["outside"]


def test_a_fit_again_changes_nothing(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    before = list_topics(themed), load_placements(themed)
    report = fit_topics(themed, EIGHT)
    assert (list_topics(themed), load_placements(themed)) == before
    assert load_events(themed) == []
    assert report.counts["births"] == report.counts["deaths"] == 0


def test_the_order_of_import_does_not_matter(
    tmp_path: Path, open_in: Callable[[Path], OpenLibrary]
) -> None:
    found = []
    for name, papers in (("one", themed_papers(8)), ("two", themed_papers(8)[::-1])):
        library = open_in(tmp_path / name)
        add(library, papers)
        fit_topics(library, EIGHT)
        found.append((list_topics(library), load_placements(library)))
    assert found[0] == found[1]


def test_the_same_text_twice_counts_once_and_both_go_together(library: OpenLibrary) -> None:
    papers = themed_papers(8)
    twin = papers[0] | {"id": "2409.99999"}
    add(library, [*papers, twin])
    fit_topics(library, EIGHT)
    found = {arxiv_id: (topic, near) for arxiv_id, topic, near in load_placements(library)}
    assert found["2409.99999"] == found[str(papers[0]["id"])]


def test_new_papers_join_their_topics_without_a_fit(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    before = {topic.number: topic for topic in list_topics(themed)}
    of_theme = topic_of_theme(themed)
    add(themed, themed_papers(3, first=15))
    report = assign_new(themed)
    assert report.counts["assigned"] + report.counts["outside"] == 24
    after = {topic.number: topic for topic in list_topics(themed)}
    assert after.keys() == before.keys()
    assert topic_of_theme(themed) == of_theme
    assert sum(t.size for t in after.values()) == (
        sum(t.size for t in before.values()) + report.counts["assigned"]
    )
    assert assign_new(themed).counts == {"assigned": 0, "outside": 0, "moved": 0}


def test_a_paper_whose_text_changes_moves(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    of_theme = topic_of_theme(themed)
    changed = themed_papers(1, first=40, themes=("speech",))[0] | {"id": "2401.00001"}
    add(themed, [changed])
    assert assign_new(themed).counts == {"assigned": 1, "outside": 0, "moved": 1}
    placed = {arxiv_id: topic for arxiv_id, topic, _ in load_placements(themed)}
    assert placed["2401.00001"] == of_theme["speech"]


def test_a_paper_about_something_else_belongs_nowhere(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    odd = {"id": "2409.00001", "title": "Medieval Flemish beekeeping songs",
           "abstract": "Honey, harvest hymns and village fairs of the fourteenth century.",
           "authors": ["Ada Lovelace"], "published": "2024-09-01"}  # fmt: skip
    add(themed, [odd])
    assert assign_new(themed).counts["outside"] == 1
    placed = {arxiv_id: topic for arxiv_id, topic, _ in load_placements(themed)}
    assert placed["2409.00001"] is None


def test_much_that_is_new_makes_a_fit_due_and_the_fit_settles_it(library: OpenLibrary) -> None:
    older = tuple(THEMES)[:6]
    add(library, themed_papers(15, themes=older))
    fit_topics(library, FitOptions(count=6))
    drift = load_drift(library)
    assert drift is not None and drift.score == 0
    add(library, themed_papers(20, themes=tuple(THEMES)[6:]))
    report = assign_new(library)
    [warning] = report.warnings
    assert "drifted" in warning and "littrack topics fit" in warning
    drift = load_drift(library)
    assert drift is not None and drift.is_due and drift.parts["outside"] > 1
    fit_topics(library, EIGHT)
    drift = load_drift(library)
    assert drift is not None and drift.score == 0


def test_more_topics_are_born_out_of_those_there_are_and_ids_stay(themed: OpenLibrary) -> None:
    fit_topics(themed, FitOptions(count=4))
    first = {topic.number for topic in list_topics(themed)}
    fit_topics(themed, EIGHT)
    second = {topic.number for topic in list_topics(themed)}
    assert first < second and len(second) >= 7  # two themes may stay one for want of a seed
    kinds = [event.kind for event in load_events(themed)]
    assert kinds.count(TopicEventKind.BIRTH) == len(second) - 4
    splits = [event for event in load_events(themed) if event.kind is TopicEventKind.SPLIT]
    assert splits and all(event.topic in first for event in splits)
    assert {other for event in splits for other in event.others} <= second - first


def test_fewer_topics_mean_deaths_with_heirs(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    first = {topic.number for topic in list_topics(themed)}
    fit_topics(themed, FitOptions(count=4))
    second = {topic.number for topic in list_topics(themed)}
    assert second < first or len(second & first) >= 3
    dead = [event.topic for event in load_events(themed) if event.kind is TopicEventKind.DEATH]
    merged = [event for event in load_events(themed) if event.kind is TopicEventKind.MERGE]
    assert len(dead) >= 4 and merged
    gone = show_topic(themed, merged[0].others[0]).topic
    assert gone.died and gone.merged_into == merged[0].topic and gone.size == 0
    with pytest.raises(NotFound, match=f"topic {gone.number} is no more; most of it is in topic"):
        rename_topic(themed, gone.number, "x", None)


def test_a_fresh_fit_keeps_the_ids_where_the_papers_are_the_same(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    of_theme = topic_of_theme(themed)
    fit_topics(themed, replace(EIGHT, seed=5, fresh=True))
    assert topic_of_theme(themed) == of_theme


def test_a_name_given_by_a_person_outlives_a_fit(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    number = topic_of_theme(themed)["speech"]
    rename_topic(themed, number, "Hearing machines", "会听的机器", by="jane")
    add(themed, themed_papers(2, first=15))
    fit_topics(themed, EIGHT)
    topic = next(topic for topic in list_topics(themed) if topic.number == number)
    assert (topic.label, topic.label_zh, topic.named_by) == (
        "Hearing machines", "会听的机器", "jane",
    )  # fmt: skip
    assert topic.terms
    [event] = load_events(themed, number)
    assert event.kind is TopicEventKind.RENAME and event.detail.startswith("jane: ")


def test_a_merge_by_a_person_outlives_fits_and_draws_new_papers(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    of_theme = topic_of_theme(themed)
    speech, translation = of_theme["speech"], of_theme["translation"]
    sizes = {topic.number: topic.size for topic in list_topics(themed)}
    merged = merge_topics(themed, speech, translation, by="jane")
    assert merged.size == sizes[speech] + sizes[translation]
    for options in (EIGHT, EIGHT, replace(EIGHT, fresh=True)):
        fit_topics(themed, options)
        after = {topic.number: topic for topic in list_topics(themed)}
        assert speech not in after and len(after) == 7
        assert topic_of_theme(themed)["speech"] == translation
        assert after[translation].size == merged.size
    add(themed, themed_papers(3, first=15, themes=("speech",)))
    assert assign_new(themed).counts["assigned"] == 3
    assert show_topic(themed, translation).topic.size == merged.size + 3
    with pytest.raises(NotFound, match=f"most of it is in topic {translation}"):
        merge_topics(themed, speech, of_theme["graphs"])


def test_merges_can_follow_each_other(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    of_theme = topic_of_theme(themed)
    one, two, three = (of_theme[name] for name in ("speech", "translation", "graphs"))
    merge_topics(themed, one, two)
    merge_topics(themed, two, three)
    fit_topics(themed, EIGHT)
    found = topic_of_theme(themed)
    assert found["speech"] == found["translation"] == found["graphs"] == three
    assert len(list_topics(themed)) == 6


def test_topics_stand_under_broader_ones(library: OpenLibrary) -> None:
    add(library, themed_papers(20))
    fit_topics(library, FitOptions(count=16))
    broad = list_topics(library, broad=True)
    leaves = list_topics(library)
    assert len(broad) == 4
    assert {topic.parent for topic in leaves} == {topic.number for topic in broad}
    for topic in broad:
        inside = [leaf for leaf in leaves if leaf.parent == topic.number]
        assert topic.size == sum(leaf.size for leaf in inside)
        assert topic.label and topic.parent is None
    page = show_topic(library, broad[0].number)
    assert sum(topic.size for topic in page.topics) == broad[0].size
    assert len(page.papers) == 10
    with pytest.raises(InputError, match="broader topics"):
        merge_topics(library, leaves[0].number, broad[0].number)
    before = [(t.number, t.parent) for t in leaves]
    fit_topics(library, FitOptions(count=16))
    assert [(t.number, t.parent) for t in list_topics(library)] == before


def test_a_dry_run_and_a_run_that_stops_leave_everything_as_it_was(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    before = list_topics(themed), load_placements(themed), load_events(themed)
    report = fit_topics(themed, FitOptions(count=4, dry_run=True))
    assert "dry run" in report.name and report.counts["topics"] == 4

    def stop(_what: str, done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_topics(themed, FitOptions(count=4), stop)
    assert (list_topics(themed), load_placements(themed), load_events(themed)) == before


def test_a_fit_that_dies_while_writing_leaves_everything_as_it_was(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    before = list_topics(themed), load_placements(themed)
    if themed.engine.dialect.name != "sqlite":
        pytest.skip("the trigger is written for SQLite; the transaction is the same")
    refuse = (
        "CREATE TRIGGER stop BEFORE INSERT ON topic_events BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with themed.engine.begin() as conn:
        conn.exec_driver_sql(refuse)
    with pytest.raises(sa.exc.IntegrityError):
        fit_topics(themed, FitOptions(count=4))
    assert (list_topics(themed), load_placements(themed)) == before


def test_withdrawn_papers_leave_their_topic(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    held = sum(topic.size for topic in list_topics(themed))
    placed = [arxiv_id for arxiv_id, topic, _ in load_placements(themed) if topic is not None]
    with themed.engine.begin() as conn:
        mark = sa.text("UPDATE papers SET withdrawn = true WHERE arxiv_id = :paper")
        conn.execute(mark, {"paper": placed[0]})
    assign_new(themed)
    assert placed[0] not in {arxiv_id for arxiv_id, _, _ in load_placements(themed)}
    assert sum(topic.size for topic in list_topics(themed)) == held - 1


def test_each_topic_has_its_place_on_the_map(themed: OpenLibrary) -> None:
    assert load_map(themed) == {}
    fit_topics(themed, EIGHT)
    places = load_map(themed)
    assert places.keys() == {topic.number for topic in list_topics(themed)}
    assert len(set(places.values())) == 8


def test_too_few_papers_or_an_impossible_number_are_refused(library: OpenLibrary) -> None:
    with pytest.raises(InputError, match=r"0 papers have a vector.*littrack update"):
        fit_topics(library)
    with pytest.raises(NotFound, match="littrack topics fit"):
        assign_new(library)
    assert update_topics(library).counts == {"assigned": 0}
    assert list_topics(library) == [] and load_drift(library) is None
    add(library, themed_papers(5))
    with pytest.raises(InputError, match="40 papers can have 2 to 8 topics, not 9"):
        fit_topics(library, FitOptions(count=9))
    with pytest.raises(NotFound, match="there is no topic 5; littrack topics list"):
        show_topic(library, 5)


def test_an_update_fits_once_and_then_assigns(themed: OpenLibrary) -> None:
    assert "topics" in update_topics(themed).counts
    assert update_topics(themed).counts == {"assigned": 0, "outside": 0, "moved": 0}


def test_a_topic_needs_a_name_and_cannot_be_merged_into_itself(themed: OpenLibrary) -> None:
    fit_topics(themed, EIGHT)
    number = list_topics(themed)[0].number
    with pytest.raises(InputError, match="must not be empty"):
        rename_topic(themed, number, " ", None)
    with pytest.raises(InputError, match="into itself"):
        merge_topics(themed, number, number)


def test_the_words_of_topics_are_bilingual_and_stand_once() -> None:
    text = (files("littrack") / "data" / "topic_words.tsv").read_text("utf-8")
    terms = read_terms(text.splitlines())
    forms = [form.lower() for term in terms for form in term.english]
    assert len(terms) == len(text.splitlines()) - 1
    assert len(forms) == len(set(forms))
    assert all(has_chinese(term.chinese[0]) and len(term.chinese) == 1 for term in terms)
