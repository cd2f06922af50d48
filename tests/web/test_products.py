"""A product by any of its names."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "name", ["tpwallet", "TPWallet", "TP Wallet", "tp wallet", "ＴＰ钱包", "TP錢包"]
)
def test_any_name_in_any_case(client: FlaskClient, name: str) -> None:
    body = {"query": "充值没有到账怎么办", "product": name}
    answers = client.post("/v1/ask", json=body).get_json()["answers"]
    assert ("deposit-late", "zh") in [(a["id"], a["lang"]) for a in answers]
    query = {"q": "充值没有到账怎么办", "product": name}
    results = client.get("/v1/search", query_string=query).get_json()["results"]
    assert "deposit-late" in [result["id"] for result in results]


@pytest.mark.parametrize("name", ["", "wallet", "tpwallet2", "x" * 100])
def test_an_unknown_one_is_told_those_that_are_known(client: FlaskClient, name: str) -> None:
    for response in (
        client.post("/v1/ask", json={"query": "fees", "product": name}),
        client.get("/v1/search", query_string={"q": "fees", "product": name}),
    ):
        assert response.status_code == 422
        (field,) = response.get_json()["error"]["details"]["fields"]
        assert field["field"] == "product"
        assert "tpwallet, imwallet" in field["problem"]


def test_the_description_lists_them(client: FlaskClient) -> None:
    spec = client.get("/openapi.json").get_json()
    listed = ["IM Wallet", "TP Wallet", "TP钱包", "imwallet", "tpwallet"]
    asked = spec["components"]["schemas"]["AskRequest"]["properties"]["product"]
    assert asked["anyOf"][0]["enum"] == listed
    (searched,) = (
        p for p in spec["paths"]["/v1/search"]["get"]["parameters"] if p["name"] == "product"
    )
    assert searched["schema"]["enum"] == listed
