"""Tables of claims: values, both headers, sources, and what is wrong in a file."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littrack.claims import (
    Basis,
    Claim,
    EvidenceKind,
    Hardware,
    ModelDateKind,
    ModelField,
    Parent,
    Quantity,
    RelationKind,
    TypedDate,
    Unit,
)
from littrack.errors import InputError
from littrack.records import Precision, Rejection
from littrack.sources.claim_tables import (
    parse_field,
    parse_value,
    read_catalogue,
    read_claims,
    read_sources,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OURS = "model\tname\tpaper\tfield\tvalue\tsource\tlocator\tnote"
PUBLIC = "model_id,name,name_in_source,field,value,source,locator"
SOURCES = "key\tkind\tbasis\ttitle\turl\tretrieved\tlicence\tnote"
F = ModelField


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def write(folder: Path, *lines: str, name: str = "claims.tsv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def ours(folder: Path, *rows: str) -> list[Claim]:
    """The claims of our header; cells are written with / between them."""
    return read_claims(write(folder, OURS, *(row.replace("/", "\t") for row in rows)), NOW)


def public(folder: Path, *rows: str) -> list[Claim]:
    return read_claims(write(folder, PUBLIC, *rows, name="rival.csv"), NOW)


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2022", day(2022), Precision.YEAR),
        ("2022-Q3", day(2022, 7), Precision.QUARTER),
        ("2022-04", day(2022, 4), Precision.MONTH),
        ("2022-04-04", day(2022, 4, 4), Precision.DAY),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(
    text: str, value: datetime, precision: Precision
) -> None:
    field, kind = parse_field("release:weights_release")
    expected = TypedDate(ModelDateKind.WEIGHTS_RELEASE, value, precision)
    assert parse_value(field, text, kind) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("540B", Quantity(540e9, Unit.PARAMETERS)),
        ("1.2T", Quantity(1.2e12, Unit.PARAMETERS)),
        ("97B active", Quantity(97e9, Unit.PARAMETERS, "active")),
        ("13B public", Quantity(13e9, Unit.PARAMETERS, "public")),
        ("~1.8T", Quantity(1.8e12, Unit.PARAMETERS, estimate=True)),
        ("1300 亿", Quantity(130e9, Unit.PARAMETERS)),
        ("not disclosed", Quantity(None, Unit.PARAMETERS)),
    ],
)
def test_a_size_may_be_active_public_estimated_or_undisclosed(
    text: str, expected: Quantity
) -> None:
    assert parse_value(F.SIZE, text) == expected


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        (F.PRETRAIN_DATA, "768B tokens", Quantity(768e9, Unit.TOKENS)),
        (F.PRETRAIN_DATA, "1.56T words", Quantity(1.56e12, Unit.WORDS)),
        (F.PRETRAIN_DATA, "750 GB", Quantity(750e9, Unit.BYTES)),
        (F.TRAINING_TIME, "57.7 days", Quantity(57.7, Unit.DAYS)),
        (F.TRAINING_TIME, "57.7 d", Quantity(57.7, Unit.DAYS)),
        (F.TRAINING_TIME, "30 minutes", Quantity(0.5, Unit.HOURS)),
        (F.TRAINING_TIME, "4 weeks", Quantity(28, Unit.DAYS)),
        (F.HARDWARE, "1024 TPU v3", Hardware("TPU v3", 1024)),
        (F.RLHF, "yes", True),
        (F.CHAIN_OF_THOUGHT, "no", False),
        (F.ACCESS, "api", "api"),
        (F.PAPER, "arXiv:2204.02311v5", "2204.02311"),
        (F.BUCKET, "2021-11..12", "2021-11..12"),
        (
            F.DATA_CUTOFF,
            "2019-04",
            TypedDate(ModelDateKind.UNSPECIFIED, day(2019, 4), Precision.MONTH),
        ),
        (F.BASE_MODEL, "T5", Parent("T5")),
        (
            F.BASE_MODEL,
            "LLaMA | continued pre-training | + chinese data",
            Parent("LLaMA", RelationKind.CONTINUED, "+ chinese data"),
        ),
        (F.TITLE, "Language Models are Few-Shot Learners", "Language Models are Few-Shot Learners"),
    ],
)
def test_a_value_is_read_as_its_field_needs(field: ModelField, text: str, expected: object) -> None:
    assert parse_value(field, text) == expected


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("release", "April 2022", "no date such as"),
        ("release", "2022-02-30", "no day of the calendar"),
        ("release", "2022-13", "no day of the calendar"),
        ("release:weights", "2022", "did you mean weights_release?"),
        ("relaese", "2022", "did you mean release?"),
        ("size:active", "2B", "only a release has a kind"),
        ("size", "540", "write 540B"),
        ("size", "540B tokens", "counts tokens, not parameters"),
        ("size", "540B dense", "'dense'"),
        ("pretrain_data", "768B", "does not say what is counted"),
        ("pretrain_data", "57 days", "counts days"),
        ("training_time", "3 months", "'months' is no unit"),
        ("rlhf", "maybe", "neither yes nor no"),
        ("access", "free", "none of open, closed, api"),
        ("kind", "dataset", "none of model, vision, series, system, method"),
        ("paper", "2204", "2204"),
        ("link", "example.org", "https://"),
        ("bucket", "2021 11-12", "2021-11..12"),
        ("base_model", "LLaMA | pretraining", "did you mean continued pre-training?"),
        ("base_model", " | chat", "no parent such as"),
        ("base_model", "LLaMA | chat | + a | + b", "no parent such as"),
        ("title", "  ", "title has no value"),
    ],
)
def test_what_cannot_be_meant_is_said_with_what_could_be(
    field: str, text: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason.replace("?", r"\?")):
        parse_value(*_arguments(field, text))


def _arguments(field: str, text: str) -> tuple[ModelField, str, str]:
    name, detail = parse_field(field)
    return name, text, detail


@given(st.sampled_from(list(ModelField)), st.text() | st.from_regex(r"[~\d .,TBQx|-]{1,12}"))
def test_any_text_is_a_value_or_a_value_error(field: ModelField, text: str) -> None:
    try:
        parse_value(field, text)
    except ValueError:
        return


# --- our header -----------------------------------------------------------------------------------


def test_a_line_is_a_claim_about_the_name_that_its_source_uses(tmp_path: Path) -> None:
    (claim,) = ours(tmp_path, "Galactica/Galatica/2211.09085/size/120B/A list/row 3/as printed")
    assert (claim.subject, claim.field, claim.paper) == ("Galatica", F.SIZE, "2211.09085")
    assert claim.value == Quantity(120e9, Unit.PARAMETERS)
    assert claim.recorded_at == NOW
    assert claim.origin == "import:claims.tsv"
    assert claim.evidence.kind is EvidenceKind.TABLE
    assert claim.evidence.source == "claims.tsv: A list"
    assert (claim.evidence.locator, claim.evidence.note) == ("row 3", "as printed")
    assert claim.evidence.basis is Basis.REPORTED


def test_a_name_that_means_two_models_gives_way_to_the_models_own(tmp_path: Path) -> None:
    found = ours(
        tmp_path,
        "GLM-130B/GLM//size/130B/A//",
        "GLM-10B/GLM//size/10B/B//",
        "Galactica/Galatica//size/120B/A//",
        "PaLM///size/540B/A//",
    )
    assert [claim.subject for claim in found] == ["GLM-130B", "GLM-10B", "Galatica", "PaLM"]


def test_the_same_claim_twice_is_one(tmp_path: Path) -> None:
    row = "PaLM/PaLM//size/540B/A//"
    assert len(ours(tmp_path, row, row, row.replace("/A/", "/B/"))) == 2


def test_columns_may_be_more_and_in_another_order(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "\ufeffvalue,seen,model,name,paper,field,source,locator,note",
        '"Models, Large",1,PaLM,PaLM,,title,A,,',
        name="claims.csv",
    )
    (claim,) = read_claims(path, NOW)
    assert claim.value == "Models, Large"


def test_a_quotation_mark_in_a_tsv_file_is_only_a_character(tmp_path: Path) -> None:
    (claim,) = ours(tmp_path, 'PaLM/PaLM//title/"Pathways" and more/A//')
    assert claim.value == '"Pathways" and more'


def test_a_gzipped_table_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "claims.tsv.gz"
    path.write_bytes(gzip.compress(f"{OURS}\nPaLM\tPaLM\t\tsize\t540B\tA\t\t\n".encode()))
    assert len(read_claims(path, NOW)) == 1


# --- sources --------------------------------------------------------------------------------------


def test_sources_say_what_kind_of_place_it_is_and_how_much_it_knows(tmp_path: Path) -> None:
    sources = write(
        tmp_path,
        SOURCES,
        "arXiv:2204.02311\tpaper\tstated\tPaLM\thttps://arxiv.org/abs/2204.02311\t\tCC0\t",
        "news\turl\treported\tNews\thttps://example.org/palm\t2026-01-02\tnone\t",
        "fig\tfigure\tinferred\tA figure\t\tcommit 4a468e4\tnone\t",
        name="sources.tsv",
    )
    lines = [f"PaLM\tPaLM\t\tsize\t540B\t{key}\t\t" for key in ("arXiv:2204.02311", "news", "fig")]
    found = read_claims(write(tmp_path, OURS, *lines), NOW, sources)
    evidence = [claim.evidence for claim in found]
    assert [one.source for one in evidence] == [
        "2204.02311",
        "https://example.org/palm",
        "A figure",
    ]
    assert [one.basis for one in evidence] == [Basis.STATED, Basis.REPORTED, Basis.INFERRED]
    assert [one.retrieved for one in evidence] == [None, day(2026, 1, 2), None]


def test_a_source_that_is_not_described_is_an_error_with_the_nearest_key(tmp_path: Path) -> None:
    sources = write(tmp_path, SOURCES, "epoch\ttable\treported\tE\t\t\tx\t", name="sources.tsv")
    path = write(tmp_path, OURS, "PaLM\tPaLM\t\tsize\t540B\tepock\t\t")
    with pytest.raises(InputError, match=r"line 2: 'epock' is no key .* did you mean epoch\?"):
        read_claims(path, NOW, sources)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["a\tbook\tstated\tA\t\t\tx\t"], "line 2: 'book' is not a valid EvidenceKind"),
        (["a\ttable\tsure\tA\t\t\tx\t"], "line 2: 'sure' is not a valid Basis"),
        (["a\ttable\tstated\tA\t\t\tx\t"] * 2, "line 3: a second source has the key 'a'"),
    ],
)
def test_a_table_of_sources_is_checked(tmp_path: Path, lines: list[str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_sources(write(tmp_path, SOURCES, *lines))


# --- the header of other collections --------------------------------------------------------------


def test_a_row_of_other_collections_has_sizes_in_billions(tmp_path: Path) -> None:
    found = public(
        tmp_path,
        "M1,Qwen2,Qwen2,sizes,0.5B|7B|57B-A14B-MoE,F,",
        "M2,T5,T5,sizes,0.06 - 11,G,",
        'M3,Dolly,Dolly,sizes,"3, 7, 12",G,',
    )
    sizes = [(claim.subject, claim.value) for claim in found]
    assert sizes == [
        ("Qwen2", Quantity(5e8, Unit.PARAMETERS)),
        ("Qwen2", Quantity(7e9, Unit.PARAMETERS)),
        ("Qwen2", Quantity(57e9, Unit.PARAMETERS)),
        ("Qwen2", Quantity(14e9, Unit.PARAMETERS, "active")),
        ("T5", Quantity(6e7, Unit.PARAMETERS)),
        ("T5", Quantity(11e9, Unit.PARAMETERS)),
        ("Dolly", Quantity(3e9, Unit.PARAMETERS)),
        ("Dolly", Quantity(7e9, Unit.PARAMETERS)),
        ("Dolly", Quantity(12e9, Unit.PARAMETERS)),
    ]


def test_each_field_of_other_collections_has_its_place(tmp_path: Path) -> None:
    found = public(
        tmp_path,
        "M1,FLAN,FLAN 137B,arxiv,2109.01652,H1,https://example.org",
        "M1,FLAN,FLAN 137B,release,2021-09-03,H1,",
        "M1,FLAN,FLAN,release,2021-09..10,D,",
        'M1,FLAN,FLAN 137B,org,"Google,Brain",H1,',
        "M1,FLAN,FLAN 137B,base,PaLM; ViT-22B,I,",
        "M1,FLAN,FLAN,IT,yes,B,",
        "M1,FLAN,FLAN,train_time,60 hours,B,",
        "M1,FLAN,FLAN,hardware,128 TPU v3,B,",
        "M1,FLAN,FLAN,cutoff,2019-04,B,",
        "M1,FLAN,FLAN,train_sets,The Pile,I,",
    )
    assert [(claim.field, str(claim.value)) for claim in found if claim.field is F.BUCKET] == [
        (F.BUCKET, "2021-09..10")
    ]
    by_field = {claim.field: claim.value for claim in found}
    assert by_field[F.RELEASE] == TypedDate(ModelDateKind.UNSPECIFIED, day(2021, 9, 3))
    assert by_field[F.INSTRUCTION_TUNING] is True
    assert [claim.value for claim in found if claim.field is F.ORGANISATION] == ["Google", "Brain"]
    assert [claim.value for claim in found if claim.field is F.BASE_MODEL] == [
        Parent("PaLM"),
        Parent("ViT-22B"),
    ]
    assert by_field[F.PRETRAIN_SOURCES] == "The Pile"
    assert {claim.paper for claim in found} == {"2109.01652"}
    assert {claim.subject for claim in found} == {"FLAN 137B", "FLAN"}
    assert found[0].evidence.source == "rival.csv: H1"


def test_datapoints_are_not_taken_for_tokens(tmp_path: Path) -> None:
    (claim,) = public(tmp_path, "M1,LaMDA,LaMDA,data,1.56e+12 datapoints(tokens/words),H2,")
    assert claim.value == Quantity(1.56e12, Unit.EXAMPLES)
    assert "tokens or words" in claim.evidence.note


def test_a_model_with_two_ids_has_no_certain_paper(tmp_path: Path) -> None:
    found = public(
        tmp_path, "M1,Falcon,Falcon,arxiv,2306.01116,G,", "M1,Falcon,Falcon,arxiv,2311.16867,I,"
    )
    assert [(claim.value, claim.paper) for claim in found] == [
        ("2306.01116", None),
        ("2311.16867", None),
    ]


# --- what is wrong in a file ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        (f"{OURS}\n", "a header and no claim"),
        ("name,year\nPaLM,2022\n", "line 1: the first line names name, year, not model, name"),
        (f"{OURS}\nPaLM\tPaLM\n", "line 2: 2 cells, but the first line names 8 columns"),
        (f"{OURS}\nPaLM\tPaLM\t\tsize\t540\tA\t\t\n", "line 2: '540' is no size"),
        (f"{OURS}\n\t\t\tsize\t540B\tA\t\t\n", "line 2: the row names no model"),
        (f"{OURS}\nPaLM\tPaLM\t\tsize\t540B\t\t\t\n", "line 2: the row names no source"),
        (f"{PUBLIC}\nM1,,,sizes,540,A,\n", "line 2: the row names no model"),
        (f"{PUBLIC}\nM1,A,A,sizes,8x7B,L,\n", "line 2: '8x7B' are no sizes in billions"),
        (f'{PUBLIC}\nM1,A,A,title,"unfinished,L,\n', "no CSV: unexpected end"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "claims.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=reason) as caught:
        read_claims(path, NOW)
    assert str(path) in str(caught.value)


def test_rows_that_hold_no_claim_can_be_set_aside(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        PUBLIC,
        "M1,PaLM,PaLM,train_time,29600 petaflop/s-days,I,",
        "M1,PaLM,PaLM,sizes,540,I,",
        name="rival.csv",
    )
    rejections: list[Rejection] = []
    (claim,) = read_claims(path, NOW, rejections=rejections)
    assert claim.value == Quantity(540e9, Unit.PARAMETERS)
    (rejection,) = rejections
    assert rejection.where == "line 2"
    assert "petaflop" in rejection.reason


def test_the_catalogue_is_read_whole() -> None:
    found = read_catalogue(NOW)
    assert {claim.origin for claim in found} == {"catalogue"}
    assert all(claim.recorded_at == NOW for claim in found)
    (date,) = (
        claim
        for claim in found
        if (claim.subject, claim.evidence.source) == ("LaMDA", "LLMSurvey README, list of models")
        and claim.field is F.RELEASE
    )
    assert str(date.value) == "2021-05"
