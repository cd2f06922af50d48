import pytest

from evaluation.collecting import Labelled, collect, right, starting_scorer
from evaluation.helpcentres import Asked, HelpCentre
from indexer import Article, KnowledgeBase
from tests.fakes import FakeEncoder

BASE = KnowledgeBase(
    (
        Article("invoice", "en", "How do I get my invoice?", (), "It comes by letter."),
        Article("invoice", "zh", "怎样领取发票？", (), "随信寄出。"),
        Article("parcel", "en", "When does my parcel arrive?", (), "Within three days."),
        Article("loan", "en", "How long does a loan run?", (), "One year."),
    )
)
QUESTIONS = (
    Asked("get the invoice", "en", "invoice"),
    Asked("when will my parcel be here", "en", "parcel|loan"),
    Asked("how to bake a long loaf of bread", "en", None),
    Asked("how long does an invoice last", "en", None, "invoice"),
)
SHOP = HelpCentre("shop", BASE, QUESTIONS, weight=0.5)
OTHER = HelpCentre("other", KnowledgeBase(BASE.articles[2:]), QUESTIONS[1:2])


@pytest.fixture(scope="module")
def rows() -> list[Labelled]:
    return collect([SHOP, OTHER], FakeEncoder(), starting_scorer())


def of(rows: list[Labelled], text: str, centre: int = 0) -> list[Labelled]:
    return [row for row in rows if row.answer.query.text == text and row.centre == centre]


def test_every_question_is_asked_with_the_encoder_and_by_words_alone(rows: list[Labelled]) -> None:
    assert len(rows) == 2 * (4 + 1)
    for question in QUESTIONS:
        dense, lexical = of(rows, question.text)
        assert {hit.evidence.situation for hit in dense.answer.hits} <= {"same", "cross"}
        assert {hit.evidence.situation for hit in lexical.answer.hits} == {"lexical"}


def test_rows_know_their_centre_and_its_weight(rows: list[Labelled]) -> None:
    assert {(row.centre, row.weight) for row in rows} == {(0, 0.5), (1, 1.0)}
    (dense, _) = of(rows, QUESTIONS[1].text, centre=1)
    assert {hit.article_id for hit in dense.answer.hits} == {"parcel", "loan"}


def test_the_articles_that_answer_are_right(rows: list[Labelled]) -> None:
    assert {row.right for row in of(rows, "get the invoice")} == {frozenset({"invoice"})}
    several = of(rows, "when will my parcel be here")
    assert {row.right for row in several} == {frozenset({"parcel", "loan"})}
    assert {row.right for row in of(rows, "how to bake a long loaf of bread")} == {frozenset()}


def test_of_a_near_question_only_the_article_it_speaks_of_is_known(rows: list[Labelled]) -> None:
    near = of(rows, "how long does an invoice last")
    assert [[hit.article_id for hit in row.answer.hits] for row in near] == [["invoice"]] * 2
    assert {row.right for row in near} == {frozenset()}


def test_a_near_question_that_did_not_find_its_article_says_nothing() -> None:
    far = Asked("how long does an invoice last", "en", None, "nowhere")
    rows = collect([HelpCentre("far", BASE, (far,))], FakeEncoder(), starting_scorer())
    assert [row.answer.hits for row in rows] == [(), ()]


def test_all_hits_of_another_question_are_kept(rows: list[Labelled]) -> None:
    dense, lexical = of(rows, "how to bake a long loaf of bread")
    assert {hit.article_id for hit in dense.answer.hits} == {"invoice", "parcel", "loan"}
    assert "loan" in {hit.article_id for hit in lexical.answer.hits}


def test_the_scorer_to_start_with_ranks_but_promises_nothing(rows: list[Labelled]) -> None:
    for row in (*of(rows, "get the invoice"), *of(rows, "when will my parcel be here")):
        assert row.answer.hits[0].article_id in row.right
        assert row.answer.decision == "handoff"


def test_progress_is_told_before_each_centre_and_at_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    collect([SHOP, OTHER], FakeEncoder(), starting_scorer(), lambda *step: told.append(step))
    assert told == [("ask", 0, 2), ("ask", 1, 2), ("ask", 2, 2)]


@pytest.mark.parametrize(
    ("article_id", "expected"), [("a|b", {"a", "b"}), ("a", {"a"}), (None, set()), ("", set())]
)
def test_several_articles_are_parted_by_a_bar(article_id: str | None, expected: set[str]) -> None:
    assert right(Asked("?", "en", article_id)) == expected
