"""The files of an evaluation, each named here and nowhere else."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from evaluation.judged import Judged
from evaluation.report import render
from evaluation.running import Evaluation, Outcome
from evaluation.summary import FORMAT, Summary
from evaluation.texts import ReportLang
from server.engine import Decision, Hit

METRICS = "metrics.json"
RUN = "run.jsonl"
REPORT = "report.html"
TREC_RUN = "run.trec"
TREC_QRELS = "qrels.trec"

_DIGITS = 6


class RunError(Exception):
    """A folder holds no evaluation that can be read; the message says which and the fix."""


@dataclass(frozen=True, slots=True)
class SavedRun:
    """An evaluation read back: its figures, and every topic with what it got."""

    folder: Path
    metrics: Summary
    judged: tuple[Judged, ...]


def write(evaluation: Evaluation, summary: Summary, folder: Path, lang: ReportLang) -> list[Path]:
    """Write every file of the evaluation into `folder` and return them, the report first.

    Raises:
        OSError: `folder` cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(line, ensure_ascii=False, sort_keys=True) for line in run_lines(evaluation))
    contents = {
        REPORT: render(evaluation, summary, lang),
        METRICS: json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        RUN: "".join(f"{line}\n" for line in lines),
        TREC_RUN: "".join(_trec_run(evaluation.outcomes)),
        TREC_QRELS: "".join(_trec_qrels(evaluation.outcomes)),
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in contents]


def run_lines(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Yield what each topic got, in the order of the topics.

    The text is the one that was searched, so no secret that a topic may hold is written.
    """
    for outcome in evaluation.outcomes:
        yield _line(outcome)


def read(folder: Path) -> SavedRun:
    """Return the evaluation that `write` left in `folder`.

    Raises:
        RunError: there is none, or it is damaged or of another format.
    """
    again = "Write it again with `faq-eval run --out FOLDER`"
    try:
        metrics = json.loads((folder / METRICS).read_text(encoding="utf-8"))
        found = metrics.get("format") if isinstance(metrics, dict) else None
        if found != FORMAT:
            raise RunError(
                f"{folder / METRICS} is of format {found}, this program reads {FORMAT}. {again}."
            )
        with (folder / RUN).open(encoding="utf-8") as lines:
            judged = tuple(_judged(json.loads(line)) for line in lines)
    except FileNotFoundError as error:
        raise RunError(f"{error.filename} is not there. {again}.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{folder} cannot be read ({type(error).__name__}: {error}). {again}."
        ) from error
    return SavedRun(folder, metrics, judged)


def _line(outcome: Outcome) -> dict[str, Any]:
    topic, answer = outcome.topic, outcome.answer
    return {
        "id": topic.id,
        "text": answer.query.text,
        "lang": topic.lang,
        "kind": topic.kind,
        "tags": list(outcome.tags),
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


def _judged(line: dict[str, Any]) -> Judged:
    return Judged(
        id=line["id"],
        text=line["text"],
        lang=line["lang"],
        kind=line["kind"],
        tags=tuple(line["tags"]),
        direction=line["direction"],
        relevance=line["expected"],
        ranked=tuple(hit["id"] for hit in line["hits"]),
        confidence=line["confidence"],
        decision=Decision(line["decision"]),
        choices=tuple(line["clarify"]),
        asked_lang=line["asked_lang"],
    )


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


def _trec_run(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield `topic Q0 article rank score index`, as trec_eval and ir_measures read it.

    Those sort by the score and break ties their own way: a billionth a rank keeps our order.
    """
    for outcome in outcomes:
        for rank, hit in enumerate(outcome.answer.hits, 1):
            score = hit.score - rank * 1e-9
            names = _token(outcome.topic.id), _token(hit.article_id)
            yield f"{names[0]} Q0 {names[1]} {rank} {score:.12f} {outcome.answer.index_id}\n"


def _trec_qrels(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield `topic 0 article relevance`; a topic that nothing answers has no line."""
    for outcome in outcomes:
        for ident, grade in outcome.relevance.items():
            yield f"{_token(outcome.topic.id)} 0 {_token(ident)} {grade}\n"


def _token(ident: str) -> str:
    """Return `ident` without blanks, which separate the columns; distinct ids stay distinct."""
    return re.sub(r"[\s%]", lambda found: quote(found[0]), ident)
