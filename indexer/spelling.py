"""The words of a knowledge base, so that a slip in a question can be mended towards them."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.text import HAN, Tokenizer

_HAN_WORD = re.compile(f"[{HAN}]+\\Z")
_LATIN_WORD = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How often each word stands in the articles: Chinese words as cut by the tokenizer, Latin
    words as they are written, lower case and without their stems cut.
    """

    chinese: dict[str, int]
    latin: dict[str, int]

    @classmethod
    def of(cls, texts: Iterable[str], tokenizer: Tokenizer) -> "Spelling":
        """Count the words of normalised `texts`."""
        chinese: Counter[str] = Counter()
        latin: Counter[str] = Counter()
        for text in texts:
            latin.update(_LATIN_WORD.findall(text))
            chinese.update(t for t in tokenizer.tokens(text) if _HAN_WORD.match(t))
        return cls(dict(sorted(chinese.items())), dict(sorted(latin.items())))

    def save(self, file: Path) -> None:
        """Write the words to `file` (JSON)."""
        words = {"chinese": self.chinese, "latin": self.latin}
        file.write_text(json.dumps(words, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> "Spelling":
        """Return the words in `file`.

        Raises:
            ValueError: the file is no such list.
        """
        values = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict) or set(values) != {"chinese", "latin"}:
            raise ValueError("it is no list of words")
        for counts in values.values():
            if not isinstance(counts, dict) or not all(isinstance(n, int) for n in counts.values()):
                raise ValueError("it is no list of words with their counts")
        return cls(**values)
