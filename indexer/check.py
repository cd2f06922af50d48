"""What an editor should mend before publishing, though an index could be built of it."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from indexer.article import LANGS, Article
from indexer.knowledge import KnowledgeBase, products
from indexer.text import normalise, plain

# A title is read at a glance in a list of results.
_TITLE_CELLS = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """`source` is FILE:LINE, `rule` a name that scripts can filter by."""

    source: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.rule}: {self.message}"


def check(base: KnowledgeBase) -> list[Finding]:
    """Return every finding, ordered by file and line."""
    rules = (_answers, _titles, _twins, _related, _declared, _repeated_questions, _repeated_bodies)
    findings = [finding for rule in rules for finding in rule(base)]
    return sorted(findings, key=_place)


def _place(finding: Finding) -> tuple[str, int, str, str]:
    file, _, line = finding.source.rpartition(":")
    return file, int(line) if line.isdigit() else 0, finding.rule, finding.message


def _answers(base: KnowledgeBase) -> Iterator[Finding]:
    for article in base.articles:
        if not plain(article.body):
            yield Finding(article.source, "empty-answer", "the body is empty. Write the answer.")


def _titles(base: KnowledgeBase) -> Iterator[Finding]:
    for article in base.articles:
        # A Han character takes two cells of a fixed-width line.
        wide = sum(unicodedata.east_asian_width(c) in "WF" for c in article.title)
        if len(article.title) + wide > _TITLE_CELLS:
            message = f"the title is longer than {_TITLE_CELLS} cells. Shorten it."
            yield Finding(article.source, "long-title", message)


def _twins(base: KnowledgeBase) -> Iterator[Finding]:
    """Each article has its translation, and none was changed after the other one."""
    languages = base.settings.get("languages", LANGS)
    by_id: dict[str, dict[str, Article]] = defaultdict(dict)
    for article in base.articles:
        by_id[article.id][article.lang] = article
    for twins in by_id.values():
        first = next(iter(twins.values()))
        for lang in languages:
            if lang not in twins:
                message = f"there is no '{lang}' article with the id '{first.id}'. Translate it."
                yield Finding(first.source, "missing-twin", message)
        dated = sorted((a for a in twins.values() if a.updated), key=lambda a: str(a.updated))
        for older, newer in pairwise(dated):
            if older.updated != newer.updated:
                message = (
                    f"last updated {older.updated}, its twin {newer.source} {newer.updated}. "
                    "Bring it up to date."
                )
                yield Finding(older.source, "stale-twin", message)
        for name in ("tags", "product", "priority", "variant_of"):
            values = {getattr(article, name) for article in twins.values()}
            if len(values) > 1:
                message = f"'{name}' differs between the languages. Make them equal."
                yield Finding(first.source, "unequal-twin", message)


def _related(base: KnowledgeBase) -> Iterator[Finding]:
    ids = {article.id for article in base.articles}
    for article in base.articles:
        for other in article.related:
            if other not in ids or other == article.id:
                message = f"related id '{other}' is no other article. Correct or remove it."
                yield Finding(article.source, "unknown-related", message)


def _declared(base: KnowledgeBase) -> Iterator[Finding]:
    """Tags and products are a closed list, where kb.toml declares them."""
    tags = base.settings.get("tags", {})
    known = {product.id for product in products(base.settings)}
    for article in base.articles:
        for tag in article.tags:
            if tags and tag not in tags:
                message = f"tag '{tag}' is not in kb.toml. Use one that is, or declare it there."
                yield Finding(article.source, "unknown-tag", message)
        if known and article.product and article.product not in known:
            message = f"product '{article.product}' is not in kb.toml. Declare it there."
            yield Finding(article.source, "unknown-product", message)


def _repeated_questions(base: KnowledgeBase) -> Iterator[Finding]:
    """A question that two articles claim can be answered by one of them only."""
    first: dict[tuple[str, str], Article] = {}
    for article in base.articles:
        for question in (article.title, *article.questions):
            key = (article.lang, normalise(question).rstrip("?!.。 "))
            other = first.setdefault(key, article)
            if other is not article and not _variants(article, other):
                message = f"'{question}' stands in {other.source} too. Keep it in one of them."
                yield Finding(article.source, "repeated-question", message)
        wordings = [normalise(q).rstrip("?!.。 ") for q in (article.title, *article.questions)]
        if len(set(wordings)) < len(wordings):
            message = "a question stands in this article twice. Remove one."
            yield Finding(article.source, "repeated-question", message)


def _variants(one: Article, other: Article) -> bool:
    """Tell whether the two answer the same question, each for its own product."""
    same_question = one.variant_of is not None and one.variant_of == other.variant_of
    return same_question and one.product != other.product


def _repeated_bodies(base: KnowledgeBase) -> Iterator[Finding]:
    first: dict[str, Article] = {}
    for article in base.articles:
        body = normalise(article.body)
        if body and (other := first.setdefault(body, article)) is not article:
            remedy = "Translate one" if other.id == article.id else "Merge the two"
            message = f"the answer is word for word that of {other.source}. {remedy}."
            yield Finding(article.source, "repeated-answer", message)
