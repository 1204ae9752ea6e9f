"""The gateway as an ASGI app: judge the head, know the caller, hold the limits, pass it on."""

import logging
import time
from urllib.parse import urlsplit

from gateway import trace
from gateway.document import OpenOperations, merge, read_documents
from gateway.headers import Door, client_address, fallback_headers, inbound, networks
from gateway.limits import Buckets, Room, client_key
from gateway.pages import PATHS, Pages
from gateway.request import ClientGoneError, Message, Receive, Request, Send
from gateway.routes import Credentials, Route, find_route
from gateway.settings import GatewaySettings
from gateway.upstream import TruncatedError, Upstreams
from kit.auth import Verifier, bearer
from kit.errors import InternalError, NotFoundError, ProblemError, UnauthenticatedError

log = logging.getLogger(__name__)

UNCOUNTED = frozenset({"/livez", "/readyz"})


class Gateway:
    """Raw ASGI, without a framework's routing: this is the hop that every request pays for."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        public = urlsplit(settings.public_url)
        self._door = Door(public.scheme, public.netloc, networks(settings.trusted_proxies))
        self._verifier = Verifier(settings.jwks_url, settings.issuer, settings.audience)
        self._document = merge(read_documents(settings.contracts), settings.public_url, settings.issuer)
        self._open = OpenOperations(self._document)
        self._buckets = Buckets(settings.requests_per_second, settings.request_burst, settings.max_clients)
        self._room = Room(settings.max_buffered, settings.max_buffered_per_client)
        self._upstreams: Upstreams
        self._pages: Pages

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._handle(Request(scope, receive, send))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        urls = dict(self._settings.service_urls)
        if self._settings.identity_url:
            urls["identity"] = self._settings.identity_url
        self._upstreams = Upstreams(self._settings, urls, fallback_headers(self._door.scheme))
        self._pages = Pages(self._document, self._settings.packages, self._upstreams, self._verifier)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._upstreams.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _handle(self, request: Request) -> None:
        try:
            await self._pass(request)
        except ProblemError as problem:
            await request.refuse(problem)
        except (ClientGoneError, TruncatedError):
            # Nobody to answer, or half an answer given: ending without its last part closes the connection.
            return
        except Exception as error:  # noqa: BLE001 - the last fence: no trace of our insides leaves, whatever failed
            # Its message may quote what a person sent; its kind is enough.
            log.error("unexpected %s", type(error).__name__)  # noqa: TRY400
            if request.status:
                return
            await request.refuse(InternalError())

    async def _pass(self, request: Request) -> None:
        request.judge()
        path = request.path
        client = client_address(request.peer, request.headers, self._door.trusted)
        if path in PATHS:
            if path not in UNCOUNTED:
                self._count(client)
            await self._pages.answer(request, path)
            return
        route = find_route(path)
        if route is None or route.service is None or route.service not in self._upstreams:
            self._count(client)
            raise NotFoundError
        await self._admit(request, route, path, client)
        await self._forward(request, route, route.service, client)

    async def _admit(self, request: Request, route: Route, path: str, client: str) -> None:
        """Raises the problem of a caller who is not known here, or who asks too much. A bad token counts against its sender's address."""
        subject = None
        if route.credentials is Credentials.TOKEN:
            try:
                subject = await self._subject(request, path)
            except UnauthenticatedError:
                self._count(client)
                raise
        request.client = self._count(client, subject)

    async def _subject(self, request: Request, path: str) -> str | None:
        """None for an open operation called without a token."""
        header = request.header(b"authorization")
        if header is None and self._open.allows(request.method, path):
            return None
        token = bearer(header)
        if token is None:
            raise UnauthenticatedError
        caller = await self._verifier.verify(token)
        return f"{caller.client_id}:{caller.subject}"

    def _count(self, client: str, subject: str | None = None) -> str:
        """The key of the client whom it counts for."""
        key = client_key(client, subject)
        self._buckets.take(key, time.monotonic())
        return key

    async def _forward(self, request: Request, route: Route, service: str, client: str) -> None:
        span = trace.begin(request.method, route.prefix, request.header(b"traceparent"))
        call = trace.call(span, request.method, service)
        body = b""
        try:
            body = await request.body(min(route.max_body, self._settings.max_body), self._room, self._settings.upload_timeout)
            headers = inbound(request.headers, route.credentials, self._door, client)
            if (context := trace.traceparent(call or span)) is not None:
                headers.append(("traceparent", context))
            await self._upstreams.forward(request, service, headers, body)
        except ProblemError as problem:
            # Answered in here, so that the span knows how it ended.
            await request.refuse(problem)
        finally:
            self._room.leave(request.client, len(body))
            trace.end(call, request.status)
            trace.end(span, request.status)
