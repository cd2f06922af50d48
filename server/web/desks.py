"""The desk behind the app, and what its errors are to callers."""

import logging
import time
from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, Response, current_app

from server.desk import (
    DatabaseError,
    Desk,
    IntakeError,
    KeyReusedError,
    NotSolvedError,
    TransitionError,
    UnknownConversationError,
    UnknownMessageError,
    UnknownStepError,
    UnknownTicketError,
)
from server.web.context import assistant
from server.web.errors import IDEMPOTENCY_KEY, ApiError, api_error, field_name
from server.web.keys import bearer_token

logger = logging.getLogger(__name__)

EXTENSION = "faq_desk"
# An outage is told so often at most (seconds).
_PAUSE = 30.0


def desk() -> Desk:
    """Return the desk of the current app."""
    return cast(Desk, current_app.extensions[EXTENSION])


def kb_settings() -> Mapping[str, Any]:
    """Return the settings of the knowledge base that serves now."""
    return cast("Mapping[str, Any]", assistant().index.knowledge.get("settings", {}))


def visitors_token() -> str:
    """Return the token that the visitor sent.

    Raises:
        ApiError: 401, there is none.
    """
    token = bearer_token()
    if not token:
        raise ApiError(401, "token_missing", headers={"WWW-Authenticate": 'Bearer realm="visitor"'})
    return token


class Outage:
    """Logs that the database is away, once in a while. Thread-safe: at worst twice."""

    def __init__(self) -> None:
        self._told_at = float("-inf")
        self.failures = 0

    def tell(self, error: DatabaseError) -> None:
        """Count a failure; its message holds no row and no password."""
        self.failures += 1
        if time.monotonic() - self._told_at >= _PAUSE:
            self._told_at = time.monotonic()
            logger.error("%s", error)


def outage() -> Outage:
    """Return the outages of the current app's database."""
    return cast(Outage, current_app.extensions[f"{EXTENSION}_outage"])


def install(app: Flask, opened: Desk) -> None:
    """Put the desk behind `app`, and make its errors ours."""
    app.extensions[EXTENSION] = opened
    app.extensions[f"{EXTENSION}_outage"] = Outage()
    for kind, code in (
        (UnknownTicketError, "ticket_not_found"),
        (UnknownConversationError, "conversation_not_found"),
        (UnknownMessageError, "message_not_found"),
    ):
        app.register_error_handler(kind, lambda _, code=code: api_error(ApiError(404, code)))
    app.register_error_handler(IntakeError, _intake)
    app.register_error_handler(KeyReusedError, _reused)
    app.register_error_handler(TransitionError, _transition)
    app.register_error_handler(UnknownStepError, _step)
    app.register_error_handler(NotSolvedError, lambda _: api_error(ApiError(409, "not_solved")))
    app.register_error_handler(DatabaseError, _database)


Answered = Response | tuple[str, int, dict[str, str]]


def _intake(error: IntakeError) -> Answered:
    problems: list[tuple[str, str, dict[str, Any]]] = [
        (f"intake.{field_name(p.id)}", f"intake_{p.fault.value}", {}) for p in error.problems
    ]
    return api_error(ApiError(422, problems=problems))


def _reused(_: KeyReusedError) -> Answered:
    return api_error(ApiError(422, problems=[(IDEMPOTENCY_KEY, "key_reused", {})]))


def _transition(error: TransitionError) -> Answered:
    allowed = ", ".join(status.value for status in error.allowed)
    values = {"old": error.old.value, "new": error.new.value, "allowed": allowed}
    return api_error(ApiError(409, "transition", values=values))


def _step(error: UnknownStepError) -> Answered:
    known = ", ".join(error.known) or "-"
    return api_error(ApiError(422, problems=[("step", "unknown_step", {"known": known})]))


def _database(error: DatabaseError) -> Answered:
    outage().tell(error)
    return api_error(ApiError(503, "database", headers={"Retry-After": "5"}))
