"""The words that the rules know: nouns for what papers introduce, verbs, families, non-names."""

from __future__ import annotations

import re

# What a paper introduces, by the noun that it uses; the longer of two that fit counts.
MODEL_NOUNS = (
    "models?|llms?|s?lms?|plms?|mllms?|lmms?|[lv]lms?|lvlms?|vlas?|transformers?|chatbots?"
    "|encoders?|decoders?|checkpoints?|embeddings?|embedders?|retrievers?|rerankers?|series"
    "|family|herd|generators?|assistants?|copilots?|tokenizers?|autoencoders?|berts?|gpts?"
    "|generalists?|backbones?|learners?|variants?"
)
DATA_NOUNS = (
    "datasets?|data ?sets?|benchmarks?|corpus|corpora|testbeds?|leaderboards?|challenges?"
    "|tasks?|collections?|suites?|treebanks?|annotations?|ontology|knowledge graphs?|arenas?"
    "|questions|problems|tests?|taxonomy|surveys?|reviews?|overviews?|competitions?|tracks?"
)
METHOD_NOUNS = (
    "methods?|approach(?:es)?|frameworks?|algorithms?|techniques?|strateg(?:y|ies)|paradigms?"
    "|mechanisms?|pipelines?|architectures?|objectives?|loss(?:es)?|schemes?|procedures?"
    "|recipes?|modules?|layers?|attention|optimi[sz]ers?|metrics?|protocols?|pre-?training"
    "|training|tuning|learning|networks?|theory|analysis|formulations?|designs?|blocks?"
    "|regulari[sz]ations?|sampling|decoding|prompting|adapters?|baselines?|process|solutions?"
)
SYSTEM_NOUNS = (
    "systems?|agents?|toolkits?|library|libraries|platforms?|engines?|tools?|packages?"
    "|software|interfaces?|environments?|simulators?|compilers?|workflows?|applications?"
    "|infrastructure|codebase|repository|demos?|plugins?|simulations?|projects?|programs?|services?"
)
NOUN = re.compile(
    rf"\b(?:(?P<model>{MODEL_NOUNS})|(?P<data>{DATA_NOUNS})|(?P<method>{METHOD_NOUNS})"
    rf"|(?P<system>{SYSTEM_NOUNS}))\b",
    re.IGNORECASE,
)
INTRODUCING = (
    "introduc(?:es?|ed|ing)|present(?:s|ed|ing)?|propos(?:es?|ed|ing)|releas(?:es?|ed|ing)"
    "|open-?sourc(?:es?|ed|ing)|develop(?:s|ed|ing)?|build(?:s|ing)?|built|train(?:s|ed|ing)?"
    "|pre-?train(?:s|ed|ing)?|creat(?:es?|ed|ing)|construct(?:s|ed|ing)?|describ(?:es?|ed|ing)"
    "|unveil(?:s|ed|ing)?|announc(?:es?|ed|ing)|launch(?:es|ed|ing)?|report(?:s|ed)?|offer(?:s|ed)?"
    "|contribut(?:es?|ed)|design(?:s|ed)?|obtain(?:s|ed)?|provid(?:es?|ed)|publish(?:es|ed)?"
    "|produc(?:es?|ed)|devis(?:es?|ed)|shar(?:es?|ed)|fine-?tun(?:es?|ed)|name[sd]?|call(?:s|ed)?"
    "|term(?:s|ed)?|dub(?:s|bed)?|explor(?:es?|ed)|put forward|rolled out|distill?(?:s|ed)?"
    "|explain(?:s|ed)?|scal(?:es?|ed)|establish(?:es|ed)?|yields?|yielding|deliver(?:s|ed)?"
)
# Families whose members are the usual ground on which other models are built.
FAMILIES = (
    "BERT|mBERT|RoBERTa|XLM-?R(?:oBERTa)?|XLM|ALBERT|ELECTRA|DeBERTa|DistilBERT|XLNet|ModernBERT"
    "|SciBERT|BioBERT|PubMedBERT|CodeBERT|GraphCodeBERT|T5|mT5|ByT5|Flan-?T5|Flan-?PaLM|UL2"
    "|CodeT5|T0|BART|mBART|PEGASUS|ERNIE|LaMDA|PaLM|Gopher|Chinchilla|GLaM|Gemini|Gemma"
    "|PaliGemma|GPT|ChatGPT|DialoGPT|OPT|BLOOMZ?|BLOOM|GLM|ChatGLM|Codex|CodeGen|StarCoder"
    "|SantaCoder|Code ?Llama|Llama|OpenLLaMA|TinyLlama|Alpaca|Vicuna|Koala|Guanaco|WizardLM"
    "|Falcon|MPT|Pythia|OLMo|OLMoE|Mistral|Mixtral|Ministral|Pixtral|Qwen|QwQ|Yi|Baichuan"
    "|InternLM|InternVL|InternViT|InternVideo|DeepSeek|Phi|StableLM|SmolLM|SmolVLM|MiniCPM"
    "|Command ?R|Aya|Nemotron|Granite|Kimi|Hunyuan|Skywork|Aquila|CPM|Solar|Zephyr|Tulu"
    "|Mamba|RWKV|RecurrentGemma|CLIP|EVA-CLIP|SigLIP|ALIGN|BLIP|InstructBLIP|Flamingo"
    "|OpenFlamingo|IDEFICS|LLaVA|MiniGPT-4|Q-?Former|CogVLM|Emu|Chameleon|ViT|ViT-22B|DINO|DINOv2"
    "|MAE|BEiT|Swin|SAM|ResNet|Stable Diffusion|SDXL|SD|FLUX|PixArt|Imagen|DALL-?E|VQGAN"
    "|VQ-?VAE|CogView|CogVideo|CogVideoX|Wan|HunyuanVideo|Latte|AnimateDiff|Whisper|wav2vec"
    "|HuBERT|WavLM|w2v-BERT|SeamlessM4T|NLLB|M2M-?100|Moshi|AudioLM|SoundStorm|VALL-E|CosyVoice"
    "|ESM|ESMFold|AlphaFold|ProtTrans|ProtT5|ProGen|ProtBERT|OpenVLA|RT-2|Octo|Sentence-BERT|SBERT"
    "|SimCSE|Contriever|E5|BGE|ColBERT|LayoutLM|Claude|UniLM|LongT5|Longformer|Jamba|Jais"
)
# Words with the shape of a name that name no released model.
_NO_NAMES = """
    llm llms lm lms mllm mllms vlm vlms lvlm lvlms lmm lmms plm plms slm slms vla vlas nlp nlu nlg
    ai agi ml dl cv rl irl rlhf rlaif rlvr sft dpo ppo grpo cot icl qa vqa nmt mt asr tts ocr ir
    ner gpu gpus tpu tpus npu npus cpu cpus api apis url http https github gitlab huggingface
    hugging face sota moe moes lora qlora peft rag kv ffn mlp cnn cnns rnn rnns lstm gru gan gans
    vae dit glue superglue mmlu gsm8k humaneval mbpp bleu rouge fid imagenet coco squad arc
    hellaswag truthfulqa big-bench bbh mteb beir swe-bench livecodebench aime math ifeval mt-bench
    gpqa cmmlu c-eval ceval wikitext wikipedia commoncrawl c4 pile english chinese arabic french
    german spanish japanese korean russian hindi italian portuguese dutch turkish hebrew persian
    greek polish czech finnish swedish norwegian danish hungarian romanian ukrainian bengali tamil
    urdu swahili malay vietnamese indonesian thai european african indian asian python java
    javascript pytorch tensorflow jax cuda linux apache mit cc-by transformer transformers
    attention deep neural language large model models multi multimodal multilingual pre-training
    pretraining pre-trained pretrained self-supervised text-to-image text-to-video text-to-text
    vision-language open-source state-of-the-art zero-shot few-shot image-text video-language
    end-to-end the this these we our it in on for to a an as at by of and or with from using both
    each all many most some new novel first two three four five six seven eight nine ten several
    various recent however while although despite here unlike given based finally additionally
    furthermore moreover specifically notably experiments results code data one through under
    towards toward such that which when where how why what can is are 2d 3d 4d 1d ii iii iv ood iid
    pdf html xml json sql usa uk eu us who arxiv neurips icml acl openai google deepmind meta
    microsoft nvidia amazon apple alibaba tencent baidu huawei bytedance transformer-based
    diffusion fine-tuning finetuning instruction prompt learning training extensive empirical
    empirically mixture-of-experts mixture experts foundation gpt-4's v+l v&l vl seq2seq t2i t2v
    i2v t2a s2s v2a img2img pre-trained-model bi-directional bidirectional encoder decoder
    encoder-decoder decoder-only representations vision visual cross-modal cross-lingual text-image
    supervised unsupervised self-attention speech audio video twitter reddit youtube medline
    pubmed mimic-iii covid-19 x-ray ct mri ehr emr iot
"""
NOT_NAMES = frozenset(_NO_NAMES.split())
