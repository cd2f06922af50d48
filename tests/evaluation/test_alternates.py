from evaluation.benchmarks.alternates import Asked, figures, left_out, misses, own_wordings, weakest
from indexer import Article, KnowledgeBase
from tests.fakes import FakeEncoder

ARTICLES = (
    Article(
        "deposit",
        "zh",
        "充值没有到账怎么办？",
        ("充值没有到账", "充值一直没有到账", "打雷下雨"),
        "查看交易哈希。",
    ),
    Article("password", "zh", "忘记登录密码怎么办？", ("忘记登录密码", "登录密码忘记"), "重设。"),
    Article(
        "hours-one",
        "zh",
        "甲产品人工客服几点上班？",
        ("客服几点上班",),
        "九点。",
        product="one",
        variant_of="hours",
    ),
    Article(
        "hours-two",
        "zh",
        "乙产品人工客服几点上班？",
        ("人工客服几点上班",),
        "全天。",
        product="two",
        variant_of="hours",
    ),
)
SETTINGS = {"products": {"one": {"name": "甲产品"}, "two": {"name": "乙产品"}}}
BASE = KnowledgeBase(ARTICLES, settings=SETTINGS)


def asked(article: Article, wording: str, found: str | None) -> Asked:
    right = found == article.id
    return Asked(article, wording, found, right=right, near=right or found == "fees")


def test_every_title_and_alternate_question_is_asked_once() -> None:
    wordings = [one.wording for one in own_wordings(BASE, FakeEncoder())]

    assert wordings == [text for a in ARTICLES for text in (a.title, *a.questions)]


def test_an_article_is_found_by_what_it_holds() -> None:
    own = own_wordings(BASE, FakeEncoder())

    assert misses(own) == []


def test_every_alternate_question_is_left_out_once() -> None:
    wordings = [one.wording for one in left_out(BASE, FakeEncoder())]

    assert sorted(wordings) == sorted(text for a in ARTICLES for text in a.questions)


def test_a_wording_that_no_other_resembles_is_not_found_without_itself() -> None:
    alone = {one.wording: one for one in left_out(BASE, FakeEncoder())}

    assert not alone["打雷下雨"].right
    # Of four articles three are near.
    assert alone["打雷下雨"].found != "deposit"
    assert all(one.near for one in alone.values() if one.right)
    assert alone["充值一直没有到账"].right
    assert alone["登录密码忘记"].right


def test_where_no_product_is_named_the_other_product_s_article_is_right() -> None:
    alone = {one.wording: one for one in left_out(BASE, FakeEncoder())}

    assert alone["客服几点上班"].found in ("hours-one", "hours-two")
    assert alone["客服几点上班"].right
    assert alone["人工客服几点上班"].right


def test_a_named_product_s_question_needs_its_own_article() -> None:
    two = next(a for a in ARTICLES if a.id == "hours-two")
    other = Article(
        "hours-one",
        "zh",
        "几点上班",
        ("乙产品人工客服几点上班",),
        variant_of="hours",
    )
    own = own_wordings(KnowledgeBase((other, two), settings=SETTINGS), FakeEncoder())

    assert [one["text"] for one in misses(own)] == [two.title]


def test_figures_are_told_for_each_language() -> None:
    zh, en = ARTICLES[0], Article("fees", "en", "What are fees?")
    values = figures(
        [
            asked(zh, "a", "deposit"),
            asked(zh, "b", "deposit"),
            asked(zh, "c", "fees"),
            asked(zh, "d", None),
            asked(en, "e", "fees"),
        ]
    )

    assert (values["zh"]["asked"], values["zh"]["first"]) == (4, 0.5)
    assert (values["en"]["asked"], values["en"]["first"]) == (1, 1.0)
    assert values["zh"]["first_three"] == 0.75
    low, high = values["zh"]["interval_95"]
    assert 0 < low < 0.5 < high < 1


def test_misses_say_what_came_first_instead() -> None:
    zh = ARTICLES[0]
    rows = misses([asked(zh, "b", "fees"), asked(zh, "a", None), asked(zh, "c", "deposit")])

    assert rows == [
        {"id": "deposit", "lang": "zh", "text": "a", "first": None},
        {"id": "deposit", "lang": "zh", "text": "b", "first": "fees"},
    ]


def test_weak_articles_are_those_found_by_less_than_half_of_their_wordings() -> None:
    zh, other = ARTICLES[:2]
    half = [asked(zh, "a", "deposit"), asked(zh, "b", None)]
    less = [asked(other, "c", "password"), asked(other, "d", None), asked(other, "e", "fees")]

    assert weakest([*half, *less]) == ["password:zh"]


def test_a_base_without_alternates_has_nothing_to_leave_out() -> None:
    assert left_out(KnowledgeBase((Article("fees", "zh", "费用"),)), FakeEncoder()) == []
    assert figures([]) == {}
