"""Long articles, as messy as they come, are cut where a person would cut them."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.longform import cut


def headings(text: str) -> list[str]:
    return [section.heading for section in cut(text).sections]


def test_markdown_headings() -> None:
    text = "# 钱包\n\n先说明。\n\n## 如何备份?\n抄在纸上。\n\n##怎么恢复?\n输入助记词。\n"
    assert cut(text).title == "钱包"
    assert headings(text) == ["钱包", "如何备份?", "怎么恢复?"]


def test_a_question_in_mid_line_ends_at_its_mark() -> None:
    text = "介绍一下手续费。\n### 手续费是什么?它付给网络的矿工,和钱包无关。\n"
    assert "手续费是什么?" in headings(text)


def test_bullets_stay_in_their_section() -> None:
    text = "# 备份\n\n## 要准备什么?\n- 一支笔\n- 一张纸\n- 一个安静的地方\n"
    (section,) = [s for s in cut(text).sections if s.heading == "要准备什么?"]
    assert all(item in section.text for item in ("一支笔", "一张纸", "一个安静的地方"))


def test_a_list_of_questions_is_answered_by_the_blank_headings_below() -> None:
    text = (
        "### 可能相关的问题 1. 如何降低矿工费? 2. 转账要等多久?\n"
        "###降低矿工费的办法是避开高峰,在网络空闲的时候再转账,这样可以省下不少。\n"
        "###转账的时间取决于网络是否拥堵,通常几分钟就能到账,拥堵时会更久一些。\n"
    )
    found = {section.heading: section.text for section in cut(text).sections}
    assert "避开高峰" in found["如何降低矿工费?"]
    assert "几分钟" in found["转账要等多久?"]


@given(st.text())
def test_any_text_is_cut(text: str) -> None:
    assert cut(text) == cut(text)
