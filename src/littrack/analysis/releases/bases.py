"""Which models a paper says that its own were built on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from littrack.analysis.releases.names import (
    is_shaped_like_a_name,
    name_at,
    name_key,
    names_listed_at,
    without_size,
)
from littrack.analysis.releases.ownership import has_own_subject, is_own, names_own, own_keys
from littrack.analysis.releases.passages import Passage
from littrack.analysis.releases.vocabulary import FAMILIES, NOT_NAMES
from littrack.claims import Finding, ModelField, Parent, RelationKind

_FAMILY = re.compile(
    rf"(?:(?:{FAMILIES})(?:[\s-]?v?\d+(?:\.\d+)*[a-z]?)?(?:-(?!based|style"
    rf"|like)\w+(?:\.\w+)*)*(?:\s\d+(?:\.\d+)?[BMbm]\b(?:-[\w.]+)*)?"
    r"(?:\s(?:Instruct|Chat|Base|Coder|VL|NeoX|Large|Small|XL))?)(?![\w])",
    re.IGNORECASE,
)
_KNOWN = re.compile(rf"(?:{FAMILIES})(?:[-\s]?v?\d.*|-.*|\s.*)?", re.IGNORECASE)
_THE = (
    r"(?:\s+(?:the|a|an|our|two|both|various|several|popular|powerful|strong|frozen|large|existing"
    r"|open-?source[d]?|open-weights?|recent(?:ly)?|released|pre-?trained"
    r"|state-of-the-art|base|backbone"
    r"|public(?:ly)?|available|language|vision|multilingual|foundation|Transformer"
    r"|dense|same|original"
    r"|model|models|LLMs?|VLMs?|English|image|text-to-image|diffusion|weights|of|checkpoints?|such"
    r"|as|like|family|from|series|video|named|called|decoder|encoder|instruction-tuned|small"
    r"|compact|lightweight|early|latest|well-known|widely-used|widely|used|7B|13B"
    r"|generation|generative|two|three|four|five|text-to-video|text-to-3D|models:"
    r"|multimodal|bidirectional|speech|audio|text|parameters?)[,:]?){0,9}\s+\"?"
)
# A cue, what it says of the relation, and whether a name that no family list knows may follow it.
_CUES: tuple[tuple[str, RelationKind, bool], ...] = (
    (
        r"continu\w+(?:\s+(?:to|the))?\s+(?:pre-?)?train\w*(?:\s+(?:of|from|on top of"
        r"|on))?",
        RelationKind.CONTINUED,
        False,
    ),
    (
        r"(?:further|additional(?:ly)?)\s+(?:pre-?)train(?:ed|ing)\s+(?:of|from)?",
        RelationKind.CONTINUED,
        False,
    ),
    (
        r"instruction[- ](?:fine-?)?tun\w+(?:\s+(?:of|from|on top of|on))?",
        RelationKind.INSTRUCTION_TUNING,
        False,
    ),
    (
        r"(?:fine-?tun\w+|finetun\w+|adapt\w+)\s+(?:version|variants?)s?\s+of",
        RelationKind.FINE_TUNING,
        True,
    ),
    (
        r"(?:fine-?tun\w+|finetun\w+|adapted|post-trained|aligned)\s+(?:from|on top of"
        r"|upon|over)",
        RelationKind.FINE_TUNING,
        True,
    ),
    (
        r"(?:fine-?tuning|finetuning|post-training|sft)\s+of(?:\s+an?(?:\s+[\w-]+){1,3}\s*,)?",
        RelationKind.FINE_TUNING,
        True,
    ),
    (r"(?:fine-?tuning|finetuning)\s+on", RelationKind.FINE_TUNING, False),
    (r"apply\s+[\w-]+(?:\s+[\w-]+){0,3}\s+to", RelationKind.FINE_TUNING, False),
    (
        r"(?:fine-?tun\w+|finetun\w+|adapt(?:s|ed|ing)?|extend(?:s|ed|ing)?|tun(?:e|ed"
        r"|ing))",
        RelationKind.FINE_TUNING,
        False,
    ),
    (
        r"(?:initiali[sz]\w+|warm-?start\w*|bootstrap\w*|start\w*|upcycl\w+|load\w*"
        r"|inherit\w+(?:\s+\w+){0,4})(?:\s+(?:its|the|model|our|weights|parameters"
        r"|both))*\s+(?:from|with|by|using)",
        RelationKind.BASE,
        True,
    ),
    (r"inherit(?:ing|ed|s)", RelationKind.BASE, True),
    (
        r"(?:distill\w*|compress\w*|prun\w+)(?:\s+version)?\s+(?:from|of)",
        RelationKind.DISTILLATION,
        True,
    ),
    (
        r"(?:built|based|builds?|building|trained|developed|constructed|created"
        r"|founded)\s+(?:up)?on(?:\s+top\s+of)?",
        RelationKind.BASE,
        False,
    ),
    (
        r"(?:on top of|powered by|leverag\w+|utili[sz]\w+|combin\w+|integrat\w+"
        r"|connect\w+|augment\w+|equip\w+|merg\w+|unif\w+)",
        RelationKind.BASE,
        False,
    ),
    (r"(?:transform|convert|turn|retrofit)(?:s|ed|ing)?", RelationKind.BASE, True),
    (
        r"(?:derived|converted|expanded|upscaled|upgraded|transferred|obtained"
        r"|modified)\s+from",
        RelationKind.BASE,
        True,
    ),
    (
        r"(?:distilled|compressed|quanti[sz]ed|pruned)\s+(?:version|variant)s?\s+of",
        RelationKind.DISTILLATION,
        True,
    ),
    (
        r"(?:using|employ\w+|adopt\w+|with|use|uses|take|takes|taking|choos\w+"
        r"|select\w+)",
        RelationKind.BASE,
        False,
    ),
)
_CUE = [(re.compile(rf"\b{cue}{_THE}", re.IGNORECASE), kind, open_) for cue, kind, open_ in _CUES]
_AS_BASE = re.compile(
    r"^(?:[\s\w.,()/-]{0,30}?)\bas\s+(?:the\s+|its\s+|our\s+|a\s+)?(?:[\w-]+\s+){0,3}?"
    r"(?:base|backbone|foundation|initiali[sz]ation|starting point|decoder|encoder"
    r"|language model|llm|component|tower)\b"
    r"|^,?\s(?:an?|the)\s(?:[\w-]+\s){0,3}?(?:open-?(?:source|weight)[sd]?|pre-?trained)\s"
    r"(?:[\w-]+\s){0,4}?(?:models?|llm|vlm|prover|encoder|backbone)\b",
    re.IGNORECASE,
)
_INTO = re.compile(r"(?:\s[\w-]+){0,2}?\sinto\b")
_TURNED = re.compile(r"\b(?:transform|convert|turn|retrofit)", re.IGNORECASE)
_WEAK = re.compile(
    r"\b(?:using|employ\w*|adopt\w*|with|uses?|tak\w+|choos\w+|select\w+"
    r"|leverag\w+|utili[sz]\w+|combin\w+|integrat\w+|connect\w+|augment\w+"
    r"|equip\w+|merg\w+|unif\w+|powered by|extend\w*|tun\w+)\b",
    re.IGNORECASE,
)
_X_BASED = re.compile(
    rf"\b(?P<base>(?:{FAMILIES})(?:-?\d[\w.]*)?(?:-[\d.]+[BMbm])?)-based\s+(?:[\w-]+\s+){{0,3}}?"
    r"(?:models?|llms?|lms?|chatbot|assistant|mllm|vlm|encoder)\b",
    re.IGNORECASE,
)
_A_TUNED = re.compile(
    r"\ban?\s(?P<base>[A-Z][\w.]*(?:-[\w.]+)*)\s(?:model|backbone)\s(?:that (?:is|was)\s)?"
    r"(?:further\s)?(?:fine-?tuned|finetuned|instruction-tuned|adapted)\b"
)
_OWN_SENTENCE = re.compile(
    r"\b(?:we|our|this (?:paper|work|report|model)|it|models?|which|introduc\w+|present\w*)\b",
    re.IGNORECASE,
)


def find_bases(passage: Passage, names: Collection[str]) -> list[Finding]:
    """The models that the released ones were built on, each name once a part."""
    keys = own_keys(names)
    found: dict[str, Finding] = {}
    for start, end in passage.sentences:
        for span, kind, sure in _bases(passage, start, end):
            name = passage.text[slice(*span)]
            if is_own(name, keys) or not _may_be_base(passage, span, keys):
                continue
            finding = passage.finding(
                ModelField.BASE_MODEL, Parent(name, kind), span, 0.9 if sure else 0.8
            )
            found.setdefault(name_key(name), finding)
    return list(found.values())


def _may_be_base(passage: Passage, span: tuple[int, int], keys: Collection[str]) -> bool:
    start, end = passage.sentence_at(span[0])
    if passage.part == "title":
        return True
    own = _OWN_SENTENCE.search(passage.text, start, end) is not None
    own = own or names_own(passage, (start, end), keys)
    return (
        own
        and has_own_subject(passage, span[0], keys)
        and not _is_compared(passage.text, start, span[0])
    )


def _is_compared(text: str, start: int, position: int) -> bool:
    return _COMPARED.search(text, max(start, position - 80), position) is not None


_COMPARED = re.compile(
    r"\b(?:outperform\w*|surpass\w*|exceed\w*|than|compared|versus|vs|such as|e\.g|unlike|rival\w*"
    r"|comparable|existing|prior|previous|baselines?)\b[^;]*$",
    re.IGNORECASE,
)


def _bases(
    passage: Passage, start: int, end: int
) -> Iterator[tuple[tuple[int, int], RelationKind, bool]]:
    text = passage.text
    yield from _named_by_their_kind(text, start, end)
    words = map(str.lower, _CAPITALS.findall(text, start, end))
    familiar = not _FAMILIAR.isdisjoint(words) or _LIKE_A_MODEL.search(text, start, end) is not None
    for cue, kind, open_ in _CUE:
        if not (open_ or familiar):
            continue
        for match in cue.finditer(text, start, end):
            span = _base_at(text, match.end(), end, open_)
            if span is None:
                continue
            if not _is_taken_as_base(text, match[0], span, (start, end)):
                continue
            for one in _listed(text, span, end):
                yield one, kind, open_


def _named_by_their_kind(
    text: str, start: int, end: int
) -> Iterator[tuple[tuple[int, int], RelationKind, bool]]:
    """The bases of "an X-based model" and "an X model fine-tuned on data"."""
    if text.find("-based ", start, end) >= 0:
        for based in _X_BASED.finditer(text, start, end):
            yield based.span("base"), RelationKind.BASE, True
    for tuned in _A_TUNED.finditer(text, start, end):
        if tuned["base"].lower() not in NOT_NAMES:
            yield tuned.span("base"), RelationKind.FINE_TUNING, True


def _is_taken_as_base(
    text: str, cue: str, span: tuple[int, int], sentence: tuple[int, int]
) -> bool:
    """Whether what follows a name bears out a cue that is none by itself."""
    end = sentence[1]
    if _TURNED.match(cue):
        return _INTO.match(text, span[1], end) is not None
    if _WEAK.match(cue) and not _AS_BASE.search(text[span[1] : end]):
        return False
    name = text[slice(*span)]
    sized = without_size(name) != name  # then it is no mere design
    built_like_it = _ARCHITECTURE.match(text, span[1]) is not None and not sized
    return not built_like_it or "ontinu" in text[sentence[0] : end]


_ARCHITECTURE = re.compile(
    r"(?:-like|-style)?\s(?:[\w-]+\s){0,2}?(?:architectures?|recipe|framework)\b"
)


_CAPITALS = re.compile(r"[a-z]*[A-Z][A-Za-z]*(?:[05]\b)?")
# The first letters of each family: "gpt" of GPT-2, "llama" of Code Llama.
_FAMILIAR = frozenset(
    word
    for word in re.findall(r"[a-z]{2,}(?:[05]\b)?|[te][05]", FAMILIES.lower())
    if word not in ("command", "stable", "large", "align")
)


def _base_at(text: str, position: int, end: int, open_: bool) -> tuple[int, int] | None:
    family = _FAMILY.match(text, position, end)
    if family:
        return family.span()
    found = name_at(text, position)
    if found is None or found[1] > end or found[0] > position + 2:
        return None
    word = text[slice(*found)]
    if not (open_ or _LIKE_A_MODEL.search(word)) or _DATA.match(text, found[1]):
        return None
    plausible = is_shaped_like_a_name(word.split()[0]) and word.lower() not in NOT_NAMES
    return found if plausible else None


# What names a model though no list of families has it: XBERT, X-LLaMA, X-1.5, X-7B.
_LIKE_A_MODEL = re.compile(
    r"(?:BERT|GPT|LLaMA|Llama|LLaVA|CLIP|LM|VLM?|VLA|T5|ViT|Diffusion)\b|\d(?:\.\d+)?B\b|-v?\d\.\d$"
)
_DATA = re.compile(r"\s(?:[\w-]+\s){0,2}?(?:data|dataset|corpus|benchmark|tokens|images|pairs)\b")


def _listed(text: str, span: tuple[int, int], end: int) -> Iterator[tuple[int, int]]:
    """The span, and further ones of known families that it is listed with."""
    for one in names_listed_at(text, span):
        if one == span or (one[1] <= end and _KNOWN.fullmatch(text[slice(*one)])):
            yield one
