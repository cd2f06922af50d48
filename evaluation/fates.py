"""How questions end, from the best ending to the worst."""

from collections.abc import Iterable

from markupsafe import Markup

from evaluation.charts import share_bar
from evaluation.judged import Judged
from server.engine import Decision

FATES = ("right", "click", "person", "missed", "vain", "wrong")


def fates(judged: Iterable[Judged]) -> dict[str, int]:
    """Return how many topics ended how, the best ending first."""
    counts = dict.fromkeys(FATES, 0)
    for one in judged:
        counts[fate(one)] += 1
    return counts


def fate(one: Judged) -> str:
    """Return how a topic ended, one of `FATES`.

    "right": answered right at once; "click": the right article was offered to choose; "person":
    handed off, since nothing answers; "missed": handed off though an article answers; "vain": asked
    back without the right article; "wrong": told something wrong.
    """
    if one.answered:
        return "right" if one.right else "wrong"
    if one.decision == Decision.CLARIFY:
        return "click" if one.offered else "vain"
    return "missed" if one.answerable else "person"


def fate_bar(judged: Iterable[Judged]) -> Markup:
    """Draw how topics ended as one bar; its legend must tell the figures."""
    return share_bar([(f"fate-{name}", count) for name, count in fates(judged).items()])
