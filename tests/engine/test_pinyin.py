"""Letters found in syllables, against a search that tries everything."""

import re

from hypothesis import given
from hypothesis import strategies as st

from server.engine.beginnings import TokenRow
from server.engine.pinyin import Spelt, spell, spellings

TEXTS = [["ti", "xian"], ["xi", "an"], ["zhang", "shan", "gas"], ["a", "", "xian"]]
# Where each token stands: texts are one place apart.
ROW = [token for text in TEXTS for token in (*text, "")]
SPELT = Spelt(TokenRow(TEXTS))


def tried(letters: str, *, initials: bool) -> set[int]:
    """Return every place from which `letters` can be read, by a regular expression for each."""
    found = set()
    for start in range(len(ROW)):
        for end in range(start + 1, len(ROW) + 1):
            tokens = ROW[start:end]
            if not all(tokens):
                break
            whole = [
                f"(?:{t}|{t[0]}" + (f"|{t[:2]})" if t[1:2] == "h" else ")") if initials else t
                for t in tokens[:-1]
            ]
            last = "(?:" + "|".join(tokens[-1][:n] for n in range(len(tokens[-1]), 0, -1)) + ")"
            if re.fullmatch("".join(whole) + last, letters):
                found.add(start)
    return found


@given(st.text(alphabet="tixanzhgs", min_size=1, max_size=9), st.booleans())
def test_as_if_everything_was_tried(letters: str, initials: bool) -> None:
    found = {int(p) for m in SPELT.find(letters, initials=initials) for p in m.places}
    assert found == tried(letters, initials=initials)


def test_fewer_tokens_count() -> None:
    (match,) = SPELT.find("xian", initials=False)
    counts = dict(zip(match.places.tolist(), match.count.tolist(), strict=True))
    assert counts == {1: 1, 3: 2, 12: 1}


def test_each_character_has_its_place() -> None:
    assert spell(["提", "现", "usdt", "银", "行"]) == ["ti", "xian", "usdt", "yin", "hang"]
    assert len(spell(["提", "\u9fef", "\u3400", "\ufa0e"])) == 4
    assert spell(["withdraw"]) == [""]


def test_what_is_typed_becomes_letters() -> None:
    assert list(spellings(["提", "xian"])) == ["tixian"]
    assert list(spellings(["ti", "xian"])) == ["tixian"]
    assert list(spellings(["é"])) == []
    assert list(spellings(["a"] * 41)) == []
    assert list(spellings(["abca"], slips=True)) == ["acba", "abac"]
