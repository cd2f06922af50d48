"""The agents' side: the list of tickets, its export, and what is done with one."""

from typing import Any

from flask import Response, stream_with_context
from flask_openapi3.models.tag import Tag

from server.desk.listing import Filters
from server.web.cases import blueprint
from server.web.casework import present_case, present_ticket
from server.web.desk_schemas import (
    QueueParameters,
    QueueResponse,
    TicketChange,
    TicketFilters,
    TicketPath,
    TicketResponse,
)
from server.web.desks import desk, kb_settings
from server.web.error_schemas import (
    BODY_ERRORS,
    ERRORS,
    PATH_ERRORS,
    ErrorResponse,
)
from server.web.errors import ApiError
from server.web.keys import current_key, require_role
from server.web.products import product_id

# One path takes the calls of both sides, so one blueprint has to describe it.
__all__ = ["blueprint"]
_AGENTS = [Tag(name="Agents")]

# How the export stands in the description.
_CSV: dict[str, Any] = {
    "description": "A table: UTF-8 with a mark, as spreadsheets want it.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


@blueprint.get(
    "",
    tags=_AGENTS,
    responses={200: QueueResponse, **ERRORS, 503: ErrorResponse},
    operation_id="queue",
)
@require_role("agent")
def queue(query: QueueParameters) -> dict[str, Any]:
    """List the tickets: by priority, then by age."""
    found = desk().tickets.queue(limit=query.limit, offset=query.offset, **_filters(query))
    return {"tickets": [present_ticket(ticket) for ticket in found.tickets], "total": found.total}


@blueprint.get(
    "/export.csv",
    tags=_AGENTS,
    responses={200: _CSV, **ERRORS, 503: ErrorResponse},
    operation_id="export_tickets",
    description="The tickets that fit, the oldest first. Cells that a spreadsheet would take for a "
    "formula begin with an apostrophe.",
)
@require_role("agent")
def export(query: TicketFilters) -> Response:
    """Export tickets for a spreadsheet."""
    lines = desk().tickets.export(**_filters(query))
    response = Response(stream_with_context(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="tickets.csv"'
    return response


@blueprint.patch(
    "/<ticket_id>",
    tags=_AGENTS,
    responses={
        200: TicketResponse,
        409: ErrorResponse,
        **BODY_ERRORS,
        **PATH_ERRORS,
        503: ErrorResponse,
    },
    operation_id="change_ticket",
    description="All or nothing. Once an agent has a ticket or has replied, the bot keeps still in "
    "its conversation, until the ticket is solved.",
)
@require_role("agent")
def change(path: TicketPath, body: TicketChange) -> dict[str, Any]:
    """Work on a ticket."""
    key = current_key()
    if key is None:  # cannot be: the role was checked
        raise ApiError(401)
    if not body.model_dump(exclude_none=True):
        raise ApiError(422, problems=[("body", "nothing_to_change", {})])
    case = desk().tickets.update(
        kb_settings(),
        path.ticket_id,
        key.name,
        status=body.status,
        note=body.note,
        reply=body.reply,
        step=body.step,
    )
    return present_case(case, for_agent=True)


def _filters(query: TicketFilters) -> Filters:
    return {
        "statuses": tuple(query.status),
        "priority": query.priority,
        "product": product_id(query.product),
        "lang": query.lang,
        "kind": query.kind,
        "assignee": query.assignee,
    }
