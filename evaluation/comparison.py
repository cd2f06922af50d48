"""Two evaluations of the same topics, side by side: what was won, what was lost, and where."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.costs import cost
from evaluation.files import SavedRun
from evaluation.judged import Judged
from evaluation.registry import DEFAULT, Measure, measure
from evaluation.significance import Difference, difference

_DIGITS = 6
# So many topic ids are enough to find out what differs.
_NAMED = 3


class ComparisonError(Exception):
    """Two runs cannot be compared; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much worse (in the measure's own unit) a measure may become, in all or in one slice."""

    measure: Measure
    most: float
    slice: str | None = None

    @property
    def name(self) -> str:
        """The measure, behind the name of its slice where it has one."""
        return f"{self.slice}:{self.measure.name}" if self.slice else self.measure.name


@dataclass(frozen=True, slots=True)
class Broken:
    """A tolerance that was broken, and by which difference."""

    tolerance: Tolerance
    difference: Difference


@dataclass(frozen=True, slots=True)
class Change:
    """A topic that fares otherwise than before; `gain` is the cost that it saves its asker."""

    before: Judged
    after: Judged

    @property
    def gain(self) -> float:
        """The cost before less the cost after: above 0 is better now."""
        return cost(self.before) - cost(self.after)


@dataclass(frozen=True, slots=True)
class ArticleChanges:
    """The topics won and lost by one article: None those that nothing answers."""

    article_id: str | None
    won: tuple[Change, ...]
    lost: tuple[Change, ...]

    @property
    def gain(self) -> float:
        """The cost saved in all."""
        return sum(change.gain for change in (*self.won, *self.lost))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every difference between two runs.

    `slices` holds the differences by language, `articles` the topics that changed, most lost first.
    """

    before: SavedRun
    after: SavedRun
    differences: tuple[Difference, ...]
    slices: dict[str, tuple[Difference, ...]]
    articles: tuple[ArticleChanges, ...]
    broken: tuple[Broken, ...]

    @property
    def won(self) -> list[Change]:
        """Every topic that fares better."""
        return [change for article in self.articles for change in article.won]

    @property
    def lost(self) -> list[Change]:
        """Every topic that fares worse."""
        return [change for article in self.articles for change in article.lost]


def tolerance(text: str) -> Tolerance:
    """Read `Success@1=0.01`, or `zh:Success@1=0.01` for the questions in one language.

    Raises:
        ValueError: it is not of that form, or there is no such measure.
    """
    found = re.fullmatch(r"(?:(zh|en):)?([^=:]+)=(\d*\.?\d+)", text.strip())
    if found is None:
        raise ValueError(
            f"'{text}' is no tolerance. Write MEASURE=MOST, such as Success@1=0.01, or "
            "zh:Success@1=0.01 for one language."
        )
    return Tolerance(measure(found[2]), float(found[3]), found[1])


def compare(
    before: SavedRun,
    after: SavedRun,
    names: Sequence[str] = DEFAULT,
    tolerances: Sequence[Tolerance] = (),
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Comparison:
    """Return what changed from `before` to `after`.

    Raises:
        ComparisonError: they were asked different topics, or one topic was judged otherwise.
        MeasureError: there is no measure of one of `names`.
    """
    _check_same(before, after)
    order = {one.id: number for number, one in enumerate(before.judged)}
    first, second = before.judged, sorted(after.judged, key=lambda one: order[one.id])
    chosen = [measure(name) for name in dict.fromkeys(names)]
    chosen += [t.measure for t in tolerances if t.measure.name not in {m.name for m in chosen}]
    slices: dict[str, list[int]] = {}
    for number, one in enumerate(first):
        slices.setdefault(one.lang, []).append(number)
    total, done = len(chosen) * (1 + len(slices)), 0

    def differences(numbers: Sequence[int]) -> tuple[Difference, ...]:
        nonlocal done
        found = []
        for each in chosen:
            progress("compare", done, total)
            found.append(
                difference(each, [first[n] for n in numbers], [second[n] for n in numbers])
            )
            done += 1
        return tuple(found)

    overall = differences(range(len(first)))
    by_lang = {name: differences(slices[name]) for name in sorted(slices)}
    progress("compare", total, total)
    return Comparison(
        before=before,
        after=after,
        differences=overall,
        slices=by_lang,
        articles=changes_by_article(first, second),
        broken=tuple(_broken(tolerances, overall, by_lang)),
    )


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return `comparison` as plain values, rounded to six digits."""
    return {
        "before": _origin(comparison.before),
        "after": _origin(comparison.after),
        "topics": len(comparison.before.judged),
        "measures": {d.measure.name: _plain(d) for d in comparison.differences},
        "by_lang": {
            name: {d.measure.name: _plain(d) for d in rows}
            for name, rows in comparison.slices.items()
        },
        "articles": [
            {
                "article_id": row.article_id,
                "won": [change.after.id for change in row.won],
                "lost": [change.after.id for change in row.lost],
            }
            for row in comparison.articles
        ],
        "broken": [
            {
                "tolerance": broken.tolerance.name,
                "most": broken.tolerance.most,
                "loss": round(broken.difference.loss, _DIGITS),
                "p": broken.difference.p,
            }
            for broken in comparison.broken
        ],
    }


def _check_same(before: SavedRun, after: SavedRun) -> None:
    if before.metrics["topics_sha256"] == after.metrics["topics_sha256"]:
        return
    first = {one.id: one for one in before.judged}
    second = {one.id: one for one in after.judged}
    told = []
    for only, where in (
        (first.keys() - second.keys(), before.folder),
        (second.keys() - first.keys(), after.folder),
    ):
        if only:
            told.append(f"{len(only)} only in {where} ({_some(only)})")
    judged_otherwise = {
        ident
        for ident in first.keys() & second.keys()
        if first[ident].relevance != second[ident].relevance
    }
    if judged_otherwise:
        told.append(
            f"{len(judged_otherwise)} with other right articles ({_some(judged_otherwise)})"
        )
    raise ComparisonError(
        f"{before.folder} and {after.folder} were not asked the same topics: "
        f"{'; '.join(told) or 'their order, text, language or kind differs'}. "
        "Run both again with one topics file."
    )


def _some(ids: set[str]) -> str:
    names = ", ".join(sorted(ids)[:_NAMED])
    return names + (", …" if len(ids) > _NAMED else "")


def changes_by_article(
    before: Sequence[Judged], after: Sequence[Judged]
) -> tuple[ArticleChanges, ...]:
    """Return the changed topics by the article that they expect, the one that lost most first.

    Both hold the same topics in the same order.
    """
    changes: dict[str | None, list[Change]] = {}
    for first, second in zip(before, after, strict=True):
        change = Change(first, second)
        if change.gain:
            expected = first.expected[0] if first.expected else None
            changes.setdefault(expected, []).append(change)
    rows = [
        ArticleChanges(
            article_id,
            won=tuple(change for change in found if change.gain > 0),
            lost=tuple(change for change in found if change.gain < 0),
        )
        for article_id, found in changes.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.gain, row.article_id or "")))


def _broken(
    tolerances: Sequence[Tolerance],
    overall: Sequence[Difference],
    by_lang: dict[str, tuple[Difference, ...]],
) -> list[Broken]:
    broken = []
    for each in tolerances:
        rows = overall if each.slice is None else by_lang.get(each.slice, ())
        for found in rows:
            # Equal to the tolerance is within it, whatever the last binary digit says.
            if found.measure.name == each.measure.name and found.loss > each.most + 1e-9:
                broken.append(Broken(each, found))
    return broken


def _origin(run: SavedRun) -> dict[str, Any]:
    return {"folder": str(run.folder)} | {
        name: run.metrics[name] for name in ("index_id", "model_id", "calibration")
    }


def _plain(found: Difference) -> dict[str, float | None]:
    low = None if found.interval is None else found.interval.low
    high = None if found.interval is None else found.interval.high
    values = {"before": found.before, "after": found.after, "change": found.change}
    values |= {"low": low, "high": high, "p": found.p}
    return {name: None if v is None else round(v, _DIGITS) for name, v in values.items()}
