"""Calibrations: curves, files, what fits an index, and how an assistant takes one up."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Index, open_index
from indexer.store import CALIBRATION, write_calibration
from server.engine import Assistant, Evidence, Hit
from server.engine.calibration import (
    PART,
    Calibration,
    CalibrationError,
    Calibrator,
    Curve,
    Group,
    calibration_text,
    check_fits,
    log_odds,
    logistic,
    open_calibrator,
    read_calibration,
    scorer_id,
    strictest,
    thresholds_for,
)
from server.engine.scorer import Thresholds
from tests.engine.centre import BASE, SCORER, build_index
from tests.fakes import FakeEncoder

ROWS = (Thresholds(0.7, 0.4, 0.9, 300), Thresholds(0.8, 0.5, 0.95, 300))
KNOTS = ((-2.0, -3.0), (0.0, 1.0), (1.0, 1.5))


def calibration(index: Index, shift: float = 1.0, **changes: object) -> Calibration:
    group = Group(Curve(((0.0, shift),), 1.5), "platt", 300, ROWS)
    manifest = index.manifest
    own = Calibration(
        manifest.model_id, manifest.vector_kind, scorer_id(SCORER), {"all": group}, {"topics": 300}
    )
    return replace(own, **changes)  # type: ignore[arg-type]


def hit(score: float, ident: str = "a") -> Hit:
    evidence = Evidence("same", 0.5, 0.5, "m", {}, {"intercept": log_odds(score)})
    return Hit(ident, f"{ident}#0", "en", score, evidence)


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_a_curve_rises_everywhere(first: float, second: float) -> None:
    low, high = sorted((first, second))
    curve = Curve(KNOTS)
    assert curve.log_odds(low) <= curve.log_odds(high)
    if high - low > 1e-6:
        assert curve.log_odds(low) < curve.log_odds(high)


def test_a_curve_by_hand() -> None:
    curve = Curve(KNOTS, slope=2.0)
    found = [curve.log_odds(x) for x in (-3, -2, -1, 0, 0.5, 1, 2)]
    assert found == [-5, -3, -1, 1, 1.25, 1.5, 3.5]
    assert Curve().probability(0.3) == pytest.approx(0.3)
    assert Curve(((0.0, math.log(3)),)).probability(0.5) == pytest.approx(0.75)


@given(st.floats(0, 1))
def test_log_odds_and_back(probability: float) -> None:
    assert -16 <= log_odds(probability) <= 16
    assert logistic(log_odds(probability)) == pytest.approx(probability, abs=2e-7)


@pytest.mark.parametrize(
    ("target", "answer"), [(0.5, 0.7), (0.9, 0.7), (0.93, 0.8), (0.95, 0.8), (0.96, 1.0)]
)
def test_the_row_that_promises_enough_and_no_more(target: float, answer: float) -> None:
    assert strictest(ROWS, target).answer == answer
    # What nothing promises, nothing is sure enough for.
    assert strictest((), target).answer == 1.0


def test_groups_from_narrow_to_wide(index: Index) -> None:
    narrow, same, wide = (Group(Curve(), "none", n, ROWS) for n in (1, 2, 3))
    own = calibration(index, groups={"zh/same": narrow, "same": same, "all": wide})
    assert own.group("zh", "same") is narrow
    assert own.group("en", "same") is same
    assert own.group("en", "cross") is wide
    # Answers by words alone come from a scorer of their own.
    assert own.group("en", "lexical") is None


def test_hits_are_bent_keep_their_order_and_tell_it(index: Index) -> None:
    calibrator = Calibrator(SCORER, calibration(index))
    hits, thresholds = calibrator.apply([hit(0.6, "a"), hit(0.3, "b")], "en")
    assert [one.article_id for one in hits] == ["a", "b"]
    assert hits[0].score == pytest.approx(logistic(1 + 1.5 * log_odds(0.6)))
    assert hits[0].score > hits[1].score
    assert sum(hits[0].evidence.parts.values()) == pytest.approx(log_odds(hits[0].score))
    assert hits[0].evidence.parts[PART] > 0
    assert thresholds == ROWS[1]


def test_without_one_the_scorer_is_believed() -> None:
    hits, thresholds = Calibrator(SCORER).apply([hit(0.6)], "en")
    assert hits == [hit(0.6)]
    assert thresholds == thresholds_for(SCORER, "same", 0.95)
    with pytest.raises(ValueError, match=r"must be in 0\.\.1"):
        Calibrator(SCORER, target_precision=1.0)


def test_the_scorers_id_changes_with_its_models_and_not_with_thresholds() -> None:
    other = replace(SCORER, thresholds=dict.fromkeys(SCORER.thresholds, ROWS[0]))
    assert scorer_id(other) == scorer_id(SCORER)
    models = dict(SCORER.models)
    models["same"] = replace(models["same"], intercept=models["same"].intercept + 1)
    assert scorer_id(replace(SCORER, models=models)) != scorer_id(SCORER)


def test_what_is_written_is_read_back(tmp_path: Path, index: Index) -> None:
    file = tmp_path / "c.json"
    own = calibration(index)
    file.write_text(calibration_text(own), encoding="utf-8")
    assert read_calibration(file) == own


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"version": 99}, "is of version 99"),
        ({"groups": {"all": {"curve": {"knots": [[1, 1], [0, 2]], "slope": 1}}}}, "does not rise"),
        ({"groups": None}, "cannot be read"),
        ({"model_id": ...}, "cannot be read"),
    ],
)
def test_a_damaged_file_is_refused(
    tmp_path: Path, index: Index, change: dict[str, object], what: str
) -> None:
    values = {**json.loads(calibration_text(calibration(index))), **change}
    file = tmp_path / "c.json"
    kept = {name: value for name, value in values.items() if value is not ...}
    file.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(CalibrationError, match=what) as caught:
        read_calibration(file)
    assert "faq-eval calibrate" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"model_id": "other@2"}, "was fitted with the model other@2, this index has fake@1"),
        ({"index_kind": "hnsw"}, "was fitted on an index of the kind hnsw, this one is flat"),
        ({"scorer": "0123"}, r"was fitted with another scorer \(0123"),
    ],
)
def test_a_calibration_of_another_index_is_refused(
    index: Index, change: dict[str, str], what: str
) -> None:
    check_fits(calibration(index), index, SCORER)
    with pytest.raises(CalibrationError, match=what):
        check_fits(calibration(index, **change), index, SCORER)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", BASE)
    return tmp_path / "index"


def opened(root: Path) -> Assistant:
    return Assistant.open(root, encoder=FakeEncoder(), scorer=SCORER)


QUESTION = "提现没到账"


def test_a_server_takes_up_a_new_calibration(root: Path) -> None:
    assistant = opened(root)
    before = assistant.ask(QUESTION)
    assert not assistant.refresh()
    write_calibration(root, calibration_text(calibration(open_index(root))))
    assert assistant.refresh()
    after = assistant.ask(QUESTION)
    assert after.confidence == pytest.approx(logistic(1 + 1.5 * log_odds(before.confidence)))
    assert [h.article_id for h in after.hits] == [h.article_id for h in before.hits]
    assert not assistant.refresh()


def test_a_refused_calibration_is_told_and_changes_nothing(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = opened(root).ask(QUESTION)
    foreign = calibration(open_index(root), model_id="other@2")
    write_calibration(root, calibration_text(foreign))
    assistant = opened(root)
    assert "this index has fake@1" in (assistant.calibrator.refused or "")
    assert "faq-eval calibrate" in caplog.text
    assert assistant.ask(QUESTION) == before


def test_the_bundled_one_can_be_asked_for(root: Path) -> None:
    write_calibration(root, calibration_text(calibration(open_index(root))))
    assert opened(root).calibrator.own is not None
    plain = Assistant.open(root, encoder=FakeEncoder(), scorer=SCORER, calibrated=False)
    assert plain.calibrator.own is None


def test_a_rebuilt_index_keeps_its_calibration_and_one_of_another_model_does_not(
    root: Path,
) -> None:
    write_calibration(root, calibration_text(calibration(open_index(root))))
    fewer = replace(BASE, articles=BASE.articles[:-1])
    build_index(root, fewer)
    assert open_calibrator(open_index(root), SCORER).own is not None
    build_index(root, fewer, FakeEncoder("fake@2"))
    assert not (open_index(root).folder / CALIBRATION).exists()
