import json
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import psutil
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from typing_extensions import override

from gateway.testing import Service, free_port
from kit.testing.tokens import SECRET, TokenIssuer

STRANGER = "0af7651916cd43dd8448eb211c80319c"


class Collector:
    """Takes what the exporter sends, over HTTP as a collector would."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
                collector.spans += [span for one in request.resource_spans for scope in one.scope_spans for span in scope.spans]
                self.send_response(200)
                self.end_headers()

            @override
            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()


@contextmanager
def gateway_process(tokens: TokenIssuer, service_url: str, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    told = {
        "PORT": str(port),
        "PUBLIC_URL": "http://probashi.test",
        "ISSUER": tokens.issuer,
        "JWKS_URL": tokens.jwks_url,
        "IDENTITY_URL": tokens.url,
        "CLIENT_ID": "svc-gateway",
        "CLIENT_SECRET": SECRET,
        "SERVICE_URLS": json.dumps({"complaints": service_url, "portal": service_url}),
    } | settings
    environment = {f"PROBASHI_{name}": value for name, value in told.items()}
    process = subprocess.Popen([sys.executable, "-m", "gateway.main"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_alive(process, url)
        yield process, url
    finally:
        process.kill()
        process.communicate()


def wait_until_alive(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url + "/livez").status_code == 204:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(process.communicate()[0] if process.poll() is not None else "the gateway did not start")


def ask(url: str, tokens: TokenIssuer) -> None:
    headers = {"authorization": f"Bearer {tokens.token('agent')}", "traceparent": f"00-{STRANGER}-b7ad6b7169203331-01"}
    assert httpx.get(url + "/v1/complaints/some-record?q=secret", headers=headers).status_code == 200


class TestTrace:
    def test_begins_here_and_goes_on_in_the_service(self, tokens: TokenIssuer, service: Service, service_url: str) -> None:
        collector = Collector()
        with collector.running(), gateway_process(tokens, service_url, OTLP_ENDPOINT=collector.url, TRACE_RATIO="1") as (process, url):
            ask(url, tokens)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        server, client = sorted(collector.spans, key=lambda span: span.kind)
        assert (server.kind, client.kind) == (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT)
        assert server.parent_span_id == b""
        assert client.parent_span_id == server.span_id
        assert client.trace_id == server.trace_id
        assert [link.trace_id.hex() for link in server.links] == [STRANGER]
        _, trace, span, flags = dict(service.last["headers"])["traceparent"].split("-")
        assert (trace, span) == (client.trace_id.hex(), client.span_id.hex())
        assert int(flags, 16) & 1

    def test_names_no_record_and_no_query(self, tokens: TokenIssuer, service_url: str) -> None:
        collector = Collector()
        with collector.running(), gateway_process(tokens, service_url, OTLP_ENDPOINT=collector.url, TRACE_RATIO="1") as (process, url):
            ask(url, tokens)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        assert collector.spans
        written = "".join(map(str, collector.spans))
        assert "some-record" not in written
        assert "secret" not in written

    def test_what_is_not_sampled_is_not_sampled_anywhere(self, tokens: TokenIssuer, service: Service, service_url: str) -> None:
        collector = Collector()
        with collector.running(), gateway_process(tokens, service_url, OTLP_ENDPOINT=collector.url, TRACE_RATIO="0") as (process, url):
            ask(url, tokens)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        assert collector.spans == []
        flags = dict(service.last["headers"])["traceparent"].rpartition("-")[2]
        assert not int(flags, 16) & 1


@contextmanager
def few_open_files() -> Iterator[int]:
    """The limit that a shell gives its children on many machines; yields what they may raise it to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, soft), hard))
    try:
        yield hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class TestProcess:
    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the limits of another process")
    def test_may_hold_as_many_connections_as_its_settings_say(self, tokens: TokenIssuer, service_url: str) -> None:
        with few_open_files() as hard, gateway_process(tokens, service_url) as (process, _):
            assert psutil.Process(process.pid).rlimit(psutil.RLIMIT_NOFILE) == (min(hard, 65_536), hard)

    def test_stops_when_told_and_says_nothing_personal(self, tokens: TokenIssuer, service_url: str) -> None:
        with gateway_process(tokens, service_url) as (process, url):
            ask(url, tokens)
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=240)[0].decode()
        assert process.returncode == 0
        assert "some-record" not in said
        assert "Traceback" not in said

    @pytest.mark.parametrize("missing", ["PUBLIC_URL", "JWKS_URL", "PORT", "CLIENT_ID"])
    def test_names_what_its_environment_lacks(self, missing: str) -> None:
        told = {
            "PUBLIC_URL": "http://probashi.test",
            "JWKS_URL": "http://127.0.0.1:9/certs",
            "PORT": "9",
            "IDENTITY_URL": "http://127.0.0.1:9",
            "CLIENT_ID": "svc-gateway",
            "CLIENT_SECRET": "secret",
        }
        environment = {f"PROBASHI_{name}": value for name, value in told.items() if name != missing}
        done = subprocess.run([sys.executable, "-m", "gateway.main"], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert f"PROBASHI_{missing}" in done.stderr
        assert "Traceback" not in done.stderr
