"""Results for the search box, and their highlights."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.web.search import highlighted, snippet
from tests.web.centre import SECRET

TEXTS = st.text(alphabet=st.sampled_from("ab充值 ,.<>&\"'wallet费\n"), max_size=300)
WORDS = st.lists(st.sampled_from(["wallet", "充值", "费", "a", "b"]), max_size=4)


def search(client: FlaskClient, **parameters: object) -> dict[str, object]:
    response = client.get("/v1/search", query_string=parameters)
    assert response.status_code == 200
    body = response.get_json()
    assert isinstance(body, dict)
    return body


def ids(body: dict[str, object]) -> list[str]:
    results = body["results"]
    assert isinstance(results, list)
    return [result["id"] for result in results]


def test_articles_are_ranked_and_marked(client: FlaskClient) -> None:
    body = search(client, q="充值地址")
    assert ids(body) == ["deposit-howto", "deposit-late"]
    first = body["results"][0]  # type: ignore[index]  # JSON
    assert first["title_html"] == "如何<mark>充值</mark>？"
    assert first["snippet_html"] == "打开钱包，复制<mark>充值地址</mark>。"
    assert body["index_id"]


def test_strangers_to_the_query_are_left_out(client: FlaskClient) -> None:
    assert ids(search(client, q="天气怎么样")) == []


def test_it_never_hands_off(client: FlaskClient) -> None:
    assert not {"handoff", "decision"} & set(search(client, q="转人工"))


def test_limit_and_language(client: FlaskClient) -> None:
    assert ids(search(client, q="deposit", limit=1)) == ["deposit-howto"]
    for lang in ("zh", "en"):
        results = search(client, q="deposit 充值", lang=lang)["results"]
        assert {result["lang"] for result in results} == {lang}  # type: ignore[attr-defined]


def test_a_secret_finds_nothing_but_a_warning(client: FlaskClient) -> None:
    response = client.get("/v1/search", query_string={"q": f"my words: {SECRET}"})
    body = response.get_json()
    assert body["results"] == []
    assert body["warning"]["kinds"] == ["mnemonic"]
    assert "abandon" not in response.get_data(as_text=True)


def test_markup_in_an_article_stays_text(client: FlaskClient) -> None:
    body = search(client, q="bold quoted")
    first = body["results"][0]  # type: ignore[index]  # JSON
    assert "<b>" in first["title"]
    assert "<b>" not in first["title_html"]
    assert "&lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp;" in first["title_html"]


@pytest.mark.parametrize("parameters", [{}, {"q": ""}, {"q": "x" * 2001}, {"q": "a\0b"}])
def test_what_is_no_question_is_refused(client: FlaskClient, parameters: dict[str, str]) -> None:
    response = client.get("/v1/search", query_string=parameters)
    assert response.status_code == 422
    assert response.get_json()["error"]["details"]["fields"][0]["field"] == "q"


def test_the_limit_is_limited(client: FlaskClient) -> None:
    for limit in (0, 21, "many"):
        response = client.get("/v1/search", query_string={"q": "x", "limit": limit})
        assert response.status_code == 422


def test_inflected_words_are_marked() -> None:
    marked = highlighted("Transferring transfers, transferable; trans", ["transfer"])
    assert re.findall("<mark>(.*?)</mark>", marked) == ["Transferring", "transfers", "transferable"]
    assert "<mark>happiness</mark>" in highlighted("of happiness", ["happi"])


def test_a_part_of_another_word_is_not_marked() -> None:
    assert highlighted("encode gasoline", ["code", "gas"]) == "encode gasoline"


def test_the_snippet_shows_where_most_words_meet() -> None:
    text = f"fee here. {'filler words ' * 40}the network fee is paid in gas. {'more ' * 40}"
    shown = snippet(text, ["network", "fee", "gas"], 120)
    assert "<mark>network</mark> <mark>fee</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


@given(TEXTS, WORDS)
def test_marking_changes_nothing_but_marks(text: str, words: list[str]) -> None:
    marked = str(highlighted(text, words))
    plain = marked.replace("<mark>", "").replace("</mark>", "")
    assert unescape(plain) == text
    assert not re.search("[<>]", plain)


@given(TEXTS, WORDS, st.integers(20, 200))
def test_a_snippet_is_a_piece_of_the_text(text: str, words: list[str], length: int) -> None:
    shown = unescape(str(snippet(text, words, length)).replace("<mark>", "").replace("</mark>", ""))
    piece = shown.removeprefix("… ").removesuffix(" …")
    assert piece in " ".join(text.split())
    assert len(piece) <= length
