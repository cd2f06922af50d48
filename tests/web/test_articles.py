"""Browsing articles."""

import pytest
from flask.testing import FlaskClient

from tests.web.centre import ARTICLES


def test_all_are_listed_or_those_of_a_language(client: FlaskClient) -> None:
    body = client.get("/v1/articles").get_json()
    assert {(a["id"], a["lang"]) for a in body["articles"]} == {a.key for a in ARTICLES}
    chinese = client.get("/v1/articles?lang=zh").get_json()["articles"]
    assert {a["id"] for a in chinese} == {a.id for a in ARTICLES if a.lang == "zh"}


def test_one_comes_with_its_twin_and_relatives(client: FlaskClient) -> None:
    body = client.get("/v1/articles/deposit-late?lang=zh").get_json()
    assert body["title"] == "充值没有到账怎么办？"
    assert body["questions"] == ["转账一直不到"]
    assert (body["product"], body["updated"]) == ("tpwallet", "2026-11-20")
    assert "<strong>区块浏览器</strong>" in body["answer_html"]
    assert body["twin"] == {
        "lang": "en",
        "title": "My deposit has not arrived",
        "url": "/en/articles/deposit-late",
    }
    # A relative in the same language where there is one.
    assert [(r["id"], r["lang"]) for r in body["related"]] == [
        ("deposit-howto", "zh"),
        ("fees", "en"),
    ]


def test_relatives_that_are_gone_are_left_out(client: FlaskClient) -> None:
    assert client.get("/v1/articles/deposit-late?lang=en").get_json()["related"] == []


def test_the_other_language_serves_where_there_is_no_translation(client: FlaskClient) -> None:
    body = client.get("/v1/articles/fees?lang=zh").get_json()
    assert body["lang"] == "en"
    assert "twin" not in body


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [("en", "en"), ("zh-CN,zh;q=0.9", "zh"), ("zh-TW", "zh"), ("fr", "zh"), ("", "zh")],
)
def test_the_language_follows_the_reader(client: FlaskClient, accepted: str, lang: str) -> None:
    # The knowledge base's own language, zh, is for those who read neither.
    headers = {"Accept-Language": accepted}
    assert client.get("/v1/articles/deposit-late", headers=headers).get_json()["lang"] == lang


def test_sections_come_one_by_one(client: FlaskClient) -> None:
    sections = client.get("/v1/articles/guide").get_json()["sections"]
    assert [s["heading"] for s in sections] == ["What is staking?", "How long does unbonding take?"]
    assert sections[1]["answer"] == "Unbonding takes **21 days**."


def test_html_is_harmless(client: FlaskClient) -> None:
    shown = client.get("/v1/articles/markup").get_json()["answer_html"]
    for bad in ("<script", "<img", 'href="javascript:'):
        assert bad not in shown


@pytest.mark.parametrize(("lang", "said"), [("zh", "没有这篇文章。"), ("en", "no such article")])
def test_unknown_ids_are_told(client: FlaskClient, lang: str, said: str) -> None:
    response = client.get("/v1/articles/nothing", headers={"Accept-Language": lang})
    assert response.status_code == 404
    error = response.get_json()["error"]
    assert error["code"] == "article_not_found"
    assert said in error["message"]


def test_ids_are_not_paths(client: FlaskClient) -> None:
    assert client.get("/v1/articles/..%2f..%2fetc%2fpasswd").status_code == 404
    assert client.get(f"/v1/articles/{'x' * 201}").status_code == 422
