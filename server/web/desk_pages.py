"""The agents' desk: log in with a key, read the queue, answer, solve."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from indexer import Lang
from server.desk import EventKind, Status, TransitionError, UnknownStepError, UnknownTicketError
from server.desk.cases import MAX_TEXT
from server.desk.lifecycle import allowed
from server.web import page_errors, sessions
from server.web.bodies import takes_form
from server.web.casework import present_case, present_ticket
from server.web.desks import desk, kb_settings
from server.web.keys import Key
from server.web.layout import layout
from server.web.limits import rate_limited
from server.web.sessions import for_agents, form_mark
from server.web.texts import texts
from server.web.ticket_pages import questions

blueprint = Blueprint("desk", __name__)
page_errors.install(blueprint)

_PAGE = 50

Page = str | tuple[str, int] | BaseResponse


@blueprint.get("/<any(zh, en):lang>/desk/login")
def login(lang: Lang) -> Page:
    """Ask for an agent's key."""
    return render_template("desk_login.html", **layout(lang, "/desk/login", listed=False))


@blueprint.post("/<any(zh, en):lang>/desk/login")
@takes_form
@rate_limited("write")
def log_in(lang: Lang) -> Page:
    """Begin a session."""
    response = make_response(redirect(f"/{lang}/desk/", 303))
    if sessions.log_in(request.form.get("key", ""), response):
        return response
    variables = layout(lang, "/desk/login", listed=False)
    return render_template("desk_login.html", problem=texts(lang)["desk_refused"], **variables), 401


@blueprint.post("/<any(zh, en):lang>/desk/logout")
@takes_form
@for_agents
def log_out(lang: Lang, agent: Key) -> Page:
    """End the session."""
    response = redirect(f"/{lang}/desk/login", 303)
    sessions.log_out(response)
    return response


@blueprint.get("/<any(zh, en):lang>/desk/")
@for_agents
def queue(lang: Lang, agent: Key) -> Page:
    """Show the tickets, the most urgent first."""
    status = request.args.get("status", "")
    statuses = (Status(status),) if status in set(Status) else ()
    mine = request.args.get("mine") == "1"
    start = request.args.get("from", 0, type=int)
    found = desk().tickets.queue(
        statuses=statuses,
        assignee=agent.name if mine else None,
        limit=_PAGE,
        offset=max(0, min(start, 10**7)),
    )
    return render_template(
        "desk_queue.html",
        tickets=[present_ticket(ticket) for ticket in found.tickets],
        total=found.total,
        start=start,
        page=_PAGE,
        status=status,
        mine=mine,
        statuses=[each.value for each in Status],
        **_variables(lang, agent, "/desk/"),
    )


@blueprint.get("/<any(zh, en):lang>/desk/<number>")
@for_agents
def ticket(lang: Lang, agent: Key, number: str) -> Page:
    """Show a ticket with all that is known."""
    return _shown(lang, agent, number)


@blueprint.post("/<any(zh, en):lang>/desk/<number>")
@takes_form
@for_agents
def change(lang: Lang, agent: Key, number: str) -> Page:
    """Reply, note, and set the status, all or nothing."""
    given = {
        name: request.form.get(name, "").strip() for name in ("reply", "note", "status", "step")
    }
    said = texts(lang)
    if any(len(text) > MAX_TEXT for text in given.values()):
        return _shown(lang, agent, number, problem=said["too_much"], given=given)
    status = given["status"]
    try:
        desk().tickets.update(
            kb_settings(),
            number,
            agent.name,
            status=Status(status) if status in set(Status) else None,
            note=given["note"] or None,
            reply=given["reply"] or None,
            step=given["step"] or None,
        )
    except TransitionError as error:
        values = {
            "old": said[f"status.{error.old.value}"],
            "new": said[f"status.{error.new.value}"],
        }
        listed = ", ".join(said[f"status.{each.value}"] for each in error.allowed)
        problem = said["error.transition"].format(allowed=listed, **values)
        return _shown(lang, agent, number, problem=problem, given=given)
    except UnknownStepError:
        return _shown(lang, agent, number, problem=said["field.other"], given=given)
    except UnknownTicketError:
        abort(404)
    # A reload must not send the reply again.
    return redirect(f"/{lang}/desk/{quote(number)}?saved=1", 303)


def _shown(
    lang: Lang,
    agent: Key,
    number: str,
    problem: str | None = None,
    given: dict[str, str] | None = None,
) -> Page:
    try:
        case = desk().tickets.find(number)
    except UnknownTicketError:
        abort(404)
    presented = present_case(case, for_agent=True)
    said = texts(lang)
    for event in presented["events"]:
        if event["kind"] == EventKind.STATUS:
            event |= {side: said[f"status.{event[side]}"] for side in ("old", "new")}
    page = render_template(
        "desk_ticket.html",
        ticket=presented,
        ways=[status.value for status in allowed(case.ticket.status)],
        questions=questions(lang),
        saved="saved" in request.args,
        max_text=MAX_TEXT,
        problem=problem,
        given=given or {},
        **_variables(lang, agent, f"/desk/{quote(number)}"),
    )
    return (page, 422) if problem else page


def _variables(lang: Lang, agent: Key, page: str) -> dict[str, Any]:
    return {"agent": agent, "mark": form_mark(), **layout(lang, page, listed=False)}
