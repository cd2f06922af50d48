"""Whether 64 hexadecimal digits are a private key or the hash of a transaction: the words near it.

The two look exactly alike (a Solana key pair and a signature, too). What is said nearest to the
value decides, a secret word in doubt, and where nothing is said the value is taken for a key.
"""

import re
from collections.abc import Sequence

from server.engine.safety.folding import BARRIER

_BEFORE = 80
_AFTER = 48

_WORDS = re.compile(
    r"(?P<public>(?<![a-z])(?:tx(?:n|s|id|ids|hash|hashes)?|transactions?|hash(?:es|id)?"
    r"|blocks?(?:hash)?|signatures?|public[ _-]?keys?|pub[ _-]?keys?|pubkeys?|sha-?\d*|checksums?"
    r"|digests?|fingerprints?|commits?|topics?|merkle|explorer)(?![a-z])"
    r"|哈希|哈唏|交易(?![所密])|区块(?!链)|區塊(?!鏈)|公[钥鑰]|指[纹紋]|校验和|签名|簽名|摘要)"
    r"|(?P<secret>private|priv(?![a-z])|privkeys?|secrets?|(?<![a-z])keys?(?![a-z])|import(?:ed|ing)?"
    r"|(?<![a-z])(?:sk|wif|seeds?|mnemonics?)(?![a-z])|私[钥鑰匙]|密[钥鑰匙]|秘[钥鑰]|导入|導入|匯入"
    r"|助[记記][词詞]|种子|種子)"
)
# "… is my private key": said of the value, however near another word stands before it.
_SAID_OF_IT = re.compile(
    r"[\s\"'”’)\]>,]{0,4}(?:[这這那]个?|it|this|that|which|就)?\s*(?:is|was|'s|是|就是|为|為|=|\()\s*"
    r"(?:my|the|our|a|我|的|我的|钱包|錢包|wallet|eth|btc|\s){0,6}"
    r"(?:private|secret|priv|key|seed|私|密[钥鑰匙]|秘)"
)
_EXPLORER = re.compile(r"/(?:tx|txs|txn|transaction|transactions|block|blocks|hash)/#?/?(?:0x)?$")


def secret_places(lower: str, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return those of `places` that the words around them do not call public.

    `places` are the values of a lower-cased text, in order. Words beyond the one before and the one
    after a value speak of those.
    """
    bounds = [(0, 0), *places, (len(lower), len(lower))]
    return [
        (start, end)
        for (_, since), (start, end), (until, _) in zip(bounds, places, bounds[2:], strict=False)
        if not _is_public(lower, start, end, since, until)
    ]


def _is_public(lower: str, start: int, end: int, since: int, until: int) -> bool:
    """Tell whether the words between `since` and `until` call the value `start`..`end` public."""
    last = until == len(lower) or until > end + _AFTER
    before = lower[max(since, start - _BEFORE) : start].rpartition(BARRIER)[2]
    # What was removed before this round was another value.
    after, barrier, _ = lower[end : min(until, end + _AFTER)].partition(BARRIER)
    if _EXPLORER.search(before):
        return True
    if _SAID_OF_IT.match(after):
        return False
    nearest = {"public": len(lower) + 1, "secret": len(lower) + 1}
    for match in _WORDS.finditer(before):
        kind = match.lastgroup or "secret"
        nearest[kind] = min(nearest[kind], len(before) - match.end())
    # Words after a value that is followed by another one mostly introduce that one.
    far = 0 if last and not barrier else _AFTER
    for match in _WORDS.finditer(after):
        kind = match.lastgroup or "secret"
        nearest[kind] = min(nearest[kind], match.start() + far)
    return nearest["public"] < nearest["secret"]
