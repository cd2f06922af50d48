"""The shape of the log."""

import json
import logging
from collections.abc import Iterator

import pytest

from indexer.settings import SettingsError
from server.web.logs import JsonFormatter, configure
from tests.web.centre import SECRET


@pytest.fixture
def restored() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (None, "server", "indexer", "waitress.queue")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.getLogger("server").makeRecord(
        "server.x", logging.INFO, "file", 1, message, (), None, extra=extra
    )
    made.created = 1795509403.25
    return made


def test_a_record_is_a_line_of_json() -> None:
    line = JsonFormatter().format(record("提现\nforged", status=200, route="/v1/ask", query="x"))
    assert "\n" not in line
    assert "提现" in line
    assert json.loads(line) == {
        "time": "2026-11-24T08:36:43.250+00:00",
        "level": "INFO",
        "logger": "server.x",
        "message": "提现\nforged",
        "route": "/v1/ask",
        "status": 200,
    }


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("shape", ["json", "text"])
def test_our_words_from_the_level_and_warnings_of_others(
    capfd: pytest.CaptureFixture[str], shape: str
) -> None:
    configure("info", shape)
    logging.getLogger("server.web").info("ours")
    logging.getLogger("server.web").debug("too much")
    logging.getLogger("urllib3").info("theirs")
    logging.getLogger("urllib3").warning("their warning")
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 2
    assert [line.startswith("{") for line in lines] == [shape == "json"] * 2


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("shape", ["json", "text"])
def test_neither_libraries_nor_exceptions_write_what_was_typed(
    capfd: pytest.CaptureFixture[str], shape: str
) -> None:
    configure("info", shape)
    try:
        int(SECRET)  # the message tells what it was
    except ValueError:
        logging.getLogger("server.x").exception("it failed")
        logging.getLogger("waitress").exception("Exception while serving /%s", SECRET)
    written = capfd.readouterr().err
    assert "abandon" not in written
    assert "it failed" in written
    assert "Exception while serving" in written
    assert "ValueError" in written
    assert "test_logs.py" in written


@pytest.mark.parametrize(
    ("level", "shape", "name"), [("LOUD", "json", "level"), ("INFO", "xml", "format")]
)
def test_a_setting_that_is_none_is_told(level: str, shape: str, name: str) -> None:
    with pytest.raises(SettingsError, match=f"log_{name} must be one of"):
        configure(level, shape)
