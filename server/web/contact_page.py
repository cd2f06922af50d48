"""The way to a person without JavaScript: a form, and the number of the ticket that it makes."""

from typing import Any

from flask import Blueprint, render_template, request
from pydantic import ValidationError

from indexer import Lang
from indexer.knowledge import products
from server.desk import IntakeError, Kind
from server.web import page_errors
from server.web.bodies import takes_form
from server.web.cases import receive
from server.web.desk_schemas import HandoffRequest
from server.web.desks import kb_settings
from server.web.errors import ApiError
from server.web.fields import (
    MAX_QUERY,
)
from server.web.intake_form import form_for
from server.web.layout import layout
from server.web.limits import rate_limited
from server.web.texts import texts

blueprint = Blueprint("contact", __name__)
page_errors.install(blueprint)

_PREFIX = "intake."
_FIELDS = ("query", "contact", "product", "article_id", "kind")


@blueprint.get("/<any(zh, en):lang>/contact")
def contact(lang: Lang) -> str | tuple[str, int]:
    """Show the form; `q` is what was asked, `article` what did not help."""
    asked = {"query": request.args.get("q", "")[:MAX_QUERY]}
    if article := request.args.get("article"):
        asked["article_id"] = article
    return _form(lang, asked, {})


@blueprint.post("/<any(zh, en):lang>/contact")
@takes_form
@rate_limited("write")
def send(lang: Lang) -> str | tuple[str, int]:
    """Make a ticket of the form."""
    given = {name: request.form[name].strip() for name in _FIELDS if request.form.get(name)}
    answers = {
        name.removeprefix(_PREFIX): value.strip()
        for name, value in request.form.items()
        if name.startswith(_PREFIX) and value.strip()
    }
    try:
        told: dict[str, Any] = {**given, "intake": answers, "lang": lang, "channel": "web"}
        if "kind" in told:
            told["kind"] = Kind(told["kind"])
        made = receive(HandoffRequest(**told))
    except IntakeError as error:
        said = texts(lang)
        faults = {p.id: said[f"field.intake_{p.fault.value}"] for p in error.problems}
        return _form(lang, given, answers, faults)
    except (ValidationError, ValueError):
        return _form(lang, given, answers, {"query": texts(lang)["too_much"]})
    except ApiError as error:
        if error.status != 422:
            raise
        # The article or the product is gone by now: the case is not.
        given = {name: given[name] for name in given if name not in ("article_id", "product")}
        return _form(lang, given, answers, {"product": texts(lang)["field.other"]})
    page = render_template("ticket_made.html", made=made, **layout(lang, "/contact", listed=False))
    return page, 201


def _form(
    lang: Lang,
    given: dict[str, str],
    answers: dict[str, str],
    faults: dict[str, str] | None = None,
) -> str | tuple[str, int]:
    try:
        form = form_for(lang, None, given.get("article_id"))
    except ApiError:
        form = form_for(lang, None, None)
    page = render_template(
        "contact.html",
        form=form,
        given=given,
        answers=answers,
        faults=faults or {},
        products=products(dict(kb_settings())),
        **layout(lang, "/contact"),
    )
    return (page, 422) if faults else page
