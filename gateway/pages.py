"""What the gateway answers itself: health, the merged document, and a page to read it with, without any other host."""

import asyncio
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from jinja2 import Environment, FileSystemLoader, select_autoescape

from gateway.document import DESCRIPTION, METHODS, TITLE
from gateway.problems import MethodNotAllowedError
from gateway.request import Request
from gateway.upstream import Upstreams
from kit.auth import Verifier
from kit.errors import NotFoundError

READY_FOR_S: Final = 1.0
_START: Final = b"""if (window.SwaggerUIBundle) {
  SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
}
"""
# Swagger UI sets style attributes; scripts come from here only.
_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes that stay the same for the life of the process, also compressed."""

    media_type: bytes
    body: bytes
    packed: bytes
    tag: bytes

    @classmethod
    def of(cls, media_type: str, body: bytes) -> "Page":
        digest = hashlib.sha256(body).hexdigest()[:24]
        return cls(media_type.encode(), body, gzip.compress(body, mtime=0), f'"{digest}"'.encode())

    async def answer(self, request: Request) -> None:
        headers = [
            (b"content-type", self.media_type),
            (b"etag", self.tag),
            (b"cache-control", b"no-cache"),
            (b"vary", b"accept-encoding"),
            (b"content-security-policy", _POLICY),
            (b"x-content-type-options", b"nosniff"),
        ]
        if request.header(b"if-none-match") == self.tag.decode():
            await request.answer(304, headers, b"")
            return
        body = self.body
        if "gzip" in (request.header(b"accept-encoding") or ""):
            body = self.packed
            headers.append((b"content-encoding", b"gzip"))
        await request.answer(200, [*headers, (b"content-length", str(len(body)).encode())], body)


class Pages:
    """`/livez`, `/readyz`, `/openapi.json`, `/docs` and what it needs."""

    def __init__(self, document: Mapping[str, Any], packages: Path, upstreams: Upstreams, verifier: Verifier) -> None:
        self._document = document
        self._packages = packages
        self._readiness = Readiness(upstreams, verifier)
        self._page = cache(self._make)

    async def answer(self, request: Request, path: str) -> None:
        """`path` is one of `PATHS`. Raises `MethodNotAllowedError`; `NotFoundError` for a file that is not installed."""
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowedError("GET, HEAD")
        if path == "/livez":
            await request.answer(204, [], b"")
        elif path == "/readyz":
            await self._readiness.answer(request)
        else:
            await self._page(path).answer(request)

    def _make(self, path: str) -> Page:
        match path:
            case "/openapi.json":
                return Page.of("application/json", orjson.dumps(self._document))
            case "/docs":
                return Page.of("text/html; charset=utf-8", docs_page(self._document).encode())
            case "/docs/start.js":
                return Page.of("text/javascript; charset=utf-8", _START)
            case _:
                return self._file(path)

    def _file(self, path: str) -> Page:
        try:
            body = (self._packages / _FILES[path]).read_bytes()
        except OSError as error:
            raise NotFoundError from error
        return Page.of(_MEDIA_TYPES[path.rpartition(".")[2]], body)


_FILES: Final[Mapping[str, str]] = {
    "/docs/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "/docs/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "/docs/noto-sans-bengali.woff2": "@fontsource/noto-sans-bengali/files/noto-sans-bengali-bengali-400-normal.woff2",
}
_MEDIA_TYPES: Final[Mapping[str, str]] = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "woff2": "font/woff2"}
PATHS: Final = frozenset({"/livez", "/readyz", "/openapi.json", "/docs", "/docs/start.js"}) | _FILES.keys()


def docs_page(document: Mapping[str, Any]) -> str:
    """The page as it reads without JavaScript: a list of operations, which Swagger UI replaces where it runs."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(), trim_blocks=True)
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation.get("summary", "")))
    return environment.get_template("docs.html").render(title=TITLE, description=DESCRIPTION, groups=sorted(groups.items()))


class Readiness:
    """Asks every service, at most once a second however many ask: the answer is open to strangers."""

    def __init__(self, upstreams: Upstreams, verifier: Verifier) -> None:
        self._upstreams = upstreams
        self._verifier = verifier
        self._asking = asyncio.Lock()
        self._at = float("-inf")
        self._services: dict[str, bool] = {}

    async def answer(self, request: Request) -> None:
        services = await self._ask()
        ready = all(services.values())
        words = {name: "ready" if is_ready else "not ready" for name, is_ready in services.items()}
        body = orjson.dumps({"ready": ready, "services": words})
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"content-length", str(len(body)).encode())]
        await request.answer(200 if ready else 503, headers, body)

    async def _ask(self) -> dict[str, bool]:
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if now - self._at > READY_FOR_S:
                names = [name for name in self._upstreams.names if name != "identity"]
                answers = await asyncio.gather(self._verifier.ready(), *(self._upstreams.is_ready(name) for name in names))
                self._services = dict(zip(["identity", *names], answers, strict=True))
                self._at = now
        return self._services
