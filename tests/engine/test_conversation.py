import pytest

from server.engine import Decision, Turn
from server.engine.conversation import antecedent, leans, missed


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("那周末呢?", ["周末"]),
        ("换成im钱包", ["im", "钱包"]),
        ("and for im wallet?", ["im", "wallet"]),
        ("what about weekends", ["weekend"]),
        ("how long does it take", ["long", "take"]),
        ("它安全吗", ["安全"]),
        ("??", []),
    ],
)
def test_what_goes_on_from_another_question_leans(text: str, tokens: list[str]) -> None:
    assert leans(text, tokens)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("助记词丢了怎么办", ["助记词", "丢"]),
        ("how do i back up my wallet", ["back", "wallet"]),
        ("android support", ["android", "support"]),
        ("我的提现三天了还没有到账这个问题找谁", ["提现", "三天", "到账", "问题", "找"]),
    ],
)
def test_a_whole_question_stands_alone(text: str, tokens: list[str]) -> None:
    assert not leans(text, tokens)


def test_a_blocked_turn_is_no_antecedent() -> None:
    first = Turn("客服几点上班", Decision.ANSWER, "hours")
    assert antecedent([first, Turn("[removed]", Decision.BLOCKED)]) == first
    assert antecedent([Turn("", Decision.HANDOFF)]) is None
    assert antecedent([]) is None


def test_what_was_not_answered_was_missed() -> None:
    assert [missed(Turn("?", decision)) for decision in Decision] == [False, True, True, False]
