"""The gate itself: every detector reads the folded text, the original loses what they find."""

import re
from collections.abc import Callable, Iterable

from indexer.article import Lang
from indexer.text import detect_language
from server.engine.safety.cards import find_cards
from server.engine.safety.folding import Folded, fold
from server.engine.safety.han_mnemonics import find_han_mnemonics
from server.engine.safety.hexkeys import find_hex_keys
from server.engine.safety.keys import find_keys
from server.engine.safety.keystore import find_keystores
from server.engine.safety.kinds import Screened, SecretKind, Span
from server.engine.safety.mnemonics import find_mnemonics
from server.engine.safety.stated import find_stated

# A mark speaks the language of the text around it, so that it never changes which language the
# asker is answered in.
MARKS: dict[Lang, dict[SecretKind, str]] = {
    "zh": {
        SecretKind.MNEMONIC: "[助记词已删除]",
        SecretKind.PRIVATE_KEY: "[私钥已删除]",
        SecretKind.EXTENDED_KEY: "[扩展私钥已删除]",
        SecretKind.KEYSTORE: "[密钥文件已删除]",
        SecretKind.CARD: "[卡号已删除]",
        SecretKind.PASSWORD: "[密码已删除]",
        SecretKind.VERIFICATION_CODE: "[验证码已删除]",
    },
    "en": {
        SecretKind.MNEMONIC: "[mnemonic removed]",
        SecretKind.PRIVATE_KEY: "[private key removed]",
        SecretKind.EXTENDED_KEY: "[extended key removed]",
        SecretKind.KEYSTORE: "[keystore removed]",
        SecretKind.CARD: "[card number removed]",
        SecretKind.PASSWORD: "[password removed]",
        SecretKind.VERIFICATION_CODE: "[verification code removed]",
    },
}
_ALL_MARKS = re.compile("|".join(re.escape(m) for marks in MARKS.values() for m in marks.values()))

# In the order in which they win where two find the same place.
_DETECTORS: tuple[Callable[[Folded], list[Span]], ...] = (
    find_keystores,
    find_keys,
    find_hex_keys,
    find_mnemonics,
    find_han_mnemonics,
    find_cards,
    find_stated,
)
# A cut may bring two halves of something together: look again, but not for ever.
_ROUNDS = 6


def screen(text: str) -> Screened:
    """Return `text` with each secret replaced by a mark, and the kinds that were found.

    Text without a secret comes back unchanged, character by character. Idempotent: the text that
    comes back is screened to itself. Pure and thread-safe; word lists are read on first use. Takes
    time in proportion to the length of `text`.
    """
    kinds: list[SecretKind] = []
    lang: Lang | None = None
    for _ in range(_ROUNDS):
        spans = _find(text)
        if not spans:
            return Screened(text, tuple(dict.fromkeys(kinds)))
        lang = lang or _language(text, spans)
        kinds += [span.kind for span in spans]
        text = _replace(text, spans, lang)
    # Never seen; in doubt nothing of the text goes on.
    return Screened(MARKS[lang or "en"][kinds[0]], tuple(dict.fromkeys(kinds)))


def _find(text: str) -> list[Span]:
    """Return the places of the secrets in `text`, in order and apart from each other."""
    folded = fold(text)
    if "[" in text:
        folded = folded.behind_barriers(_ALL_MARKS)
    found = [span for detector in _DETECTORS for span in detector(folded)]
    return [Span(*folded.original(span.start, span.end), span.kind) for span in _merged(found)]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return `spans` in order, those that overlap as one, of the kind of the longest."""
    merged: list[Span] = []
    longest = 0
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        size = span.end - span.start
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
            longest = size
            continue
        last = merged[-1]
        kind = span.kind if size > longest else last.kind
        longest = max(longest, size)
        merged[-1] = Span(last.start, max(last.end, span.end), kind)
    return merged


def _replace(text: str, spans: list[Span], lang: Lang) -> str:
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += (text[done : span.start], MARKS[lang][span.kind])
        done = span.end
    return "".join((*parts, text[done:]))


def _language(text: str, spans: list[Span]) -> Lang:
    """Return the language of what is left without the secrets, else of the secrets themselves."""
    done = 0
    rest: list[str] = []
    for span in spans:
        rest.append(text[done : span.start])
        done = span.end
    return detect_language(" ".join((*rest, text[done:])), default=detect_language(text))
