"""A small help centre with one question of every sort, and what the assistant says to it."""

import pytest

from evaluation import Evaluation, Qrel, Topic, evaluate
from indexer import Article
from tests.evaluation.standins import ANSWER, CLARIFY, FakeAssistant, Told

ARTICLES = [
    Article("fees", "zh", "矿工费是什么？"),
    Article("fees", "en", "What is the miner fee?"),
    Article("login", "zh", "登录不了怎么办？"),
    Article("hours", "en", "When is support open?"),
]
TOPICS = [
    Topic("t1", "矿工费谁收走了", "zh", answerable=True, kind="zh"),
    Topic("t2", "cannot log in", "en", answerable=True, kind="en"),
    Topic("t3", "客服几点上班", "zh", answerable=True, kind="zh"),
    Topic("t4", "who takes the fee", "en", answerable=True, kind="en"),
    Topic("t5", "weather tomorrow", "en", answerable=False, kind="far"),
    Topic("t6", "怎么做红烧肉", "zh", answerable=False, kind="far"),
    Topic("t7", "fees or hours", "en", answerable=True, kind=""),
]
QRELS = [
    Qrel("t1", "fees"),
    Qrel("t2", "login"),
    Qrel("t3", "hours"),
    Qrel("t4", "fees"),
    Qrel("t7", "hours"),
    Qrel("t7", "fees"),
]
TOLD = {
    "矿工费谁收走了": Told(ANSWER, [("fees", 0.9), ("login", 0.2)]),
    "cannot log in": Told(CLARIFY, [("fees", 0.6), ("login", 0.5)], parts={"lexical": 0.25}),
    "who takes the fee": Told(ANSWER, [("fees", 0.8)]),
    "weather tomorrow": Told(ANSWER, [("hours", 0.85)]),
    "fees or hours": Told(CLARIFY, [("fees", 0.4), ("login", 0.3), ("hours", 0.1)]),
}


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(ARTICLES, TOLD)


@pytest.fixture
def evaluation(assistant: FakeAssistant) -> Evaluation:
    """t1, t4 right; t5 wrong though sure; t2 second; t3, t6 silence; t7 right, one of two."""
    return evaluate(assistant, TOPICS, QRELS)
