"""The gateway as an ASGI app: judge the head, know the caller, hold the limits, pass it on."""

import logging
import time
from secrets import token_hex
from urllib.parse import urlsplit

from gateway import cors, trace
from gateway.document import Operation, Operations, merge, read_documents
from gateway.headers import Door, client_address, fallback_headers, inbound, networks
from gateway.limits import Buckets, Room, client_key
from gateway.pages import PATHS, Pages
from gateway.programs import Programs
from gateway.request import ClientGoneError, Message, Receive, Request, Send
from gateway.routes import Credentials, Route, find_route
from gateway.settings import GatewaySettings
from gateway.upstream import TruncatedError, Upstreams
from kit.auth import Caller, Verifier, bearer
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
        self._operations = Operations(self._document)
        self._buckets = Buckets(settings.requests_per_second, settings.request_burst, settings.max_clients)
        self._room = Room(settings.max_buffered, settings.max_buffered_per_client)
        self._upstreams: Upstreams
        self._programs: Programs
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
        self._programs = Programs(self._settings)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._programs.close()
        await self._upstreams.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _handle(self, request: Request) -> None:
        begun = time.monotonic()
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
        finally:
            if self._settings.request_log:
                request.log(time.monotonic() - begun)

    async def _pass(self, request: Request) -> None:
        request.judge()
        path = request.path
        client = client_address(request.peer, request.headers, self._door.trusted)
        if path in PATHS:
            request.place = path
            if path not in UNCOUNTED:
                self._count(client)
            await self._pages.answer(request, path)
            return
        route = find_route(path)
        if route is None or route.service is None or route.service not in self._upstreams:
            self._count(client)
            raise NotFoundError
        request.place = route.prefix
        if route.credentials is Credentials.TOKEN:
            await self._to_the_api(request, route, route.service, client)
        else:
            request.client = self._count(client)
            await self._forward(request, route, route.service, client)

    async def _to_the_api(self, request: Request, route: Route, service: str, client: str) -> None:
        operation = self._operations.find(request.method, request.path)
        if operation is not None:
            request.place = operation.template
            request.added += operation.parting
        origin = self._foreign_origin(request)
        if origin is not None and (wanted := request.header(b"access-control-request-method")) and request.method == "OPTIONS":
            self._count(client)
            await self._preflight(request, origin, wanted)
            return
        caller = await self._admit(request, operation, client)
        if caller is not None and caller.has("partner"):
            await self._for_program(request, route, service, client, caller, origin)
            return
        if caller is None and origin is not None and request.method in {"GET", "HEAD"}:
            request.added += cors.for_anybody()
        if not (request.is_open and await self._upstreams.from_cache(request)):
            await self._forward(request, route, service, client)

    def _foreign_origin(self, request: Request) -> str | None:
        """The web page that calls, where it is none of our own."""
        origin = request.header(b"origin")
        return None if origin in {None, f"{self._door.scheme}://{self._door.host}"} else origin

    async def _preflight(self, request: Request, origin: str, wanted: str) -> None:
        operation = self._operations.find(wanted, request.path)
        is_open = operation is not None and operation.is_open and wanted in {"GET", "HEAD"}
        await request.answer(204, await self._programs.preflights.answer(origin, is_open=is_open), b"")

    async def _for_program(self, request: Request, route: Route, service: str, client: str, caller: Caller, origin: str | None) -> None:
        request.program = caller.client_id
        await self._programs.admit(caller, service, origin, request.added)
        try:
            await self._forward(request, route, service, client)
        finally:
            self._programs.count(caller.client_id, request.status)

    async def _admit(self, request: Request, operation: Operation | None, client: str) -> Caller | None:
        """None for an open operation called without a token. Raises the problem of a caller who is not known here, or who asks too much.

        A bad token counts against its sender's address.
        """
        try:
            caller = await self._caller(request, operation)
        except UnauthenticatedError:
            self._count(client)
            raise
        request.is_open = caller is None
        request.client = self._count(client, f"{caller.client_id}:{caller.subject}" if caller else None)
        return caller

    async def _caller(self, request: Request, operation: Operation | None) -> Caller | None:
        header = request.header(b"authorization")
        if header is None and operation is not None and operation.is_open:
            return None
        token = bearer(header)
        if token is None:
            raise UnauthenticatedError
        return await self._verifier.verify(token)

    def _count(self, client: str, subject: str | None = None) -> str:
        """The key of the client whom it counts for."""
        key = client_key(client, subject)
        self._buckets.take(key, time.monotonic())
        return key

    async def _forward(self, request: Request, route: Route, service: str, client: str) -> None:
        span = trace.begin(request.method, route.prefix, request.header(b"traceparent"))
        request.trace = trace.number(span) or token_hex(16)
        request.added.append((b"x-request-id", request.trace.encode()))
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
