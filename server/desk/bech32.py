"""Bitcoin's segregated-witness addresses: bech32 and bech32m, as BIP-173 and BIP-350 define them.

https://github.com/bitcoin/bips/blob/master/bip-0350.mediawiki
"""

from collections.abc import Sequence

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What the checksum leaves: for witness version 0, and for the later ones.
_BECH32, _BECH32M = 1, 0x2BC830A3
_CHECKSUM = 6
_LONGEST = 90


def is_valid(address: str, prefix: str = "bc") -> bool:
    """Tell whether `address` is a right segregated-witness address of the network `prefix`."""
    lower = address.lower()
    if address not in (lower, address.upper()) or not lower.startswith(prefix + "1"):
        return False
    data = [_ALPHABET.find(character) for character in lower[len(prefix) + 1 :]]
    if min(data, default=-1) < 0 or len(data) <= _CHECKSUM or len(lower) > _LONGEST:
        return False
    version, program = data[0], data[1:-_CHECKSUM]
    left = _polymod([*_expanded(prefix), *data])
    right = left == (_BECH32 if version == 0 else _BECH32M) and version <= 16
    return right and _fits(version, program)


def _fits(version: int, program: Sequence[int]) -> bool:
    """Tell whether five-bit groups are a witness program of whole bytes, padded with zeros."""
    size, padding = divmod(len(program) * 5, 8)
    unused = program[-1] & ((1 << padding) - 1) if program else 1
    sizes = (20, 32) if version == 0 else range(2, 41)
    return padding < 5 and unused == 0 and size in sizes


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check
