"""Rate limits: who is counted, what is counted, and how those over it are told."""

import logging

import pytest
from flask.testing import FlaskClient
from limits.errors import StorageError

from indexer.settings import Settings, SettingsError
from server.engine import Assistant
from server.web.keys import new_key
from server.web.limits import RateLimits, rate_limited
from tests.web.centre import app_over

TOKEN, ROW = new_key("bot", "client")
KEY = {"Authorization": f"Bearer {TOKEN}"}


def limited(assistant: Assistant, **options: object) -> FlaskClient:
    return app_over(assistant, **{"rate_limit": "2/hour"} | options).test_client()


def statuses(
    client: FlaskClient, times: int, path: str = "/v1/articles", **options: object
) -> list[int]:
    return [client.get(path, **options).status_code for _ in range(times)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("lang", "said"), [("zh", "请求过于频繁"), ("en", "Too many requests")])
def test_too_many_are_told_when_to_come_again(assistant: Assistant, lang: str, said: str) -> None:
    client = limited(assistant)
    headers = {"Accept-Language": lang}
    assert statuses(client, 2) == [200, 200]
    response = client.get("/v1/articles", headers=headers)
    assert response.status_code == 429
    seconds = int(response.headers["Retry-After"])
    assert 3590 <= seconds <= 3600
    error = response.get_json()["error"]
    assert error["code"] == "too_many_requests"
    assert said in error["message"]
    assert str(seconds) in error["message"]


def test_a_person_gets_a_page(assistant: Assistant) -> None:
    client = limited(assistant)
    browser = {"Accept": "text/html"}
    assert statuses(client, 2, "/en/", headers=browser) == [200, 200]
    page = client.get("/en/", headers=browser)
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "Too many requests" in page.text
    assert page.headers["Retry-After"]


def test_each_address_has_its_own(assistant: Assistant) -> None:
    client = limited(assistant)

    def called_from(address: str) -> int:
        return statuses(client, 1, environ_base={"REMOTE_ADDR": address})[0]

    assert [called_from("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert called_from("192.0.2.2") == 200
    # A house has 2^64 addresses.
    assert [called_from(f"2001:db8::{n}") for n in (1, 2, 3)] == [200, 200, 429]
    assert called_from("2001:db8:0:1::1") == 200
    assert called_from("::ffff:192.0.2.1") == 429


def test_a_key_has_its_own(assistant: Assistant) -> None:
    client = limited(assistant, api_keys=ROW, rate_limit_key="3/hour")
    assert statuses(client, 3) == [200, 200, 429]
    assert statuses(client, 4, headers=KEY) == [200, 200, 200, 429]
    wrong = {"Authorization": "Bearer faq_wrong"}
    assert statuses(client, 1, headers=wrong) == [429]


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 200), (2, 429)])
def test_only_declared_proxies_are_believed(assistant: Assistant, proxies: int, last: int) -> None:
    client = limited(assistant, trusted_proxies=proxies)
    for sent in ("198.51.100.1, 192.0.2.1", "198.51.100.1, 192.0.2.2", "198.51.100.1, 192.0.2.3"):
        status = statuses(client, 1, headers={"X-Forwarded-For": sent})
    assert status == [last]


def test_suggestions_and_what_is_stored_are_counted_apart(assistant: Assistant) -> None:
    app = app_over(
        assistant, rate_limit="1/hour", rate_limit_suggest="2/hour", rate_limit_write="1/hour"
    )

    @app.get("/write", doc_ui=False)
    @rate_limited("write")
    def write() -> dict[str, str]:
        return {}

    client = app.test_client()
    assert statuses(client, 2) == [200, 429]
    assert statuses(client, 3, "/v1/suggest?q=fees") == [200, 200, 429]
    assert statuses(client, 2, "/write") == [200, 429]


def test_what_watches_over_the_process_is_not_counted(assistant: Assistant) -> None:
    client = limited(assistant)
    for path in ("/healthz", "/readyz", "/metrics", "/static/icon.svg"):
        assert statuses(client, 3, path, buffered=True) == [200, 200, 200]


def test_what_is_not_there_is_counted(assistant: Assistant) -> None:
    assert statuses(limited(assistant), 3, "/v1/nothing") == [404, 404, 429]


def test_several_limits_at_once(assistant: Assistant) -> None:
    assert statuses(limited(assistant, rate_limit="5/second; 2/day"), 3) == [200, 200, 429]


@pytest.mark.parametrize(
    ("name", "value"),
    [("rate_limit", "many"), ("rate_limit_key", "5"), ("rate_limit_store", "nonsense://secret")],
)
def test_a_setting_that_is_none_is_told(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        RateLimits(Settings({name: value}, environment={}))
    assert "secret" not in str(caught.value)


def test_without_the_store_everyone_is_let_through(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = "redis://user:secret@127.0.0.1:1/0"  # nobody listens there
    limits = RateLimits(Settings({"rate_limit": "1/hour", "rate_limit_store": store}, {}))
    with caplog.at_level(logging.ERROR):
        assert [limits.wait("read", "someone") for _ in range(3)] == [None] * 3
    # It is not tried at each request.
    assert [record.getMessage() for record in caplog.records] == [
        "rate limits are not counted: ConnectionError"
    ]
    assert "secret" not in caplog.text


def test_it_is_tried_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = RateLimits(Settings({"rate_limit": "1/hour"}, {}))
    hit = limits._window.hit

    def fail(*_: object) -> bool:
        raise StorageError(OSError())

    monkeypatch.setattr(limits._window, "hit", fail)
    assert limits.wait("read", "someone") is None
    monkeypatch.setattr(limits._window, "hit", hit)
    monkeypatch.setattr("server.web.limits._PAUSE", 0.0)
    limits._paused_until = 0.0
    assert limits.wait("read", "someone") is None
    assert limits.wait("read", "someone") is not None
