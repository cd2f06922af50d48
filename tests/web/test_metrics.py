"""What Prometheus reads."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from indexer.settings import SettingsError
from server.desk import DatabaseError
from server.engine import Assistant
from server.web import metrics
from server.web.app import watch
from server.web.keys import new_key
from tests.web.centre import ARTICLES, SECRET, app_over, build_index, open_assistant, open_desk


@pytest.fixture
def client(assistant: Assistant) -> FlaskClient:
    """Return a client of an app that nobody has called yet."""
    return app_over(assistant).test_client()


def scraped(client: FlaskClient) -> str:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.mimetype == "text/plain"
    return response.get_data(as_text=True)


def samples(client: FlaskClient, name: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a metric by the values of their labels, in the labels' order."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(scraped(client))
        for sample in family.samples
        if sample.name == name
    }


def test_decisions_and_confidence_are_counted(client: FlaskClient) -> None:
    for query in ("充值没有到账怎么办", "充值没有到账怎么办", "如何充值", "转人工", SECRET):
        client.post("/v1/ask", json={"query": query})
    client.get("/en/?q=What+are+network+fees")
    assert samples(client, "faq_decisions_total") == {
        ("answer", "zh"): 2,
        ("clarify", "zh"): 1,
        ("handoff", "zh"): 1,
        ("blocked", "en"): 1,
        ("answer", "en"): 1,
    }
    # Of what was blocked there is no confidence.
    assert samples(client, "faq_confidence_count") == {("zh",): 4, ("en",): 1}


def test_times_are_counted_by_operation(client: FlaskClient) -> None:
    for path in ("/v1/articles/fees", "/v1/articles/none", "/v1/articles/guide", "/wp-admin.php"):
        client.get(path)
    client.open("/v1/ask", method="BREW")
    assert samples(client, "faq_request_seconds_count") == {
        ("GET", "/v1/articles/<id>", "200"): 2,
        ("GET", "/v1/articles/<id>", "404"): 1,
        ("GET", "(unknown path)", "404"): 1,
        ("other", "(unknown path)", "405"): 1,
    }


def test_what_serves_is_told(client: FlaskClient, assistant: Assistant) -> None:
    index_id = assistant.index.manifest.index_id
    assert samples(client, "faq_index_info") == {(index_id, "fake@1"): 1}
    assert samples(client, "faq_articles") == {(): len(ARTICLES)}
    assert samples(client, "faq_model_loaded") == {(): 1}
    assert samples(client, "process_resident_memory_bytes")


def test_hand_offs_are_counted_by_priority(assistant: Assistant) -> None:
    app = app_over(assistant)
    with app.app_context():
        metrics.metrics().handed_off("urgent")
    assert samples(app.test_client(), "faq_handoffs_total") == {("urgent",): 1}


def test_a_gauge_is_read_when_it_is_asked_for(assistant: Assistant) -> None:
    app = app_over(assistant)
    values = iter([1.0, None, 3.0])
    app.extensions[metrics.EXTENSION].gauge("faq_waiting", "What waits.", lambda: next(values))
    client = app.test_client()
    assert samples(client, "faq_waiting") == {(): 1}
    assert samples(client, "faq_waiting") == {}
    assert samples(client, "faq_waiting") == {(): 3}


def test_swaps_are_counted(tmp_path: Path) -> None:
    build_index(tmp_path)
    app = app_over(open_assistant(tmp_path))
    watcher = watch(app, 3600)
    client = app.test_client()
    assert samples(client, "faq_index_swaps_total") == {(): 0}
    new = build_index(tmp_path, ARTICLES[:3])
    watcher.look()
    watcher.stop()
    assert samples(client, "faq_index_swaps_total") == {(): 1}
    assert new in scraped(client)
    assert client.get("/v1/suggest?q=fees").get_json()["index_id"] == new


def test_nothing_that_was_typed_is_a_label(client: FlaskClient) -> None:
    client.post("/v1/ask", json={"query": f"private matter {SECRET}"})
    client.get("/v1/search?q=private+matter")
    client.get("/private/matter")
    client.get("/private", headers={"Authorization": "Bearer private", "X-Request-ID": "private"})
    assert not re.search("private|abandon", scraped(client))


@pytest.mark.parametrize(("role", "status"), [("client", 403), ("admin", 200), (None, 401)])
def test_it_can_be_kept_to_those_with_a_key(
    assistant: Assistant, role: str | None, status: int
) -> None:
    made = {name: new_key(name, name) for name in ("client", "admin")}  # type: ignore[arg-type]
    rows = ",".join(row for _, row in made.values())
    client = app_over(assistant, api_keys=rows, metrics_role="agent").test_client()
    headers = {"Authorization": f"Bearer {made[role][0]}"} if role else {}
    assert client.get("/metrics", headers=headers).status_code == status


def test_a_role_that_is_none_is_told(assistant: Assistant) -> None:
    with pytest.raises(SettingsError, match="metrics_role must be one of client, agent, admin"):
        app_over(assistant, metrics_role="boss")


def test_tickets_and_webhooks_that_wait_are_told(assistant: Assistant) -> None:
    desk = open_desk(webhook_url="http://127.0.0.1:1/hook")
    client = app_over(assistant, desk).test_client()
    for query in ("我的币被盗了", "换头像", "换头像"):
        client.post("/v1/handoffs", json={"query": query})
    assert samples(client, "faq_handoffs_total") == {("urgent",): 1, ("normal",): 2}
    waiting = samples(client, "faq_tickets")
    assert waiting == {("urgent", "open"): 1, ("normal", "open"): 2}
    assert samples(client, "faq_webhooks_pending") == {(): 3}
    assert samples(client, "faq_webhooks_failing") == {(): 0}
    desk._deliverer.deliver_due()  # type: ignore[union-attr]
    assert samples(client, "faq_webhooks_failing") == {(): 3}
    assert samples(client, "faq_database_up") == {(): 1}


def test_feedback_is_counted(client: FlaskClient) -> None:
    answer = client.post("/v1/ask", json={"query": "fees"}).get_json()
    for helpful in (True, True, False):
        vote = {"message_id": answer["message_id"], "helpful": helpful}
        client.post("/v1/feedback", json=vote)
    assert samples(client, "faq_feedback_total") == {("yes",): 2, ("no",): 1}


def test_a_database_that_is_away_is_told(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()

    def away() -> object:
        raise DatabaseError("The database is away.")

    monkeypatch.setattr(desk, "backlog", away)
    assert samples(client, "faq_database_up") == {(): 0}
    assert samples(client, "faq_database_failures_total") == {(): 2}
