"""Calibrating on labelled questions: the fit, its honesty, the page and the command."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluation import Evaluation, evaluate
from evaluation.calibrating import (
    FEWEST,
    Fitted,
    TooFewError,
    UnreachableError,
    fit,
    needed,
)
from evaluation.calibration_report import figures, render_calibration
from evaluation.cli import main
from evaluation.commands import calibrate as calibrate_module
from evaluation.intervals import wilson
from indexer import open_index
from indexer.store import CALIBRATION
from server.engine import Assistant
from server.engine import assistant as engine
from tests.evaluation.labelled import build_index, questions, scorer, topics_csv
from tests.evaluation.pagereading import Page
from tests.fakes import FakeEncoder

TIMID = scorer(-7.0)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrating") / "index"
    build_index(folder)
    return folder


@pytest.fixture(scope="module")
def timid(root: Path) -> Evaluation:
    """Return answers that are surely right far more often than the scorer says."""
    assistant = Assistant.open(root, encoder=FakeEncoder(), scorer=TIMID)
    return evaluate(assistant, *questions(400))


@pytest.fixture(scope="module")
def fitted(root: Path, timid: Evaluation) -> Fitted:
    return fit(timid, open_index(root), TIMID, 0.9)


def test_needed_is_what_wilson_says() -> None:
    assert needed(0.95, perfect=True) == 32
    for target in (0.8, 0.9, 0.95, 0.98):
        count = needed(target)
        wrong = count - int((1 - (1 - target) / 2) * count + 1e-9)
        assert wrong >= 1
        interval = wilson(count - wrong, count, 1.2815515655446004)
        assert interval is not None
        assert interval.low >= target
        assert needed(target, perfect=True) < count


def test_the_confidence_holds_afterwards_and_the_precision_too(fitted: Fitted) -> None:
    both = figures(fitted)["all"]
    assert both["after"]["ece"] < both["before"]["ece"] / 3
    assert both["after"]["log_loss"] < both["before"]["log_loss"]
    assert both["before"]["answered"] == 0
    assert both["after"]["answered"] > 200
    assert both["after"]["precision"] >= 0.9
    costs = {cost.target: cost.coverage for cost in fitted.costs}
    assert list(costs) == [0.8, 0.85, 0.9, 0.95, 0.98, 0.99]
    shares = [value or 0.0 for value in costs.values()]
    assert shares == sorted(shares, reverse=True)


def test_what_is_told_of_a_group_is_kept_beside_it(fitted: Fitted) -> None:
    calibration = fitted.calibration
    assert set(calibration.groups) <= {"all", "same", "zh/same", "en/same"}
    told = calibration.fitted_on
    assert told["topics"] == 400
    for name, row in told["groups"].items():
        assert name in calibration.groups
        assert row["low"] <= row["right"] / row["answered"] <= row["high"]
    for group in calibration.groups.values():
        assert [row.target_precision for row in group.thresholds] == sorted(
            row.target_precision for row in group.thresholds
        )


def test_the_same_questions_fit_the_same_calibration(
    root: Path, timid: Evaluation, fitted: Fitted
) -> None:
    assert fit(timid, open_index(root), TIMID, 0.9).calibration == fitted.calibration


def test_too_few_questions_are_refused_with_how_many_are_needed(
    root: Path, timid: Evaluation
) -> None:
    few = replace(timid, outcomes=timid.outcomes[: FEWEST - 10])
    with pytest.raises(TooFewError) as caught:
        fit(few, open_index(root), TIMID, 0.95)
    told = str(caught.value)
    assert told.startswith(f"{FEWEST - 10} questions, ")
    assert f"{needed(0.95, perfect=True)} direct answers even if none of them is wrong" in told
    assert f"{needed(0.95)} direct answers if one in 40 is" in told
    # 99 % takes more than 80 questions can show.
    eighty = replace(timid, outcomes=timid.outcomes[:80])
    with pytest.raises(TooFewError, match="too few to show that 99%"):
        fit(eighty, open_index(root), TIMID, 0.99)


def test_a_precision_that_nothing_holds_is_told(root: Path, timid: Evaluation) -> None:
    # Every second right answer is judged wrong: nothing can be sure.
    outcomes = [
        replace(o, relevance={"a99": 1}) if o.right and n % 2 else o
        for n, o in enumerate(timid.outcomes)
    ]
    spoilt = replace(timid, outcomes=tuple(outcomes))
    with pytest.raises(UnreachableError, match="every question would go to a human"):
        fit(spoilt, open_index(root), TIMID, 0.9)


def test_answers_by_words_alone_are_refused(root: Path, timid: Evaluation) -> None:
    with pytest.raises(ValueError, match="with its encoder"):
        fit(replace(timid, lexical_only=True), open_index(root), TIMID, 0.9)


def test_the_page_tells_before_after_and_the_cost(timid: Evaluation, fitted: Fitted) -> None:
    html = render_calibration(fitted, timid, "en", written=True)
    text = Page(html).text
    assert "Written into the index" in text
    assert "90% this one" in text
    assert [s for s in Page(html).named("svg") if s.get("role") == "img"]
    assert "已写入索引" in Page(html, "zh").text
    trial = Page(render_calibration(fitted, timid, "en", written=False)).text
    assert "nothing was written" in trial


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh index that the command serves itself from."""
    build_index(tmp_path / "index")
    monkeypatch.setattr(engine, "load_encoder", lambda manifest: FakeEncoder())
    monkeypatch.setattr(engine, "bundled_scorer", lambda: TIMID)
    monkeypatch.setattr(calibrate_module, "bundled_scorer", lambda: TIMID)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "index"


def run(index: Path, count: int, *options: str) -> Result:
    file = index.parent / "topics.csv"
    file.write_text(topics_csv(*questions(count)), encoding="utf-8-sig")
    arguments = ["calibrate", "--topics", str(file), "--index", str(index), *options]
    return CliRunner().invoke(main, arguments)


def test_the_command_writes_a_calibration_that_serves(served: Path) -> None:
    assistant = Assistant.open(served, encoder=FakeEncoder(), scorer=TIMID, target_precision=0.9)
    text = questions(1)[0][0].text
    before = assistant.ask(text)
    result = run(served, 400, "--target-precision", "0.9")
    assert result.exit_code == 0, result.output
    assert "90%" in result.stdout
    assert "FAQ_TARGET_PRECISION=0.95; set it to 0.9" in result.stderr
    assert Path("var/calibration.html").is_file()
    assert assistant.refresh()
    assert assistant.calibrator.own is not None
    assert assistant.ask(text).confidence > before.confidence


def test_json_and_a_trial(served: Path) -> None:
    result = run(served, 400, "--target-precision", "0.9", "--dry-run", "--json")
    data = json.loads(result.stdout)
    assert data["file"] is None
    assert data["figures"]["all"]["after"]["precision"] >= 0.9
    assert data["groups"]["all"]["topics"] == 400
    assert not (open_index(served).folder / CALIBRATION).exists()


def test_bad_input_exits_with_2_and_leaves_the_index_alone(served: Path) -> None:
    few = run(served, 20)
    assert few.exit_code == 2
    assert "too few to show that 95%" in few.stderr
    none = run(served, 200, "--index", "nowhere")
    assert none.exit_code == 2
    assert "faq-index build" in none.stderr
    assert run(served, 200, "--target-precision", "1.5").exit_code == 2
    assert not (open_index(served).folder / CALIBRATION).exists()
