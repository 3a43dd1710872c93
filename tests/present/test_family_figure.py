"""The family graph as a figure: what stands where, what is said, and that nothing collides."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littrack.claims import (
    Basis,
    Cell,
    Claim,
    ClaimValue,
    Evidence,
    EvidenceKind,
    Model,
    ModelDateKind,
    ModelField,
    ModelKind,
    ModelStatus,
    Parent,
    Relation,
    RelationKind,
    TypedDate,
)
from littrack.present.family_figure.dot import render_family_dot
from littrack.present.family_figure.graph import FamilyOptions, build_graph
from littrack.present.family_figure.html import render_family_html
from littrack.present.family_figure.layers import Block, Trunk, assign_ranks, break_cycles
from littrack.present.family_figure.mermaid import render_family_mermaid
from littrack.present.family_figure.picture import Picture, Point, Wire, wrapped
from littrack.present.family_figure.positions import isotonic
from littrack.present.family_figure.svg import draw_family, render_family_svg
from littrack.present.family_figure.text import render_family_text
from littrack.present.family_figure.tikz import escape_latex, render_family_tikz
from littrack.records import Precision

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
TUNED, DATA = RelationKind.INSTRUCTION_TUNING, RelationKind.DATA

# Child, parent, label: what the survey's figure of the LLaMA family shows.
CONTINUED = [
    *((name, "LLaMA", "+ chinese data") for name in ("Open-Chinese-LLaMA", "Linly-Chinese-LLaMA")),
    *((name, "LLaMA", "+ chinese data") for name in ("Panda", "Chinese LLaMA")),
    ("Cornucopia", "LLaMA", "+ chinese data, + chat data"),
]
INHERITED = [
    ("Lawyer LLaMA", "Chinese LLaMA", "+ Alpaca data"),
    ("QiZhenGPT", "Chinese LLaMA", "+ chat data"),
    ("TaoLi", "Chinese LLaMA", "+ task data"),
    ("Chinese Alpaca", "Chinese LLaMA", "+ Alpaca data"),
    *(("ChatMed", parent, "") for parent in ("Chinese LLaMA", "Chinese Alpaca", "LLaMA")),
    *((name, "Chinese Alpaca", "") for name in ("BenTsao", "LAWGPT")),
    *((name, "LLaMA", "") for name in ("Chinese Vicuna", "BiLLa")),
    ("Alpaca", "LLaMA", "+ synthetic data"),
    *((name, "LLaMA", "+ task data") for name in ("Goat", "OpenFlamingo")),
    *((name, "LLaMA", "+ chat data") for name in ("Vicuna", "YuLan-Chat")),
    ("PKU-Beaver", "Alpaca", "RLHF"),
    ("VisionLLM", "Alpaca", ""),
    *((name, "Vicuna", "+ synthetic data") for name in ("LLaVA", "MiniGPT-4")),
    *((name, "Vicuna", "+ task data") for name in ("InstructBLIP", "ChatBridge", "PandaGPT")),
]
FROM_DATA = [
    ("YuLan-Chat", "Vicuna", ""),
    *((name, "Alpaca", "") for name in ("BiLLa", "Alpaca-LoRA")),
    *((name, "Alpaca", "+ chat data") for name in ("Baize", "BELLE", "Ziya")),
    *((name, "Alpaca", "+ task data") for name in ("Koala", "LLaMA-Adapter", "Guanaco")),
    ("VisionLLM", "LLaVA", ""),
    *((name, "LLaVA", "+ task data") for name in ("InstructBLIP", "ChatBridge", "PandaGPT")),
]
SEEING = ["OpenFlamingo", "LLaMA-Adapter", "Guanaco", "VisionLLM", "LLaVA", "MiniGPT-4"]
SEEING += ["InstructBLIP", "ChatBridge", "PandaGPT"]
EFFICIENT = ("Cornucopia", "Lawyer LLaMA", "Chinese Alpaca", "ChatMed", "Chinese Vicuna", "Baize")


def model(
    name: str,
    date: str = "",
    status: ModelStatus = ModelStatus.CURATED,
    kind: ModelKind = ModelKind.MODEL,
    **values: ClaimValue,
) -> Model:
    cells = {ModelField(key): Cell(ModelField(key), (value,)) for key, value in values.items()}
    if date:
        year, month = map(int, date.split("."))
        when = datetime(year, month, 1, tzinfo=UTC)
        shown = TypedDate(ModelDateKind.ANNOUNCED, when, Precision.MONTH)
        cells[ModelField.RELEASE] = Cell(ModelField.RELEASE, (shown,))
    return Model(name, status, cells, kind=kind)


def edge(
    child: str, parent: str, kind: RelationKind = TUNED, label: str = "", *, explicit: bool = False
) -> Relation:
    basis = Basis.STATED if explicit else Basis.REPORTED
    sentence = f"{child} starts from {parent}." if explicit else ""
    evidence = Evidence(
        EvidenceKind.PAPER, "2301.00001v1", "abstract", sentence=sentence, basis=basis
    )
    claim = Claim(child, ModelField.BASE_MODEL, Parent(parent, kind, label), evidence, NOW)
    return Relation(child, parent, kind, label, explicit, (claim,))


def llama_family() -> tuple[list[Model], list[Relation]]:
    relations = [
        edge(child, parent, kind, label)
        for kind, found in (
            (RelationKind.CONTINUED, CONTINUED),
            (TUNED, INHERITED),
            (DATA, FROM_DATA),
        )
        for child, parent, label in found
    ]
    names = dict.fromkeys(["LLaMA", *(relation.child for relation in relations)])
    models = []
    for name in names:
        values: dict[str, ClaimValue] = {}
        values["tuning"] = "parameter-efficient" if name in EFFICIENT else "full"
        if name in SEEING:
            values["domain"] = "multimodal"
        if name in ("ChatMed", "BenTsao"):
            values["domain"] = "medicine"
        models.append(model(name, **values))
    return models, relations


def gpt_series() -> tuple[list[Model], list[Relation]]:
    models = [
        model("GPT-1", "2018.06", caption="decoder only; generative pre-training"),
        model("GPT-2", "2019.02", caption="one model for many tasks without supervision"),
        model("GPT-3", "2020.05", caption="in-context learning"),
        model("Codex", "2021.07", caption="code"),
        model("GPT-3.5", "2022.03", kind=ModelKind.SERIES),
        model("GPT-4", "2023.03", caption="reasoning; images"),
        model("code-davinci-002", "2022.03", caption="strong at code"),
        model("text-davinci-002", "2022.03", caption="follows instructions"),
        model("text-davinci-003", "2022.09"),
        model("gpt-3.5-turbo", "2023.03"),
        model("ChatGPT", kind=ModelKind.SYSTEM),
    ]
    after = RelationKind.SUCCESSOR
    relations = [
        edge("GPT-2", "GPT-1", after),
        edge("GPT-3", "GPT-2", after),
        edge("Codex", "GPT-3", RelationKind.CODE, "+code", explicit=True),
        edge("GPT-3.5", "Codex", after),
        edge("GPT-4", "GPT-3.5", after),
        edge("code-davinci-002", "GPT-3.5", RelationKind.MEMBER),
        edge("text-davinci-002", "code-davinci-002", TUNED, "+instruction", explicit=True),
        edge("text-davinci-003", "text-davinci-002", RelationKind.RLHF, "+RLHF", explicit=True),
        edge("gpt-3.5-turbo", "text-davinci-003", RelationKind.CHAT, "+chat", explicit=True),
        edge("ChatGPT", "GPT-3.5", RelationKind.PRODUCT, explicit=True),
        edge("ChatGPT", "GPT-4", RelationKind.PRODUCT, explicit=True),
    ]
    return models, relations


def draw(
    models: Sequence[Model],
    relations: Sequence[Relation],
    root: str = "",
    options: FamilyOptions = FamilyOptions(),  # noqa: B008 - frozen
) -> Picture:
    return draw_family(build_graph(models, relations, root, options))


Frame = tuple[float, float, float, float]


def overlap(one: Frame, other: Frame) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 0.01
        and min(one[3], other[3]) - max(one[1], other[1]) > 0.01
    )


def collisions(picture: Picture) -> list[tuple[str, str]]:
    """Nodes and texts that share ground; a node's own texts are within it."""
    things = [(box.name or "sample", box.frame) for box in picture.boxes]
    things += [(text.text, text.frame) for text in picture.texts]
    things += [(frame.label.text, frame.label.frame) for frame in picture.frames if frame.label]
    return [(one, other) for (one, a), (other, b) in combinations(things, 2) if overlap(a, b)]


def along(wire: Wire) -> Iterator[Point]:
    """Points of a line, close together."""
    here = wire.start
    for step in wire.steps:
        points = (here, *step)
        for number in range(41):
            t = number / 40
            line = points
            while len(line) > 1:
                line = tuple(
                    (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b in pairwise(line)
                )
            yield line[0]
        here = step[-1]


def run_through(picture: Picture) -> list[str]:
    """Nodes and labels that a line runs through; lines end at the edges of nodes."""
    frames = [(box.name, box.frame) for box in picture.boxes if box.name]
    frames += [(text.text, text.frame) for text in picture.texts if text.tooltip]
    return [
        name
        for wire in picture.wires
        for x, y in along(wire)
        for name, (left, top, right, bottom) in frames
        if left + 0.5 < x < right - 0.5 and top + 0.5 < y < bottom - 0.5
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_the_llama_family_nothing_collides_and_no_line_runs_through_a_node(
    language: str,
) -> None:
    picture = draw(*llama_family(), root="LLaMA", options=FamilyOptions(language=language))
    assert sum(bool(box.name) for box in picture.boxes) == 34
    assert collisions(picture) == []
    assert run_through(picture) == []


def test_the_llama_family_fits_a_page() -> None:
    picture = draw(*llama_family(), root="LLaMA")
    assert picture.width < 1200
    assert picture.height < 0.85 * picture.width


def test_multimodal_models_stand_alone_in_their_region() -> None:
    picture = draw(*llama_family(), root="LLaMA")
    (frame,) = picture.frames
    region = (frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)
    inside = [box.name for box in picture.boxes if overlap(box.frame, region)]
    assert sorted(inside) == sorted(SEEING)
    assert frame.label is not None
    assert frame.label.text == "Multimodal models"


def test_edges_alike_share_one_label() -> None:
    picture = draw(*llama_family(), root="LLaMA")
    labels = [text.text for text in picture.texts if text.tooltip]
    assert labels.count("+ chinese data") == 1
    assert labels.count("+ chat data") == 3  # from LLaMA, Chinese LLaMA and Alpaca


def test_full_tuning_is_filled_and_parameter_efficient_tuning_outlined() -> None:
    fills = {box.name: box.fill for box in draw(*llama_family(), root="LLaMA").boxes}
    assert fills["ChatMed"] == "#ffffff"
    assert fills["Vicuna"] == fills["BenTsao"] != "#ffffff"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_the_gpt_series_nothing_collides(language: str) -> None:
    options = FamilyOptions(language=language)
    picture = draw(*gpt_series(), root="GPT", options=options)
    assert collisions(picture) == []
    assert [name for name in run_through(picture) if not name.startswith("+")] == []


def test_the_gpt_series_runs_right_with_its_members_in_a_box_and_chatgpt_at_the_end() -> None:
    picture = draw(*gpt_series(), root="GPT")
    boxes = {box.name: box for box in picture.boxes}
    lane = ["GPT-1", "GPT-2", "GPT-3", "Codex", "GPT-3.5", "GPT-4"]
    members = ["code-davinci-002", "text-davinci-002", "text-davinci-003", "gpt-3.5-turbo"]
    for names in (lane, members):
        assert [boxes[name].x for name in names] == sorted(boxes[name].x for name in names)
        assert len({round(boxes[name].y, 3) for name in names}) == 1
    (frame,) = picture.frames
    region = (frame.x, frame.y, frame.x + frame.width, frame.y + frame.height)
    inside = [box.name for box in picture.boxes if overlap(box.frame, region)]
    assert sorted(inside) == sorted(members)
    assert boxes["ChatGPT"].x > region[2]
    middle = boxes["ChatGPT"].x + boxes["ChatGPT"].width / 2
    assert middle == pytest.approx(boxes["GPT-4"].x + boxes["GPT-4"].width / 2)
    assert len(picture.arrows) == 3  # from the box, from GPT-4, and the legend's


def test_nodes_of_a_series_bear_their_dates_and_captions() -> None:
    picture = draw(*gpt_series(), root="GPT")
    texts = [text.text for box in picture.boxes for text in box.texts]
    assert "2018.06" in texts
    assert "2022.09" in texts
    assert {"decoder only", "generative pre-training"} <= {text.text for text in picture.texts}


def test_solid_lines_are_stated_by_the_makers_and_dashed_ones_are_not() -> None:
    models = [model("A"), model("B"), model("C")]
    relations = [edge("B", "A", explicit=True), edge("C", "B")]
    picture = draw(models, relations, "A", FamilyOptions(legend=False))
    assert {wire.tooltip.split(":")[0]: wire.dashed for wire in picture.wires} == {
        "B ← A": False,
        "C ← B": True,
    }


def test_what_a_line_passes_on_is_told_by_its_colour_and_by_its_arrow() -> None:
    kinds = [RelationKind.CONTINUED, TUNED, DATA]
    models = [model("A"), *(model(str(kind)) for kind in kinds)]
    relations = [edge(str(kind), "A", kind) for kind in kinds]
    picture = draw(models, relations, "A", FamilyOptions(legend=False))
    ends = [wire for wire in picture.wires if wire.arrow]
    assert len({wire.colour for wire in ends}) == 3
    assert sorted(wire.arrow for wire in ends) == ["filled", "filled", "hollow"]


def test_unreviewed_models_have_dashed_outlines_and_the_legend_says_so() -> None:
    models = [model("A"), model("B", status=ModelStatus.ACCEPTED)]
    picture = draw(models, [edge("B", "A")], "A")
    assert {box.name: box.dashed for box in picture.boxes if box.name} == {"A": False, "B": True}
    assert "not reviewed yet" in {text.text for text in picture.texts}


def test_the_legend_explains_what_occurs_and_no_more() -> None:
    words = {text.text for text in draw([model("A"), model("B")], [edge("B", "A")], "A").texts}
    assert {"model inheritance", "reported or inferred"} <= words
    assert not words & {"data inheritance", "stated by the makers", "product", "full tuning"}


def test_an_edge_whose_colour_says_too_little_is_labelled_with_its_kind() -> None:
    models = [model("A"), model("B"), model("C")]
    relations = [edge("B", "A", RelationKind.QUANTISED), edge("C", "A", RelationKind.MERGE, "x")]
    labels = {text.text for text in draw(models, relations, "A").texts if text.tooltip}
    assert labels == {"quantised", "x"}


def test_several_relations_of_one_colour_are_one_line_with_all_their_evidence() -> None:
    relations = [edge("B", "A", explicit=True), edge("B", "A", RelationKind.FINE_TUNING)]
    graph = build_graph([model("A"), model("B")], relations, "A", FamilyOptions())
    (only,) = graph.edges
    assert only.explicit
    assert only.tooltip == (
        "B ← A: instruction tuning\n"
        'stated by the makers: 2301.00001v1, abstract: "B starts from A."\n'
        "B ← A: fine-tuning\n"
        "reported by others: 2301.00001v1, abstract"
    )


def test_a_circle_is_drawn_with_an_arrow_that_leads_back() -> None:
    models = [model("A"), model("B"), model("C")]
    relations = [edge("B", "A"), edge("C", "B"), edge("A", "C"), edge("A", "A")]
    for orientation in ("down", "right"):
        options = FamilyOptions(orientation=orientation, legend=False)
        picture = draw(models, relations, "A", options)
        assert sum(bool(wire.arrow) for wire in picture.wires) == 3
        assert collisions(picture) == []


def test_a_series_built_on_its_own_member_and_edges_between_rows_are_drawn() -> None:
    models, relations = gpt_series()
    models += [model("InstructGPT", "2022.01"), model("WebGPT", "2021.12"), model("davinci")]
    relations += [
        edge("GPT-3.5", "code-davinci-002"),
        edge("InstructGPT", "GPT-3"),
        edge("WebGPT", "GPT-3"),
        edge("ChatGPT", "InstructGPT", RelationKind.SUCCESSOR, "same way of training"),
        edge("text-davinci-002", "InstructGPT", DATA),
    ]
    picture = draw(models, relations, "GPT")
    assert collisions(picture) == []
    assert [name for name in run_through(picture) if name in {one.name for one in models}] == []
    assert len(picture.frames) == 2  # the series' members, and davinci of whom nothing is known
    assert "same way of training" in {text.text for text in picture.texts}


def test_nothing_and_a_single_model_can_be_drawn() -> None:
    for models in ([], [model("A")]):
        for orientation in ("down", "right"):
            svg = render_family_svg(
                models, [], root="A", options=FamilyOptions(orientation=orientation)
            )
            ET.fromstring(svg)


def test_the_svg_is_the_same_each_time_and_says_what_it_is() -> None:
    models, relations = llama_family()
    svg = render_family_svg(models, relations, root="LLaMA")
    assert svg == render_family_svg(models, relations, root="LLaMA")
    found = ET.fromstring(svg)
    title = found.find(f"{SVG}title")
    assert title is not None
    assert title.text == (
        "The LLaMA family: 34 models, 41 relations. Solid lines: the makers state the relation; "
        "dashed: others report or infer it."
    )


def test_odd_names_are_escaped_and_linked() -> None:
    name = 'A<b> & "c"'
    child = Model(name, ModelStatus.CURATED, paper="2301.00002")
    svg = render_family_svg([child, model("P")], [edge(name, "P")], root="P")
    found = ET.fromstring(svg)
    assert name in {text.text for text in found.iter(f"{SVG}text")}
    assert [link.get("href") for link in found.iter(f"{SVG}a")] == [
        "https://arxiv.org/abs/2301.00002"
    ]


def test_the_chinese_figure_is_chinese() -> None:
    svg = render_family_svg(*llama_family(), root="LLaMA", options=FamilyOptions(language="zh"))
    for words in ("+ 中文数据，+ 对话数据", "医学", "多模态模型", "参数高效微调", "LLaMA 家族"):
        assert words in svg
    assert "Multimodal" not in svg


def test_the_page_has_a_row_for_each_claim_with_its_sentence() -> None:
    models = [model("A"), model("B"), model("C")]
    relations = [edge("B", "A", explicit=True), Relation("C", "A", TUNED)]
    page = render_family_html(models, relations, root="A")
    rows = re.findall(r"<tr.*?</tr>", page.split("<tbody>")[1])
    assert len(rows) == 2
    assert "<q>B starts from A.</q>" in rows[0]
    assert 'href="https://arxiv.org/abs/2301.00001v1"' in rows[0]
    assert "no claim" in rows[1]
    assert "<script" not in page


def test_the_tree_shows_a_model_again_below_each_parent_but_its_children_once() -> None:
    models = [model("A", "2020.01"), model("B"), model("C"), model("D")]
    relations = [
        edge("B", "A", explicit=True),
        edge("C", "A", DATA, "+ chat data"),
        edge("C", "B"),
        edge("D", "C"),
    ]
    assert render_family_text(models, relations, root="A").splitlines() == [
        "A  2020.01",
        "├─ B  instruction tuning",
        "│  └╌ C  instruction tuning",
        "│     └╌ D  instruction tuning",
        "└╌ C  data inheritance (+ chat data) ↑",
        "",
        "─ stated by the makers  ╌ reported or inferred  ↑ shown above",
    ]


def test_a_circle_ends_in_the_tree() -> None:
    text = render_family_text([model("A"), model("B")], [edge("B", "A"), edge("A", "B")], root="A")
    assert text.splitlines()[:3] == [
        "A",
        "└╌ B  instruction tuning",
        "   └╌ A  instruction tuning ↑",
    ]


def test_mermaid_has_boxes_solid_dotted_and_thick_arrows() -> None:
    lines = render_family_mermaid(*gpt_series(), root="GPT").splitlines()
    assert lines[0] == "flowchart LR"
    assert sum(line.startswith("  subgraph") for line in lines) == 1
    assert '  n3 -->|"+code"| n4' in lines
    assert "  n1 -.-> n2" in lines
    assert "  n6 ==> n11" in lines
    assert render_family_mermaid([model('a"b')], [], root="x").count("#34;") == 1


def test_dot_has_all_nodes_and_edges() -> None:
    dot = render_family_dot(*llama_family(), root="LLaMA")
    assert dot.count(" -> ") == 41
    assert "subgraph cluster_" in dot
    assert '"Alpaca" -> "Koala" [label="+ task data"' in dot
    assert dot.count("{") == dot.count("}")


def test_tikz_is_balanced_and_escapes_what_latex_would_read() -> None:
    tikz = render_family_tikz([model("A_1 & B"), model("PanGu-α")], [], root="A_1 & B")
    assert r"A\_1 \& B" in tikz
    assert r"PanGu-$\alpha$" in tikz
    assert tikz.count("{") - tikz.count(r"\{") == tikz.count("}") - tikz.count(r"\}")
    assert tikz.count(r"\begin{tikzpicture}") == tikz.count(r"\end{tikzpicture}") == 1
    assert escape_latex("Σ{%}") == r"$\Sigma$\{\%\}"
    chinese = render_family_tikz([model("悟道")], [], root="悟道")
    assert chinese.startswith("% Chinese text: compile with XeLaTeX")


def test_names_are_parted_where_they_may_be() -> None:
    assert wrapped("Linly-Chinese-LLaMA", 12, 100) == ("Linly-Chinese-", "LLaMA")
    assert wrapped("Wombat", 12, 10) == ("Wombat",)
    assert wrapped("", 12, 10) == ()
    assert "".join(wrapped("探索规模的极限", 10, 40)) == "探索规模的极限"


def test_isotonic_numbers_rise_and_keep_their_weighted_mean() -> None:
    assert isotonic([3.0, 1.0, 5.0], [1.0, 3.0, 1.0]) == [1.5, 1.5, 5.0]


def test_arcs_that_lead_back_are_found() -> None:
    assert break_cycles(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c")]) == set()
    assert break_cycles(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")]) == {("c", "a")}


def test_leaves_of_a_rank_that_is_too_broad_move_on() -> None:
    blocks = [Block("r", 50, 20), *(Block(f"l{number}", 50, 20) for number in range(6))]
    trunk = Trunk("t", "r", tuple(block.key for block in blocks[1:]))
    ranks = assign_ranks(blocks, [trunk], limit=200)
    assert sorted(ranks.values()) == [0, 1, 1, 1, 2, 2, 2]


NAMES = [f"Model-{number}" + " Chat" * (number % 3) for number in range(14)]
LABELS = ["", "", "+ chat data", "RLHF", "+ a rather long label, + data"]
EDGES = st.lists(
    st.tuples(
        st.integers(0, 13),
        st.integers(0, 13),
        st.sampled_from([TUNED, DATA, RelationKind.CONTINUED, RelationKind.SUCCESSOR]),
        st.sampled_from(LABELS),
    ),
    max_size=22,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(EDGES, st.sets(st.integers(0, 13), max_size=5))
def test_in_any_family_nothing_collides_and_no_line_runs_through_a_node(
    pairs: list[tuple[int, int, RelationKind, str]], seeing: set[int]
) -> None:
    models = [
        model(name, "2022.03", **({"domain": "multimodal"} if number in seeing else {}))
        for number, name in enumerate(NAMES)
    ]
    relations = [
        edge(NAMES[max(one, other)], NAMES[min(one, other)], kind, label)
        for one, other, kind, label in pairs
    ]
    for orientation in ("down", "right"):
        options = FamilyOptions(orientation=orientation, width=500)
        picture = draw(models, relations, NAMES[0], options)
        assert collisions(picture) == []
        assert [name for name in run_through(picture) if name in NAMES] == []
