"""The products that callers may name: by id, by name, or as users call them."""

from typing import cast

from flask import current_app

from indexer import Index
from indexer.knowledge import products
from indexer.text import normalise
from server.web.context import assistant
from server.web.errors import ApiError

_EXTENSION = "faq_products"


class Products:
    """The products of one index: those that kb.toml declares, and those that articles name."""

    def __init__(self, index: Index) -> None:
        self.index_id = index.manifest.index_id
        declared = products(index.knowledge.get("settings", {}))
        used = {article.product for article in index.articles.values() if article.product}
        self.ids = tuple(dict.fromkeys([*(p.id for p in declared), *sorted(used)]))
        # Every name as it is written, with the id that it stands for.
        self.names = {ident: ident for ident in self.ids}
        for product in declared:
            for name in (product.name, *product.aliases):
                self.names.setdefault(name, product.id)
        self._by_name = {normalise(name): ident for name, ident in self.names.items()}

    def find(self, name: str) -> str | None:
        """Return the id of the product that `name` stands for, whatever its case."""
        return self._by_name.get(normalise(name))


def known_products() -> Products:
    """Return the products of the index that serves now."""
    index = assistant().index
    known = cast("Products | None", current_app.extensions.get(_EXTENSION))
    if known is None or known.index_id != index.manifest.index_id:
        known = current_app.extensions[_EXTENSION] = Products(index)
    return known


def product_id(name: str | None) -> str | None:
    """Return the id of the product that a caller named; None where none was named.

    Raises:
        ApiError: 422, there is no such product; it names those that there are.
    """
    if name is None:
        return None
    known = known_products()
    found = known.find(name)
    if found is None:
        listed = ", ".join(known.ids) or "-"
        raise ApiError(422, problems=[("product", "unknown_product", {"known": listed})])
    return found
