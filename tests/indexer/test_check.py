import dataclasses
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.check import Finding, check
from indexer.knowledge import KnowledgeBase, read_knowledge_base

ZH = Article(
    id="fees",
    lang="zh",
    title="什么是矿工费？",
    questions=("gas费是什么",),
    body="付给网络的费用。",
    tags=("fees",),
    product="tpwallet",
    updated="2026-01-31",
    related=("swap",),
    source="kb/fees.zh.md:1",
)
EN = dataclasses.replace(
    ZH,
    lang="en",
    title="What is a network fee?",
    questions=("What is gas?",),
    body="What the network charges.",
    source="kb/fees.en.md:1",
)
OTHERS = (
    Article("swap", "zh", "怎么兑换？", body="点兑换。", source="kb/more.jsonl:2"),
    Article("swap", "en", "How do I swap?", body="Tap Swap.", source="kb/more.jsonl:10"),
)
SETTINGS = {"languages": ["zh", "en"], "tags": {"fees": {}}, "products": {"tpwallet": {}}}


def base(*articles, settings=SETTINGS):
    return KnowledgeBase(articles, settings=settings)


def findings(*articles, settings=SETTINGS):
    return [(f.source, f.rule) for f in check(base(*articles, settings=settings))]


def changed(article, **values):
    return dataclasses.replace(article, **values)


@pytest.mark.parametrize("settings", [SETTINGS, {}])
def test_a_clean_base_is_silent(settings):
    assert check(base(ZH, EN, *OTHERS, settings=settings)) == []
    assert check(base()) == []


@pytest.mark.parametrize("body", ["", " \n ", "**\n\n---\n", "<!-- to\ndo -->", "```\n```"])
def test_an_answer_without_a_word_is_found(body):
    told = findings(changed(ZH, body=body), EN, *OTHERS)

    assert told == [("kb/fees.zh.md:1", "empty-answer")]


@pytest.mark.parametrize(
    ("title", "long"),
    [
        ("费" * 40, False),
        ("费" * 41, True),
        ("a" * 80, False),
        ("a" * 81, True),
        ("费" * 20 + "a" * 40, False),
        ("费" * 20 + "a" * 41, True),
    ],
)
def test_long_titles_are_found_by_how_wide_they_look(title, long):
    told = findings(changed(ZH, title=title), EN, *OTHERS)

    assert told == [("kb/fees.zh.md:1", "long-title")] * long


def test_a_missing_twin_is_found():
    assert findings(ZH, *OTHERS) == [("kb/fees.zh.md:1", "missing-twin")]
    assert "no 'en' article with the id 'fees'" in check(base(ZH, *OTHERS))[0].message
    assert findings(EN, *OTHERS, settings={}) == [("kb/fees.en.md:1", "missing-twin")]


def test_only_the_declared_languages_need_twins():
    assert findings(ZH, OTHERS[0], settings={"languages": ["zh"]}) == []


def test_the_older_twin_is_stale():
    (finding,) = check(base(changed(ZH, updated="2025-12-31"), EN, *OTHERS))

    assert finding == Finding(
        "kb/fees.zh.md:1",
        "stale-twin",
        "last updated 2025-12-31, its twin kb/fees.en.md:1 2026-01-31. Bring it up to date.",
    )
    assert findings(changed(ZH, updated=None), EN, *OTHERS) == []


@pytest.mark.parametrize(
    "values",
    [{"tags": ()}, {"product": None}, {"priority": "urgent"}, {"variant_of": "x"}],
    ids=lambda values: next(iter(values)),
)
def test_twins_that_differ_are_found(values):
    (finding,) = check(base(ZH, changed(EN, **values), *OTHERS))

    assert (finding.source, finding.rule) == ("kb/fees.zh.md:1", "unequal-twin")
    assert f"'{next(iter(values))}' differs" in finding.message


@pytest.mark.parametrize("related", ["none", "fees"])
def test_related_ids_that_lead_nowhere_are_found(related):
    (finding,) = check(base(changed(ZH, related=(related, "swap")), EN, *OTHERS))

    assert (finding.source, finding.rule) == ("kb/fees.zh.md:1", "unknown-related")
    assert f"'{related}'" in finding.message


def test_undeclared_tags_and_products_are_found():
    settings = {**SETTINGS, "tags": {"swap": {}}, "products": {"imwallet": {}}}

    assert findings(ZH, EN, *OTHERS, settings=settings) == [
        ("kb/fees.en.md:1", "unknown-product"),
        ("kb/fees.en.md:1", "unknown-tag"),
        ("kb/fees.zh.md:1", "unknown-product"),
        ("kb/fees.zh.md:1", "unknown-tag"),
    ]


@pytest.mark.parametrize(
    "question",
    ["什么是矿工费？", "什么是礦工費?", "GAS费是什么", "ｇａｓ费是什么！"],
)
def test_a_question_that_two_articles_claim_is_found(question):
    (finding,) = check(base(ZH, EN, changed(OTHERS[0], questions=(question,)), OTHERS[1]))

    assert (finding.source, finding.rule) == ("kb/more.jsonl:2", "repeated-question")
    assert "kb/fees.zh.md:1" in finding.message


def test_a_question_that_stands_in_one_article_twice_is_found():
    told = findings(changed(ZH, questions=("什么是矿工费",)), EN, *OTHERS)

    assert told == [("kb/fees.zh.md:1", "repeated-question")]


def test_twins_may_ask_in_the_same_words():
    assert findings(changed(ZH, title="gas?"), changed(EN, title="Gas"), *OTHERS) == []


def test_variants_for_other_products_may_ask_the_same_question():
    def variants(**values):
        first = [changed(a, variant_of="fees") for a in (ZH, EN)]
        second = [
            changed(a, id="fees-im", body=f"{a.body} 2", source="kb/im.md:1", **values)
            for a in first
        ]
        return (*first, *second, *OTHERS)

    settings = {**SETTINGS, "products": {"tpwallet": {}, "imwallet": {}}}
    assert findings(*variants(product="imwallet"), settings=settings) == []
    assert set(findings(*variants())) == {("kb/im.md:1", "repeated-question")}
    other = variants(product="imwallet", variant_of="another")
    assert set(findings(*other, settings=settings)) == {("kb/im.md:1", "repeated-question")}


def test_an_answer_that_stands_twice_is_found():
    same = changed(OTHERS[0], body=" 付给网络的费用。\n")

    (finding,) = check(base(ZH, EN, same, OTHERS[1]))

    assert (finding.source, finding.rule) == ("kb/more.jsonl:2", "repeated-answer")
    assert finding.message.endswith("kb/fees.zh.md:1. Merge the two.")


def test_a_twin_that_is_not_translated_is_found():
    (finding,) = check(base(ZH, changed(EN, body=ZH.body), *OTHERS))

    assert finding.rule == "repeated-answer"
    assert finding.message.endswith("Translate one.")


def test_findings_are_ordered_by_file_and_line():
    broken = [changed(article, body="") for article in (*OTHERS, ZH, EN)]

    assert [source for source, _ in findings(*broken)] == [
        "kb/fees.en.md:1",
        "kb/fees.zh.md:1",
        "kb/more.jsonl:2",
        "kb/more.jsonl:10",
    ]


def test_a_finding_reads_file_line_rule_message():
    finding = Finding("kb/a.md:1", "long-title", "Shorten it.")

    assert str(finding) == "kb/a.md:1: long-title: Shorten it."


KB = Path(__file__).parents[2] / "kb"


@pytest.fixture(scope="module")
def own():
    return read_knowledge_base(KB)


def test_our_own_knowledge_base_has_no_findings(own):
    assert [str(finding) for finding in check(own)] == []
    assert {article.lang for article in own.articles} == {"zh", "en"}


def planted(own, plant):
    """Return our own knowledge base with the Chinese fees-what as `plant` makes it of itself."""
    articles = (plant(a, own) if (a.id, a.lang) == ("fees-what", "zh") else a for a in own.articles)
    return dataclasses.replace(own, articles=tuple(a for a in articles if a is not None))


def of(own, ident, lang="zh"):
    return next(a for a in own.articles if (a.id, a.lang) == (ident, lang))


FAULTS = {
    "duplicate title": (
        lambda a, own: changed(a, title=of(own, "swap-howto").title),
        ["repeated-question"],
    ),
    "alternate of another article": (
        lambda a, own: changed(a, questions=(*a.questions, of(own, "swap-howto").questions[2])),
        ["repeated-question"],
    ),
    "another's alternate in traditional characters and full width": (
        lambda a, own: changed(a, questions=(*a.questions, "转账收的手续费是谁拿走的？", "ＰＥＲＭＩＴ是什麼簽名？")),
        ["repeated-question", "repeated-question"],
    ),
    "another's answer": (
        lambda a, own: changed(a, body=of(own, "swap-howto").body),
        ["repeated-answer"],
    ),
    "missing twin": (lambda a, own: None, ["missing-twin"]),
    "stale twin": (lambda a, own: changed(a, updated="2020-01-01"), ["stale-twin"]),
    "empty answer": (lambda a, own: changed(a, body="\n"), ["empty-answer"]),
    "unknown tag": (lambda a, own: changed(a, tags=("gas",)), ["unequal-twin", "unknown-tag"]),
    "unknown product": (
        lambda a, own: changed(a, product="other"),
        ["unequal-twin", "unknown-product"],
    ),
    "unknown related id": (
        lambda a, own: changed(a, related=("no-such-article",)),
        ["unknown-related"],
    ),
    "over-long title": (lambda a, own: changed(a, title="矿工费" * 20), ["long-title"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_planted_in_our_own_knowledge_base_is_found(own, fault):
    plant, rules = FAULTS[fault]

    assert sorted(finding.rule for finding in check(planted(own, plant))) == rules
