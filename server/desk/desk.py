"""The desk: everything that is kept of visitors, and the people that they are handed to.

desk = Desk.open(settings)
desk.start()                        # webhooks, and the deletion of what is past its time
token = desk.record(conversation_id, exchange)
opened = desk.tickets.create(kb_settings, NewTicket(query="提现没到账", lang="zh"))
desk.stop()
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Self

from indexer.settings import Settings
from server.desk import querylog
from server.desk.clock import Clock, utc_now
from server.desk.conversations import Conversations, Exchange
from server.desk.database import Database, open_database
from server.desk.delivery import Deliverer, Sender
from server.desk.querylog import QueryLog
from server.desk.tickets import Tickets
from server.desk.tokens import UserHash
from server.desk.votes import Votes
from server.engine import hours
from server.engine.hours import Reachable


class Desk:
    """All that the web calls; see the parts for their methods. Thread-safe.

    `conversations`, `queries` (the log), `feedback` and `tickets` share one database.
    """

    def __init__(
        self,
        database: Database,
        users: UserHash,
        sender: Sender | None = None,
        *,
        conversation_days: int = 30,
        clock: Clock = utc_now,
    ) -> None:
        self.database = database
        self._users = users
        self._now = clock
        self._deliverer = Deliverer(database.engine, sender) if sender else None
        self.conversations = Conversations(database, conversation_days, clock)
        self.queries = QueryLog(database)
        self.feedback = Votes(database, clock)
        self.tickets = Tickets(database, users, clock, announces=sender is not None)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Return the desk that `settings` describe, its database made where it is absent.

        Raises:
            DatabaseError: the database cannot be opened.
            KeyFileError: the key of the user hashes cannot be read or made.
            AddressError, SecretError: webhooks cannot be sent or signed as set.
        """
        url = settings["webhook_url"]
        sender = Sender(url, settings["webhook_secret"]) if url else None
        return cls(open_database(settings["database"]), UserHash(settings["data"]), sender)

    def record(self, conversation_id: str, exchange: Exchange) -> str | None:
        """Keep a turn: in the transcript, for the next question, and in the query log.

        Returns the token of the conversation where it begins with this turn, else None.

        Raises:
            DatabaseError: nothing was kept.
        """
        user = self._users(exchange.user)
        with self.database.write(durable=False) as connection:
            token = self.conversations.add(connection, conversation_id, exchange, user)
            querylog.add(connection, conversation_id, exchange, user, self._now())
        return token

    def reachable(
        self,
        settings: Mapping[str, Any],
        product: str | None = None,
        at: dt.datetime | None = None,
    ) -> Reachable:
        """Return who can be reached now (or `at`), and when people are next there."""
        return hours.reachable(settings, product, at or self._now())

    def start(self) -> None:
        """Begin to deliver webhooks."""
        if self._deliverer:
            self._deliverer.start()

    def stop(self) -> None:
        """End what `start` began, and close the database."""
        if self._deliverer:
            self._deliverer.stop()
        self.database.close()
