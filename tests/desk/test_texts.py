"""What is kept holds no secret, and nothing that a database cannot hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from server.desk import Database
from server.desk.schema import feedback
from server.desk.texts import clean, clean_or_none, storable
from tests.desk.conftest import Clock
from tests.engine.safety import makers

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_any_text_becomes_one_that_utf_8_and_databases_take(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert "\x00" not in kept
    assert storable(kept) == kept


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")))
def test_what_can_be_kept_is_kept_as_it_is(text: str) -> None:
    assert storable(text) == text


def test_halves_of_a_pair_that_stand_together_become_one() -> None:
    assert storable("\ud83d\ude00") == "\N{GRINNING FACE}"


def test_both_databases_keep_any_text(database: Database, clock: Clock) -> None:
    """One test for many texts: the database is opened once."""

    @given(ANY_TEXT)
    def kept(text: str) -> None:
        with database.write(durable=False) as connection:
            connection.execute(delete(feedback))
            values = {"message_id": text, "article_id": "", "comment": text}
            connection.execute(insert(feedback).values(helpful=True, created_at=clock(), **values))
            row = connection.execute(select(feedback).where(feedback.c.message_id == text)).one()
        assert row.comment == storable(text)

    kept()


@pytest.mark.parametrize("language", makers.LANGUAGES)
def test_secrets_do_not_get_by(language: str) -> None:
    phrase = " ".join(makers.mnemonic(1, 12, language))
    for text in (f"my words: {phrase}", f"\ud800\x00{phrase}", phrase):
        assert phrase not in clean(text)


@pytest.mark.parametrize("text", [None, "", "  \n", "\u3000"])
def test_nothing_is_none(text: str | None) -> None:
    assert clean_or_none(text) is None


def test_something_is_itself() -> None:
    assert clean_or_none(" 充值没到账 ") == "充值没到账"
