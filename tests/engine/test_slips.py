"""Unfinished words with a slip."""

import pytest

from server.engine.slips import meant

WORDS = ["arrive", "arrived", "wallet", "wallets", "withdraw", "withdrawal", "without", "zap"]


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("wallte", "wallet"),
        ("walet", "wallet"),
        ("walllet", "wallet"),
        ("wxllet", "wallet"),
        ("withdrwa", "withdraw"),
        ("witdhraw", "withdraw"),
        ("arive", "arrive"),
        ("ariv", "arrive"),
    ],
)
def test_the_likeliest_word_comes_first(typed: str, best: str) -> None:
    assert WORDS[meant(typed, WORDS)[0]] == best


@pytest.mark.parametrize("typed", ["wal", "xallet", "wqlt", "wqtqdqaw", "", "zzzz"])
def test_a_guess_too_far_is_none(typed: str) -> None:
    assert meant(typed, WORDS) == []
