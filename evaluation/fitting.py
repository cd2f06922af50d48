"""Fits the scorer that the engine serves with: `python -m evaluation.fitting`.

The rows are what the engine itself found for questions with known answers on many help centres, so
the scorer learns from the very code that it will serve in. The result is a few numbers, in
`server/engine/scorer.json`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from scipy.optimize import minimize

from evaluation.collecting import TARGET_PRECISION, Labelled, collect, starting_scorer
from evaluation.helpcentres import (
    HelpCentre,
    answer_centre,
    document_centre,
    help_centre,
    own_help_centre,
    phrase_centre,
    read_clusters,
    read_fillers,
    read_pairs,
    read_rewordings,
    reworded_centre,
)
from evaluation.intervals import wilson
from indexer import LANGS, Lang, open_encoder
from indexer.caching import CachingEncoder
from indexer.cli import Bar
from server.engine import Hit
from server.engine.decision import CHOICES, any_right
from server.engine.domain import Situation
from server.engine.features import WORDS
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
# Sizes of the pseudo help centres.
_SIZES = (20, 60, 150, 400, 1000)
_PHRASED = (30, 300)
_DOCUMENTS: tuple[tuple[int, Lang], ...] = ((150, "en"), (150, "zh"), (400, "en"))
_REWORDED = (60, 400)
# How much a centre counts beside the others, each of which counts 1.
_WEIGHT_OF_PHRASES = 0.5
_WEIGHT_OF_REWORDED = 0.5
_WEIGHT_OF_OWN = 8.0
# Texts whose vectors are kept: the centres share many.
_TEXTS = 100_000
_FOLDS = 5
# Thresholds from fewer questions than this would be luck.
_ENOUGH = 200
# 90 % of a normal distribution lie below so many standard deviations.
_Z90 = 1.2815515655446004
# The same for 99 %. The own topics that the bundled thresholds are fitted on were looked at while
# articles and rules were written, so they flatter: what holds on them must hold surely.
_Z99 = 2.3263478740408408
# Features that say nothing for or against an article by themselves.
_FREE = ("length",)
_DATA = Path(__file__).parent / "datasets"
_INPUT = click.Path(path_type=Path, exists=True)

# Those left out say the same as one of these does, on a scale that shifts with the encoder.
_DENSE = ("closeness_second", "closeness_section", "apart", "cosine_lead", "share")
FEATURES: dict[Situation, tuple[str, ...]] = {
    "same": (
        *_DENSE,
        "lexical_lead",
        "coverage",
        "coverage_lead",
        "told",
        "length",
    ),
    "cross": (*_DENSE, "length"),
    "lexical": WORDS,
}


def fit(rows: Sequence[Labelled], own: int) -> Scorer:
    """Return the scorer fitted on `rows`, with thresholds from predictions for unseen questions.

    `own` is the number of the centre whose questions alone set the thresholds, where it has enough:
    they are those of a real help page, the others were made up by rule.

    Raises:
        ValueError: a situation was never met, so nothing can be learned for it.
    """
    models = {situation: _model(rows, situation) for situation in FEATURES}
    predicted: list[tuple[Situation, int, list[Hit], frozenset[str]]] = []
    for fold in range(_FOLDS):
        rest = [row for number, row in enumerate(rows) if number % _FOLDS != fold]
        fold_models = {situation: _model(rest, situation) for situation in FEATURES}
        for row in rows[fold::_FOLDS]:
            if row.answer.hits and not row.partial:
                hits = _rescored(row.answer.hits, fold_models)
                predicted.append((hits[0].evidence.situation, row.centre, hits, row.right))
    thresholds = {}
    for situation in FEATURES:
        mine = [row[1:] for row in predicted if row[0] == situation]
        outcomes = [row[1:] for row in mine if row[0] == own]
        z = _Z99
        if len(outcomes) < _ENOUGH:
            outcomes, z = [row[1:] for row in mine], _Z90
        thresholds[situation] = _thresholds(outcomes, z)
    return Scorer(models, thresholds)


def _thresholds(outcomes: Sequence[tuple[list[Hit], frozenset[str]]], z: float) -> Thresholds:
    first = [(hits[0].score, hits[0].article_id in right) for hits, right in outcomes]
    three = [
        (any_right(hits[:CHOICES]), any(h.article_id in right for h in hits[:CHOICES]))
        for hits, right in outcomes
    ]
    return Thresholds(
        answer=lowest_threshold(first, z=z),
        clarify=lowest_threshold(three, z=z),
        target_precision=TARGET_PRECISION,
        topics=len(outcomes),
    )


def lowest_threshold(
    outcomes: Sequence[tuple[float, bool]], target: float = TARGET_PRECISION, z: float = _Z90
) -> float:
    """Return the lowest confidence from which on `outcomes` surely are right often enough.

    `outcomes` pairs confidences with whether the answer was right. What must hold `target` is not
    the share of right ones among those above, which luck may have raised, but the low end of its
    Wilson interval, one-sided, `z` deviations wide (90 %). 1.0 where no confidence holds it.
    """
    ranked = sorted(outcomes, key=lambda outcome: -outcome[0])
    right, lowest = 0, 1.0
    for count, (confidence, correct) in enumerate(ranked, 1):
        right += correct
        tied = count < len(ranked) and ranked[count][0] == confidence
        interval = wilson(right, count, z)
        if not tied and interval is not None and interval.low >= target:
            lowest = confidence
    return round(lowest, 4)


def _model(rows: Sequence[Labelled], situation: Situation) -> LogisticModel:
    """Fit on the hits of `situation`; a centre weighs what it says, however much it was asked."""
    names = FEATURES[situation]
    values, labels, weights = [], [], []
    sizes = Counter(row.centre for row in rows)
    for row in rows:
        weight = row.weight / sizes[row.centre]
        for hit in row.answer.hits:
            if hit.evidence.situation == situation:
                values.append([hit.evidence.features[name] for name in names])
                labels.append(hit.article_id in row.right)
                weights.append(weight)
    if not values:
        raise ValueError(
            f"No question found an article in the situation '{situation}'. Fit on help centres in "
            "both languages, with more questions."
        )
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
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    # Of a feature that is always the same, rounding would else pass for a signal.
    deviation = np.where(deviation > 1e-9, deviation, np.inf)
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


def centres(
    clusters: Sequence[dict[str, Any]],
    fillers: Sequence[dict[str, Any]],
    pairs: Mapping[Lang, Sequence[tuple[str, str]]],
    rewordings: Mapping[Lang, Sequence[tuple[str, str]]],
) -> Iterator[HelpCentre]:
    """Yield the pseudo help centres to fit on.

    `pairs` are headings with paragraphs, `rewordings` texts with another wording, of each language.
    The wordings of a cluster share few words by design; without the latter the scorer would learn
    that shared words tell nothing.
    """
    for size in _SIZES:
        yield help_centre(
            f"{size} articles",
            clusters,
            size,
            left_out=size // 2,
            seed=SEED + size,
            fillers=fillers,
        )
    for size in _PHRASED:
        centre = phrase_centre(f"{size} with phrases", clusters, size, seed=SEED + size)
        yield replace(centre, weight=_WEIGHT_OF_PHRASES)
    yield answer_centre("answers", clusters, seed=SEED)
    for size, lang in _DOCUMENTS:
        if pairs[lang]:
            strangers = [text for cluster in clusters for text in cluster[lang]]
            name = f"{size} paragraphs in {lang}"
            yield document_centre(
                name, pairs[lang], size, lang, strangers=strangers, seed=SEED + size
            )
    for size in _REWORDED:
        for lang in LANGS:
            if rewordings[lang]:
                name = f"{size} reworded in {lang}"
                centre = reworded_centre(name, rewordings[lang], size, lang, seed=SEED + size)
                yield replace(centre, weight=_WEIGHT_OF_REWORDED)


@click.command(epilog="Example:  python -m evaluation.fitting --pairs data/pairs")
@click.option(
    "--clusters",
    type=_INPUT,
    default=_DATA / "clusters" / "scorer.jsonl",
    help="Clusters that the encoder was not trained on.",
)
@click.option("--fillers", type=_INPUT, default=_DATA / "clusters" / "train.jsonl")
@click.option("--pairs", type=_INPUT, help="Folder of pairs of texts; none: without.")
@click.option("--kb", type=_INPUT, default=Path("kb"), show_default=True)
@click.option("--topics", type=_INPUT, default=_DATA / "wallet" / "dev.jsonl")
@click.option("--model", default="bundled", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=BUNDLED_FILE,
    help="[default: the engine's own]",
)
def main(
    clusters: Path,
    fillers: Path,
    pairs: Path | None,
    kb: Path,
    topics: Path,
    model: str,
    out: Path,
) -> None:
    """Fit the scorer on pseudo help centres made of CLUSTERS and on KB with its TOPICS."""
    bar = Bar()
    encoder = CachingEncoder(open_encoder(model), _TEXTS)
    documents = {lang: read_pairs(pairs, lang) if pairs else [] for lang in LANGS}
    rewordings = {lang: read_rewordings(pairs, lang) if pairs else [] for lang in LANGS}
    made = list(centres(read_clusters(clusters), read_fillers(fillers), documents, rewordings))
    made.append(replace(own_help_centre(kb, topics), weight=_WEIGHT_OF_OWN))
    scorer = fit(collect(made, encoder, starting_scorer(), bar), own=len(made) - 1)
    bar.close()
    sources = [f"clusters/{clusters.name}", f"kb, {topics.name} topics"]
    write(scorer, out, [*sources, *(["pairs of the encoder's training"] if pairs else [])])
    for situation, row in scorer.thresholds.items():
        click.echo(f"{situation}: answer from {row.answer:.2f}, clarify from {row.clarify:.2f}")


if __name__ == "__main__":
    main()
