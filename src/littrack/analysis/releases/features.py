"""What speaks for and against a release, as named numbers between 0 and 1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from littrack.analysis.releases.introductions import Introduction
from littrack.analysis.releases.naming import NameCandidate
from littrack.analysis.releases.passages import Passage
from littrack.analysis.releases.vocabulary import FAMILIES
from littrack.claims import Finding, ModelField

# Wordings that occur in both, or only in the title ("title:"), or only in the abstract.
_WORDINGS: dict[str, str] = {
    "title: question": r"\?|\b(?:comparison|comparative|empirical|closer look|case study|lessons"
    r"|exploring|examining)\b",
    "title: report": r"technical report|model card|system card",
    "title: a model": r"\b(?:language"
    r"|vision|multimodal|speech|audio|code|embedding|foundation|video"
    r"|diffusion|world|generative|reward|reasoning|omni|mixture-of-experts|moe"
    r"|dense|retrieval|representation)[\w -]*\bmodels?\b",
    "title: transformer": r"\btransformers?\b|\b\w*(?:BERT|GPT|LM|LLM|LLaMA|CLIP|Former)\b",
    "title: llm": r"\bllms?\b|large language models?",
    "title: pretraining": r"pre-?train",
    "title: open": r"\bopen\b|open-(?:source|weight|access)|publicly",
    "title: family": r"\b(?:family|series|suite|herd)\b",
    "title: towards": r"\b(?:towards?|improving|enhancing|rethinking|understanding|on the|how|why"
    r"|what|can|do|does|is|are)\b",
    "title: evaluation": r"\b(?:benchmark\w*|evaluat\w+|dataset|corpus|survey|review|study|analysis"
    r"|assessing|comparing|investigating|challenge|task)\b",
    "title: method": r"\b(?:via|learning|tuning|optimi[sz]ation|framework|approach|method|efficient"
    r"|adaptive|guided|aware|alignment|attention|decoding|distillation|detection"
    r"|segmentation|recognition|prediction|estimation|classification|network)\b",
    "title: agent": r"\bagents?\b|\bsystem\b|\bassistant\b|pipeline|toolkit|library",
    "title: gpt-3 or numbers": r"\b\d+(?:\.\d+)?B\b|\b\d+ ?billion",
    "title: languages": r"\b(?:multilingual"
    r"|chinese|arabic|japanese|korean|french|german|spanish|dutch"
    r"|russian|portuguese|vietnamese|indonesian|turkish|polish|finnish|swedish"
    r"|norwegian|danish|italian|greek|hebrew|persian|hindi|indic|african|european"
    r"|southeast asian|thai|bilingual|cross-?lingual)\b",
    "series of models": r"\b(?:family|series|suite|collection|set) of [^.;,]{0,60}?(?:models?|llms?"
    r"|transformers?|encoders?)\b",
    "from scratch": r"from scratch",
    "trained on": r"(?:pre-?)?trained (?:on|with|from|for|using) (?:a |an |the |over |more "
    r"|up to |approximately )*(?:[\d.]+|trillions?|billions?|large|massive|vast"
    r"|high-quality|diverse|multi\w*|public\w*|web|curated)",
    "pre-train": r"\bpre-?train(?:s|ed|ing)?\b",
    "we train": r"\bwe (?:\w+ ){0,2}(?:train|pre-?train|fine-?tune|instruction-tune|post-train"
    r"|scale)\b",
    "foundation model": r"foundation models?",
    "language model": r"language models?",
    "parameters": r"\bparameters\b|-parameter\b|parameter model",
    "release models": r"(?:releas|open-?sourc"
    r"|publish|shar|provid)\w*[^.;]{0,80}\b(?:models?|weights"
    r"|checkpoints?|llms?)\b",
    "models available": r"\b(?:models?|weights|checkpoints?)\b[^.;]{0,60}\bavailable\b",
    "release code": r"\b(?:code|implementation)\b[^.;]{0,60}\b(?:available|released)\b",
    "release data": r"\b(?:dataset|benchmark|data|corpus)\b[^.;]{0,60}\b(?:available|released)\b",
    "weights": r"\b(?:weights|checkpoints?)\b",
    "hugging face": r"hugging ?face",
    "instruction tuning": r"instruction[- ](?:fine-?)?(?:tun|follow)"
    r"|supervised fine-?tuning|\bsft\b"
    r"|rlhf|human feedback",
    "fine-tuning": r"fine-?tun",
    "state of the art": r"state-of-the-art|sota\b",
    "outperforms models": r"(?:outperform|surpass|exceed|rival|compar\w+ to|competitive with"
    r"|on par with)\w*[^.;]{0,60}\b(?:GPT|LLaMA|Llama|Qwen|BERT|Gemini|Claude"
    r"|Mistral|models?)\b",
    "range of tasks": r"(?:wide|broad|diverse|various|variety|range|multiple|many|downstream"
    r"|all)\b[^.;]{0,30}\b(?:tasks|benchmarks|applications|domains)",
    "tokens": r"\b(?:trillion|billion|[\d.]+[BT])\b[^.;]{0,40}\btokens\b",
    "license": r"licen[sc]e|permissive",
    "this report": r"\b(?:this|technical) report\b|in this report",
    "first": r"\bthe first (?:open|large|publicly|pre-?trained|foundation|multi)",
    "capabilities": r"\bcapabilit(?:y|ies)\b",
    "we study": r"\bwe (?:\w+ )?(?:study|investigate|analy[sz]e|examine|explore|evaluate"
    r"|compare|show that|find that|argue|demonstrate that|ask|survey|review|prove"
    r"|assess)\b",
    "this study": r"\bthis (?:study|survey|article|review|position|tutorial|thesis)\b",
    "we propose": r"\bwe (?:\w+ )?propose\b|this paper proposes",
    "novel": r"\bnovel\b",
    "method": r"\b(?:our|proposed|this|the|new|novel|simple) (?:\w+ )?(?:method|approach"
    r"|algorithm|technique|strategy|framework)\b",
    "framework": r"\bframeworks?\b",
    "module": r"\b(?:modules?|mechanism|loss|layers?|attention|graph|regulari[sz]ation)\b",
    "benchmark": r"\b(?:a|new|novel|comprehensive|introduce|present"
    r"|construct) (?:\w+ ){0,3}(?:benchmark|dataset|corpus)\b",
    "training free": r"training-free|without (?:any |additional |further )?(?:training|fine-?tuning"
    r"|retraining)|plug-and-play|in-context|prompt(?:s|ing)\b|inference[- ]time"
    r"|test-time",
    "agents": r"\bagents?\b|\bpipeline\b|multi-agent|workflow",
    "uses existing": r"\b(?:using|leverag\w+|employ\w+|with|via|prompt\w+|such as"
    r"|like) (?:\w+ ){0,3}(?:GPT-\d|ChatGPT|LLMs|large language models|GPT4|Claude"
    r"|Gemini)\b",
    "theory": r"\b(?:theor\w+|prove|bound|convergence|convex|stochastic)\b",
    "narrow task": r"\b(?:segmentation|object detection|re-identification|pose estimation"
    r"|point clouds?|anomaly|tracking|recommendation|forecasting|federated"
    r"|adversarial|quantum|wireless|traffic|compression|super-resolution"
    r"|depth estimation|deepfake|fault|sensor|classification)\b",
    "training method": r"\b(?:reinforcement learning|policy optimi[sz]ation|reward|curriculum"
    r"|data augmentation|pruning|quantization|low-rank|adapters?|distillation)\b",
    "generation": r"text-to-(?:image|video|speech|audio|music|3d)|(?:image|video|music|speech"
    r"|audio) generation|synthesis",
    "multimodal": r"multi-?modal|vision[- ](?:and-)?language|image-text",
    "embedding": r"embeddings?|retriev\w+|rerank\w+",
    "human study": r"\b(?:participants|interviews?|users?|students|clinicians)\b",
}
_PATTERNS = {
    name: (name.startswith("title:"), re.compile(words.lower()))
    for name, words in _WORDINGS.items()
}
_VERBS = {
    "introduce": ("int", "pre", "unv", "ann", "lau"),
    "propose": ("pro",),
    "release": ("rel", "ope", "pub", "sha"),
    "develop": ("dev", "bui", "cre", "con", "des"),
    "train": ("tra", "fin", "sca"),
}


# What names look like.
_TRAITS = {
    "like a model": re.compile(
        r"(?:BERT|GPT|LMs?|LLaMA|Llama|LLaVA|T5|BART|CLIP|VLM|VLA|PaLM|[Ff]ormer"
        r"|Chat|Coder|Instruct"
        r"|Base|Embed\w*|-E|Mistral|Qwen|VL|Omni|Whisper|wav2vec|MoE|FM|Net|VAE"
        r"|Diffusion|ViT|SAM)(?![a-z])"
    ),
    "with a size": re.compile(r"\d[BM]\b"),
    "with a version": re.compile(r"(?:^|[A-Za-z -])v?\d(?:\.\d)?\b(?!B)"),
    "like data": re.compile(
        r"(?:[Bb]ench|Eval|QA|Set|Arena|Corpus|Data|Wiki|Net|\d[KM]\b|Instruct\w*s)$|[Bb]enchmark"
    ),
    "like a method": re.compile(
        r"(?:[Tt]uning|[Pp]rompt\w*|Attention|Learning|Agent|RAG|PO|Search|Drop"
        r"|CoT|LoRA|Cache|KV|Flow|Guard|Train\w*|Gym|Boot\w*)$"
    ),
    "of capitals": re.compile(r"^[A-Z]{3,}$"),
    "of words": re.compile(r"^[A-Z][a-z]+ [A-Z][a-z]+"),
    "one word": re.compile(r"^[A-Z][a-z]+$"),
}
# What the sentences that introduce the name speak of.
_NEAR = {
    "pre-training": re.compile(r"pre-?train"),
    "a language model": re.compile(
        r"language models?\b|\bm?llms?\b|\bvlms?\b|language representation"
    ),
    "a foundation model": re.compile(
        r"foundation models?|general-purpose|generalist|unified|universal"
    ),
    "a size": re.compile(r"\b\d+(?:\.\d+)?(?:b|m| billion| million)\b"),
    "training": re.compile(r"\b(?:trained|fine-?tuned|trains?|scal(?:e|es|ed|ing))\b"),
    "open": re.compile(r"open[- ]?(?:source|weight|access)|\breleas|publicly"),
    "a benchmark": re.compile(r"benchmark|dataset|corpus"),
    "a framework": re.compile(r"framework|pipeline|system|toolkit|agent"),
    "a method": re.compile(r"method|approach|algorithm|strategy|mechanism|module|technique"),
    "a family": re.compile(r"\b(?:family|series|suite)\b"),
    "a narrow network": re.compile(
        r"network|gaussian|point cloud|segmentation|detect|recommend|forecast|graph|reconstruct"
    ),
    "existing models": re.compile(
        r"existing|off-the-shelf|frozen|leverag|using llms|training-free|plug-and-play"
    ),
}


def count_features(
    title: Passage, abstract: Passage, ranked: Sequence[NameCandidate]
) -> dict[str, float]:
    """The features of wording and names that are not 0."""
    small_title, small_abstract = title.text.lower(), abstract.text.lower()
    found = {
        name: 1.0
        for name, (in_title, pattern) in _PATTERNS.items()
        if pattern.search(small_title if in_title else small_abstract)
    }
    return found | _of_names(ranked)


STATEMENTS = {
    ModelField.SIZE: "states size",
    ModelField.PRETRAIN_DATA: "states training data",
    ModelField.BASE_MODEL: "states base model",
    ModelField.ACCESS: "states access",
}


def count_statements(findings: Sequence[Finding]) -> dict[str, float]:
    """The features of what is stated that are not 0."""
    return {STATEMENTS[one.field]: 1.0 for one in findings if one.field in STATEMENTS}


def _sentences_of(best: NameCandidate) -> set[str]:
    """The sentences that introduce the name, without the title's own."""
    return {
        one.passage.text[slice(*one.passage.sentence_at(one.span[0]))]
        for one in best.introductions
        if one.how not in ("title", "report")
    }


_STRONG = 3.0
_FAMILY = re.compile(rf"(?:{FAMILIES})(?![a-z])", re.IGNORECASE)


def _of_names(ranked: Sequence[NameCandidate]) -> dict[str, float]:
    if not ranked:
        return {"no name": 1.0}
    best = ranked[0]
    found = {
        "name: score": min(max(best.score, 0.0), 12.0) / 12.0,
        "name: mentions": min(best.mentions, 5) / 5.0,
        f"name: is {best.kind or 'unsaid'}": 1.0,
    }
    for one in best.introductions:
        found |= _of_introduction(one)
    name = best.best.name
    found |= {f"name: {trait}": 1.0 for trait, like in _TRAITS.items() if like.search(name)}
    titled = any(one.passage.part == "title" for one in best.introductions)
    if titled and len(best.introductions) > 1:
        found[f"name: title and text, {best.kind or 'unsaid'}"] = 1.0
    beside = " ".join(_sentences_of(best)).lower()
    found |= {f"beside: {trait}": 1.0 for trait, near in _NEAR.items() if near.search(beside)}
    if all(one.weight < _STRONG for one in best.introductions):
        found["name: weakly introduced"] = 1.0
    if _FAMILY.match(name):
        found["name: known family" + ("" if titled else ", not in the title")] = 1.0
    found |= {f"name: ever {kind}": 1.0 for kind in best.kinds}
    if any("data" in one.kinds and one.score > 3.0 for one in ranked[1:]):
        found["name: data beside"] = 1.0
    return found


def _of_introduction(one: Introduction) -> dict[str, float]:
    """How a name is brought up, and as what."""
    hows = [one.how]
    hows += [group for group, first in _VERBS.items() if one.verb.startswith(first)]
    found = {f"name: {how}": 1.0 for how in hows}
    if one.kind == "model":
        found[f"name: {one.how} as model"] = 1.0
        found |= {f"name: {group} model": 1.0 for group in hows[1:]}
    return found
