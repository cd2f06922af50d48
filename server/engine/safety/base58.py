"""Base58 and Base58Check, as Bitcoin's keys and addresses are written.

Sources: the Bitcoin wiki, "Base58Check encoding" and "Wallet import format"; BIP-32
(https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki).
"""

from hashlib import sha256

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_CHECKSUM = 4


def decode(text: str) -> bytes | None:
    """Return the bytes that `text` stands for, None where a character is not of the alphabet.

    The time grows with the square of the length: call it on what is as long as a key.
    """
    number = 0
    for character in text:
        value = _VALUES.get(character)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_check(text: str) -> bytes | None:
    """Return the payload of `text`, version byte first; None where the checksum is wrong."""
    data = decode(text)
    if data is None or len(data) <= _CHECKSUM:
        return None
    payload, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    good = sha256(sha256(payload).digest()).digest()[:_CHECKSUM] == checksum
    return payload if good else None
