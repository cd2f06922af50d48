"""An Answer as JSON: what POST /v1/ask returns and `faq-ask --json` prints."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from indexer import Article, Index, Lang
from indexer.article import twin_language
from server.engine.assistant import Assistant
from server.engine.domain import Answer, Decision, HandoffReason, Hit
from server.engine.handoff import present_handoff
from server.engine.render import to_html

# An article less likely than this is not worth a line under a hand-off.
_FLOOR = 0.05

_SECRET_WARNING: dict[Lang, str] = {
    "zh": "您输入的内容里含有助记词、私钥、密码或卡号等机密信息，我们已将其删除，没有保存。"
    "任何看到它的人都能转走您的资产：如果助记词或私钥曾经泄露，请立即在安全的设备上创建新钱包，"
    "并把资产转过去。客服永远不会索要这些信息。",
    "en": "What you typed holds a secret such as a mnemonic, private key, password or card number. "
    "We removed it and kept nothing of it. Whoever has seen it can take your assets: if a mnemonic "
    "or private key may have leaked, create a new wallet on a clean device now and move your "
    "assets there. Support never asks for any of these.",
}


class IndexSwappedError(Exception):
    """Another index serves than the one that gave the answer: ask again."""


def present(
    assistant: Assistant, answer: Answer, *, took_ms: float, conversation_id: str | None = None
) -> dict[str, Any]:
    """Return `answer` in the shape of the HTTP interface; see the README for its fields.

    Optional fields are left out where they do not apply: `handoff` unless that is the decision or
    the case is urgent, `warning` unless a secret was found.

    Raises:
        IndexSwappedError: `assistant` serves another index by now, perhaps without the articles.
    """
    index = assistant.index
    if index.manifest.index_id != answer.index_id:
        raise IndexSwappedError
    lang = answer.query.lang
    shown = [hit for hit in answer.hits if answer.decision == Decision.ANSWER or hit.score > _FLOOR]
    presented: dict[str, Any] = {
        "decision": answer.decision.value,
        "lang": lang,
        "confidence": round(answer.confidence, 4),
        "confidence_level": _LEVELS[answer.decision],
        "answers": [_hit(index, hit) for hit in shown],
        "clarify": [_choice(index, hit) for hit in answer.choices],
        "conversation_id": conversation_id or uuid.uuid4().hex,
        "message_id": uuid.uuid4().hex,
        "index_id": answer.index_id,
        "took_ms": round(took_ms, 1),
    }
    if answer.variants and answer.decision == Decision.ANSWER:
        presented["together"] = [
            answer.hits[0].article_id,
            *(h.article_id for h in answer.variants),
        ]
    # Where money is at stake a person is offered beside an answer too.
    reason = answer.reason or (HandoffReason.URGENT if answer.urgent else None)
    if reason is not None:
        now = dt.datetime.now(dt.UTC)
        presented["handoff"] = present_handoff(index, answer, reason, now)
    if answer.secrets:
        presented["warning"] = secret_warning(lang, answer.secrets)
    return presented


def secret_warning(lang: Lang, kinds: Sequence[str]) -> dict[str, Any]:
    """Return the warning to someone who typed a secret of `kinds`."""
    return {"code": "secret_removed", "kinds": list(kinds), "message": _SECRET_WARNING[lang]}


# Confidence in words. A decision follows from the confidence alone where a confidence is what it
# follows from, so the two never contradict each other.
_LEVELS = {
    Decision.ANSWER: "high",
    Decision.CLARIFY: "medium",
    Decision.HANDOFF: "low",
    Decision.BLOCKED: "low",
}


def article_url(article_id: str, lang: Lang, section: int | None = None) -> str:
    """Return the address of an article's page, or of a section (from 0) on it."""
    anchor = "" if section is None else f"#section-{section + 1}"
    return f"/{lang}/articles/{quote(article_id)}{anchor}"


def hit_url(article: Article, hit: Hit) -> str:
    """Return the address of what was found: the article, or the section that answers."""
    headings = [section.heading for section in article.sections]
    number = headings.index(hit.section) if hit.section in headings else None
    return article_url(article.id, article.lang, number)


def hit_body(article: Article, hit: Hit) -> str:
    """Return the whole answer, or the section that answers."""
    if hit.section is None:
        return article.body
    return next((s.text for s in article.sections if s.heading == hit.section), article.body)


def _hit(index: Index, hit: Hit) -> dict[str, Any]:
    article = index.articles[hit.article_id, hit.lang]
    body = hit_body(article, hit)
    evidence = hit.evidence
    presented: dict[str, Any] = {
        "id": hit.article_id,
        "lang": hit.lang,
        "question": hit.section or article.title,
        "matched_question": evidence.matched_question,
        "answer": body,
        "answer_html": to_html(body),
        "confidence": round(hit.score, 4),
        "scores": {
            "dense": None if evidence.dense is None else round(evidence.dense, 4),
            "lexical": round(evidence.lexical, 4),
        },
        "url": hit_url(article, hit),
    }
    if hit.section is not None:
        presented["section"] = hit.section
    other = twin_language(hit.lang)
    if (hit.article_id, other) in index.articles:
        presented["twin"] = {"lang": other, "url": article_url(hit.article_id, other)}
    return presented


def _choice(index: Index, hit: Hit) -> dict[str, Any]:
    article = index.articles[hit.article_id, hit.lang]
    return {
        "id": hit.article_id,
        "lang": hit.lang,
        "question": hit.section or article.title,
        "confidence": round(hit.score, 4),
        "url": hit_url(article, hit),
    }
