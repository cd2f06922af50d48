import gzip
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from evaluation import fitting
from evaluation.collecting import Labelled, collect, starting_scorer
from evaluation.fitting import FEATURES, centres, fit, logistic_regression, lowest_threshold, write
from evaluation.helpcentres import Asked, HelpCentre, help_centre
from indexer import Article, KnowledgeBase, Lang, ModelChoice, build, read_knowledge_base
from server.engine import Answer, Assistant, Decision, Evidence, Hit, Query
from server.engine.domain import Situation
from server.engine.features import DENSE, WORDS
from server.engine.scorer import Floats, LogisticModel, Scorer, Thresholds, logistic, read_scorer
from tests.evaluation.madeup import THINGS, clusters, write_lines
from tests.fakes import FakeEncoder

SITUATIONS: tuple[Situation, ...] = get_args(Situation)
FREE = ("length",)
RISING = ("share", "coverage", "told")


def data(seed: int, features: int, rows: int = 80) -> tuple[Floats, Floats, Floats]:
    """Values on scales far apart, labels that hang on them, and weights."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, features)) * 10.0 ** rng.uniform(-1, 1, features) + 3
    odds = ((values - values.mean(axis=0)) / values.std(axis=0)) @ rng.normal(size=features)
    labels = (rng.random(rows) < logistic(odds)).astype(float)
    return values, labels, rng.uniform(0.1, 5, rows)


def probabilities(model: LogisticModel, values: Floats) -> Floats:
    columns = dict(zip(model.weights, values.T, strict=True))
    return model.probabilities(columns, len(values))


@pytest.mark.parametrize("seed", range(8))
def test_the_fit_is_that_of_scikit_learn_where_no_bound_binds(seed: int) -> None:
    values, labels, weights = data(seed, 1)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000)
    theirs.fit(standard, labels, sample_weight=weights / weights.mean())

    ours = probabilities(logistic_regression(values, labels, weights, FREE), values)
    assert ours == pytest.approx(theirs.predict_proba(standard)[:, 1], abs=1e-3)


def test_a_feature_that_speaks_against_what_it_should_for_is_left_out() -> None:
    rng = np.random.default_rng(5)
    good, bad = rng.normal(size=(2, 300))
    labels = (good - bad + rng.normal(size=300) > 0).astype(float)
    both = logistic_regression(np.c_[good, bad], labels, np.ones(300), ("share", "told"))
    alone = logistic_regression(np.c_[good], labels, np.ones(300), ("share",))
    free = logistic_regression(np.c_[good, bad], labels, np.ones(300), ("share", "length"))

    assert both.weights["told"] == 0
    assert both.weights["share"] == pytest.approx(alone.weights["share"], abs=1e-3)
    assert free.weights["length"] < -0.5


@given(st.integers(0, 10_000), st.integers(0, 2), st.floats(0.01, 100))
@settings(max_examples=30)
def test_more_of_a_rising_feature_never_lowers_the_probability(
    seed: int, column: int, more: float
) -> None:
    values, labels, weights = data(seed, 4)
    model = logistic_regression(values, labels, weights, (*RISING, *FREE))
    raised = values.copy()
    raised[:, column] += more

    assert (probabilities(model, raised) >= probabilities(model, values)).all()


@given(st.integers(0, 10_000), st.floats(1e-3, 1e3))
@settings(max_examples=30)
def test_only_how_weights_compare_counts(seed: int, scale: float) -> None:
    values, labels, weights = data(seed, 4)
    one = logistic_regression(values, labels, weights, (*RISING, *FREE))
    other = logistic_regression(values, labels, weights * scale, (*RISING, *FREE))

    assert probabilities(other, values) == pytest.approx(probabilities(one, values), abs=2e-3)


@pytest.mark.parametrize("constant", [0.1, 0.7, 1.146, 0.0])
def test_a_feature_that_is_always_the_same_weighs_nothing(constant: float) -> None:
    values, labels, weights = data(1, 1, rows=41)
    names = ("share", "told", "length")
    same = np.full((41, 2), constant)
    model = logistic_regression(np.c_[values, same], labels, weights, names)
    alone = logistic_regression(values, labels, weights, ("share",))

    assert (model.weights["told"], model.weights["length"]) == (0, 0)
    assert model.weights["share"] == pytest.approx(alone.weights["share"], abs=1e-3)


def holds(right: int, count: int, target: float) -> bool:
    """Whether the low end of Wilson's interval reaches `target`: where p̂ lies so far above it that
    90 of 100 such counts would lie below.
    """
    lead = right / count - target
    return lead >= 0 and count * lead**2 >= 1.2815515655446004**2 * target * (1 - target)


outcomes = st.lists(
    # A coarse grid, so that equal confidences are met, or the finest that thresholds are told in.
    st.tuples(
        st.one_of(
            st.integers(0, 4).map(lambda n: n / 5), st.integers(0, 9999).map(lambda n: n / 10_000)
        ),
        st.sampled_from([True, True, False]),
    ),
    max_size=60,
)


@given(outcomes, st.sampled_from([0.3, 0.5, 0.7, 0.9]))
def test_the_threshold_is_the_lowest_from_which_enough_are_surely_right(
    pairs: list[tuple[float, bool]], target: float
) -> None:
    lowest = 1.0
    for threshold, _ in pairs:
        above = [right for confidence, right in pairs if confidence >= threshold]
        if holds(sum(above), len(above), target):
            lowest = min(lowest, threshold)

    assert lowest_threshold(pairs, target) == lowest


def test_a_few_right_answers_hold_no_precision() -> None:
    assert lowest_threshold([(0.9, True)] * 30, 0.95) == 1.0
    assert lowest_threshold([(0.9, True)] * 32, 0.95) == 0.9
    assert lowest_threshold([], 0.95) == 1.0


def test_equal_confidences_are_answered_together() -> None:
    # The right ones alone would hold it, but nobody can tell them from the others.
    assert lowest_threshold([(0.9, True)] * 40 + [(0.9, False)] * 10, 0.95) == 1.0


@dataclass(frozen=True)
class Made:
    """A hit to make up: its article, what is not 0 of its features, its situation."""

    article_id: str = "a"
    told: float = 0.0
    situation: Situation = "same"


def row(
    hits: Sequence[Made], right: Sequence[str] = (), centre: int = 0, weight: float = 1.0
) -> Labelled:
    made = tuple(
        Hit(
            hit.article_id,
            f"{hit.article_id}#0",
            "en",
            0.0,
            Evidence(
                hit.situation,
                0.0,
                0.0,
                "",
                dict.fromkeys((*DENSE, *WORDS), 0.0) | {"told": hit.told},
            ),
        )
        for hit in hits
    )
    answer = Answer(Query("?", "en"), made, Decision.HANDOFF, 0.0, "made")
    return Labelled(answer, frozenset(right), centre, weight)


def spread(rows: Sequence[Labelled], centre: int = 9) -> list[Labelled]:
    """Add, fold by fold, what a fit needs of the other situations, with a weight of its own."""
    others = [
        row([Made(situation=situation)], centre=centre)
        for situation in SITUATIONS
        for _ in range(5)
    ]
    return [*rows, *others]


def test_a_centre_weighs_what_it_says_however_much_it_was_asked() -> None:
    few = [row([Made()], ["a"], centre=0, weight=3.0)] * 10
    many = [row([Made()], [], centre=1, weight=1.0)] * 100
    others = spread([], centre=9)
    others = [one for one in others if one.answer.hits[0].evidence.situation != "same"]
    scorer = fit([*few, *many, *others], own=0)

    nothing = {name: np.zeros(1) for name in FEATURES["same"]}
    assert scorer.models["same"].probabilities(nothing, 1)[0] == pytest.approx(0.75, abs=1e-3)


def test_thresholds_are_for_questions_that_the_model_never_saw() -> None:
    # What `told` means can be learned from one question in five alone.
    telling = [row([Made(told=1.0)], ["a"])] * 120 + [row([Made(told=0.0)])] * 120
    random.Random(1).shuffle(telling)
    silent = [row([Made()])] * 960
    together = list(silent)
    for place, one in enumerate(telling):
        together.insert(5 * place, one)
    assert [one in telling and one.right != frozenset() for one in together].count(True) == 120

    by_fold = fit(spread(together), own=0)
    scattered = [*together]
    random.Random(2).shuffle(scattered)
    assert by_fold.thresholds["same"].answer == 1.0
    assert fit(spread(scattered), own=0).thresholds["same"].answer < 1.0


def test_only_one_s_own_questions_set_the_thresholds_where_there_are_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = [row([Made(told=1.0), Made("b")], ["a"], centre=1)] * 120
    made_up = [row([Made(told=1.0)], [], centre=0)] * 40
    rows = spread([*own, *made_up])
    monkeypatch.setattr(fitting, "_ENOUGH", 120)
    enough = fit(rows, own=1).thresholds["same"]
    monkeypatch.setattr(fitting, "_ENOUGH", 121)
    too_few = fit(rows, own=1).thresholds["same"]

    assert (enough.topics, too_few.topics) == (120, 120 + 40 + 5)
    assert enough.answer < 1.0
    assert too_few.answer == 1.0


def test_a_partial_row_tells_nothing_of_who_was_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "_ENOUGH", 10)
    told = [row([Made(told=1.0)], ["a"])] * 120
    partial = [replace(row([Made("b", told=1.0)]), partial=True)] * 120
    thresholds = fit(spread([*told, *partial]), own=0).thresholds["same"]
    assert thresholds.answer < 1.0
    assert thresholds.topics == 120


def test_hits_are_ranked_anew_before_the_first_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "_ENOUGH", 10)
    # The engine had the wrong one first.
    rows = spread([row([Made("b"), Made("a", told=1.0)], ["a"])] * 120)
    assert fit(rows, own=0).thresholds["same"].answer < 1.0


def test_a_choice_of_three_may_be_right_where_no_answer_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "_ENOUGH", 10)
    three = [Made("a"), Made("b"), Made("c")]
    rows = [row(three, [right]) for right in "abc" for _ in range(40)]
    thresholds = fit(spread(rows), own=0).thresholds["same"]

    assert thresholds.answer == 1.0
    assert thresholds.clarify < 1.0


def test_a_situation_that_was_never_met_cannot_be_learned() -> None:
    with pytest.raises(ValueError, match="situation 'cross'"):
        fit([row([Made()]), row([Made(situation="lexical")])] * 10, own=0)


def test_a_scorer_reads_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "scorer.json"
    scorer = Scorer(
        {name: LogisticModel(-1.5, {"share": 0.25}) for name in SITUATIONS},
        {name: Thresholds(0.5, 0.75, 0.95, 300) for name in SITUATIONS},
    )
    write(scorer, file, ["some 钱包 clusters"])

    assert read_scorer(file) == scorer
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["fitted_on"] == ["some 钱包 clusters"]
    assert told["seed"] == fitting.SEED


def shop(things: Sequence[Sequence[str]]) -> HelpCentre:
    """A centre with an article about two things of three, in both languages; asked about all."""
    articles, questions = [], []
    for number, (en, zh) in enumerate(things):
        inside = number % 3 < 2
        if inside:
            articles.append(Article(en, "en", f"What about the {en}?", (), "Ask."))
            articles.append(Article(en, "zh", f"{zh}怎么办？", (), "请问。"))
        ident = en if inside else None
        questions += [Asked(f"{en} broken", "en", ident), Asked(f"{zh}坏了", "zh", ident)]
    return HelpCentre("shop", KnowledgeBase(tuple(articles)), tuple(questions))


def test_a_fitted_scorer_serves_things_that_it_was_not_fitted_on(tmp_path: Path) -> None:
    encoder = FakeEncoder(dimension=512)
    mixed = replace(help_centre("h", clusters(9), 6, left_out=3, seed=1), weight=0.01)
    rows = collect([shop(THINGS[:12]), mixed], encoder, starting_scorer())
    file = tmp_path / "scorer.json"
    write(fit(rows, own=0), file, [])

    unseen = shop(THINGS[12:])
    build(unseen.base, tmp_path / "index", encoder, ModelChoice("given"))
    assistant = Assistant.open(tmp_path / "index", encoder=encoder, scorer=read_scorer(file))
    known, strangers = [], []
    for question in unseen.questions:
        answer = assistant.ask(question.text)
        if question.article_id:
            assert answer.hits[0].article_id == question.article_id
            known.append(answer.confidence)
        else:
            strangers.append(answer.confidence)
    assert min(known) > 0.5 > max(strangers)


NO_PAIRS: dict[Lang, list[tuple[str, str]]] = {"zh": [], "en": []}


def names(
    pairs: dict[Lang, list[tuple[str, str]]],
    rewordings: dict[Lang, list[tuple[str, str]]] = NO_PAIRS,
) -> list[str]:
    made = centres(clusters(9), clusters(9, start=9), pairs, rewordings)
    return [centre.name for centre in made]


def test_centres_of_documents_are_made_where_there_are_documents() -> None:
    some = [(f"Heading {n}", f"Paragraph {n} tells of itself.") for n in range(9)]
    without = names({"zh": [], "en": []})

    assert len(without) == len(set(without))
    assert names({"zh": [], "en": some}) == [
        *without,
        "150 paragraphs in en",
        "400 paragraphs in en",
    ]
    assert len(names({"zh": some, "en": some})) == len(without) + 3
    assert names(NO_PAIRS, {"zh": some, "en": []}) == [
        *without,
        "60 reworded in zh",
        "400 reworded in zh",
    ]


def test_centres_with_many_phrases_weigh_less_than_the_others() -> None:
    some = [(f"Heading {n}", f"The heading {n}") for n in range(9)]
    made = list(centres(clusters(9), clusters(9, start=9), NO_PAIRS, {"zh": some, "en": some}))
    phrased = {c.name: c.weight for c in made if "phrases" in c.name or "reworded" in c.name}
    assert len(phrased) == 6
    assert set(phrased.values()) == {0.5}
    assert {c.weight for c in made if c.name not in phrased} == {1.0}


@dataclass(frozen=True)
class Folder:
    """Everything that the command reads, tiny."""

    path: Path

    def run(self, *more: str, out: str = "scorer.json") -> Result:
        options = [
            f"--{name}={self.path / file}"
            for name, file in (
                ("clusters", "clusters.jsonl"),
                ("fillers", "fillers.jsonl"),
                ("kb", "kb"),
                ("topics", "topics.jsonl"),
                ("out", out),
            )
        ]
        return CliRunner().invoke(fitting.main, [*options, *more])

    @property
    def base(self) -> KnowledgeBase:
        return read_knowledge_base(self.path / "kb")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    path = tmp_path_factory.mktemp("fitting")
    write_lines(path / "clusters.jsonl", clusters(9))
    write_lines(path / "fillers.jsonl", clusters(5, start=9))
    (path / "kb").mkdir()
    articles, topics = [], []
    for one in clusters(6, start=14):
        for lang in ("en", "zh"):
            title, wording, *_ = one[lang]
            body = one[f"answer_{lang}"]
            articles.append({"id": one["topic"], "lang": lang, "title": title, "body": body})
            ident = f"{one['topic']}-{lang}"
            topics.append({"id": ident, "text": wording, "lang": lang, "article_id": one["topic"]})
    topics += [
        {"id": f"far-{en}", "text": f"who painted a {en}", "lang": "en", "article_id": ""}
        for en, _ in THINGS[20:]
    ]
    write_lines(path / "kb" / "articles.jsonl", articles)
    write_lines(path / "topics.jsonl", topics)
    (path / "pairs").mkdir()
    with gzip.open(path / "pairs" / "docs.jsonl.gz", "wt", encoding="utf-8") as lines:
        for one in clusters(24):
            pair = {"a": one["en"][0], "b": one["answer_en"], "lang": "en", "kind": "qa"}
            lines.write(json.dumps(pair) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "open_encoder", lambda name: FakeEncoder(dimension=512))
        yield Folder(path)


def test_the_command_writes_a_scorer_that_serves(folder: Folder, tmp_path: Path) -> None:
    result = folder.run(f"--pairs={folder.path / 'pairs'}")

    assert result.exit_code == 0, result.output
    file = folder.path / "scorer.json"
    scorer = read_scorer(file)
    assert {name: tuple(model.weights) for name, model in scorer.models.items()} == FEATURES
    for situation, thresholds in scorer.thresholds.items():
        told = f"{situation}: answer from {thresholds.answer:.2f}, clarify from "
        assert f"{told}{thresholds.clarify:.2f}" in result.output
        assert thresholds.topics > 0
    for model in scorer.models.values():
        assert math.isfinite(model.intercept)
        assert all(weight >= 0 for name, weight in model.weights.items() if name not in FREE)
    assert json.loads(file.read_text(encoding="utf-8"))["fitted_on"] == [
        "clusters/clusters.jsonl",
        "kb, topics.jsonl topics",
        "pairs of the encoder's training",
    ]
    encoder = FakeEncoder(dimension=512)
    build(folder.base, tmp_path, encoder, ModelChoice("given"))
    answer = Assistant.open(tmp_path, encoder=encoder, scorer=scorer).ask("my piano is not here")
    assert answer.hits[0].article_id == "piano"
    assert answer.confidence > 0.5


def test_the_command_gives_the_same_scorer_every_time(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "_SIZES", (6,))
    monkeypatch.setattr(fitting, "_PHRASED", (6,))
    written = []
    for name in ("one.json", "two.json"):
        assert folder.run(out=name).exit_code == 0
        written.append((folder.path / name).read_bytes())

    assert written[0] == written[1]
    assert json.loads(written[0])["fitted_on"] == [
        "clusters/clusters.jsonl",
        "kb, topics.jsonl topics",
    ]


def test_a_missing_file_is_named(folder: Folder) -> None:
    result = folder.run(f"--pairs={folder.path / 'nowhere'}")
    assert result.exit_code == 2
    assert "nowhere" in result.output
