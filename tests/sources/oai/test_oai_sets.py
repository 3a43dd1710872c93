from __future__ import annotations

import pytest

from littrack.errors import InputError
from littrack.sources.oai.sets import set_of


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.CL", "cs:cs:CL"),
        ("hep-th", "physics:hep-th"),
        ("astro-ph.GA", "physics:astro-ph:GA"),
        ("cond-mat.str-el", "physics:cond-mat:str-el"),
        ("physics.optics", "physics:physics:optics"),
        ("nlin.CD", "physics:nlin:CD"),
        ("math.NA", "math:math:NA"),
        ("math-ph", "physics:math-ph"),
        ("quant-ph", "physics:quant-ph"),
        ("stat.ML", "stat:stat:ML"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("q-fin.TR", "q-fin:q-fin:TR"),
        ("eess.AS", "eess:eess:AS"),
        ("econ.EM", "econ:econ:EM"),
        ("cs.*", "cs:cs"),
        ("astro-ph.*", "physics:astro-ph"),
        (" cs.LG ", "cs:cs:LG"),
    ],
)
def test_a_category_belongs_to_a_set(category: str, name: str) -> None:
    assert set_of(category) == name


@pytest.mark.parametrize(
    ("category", "advice"),
    [
        ("cs", "cs.* for the whole archive, or cs.CL"),
        ("CS.CL", "cs.* for the whole archive, or cs.CL"),
        ("cs.cl", "cs.* for the whole archive, or cs.CL"),
        ("cs.", "cs.CL"),
        ("astro-ph", "astro-ph.* for the whole archive, or astro-ph.GA"),
        ("cond-mat.STR", "cond-mat.str-el"),
        ("hep-th.XX", "hep-th, which has no categories below it"),
        ("hep-th.*", "hep-th, which has no categories below it"),
        ("biology", "of the archives astro-ph, cond-mat, cs"),
        ("", "one like cs.CL"),
    ],
)
def test_what_is_no_category_is_refused_with_advice(category: str, advice: str) -> None:
    with pytest.raises(InputError) as caught:
        set_of(category)
    assert advice in str(caught.value)
    assert repr(category) in str(caught.value)
