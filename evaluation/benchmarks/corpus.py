"""A large knowledge base to measure on: paraphrase clusters, each used several times."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluation.helpcentres import read_clusters
from indexer import LANGS, Article

CLUSTERS = Path(__file__).parents[1] / "datasets" / "clusters" / "train.jsonl"


def articles(count: int) -> Iterator[Article]:
    """Yield `count` articles, Chinese and English in turn, no two with the same passages."""
    clusters = _answered()
    for number in range(count):
        lang = LANGS[number % 2]
        cluster = clusters[number // 2 % len(clusters)]
        # The case number keeps the texts apart, so that none is embedded for two articles.
        case = f" ({number})"
        title, *questions = (f"{text}{case}" for text in cluster[lang])
        body = f"{cluster[f'answer_{lang}']}{case}"
        yield Article(f"a{number}", lang, title, tuple(questions), body)


def questions(count: int) -> list[str]:
    """Return `count` short questions in both languages."""
    clusters = _answered()
    return [clusters[n % len(clusters)][LANGS[n % 2]][-1] for n in range(count)]


def _answered() -> list[dict[str, Any]]:
    return [c for c in read_clusters(CLUSTERS) if all(c.get(f"answer_{x}") for x in LANGS)]
