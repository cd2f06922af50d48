"""What agents would otherwise copy by hand: networks, transaction hashes and addresses in a text.

Formats: EIP-55 (Ethereum addresses, the same on every EVM network), Base58Check (Bitcoin and TRON),
BIP-173 and BIP-350 (Bitcoin), base58 of 32 and 64 bytes (Solana addresses and signatures).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from Crypto.Hash import keccak

from indexer.text import normalise
from server.desk import bech32
from server.engine.phrases import contains
from server.engine.safety import base58

# Names that mean the network itself. A coin's name is none: ETH and USDT are on many.
_CHAINS: dict[str, tuple[str, ...]] = {
    "ethereum": ("以太坊", "erc20", "erc-20", "ethereum", "eth链", "eth主网", "eth network"),
    "tron": ("波场", "trc20", "trc-20", "tron", "trx链", "trx network"),
    "bsc": (
        "币安智能链",
        "bnb智能链",
        "bnb链",
        "币安链",
        "bep20",
        "bep-20",
        "bsc",
        "bnb chain",
        "bnb smart chain",
        "binance smart chain",
    ),
    "bitcoin": ("比特币", "btc", "bitcoin"),
    "polygon": ("polygon", "matic"),
    "arbitrum": ("arbitrum",),
    "optimism": ("optimism", "op链", "op mainnet"),
    "base": ("base链", "base主网", "base network", "base chain"),
    "avalanche": ("雪崩", "avalanche", "avax"),
    "solana": ("solana", "sol链", "sol network"),
}

_B58 = f"[{base58.ALPHABET}]"
_ALONE = "(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
_HASH = re.compile(_ALONE.format("(?:0x)?[0-9a-fA-F]{64}"))
_EVM = re.compile(_ALONE.format("0x[0-9a-fA-F]{40}"))
_TRON = re.compile(_ALONE.format(f"T{_B58}{{33}}"))
_BITCOIN = re.compile(_ALONE.format(f"[13]{_B58}{{25,33}}"))
_SEGWIT = re.compile(_ALONE.format("(?:bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71})"))
_SOLANA = re.compile(_ALONE.format(f"{_B58}{{32,44}}"))
_SOLANA_BYTES = 32
_SIGNATURE = re.compile(_ALONE.format(f"{_B58}{{86,88}}"))
_SIGNATURE_BYTES = 64
# The version byte in front of what the address stands for.
_TRON_VERSION = 0x41
_BITCOIN_VERSIONS = (0x00, 0x05)
_HASH160 = 21  # bytes of a version and a hash of 160 bits


class Checksum(StrEnum):
    """Whether an address holds together; a wrong one was mistyped or cut off."""

    VALID = "valid"
    NONE = "none"  # the address, or its way of writing, has none
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it was written; `format` is evm, tron, bitcoin or solana."""

    text: str
    format: str
    checksum: Checksum


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was found, each once, hashes and addresses in the order of the text.

    `chains` are the networks that are named, or that an address can only belong to: ethereum, tron,
    bsc, bitcoin, polygon, arbitrum, optimism, base, avalanche, solana.
    """

    chains: tuple[str, ...] = ()
    transaction_hashes: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()


def extract(text: str) -> Extracted:
    """Return what can be read from `text`, which the safety gate has screened.

    A private key looks like a transaction hash: only the gate can tell, and takes it out.
    """
    text = unicodedata.normalize("NFKC", text)
    found = sorted({*_hashes(text)})
    addresses = [address for _, address in sorted(_addresses(text), key=lambda each: each[0])]
    named = normalise(text)
    only = {a.format for a in addresses if a.checksum is not Checksum.WRONG}
    return Extracted(
        chains=tuple(
            chain
            for chain, names in _CHAINS.items()
            if chain in only or any(contains(named, name) for name in names)
        ),
        transaction_hashes=tuple(dict.fromkeys(value for _, value in found)),
        addresses=tuple(dict.fromkeys(addresses)),
    )


def _hashes(text: str) -> Iterator[tuple[int, str]]:
    for match in _HASH.finditer(text):
        yield match.start(), match.group()
    for match in _SIGNATURE.finditer(text):
        if len(base58.decode(match.group()) or b"") == _SIGNATURE_BYTES:
            yield match.start(), match.group()


def _addresses(text: str) -> Iterator[tuple[int, Address]]:
    for match in _EVM.finditer(text):
        yield match.start(), Address(match.group(), "evm", _evm_checksum(match.group()))
    for match in _TRON.finditer(text):
        checksum = _base58_checksum(match.group(), (_TRON_VERSION,))
        yield match.start(), Address(match.group(), "tron", checksum)
    for match in _BITCOIN.finditer(text):
        if _is_drawn(match.group()):
            checksum = _base58_checksum(match.group(), _BITCOIN_VERSIONS)
            yield match.start(), Address(match.group(), "bitcoin", checksum)
    for match in _SEGWIT.finditer(text):
        checksum = Checksum.VALID if bech32.is_valid(match.group()) else Checksum.WRONG
        yield match.start(), Address(match.group(), "bitcoin", checksum)
    for match in _SOLANA.finditer(text):
        decoded = base58.decode(match.group()) or b""
        if _is_drawn(match.group()) and len(decoded) == _SOLANA_BYTES:
            yield match.start(), Address(match.group(), "solana", Checksum.NONE)


def _is_drawn(text: str) -> bool:
    """Tell base58 digits from a number and from a long word."""
    return (
        any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text))
    )


def _base58_checksum(address: str, versions: tuple[int, ...]) -> Checksum:
    payload = base58.decode_check(address) or b""
    right = len(payload) == _HASH160 and payload[0] in versions
    return Checksum.VALID if right else Checksum.WRONG


def _evm_checksum(address: str) -> Checksum:
    """Check the capitals of an address: by EIP-55 they stand where its Keccak hash has 8 to f."""
    digits = address.removeprefix("0x")
    if digits in (digits.lower(), digits.upper()):
        return Checksum.NONE
    digest = keccak.new(digest_bits=256, data=digits.lower().encode()).hexdigest()
    right = "".join(
        digit.upper() if int(mask, 16) >= 8 else digit
        for digit, mask in zip(digits.lower(), digest, strict=False)
    )
    return Checksum.VALID if digits == right else Checksum.WRONG
