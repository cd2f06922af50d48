"""Passwords, PINs and verification codes that a user tells in clear.

"my password is hunter2", "验证码 482913": a label, perhaps a verb, and a value that looks like a
secret. "my password is wrong" and "error code 500" have no such value.
"""

import re
from collections.abc import Iterator

from server.engine.safety.folding import Folded
from server.engine.safety.kinds import SecretKind, Span

_JOIN = r"\s{0,3}(?:(?:is|was|are|=|:|：|是|为|：)\s{0,3}){0,2}"
_QUOTES = "\"'“”‘’「」`"
_PASSWORD = re.compile(
    r"(?:(?<![a-z])(?:pass\s?word|passwd|pwd|passphrase|passcode)|密码|口令|密碼)"
    rf"(?P<join>{_JOIN})[{_QUOTES}]?(?P<value>[!-~]{{4,64}})"
)
_PIN = re.compile(rf"(?<![a-z])pin(?:\s?code)?(?P<join>{_JOIN})(?P<value>\d{{4,8}})(?!\d)")
_CODE = re.compile(
    r"(?:验证码|驗證碼|校验码|动态码|(?<![a-z])otp|verification code|security code|sms code"
    r"|(?<![a-z])2fa code)"
    rf"{_JOIN}(?P<value>\d{{3,4}}[\s-]?\d{{3,4}}|\d{{4,8}})(?![\d])"
)
_BARE_CODE = re.compile(rf"(?<![a-z])(?<!error )(?<!status )code{_JOIN}(?P<value>\d{{6}})(?!\d)")
_TRAILING = ".,;:!?)]}>" + _QUOTES


def find_stated(folded: Folded) -> list[Span]:
    """Return the values of stated passwords and codes."""
    spans = list(_passwords(folded))
    for match in _PIN.finditer(folded.lower):
        spans.append(Span(*match.span("value"), SecretKind.PASSWORD))
    for pattern in (_CODE, _BARE_CODE):
        for match in pattern.finditer(folded.lower):
            spans.append(Span(*match.span("value"), SecretKind.VERIFICATION_CODE))
    return spans


def _passwords(folded: Folded) -> Iterator[Span]:
    for match in _PASSWORD.finditer(folded.lower):
        start, end = match.span("value")
        value = folded.text[start:end].rstrip(_TRAILING)
        stated = bool(match["join"].strip()) or value.isdigit()
        if stated and _looks_secret(value):
            yield Span(start, start + len(value), SecretKind.PASSWORD)


def _looks_secret(value: str) -> bool:
    """A secret has digits, symbols or odd capitals in it; an ordinary word has none."""
    if len(value) < 4 or value.startswith(("http", "www.")):
        return False
    letters = any(c.isalpha() for c in value)
    digits = any(c.isdigit() for c in value)
    symbols = any(not c.isalnum() and c not in "-'/.,()?!" for c in value)
    capitals = any(c.isupper() for c in value[1:]) and any(c.islower() for c in value)
    return digits or (letters and (symbols or capitals))
