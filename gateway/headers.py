"""Which headers pass the door, in and out. What describes one hop, or claims to come from a proxy, is dropped and written anew."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from gateway.problems import BadHeadersError
from gateway.routes import Credentials

RawHeaders = Sequence[tuple[bytes, bytes]]
Network = IPv4Network | IPv6Network

# RFC 9110 §7.6.1 and the older ones still met: they speak of one connection, not of the message.
_HOP_BY_HOP: Final = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection",
    b"te", b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
# Written anew by the gateway or by its client, or able to change what a server behind it reads as method, path, peer or trace.
_NEVER_IN: Final = _HOP_BY_HOP | {
    b"host", b"expect", b"content-length", b"forwarded", b"via", b"x-real-ip", b"x-client-ip", b"x-http-method-override", b"x-http-method",
    b"x-method-override", b"x-original-url", b"x-rewrite-url", b"traceparent", b"tracestate", b"baggage", b"b3",
}  # fmt: skip
_NEVER_IN_PREFIXES: Final = (b"x-forwarded-", b"x-probashi-", b"x-b3-", b"x-envoy-", b"x-accel-", b"proxy-")
_ONCE: Final = frozenset({b"host", b"authorization", b"content-length", b"transfer-encoding"})
_NEVER_OUT: Final = _HOP_BY_HOP | {b"server", b"date", b"via", b"x-powered-by"}
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Door:
    """How the gateway is called by the world: its public scheme and host, and the networks of its own load balancers."""

    scheme: str
    host: str
    trusted: tuple[Network, ...] = ()


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ip_network(name) for name in names)


def judged(headers: RawHeaders, http_version: str) -> dict[bytes, str]:
    """Each header's first value, by its name in lower case. Raises `BadHeadersError` for what two servers might read in two ways.

    That is a control character, a value that is no UTF-8, a second value where one is meant, no Host (RFC 9112 §3.2), or a transfer coding
    beside `chunked` (§6.1): it would be dropped here with its header, and the body left encoded.
    """
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name not in found:
            found[name] = _decoded(value)
        elif name in _ONCE:
            raise BadHeadersError
    if _CONTROL.search(b"".join([value for _, value in headers])):
        raise BadHeadersError
    if b"host" not in found and http_version == "1.1":
        raise BadHeadersError
    if found.get(b"transfer-encoding", "chunked").lower() != "chunked":
        raise BadHeadersError
    return found


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise BadHeadersError from error


def client_address(peer: str, headers: RawHeaders, trusted: Sequence[Network]) -> str:
    """The address nearest to us that is none of our own load balancers. Anything further left is a claim and is not read."""
    if not trusted:
        return peer
    hops = [hop.strip() for key, value in headers if key == b"x-forwarded-for" for hop in value.decode("latin-1").split(",")]
    hops.append(peer)
    address = peer
    while hops and is_within(address := hops.pop(), trusted):
        pass
    return address if _is_address(address) else peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_within(text: str, trusted: Sequence[Network]) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in trusted)


def inbound(headers: RawHeaders, credentials: Credentials, door: Door, client: str) -> list[tuple[str, str]]:
    """Headers for the service: nothing of the outer hop, forwarding of our own, only the credentials that the route reads."""
    dropped = _named_by_connection(headers) | _unwanted_credentials(credentials)
    kept = [
        (name.decode("latin-1"), value.decode())
        for name, value in headers
        if name not in _NEVER_IN and name not in dropped and not name.startswith(_NEVER_IN_PREFIXES) and b"_" not in name
    ]
    kept += [
        ("host", door.host),
        ("x-forwarded-for", client),
        ("x-forwarded-proto", door.scheme),
        ("x-forwarded-host", door.host),
    ]
    return kept


def _unwanted_credentials(credentials: Credentials) -> frozenset[bytes]:
    match credentials:
        case Credentials.TOKEN:
            return frozenset({b"cookie"})
        case Credentials.COOKIE:
            return frozenset({b"authorization"})
        case Credentials.PROVIDER:
            return frozenset()


def _named_by_connection(headers: RawHeaders) -> frozenset[bytes]:
    return frozenset(token.strip().lower() for name, value in headers if name == b"connection" for token in value.split(b","))


def fallback_headers(scheme: str) -> dict[bytes, bytes]:
    """What every answer says that does not say otherwise: most of them show a person's data, and no cache may keep those."""
    always = {b"x-content-type-options": b"nosniff", b"cache-control": b"no-store"}
    return always | ({b"strict-transport-security": b"max-age=31536000"} if scheme == "https" else {})


def outbound(headers: Iterable[tuple[bytes, bytes]], fallback: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Headers for the client: nothing of the inner hop, nothing that tells what the service is made of; `fallback` where it is silent."""
    lowered = [(name.lower(), value) for name, value in headers]
    dropped = _named_by_connection(lowered)
    kept = [
        (name, value)
        for name, value in lowered
        if name not in _NEVER_OUT and name not in dropped and not name.startswith((b"x-probashi-", b"x-accel-"))
    ]
    said = {name for name, _ in kept}
    return kept + [(name, value) for name, value in fallback.items() if name not in said]
