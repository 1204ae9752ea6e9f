"""Where a trace begins. A span of the caller is linked to and never continued: a stranger does not decide what we record."""

from typing import Final

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, set_span_in_context

from kit.telemetry import linked_context, tracer

_NOTHING: Final = Context()


def begin(method: str, place: str, stranger: str | None) -> Span:
    """The server span of one request. `place` is a prefix of the routing table: a whole path could name a person's record."""
    links = [Link(linked_context({"traceparent": stranger}).get_span_context())] if stranger else None
    return tracer.start_span(f"{method} {place}", _NOTHING, SpanKind.SERVER, {"http.request.method": method, "http.route": place}, links)


def call(server: Span, method: str, service: str) -> Span | None:
    """The span of the call to a service; None where the request is not sampled."""
    if not server.is_recording():
        return None
    attributes = {"http.request.method": method, "peer.service": service}
    return tracer.start_span(method, set_span_in_context(server, _NOTHING), SpanKind.CLIENT, attributes)


def traceparent(span: Span) -> str | None:
    """W3C trace context of the span, also of one that is not sampled, so that no service decides anew; None where nothing is traced."""
    context = span.get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def number(span: Span) -> str | None:
    """Of its trace; None where nothing is traced."""
    context = span.get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def end(span: Span | None, status: int) -> None:
    """`status` 0 is a request whose caller went away."""
    if span is None:
        return
    if span.is_recording():
        span.set_attribute("http.response.status_code", status)
        if status >= 500:  # noqa: PLR2004 - where HTTP's server errors begin
            span.set_status(Status(StatusCode.ERROR))
    span.end()
