"""The BIP-39 word lists, read once from the package `mnemonic`, and their checksum.

BIP-39: https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from itertools import chain

from mnemonic import Mnemonic

LENGTHS = (12, 15, 18, 21, 24)
_HAN_LISTS = ("chinese_simplified", "chinese_traditional")


@cache
def _mnemonic(language: str) -> Mnemonic:
    return Mnemonic(language)


@cache
def english_words() -> frozenset[str]:
    """Return the 2048 English words; the first four letters of each are its own."""
    return frozenset(_mnemonic("english").wordlist)


@cache
def english_prefixes() -> frozenset[str]:
    """Return the four-letter beginnings that stand for a whole word, e.g. on a metal plate."""
    return frozenset(word[:4] for word in english_words() if len(word) >= 4)


@cache
def misspellings() -> frozenset[str]:
    """Return the patterns of a listed word with one letter wrong, lost, doubled or put in.

    A word is one slip from a listed one when one of its own `slips` is among them.
    """
    return frozenset(slip for word in english_words() for slip in slips(word))


def slips(word: str) -> set[str]:
    """Return `word` and `word` without one of its letters, for each letter.

    Two words share a member when they are one edit apart (symmetric deletion; Garbe 2012,
    SymSpell); a few at two edits share one too.
    """
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


@cache
def han_characters() -> frozenset[str]:
    """Return the characters of both Chinese lists, 2821 in all."""
    return frozenset(chain.from_iterable(_mnemonic(each).wordlist for each in _HAN_LISTS))


@cache
def _places(language: str) -> dict[str, int]:
    return {word: place for place, word in enumerate(_mnemonic(language).wordlist)}


def is_valid(words: Sequence[str]) -> bool:
    """Tell whether `words` are a mnemonic with a right checksum in one of the three lists.

    The same as `mnemonic.Mnemonic.check`, which searches its list from the start for each word:
    long texts have many windows to check.
    """
    languages = ("english",) if words[:1] and words[0].isascii() else _HAN_LISTS
    return len(words) in LENGTHS and any(_is_valid(words, _places(each)) for each in languages)


def _is_valid(words: Sequence[str], places: dict[str, int]) -> bool:
    bits = 0
    for word in words:
        place = places.get(word)
        if place is None:
            return False
        bits = bits << 11 | place
    size = len(words) // 3  # bits of checksum: one for every 32 of entropy
    entropy, checksum = bits >> size, bits & ((1 << size) - 1)
    return sha256(entropy.to_bytes(size * 4, "big")).digest()[0] >> (8 - size) == checksum
