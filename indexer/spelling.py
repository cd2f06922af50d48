"""The words of a knowledge base, so that a slip in a question can be mended towards them."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from indexer.text import HAN, Tokenizer

_HAN_RUN = re.compile(f"[{HAN}]+")
_HAN_WORD = re.compile(f"[{HAN}]+\\Z")
_LATIN_WORD = re.compile(r"[a-z]{3,}")
# So many pairs are kept, the most frequent ones: 3 MB.
_MOST_PAIRS = 150_000


@dataclass(frozen=True, slots=True)
class Spelling:
    """How often each word stands in the articles: Chinese words as cut by the tokenizer, Latin
    words as they are written, lower case and without their stems cut.

    `pairs` tells how often two words follow one another in a run of Chinese, function words
    included, as "first second"; nothing stands before the first word of a run and after the last.
    """

    chinese: dict[str, int]
    latin: dict[str, int]
    pairs: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str], tokenizer: Tokenizer) -> "Spelling":
        """Count the words of normalised `texts`."""
        chinese: Counter[str] = Counter()
        latin: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        for text in texts:
            latin.update(_LATIN_WORD.findall(text))
            chinese.update(t for t in tokenizer.tokens(text) if _HAN_WORD.match(t))
            for run in _HAN_RUN.findall(text):
                words = ["", *tokenizer.words(run), ""]
                pairs.update(f"{one} {other}" for one, other in pairwise(words))
        often = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_PAIRS]
        return cls(*(dict(sorted(counts)) for counts in (chinese.items(), latin.items(), often)))

    def save(self, file: Path) -> None:
        """Write the words to `file` (JSON)."""
        words = {"chinese": self.chinese, "latin": self.latin, "pairs": self.pairs}
        file.write_text(json.dumps(words, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> "Spelling":
        """Return the words in `file`.

        Raises:
            ValueError: the file is no such list.
        """
        values = json.loads(file.read_text(encoding="utf-8"))
        # Indexes of before hold no pairs: they read pinyin worse.
        if not isinstance(values, dict) or {*values, "pairs"} != {"chinese", "latin", "pairs"}:
            raise ValueError("it is no list of words")
        for counts in values.values():
            if not isinstance(counts, dict) or not all(isinstance(n, int) for n in counts.values()):
                raise ValueError("it is no list of words with their counts")
        return cls(**values)
