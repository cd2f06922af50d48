import pytest

from server.engine.safety import SecretKind, screen
from tests.engine.safety.makers import assert_gone, keystore

KIND = SecretKind.KEYSTORE


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("seed", range(8))
def test_a_keystore_is_removed_from_the_sentence_around_it(seed: int, indent: int | None) -> None:
    secret = keystore(seed, indent)

    assert screen(secret).text == "[keystore removed]"
    english = assert_gone(f"I have {secret} but forgot how to import it", secret, KIND)
    assert english.text == "I have [keystore removed] but forgot how to import it"
    chinese = assert_gone(f"怎么导入这个：{secret}，谢谢", secret, KIND)
    assert chinese.text == "怎么导入这个：[密钥文件已删除]，谢谢"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("share", [40, 60, 80, 99])
def test_a_keystore_that_is_cut_off_is_removed(share: int, indent: int | None) -> None:
    whole = keystore(1, indent)
    at = len(whole) * share // 100

    assert_gone("look: " + whole[:at], whole[:at], KIND)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_keystore_without_its_beginning_is_removed(indent: int | None) -> None:
    whole = keystore(2, indent)
    rest = whole[whole.index("ciphertext") - 1 :]

    assert_gone(rest, rest, KIND)


def test_other_writings_are_removed() -> None:
    whole = keystore(3)

    for text in (
        whole.replace('"', '\\"'),
        whole.replace('"', "'"),
        whole.replace('"', "“"),
        whole.replace('"', ""),
        whole.replace("crypto", "Crypto"),
        whole.upper(),
        '{ "wallet": [' + whole + "]}",
    ):
        assert_gone(text, text, KIND)


def test_the_vault_of_a_browser_wallet_is_removed() -> None:
    data = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="
    vault = f'{{"data":"{data}","iv":"EjRWeJCrze8SNFZ4kKvN7w==","salt":"q83vEjRWeJCrze8SNFZ4kA=="}}'

    assert_gone("restore " + vault, vault, KIND)


@pytest.mark.parametrize(
    "text",
    [
        "What do ciphertext, kdf and mac mean in a keystore file?",
        'the "crypto" field of my keystore has a "kdf" entry: scrypt or pbkdf2?',
        "keystore 文件里的 ciphertext 是什么",
        'the api answered {"error": {"code": 40001, "message": "insufficient funds"}}',
        "mac: 00:1B:44:11:3A:B7, what now",
        "crypto: is it safe? kdf: which one?",
    ],
)
def test_words_about_a_keystore_stay(text: str) -> None:
    assert screen(text).text == text
