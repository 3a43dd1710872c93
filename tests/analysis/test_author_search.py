from __future__ import annotations

import pytest

from littrack.analysis.author_search import parse_author


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("wei", "Jason Wei"),
        ("WEI", "Wei, Jason"),
        ("jason wei", "Jason Wei"),
        ("Jason Wei", "J. Wei"),
        ("j. wei", "Jason Wei"),
        ("wei, jason", "Jason Wei"),
        ("Wei J", "Jason Wei"),
        ("zhang wei", "Wei Zhang"),
        ("xin zhao", "Wayne Xin Zhao"),
        ("oord", "Aäron van den Oord"),
        ("van den oord", "Aäron van den Oord"),
        ("aaron van den oord", "Aäron van den Oord"),
        ("Müller", "Klaus Muller"),
        ("muller", 'Klaus M\\"uller'),
        ("jones", "Ann Smith-Jones"),
        ("king", "Martin King Jr."),
        ("openai", "OpenAI"),
        ("王", "王小明"),
        ("王小明", "王小明"),
        ("王 小明", "王小明"),
    ],
)
def test_an_author_is_found_by(wanted: str, name: str) -> None:
    assert parse_author(wanted).is_named(name)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("wei", "Wei Li"),
        ("jason", "Jason Wei"),
        ("jason wei", "Peter Wei"),
        ("wei wei", "Jason Wei"),
        ("weis", "Jason Wei"),
        ("李", "王小明"),
        ("小明", "王小明"),
    ],
)
def test_an_author_is_not_found_by(wanted: str, name: str) -> None:
    assert not parse_author(wanted).is_named(name)


def test_the_beginning_of_a_family_name_is_enough_with_a_star() -> None:
    assert parse_author("vaswan", prefix=True).is_named("Ashish Vaswani")
    assert parse_author("a vaswan", prefix=True).is_named("Ashish Vaswani")
    assert not parse_author("ash", prefix=True).is_named("Ashish Vaswani")
