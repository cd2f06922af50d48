"""What matched, marked in HTML."""

from collections.abc import Iterable

from markupsafe import Markup, escape

Span = tuple[int, int]


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """Return `text` as HTML with `<mark>` around each of `spans`, which are in order and apart."""
    parts: list[Markup] = []
    end = 0
    for start, stop in spans:
        parts += [escape(text[end:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
        end = stop
    return Markup().join([*parts, escape(text[end:])])
