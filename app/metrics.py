"""The one door to Prometheus: what the parts count, as `GET /metrics`."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, SummaryMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from vn.vitals import Family, Sample, Spread

__all__ = ["Figures", "expose"]

Figures = Callable[[], Iterable[Sample]]
PATH = "/metrics"


def expose(app: FastAPI, part: str, figures: Figures) -> None:
    """Add `GET /metrics` with what `figures` gives at that moment, and with memory, processor and files of the process."""
    registry = CollectorRegistry()
    registry.register(_Collected(part, figures))
    ProcessCollector(registry=registry)

    @app.get(PATH, summary="Metrics for Prometheus", tags=["Metrics"])
    async def metrics(request: Request) -> Response:  # on the loop, where the figures change
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"Content-Type": content_type})


class _Collected(Collector):
    def __init__(self, part: str, figures: Figures) -> None:
        self._part = part
        self._figures = figures

    def describe(self) -> Iterable[Metric]:
        """Nothing before the first question: a part may not be able to answer while it is put together."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All samples, by family."""
        made: dict[Family, Any] = {}
        for family, labels, value in self._figures():
            metric = made.get(family)
            if metric is None:
                metric = made[family] = _KINDS[family.kind](family.name, family.help, labels=("app_name", *family.labels))
            _put(metric, (self._part, *labels), value)
        yield from made.values()


_KINDS: dict[str, Callable[..., Any]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
    "histogram": HistogramMetricFamily,
    "summary": SummaryMetricFamily,
}


def _put(metric: Any, labels: tuple[str, ...], value: float | Spread) -> None:
    if not isinstance(value, Spread):
        metric.add_metric(labels, value)
    elif isinstance(metric, HistogramMetricFamily):
        buckets = [("+Inf" if bound == float("inf") else str(bound), count) for bound, count in value.cumulative()]
        metric.add_metric(labels, buckets=buckets, sum_value=value.sum)
    else:
        metric.add_metric(labels, count_value=value.count, sum_value=value.sum)
