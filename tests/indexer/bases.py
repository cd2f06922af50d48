"""Knowledge bases of any size for tests of the index, and what an index of one must hold."""

import numpy as np

from indexer.article import LANGS, Article, Lang
from indexer.build import ModelChoice
from indexer.knowledge import KnowledgeBase
from indexer.passages import passages
from indexer.store import Index
from tests.fakes import FakeEncoder

CHOICE = ModelChoice("fake")


def article(number: int, lang: Lang, edition: int = 0) -> Article:
    """Return an article of two questions and one piece of answer, in which the edition stands."""
    if lang == "zh":
        return Article(
            id=f"setting-{number}",
            lang=lang,
            title=f"如何修改第{number}项设置",
            questions=(f"设置{number}改不了",),
            body=f"打开第{number}页，点击保存。版本{edition}。",
        )
    return Article(
        id=f"setting-{number}",
        lang=lang,
        title=f"How do I change setting {number}?",
        questions=(f"Setting {number} cannot be changed",),
        body=f"Open page {number} and press save. Edition {edition}.",
        tags=("settings",),
    )


def base(count: int = 6, edition: int = 0) -> KnowledgeBase:
    """Return a knowledge base of `count` articles in each language, all of one edition."""
    return KnowledgeBase(
        tuple(article(number, lang, edition) for number in range(count) for lang in LANGS)
    )


def edition_of(index: Index) -> int:
    """Return the edition that the whole index is of, after checking each of its parts.

    Articles, passages, vectors and lexical indexes must all be those of one edition: an index that
    mixes two of them fails here.
    """
    first = index.articles["setting-0", "en"]
    edition = int(first.body.rpartition(" ")[2].rstrip("."))
    count = len(index.articles) // len(LANGS)
    expected = base(count, edition).articles
    assert set(index.articles.values()) == set(expected)
    texts = {(p.id, p.text) for item in expected for p in passages(item)}
    assert {(p.id, p.text) for p in index.passages} == texts
    wanted = FakeEncoder().encode([p.text for p in index.passages], "passage")
    np.testing.assert_array_equal(index.vectors.take(np.arange(len(index.passages))), wanted)
    for lang in LANGS:
        rows = index.rows(lang)
        assert {index.passages[row].lang for row in rows} == {lang}
        assert len(index.lexical[lang]) == len(rows)
        # The edition stands once in each answer, and the numbers of articles are other words.
        holders = index.lexical[lang].documents(str(edition)) + rows.start
        assert {row for row in rows if str(edition) in index.passages[row].text.split()} <= set(
            holders.tolist()
        )
        nearest = index.vectors.search(wanted[rows.start], 1, rows)[1]
        assert index.passages[int(nearest[0])].text == index.passages[rows.start].text
    return edition
