"""A new index is taken over while questions are answered."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import Encoder, EncoderError
from indexer.store import CURRENT, Manifest
from server.engine import Assistant
from server.web.watch import Watcher
from tests.fakes import FakeEncoder
from tests.web.centre import ARTICLES, SCORER, app_over, build_index, open_assistant

NEVER = 3600.0
WITHOUT_FEES = tuple(article for article in ARTICLES if article.id != "fees")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_index(tmp_path / "index")
    return tmp_path / "index"


class Asking:
    """Asks over HTTP from a thread until it is stopped; keeps what came back."""

    def __init__(self, assistant: Assistant, addresses: tuple[str, ...]) -> None:
        self.statuses: set[int] = set()
        self.ids: list[str] = []
        self._stop = threading.Event()
        self._asked = threading.Condition()
        self._client = app_over(assistant).test_client()
        self._addresses = addresses
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Asking":
        self._thread.start()
        self.a_few()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def a_few(self) -> None:
        """Wait until some more questions were asked and answered."""
        with self._asked:
            enough = len(self.ids) + 5
            assert self._asked.wait_for(lambda: len(self.ids) >= enough, timeout=60)

    def _run(self) -> None:
        while not self._stop.is_set():
            response = self._client.post("/v1/ask", json={"query": "What are network fees"})
            self.statuses.add(response.status_code)
            for address in self._addresses:
                self.statuses.add(self._client.get(address).status_code)
            with self._asked:
                self.ids.append(response.get_json()["index_id"])
                self._asked.notify_all()


def test_a_new_index_is_taken_over_without_an_error(root: Path) -> None:
    assistant = open_assistant(root)
    watcher = Watcher(assistant, NEVER)
    old = assistant.index.manifest.index_id
    with Asking(assistant, ("/v1/search?q=fees", "/en/?q=network+fees", "/v1/articles")) as asking:
        new = build_index(root, WITHOUT_FEES)
        for _ in range(4):  # and back, and forth: the more swaps, the more chances to collide
            watcher.look()
            asking.a_few()
            build_index(root, ARTICLES)
            watcher.look()
            asking.a_few()
            build_index(root, WITHOUT_FEES)
        watcher.look()
        asking.a_few()
    assert asking.statuses == {200}
    assert asking.ids[0] == old
    assert new in asking.ids
    assert asking.ids[-1] == assistant.index.manifest.index_id
    found = app_over(assistant).test_client().get("/v1/articles/fees")
    assert found.status_code == 404


def test_an_answer_from_an_index_that_went_is_asked_for_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The swap comes just between the answer and its telling."""
    assistant = open_assistant(root)
    ask = assistant.ask
    asked: list[str] = []

    def ask_then_swap(*arguments: object) -> object:
        answer = ask(*arguments)  # type: ignore[arg-type]
        asked.append(answer.index_id)
        build_index(root, WITHOUT_FEES)
        assistant.refresh()
        return answer

    monkeypatch.setattr(assistant, "ask", ask_then_swap)
    client = app_over(assistant).test_client()
    body = client.post("/v1/ask", json={"query": "What are network fees"}).get_json()
    assert len(set(asked)) == 2
    assert body["index_id"] == asked[-1]
    assert "fees" not in [answer["id"] for answer in body["answers"]]
    page = client.get("/v1/search?q=network+fees")
    assert page.status_code == 200


def test_the_thread_looks_by_itself(root: Path) -> None:
    assistant = open_assistant(root)
    swapped = threading.Event()
    refresh = assistant.refresh

    def tell() -> bool:
        done = refresh()
        if done:
            swapped.set()
        return done

    assistant.refresh = tell  # type: ignore[method-assign]
    watcher = Watcher(assistant, 0.01)
    watcher.start()
    try:
        new = build_index(root, WITHOUT_FEES)
        assert swapped.wait(60)
    finally:
        watcher.stop()
    assert assistant.index.manifest.index_id == new


def damage(root: Path) -> None:
    (root / CURRENT).resolve().joinpath("passages.jsonl").write_text("{", encoding="utf-8")


def test_a_damaged_index_is_told_once_and_the_old_one_answers(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = open_assistant(root)
    old = assistant.index.manifest.index_id
    watcher = Watcher(assistant, NEVER)
    build_index(root, WITHOUT_FEES)
    damage(root)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            watcher.look()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "passages.jsonl" in caplog.text
    assert assistant.index.manifest.index_id == old
    response = app_over(assistant).test_client().post("/v1/ask", json={"query": "network fees"})
    assert response.get_json()["index_id"] == old


def test_after_a_failure_the_next_index_serves(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = open_assistant(root)
    watcher = Watcher(assistant, NEVER)
    build_index(root, WITHOUT_FEES)
    damage(root)
    watcher.look()
    new = build_index(root, (*ARTICLES[:3],))
    watcher.look()
    assert assistant.index.manifest.index_id == new


def test_whatever_fails_the_watch_goes_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = open_assistant(root)
    watcher = Watcher(assistant, NEVER)

    def fail() -> bool:
        raise OSError("disk gone")

    monkeypatch.setattr(assistant, "refresh", fail)
    watcher.look()
    assert "disk gone" in caplog.text


def failing(times: int) -> tuple[Callable[[Manifest], Encoder], list[int]]:
    tries: list[int] = []

    def load(_: Manifest) -> Encoder:
        tries.append(1)
        if len(tries) <= times:
            raise EncoderError("not there")
        return FakeEncoder()

    return load, tries


def test_a_failed_encoder_is_tried_again_when_it_is_time(root: Path) -> None:
    load, tries = failing(1)
    assistant = Assistant(root, load, SCORER)
    assistant.encoder.load()
    Watcher(assistant, NEVER).look()
    assert len(tries) == 1
    assert assistant.encoder.encoder is None
    Watcher(assistant, 0.0).look()
    assert len(tries) == 2
    body = app_over(assistant).test_client().get("/readyz").get_json()
    assert (body["status"], body["encoder"]) == ("ready", "ready")


def test_an_encoder_that_loads_is_left_alone(root: Path) -> None:
    load, tries = failing(0)
    assistant = Assistant(root, load, SCORER)  # nobody has begun to load it
    Watcher(assistant, 0.0).look()
    assert tries == []
