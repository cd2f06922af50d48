"""The janitor begins at once, outlives failures, and ends when told to."""

import logging
import threading

import pytest

from server.desk import janitor
from server.desk.janitor import Janitor
from server.desk.retention import Purged

_SOME = Purged(conversations=1, queries=0, feedback=0, tickets=0, events=0, keys=0)


def test_it_purges_at_once_and_again_and_tells_what_went(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(janitor, "_EVERY", 0.0)
    thrice = threading.Event()
    calls: list[Purged] = []

    def purge() -> Purged:
        calls.append(_SOME)
        if len(calls) >= 3:
            thrice.set()
        return _SOME

    running = Janitor(purge)
    with caplog.at_level(logging.INFO):
        running.start()
        assert thrice.wait(30)
        running.stop()
    counted = len(calls)
    assert "conversations=1" in caplog.text
    assert len(calls) == counted


def test_it_outlives_a_failure_and_tells_nothing_of_its_rows(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(janitor, "_EVERY", 0.0)
    again = threading.Event()
    failed = threading.Event()

    def purge() -> Purged:
        if failed.is_set():
            again.set()
            return _SOME
        failed.set()
        raise OSError("a row: 张三")

    running = Janitor(purge)
    with caplog.at_level(logging.ERROR):
        running.start()
        assert again.wait(30)
        running.stop()
    assert "OSError" in caplog.text
    assert "张三" not in caplog.text


def test_it_may_be_stopped_before_it_began() -> None:
    Janitor(lambda: _SOME).stop()
