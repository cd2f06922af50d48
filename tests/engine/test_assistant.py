import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import Article, Encoder, EncoderError, Lang, ModelChoice, StoreError, build
from indexer.encoder import Role, Vectors
from indexer.store import Manifest
from indexer.text import detect_language
from server.engine import Answer, Assistant, Decision, EncoderState, HandoffReason, Turn
from server.engine.ranking import VARIANT
from server.engine.reading import read
from tests.engine.centre import (
    ARTICLES,
    BASE,
    QUESTIONS,
    SCORER,
    SECRET,
    build_index,
    with_articles,
)
from tests.fakes import FakeEncoder


def open_assistant(root: Path, encoder: FakeEncoder | None = None) -> Assistant:
    return Assistant.open(root, encoder=encoder or FakeEncoder(), scorer=SCORER)


def lexical_assistant(root: Path) -> Assistant:
    """Return an assistant whose encoder is never loaded."""
    return Assistant(root, lambda _: FakeEncoder(), SCORER)


# --- What is answered


@pytest.mark.parametrize(
    ("text", "ident"),
    [
        ("提现没到账怎么办", "withdraw-late"),
        ("體現沒到帳怎麼辦", "withdraw-late"),
        ("tixian mei daozhang", "withdraw-late"),
        ("my withdrawl has not arrived", "withdraw-late"),
        ("助记次丢了", "mnemonic-lost"),
        ("Can the mnemonic be recovered?", "mnemonic-lost"),
        ("gas too expensive", "fees"),
        ("When is TPWallet support open?", "hours-tpwallet"),
    ],
)
def test_a_question_gets_its_article(assistant: Assistant, text: str, ident: str) -> None:
    answer = assistant.ask(text)
    assert answer.decision == Decision.ANSWER
    assert answer.hits[0].article_id == ident
    assert answer.hits[0].lang == answer.query.lang
    assert answer.confidence == answer.hits[0].score >= 0.8


def test_a_question_about_nothing_here_goes_to_a_human(assistant: Assistant) -> None:
    answer = assistant.ask("how to bake sourdough bread")
    assert (answer.decision, answer.reason) == (Decision.HANDOFF, HandoffReason.LOW_CONFIDENCE)


def test_who_asks_for_a_human_gets_one_and_suggestions(assistant: Assistant) -> None:
    answer = assistant.ask("转人工，提现没到账怎么办")
    assert (answer.decision, answer.reason) == (Decision.HANDOFF, HandoffReason.ASKED_FOR_HUMAN)
    assert answer.hits[0].article_id == "withdraw-late"


@pytest.mark.parametrize("text", ["", "  ", "\u200b\u200d", "\n\t"])
def test_nothing_is_asked_back_for_and_not_searched(index_root: Path, text: str) -> None:
    encoder = FakeEncoder()
    answer = open_assistant(index_root, encoder).ask(text)
    assert (answer.decision, answer.reason) == (Decision.HANDOFF, HandoffReason.EMPTY_QUESTION)
    assert (answer.hits, answer.confidence, encoder.seen) == ((), 0.0, [])


def test_without_a_fitting_article_there_are_no_hits(tmp_path: Path) -> None:
    build_index(tmp_path, with_articles(Article("hours", "en", "Hours", product="imwallet")))
    answer = open_assistant(tmp_path).ask("hours", product="tpwallet")
    assert (answer.hits, answer.confidence) == ((), 0.0)
    assert answer.reason == HandoffReason.NO_ARTICLES


def test_the_answer_tells_what_was_asked_and_which_index_answered(assistant: Assistant) -> None:
    answer = assistant.ask("  TPWallet 体现没到账？ ")
    # Shown as it was typed: the mended text is for the search alone.
    assert answer.query.text == "  TPWallet 体现没到账？ "
    assert (answer.query.lang, answer.query.product) == ("zh", "tpwallet")
    assert answer.index_id == assistant.index.manifest.index_id


# --- Hits


def check(answer: Answer, assistant: Assistant, top_k: int) -> None:
    """Assert what holds for every answer."""
    hits = answer.hits
    assert len(hits) <= top_k
    assert [(-h.score, h.article_id) for h in hits] == sorted(
        (-h.score, h.article_id) for h in hits
    )
    assert len({hit.article_id for hit in hits}) == len(hits)
    assert answer.confidence == (hits[0].score if hits else 0.0)
    assert (answer.reason is not None) == (answer.decision == Decision.HANDOFF)
    assert tuple(hit.article_id for hit in answer.choices) == answer.clarify
    assert bool(answer.clarify) == (answer.decision == Decision.CLARIFY)
    assert answer.choices[:top_k] == hits[: len(answer.clarify)]
    for hit in hits:
        assert 0 <= hit.score <= 1
        assert (hit.article_id, hit.lang) in assistant.index.articles
        # The sections of a long article have no twins: they are shown where they were found.
        if (hit.article_id, answer.query.lang) in assistant.index.articles and not hit.section:
            assert hit.lang == answer.query.lang
        evidence = hit.evidence
        total = sum(evidence.parts.values())
        assert evidence.parts.keys() - {"intercept", VARIANT} <= evidence.features.keys()
        assert hit.score == pytest.approx(1 / (1 + 2.718281828459045**-total))
        assert (evidence.dense is None) == (evidence.situation == "lexical")


@pytest.mark.parametrize("lang", [None, "zh", "en"])
@pytest.mark.parametrize("top_k", [1, 2, 5, 10_000])
def test_every_answer_holds_together(
    assistant: Assistant, index_root: Path, lang: Lang | None, top_k: int
) -> None:
    for each in (assistant, lexical_assistant(index_root)):
        for answer in each.ask_many(QUESTIONS, lang=lang, top_k=top_k):
            check(answer, each, top_k)


@settings(max_examples=50)
@given(st.text() | st.text("提现助记词体 withdraw fees nft?tp钱包"))
def test_any_text_is_answered(assistant: Assistant, text: str) -> None:
    check(assistant.ask(text), assistant, 5)


def test_equal_articles_are_ranked_by_their_id(tmp_path: Path) -> None:
    names = ("b", "c", "a", "a1")
    build_index(tmp_path, with_articles(*(Article(name, "en", "What is gas?") for name in names)))
    hits = open_assistant(tmp_path).ask("What is gas?").hits
    assert [hit.article_id for hit in hits] == sorted(names)
    assert len({hit.score for hit in hits}) == 1


def test_the_number_of_hits_changes_nothing_but_their_number(assistant: Assistant) -> None:
    for text in QUESTIONS:
        most = assistant.ask(text, top_k=100)
        for top_k in (1, 2, 3, 7):
            answer = assistant.ask(text, top_k=top_k)
            assert answer == replace(most, hits=most.hits[:top_k])


@pytest.mark.parametrize("top_k", [0, -1])
def test_at_least_one_hit_has_to_be_asked_for(assistant: Assistant, top_k: int) -> None:
    with pytest.raises(ValueError, match="top_k must be at least 1"):
        assistant.ask("提现", top_k=top_k)


def test_who_asks_back_gets_all_choices_however_few_hits(tmp_path: Path) -> None:
    alike = [Article(f"gas-{n}", "en", f"Gas fee {word}") for n, word in enumerate("abcd")]
    build_index(tmp_path, with_articles(*alike))
    scorer = replace(
        SCORER,
        thresholds={s: replace(t, answer=0.999) for s, t in SCORER.thresholds.items()},
    )
    answer = Assistant.open(tmp_path, encoder=FakeEncoder(), scorer=scorer).ask("gas fee", top_k=1)
    assert answer.decision == Decision.CLARIFY
    assert len(answer.hits) == 1
    assert answer.clarify == ("gas-0", "gas-1", "gas-2")
    assert tuple(hit.article_id for hit in answer.choices) == answer.clarify


# --- Languages


def test_twins_are_one_hit_in_the_askers_language(assistant: Assistant) -> None:
    for lang in ("zh", "en"):
        answer = assistant.ask("TPWallet 提现 withdrawal", lang=lang, top_k=100)
        shown = [hit.lang for hit in answer.hits if hit.article_id == "withdraw-late"]
        assert shown == [lang]


def test_an_article_in_the_other_language_only_is_shown_in_that(assistant: Assistant) -> None:
    hit = assistant.ask("我的NFT", lang="zh").hits[0]
    assert (hit.article_id, hit.lang, hit.evidence.situation) == ("nft", "en", "cross")
    hit = assistant.ask("质押收益什么时候发放", lang="en").hits[0]
    assert (hit.article_id, hit.lang, hit.evidence.situation) == ("staking", "zh", "same")


def test_the_language_of_the_page_changes_what_is_shown_not_what_is_found(
    assistant: Assistant,
) -> None:
    """A page in Chinese may well be asked in English: see DECISIONS.md."""
    for text in (q for q in QUESTIONS if detect_language(q, "zh") == detect_language(q, "en")):
        own = assistant.ask(text, top_k=100)
        for lang in ("zh", "en"):
            shown = assistant.ask(text, lang=lang, top_k=100)
            assert [(h.article_id, h.score) for h in shown.hits] == [
                (h.article_id, h.score) for h in own.hits
            ]
            assert (shown.decision, shown.clarify) == (own.decision, own.clarify)


def test_a_section_is_shown_in_the_askers_language_too(assistant: Assistant) -> None:
    hit = assistant.ask("跨链失败怎么退款").hits[0]
    assert (hit.article_id, hit.lang, hit.section) == ("guide", "zh", "跨链失败怎么退款")
    hit = assistant.ask("How is a failed bridge refunded? 跨链失败怎么退款", lang="en").hits[0]
    assert (hit.article_id, hit.lang) == ("guide", "en")
    assert hit.section == "How is a failed bridge refunded?"
    assert hit.passage_id.startswith("guide:en:")


def test_an_article_is_given_in_the_language_asked_for_or_in_the_other(
    assistant: Assistant,
) -> None:
    for article in ARTICLES:
        assert assistant.article(article.id, article.lang) == article
    nft = assistant.article("nft", "zh")
    assert nft is not None
    assert nft.lang == "en"
    assert assistant.article("unknown", "zh") is None


# --- Products


@pytest.mark.parametrize("load", [True, False])
def test_a_question_that_names_a_product_never_gets_anothers_articles(
    load: bool, index_root: Path
) -> None:
    assistant = (open_assistant if load else lexical_assistant)(index_root)
    products = {article.id: article.product for article in ARTICLES}
    for name, product in (("TPWallet", "tpwallet"), ("tp钱包", "tpwallet"), ("IM钱包", "imwallet")):
        for text in (f"{name} 客服几点上班", f"when is {name} support open", f"{name} NFT"):
            answer = assistant.ask(text, top_k=100)
            assert answer.query.product == product
            assert {products[hit.article_id] for hit in answer.hits} <= {None, product}


def test_the_product_asked_for_limits_answers_that_name_none(assistant: Assistant) -> None:
    answer = assistant.ask("客服几点上班", product="imwallet", top_k=100)
    assert answer.hits[0].article_id == "hours-imwallet"
    assert "hours-tpwallet" not in {hit.article_id for hit in answer.hits}


# --- Many at a time


def test_many_are_answered_as_each_alone(assistant: Assistant, index_root: Path) -> None:
    for each in (assistant, lexical_assistant(index_root)):
        alone = [each.ask(text, top_k=10) for text in QUESTIONS]
        assert each.ask_many(QUESTIONS) == alone
        assert each.ask_many(QUESTIONS[::-1]) == alone[::-1]


def test_many_are_encoded_at_once(index_root: Path) -> None:
    batches: list[list[str]] = []

    class Counting(FakeEncoder):
        def encode(self, texts: Sequence[str], role: Role) -> Vectors:
            assert role == "query"
            batches.append(list(texts))
            return super().encode(texts, role)

    open_assistant(index_root, Counting()).ask_many(["提现", "", "体现没到账"])
    assert batches == [["提现", "提现没到账"]]


def test_none_are_answered_with_nothing(assistant: Assistant) -> None:
    assert assistant.ask_many([]) == []


def test_eight_threads_get_the_answers_that_one_gets(assistant: Assistant) -> None:
    texts = [f"{text} {number}" for number in range(5) for text in QUESTIONS]
    alone = [assistant.ask(text) for text in texts]
    together = threading.Barrier(8)

    def ask_all(start: int) -> list[Answer]:
        together.wait(60)
        # Each begins elsewhere, so that different questions meet.
        turned = texts[start:] + texts[:start]
        answers = [assistant.ask(text) for text in turned]
        return answers[len(texts) - start :] + answers[: len(texts) - start]

    with ThreadPoolExecutor(8) as pool:
        for answers in pool.map(ask_all, range(0, 80, 10)):
            assert answers == alone


# --- Secrets


@pytest.mark.parametrize(
    "text",
    [SECRET, f"我的助记词是 {SECRET} 提现没到账", f"help! {SECRET.upper()}", f"转人工 {SECRET}"],
)
def test_a_secret_is_neither_searched_nor_encoded_nor_kept(
    index_root: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = FakeEncoder()
    assistant = open_assistant(index_root, encoder)
    with caplog.at_level(logging.DEBUG):
        answer, other = assistant.ask_many([text, "提现没到账怎么办"])
    assert answer.decision == Decision.BLOCKED
    assert answer.secrets == ("mnemonic",)
    assert (answer.hits, answer.confidence, answer.reason, answer.choices) == ((), 0.0, None, ())
    assert "abandon" not in repr(answer).lower()
    assert "abandon" not in caplog.text.lower()
    # Its neighbour in the batch is answered.
    assert encoder.seen == ["提现没到账怎么办"]
    assert other.decision == Decision.ANSWER


# --- Without the encoder


def failing_load(_: Manifest) -> Encoder:
    raise EncoderError("the model is not there")


def test_a_missing_encoder_leaves_answers_lexical(index_root: Path) -> None:
    assistant = Assistant(index_root, failing_load, SCORER)
    assistant.encoder.load()
    assert assistant.encoder.state == EncoderState.FAILED
    assert assistant.encoder.error == "the model is not there"
    answer = assistant.ask("提现没到账怎么办")
    assert answer.decision == Decision.ANSWER
    assert answer.hits[0].article_id == "withdraw-late"
    assert {hit.evidence.situation for hit in answer.hits} == {"lexical"}
    assert {hit.evidence.dense for hit in answer.hits} == {None}


def test_it_recovers_once_the_encoder_is_there(index_root: Path) -> None:
    there = False

    def load(manifest: Manifest) -> Encoder:
        return FakeEncoder() if there else failing_load(manifest)

    assistant = Assistant(index_root, load, SCORER)
    assistant.encoder.load()
    assert assistant.ask("提现").hits[0].evidence.situation == "lexical"
    there = True
    assistant.encoder.load()
    assert (assistant.encoder.state, assistant.encoder.error) == (EncoderState.READY, None)
    assert assistant.ask("提现").hits[0].evidence.situation == "same"


def test_an_index_of_another_model_is_not_searched_by_vector(index_root: Path) -> None:
    encoder = FakeEncoder("another@1")
    assistant = open_assistant(index_root, encoder)
    assert assistant.encoder.state == EncoderState.FAILED
    assert "another@1" in str(assistant.encoder.error)
    assert assistant.ask("提现没到账").hits[0].evidence.situation == "lexical"
    assert encoder.seen == []


def test_in_the_background_answers_are_lexical_until_the_encoder_is_there(
    index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def load(_: Manifest) -> Encoder:
        go.wait(60)
        return FakeEncoder()

    monkeypatch.setattr("server.engine.assistant.load_encoder", load)
    assistant = Assistant.open(index_root, background=True, scorer=SCORER)
    assert assistant.encoder.state == EncoderState.LOADING
    assert assistant.ask("提现没到账怎么办").hits[0].evidence.situation == "lexical"
    go.set()
    assistant.encoder.load()
    assert assistant.ask("提现没到账怎么办").hits[0].evidence.situation == "same"


def test_the_encoder_is_the_one_that_the_index_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = ModelChoice("some/model", query_prompt="query: ", passage_prompt="passage: ")
    build(BASE, tmp_path, FakeEncoder(), choice)
    asked_for = []

    def load(name: str, **prompts: str) -> Encoder:
        asked_for.append((name, prompts))
        return FakeEncoder()

    monkeypatch.setattr("server.engine.assistant.open_encoder", load)
    assistant = Assistant.open(tmp_path, scorer=SCORER)
    prompts = {"query_prompt": "query: ", "passage_prompt": "passage: "}
    assert asked_for == [("some/model", prompts)]
    assert assistant.encoder.state == EncoderState.READY


# --- Another index


def test_without_an_index_there_is_no_assistant(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        open_assistant(tmp_path)


def test_a_new_index_answers_after_a_refresh(tmp_path: Path) -> None:
    build_index(tmp_path)
    encoder = FakeEncoder()
    assistant = open_assistant(tmp_path, encoder)
    slot = assistant.encoder
    assert not assistant.refresh()
    more = Article("airdrop", "en", "When does the airdrop begin?")
    new = build_index(tmp_path, replace(BASE, articles=(*ARTICLES, more)))
    assert assistant.ask("airdrop").index_id != new
    assert assistant.refresh()
    answer = assistant.ask("When does the airdrop begin?")
    assert (answer.index_id, answer.hits[0].article_id) == (new, "airdrop")
    assert not assistant.refresh()
    # The same model is not loaded a second time.
    assert assistant.encoder is slot


def test_what_is_understood_follows_the_new_index(tmp_path: Path) -> None:
    build_index(tmp_path)
    assistant = open_assistant(tmp_path)
    assert assistant.understand("wallaby", None, None).product is None
    products = {"wallaby": {"name": "Wallaby Pay"}}
    build_index(tmp_path, replace(BASE, settings={"products": products}))
    assistant.refresh()
    assert assistant.understand("wallaby", None, None).product == "wallaby"


@pytest.mark.parametrize("file", ["vectors.faiss", "passages.jsonl", "manifest.json"])
def test_a_damaged_new_index_leaves_the_old_one_answering(tmp_path: Path, file: str) -> None:
    old = build_index(tmp_path)
    assistant = open_assistant(tmp_path)
    new = build_index(tmp_path, with_articles(Article("a", "en", "Anything else")))
    damaged = tmp_path / new / file
    damaged.write_bytes(damaged.read_bytes()[:-7])
    with pytest.raises(StoreError, match=file):
        assistant.refresh()
    answer = assistant.ask("提现没到账怎么办")
    assert (answer.index_id, answer.decision) == (old, Decision.ANSWER)
    # Mended, it answers.
    mended = build_index(tmp_path, with_articles(Article("a", "en", "Anything else")))
    assert assistant.refresh()
    assert assistant.index.manifest.index_id == mended


def test_an_index_that_is_gone_leaves_the_old_one_answering(tmp_path: Path) -> None:
    build_index(tmp_path)
    assistant = open_assistant(tmp_path)
    (tmp_path / "current").unlink()
    assert not assistant.refresh()
    assert assistant.ask("提现没到账怎么办").decision == Decision.ANSWER


def test_an_index_of_another_model_is_answered_from_with_that_model(tmp_path: Path) -> None:
    build_index(tmp_path)
    loaded: list[str] = []

    def load(manifest: Manifest) -> Encoder:
        loaded.append(manifest.model_id)
        return FakeEncoder(manifest.model_id)

    assistant = Assistant(tmp_path, load, SCORER)
    assistant.encoder.load()
    build_index(tmp_path, encoder=FakeEncoder("newer@2"))
    assert assistant.refresh()
    assert loaded == ["fake@1", "newer@2"]
    assert assistant.encoder.state == EncoderState.READY
    assert assistant.ask("提现没到账").hits[0].evidence.situation == "same"


def test_questions_go_on_while_indexes_are_swapped(tmp_path: Path) -> None:
    """No answer mixes two indexes, and none fails."""
    build_index(tmp_path)
    assistant = open_assistant(tmp_path)
    done = threading.Event()
    indexes: dict[str, set[str]] = {assistant.index.manifest.index_id: {a.id for a in ARTICLES}}

    def ask_on() -> list[tuple[str, set[str]]]:
        seen = []
        while not done.is_set() or not seen:
            for answer in assistant.ask_many(QUESTIONS[:6]):
                seen.append((answer.index_id, {hit.article_id for hit in answer.hits}))
        return seen

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask_on) for _ in range(4)]
        try:
            for number in range(5):
                kept = (*ARTICLES[number:], Article(f"new-{number}", "zh", "提现没到账"))
                ident = build_index(tmp_path, with_articles(*kept))
                indexes[ident] = {article.id for article in kept}
                assert assistant.refresh()
        finally:
            done.set()
        for future in asking:
            for ident, found in future.result():
                assert found <= indexes[ident]


# --- Conversations


def test_a_follow_up_is_understood_with_the_turn_before(assistant: Assistant) -> None:
    first = assistant.ask("TPWallet人工客服几点上班")
    turn = Turn(first.query.text, first.decision, first.hits[0].article_id)
    assert turn.article_id == "hours-tpwallet"
    answer = assistant.ask("那IM钱包呢?", conversation=[turn])
    assert answer.hits[0].article_id == "hours-imwallet"
    assert (answer.query.follows, answer.query.product) == (turn, "imwallet")
    assert answer.query.conversation == (turn,)


def test_a_changed_subject_stands_alone(assistant: Assistant) -> None:
    turn = Turn("TPWallet人工客服几点上班", Decision.ANSWER, "hours-tpwallet")
    for text in ("提现没到账怎么办", "那提现没到账怎么办"):
        answer = assistant.ask(text, conversation=[turn])
        assert answer.query.follows is None
        assert answer.hits == assistant.ask(text).hits


def test_half_a_question_is_read_together_unless_it_is_sure_alone(assistant: Assistant) -> None:
    turn = Turn("提现多久到账", Decision.ANSWER, "withdraw-late")
    answer = assistant.ask("那要是一直没呢", conversation=[turn])
    assert answer.query.follows == turn
    assert answer.hits[0].article_id == "withdraw-late"
    sure = assistant.ask("那助记词丢了怎么办呢", conversation=[turn])
    assert sure.decision == Decision.ANSWER
    assert (sure.query.follows, sure.hits[0].article_id) == (None, "mnemonic-lost")


def test_a_secret_in_an_earlier_turn_is_left_out(assistant: Assistant) -> None:
    turn = Turn("abandon " * 11 + "about", Decision.HANDOFF)
    answer = assistant.ask("那IM钱包呢?", conversation=[turn])
    assert answer.query.follows is None


def test_a_second_miss_goes_to_a_human(assistant: Assistant) -> None:
    text = "乌龟的年龄怎么看"
    assert assistant.ask(text).reason == HandoffReason.LOW_CONFIDENCE
    for decision in (Decision.CLARIFY, Decision.HANDOFF):
        answer = assistant.ask(text, conversation=[Turn("天气", decision)])
        assert (answer.decision, answer.reason) == (Decision.HANDOFF, HandoffReason.SECOND_MISS)
    answer = assistant.ask(text, conversation=[Turn("天气", Decision.ANSWER, "nft")])
    assert answer.reason == HandoffReason.LOW_CONFIDENCE


# --- Product variants


def test_who_names_no_product_gets_the_variants_of_all(assistant: Assistant) -> None:
    answer = assistant.ask("人工客服几点上班", top_k=1)
    ids = {hit.article_id for hit in (*answer.hits, *answer.variants)}
    assert ids == {"hours-tpwallet", "hours-imwallet"}
    assert answer.variants[0].score == answer.hits[0].score


def test_who_names_a_product_gets_that_one(assistant: Assistant) -> None:
    for answer in (
        assistant.ask("IM钱包人工客服几点上班"),
        assistant.ask("人工客服几点上班", product="imwallet"),
    ):
        assert answer.hits[0].article_id == "hours-imwallet"
        assert answer.variants == ()


def test_a_question_in_pinyin_is_answered_as_the_chinese_one(assistant: Assistant) -> None:
    spelt, chinese = (
        assistant.ask("tixian mei daozhang zenme ban"),
        assistant.ask("提现没到账怎么办"),
    )
    assert spelt.query.lang == "zh"
    assert spelt.hits == chinese.hits
    assert spelt.decision == chinese.decision


def test_what_may_be_no_pinyin_is_searched_for_both_ways(assistant: Assistant) -> None:
    understood = read(assistant._opened.understanding, "hong kong account", None, None, ())
    assert understood.unread is not None
    assert understood.readings == (understood.alone, understood.unread)
    assert (understood.alone.lang, understood.unread.lang) == ("zh", "en")
