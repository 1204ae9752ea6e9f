"""Traces: started once per process, exported only where a collector is named, carried over NATS in `traceparent`."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status
from typing_extensions import override

from kit.settings import Settings

LAST_SPANS_S: Final = 0.5

tracer = trace.get_tracer("probashi")


class _Discreet(OTLPSpanExporter):
    """Leaves out what libraries note and may quote a person: messages of errors, and the query of an address."""

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            kept = {name: value for name, value in (span.attributes or {}).items() if name != "url.query"}
            for event in span.events:
                if kind := (event.attributes or {}).get("exception.type"):
                    kept.setdefault("error.type", kind)
            span._attributes, span._status, span._events = kept, Status(span.status.status_code), ()  # noqa: SLF001 - no other way
        return super().export(spans)


def start_telemetry(settings: Settings) -> None:
    """Call once, before the app is made. Without a collector nothing is sampled and nothing is sent."""
    if settings.otlp_endpoint is None:
        return
    provider = TracerProvider(
        resource=Resource.create({"service.name": settings.service, "service.namespace": "probashi"}),
        sampler=ParentBased(TraceIdRatioBased(settings.trace_ratio)),
    )
    provider.add_span_processor(BatchSpanProcessor(_Discreet(f"{settings.otlp_endpoint}/v1/traces"), schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)
    # Statements are recorded without their parameters: those are a person's data.
    AsyncPGInstrumentor(capture_parameters=False).instrument()  # type: ignore[no-untyped-call]  # it has no types
    # A collector that is away must not fill the log with a warning each second (design, trap 7).
    logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter").setLevel(logging.CRITICAL)


def stop_telemetry() -> None:
    """Sends what is left, but waits for a collector no longer than the runner waits for us."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        sending = threading.Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(LAST_SPANS_S)


def current_traceparent() -> str | None:
    """The running span as W3C `traceparent`, to be stored beside an event; None where nothing is sampled."""
    if not trace.get_current_span().get_span_context().trace_flags.sampled:
        return None
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def message_span(operation: str, subject: str, traceparent: str | None) -> Iterator[dict[str, str]]:
    """A span for sending or processing one message; yields the headers that carry it on. Nothing where the sender was not sampled."""
    if traceparent is None:
        yield {}
        return
    kind = SpanKind.PRODUCER if operation == "send" else SpanKind.CONSUMER
    attributes = {"messaging.system": "nats", "messaging.operation.type": operation, "messaging.destination.name": subject}
    with tracer.start_as_current_span(f"{operation} {subject}", extract({"traceparent": traceparent}), kind, attributes):
        carrier: dict[str, str] = {}
        inject(carrier)
        yield carrier


def linked_context(headers: Mapping[str, str]) -> Span:
    """The stranger's span that `headers` name, to be linked to and never continued."""
    return trace.get_current_span(extract(dict(headers)))
