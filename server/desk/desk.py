"""The desk: everything that is kept of visitors, and the people that they are handed to.

desk = Desk.open(settings)
desk.start()                        # webhooks, and the deletion of what is past its time
token = desk.record(conversation_id, exchange)
opened = desk.tickets.create(kb_settings, NewTicket(query="提现没到账", lang="zh"))
desk.stop()
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from indexer.settings import Settings
from server.desk import outbox, querylog, retention
from server.desk.clock import Clock, utc_now
from server.desk.conversations import Conversations
from server.desk.database import Database, database_url, open_database
from server.desk.delivery import Deliverer, Sender
from server.desk.janitor import Janitor
from server.desk.listing import Waiting, waiting
from server.desk.querylog import QueryLog
from server.desk.retention import Purged, Retention
from server.desk.texts import clean
from server.desk.tickets import Tickets
from server.desk.tokens import UserHash
from server.desk.transcripts import Exchange
from server.desk.votes import Votes
from server.engine import hours
from server.engine.hours import Reachable


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, for metrics: for agents, and for the receiver of webhooks."""

    tickets: Waiting
    deliveries: outbox.Backlog


class Desk:
    """All that the web calls; see the parts for their methods. Thread-safe.

    `conversations`, `queries` (the log), `feedback` and `tickets` share one database. Without a
    `sender` no webhooks are written.
    """

    def __init__(
        self,
        database: Database,
        users: UserHash,
        sender: Sender | None = None,
        *,
        kept: Retention | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.database = database
        self._users = users
        self._now = clock
        self._kept = kept or Retention()
        self._deliverer = Deliverer(database.engine, sender) if sender else None
        self._janitor = Janitor(self.purge)
        self.conversations = Conversations(database, self._kept.conversations, clock)
        self.queries = QueryLog(database)
        self.feedback = Votes(database, clock)
        announced = self._deliverer.wake if self._deliverer else None
        self.tickets = Tickets(database, users, clock, announced)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Return the desk that `settings` describe, its database made where it is absent.

        Raises:
            DatabaseError: the database cannot be opened.
            KeyFileError: the key of the user hashes cannot be read or made.
            SettingsError: something is to be kept for less than a day.
            AddressError, SecretError: webhooks cannot be sent or signed as set.
        """
        url = settings["webhook_url"]
        sender = Sender(url, settings["webhook_secret"]) if url else None
        kept = Retention.of(settings)
        users = UserHash(settings["data"])
        return cls(open_database(database_url(settings)), users, sender, kept=kept)

    def start(self) -> None:
        """Begin to deliver webhooks and to delete what is past its time, in threads."""
        if self._deliverer:
            self._deliverer.start()
        self._janitor.start()

    def stop(self) -> None:
        """End what `start` began, and close the database."""
        if self._deliverer:
            self._deliverer.stop()
        self._janitor.stop()
        self.database.close()

    def record(
        self, conversation_id: str, exchange: Exchange, consent: str | None = None
    ) -> str | None:
        """Keep a turn: in the transcript, for the next question, and in the query log.

        Returns the token of the conversation where it begins with this turn, else None. `consent`
        is the text that the visitor was shown and agreed to when the conversation began.

        Raises:
            DatabaseError: nothing was kept.
            sqlalchemy.exc.IntegrityError: the `message_id` is there already.
        """
        exchange = replace(exchange, question=clean(exchange.question))
        user = self._users(exchange.user)
        with self.database.write(durable=False) as connection:
            token = self.conversations.add(connection, conversation_id, exchange, user, consent)
            querylog.add(connection, conversation_id, exchange, user, self._now())
        return token

    def secret(self, purpose: str) -> str:
        """Return a secret, 64 hexadecimal digits, that only those who share FAQ_DATA know."""
        return self._users.secret(purpose)

    def reachable(
        self,
        settings: Mapping[str, Any],
        product: str | None = None,
        at: dt.datetime | None = None,
    ) -> Reachable:
        """Return who can be reached now (or `at`), and when people are next there."""
        return hours.reachable(settings, product, at or self._now())

    def backlog(self) -> Backlog:
        """Return what waits now."""
        now = self._now()
        with self.database.read() as connection:
            return Backlog(waiting(connection, now), outbox.backlog(connection, now))

    def purge(self) -> Purged:
        """Delete what is past its time now; `start` has it done every hour."""
        return retention.purge(self.database, self._kept, self._now())
