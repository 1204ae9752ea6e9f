"""The complaints service, and the company that carries texts: a real HTTP server that plays it and remembers what it was asked."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest
from pydantic import SecretStr
from typing_extensions import override

from runner.testing import APP_OPTIONS, service_fixture
from services.complaints.settings import Doors

SMS_SECRET: Final = "shared-with-the-company"
APP_SECRET: Final = "shared-with-whatsapp"
VERIFY_TOKEN: Final = "said-once"


class Company:
    """`taken` is what it accepted, by our reference. `mood`: what it does with the next texts (`well`, `silent`, `down`, `refuses`)."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.tries = 0
        self.mood = "well"
        self.media: dict[str, bytes] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def texts(self) -> list[str]:
        return [one["text"] for one in self.taken.values()]

    def begin_anew(self) -> None:
        self.taken.clear()
        self.asked.clear()
        self.media.clear()
        self.tries, self.mood = 0, "well"

    def take(self, path: str, body: bytes, headers: Any) -> tuple[int, bytes]:
        self.tries += 1
        content = json.loads(body)
        if path == "/messages":
            signed = "sha256=" + hmac.new(SMS_SECRET.encode(), body, hashlib.sha256).hexdigest()
            assert headers["X-Signature-256"] == signed
            reference, text = content["client_reference"], content["text"]
        else:
            assert headers["Authorization"] == "Bearer access"
            reference, text = content["biz_opaque_callback_data"], content["text"]["body"]
        if self.mood == "refuses":
            return 422, b"{}"
        if self.mood == "down":
            return 503, b""
        self.taken.setdefault(reference, {"to": content["to"], "text": text, "path": path})
        if self.mood == "silent":
            return 502, b""  # it went out, and we are not told
        answer = {"id": f"p-{reference}"} if path == "/messages" else {"messages": [{"id": f"wamid.{reference}"}]}
        return 200, json.dumps(answer).encode()

    def tell(self, path: str) -> tuple[int, bytes]:
        if path.startswith("/messages/"):
            reference = path.rsplit("/", 1)[1]
            self.asked.append(reference)
            return (200, json.dumps({"id": f"p-{reference}"}).encode()) if reference in self.taken else (404, b"{}")
        if path.startswith("/file/"):
            return 200, self.media[path.rsplit("/", 1)[1]]
        media = path.rsplit("/", 1)[1]
        if media not in self.media:
            return 404, b"{}"
        size = len(self.media[media])
        return 200, json.dumps({"url": f"{self.url}/file/{media}", "mime_type": "audio/ogg", "file_size": size}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        company = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(*company.take(self.path, body, self.headers))

            def do_GET(self) -> None:
                self.answer(*company.tell(self.path))

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, *_: object) -> None:
                """Silent."""

        return Handler


_company: Final = Company()
APP_OPTIONS["complaints"] = {
    "doors": Doors(
        sms_url=_company.url,
        sms_secret=SecretStr(SMS_SECRET),
        whatsapp_url=_company.url,
        whatsapp_number="4711",
        whatsapp_token=SecretStr("access"),
        whatsapp_app_secret=SecretStr(APP_SECRET),
        whatsapp_verify_token=SecretStr(VERIFY_TOKEN),
    )
}


@pytest.fixture
def company() -> Iterator[Company]:
    _company.begin_anew()
    yield _company
    _company.begin_anew()


complaints = service_fixture("complaints")
