"""Who made a model, as notes say it: organisations in two languages, and the country of some."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What notes write in Chinese, and the name that catalogues use.
_CHINESE_NAMES = """
    谷歌 Google | 微软 Microsoft | 英伟达 NVIDIA | 脸书 Meta | 清华大学 Tsinghua University
    清华 Tsinghua | 阿里巴巴 Alibaba | 阿里 Alibaba | 百度 Baidu | 华为 Huawei | 腾讯 Tencent
    智谱 Zhipu AI | 斯坦福大学 Stanford | 斯坦福 Stanford | 亚马逊 Amazon | 深度求索 DeepSeek
    字节跳动 ByteDance | 商汤 SenseTime | 复旦大学 Fudan | 智源 BAAI | 浪潮 Inspur
    百川智能 Baichuan | 中国人民大学 Renmin University of China | 北京大学 Peking University
    上海人工智能实验室 Shanghai AI Lab | 苹果 Apple
"""
_ENGLISH_NAMES = """
    OpenAI | Google DeepMind | Google Research | Google Brain | Google | DeepMind | Meta AI | Meta
    Facebook | Microsoft | NVIDIA | Anthropic | EleutherAI | Databricks | Mistral AI | Salesforce
    Cohere | BigScience | Hugging Face | Tsinghua University | Tsinghua | Alibaba | Baidu | Huawei
    Tencent | Zhipu AI | Stanford | Amazon | AI21 Labs | Aleph Alpha | DeepSeek | ByteDance
    SenseTime | BAAI | Inspur | Baichuan | Apple | IBM | Allen Institute for AI | NAVER | Yandex
    Technology Innovation Institute | xAI | Stability AI | LMSYS | HPC-AI Tech | Berkeley | Fudan
    Peking University | Shanghai AI Lab | LG AI Research | Kakao | Upstage
"""
_SEATS = {  # by code of the country; a house of many countries is where its head is
    "us": """
        OpenAI | Google | Google Research | Google Brain | Meta | Meta AI | Facebook | Facebook AI
        Microsoft | NVIDIA | Anthropic | EleutherAI | Databricks | Salesforce | Salesforce Research
        Stanford | Amazon | Apple | IBM | Berkeley | LMSYS | xAI | Allen Institute for AI | AI2
        University of Washington | UC San Diego | Reka | MosaicML | Together
    """,
    "cn": """
        Tsinghua | Tsinghua University | Alibaba | Baidu | Huawei | Tencent | WeChat | Zhipu AI
        DeepSeek | ByteDance | SenseTime | BAAI | Beijing Academy of Artificial Intelligence
        Inspur | Baichuan | Peking University | Fudan | Fudan University | Beike
        Shanghai AI Lab | Shanghai AI Laboratory | Renmin University of China
        Zhejiang University | Harbin Institute of Technology
    """,
    "kr": "NAVER | Kakao | LG AI Research | Upstage | KAIST | Samsung",
    "uk": "DeepMind | Google DeepMind | University of Cambridge | Stability AI | Graphcore",
    "fr": "Mistral AI | Mistral",
    "de": "Aleph Alpha | LAION | TU Berlin",
    "ru": "Yandex | Sber",
    "ae": "Technology Innovation Institute",
    "il": "AI21 Labs",
    "ca": "Cohere",
    "jp": "NAIST | Rinna | LINE",
    "sa": "KAUST",
    "sg": "National University of Singapore | Nanyang Technological University | HPC-AI Tech",
}
_ADJECTIVES = {
    "us": r"美国|american|us-based|u\.s\.",
    "cn": "中国|国产|chinese",
    "kr": "韩国|korean|south korean",
    "uk": "英国|british",
    "fr": "法国|french",
    "de": "德国|german",
    "ru": "俄罗斯|russian",
    "ae": "阿联酋|emirati",
    "il": "以色列|israeli",
    "ca": "加拿大|canadian",
    "jp": "日本|japanese",
    "sg": "新加坡|singaporean",
    "in": "印度|indian",
}
NAMES = {
    "us": ("the US", "美国"),
    "cn": ("China", "中国"),
    "kr": ("Korea", "韩国"),
    "uk": ("the UK", "英国"),
    "fr": ("France", "法国"),
    "de": ("Germany", "德国"),
    "ru": ("Russia", "俄罗斯"),
    "ae": ("the Emirates", "阿联酋"),
    "il": ("Israel", "以色列"),
    "ca": ("Canada", "加拿大"),
    "jp": ("Japan", "日本"),
    "sg": ("Singapore", "新加坡"),
    "sa": ("Saudi Arabia", "沙特"),
}


def _listed(text: str) -> list[str]:
    return [one.strip() for line in text.split("\n") for one in line.split("|") if one.strip()]


def _longest_first(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


_CHINESE = dict(one.split(" ", 1) for one in _listed(_CHINESE_NAMES))
ORGANISATION = (
    f"(?:{_longest_first(_CHINESE)}"
    f"|(?<![A-Za-z])(?:{_longest_first(_listed(_ENGLISH_NAMES))})(?![A-Za-z]))"
)
_COUNTRY_OF = {org.lower(): code for code, text in _SEATS.items() for org in _listed(text)}
NATIONAL = re.compile(
    rf"(?P<who>{'|'.join(_ADJECTIVES.values())})(?:的)?\s*(?:[A-Za-z]+\s+|初创|科技|人工智能|AI)?"
    r"(?:公司|企业|大学|团队|机构|实验室|company|startup|start-up|firm|university|lab|team)",
    re.IGNORECASE,
)


def organisation_name(text: str) -> str:
    """The name that catalogues use: Google for 谷歌."""
    return _CHINESE.get(text, text)


def country_of(organisation: str) -> str | None:
    """The code of the country where an organisation sits, None if that is not known here."""
    return _COUNTRY_OF.get(organisation.lower())


def country_named(text: str) -> str | None:
    """The code of the country that an adjective names: "韩国公司" is from kr."""
    found = NATIONAL.search(text)
    if found is None:
        return None
    words = found["who"].lower()
    return next((code for code, one in _ADJECTIVES.items() if re.fullmatch(one, words)), None)
