from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.sources.oai.authors import split_names

WORD = st.text("abcdefghijklmnopqrstuvwxyzäßéø", min_size=3, max_size=8).filter(
    lambda word: word not in ("and", "iii")
)
NAME = st.builds(lambda *words: " ".join(word.capitalize() for word in words), WORD, WORD)
BETWEEN = st.sampled_from([", ", " and ", ", and ", "; ", " & ", ",\n  "])
PLACE = st.sampled_from(["", " (MIT)", " (1)", " (Inst. A, B and C)", " (X (Y, Z) and (W))"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Lovelace", ["Ada Lovelace"]),
        ("A. Ash, B. Birch and C. Cedar", ["A. Ash", "B. Birch", "C. Cedar"]),
        ("A. Ash, B. Birch, and C. Cedar", ["A. Ash", "B. Birch", "C. Cedar"]),
        ("A. Ash (1 and 2), B. Birch (2) ((1) X, (2) Y, Z)", ["A. Ash", "B. Birch"]),
        ("A. Ash (X (at Y), Z), B. Birch", ["A. Ash", "B. Birch"]),
        ("A. Ash (never closed, B. Birch", ["A. Ash", "B. Birch"]),
        (
            "A. Ash, Jr., B. Birch III and C. Cedar, Sr",
            ["A. Ash Jr.", "B. Birch III", "C. Cedar Sr"],
        ),
        ("Waldyr A. Rodrigues Jr", ["Waldyr A. Rodrigues Jr"]),
        ("A. Ash, B. Birch, et al.", ["A. Ash", "B. Birch"]),
        ("A. Ash et al", ["A. Ash"]),
        ("The X Collaboration: A. Ash, B. Birch", ["The X Collaboration", "A. Ash", "B. Birch"]),
        ("Andy Sand, Roland Brand", ["Andy Sand", "Roland Brand"]),
        ("Jr.", ["Jr."]),
        ("", []),
        (" , and ", []),
        ('Erwin Schr\\"odinger, Ren\\\'{e} Th{\\"o}m', ["Erwin Schrödinger", "René Thöm"]),
        (
            "\\'{\\i}ngrid, A. Ga\\v{s}per, \\L ukasz B\\o hm",
            ["íngrid", "A. Gašper", "Łukasz Bøhm"],
        ),
        ("Fran\\c{c}ois, {\\AA}ke Stra{\\ss}e, A.~Ash", ["François", "Åke Straße", "A. Ash"]),
        ("A. {\\v S}koda, D. S\\~ao", ["A. Škoda", "D. São"]),
        ("赵鑫, 周昆", ["赵鑫", "周昆"]),
    ],
)
def test_names_are_told_apart(text: str, names: list[str]) -> None:
    assert split_names(text) == tuple(names)


@given(st.lists(st.tuples(NAME, PLACE), min_size=1, max_size=6), st.data())
def test_names_come_back_however_they_were_joined(
    people: list[tuple[str, str]], data: st.DataObject
) -> None:
    text = "".join(name + place + data.draw(BETWEEN) for name, place in people[:-1])
    text += "".join(people[-1])
    assert split_names(text) == tuple(name for name, _ in people)


@given(st.text("ab,()\\{}~ \"'and&;:", max_size=60))
def test_no_text_breaks_it_and_no_name_is_blank(text: str) -> None:
    assert all(name.strip() for name in split_names(text))
