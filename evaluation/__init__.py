"""Measures, offline, how well the engine answers: the very code path that answers users."""

from evaluation.intervals import Interval, bootstrap_mean, wilson
from evaluation.report import render
from evaluation.running import Evaluation, Outcome, evaluate
from evaluation.summary import figures, summarise
from evaluation.topics import Qrel, Topic, read_topics, relevance

__all__ = [
    "Evaluation",
    "Interval",
    "Outcome",
    "Qrel",
    "Topic",
    "bootstrap_mean",
    "evaluate",
    "figures",
    "read_topics",
    "relevance",
    "render",
    "summarise",
    "wilson",
]
