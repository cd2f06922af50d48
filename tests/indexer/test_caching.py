import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.caching import CachingEncoder
from indexer.identity import Role
from tests.fakes import FakeEncoder

CALLS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcdef"), max_size=5), st.sampled_from(["query", "passage"])
    )
)


@given(CALLS, st.integers(1, 4))
def test_vectors_are_those_of_the_encoder_whatever_is_kept(
    calls: list[tuple[list[str], Role]], size: int
) -> None:
    plain, cached = FakeEncoder(), CachingEncoder(FakeEncoder(), size)
    for texts, role in calls:
        np.testing.assert_array_equal(cached.encode(texts, role), plain.encode(texts, role))
        assert len(cached) <= size


def test_a_text_is_encoded_once() -> None:
    inner = FakeEncoder()
    cached = CachingEncoder(inner, 10)
    cached.encode(["fee", "fee", "lost"], "query")
    cached.encode(["lost", "new"], "query")
    assert inner.seen == ["fee", "lost", "new"]


def test_roles_are_kept_apart() -> None:
    inner = FakeEncoder()
    cached = CachingEncoder(inner, 10)
    cached.encode(["fee"], "query")
    cached.encode(["fee"], "passage")
    assert inner.seen == ["fee", "fee"]


def test_what_was_not_asked_for_the_longest_is_forgotten_first() -> None:
    inner = FakeEncoder()
    cached = CachingEncoder(inner, 2)
    for text in ("a", "b", "a", "c", "a", "b"):
        cached.encode([text], "query")
    assert inner.seen == ["a", "b", "c", "b"]


def test_more_texts_at_once_than_are_kept() -> None:
    cached = CachingEncoder(FakeEncoder(), 2)
    texts = ["a", "b", "c", "d"]
    expected = FakeEncoder().encode(texts, "query")
    np.testing.assert_array_equal(cached.encode(texts, "query"), expected)


def test_it_bears_the_id_of_the_model_behind_it() -> None:
    cached = CachingEncoder(FakeEncoder("some@1", dimension=8), 2)
    assert (cached.model_id, cached.dimension) == ("some@1", 8)


def test_a_cache_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one text, not 0"):
        CachingEncoder(FakeEncoder(), 0)


def test_many_threads_at_once() -> None:
    cached = CachingEncoder(FakeEncoder(), 3)
    expected = {text: FakeEncoder().encode([text], "query") for text in "abcdefgh"}
    start = threading.Barrier(4)

    def ask(offset: int) -> bool:
        start.wait()
        texts = ["abcdefgh"[(offset + n) % 8] for n in range(200)]
        return all((cached.encode([t], "query") == expected[t]).all() for t in texts)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(4)))
    assert len(cached) <= 3
