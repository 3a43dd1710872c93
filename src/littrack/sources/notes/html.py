"""HTML saved from a blog, or the HTML of a Zotero note -> a manuscript.

The article is taken where the page says it is (its element or the class that the blogs of the
field use), else where the most text with the fewest links stands. All of it stays, also what a
blog puts around it: `littrack.analysis.boilerplate` says what that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from littrack.errors import InputError
from littrack.notes import PassageKind
from littrack.sources.notes.manuscript import Manuscript

_UNSEEN = (
    "script style noscript template svg canvas iframe object embed form button input select "
    "textarea nav head link meta video audio dialog"
)  # fmt: skip
_UNSEEN_TAGS = frozenset(_UNSEEN.split())
_ARTICLES = (
    "//*[@id='js_content']",  # WeChat
    "//*[@id='content_views']",  # CSDN
    "//*[contains(concat(' ',@class,' '),' Post-RichText ')]",  # Zhihu
    "//*[contains(concat(' ',@class,' '),' article-content ')]",  # Juejin and others
    "//*[@id='cnblogs_post_body']",
    "//article",
    "//main",
    "//*[@role='main']",
)
_LEAST_TEXT = 200  # characters that an element must have to be taken for the article
_BLOCK_TAGS = (
    "p div section article main header footer aside h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table "
    "thead tbody tfoot tr td th pre blockquote figure figcaption hr br address details summary"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_KINDS = {
    "li": PassageKind.ITEM, "dd": PassageKind.ITEM, "blockquote": PassageKind.QUOTE,
    "pre": PassageKind.CODE,
}  # fmt: skip
_LAYOUT = frozenset(("table", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "section"))
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_DEEPEST = 40
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


def parse_page(text: str) -> etree._Element:
    """The root of a page.

    Raises:
        InputError: there is nothing in it.
    """
    try:
        # As bytes: a declaration of another encoding inside the page must not be believed.
        data = text.removeprefix("\ufeff").replace("\0", " ").encode("utf-8", "replace")
        root = lxml_html.document_fromstring(data, parser=_utf8_parser())
    except (etree.ParserError, etree.LxmlError, ValueError) as exc:
        raise InputError(f"this is no HTML page ({exc})") from exc
    return root


def _utf8_parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )


def page_title(root: etree._Element) -> str:
    """What the page calls itself."""
    for path in ("//meta[@property='og:title']/@content", "//title/text()", "//h1//text()"):
        found = root.xpath(path)
        if isinstance(found, list) and found and str(found[0]).strip():
            return " ".join(str(found[0]).split())
    return ""


def add_page(root: etree._Element, manuscript: Manuscript) -> None:
    """The article of a page, block by block."""
    _Writer(manuscript).write(_article(root))


def add_fragment(text: str, manuscript: Manuscript, below: int = 0) -> None:
    """A piece of HTML, such as a note in Zotero, all of it; its headings stand below others."""
    if "<" not in text:
        manuscript.add(text)
    elif text.strip():
        _Writer(manuscript, below).write(parse_page(text))


def _article(root: etree._Element) -> etree._Element:
    for path in _ARTICLES:
        found = root.xpath(path)
        elements = (
            [each for each in found if isinstance(each, etree._Element)]
            if isinstance(found, list)
            else []
        )
        if len(elements) == 1 and _text_length(elements[0]) >= _LEAST_TEXT:
            return elements[0]
    body = root.find(".//body")
    return _densest(root if body is None else body)


def _densest(root: etree._Element) -> etree._Element:
    """The innermost element that holds most of the text outside links."""
    best = root
    for _ in range(_DEEPEST):
        most = max(_own(best), default=(0, None), key=lambda found: found[0])
        if most[1] is None or most[0] < 0.8 * _prose(best) or most[0] < _LEAST_TEXT:
            return best
        best = most[1]
    return best


def _own(element: etree._Element) -> list[tuple[int, etree._Element | None]]:
    return [
        (_prose(child), child)
        for child in element
        if child.tag in ("div", "section", "td", "center")
    ]


def _prose(element: etree._Element) -> int:
    links = sum(_text_length(link) for link in element.iter("a"))
    return _text_length(element) - 2 * links


def _text_length(element: etree._Element) -> int:
    return sum(
        len(each.text or "") for each in element.iter() if each.tag not in _UNSEEN_TAGS
    ) + sum(len(each.tail or "") for each in element.iter() if each is not element)


class _Writer:
    """Walks the elements of a page and writes the blocks that they make."""

    def __init__(self, manuscript: Manuscript, below: int = 0) -> None:
        self._manuscript, self._below = manuscript, below
        self._words: list[str] = []
        self._length = 0  # of all of them
        self._links: list[tuple[int, int, str]] = []
        self._kind, self._level = PassageKind.PARAGRAPH, 0

    def write(self, root: etree._Element) -> None:
        """Every block below an element."""
        row: etree._Element | None = None
        for event, element in _walk(root):
            tag = str(element.tag)
            if row is not None and element is not row:
                continue
            if tag == "tr" and (row is not None or _is_data(element)):
                row = element if event == "start" else None
                if event == "end":
                    self._finish_row(element)
                else:
                    self._finish(False)
                continue
            if tag in _BLOCKS or tag in _KINDS:
                self._finish(tag == "pre" and event == "end")
                self._begin(element, tag, event)
            elif tag == "a" and event == "start":
                self._links.append((self._length, -1, element.get("href") or ""))
            if event == "start":
                self._say(element.text)
            else:
                if tag == "a":
                    self._close_link()
                self._say(element.tail if element is not root else None)
        self._finish(False)

    def _begin(self, element: etree._Element, tag: str, event: str) -> None:
        self._kind, self._level = PassageKind.PARAGRAPH, 0
        if event == "start" and re.fullmatch("h[1-6]", tag):
            self._kind, self._level = PassageKind.HEADING, int(tag[1]) + self._below
            return
        inner = element if event == "start" else element.getparent()
        while inner is not None:
            kind = _KINDS.get(str(inner.tag))
            if kind is not None:
                self._kind = kind
                return
            inner = inner.getparent()

    def _say(self, words: str | None) -> None:
        if words:
            self._words.append(words)
            self._length += len(words)

    def _close_link(self) -> None:
        if self._links and self._links[-1][1] < 0:
            start, _, target = self._links[-1]
            self._links[-1] = start, self._length, target

    def _finish_row(self, element: etree._Element) -> None:
        cells = [_words(cell) for cell in element if cell.tag in ("td", "th")]
        words = " | ".join(cells) if any(cells) else ""
        links = [(_words(link), link.get("href") or "") for link in element.iter("a")]
        self._add(words, PassageKind.ROW, 0, links)

    def _finish(self, is_verbatim: bool) -> None:
        raw = "".join(self._words)
        words = raw.strip("\r\n") if is_verbatim else _SPACES.sub(" ", raw).strip()
        links = [
            (_SPACES.sub(" ", raw[begin:end]).strip(), target)
            for begin, end, target in self._links
            if end > begin
        ]
        self._words, self._links, self._length = [], [], 0
        self._add(words, self._kind, self._level, links)

    def _add(self, words: str, kind: PassageKind, level: int, links: list[tuple[str, str]]) -> None:
        start = self._manuscript.add(words, kind, level)
        words, place = words.strip(), 0
        for label, target in links:
            at = words.find(label, place) if label else -1
            if at >= 0 and target.startswith(("http://", "https://")):
                place = at + len(label)
                self._manuscript.add_link(start + at, start + place, target, label)


def _words(element: etree._Element) -> str:
    return _SPACES.sub(" ", "".join(map(str, element.itertext()))).strip()


def _is_data(row: etree._Element) -> bool:
    """Whether a row holds values; old pages lay out everything with tables."""
    return not any(inner.tag in _LAYOUT for inner in row.iter())


def _walk(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of every element that can be seen, in order; without recursion."""
    stack: list[tuple[etree._Element, Iterator[etree._Element]]] = [(root, iter(root))]
    yield "start", root
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "end", element
        elif _is_unseen(child):
            # What follows it belongs to the page all the same.
            ghost = etree.Element("span")
            ghost.tail = child.tail
            yield "start", ghost
            yield "end", ghost
        else:
            yield "start", child
            stack.append((child, iter(child)))


def _is_unseen(element: etree._Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN_TAGS:
        return True
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
