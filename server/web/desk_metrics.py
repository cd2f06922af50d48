"""What Prometheus is told of the desk: tickets that wait, webhooks that nobody takes."""

from collections.abc import Iterator

from flask import Flask
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.desk import DatabaseError, Desk
from server.web import desks, metrics
from server.web.desks import Outage


class _Desk(Collector):
    """Read at each scrape, in one transaction."""

    def __init__(self, desk: Desk, outage: Outage) -> None:
        self._desk, self._outage = desk, outage

    def describe(self) -> Iterator[Metric]:
        """Name nothing: prometheus_client would read the database to find out."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        try:
            backlog = self._desk.backlog()
        except DatabaseError as error:
            self._outage.tell(error)
            backlog = None
        up = GaugeMetricFamily("faq_database_up", "1 while the database answers.")
        up.add_metric((), backlog is not None)
        yield up
        failures = CounterMetricFamily("faq_database_failures", "What could not be kept or read.")
        failures.add_metric((), self._outage.failures)
        yield failures
        if backlog is None:
            return
        tickets = GaugeMetricFamily(
            "faq_tickets", "Tickets that are kept.", labels=("status", "priority")
        )
        for (status, priority), count in backlog.tickets.tickets.items():
            tickets.add_metric((status.value, priority.value), count)
        yield tickets
        for name, told, value in (
            (
                "faq_ticket_oldest_seconds",
                "Age of the oldest ticket that nobody has taken.",
                backlog.tickets.oldest_seconds,
            ),
            ("faq_webhooks_pending", "Webhooks that wait.", backlog.deliveries.pending),
            (
                "faq_webhooks_failing",
                "Webhooks that were refused at least once and wait.",
                backlog.deliveries.failing,
            ),
            (
                "faq_webhook_oldest_seconds",
                "Age of the oldest webhook that waits.",
                backlog.deliveries.oldest_seconds,
            ),
        ):
            yield GaugeMetricFamily(name, told, value=value)


def install(app: Flask) -> None:
    """Tell of the desk of `app`, which has metrics by now."""
    registry = app.extensions[metrics.EXTENSION].registry
    with app.app_context():
        registry.register(_Desk(desks.desk(), desks.outage()))
