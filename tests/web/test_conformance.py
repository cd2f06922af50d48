"""The app does what its own description says, on whatever input schemathesis makes up."""

from typing import Any

import pytest
import schemathesis
from flask_openapi3.openapi import OpenAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

CALLS = (
    "POST /v1/ask",
    "GET /v1/search",
    "GET /v1/suggest",
    "GET /v1/articles",
    "GET /v1/articles/{id}",
    "GET /healthz",
    "GET /readyz",
)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("call", CALLS)
def test_every_call_conforms(app: OpenAPI, call: str, mode: GenerationMode) -> None:
    method, path = call.split()
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app)[path][method]
    takes_input = operation.body or operation.query or operation.path_parameters
    if mode is GenerationMode.NEGATIVE and not takes_input:
        return  # there is nothing to get wrong

    @settings(
        max_examples=25,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def conforms(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()

    conforms()
