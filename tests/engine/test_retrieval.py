from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import LANGS, Article, Index, Lang, open_index
from server.engine import Assistant
from server.engine.retrieval import Candidates, Cosines, Retriever
from server.engine.scorer import bundled_scorer
from server.engine.understanding import Understanding
from tests.engine.centre import (
    ARTICLES,
    BASE,
    QUESTIONS,
    SCORER,
    build_index,
    more_articles,
    with_articles,
)
from tests.fakes import FakeEncoder

IN_THEIR_LANGUAGE: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "提现没到账怎么办",
        "助记词丢了",
        "TPWallet 几点上班",
        "跨链失败",
        "NFT 在哪里",
        "今天天气",
    ),
    "en": ("withdrawal not arrived", "network fees", "when is support open", "NFT", "weather"),
}


@pytest.fixture(scope="module")
def retriever(index: Index) -> Retriever:
    return Retriever(index)


def retrieve(
    index: Index,
    text: str,
    *,
    lang: Lang | None = None,
    product: str | None = None,
    dense: bool = True,
) -> dict[tuple[str, Lang], dict[str, Any]]:
    """Return the candidates' evidence by article, without the places that an index gives them."""
    query = Understanding(index.knowledge, index.spelling).understand(text, lang, product)
    vectors = FakeEncoder().encode(query.pieces, "query") if dense else None
    retriever = Retriever(index)
    return evidence(index, retriever, retriever.candidates(query, vectors))


def evidence(
    index: Index, retriever: Retriever, candidates: Candidates
) -> dict[tuple[str, Lang], dict[str, Any]]:
    cosines = candidates.cosines
    found = {}
    for n, place in enumerate(candidates.articles):
        article = retriever.articles[place]
        found[article.key] = {
            "question": index.passages[candidates.question_rows[n]].id,
            "best": index.passages[candidates.best_rows[n]].id,
            "lexical": candidates.lexical[n],
            "coverage": candidates.coverage[n],
            "told": candidates.told[n],
            "known": candidates.known[n],
            "own": bool(candidates.own[n]),
        }
        if cosines is not None:
            names = Cosines.__dataclass_fields__
            found[article.key]["cosines"] = [float(getattr(cosines, name)[n]) for name in names]
    assert len(found) == len(candidates)
    return found


@pytest.fixture(scope="module", params=LANGS)
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder named by a language, with many more articles in the other one."""
    root = tmp_path_factory.mktemp("grown") / str(request.param)
    other = "en" if request.param == "zh" else "zh"
    build_index(root, replace(BASE, articles=(*ARTICLES, *more_articles(other, 500))))
    return root


@pytest.mark.parametrize("dense", [True, False])
def test_articles_in_one_language_leave_the_others_evidence_as_it_was(
    dense: bool, index: Index, grown: Path
) -> None:
    lang: Lang = "zh" if grown.name == "zh" else "en"
    large = open_index(grown)
    assert len(large.articles) == len(index.articles) + 500
    for text in IN_THEIR_LANGUAGE[lang]:
        before = retrieve(index, text, lang=lang, dense=dense)
        after = retrieve(large, text, lang=lang, dense=dense)
        own = {key: found for key, found in after.items() if key[1] == lang}
        # Not nearly: exactly.
        assert own == {key: found for key, found in before.items() if key[1] == lang}


@pytest.mark.parametrize("load", [True, False])
def test_articles_in_one_language_leave_the_others_ranking_as_it_was(
    load: bool, index_root: Path, grown: Path
) -> None:
    lang: Lang = "zh" if grown.name == "zh" else "en"
    # The bundled scorer weighs leads as well.
    for scorer in (SCORER, bundled_scorer()):
        rankings = []
        for root in (index_root, grown):
            assistant = Assistant(root, lambda _: FakeEncoder(), scorer)
            if load:
                assistant.encoder.load()
            answers = assistant.ask_many(IN_THEIR_LANGUAGE[lang], lang, top_k=10_000)
            rankings.append([[hit for hit in a.hits if hit.lang == lang] for a in answers])
        assert rankings[0] == rankings[1]
        assert any(rankings[0])


def test_evidence_is_about_the_article_itself(index: Index) -> None:
    for text in QUESTIONS:
        for (ident, lang), found in retrieve(index, text).items():
            assert found["question"].startswith(f"{ident}:{lang}:")
            assert found["best"].startswith(f"{ident}:{lang}:")
            kinds = {passage.id: passage.kind for passage in index.passages}
            assert kinds[found["question"]] != "section"


def test_cosines_are_those_of_the_articles_own_passages(index: Index) -> None:
    text = "提现没到账怎么办"
    vector = FakeEncoder().encode([text], "query")[0]
    for (ident, lang), found in retrieve(index, text).items():
        rows = [n for n, p in enumerate(index.passages) if (p.article_id, p.lang) == (ident, lang)]
        cosines = {kind: [] for kind in ("title", "question", "section")}
        for row in rows:
            cosine = float(index.vectors.take(np.array([row]))[0] @ vector)
            cosines[index.passages[row].kind].append(cosine)
        asked = sorted((*cosines["title"], *cosines["question"]), reverse=True)
        question, second, section, _, deviation, *_ = found["cosines"]
        assert question == pytest.approx(asked[0], abs=1e-6)
        assert second == pytest.approx(asked[1] if len(asked) > 1 else asked[0], abs=1e-6)
        expected = max(cosines["section"], default=asked[0])
        assert section == pytest.approx(expected, abs=1e-6)
        assert deviation > 0


def test_rivals_are_as_near_as_questions_of_two_articles(index: Index) -> None:
    found = retrieve(index, "提现没到账怎么办")["withdraw-late", "zh"]
    groups = {a.key: a.variant_of or a.id for a in index.articles.values()}
    asked = [
        (groups[p.article_id, p.lang], index.vectors.take(np.array([row]))[0])
        for row, p in enumerate(index.passages)
        if p.kind != "section" and p.lang == "zh"
    ]
    nearest = [max(float(v @ w) for h, w in asked if h != g) for g, v in asked]
    rivals, deviation = found["cosines"][5:7]
    assert rivals == pytest.approx(np.mean(nearest), abs=1e-6)
    assert deviation > np.std(nearest)


def test_articles_share_the_nearest_passages(index: Index) -> None:
    found = retrieve(index, "提现没到账怎么办")
    shares = {key[0]: each["cosines"][7] for key, each in found.items() if key[1] == "zh"}
    assert max(shares, key=lambda ident: shares[ident]) == "withdraw-late"
    # Variants share alike, so one of them stands for both.
    shares.pop("hours-imwallet", None)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_told_is_the_part_of_the_matched_question_that_was_said(index: Index) -> None:
    assert retrieve(index, "助记词丢了怎么办")["mnemonic-lost", "zh"]["told"] == pytest.approx(1.0)
    part = retrieve(index, "助记词")["mnemonic-lost", "zh"]
    assert 0 < part["told"] < 1


def test_known_is_the_share_of_words_that_stand_in_the_knowledge_base(index: Index) -> None:
    found = retrieve(index, "support zzz wallet yyy", lang="en")
    assert {each["known"] for key, each in found.items() if key[1] == "en"} == {0.5}


def test_an_articles_own_words_are_a_perfect_cover(index: Index) -> None:
    found = retrieve(index, "提现没到账怎么办")
    best = max(found.values(), key=lambda each: each["coverage"])
    assert best is found["withdraw-late", "zh"]
    assert best["coverage"] == 1.0
    assert best["question"] == "withdraw-late:zh:t"


def test_without_an_encoder_words_alone_find(index: Index) -> None:
    found = retrieve(index, "质押收益", dense=False)
    assert found.keys() == {("staking", "zh")}
    assert "cosines" not in found["staking", "zh"]


def test_a_synonym_finds_but_less(index: Index) -> None:
    own = retrieve(index, "提现", dense=False)["withdraw-late", "zh"]
    synonym = retrieve(index, "提币", dense=False)["withdraw-late", "zh"]
    assert 0 < synonym["lexical"] < own["lexical"]


def test_unknown_words_find_nothing(index: Index) -> None:
    assert retrieve(index, "chromodynamics", dense=False) == {}


SUPPORT: dict[Lang, str] = {"zh": "人工客服", "en": "support hours"}


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("product", ["tpwallet", "imwallet"])
def test_a_product_never_gets_the_articles_of_another(
    product: str, lang: Lang, dense: bool, index: Index
) -> None:
    products = {article.key: article.product for article in ARTICLES}
    for text in QUESTIONS:
        found = retrieve(index, text, lang=lang, product=product, dense=dense)
        assert {products[key] for key in found} <= {None, product}
    named = retrieve(index, f"{product} {SUPPORT[lang]}", dense=dense)
    assert (f"hours-{product}", lang) in named
    assert {products[key] for key in named} <= {None, product}


def test_a_twin_of_another_product_is_filtered_too(tmp_path: Path) -> None:
    """Only one of the twins says for which product it is: still nobody else may see that one."""
    build_index(
        tmp_path,
        with_articles(
            Article("hours", "zh", "IM钱包客服几点上班", product="imwallet"),
            Article("hours", "en", "TPWallet support hours"),
        ),
    )
    found = retrieve(open_index(tmp_path), "TPWallet support hours", lang="zh")
    assert ("hours", "zh") not in found


@pytest.mark.parametrize(
    ("title", "dense"),
    [
        # Nothing in common: only the vectors' order brings it in.
        ("Exchange rates", True),
        ("Reasons for a deposit to arrive late", False),
    ],
)
def test_a_product_is_found_below_many_nearer_articles_of_another(
    title: str, dense: bool, tmp_path: Path
) -> None:
    text = "Why is my deposit late?"
    others = [Article(f"im-{n}", "en", text, product="imwallet") for n in range(200)]
    build_index(tmp_path, with_articles(*others, Article("tp", "en", title, product="tpwallet")))
    found = retrieve(open_index(tmp_path), text, product="tpwallet", dense=dense)
    assert found.keys() == {("tp", "en")}


def test_an_article_stands_in_the_askers_language_where_it_exists(index: Index) -> None:
    for text in QUESTIONS:
        lang = Understanding(index.knowledge, index.spelling).understand(text).lang
        for ident, shown in retrieve(index, text):
            assert shown == lang or (ident, lang) not in index.articles


def test_an_article_of_the_other_language_only_is_found(index: Index) -> None:
    found = retrieve(index, "我的 NFT 在哪里", lang="zh")
    assert found["nft", "en"]["own"] is False
    assert ("staking", "zh") in retrieve(index, "质押收益什么时候发放", lang="en")


def test_variants_and_twins_are_one_group(index: Index, retriever: Retriever) -> None:
    query = Understanding(index.knowledge, index.spelling).understand("support 客服", "zh", None)
    vectors = FakeEncoder().encode(query.pieces, "query")
    candidates = retriever.candidates(query, vectors)
    groups: dict[str, set[int]] = {}
    for place, group in zip(candidates.articles, candidates.groups, strict=True):
        article = retriever.articles[place]
        groups.setdefault(article.variant_of or article.id, set()).add(int(group))
    assert all(len(numbers) == 1 for numbers in groups.values())
    assert len(set.union(*groups.values())) == len(groups)


@pytest.mark.parametrize("lang", LANGS)
def test_a_help_centre_in_one_language_answers_the_other(lang: Lang, tmp_path: Path) -> None:
    build_index(tmp_path, with_articles(*(a for a in ARTICLES if a.lang == lang)))
    small = open_index(tmp_path)
    other: Lang = "en" if lang == "zh" else "zh"
    for asked in (lang, other):
        assert retrieve(small, "NFT TPWallet 客服", lang=asked)


def test_an_article_alone_is_found(tmp_path: Path) -> None:
    build_index(tmp_path, with_articles(Article("only", "en", "What is a wallet?")))
    found = retrieve(open_index(tmp_path), "wallet")["only", "en"]
    assert found["lexical"] > 0
    assert np.isfinite(found["cosines"]).all()


@settings(max_examples=50)
@given(
    text=st.text("提现到账助记词跨链 fees NFT wallet support tp,.?"), lang=st.sampled_from(LANGS)
)
def test_shares_are_shares(
    text: str, lang: Lang, index: Index, retriever: Retriever, understanding: Understanding
) -> None:
    query = understanding.understand(text, lang, None)
    vectors = FakeEncoder().encode(query.pieces, "query")
    for found in evidence(index, retriever, retriever.candidates(query, vectors)).values():
        assert 0 <= found["lexical"] <= 1
        assert 0 <= found["coverage"] <= 1
        assert 0 <= found["told"] <= 1
        assert 0 <= found["known"] <= 1
        assert 0 <= found["cosines"][7] <= 1.0001
        assert all(-1.0001 <= cosine <= 1.0001 for cosine in found["cosines"][:3])
        assert found["cosines"][0] >= found["cosines"][1]
