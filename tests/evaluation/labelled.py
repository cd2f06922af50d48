"""A help centre of many articles over a real index, and questions with a known chance to be right."""

import random
from pathlib import Path

from evaluation.topics import Qrel, Topic
from indexer import Article, KnowledgeBase, ModelChoice, build
from server.engine.scorer import LogisticModel, Scorer, Thresholds
from tests.fakes import FakeEncoder

SITUATIONS = ("same", "cross", "lexical")
_WORDS = "amber birch cedar dune ember fjord grove heath inlet jetty knoll lagoon".split()
_HAN = "山水火木金土日月星云雨雪风花草虫鱼鸟马牛羊"
ARTICLES = tuple(
    article
    for n in range(12)
    for article in (
        Article(f"a{n:02d}", "en", f"How about {_WORDS[n]} {_WORDS[n - 1]}?", body="It is so."),
        Article(f"a{n:02d}", "zh", f"{_HAN[n]}{_HAN[n + 1]}{_HAN[n + 3]}怎么办？", body="如此。"),
    )
)


def scorer(intercept: float = -4.0, weight: float = 8.0) -> Scorer:
    model = LogisticModel(intercept=intercept, weights={"coverage": weight})
    return Scorer(
        models=dict.fromkeys(SITUATIONS, model),
        thresholds=dict.fromkeys(SITUATIONS, Thresholds(0.8, 0.5, 0.95, 100)),
    )


def build_index(
    root: Path, articles: tuple[Article, ...] = ARTICLES, model: str = "fake@1"
) -> None:
    build(KnowledgeBase(articles), root, FakeEncoder(model), ModelChoice("given"))


def questions(count: int, seed: int = 1) -> tuple[list[Topic], list[Qrel]]:
    """Return questions, every fourth of them about nothing; some words lead astray."""
    rng = random.Random(seed)
    topics, qrels = [], []
    for number in range(count):
        place = rng.randrange(12)
        lang = "zh" if number % 2 else "en"
        if lang == "en":
            words = [_WORDS[place], _WORDS[place - 1], "please", "tell"][: rng.randint(1, 4)]
            text = " ".join(["about", *words])
        else:
            text = f"{_HAN[place]}{_HAN[place + 1]}" + "请问一下"[: rng.randint(0, 4)]
        answerable = number % 4 != 3
        if not answerable:
            text = "bake bread" if lang == "en" else "红烧猪肉"
            text += f" {rng.choice(_WORDS)}" if lang == "en" and rng.random() < 0.5 else ""
        topics.append(Topic(f"q{number}", f"{text} {number}", lang, answerable))
        if answerable:
            qrels.append(Qrel(f"q{number}", f"a{place:02d}"))
    return topics, qrels


def topics_csv(topics: list[Topic], qrels: list[Qrel]) -> str:
    right = {qrel.topic_id: qrel.article_id for qrel in qrels}
    lines = [f'{t.id},"{t.text}",{t.lang},{right.get(t.id, "")}' for t in topics]
    return "\n".join(["id,text,lang,article_id", *lines, ""])
