"""Asking all topics and judging the answers."""

import pytest

from evaluation import Evaluation, Qrel, Topic, evaluate
from indexer import Article
from server.engine import EncoderState
from tests.evaluation.conftest import ARTICLES, QRELS, TOPICS
from tests.evaluation.standins import ANSWER, FakeAssistant, Told


def test_outcomes_follow_the_topics(evaluation: Evaluation) -> None:
    assert [outcome.topic for outcome in evaluation.outcomes] == TOPICS
    assert [outcome.rank for outcome in evaluation.outcomes] == [1, 2, None, 1, None, None, 1]
    right = [outcome.topic.id for outcome in evaluation.outcomes if outcome.right]
    assert right == ["t1", "t4", "t7"]
    answered = [outcome.topic.id for outcome in evaluation.outcomes if outcome.answered]
    assert answered == ["t1", "t4", "t5"]


def test_direction_is_the_askers_own_language_where_a_right_article_has_it(
    evaluation: Evaluation,
) -> None:
    directions = [outcome.direction for outcome in evaluation.outcomes]
    assert directions == ["zh→zh", "en→zh", "zh→en", "en→en", None, None, "en→en"]


def test_an_expected_article_that_the_index_lacks_is_told_and_missed() -> None:
    assistant = FakeAssistant(ARTICLES, {"gone?": Told(ANSWER, [("fees", 0.9)])})
    topics = [Topic("x", "gone?", "en", answerable=True)]
    evaluation = evaluate(assistant, topics, [Qrel("x", "gone")])
    assert evaluation.unknown == (("x", "gone"),)
    assert evaluation.outcomes[0].direction == "en→none"
    assert not evaluation.outcomes[0].right


def test_topics_are_asked_in_batches_and_progress_is_told() -> None:
    assistant = FakeAssistant(ARTICLES)
    topics = [Topic(f"t{n}", f"question {n}", "en", answerable=False) for n in range(150)]
    told: list[tuple[str, int, int]] = []
    evaluation = evaluate(assistant, topics, [], progress=lambda *step: told.append(step))
    assert [text for batch in assistant.batches for text in batch] == [t.text for t in topics]
    assert 1 < len(assistant.batches) < 10
    assert told[0] == ("ask", 0, 150)
    assert told[-1] == ("ask", 150, 150)
    assert len(evaluation.outcomes) == 150


def test_titles_cover_what_was_expected_and_what_was_found(evaluation: Evaluation) -> None:
    assert evaluation.titles["fees", "en"] == "What is the miner fee?"
    assert set(evaluation.titles) == {article.key for article in ARTICLES}


def test_a_missing_encoder_is_told(assistant: FakeAssistant) -> None:
    assert not evaluate(assistant, TOPICS, QRELS).lexical_only
    assistant.encoder.state = EncoderState.FAILED
    assert evaluate(assistant, TOPICS, QRELS).lexical_only


def test_a_shallow_run_is_refused(assistant: FakeAssistant) -> None:
    with pytest.raises(ValueError, match="top_k must be at least 10"):
        evaluate(assistant, TOPICS, QRELS, top_k=5)


@pytest.mark.parametrize(
    ("topics", "qrels", "message"),
    [
        ([TOPICS[0], TOPICS[0]], QRELS, "Two topics have the id 't1'"),
        ([TOPICS[0]], [], "'t1' counts as answerable, but no judgement"),
        ([TOPICS[0]], [Qrel("t1", "fees", 0)], "'t1' counts as answerable, but no judgement"),
        ([TOPICS[4]], [Qrel("t5", "fees")], "'t5' counts as unanswerable, but a judgement"),
    ],
)
def test_contradictions_are_refused(
    assistant: FakeAssistant, topics: list[Topic], qrels: list[Qrel], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(assistant, topics, qrels)


def test_no_topics_are_no_outcomes(assistant: FakeAssistant) -> None:
    assert evaluate(assistant, [], []).outcomes == ()


def test_twins_are_one_article(assistant: FakeAssistant) -> None:
    # The article is right whichever language it is shown in.
    only_zh = FakeAssistant([Article("fees", "zh", "矿工费")], assistant.told)
    evaluation = evaluate(only_zh, [TOPICS[3]], [QRELS[3]])
    assert evaluation.outcomes[0].right
    assert evaluation.outcomes[0].direction == "en→zh"
