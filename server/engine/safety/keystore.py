"""Keystore files (Web3 Secret Storage) pasted whole, in prose, escaped or cut off.

Format: https://ethereum.org/en/developers/docs/data-structures-and-encoding/web3-secret-storage/;
vaults of browser wallets (`data`, `iv`, `salt`) are alike.
"""

import re

from server.engine.safety.folding import Folded
from server.engine.safety.kinds import SecretKind, Span

_QUOTE = r"[\\\"'“”‘’„«»`]{0,4}"
# A field of the file with the bytes it holds; names alone give nothing away.
_BYTES = re.compile(
    rf"(?P<name>ciphertext|cipher_text|mac|salt|iv|data|vault){_QUOTE}\s{{0,4}}[:=]\s{{0,4}}{_QUOTE}"
    r"(?:0x)?(?P<value>[0-9a-f]{16,}|[0-9a-z+/]{20,}={0,2})"
)
_FIELD = re.compile(
    rf"(?:crypto|cipher(?:text|params)?|kdf(?:params)?|mac|keystore|salt|iv){_QUOTE}\s{{0,4}}[:=]"
)
_CHUNK = 4096


def find_keystores(folded: Folded) -> list[Span]:
    """Return the keystores of a text, from their first brace to their last.

    What is cut off goes to the end of the text: nothing tells where it would have ended.
    """
    lower = folded.lower
    spans: list[Span] = []
    for match in _BYTES.finditer(lower):
        if spans and match.start() < spans[-1].end:
            continue
        if match["name"] != "ciphertext" and not _is_of_a_keystore(lower, match):
            continue
        floor = spans[-1].end if spans else 0
        spans.append(Span(*_braces(lower, match.start(), match.end(), floor), SecretKind.KEYSTORE))
    return spans


def _is_of_a_keystore(lower: str, match: re.Match[str]) -> bool:
    """Tell whether another field of the file stands near `match`."""
    near = lower[max(0, match.start() - _CHUNK // 4) : match.start()]
    beyond = lower[match.end() : match.end() + _CHUNK // 4]
    fields = {each.group() for part in (near, beyond) for each in _FIELD.finditer(part)}
    return len(fields) >= 2 or (len(fields) == 1 and match["name"] in ("data", "vault"))


def _braces(lower: str, start: int, end: int, floor: int) -> tuple[int, int]:
    """Return the place of the outermost braces around `start`..`end`."""
    opened = [start]
    first = max(floor, start - _CHUNK)
    depth = 0
    for match in reversed(list(_BRACE.finditer(lower, first, start))):
        depth += 1 if match.group() == "{" else -1
        if depth > len(opened) - 1:
            opened.append(match.start())
    if len(opened) == 1:  # the beginning is cut off: take the fields that stand before
        fields = list(_FIELD.finditer(lower, first, start))
        opened.append(fields[0].start() if fields else start)
        return opened[-1], _closing(lower, end, None)
    return opened[-1], _closing(lower, end, len(opened) - 1)


_BRACE = re.compile(r"[{}]")


def _closing(lower: str, end: int, depth: int | None) -> int:
    """Return the end of the brace that closes `depth` open ones; of the text if none does."""
    last = None
    for match in _BRACE.finditer(lower, end):
        if depth is None:
            last = match.end()
            if match.start() - end > _CHUNK:
                break
            continue
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return last or len(lower)
