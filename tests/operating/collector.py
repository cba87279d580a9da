"""A collector of spans: takes OTLP over HTTP as a real one does, and keeps what it is sent."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

__all__ = ["Collector", "Kept"]


class Kept:
    """One span."""

    def __init__(self, part: str, span: Any) -> None:
        self.part = part
        self.name: str = span.name
        self.kind: int = span.kind
        self.id, self.parent, self.trace = span.span_id.hex(), span.parent_span_id.hex(), span.trace_id.hex()
        self.links = [link.span_id.hex() for link in span.links]
        self.attributes = {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


class Collector:
    """`with Collector() as collector`; `address` is for OTEL_EXPORTER_OTLP_ENDPOINT."""

    def __init__(self) -> None:
        self.spans: list[Kept] = []
        kept = self.spans

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
                for resource in said.resource_spans:
                    about = {each.key: each.value.string_value for each in resource.resource.attributes}
                    part = about["service.instance.id"]
                    kept.extend(Kept(part, span) for scope in resource.scope_spans for span in scope.spans)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
