"""The words in which people tell a password, a PIN or a code: patterns over folded, lower text."""

import re

from indexer.text import HAN

# Literal beginnings only: the search then skips to the next letter that can begin a label.
LABEL = re.compile(
    r"pass ?words?|pass ?codes?|pass ?phrases?|passwd|pwd|psw|pass|pw"
    r"|pin ?codes?|pin[码碼]|pin(?: ?(?:number|no\.?))?|cvv2?|cvc2?|cvn2?|otp(?: ?code)?|totp|codes?"
    r"|密码|密碼|口令|暗号|安全码|安全碼|验证码|驗證碼|校验码|校驗碼|动态码|動態碼|短信码|授权码|授權碼"
    r"|恢复码|恢復碼|备份码|備份碼|认证码|認證碼"
)

# "verification code", "one-time password", "动态密码": a code, whatever else the word may mean.
SENT = re.compile(
    r"(?:verif(?:ication|y)|security|auth(?:entication|enticator|orization)?|confirmation|sms|log-?in|2fa|mfa"
    r"|one[- ]time|email|access|recovery|backup|google|动态|動態|一次性)[ -]?$"
)
# "error code 500", "QR code", "promo code": no code that anybody was sent.
OTHER_CODE = re.compile(
    r"(?:error|err|status|exit|http|zip|postal|post|country|area|dial(?:ing)?|promo(?:tion)?|discount|coupon"
    r"|coupen|voucher|invit(?:e|ation)|referral|ref|source|response|return|bar|qr|swift|bank|sort|branch|ifsc"
    r"|product|item|colou?r|hs|sku|model|dress|reason|result|currency|language|byte|gift|redeem|reject|event"
    r"|state|offer|fault|city|region|airport|tax|tracking|order|morse|machine|open|vs|genetic)[ _-]*$"
)
TROUBLE = re.compile(
    r"(?:error|fail|exception|status|rejected|rpc|http|报错|错误|失败|異常|异常)[^.。!！?？]*$"
)
# "code -2015", {"code": -32000}: four or five figures below zero are an exchange's or a node's
# error. A dash as people put it before a code they were sent ("code:-4829", "my code -4829") is none.
BELOW_ZERO = re.compile(r"(?:\s|[\"']\s?[:=]|=)-$")
OWN = re.compile(
    r"(?:\b(?:my|your|ur|the|this|that|got|received|enter|entered|type|typed|login|sent|use|used)"
    rf"|[{HAN}])\s*$"
)
ABOUT = re.compile(
    r"(?:forgot(?:ten)?|forget|reset|change|recover|lost|忘[记記了]?|找回|重置|修改|更改)\W*(?:my |the )?$"
)
# In India a "pin code" is a postal code of six figures.
DELIVERY = re.compile(r"deliver|cod\b|ship|area|city|postal|location|courier|availab|serviceab")
WALLET = re.compile(r"wallet|unlock|log ?in|card|phone|app\b|account|secur|my pin|钱包|解锁")

QUOTES = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "«": "»",
    "<": ">",
}
# Words between the label and what is told.
_FILLER = (
    rf"(?:\s+(?:for|to|of|on|in|at|i|we|that|my)(?:\s+[a-z']{{1,16}}){{1,6}}?|[{HAN}]{{1,8}}?)"
)
_SAID = (
    r"(?:is|was|are|were|it's|its|'s)(?![a-z])|=>?|:=?|->|→|[是为為叫]|就是|改成|改为|改為|设成|设为|設為|设置成|设置为"
    r"|换成|換成|变成|(?:set|changed|reset|equals?) to(?![a-z])|equals?(?![a-z])"
)
_HEDGE = (
    r"(?:(?:i think|probably|maybe|perhaps|still|now|currently|actually|just|simply|set to|changed to|called|this"
    r"|the following|literally|always|only|like|follows?|as)(?![a-z])|应该|可能|好像|大概|现在|一直|还是|就是|这个|这个是"
    r"|设的|我的|改成|设成|设置成|了|的|:)"
)
_AFTER_IT = r"[\"'”’」』)\]]?(?:\s?[(（\[][^)）\]\n]{0,16}[)）\]])?"
_TELLS = rf"\s*(?:{_SAID})(?:\s*{_HEDGE}){{0,3}}[\s:=,>-]{{0,6}}"
LINK = re.compile(f"{_AFTER_IT}{_FILLER}?{_TELLS}")
PLAIN_LINK = re.compile(_AFTER_IT + _TELLS)
# "输入密码123456", "I entered password hunter2", "pin 1234": nothing in between but a sign.
ADJACENT = re.compile(
    r"[\"'”’」』]?\s{0,4}[-–—#(\[（]{0,2}\s{0,2}(?:(?:输入|输|填|用|填写|试|entered|no\.?)[了过的]?\s?)?"
)
VALUE = re.compile(r"[!-~]{1,256}")
NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){3,9}(?![0-9A-Za-z])")
HAN_THEN_FIGURES = re.compile(rf"[{HAN}]{{1,8}}[a-z!-/]{{0,8}}[0-9]{{4,12}}(?![0-9a-z])")
ANOTHER = re.compile(r"[\"'”’]?\s?(?:\bor\b|\band\b|或者?|还有|[/,、和跟])\s?[\"'“‘]?")

# "hunter2 is my password", "482913是验证码"
BEFORE = re.compile(
    r"(?P<value>[!-~]{3,64}?)[\"'”’]?\s{0,3}(?:(?:is|was|are)\s+(?:(?:my|the|our|a|old|new|wallet|login|account|payment"
    r"|current|correct|tpwallet|trading)\s+){1,4}|(?:是|就是|为|為|这个|這個)(?:我|我的|你们发的|收到的|钱包|旧|新|老|的){0,3}\s?)$"
)
LINK_BEFORE = re.compile(r"\s(?:is|was|are)\s|[是为為这這]")
AFTER_LABEL = re.compile(
    r"\s*(?:manager|policy|hint|protected|reset|generator|field|error|[a-z-]{0,16}ing\b|错|不对|吗)"
)
CVV = re.compile(r"[0-9]{3,4}(?![0-9A-Za-z])")
