"""Networks, hashes and addresses are read from a text; secrets never are."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.desk import bech32
from server.desk.extraction import Address, Checksum, Extracted, extract
from server.engine.safety import screen
from tests.engine.safety import makers

# The specifications' own examples (EIP-55, BIP-173, BIP-350), the first coin's address, and the
# contracts of well-known coins.
_EVM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
_TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
_LEGACY = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
_SCRIPT = "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"
_SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
_TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
_SOLANA = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
_FORMATS = {
    _EVM: "evm",
    _TRON: "tron",
    _LEGACY: "bitcoin",
    _SCRIPT: "bitcoin",
    _SEGWIT: "bitcoin",
    _TAPROOT: "bitcoin",
    _SEGWIT.upper(): "bitcoin",
}


@pytest.mark.parametrize(
    "form", ["{}", "地址是{}，谢谢", "to {}.", "https://scan.example/address/{}", "Ａ {}"]
)
@pytest.mark.parametrize("address", _FORMATS)
def test_addresses_with_a_checksum(address: str, form: str) -> None:
    found = extract(form.format(address)).addresses
    assert found == (Address(address, _FORMATS[address], Checksum.VALID),)


@pytest.mark.parametrize("address", _FORMATS)
def test_a_mistyped_address_is_told_as_wrong(address: str) -> None:
    last = address[-1]
    other = next(
        c for c in ("7" if address.isupper() else "7qA8") if c != last and c.lower() != last.lower()
    )
    (found,) = extract(address[:-1] + other).addresses
    assert found.checksum is Checksum.WRONG


@pytest.mark.parametrize("form", [str.lower, lambda a: "0x" + a[2:].upper()])
def test_an_evm_address_without_capitals_has_no_checksum(form: object) -> None:
    assert callable(form)
    (found,) = extract(form(_EVM)).addresses
    assert found.checksum is Checksum.NONE


@pytest.mark.parametrize(
    "address",
    [
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_the_examples_of_eip_55(address: str) -> None:
    (found,) = extract(address).addresses
    assert found.checksum is Checksum.VALID
    (swapped,) = extract("0x" + address[2:].swapcase()).addresses
    assert swapped.checksum is Checksum.WRONG


def test_solana_has_no_checksum() -> None:
    assert extract(f"mint {_SOLANA}").addresses == (Address(_SOLANA, "solana", Checksum.NONE),)


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        # BIP-350: valid
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", True),
        ("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", True),
        ("BC1SW50QGDZ25J", True),
        ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", True),
        # BIP-350: another checksum for the version, mixed case, sizes, padding
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", False),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", False),
        ("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", False),
        ("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", False),
        ("bc1pw5dgrnzv", False),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", False),
        ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", False),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", False),
        ("bc1gmk9yu", False),
        ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", False),
        ("bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", False),
    ],
)
def test_bech32(address: str, valid: bool) -> None:
    assert bech32.is_valid(address) is valid


@pytest.mark.parametrize(
    "value", ["0x" + makers.hex_key(3), makers.hex_key(4), makers.hex_key(5).upper()]
)
def test_hashes(value: str) -> None:
    text = f"TRC20 充值没到账，交易哈希：{value}"
    assert screen(text).text == text
    found = extract(text)
    assert found.transaction_hashes == (value,)
    assert found.addresses == ()
    assert found.chains == ("tron",)


def test_a_solana_signature_is_a_hash() -> None:
    signature = makers.pair(1)
    text = f"transaction signature {signature}"
    assert extract(screen(text).text).transaction_hashes == (signature,)


@pytest.mark.parametrize(
    ("text", "chains"),
    [
        ("从以太坊跨链到 BNB智能链", {"ethereum", "bsc"}),
        ("USDT-TRC20", {"tron"}),
        ("trc20 和 erc-20", {"tron", "ethereum"}),
        ("Polygon bridge to Arbitrum", {"polygon", "arbitrum"}),
        ("electronic", set()),
        ("ETH and USDT are coins", set()),
        (_LEGACY, {"bitcoin"}),
        (_EVM, set()),
        ("在 Base链 上", {"base"}),
        ("based on", set()),
    ],
)
def test_networks(text: str, chains: set[str]) -> None:
    assert set(extract(text).chains) == chains


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好",
        "x" * 40,
        "1" * 40,
        "0x1234",
        "A" * 44,
        "a phone 13800138000 and https://example.com/path",
    ],
)
def test_nothing_where_nothing_is(text: str) -> None:
    assert extract(text) == Extracted()


def test_each_is_told_once_in_order() -> None:
    text = f"{_TRON} {_EVM} {_TRON}"
    assert [address.text for address in extract(text).addresses] == [_TRON, _EVM]


_SECRETS = {
    "hex": makers.hex_key,
    "0x": lambda seed: "0x" + makers.hex_key(seed),
    "wif": makers.wif,
    "wif, old": lambda seed: makers.wif(seed, compressed=False),
    "xprv": makers.extended,
    "pair": makers.pair,
    "keystore": makers.keystore,
}
_AROUND = (
    "{}",
    "私钥 {}",
    "my private key is {} help",
    "转账失败 {}",
    "密钥：{} 提现没到账",
    "import {}",
)


@given(st.sampled_from(sorted(_SECRETS)), st.integers(0, 10_000), st.sampled_from(_AROUND))
def test_a_secret_is_never_taken_for_anything(kind: str, seed: int, around: str) -> None:
    secret = _SECRETS[kind](seed)
    found = extract(screen(around.format(secret)).text)
    taken = [*found.transaction_hashes, *(address.text for address in found.addresses)]
    assert not [value for value in taken if value in secret or secret in value]


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    found = extract(text)
    assert set(found.chains) <= {
        "ethereum", "tron", "bsc", "bitcoin", "polygon", "arbitrum", "optimism", "base", "avalanche", "solana",
    }  # fmt: skip


@given(st.integers(0, 1_000_000))
def test_bitcoin_addresses_of_any_hash_hold(seed: int) -> None:
    payload = random.Random(seed).randbytes(20)
    for version, format_ in ((b"\0", "bitcoin"), (b"\5", "bitcoin"), (b"\x41", "tron")):
        (found,) = extract(makers.base58check(version + payload)).addresses
        assert (found.format, found.checksum) == (format_, Checksum.VALID)
