from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.engine.features import DENSE, WORDS, features
from server.engine.retrieval import Candidates, Cosines, Floats
from server.engine.understanding import Understood
from tests.engine.centre import SCORER

QUERY = Understood("提现 到账", "zh", None, {"提现": 1.0, "到账": 1.0}, {"提现": 1.0}, False)
LEADS = {"cosine_lead": "cosine", "lexical_lead": "lexical", "coverage_lead": "coverage"}

cosine = st.floats(-1, 1, width=32)
share = st.floats(0, 1, width=32)


def array(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)


def candidates(
    lexical: Sequence[float],
    groups: Sequence[int] | None = None,
    own: Sequence[bool] | None = None,
    question: Sequence[float] | None = None,
    section: Sequence[float] | None = None,
    scale: tuple[float, float] = (0.1, 0.05),
    shares: Sequence[float] | None = None,
) -> Candidates:
    """Return candidates whose coverage is the lexical share too."""
    size = len(lexical)
    numbers = np.arange(size)
    cosines = None
    if question is not None:
        cosines = Cosines(
            question=array(question),
            second=array(question),
            section=array(question if section is None else section),
            mean=np.full(size, scale[0]),
            deviation=np.full(size, scale[1]),
            rivals=np.full(size, scale[0] + 4 * scale[1]),
            rivals_deviation=np.full(size, 2 * scale[1]),
            share=np.full(size, 0.5) if shares is None else array(shares),
        )
    return Candidates(
        articles=numbers,
        groups=numbers if groups is None else np.array(groups),
        question_rows=numbers,
        best_rows=numbers,
        lexical=array(lexical),
        coverage=array(lexical),
        told=array(lexical),
        known=array(lexical),
        own=np.ones(size, dtype=bool) if own is None else np.array(own),
        cosines=cosines,
    )


def test_the_lead_is_over_the_best_rival() -> None:
    found = features(QUERY, candidates([0.9, 0.4, 0.2]))
    assert found["lexical_lead"] == pytest.approx([0.5, -0.5, -0.7])
    assert found["coverage_lead"] == pytest.approx([0.5, -0.5, -0.7])


def test_equals_have_no_lead_over_each_other() -> None:
    found = features(QUERY, candidates([0.6, 0.6, 0.1]))
    assert found["lexical_lead"] == pytest.approx([0.0, 0.0, -0.5])


def test_variants_and_twins_are_no_rivals() -> None:
    # The first two answer the same question, for two products or in two languages.
    found = features(QUERY, candidates([0.9, 0.8, 0.3], groups=[7, 7, 2]))
    assert found["lexical_lead"] == pytest.approx([0.6, 0.5, -0.6])


def test_an_only_group_leads_by_all_that_it_has() -> None:
    found = features(QUERY, candidates([0.9, 0.8], groups=[3, 3]))
    assert found["lexical_lead"] == pytest.approx([0.9, 0.8])


def test_articles_in_the_askers_language_have_their_rivals_there() -> None:
    alone = features(QUERY, candidates([0.6, 0.4]))
    mixed = features(QUERY, candidates([0.6, 0.4, 0.9], own=[True, True, False]))
    assert mixed["lexical_lead"][:2].tolist() == alone["lexical_lead"].tolist()
    # A foreign article has to be better than all, or it is not worth another language.
    assert mixed["lexical_lead"][2] == pytest.approx(0.3)


def test_the_cosine_lead_counts_the_best_passage() -> None:
    found = features(QUERY, candidates([0.0, 0.0], question=[0.2, 0.5], section=[0.9, 0.1]))
    assert found["cosine"].tolist() == [0.9, 0.5]
    assert found["cosine_lead"] == pytest.approx([0.4, -0.4])


def test_closeness_is_in_deviations_above_what_is_unrelated() -> None:
    found = features(QUERY, candidates([0.0] * 3, question=[0.3, 0.1, 0.0], scale=(0.1, 0.05)))
    assert found["closeness"] == pytest.approx([4.0, 0.0, 0.0])


def test_apart_is_in_deviations_above_what_other_questions_are_to_each_other() -> None:
    # Rivals are at 0.3 with a deviation of 0.1.
    found = features(QUERY, candidates([0.0] * 4, question=[0.5, 0.3, 0.2, 1.0]))
    assert found["apart"] == pytest.approx([2.0, 0.0, -1.0, 6.0])


def test_the_share_is_in_log_odds_within_bounds() -> None:
    found = features(QUERY, candidates([0.0] * 3, question=[0.1] * 3, shares=[0.5, 1.0, 0.0]))
    assert found["share"] == pytest.approx([0.0, np.log(0.88 / 0.12), np.log(0.12 / 0.88)])


def test_without_an_encoder_there_is_nothing_dense() -> None:
    found = features(QUERY, candidates([0.5, 0.2]))
    assert found.keys() == set(WORDS)


def test_with_an_encoder_everything_that_a_scorer_needs_is_there() -> None:
    found = features(QUERY, candidates([0.5, 0.2], question=[0.4, 0.2]))
    assert found.keys() == {*DENSE, *WORDS}
    for model in SCORER.models.values():
        assert model.weights.keys() <= found.keys()


def test_the_length_grows_with_the_question() -> None:
    longer = replace(QUERY, tokens=dict.fromkeys("abcdef", 1.0))
    short = features(QUERY, candidates([0.5]))["length"]
    assert features(longer, candidates([0.5]))["length"] > short > 0


def test_no_candidates_have_no_features() -> None:
    for empty in (candidates([]), candidates([], question=[])):
        found = features(QUERY, empty)
        assert {values.shape for values in found.values()} == {(0,)}


@given(
    st.lists(st.tuples(share, st.integers(0, 3), st.booleans(), cosine, cosine), min_size=1),
    cosine,
    st.floats(1e-6, 2),
)
def test_features_stay_in_their_ranges(
    rows: list[tuple[float, int, bool, float, float]], mean: float, deviation: float
) -> None:
    lexical, groups, own, question, section = map(list, zip(*rows, strict=True))
    given_ones = candidates(lexical, groups, own, question, section, (mean, deviation))
    found = features(QUERY, given_ones)
    for name, values in found.items():
        assert values.shape == (len(rows),)
        assert np.isfinite(values).all()
        if name.startswith("closeness"):
            assert ((values >= 0) & (values <= 12)).all()
    for lead, name in LEADS.items():
        assert (np.abs(found[lead]) <= 2).all()
        # In one group or language, a lead keeps the order of what it is the lead of.
        assert found[lead][found[name].argmax()] >= 0 or found[name].max() < 0
    # Nobody but the best of a group that is ahead of all others is ahead.
    ahead = {groups[n] for n in np.flatnonzero((found["lexical_lead"] > 0) & np.array(own))}
    assert len(ahead) <= 1


@given(
    st.lists(st.tuples(cosine, cosine), min_size=1, max_size=8),
    st.floats(0.01, 1),
    st.floats(0.1, 3),
    st.floats(-1, 1),
)
def test_closeness_does_not_depend_on_the_encoders_scale(
    rows: list[tuple[float, float]], deviation: float, factor: float, shift: float
) -> None:
    """Another encoder may put all cosines between 0.7 and 0.9: the same is as close there."""
    question, section = (array(values) for values in zip(*rows, strict=True))
    words = [0.5] * len(rows)
    here = candidates(words, None, None, question, section, (0.1, deviation))
    there = candidates(
        words,
        None,
        None,
        question * factor + shift,
        section * factor + shift,
        (0.1 * factor + shift, deviation * factor),
    )
    for name in ("closeness", "closeness_second", "closeness_section", "apart"):
        assert features(QUERY, here)[name] == pytest.approx(features(QUERY, there)[name], abs=1e-6)
