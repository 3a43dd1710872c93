"""The timeline as SVG, a page, Mermaid and TikZ."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import combinations

import pytest
from pylatexenc.latexwalker import LatexWalker

from littrack.analysis.buckets import group_by_bucket, parse_buckets, survey_buckets
from littrack.claims import (
    Cell,
    ClaimValue,
    Model,
    ModelDateKind,
    ModelField,
    ModelStatus,
    TypedDate,
)
from littrack.present.pictures import missing_characters
from littrack.present.svg import text_width
from littrack.present.timeline_figure.html import render_timeline_html
from littrack.present.timeline_figure.layout import arrange
from littrack.present.timeline_figure.mermaid import render_timeline_mermaid
from littrack.present.timeline_figure.svg import render_timeline_svg
from littrack.present.timeline_figure.tikz import latex_text, render_timeline_tikz
from littrack.present.timeline_figure.words import FigureOptions, Groups
from littrack.records import Precision

ROUNDED = 0.02  # of a pixel: numbers are written with two digits
SVG = "{http://www.w3.org/2000/svg}"
ZH = FigureOptions(language="zh")
# A year, a month within the span, and names; "*" is public. As the survey's own figure has them.
SURVEY = """
2019  1 *T5
2020  1 GPT-3, GShard, *mT5
2021  2 *PanGu-α, *PLUG
2021  6 Codex, Ernie 3.0, Jurassic-1, *CPM-2
2021  9 *T0, HyperCLOVA, FLAN, Yuan 1.0
2021 11 Anthropic, WebGPT, Ernie 3.0 Titan, Gopher, GLaM
2022  2 InstructGPT, *CodeGen, MT-NLG, LaMDA, AlphaCode, Chinchilla
2022  5 *OPT, *GPT-NeoX-20B, *Tk-Instruct, Cohere, *UL2, PaLM, *YaLM
2022  8 *CodeGeeX, *GLM, AlexaTM, WeLM, Sparrow, *Flan-T5, Flan-PaLM, Luminous, *NLLB
2022 11 *BLOOM, *mT0, *BLOOMZ, *Galactica, *OPT-IML, ChatGPT
2023  3 *YuLan-Chat, *StarCoder, *CodeGen2, *ChatGLM, *Falcon, *MOSS, PaLM2, *Pythia, *Vicuna
2023  4 PanGu-Σ, Bard, *LLaMA, GPT-4
2023  8 *InternLM, *Qwen, *Mistral, *Deepseek, *Mixtral, *LLaMA2
2024  3 Baichuan-4, Baichuan-3, *InternLM2, *Qwen2, *DeepSeek-V2, *LLaMA3, *MiniCPM, Gemma
2024  9 *DeepSeek-V3, *Qwen2.5, *Gemma-2, *YuLan-Mini
"""


def model(
    name: str,
    year: int,
    month: int = 1,
    *,
    public: bool | None = True,
    makers: tuple[str, ...] = ("Google",),
    status: ModelStatus = ModelStatus.CURATED,
    paper: str | None = None,
    link: str = "",
) -> Model:
    release = TypedDate(
        ModelDateKind.ARXIV_V1, datetime(year, month, 1, tzinfo=UTC), Precision.MONTH
    )
    values: dict[ModelField, tuple[ClaimValue, ...]] = {
        ModelField.RELEASE: (release,),
        ModelField.ORGANISATION: makers,
        ModelField.ACCESS: () if public is None else ("open" if public else "closed",),
        ModelField.LINK: (link,) if link else (),
    }
    cells = {field: Cell(field, value) for field, value in values.items() if value}
    return Model(name, status, cells, paper=paper)


def survey_models() -> list[Model]:
    found = []
    for line in SURVEY.strip().splitlines():
        year, month, names = line.split(maxsplit=2)
        for name in names.split(", "):
            public = name.startswith("*")
            makers = ("Tsinghua University", "Zhipu AI") if "GLM" in name else ("DeepMind",)
            found.append(
                model(name.lstrip("*"), int(year), int(month), public=public, makers=makers)
            )
    return found


def grouped(models: list[Model], lines: list[str] | None = None) -> Groups:
    end = datetime(2024, 12, 1, tzinfo=UTC)
    buckets = parse_buckets(lines) if lines else survey_buckets(2019, end)
    groups, unplaced = group_by_bucket(models, buckets)
    assert unplaced == []
    return groups


LONG = "A-Model-With-A-Name-That-Nobody-Would-Ever-Print-On-A-Page-Instruct-128k-Preview"
MONTHS = [f"{year}: {', '.join(map(str, range(1, 13)))}" for year in range(2019, 2025)]
CASES: dict[str, Groups] = {
    "the survey's": grouped(survey_models()),
    "three full years": grouped(
        [model(f"Model-{n}", 2019 + n % 3) for n in range(120)], ["2019", "2020", "2021"]
    ),
    "very long names": grouped([model(f"{LONG}-{n}" * (1 + n % 3), 2023, n) for n in range(1, 13)]),
    "no place to break": grouped([model("M" * 60, 2022, 5), model("i" * 300, 2022, 6)]),
    "Chinese names": grouped(
        [
            model(
                f"百川智能大模型第{n}代" if n % 2 else f"盘古{n}", 2019 + n % 6, makers=("华为云",)
            )
            for n in range(40)
        ]
    ),
    "many makers": grouped(
        [model("BLOOM", 2022, 7, makers=("Hugging Face",) * 9), model("X", 2022, 7, makers=())]
    ),
    "two hundred": grouped(
        [model(f"Llama-{n}", 2019 + n % 6, 1 + n % 12, public=bool(n % 2)) for n in range(200)]
    ),
    "a span a month": grouped(
        [model(f"Qwen-{n}", 2019 + n % 6, 1 + n % 12) for n in range(144)], MONTHS
    ),
    "one": grouped([model("T5", 2019)], ["2019"]),
    "none": grouped([], ["2019", "2020: 1-6, 7-12"]),
}


@dataclass(frozen=True)
class Area:
    what: str
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Area) -> bool:
        return (
            self.left <= other.left + ROUNDED
            and self.top <= other.top + ROUNDED
            and other.right <= self.right + ROUNDED
            and other.bottom <= self.bottom + ROUNDED
        )

    def meets(self, other: Area) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > ROUNDED and along > ROUNDED


def rectangle(node: ET.Element, what: str = "") -> Area:
    x, y, width, height = (float(node.attrib[key]) for key in ("x", "y", "width", "height"))
    return Area(what, x, y, x + width, y + height)


def line_area(node: ET.Element) -> Area:
    """What a line of text covers, measured by the table of widths."""
    size, text = float(node.attrib["font-size"]), node.text or ""
    width = text_width(text, size, bold=node.attrib.get("font-weight") == "bold")
    x, y = float(node.attrib["x"]), float(node.attrib["y"])
    left = x - width / 2 if node.attrib.get("text-anchor") == "middle" else x
    return Area(text, left, y - 0.73 * size, left + width, y + 0.21 * size)


def parts(root: ET.Element) -> Iterator[tuple[Area, list[ET.Element]]]:
    """Each box and cell of the axis with its lines of text; legend texts with none."""
    for group in root.iter(f"{SVG}g"):
        kind = group.attrib.get("class")
        if kind == "model":
            frame = group.find(f"{SVG}rect")
            assert frame is not None
            yield rectangle(frame, f"{group.findtext(SVG + 'title')}"), group.findall(f"{SVG}text")
        elif kind == "axis":
            cells = zip(group.findall(f"{SVG}rect"), group.findall(f"{SVG}text"), strict=True)
            yield from ((rectangle(cell, "cell"), [label]) for cell, label in cells)
        elif kind == "legend":
            yield from ((line_area(text), []) for text in group.findall(f"{SVG}text"))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("options", [FigureOptions(), ZH], ids=["en", "zh"])
def test_nothing_overlaps_and_all_is_inside_the_canvas(case: str, options: FigureOptions) -> None:
    root = ET.fromstring(render_timeline_svg(CASES[case], options=options))
    canvas = Area("canvas", 0, 0, float(root.attrib["width"]), float(root.attrib["height"]))
    found = list(parts(root))
    assert len([area for area, _ in found if "\n" in area.what]) == sum(
        len(group) for _, group in CASES[case]
    )
    for area, lines in found:
        assert canvas.holds(area), area
        texts = [line_area(line) for line in lines]
        assert all(area.holds(text) for text in texts), area
        assert not any(one.meets(other) for one, other in combinations(texts, 2)), area
    meeting = [
        pair for pair in combinations([area for area, _ in found], 2) if pair[0].meets(pair[1])
    ]
    assert meeting == []


@pytest.mark.parametrize("case", CASES)
def test_each_line_leads_from_a_spans_cell_to_its_stack_and_through_no_box(case: str) -> None:
    layout = arrange(CASES[case])
    boxes = [
        Area(box.card.model.name, box.x, box.y, box.x + box.width, box.y + box.card.height)
        for box in layout.boxes
    ]
    placed = 0
    for bracket in layout.brackets:
        assert bracket.left < bracket.tick < bracket.right
        ends = sorted((bracket.axis, bracket.hook))
        drawn = Area("bracket", bracket.left, ends[0], bracket.right, ends[1])
        assert not any(drawn.meets(box) for box in boxes)
        cells = [
            cell
            for band in layout.bands
            for cell in band.cells
            if 0 <= bracket.axis - band.y <= 30 and cell.x <= bracket.tick <= cell.x + cell.width
        ]
        assert len(cells) == 1
        above = bracket.hook < bracket.axis
        stack = [
            box
            for box in boxes
            if bracket.left <= box.left + 0.01 and box.right <= bracket.right + 0.01
            if (box.bottom <= bracket.hook if above else box.top >= bracket.hook)
        ]
        placed += bool(stack)
    assert placed == len(layout.brackets)


def test_the_surveys_timeline_fits_two_columns_with_readable_letters() -> None:
    root = ET.fromstring(render_timeline_svg(CASES["the survey's"]))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert 1.85 < width / height < 2.6
    points = 17 / 2.54 * 72 / width
    sizes = {float(text.attrib["font-size"]) for text in root.iter(f"{SVG}text")}
    assert min(sizes) * points >= 6.5
    assert len(arrange(CASES["the survey's"]).bands) == 1


@pytest.mark.parametrize("case", CASES)
def test_the_axis_is_no_wider_than_a_page_and_shows_all_spans_in_order(case: str) -> None:
    layout = arrange(CASES[case])
    assert layout.width <= 960
    shown: list[str] = []
    for band in layout.bands:
        year = ""
        for cell, after in zip(band.cells, [*band.cells[1:], None], strict=True):
            if cell.is_year:
                year = cell.label
                whole = after is None or after.is_year
                shown += [year] if whole else []
            else:
                shown.append(f"{year} {cell.label}")
    assert shown == [str(bucket) for bucket, _ in CASES[case]]


def test_public_models_are_filled_and_marked_and_unreviewed_ones_dashed() -> None:
    groups = grouped(
        [
            model("open", 2022, 4),
            model("closed", 2022, 5, public=False),
            model("unknown", 2022, 6, public=None, status=ModelStatus.ACCEPTED),
        ]
    )
    root = ET.fromstring(render_timeline_svg(groups))
    frames = {
        (group.findtext(f"{SVG}title") or "").split("\n")[0]: group.findall(f"{SVG}rect")
        for group in root.iter(f"{SVG}g")
        if group.attrib.get("class") == "model"
    }
    fills = {name: [one.attrib["fill"] for one in rects] for name, rects in frames.items()}
    assert fills == {
        "open": ["#d6e8f5", "#1f6fa8"],  # the second is the bar that is left without colours
        "closed": ["#ffffff"],
        "unknown": ["#ffffff"],
    }
    dashed = {name for name, rects in frames.items() if "stroke-dasharray" in rects[0].attrib}
    assert dashed == {"unknown"}


def legend(groups: Groups, options: FigureOptions) -> list[str | None]:
    root = ET.fromstring(render_timeline_svg(groups, options=options))
    found = next(one for one in root.iter(f"{SVG}g") if one.attrib.get("class") == "legend")
    return [text.text for text in found.findall(f"{SVG}text")]


def test_the_legend_explains_what_is_there_and_nothing_else() -> None:
    rule = "Dates: arXiv v1, else earliest public release."
    groups = grouped([model("T5", 2019)])
    assert legend(groups, FigureOptions()) == ["publicly available", rule]
    groups = grouped([model("T5", 2019), model("A", 2020, public=False)])
    found = legend(groups, FigureOptions(unplaced=3))
    assert found == [
        *("publicly available", "not publicly available", rule),
        "Without a date that tells the span, not shown: 3.",
    ]
    groups = grouped([model("A", 2020, public=None, status=ModelStatus.CANDIDATE)])
    assert legend(groups, FigureOptions())[:2] == ["availability not stated", "not yet reviewed"]


def test_the_legend_speaks_chinese_and_our_fonts_can_show_it() -> None:
    models = survey_models()
    models[0] = model("盘古", 2019, public=None, status=ModelStatus.CANDIDATE)
    assert legend(grouped(models), FigureOptions(language="zh", unplaced=2)) == [
        *("公开可用", "未公开或未说明", "尚未审核"),
        "日期：以 arXiv 首个版本为准；无论文者取最早公开发布日期。",
        "因日期不足以确定时段而未列出：2 个。",
    ]
    svg = render_timeline_svg(grouped(models), options=FigureOptions(language="zh", unplaced=2))
    assert missing_characters(svg) == ""


def test_a_model_has_a_tooltip_with_its_date_and_leads_to_its_paper() -> None:
    groups = grouped(
        [
            model("PaLM", 2022, 4, paper="2204.02311", public=False),
            model("GPT-4", 2023, 3, link="https://example.org/?a=1&b=2"),
            model("<Bad> & co", 2023, 3, link="javascript:alert(1)"),
        ]
    )
    root = ET.fromstring(render_timeline_svg(groups))
    links = {
        (one.findtext(f".//{SVG}title") or "").split("\n")[0]: one.attrib["href"]
        for one in root.iter(f"{SVG}a")
    }
    assert links == {
        "PaLM": "https://arxiv.org/abs/2204.02311",
        "GPT-4": "https://example.org/?a=1&b=2",
    }
    titles = [group.findtext(f"{SVG}title") for group in root.iter(f"{SVG}g")]
    assert "PaLM\nGoogle\n2022-04, arXiv v1\nnot publicly available" in titles
    assert root.findtext(f"{SVG}title") == "Timeline of large language models"
    assert "2022 4-6: PaLM; 2023 1-6:" in (root.findtext(f"{SVG}desc") or "")


def test_many_makers_are_shown_as_the_first_and_how_many_more() -> None:
    makers = ("Tsinghua University", "Zhipu AI", "BAAI")
    svg = render_timeline_svg(grouped([model("GLM", 2022, 8, makers=makers)]))
    root = ET.fromstring(svg)
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert [text for text in texts if "Tsing" in text] == ["Tsingh… +2"]
    assert "Tsinghua University / Zhipu AI / BAAI" in svg  # in the tooltip
    alone = render_timeline_svg(
        grouped([model("GLM", 2022, 8, makers=makers)]), options=FigureOptions(organisations=False)
    )
    assert ">Tsinghua" not in alone


def test_the_same_models_in_any_order_give_the_same_bytes() -> None:
    models = survey_models()
    one, other = grouped(models), grouped(models[::-1])
    for render in (
        *(render_timeline_svg, render_timeline_html),
        *(render_timeline_mermaid, render_timeline_tikz),
    ):
        assert render(one) == render(other)


class Page(HTMLParser):
    """The tags of a page, whether they are closed, and its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)

    def handle_data(self, data: str) -> None:
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def test_the_page_has_the_figure_and_the_same_as_a_table() -> None:
    groups = grouped([model("PaLM", 2022, 4, paper="2204.02311"), model("A<b>", 2019, public=None)])
    page = Page()
    html = render_timeline_html(groups, options=FigureOptions(title="My & timeline", unplaced=1))
    page.feed(html)
    assert page.open == []
    assert "svg" in page.seen
    assert not page.seen & {"script", "link", "img", "iframe"}
    assert "<h1>My &amp; timeline</h1>" in html
    assert page.rows == [
        ["Span", "Date", "Kind of date", "Model", "Organisation", "Public", "Status"],
        ["2019", "2019-01", "arXiv v1", "A<b>", "Google", "not stated", "reviewed"],
        ["2022 4-6", "2022-04", "arXiv v1", "PaLM", "Google", "yes", "reviewed"],
    ]
    assert '<th scope="row"><a href="https://arxiv.org/abs/2204.02311"' in html


def test_the_page_speaks_chinese() -> None:
    html = render_timeline_html(grouped([model("盘古", 2019)]), options=ZH)
    assert '<html lang="zh-CN">' in html
    assert "<h1>大语言模型时间线</h1>" in html
    assert "<td>arXiv 首个版本</td>" in html


def test_mermaid_has_a_section_a_year_and_a_period_a_span() -> None:
    groups = grouped(
        [
            model("T5", 2019),
            model("Codex", 2021, 7, public=False),
            model("CPM-2", 2021, 6, status=ModelStatus.ACCEPTED),
            model("a: #1; b%%", 2022, 12),
        ]
    )
    assert render_timeline_mermaid(groups) == (
        "timeline\n"
        "    title Timeline of large language models (◆ publicly available, (?) not yet reviewed)\n"
        "    section 2019\n"
        "        2019 : T5 ◆\n"
        "    section 2021\n"
        "        5-8 : CPM-2 ◆ (?) : Codex\n"
        "    section 2022\n"
        "        11-12 : a： ＃1； b％％ ◆\n"
    )


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("PanGu-α", r"PanGu-$\alpha$"),
        ("PanGu-Σ", r"PanGu-$\Sigma$"),
        ("Α λ Λ", r"A $\lambda$ $\Lambda$"),
        ("a_b & 50% #1 {x} $", r"a\_b \& 50\% \#1 \{x\} \$"),
        ("~^\\", r"\textasciitilde{}\textasciicircum{}\textbackslash{}"),
        ("8×7B", r"8$\times$7B"),
        ("盘古\n\nx", "盘古 x"),
    ],
)
def test_names_are_written_as_latex_sets_them(text: str, latex: str) -> None:
    assert latex_text(text) == latex


def test_tikz_has_every_model_and_parses_as_latex() -> None:
    groups = grouped([*survey_models(), model("odd_{name}% \\end", 2023, 1)])
    picture = render_timeline_tikz(groups)
    LatexWalker(picture, tolerant_parsing=False).get_latex_nodes()
    assert picture.count(r"\node[tl name]") == 80
    assert (
        picture.count(r"\path[tl public")
        == sum(one.public is True for one in models_of(groups)) + 1
    )
    assert r"{PanGu-$\alpha$};" in picture
    assert r"{odd\_\{name\}\%};" in picture  # on two lines: the name is too long for one
    assert r"\documentclass" not in picture
    assert "XeLaTeX" not in picture


def models_of(groups: Groups) -> list[Model]:
    return [one for _, group in groups for one in group]


def test_tikz_as_a_document_compiles_by_itself_and_chinese_asks_for_ctex() -> None:
    document = render_timeline_tikz(CASES["the survey's"], standalone=True)
    assert r"\documentclass[tikz,border=2pt]{standalone}" in document
    assert document.endswith("\\end{tikzpicture}\n\\end{document}\n")
    assert "ctex" not in document
    chinese = render_timeline_tikz(CASES["Chinese names"], options=ZH, standalone=True)
    assert "XeLaTeX" in chinese.split("\\begin{document}")[0]
    assert r"\usepackage{ctex}" in chinese
    LatexWalker(chinese, tolerant_parsing=False).get_latex_nodes()
