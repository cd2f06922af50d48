"""Ranked articles with highlighted snippets, for a search box."""

import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from indexer import Index, Lang
from indexer.text import HAN, plain
from server.engine import Assistant, Hit
from server.engine.presentation import hit_body, hit_url, secret_warning
from server.web.marking import Span, marked

# An article that shares no word with the query is worth a line only where it is this likely.
_FLOOR = 0.05
# About two lines of a result list; a Han character is as wide as two Latin ones.
_SNIPPET: dict[Lang, int] = {"zh": 90, "en": 170}
# A word's endings are at most this long: "transfer" → "transferring".
_ENDING = 4
_WORD = re.compile(rf"[{HAN}]+|[^\W_]+(?:['’][^\W_]+)*")
_HAN_CHARACTER = re.compile(f"[{HAN}]")


def found(
    assistant: Assistant, question: str, lang: Lang | None, product: str | None, limit: int
) -> dict[str, Any]:
    """Return the articles for `question` in the shape of GET /v1/search, less the time it took."""
    answer = assistant.ask(question, lang, product, limit)
    if answer.secrets:
        return {
            "results": [],
            "warning": secret_warning(answer.query.lang, answer.secrets),
            "index_id": answer.index_id,
        }
    index = assistant.index
    words = answer.query.words
    return {
        "results": [
            _result(index, hit, words)
            for hit in answer.hits
            # Another index may serve by now, without the article.
            if (hit.article_id, hit.lang) in index.articles
            and (hit.score > _FLOOR or hit.evidence.lexical > 0)
        ],
        "index_id": answer.index_id,
    }


def _result(index: Index, hit: Hit, words: Iterable[str]) -> dict[str, Any]:
    article = index.articles[hit.article_id, hit.lang]
    title = hit.section or article.title
    result: dict[str, Any] = {
        "id": article.id,
        "lang": article.lang,
        "title": title,
        "title_html": highlighted(title, words),
        "snippet_html": snippet(plain(hit_body(article, hit)), words, _SNIPPET[article.lang]),
        "confidence": round(hit.score, 4),
        "url": hit_url(article, hit),
    }
    if hit.section is not None:
        result["section"] = hit.section
    return result


def highlighted(text: str, words: Iterable[str]) -> Markup:
    """Return `text` as HTML with `<mark>` around each of the search tokens `words`."""
    return marked(text, _joined(_matches(text, words)))


def _joined(spans: list[Span]) -> list[Span]:
    """Join what stands side by side: Chinese words do."""
    joined: list[Span] = []
    for start, stop in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined


def snippet(text: str, words: Iterable[str], length: int) -> Markup:
    """Return the `length` characters of `text` that hold the most `words`, highlighted."""
    words = tuple(words)
    text = " ".join(text.split())
    start = _densest(text, _matches(text, words), length)
    cut = text[start : start + length]
    if start + length < len(text):
        cut = _whole_words(cut)
    before = "… " if start else ""
    after = " …" if start + len(cut) < len(text) else ""
    return Markup("{}{}{}").format(before, highlighted(cut.strip(), words), after)


def _densest(text: str, matches: list[Span], length: int) -> int:
    """Return where the window with the most different matches begins, a little before the first."""
    if len(text) <= length or not matches:
        return 0

    def variety(span: Span) -> int:
        inside = (m for m in matches if span[0] <= m[0] and m[1] <= span[0] + length)
        return len({text[begin:end].lower() for begin, end in inside})

    best = max(matches, key=variety)[0]  # the first of equals
    start = min(max(0, best - length // 4), len(text) - length)
    if start == 0 or _HAN_CHARACTER.match(text[start]):
        return start
    space = text.find(" ", start, best)
    return start if space < 0 else space + 1


def _whole_words(text: str) -> str:
    """Cut `text` at its last space, unless it is Chinese there."""
    space = text.rfind(" ")
    return text if space < 0 or _HAN_CHARACTER.search(text[space:]) else text[:space]


def _matches(text: str, words: Iterable[str]) -> list[Span]:
    """Return where tokens of `words` stand in `text`, in order, without overlap.

    Tokens are stems: a Latin word matches one that it begins with. That marks a little more than
    the search compares, which does no harm in a list of results.
    """
    chinese = sorted((w for w in words if _HAN_CHARACTER.search(w)), key=len, reverse=True)
    latin = [w for w in words if not _HAN_CHARACTER.search(w)]
    either = re.compile("|".join(map(re.escape, chinese))) if chinese else None
    spans: list[Span] = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if _HAN_CHARACTER.match(word):
            if either:
                spans += [
                    (match.start() + m.start(), match.start() + m.end())
                    for m in either.finditer(word)
                ]
        elif any(_inflects(word, stem) for stem in latin):
            spans.append(match.span())
    return spans


def _inflects(word: str, stem: str) -> bool:
    # Snowball turns a final y into i: "happy" and "happiness" share "happi".
    root = stem[:-1] if len(stem) > 3 and stem.endswith("i") else stem
    return word.startswith(root) and len(word) - len(stem) <= _ENDING
