"""What watchers over the process are told, and that words alone still answer."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import Encoder, EncoderError
from indexer.settings import Settings
from indexer.store import Manifest
from server.desk import DatabaseError, Desk
from server.engine import Assistant
from server.web import create_app
from tests.fakes import FakeEncoder
from tests.web.centre import SCORER, app_over, open_desk


def no_encoder(manifest: Manifest) -> Encoder:
    raise EncoderError("The model cannot be loaded. Set FAQ_MODEL.")


@pytest.fixture
def without_encoder(index_root: Path) -> Assistant:
    return Assistant(index_root, no_encoder, SCORER)


def test_ready(client: FlaskClient, assistant: Assistant) -> None:
    response = client.get("/readyz")
    assert response.get_json() == {
        "status": "ready",
        "index_id": assistant.index.manifest.index_id,
        "encoder": "ready",
        "mode": "hybrid",
        "database": "ready",
        "deliveries": {"pending": 0, "failing": 0, "oldest_seconds": 0.0},
    }


def test_while_the_encoder_loads_words_alone_answer(without_encoder: Assistant) -> None:
    client = app_over(without_encoder).test_client()
    response = client.get("/readyz")
    assert response.status_code == 200
    body = response.get_json()
    assert (body["status"], body["encoder"], body["mode"]) == ("degraded", "loading", "lexical")
    assert "error" not in body


def test_a_failed_encoder_is_told_and_words_alone_answer(without_encoder: Assistant) -> None:
    without_encoder.encoder.load()
    client = app_over(without_encoder).test_client()
    response = client.get("/readyz")
    assert response.status_code == 200
    body = response.get_json()
    assert (body["status"], body["encoder"], body["mode"]) == ("degraded", "failed", "lexical")
    assert "Set FAQ_MODEL" in body["error"]
    answer = client.post("/v1/ask", json={"query": "充值没有到账怎么办"}).get_json()
    assert answer["decision"] == "answer"
    assert answer["answers"][0]["scores"]["dense"] is None
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_a_database_that_is_away_is_told_and_questions_are_answered(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()

    def away(*_: object, **__: object) -> object:
        raise DatabaseError("The database is away.")

    for part, name in ((desk, "backlog"), (desk, "record"), (desk.tickets, "create")):
        monkeypatch.setattr(part, name, away)
    response = client.get("/readyz")
    assert response.status_code == 200
    body = response.get_json()
    assert (body["status"], body["database"]) == ("degraded", "failing")
    assert "deliveries" not in body
    assert client.post("/v1/ask", json={"query": "fees"}).status_code == 200
    refused = client.post("/v1/handoffs", json={"query": "help"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert refused.get_json()["error"]["code"] == "database"


def test_webhooks_that_nobody_takes_are_told(assistant: Assistant) -> None:
    desk = open_desk(webhook_url="http://127.0.0.1:1/hook")
    client = app_over(assistant, desk).test_client()
    client.post("/v1/handoffs", json={"query": "help"})
    body = client.get("/readyz").get_json()
    assert (body["status"], body["deliveries"]["pending"]) == ("ready", 1)
    desk._deliverer.deliver_due()  # type: ignore[union-attr]
    body = client.get("/readyz").get_json()
    assert (body["status"], body["deliveries"]["failing"]) == ("degraded", 1)
    assert body["deliveries"]["error"] == "no connection"


def test_the_app_opens_what_the_settings_name(
    index_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []

    def load(manifest: Manifest) -> Encoder:
        loaded.append(manifest.model_source)
        return FakeEncoder()

    watched: list[float] = []
    monkeypatch.setattr("server.engine.assistant.load_encoder", load)
    monkeypatch.setattr("server.engine.assistant.bundled_scorer", lambda: SCORER)
    monkeypatch.setattr("server.web.watch.Watcher.start", lambda self: watched.append(1.5))
    options = {"index": index_root, "reload_seconds": 1.5, "data": tmp_path}
    app = create_app(Settings(options, environment={}))
    app.extensions["faq_assistant"].encoder.load()  # waits for the thread that loads
    assert loaded == ["no-such-model"]
    assert watched == [1.5]
    assert app.test_client().get("/readyz").get_json()["encoder"] == "ready"
    assert (tmp_path / "faq.db").exists()
    desk: Desk = app.extensions["faq_desk"]
    desk.stop()
