"""SVG to PNG and PDF."""

from __future__ import annotations

import re
import struct
import zlib

import pytest

from littrack.present.pdf_order import put_in_order
from littrack.present.pictures import (
    chinese_characters,
    missing_characters,
    render_pdf,
    render_png,
)
from littrack.present.svg import FONT_FAMILY, character_widths, element, text_element


def figure(*texts: str) -> str:
    lines = [text_element(text, 5, 30 * (n + 1), font_size=20) for n, text in enumerate(texts)]
    lines.append(element("rect", x=0, y=0, width=20, height=5, fill="#ff0000", opacity=0.5))
    size = f'width="200" height="100" viewBox="0 0 200 100" font-family="{FONT_FAMILY}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(lines)}</svg>'


def test_a_picture_has_the_figures_size_times_the_scale() -> None:
    for scale, size in ((1.0, (200, 100)), (2.5, (500, 250))):
        png = render_png(figure("PaLM"), scale)
        assert png.startswith(b"\x89PNG\r\n")
        assert struct.unpack(">II", png[16:24]) == size


def test_the_same_figure_gives_the_same_bytes() -> None:
    svg = figure("PaLM", "盘古-Σ")
    assert render_png(svg) == render_png(svg)
    assert len({render_pdf(svg) for _ in range(5)}) == 1


def test_chinese_is_drawn_and_not_shown_as_boxes() -> None:
    drawn = {render_png(figure(sign)) for sign in ("语", "言", "語", "龍", "、")}
    assert len(drawn) == 5  # five boxes would be one picture
    assert b"LittrackSansSC" in render_pdf(figure("语言"))


def test_our_fonts_hold_simplified_and_traditional_chinese() -> None:
    common = "中文大语言模型时间线公开可用，。、；：（）《》「」——繁體語言模型門戶龍臺灣"
    assert missing_characters(figure(common)) == ""
    gb2312 = {bytes((a, b)) for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF)}
    signs = {cell.decode("gb2312", "ignore") for cell in gb2312} - {""}
    assert len(signs) == 6763
    assert signs <= chinese_characters()
    assert not chinese_characters() & character_widths().keys()


def test_characters_that_no_font_of_ours_has_are_named() -> None:
    svg = figure("GPT-4 한국 &amp; 😀", "한 α")
    assert missing_characters(svg) == "국한😀"
    titled = svg.replace("<rect", "<title>ไทย</title><text><title>ไทย</title>x</text><rect")
    assert missing_characters(titled) == "국한😀"  # titles are not drawn


def test_a_pdf_file_in_order_is_a_whole_pdf_file() -> None:
    pdf = render_pdf(figure("PaLM", "盘古"))
    start = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    table = pdf[start:].split(b"\n")
    count = int(table[1].split()[1])
    assert table[0] == b"xref"
    for number, entry in enumerate(table[3 : 2 + count], 1):
        assert len(entry) == 19
        assert pdf[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)
    referred = {int(one) for one in re.findall(rb"\b(\d+) 0 R\b", pdf)}
    assert referred == set(range(1, count))
    streams = re.findall(rb"/Filter /FlateDecode\n.*?stream\n(.*?)\nendstream", pdf, re.DOTALL)
    assert any(b"\nBT\n" in zlib.decompress(stream) for stream in streams)  # text stays text


def a_pdf(objects: list[tuple[int, bytes]], root: int) -> bytes:
    """A file with these objects, as the converter writes one."""
    pdf, places = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n", {}
    for number, content in objects:
        places[number] = len(pdf)
        pdf += b"%d 0 obj\n%s\nendobj\n\n" % (number, content)
    size = len(objects) + 1
    table = b"".join(b"%010d 00000 n\r\n" % places[number] for number in sorted(places))
    head = b"xref\n0 %d\n0000000000 65535 f\r\n%s" % (size, table)
    tail = b"trailer\n<<\n  /Size %d\n  /Root %d 0 R\n>>\nstartxref\n%d\n%%%%EOF" % (
        *(size, root),
        len(pdf),
    )
    return pdf + head + tail


def test_objects_in_any_order_and_under_any_number_give_one_file() -> None:
    fonts = b"<<\n  /Font <<\n    /fo%d %d 0 R\n    /fo%d %d 0 R\n  >>\n>>"
    one = a_pdf([(1, fonts % (2, 2, 10, 3)), (2, b"(a)"), (3, b"(2 0 R) stream\n9 0 R")], 1)
    other = a_pdf([(1, b"(2 0 R) stream\n9 0 R"), (2, b"(a)"), (3, fonts % (10, 1, 2, 2))], 3)
    assert one != other
    assert put_in_order(one).replace(b"(2", b"(3") == put_in_order(other).replace(b"(2", b"(3")
    assert b"stream\n9 0 R" in put_in_order(one)  # what is in a stream is no reference
    assert put_in_order(put_in_order(one)) == put_in_order(one)


@pytest.mark.parametrize(
    "pdf",
    [
        b"%PDF-1.7\ntrailer <<>>\nstartxref\n3\n%%EOF",
        a_pdf([(1, b"(a)")], 1).replace(b"1 0 obj", b"7 0 obj"),
    ],
)
def test_a_pdf_file_that_is_built_otherwise_is_refused(pdf: bytes) -> None:
    with pytest.raises(ValueError, match=r"of the PDF file|of its objects"):
        put_in_order(pdf)
