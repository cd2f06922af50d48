"""Errors of the pages that take forms: pages too, for a person sent the form."""

from flask import Blueprint

from server.desk import DatabaseError
from server.web.desks import outage
from server.web.errors import ApiError, error_page

_Told = tuple[str, int, dict[str, str]]


def install(blueprint: Blueprint) -> None:
    """Answer with a page whatever goes wrong in a view of `blueprint`."""
    blueprint.register_error_handler(ApiError, _api_error)
    blueprint.register_error_handler(DatabaseError, _database)


def _api_error(error: ApiError) -> _Told:
    return error_page(error.status, error.code, error.values), error.status, error.headers


def _database(error: DatabaseError) -> _Told:
    outage().tell(error)
    return error_page(503, "database"), 503, {"Retry-After": "5"}
