"""Pseudo help centres from paraphrase clusters: many knowledge bases to learn and measure on.

A cluster is a question in several wordings and both languages with its answer. Some wordings make
an article, the others are asked; `near` questions and clusters that were left out have no answer.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer import LANGS, Article, KnowledgeBase, Lang, read_knowledge_base

# How many wordings of a cluster go into its article; the rest is asked.
_WORDINGS = {"zh": 3, "en": 2}
# The shares of articles in both languages, in Chinese only, in English only.
_LANGUAGES: tuple[tuple[tuple[Lang, ...], float], ...] = (
    (("zh", "en"), 0.5),
    (("zh",), 0.25),
    (("en",), 0.25),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the article that answers it (several: `a|b`), None where none does.

    Of a `near` question all that is known is the article that does not answer it, though it looks
    alike: `not_article_id`. Another one may.
    """

    text: str
    lang: Lang
    article_id: str | None
    not_article_id: str | None = None


@dataclass(frozen=True, slots=True)
class HelpCentre:
    """A knowledge base and questions to ask it."""

    name: str
    base: KnowledgeBase
    questions: tuple[Asked, ...]


def read_clusters(file: Path) -> list[dict[str, Any]]:
    """Return the clusters in `file`, JSON lines as evaluation/datasets/clusters/README.md tells."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def help_centre(
    name: str,
    clusters: Sequence[dict[str, Any]],
    size: int,
    *,
    left_out: int,
    seed: int,
    both_languages: bool = False,
) -> HelpCentre:
    """Return a help centre of `size` random clusters that is also asked about `left_out` others.

    Half of the articles are in both languages and a quarter each in one of them, unless
    `both_languages`. Equal seeds give equal centres.
    """
    rng = random.Random(seed)  # noqa: S311 - reproducible sampling, no secret
    chosen = rng.sample(range(len(clusters)), min(len(clusters), size + left_out))
    articles: list[Article] = []
    questions: list[Asked] = []
    for number in chosen[:size]:
        cluster = clusters[number]
        ident = f"c{number}"
        shares = [share for _, share in _LANGUAGES]
        langs = LANGS if both_languages else rng.choices(_LANGUAGES, shares)[0][0]
        for lang in LANGS:
            wordings = rng.sample(cluster[lang], len(cluster[lang]))
            kept = _WORDINGS[lang] if lang in langs else 0
            if kept:
                body = cluster[f"answer_{lang}"]
                articles.append(Article(ident, lang, wordings[0], tuple(wordings[1:kept]), body))
            questions += [Asked(text, lang, ident) for text in wordings[kept:]]
        questions += [Asked(text, _language(text), None, ident) for text in cluster.get("near", ())]
    for number in chosen[size:]:
        for lang in LANGS:
            questions.append(Asked(rng.choice(clusters[number][lang]), lang, None))
    return HelpCentre(name, KnowledgeBase(tuple(articles)), tuple(questions))


def own_help_centre(kb: Path, topics: Path) -> HelpCentre:
    """Return the knowledge base in `kb` with the questions of a topics file (JSON lines)."""
    with topics.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    questions = tuple(Asked(row["text"], row["lang"], row["article_id"] or None) for row in rows)
    return HelpCentre(kb.name, read_knowledge_base(kb), questions)


def _language(text: str) -> Lang:
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"
