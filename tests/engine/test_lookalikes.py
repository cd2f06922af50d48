from importlib.resources import files

import pytest

from server.engine.lookalikes import lookalikes, misread

ROWS = [
    row
    for row in files("server.engine")
    .joinpath("lookalikes.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not row.startswith("#")
]


def test_a_word_is_misread_one_character_at_a_time() -> None:
    assert "允值" in misread("充值")
    assert "线包" in misread("钱包")
    assert all(
        sum(a != b for a, b in zip(wrong, "充值提现", strict=True)) == 1
        for wrong in misread("充值提现")
    )
    assert list(misread("abc")) == []


def test_looks_go_both_ways() -> None:
    for character, alike in lookalikes().items():
        assert character not in alike
        assert all(character in lookalikes()[other] for other in alike)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_holds_several_characters_each_once(row: str) -> None:
    assert len(set(row)) == len(row) > 1


@pytest.mark.parametrize("pair", ["买卖", "上下", "入出", "冷热", "开关", "有无"])
def test_opposites_are_not_mixed_up(pair: str) -> None:
    assert pair[1] not in lookalikes().get(pair[0], ())
