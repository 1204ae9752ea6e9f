"""A browser's push service and the browsers behind it, as a real HTTP server: it takes what is signed, remembers it, and opens it.

The browser's side is written with the plain HMAC of the standard library, so that it shares nothing with what seals (RFC 8291, RFC 8188).
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from typing_extensions import override

from kit.boxes import CURVE, public_bytes
from kit.testing import company
from kit.testing.company import Company
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


def _endpoint(port: int, name: str) -> str:
    return f"http://127.0.0.1:{port}/push/{name}"


@dataclass(frozen=True, slots=True)
class Browser:
    endpoint: str
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(CURVE))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @classmethod
    def named(cls, port: int, name: str) -> Self:
        """The same each time: who subscribes it and the push service in another process know it by its name."""
        drawn = hashlib.sha256(name.encode()).digest()
        return cls(_endpoint(port, name), derive_private_key(int.from_bytes(drawn[:31]) + 1, CURVE), drawn[16:])

    @property
    def subscription(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": packed(public_bytes(self.key)), "auth": packed(self.auth)}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one browser got: `shown` is what its worker is told, the rest is what the push service knows."""

    browser: str
    shown: dict[str, Any]
    headers: Mapping[str, str]
    size: int


class PushService(Company):
    """`mood`: what becomes of the next messages: `well`, `gone`, `missing`, `busy`, `down`, `hangs` (it takes them, and never answers).

    `moods`: of single browsers, by name, before it. `waiting`: what stands for each browser: what comes under the topic of another takes
    its place (RFC 8030, 5.4). With a `file` it is a process of its own, and knows each browser by its name.
    """

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file)
        self.browsers: dict[str, Browser] = {}
        self.taken: list[Pushed] = []
        self.waiting: dict[tuple[str, str], Pushed] = {}
        self.posts = 0
        self.mood, self.retry_after = "well", ""
        self.moods: dict[str, str] = {}
        self._knows_all = file is not None

    def begin_anew(self) -> None:
        self.browsers.clear()
        self.taken.clear()
        self.waiting.clear()
        self.moods.clear()
        self.posts, self.mood, self.retry_after = 0, "well", ""

    def subscribe(self, mood: str | None = None) -> Browser:
        name = secrets.token_hex(8)
        self.browsers[name] = Browser(_endpoint(self.port, name))
        if mood:
            self.moods[name] = mood
        return self.browsers[name]

    async def take(self, request: web.Request) -> web.Response:
        self.posts += 1
        name = request.match_info["name"]
        mood = self.moods.get(name, self.mood)
        refusals = {"gone": 410, "missing": 404, "busy": 429, "down": 503}
        if mood in refusals:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.Response(status=refusals[mood], headers=headers)
        browser = self._browser(name)
        if browser is None:
            return web.Response(status=410)
        if not _is_signed(request):
            return web.Response(status=403)
        self._keep(name, browser, request.headers.copy(), await request.read())
        if mood == "hangs":
            await self.never()
        return web.Response(status=201, headers={"Location": f"/message/{secrets.token_hex(8)}"})

    def _browser(self, name: str) -> Browser | None:
        if self._knows_all and name not in self.browsers:
            self.browsers[name] = Browser.named(self.port, name)
        return self.browsers.get(name)

    def _keep(self, name: str, browser: Browser, headers: Mapping[str, str], body: bytes) -> None:
        pushed = Pushed(browser.endpoint, json.loads(opened(browser.key, browser.auth, body)), headers, len(body))
        if self._knows_all:
            return self.note(f"{name} {headers['Topic']} {pushed.shown['tag']} {pushed.shown['reference']}")
        self.taken.append(pushed)
        self.waiting[browser.endpoint, headers["Topic"]] = pushed
        return None

    @override
    def route(self, router: web.UrlDispatcher) -> None:
        router.add_post("/push/{name}", self.take)


@asynccontextmanager
async def in_a_process_of_its_own(folder: Path, port: int) -> AsyncIterator[Path]:
    """The file in which it writes what came: of each the browser's name, topic, tag and reference."""
    async with company.in_a_process_of_its_own("kit.testing.push_service", port, folder) as came:
        yield came


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


if __name__ == "__main__":
    asyncio.run(company.serve(PushService(Path(sys.argv[2])), int(sys.argv[1])))
