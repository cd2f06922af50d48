from hypothesis import given
from hypothesis import strategies as st

from server.engine.pieces import MOST, pieces

STORY = (
    "昨天我妈生日，我们一家人出去吃饭，路上堵车堵了一个多小时，到了以后菜都凉了。"
    "吃饭的时候我顺手给表弟转了一笔USDT。到现在三个小时了他还没收到，是不是丢了？"
)


def test_a_short_question_is_one_piece() -> None:
    assert pieces("提现没到账怎么办") == ("提现没到账怎么办",)
    assert pieces("how long does a withdrawal take?") == ("how long does a withdrawal take?",)


def test_a_story_is_cut_at_its_sentences() -> None:
    assert pieces(STORY) == (
        STORY,
        "昨天我妈生日，我们一家人出去吃饭，路上堵车堵了一个多小时，到了以后菜都凉了。",
        "吃饭的时候我顺手给表弟转了一笔usdt。".replace("usdt", "USDT"),
        "到现在三个小时了他还没收到，是不是丢了？",
    )


def test_a_sentence_without_end_is_cut_at_its_commas() -> None:
    text = "，".join(f"第{n}个晚上我又等了很久也没有任何消息" for n in "一二三四五六")
    assert all(len(piece) < 60 for piece in pieces(text)[1:])
    assert len(pieces(text)) > 2


def test_the_ends_of_a_very_long_story_are_kept() -> None:
    sentences = [f"This is what happened to me on day number {n} of that year." for n in range(40)]
    found = pieces(" ".join(sentences).lower())
    assert len(found) == MOST + 1
    assert "day number 0 " in found[1]
    assert "day number 39 " in found[-1]


@given(st.text() | st.text("啊我提现. ,，。?？\nabc "))
def test_pieces_are_parts_of_the_text(text: str) -> None:
    found = pieces(text)
    assert found[0] == text
    assert len(found) <= MOST + 1
    for piece in found[1:]:
        assert piece.strip()
        assert "".join(piece.split()) in "".join(text.split())
