"""One shape for every error, with the right status, in the reader's language, without a trace."""

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from flask import Flask, Response, current_app, jsonify, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from indexer import LANGS, Lang
from server.web.context import accepted_language, request_id
from server.web.layout import layout
from server.web.texts import texts

logger = logging.getLogger(__name__)

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    431: "headers_too_large",
    500: "internal",
    503: "unavailable",
}
_MACHINES = (
    "/v1/",
    "/webhooks/",
    "/retrieval",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
)
# A field's name is told back only where it looks like one: it may be a secret, misplaced.
_LONGEST_NAME = 40
# The one header that is a field of a request.
IDEMPOTENCY_KEY = "Idempotency-Key"

Problems = list[dict[str, str]]
# From a status, a code and a message to the status and body that a foreign interface wants.
Shape = Callable[[int, str, str], tuple[int, dict[str, Any]]]
_SHAPE = "__error_shape__"

View = TypeVar("View", bound=Callable[..., Any])


class ApiError(Exception):
    """Ends a request with an error.

    `code` names the text and `values` fill it in; `problems` are (field, what is wrong: a name in
    the texts, its values); `headers` go with the response.
    """

    def __init__(
        self,
        status: int,
        code: str | None = None,
        problems: Iterable[tuple[str, str, dict[str, Any]]] = (),
        values: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.code = code or CODES[status]
        self.problems = tuple(problems)
        self.values = dict(values or {})
        self.headers = dict(headers or {})


def errors_shaped(shape: Shape) -> Callable[[View], View]:
    """Give the errors of the view below the shape that its callers know, instead of ours."""

    def mark(view: View) -> View:
        setattr(view, _SHAPE, shape)
        return view

    return mark


def install(app: Flask) -> None:
    """Make every error of `app` one of ours."""
    app.register_error_handler(ApiError, api_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def invalid(error: ValidationError) -> NoReturn:
    """End the request with what pydantic found, less the input that it found it in."""
    raise ApiError(
        422,
        problems=[
            (
                ".".join(field_name(part) for part in found["loc"]) or "body",
                found["type"],
                {name: _told(value) for name, value in found.get("ctx", {}).items()},
            )
            for found in error.errors(include_url=False, include_input=False)
        ],
    )


def _told(value: Any) -> str:
    """Return a limit as it is told in any language: pydantic writes "'zh' or 'en'"."""
    return str(value).replace(" or ", " / ")


def field_name(part: int | str) -> str:
    """Return the name of a field as it may be told back: not what could be a secret, misplaced."""
    text = str(part)
    if text == IDEMPOTENCY_KEY:
        return text
    return text if text.isidentifier() and len(text) <= _LONGEST_NAME else "?"


def api_error(error: ApiError) -> Response | tuple[str, int, dict[str, str]]:
    """Answer with `error`: a page where a person reads it, else JSON."""
    if _for_a_person():
        return error_page(error.status, error.code, error.values), error.status, error.headers
    said = texts(accepted_language())
    fields: Problems = []
    for field, problem, values in error.problems:
        text = said.get(f"field.{problem}", said["field.other"])
        fields.append({"field": field, "problem": text.format(**values)})
    told = said["problem_separator"].join(f"{f['field']} {f['problem']}" for f in fields)
    details = {"fields": fields} if fields else {}
    response = error_json(error.status, error.code, {"problems": told, **error.values}, **details)
    response.headers.update(error.headers)
    return response


def _http_error(error: HTTPException) -> BaseResponse | tuple[str, int]:
    """Answer werkzeug's errors; its redirects are no errors."""
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error.get_response()
    if _for_a_person():
        return error_page(status), status
    values: dict[str, Any] = {"limit": current_app.config["MAX_CONTENT_LENGTH"]}
    details: dict[str, Any] = {}
    if isinstance(error, MethodNotAllowed):
        details["allowed"] = sorted(error.valid_methods or ())
        values["allowed"] = ", ".join(details["allowed"])
    response = error_json(status, CODES.get(status, "other"), values, **details)
    if "allowed" in details:
        response.headers["Allow"] = values["allowed"]
    return response


def _unexpected(error: Exception) -> Response | tuple[str, int]:
    """Log where it happened, without the message, for that may hold what the visitor typed."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("request %s failed: %s\n%s", request_id(), type(error).__name__, frames)
    return (error_page(500), 500) if _for_a_person() else error_json(500, CODES[500], {})


def error_json(status: int, code: str, values: dict[str, Any], **details: Any) -> Response:
    """Return an error; `values` fill in its text, `details` are told as they are."""
    message = texts(accepted_language())[f"error.{code}"].format(**values)
    details = {"request_id": request_id(), **details}
    body: dict[str, Any] = {"error": {"code": code, "message": message, "details": details}}
    view = current_app.view_functions.get(request.endpoint or "")
    if shape := getattr(view, _SHAPE, None):
        status, body = shape(status, code, message)
    response = jsonify(body)
    response.status_code = status
    response.vary.add("Accept-Language")
    return response


def error_page(
    status: int, code: str | None = None, values: Mapping[str, Any] | None = None
) -> str:
    """Return the page that tells of an error; `values` fill in the text of its `code`."""
    first = request.path.strip("/").split("/")[0]
    lang: Lang = next((each for each in LANGS if each == first), accepted_language())
    said = texts(lang)
    missing = status == 404
    return render_template(
        "error.html",
        title=said["not_found_title" if missing else "error_title"],
        message=said["not_found_help"]
        if missing
        else said[f"error.{code or (CODES[500] if status >= 500 else 'other')}"].format_map(
            values or {}
        ),
        **layout(lang, listed=False),
    )


def _for_a_person() -> bool:
    """Tell whether the error is shown in a browser window."""
    if request.path.startswith(_MACHINES) or request.method not in {"GET", "HEAD"}:
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
