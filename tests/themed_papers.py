"""Papers about a few themes, made by rule: which belong together is known."""

from __future__ import annotations

THEMES: dict[str, tuple[str, ...]] = {
    "translation": ("machine translation", "source sentence", "target language", "parallel corpus",
                    "BLEU score", "bilingual lexicon"),
    "speech": ("speech recognition", "acoustic signal", "spoken utterance", "phoneme decoder",
               "microphone recordings", "speaker voice"),
    "robots": ("robot grasping", "gripper arm", "tactile sensor", "object manipulation",
               "joint torque", "warehouse robot"),
    "proteins": ("protein folding", "amino acid chain", "molecular structure", "drug binding",
                 "enzyme mutation", "cell biology"),
    "quantum": ("quantum circuits", "qubit gates", "entangled states", "quantum error correction",
                "superconducting hardware", "quantum annealing"),
    "medicine": ("tumor segmentation", "MRI scans", "radiology images", "lesion boundary",
                 "clinical diagnosis", "patient organs"),
    "recommending": ("recommender systems", "user clicks", "item ratings", "shared tastes",
                     "movie preferences", "shopping sessions"),
    "graphs": ("graph coloring", "vertex cover", "planar graphs", "approximation bound",
               "spanning trees", "polynomial algorithm"),
}  # fmt: skip


def themed_papers(
    each: int, *, first: int = 0, themes: tuple[str, ...] = tuple(THEMES)
) -> list[dict[str, object]]:
    """`each` papers of every theme, numbered from `first` on; the id says the theme."""
    papers: list[dict[str, object]] = []
    for theme in themes:
        place, terms = list(THEMES).index(theme), THEMES[theme]
        for number in range(first, first + each):
            one, two, three = (terms[(number * step + step) % 6] for step in (1, 2, 5))
            papers.append(
                {
                    "id": f"24{place + 1:02d}.{number + 1:05d}",
                    "title": f"On {terms[0]} with {one}, part {number}",
                    "abstract": f"For {terms[0]} we look at {one} and {two}. Trial {number} of "
                    f"{three} and {terms[number % 6]} is about {terms[0]}.",
                    "authors": ["Ada Lovelace"],
                    "categories": ["cs.CL"],
                    "published": f"2024-{place + 1:02d}-01",
                }
            )
    return papers


def theme_of(arxiv_id: str) -> str:
    return list(THEMES)[int(arxiv_id[2:4]) - 1]
