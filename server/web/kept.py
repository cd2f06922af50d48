"""What is made of an index once, and anew when another serves."""

from collections.abc import Callable
from typing import TypeVar, cast

from flask import current_app

from indexer import Index
from server.web.context import assistant

Made = TypeVar("Made")


def kept(name: str, make: Callable[[Index], Made]) -> Made:
    """Return what `make` made of the index that serves now; `name` is what it goes by."""
    index = assistant().index
    extension = f"faq_kept_{name}"
    found = cast("tuple[str, Made] | None", current_app.extensions.get(extension))
    if found is None or found[0] != index.manifest.index_id:
        # Two threads may make it at once: they make the same.
        found = current_app.extensions[extension] = index.manifest.index_id, make(index)
    return found[1]
