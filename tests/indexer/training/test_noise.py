import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from indexer.training.noise import noisy

SEEDS = st.integers(0, 2**32)


def distance(a: str, b: str) -> int:
    """Damerau-Levenshtein, neighbours swapped only (optimal string alignment)."""
    rows = [[i + j if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            same = a[i - 1] == b[j - 1]
            rows[i][j] = min(
                rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (not same)
            )
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(text=st.text(st.sampled_from("abcxyz 0提现没到账钱"), max_size=12), seed=SEEDS)
def test_a_text_has_at_most_one_slip(text: str, seed: int) -> None:
    found = noisy(text, random.Random(seed))
    assert distance(text, found) <= (1 if len(text) > 4 else 0)


@given(text=st.text(max_size=20), seed=SEEDS)
def test_the_same_draw_gives_the_same_noise(text: str, seed: int) -> None:
    assert noisy(text, random.Random(seed)) == noisy(text, random.Random(seed))


@given(text=st.text(st.sampled_from("qwertyuiop"), min_size=5), seed=SEEDS)
def test_a_slip_spares_the_ends_and_hits_a_neighbouring_key(text: str, seed: int) -> None:
    found = noisy(text, random.Random(seed))
    assert found[0] == text[0]
    if len(found) == len(text) and sorted(found) != sorted(text):
        ((here, there),) = [(a, b) for a, b in zip(text, found, strict=True) if a != b]
        assert abs("qwertyuiop".index(here) - "qwertyuiop".index(there)) == 1


def test_one_text_in_eight_is_changed_in_all_the_ways() -> None:
    chosen, text = random.Random(0), "钱包里的钱没有到账 wallet"
    found = [noisy(text, chosen) for _ in range(3000)]
    changed = [one for one in found if one != text]
    assert 0.08 < len(changed) / len(found) < 0.13
    lengths = Counter(len(one) - len(text) for one in changed)
    assert set(lengths) == {-1, 0, 1}
