"""A company that carries texts and calls, as a real HTTP server that remembers: which reference it accepted, and for which address.

It can lose its answers, be slow, be down or refuse. `python -m kit.testing.carrier PORT FILE` runs it as a process of its own, which
writes each accepted reference to FILE before it answers, and ends with whoever began it.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from typing_extensions import override

from kit.testing import company
from kit.testing.company import Company


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
        self.mood, self.loses, self.pause_s = "well", 0, 0.0

    @property
    def texts(self) -> list[str]:
        return [one["text"] for one in self.taken.values()]

    def begin_anew(self) -> None:
        self.taken.clear()
        self.asked.clear()
        self.posts.clear()
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

    @override
    def route(self, router: web.UrlDispatcher) -> None:
        router.add_post("/{tail:.*}", self.take)
        router.add_get("/{kind}/{reference}", self.tell)


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
