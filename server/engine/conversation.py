"""A question that leans on the one before it: "那周末呢？", "and for IM Wallet?"."""

import re
from collections.abc import Sequence

from server.engine.domain import Decision, Turn

# How a question begins or ends that goes on from another.
_GOES_ON = re.compile(
    r"^(?:那么?|然后|还有|另外|如果是?|要是|换成)"
    r"|^(?:and|what about|how about|what if|then|but|also|or|same for|ok(?:ay)?)\b"
    r"|(?:呢|\bthen|\btoo)[?？!！。.\s]*$"
)
# What points at something said before.
_POINTS = re.compile(
    r"这个|那个|这样|那样|它|上面|刚才|前面"
    r"|\b(?:it|its|that|this|those|these|them|there|the same)\b"
)
# A question of so many search tokens may lack its subject.
_SHORT = 4
# A turn this far back is of another subject.
MEMORY = 6


def leans(text: str, tokens: Sequence[str]) -> bool:
    """Tell whether a normalised question is by its words a piece of a conversation, no whole."""
    if _GOES_ON.search(text):
        return True
    return len(tokens) <= _SHORT and (not tokens or bool(_POINTS.search(text)))


def antecedent(conversation: Sequence[Turn]) -> Turn | None:
    """Return the turn that a question may go on from: the last that asked something."""
    for turn in reversed(conversation[-MEMORY:]):
        if turn.decision != Decision.BLOCKED and turn.text.strip():
            return turn
    return None


def missed(turn: Turn) -> bool:
    """Tell whether `turn` left its asker without an answer."""
    return turn.decision in (Decision.CLARIFY, Decision.HANDOFF)
