"""The help centre's shelves: what there is to browse, in the reader's language."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from indexer import Article, Index, Lang
from indexer.knowledge import products
from server.engine.presentation import article_url

_URGENT = 6
_COMMON = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a list."""

    id: str
    lang: Lang
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Articles that belong together: a topic (tag) or a product. `summary` may be empty."""

    id: str
    name: str
    url: str
    entries: tuple[Entry, ...]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Centre:
    """What one language of the help centre offers."""

    title: str
    topics: tuple[Shelf, ...]
    products: tuple[Shelf, ...]
    urgent: tuple[Entry, ...]
    common: tuple[Entry, ...]
    entries: tuple[Entry, ...]

    def topic(self, ident: str) -> Shelf | None:
        """Return the topic `ident`, None where no article has it."""
        return next((topic for topic in self.topics if topic.id == ident), None)

    def product(self, ident: str) -> Shelf | None:
        """Return the product `ident`."""
        return next((product for product in self.products if product.id == ident), None)


def centre(index: Index, lang: Lang) -> Centre:
    """Return what there is to browse in `index` in the language `lang`.

    Common questions are those that other articles refer to most: editors link what readers need
    next. The urgent ones are those of `priority: urgent` among them.
    """
    articles = [article for article in index.articles.values() if article.lang == lang]
    settings = index.knowledge.get("settings", {})
    referred = Counter(ident for article in articles for ident in article.related)
    # sorted() is stable, so equals stay in the order of the index.
    by_need = sorted(articles, key=lambda article: -referred[article.id])
    urgent = [article for article in by_need if article.priority == "urgent"][:_URGENT]
    common = [a for a in by_need if a.priority != "urgent" and referred[a.id]][:_COMMON]
    return Centre(
        title=str(settings.get("title", {}).get(lang, "")),
        topics=_topics(settings, articles, lang),
        products=_products(settings, articles, lang),
        urgent=_entries(urgent),
        common=_entries(common),
        entries=_entries(articles),
    )


def topic_url(tag: str, lang: Lang) -> str:
    """Return the address of a topic's page."""
    return f"/{lang}/topics/{quote(tag)}"


def tag_name(settings: dict[str, Any], tag: str, lang: Lang) -> str:
    """Return what readers call the tag."""
    return str(settings.get("tags", {}).get(tag, {}).get(lang, tag))


def _topics(settings: dict[str, Any], articles: list[Article], lang: Lang) -> tuple[Shelf, ...]:
    used = {tag for article in articles for tag in article.tags}
    # In the order of kb.toml, where tags are declared for that; others follow by name.
    declared = [tag for tag in settings.get("tags", {}) if tag in used]
    return tuple(
        Shelf(
            id=tag,
            name=tag_name(settings, tag, lang),
            url=topic_url(tag, lang),
            entries=_entries(article for article in articles if tag in article.tags),
        )
        for tag in [*declared, *sorted(used.difference(declared))]
    )


def _products(settings: dict[str, Any], articles: list[Article], lang: Lang) -> tuple[Shelf, ...]:
    tables = settings.get("products", {})
    return tuple(
        Shelf(
            id=product.id,
            name=product.name,
            url=f"/{lang}/products/{quote(product.id)}",
            entries=_entries(article for article in articles if article.product == product.id),
            summary=str(tables[product.id].get("summary", {}).get(lang, "")),
        )
        for product in products(settings)
    )


def _entries(articles: Iterable[Article]) -> tuple[Entry, ...]:
    return tuple(Entry(a.id, a.lang, a.title, article_url(a.id, a.lang)) for a in articles)
