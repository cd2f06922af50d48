"""Completions for the search box, over HTTP."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.web.suggest import Suggestions
from tests.web.centre import ARTICLES, SECRET, build_index, open_assistant


def suggested(client: FlaskClient, **parameters: object) -> list[dict[str, str]]:
    response = client.get("/v1/suggest", query_string=parameters)
    assert response.status_code == 200
    suggestions: list[dict[str, str]] = response.get_json()["suggestions"]
    return suggestions


def test_a_suggestion_leads_to_its_article(client: FlaskClient) -> None:
    first = suggested(client, q="如何")[0]
    assert first == {
        "text": "如何充值？",
        "html": "<mark>如何</mark>充值？",
        "article_id": "deposit-howto",
        "lang": "zh",
        "url": "/zh/articles/deposit-howto",
    }
    assert client.get(first["url"]).status_code == 200


def test_pinyin(client: FlaskClient) -> None:
    assert suggested(client, q="chongzhi", lang="zh")[0]["html"].startswith("<mark>充值</mark>")


def test_a_section_is_suggested_with_its_place(client: FlaskClient) -> None:
    assert suggested(client, q="how long")[0]["url"] == "/en/articles/guide#section-2"


def test_markup_stays_text(client: FlaskClient) -> None:
    (first,) = suggested(client, q="show")
    assert first["html"] == "<mark>Show</mark> &lt;b&gt;bold&lt;/b&gt; &amp; &#34;quoted&#34; text"


def test_no_more_than_asked_for(client: FlaskClient) -> None:
    assert len(suggested(client, q="充值")) == 2
    assert len(suggested(client, q="充值", limit=1)) == 1


def test_a_secret_is_warned_of_and_not_echoed(client: FlaskClient) -> None:
    response = client.get("/v1/suggest", query_string={"q": SECRET, "lang": "en"})
    body = response.get_json()
    assert body["suggestions"] == []
    assert body["warning"]["kinds"] == ["mnemonic"]
    assert "abandon" not in response.get_data(as_text=True)


@pytest.mark.parametrize("parameters", [{}, {"q": ""}, {"q": "a\0b"}, {"q": "x", "limit": 0}])
def test_what_is_no_question_is_refused(client: FlaskClient, parameters: dict[str, object]) -> None:
    assert client.get("/v1/suggest", query_string=parameters).status_code == 422


def test_after_a_swap_the_new_articles_are_suggested(tmp_path: Path) -> None:
    build_index(tmp_path)
    assistant = open_assistant(tmp_path)
    suggestions = Suggestions(assistant)
    old, suggester = suggestions.get()
    assert suggester.suggest("network")
    new = build_index(tmp_path, tuple(a for a in ARTICLES if a.id != "fees"))
    assistant.refresh()
    assert suggestions.get()[0] in {old, new}  # the old one serves while the new is prepared
    prepared, suggester = suggestions.prepare()
    assert (prepared, suggestions.get()[0]) == (new, new)
    assert not suggester.suggest("network")
