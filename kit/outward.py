"""Requests to servers that are not ours (feeds of warnings, webhooks): never to ourselves, never for ever, never more than was agreed.

The address is looked up once, judged, and connected to as judged: a name that answers differently a moment later gains nothing. Each
redirect is judged anew, and a token goes to no other server than it was meant for. No cookies, no proxy of the environment, no
credentials in an address. The size counts after decompression.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from types import SimpleNamespace
from typing import Final, NoReturn

import aiohttp
import httpx
import yarl
from typing_extensions import override

PORTS: Final = frozenset({80, 443, 8080, 8443})
LONGEST_URL: Final = 2_048
# Environments in which loopback is reached too.
TRIAL: Final = frozenset({"local", "test"})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_CHUNK: Final = 65_536
_ADDRESSES_TRIED: Final = 3
# A connection that nobody used for so long is closed: most servers wait five seconds or longer.
_KEPT_S: Final = 2.0
_MOST_NAMES: Final = 1_000
# What was judged holds so long for a host whose connections are kept.
_JUDGED_S: Final = 1.0
_CLOSED: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)
_EITHER_ZLIB_OR_GZIP: Final = 47
# Networks that hide another address in theirs, beside IPv4-mapped: NAT64 (RFC 6052), 6to4, Teredo.
_HIDING: Final = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Refused(StrEnum):
    """Why there is no answer. Short, stable words: they stand in a log that officers read."""

    ADDRESS = "bad-address"
    SCHEME = "not-https"
    PRIVATE = "private-address"
    HOST = "host-not-listed"
    NAME = "name-not-found"
    CONNECTION = "no-connection"
    CERTIFICATE = "bad-certificate"
    TIME = "too-slow"
    SIZE = "too-large"
    ENCODING = "bad-encoding"
    REDIRECTS = "redirects"
    BROKEN = "broken-answer"


class OutwardError(Exception):
    """`url` is where it ended, after redirects."""

    def __init__(self, reason: Refused, url: str) -> None:
        super().__init__(f"{reason}: {url[:200]}")
        self.reason = reason
        self.url = url


@dataclass(frozen=True, slots=True)
class Bounds:
    """`hosts`: where the request and its redirects may lead; None is anywhere that is public. `plain_http`: http is taken too."""

    body: int = 2 * 1024 * 1024
    seconds: float = 20.0
    redirects: int = 3
    plain_http: bool = False
    hosts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    url: str
    headers: httpx.Headers
    body: bytes


async def resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def is_public(text: str) -> bool:
    """Whether an address belongs to the open Internet. Fails closed: what cannot be read is not."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address.scope_id or any(address in network for network in _HIDING):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


class Outward:
    """One per process. `is_trial`: loopback is reached too, by http and on any port; only for the environments of `TRIAL`."""

    def __init__(self, *, is_trial: bool = False, lookup: Resolve = resolve, tls: ssl.SSLContext | None = None) -> None:
        self._is_trial = is_trial
        self._lookup = lookup
        self._tls = tls or ssl.create_default_context()
        # Nothing is kept open: a pool keeps by address, and would hand one host's connection to another behind the same one.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._transport = httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, limits=limits)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator["Kept"]:
        """For many requests in a row: connections stay open in between, each host's for itself."""
        one = Kept(is_trial=self._is_trial, lookup=self._lookup, tls=self._tls)
        try:
            yield one
        finally:
            await one.close()

    async def close(self) -> None:
        await self._transport.aclose()

    def check(self, url: str, bounds: Bounds) -> None:
        """Whether an address would be asked at all, as far as it says itself; where its name leads is judged at each request.

        Raises `OutwardError`.
        """
        judged = self._judged(url, bounds)
        if not (_is_public_or_named(judged.host) or (self._is_trial and _is_own(judged.host))):
            raise OutwardError(Refused.PRIVATE, url)

    async def get(self, url: str, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises `OutwardError`. Any status is an answer; redirects are followed as far as `bounds` let them."""
        return await self._send("GET", url, bounds, headers or {}, None)

    async def post(self, url: str, bounds: Bounds, content: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises `OutwardError`. A redirect is an answer: what is sent goes to the address that was agreed."""
        return await self._send("POST", url, bounds, headers or {}, content)

    async def _send(self, method: str, url: str, bounds: Bounds, headers: Mapping[str, str], content: bytes | None) -> Answer:
        at = [url]
        try:
            async with asyncio.timeout(bounds.seconds):
                return await self._follow(method, at, bounds, headers, content)
        except TimeoutError as error:
            raise OutwardError(Refused.TIME, at[-1]) from error
        except httpx.TimeoutException as error:
            raise OutwardError(Refused.TIME, at[-1]) from error
        except httpx.ConnectError as error:
            raise OutwardError(_why_not_connected(error), at[-1]) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OutwardError(Refused.BROKEN, at[-1]) from error

    async def _follow(self, method: str, at: list[str], bounds: Bounds, headers: Mapping[str, str], content: bytes | None) -> Answer:
        for _ in range(bounds.redirects + 1):
            answer = await self._ask(method, at[-1], bounds, headers, content)
            if method != "GET" or answer.status not in _REDIRECTS or not answer.headers.get("location"):
                return answer
            target = httpx.URL(at[-1]).join(answer.headers["location"])
            is_downgrade = httpx.URL(at[-1]).scheme == "https" and target.scheme != "https"
            if _place(target) != _place(httpx.URL(at[-1])):
                headers = {name: said for name, said in headers.items() if name.lower() != "authorization"}
            at.append(str(target))
            if is_downgrade:
                raise OutwardError(Refused.SCHEME, at[-1])
        raise OutwardError(Refused.REDIRECTS, at[-1])

    async def _ask(self, method: str, url: str, bounds: Bounds, headers: Mapping[str, str], content: bytes | None) -> Answer:
        judged = self._judged(url, bounds)
        error: httpx.ConnectError | httpx.ConnectTimeout | None = None
        for address in await self._addresses(judged):
            request = self._request(method, judged, address, headers, content)
            try:
                return await self._exchange(judged, request, bounds, url)
            except (httpx.ConnectError, httpx.ConnectTimeout) as failed:
                error = failed
        raise error or OutwardError(Refused.NAME, url)

    async def _exchange(self, _judged: httpx.URL, request: httpx.Request, bounds: Bounds, url: str) -> Answer:
        response = await self._transport.handle_async_request(request)
        try:
            return Answer(
                response.status_code, url, response.headers, await _body(response.aiter_raw(_CHUNK), response.headers, bounds, url)
            )
        finally:
            await response.aclose()

    def _judged(self, url: str, bounds: Bounds) -> httpx.URL:
        """Raises `OutwardError` for an address that is not asked at all."""
        try:
            judged = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise OutwardError(Refused.ADDRESS, url) from error
        if judged.scheme != "https" and not (judged.scheme == "http" and (bounds.plain_http or self._is_loopback(judged))):
            raise OutwardError(Refused.SCHEME, url)
        if not judged.host or judged.userinfo or len(url) > LONGEST_URL:
            raise OutwardError(Refused.ADDRESS, url)
        if bounds.hosts is not None and judged.host not in bounds.hosts:
            raise OutwardError(Refused.HOST, url)
        if _port(judged) not in PORTS and not self._is_trial:
            raise OutwardError(Refused.ADDRESS, url)
        return judged

    def _is_loopback(self, url: httpx.URL) -> bool:
        return self._is_trial and _is_own(url.host)

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """All must be public: a name with one private address among its own is somebody's attempt."""
        try:
            found = list(dict.fromkeys(await self._lookup(url.host, _port(url))))
        except (OSError, UnicodeError) as error:
            raise OutwardError(Refused.NAME, str(url)) from error
        if not all(is_public(one) or (self._is_trial and _is_own(one)) for one in found):
            raise OutwardError(Refused.PRIVATE, str(url))
        return found[:_ADDRESSES_TRIED]

    def _request(self, method: str, url: httpx.URL, address: str, headers: Mapping[str, str], content: bytes | None) -> httpx.Request:
        """To the address that was judged; the certificate is still that of the name."""
        own = {"Host": url.netloc.decode("ascii"), "Accept-Encoding": "gzip", "User-Agent": "probashi/1", "Connection": "close"}
        # No wait of httpx's own: one deadline holds for all of it.
        extensions = {"sni_hostname": url.host, "timeout": {}}
        pinned = url.copy_with(host=address, fragment=None)
        return httpx.Request(method, pinned, headers={**headers, **own}, content=content, extensions=extensions)


class Kept(Outward):
    """As `Outward`, but connections stay open between requests: to the address that was judged, under the name that it was judged for.

    A name is looked up and judged anew each second, and a connection to an address that it does not name any more is used no more. By
    aiohttp, which keeps by address, port and name: httpx looks at each of its connections for each request, and took four times as long.
    """

    def __init__(self, *, is_trial: bool, lookup: Resolve, tls: ssl.SSLContext) -> None:
        super().__init__(is_trial=is_trial, lookup=lookup, tls=tls)
        self._judged_until: dict[str, tuple[float, Sequence[str]]] = {}
        noticed = aiohttp.TraceConfig()
        noticed.on_connection_reuseconn.append(_note_used)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_S, ssl=tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            skip_auto_headers=("Content-Type", "Accept"),
            trace_configs=[noticed],
        )

    @override
    async def close(self) -> None:
        await self._session.close()
        await super().close()

    @override
    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        name, now = _place(url), time.monotonic()
        until, found = self._judged_until.get(name, (0.0, ()))
        if now >= until:
            found = await super()._addresses(url)
            if len(self._judged_until) >= _MOST_NAMES:
                self._judged_until.clear()
            self._judged_until[name] = now + _JUDGED_S, found
        return found

    @override
    async def _exchange(self, judged: httpx.URL, request: httpx.Request, bounds: Bounds, url: str) -> Answer:
        """Once more on a new connection where the server closed a kept one before it answered: that is its right, and no failure."""
        kept: list[bool] = []
        try:
            return await self._asked(judged, request, bounds, url, kept)
        except aiohttp.ClientConnectorError as error:
            raise httpx.ConnectError(str(error)) from error
        except _CLOSED as error:
            if not kept:
                raise httpx.RemoteProtocolError(str(error)) from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        return await super()._exchange(judged, request, bounds, url)

    async def _asked(self, judged: httpx.URL, request: httpx.Request, bounds: Bounds, url: str, kept: list[bool]) -> Answer:
        written = [(name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw]
        headers = [one for one in written if one[0].lower() not in {"connection", "content-length"}]
        async with self._session.request(
            request.method,
            yarl.URL(str(request.url), encoded=True),
            headers=headers,
            data=request.content or None,
            allow_redirects=False,
            server_hostname=judged.raw_host.decode("ascii"),
            trace_request_ctx=kept,
        ) as came:
            told = httpx.Headers([*came.headers.items()])
            return Answer(came.status, url, told, await _body(came.content.iter_chunked(_CHUNK), told, bounds, url))


async def _note_used(_: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceConnectionReuseconnParams) -> None:
    context.trace_request_ctx.append(True)


def _place(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.host}:{_port(url)}"


def _is_public_or_named(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return not _is_own(host)
    return is_public(host)


def _is_own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _why_not_connected(error: httpx.ConnectError) -> Refused:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Refused.CERTIFICATE
        cause = cause.__cause__ or cause.__context__
    return Refused.CONNECTION


async def _body(pieces: AsyncIterable[bytes], headers: httpx.Headers, bounds: Bounds, url: str) -> bytes:
    """Unpacked piece by piece: a bomb is noticed after the first bytes too many, and not when it has gone off."""

    def refuse(reason: Refused) -> NoReturn:
        raise OutwardError(reason, url)

    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", "deflate", ""}:
        refuse(Refused.ENCODING)
    unpacking = None if encoding in {"identity", ""} else zlib.decompressobj(_EITHER_ZLIB_OR_GZIP)
    body = bytearray()
    async for piece in pieces:
        if unpacking is None:
            body += piece
        else:
            try:
                body += unpacking.decompress(piece, bounds.body + 1 - len(body))
            except zlib.error:
                refuse(Refused.ENCODING)
        if len(body) > bounds.body:
            refuse(Refused.SIZE)
    if unpacking is not None and not unpacking.eof:
        refuse(Refused.BROKEN)
    return bytes(body)
