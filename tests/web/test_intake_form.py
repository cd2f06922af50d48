"""GET /v1/handoffs/form."""

from typing import Any

import pytest
from flask.testing import FlaskClient


def form(client: FlaskClient, status: int = 200, **query: str) -> dict[str, Any]:
    response = client.get("/v1/handoffs/form", query_string=query)
    assert response.status_code == status
    found: dict[str, Any] = response.get_json()
    return found


def test_an_article_asks_what_fits_it_in_the_language_asked_for(client: FlaskClient) -> None:
    zh = form(client, lang="zh", article_id="deposit-late")
    en = form(client, lang="en", article_id="deposit-late")
    assert [each["id"] for each in zh["intake"]] == ["chain", "transaction_hash", "problem"]
    assert [each["text"] for each in en["intake"]] == [
        "Which network?",
        "Transaction hash",
        "What went wrong?",
    ]
    assert zh["intake"][0]["choices"] == ["比特币", "其他"]


def test_without_an_article_the_usual_is_asked(client: FlaskClient) -> None:
    assert [each["id"] for each in form(client)["intake"]] == ["problem"]


@pytest.mark.parametrize("query", [{"product": "imwallet"}, {"product": "IM Wallet"}])
def test_it_tells_who_can_be_reached(client: FlaskClient, query: dict[str, str]) -> None:
    assert [each["id"] for each in form(client, **query)["channels_open"]] == ["app"]


def test_an_articles_own_product_is_told_of(client: FlaskClient) -> None:
    told = form(client, lang="zh", article_id="deposit-late")
    assert {each["product"] for each in told["channels"]} == {"tpwallet"}
    told = form(client, lang="en", article_id="deposit-late")
    assert {each["product"] for each in told["channels"]} == {"tpwallet", "imwallet"}


@pytest.mark.parametrize(
    "query", [{"article_id": "gone"}, {"product": "gone"}, {"lang": "fr"}, {"other": "x"}]
)
def test_what_is_not_known_is_told(client: FlaskClient, query: dict[str, str]) -> None:
    told = form(client, 422, **query)
    assert told["error"]["details"]["fields"][0]["field"] == next(iter(query))
