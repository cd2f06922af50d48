"""Whether a word that stands where a password or code would stand looks like one.

"My password is wrong" tells none, "my password is hunter2" does: a secret has figures, signs or
capitals inside, or is quoted. What has them as well and is none: units ("8 characters", "6位"),
product and standard names ("2FA", "ERC20"), amounts ("500usdt"), addresses, links.
"""

import re

# Said of a password or a code, never one themselves; also in quotation marks.
STATUS = frozenset(
    """
    wrong incorrect invalid error fail failed failure weak strong short long empty none null nil na
    undefined required optional expired missing changed reset forgotten lost locked blocked correct
    right ok okay fine good bad safe secure encrypted hidden visible secret private unknown same
    different new old true false yes no not too password passwords passcode passphrase pin code
    codes here there this that these those something anything nothing everything someone stored
    saved sent received accepted rejected denied needed disabled enabled set unset case sensitive
    default manager working broken hacked stolen leaked compromised exposed mismatch success
    successful confirm confirmed confirmation submit login logout username email phone wallet
    account number numbers letters characters digits string text field input data value type admin
    user users name keyboard fingerprint biometric biometrics google metamask tpwallet imtoken
    trustwallet telegram wechat whatsapp ledger trezor okx binance face touch faceid touchid icloud
    android iphone apple what when where which why how who whatever always never still only just
    also already usually probably maybe your mine yours the and for with from please thanks help
    about after before being because entered typed forgot forget remember recovered unavailable
    错误 錯誤 错的 不对 正确 正確 无效 無效 什么 什麼 多少 哪个 怎么 空 空的 为空 忘记 忘記 过期
    失效 未知 太短 太弱 弱 强 确认 確認 取消 密码 密碼 验证码 設置 设置 修改 找回 重置 登录 登入
    必填 不一致 已发送 收不到 没有
    """.split()
)

_NAMES = re.compile(
    r"(?:[1234]fa|2-?step|mfa|otp|totp|u2f|fido2?|sha-?\d+|md5|aes-?\d+|rsa-?\d+|bip-?\d+|slip-?\d+"
    r"|(?:erc|trc|bep|brc|eip|tip|nip)-?\d+|web[123](?:\.0)?|h5|v?\d+(?:\.\d+)+|v\d+|p2p|wpa[23]|k8s"
    r"|win(?:dows)?\d+|ios\d+|android\d+|iphone\d+\w*|mac(?:os)?\d*|utf-?\d+|base\d+|1password|[a-d]\d"
    r"|(?:ctrl|alt|shift|cmd|option|win|fn)(?:\+\w+)+"
    r"|24/7|365|b2b|x509|oauth2?|ipv[46]|mp[34]|qr|covid-?19|no\.?\d*|\d+(?:st|nd|rd|th)"
    r"|\d+(?:[-~/–]\d+)?[-+]?(?:chars?|characters?|digits?|letters?|words?|x|k|mins?|m|h|hrs?|s|secs?"
    r"|ms|d|days?|gb?|mb|kb|px|bits?|bytes?)|\d+(?:\.\d+)?%|\d{1,2}[-~/–:]\d{1,2}|\d+\+"
    r"|[$€£¥]?\d+(?:[.,]\d+)*[$€£¥]?(?:usdt?|usdc|eth|btc|bnb|trx|sol|rmb|cny|eur|gbp|u|inr|rs)?(?<!\d))"
)
_PUBLIC = re.compile(
    r"(?:https?:|www\.|mailto:).*|0x[0-9a-fA-F]{6,}(?:\.{2,3}[0-9a-fA-F]+)?|(?:bc1|tb1|ltc1)[0-9a-z]{20,}"
    r"|[13TLDr][1-9A-HJ-NP-Za-km-z]{24,34}|[^@\s]+@[\w-]+\.[A-Za-z]{2,6}|[0-9a-fA-F]{57,}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|(?:[a-z0-9-]+\.)+(?:com|org|io|net|cn|app|html?|json|txt|pdf|png|jpe?g|apk|exe)(?:/.*)?",
)
# What makes a count of the figures before it.
COUNTED = re.compile(
    r"\s?-?(?:[个個位次分天小时時秒月年日号號点點块塊元步种種条條字遍类類回人万萬倍岁週周款级级组組]|开头|開頭|左右"
    r"|(?:characters?|chars?|digits?|letters?|numbers?|words?|symbols?|times?|minutes?|mins?|seconds?|secs?"
    r"|hours?|hrs?|days?|weeks?|months?|years?|attempts?|tries|try|percent|error|errors|usdt?|eth|btc|bit|bits"
    r"|people|users|accounts|wallets|devices|steps?|more|different|or more|and above|bytes?|of)\b|%)"
)

_SIGNS = frozenset("@#$%^&*+=~?!<>|\\")
_TRAILING = ".,;:!?)]}>\"'`*_"


def trimmed(value: str) -> str:
    """Return `value` without the punctuation of the sentence around it.

    A closing sign stays where the value has figures: it may belong to it.
    """
    bare = value.rstrip(_TRAILING)
    if bare != value and any(map(str.isdigit, bare)) and value[len(bare)] in "!?":
        return value[: len(bare) + 1]
    return bare


def is_password(value: str, after: str, *, said: bool) -> bool:
    """Tell whether `value`, printable ASCII and followed by `after`, looks like a password.

    `said`: a word or sign says that it is one ("is", ":"), it does not just follow the label.
    """
    lower = value.lower()
    if lower in STATUS or _PUBLIC.fullmatch(value):
        return False
    digits = sum(map(str.isdigit, value))
    letters = sum(map(str.isalpha, value))
    if digits == len(value):
        return (3 if said else 4) <= digits <= 20 and not COUNTED.match(after)
    if _NAMES.fullmatch(lower):
        return False
    signs = sum(each in _SIGNS for each in value)
    if digits and (letters or signs):
        return len(value) >= (3 if said else 4)
    if signs and letters >= 2:
        return len(value) >= 5
    return said and _has_inner_capital(value) and len(value) >= 6


def _has_inner_capital(value: str) -> bool:
    """Tell "dogSpot" and "MyDog" from "Dog", "DOG" and a hyphenated or slashed pair of words."""
    return value.isalpha() and not (value[1:].islower() or value.isupper() or value.islower())


def is_lone_word(value: str) -> bool:
    """Tell whether `value` could be a password in small letters: not a word said about one."""
    return value.isalpha() and 5 <= len(value) <= 32 and value.lower() not in STATUS


def is_code(value: str, after: str, *, digits_only: bool) -> bool:
    """Tell whether `value` looks like a code that was sent: 4 to 8 figures, or letters and figures.

    Spaces and dashes inside do not count.
    """
    bare = value.replace(" ", "").replace("-", "")
    digits = sum(map(str.isdigit, bare))
    if digits == len(bare):
        return 4 <= digits <= 8 and not COUNTED.match(after)
    if digits_only or _NAMES.fullmatch(value.lower()) or _PUBLIC.fullmatch(value):
        return False
    return bare.isalnum() and digits >= 2 and 4 <= len(bare) <= 12
