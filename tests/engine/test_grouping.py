import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.engine.grouping import Groups, distinct

numbers = st.lists(st.integers(0, 6), max_size=20)


@given(numbers)
def test_distinct_is_what_numpy_calls_unique(given: list[int]) -> None:
    array = np.array(given, dtype=np.int64)
    np.testing.assert_array_equal(distinct(array), np.unique(array))


@given(numbers)
def test_every_place_has_its_group(given: list[int]) -> None:
    groups = Groups(np.array(given, dtype=np.int64))
    assert groups.count == len(set(given))
    assert groups.of_place.tolist() == [sorted(set(given)).index(number) for number in given]


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-5, 5), st.floats(-5, 5)), max_size=15))
def test_leads_are_over_the_best_of_the_other_groups(rows: list[tuple[int, float, float]]) -> None:
    groups = Groups(np.array([row[0] for row in rows], dtype=np.int64))
    values = np.array([[row[1] for row in rows], [row[2] for row in rows]], dtype=np.float64)
    leads = groups.leads(values)
    best = groups.best(values)
    for which in (0, 1):
        for place, row in enumerate(rows):
            others = [other[which + 1] for other in rows if other[0] != row[0]]
            rival = max(others) if others else 0.0
            assert leads[which, place] == row[which + 1] - rival
            own = max(other[which + 1] for other in rows if other[0] == row[0])
            assert best[which, groups.of_place[place]] == own
