"""A browser's push service and the browsers behind it, as a real HTTP server: it takes what is signed, remembers it, and opens it.

The browser's side is written with the plain HMAC of the standard library, so that it shares nothing with what seals (RFC 8291, RFC 8188).
"""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, EllipticCurvePrivateKey, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.boxes import CURVE, public_bytes
from kit.web_push import packed, unpacked

_SALT_END, _HEAD_END = 16, 21


def opened(key: EllipticCurvePrivateKey, auth: bytes, body: bytes) -> bytes:
    """What a browser shows of a message. Raises `cryptography.exceptions.InvalidTag`."""
    salt, end = body[:_SALT_END], _HEAD_END + body[_HEAD_END - 1]
    sender = body[_HEAD_END:end]
    shared = key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
    secret = _expanded(_mac(auth, shared), b"WebPush: info\0" + public_bytes(key) + sender)
    drawn = _mac(salt, secret)
    nonce, content_key = _expanded(drawn, b"Content-Encoding: nonce\0")[:12], _expanded(drawn, b"Content-Encoding: aes128gcm\0")[:16]
    return AESGCM(content_key).decrypt(nonce, body[end:], None).rstrip(b"\0").removesuffix(b"\x02")


def _expanded(key: bytes, info: bytes) -> bytes:
    return _mac(key, info + b"\x01")


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Browser:
    endpoint: str
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(CURVE))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def subscription(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": packed(public_bytes(self.key)), "auth": packed(self.auth)}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one browser got: `shown` is what its worker is told, the rest is what the push service knows."""

    browser: str
    shown: dict[str, Any]
    headers: dict[str, str]
    size: int


class PushService:
    """`mood`: what becomes of the next messages: `well`, `gone`, `missing`, `busy`, `down`, `hangs` (it takes them, and never answers)."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.taken: list[Pushed] = []
        self.posts = 0
        self.mood, self.retry_after = "well", ""
        self.port = 0
        self._hanging: list[asyncio.Future[None]] = []

    def begin_anew(self) -> None:
        self.browsers.clear()
        self.taken.clear()
        self.posts, self.mood, self.retry_after = 0, "well", ""

    def subscribe(self) -> Browser:
        name = secrets.token_hex(8)
        self.browsers[name] = Browser(f"http://127.0.0.1:{self.port}/push/{name}")
        return self.browsers[name]

    async def take(self, request: web.Request) -> web.Response:
        self.posts += 1
        refusals = {"gone": 410, "missing": 404, "busy": 429, "down": 503}
        if self.mood in refusals:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.Response(status=refusals[self.mood], headers=headers)
        browser = self.browsers.get(request.match_info["name"])
        if browser is None:
            return web.Response(status=410)
        if not _is_signed(request):
            return web.Response(status=403)
        body = await request.read()
        shown = json.loads(opened(browser.key, browser.auth, body))
        self.taken.append(Pushed(browser.endpoint, shown, dict(request.headers), len(body)))
        if self.mood == "hangs":
            await self._never()
        return web.Response(status=201, headers={"Location": f"/message/{secrets.token_hex(8)}"})

    async def _never(self) -> None:
        waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hanging.append(waits)
        await waits

    def let_go(self) -> None:
        for one in self._hanging:
            if not one.done():
                one.set_result(None)
        self._hanging.clear()

    @asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[Self]:
        app = web.Application()
        app.router.add_post("/push/{name}", self.take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            self.let_go()
            await runner.cleanup()


def _is_signed(request: web.Request) -> bool:
    """As RFC 8292 has it: by the key that is named, for this origin, not over."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    said = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme != "vapid" or not {"t", "k"} <= said.keys():
        return False
    key = EllipticCurvePublicKey.from_encoded_point(CURVE, unpacked(said["k"]))
    try:
        jwt.decode(said["t"], key, algorithms=["ES256"], audience=f"{request.scheme}://{request.host}")
    except jwt.InvalidTokenError:
        return False
    return True
