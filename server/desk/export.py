"""Tickets as CSV, for a spreadsheet that executes nothing of what visitors wrote."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator

from server.desk.cases import Ticket

COLUMNS = (
    "ticket_id kind status priority rule product topic lang channel query contact intake chains "
    "transaction_hashes addresses tried assignee step satisfaction satisfaction_comment created_at "
    "updated_at solved_at"
).split()
# Without it Excel takes the file for one in the local code page.
_BOM = "\ufeff"
# What a cell begins with that is taken for a formula, in full width too (OWASP, "CSV Injection"),
# and what is skipped or cut before it.
_FORMULA = "=+-@＝＋－＠"
_SKIPPED = " \t\r\n\v\f\0'\"\u00a0\u3000\u200b\ufeff"


def lines(tickets: Iterable[Ticket]) -> Iterator[str]:
    """Yield the file piece by piece: a byte-order mark, the names of the columns, a ticket a row.

    Every cell is quoted. What a spreadsheet would take for a formula gets an apostrophe in front,
    which it shows as text; so do cells that begin with what it skips.
    """
    yield _BOM + _line(COLUMNS)
    for ticket in tickets:
        yield _line(safe(cell) for cell in _cells(ticket))


def safe(text: str) -> str:
    """Return `text` as a cell that is no formula."""
    bare = text.lstrip(_SKIPPED)
    begins_oddly = text[:1] in ("\t", "\r", "\n") if text else False
    return f"'{text}" if begins_oddly or bare[:1] in tuple(_FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow(cells)
    return written.getvalue()


def _cells(ticket: Ticket) -> Iterator[str]:
    yield ticket.number
    yield ticket.kind.value
    yield ticket.status.value
    yield ticket.priority.value
    yield ticket.rule
    yield ticket.product or ""
    yield ticket.topic or ""
    yield ticket.lang
    yield ticket.channel or ""
    yield ticket.query
    yield ticket.contact or ""
    yield "\n".join(f"{ident}: {answer}" for ident, answer in ticket.intake.items())
    yield " ".join(ticket.chains)
    yield " ".join(ticket.transaction_hashes)
    yield " ".join(address.text for address in ticket.addresses)
    yield " ".join(ticket.tried)
    yield ticket.assignee or ""
    yield ticket.step or ""
    yield str(ticket.satisfaction or "")
    yield ticket.satisfaction_comment or ""
    yield _moment(ticket.created_at)
    yield _moment(ticket.updated_at)
    yield _moment(ticket.solved_at)


def _moment(at: dt.datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
