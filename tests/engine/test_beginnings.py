"""The row of tokens."""

from server.engine.beginnings import TokenRow

ROW = TokenRow([["my", "wallet"], [], ["walk", "my", "", "wall"]])


def test_all_words_with_one_beginning_are_one_range() -> None:
    ranks = ROW.beginning("wal")
    assert [ROW.vocabulary[rank] for rank in ranks] == ["walk", "wall", "wallet"]
    assert sorted(ROW.places(ranks).tolist()) == [1, 4, 7]
    assert not ROW.beginning("walx")
    assert list(ROW.beginning("")) == list(range(len(ROW.vocabulary)))


def test_a_word_itself() -> None:
    assert ROW.places(ROW.exactly("my")).tolist() == [0, 5]
    assert not ROW.exactly("wal")
    assert not ROW.exactly("zoo")
    assert not ROW.exactly("")


def test_what_stands_at_a_place() -> None:
    places = ROW.places(ROW.beginning(""))
    assert ROW.holds(places, ROW.exactly("my")).sum() == 2
    assert len(ROW) == 9
