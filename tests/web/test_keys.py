"""API keys: made, known again, and what they let one do."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from indexer.settings import SettingsError
from server.engine import Assistant
from server.web import cli, keys
from server.web.keys import Keys, digest_of, new_key, require_role
from tests.web.centre import app_over

TOKENS = {role: new_key(role, role) for role in keys.ROLES}
ROWS = [row for _, row in TOKENS.values()]


class Note(BaseModel):
    text: str


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[FlaskClient]:
    app = app_over(assistant, api_keys=",".join(ROWS))
    blueprint = APIBlueprint("wanted", __name__, url_prefix="/v1")

    @blueprint.post("/notes/<id>")
    @require_role("agent")
    def write(body: Note) -> dict[str, str | None]:
        key = keys.current_key()
        return {"by": key.name if key else None}

    app.register_api(blueprint)
    return app.test_client()


def write(client: FlaskClient, authorization: str | None, body: object = None) -> tuple[int, str]:
    headers = {"Authorization": authorization} if authorization else {}
    response = client.post("/v1/notes/1", json=body or {"text": "x"}, headers=headers)
    return response.status_code, response.get_data(as_text=True)


@pytest.mark.parametrize("role", ["agent", "admin"])
def test_a_role_may_do_what_those_before_it_may(client: FlaskClient, role: keys.Role) -> None:
    status, body = write(client, f"Bearer {TOKENS[role][0]}")
    assert (status, json.loads(body)) == (200, {"by": role})


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        "Bearer ",
        "Bearer faq_wrong",
        f"Bearer {digest_of(TOKENS['agent'][0])}",  # a stolen hash opens nothing
        f"Basic {TOKENS['agent'][0]}",
        TOKENS["agent"][0],
        "Bearer \xff",
    ],
)
def test_without_a_key_that_is_known(client: FlaskClient, authorization: str | None) -> None:
    response = client.post(
        "/v1/notes/1",
        json={"text": "x"},
        headers={"Authorization": authorization} if authorization else {},
    )
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="agent"'
    assert response.get_json()["error"]["code"] == "unauthorized"


def test_a_key_for_less(client: FlaskClient) -> None:
    status, body = write(client, f"Bearer {TOKENS['client'][0]}")
    assert status == 403
    assert "agent" in body


def test_strangers_learn_nothing_of_what_a_request_needs(client: FlaskClient) -> None:
    for data, kind in ((b"{", "application/json"), (b"text=x", "text/plain")):
        response = client.post("/v1/notes/1", data=data, content_type=kind)
        assert response.status_code == 401


def test_others_need_no_key(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer faq_wrong"}):
        assert client.get("/v1/articles", headers=headers).status_code == 200


def test_the_description_tells_which_calls_want_one(client: FlaskClient) -> None:
    spec = client.get("/openapi.json").get_json()
    assert spec["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    operation = spec["paths"]["/v1/notes/{id}"]["post"]
    assert operation["security"] == [{"apiKey": []}]
    assert "`agent`" in operation["description"]
    assert {"401", "403"} <= set(operation["responses"])
    ask = spec["paths"]["/v1/ask"]["post"]
    assert "security" not in ask
    assert "401" not in ask["responses"]


def test_a_key_cannot_be_found_from_what_is_kept() -> None:
    token, row = new_key("bot", "client")
    assert token not in row
    assert row == f"bot:client:{digest_of(token)}"
    found = Keys([row]).find(token)
    assert found
    assert (found.name, found.role) == ("bot", "client")
    assert Keys([row]).find(f"{token}x") is None
    assert len({new_key("a", "admin")[0] for _ in range(20)}) == 20


@pytest.mark.parametrize("row", ["", "bot", "bot:boss:" + "0" * 64, "b t:agent:" + "0" * 64])
def test_a_row_that_is_none_is_told_without_it(row: str) -> None:
    token = f"{row}faq_precious"
    with pytest.raises(SettingsError, match="key 2 is not name:role:hash") as caught:
        Keys([ROWS[0], token])
    assert "precious" not in str(caught.value)


def test_two_keys_with_one_name() -> None:
    with pytest.raises(SettingsError, match="two keys with the name 'agent'"):
        Keys([TOKENS["agent"][1], new_key("agent", "client")[1]])


def test_a_broken_row_ends_the_start(assistant: Assistant) -> None:
    with pytest.raises(SettingsError, match="faq-serve --new-key"):
        app_over(assistant, api_keys="nonsense")


def test_the_command_makes_a_key() -> None:
    result = CliRunner().invoke(cli.main, ["--new-key", "desk", "--role", "agent"])
    assert result.exit_code == 0
    token, row = result.stdout.splitlines()
    found = Keys([row]).find(token)
    assert found
    assert (found.name, found.role) == ("desk", "agent")


def test_the_command_refuses_a_name_that_is_none() -> None:
    result = CliRunner().invoke(cli.main, ["--new-key", "a:b"])
    assert result.exit_code == 2
    assert "'a:b' is no name for a key" in result.stderr


def test_every_key_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it takes must not tell which key it was, nor how much of it was right."""
    compared: list[str] = []

    def compare(known: str, sent: str) -> bool:
        compared.append(known)
        return known == sent

    monkeypatch.setattr("server.web.keys.hmac.compare_digest", compare)
    Keys(ROWS).find(TOKENS["client"][0])
    assert len(compared) == len(ROWS)


def test_a_view_that_is_none_wants_no_role() -> None:
    assert keys.required_role(Flask("x"), None) is None
