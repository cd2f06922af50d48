"""GET /metrics for Prometheus: what is decided, how surely, how fast, and what goes wrong.

Labels take few values, all of them ours: nothing that a visitor typed becomes one. A registry for
each app, so that several in one process do not mix.
"""

from collections.abc import Callable, Iterator

from flask import Flask, Response, current_app
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from indexer.settings import SettingsError
from server.engine import Assistant, EncoderState
from server.web.keys import ROLES, require_role

EXTENSION = "faq_metrics"
# Seconds: an answer takes some 10 ms, a page of articles 1, a cold start seconds.
_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_PROBABILITIES = tuple(tenth / 10 for tenth in range(1, 11))
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Metrics:
    """The counters of one app. Thread-safe."""

    def __init__(self, assistant: Assistant) -> None:
        self.registry = CollectorRegistry()
        self._decisions = Counter(
            "faq_decisions_total",
            "Questions by what was decided on them.",
            ("decision", "lang"),
            registry=self.registry,
        )
        self._confidence = Histogram(
            "faq_confidence",
            "Probability that the first answer is right.",
            ("lang",),
            buckets=_PROBABILITIES,
            registry=self.registry,
        )
        self._latency = Histogram(
            "faq_request_seconds",
            "Time to answer a request, by operation and status.",
            ("method", "route", "status"),
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self._handoffs = Counter(
            "faq_handoffs_total",
            "Tickets opened, by priority.",
            ("priority",),
            registry=self.registry,
        )
        self._votes = Counter(
            "faq_feedback_total",
            "Answers that were voted on, by whether they helped.",
            ("helpful",),
            registry=self.registry,
        )
        self._swaps = Counter(
            "faq_index_swaps_total",
            "Indexes taken over since the start.",
            registry=self.registry,
        )
        self.registry.register(_Serving(assistant))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def answered(self, decision: str, lang: str, confidence: float) -> None:
        """Count a question that was decided on."""
        self._decisions.labels(decision, lang).inc()
        if decision != "blocked":
            self._confidence.labels(lang).observe(confidence)

    def handed_off(self, priority: str) -> None:
        """Count a ticket that was opened; `priority` is one of kb.toml's."""
        self._handoffs.labels(priority).inc()

    def voted(self, *, helpful: bool) -> None:
        """Count feedback."""
        self._votes.labels("yes" if helpful else "no").inc()

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request to `route`, the pattern of its address."""
        method = method if method in _METHODS else "other"
        self._latency.labels(method, route, str(status)).observe(seconds)

    def gauge(self, name: str, help_text: str, read: Callable[[], float | None]) -> None:
        """Add a gauge that is read when it is asked for; None leaves it out."""
        self.registry.register(_Read(name, help_text, read))

    def swapped(self) -> None:
        """Count an index that was taken over."""
        self._swaps.inc()


class _Serving(Collector):
    """What serves at the moment."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def collect(self) -> Iterator[Metric]:
        index = self._assistant.index
        yield InfoMetricFamily(
            "faq_index",
            "The index that answers.",
            {"index_id": index.manifest.index_id, "model": index.manifest.model_id},
        )
        yield GaugeMetricFamily("faq_articles", "Articles in it.", value=len(index.articles))
        loaded = self._assistant.encoder.state == EncoderState.READY
        yield GaugeMetricFamily("faq_model_loaded", "1 with the encoder, 0 by words alone.", loaded)


class _Read(Collector):
    """A gauge that a function tells."""

    def __init__(self, name: str, help_text: str, read: Callable[[], float | None]) -> None:
        self._name, self._help, self._read = name, help_text, read

    def collect(self) -> Iterator[Metric]:
        value = self._read()
        if value is not None:
            yield GaugeMetricFamily(self._name, self._help, value=value)


def metrics() -> Metrics:
    """Return the counters of the current app."""
    found: Metrics = current_app.extensions[EXTENSION]
    return found


def install(app: Flask, assistant: Assistant, role: str) -> None:
    """Count what `app` does and serve it at /metrics, to keys with `role` where one is named.

    Raises:
        SettingsError: there is no such role.
    """
    if role and role not in ROLES:
        raise SettingsError(f"metrics_role must be one of {', '.join(ROLES)}, not '{role}'.")
    app.extensions[EXTENSION] = Metrics(assistant)

    def scrape() -> Response:
        """Return the counters in Prometheus' text format."""
        return Response(generate_latest(metrics().registry), content_type=CONTENT_TYPE_LATEST)

    view = require_role(role)(scrape) if role else scrape
    app.add_url_rule("/metrics", "metrics", view, methods=["GET"])
