"""A visitor's ticket: its number and token open it. The token is posted, never in an address.

An address that is kept (`/zh/tickets/T-…#token`) holds the token behind the `#`, which browsers do
not send: a script puts it into the form. Whoever has the token may do all of this, so there is no
session to be stolen or to be ridden on.
"""

from typing import Any

from flask import Blueprint, render_template, request

from indexer import Lang
from server.desk import Case, NotSolvedError, UnknownTicketError
from server.desk.cases import MAX_TEXT
from server.engine.intake import every_question
from server.engine.presentation import secret_warning
from server.web import page_errors
from server.web.bodies import takes_form
from server.web.cases import secrets_in
from server.web.casework import present_case
from server.web.desks import desk, kb_settings
from server.web.layout import layout
from server.web.limits import rate_limited
from server.web.texts import texts

blueprint = Blueprint("tickets", __name__)
page_errors.install(blueprint)

Page = str | tuple[str, int]


@blueprint.get("/<any(zh, en):lang>/tickets/")
@blueprint.get("/<any(zh, en):lang>/tickets/<number>")
def find(lang: Lang, number: str = "") -> Page:
    """Ask for the token."""
    return _asked(lang, number)


@blueprint.post("/<any(zh, en):lang>/tickets/")
@blueprint.post("/<any(zh, en):lang>/tickets/<number>")
@takes_form
def show(lang: Lang, number: str = "") -> Page:
    """Show the ticket."""
    number = (request.form.get("number") or number).strip()
    try:
        return _shown(lang, desk().tickets.read(number, _token()))
    except UnknownTicketError:
        return _asked(lang, number, texts(lang)["ticket_unknown"])


@blueprint.post("/<any(zh, en):lang>/tickets/<number>/messages")
@takes_form
@rate_limited("write")
def write(lang: Lang, number: str) -> Page:
    """Add a message."""
    text = request.form.get("text", "").strip()
    said = texts(lang)
    try:
        if not text or len(text) > MAX_TEXT:
            problem = said["too_much"] if text else said["field.blank"]
            return _shown(lang, desk().tickets.read(number, _token()), problem=problem), 422
        case = desk().tickets.write(number, _token(), text)
    except UnknownTicketError:
        return _asked(lang, number, said["ticket_unknown"])
    kinds = secrets_in(text)
    warning = secret_warning(lang, kinds) if kinds else None
    return _shown(lang, case, done=said["sent"], warning=warning)


@blueprint.post("/<any(zh, en):lang>/tickets/<number>/satisfaction")
@takes_form
@rate_limited("write")
def rate(lang: Lang, number: str) -> Page:
    """Take the visitor's rating."""
    said = texts(lang)
    score = request.form.get("score", "")
    try:
        if score in {"1", "2", "3", "4", "5"}:
            comment = request.form.get("comment", "")[:MAX_TEXT]
            desk().tickets.rate(number, _token(), int(score), comment or None)
        case = desk().tickets.read(number, _token())
    except NotSolvedError:
        return _shown(lang, desk().tickets.read(number, _token())), 409
    except UnknownTicketError:
        return _asked(lang, number, said["ticket_unknown"])
    return _shown(lang, case, done=said["rated"])


def _token() -> str:
    return request.form.get("token", "").strip()


def _asked(lang: Lang, number: str, problem: str | None = None) -> Page:
    page = render_template(
        "ticket_find.html",
        number=number,
        problem=problem,
        **layout(lang, "/tickets/", listed=False),
    )
    return (page, 404) if problem else page


def _shown(lang: Lang, case: Case, **told: Any) -> str:
    ticket = present_case(case, for_agent=False)
    public = [event for event in ticket["events"] if event["kind"] in ("reply", "message")]
    return render_template(
        "ticket.html",
        ticket=ticket,
        events=public,
        questions=questions(lang),
        token=_token(),
        **told,
        **layout(lang, "/tickets/", listed=False),
    )


def questions(lang: Lang) -> dict[str, str]:
    """Return the text of every intake question by its id."""
    return {question.id: question.text for question in every_question(kb_settings(), lang)}
