"""What happens around every request: its id, the security headers, one line in the log."""

import logging
import time
import uuid
from http import HTTPStatus

from flask import Flask, Response, g, request

logger = logging.getLogger("server.web.access")

# Nothing from elsewhere, nothing inline: even a hole in the templates would run no script.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Addresses of the help pages hold questions.
    "Referrer-Policy": "no-referrer",
}


def install(app: Flask) -> None:
    """Run the hooks around every request of `app`."""
    app.before_request(_begin)
    app.after_request(_finish)


def request_id() -> str:
    """Return the id of the current request, 32 hexadecimal digits."""
    # Requests that fail before they begin (a broken host name) have none yet.
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex
    return str(g.request_id)


def _begin() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        # Answers follow the index, and questions are nobody else's business.
        response.headers.setdefault("Cache-Control", "no-store")
    took = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
    logger.info("%s %s %d %.1f ms", _method(), _path(response), response.status_code, took)
    return response


def _method() -> str:
    """Return the method; one that is none of HTTP's could hold anything, a line break included."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
    return request.method if request.method in known else "?"


def _path(response: Response) -> str:
    """Return what the log may hold of the path.

    A path that led to something of ours is logged as it is. Any other could hold anything that a
    visitor typed or pasted, so only its pattern is logged. The query string never is.
    """
    if response.status_code < 300 or response.status_code == HTTPStatus.NOT_MODIFIED:
        return request.path
    return request.url_rule.rule if request.url_rule else "(unknown path)"
