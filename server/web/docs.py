"""The interface's description: /openapi.json for programs, /docs for people, without a network."""

import copy
import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple, cast

from flask import Blueprint, current_app, render_template
from flask_openapi3.models.security_scheme import SecurityScheme
from flask_openapi3.openapi import OpenAPI
from markupsafe import Markup

from server.engine.render import to_html
from server.web import keys
from server.web.kept import kept
from server.web.products import known_products

blueprint = Blueprint("docs", __name__)

SECURITY_SCHEMES: dict[str, SecurityScheme | dict[str, Any]] = {
    keys.SECURITY_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, made by `faq-serve --new-key`.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a ticket or of a conversation, told once when it was made.",
    },
}
# A broken or too long address, too many requests, headers that are too large.
_ANY_ERRORS = ("400", "414", "429", "431")
# A part of a rule that stands for something, with or without a converter: <id>, <any(zh, en):lang>.
_CONVERTED = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_LIMITS = {
    "minLength": "length from",
    "maxLength": "length to",
    "minimum": "from",
    "maximum": "to",
}


class Row(NamedTuple):
    """A parameter or field, as the page shows it."""

    name: str
    shape: str
    required: bool
    description: str


@blueprint.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description."""
    return _kept_specification()


@blueprint.get("/docs")
def docs() -> str:
    """Show the description as a page."""
    spec = _kept_specification()
    return render_template(
        "docs.html", spec=spec, operations=list(_operations(spec)), shapes=list(_shapes(spec))
    )


def _kept_specification() -> dict[str, Any]:
    """Return the description, made once for each index: that takes longer than an answer."""
    app = cast(OpenAPI, current_app)
    return kept("openapi", lambda _: specification(app))


def specification(app: OpenAPI) -> dict[str, Any]:
    """Return the description of `app`, with what holds for all operations.

    That is: the errors that any may end with, the keys that some want, the products that are known;
    and no 422, which flask-openapi3 adds everywhere, where there is nothing to get wrong.
    """
    spec = cast(dict[str, Any], copy.deepcopy(app.api_doc))
    roles = _roles(app)
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            responses = operation["responses"]
            if not operation.get("parameters") and not operation.get("requestBody"):
                responses.pop("422", None)
            statuses = list(_ANY_ERRORS)
            if role := roles.get((method.upper(), path)):
                operation["security"] = [{keys.SECURITY_SCHEME: []}]
                statuses += ["401", "403"]
                needs = f"Needs an API key with the role `{role}`."
                operation["description"] = f"{operation.get('description', '')}\n\n{needs}".strip()
            for status in statuses:
                responses.setdefault(status, _error_response(status))
    _name_products(spec)
    return spec


def _roles(app: OpenAPI) -> dict[tuple[str, str], keys.Role]:
    """Return the role that each operation wants, by method and path as OpenAPI writes it."""
    return {
        (method, _CONVERTED.sub(r"{\1}", rule.rule)): role
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if (role := keys.required_role(app, rule.endpoint))
    }


def _error_response(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ErrorResponse"}
    return {
        "description": HTTPStatus(int(status)).phrase,
        "content": {"application/json": {"schema": schema}},
    }


def _name_products(spec: dict[str, Any]) -> None:
    """List the products of the index that serves wherever one is asked for."""
    known = sorted(known_products().names)
    schemas = [
        parameter["schema"]
        for methods in spec["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "product"
    ]
    for name, schema in spec["components"]["schemas"].items():
        if name.endswith("Request") and "product" in schema.get("properties", {}):
            schemas += schema["properties"]["product"]["anyOf"][:1]
    for schema in schemas:
        for limit in ("maxLength", "pattern"):
            schema.pop(limit, None)
        schema["enum"] = known


def _operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {})
            yield {
                "id": operation["operationId"],
                "call": f"{method.upper()} {path}",
                "summary": operation["summary"],
                "description": Markup(to_html(operation.get("description", ""))),  # noqa: S704 - sanitised
                "parameters": [
                    Row(p["name"], shape(p["schema"]), p["required"], p.get("description", ""))
                    for p in operation.get("parameters", ())
                ],
                "body": _json_shape(body) if body else "",
                "returns": _returns(operation["responses"]),
            }


def _returns(responses: dict[str, Any]) -> dict[str, str]:
    """Return the statuses, "400, 422", that each shape comes with."""
    statuses: dict[str, list[str]] = {}
    for status, response in sorted(responses.items()):
        statuses.setdefault(_json_shape(response), []).append(status)
    return {name: ", ".join(each) for name, each in statuses.items()}


def _shapes(spec: dict[str, Any]) -> Iterator[tuple[str, str, list[Row]]]:
    """Yield the objects: name, description, fields."""
    for name, schema in sorted(spec["components"]["schemas"].items()):
        required = schema.get("required", ())
        rows = [
            Row(field, shape(value), field in required, value.get("description", ""))
            for field, value in schema.get("properties", {}).items()
        ]
        yield name, schema.get("description", ""), rows or [Row("", shape(schema), True, "")]


def _json_shape(holder: dict[str, Any]) -> str:
    content = holder.get("content")
    if not content:
        return "nothing"
    (kind, described), *_ = content.items()
    return shape(described["schema"]) if kind == "application/json" else kind


def shape(schema: dict[str, Any]) -> str:
    """Return a JSON schema in a few words; objects by their names."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(shape(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {shape(schema['items'])}"
    limits = [
        f"{word} {schema[key]:g}" for key, word in _LIMITS.items() if schema.get(key) is not None
    ]
    if schema.get("default") is not None:
        limits.append(f"default {schema['default']}")
    return f"{kind} ({', '.join(limits)})" if limits else kind
