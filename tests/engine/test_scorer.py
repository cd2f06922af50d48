import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.engine.scorer import (
    BUNDLED_FILE,
    VERSION,
    LogisticModel,
    bundled_scorer,
    logistic,
    read_scorer,
)

MODEL = LogisticModel(-1.0, {"closeness": 0.5, "coverage": 2.0})


@given(st.floats(-700, 700))
def test_logistic_is_the_textbook_formula(log_odds: float) -> None:
    value = float(logistic(np.array(log_odds)))
    assert value == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-12)


def test_logistic_does_not_overflow() -> None:
    # `filterwarnings = error` turns NumPy's overflow warning into a failure.
    assert logistic(np.array([-1e9, 0.0, 1e9])).tolist() == [0.0, 0.5, 1.0]


def test_the_probability_is_that_of_the_sum_of_the_parts() -> None:
    features = {"closeness": np.array([4.0, 0.0]), "coverage": np.array([0.5, 0.0])}
    parts = MODEL.parts({"closeness": 4.0, "coverage": 0.5})
    assert parts == {"closeness": 2.0, "coverage": 1.0}
    expected = [1 / (1 + math.exp(-2)), 1 / (1 + math.exp(1))]
    assert MODEL.probabilities(features, 2).tolist() == pytest.approx(expected)


def test_features_that_the_model_does_not_know_change_nothing() -> None:
    features = {"closeness": np.array([4.0]), "coverage": np.array([0.5])}
    more = {**features, "moon": np.array([1.0])}
    assert MODEL.probabilities(more, 1) == MODEL.probabilities(features, 1)


def test_a_missing_feature_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(KeyError, match="coverage"):
        MODEL.probabilities({"closeness": np.array([4.0])}, 1)
    with pytest.raises(KeyError, match="coverage"):
        MODEL.parts({"closeness": 4.0})


def test_no_candidates_have_no_probabilities() -> None:
    none = {"closeness": np.zeros(0), "coverage": np.zeros(0)}
    assert MODEL.probabilities(none, 0).shape == (0,)


def test_the_bundled_scorer_covers_every_situation() -> None:
    scorer = bundled_scorer()
    situations = {"same", "cross", "lexical"}
    assert scorer.models.keys() == situations == scorer.thresholds.keys()
    for thresholds in scorer.thresholds.values():
        assert 0 < thresholds.answer <= 1
        assert 0 < thresholds.clarify <= 1
        assert 0.5 < thresholds.target_precision < 1
        assert thresholds.topics > 0


def test_words_alone_need_no_dense_feature() -> None:
    dense = {"closeness", "closeness_second", "closeness_section", "cosine", "cosine_lead"}
    assert not bundled_scorer().models["lexical"].weights.keys() & dense


def test_a_scorer_of_another_version_is_refused(tmp_path: Path) -> None:
    values = json.loads(BUNDLED_FILE.read_text(encoding="utf-8"))
    file = tmp_path / "scorer.json"
    file.write_text(json.dumps({**values, "version": VERSION + 1}), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"scorer.json is a scorer of version {VERSION + 1}"):
        read_scorer(file)
