import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.engine.safety.folding import fold


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("plain text", "plain text"),
        ("ＡＢＣ１２３：", "ABC123:"),
        ("①⑩㉔", "11024"),
        ("a\u200bb\u00adc\ufeffd", "abcd"),
        ("ábc", "abc"),
        ("a\u0301b", "ab"),
        ("a\u00a0b\u3000c", "a b c"),
        ("𝐚𝐛𝐜", "abc"),
        ("a\0b\x1bc", "abc"),
        ("a\tb\nc", "a\tb\nc"),
    ],
)
def test_the_detectors_read_plain_text(typed: str, read: str) -> None:
    assert fold(typed).text == read
    assert fold(typed).lower == read.lower()


@given(st.text(max_size=50))
def test_every_place_leads_back(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.lower)

    for place in range(len(folded.text)):
        start, end = folded.original(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert folded.text[place] in fold(text[start:end]).text


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_cut_takes_what_was_read_and_nothing_else(before: str, after: str) -> None:
    text = before + "sēc\u200bｒet" + after
    folded = fold(text)
    place = folded.text.rindex("secret", 0, len(fold(before).text) + 6)

    start, end = folded.original(place, place + 6)

    assert text[:start] == before
    assert fold(text[end:]).text == folded.text[place + 6 :]
