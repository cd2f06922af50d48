"""Every measure by its name: `measure("nDCG@10")`.

Ranking measures are named as in ir_measures (https://ir-measur.es). Definitions and sources stand
in `measures.py` and `confidence.py`; here is what they are taken over.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evaluation import measures
from evaluation.confidence import ece
from evaluation.judged import Judged
from evaluation.sweeps import Floats, Sweep, swept_aurc, swept_auroc, swept_coverage

# "share": each topic counts 0 or 1; "mean": a number; "sweep": from the counts above each
# confidence; "whole": from all topics at once.
Kind = Literal["share", "mean", "sweep", "whole"]

# What `faq-eval run` reports.
DEFAULT = (
    "Success@1",
    "Success@3",
    "R@10",
    "RR@10",
    "nDCG@10",
    "Precision@answered",
    "Coverage",
    "Helped",
    "FalseAnswers",
    "AUROC",
    "ECE",
    "Brier",
    "AURC",
    "Coverage@P90",
    "Coverage@P95",
    "Language",
)


class MeasureError(ValueError):
    """There is no measure of that name; the message lists those that are."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A named measure, with the function of its kind.

    `topic` gives a topic's value, None where the measure says nothing of it; `sweep` values from
    counts, NaN where undefined; `whole` that of all topics.
    """

    name: str
    kind: Kind
    higher_is_better: bool = True
    topic: Callable[[Judged], float | None] | None = None
    sweep: Callable[[Sweep], NDArray[Any]] | None = None
    whole: Callable[[Floats, NDArray[np.bool_]], float | None] | None = None


def measure(name: str) -> Measure:
    """Return the measure called `name`, such as `Success@1`, `nDCG@10`, `Coverage@P95` or `ECE`.

    Raises:
        MeasureError: there is none.
    """
    if name in _PLAIN:
        return _PLAIN[name]
    if found := re.fullmatch(r"(Success|R|RR|nDCG)@([1-9]|10)", name):
        return _ranking(name, found[1], int(found[2]))
    if found := re.fullmatch(r"Coverage@P([5-9]\d(?:\.\d)?)", name):
        return Measure(
            name, "sweep", sweep=partial(swept_coverage, precision=float(found[1]) / 100)
        )
    families = ("Success@k", "R@k", "RR@k", "nDCG@k (k from 1 to 10)", "Coverage@P50…P99")
    raise MeasureError(
        f"There is no measure '{name}'. Known ones: {', '.join((*families, *_PLAIN))}."
    )


_RANKING = {
    "Success": measures.success,
    "R": measures.recall,
    "RR": measures.reciprocal_rank,
    "nDCG": measures.ndcg,
}


def _ranking(name: str, family: str, k: int) -> Measure:
    function = partial(_RANKING[family], k=k)

    def of_topic(judged: Judged) -> float | None:
        value = function(judged.ranked, judged.relevance)
        return None if math.isnan(value) else value

    return Measure(name, "share" if family == "Success" else "mean", topic=of_topic)


def _precision(judged: Judged) -> float | None:
    return float(judged.right) if judged.answered else None


def _coverage(judged: Judged) -> float | None:
    return float(judged.answered) if judged.answerable else None


def _helped(judged: Judged) -> float | None:
    if not judged.answerable:
        return None
    return float((judged.answered and judged.right) or judged.offered)


def _false_answer(judged: Judged) -> float | None:
    return None if judged.answerable else float(judged.answered)


def _language(judged: Judged) -> float | None:
    return float(judged.asked_lang == judged.lang)


def _brier(judged: Judged) -> float | None:
    return (judged.confidence - judged.right) ** 2


_PLAIN = {
    row.name: row
    for row in (
        # Of the answers given directly, those to unanswerable topics count as wrong.
        Measure("Precision@answered", "share", topic=_precision),
        # Of the answerable topics: answered directly; and got the right article, in one click.
        Measure("Coverage", "share", topic=_coverage),
        Measure("Helped", "share", topic=_helped),
        # Of the unanswerable topics.
        Measure("FalseAnswers", "share", higher_is_better=False, topic=_false_answer),
        Measure("Language", "share", topic=_language),
        # Over all topics: what nothing answers is never right.
        Measure("AUROC", "sweep", sweep=swept_auroc),
        Measure("AURC", "sweep", higher_is_better=False, sweep=swept_aurc),
        Measure("Brier", "mean", higher_is_better=False, topic=_brier),
        Measure("ECE", "whole", higher_is_better=False, whole=ece),
    )
}
