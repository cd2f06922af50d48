import logging
import threading
from collections.abc import Callable

import pytest

from indexer import Encoder, EncoderError
from server.engine import EncoderState
from server.engine.encoding import EncoderSlot
from tests.fakes import FakeEncoder

ID = FakeEncoder().model_id


def failing(times: int, then: FakeEncoder) -> Callable[[], Encoder]:
    """Return a loader that fails so often before it loads."""
    left = [EncoderError(f"no model, {n}") for n in range(times, 0, -1)]

    def load() -> Encoder:
        if left:
            raise left.pop(0)
        return then

    return load


def test_nothing_is_loaded_before_it_is_asked_for(encoder: FakeEncoder) -> None:
    slot = EncoderSlot(lambda: encoder, ID)
    assert (slot.state, slot.encoder, slot.error) == (EncoderState.LOADING, None, None)
    assert slot.expected == ID


def test_what_was_loaded_is_ready(encoder: FakeEncoder) -> None:
    slot = EncoderSlot(lambda: encoder, ID)
    slot.load()
    assert (slot.state, slot.encoder, slot.error) == (EncoderState.READY, encoder, None)


def test_it_is_loaded_once(encoder: FakeEncoder) -> None:
    loads = []
    slot = EncoderSlot(lambda: loads.append(1) or encoder, ID)
    threads = [threading.Thread(target=slot.load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [1]


def test_a_failure_is_told_and_logged(
    encoder: FakeEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    slot = EncoderSlot(failing(1, encoder), ID)
    with caplog.at_level(logging.WARNING):
        slot.load()
    assert (slot.state, slot.encoder, slot.error) == (EncoderState.FAILED, None, "no model, 1")
    assert "no model, 1" in caplog.text


def test_it_recovers_when_it_is_tried_again(encoder: FakeEncoder) -> None:
    slot = EncoderSlot(failing(2, encoder), ID)
    slot.load()
    slot.load()
    assert slot.error == "no model, 1"
    slot.load()
    assert (slot.state, slot.encoder, slot.error) == (EncoderState.READY, encoder, None)


def test_the_model_of_another_index_is_refused() -> None:
    slot = EncoderSlot(lambda: FakeEncoder("other@2"), ID)
    slot.load()
    assert (slot.state, slot.encoder) == (EncoderState.FAILED, None)
    assert slot.error is not None
    for part in (ID, "other@2", "faq-index build"):
        assert part in slot.error


def test_the_time_since_the_last_try_is_counted(encoder: FakeEncoder) -> None:
    slot = EncoderSlot(failing(1, encoder), ID)
    before = slot.seconds_since_try
    slot.load()
    after = slot.seconds_since_try
    assert 0 <= after < before
    assert slot.seconds_since_try >= after


def test_a_load_in_the_background_does_not_hold_up_the_caller(encoder: FakeEncoder) -> None:
    go = threading.Event()
    slot = EncoderSlot(lambda: go.wait(60) and encoder, ID)
    slot.load_in_background()
    assert slot.state == EncoderState.LOADING
    go.set()
    slot.load()  # waits for the thread, which holds the lock or is done
    assert slot.state == EncoderState.READY


@pytest.mark.parametrize("error", [OSError("disk"), RuntimeError("torch")])
def test_an_unforeseen_failure_leaves_answers_lexical_too(
    error: Exception, encoder: FakeEncoder
) -> None:
    def load() -> Encoder:
        raise error

    slot = EncoderSlot(load, ID)
    slot.load()
    assert slot.state == EncoderState.FAILED
    assert slot.error is not None
    assert str(error) in slot.error
