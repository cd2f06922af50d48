from dataclasses import asdict

from indexer.spelling import Spelling
from server.engine import Decision, Turn
from server.engine.reading import Asked, read
from server.engine.understanding import Understanding
from tests.engine.centre import LEXICON, SETTINGS

UNDERSTANDING = Understanding(
    {"lexicon": asdict(LEXICON), "settings": SETTINGS}, Spelling({"提现": 9}, {})
)
HOURS = Turn("TPWallet客服几点上班", Decision.ANSWER, "hours-tpwallet")


def asked(text: str, *turns: Turn, product: str | None = None) -> Asked:
    return read(UNDERSTANDING, text, None, product, turns)


def test_the_first_question_is_read_alone() -> None:
    first = asked("那周末呢")
    assert first.together is None
    assert first.readings == (first.alone,)


def test_what_goes_on_is_read_with_the_turn_before_and_weighs_half_of_it() -> None:
    further = asked("那周末呢", HOURS)
    assert further.leaning
    assert further.together is not None
    assert further.readings == (further.alone, further.together)
    assert further.together.text == "tpwallet客服几点上班 那周末呢"
    assert further.together.pieces == (further.together.text, "那周末呢")


def test_who_asked_about_one_product_goes_on_to() -> None:
    assert asked("那周末呢", HOURS).alone.product == "tpwallet"
    assert asked("那IM钱包周末呢", HOURS).alone.product == "imwallet"
    assert asked("那周末呢", HOURS, product="imwallet").alone.product == "imwallet"


def test_what_shows_no_sign_is_read_both_ways_and_is_of_no_product() -> None:
    for text in ("怎么赎回", "我的提现三天了还没有到账这个问题应该找谁处理"):
        further = asked(text, HOURS)
        assert not further.leaning
        assert further.alone.product is None
        assert further.readings == (further.alone, further.together)


def test_a_name_alone_asks_what_was_asked_before() -> None:
    named = asked("那IM钱包呢", HOURS)
    assert named.together is not None
    assert named.readings == (named.together,)
    assert named.together.pieces == (named.together.text,)
    assert named.together.product == "imwallet"


def test_a_story_is_read_alone() -> None:
    story = asked("我的提现三天了还没有到账，客服说等等看。" * 4, HOURS)
    assert story.readings == (story.alone,)


def test_a_secret_is_not_read_at_all() -> None:
    assert asked("abandon " * 11 + "about", HOURS).readings == ()


def test_a_secret_before_is_left_out() -> None:
    assert asked("那周末呢", Turn("abandon " * 11 + "about", Decision.HANDOFF)).together is None
