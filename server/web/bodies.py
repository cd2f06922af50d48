"""Requests that can be read: bounded, UTF-8, one JSON object in a body. Others are told why not."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest

from server.web.errors import ApiError

_WITH_BODY = {"POST", "PUT", "PATCH"}
# Bytes. The longest question takes 24,000 in an address: four for a character, each as %XX.
LONGEST_ADDRESS = 32 * 2**10
LARGEST_HEADERS = 16 * 2**10
_FORM = "__takes_form__"

View = TypeVar("View", bound=Callable[..., Any])


def takes_form(view: View) -> View:
    """Let forms of our own pages come to `view`, as browsers send them, instead of JSON."""
    setattr(view, _FORM, True)
    return view


def install_address(app: Flask) -> None:
    """Check the address and the headers of every request to `app`."""
    app.before_request(_check_address)


def install_body(app: Flask) -> None:
    """Check the body of every request to `app` that takes one."""
    app.before_request(_check_body)


def _check_address() -> None:
    query = request.query_string
    if len(query) + len(request.path) > LONGEST_ADDRESS:
        raise ApiError(414, values={"limit": LONGEST_ADDRESS})
    if sum(len(name) + len(value) for name, value in request.headers) > LARGEST_HEADERS:
        raise ApiError(431, values={"limit": LARGEST_HEADERS})
    try:
        # Flask would put a mark in place of what it cannot read, and search for that.
        unquote_to_bytes(query).decode()
        request.environ.get("PATH_INFO", "").encode("latin-1").decode()
    except UnicodeError as error:
        raise ApiError(400, "address_encoding") from error


def _check_body() -> None:
    """Parse the body here: flask-openapi3 takes one that it cannot parse for an absent one."""
    if request.method not in _WITH_BODY or request.routing_exception is not None:
        return
    # It is never unpacked: a few bytes may hold gigabytes.
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise ApiError(415, "content_encoding")
    if getattr(current_app.view_functions.get(request.endpoint or ""), _FORM, False):
        return
    if not request.is_json:
        raise ApiError(415)
    try:
        body = request.get_json()  # kept: later calls return the same
    except (BadRequest, RecursionError) as error:
        raise ApiError(400) from error
    if not isinstance(body, dict):
        raise ApiError(422, problems=[("body", "model_type", {})])
