"""From the scorer's probabilities to ones that hold where they serve, and to the thresholds.

The scorer was fitted on many help centres. `faq-eval calibrate` fits on an editor's own questions
how its probabilities must be bent to hold on theirs, and leaves that beside the index. That belongs
to one model and one scorer: with any other it would bend the wrong way, and is refused.
"""

import hashlib
import itertools
import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from indexer import Index, Lang
from indexer.store import CALIBRATION, FORMAT
from server.engine.domain import Hit, Situation
from server.engine.scorer import Scorer, Thresholds

logger = logging.getLogger(__name__)

VERSION = 1
# The part of the log-odds that a hit owes to the editors' calibration.
PART = "calibration"
# The precision of direct answers where none is asked for.
TARGET_PRECISION = 0.95

Method = Literal["none", "platt", "isotonic"]

_NEVER = 1.0
# Log-odds beyond this are certainty to six digits, and keep their order.
_CAP = 16.0


class CalibrationError(Exception):
    """A calibration cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A strictly rising map of log-odds.

    Straight between `knots` (before, after), which rise in both; before the first and behind the
    last it goes on with `slope` (> 0). One knot makes a line: Platt's map is one.
    """

    knots: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    slope: float = 1.0

    def probability(self, probability: float) -> float:
        """Return `probability` (0..1) as it holds here (0..1)."""
        return logistic(self.log_odds(log_odds(probability)))

    def log_odds(self, before: float) -> float:
        """Return where the curve leads from the log-odds `before`."""
        first, last = self.knots[0], self.knots[-1]
        if before <= first[0]:
            return first[1] + self.slope * (before - first[0])
        if before >= last[0]:
            return last[1] + self.slope * (before - last[0])
        right = next(n for n, knot in enumerate(self.knots) if knot[0] >= before)
        (x0, y0), (x1, y1) = self.knots[right - 1], self.knots[right]
        return y0 + (y1 - y0) * (before - x0) / (x1 - x0)


@dataclass(frozen=True, slots=True)
class Group:
    """What was fitted on one group of questions: `topics` of them, by `method`.

    `thresholds` has a row for each precision that may be asked for.
    """

    curve: Curve
    method: Method
    topics: int
    thresholds: tuple[Thresholds, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """An editor's calibration.

    `groups` is keyed from narrow to wide: "zh/same" (the asker's language, and whether the article
    is in it), "same", "all". `model_id`, `index_kind` (how vectors are searched) and `scorer` name
    what it was fitted with, `fitted_on` tells of the questions.
    """

    model_id: str
    index_kind: str
    scorer: str
    groups: dict[str, Group]
    fitted_on: dict[str, Any]

    def group(self, lang: Lang, situation: Situation) -> Group | None:
        """Return the narrowest group that was fitted, None where none was.

        Answers by words alone come from a scorer of their own, which no other questions tell of.
        """
        wide = () if situation == "lexical" else ("all",)
        found = (self.groups.get(name) for name in (f"{lang}/{situation}", situation, *wide))
        return next((group for group in found if group), None)


class Calibrator:
    """Gives hits the probabilities that hold, and the thresholds that keep the asked precision.

    `refused` says why the index's own calibration is not used, None where it is or there is none.

    Raises:
        ValueError: `target_precision` is not between 0 and 1.
    """

    def __init__(
        self,
        scorer: Scorer,
        own: Calibration | None = None,
        *,
        target_precision: float = TARGET_PRECISION,
        refused: str | None = None,
        stamp: int | None = None,
    ) -> None:
        if not 0 < target_precision < 1:
            raise ValueError(f"The target precision must be in 0..1, not {target_precision}.")
        self._scorer = scorer
        self._target = target_precision
        self.own = own
        self.refused = refused
        self.stamp = stamp

    def apply(self, hits: Sequence[Hit], lang: Lang) -> tuple[list[Hit], Thresholds]:
        """Return `hits` with calibrated scores, in the same order, and the thresholds for them.

        All hits go by the curve of the first one's group: a calibration says how sure to be, not
        which article comes first.
        """
        situation: Situation = hits[0].evidence.situation if hits else "same"
        group = self.own.group(lang, situation) if self.own else None
        if group is None:
            return list(hits), thresholds_for(self._scorer, situation, self._target)
        return [_bent(hit, group.curve) for hit in hits], strictest(group.thresholds, self._target)


def strictest(rows: Sequence[Thresholds], target: float) -> Thresholds:
    """Return the row that promises at least `target`, and no more than needed.

    Where none does, nothing is sure enough: thresholds of 1.
    """
    enough = [row for row in rows if row.target_precision >= target - 1e-9]
    if not enough:
        topics = max((row.topics for row in rows), default=0)
        return Thresholds(_NEVER, _NEVER, target, topics)
    return min(enough, key=lambda row: row.target_precision)


def thresholds_for(scorer: Scorer, situation: Situation, target: float) -> Thresholds:
    """Return the thresholds that come with the scorer for the precision `target`."""
    rows = (scorer.thresholds[situation], *scorer.targets.get(situation, ()))
    return strictest(rows, target)


def scorer_id(scorer: Scorer) -> str:
    """Return an id that is equal exactly where the scorer's models are (thresholds may differ)."""
    models = {name: asdict(model) for name, model in scorer.models.items()}
    text = json.dumps([FORMAT, models], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stamp_of(index: Index) -> int | None:
    """Return what changes when the index gets another calibration, None where it has none."""
    try:
        return (index.folder / CALIBRATION).stat().st_mtime_ns
    except OSError:
        return None


def open_calibrator(
    index: Index,
    scorer: Scorer,
    target_precision: float = TARGET_PRECISION,
    *,
    bundled: bool = False,
) -> Calibrator:
    """Return the calibrator of `index`; a calibration that does not fit is told of and left out.

    With `bundled` the index's own calibration is not looked at.
    """
    stamp = stamp_of(index)
    own, refused = None, None
    if stamp is not None and not bundled:
        try:
            own = read_calibration(index.folder / CALIBRATION)
            check_fits(own, index, scorer)
        except CalibrationError as error:
            own, refused = None, str(error)
            logger.warning("%s", refused)
    return Calibrator(scorer, own, target_precision=target_precision, refused=refused, stamp=stamp)


def check_fits(calibration: Calibration, index: Index, scorer: Scorer) -> None:
    """Do nothing where `calibration` was made with the index's model and kind, and with `scorer`.

    Raises:
        CalibrationError: it was made with others.
    """
    file = index.folder / CALIBRATION
    if calibration.model_id != index.manifest.model_id:
        made, needed = calibration.model_id, index.manifest.model_id
        what = f"was fitted with the model {made}, this index has {needed}"
    elif calibration.index_kind != index.manifest.vector_kind:
        made, needed = calibration.index_kind, index.manifest.vector_kind
        what = f"was fitted on an index of the kind {made}, this one is {needed}"
    elif calibration.scorer != scorer_id(scorer):
        what = f"was fitted with another scorer ({calibration.scorer}, not {scorer_id(scorer)})"
    else:
        return
    raise CalibrationError(
        f"{file} {what}. The bundled calibration is used instead: run `faq-eval calibrate` again."
    )


def read_calibration(file: Path) -> Calibration:
    """Return the calibration in `file`.

    Raises:
        CalibrationError: it is damaged, or of another version.
    """
    remedy = "The bundled calibration is used instead: run `faq-eval calibrate` again."
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        version = values["version"]
        if version != VERSION:
            raise CalibrationError(
                f"{file} is of version {version}, this program reads {VERSION}. {remedy}"
            )
        return Calibration(
            model_id=values["model_id"],
            index_kind=values["index_kind"],
            scorer=values["scorer"],
            groups={name: _group(group) for name, group in values["groups"].items()},
            fitted_on=values["fitted_on"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CalibrationError(
            f"{file} cannot be read ({type(error).__name__}: {error}). {remedy}"
        ) from error


def calibration_text(calibration: Calibration) -> str:
    """Return `calibration` as its file holds it."""
    values = {"version": VERSION, **asdict(calibration)}
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def log_odds(probability: float) -> float:
    """Return log(p / (1 - p)), within ±16."""
    if probability <= 0 or probability >= 1:
        return math.copysign(_CAP, probability - 0.5)
    return max(-_CAP, min(_CAP, math.log(probability) - math.log1p(-probability)))


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)) without overflow."""
    return 0.5 * (1 + math.tanh(0.5 * value))


def _bent(hit: Hit, curve: Curve) -> Hit:
    score = curve.probability(hit.score)
    part = log_odds(score) - log_odds(hit.score)
    evidence = replace(hit.evidence, parts={**hit.evidence.parts, PART: part})
    return replace(hit, score=score, evidence=evidence)


def _group(values: Mapping[str, Any]) -> Group:
    knots = tuple((float(x), float(y)) for x, y in values["curve"]["knots"])
    slope = float(values["curve"]["slope"])
    rising = all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(knots))
    if not knots or slope <= 0 or not rising:
        raise ValueError("a curve does not rise")
    return Group(
        curve=Curve(knots, slope),
        method=values["method"],
        topics=int(values["topics"]),
        thresholds=tuple(Thresholds(**row) for row in values["thresholds"]),
    )
