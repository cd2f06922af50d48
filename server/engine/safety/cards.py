"""Payment card numbers: the issuer's prefix, the right length and the Luhn check digit.

Sources: ISO/IEC 7812-1 (Luhn, annex B); Wikipedia, "Payment card number" (prefixes and lengths).
"""

import re
from collections.abc import Container, Iterator

from server.engine.safety.folding import Folded
from server.engine.safety.kinds import SecretKind, Span

# Digits in groups, as on the card, or one by one. Not a part of a word, a decimal or a longer run.
_GROUPS = re.compile(r"(?<![0-9A-Za-z.])\d+(?:[ \t\r\n\u00a0/_·*-]{1,3}\d+)*(?![0-9A-Za-z]|\.\d)")
_GROUP = re.compile(r"\d+")
_LONGEST = 19
_SHORTEST = 13

_CARD_WORDS = re.compile(
    r"(?:(?<![a-z])(?:cards?|visa|master ?card|amex|unionpay|debit|credit)(?![a-z])|卡号|卡號|银行卡|銀行卡"
    r"|信用卡|储蓄卡|借记卡|银联)"
)
_OTHER_NUMBER = re.compile(
    r"(?:(?<![a-z])(?:orders?|tracking|invoice|ticket|shipment|parcel|waybill|phone|mobile|tel|imei|uid"
    r"|sim|iccid|serial|ref(?:erence)?|timestamp|awb)(?![a-z])|[单單][号號]|订单|訂單|快递|快遞|运单|運單"
    r"|流水|编号|編號|工单|电话|電話|手机|手機|时间戳|发票|身份证|序列号|uid)"
    r"[^0-9]{0,16}$"
)


def find_cards(folded: Folded) -> list[Span]:
    """Return the card numbers of a text; numbers that it calls something else are left."""
    lower = folded.lower
    return [
        Span(start, end, SecretKind.CARD)
        for match in _GROUPS.finditer(lower)
        if match.end() - match.start() >= _SHORTEST
        for start, end in _numbers(lower, match)
    ]


def _numbers(lower: str, match: re.Match[str]) -> Iterator[tuple[int, int]]:
    groups = [group.span() for group in _GROUP.finditer(lower, *match.span())]
    before = lower[max(0, match.start() - 32) : match.start()]
    card = _CARD_WORDS.search(before) is not None
    if not card and _OTHER_NUMBER.search(before):
        return
    first = 0
    while first < len(groups):
        digits = ""
        until = first
        lengths = _lengths("".join(lower[slice(*group)] for group in groups[first : first + 4])[:4])
        if not lengths and not card:
            first += 1
            continue
        smallest, largest = _LONGEST, 0  # of the groups but the last
        for last in range(first, min(first + _LONGEST, len(groups))):
            digits += lower[slice(*groups[last])]
            if len(digits) > _LONGEST:
                break
            evenly = smallest >= 3 or largest <= 1
            if evenly and len(digits) >= _SHORTEST and _is_card(digits, lengths, named=card):
                until = last + 1
            size = groups[last][1] - groups[last][0]
            smallest, largest = min(smallest, size), max(largest, size)
        if until > first:
            yield groups[first][0], groups[until - 1][1]
        first = max(until, first + 1)


def _is_card(digits: str, lengths: Container[int], *, named: bool) -> bool:
    """Tell whether `digits` are a card number; `named`: the text calls them one.

    A number that is called one and has an issuer's prefix and length is taken with a slip in it;
    one with the right check digit whoever the issuer.
    """
    issued = len(digits) in lengths
    if not issued and not named:
        return False
    return (issued and named) or (luhn(digits) and len(set(digits)) > 1)


def luhn(digits: str) -> bool:
    """Tell whether the last of `digits` is their Luhn check digit."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _lengths(prefix: str) -> Container[int]:
    """Return the lengths of the numbers of the issuer with a prefix of four digits, if any."""
    one, two, three, four = (int(prefix[:size] or "0") for size in (1, 2, 3, 4))
    issuers: tuple[tuple[bool, Container[int]], ...] = (
        (one == 4, (13, 16, 19)),  # Visa
        (51 <= two <= 55 or 2221 <= four <= 2720, (16,)),  # Mastercard
        (two in (34, 37), (15,)),  # American Express
        (two == 62, range(16, 20)),  # UnionPay
        (3528 <= four <= 3589, range(16, 20)),  # JCB
        (four == 6011 or 644 <= three <= 649 or two == 65, range(16, 20)),  # Discover
        (two in (36, 38, 39) or 300 <= three <= 305, (14,)),  # Diners Club
        (four == 9558 or 2200 <= four <= 2204, (16, 19)),  # older Chinese cards, Mir
    )
    return next((lengths for match, lengths in issuers if match), ())
