"""Requests that are refused before the application sees them: too large, or no HTTP.

Waitress refuses them in plain text and closes the connection at once, and a client that is still
sending may then never see why. Here the rest is read and thrown away, and the answer has the shape
of all our errors.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import Error, RequestEntityTooLarge
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from indexer import LANGS, Lang
from server.web.errors import CODES
from server.web.texts import texts

# Bytes of a body that are read in order to be polite; who sends more is cut off.
_PATIENCE = 256 * 2**20


class _Sink:
    """A body that is thrown away as it comes."""

    error = None

    def __init__(self, size: int) -> None:
        self._left = size

    @property
    def completed(self) -> bool:
        return self._left <= 0

    def received(self, data: bytes) -> int:
        """Take what belongs to the body and return how many bytes that were."""
        taken = min(len(data), self._left)
        self._left -= taken
        return taken

    def getbuf(self) -> "_Sink":
        return self

    def close(self) -> None:
        """There is nothing to close."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads requests; refuses a body that is too large when it has come to its end."""

    error: Error | None
    expect_continue: bool
    body_rcv: Any
    _refused: Error | None = None

    def received(self, data: bytes) -> int:
        """Take `data` and return how many bytes belong to this request."""
        if self._refused is None:
            taken: int = super().received(data)
            if isinstance(self.error, RequestEntityTooLarge):
                if self.expect_continue:
                    self.expect_continue = False  # who asks before it sends is told at once
                else:
                    self._drain()
            return taken
        taken = self.body_rcv.received(data)
        if self.body_rcv.completed:
            self.error, self.completed = self._refused, True
        return taken

    def _drain(self) -> None:
        # The length of a body in chunks is not known: it could be endless.
        if not self.chunked and self.content_length <= _PATIENCE:
            self._refused, self.error, self.completed = self.error, None, False
            self.body_rcv = _Sink(self.content_length)


class _Refusal(ErrorTask):  # type: ignore[misc]
    """Answers a request that was refused."""

    def execute(self) -> None:
        """Write the answer."""
        error = self.request.error
        server = self.channel.server
        limits = {413: server.largest_body, 431: server.adj.max_request_header_size}
        body = _told(error.code, self.request.headers, limits.get(error.code))
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that refuses as this module does; its server has a `largest_body` (bytes)."""

    parser_class = _Parser
    error_task_class = _Refusal


def _told(status: int, headers: Mapping[str, str], limit: int | None) -> bytes:
    """Return the body of an error, in the language that the request's `headers` ask for."""
    code = CODES.get(status, "other")
    wanted = parse_accept_header(headers.get("ACCEPT_LANGUAGE", ""), LanguageAccept)
    lang: Lang = "zh" if wanted.best_match(LANGS) == "zh" else "en"
    message = texts(lang)[f"error.{code}"].format(limit=limit)
    error = {"code": code, "message": message, "details": {"request_id": uuid.uuid4().hex}}
    return json.dumps({"error": error}, ensure_ascii=False).encode()
