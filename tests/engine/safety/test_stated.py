import pytest

from server.engine.safety import SecretKind, screen
from tests.engine.safety.makers import assert_gone

PASSWORD = SecretKind.PASSWORD
CODE = SecretKind.VERIFICATION_CODE
CARD = SecretKind.CARD

TOLD = [
    ("my password is hunter2", "hunter2", PASSWORD),
    ("My wallet password is Hunter2!", "Hunter2!", PASSWORD),
    ("the password for my wallet is hunter2, please help", "hunter2", PASSWORD),
    ("password: hunter2", "hunter2", PASSWORD),
    ("pwd=abc12345", "abc12345", PASSWORD),
    ("pw: q1w2e3r4", "q1w2e3r4", PASSWORD),
    ("passcode 482913", "482913", PASSWORD),
    ("my passcode's 4829", "4829", PASSWORD),
    ("pin 1234", "1234", PASSWORD),
    ("my PIN is 1234", "1234", PASSWORD),
    ("PIN: 0000", "0000", PASSWORD),
    ("my pin number is 9 8 7 6", "9 8 7 6", PASSWORD),
    ("密码是abc123", "abc123", PASSWORD),
    ("我的密码是abc123，但是登录不了", "abc123", PASSWORD),
    ("支付密码：888888", "888888", PASSWORD),
    ("支付密码888888不对", "888888", PASSWORD),
    ("交易密码为 Abc@12345", "Abc@12345", PASSWORD),
    ("登录密码是“letmein”", "letmein", PASSWORD),
    ("密码是 letmein", "letmein", PASSWORD),
    ("密码:iloveyou", "iloveyou", PASSWORD),
    ("密碼是abc123", "abc123", PASSWORD),
    ("我設定的密碼是 Passw0rd!", "Passw0rd!", PASSWORD),
    ("密码改成了qwe123还是登不上", "qwe123", PASSWORD),
    ("我的密码是生日19900101", "19900101", PASSWORD),
    ("口令是 x8Kd92", "x8Kd92", PASSWORD),
    ("验证码 482913", "482913", CODE),
    ("验证码是482913", "482913", CODE),
    ("验证码：482 913", "482 913", CODE),
    ("验证码：4 8 2 9 1 3", "4 8 2 9 1 3", CODE),
    ("驗證碼 482913 收不到", "482913", CODE),
    ("短信验证码482913对不对", "482913", CODE),
    ("谷歌验证码 123456", "123456", CODE),
    ("动态码是 998877", "998877", CODE),
    ("校验码：A7K9Q2", "A7K9Q2", CODE),
    ("code 482913", "482913", CODE),
    # A dash makes no error of a code that was sent.
    ("code -482913", "482913", CODE),
    ("code - 4829", "4829", CODE),
    ("code:-4829", "4829", CODE),
    ("my code -4829", "4829", CODE),
    ("my code is -4829", "4829", CODE),
    ("i entered code -4829 twice", "4829", CODE),
    ("code is 482913", "482913", CODE),
    ("code 2015 invalid", "2015", CODE),
    ("verification code -2015", "2015", CODE),
    ("otp -4829", "4829", CODE),
    ("验证码 -2015", "2015", CODE),
    ("the code is 482913", "482913", CODE),
    ("verification code: G-482913", "482913", CODE),
    ("my otp is 482-913", "482-913", CODE),
    ("otp: 482913", "482913", CODE),
    ("OTP 4829", "4829", CODE),
    ("2fa code 123456", "123456", CODE),
    ("one-time password: 773311", "773311", CODE),
    ("security code is 9283", "9283", CODE),
    ("cvv 123", "123", CARD),
    ("CVV: 123", "123", CARD),
    ("安全码 123", "123", CARD),
    ("hunter2 is my password", "hunter2", PASSWORD),
    ("abc123是我的密码", "abc123", PASSWORD),
    ("482913 是验证码", "482913", CODE),
    ("482913 is the code I got", "482913", CODE),
    ('my password is "correct horse battery staple"', "correct horse battery staple", PASSWORD),
    ("password is 'hunter'", "hunter", PASSWORD),
    ("密码是「我爱北京天安门」", "我爱北京天安门", PASSWORD),
    ("password hunter2 or hunter3 does not work", "hunter3", PASSWORD),
    ("密码是abc123或者abc456", "abc456", PASSWORD),
    ("ｐａｓｓｗｏｒｄ：ｈｕｎｔｅｒ２", "ｈｕｎｔｅｒ２", PASSWORD),
    ("密码是ａｂｃ１２３", "ａｂｃ１２３", PASSWORD),
    ("my pass\u200bword is hun\u200bter2", "hun\u200bter2", PASSWORD),
    ("\u5bc6\u200b\u7801\uff1a8888\u200b88", "8888\u200b88", PASSWORD),
    ("password (old): hunter2", "hunter2", PASSWORD),
    ("my old password was Tr0ub4dor&3", "Tr0ub4dor&3", PASSWORD),
    ("I entered password Hunter22 and it failed", "Hunter22", PASSWORD),
    ("输入密码123456提示错误", "123456", PASSWORD),
    ("My password is P@ssword", "P@ssword", PASSWORD),
    ("user: bob password: Secret99 please log me in", "Secret99", PASSWORD),
    ('{"password": "hunter2"}', "hunter2", PASSWORD),
    ("password = 'hunter2'", "hunter2", PASSWORD),
    ("账号13800138000密码abc123456", "abc123456", PASSWORD),
    ("恢复码 8F3K-22LM-90QA", "8F3K-22LM-90QA", CODE),
    ("备份码：83920183", "83920183", CODE),
    ("passphrase: myDogSpot7", "myDogSpot7", PASSWORD),
    ("解锁密码 1590", "1590", PASSWORD),
    ("the PIN I use is 4821", "4821", PASSWORD),
    ("code: 7312", "7312", CODE),
    ("pin code is 4821", "4821", PASSWORD),
    ("PIN码 4321", "4321", PASSWORD),
    ("我的密码叫abc123", "abc123", PASSWORD),
    ("my password is MyDogSpot", "MyDogSpot", PASSWORD),
    ("密码是：\nabc123", "abc123", PASSWORD),
    ("password:\nhunter2", "hunter2", PASSWORD),
]


@pytest.mark.parametrize(("text", "secret", "kind"), TOLD)
def test_what_is_told_is_removed(text: str, secret: str, kind: SecretKind) -> None:
    assert_gone(text, secret, kind)


@pytest.mark.parametrize(("text", "secret", "kind"), TOLD)
def test_what_is_told_is_removed_from_a_longer_text(
    text: str, secret: str, kind: SecretKind
) -> None:
    assert_gone(f"Hello, I need help.\n{text}\nI can not log in.", secret, kind)
    assert_gone(f"你好，在吗\n{text}\n怎么办呢", secret, kind)


def test_the_sentence_around_it_stays() -> None:
    assert screen("my password is hunter2, why").text == "my password is [password removed], why"
    assert screen("密码是abc123怎么登不上").text == "密码是[密码已删除]怎么登不上"
    assert screen("验证码 482913 不对").text == "验证码 [验证码已删除] 不对"
    assert screen("cvv 123?").text == "cvv [card number removed]?"


def test_all_that_are_told_are_removed() -> None:
    screened = screen("password hunter2 or hunter3, pin 4821, code 773311")

    assert screened.text == (
        "password [password removed] or [password removed], pin [password removed], "
        "code [verification code removed]"
    )
    assert screened.kinds == (PASSWORD, CODE)


def test_long_passwords_leave_nothing() -> None:
    password = "aB3$" * 40

    assert_gone(f"password: {password} ok", password, PASSWORD)
