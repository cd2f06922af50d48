"""The app does what its own description says, on whatever input schemathesis makes up."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.engine import Assistant
from server.web.keys import new_key
from tests.web.centre import app_over

ADMIN, ADMIN_ROW = new_key("root", "admin")
# No 5xx, and no answer that the description forbids.
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
# Only what Chatwoot signs comes in there, and by then there is little left to make up: it has tests
# of its own.
_SIGNED = "/webhooks/chatwoot"


@pytest.fixture(scope="module")
def whole_app(assistant: Assistant) -> OpenAPI:
    """Return the app with every adapter set up, and a key."""
    return app_over(
        assistant,
        api_keys=ADMIN_ROW,
        chatwoot_url="http://127.0.0.1:1",
        chatwoot_token="x",
        chatwoot_secret="secret",
    )


def operations() -> list[str]:
    """Return every operation that is described, as "POST /v1/ask"."""
    from tests.web.test_docs import OPERATIONS

    return sorted(f"{method.upper()} {path}" for path, method in OPERATIONS)


def test_nothing_is_left_out(whole_app: OpenAPI) -> None:
    spec = whole_app.test_client().get("/openapi.json").get_json()
    described = {
        f"{method.upper()} {path}" for path, each in spec["paths"].items() for method in each
    }
    assert described == set(operations())


@dataclass(frozen=True)
class Held:
    """What is there, and the tokens that open it."""

    message_id: str
    conversation: tuple[str, str]
    ticket: tuple[str, str]

    def put_into(self, case: schemathesis.Case[Any]) -> None:
        """Let a made-up call be about what is there: else it would only ever see a 404."""
        known = {
            "id": "fees",
            "conversation_id": self.conversation[0],
            "ticket_id": self.ticket[0],
        }
        case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        if isinstance(case.body, dict):
            made_of = {"message_id": self.message_id, "knowledge_id": "all", "article_id": "fees"}
            case.body |= {name: made_of[name] for name in made_of.keys() & case.body.keys()}

    def token(self, call: str) -> str:
        """Return what lets one in to `call`."""
        method, path = call.split()
        if "/conversations/" in path:
            return self.conversation[1]
        return self.ticket[1] if "{ticket_id}" in path and method != "PATCH" else ADMIN


@pytest.fixture
def held(whole_app: OpenAPI) -> Held:
    client: FlaskClient = whole_app.test_client()
    asked = client.post("/v1/ask", json={"query": "What are network fees?"}).get_json()
    ticket = client.post("/v1/handoffs", json={"query": "help"}).get_json()
    admin = {"Authorization": f"Bearer {ADMIN}"}
    client.patch(f"/v1/handoffs/{ticket['ticket_id']}", json={"status": "solved"}, headers=admin)
    return Held(
        asked["message_id"],
        (asked["conversation_id"], asked["conversation_token"]),
        (ticket["ticket_id"], ticket["token"]),
    )


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("call", operations())
def test_every_call_conforms(
    whole_app: OpenAPI, held: Held, call: str, mode: GenerationMode
) -> None:
    method, path = call.split()
    operation = schemathesis.openapi.from_wsgi("/openapi.json", whole_app)[path][method]
    takes_input = operation.body or operation.query or operation.path_parameters
    if mode is GenerationMode.NEGATIVE and not takes_input:
        return  # there is nothing to get wrong
    statuses: set[int] = set()

    @settings(
        max_examples=15,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def conforms(case: schemathesis.Case[Any]) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {held.token(call)}"}
        if mode is GenerationMode.POSITIVE:
            held.put_into(case)
        response = case.call()
        statuses.add(response.status_code)
        case.validate_response(response, checks=list(CHECKS))

    conforms()
    if mode is GenerationMode.POSITIVE and path != _SIGNED:
        assert any(200 <= status < 300 for status in statuses), statuses


@pytest.mark.parametrize("call", operations())
def test_every_call_conforms_without_a_key(whole_app: OpenAPI, call: str) -> None:
    method, path = call.split()
    operation = schemathesis.openapi.from_wsgi("/openapi.json", whole_app)[path][method]

    @settings(
        max_examples=5,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def conforms(case: schemathesis.Case[Any]) -> None:
        response = case.call()
        case.validate_response(response, checks=list(CHECKS))
        if operation.definition.raw.get("security") and path != "/retrieval":
            assert response.status_code in (401, 404), json.dumps(case.body)

    conforms()
