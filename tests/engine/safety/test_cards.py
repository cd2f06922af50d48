from collections.abc import Callable

import pytest

from server.engine.safety import SecretKind, screen
from server.engine.safety.cards import luhn
from tests.engine.safety.makers import assert_gone, card

KIND = SecretKind.CARD
ISSUERS = [
    ("4", 13),
    ("4", 16),
    ("4", 19),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("62", 16),
    ("62", 17),
    ("62", 18),
    ("62", 19),
    ("3528", 16),
    ("3589", 16),
    ("6011", 16),
    ("65", 16),
    ("644", 16),
]


def fours(number: str, between: str) -> str:
    return between.join(number[at : at + 4] for at in range(0, len(number), 4))


WRITTEN: dict[str, Callable[[str], str]] = {
    "plain": str,
    "spaces": lambda number: fours(number, " "),
    "dashes": lambda number: fours(number, "-"),
    "lines": lambda number: fours(number, "\n"),
    "digits apart": " ".join,
    "full width": lambda number: "".join(chr(ord(each) + 0xFEE0) for each in number),
    "zero width": "\u200b".join,
    "six and the rest": lambda number: f"{number[:6]} {number[6:]}",
    "with expiry": lambda number: f"{fours(number, ' ')} 12/29 123",
    "in Chinese": lambda number: f"我的银行卡{number}被冻结了",
    "in English": lambda number: f"my card is {number}, please check",
}


@pytest.mark.parametrize(("prefix", "length"), ISSUERS)
@pytest.mark.parametrize("style", WRITTEN)
def test_a_card_number_is_removed(style: str, prefix: str, length: int) -> None:
    number = card(1, prefix, length)

    assert luhn(number)
    assert_gone(WRITTEN[style](number), number, KIND)


def test_a_mistyped_card_number_is_removed_where_it_is_called_one() -> None:
    number = card(2, "62", 16)
    number = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not luhn(number)

    assert_gone(f"卡号 {number}", number, KIND)
    assert not screen(number).blocked


@pytest.mark.parametrize(
    "text",
    [
        f"order number {card(3, '4', 16)}",
        f"订单号 {card(3, '62', 16)} 还没发货",
        f"快递单号：{card(4, '51', 16)}",
        f"tracking {card(4, '4', 16)}",
        "1712345678901",
        "time 1712345678901 and 1712345678999",
        "13800138000",
        "+86 138 0013 8000",
        "电话 0755-8888-6666-1234",
        "2024-05-06 12:30:45",
        "20240506123045001",
        "110101199003078515",
        "1234567890123456",
        "amount 4111111111.111111",
        "0x4111111111111111",
        "A4111111111111111",
        "4111111111111112",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "gas 21000, nonce 12, limit 300000, price 4100000000",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert screen(text).text == text


@pytest.mark.parametrize(
    ("digits", "right"), [("4111111111111111", True), ("79927398713", True), ("79927398710", False)]
)
def test_the_check_digit(digits: str, right: bool) -> None:
    assert luhn(digits) is right
