"""The one door to OpenTelemetry: spans of a part, sent over OTLP. Imported only where tracing is asked for."""

from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vn.paths import own_path
from vn.tracing import Kind

__all__ = ["Spans", "exporting"]

_W3C = TraceContextTextMapPropagator()
_KINDS = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "producer": SpanKind.PRODUCER, "consumer": SpanKind.CONSUMER}
UNTRACED = ("/_feed", "/_lgsp", "/metrics", "/docs", "/openapi", "/static-offline")
FLUSH_WITHIN_MS = 2000


class _Span:
    def __init__(self, span: trace.Span) -> None:
        self._span = span
        carrier: dict[str, str] = {}
        _W3C.inject(carrier, trace.set_span_in_context(span))
        self.traceparent = carrier.get("traceparent", "")

    def routed(self, method: str, route: str) -> None:
        """An agency's call has found its endpoint; the pattern, not the path, which holds dossier codes."""
        self._span.update_name(f"{method} {route}")
        self._span.set_attribute("http.route", route)

    def answered(self, status: int) -> None:
        """The status of an answer; 5xx is an error of the agency."""
        self._span.set_attribute("http.response.status_code", status)
        self.end(str(status) if status >= 500 else None)

    def end(self, error: str | None = None) -> None:
        """As `vn.tracing.Span`."""
        if error is not None:
            self._span.set_attribute("error.type", error)
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


class Spans:
    """A `vn.tracing.Tracer` of one part over any span processor; `close` sends what waits, for two seconds at most."""

    def __init__(self, part: str, processor: SpanProcessor, service: str | None = None) -> None:
        # OTEL_SERVICE_NAME names the whole; the part is the instance of it
        named = Resource.create({SERVICE_NAME: service or f"lgsp-{part}", "service.instance.id": part, "service.namespace": "lgsp"})
        self._provider = TracerProvider(resource=named, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("lgsp")

    def begin(
        self, name: str, kind: Kind, *, parent: str | None, attributes: Mapping[str, str | int | bool], since: int | None = None
    ) -> _Span:
        """As `vn.tracing.Tracer`."""
        context = _W3C.extract({"traceparent": parent} if parent else {})
        above = trace.get_current_span(context).get_span_context()
        links = [Link(above)] if kind == "consumer" and above.is_valid else []
        return _Span(self._tracer.start_span(name, context, _KINDS[kind], dict(attributes), links, start_time=since))

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """What an agency's calls go through."""
        return _Traced(app, self)

    def close(self) -> None:
        """Send what has not been sent, and end the sending thread."""
        self._provider.force_flush(FLUSH_WITHIN_MS)
        self._provider.shutdown()


def exporting(part: str, service: str | None) -> Spans:
    """Spans to the collector that the standard OTEL_EXPORTER_OTLP_ variables name; the library reads those itself."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return Spans(part, BatchSpanProcessor(OTLPSpanExporter(timeout=2)), service)


class _Traced:
    """ASGI middleware of an agency: one span per call, and the call's `traceparent` becomes that of the span.

    So what the agency tells as a consequence follows from this call, and the agency knows nothing of tracing.
    """

    def __init__(self, app: ASGIApp, spans: Spans) -> None:
        self._app = app
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["type"] != "http" or own_path(scope).startswith(UNTRACED):
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        about: dict[str, str | int | bool] = {"http.request.method": scope["method"], "url.scheme": scope["scheme"]}
        parent = headers.get(b"traceparent", b"").decode("latin-1") or None
        span = self._spans.begin(scope["method"], "server", parent=parent, attributes=about)
        others = [(name, value) for name, value in scope["headers"] if name != b"traceparent"]
        scope = {**scope, "headers": [*others, (b"traceparent", span.traceparent.encode())], "trace.fresh": parent is None}
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            if route := getattr(scope.get("route"), "path", None):
                span.routed(scope["method"], route)
            span.answered(status)
