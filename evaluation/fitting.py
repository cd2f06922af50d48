"""Fits the scorer that the engine serves with: `python -m evaluation.fitting`.

The rows are what the engine itself found for questions with known answers on many help centres, so
the scorer learns from the very code that it will serve in. The result is a few numbers, in
`server/engine/scorer.json`.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
import numpy as np
from scipy.optimize import minimize

from evaluation.helpcentres import Asked, HelpCentre, help_centre, own_help_centre, read_clusters
from evaluation.intervals import wilson
from indexer import Encoder, ModelChoice, build, open_encoder
from indexer.build import Progress
from indexer.cli import Bar
from server.engine import Answer, Assistant, Hit
from server.engine.decision import any_right
from server.engine.domain import Situation
from server.engine.features import DENSE, WORDS
from server.engine.scorer import (
    BUNDLED_FILE,
    VERSION,
    Floats,
    LogisticModel,
    Scorer,
    Thresholds,
    logistic,
)

SEED = 20261123
TARGET_PRECISION = 0.95
# Sizes of the pseudo help centres.
_SIZES = (20, 60, 150, 400, 800)
_HITS = 10
_FOLDS = 5
# Thresholds from fewer questions than this would be luck.
_ENOUGH = 200
# 90 % of a normal distribution lie below so many standard deviations.
_Z90 = 1.2815515655446004
# Features that say nothing for or against an article by themselves.
_FREE = ("length",)
_DATA = Path(__file__).parent / "datasets"
_PATH = click.Path(path_type=Path)

FEATURES: dict[Situation, tuple[str, ...]] = {
    "same": (*DENSE, *WORDS),
    "cross": (*DENSE, "length"),
    "lexical": WORDS,
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question's answer and the ids of the articles that are right, on centre number `centre`."""

    answer: Answer
    right: frozenset[str]
    centre: int


def starting_scorer() -> Scorer:
    """Return a plain scorer that ranks well enough to collect rows with."""
    words = {"lexical": 3.0, "coverage": 2.0}
    never = Thresholds(1.0, 1.0, TARGET_PRECISION, 0)
    return Scorer(
        models={
            "same": LogisticModel(-6.0, {"closeness": 1.0, **words}),
            "cross": LogisticModel(-6.0, {"closeness": 1.0}),
            "lexical": LogisticModel(-3.0, words),
        },
        thresholds={"same": never, "cross": never, "lexical": never},
    )


def collect(
    centres: Sequence[HelpCentre],
    encoder: Encoder,
    scorer: Scorer,
    progress: Progress = lambda stage, done, total: None,
) -> list[Labelled]:
    """Ask every centre its questions, with the encoder and by words alone."""
    rows: list[Labelled] = []
    for number, centre in enumerate(centres):
        progress("ask", number, len(centres))
        asked = [question.text for question in centre.questions]
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            build(centre.base, root, encoder, ModelChoice("given"))
            # Without a load, the second one's encoder never comes: answers are lexical.
            for assistant in (
                Assistant.open(root, encoder=encoder, scorer=scorer),
                Assistant(root, lambda _: encoder, scorer),
            ):
                answers = assistant.ask_many(asked, top_k=_HITS)
                rows += [
                    Labelled(_known(question, answer), right_articles(question), number)
                    for question, answer in zip(centre.questions, answers, strict=True)
                ]
    progress("ask", len(centres), len(centres))
    return rows


def right_articles(question: Asked) -> frozenset[str]:
    """Return the ids of the articles that answer `question`."""
    return frozenset(question.article_id.split("|")) if question.article_id else frozenset()


def _known(question: Asked, answer: Answer) -> Answer:
    """Leave out the hits of which nobody knows whether they are right."""
    if question.not_article_id is None:
        return answer
    hits = tuple(hit for hit in answer.hits if hit.article_id == question.not_article_id)
    return replace(answer, hits=hits)


def fit(rows: Sequence[Labelled], own: int) -> Scorer:
    """Return the scorer fitted on `rows`, with thresholds from predictions for unseen questions.

    `own` is the number of the one centre whose texts the encoder was not trained on: it weighs as
    much as all others together, and its questions alone set the thresholds, where it has enough.
    """
    models = {situation: _model(rows, situation, own) for situation in FEATURES}
    predicted: list[tuple[Situation, int, list[Hit], frozenset[str]]] = []
    for fold in range(_FOLDS):
        rest = [row for number, row in enumerate(rows) if number % _FOLDS != fold]
        fold_models = {situation: _model(rest, situation, own) for situation in FEATURES}
        for row in rows[fold::_FOLDS]:
            if row.answer.hits:
                hits = _rescored(row.answer.hits, fold_models)
                predicted.append((hits[0].evidence.situation, row.centre, hits, row.right))
    thresholds = {}
    for situation in FEATURES:
        mine = [row[1:] for row in predicted if row[0] == situation]
        outcomes = [row[1:] for row in mine if row[0] == own]
        if len(outcomes) < _ENOUGH:
            outcomes = [row[1:] for row in mine]
        thresholds[situation] = _thresholds(outcomes)
    return Scorer(models, thresholds)


def _thresholds(outcomes: Sequence[tuple[list[Hit], frozenset[str]]]) -> Thresholds:
    first = [(hits[0].score, hits[0].article_id in right) for hits, right in outcomes]
    three = [
        (any_right(hits[:3]), any(h.article_id in right for h in hits[:3]))
        for hits, right in outcomes
    ]
    return Thresholds(
        answer=lowest_threshold(first),
        clarify=lowest_threshold(three),
        target_precision=TARGET_PRECISION,
        topics=len(outcomes),
    )


def lowest_threshold(
    outcomes: Sequence[tuple[float, bool]], target: float = TARGET_PRECISION
) -> float:
    """Return the lowest confidence from which on `outcomes` surely are right often enough.

    `outcomes` pairs confidences with whether the answer was right. What must hold `target` is not
    the share of right ones among those above, which luck may have raised, but the low end of its
    Wilson interval, at 90 % one-sided. 1.0 where no confidence holds it.
    """
    ranked = sorted(outcomes, key=lambda outcome: -outcome[0])
    right, lowest = 0, 1.0
    for count, (confidence, correct) in enumerate(ranked, 1):
        right += correct
        tied = count < len(ranked) and ranked[count][0] == confidence
        interval = wilson(right, count, _Z90)
        if not tied and interval is not None and interval.low >= target:
            lowest = confidence
    return round(lowest, 4)


def _model(rows: Sequence[Labelled], situation: Situation, own: int) -> LogisticModel:
    """Fit on the hits of `situation`; every centre weighs the same, `own` as all others."""
    names = FEATURES[situation]
    values, labels, weights = [], [], []
    sizes = Counter(row.centre for row in rows)
    for row in rows:
        weight = (len(sizes) - 1 if row.centre == own else 1) / sizes[row.centre]
        for hit in row.answer.hits:
            if hit.evidence.situation == situation:
                values.append([hit.evidence.features[name] for name in names])
                labels.append(hit.article_id in row.right)
                weights.append(weight)
    return logistic_regression(
        np.array(values), np.array(labels, dtype=float), np.array(weights), names
    )


def logistic_regression(
    values: Floats, labels: Floats, weights: Floats, names: Sequence[str]
) -> LogisticModel:
    """Return the model of least weighted log-loss whose evidence never speaks against an article.

    `values` has shape (rows, features), `labels` (0 or 1) and `weights` shape (rows,). More of
    any feature but those in `_FREE` must not lower the probability: what the encoder knows by heart
    from training would else make words look like evidence against an article. An L2 penalty of 1 on
    the standardised weights. Minimised by L-BFGS-B (Byrd et al., SIAM J. Sci. Comput. 1995).
    """
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-9
    standard = (values - mean) / deviation
    weights = weights / weights.mean()

    def loss(point: Floats) -> tuple[float, Floats]:
        log_odds = point[0] + standard @ point[1:]
        losses = np.logaddexp(0, log_odds) - labels * log_odds
        slope = (logistic(log_odds) - labels) * weights
        gradient = np.concatenate([[slope.sum()], standard.T @ slope + point[1:]])
        return float(weights @ losses + point[1:] @ point[1:] / 2), gradient

    free, rising = (None, None), (0.0, None)
    bounds = [free, *(free if name in _FREE else rising for name in names)]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B")
    slopes = found.x[1:] / deviation
    intercept = float(found.x[0] - slopes @ mean)
    return LogisticModel(
        round(intercept, 5), {n: round(float(w), 5) for n, w in zip(names, slopes, strict=True)}
    )


def _rescored(hits: Sequence[Hit], models: Mapping[Situation, LogisticModel]) -> list[Hit]:
    scored = []
    for hit in hits:
        model = models[hit.evidence.situation]
        parts = model.parts(hit.evidence.features)
        score = logistic(np.array(model.intercept + sum(parts.values())))
        scored.append(replace(hit, score=float(score)))
    return sorted(scored, key=lambda hit: (-hit.score, hit.article_id))


def write(scorer: Scorer, file: Path, sources: Sequence[str]) -> None:
    """Write `scorer` as the engine reads it; `sources` tells what it was fitted on."""
    values = {"version": VERSION, "seed": SEED, "fitted_on": list(sources), **asdict(scorer)}
    file.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@click.command(epilog="Example:  python -m evaluation.fitting")
@click.option("--clusters", type=_PATH, default=_DATA / "clusters" / "train.jsonl")
@click.option("--kb", type=_PATH, default=Path("kb"), show_default=True)
@click.option("--topics", type=_PATH, default=_DATA / "wallet" / "dev.jsonl")
@click.option("--model", default="bundled", show_default=True)
@click.option("--out", type=_PATH, default=BUNDLED_FILE, help="[default: the engine's own]")
def main(clusters: Path, kb: Path, topics: Path, model: str, out: Path) -> None:
    """Fit the scorer on pseudo help centres made of CLUSTERS and on KB with its TOPICS."""
    bar = Bar()
    encoder = open_encoder(model)
    source = read_clusters(clusters)
    centres = [
        help_centre(f"{size} articles", source, size, left_out=size // 2, seed=SEED + size)
        for size in _SIZES
    ]
    centres.append(own_help_centre(kb, topics))
    scorer = fit(collect(centres, encoder, starting_scorer(), bar), own=len(centres) - 1)
    bar.close()
    write(scorer, out, [f"{clusters.parent.name}/{clusters.name}", f"kb, {topics.name} topics"])
    for situation, row in scorer.thresholds.items():
        click.echo(f"{situation}: answer from {row.answer:.2f}, clarify from {row.clarify:.2f}")


if __name__ == "__main__":
    main()
