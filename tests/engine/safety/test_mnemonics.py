import random
from collections.abc import Callable

import pytest
from mnemonic import Mnemonic

from server.engine.safety import SecretKind, screen
from tests.engine.safety.makers import STRENGTHS, assert_words_gone, mnemonic

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔"


def wide(text: str) -> str:
    """Return `text` in full-width letters."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def grouped(words: list[str]) -> str:
    """Return `words` four to a line."""
    return "\n".join(" ".join(words[at : at + 4]) for at in range(0, len(words), 4))


WRITTEN: dict[str, Callable[[list[str]], str]] = {
    "spaces": " ".join,
    "commas": ", ".join,
    "commas alone": ",".join,
    "lines": "\n".join,
    "windows lines": "\r\n".join,
    "four to a line": grouped,
    "tabs": "\t".join,
    "chinese commas": "，".join,
    "enumeration commas": "、".join,
    "dashes": "-".join,
    "arrows": " -> ".join,
    "slashes": "/".join,
    "underscores": "_".join,
    "wide spaces": "\u3000".join,
    "upper case": lambda words: " ".join(words).upper(),
    "capitals": lambda words: " ".join(words).title(),
    "full width": lambda words: wide(" ".join(words)),
    "numbered": lambda words: " ".join(f"{n}. {w}" for n, w in enumerate(words, 1)),
    "numbered, brackets": lambda words: " ".join(f"{n}){w}" for n, w in enumerate(words, 1)),
    "numbered, glued": lambda words: "".join(f"{n}{w}" for n, w in enumerate(words, 1)),
    "numbered lines": lambda words: "\n".join(f"{n}: {w}" for n, w in enumerate(words, 1)),
    "circled": lambda words: "".join(f"{CIRCLED[n]}{w}" for n, w in enumerate(words)),
    "lettered": lambda words: " ".join(f"{chr(97 + n)}) {w}" for n, w in enumerate(words)),
    "in Chinese": lambda words: "，".join(f"第{n}个词是{w}" for n, w in enumerate(words, 1)),
    "word by word": lambda words: "\n".join(f"Word {n}: {w}" for n, w in enumerate(words, 1)),
    "quoted": lambda words: ", ".join(f'"{w}"' for w in words),
    "bullets": lambda words: "\n".join(f"• {w}" for w in words),
    "glued": "".join,
    "camel case": lambda words: "".join(map(str.title, words)),
    "zero width": lambda words: "\u200b".join(" ".join(words)),
    "soft hyphens": lambda words: " ".join("\u00ad".join(w) for w in words),
    "mixed": lambda words: "".join(w + ", ;\n/ -|"[n % 6] + " " for n, w in enumerate(words)),
}


@pytest.mark.parametrize("length", STRENGTHS)
@pytest.mark.parametrize("style", WRITTEN)
def test_a_phrase_is_removed_however_it_is_written(style: str, length: int) -> None:
    words = mnemonic(length * 100, length)

    assert_words_gone(WRITTEN[style](words), words)


@pytest.mark.parametrize("seed", range(60))
def test_a_phrase_is_removed_from_a_sentence_that_stays(seed: int) -> None:
    words = mnemonic(seed, random.Random(seed).choice(list(STRENGTHS)))

    english = assert_words_gone(
        f"My wallet is gone, this is it: {' '.join(words)}. What now?", words
    )
    chinese = assert_words_gone(f"我的钱包打不开了，助记词是 {' '.join(words)} 怎么办", words)

    assert english.text == "My wallet is gone, this is it: [mnemonic removed]. What now?"
    assert chinese.text == "我的钱包打不开了，助记词是 [助记词已删除] 怎么办"
    assert english.kinds == (SecretKind.MNEMONIC,)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("length", [12, 24])
def test_a_wrong_checksum_saves_no_phrase(seed: int, length: int) -> None:
    words = mnemonic(seed, length)
    words[0], words[-1] = words[-1], words[0]

    assert_words_gone("seed phrase " + " ".join(words), words)


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("wrong", ["xylophone", "hello", "the"])
def test_a_wrong_word_saves_no_phrase(place: int, wrong: str) -> None:
    words = mnemonic(7)
    words[place] = wrong
    rest = [word for word in words if word != wrong]

    screened = assert_words_gone(" ".join(words), rest)

    assert not any(f" {word} " in f" {screened.text} " for word in rest[1:-1])


@pytest.mark.parametrize("seed", range(60))
def test_two_misspelt_words_save_no_phrase(seed: int) -> None:
    rng = random.Random(f"slips {seed}")
    words = mnemonic(seed, rng.choice([12, 24]))
    for place in rng.sample(range(len(words)), 2):
        word = words[place]
        at = rng.randrange(1, len(word))
        slips = (
            word[:at] + word[at + 1 :],
            word[:at] + "x" + word[at:],
            word[:at] + "q" + word[at + 1 :],
        )
        words[place] = rng.choice(slips)

    assert_words_gone("help " + " ".join(words) + " thanks", words)


@pytest.mark.parametrize("count", range(9, 12))
def test_a_part_of_a_phrase_is_removed(count: int) -> None:
    words = mnemonic(count, 24)[:count]

    assert_words_gone("I only remember " + ", ".join(words) + " and no more", words)


@pytest.mark.parametrize(
    "label", ["my seed phrase is", "recovery phrase:", "助记词是", "恢复短语："]
)
def test_half_a_phrase_is_removed_after_its_label(label: str) -> None:
    words = mnemonic(11)[:6]

    assert_words_gone(f"{label} {' '.join(words)}", words)


@pytest.mark.parametrize("seed", range(10))
def test_the_first_four_letters_of_each_word_are_the_phrase(seed: int) -> None:
    words = mnemonic(seed, 24)
    cut = [word[:4] if place % 6 == 5 else word for place, word in enumerate(words)]

    assert_words_gone(" ".join(cut), cut)


def test_two_phrases_are_removed() -> None:
    one, other = mnemonic(1), mnemonic(2, 24)

    screened = assert_words_gone(
        f"old: {' '.join(one)}\nnew wallet, new words: {' '.join(other)}", one
    )

    assert_words_gone(f"old: {' '.join(one)}\nnew: {' '.join(other)}", other)
    assert screened.kinds == (SecretKind.MNEMONIC,)


def test_a_phrase_of_one_word_is_known_by_its_checksum() -> None:
    words = ["abandon"] * 11 + ["about"]
    assert Mnemonic("english").check(" ".join(words))

    assert_words_gone(" ".join(words), words)
    assert not Mnemonic("english").check(" ".join(["also"] * 12))
    assert not screen("also " * 12).blocked


def test_a_phrase_broken_inside_its_words_is_removed() -> None:
    words = mnemonic(3, 24)
    broken = " ".join(words)
    at = broken.index(words[12]) + 2

    assert screen(broken[:at] + "\n" + broken[at:]).text == "[mnemonic removed]"
