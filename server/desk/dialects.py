"""The statements that SQLite and PostgreSQL share and SQLAlchemy keeps for each apart."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that has `on_conflict_do_update`, for the dialect of that name."""
    if dialect == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
