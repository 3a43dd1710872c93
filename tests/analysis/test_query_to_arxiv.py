from __future__ import annotations

import pytest
from hypothesis import given, settings
from test_query_language import TYPED, understood

from littrack.analysis.arxiv_query import to_arxiv
from littrack.analysis.query_language import parse_search
from littrack.errors import InputError
from littrack.sources.query_api.queries import normalise_query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("large language model", "(all:large AND all:language AND all:model)"),
        ("chain-of-thought", 'all:"chain-of-thought"'),
        (
            'ti:"chain of thought" (cat:cs.CL OR cat:cs.LG) -au:wei date:[2023 TO 2024-06]',
            '((ti:"chain of thought" AND (cat:cs.CL OR cat:cs.LG) AND '
            "submittedDate:[202301010000 TO 202407010000]) ANDNOT au:wei)",
        ),
        ("graph -map -tree", "((all:graph ANDNOT all:map) ANDNOT all:tree)"),
        ("NOT NOT ti:graph", "ti:graph"),
        ("ti:graph NOT NOT au:lee", "(ti:graph AND au:lee)"),
        ("ti:transform* cat:cs", "(ti:transform* AND cat:cs.*)"),
        ('au:"Jason Wei" id:2201.11903', '(au:"Jason Wei" AND id:2201.11903)'),
        ("date:[* TO 2020]", "submittedDate:[199108010000 TO 202101010000]"),
    ],
)
def test_a_query_in_the_words_of_arxiv(text: str, expected: str) -> None:
    assert to_arxiv(parse_search(text)) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ti:graph model:PaLM", 'arXiv cannot express model:"PaLM": only this library knows'),
        ("topic:3", 'topic:"3"'),
        ("has:doi", "has:doi"),
        ("lang:zh", "lang:zh"),
        ("ti:a AND note:b", 'note:"b"'),
        ("is:withdrawn", "does not mark such papers"),
        ("NOT ti:graph", "needs something to look for first"),
        ("ti:a OR NOT ti:b", "needs something to look for first"),
        ('ti:"language mod*"', "no * within a phrase"),
        ("???", "nothing that arXiv could look for"),
    ],
)
def test_what_arxiv_cannot_express_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        to_arxiv(parse_search(text))
    assert problem in str(caught.value)


@given(TYPED)
@settings(max_examples=150, deadline=None)
def test_whatever_is_translated_is_read_by_arxiv_as_it_stands(text: str) -> None:
    query = understood(text)
    if query is None:
        return
    try:
        sent = to_arxiv(query)
    except InputError:
        return
    assert normalise_query(sent) == sent
