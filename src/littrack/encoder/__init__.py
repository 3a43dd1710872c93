"""Text to vectors: the bundled bilingual model, sentence-transformers models, the trainer."""
