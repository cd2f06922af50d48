"""What the articles of `kb/` promise their readers: length, wordings, links, both languages."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from indexer.article import LANGS
from indexer.knowledge import read_knowledge_base
from indexer.text import HAN, normalise, plain

_NUMBER = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d+)?\s*万?")


@pytest.fixture(scope="module")
def base():
    return read_knowledge_base(Path(__file__).parents[2] / "kb")


@pytest.fixture(scope="module")
def twins(base):
    found = defaultdict(dict)
    for article in base.articles:
        found[article.id][article.lang] = article
    return found


def test_every_question_is_answered_in_both_languages(twins):
    assert len(twins) >= 120
    assert all(set(pair) == set(LANGS) for pair in twins.values())


def test_an_answer_is_neither_a_hint_nor_a_lecture(base):
    def length(article):
        text = plain(article.body)
        if article.lang == "zh":
            return len("".join(text.split())) / 100
        return len(re.findall(r"[\w'’-]+", text)) / 60

    longest = {"zh": 400 / 100, "en": 250 / 60}
    lengths = {(a.id, a.lang): length(a) for a in base.articles}

    assert {k: n for k, n in lengths.items() if not 1 <= n <= longest[k[1]]} == {}


def test_users_own_words_stand_beside_each_title(base):
    assert {a.key for a in base.articles if not 4 <= len(a.questions) <= 8} == set()


def test_who_names_no_product_finds_what_each_says_for_itself(base):
    names = [
        normalise(name)
        for ident, product in base.settings["products"].items()
        for name in (ident, product["name"], *product["aliases"])
    ]
    neutral = defaultdict(int)
    for article in base.articles:
        if article.variant_of:
            asked = [f" {normalise(q)} " for q in article.questions]
            neutral[article.variant_of, article.lang] += sum(
                not any(name in question for name in names) for question in asked
            )

    assert len(neutral) >= 10
    assert min(neutral.values()) >= 4, neutral


def test_every_chinese_article_knows_a_mixed_wording(base):
    mixed = re.compile(f"(?=.*[{HAN}])(?=.*[a-z]{{2}})")
    chinese = [a for a in base.articles if a.lang == "zh"]

    assert {
        a.id for a in chinese if not any(map(mixed.search, map(normalise, a.questions)))
    } == set()


def test_every_article_leads_on_and_is_filed(base):
    assert {a.key for a in base.articles if not a.related or not a.tags or not a.updated} == set()


def test_twins_lead_to_the_same_articles(twins):
    unequal = {i for i, pair in twins.items() if set(pair["zh"].related) != set(pair["en"].related)}

    assert unequal == set()


def test_every_declared_tag_has_articles(base):
    used = {tag for article in base.articles for tag in article.tags}

    assert used == set(base.settings["tags"])


def test_twins_tell_the_same_numbers(twins):
    def numbers(text):
        found = (match.group().replace(",", "") for match in _NUMBER.finditer(text))
        # 6.5万 is 65,000, and 24/7 is said as 24 hours on 7 days or not at all.
        values = {float(n.rstrip("万 ")) * (10_000 if n.endswith("万") else 1) for n in found}
        return values - {7.0, 24.0}

    told = {i: (numbers(p["zh"].body), numbers(p["en"].body)) for i, p in twins.items()}

    assert {i: pair for i, pair in told.items() if pair[0] != pair[1]} == {}


def test_urgent_articles_warn_first(base):
    """Where money is at stake the warning is read before anything else."""
    urgent = [a for a in base.articles if a.priority == "urgent"]

    assert len(urgent) >= 2 * 20
    assert {a.key for a in urgent if not a.body.lstrip().startswith("**")} == set()


def test_hours_are_told_where_they_belong(base):
    """A product's own article never gives the other product's hours."""
    for article in base.articles:
        if article.product == "imwallet":
            assert "09:00" not in article.body
        if article.product == "tpwallet":
            assert not re.search(r"24/7|24小时", article.body)


def test_no_article_sends_readers_to_an_address(base):
    """Links, mail addresses and phone numbers are the operator's to give."""
    told = re.compile(r"https?://|www\.|[\w.]+@[\w.]+|\+?\d{7,}")

    assert {a.key for a in base.articles if told.search(a.body)} == set()


def test_the_lexicon_is_worth_its_name(base):
    assert len(base.lexicon.words) >= 200
    assert len(base.lexicon.synonyms) >= 150
    assert len(base.lexicon.glossary) >= 80
    for row in base.lexicon.synonyms:
        assert 2 <= len({normalise(term) for term in row}) == len(row) <= 8, row


def test_a_term_has_one_row_of_synonyms(base):
    rows = defaultdict(int)
    for row in base.lexicon.synonyms:
        for term in row:
            rows[normalise(term)] += 1

    assert {t for t, n in rows.items() if n > 1} == {
        "助记词",
        "mnemonic",
        "矿工费",
        "哈希",
        "无法登录",
    }
