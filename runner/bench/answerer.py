"""A service that does nothing but answer, for `probashi bench gateway`: what passes then is what the gateway itself can pass.

Called as `python -m runner.bench.answerer`; says its port in a line, and ends with its standard input.
"""

import asyncio
import sys
from typing import Final

from typing_extensions import override

from runner.bench.connection import END_OF_HEADERS, Connection

BODY: Final = b'{"items":[' + b'{"id":"01a21a4f-8492-7351-b03c-b64aad6420ea"},' * 20 + b'{}],"next":null}'
ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Answers(Connection):
    """Requests without a body, one after the other on a kept connection."""

    @override
    def data_received(self, data: bytes) -> None:
        self.got += data
        while END_OF_HEADERS in self.got and self.transport is not None:
            _, _, self.got = self.got.partition(END_OF_HEADERS)
            self.transport.write(ANSWER)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - for whoever started it
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
