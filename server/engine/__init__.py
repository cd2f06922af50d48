"""The Flask-free core: from a question to ranked answers with a confidence and a decision."""

from server.engine.assistant import Assistant
from server.engine.domain import Answer, Decision, Evidence, HandoffReason, Hit, Query, Turn
from server.engine.encoding import EncoderState

__all__ = [
    "Answer",
    "Assistant",
    "Decision",
    "EncoderState",
    "Evidence",
    "HandoffReason",
    "Hit",
    "Query",
    "Turn",
]
