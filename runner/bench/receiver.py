"""A partner's two servers for `probashi bench gateway`: one that takes each event at once, one that never answers.

Called as `python -m runner.bench.receiver`; says its two ports in a line, and once its standard input ends what came, as JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any, Final

from typing_extensions import override

from runner.bench.connection import END_OF_HEADERS, Connection

ANSWER: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
LAST: Final = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Good(Connection):
    """`came`: when each was there as a whole, by its `webhook-id`; the first time of each. Keeps a connection as long as it is asked to."""

    def __init__(self, came: dict[str, float]) -> None:
        super().__init__()
        self._came = came

    @override
    def data_received(self, data: bytes) -> None:
        self.got += data
        head, end, body = self.got.partition(END_OF_HEADERS)
        if not end or self.transport is None:
            return
        headers = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
        if len(body) >= int(headers[b"content-length"]):
            self._came.setdefault(headers[b"webhook-id"].decode(), time.time())
            self.got = b""
            if headers.get(b"connection") == b"close":
                self.transport.write(LAST)
                self.transport.close()
            else:
                self.transport.write(ANSWER)


async def serve() -> dict[str, Any]:
    came: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    good = await loop.create_server(lambda: Good(came), "127.0.0.1", 0)
    silent = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    print(*(server.sockets[0].getsockname()[1] for server in (good, silent)), flush=True)  # noqa: T201 - for whoever started it
    used = time.process_time()
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "count":
            print(len(came), flush=True)  # noqa: T201 - as above
    return {"came": came, "processor_s": time.process_time() - used}


def main() -> None:
    json.dump(asyncio.run(serve()), sys.stdout)


if __name__ == "__main__":
    main()
