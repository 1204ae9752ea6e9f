"""A company that carries texts and calls, as a real HTTP server that remembers: which reference it accepted, and for which address.

It can lose its answers, be slow, be down or refuse; it keeps recordings that people sent, as WhatsApp does: an id gives an address, the
address gives the file, both to whoever has the token. `python -m kit.testing.carrier PORT FILE` runs it as a process of its own, which
writes each accepted reference to FILE before it answers, and ends with whoever began it.
"""

import asyncio
import hashlib
import secrets
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from typing_extensions import override

from kit.testing import company
from kit.testing.company import Company

_PIECE: Final = 64 * 1024


@dataclass(slots=True)
class Recording:
    """What somebody sent. `mood`: how the file is given; `asked`, `given`: how often it was asked for, and how many bytes of it went.

    `well` · `status` (the number of it, for the id) · `file_status` (for the file) · `hangs` · `endless` (as many bytes as it `promises`) ·
    `short` (it promises fewer bytes than there are, and gives no more) · `cut` (it breaks off before the end that it promised) ·
    `astray` (it leads to `leads_to`). `announced`: what size and hash are said of, where that is another content.
    """

    content: bytes
    mood: str = "well"
    status: int = 200
    promises: int = 0
    leads_to: str = ""
    announced: bytes | None = None
    says_size: bool = True
    asked: int = 0
    given: int = 0


class Carrier(Company):
    """`taken`: what it accepted, by our reference. `mood`: what becomes of the next messages.

    `well` · `silent` (it accepts, and answers with an error) · `hangs` (it accepts, and never answers) · `down` · `refuses` · `busy`;
    `loses`: every n-th accepted message gets no answer.
    """

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file)
        self.taken: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.posts: Counter[str] = Counter()
        self.recordings: dict[str, Recording] = {}
        self.strangers: list[str] = []
        self._addresses: dict[str, Recording] = {}
        self.mood, self.loses, self.pause_s = "well", 0, 0.0

    @property
    def texts(self) -> list[str]:
        return [one["text"] for one in self.taken.values()]

    def begin_anew(self) -> None:
        self.taken.clear()
        self.asked.clear()
        self.posts.clear()
        self.recordings.clear()
        self.strangers.clear()
        self._addresses.clear()
        self.mood, self.loses, self.pause_s = "well", 0, 0.0

    async def take(self, request: web.Request) -> web.Response:
        content = await request.json()
        if "biz_opaque_callback_data" in content:
            reference, text = content["biz_opaque_callback_data"], content["text"]["body"]
        else:
            reference, text = content["client_reference"], content.get("text", content.get("say"))
        self.posts[reference] += 1
        if self.pause_s:
            await asyncio.sleep(self.pause_s)
        if self.mood in {"down", "refuses", "busy"}:
            return web.json_response({}, status={"down": 503, "refuses": 422, "busy": 429}[self.mood])
        is_new = reference not in self.taken
        self.taken.setdefault(reference, {"to": content["to"], "text": text, "path": request.path})
        if is_new:
            self.note(f"{reference} {content['to']}")
        if self.mood == "silent" or (self.loses and len(self.taken) % self.loses == 0 and is_new):
            return web.Response(status=502)
        if self.mood == "hangs":
            await self.never()
        return web.json_response({"id": f"p-{reference}"})

    async def tell(self, request: web.Request) -> web.Response:
        reference = request.match_info["reference"]
        self.asked.append(reference)
        return web.json_response({"id": f"p-{reference}"}) if reference in self.taken else web.json_response({}, status=404)

    async def describe(self, request: web.Request) -> web.Response:
        """The address of a recording: a new one each time."""
        found = self.recordings.get(request.match_info["media"])
        if not self._is_known(request):
            return web.json_response({"error": {"code": 190}}, status=401)
        if self.mood == "down":
            return web.Response(status=503)
        if found is None:
            return web.json_response({"error": {"code": 100}}, status=404)
        found.asked += 1
        if found.mood == "status":
            return web.json_response({"error": {"code": 131000}}, status=found.status)
        address = secrets.token_hex(8)
        self._addresses[address] = found
        content = found.content if found.announced is None else found.announced
        told = {"messaging_product": "whatsapp", "url": f"{self.url}/file/{address}", "mime_type": "audio/ogg; codecs=opus"}
        size = {"file_size": str(len(content))} if found.says_size else {}
        return web.json_response(told | size | {"sha256": hashlib.sha256(content).hexdigest()})

    async def give(self, request: web.Request) -> web.StreamResponse:
        found = self._addresses.get(request.match_info["address"])
        if not self._is_known(request):
            return web.Response(status=401)
        if found is None:
            return web.Response(status=404)
        match found.mood:
            case "file_status":
                return web.Response(status=found.status)
            case "hangs":
                await self.never()
            case "astray":
                return web.Response(status=302, headers={"Location": found.leads_to})
        return await self._given(request, found)

    async def _given(self, request: web.Request, found: Recording) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "audio/ogg"})
        answer.content_length = {"endless": found.promises, "cut": len(found.content) + _PIECE, "short": found.promises}.get(
            found.mood, len(found.content)
        )
        await answer.prepare(request)
        with suppress(ConnectionError):
            await answer.write(found.content)
            found.given += len(found.content)
            while found.mood == "endless" and found.given < found.promises:
                await answer.write(bytes(_PIECE))
                found.given += _PIECE
        if found.mood == "cut" and request.transport is not None:
            request.transport.close()
        return answer

    def _is_known(self, request: web.Request) -> bool:
        token = request.headers.get("Authorization", "")
        if not token.startswith("Bearer "):
            self.strangers.append(request.path)
        return token.startswith("Bearer ")

    @override
    def route(self, router: web.UrlDispatcher) -> None:
        router.add_post("/{tail:.*}", self.take)
        router.add_get("/file/{address}", self.give)
        router.add_get("/{kind}/{reference}", self.tell)
        router.add_get("/{media}", self.describe)


@asynccontextmanager
async def in_a_process_of_its_own(folder: Path, port: int) -> AsyncIterator[tuple[dict[str, str], Path]]:
    """It outlives whatever is killed but us. What a suite is told of it, and the file in which it has written what it accepted."""
    async with company.in_a_process_of_its_own("kit.testing.carrier", port, folder) as accepted:
        settings = {
            "PROBASHI_SMS_URL": f"http://127.0.0.1:{port}",
            "PROBASHI_SMS_SECRET": "between-us-and-them",
            "PROBASHI_SMS_PARTS_PER_SECOND": "0",
        }
        yield settings, accepted


if __name__ == "__main__":
    asyncio.run(company.serve(Carrier(Path(sys.argv[2])), int(sys.argv[1])))
