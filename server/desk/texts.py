"""What visitors and agents write, made fit to be kept."""

from server.engine.safety import screen

_NUL = "\x00"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """Return `text` without secrets.

    The gate has seen it already where it came in; what slips by there is stopped here.
    """
    return screen(storable(text)).text


def clean_or_none(text: str | None) -> str | None:
    """Return the same for a text that may be left out; None where nothing is left of it."""
    return clean(text).strip() or None if text else None


def storable(text: str) -> str:
    """Return `text` without halves of surrogate pairs and NULs, which no UTF-8 column takes."""
    if text.isascii() and _NUL not in text:
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace(_NUL, _REPLACEMENT)
