import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text import detect_language
from server.engine.safety import Screened, SecretKind, screen
from server.engine.safety.folding import fold
from server.engine.safety.gate import MARKS
from server.engine.safety.words import english_words, han_characters
from tests.engine.safety.makers import card, extended, hex_key, keystore, mnemonic, pair, wif

SECRETS = {
    SecretKind.MNEMONIC: " ".join(mnemonic(1)),
    SecretKind.PRIVATE_KEY: wif(1),
    SecretKind.EXTENDED_KEY: extended(1),
    SecretKind.KEYSTORE: keystore(1),
    SecretKind.CARD: card(1, "4", 16),
    SecretKind.PASSWORD: "password: hunter2",
    SecretKind.VERIFICATION_CODE: "otp 482913",
}
PIECES = [
    *SECRETS.values(),
    *(mark for marks in MARKS.values() for mark in marks.values()),
    hex_key(1),
    hex_key(2),
    pair(1),
    "".join(mnemonic(1, 12, "chinese_simplified")),
    " ".join(mnemonic(2, 24, "chinese_traditional")),
    *'tx hash 私钥 密码是 验证码 password pin code is 是 : = " “ ” [ ] { } \n \u200b , 。 或 or'.split(
        " "
    ),
    "abandon",
    "的",
    "一",
    "0x",
    "4111",
    "hunter2",
    "1234",
    "助记词",
    "seed phrase",
]


@pytest.mark.parametrize("kind", SecretKind)
def test_each_kind_is_named_and_marked_in_the_language_of_the_text(kind: SecretKind) -> None:
    secret = SECRETS[kind]

    english = screen(f"Can you please tell me what is wrong with this one here: {secret}")
    chinese = screen(f"请帮我看一下这个东西到底是怎么回事，谢谢你们了：\n{secret}")

    assert english.kinds == chinese.kinds == (kind,)
    assert MARKS["en"][kind] in english.text
    assert MARKS["zh"][kind] in chinese.text
    assert detect_language(english.text) == "en"
    assert detect_language(chinese.text) == "zh"


def test_a_mark_alone_keeps_the_language() -> None:
    assert detect_language(screen(" ".join(mnemonic(3))).text) == "en"
    assert detect_language(screen(" ".join(mnemonic(3, 12, "chinese_simplified"))).text) == "zh"


def test_kinds_come_once_each_in_their_order() -> None:
    text = f"{card(1, '4', 16)}; {wif(1)}; {card(2, '51', 16)}"

    assert screen(text).kinds == (SecretKind.CARD, SecretKind.PRIVATE_KEY)


def test_what_is_returned_holds_nothing_of_the_secret() -> None:
    key = wif(4)
    screened = screen(f"import {key} please")

    assert key[:8] not in repr(screened)
    assert key[:8] not in repr(fold(key))
    assert screened.blocked
    with pytest.raises(FrozenInstanceError):
        screened.text = ""  # type: ignore[misc]  # that it cannot be is what is tested


def test_text_that_is_no_text_is_refused_without_being_told() -> None:
    with pytest.raises(AttributeError) as failure:
        screen(wif(5).encode())  # type: ignore[arg-type]  # that it is refused is what is tested

    assert wif(5)[:8] not in str(failure.value)


@given(st.text(max_size=300))
def test_any_text_is_screened_and_screening_it_again_changes_nothing(text: str) -> None:
    screened = screen(text)

    assert screen(screened.text).text == screened.text
    assert screened.blocked == (screened.text != text)


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " ", "\n", ", "]))
@example([hex_key(1), "私钥", "hash", hex_key(2)], " ")
def test_any_mixture_is_screened_and_screening_it_again_changes_nothing(
    pieces: list[str], between: str
) -> None:
    text = between.join(pieces)
    screened = screen(text)

    assert screen(screened.text) == Screened(screened.text, ())


@given(st.text(max_size=60), st.sampled_from(sorted(SECRETS)), st.text(max_size=60))
def test_no_text_around_it_hides_an_extended_key(before: str, kind: str, after: str) -> None:
    key = extended(7)

    assert key[4:] not in screen(f"{before} {key} {after}").text


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "a",
        "1",
        "4111 ",
        "的",
        "密码是",
        "助记词是",
        "password is ",
        'password is "',
        "password for my ",
        "code ",
        "a1b2",
        "ab ",
        "c4c4 ",
        "5HJ",
        "1,",
        "123,",
        "{",
        '"salt":"aaaaaaaaaaaaaaaaaaaa",',
        "-----BEGIN PRIVATE KEY-----",
        "[mnemonic removed]",
        "test ",
        "you that this what ",
        "abandon",
        "的 ",
        "\u200b",
        "\u0301",
        "ﷺ",
        "私钥",
    ],
)
def test_long_repetitions_come_to_an_end(piece: str) -> None:
    text = piece * (20_000 // len(piece))

    assert screen(screen(text).text).text == screen(text).text


def test_long_random_texts_come_to_an_end() -> None:
    rng = random.Random(0)
    for alphabet, between in (
        (sorted(english_words()), " "),
        (sorted(han_characters()), ""),
        ("0123456789abcdef", ""),
        ("0123456789 -", ""),
        ("abc {}[]\"':=\n", ""),
    ):
        screened = screen(between.join(rng.choices(alphabet, k=5000)))
        assert screen(screened.text).text == screened.text


def test_a_secret_at_the_end_of_a_long_text_is_found() -> None:
    words = mnemonic(9)
    text = "How long does a withdrawal take when the network is busy? " * 1500 + " ".join(words)

    screened = screen(text)

    assert screened.kinds == (SecretKind.MNEMONIC,)
    assert words[5] + " " + words[6] not in screened.text


def test_threads_see_the_same() -> None:
    texts = [f"{secret} {place}" for place in range(8) for secret in SECRETS.values()]
    expected = [screen(text) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(screen, texts)) == expected
