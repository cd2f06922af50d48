"""The Assistant from question to decision, on a small index."""

import threading
from pathlib import Path

import pytest

from indexer import Article, EncoderError, KnowledgeBase, ModelChoice, build
from indexer.store import Manifest, StoreError
from server.engine import Assistant, Decision, EncoderState
from server.engine.scorer import bundled_scorer
from tests.fakes import FakeEncoder

BASE = KnowledgeBase(
    (
        Article("hours-a", "en", "When is support open?", product="a", variant_of="hours"),
        Article("hours-b", "en", "When is support open?", product="b", variant_of="hours"),
        Article("withdraw", "zh", "提现没有到账怎么办？", ("提现 未到账",), "请查交易哈希。"),
        Article("withdraw", "en", "My withdrawal never arrived", (), "Look up the hash."),
        Article("only-zh", "zh", "TRC20 USDT 波场能量是什么", (), "能量抵扣手续费。"),
    )
)
SECRET = " ".join(["abandon"] * 11 + ["about"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build(BASE, tmp_path, FakeEncoder(), ModelChoice("fake"))
    return tmp_path


def test_one_hit_an_id_in_the_askers_language(root: Path) -> None:
    assistant = Assistant.open(root, encoder=FakeEncoder())
    for text, lang in (("提现没有到账怎么办", "zh"), ("my withdrawal never arrived", "en")):
        answer = assistant.ask(text)
        assert (answer.hits[0].article_id, answer.hits[0].lang) == ("withdraw", lang)
        ids = [hit.article_id for hit in answer.hits]
        assert len(set(ids)) == len(ids)
        scores = [hit.score for hit in answer.hits]
        assert scores == sorted(scores, reverse=True)
        assert answer.confidence == answer.hits[0].score


def test_an_article_of_the_other_language_only_is_found(root: Path) -> None:
    answer = Assistant.open(root, encoder=FakeEncoder()).ask("what is TRC20 USDT", lang="en")
    hit = next(hit for hit in answer.hits if hit.article_id == "only-zh")
    assert hit.lang == "zh"
    assert hit.evidence.situation == "cross"


def test_a_product_never_gets_the_others_article(root: Path) -> None:
    answer = Assistant.open(root, encoder=FakeEncoder()).ask("support open?", product="a")
    ids = {hit.article_id for hit in answer.hits}
    assert "hours-a" in ids
    assert "hours-b" not in ids


def test_many_are_answered_as_each(root: Path) -> None:
    assistant = Assistant.open(root, encoder=FakeEncoder())
    texts = ["提现没有到账", "support open?", "bread", ""]
    assert assistant.ask_many(texts, top_k=5) == [assistant.ask(text) for text in texts]
    with pytest.raises(ValueError, match="top_k"):
        assistant.ask("x", top_k=0)


def test_a_secret_is_neither_searched_nor_encoded(root: Path) -> None:
    encoder = FakeEncoder()
    answer = Assistant.open(root, encoder=encoder).ask(f"my words {SECRET}")
    assert answer.decision == Decision.BLOCKED
    assert answer.hits == ()
    assert encoder.seen == []
    assert "abandon" not in answer.query.text


def test_a_human_is_given_to_whom_asks(root: Path) -> None:
    assistant = Assistant.open(root, encoder=FakeEncoder())
    for text in ("转人工", "人工客服", "let me talk to a human"):
        assert assistant.ask(text).decision == Decision.HANDOFF
        assert assistant.ask(text).reason == "asked_for_human"


def test_without_an_encoder_words_answer_until_it_comes(root: Path) -> None:
    broken = True

    def load(manifest: Manifest) -> FakeEncoder:
        if broken:
            raise EncoderError("no model here")
        return FakeEncoder(manifest.model_id)

    assistant = Assistant(root, load, bundled_scorer())
    assistant.encoder.load()
    assert assistant.encoder.state == EncoderState.FAILED
    answer = assistant.ask("提现没有到账")
    assert answer.hits[0].article_id == "withdraw"
    assert answer.hits[0].evidence.dense is None
    broken = False
    assistant.encoder.load()
    assert assistant.encoder.state == EncoderState.READY
    assert assistant.ask("提现没有到账").hits[0].evidence.dense is not None


def test_another_model_than_the_indexs_is_refused(root: Path) -> None:
    assistant = Assistant.open(root, encoder=FakeEncoder("another@1"))
    assert assistant.encoder.state == EncoderState.FAILED
    assert "another@1" in str(assistant.encoder.error)


def test_a_new_index_is_swapped_in_while_questions_run(root: Path) -> None:
    assistant = Assistant.open(root, encoder=FakeEncoder())
    stop = threading.Event()
    failures: list[Exception] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                assistant.ask("提现没有到账")
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    first = assistant.index.manifest.index_id
    more = KnowledgeBase((*BASE.articles, Article("new", "en", "A new article")))
    build(more, root, FakeEncoder(), ModelChoice("fake"))
    assert assistant.refresh()
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert assistant.index.manifest.index_id != first
    assert not assistant.refresh()


def test_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="faq-index build"):
        Assistant.open(tmp_path)
