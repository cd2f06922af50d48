"""The description of the interface, for programs and for people."""

from flask.testing import FlaskClient

from server.web.docs import shape

# Every call that is described, by path and method.
OPERATIONS = {
    ("/v1/ask", "post"),
    ("/v1/search", "get"),
    ("/v1/suggest", "get"),
    ("/v1/articles", "get"),
    ("/v1/articles/{id}", "get"),
    ("/v1/feedback", "post"),
    ("/v1/handoffs", "post"),
    ("/v1/handoffs", "get"),
    ("/v1/handoffs/export.csv", "get"),
    ("/v1/handoffs/{ticket_id}", "get"),
    ("/v1/handoffs/{ticket_id}", "patch"),
    ("/v1/handoffs/{ticket_id}/messages", "post"),
    ("/v1/handoffs/{ticket_id}/satisfaction", "post"),
    ("/v1/conversations/{conversation_id}", "get"),
    ("/v1/conversations/{conversation_id}", "delete"),
    ("/v1/conversations/{conversation_id}/consent", "post"),
    ("/retrieval", "post"),
    ("/healthz", "get"),
    ("/readyz", "get"),
    ("/v1/handoffs/form", "get"),
    ("/webhooks/rest/webhook", "post"),
    ("/webhooks/chatwoot", "post"),
}


def test_the_description_names_every_call(client: FlaskClient) -> None:
    spec = client.get("/openapi.json").get_json()
    calls = {(path, method) for path, methods in spec["paths"].items() for method in methods}
    assert calls == OPERATIONS
    for path, method in calls:
        operation = spec["paths"][path][method]
        assert operation["summary"]
        takes_input = bool(operation.get("parameters") or operation.get("requestBody"))
        assert ("422" in operation["responses"]) is takes_input
        error = "DifyError" if path == "/retrieval" else "ErrorResponse"
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": f"#/components/schemas/{error}"}


def test_keys_and_tokens_are_told_where_they_are_needed(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    queue = paths["/v1/handoffs"]["get"]
    assert queue["security"] == [{"apiKey": []}]
    assert {"401", "403"} <= set(queue["responses"])
    assert "agent" in queue["description"]
    assert "security" not in paths["/v1/ask"]["post"]
    ticket = paths["/v1/handoffs/{ticket_id}"]["get"]
    assert ticket["security"] == [{"token": []}, {"apiKey": []}]
    assert paths["/v1/conversations/{conversation_id}"]["delete"]["security"] == [{"token": []}]


def test_every_reference_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/openapi.json").get_data(as_text=True)
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    references = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references
    assert references <= set(schemas)


def test_the_page_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/docs").get_data(as_text=True)
    for call in ("POST /v1/ask", "GET /v1/search", "GET /v1/articles/{id}", "GET /readyz"):
        assert call in page
    assert "length to 2000" in page
    assert "<script" not in page
    assert "style=" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_links_within_the_page_lead_somewhere(client: FlaskClient) -> None:
    page = client.get("/docs").get_data(as_text=True)
    targets = {part.split('"')[0] for part in page.split('href="#')[1:]}
    assert targets
    assert all(f'id="{target}"' in page for target in targets)


def test_schemas_in_words() -> None:
    assert shape({"$ref": "#/components/schemas/Link"}) == "Link"
    assert shape({"type": "array", "items": {"type": "string"}}) == "list of string"
    assert shape({"anyOf": [{"type": "string"}, {"type": "null"}]}) == "string or null"
    assert shape({"enum": ["zh", "en"], "type": "string"}) == '"zh" | "en"'
    limited = {"type": "integer", "minimum": 1.0, "maximum": 20, "default": 5}
    assert shape(limited) == "integer (from 1, to 20, default 5)"
    assert shape({}) == "any"


def test_the_header_that_lets_a_hand_off_be_sent_again_is_told(client: FlaskClient) -> None:
    post = client.get("/openapi.json").get_json()["paths"]["/v1/handoffs"]["post"]
    (header,) = (each for each in post["parameters"] if each["in"] == "header")
    assert (header["name"], header["required"]) == ("Idempotency-Key", False)
    assert header["schema"]["minLength"] == 16
    assert "same ticket and token" in header["description"]
