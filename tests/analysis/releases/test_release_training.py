from __future__ import annotations

import json

from littrack.analysis.releases.glance import Glance, words_of
from littrack.analysis.releases.scoring import (
    ReleaseClassifier,
    parse_classifier,
    render_classifier,
)
from littrack.analysis.releases.training import (
    Example,
    choose_accept,
    choose_review,
    score_held_out,
    train_classifier,
    train_glance,
)

RELEASE = {"weights": 1.0, "we": 1.0, 'own "we release"': 1.0}
OTHER = {"benchmark": 1.0, "we": 1.0, 'own "we study"': 1.0}
EXAMPLES = [
    Example(f"{number}", features, features is RELEASE)
    for number in range(60)
    for features in [RELEASE if number % 2 else OTHER]
]


def labelled(*releases: bool) -> list[Example]:
    return [Example(str(place), {}, release) for place, release in enumerate(releases)]


def test_a_feature_that_tells_gets_the_weight() -> None:
    classifier = train_classifier(EXAMPLES)
    weights = classifier.weights
    assert weights["weights"] > 0.5 > abs(weights["we"])
    assert weights['own "we release"'] > 0 > weights['own "we study"']
    assert classifier.score(RELEASE) > 0.7 > 0.3 > classifier.score(OTHER)


def test_the_same_labels_give_the_same_weights() -> None:
    first, again = train_classifier(EXAMPLES), train_classifier(list(EXAMPLES))
    assert render_classifier(first, "") == render_classifier(again, "")


def test_doubtful_labels_count_less() -> None:
    against = [Example(f"x{n}", RELEASE, False) for n in range(10)]
    doubtful = [Example(one.key, one.features, False, doubtful=True) for one in against]
    sure = train_classifier(EXAMPLES + against).score(RELEASE)
    assert train_classifier(EXAMPLES + doubtful).score(RELEASE) > sure


def test_a_paper_is_held_out_with_the_same_others_whatever_is_added() -> None:
    assert {Example("2204.02311", {}, True).fold} == {Example("2204.02311", OTHER, False).fold}
    assert len(score_held_out(EXAMPLES)) == len(EXAMPLES)
    assert min(score_held_out(EXAMPLES)[1::2]) > max(score_held_out(EXAMPLES)[::2])


def test_papers_are_accepted_from_where_precision_is_reached() -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.5]
    labels = labelled(True, True, False, True, False)
    assert choose_accept(scores, labels, precision=1.0) == 0.8
    assert choose_accept(scores, labels, precision=0.75) == 0.6


def test_without_precision_nothing_is_accepted() -> None:
    assert choose_accept([0.9, 0.1], labelled(False, True), precision=1.0) == 1.0


def test_as_many_papers_are_queued_as_may_wait() -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]
    assert choose_review(scores, accept=0.8, queued=0.2) == 0.6
    assert choose_review(scores, accept=0.8, queued=0.0) == 0.8
    assert choose_review([], accept=0.8, queued=0.2) == 0.8


def test_a_classifier_is_the_same_after_writing_and_reading() -> None:
    glance = Glance(-1.0, {"model": 0.5}, {"weights": 1.0}, -0.5)
    classifier = ReleaseClassifier(0.1, {"weights": 2.0}, 0.2, 0.8, glance)
    assert parse_classifier(json.loads(render_classifier(classifier, "for a test"))) == classifier


def test_reasons_name_what_moved_the_score_most() -> None:
    classifier = ReleaseClassifier(0.0, {"weights": 2.0, "benchmark": -3.0, "we": 0.0}, 0.2, 0.8)
    reasons = classifier.reasons({"weights": 1.0, "benchmark": 1.0, "we": 1.0})
    assert reasons == ("- benchmark", "+ weights")


def test_a_glance_learns_the_words_of_papers_worth_reading() -> None:
    texts = [("A Model", "We release weights.")] * 60 + [("Trees", "We prove bounds.")] * 60
    texts = [text for pair in zip(texts[:60], texts[60:], strict=True) for text in pair]
    glance = train_glance(texts, [True, False] * 60)
    assert glance.is_worth_reading("A Model", "We release weights.")
    assert not glance.is_worth_reading("Trees", "We prove bounds.")


def test_words_are_parted_at_punctuation() -> None:
    assert words_of("Pre-trained (open) models: BERT.") == {
        "pre",
        "trained",
        "open",
        "models",
        "bert",
    }
