"""Each product has its own complaint procedure."""

import pytest

from server.desk import Desk, Kind, NewTicket, Status, UnknownStepError, procedure
from tests.desk.conftest import KB

# As the companies' help content tells it.
_STEPS = {
    "tpwallet": ("received", "investigation", "solution", "follow-up"),
    "imwallet": ("recorded", "first-reply", "analysis", "outcome"),
}


@pytest.mark.parametrize("product", list(_STEPS))
def test_the_steps_of_a_product_in_both_languages(product: str) -> None:
    steps = procedure(KB, product)
    assert tuple(step.id for step in steps) == _STEPS[product]
    assert all(step.text["zh"] and step.text["en"] for step in steps)


@pytest.mark.parametrize("product", [None, "other"])
def test_without_a_procedure_there_are_no_steps(product: str | None) -> None:
    assert procedure(KB, product) == procedure({}, product) == ()


@pytest.mark.parametrize("product", list(_STEPS))
def test_a_complaint_begins_at_the_first_step_and_is_moved_on(desk: Desk, product: str) -> None:
    opened = desk.tickets.create(
        KB, NewTicket("客服态度很差", "zh", product=product, kind=Kind.COMPLAINT)
    )
    number = opened.ticket.number
    assert opened.ticket.step == _STEPS[product][0]
    for step in _STEPS[product]:
        assert desk.tickets.update(KB, number, "ann", step=step).ticket.step == step
    told = [
        (event.old, event.new)
        for event in desk.tickets.read(number, opened.token).events
        if event.kind == "step"
    ]
    assert told == list(zip(_STEPS[product], _STEPS[product][1:], strict=False))


def test_a_step_back_is_a_step_too(desk: Desk) -> None:
    new = NewTicket("complaint", "en", product="imwallet", kind=Kind.COMPLAINT)
    number = desk.tickets.create(KB, new).ticket.number
    desk.tickets.update(KB, number, "ann", step="outcome")
    assert desk.tickets.update(KB, number, "ann", step="analysis").ticket.step == "analysis"


@pytest.mark.parametrize(
    ("product", "kind", "step"),
    [
        ("imwallet", Kind.COMPLAINT, "solution"),  # that of the other product
        ("imwallet", Kind.COMPLAINT, ""),
        ("imwallet", Kind.QUESTION, "recorded"),
        (None, Kind.COMPLAINT, "recorded"),
    ],
)
def test_a_step_of_another_procedure_is_refused_and_nothing_is_changed(
    desk: Desk, product: str | None, kind: Kind, step: str
) -> None:
    new = NewTicket("complaint", "en", product=product, kind=kind)
    number = desk.tickets.create(KB, new).ticket.number
    with pytest.raises(UnknownStepError) as told:
        desk.tickets.update(KB, number, "ann", status=Status.SOLVED, note="x", step=step)
    assert told.value.known == (_STEPS["imwallet"] if kind is Kind.COMPLAINT and product else ())
    case = desk.tickets.find(number)
    assert (case.ticket.status, len(case.events)) == (Status.OPEN, 1)


@pytest.mark.parametrize(
    ("tags", "kind", "made"),
    [
        (("complaint", "support"), None, Kind.COMPLAINT),
        (("support",), None, Kind.QUESTION),
        ((), None, Kind.QUESTION),
        (("complaint",), Kind.QUESTION, Kind.QUESTION),
        ((), Kind.COMPLAINT, Kind.COMPLAINT),
    ],
)
def test_the_kind_follows_from_the_article_where_it_is_not_told(
    desk: Desk, tags: tuple[str, ...], kind: Kind | None, made: Kind
) -> None:
    new = NewTicket("hello", "en", product="tpwallet", kind=kind, tags=tags)
    ticket = desk.tickets.create(KB, new).ticket
    assert ticket.kind is made
    assert (ticket.step is not None) == (made is Kind.COMPLAINT)


def test_a_complaint_goes_before_questions(desk: Desk) -> None:
    new = NewTicket("hello", "en", kind=Kind.COMPLAINT)
    assert desk.tickets.create(KB, new).ticket.priority == "high"
