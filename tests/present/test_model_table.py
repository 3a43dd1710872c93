"""The survey's table of models, in every format."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from pylatexenc.latexwalker import LatexWalker

from littrack.claims import (
    Cell,
    EvidenceKind,
    Model,
    ModelField,
    ModelStatus,
    Parent,
    Quantity,
    RelationKind,
    Unit,
)
from littrack.present.model_table import latex
from littrack.present.model_table.html import render_html_table
from littrack.present.model_table.latex import citation_key, escape_latex, render_latex_table
from littrack.present.model_table.plain import KEYS, render_markdown_table, survey_table
from littrack.present.model_table.rows import TableOptions, group_rows, notes, table_row
from littrack.present.model_table.words import COLUMNS, WORDS
from littrack.present.tables import render_csv, render_json, render_table
from model_builders import a_cell, a_claim, a_day, a_model, palm

DAY = date(2023, 5, 7)
ENGLISH, CHINESE = TableOptions("en", DAY), TableOptions("zh", DAY)
F = ModelField


def t5() -> Model:
    cells = {
        F.RELEASE: "2019-10-23",
        F.SIZE: ["3B", "11B"],
        F.ACCESS: "open",
        F.PRETRAIN_DATA: "1T tokens",
        F.DATA_CUTOFF: "2019-04",
        F.HARDWARE: "1024 TPU v3",
    }
    return a_model("T5", cells, paper="1910.10683")


def t0() -> Model:
    cells = {
        F.RELEASE: "2021-10",
        F.SIZE: "11B",
        F.ACCESS: "open",
        F.BASE_MODEL: Parent("T5", RelationKind.INSTRUCTION_TUNING),
        F.INSTRUCTION_TUNING: True,
        F.HARDWARE: "512 TPU v3",
        F.TRAINING_TIME: Quantity(27.0, Unit.HOURS),
    }
    return a_model("T0", cells, paper="2110.08207")


def pangu() -> Model:
    cells = {F.RELEASE: "2021-04", F.SIZE: ["13B public", "200B"], F.ACCESS: "open"}
    return a_model("PanGu-α", cells | {F.PRETRAIN_DATA: "1.1TB"}, paper="2104.12369")


def gpt4() -> Model:
    hidden = a_cell(F.SIZE, Quantity(None, Unit.PARAMETERS))
    cells = {F.RELEASE: "2023-03-15", F.SIZE: hidden, F.ACCESS: "closed", F.RLHF: True}
    return a_model("GPT-4", cells)


def rumoured() -> Model:
    guess = Quantity(1.8e12, Unit.PARAMETERS, estimate=True)
    return a_model("Rumour_1 & 2", {F.SIZE: guess}, status=ModelStatus.ACCEPTED, withdrawn=True)


MODELS = (rumoured(), gpt4(), t0(), palm(), pangu(), t5())


def test_the_table_has_the_twelve_columns_of_the_survey() -> None:
    assert len(COLUMNS) == 12
    for words in WORDS.values():
        assert tuple(words.headings) == COLUMNS
    assert tuple(table_row(t5()).cells) == COLUMNS


def test_a_row_shows_what_is_stated_and_a_dash_for_what_is_not() -> None:
    shown = [cell.marked for cell in table_row(t5()).cells.values()]
    assert shown == [
        *("T5", "2019-10", "11", "-", "-", "-"),
        *("1T tokens", "2019-04", "1024 TPU v3", "-", "-", "-"),
    ]
    shown = [cell.marked for cell in table_row(t0(), "zh").cells.values()]
    assert shown == [
        *("T0", "2021-10", "11", "T5", "✓", "-"),
        *("-", "-", "512 TPU v3", "27 小时", "-", "-"),
    ]


def test_units_are_chinese_from_the_same_number() -> None:
    assert table_row(t5(), "zh").cells["pretrain_data"].text == "1 万亿 tokens"
    assert table_row(palm(), "zh").cells["pretrain_data"].text == "7800 亿 tokens"
    assert table_row(palm(), "en").cells["pretrain_data"].text == "780B tokens"


def test_the_largest_public_size_has_a_star() -> None:
    assert table_row(pangu()).cells["size"].marked == "13*"


def test_what_is_undisclosed_is_told_from_what_is_not_stated_and_from_a_guess() -> None:
    assert table_row(gpt4()).cells["size"].marked == "-†"
    assert table_row(rumoured()).cells["size"].marked == "~1800"
    assert table_row(a_model("A")).cells["size"].marked == "-"
    both = [Quantity(None, Unit.PARAMETERS), Quantity(1.8e12, Unit.PARAMETERS, estimate=True)]
    assert table_row(a_model("A", {F.SIZE: both})).cells["size"].marked == "~1800†"


def test_groups_are_by_access_and_rows_by_month_then_name() -> None:
    early = a_model("b", {F.RELEASE: "2022-04-29", F.ACCESS: "api"})
    late = a_model("A", {F.RELEASE: "2022-04-30", F.ACCESS: "closed"})
    groups = group_rows([*MODELS, early, late])
    named = [(group.public, [row.model.name for row in group.rows]) for group in groups]
    assert named == [
        (True, ["T5", "PanGu-α", "T0"]),
        (False, ["A", "b", "PaLM", "GPT-4"]),
        (None, ["Rumour_1 & 2"]),
    ]


def test_rows_are_unverified_without_review_or_without_evidence() -> None:
    bare = a_model("A", {F.SIZE: Cell(F.SIZE, (Quantity(7e9, Unit.PARAMETERS),))})
    assert [table_row(one).unverified for one in (t5(), rumoured(), bare)] == [False, True, True]


def test_only_signs_that_occur_are_explained() -> None:
    assert [sign for sign, _ in notes(group_rows(MODELS), "en")] == [
        "-", "~", "*", "†", "‡", "unverified",
    ]  # fmt: skip
    full = a_model("A", {F.RELEASE: "2022-04"})
    assert notes([], "zh") == []
    assert [sign for sign, _ in notes(group_rows([full]), "zh")] == ["-"]


# --- rows and Markdown ----------------------------------------------------------------------------


def test_rows_are_for_csv_json_and_the_terminal() -> None:
    table = survey_table([t5(), gpt4()], ENGLISH)
    assert render_csv(table).split("\r\n")[:2] == [
        ",".join(KEYS),
        "Publicly available,T5,2019-10,11,-,-,-,1T tokens,2019-04,1024 TPU v3,-,-,-,false,"
        "1910.10683,https://arxiv.org/abs/1910.10683",
    ]
    second = json.loads(render_json(table))[1]
    assert (second["group"], second["size"], second["rlhf"]) == ("Closed source", "-†", "✓")
    assert render_table(table, "table").startswith("Model  Release time  Size (B)")


def test_the_markdown_table_is_as_expected() -> None:
    assert render_markdown_table([t5(), rumoured()], ENGLISH) == (
        "**Statistics of large language models (2 in all), as of 2023-05-07. Release time: "
        "arXiv v1, without a paper the earliest public release.**\n"
        "\n"
        "### Publicly available\n"
        "\n"
        "| Model | Release time | Size (B) | Base model | Adaptation: IT | Adaptation: RLHF "
        "| Pre-train data scale | Latest data timestamp | Hardware (GPUs / TPUs) | Training time "
        "| Evaluation: ICL | Evaluation: CoT |\n"
        "| --- | --- | ---: | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| [T5](https://arxiv.org/abs/1910.10683) | 2019-10 | 11 | - | - | - | 1T tokens "
        "| 2019-04 | 1024 TPU v3 | - | - | - |\n"
        "\n"
        "### Access not stated\n"
        "\n"
        "| Model | Release time | Size (B) | Base model | Adaptation: IT | Adaptation: RLHF "
        "| Pre-train data scale | Latest data timestamp | Hardware (GPUs / TPUs) | Training time "
        "| Evaluation: ICL | Evaluation: CoT |\n"
        "| --- | --- | ---: | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| Rumour\\_1 & 2‡ *unverified* | - | \\~1800 | - | - | - | - | - | - | - | - | - |\n"
        "\n"
        "- `-`: not stated; in the columns of check marks: no, or not stated\n"
        "- `~`: somebody's estimate\n"
        "- `‡`: the paper was withdrawn\n"
        "- *unverified*: not reviewed by a person, or shown without a source\n"
        "- IT: instruction tuning. RLHF: reinforcement learning from human feedback. ICL, CoT: "
        "evaluated for in-context learning, chain-of-thought.\n"
    )


def test_a_pipe_in_a_name_does_not_add_a_column() -> None:
    lines = render_markdown_table([a_model("a|b", {F.LINK: "https://x.org/a|b(c)"})], CHINESE)
    row = next(line for line in lines.splitlines() if "x.org" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 13
    assert "[a\\|b](https://x.org/a%7Cb%28c%29)" in row


# --- LaTeX ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PanGu-α", r"PanGu-$\alpha$"),
        ("PanGu-Σ", r"PanGu-$\Sigma$"),
        ("Α-Λ-λ-ο", r"$\mathrm{A}$-$\Lambda$-$\lambda$-$\mathit{o}$"),
        ("a_b & 10% #1 $x {y} ^ ~ \\", "a\\_b \\& 10\\% \\#1 \\$x \\{y\\} \\textasciicircum{} "
         "\\textasciitilde{} \\textbackslash{}"),
        ("[a]*", "{[}a{]}{*}"),
        ("悟道 2.0", "悟道 2.0"),
        ("two\nlines\x00", "two lines"),
    ],
)  # fmt: skip
def test_text_is_printed_by_latex_as_it_is(text: str, expected: str) -> None:
    assert escape_latex(text) == expected


def test_the_latex_rows_have_check_marks_citations_and_marks() -> None:
    text = render_latex_table(MODELS, ENGLISH)
    assert (
        r"T0~\cite{arxiv-2110.08207} & 2021-10 & 11 & T5 & \checkmark & - & - & - & 512 TPU v3 "
        r"& 27 h & - & - \\"
    ) in text.splitlines()
    assert r"PanGu-$\alpha$~\cite{arxiv-2104.12369} & 2021-04 & 13* & -" in text
    assert r"GPT-4 & 2023-03 & -$^\dagger$ & -" in text
    assert r"Rumour\_1 \& 2$^\ddagger$ \emph{(unverified)} & - & $\sim$1800 & -" in text
    assert r"\multicolumn{12}{@{}l}{\textit{Publicly available}} \\" in text
    assert r"\cmidrule(lr){5-6}\cmidrule(lr){11-12}" in text
    assert text.startswith("% needs \\usepackage{booktabs,amssymb,graphicx}\n\\begin{table*}")


def test_a_citation_key_is_the_users_own_where_the_bibliography_has_one() -> None:
    options = TableOptions(citation_keys={"1910.10683": "raffel2020exploring"})
    assert r"T5~\cite{raffel2020exploring} &" in render_latex_table([t5()], options)
    assert citation_key("hep-th/9901001", options) == "arxiv-hep-th-9901001"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("standalone", [False, True])
def test_latex_parses_and_every_row_has_twelve_cells(language: str, standalone: bool) -> None:
    options = TableOptions(language, DAY, standalone=standalone)  # type: ignore[arg-type]
    hostile = a_model(r"}{ \end{table*} [x] % & $", {F.HARDWARE: "8 \\x_{y}"}, paper="2101.00001")
    text = render_latex_table([*MODELS, hostile], options)
    LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    begun = re.findall(r"(?<!\\)\\begin\{(\w+\*?)\}", text)
    assert sorted(begun) == sorted(re.findall(r"(?<!\\)\\end\{(\w+\*?)\}", text))
    rows = [line for line in text.splitlines() if r"\cite{" in line]
    assert len(rows) == 5
    assert [len(re.findall(r"(?<!\\)&", row)) for row in rows] == [11] * 5
    assert (r"\documentclass" in text) is standalone
    assert ("ctex" in text) is (language == "zh")


def test_a_chinese_name_in_an_english_document_brings_the_chinese_class() -> None:
    wudao = a_model("悟道 2.0", {F.ACCESS: "closed"})
    text = render_latex_table([wudao], TableOptions(standalone=True))
    assert text.startswith("% compile with XeLaTeX\n\\documentclass[a4paper,scheme=plain]{ctexart}")


def test_many_models_stand_on_several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "ROWS", 2)
    text = render_latex_table(MODELS, ENGLISH)
    assert text.count(r"\begin{table*}") == 3
    assert text.count("(continued)") == 2
    assert text.count(r"\label{tab:models}") == 1
    assert [text.count(f"\n{name}") for name in ("T5~", "T0~", "PaLM~", "GPT-4 ")] == [1] * 4


def test_no_models_make_an_empty_table() -> None:
    assert r"\bottomrule" in render_latex_table([], ENGLISH)
    assert "(0 in all)" in render_latex_table([], ENGLISH)


def test_the_caption_names_the_date_rule_and_the_day() -> None:
    assert "as of 2023-05-07. Release time: arXiv v1, without a paper" in render_latex_table(
        [t5()], ENGLISH
    )
    own = TableOptions("zh", date_rule="以官网公告为准")
    assert "（共 1 个）。发布时间：以官网公告为准。" in render_markdown_table([t5()], own)


# --- HTML -----------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Collects what the tests ask about, and that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.cells = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.targets += [found["href"] or ""] if "href" in found else []
        self.cells += tag == "td"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("options", [ENGLISH, CHINESE])
def test_the_page_is_whole_and_every_cell_leads_to_its_evidence(options: TableOptions) -> None:
    page = _Page(render_html_table(MODELS, options))
    assert page.open == []
    assert page.cells == len(MODELS) * 11
    inner = [target[1:] for target in page.targets if target.startswith("#")]
    assert inner
    assert set(inner) <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_the_page_needs_nothing_from_outside_and_quotes_the_sentence() -> None:
    text = render_html_table([palm()], ENGLISH)
    assert not re.search(r"<(script|link|img|iframe)|@import|url\(", text)
    quote = "arXiv:2204.02311v1, abstract: “We trained a model of 540 billion parameters.”"
    assert f'<a href="https://arxiv.org/abs/2204.02311v1">{quote}</a>' in text
    assert '<html lang="en">' in text


def test_markup_in_a_claim_stays_text_and_a_script_is_no_link() -> None:
    claim = a_claim(
        F.SIZE,
        "7B",
        kind=EvidenceKind.URL,
        source="javascript:alert(1)",
        sentence='<img src=x onerror="alert(1)">',
    )
    model = a_model("<b>A</b>", {F.SIZE: claim, F.LINK: "javascript:alert(2)"})
    text = render_html_table([model], CHINESE)
    assert "<img" not in text
    assert "<b>A</b>" not in text
    assert not [one for one in _Page(text).targets if one.startswith("javascript")]
    assert '<html lang="zh-Hans">' in text


def test_the_page_tells_who_says_otherwise() -> None:
    rival = a_claim(F.RELEASE, a_day("2022-10-05"), source="a note", kind=EvidenceKind.NOTE)
    cell = a_cell(F.RELEASE, "2022-04-05", rivals=(rival,))
    text = render_html_table([a_model("PaLM", {F.RELEASE: cell})], ENGLISH)
    assert "<dd>2022-10-05 (arXiv v1) <i>(says otherwise)</i> – a note, abstract</dd>" in text
