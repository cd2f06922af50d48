"""Secrets made up from fixed seeds, each valid and nobody's, and what to look for afterwards."""

import random
import re
import unicodedata
from hashlib import sha256
from itertools import pairwise

from mnemonic import Mnemonic

from server.engine.safety import Screened, SecretKind, screen

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
STRENGTHS = {12: 128, 15: 160, 18: 192, 21: 224, 24: 256}
LANGUAGES = ("english", "chinese_simplified", "chinese_traditional")


def mnemonic(seed: int, length: int = 12, language: str = "english") -> list[str]:
    """Return the words of a valid mnemonic."""
    entropy = random.Random(seed).randbytes(STRENGTHS[length] // 8)
    return Mnemonic(language).to_mnemonic(entropy).split()


def hex_key(seed: int) -> str:
    """Return 32 random bytes in hexadecimal digits."""
    return random.Random(f"hex {seed}").randbytes(32).hex()


def address(seed: int) -> str:
    """Return what an Ethereum address looks like."""
    return "0x" + random.Random(f"address {seed}").randbytes(20).hex()


def base58(data: bytes) -> str:
    """Return `data` in base58."""
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base58check(payload: bytes) -> str:
    """Return `payload` in base58 with its checksum."""
    return base58(payload + sha256(sha256(payload).digest()).digest()[:4])


def wif(seed: int, *, version: int = 0x80, compressed: bool = True) -> str:
    """Return a private key in wallet import format."""
    key = random.Random(f"wif {seed}").randbytes(32)
    return base58check(bytes([version]) + key + b"\1" * compressed)


# SLIP-132: the version bytes of extended private keys, and of two public ones.
EXTENDED = {
    "xprv": 0x0488ADE4,
    "yprv": 0x049D7878,
    "zprv": 0x04B2430C,
    "tprv": 0x04358394,
    "xpub": 0x0488B21E,
    "zpub": 0x04B24746,
}


def extended(seed: int, prefix: str = "xprv") -> str:
    """Return an extended key."""
    rest = random.Random(f"extended {seed}").randbytes(41)
    key = random.Random(f"extended key {seed}").randbytes(32)
    lead = b"\0" if prefix.endswith("prv") else b"\2"
    return base58check(EXTENDED[prefix].to_bytes(4, "big") + rest + lead + key)


def pair(seed: int) -> str:
    """Return 64 random bytes in base58: a Solana key pair, or a signature."""
    return base58(random.Random(f"pair {seed}").randbytes(64))


def keystore(seed: int, indent: int | None = None) -> str:
    """Return a keystore file."""
    import json

    rng = random.Random(f"keystore {seed}")
    return json.dumps(
        {
            "version": 3,
            "id": f"{rng.randbytes(4).hex()}-{rng.randbytes(2).hex()}-4000-8000-{rng.randbytes(6).hex()}",
            "address": rng.randbytes(20).hex(),
            "crypto": {
                "ciphertext": rng.randbytes(32).hex(),
                "cipherparams": {"iv": rng.randbytes(16).hex()},
                "cipher": "aes-128-ctr",
                "kdf": "scrypt",
                "kdfparams": {
                    "dklen": 32,
                    "salt": rng.randbytes(32).hex(),
                    "n": 262144,
                    "r": 8,
                    "p": 1,
                },
                "mac": rng.randbytes(32).hex(),
            },
        },
        indent=indent,
    )


def card(seed: int, prefix: str, length: int) -> str:
    """Return a card number with a right check digit."""
    rng = random.Random(f"card {seed} {prefix} {length}")
    digits = prefix + "".join(rng.choices("0123456789", k=length - len(prefix) - 1))
    total = sum(
        sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit)
        for place, digit in enumerate(reversed(digits))
    )
    return digits + str(-total % 10)


def _plain(text: str) -> str:
    """Return the letters, figures and characters of `text` alone, full width undone."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(re.findall(r"[^\W_]+", folded))


def assert_gone(text: str, secret: str, kind: SecretKind) -> Screened:
    """Screen `text` and check that not eight characters of `secret` in a row are left."""
    screened = screen(text)
    assert screened.blocked, "nothing was found"
    assert kind in screened.kinds
    left, hidden = _plain(screened.text), _plain(secret)
    size = min(8, len(hidden))
    kept = [at for at in range(len(hidden) - size + 1) if hidden[at : at + size] in left]
    assert not kept, f"{len(kept)} fragments survive, the first at character {kept[0]}"
    assert screen(screened.text).text == screened.text
    return screened


def assert_words_gone(text: str, words: list[str]) -> Screened:
    """Screen `text` and check that no two words of a phrase, in a row, are left."""
    screened = screen(text)
    assert screened.blocked, "nothing was found"
    assert SecretKind.MNEMONIC in screened.kinds
    left = unicodedata.normalize("NFKC", screened.text).lower()
    for place, (one, other) in enumerate(pairwise(words)):
        pattern = rf"{re.escape(one.lower())}[\W\d_]*{re.escape(other.lower())}"
        assert not re.search(pattern, left), f"words {place} and {place + 1} survive"
    assert screen(screened.text).text == screened.text
    return screened
