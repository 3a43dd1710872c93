from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO

from fontTools.ttLib import TTFont

from littrack.present.embedded_font import FAMILY, embed_font

FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9"><text>大模型 timeline</text></svg>'


def embedded(document: str) -> TTFont:
    found = re.search(r"base64,([A-Za-z0-9+/=]+)", document)
    assert found is not None
    return TTFont(BytesIO(b64decode(found[1])))


def test_a_figure_brings_exactly_the_chinese_characters_it_shows() -> None:
    font = embedded(embed_font(FIGURE))
    shown = {chr(code) for code in font.getBestCmap()}
    assert shown == set("大模型")
    assert font["name"].getDebugName(1) == FAMILY


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert embed_font(FIGURE) == embed_font(FIGURE)
    assert embed_font(FIGURE).endswith("<text>大模型 timeline</text></svg>")


def test_a_page_gets_one_font_in_its_head() -> None:
    page = f"<!DOCTYPE html><html><head></head><body>{FIGURE}</body></html>"
    found = embed_font(page)
    assert found.count("@font-face") == 1
    assert found.index("<head>") < found.index("@font-face") < found.index("</head>")


def test_a_figure_without_chinese_stays_as_it_is() -> None:
    assert embed_font("<svg><text>timeline</text></svg>") == "<svg><text>timeline</text></svg>"
    assert embed_font("大模型") == "大模型"
