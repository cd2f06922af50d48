"""The gate itself: every detector over one folded text, and what they found cut out."""

import re
from collections.abc import Iterable

from server.engine.safety.cards import find_cards
from server.engine.safety.folding import fold
from server.engine.safety.han_mnemonics import find_han_mnemonics
from server.engine.safety.hexkeys import find_hex_keys
from server.engine.safety.keys import find_keys
from server.engine.safety.keystore import find_keystores
from server.engine.safety.kinds import Screened, SecretKind, Span
from server.engine.safety.mnemonics import find_mnemonics
from server.engine.safety.stated import find_stated

MARKS: dict[SecretKind, str] = {
    SecretKind.MNEMONIC: "[助记词已删除 · mnemonic removed]",
    SecretKind.PRIVATE_KEY: "[私钥已删除 · private key removed]",
    SecretKind.EXTENDED_KEY: "[私钥已删除 · extended key removed]",
    SecretKind.KEYSTORE: "[密钥文件已删除 · keystore removed]",
    SecretKind.CARD: "[卡号已删除 · card number removed]",
    SecretKind.PASSWORD: "[密码已删除 · password removed]",
    SecretKind.VERIFICATION_CODE: "[验证码已删除 · code removed]",
}
_MARK = re.compile("|".join(map(re.escape, MARKS.values())))

# The most dangerous kinds first: of two finds at one place, the first one names it.
_DETECTORS = (
    find_keystores,
    find_mnemonics,
    find_han_mnemonics,
    find_keys,
    find_hex_keys,
    find_cards,
    find_stated,
)


def screen(text: str) -> Screened:
    """Return `text` with a mark in the place of each secret, and the kinds found.

    Idempotent: marks hold no secret and are never read as a part of one.
    """
    folded = fold(text).behind_barriers(_MARK)
    found = [span for detect in _DETECTORS for span in detect(folded)]
    if not found:
        return Screened(text)
    pieces: list[str] = []
    kinds: list[SecretKind] = []
    end = 0
    for span in _merged(found):
        first, last = folded.original(span.start, span.end)
        pieces += [text[end:first], MARKS[span.kind]]
        kinds.append(span.kind)
        end = last
    return Screened("".join([*pieces, text[end:]]), tuple(dict.fromkeys(kinds)))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return `spans` in their order, those that overlap joined under the kind of the first."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            merged.append(span)
    return merged
