import random
from collections.abc import Callable

import pytest

from server.engine.safety import SecretKind, screen
from tests.engine.safety.makers import (
    EXTENDED,
    address,
    assert_gone,
    base58,
    base58check,
    extended,
    hex_key,
    pair,
    wif,
)

KEY = SecretKind.PRIVATE_KEY


def chunks(text: str, size: int, between: str) -> str:
    return between.join(text[at : at + size] for at in range(0, len(text), size))


HEX: dict[str, Callable[[str], str]] = {
    "bare": str,
    "prefixed": lambda key: "0x" + key,
    "upper case": str.upper,
    "upper case, prefixed": lambda key: "0X" + key.upper(),
    "labelled": lambda key: "my private key is " + key,
    "labelled, glued": lambda key: "私钥" + key,
    "quoted": lambda key: f'"{key}"',
    "key=value": lambda key: f"PRIVATE_KEY={key}",
    "glued to a word": lambda key: f"key0x{key}thanks",
    "two lines": lambda key: key[:40] + "\n" + key[40:],
    "four lines": lambda key: chunks(key, 16, "\r\n"),
    "groups of four": lambda key: chunks(key, 4, " "),
    "groups of eight": lambda key: chunks(key, 8, "-"),
    "bytes": lambda key: chunks(key, 2, " "),
    "bytes with colons": lambda key: chunks(key, 2, ":"),
    "a list of bytes": lambda key: ", ".join("0x" + key[at : at + 2] for at in range(0, 64, 2)),
    "digits apart": " ".join,
    "zero width": "\u200b".join,
    "full width": lambda key: "".join(chr(ord(each) + 0xFEE0) for each in key),
    "a digit lost": lambda key: key[:30] + key[31:],
    "a digit too many": lambda key: key[:30] + "a" + key[30:],
    "imported": lambda key: f"I import {key} but no transaction shows",
    "in Chinese": lambda key: f"导入 0x{key} 以后余额为什么是零",
    "last word nearest": lambda key: f"the transaction failed so here is the key {key}",
    "exchange is no transaction": lambda key: f"交易所让我发 {key}",
    "said of it": lambda key: f"transaction 0x{key} is my private key",
    "said of it in Chinese": lambda key: f"交易失败了，0x{key} 这个是私钥",
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("style", HEX)
def test_a_hexadecimal_key_is_removed(style: str, seed: int) -> None:
    key = hex_key(seed)

    assert_gone(HEX[style](key), key, KEY)


@pytest.mark.parametrize(
    "text",
    [
        "tx {}",
        "TxHash: 0x{}",
        "txid={}",
        "my transaction 0x{} is stuck",
        "transaction hash {} pending for two days",
        "https://etherscan.io/tx/0x{}",
        "看一下 https://tronscan.org/#/transaction/{} 为什么没到账",
        "https://mempool.space/block/{}",
        "交易哈希 0x{} 一直没到账",
        "哈希：{}",
        "这笔交易 {} 什么时候确认",
        "区块 0x{} 里有我的转账吗",
        "0x{} 这个交易卡住了",
        "0x{} is the hash",
        "I imported my wallet, then sent it, tx hash 0x{}",
        "我导入了私钥，但是这笔交易一直没到账：0x{}",
        "the sha256 of the installer is {}",
        "public key {}",
        "交易所提现，哈希值 {}",
    ],
)
def test_the_hash_of_a_transaction_stays(text: str) -> None:
    text = text.format(hex_key(1))

    assert screen(text).text == text


def test_of_a_hash_and_a_key_the_key_is_removed() -> None:
    one, other = hex_key(1), hex_key(2)

    for text in (
        f"tx hash 0x{one}, private key 0x{other}",
        f"private key 0x{other}, tx hash 0x{one}",
        f"哈希 {one} 私钥是 {other}",
        f"私钥 {other}\n哈希 {one}",
    ):
        screened = assert_gone(text, other, KEY)
        assert one in screened.text


def test_two_wrapped_keys_are_removed() -> None:
    one, other = hex_key(3), hex_key(4)

    assert_gone(chunks(one + other, 32, "\n"), one + other, KEY)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("version", [0x80, 0xEF])
@pytest.mark.parametrize("compressed", [True, False])
def test_a_key_in_wallet_import_format_is_removed(
    seed: int, version: int, compressed: bool
) -> None:
    key = wif(seed, version=version, compressed=compressed)

    assert_gone(f"here: {key} ok", key, KEY)
    assert_gone(f"我的私钥是{key}，怎么导入", key, KEY)
    assert_gone(chunks(key, 4, " "), key, KEY)
    assert_gone(chunks(key, 26, "\n"), key, KEY)
    assert_gone("\u200b".join(key), key, KEY)


def test_a_mistyped_key_in_wallet_import_format_is_removed() -> None:
    key = wif(1)
    key = key[:20] + ("a" if key[20] != "a" else "b") + key[21:]

    assert_gone(key, key, KEY)


def test_an_encrypted_key_is_removed() -> None:
    key = base58check(b"\x01\x42" + random.Random(1).randbytes(37))
    assert key.startswith("6P")

    assert_gone("bip38 " + key, key, KEY)


@pytest.mark.parametrize("prefix", [name for name in EXTENDED if name.endswith("prv")])
@pytest.mark.parametrize("seed", range(3))
def test_an_extended_private_key_is_removed(prefix: str, seed: int) -> None:
    key = extended(seed, prefix)
    assert key.startswith(prefix)

    kind = SecretKind.EXTENDED_KEY
    assert_gone(f"what is {key}?", key, kind)
    assert_gone(f"{key[:60]}\n{key[60:]}", key, kind)
    assert_gone(chunks(key, 37, " "), key, kind)
    assert_gone(key[:70], key[:70], kind)
    screened = assert_gone(f"{key} what is this", key, kind)
    assert screened.text == "[extended key removed] what is this"


@pytest.mark.parametrize("seed", range(10))
def test_a_key_pair_in_base58_is_removed_and_a_signature_stays(seed: int) -> None:
    key = pair(seed)

    assert_gone(key, key, KEY)
    assert_gone(f"phantom 私钥 {key}", key, KEY)
    assert_gone(f"{key[:44]}\n{key[44:]}", key, KEY)
    for text in (f"https://solscan.io/tx/{key}", f"交易 {key} 失败", f"signature {key}"):
        assert screen(text).text == text


@pytest.mark.parametrize("size", [32, 64])
def test_a_list_of_bytes_is_removed(size: int) -> None:
    numbers = list(random.Random(size).randbytes(size))

    screened = screen(f"my key file: {numbers} is this right")

    assert screened.text == "my key file: [private key removed] is this right"
    assert screen("\n".join(f"  {n}," for n in numbers)).blocked
    assert screen("[" + ",".join(map(str, numbers[:30]))).blocked


def test_other_forms_of_private_keys_are_removed() -> None:
    rng = random.Random(5)
    bech32 = "".join(rng.choices("qpzry9x8gf2tvdw0s3jn54khce6mua7l", k=58))
    base32 = "S" + "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=55))
    body = base58(rng.randbytes(120))
    armoured = (
        f"-----BEGIN EC PRIVATE KEY-----\n{chunks(body, 64, chr(10))}\n-----END EC PRIVATE KEY-----"
    )

    assert_gone("nsec1" + bech32, bech32, KEY)
    assert_gone("NSEC1" + bech32.upper(), bech32.upper(), KEY)
    assert_gone("stellar " + base32, base32, KEY)
    assert_gone(f"see {armoured} ok", body, KEY)
    assert_gone(armoured[:100], armoured[40:100], KEY)


def test_whatever_is_called_a_private_key_and_is_long_is_removed() -> None:
    value = base58(random.Random(9).randbytes(40))

    assert_gone(f"private key: {value}", value, KEY)
    assert_gone(f"我的私钥是{value}", value, KEY)


@pytest.mark.parametrize(
    "public",
    [
        address(1),
        "bc1q" + "w508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        base58check(b"\x00" + random.Random(1).randbytes(20)),
        base58check(b"\x05" + random.Random(2).randbytes(20)),
        base58check(b"\x41" + random.Random(3).randbytes(20)),
        base58(random.Random(4).randbytes(32)),
        extended(1, "xpub"),
        extended(2, "zpub"),
        "02" + hex_key(1),
        "04" + hex_key(1) + hex_key(2),
        random.Random(6).randbytes(16).hex(),
        random.Random(7).randbytes(20).hex(),
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
@pytest.mark.parametrize(
    "text", ["{}", "send to {} please", "地址是{}，没到账", "私钥丢了，地址 {}"]
)
def test_what_is_public_stays(text: str, public: str) -> None:
    text = text.format(public)

    assert screen(text).text == text
