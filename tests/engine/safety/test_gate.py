"""No secret passes the gate, and ordinary questions do, unchanged."""

import random
from itertools import pairwise

import pytest
from mnemonic import Mnemonic

from server.engine.safety import SecretKind, screen

LANGUAGES = ("english", "chinese_simplified", "chinese_traditional")


def phrases() -> list[str]:
    rng = random.Random(20261123)
    return [
        Mnemonic(language).to_mnemonic(rng.randbytes(strength // 8))
        for language in LANGUAGES
        for strength in (128, 160, 192, 224, 256)
        for _ in range(3)
    ]


@pytest.mark.parametrize("phrase", phrases())
def test_mnemonics_go(phrase: str) -> None:
    words = phrase.replace("\u3000", " ").split()
    numbered = "\n".join(f"{n}. {word}" for n, word in enumerate(words, 1))
    for text in (" ".join(words), numbered):
        screened = screen(text)
        assert screened.kinds == (SecretKind.MNEMONIC,)
        assert not any(" ".join(pair) in screened.text for pair in pairwise(words))
        assert screen(screened.text).text == screened.text


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("my private key is 0x" + "4f3c2a1b9d8e7f60" * 4, "4f3c2a1b", SecretKind.PRIVATE_KEY),
        ("支付密码是abc12345", "abc12345", SecretKind.PASSWORD),
        ("my password is hunter2", "hunter2", SecretKind.PASSWORD),
        ("验证码 482913", "482913", SecretKind.VERIFICATION_CODE),
        ("card 4111 1111 1111 1111", "1111 1111", SecretKind.CARD),
    ],
)
def test_other_secrets_go(text: str, secret: str, kind: SecretKind) -> None:
    screened = screen(text)
    assert kind in screened.kinds
    assert secret not in screened.text


@pytest.mark.parametrize(
    "text",
    [
        "提现没有到账怎么办",
        "my withdrawal never arrived, what can I do?",
        "密码是什么",
        "my password is wrong",
        "验证码收不到",
        "error code 500",
        "tx hash 0x" + "4f3c2a1b9d8e7f60" * 4 + " is pending",
        "my address 0x52908400098527886E0F7030069857D2E4169EE7",
    ],
)
def test_public_things_stay(text: str) -> None:
    assert screen(text).text == text
