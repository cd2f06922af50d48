"""The help centre of these tests, and others that are made from it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from indexer import Article, KnowledgeBase, ModelChoice, Section, build
from indexer.lexicon import Lexicon, Term
from server.engine.domain import Situation
from server.engine.scorer import LogisticModel, Scorer, Thresholds
from tests.fakes import FakeEncoder

ARTICLES = (
    Article(
        "withdraw-late",
        "zh",
        "提现没到账怎么办",
        questions=("提现多久到账", "提现一直没到账"),
        body="提现没到账，先看提现的交易哈希。**没有哈希**：提现还在审核。有哈希：等待区块确认。",
    ),
    Article(
        "withdraw-late",
        "en",
        "My withdrawal has not arrived",
        questions=("How long does a withdrawal take?",),
        body="Look up the transaction hash of the withdrawal, then wait for confirmations.",
    ),
    Article(
        "mnemonic-lost",
        "zh",
        "助记词丢了怎么办",
        questions=("忘记助记词", "助记词不见了"),
        body="助记词无法找回。还能打开钱包，就马上抄下助记词，并把资产转到新钱包。",
    ),
    Article(
        "mnemonic-lost",
        "en",
        "I lost my mnemonic",
        questions=("Can the mnemonic be recovered?",),
        body="Nobody can restore a mnemonic. While the wallet still opens, write the mnemonic down.",
    ),
    Article(
        "fees",
        "zh",
        "手续费为什么这么贵",
        questions=("转账手续费太高",),
        body="手续费由网络决定，钱包不收转账手续费。拥堵的时候手续费会涨。",
    ),
    Article(
        "fees",
        "en",
        "Why are the network fees so high?",
        questions=("gas too expensive",),
        body="The network sets the fees. Validators receive them; the wallet keeps nothing.",
    ),
    Article(
        "hours-tpwallet",
        "zh",
        "TPWallet客服几点上班",
        body="TPWallet客服工作日在线。",
        product="tpwallet",
        variant_of="hours",
    ),
    Article(
        "hours-tpwallet",
        "en",
        "When is TPWallet support open?",
        body="TPWallet support answers on working days.",
        product="tpwallet",
        variant_of="hours",
    ),
    Article(
        "hours-imwallet",
        "zh",
        "IM钱包客服几点上班",
        body="IM钱包客服全天在线。",
        product="imwallet",
        variant_of="hours",
    ),
    Article(
        "hours-imwallet",
        "en",
        "When is IM Wallet support open?",
        body="IM Wallet support answers day and night.",
        product="imwallet",
        variant_of="hours",
    ),
    Article("staking", "zh", "质押收益什么时候发放", body="质押收益按区块发放，解除质押要等待。"),
    Article("nft", "en", "Where is my NFT gallery?", body="The NFT gallery is the second tab."),
    Article(
        "guide",
        "zh",
        "跨链指南",
        body="关于跨链的一切。",
        sections=(
            Section("跨链要多久", "跨链要等两条链的确认。"),
            Section("跨链失败怎么退款", "跨链失败会**原路退回**。"),
        ),
    ),
    Article(
        "guide",
        "en",
        "Bridge guide",
        body="All about bridges.",
        sections=(
            Section("How long does a bridge take?", "Both chains have to confirm the bridge."),
            Section("How is a failed bridge refunded?", "A failed bridge is **sent back**."),
        ),
    ),
)
LEXICON = Lexicon(
    words=("助记词", "手续费", "没到账", "跨链"),
    synonyms=(("提现", "提币"), ("手续费", "gas费", "matic")),
    glossary=(Term("冷钱包", "cold wallet", "不联网的钱包", "a wallet that is offline"),),
)
SETTINGS = {
    "default_language": "zh",
    "products": {
        "tpwallet": {"name": "TPWallet", "aliases": ["tp钱包", "tp wallet", "tp"]},
        "imwallet": {"name": "IM Wallet", "aliases": ["imwallet", "im钱包"]},
    },
    "handoff": {"words": {"zh": ["换个人来"], "en": ["no more bot"]}},
    "priority_rules": [
        {"priority": "urgent", "tags": ["scam"], "words": {"zh": ["被盗"], "en": ["stolen"]}},
        {"priority": "normal", "tags": [], "words": {"zh": ["慢"], "en": ["slow"]}},
    ],
}
BASE = KnowledgeBase(ARTICLES, LEXICON, SETTINGS)

# Plain enough to foresee: what an article holds of the question's words decides.
SCORER = Scorer(
    models={
        "same": LogisticModel(-5.0, {"closeness": 0.5, "coverage": 5.0, "lexical": 2.0}),
        "cross": LogisticModel(-4.0, {"closeness": 0.5}),
        "lexical": LogisticModel(-4.0, {"coverage": 5.0, "lexical": 2.0}),
    },
    thresholds=dict.fromkeys(("same", "cross", "lexical"), Thresholds(0.8, 0.4, 0.95, 100)),
)
SITUATIONS: tuple[Situation, ...] = ("same", "cross", "lexical")

# The word list's own example: valid, and nobody's.
SECRET = " ".join(["abandon"] * 11 + ["about"])

QUESTIONS = (
    "提现没到账怎么办",
    "体现没到账",
    "忘记助记次了",
    "tixian mei daozhang",
    "why is the gas so expensive",
    "my withdrawl has not arived",
    "NFT 在哪里看",
    "when is support open",
    "TPWallet 客服几点上班",
    "im钱包 几点上班",
    "跨链失败",
    "failed bridge refund",
    "转人工",
    "今天天气怎么样",
    "quantum chromodynamics",
    "???",
    "",
)


def build_index(root: Path, base: KnowledgeBase = BASE, encoder: FakeEncoder | None = None) -> str:
    """Build the index of `base` under `root` and return its id."""
    choice = ModelChoice("no-such-model")
    return build(base, root, encoder or FakeEncoder(), choice).index_id


def with_articles(*articles: Article) -> KnowledgeBase:
    """Return the help centre with these articles instead of its own."""
    return replace(BASE, articles=articles)


def more_articles(lang: str, count: int) -> Iterable[Article]:
    """Yield articles in `lang` on things that the help centre says nothing about."""
    for number in range(count):
        if lang == "en":
            title = f"How do I feed a rabbit of breed {number}?"
            yield Article(f"rabbit-{number}", "en", title, body=f"Hay for rabbit {number}, always.")
        else:
            title = f"第{number}种兔子怎么喂"
            yield Article(f"rabbit-{number}", "zh", title, body=f"给第{number}种兔子吃干草。")
