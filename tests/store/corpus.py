"""Sixty short texts in English and Chinese, written for the search tests: title | abstract."""

from __future__ import annotations

from builders import a_date, a_paper
from littrack.records import Paper

TEXTS = """\
Finding papers with graphs | We draw a graph of papers. Readers walk along its edges.
Graphs of words | A graph of words shows which words stand near each other.
Words without graphs | Counting words is enough for a small library.
Chain of thought in small models | A chain of thought helps small models to count.
Thought as a chain | One thought follows another; the chain breaks when a step is wrong.
思维链提示方法 | 本文提出一种思维链提示方法，让模型逐步推理。
思維鏈與推理 | 本文討論思維鏈如何幫助語言模型推理。
链式思维的评测 | 我们用数学题评测链式思维，比较三种模型。
大语言模型综述 | 大语言模型在翻译、问答和推理中都有进展。
小模型也能推理 | 小模型经过蒸馏之后，也能完成简单的推理。
Large language models read maps | Large models read maps and name the rivers.
Language models that forget | A language model forgets names; we measure how fast.
Retrieval for question answering | A retriever finds passages and a reader answers the question.
Dense retrieval across languages | Chinese questions find English passages in one space.
Sparse retrieval still works | Counting terms is a strong baseline for retrieval.
检索增强生成 | 检索增强生成把外部知识交给模型，减少错误。
跨语言检索 | 中文问题检索英文文献，需要双语词表。
RAG系统的评测 | 我们评测RAG系统在长文档上的表现。
Evaluating RAG on long documents | RAG reads long documents poorly when passages overlap.
图神经网络入门 | 图神经网络在节点之间传递消息。
知识图谱补全 | 知识图谱缺少很多边，我们用模型补全图谱。
地图与路径 | 地图上的最短路径可以用图搜索得到。
Shortest paths on maps | Graph search finds the shortest path between two rivers.
Attention over time | Attention weights change over time while a model learns.
注意力机制分析 | 注意力机制的权重随时间变化。
Learning to learn | Learning rates are learned, and learners learn from them.
Learned sparse attention | Sparse attention is learned from data and saves memory.
Memory in networks | A network with memory recalls what it has read.
记忆网络 | 记忆网络可以回忆读过的内容，内容越长越难。
Translation of poems | Translating poems needs rhythm as well as words.
诗歌翻译 | 诗歌翻译既要词义，也要节奏。
Speech in noisy rooms | Speech recognition fails in noisy rooms.
语音识别 | 噪声环境中的语音识别仍然困难。
Images and captions | A caption model describes images in one sentence.
图像描述 | 模型用一句话描述图像内容。
Pictures of cells | Cells are counted in pictures of tissue.
Counting cells | We count cells, then count them again.
Time series of rivers | The level of rivers is a time series.
河流水位预测 | 用时间序列模型预测河流水位。
Agents that plan | Agents plan, act and check what came of it.
智能体规划 | 智能体先规划，再行动，最后检查结果。
Planning with language | Plans written in language are checked by a model.
Checking facts | Facts are checked against passages that were retrieved.
事实核查 | 用检索到的段落核查事实。
Noise in labels | Wrong labels act as noise; small models suffer more.
标签噪声 | 标签中的噪声影响小模型。
Distilling large models | A small model learns from the answers of a large one.
模型蒸馏 | 小模型向大模型学习，称为蒸馏。
Models of models | A model predicts what another model will answer.
On the naming of models | Names of models change; papers cite old names.
A library of notes | Notes in Chinese and English are kept in one library.
中英文笔记库 | 笔记用中文和英文写成，放在同一个库里。
Survey of surveys | Surveys of language models cite each other.
综述的综述 | 语言模型的综述相互引用。
Tables in papers | Tables of results are read by a model and checked.
论文中的表格 | 模型读取论文中的结果表格并核对。
Citations and time | Old papers are cited less over time.
引文与时间 | 旧论文的引用随时间减少。
Graph graph graph | Graph of graphs: a graph, and a graph of this graph.
图 | 图中有图。
"""

CATEGORIES = ("cs.CL", "cs.IR", "math.ST")


def sixty_papers() -> list[Paper]:
    """The texts as papers of sixty days, in three categories; every seventh is withdrawn."""
    pairs = [line.split(" | ") for line in TEXTS.splitlines()]
    return [
        a_paper(
            arxiv_id=f"2303.{number:05d}",
            title=title,
            abstract=abstract,
            authors=("Ada Graph", "王小明") if number % 5 == 0 else ("Ben Rivers",),
            categories=(CATEGORIES[number % 3],),
            published=a_date(f"2023-0{3 + number // 30}-{1 + number % 30:02d}"),
            withdrawn=number % 7 == 0,
        )
        for number, (title, abstract) in enumerate(pairs, 1)
    ]
