"""What outsiders rely on, told once: the fields of POST /v1/ask."""

# In every response.
ALWAYS = {
    "decision",
    "lang",
    "confidence",
    "confidence_level",
    "answers",
    "clarify",
    "conversation_id",
    "message_id",
    "index_id",
    "took_ms",
}
# In each of `answers`, and what may stand there besides.
HIT = {
    "id",
    "lang",
    "question",
    "matched_question",
    "answer",
    "answer_html",
    "confidence",
    "scores",
    "url",
}
SOMETIMES = {"section", "twin"}
