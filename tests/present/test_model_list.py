"""The list of models of a survey's repository."""

from __future__ import annotations

from littrack.claims import ModelField, ModelStatus
from littrack.present.model_list import render_model_list
from model_builders import a_model, palm

F = ModelField
T5 = a_model("T5", {F.RELEASE: "2019-10-23", F.SIZE: "11B", F.ACCESS: "open"}, paper="1910.10683")
CHAT = a_model(
    "Chat|X",
    {F.ACCESS: "open", F.LINK: "https://example.org/chat (x)"},
    status=ModelStatus.CANDIDATE,
)


def test_the_list_has_a_section_for_public_and_one_for_closed_models() -> None:
    assert render_model_list([palm(), CHAT, T5]) == (
        "## Publicly available\n"
        "\n"
        "| Model | Release time | Size (B) | Link |\n"
        "| --- | --- | ---: | --- |\n"
        "| T5 | 2019/10 | 11 | [Paper](https://arxiv.org/abs/1910.10683) |\n"
        "| Chat\\|X *unverified* | - | - | [Page](https://example.org/chat%20%28x%29) |\n"
        "\n"
        "## Closed source\n"
        "\n"
        "| Model | Release time | Size (B) | Link |\n"
        "| --- | --- | ---: | --- |\n"
        "| PaLM | 2022/04 | 540 | [Paper](https://arxiv.org/abs/2204.02311) |\n"
    )


def test_the_list_is_written_in_chinese() -> None:
    assert render_model_list([T5, a_model("某模型")], "zh") == (
        "## 公开可用\n"
        "\n"
        "| 模型 | 发布时间 | 参数量 (B) | 链接 |\n"
        "| --- | --- | ---: | --- |\n"
        "| T5 | 2019/10 | 11 | [论文](https://arxiv.org/abs/1910.10683) |\n"
        "\n"
        "## 未注明是否公开\n"
        "\n"
        "| 模型 | 发布时间 | 参数量 (B) | 链接 |\n"
        "| --- | --- | ---: | --- |\n"
        "| 某模型 | - | - | - |\n"
    )


def test_no_models_make_no_list() -> None:
    assert render_model_list([]) == ""
