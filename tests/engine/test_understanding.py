from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Lang
from indexer.spelling import Spelling
from server.engine.correction import Correction
from server.engine.understanding import Understanding, Understood
from tests.engine.centre import LEXICON, SETTINGS

SPELLING = Spelling({"提现": 9, "助记词": 9, "没到账": 5}, {"withdrawal": 9, "tpwallet": 9})
UNDERSTANDING = Understanding({"lexicon": asdict(LEXICON), "settings": SETTINGS}, SPELLING)


def understand(text: str, lang: Lang | None = None, product: str | None = None) -> Understood:
    return UNDERSTANDING.understand(text, lang, product)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("提现没到账怎么办", "zh"),
        ("How long does it take?", "en"),
        ("gas费不够", "zh"),
        ("what is 助记词", "en"),
        # What shows no language is answered in the help centre's own.
        ("0x12345 ???", "zh"),
    ],
)
def test_the_language_is_that_of_the_question(text: str, lang: Lang) -> None:
    assert understand(text).lang == lang


def test_a_text_that_shows_no_language_is_in_that_of_its_page() -> None:
    assert understand("提现没到账", lang="en").lang == "zh"
    assert understand("where is it", lang="zh").lang == "en"
    assert understand("0x12345", lang="zh").lang == "zh"
    assert understand("0x12345", lang="en").lang == "en"


def test_pinyin_is_a_chinese_question() -> None:
    understood = understand("tixian mei daozhang")
    assert understood.lang == "zh"
    assert "提现" in understood.tokens


def test_a_help_centre_without_settings_speaks_english() -> None:
    assert Understanding({}, SPELLING).understand("???", None, None).lang == "en"


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("TPWallet怎么用", "tpwallet"),
        ("tp wallet fees", "tpwallet"),
        ("TP錢包的客服", "tpwallet"),
        ("ＴＰ钱包", "tpwallet"),
        ("my tpwalet is empty", "tpwallet"),
        ("does IM Wallet cost anything", "imwallet"),
        ("im钱包几点上班", "imwallet"),
        ("IMWallet", "imwallet"),
        # Both are named: it may be about either.
        ("TPWallet和IM钱包哪个好", None),
        # A name inside of another word names nothing.
        ("what is http", None),
        ("ftp钱包", None),
        ("im钱包s", "imwallet"),
        ("wallet", None),
        ("", None),
    ],
)
def test_a_product_is_the_one_named(text: str, product: str | None) -> None:
    assert understand(text).product == product


def test_the_product_asked_for_outweighs_the_one_named() -> None:
    assert understand("TPWallet fees", product="imwallet").product == "imwallet"


def test_names_count_in_a_help_centre_whose_articles_do_not_use_them() -> None:
    bare = Understanding({"settings": SETTINGS}, Spelling({}, {"ewallet": 5, "impale": 9}))
    assert bare.understand("tpwallet imwallet", None, None).text == "tpwallet imwallet"
    assert bare.understand("tpwallet", None, None).product == "tpwallet"


def test_tokens_are_the_questions_own_words() -> None:
    understood = understand("提现 withdrawals")
    assert understood.tokens == {"提现": 1.0, "withdraw": 1.0}


def test_synonyms_count_less_than_the_words_used() -> None:
    understood = understand("提现")
    assert understood.expanded["提现"] == 1.0
    assert 0 < understood.expanded["提币"] < 1
    assert "提币" not in understood.tokens


def test_a_word_that_is_used_is_no_mere_synonym_of_another() -> None:
    understood = understand("提现还是提币")
    assert understood.expanded["提现"] == understood.expanded["提币"] == 1.0


def test_corrections_are_told() -> None:
    understood = understand("withdrawl 助记次")
    assert understood.text == "withdrawal 助记词"
    expected = (Correction("withdrawl", "withdrawal"), Correction("助记次", "助记词"))
    assert understood.corrections == expected


def test_terms_of_the_lexicon_are_spelt_right() -> None:
    for term in ("cold wallet", "冷钱包", "matic", "gas费"):
        assert understand(term).corrections == ()


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "我要轉人工！",
        "请帮我转人工，提现没到账",
        "人工",
        "人工客服",
        "客服？",
        "Human",
        "AGENT!",
        "operator",
        "human agent please",
        "I want to talk to a human",
        "let me speak to someone",
        # Those of the help centre itself.
        "换个人来",
        "換個人來",
        "No more bot!",
    ],
)
def test_who_asks_for_a_human_is_heard(text: str) -> None:
    assert understand(text).wants_human


@pytest.mark.parametrize(
    "text",
    [
        "",
        "???",
        "人工客服几点上班",
        "TPWallet的客服在哪里",
        "how do I contact support",
        "is my agent fee refunded",
        "operators of the network",
        "humane society",
        "提现没到账",
    ],
)
def test_a_question_about_support_is_a_question(text: str) -> None:
    assert not understand(text).wants_human


@given(st.text() | st.text("提现助记词转人工 TPwalet tixian"))
def test_any_text_can_be_understood(text: str) -> None:
    understood = understand(text)
    assert understood.tokens.keys() <= understood.expanded.keys()
    assert all(0 < weight <= 1 for weight in understood.expanded.values())
    assert understood.lang in {"zh", "en"}
    # Nothing else is known of a text than what is in its normal form.
    assert understand(understood.text, understood.lang).tokens == understood.tokens


@given(st.text("提現助記詞ＴＰwallet Gas HUMAN"))
def test_case_width_and_script_make_no_difference(text: str) -> None:
    assert understand(text.upper()) == understand(text.lower())


# --- Urgency, pieces, follow-ups


def test_the_words_of_urgent_rules_tell_that_money_is_at_stake() -> None:
    assert understand("我的币被盗了").urgent
    assert understand("My coins were STOLEN").urgent
    assert not understand("转账很慢").urgent


def test_a_long_question_comes_in_pieces() -> None:
    assert understand("提现没到账").pieces == ("提现没到账",)
    story = understand(
        "我昨天买了很多东西花了不少钱心情不好。今天转账一直没有到账我很着急怎么办呢?" * 2
    )
    assert story.pieces[0] == story.text
    assert len(story.pieces) > 1


def test_a_follow_up_names_its_own_product() -> None:
    assert UNDERSTANDING.together("TPWallet 几点上班", "那周末呢") == "tpwallet 几点上班 那周末呢"
    together = UNDERSTANDING.together("TPWallet 几点上班", "那IM钱包呢")
    assert "tpwallet" not in together
    assert UNDERSTANDING.understand(together).product == "imwallet"
