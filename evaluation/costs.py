"""What an outcome costs a user, on one scale: so that the worst comes first in every list.

A wrong answer told with confidence is worse than none; asking back costs a click.
"""

from collections.abc import Sequence

from evaluation.judged import Judged
from server.engine import Decision

WRONG_ANSWER = 3.0
NOT_OFFERED = 1.5
NO_ANSWER = 1.0
ONE_CLICK = 0.5
NOTHING = 0.0


def cost(judged: Judged) -> float:
    """Return what the outcome costs the asker: 0 (as it should be) to 3 (told a wrong thing).

    A topic that nothing answers should go to a person; being asked back first is in vain.
    """
    if judged.answered:
        return NOTHING if judged.right else WRONG_ANSWER
    if judged.decision == Decision.CLARIFY:
        return ONE_CLICK if judged.offered or not judged.answerable else NOT_OFFERED
    return NO_ANSWER if judged.answerable else NOTHING


def mean_cost(judged: Sequence[Judged]) -> float | None:
    """Return the mean cost, None of nothing."""
    return sum(map(cost, judged)) / len(judged) if judged else None
