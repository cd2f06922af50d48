"""Toneless pinyin: which letters are a syllable, and which others they may be meant for."""

from functools import lru_cache
from itertools import product

# Initials and finals of standard Mandarin, and what they make together (GB/T 16159; ü as v).
_AFTER: dict[str, str] = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve ue",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve ue",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES = frozenset(
    initial + final for initial, finals in _AFTER.items() for final in finals.split()
)
LONGEST = max(map(len, SYLLABLES))

# What speakers of many regions say, and write, alike, and how much less likely the other one is
# than what is written (natural logarithms, chosen on the wallet topics' development half).
_INITIALS_ALIKE = {
    **dict.fromkeys((("z", "zh"), ("c", "ch"), ("s", "sh")), 4.0),
    **dict.fromkeys((("n", "l"), ("f", "h"), ("r", "l")), 5.5),
}
_FINALS_ALIKE = dict.fromkeys(
    (("an", "ang"), ("en", "eng"), ("in", "ing"), ("uan", "uang"), ("ian", "iang")), 4.0
)
_FINALS_ALIKE |= {("u", "v"): 1.0, ("ue", "ve"): 0.5}


@lru_cache(maxsize=10_000)
def readings(written: str) -> tuple[tuple[str, float], ...]:
    """Return the syllables that the letters `written` may be meant for, and what each one costs.

    Costs are natural logarithms, 0 for the very letters; empty where they are no syllable at all.
    """
    initial, final = _parts(written)
    found: dict[str, float] = {}
    for (one, cost), (other, more) in product(
        _alike(initial, _INITIALS_ALIKE), _alike(final, _FINALS_ALIKE)
    ):
        if one + other in SYLLABLES:
            found.setdefault(one + other, cost + more)
    return tuple(found.items())


def _parts(syllable: str) -> tuple[str, str]:
    size = 2 if syllable[:2] in _AFTER else int(syllable[:1] in _AFTER)
    return syllable[:size], syllable[size:]


def _alike(part: str, table: dict[tuple[str, str], float]) -> list[tuple[str, float]]:
    alike = [(part, 0.0)]
    for (one, other), cost in table.items():
        if part in (one, other):
            alike.append((other if part == one else one, cost))
    return alike


@lru_cache(maxsize=10_000)
def spellable(letters: str) -> bool:
    """Tell whether `letters` are nothing but whole syllables."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(end - n in reached and letters[end - n : end] in SYLLABLES for n in range(1, 7)):
            reached.add(end)
    return len(letters) in reached
