"""The files of an evaluation, each named here and nowhere else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluation.report import render
from evaluation.running import Evaluation, Outcome
from evaluation.summary import Summary
from evaluation.texts import ReportLang
from server.engine import Hit

METRICS = "metrics.json"
RUN = "run.jsonl"
REPORT = "report.html"

_DIGITS = 6


def write(evaluation: Evaluation, summary: Summary, folder: Path, lang: ReportLang) -> None:
    """Write the figures, the run (a JSON line for each topic) and the report into `folder`.

    Raises:
        OSError: `folder` cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / METRICS).write_text(text + "\n", encoding="utf-8")
    with (folder / RUN).open("w", encoding="utf-8") as stream:
        for line in run_lines(evaluation):
            stream.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
    (folder / REPORT).write_text(render(evaluation, summary, lang), encoding="utf-8")


def run_lines(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Yield what each topic got, in the order of the topics.

    The text is the one that was searched, so no secret that a topic may hold is written.
    """
    for outcome in evaluation.outcomes:
        yield _line(outcome)


def _line(outcome: Outcome) -> dict[str, Any]:
    topic, answer = outcome.topic, outcome.answer
    return {
        "id": topic.id,
        "text": answer.query.text,
        "lang": topic.lang,
        "kind": topic.kind,
        "expected": dict(outcome.relevance),
        "direction": outcome.direction,
        "decision": answer.decision.value,
        "reason": answer.reason.value if answer.reason else None,
        "confidence": round(answer.confidence, _DIGITS),
        "right": outcome.right,
        "rank": outcome.rank,
        "asked_lang": answer.query.lang,
        "asked_product": answer.query.product,
        "clarify": list(answer.clarify),
        "hits": [_hit(hit) for hit in answer.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    evidence = hit.evidence
    return {
        "id": hit.article_id,
        "lang": hit.lang,
        "score": round(hit.score, _DIGITS),
        "dense": None if evidence.dense is None else round(evidence.dense, _DIGITS),
        "lexical": round(evidence.lexical, _DIGITS),
        "matched_question": evidence.matched_question,
        "section": hit.section,
    }
