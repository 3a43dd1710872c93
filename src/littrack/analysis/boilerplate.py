"""What a blog or a scraper put around a note: found and shown, never cut away.

Three kinds of evidence, each sure by itself:

    a line        that only such pages have: a copyright notice, "follow me", a place for a picture
    a section     under "related articles", where titles and broken-off beginnings take turns
    a tail        of tags, counts and buttons behind the last sentence

All are matched in the folded text, so in either script and with pinyin in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from littrack.analysis.note_hygiene import fold_passage
from littrack.identifiers import find_arxiv_ids
from littrack.notes import Note, Passage, PassageKind
from littrack.text import language, script

_LINE = re.compile(
    r"当前位置\s*[:：]|首页\s*[>»]|(?:在这里|请添加)?(?:插入)?图片描述$|在这里插入图片描述"
    r"|(?:.{0,10}版权声明\s*[:：])|著作权归作者所有|版权归(?:原)?作者所有|本文为.{0,20}原创(?:文章)?[,,].{0,40}"
    r"|.{0,30}未经(?:作者|本人|许可|授权|允许).{0,10}(?:转载|使用)|.{0,20}转载(?:请|需)(?:注明|附上|联系)"
    r"|.{0,40}遵循\s*cc\s*[\d.]*\s*by|最低\s*[\d.]+\s*元/天|.{0,20}解锁(?:文章|全文)$|.{0,20}开通会员"
    r"|.{0,20}(?:扫码|长按|扫描).{0,12}(?:关注|二维码|识别)|.{0,12}(?:欢迎)?关注(?:我的?|本)?(?:的)?(?:微信)?公众号"
    r"|欢迎关注我的|微信扫一扫|.{0,10}点击(?:上方|下方|文末)?.{0,6}(?:蓝字|阅读原文|关注)|阅读原文$"
    r"|免责声明\s*[:：]|.{0,20}(?:如有|若有)?侵权.{0,8}(?:联系|删除)"
    r"|(?:上|下)一篇\s*[:：]|(?:编辑|发布)于\s*\d{4}-\d\d.{0,40}$|到了这里[,,]?关于|.{0,30}文章就介绍(?:完|到这)"
    r"|文章来源(?:地址)?\s*[:：]?\s*https?://\S+$|本文地址\s*[:：]\s*https?://\S+$"
    r"|(?:网盘|下载)(?:链接|地址)?\s*[:：]\s*https?://(?:pan|yun)\.\S+|提取码\s*[:：]"
    r"|(?:分类专栏|文章标签|阅读量|阅读数)\s*[:：\d]|(?:已)?赞同\s*\d+.{0,40}$"
)  # fmt: skip
_RELATED = re.compile(
    r"[#*\s]*(?:相关(?:文章|推荐|阅读|内容|博文|帖子)|(?:猜你|你可能(?:还|也)?)(?:感兴趣|喜欢).{0,4}"
    r"|热门(?:文章|推荐|博文)"
    r"|最新(?:文章|评论|发布)|往期(?:精彩|推荐|回顾|文章).{0,4}|更多(?:精彩|文章|推荐).{0,4}|精彩推荐|为你推荐"
    r"|推荐(?:文章|阅读)|related (?:articles|posts|reading)|you (?:may|might) also like"
    r"|more from .{1,30})[\s:：*]*"
)
_CUT = re.compile(
    r"(?P<source>文章来源(?:地址)?\s*[:：]?\s*https?://[^\s，。]+|(?:原文|本文)(?:链接|地址)\s*[:：]\s*https?://[^\s，。]+)\s*$"
)
_BUTTON = re.compile(
    r"(?:点赞|收藏|评论|关注|分享|举报|打赏|在看|阅读量?|浏览量?|赞同?|踩|喜欢|登录|注册|发布|发表|写|请先|文章|粉丝"
    r"|回复|转发|条|人|次|个|相关推荐|全部|查看|\+|\d|[\s:：|/、,，.·()（）-])+"
)
_BUTTON_WORD = re.compile(
    "点赞|收藏|评论|关注|分享|举报|打赏|在看|阅读|浏览|赞|登录|粉丝|相关推荐|文章|转发"
)
_BROKEN_OFF = re.compile(r"(?:…|\.{3})\s*(?:\[.{0,10}\])?$")
_SENTENCE = re.compile(r"[。！？!?；;]|\.\s|\.$")
_ADDRESS = re.compile(r"https?://\S+")
_SHORT = 30  # characters of a line of a menu
_LEAST_BROKEN_OFF = 0.3  # of the long passages of a section of related articles
_LEAST_BUTTONS, _BUTTON_SHARE = 3, 0.4  # of the lines of a tail
_OWN_LIST = 0.5  # of the entries with an arXiv id: then the section is the writer's reading list
_OUTLINED = {"markdown", "docx", "zotero"}  # formats whose headings tell where a section ends


def mark_boilerplate(note: Note) -> Note:
    """The note, what is not its writer's marked as such and in no heading above another passage."""
    passages = _cut_sources(note.passages)
    found = find_boilerplate(passages, is_outlined=note.format in _OUTLINED)
    titles = {
        _bare(passages[place].text) for place in found
        if passages[place].kind is PassageKind.HEADING
    }  # fmt: skip
    marked = tuple(
        replace(
            passage,
            number=place,
            kind=PassageKind.BOILERPLATE if place in found else passage.kind,
            headings=passage.headings
            if place in found
            else tuple(each for each in passage.headings if _bare(each) not in titles),
        )
        for place, passage in enumerate(passages)
    )
    spans = [marked[place].span for place in found]
    kept = tuple(
        each for each in note.references
        if not any(start <= each.span[0] < end for start, end in spans)
    )  # fmt: skip
    return replace(note, passages=marked, references=kept)


def _bare(heading: str) -> str:
    return heading.strip(" \t#*:：")


def share_of_boilerplate(note: Note) -> float:
    """How much of a note's text is not its writer's, by characters of its passages."""
    sizes = [(one.span[1] - one.span[0], one.kind) for one in note.passages]
    total = sum(size for size, _ in sizes)
    foreign = sum(size for size, kind in sizes if kind is PassageKind.BOILERPLATE)
    return foreign / total if total else 0.0


def find_boilerplate(passages: Sequence[Passage], *, is_outlined: bool = False) -> frozenset[int]:
    """The places of the passages that are not the writer's own.

    `is_outlined`: headings tell where a section ends; else "related articles" go to the end.
    """
    folded = [fold_passage(passage.text).text.strip() for passage in passages]
    found = {
        place
        for place, words in enumerate(folded)
        if len(words) < 300 and _LINE.match(words) and passages[place].kind is not PassageKind.CODE
    }
    for place, words in enumerate(folded):
        if place not in found and len(words) <= _SHORT and _RELATED.fullmatch(words):
            end = _section_end(passages, place) if is_outlined else len(passages)
            if _are_related(passages, folded, place + 1, end):
                found.update(range(place, end))
    found.update(_find_tail(passages, folded, found))
    return frozenset(found)


def _cut_sources(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, a scraper's "source: address" at the end of one made a passage of its own."""
    pieces: list[Passage] = []
    for passage in passages:
        found = _CUT.search(passage.text) if passage.kind is not PassageKind.CODE else None
        if found is None or not passage.text[: found.start()].strip():
            pieces.append(passage)
            continue
        middle = passage.span[0] + found.start()
        for start, end in ((passage.span[0], middle), (middle, passage.span[1])):
            words = passage.text[start - passage.span[0] : end - passage.span[0]]
            pieces.append(
                replace(
                    passage,
                    span=(start, end),
                    text=words,
                    language=language(words),
                    script=script(words),
                )
            )
    return pieces


def _section_end(passages: Sequence[Passage], place: int) -> int:
    """Where the section of a heading ends."""
    depth = len(passages[place].headings)
    for later in range(place + 1, len(passages)):
        if len(passages[later].headings) <= depth:
            return later
    return len(passages)


def _are_related(passages: Sequence[Passage], folded: Sequence[str], start: int, end: int) -> bool:
    """Whether a section is a blog's list of other articles, not the writer's list of papers."""
    if start >= end:
        return True  # the heading of an empty list
    items = [words for words in folded[start:end] if words]
    cited = sum(bool(find_arxiv_ids(words)) for words in items)
    references = sum(one.kind is PassageKind.REFERENCE for one in passages[start:end])
    if cited >= _OWN_LIST * len(items) or references:
        return False
    long = [words for words in items if len(words) > _SHORT]
    broken_off = sum(bool(_BROKEN_OFF.search(words)) for words in long)
    if long and broken_off >= _LEAST_BROKEN_OFF * len(long) and broken_off > 1:
        return True
    # Else only titles or links: none of them is a sentence.
    stated = sum(bool(_SENTENCE.search(_ADDRESS.sub("", words))) for words in items)
    return stated <= 0.2 * len(items)


def _find_tail(passages: Sequence[Passage], folded: Sequence[str], known: set[int]) -> set[int]:
    """The tags, counts and buttons behind the last sentence."""
    first = len(passages)
    while first and (first - 1 in known or _may_be_tail(passages[first - 1], folded[first - 1])):
        first -= 1
    tail = [place for place in range(first, len(passages)) if place not in known]
    is_button = [_is_button(folded[place]) for place in tail]
    buttons = sum(is_button)
    for number in range(len(tail)):  # short lines of the writer's own may stand before it
        if buttons >= _LEAST_BUTTONS and buttons >= _BUTTON_SHARE * (len(tail) - number):
            return set(tail[number:])
        buttons -= is_button[number]
    return set()


def _may_be_tail(passage: Passage, words: str) -> bool:
    kinds = (PassageKind.REFERENCE, PassageKind.ROW, PassageKind.CODE, PassageKind.ANNOTATION)
    return passage.kind not in kinds and len(words) <= _SHORT and not _SENTENCE.search(words)


def _is_button(words: str) -> bool:
    return bool(_BUTTON.fullmatch(words) and _BUTTON_WORD.search(words))
