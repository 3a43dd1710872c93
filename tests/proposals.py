"""Proposals of model releases, as extraction would make them, for tests of the review."""

from __future__ import annotations

from datetime import UTC, datetime

from littrack.claims import (
    Claim,
    ClaimValue,
    Evidence,
    EvidenceKind,
    ModelField,
    Outcome,
    Parent,
    Quantity,
    RelationKind,
    Unit,
)
from littrack.steps.curate import ReviewItem
from littrack.text import sentences

WHEN = datetime(2026, 1, 31, tzinfo=UTC)
TITLE = "Wombat: A Burrowing Language Model"
ABSTRACT = (
    "Large animals are hard to train. We introduce Wombat, a family of models with 7B and 13B "
    "parameters built on LLaMA. They saw 1.4T tokens; larger rivals have 70B. "
    "The weights are open to everybody."
)
CHINESE_TITLE = "袋熊：会挖洞的大语言模型"
CHINESE_ABSTRACT = (
    "训练大型动物一直很困难。我们提出袋熊（Wombat-zh），一个拥有 130 亿参数的中文语言模型，"
    "在四千亿词元上训练。实验表明，袋熊在多项挖洞任务上优于现有方法，模型权重已经公开。"
)
# (what stands there, in which part, the field, the value read)
Read = tuple[str, str, ModelField, ClaimValue]
READ: tuple[Read, ...] = (
    ("Wombat", "title", ModelField.ALIAS, "Wombat"),
    ("Wombat", "abstract", ModelField.ALIAS, "Wombat"),
    ("7B", "abstract", ModelField.SIZE, Quantity(7e9, Unit.PARAMETERS)),
    ("13B", "abstract", ModelField.SIZE, Quantity(13e9, Unit.PARAMETERS)),
    ("1.4T tokens", "abstract", ModelField.PRETRAIN_DATA, Quantity(1.4e12, Unit.TOKENS)),
    (
        "built on LLaMA",
        "abstract",
        ModelField.BASE_MODEL,
        Parent("LLaMA", RelationKind.INSTRUCTION_TUNING),
    ),
    ("open", "abstract", ModelField.ACCESS, "open"),
)
CHINESE_READ: tuple[Read, ...] = (
    ("袋熊", "title", ModelField.ALIAS, "袋熊"),
    ("130 亿参数", "abstract", ModelField.SIZE, Quantity(13e9, Unit.PARAMETERS)),
    ("模型权重已经公开", "abstract", ModelField.ACCESS, "open"),
)


def a_proposal(
    arxiv_id: str = "2404.00001",
    *,
    name: str = "Wombat",
    title: str = TITLE,
    abstract: str = ABSTRACT,
    read: tuple[Read, ...] = READ,
    known: str = "",
    decided: str = "",
) -> ReviewItem:
    """Something to decide."""
    claims = tuple(_claim(arxiv_id, title, abstract, one) for one in read)
    return ReviewItem(
        name=name,
        arxiv_id=arxiv_id,
        version=2,
        title=title,
        abstract=abstract,
        published="2024-04-01",
        score=0.84,
        outcome=Outcome.REVIEW,
        names=(name, f"{name}-Chat") if name else (),
        claims=claims,
        reasons=("+ says that it introduces a model", "- no report of its own"),
        known=known,
        decided=decided,
    )


def a_chinese_proposal(arxiv_id: str = "2404.00002") -> ReviewItem:
    """One in Chinese."""
    return a_proposal(
        arxiv_id,
        name="袋熊",
        title=CHINESE_TITLE,
        abstract=CHINESE_ABSTRACT,
        read=CHINESE_READ,
    )


def _claim(arxiv_id: str, title: str, abstract: str, read: Read) -> Claim:
    words, part, field, value = read
    text = title if part == "title" else abstract
    start = text.index(words)
    sentence = next(
        text[begin:end] for begin, end in sentences(text) if begin <= start and start < end
    )
    evidence = Evidence(
        *(EvidenceKind.PAPER, f"{arxiv_id}v2", part, start, start + len(words), sentence)
    )
    return Claim("Wombat", field, value, evidence, WHEN, paper=arxiv_id, origin="extraction")
