"""What happens around every request: its id, its line in the log, its place in the metrics."""

import logging
import time

from flask import Flask, Response, g, request

from server.engine import Answer
from server.web import metrics
from server.web.context import TRUST_IDS, request_id

logger = logging.getLogger("server.web.access")

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
UNKNOWN = "(unknown path)"


def install(app: Flask, *, trust_ids: bool) -> None:
    """Run the hooks around every request of `app`.

    With `trust_ids` a request keeps the id (a UUID in X-Request-ID) that the proxy before us gave.
    """
    app.config[TRUST_IDS] = trust_ids
    app.before_request(_begin)
    app.after_request(_finish)


def note(answer: Answer) -> None:
    """Count what was decided, and keep it for the line in the log."""
    g.decision = answer.decision.value
    metrics.metrics().answered(answer.decision.value, answer.query.lang, answer.confidence)


def _begin() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    # The pattern: the path itself could hold anything that a visitor typed or pasted.
    route = request.url_rule.rule if request.url_rule else UNKNOWN
    # A method that is none of HTTP's could hold anything too, a line break included.
    method = request.method if request.method in _METHODS else "?"
    metrics.metrics().requested(method, route, response.status_code, seconds)
    key = g.get("api_key")
    fields = {
        "request_id": request_id(),
        "method": method,
        "route": route,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "decision": g.get("decision"),
        "key": key.name if key else None,
    }
    logger.info(
        "%s %s %d %.1f ms",
        method,
        route,
        response.status_code,
        seconds * 1000,
        extra={name: value for name, value in fields.items() if value is not None},
    )
    return response
