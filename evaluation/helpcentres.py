"""Pseudo help centres: many knowledge bases to learn and measure on, of the kinds that there are.

A cluster is a question in several wordings and both languages, some with an answer. `help_centre`
makes articles of some wordings and asks the others, as most help pages are; `phrase_centre` leaves
one or two to ask, as bots with many training phrases are; `answer_centre` indexes the answers
alone, `document_centre` paragraphs of documentation, asked by their headings, and
`reworded_centre` texts, asked by others that say the same in nearly the same words. `near`
questions and what was left out have no answer.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.topics import read_topics, relevance
from indexer import LANGS, Article, KnowledgeBase, Lang, read_knowledge_base
from indexer.text import normalise

# How many wordings of a cluster go into its article; the rest is asked.
_WORDINGS = {"zh": 3, "en": 2}
_LONGEST_HEADING = 80
_LONGEST_PARAGRAPH = 1200
_SHORTEST_PARAGRAPH = {"zh": 20, "en": 40}
_LONGEST_REWORDED = 80
_SHORTEST_REWORDED = {"zh": 7, "en": 15}
# A decimal point ends no sentence.
_SENTENCE = re.compile(r"(?=\S)(?:[^.。！!？?\n]|(?<=\d)\.(?=\d))+")
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
    """A knowledge base and questions to ask it; `weight` is how much it counts in a fit."""

    name: str
    base: KnowledgeBase
    questions: tuple[Asked, ...]
    weight: float = 1.0


def read_clusters(file: Path) -> list[dict[str, Any]]:
    """Return the clusters in `file`, JSON lines as evaluation/datasets/clusters/README.md tells."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_fillers(file: Path) -> list[dict[str, Any]]:
    """Return the clusters in `file` that ask what no question of a pseudo help centre asks.

    One that is `like` a cluster asked about would be right where it counts as wrong.
    """
    return [cluster for cluster in read_clusters(file) if not cluster.get("like")]


def help_centre(
    name: str,
    clusters: Sequence[dict[str, Any]],
    size: int,
    *,
    left_out: int,
    seed: int,
    both_languages: bool = False,
    fillers: Sequence[dict[str, Any]] = (),
) -> HelpCentre:
    """Return a help centre of `size` random clusters that is also asked about `left_out` others.

    Half of the articles are in both languages and a quarter each in one of them, unless
    `both_languages`. Equal seeds give equal centres. Where there are too few `clusters`, random
    `fillers` are articles too, about which nobody asks: clusters that the encoder was trained on,
    whose questions it would know by heart.
    """
    rng = random.Random(seed)  # noqa: S311 - reproducible sampling, no secret
    left_out = min(left_out, len(clusters) // 3)
    chosen = rng.sample(range(len(clusters)), min(len(clusters), size + left_out))
    inside, outside = chosen[: len(chosen) - left_out], chosen[len(chosen) - left_out :]
    articles: list[Article] = []
    questions: list[Asked] = []
    for number in inside:
        written, asked = _written(rng, f"c{number}", clusters[number], both_languages)
        articles += written
        questions += asked
    for number in outside:
        for lang in LANGS:
            questions.append(Asked(rng.choice(clusters[number][lang]), lang, None))
    missing = min(len(fillers), size - len(inside))
    for number in rng.sample(range(len(fillers)), max(0, missing)):
        written, _ = _written(rng, f"f{number}", fillers[number], both_languages)
        articles += written
    return HelpCentre(name, KnowledgeBase(tuple(articles)), tuple(questions))


def _written(
    rng: random.Random, ident: str, cluster: dict[str, Any], both_languages: bool
) -> tuple[list[Article], list[Asked]]:
    """Return a cluster's article in one language or both, and what is asked of it."""
    articles: list[Article] = []
    questions: list[Asked] = []
    shares = [share for _, share in _LANGUAGES]
    langs = LANGS if both_languages else rng.choices(_LANGUAGES, shares)[0][0]
    for lang in LANGS:
        wordings = rng.sample(cluster[lang], len(cluster[lang]))
        kept = _WORDINGS[lang] if lang in langs else 0
        if kept:
            body = cluster.get(f"answer_{lang}", "")
            articles.append(Article(ident, lang, wordings[0], tuple(wordings[1:kept]), body))
        questions += [Asked(text, lang, ident) for text in wordings[kept:]]
    questions += [Asked(text, _language(text), None, ident) for text in cluster.get("near", ())]
    # A term that both languages share, or the same in traditional characters, is no other wording.
    held = {normalise(text) for one in articles for text in (one.title, *one.questions)}
    return articles, [question for question in questions if normalise(question.text) not in held]


def phrase_centre(
    name: str, clusters: Sequence[dict[str, Any]], size: int, *, seed: int
) -> HelpCentre:
    """Return a centre of `size` clusters at most, in one language each, with most wordings inside.

    A third of the clusters are left out and asked about.
    """
    rng = random.Random(seed)  # noqa: S311
    chosen = rng.sample(range(len(clusters)), min(len(clusters), size * 3 // 2))
    kept = len(chosen) * 2 // 3
    articles: list[Article] = []
    questions: list[Asked] = []
    for number in chosen[:kept]:
        lang = rng.choice(LANGS)
        wordings = rng.sample(clusters[number][lang], len(clusters[number][lang]))
        last = max(1, len(wordings) - rng.choice((1, 2)))
        articles.append(
            Article(f"c{number}", lang, wordings[0], tuple(wordings[1:last]), wordings[0])
        )
        questions += [Asked(text, lang, f"c{number}") for text in wordings[last:]]
    for number in chosen[kept:]:
        lang = rng.choice(LANGS)
        questions.append(Asked(rng.choice(clusters[number][lang]), lang, None))
    return HelpCentre(name, KnowledgeBase(tuple(articles)), tuple(questions))


def answer_centre(name: str, clusters: Sequence[dict[str, Any]], *, seed: int) -> HelpCentre:
    """Return a centre of the clusters' answers without their questions; a third is left out."""
    rng = random.Random(seed)  # noqa: S311
    answered = [n for n, c in enumerate(clusters) if all(c.get(f"answer_{x}") for x in LANGS)]
    rng.shuffle(answered)
    kept = len(answered) * 2 // 3
    articles: list[Article] = []
    questions: list[Asked] = []
    for place, number in enumerate(answered):
        cluster, ident = clusters[number], f"c{number}"
        inside = place < kept
        for lang in rng.choice([langs for langs, _ in _LANGUAGES]) if inside else ():
            articles.append(_untitled(ident, lang, cluster[f"answer_{lang}"]))
        for lang in LANGS:
            for text in rng.sample(cluster[lang], min(3, len(cluster[lang]))):
                questions.append(Asked(text, lang, ident if inside else None))
    return HelpCentre(name, KnowledgeBase(tuple(articles)), tuple(questions))


def document_centre(
    name: str,
    pairs: Sequence[tuple[str, str]],
    size: int,
    lang: Lang,
    *,
    strangers: Sequence[str],
    seed: int,
) -> HelpCentre:
    """Return a centre of `size` paragraphs in `lang` that is asked their headings.

    `pairs` are headings with their paragraph. Half as many headings of paragraphs that were left
    out, and a third as many `strangers`, questions of other subjects, are asked too.
    """
    rng = random.Random(seed)  # noqa: S311
    unique = list({p: h for h, p in dict(pairs).items()}.items())
    chosen = rng.sample(unique, min(len(unique), size * 3 // 2))
    kept = len(chosen) * 2 // 3
    articles = [_untitled(f"d{n}", lang, text) for n, (text, _) in enumerate(chosen[:kept])]
    questions = [
        Asked(heading, lang, f"d{n}" if n < kept else None) for n, (_, heading) in enumerate(chosen)
    ]
    far = rng.sample(list(strangers), min(len(strangers), size // 3))
    questions += [Asked(text, lang, None) for text in far]
    return HelpCentre(name, KnowledgeBase(tuple(articles)), tuple(questions))


def reworded_centre(
    name: str, pairs: Sequence[tuple[str, str]], size: int, lang: Lang, *, seed: int
) -> HelpCentre:
    """Return a centre of `size` short texts in `lang` that is asked their other wordings.

    Half as many wordings of texts that were left out are asked too.
    """
    rng = random.Random(seed)  # noqa: S311
    unique = list({normalise(text): (text, other) for text, other in pairs}.values())
    chosen = rng.sample(unique, min(len(unique), size * 3 // 2))
    kept = len(chosen) * 2 // 3
    articles = [Article(f"r{n}", lang, text, (), text) for n, (text, _) in enumerate(chosen[:kept])]
    questions = [
        Asked(other, lang, f"r{n}" if n < kept else None) for n, (_, other) in enumerate(chosen)
    ]
    return HelpCentre(name, KnowledgeBase(tuple(articles)), tuple(questions))


def read_pairs(folder: Path, lang: Lang) -> list[tuple[str, str]]:
    """Return headings with their paragraphs from `folder`, `{a, b, lang, kind}` in *.jsonl.gz."""
    return [
        (heading, paragraph[:_LONGEST_PARAGRAPH])
        for heading, paragraph in _pairs(folder, lang, "qa")
        if len(heading) < _LONGEST_HEADING and len(paragraph) >= _SHORTEST_PARAGRAPH[lang]
    ]


def read_rewordings(folder: Path, lang: Lang) -> list[tuple[str, str]]:
    """Return short texts with another wording of each from `folder`, as `read_pairs` reads it."""
    shortest = _SHORTEST_REWORDED[lang]
    return [
        pair
        for pair in _pairs(folder, lang, "qq")
        if all(shortest <= len(text) < _LONGEST_REWORDED for text in pair)
        and normalise(pair[0]) != normalise(pair[1])
    ]


def _pairs(folder: Path, lang: Lang, kind: str) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["kind"] == kind and row["lang"] == lang:
                    yield row["a"], row["b"]


def _untitled(ident: str, lang: Lang, text: str) -> Article:
    """Return an article that holds no question: its title is how its text begins."""
    return Article(ident, lang, beginning(text), (), text)


def beginning(text: str) -> str:
    """Return the first sentence of `text`, or the first characters of a long one."""
    first = _SENTENCE.search(text := text.strip())
    return (first.group() if first else text)[:_LONGEST_HEADING].strip()


def own_help_centre(kb: Path, topics: Path) -> HelpCentre:
    """Return the knowledge base in `kb` with the questions of a topics file.

    Raises:
        SourceError: with every fault of either.
    """
    asked, qrels = read_topics(topics)
    judged = relevance(qrels)
    questions = tuple(Asked(t.text, t.lang, "|".join(judged.get(t.id, ())) or None) for t in asked)
    return HelpCentre(kb.name, read_knowledge_base(kb), questions)


def _language(text: str) -> Lang:
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"
