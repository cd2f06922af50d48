"""Request bodies: one JSON object, or an error that says what is wrong."""

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from server.web.errors import ApiError

_WITH_BODY = {"POST", "PUT", "PATCH"}


def install(app: Flask) -> None:
    """Check the body of every request to `app` that takes one."""
    app.before_request(_check)


def _check() -> None:
    """Parse the body here: flask-openapi3 takes one that it cannot parse for an absent one."""
    if request.method not in _WITH_BODY or request.routing_exception is not None:
        return
    if not request.is_json:
        raise ApiError(415)
    try:
        body = request.get_json()  # kept: later calls return the same
    except (BadRequest, RecursionError) as error:
        raise ApiError(400) from error
    if not isinstance(body, dict):
        raise ApiError(422, problems=[("body", "model_type", {})])
