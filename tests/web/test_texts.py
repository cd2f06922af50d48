"""Texts stand in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

import server.web
from server.web.errors import CODES
from server.web.texts import TEXTS, texts

_HAN = re.compile("[\u4e00-\u9fff]")
# These name the other language.
_OTHER = {"other_language", "read_twin"}


@pytest.mark.parametrize("name", sorted(set(TEXTS) - _OTHER - {"problem_separator"}))
def test_each_is_said_in_both_languages(name: str) -> None:
    chinese, english = TEXTS[name]
    assert _HAN.search(chinese)
    assert not _HAN.search(english)
    assert english.strip()


@pytest.mark.parametrize("name", TEXTS)
def test_both_fill_in_the_same(name: str) -> None:
    chinese, english = ({field for _, field, _, _ in Formatter().parse(t)} for t in TEXTS[name])
    assert chinese - {None} == english - {None}


def test_every_error_has_a_text() -> None:
    assert {f"error.{code}" for code in CODES.values()} <= set(TEXTS)


def test_every_text_of_a_page_exists() -> None:
    folder = Path(server.web.__file__).parent / "templates"
    used = {
        name
        for file in folder.glob("*.html")
        for name in re.findall(r"\bt\.(\w+)", file.read_text(encoding="utf-8"))
    }
    assert used
    assert used <= set(texts("zh"))
