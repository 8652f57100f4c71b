"""Figures for Prometheus, as the store has them at the moment of asking: reading and serving are two processes."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from tagwire import __version__
from tagwire.store.reader import Figures

TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposed(figures: Figures) -> bytes:
    """Give figures in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(figures))
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        visits = CounterMetricFamily("tagwire_visits", "Visits to sources, by how they ended.", labels=["outcome"])
        for outcome, count in figures.visits.items():
            visits.add_metric([outcome.value], count)
        yield visits
        for name, told, value in (
            ("sources", "Sources that are defined.", figures.sources),
            ("sources_failing", "Sources whose last visit failed.", figures.failing),
            ("stories", "Stories that are kept and not withdrawn.", figures.stories),
            ("articles", "Articles that are kept.", figures.articles),
            ("feeds", "Feeds, those of tags included.", figures.feeds),
            ("files", "Files that are published.", figures.files),
            ("due_lag_seconds", "How long the source that is due longest waits.", figures.lag.total_seconds()),
        ):
            yield GaugeMetricFamily(f"tagwire_{name}", told, value)
        published = figures.publishing
        yield SummaryMetricFamily(
            "tagwire_publish_seconds", "Publishing, where something was written.",
            count_value=published.count, sum_value=published.took.total_seconds(),
        )  # fmt: skip
        if published.last_at is not None:
            last = published.last_at.timestamp()
            yield GaugeMetricFamily("tagwire_published_timestamp_seconds", "When something was written last.", last)
        about = GaugeMetricFamily("tagwire_info", "Which Tagwire this is.", labels=["version"])
        about.add_metric([__version__], 1)
        yield about
