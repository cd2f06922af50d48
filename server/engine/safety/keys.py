"""Private and extended keys in base58, bech32, base32, PEM and as lists of bytes.

Hexadecimal keys are in `hexkeys`. Formats: wallet import format (Bitcoin wiki), BIP-38 (encrypted
keys, "6P…"), BIP-32 and SLIP-132 (xprv and its kin), Solana key pairs (64 bytes), NIP-19 (nsec),
Stellar SEP-23 ("S…"), RFC 7468 (PEM).
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain

from server.engine.safety.base58 import ALPHABET, decode, decode_check
from server.engine.safety.context import secret_places
from server.engine.safety.folding import Folded
from server.engine.safety.kinds import SecretKind, Span

_B58 = f"[{ALPHABET}]"
# A key starts here; line breaks or spaces may run through it.
_GROUPED = re.compile(
    rf"(?<![0-9A-Za-z])(?=([5KLc9]{_B58}{{2,51}}|6P{_B58}{{1,56}})((?:[\s-]{{1,3}}{_B58}{{1,54}}){{0,19}}))"
)
_GROUP = re.compile(r"[0-9A-Za-z]+")
_WIF_SHAPE = re.compile(rf"(?<![0-9A-Za-z])(?:5[HJK]{_B58}{{49}}|[KL]{_B58}{{51}})(?![0-9A-Za-z])")
# length: version bytes. Main and test network; the two versions of BIP-38.
_WIF = {51: (0x80, 0xEF), 52: (0x80, 0xEF), 58: (0x01,)}

_EXTENDED = re.compile(r"[tuvxyzTUVXYZ]prv[0-9A-Za-z]*")
_EXTENDED_LENGTH = 111
_EXTENDED_ENOUGH = 12
_MORE = re.compile(r"[\s-]{1,3}([0-9A-Za-z]+)(?![0-9A-Za-z])")

# Hundreds of characters may be a signature, a certificate or an image: only what is 64 bytes long.
_PAIR = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_B58}{{86,88}}|{_B58}{{20,68}}[\s]{{1,3}}{_B58}{{20,68}})(?![0-9A-Za-z])"
)
_PAIR_BYTES = 64

_PEM = re.compile(
    r"-{3,5}\s*begin [a-z0-9 ]{0,24}private key[a-z ]{0,8}-{3,5}"
    r"(?:(?!-----end).)*+(?:-{3,5}end [a-z0-9 ]{0,40}-{0,5})?",
    re.DOTALL,
)
# One pattern each, that begins with letters: they are found by those.
_OTHERS = (
    re.compile(r"(?:nsec1|suiprivkey1)[02-9ac-hj-np-z]{40,}"),
    re.compile(r"age-secret-key-1[0-9a-z]{40,}"),
    re.compile(r"s[a-z2-7]{55}(?![0-9a-z])"),
    re.compile(r"edsk[0-9a-z]{50,94}"),
)

_BYTES = re.compile(r"(?<![\d.])(\[\s*)?\d{1,3}(?:[\s,;]{1,4}\d{1,3}){23,}(?![\d.])(?:\s*\])?")
_NUMBER = re.compile(r"\d+")

_LABEL_HINTS = ("key", "私", "密", "秘")
_LABELLED = re.compile(
    r"(?:private[ _-]?keys?|priv[ _-]?keys?|secret[ _-]?keys?|私[钥鑰匙]|密[钥鑰匙]|秘[钥鑰])"
    r"[\"'”’]?\s*(?:(?:is|was)\b|是|为|為|就是|[:=])?\s*[\"'“‘(<\[]?\s*(?P<value>[0-9A-Za-z+/=_]{20,})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    rf"0x[0-9a-fA-F]{{40}}|(?:bc1|tb1|ltc1|addr1|cosmos1)[0-9a-zA-Z]+|[xyztuvYZUV]pub{_B58}+|{_B58}{{25,48}}"
)
_FIGURE = re.compile(r"[0-9]")
_MIXED = re.compile(r"[0-9][A-Za-z]|[A-Za-z][0-9]")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{57,}")


def find_keys(folded: Folded) -> list[Span]:
    """Return the keys of a text that are not written in hexadecimal digits."""
    detectors: list[Callable[[Folded], Iterator[Span]]] = []
    if "prv" in folded.lower:
        detectors.append(_extended)
    if "private key-" in folded.lower:
        detectors.append(_armoured)
    if _FIGURE.search(folded.text):
        detectors.append(_bytes)
        # Hardly a key of dozens of letters and figures has none of them side by side.
        if _MIXED.search(folded.text):
            detectors += [_wif, _pairs, _by_shape]
            if any(hint in folded.lower for hint in _LABEL_HINTS):
                detectors.append(_labelled)
    return [span for detector in detectors for span in detector(folded)]


def _extended(folded: Folded) -> Iterator[Span]:
    """Yield extended private keys: their first four letters are enough, cut off or misspelt."""
    text = folded.text
    for match in _EXTENDED.finditer(text):
        end = _end_of_extended(text, *match.span())
        if len("".join(_GROUP.findall(text, match.start(), end))) >= _EXTENDED_ENOUGH:
            yield Span(match.start(), end, SecretKind.EXTENDED_KEY)


def _end_of_extended(text: str, start: int, end: int) -> int:
    """Return the end of a key that goes on after a space or line break, or `end`."""
    key = text[start:end]
    ends = [(end, True)]  # the ends of the parts, and whether all so far look like a key's
    while len(key) < _EXTENDED_LENGTH and (more := _MORE.match(text, ends[-1][0])):
        key += more[1]
        ends.append((more.end(), ends[-1][1] and _looks_random(more[1])))
    if len(key) == _EXTENDED_LENGTH and decode_check(key):
        return ends[-1][0]
    return max(place for place, random in ends if random)


def _looks_random(group: str) -> bool:
    """Tell a part of a key from a word that follows it."""
    digits = any(map(str.isdigit, group))
    return len(group) >= 4 and (digits or not (group[1:].islower() or group.isupper()))


def _wif(folded: Folded) -> Iterator[Span]:
    """Yield keys in wallet import format, and what is as long and begins as they do.

    Nothing public looks like one, so a wrong checksum only means that a letter was mistyped.
    """
    text = folded.text
    for match in _WIF_SHAPE.finditer(text):
        yield Span(match.start(), match.end(), SecretKind.PRIVATE_KEY)
    for match in _GROUPED.finditer(text):
        key = ""
        for group in _GROUP.finditer(text, match.start(1), match.end(2)):
            key += group.group()
            if len(key) > max(_WIF):
                break
            if len(key) in _WIF and not key.isalpha():
                payload = decode_check(key)
                if payload and payload[0] in _WIF[len(key)]:
                    yield Span(match.start(), group.end(), SecretKind.PRIVATE_KEY)
                    break


def _pairs(folded: Folded) -> Iterator[Span]:
    """Yield 64 bytes in base58, a Solana key pair, unless the text calls them a signature."""
    found = []
    for match in _PAIR.finditer(folded.text):
        data = decode("".join(match.group().split()))
        if data is not None and len(data) == _PAIR_BYTES:
            found.append(match.span())
    for start, end in secret_places(folded.lower, found):
        yield Span(start, end, SecretKind.PRIVATE_KEY)


def _by_shape(folded: Folded) -> Iterator[Span]:
    lower = folded.lower
    for match in chain.from_iterable(pattern.finditer(lower) for pattern in _OTHERS):
        start, end = match.span()
        if not lower[max(0, start - 1) : start].isalnum() or start + 56 < end:
            yield Span(start, end, SecretKind.PRIVATE_KEY)


def _armoured(folded: Folded) -> Iterator[Span]:
    for match in _PEM.finditer(folded.lower):
        yield Span(match.start(), match.end(), SecretKind.PRIVATE_KEY)


def _bytes(folded: Folded) -> Iterator[Span]:
    """Yield lists of 32 or 64 bytes in decimal, such as a Solana key file, whole or cut off."""
    for match in _BYTES.finditer(folded.lower):
        numbers = [int(number) for number in _NUMBER.findall(match.group())]
        bracketed = match[1] is not None
        enough = len(numbers) in (32, 64) or len(numbers) >= (24 if bracketed else 48)
        drawn = max(numbers) >= 128 and len(set(numbers)) >= 16 and numbers != sorted(numbers)
        if enough and max(numbers) <= 255 and drawn:
            yield Span(match.start(), match.end(), SecretKind.PRIVATE_KEY)


def _labelled(folded: Folded) -> Iterator[Span]:
    """Yield what is called a private key and is long, in whatever alphabet; hex goes elsewhere."""
    for match in _LABELLED.finditer(folded.text):
        value = match["value"]
        mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
        if mixed and not _ADDRESS.fullmatch(value) and not _HEX.fullmatch(value):
            yield Span(match.start("value"), match.end("value"), SecretKind.PRIVATE_KEY)
