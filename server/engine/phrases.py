"""Whether a text holds a phrase of kb.toml: Latin ones as whole words, Chinese ones anywhere."""

import re


def contains(text: str, phrase: str) -> bool:
    """Tell whether `phrase` is in `text`, its Latin words as whole ones; both are normalised."""
    if not phrase or phrase not in text:
        return False
    before = "(?<![a-z0-9])" if phrase[0].isascii() else ""
    after = "(?![a-z0-9])" if phrase[-1].isascii() else ""
    return re.search(before + re.escape(phrase) + after, text) is not None
