"""Feedback: whether an answer helped."""

from sqlalchemy import select

from server.desk.clock import Clock
from server.desk.database import Database
from server.desk.dialects import insert_into
from server.desk.schema import feedback, queries
from server.desk.texts import clean_or_none


class UnknownMessageError(Exception):
    """Feedback names a message that is none of ours, or is forgotten by now."""


class Votes:
    """The feedback in one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._now = clock

    def add(
        self,
        message_id: str,
        *,
        helpful: bool,
        article_id: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Keep whether the answer `message_id`, or `article_id` in it, helped; the last word holds.

        Raises:
            UnknownMessageError: there is no such message in the query log.
        """
        asked = select(queries.c.id).where(queries.c.message_id == message_id)
        with self._database.write() as connection:
            if connection.execute(asked).one_or_none() is None:
                raise UnknownMessageError(
                    "There is no such message. Send the message_id of an answer, while it is kept."
                )
            values = {
                "helpful": helpful,
                "comment": clean_or_none(comment),
                "created_at": self._now(),
            }
            connection.execute(
                insert_into(connection.dialect.name, feedback)
                .values(message_id=message_id, article_id=article_id or "", **values)
                .on_conflict_do_update(index_elements=["message_id", "article_id"], set_=values)
            )
