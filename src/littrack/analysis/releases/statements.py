"""What a paper says plainly of its models beside numbers: who may have them, who made them."""

from __future__ import annotations

import re

from littrack.analysis.releases.passages import Passage
from littrack.claims import Finding, ModelField

_THINGS = r"(?:models?|weights|checkpoints?|parameters|llms?|series|family|everything|all)"
# Up to the thing given away: its names and qualities, and what is given with it. A verb, or a
# preposition other than "family of", leads to something else: "release a benchmark to test models".
_WITH = (
    r"(?:(?!(?:to|that|which|who|for|on|in|by|with|from|of|under|how|covering|using|than|our"
    r"|is|are|was|were|can|while|measur\w+|analys\w+|insights?|stud\w+|evidence|results"
    r"|(?<!and )methods?)\b)"
    r"[^\s.;]+(?:\.\d\S*)?\s+|(?:famil(?:y|ies)|suite|series|set|range|collection|all|each) of\s+"
    r"|our\s+){0,12}?"
)
_GIVING = r"(?:releas(?:e[sd]?|ing)|open-?\s?sourc(?:es?|ed|ing)|open up|publish(?:es|ed|ing)?)"
_OPEN = re.compile(
    rf"\b{_GIVING}\s+(?:of\s+)?{_WITH}\b{_THINGS}\b"
    rf"|\b(?:shar(?:e|ed|es|ing)|provid(?:e|es|ed|ing)|mak(?:e|es|ing)|made)\s+{_WITH}"
    rf"\b{_THINGS}\b(?=[^.;]{{0,60}}\b(?:available|public(?:ly)?|open(?:ly)?|communit(?:y|ies)"
    r"|researchers|download|github|http))"
    rf"|\b{_THINGS}\b[^.;]{{0,90}}?\b(?:are|is|were|will be|have been|been made"
    rf"|be made|made)\s+(?:[\w-]+\s+){{0,4}}?"
    r"(?:available|released|open-?sourced|public)\b"
    r"|\b(?:open-?sourced?|open-weights?|open-access|openly available"
    r"|publicly available)\b(?=[^.;]{0,60}\b(?:models?|llms?|weights)\b)"
    r"|\bpublic access to [^.;]{0,40}\b(?:models?|weights|checkpoints)\b"
    r"|\bcode,?\s+(?:and\s+)?(?:pre-?trained\s+)?models?\b[^.;]{0,60}\bavailable\b",
    re.IGNORECASE,
)
_API = re.compile(
    r"\b(?:available|accessible|offered|access)\b[^.;]{0,40}\b(?:via|through|by|as"
    r"|in)\s+(?:an?\s+|the\s+|our\s+)?(?:[\w-]+\s+){0,3}?API\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"\b(?:not (?:be )?(?:releas\w+|open-?sourc\w+|publicly available)"
    r"|commercial customers|(?:our|a) (?:proprietary|closed-source) (?:model"
    r"|LLM))\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:existing|most|other|many|previous|compared|unlike|current|outperform\w*|among|than)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:we|our|ours|this|these|us|to (?:facilitate|foster|support|promote"
    r"|encourage)|is|are|will)\b",
    re.IGNORECASE,
)
_MAKER = re.compile(
    r"\b(?:developed|trained|built|created|released|made|designed"
    r"|introduced)\s+(?:\w+\s+){0,3}?by\s+(?:the\s+)?"
    r"(?P<name>[A-Z][\w&.-]*[\w](?:\s+(?:[A-Z][\w&-]*))*(?:\s+(?:AI|Research|Lab"
    r"|Labs|Institute|Inc))?)"
)
_TEAM = re.compile(
    r"\bat\s+(?P<name>(?:Google|Meta|OpenAI|DeepMind|Microsoft|NVIDIA|Apple|Amazon"
    r"|IBM|Huawei|Alibaba|Tencent|Baidu|ByteDance|Naver|Cohere"
    r"|Mistral AI)(?:\s(?:Research|AI|Cloud|Brain|DeepMind))?)\b"
)
_NO_MAKER = frozenset(["We", "This", "The", "Our", "Using", "Training", "Supervised"])


def find_statements(passage: Passage) -> list[Finding]:
    """Access and organisation, where they are stated."""
    found = _access(passage)
    for pattern in (_MAKER, _TEAM):
        for match in pattern.finditer(passage.text):
            start, end = passage.sentence_at(match.start())
            name = match["name"].rstrip(".")
            first = name.split()[0]
            if first in _NO_MAKER or not re.search(
                r"\b(?:we|our|introduc|present|is|model)", passage.text[start:end]
            ):
                continue
            span = match.start("name"), match.start("name") + len(name)
            found.append(passage.finding(ModelField.ORGANISATION, name, span, 0.7))
            return found
    return found


def _access(passage: Passage) -> list[Finding]:
    text = passage.text
    if passage.part == "title":
        return []
    for value, pattern in (("closed", _CLOSED), ("open", _OPEN), ("api", _API)):
        for match in pattern.finditer(text):
            start, end = passage.sentence_at(match.start())
            clause = text[max(start, match.start() - 60) : match.start()]
            if _OTHERS.search(clause) or not _OWN.search(text, start, end):
                continue
            return [passage.finding(ModelField.ACCESS, value, match.span(), 0.85)]
    return []
