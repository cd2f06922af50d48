"""What errors look like, as pydantic models, and which errors an operation may answer with."""

from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, ConfigDict


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    problem: str


class ErrorDetails(BaseModel):
    """More about an error; `request_id` is in the header X-Request-ID too."""

    model_config = ConfigDict(extra="allow")

    request_id: str
    fields: list[FieldProblem] | None = None


class ErrorBody(BaseModel):
    """An error, told in the language of Accept-Language."""

    code: str
    message: str
    details: ErrorDetails


class ErrorResponse(BaseModel):
    """The one shape of all errors."""

    error: ErrorBody


# What every operation may answer besides, and what those with a body or a path may.
ERRORS: ResponseDict = {405: ErrorResponse, 422: ErrorResponse, 500: ErrorResponse}
BODY_ERRORS: ResponseDict = {
    400: ErrorResponse,
    **ERRORS,
    413: ErrorResponse,
    415: ErrorResponse,
}
PATH_ERRORS: ResponseDict = {404: ErrorResponse, **ERRORS}
