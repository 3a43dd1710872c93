"""The labels of notes' fact blocks: 发布时间, 数据和模型规模, "Release date:", "Parameters:"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from littrack.claims import ModelField
from littrack.text import fold

_LABELS = {
    ModelField.RELEASE: """
        发布时间 | 发布日期 | 发表时间 | 发表日期 | 发布 | 时间 | 日期 | 上线时间 | 提出时间 | 年份
        release date | released | release | date | published | publication date | launched | year
    """,
    ModelField.SIZE: """
        模型和数据规模 | 数据和模型规模 | 模型规模 | 规模 | 参数量 | 参数 | 参数规模 | 模型大小
        大小 | 参数数量 | 模型参数 | parameters | params | size | sizes | model size | model sizes
        scale | parameter count | data and model size | model and data size
    """,
    ModelField.PRETRAIN_DATA: """
        数据规模 | 训练数据 | 预训练数据 | 数据 | 数据量 | 语料 | 训练语料 | 数据集
        training data | data | pre-training data | pretraining data | tokens | corpus
        training tokens
    """,
    ModelField.METHOD: "方法 | 核心方法 | 技术方案 | method | methods | approach",
    ModelField.PROBLEM: "解决问题 | 问题 | 动机 | problem | goal | motivation",
    ModelField.HIGHLIGHT: """
        亮点 | 创新点 | 贡献 | 特点 | highlights | highlight | contribution | contributions
    """,
    ModelField.ARCHITECTURE: """
        模型结构 | 结构 | 数据结构 | 架构 | 模型架构 | architecture | structure
    """,
    ModelField.TITLE: "论文地址 | 论文 | 论文链接 | 论文标题 | 原文 | 标题 | paper | title | arxiv",
    ModelField.LINK: "链接 | 详见 | 地址 | 代码 | link | code | url | see also",
    ModelField.ORGANISATION: """
        机构 | 公司 | 单位 | 作者单位 | 开发者 | 发布机构 | 团队 | 出品 | 公司/机构 | 机构/公司
        organization | organisation | developer | company | lab | by | made by | authors from
    """,
    ModelField.BASE_MODEL: """
        基座 | 基础模型 | 基座模型 | 底座 | 底座模型
        base model | base | built on | based on | backbone
    """,
    ModelField.HARDWARE: """
        硬件 | 训练硬件 | 算力 | 计算资源 | hardware | compute | training hardware
    """,
    ModelField.TRAINING_TIME: """
        训练时间 | 训练时长 | 耗时 | training time | training duration
    """,
    ModelField.ACCESS: """
        开源 | 是否开源 | 访问 | 开放程度 | access | open source | availability | weights
    """,
}
_BY_WORD = {
    fold(word.strip()): field
    for field, words in _LABELS.items()
    for line in words.split("\n")
    for word in line.split("|")
    if word.strip()
}
_LABEL = re.compile(r"[\s•·*+>|-]*\**(?P<label>[^:：\n。,]{1,24}?)\**\s*[:：]\**\s*")


@dataclass(frozen=True, slots=True)
class Label:
    """What the words before a colon announce, and where the value begins."""

    field: ModelField
    end: int


def parse_label(line: str) -> Label | None:
    """The label that a line begins with, None if it has none that is known."""
    found = _LABEL.match(line)
    if found is None:
        return None
    field = label_field(found["label"])
    return Label(field, found.end()) if field else None


def label_field(words: str) -> ModelField | None:
    """The field that a label means, be it the head of a table's column."""
    return _BY_WORD.get(fold(words).strip(" *_"))
