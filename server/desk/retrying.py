"""The same request sent again opens no second ticket: its caller's key for it counts for a day.

Neither key nor body is kept, only what HMAC makes of them under the key beside the database. The
token of such a ticket is made of its number and the caller's key in the same way, so that whoever
asks again gets the very token that the first answer told, or would have told: a new one would shut
out whoever holds the first, and to keep it readable would open every ticket to a thief of the
database.
"""

import base64
import datetime as dt
import hmac
import json
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from server.desk.cases import Opened, ticket_of
from server.desk.dialects import insert_into
from server.desk.schema import ticket_keys, tickets
from server.desk.tokens import UserHash

KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request that may come again.

    `key` is its caller's name for it, which nobody else can guess: with it and the same `body` the
    ticket's token is told again. `caller` tells apart callers that may choose the same.
    """

    key: str
    body: str
    caller: str = ""


class KeyReusedError(Exception):
    """The key was sent with another body within a day."""


class Retries:
    """What is known of the requests of the last day, in hashes that `users` has the key of."""

    def __init__(self, users: UserHash) -> None:
        self._users = users

    def token(self, attempt: Attempt, number: str) -> str:
        """Return the token of ticket `number`, 43 characters of base64url."""
        secret = self._secret("token", number, attempt.caller, attempt.key)
        return base64.urlsafe_b64encode(bytes.fromhex(secret)).rstrip(b"=").decode()

    def earlier(self, connection: Connection, attempt: Attempt, now: dt.datetime) -> Opened | None:
        """Return the ticket that the request has opened within the last day, with its token.

        Raises:
            KeyReusedError: the key was sent with another body.
        """
        row = connection.execute(
            select(ticket_keys.c.body_hash, tickets)
            .join(tickets, tickets.c.id == ticket_keys.c.ticket_id)
            .where(
                ticket_keys.c.key_hash == self._key(attempt),
                ticket_keys.c.created_at > now - KEPT,
            )
        ).one_or_none()
        if row is None:
            return None
        if not hmac.compare_digest(row.body_hash, self._body(attempt)):
            raise KeyReusedError("The key was sent with another body: send a new key.")
        return Opened(ticket_of(row), self.token(attempt, row.number), again=True)

    def claim(self, connection: Connection, attempt: Attempt, now: dt.datetime) -> Opened | None:
        """Take the key for a ticket that this transaction opens, or return whose it is.

        Who comes second waits until the first commits, or takes the key where the first fails.

        Raises:
            KeyReusedError: as `earlier`.
        """
        values = {"body_hash": self._body(attempt), "ticket_id": None, "created_at": now}
        taken = connection.execute(
            insert_into(connection.dialect.name, ticket_keys)
            .values(key_hash=self._key(attempt), **values)
            .on_conflict_do_update(
                index_elements=["key_hash"],
                set_=values,
                where=ticket_keys.c.created_at <= now - KEPT,
            )
            .returning(ticket_keys.c.key_hash)
        ).one_or_none()
        return self.earlier(connection, attempt, now) if taken is None else None

    def settle(self, connection: Connection, attempt: Attempt, ticket_id: int) -> None:
        """Note which ticket a key that was claimed has opened."""
        connection.execute(
            update(ticket_keys)
            .where(ticket_keys.c.key_hash == self._key(attempt))
            .values(ticket_id=ticket_id)
        )

    def _key(self, attempt: Attempt) -> str:
        return self._secret("key", attempt.caller, attempt.key)

    def _body(self, attempt: Attempt) -> str:
        return self._secret("body", attempt.caller, attempt.key, attempt.body)

    def _secret(self, *parts: str) -> str:
        return self._users.secret(json.dumps(["attempt", *parts]))


def purge(connection: Connection, now: dt.datetime, limit: int) -> int:
    """Delete at most `limit` keys that are past their day, and return how many."""
    old = select(ticket_keys.c.key_hash).where(ticket_keys.c.created_at <= now - KEPT).limit(limit)
    return connection.execute(delete(ticket_keys).where(ticket_keys.c.key_hash.in_(old))).rowcount
