"""The interface's description: /openapi.json for programs, /docs for people, without a network."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from flask import Blueprint, current_app, render_template
from flask_openapi3.openapi import OpenAPI
from markupsafe import Markup

from server.engine.render import to_html

blueprint = Blueprint("docs", __name__)

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
    return specification(cast(OpenAPI, current_app))


@blueprint.get("/docs")
def docs() -> str:
    """Show the description as a page."""
    spec = specification(cast(OpenAPI, current_app))
    return render_template(
        "docs.html", spec=spec, operations=list(_operations(spec)), shapes=list(_shapes(spec))
    )


def specification(app: OpenAPI) -> dict[str, Any]:
    """Return the description of `app`, less the 422 that flask-openapi3 adds everywhere."""
    spec = app.api_doc
    for path in spec["paths"].values():
        for operation in path.values():
            if not operation.get("parameters") and not operation.get("requestBody"):
                operation["responses"].pop("422", None)
    return cast(dict[str, Any], spec)


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
    return shape(holder["content"]["application/json"]["schema"])


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
