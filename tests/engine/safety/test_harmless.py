"""What users type that holds no secret comes back as it was, character by character."""

import json
from pathlib import Path

import pytest

import evaluation
from server.engine.safety import Screened, screen

HARMLESS = [
    "my password is wrong",
    "My password is not working",
    "密码是什么",
    "密码是错的",
    "密码是多少",
    "密码错误",
    "密码输错5次被锁",
    "password is not working",
    "password is incorrect",
    "验证码收不到",
    "验证码是什么",
    "error code 500",
    "Error code: 40001",
    "error code 4001 when I connect",
    "HTTP status code 404",
    "密码是6位还是8位",
    "支付密码必须是6位数字吗",
    "my password must be 8 characters",
    "the password should have 8-16 characters",
    "password is 100% correct",
    "验证码60秒内有效",
    "验证码 5 分钟有效",
    "验证码发到13800138000",
    "验证码 13800138000 收不到",
    "忘记密码怎么办",
    "忘记密码了，手机号13800138000",
    "how do I reset my password",
    "I forgot my password",
    "where is my PIN",
    "what is a pin code",
    "QR code 2024",
    "promo code SAVE2024",
    "邀请码 A8K2D9",
    "邮政编码 100080",
    "zip code 94105",
    "country code 86",
    "what is 2FA",
    "改域密码 Ctrl+Alt+Del",
    "change the password with ctrl+alt+delete",
    "password manager 1Password is good?",
    "my password is for tpwallet",
    "密码是“错误”的提示",
    'it says my password is "incorrect"',
    "the password is case-sensitive",
    "password was changed 3 days ago",
    "密码改了3次",
    "密码三天前改过",
    "ERC20 和 TRC20 有什么区别",
    "what is the password for",
    "Is my password stored on your server?",
    "password expired",
    "验证码错误 怎么办",
    "otp not received",
    "I did not get the OTP after 10 minutes",
    "my code is not working",
    "the code is invalid",
    "Why is the verification code always expired?",
    "密码：忘记了",
    "密码: 忘记",
    "Password: required",
    "the password is the same as before",
    "password reset email did not arrive at alice@example.com",
    "password is required to be 12 characters long",
    "安全码是什么",
    "CVV是什么",
    "what is cvv",
    "pass the KYC",
    "how many digits is the PIN, 4 or 6?",
    "PIN 4 digits or 6 digits",
    "密码强度是弱",
    "密码至少 8 位，包含大小写",
    "code 500",
    "error 4001, code 4001",
    "code -2015 invalid ip",
    "Code -1021: timestamp is outside of the recvWindow",
    "api returns code -32603",
    "code: -32000, insufficient funds",
    "code=-1022 signature not valid",
    '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
    '{"code": -1121, "msg": "Invalid symbol."}',
    "your gift card code SAVE50",
    "can you arrange delivery for pin code 851133",
    "What happens if I lose my recovery phrase?",
    "Write down your 12 words on paper and keep them offline",
    "How do I import a wallet with a private key?",
    "What is the difference between a seed phrase and a private key",
    "助记词和私钥有什么区别",
    "助记词丢了怎么办",
    "我的助记词只有11个单词能用吗",
    "助记词顺序写错了还能恢复吗",
    "12 个单词的助记词和 24 个单词的有什么不同",
    "怎么导出私钥",
    "keystore 文件在哪里",
    "Is it safe to store the mnemonic in a password manager?",
    "Support will never ask for your password, private key or seed phrase.",
    "客服不会向您索要密码、私钥或助记词",
    "my address is 0x52908400098527886e0f7030069857d2e4169ee7",
    "地址 TJRabPrwbZy45sbavfcjinPJC18kjpRTv8 没到账",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "tx 0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    "交易哈希：0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    "https://etherscan.io/tx/0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    "xpub 和 xprv 有什么区别",
    "What is an xprv key?",
    "我转了 500 USDT 到 0x52908400098527886e0f7030069857d2e4169ee7 三天没到账",
    "I sent 0.25 ETH on 2024-05-06 at 12:30 and it is still pending",
    "订单号 202405061234567890 什么时候到",
    "my phone is +86 138 0013 8000",
    "手机号 13800138000 收不到短信",
    "工单编号 20240506001",
    "gas price 25 gwei, limit 21000, nonce 118",
    "version 2.4.17 build 20240506 on Android 14",
    "block 19876543",
    "区块高度 19876543 之后都没有到账",
    "please can you help me, I can not see any token in my wallet after the update",
    "which network should I choose when I send coins to another exchange",
    "转账、提现、充值、兑换、质押、借贷、理财都在哪里",
    "提现没到账怎么办",
    "How long does a withdrawal take? I have been waiting 48 hours now",
    "充值 1000 USDT 需要多少手续费",
    'The app says "network error" when I open the swap page',
    "app 提示“网络错误”怎么解决",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
    "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]",
    "550e8400-e29b-41d4-a716-446655440000",
    "d41d8cd98f00b204e9800998ecf8427e",
    "192.168.1.1 and 2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "I want my money back",
    "😀 钱包打不开 😭",
    "\u3000全角空格\u3000和ＡＢＣ",
    "passkeys and passwordless login",
    "compass, passport, pinned, encode, decoder, opcode 123456",
    "boarding pass 482913",
    "",
    " ",
    "\n",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays(text: str) -> None:
    assert screen(text) == Screened(text, ())
    assert not screen(text).blocked


@pytest.mark.parametrize("split", ["train", "dev"])
def test_thousands_of_questions_and_answers_stay(split: str) -> None:
    path = Path(evaluation.__file__).parent / "datasets" / "clusters" / f"{split}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [
        text
        for row in rows
        for text in (
            *row["en"],
            *row["zh"],
            *row.get("near", ()),
            row.get("answer_en", ""),
            row.get("answer_zh", ""),
        )
    ]
    assert len(texts) > 4000

    cut = [text for text in texts if screen(text).text != text]

    assert cut == []
