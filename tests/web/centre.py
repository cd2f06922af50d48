"""A small help centre, an index of it, and the app over that."""

import tempfile
from pathlib import Path

from flask_openapi3.openapi import OpenAPI

from indexer import Article, KnowledgeBase, ModelChoice, Section, build
from indexer.lexicon import Lexicon, Term
from indexer.settings import Settings
from server.desk import Desk
from server.engine import Assistant
from server.engine.domain import Situation
from server.engine.scorer import LogisticModel, Scorer, Thresholds
from server.web import create_app
from tests.fakes import FakeEncoder

# Confidence follows from the share of the query's words that the article holds, and from its lead
# over the next: two that hold the same are a case for asking back.
_MODEL = LogisticModel(intercept=-4.0, weights={"coverage": 5.0, "coverage_lead": 4.0})
_SITUATIONS: tuple[Situation, ...] = ("same", "cross", "lexical")
SCORER = Scorer(
    models=dict.fromkeys(_SITUATIONS, _MODEL),
    thresholds=dict.fromkeys(_SITUATIONS, Thresholds(0.85, 0.4, 0.95, 100)),
)
# The word list's own example: valid, and nobody's.
SECRET = " ".join(["abandon"] * 11 + ["about"])

ARTICLES = (
    Article(
        "deposit-late",
        "zh",
        "充值没有到账怎么办？",
        questions=("转账一直不到",),
        body="先在**区块浏览器**查交易哈希。\n\n1. 等待确认。\n2. 仍未到账，请联系客服。",
        tags=("deposit",),
        product="tpwallet",
        updated="2026-11-20",
        related=("deposit-howto", "fees"),
    ),
    Article(
        "deposit-late",
        "en",
        "My deposit has not arrived",
        body="Look up the **transaction hash** in a block explorer, then wait for confirmations.",
        tags=("deposit",),
        related=("gone",),
    ),
    Article(
        "deposit-howto", "zh", "如何充值？", body="打开钱包，复制充值地址。", tags=("deposit",)
    ),
    Article("deposit-howto", "en", "How to deposit", body="Open the wallet and copy the address."),
    Article("fees", "en", "What are network fees?", body="Validators earn the fees."),
    Article(
        "freeze",
        "zh",
        "账户被冻结如何申诉？",
        body="提交身份资料，等待人工审核。",
        priority="urgent",
    ),
    Article(
        "markup",
        "en",
        'Show <b>bold</b> & "quoted" text',
        body='<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror="alert(3)">',
    ),
    Article(
        "guide",
        "en",
        "Staking guide",
        body="Long text about staking rewards and unbonding periods.",
        sections=(
            Section("What is staking?", "Lock coins to secure the chain."),
            Section("How long does unbonding take?", "Unbonding takes **21 days**."),
        ),
    ),
)


KB_SETTINGS: dict[str, object] = {
    "default_language": "zh",
    "intake_default": ["problem"],
    "intake": {
        "problem": {"zh": "遇到了什么问题？", "en": "What went wrong?"},
        "chain": {
            "zh": "哪个网络？",
            "en": "Which network?",
            "kind": "choice",
            "choices": {"zh": ["比特币", "其他"], "en": ["Bitcoin", "Other"]},
        },
        "transaction_hash": {
            "zh": "交易哈希",
            "en": "Transaction hash",
            "kind": "transaction_hash",
        },
    },
    "intake_for": {"deposit": ["chain", "transaction_hash", "problem"]},
    "priority_rules": [
        {"priority": "urgent", "words": {"zh": ["被盗"], "en": ["stolen"]}},
        {"priority": "high", "tags": ["complaint"]},
        {"priority": "normal"},
    ],
    "products": {
        "tpwallet": {
            "name": "TP Wallet",
            "aliases": ["TP钱包"],
            "hours": {"timezone": "Asia/Shanghai", "mon_fri": [["09:00", "21:00"]]},
            "channels": [
                {
                    "id": "chat",
                    "name": {"zh": "在线聊天", "en": "Live chat"},
                    "follows_hours": True,
                },
                {"id": "mail", "name": {"zh": "邮件", "en": "E-mail"}},
            ],
            "complaint": [
                {"id": "received", "zh": "已收到。", "en": "Received."},
                {"id": "solution", "zh": "处理中。", "en": "Being solved."},
            ],
        },
        "imwallet": {
            "name": "IM Wallet",
            "hours": {"always_open": True},
            "channels": [
                {"id": "app", "name": {"zh": "应用内", "en": "In the app"}, "follows_hours": True}
            ],
        },
    },
}


GLOSSARY = (
    Term(
        "区块浏览器",
        "block explorer",
        "可以查每笔交易的网站。",
        "A site that shows <every> transfer.",
    ),
    Term("哈希", "hash", "一串字符。", "A string of characters."),
)


def build_index(root: Path, articles: tuple[Article, ...] = ARTICLES) -> str:
    """Build an index of `articles` under `root` and return its id."""
    base = KnowledgeBase(articles, Lexicon(glossary=GLOSSARY), KB_SETTINGS)
    return build(base, root, FakeEncoder(), ModelChoice("no-such-model")).index_id


def open_assistant(root: Path) -> Assistant:
    return Assistant.open(root, encoder=FakeEncoder(), scorer=SCORER)


# Closed when the tests are over; see conftest.
opened: list[tuple[Desk, tempfile.TemporaryDirectory[str]]] = []


def open_desk(**options: object) -> Desk:
    """Return a desk with a database of its own."""
    folder = tempfile.TemporaryDirectory(prefix="faq-desk-")
    desk = Desk.open(Settings({"data": folder.name} | options, environment={}))
    opened.append((desk, folder))
    return desk


def app_over(assistant: Assistant, desk: Desk | None = None, **options: object) -> OpenAPI:
    """Return the app; how often it may be called is limited only where a test says so."""
    unlimited = dict.fromkeys(("rate_limit", "rate_limit_suggest", "rate_limit_write"), "off")
    settings = Settings(unlimited | options, environment={})
    return create_app(settings, assistant, desk or open_desk())
