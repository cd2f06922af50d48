"""Passwords, PINs and codes told in clear: "my password is hunter2", "验证码 482913".

A label, perhaps a few words ("for my wallet", "我设置的"), perhaps "is", then what looks like a
secret; or the other way round ("hunter2 is my password").
"""

import re
from collections.abc import Iterator

from server.engine.safety import stated_words as words
from server.engine.safety.folding import BARRIER, Folded
from server.engine.safety.kinds import SecretKind, Span
from server.engine.safety.secret_shape import (
    STATUS,
    is_code,
    is_lone_word,
    is_password,
    trimmed,
)

_PASSWORD = ("password", "pass", "pin", "postal", "han_password")
_PINS = ("pin", "postal")


def find_stated(folded: Folded) -> list[Span]:
    """Return the passwords, PINs, codes and card security codes that a text tells."""
    lower = folded.lower
    spans: list[Span] = []
    for label in words.LABEL.finditer(lower):
        name = _name(lower, label)
        if name is None:
            continue
        kind = _kind(name)
        for start, end in (*_told_after(folded, label, name), *_told_before(folded, label, name)):
            spans.append(Span(start, end, kind))
    return spans


def _name(lower: str, label: re.Match[str]) -> str | None:
    """Return what sort of label this is, None where it is a part of a word or of another code."""
    start, end = label.span()
    word = label.group()
    if word.isascii() and (
        _is_letter(lower[start - 1 : start]) or _is_letter(lower[end : end + 1])
    ):
        return None
    sent = words.SENT.search(lower, max(0, start - 20), start) is not None
    bare = word in ("code", "codes")
    if bare and not sent and words.OTHER_CODE.search(lower, max(0, start - 24), start):
        return None
    names = (
        ("postal", word.startswith("pin") and "code" in word),
        ("pin", word.startswith("pin")),
        ("cvv", word.startswith(("cv", "安全"))),
        ("code", sent or "otp" in word or (word[-1] in "码碼" and word[0] != "密")),
        ("bare", bare),
        ("pass", word in ("pass", "pw")),
        ("han_password", not word.isascii()),
    )
    return next((name for name, fits in names if fits), "password")


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _kind(name: str) -> SecretKind:
    if name == "cvv":
        return SecretKind.CARD
    return SecretKind.PASSWORD if name in _PASSWORD else SecretKind.VERIFICATION_CODE


def _told_after(folded: Folded, label: re.Match[str], name: str) -> Iterator[tuple[int, int]]:
    """Yield the values that follow a label."""
    lower = folded.lower
    link = (words.PLAIN_LINK if name == "pass" else words.LINK).match(lower, label.end())
    place = _value(folded, label, name, link.end(), said=True) if link else None
    if place is None:
        about = words.ABOUT.search(lower, max(0, label.start() - 24), label.start())
        adjacent = words.ADJACENT.match(lower, label.end())
        if name == "pass" or about or adjacent is None:
            return
        place = _value(folded, label, name, adjacent.end(), said=False)
    while place is not None:
        yield place
        another = words.ANOTHER.match(lower, place[1])
        place = _value(folded, label, name, another.end(), said=False) if another else None


def _value(
    folded: Folded, label: re.Match[str], name: str, at: int, *, said: bool
) -> tuple[int, int] | None:
    """Return the place of the secret that begins at `at`, None where none does."""
    text = folded.text
    quoted = _quoted(folded, at, said=said)
    if quoted and (_kind(name) == SecretKind.PASSWORD or _has_figure(text[slice(*quoted)])):
        return quoted
    if text[at : at + 1] in words.QUOTES:
        at += 1
    if _kind(name) == SecretKind.PASSWORD:
        return _password(folded, label, name, at, said=said)
    if name == "cvv":
        match = words.CVV.match(text, at)
        return match.span() if match else None
    return _code(folded, label, name, at, said=said)


def _has_figure(value: str) -> bool:
    return any(map(str.isdigit, value))


def _quoted(folded: Folded, at: int, *, said: bool) -> tuple[int, int] | None:
    """Return what stands in quotation marks after "is", unless it is said about a password."""
    text = folded.text
    closing = words.QUOTES.get(text[at : at + 1])
    if closing is None or not said:
        return None
    end = text.find(closing, at + 1, at + 258)
    value = folded.lower[at + 1 : end].strip()
    if end < 0 or not value or "\n" in value or BARRIER in value:
        return None
    said_of_it = set(value.split()) <= STATUS
    han = any(word in value for word in STATUS if not word.isascii())
    short = not value.isascii() and not _has_figure(value) and len(value) < 4  # "设置为“是”"
    return None if said_of_it or han or short else (at + 1, end)


def _password(
    folded: Folded, label: re.Match[str], name: str, at: int, *, said: bool
) -> tuple[int, int] | None:
    text, lower = folded.text, folded.lower
    match = words.VALUE.match(text, at)
    if match is None:
        mixed = words.HAN_THEN_FIGURES.match(lower, at) if said else None
        return mixed.span() if mixed and not _is_counted(lower, mixed.end()) else None
    value = trimmed(match.group())
    number = words.NUMBER.match(text, at)
    if number and number.end() > at + len(value):
        value = number.group()
    end = at + len(value)
    if (
        not value
        or (not said and value[0] in "=@!:?&/")
        or not _fits_pin(lower, label, name, value, said=said)
    ):
        return None
    alone = said and is_lone_word(value) and _ends_there(lower, label, name, end)
    told = is_password(value.replace(" ", ""), lower[end : end + 16], said=said)
    return (at, end) if told or alone else None


def _fits_pin(lower: str, label: re.Match[str], name: str, value: str, *, said: bool) -> bool:
    """Tell whether a value can be a PIN, where the label calls it one."""
    if name not in _PINS:
        return True
    figures = value.replace(" ", "").isdigit()
    if name == "postal" and figures and _is_postal(lower, label, value, said=said):
        return False
    return len(value.replace(" ", "")) <= 8 if figures else said


def _is_counted(lower: str, end: int) -> bool:
    return lower[end : end + 1] in tuple("年月位个個次分秒天")


def _is_postal(lower: str, label: re.Match[str], value: str, *, said: bool) -> bool:
    """Tell a postal code from a PIN: six figures, and goods are on their way or no wallet is near."""
    around = lower[max(0, label.start() - 80) : label.end() + 80]
    if len(value) < 6:
        return False
    return words.DELIVERY.search(around) is not None or not (said or words.WALLET.search(around))


def _ends_there(lower: str, label: re.Match[str], name: str, end: int) -> bool:
    """Tell whether a word stands alone where a password would: "密码是letmein", "password: letmein"."""
    rest = lower[end : end + 24].lstrip(" .!。！,，\"'”’")
    if name == "han_password":
        return not rest[:1].isascii() or not rest[:1].isalnum()
    link = lower[label.end() : end]
    return (":" in link or "=" in link) and (not rest or rest[0] in "\n\r;|/")


def _code(
    folded: Folded, label: re.Match[str], name: str, at: int, *, said: bool
) -> tuple[int, int] | None:
    text, lower = folded.text, folded.lower
    bare = name == "bare"
    number = words.NUMBER.match(text, at)
    if number and is_code(
        number.group(), lower[number.end() : number.end() + 16], digits_only=True
    ):
        # "error 4001, code 4001", {"error": {"code": 40001}}
        short = bare and len(number.group()) < 6 and (not said or text[label.end()] in "\"'")
        before = lower[max(0, label.start() - 40) : label.start()]
        trouble = short and words.TROUBLE.search(before)
        if not (trouble or (bare and _is_below_zero(lower, label, number))):
            return number.span()
    match = words.VALUE.match(text, at)
    if match is None or bare:
        return None
    value = trimmed(match.group())
    end = at + len(value)
    if is_code(value, lower[end : end + 16], digits_only=False):
        return at, end
    return None


def _is_below_zero(lower: str, label: re.Match[str], number: re.Match[str]) -> bool:
    """Tell the number of an error, such as -2015 or -32603, from a code with a dash before it."""
    if not number.group().isdigit() or len(number.group()) > 5:
        return False
    if words.OWN.search(lower, max(0, label.start() - 12), label.start()):
        return False
    return words.BELOW_ZERO.search(lower, label.end(), number.start()) is not None


def _told_before(folded: Folded, label: re.Match[str], name: str) -> Iterator[tuple[int, int]]:
    """Yield the value that is said to be what the label names."""
    if name in ("pass", "postal") or words.AFTER_LABEL.match(folded.lower, label.end()):
        return
    lower = folded.lower
    if not words.LINK_BEFORE.search(lower, max(0, label.start() - 50), label.start()):
        return
    match = words.BEFORE.search(lower, max(0, label.start() - 120), label.start())
    if match is None:
        return
    start = match.start("value")
    start += len(match["value"]) - len(match["value"].lstrip("\"'([<`"))
    value = trimmed(folded.text[start : match.end("value")])
    if _kind(name) == SecretKind.PASSWORD:
        fits = is_password(value, "", said=False)
    elif name == "cvv":
        fits = value.isdigit() and len(value) in (3, 4)
    else:
        fits = is_code(value, "", digits_only=name == "bare")
    if fits:
        yield start, start + len(value)
