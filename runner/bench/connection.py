"""What both of the small servers of `probashi bench gateway` know of a connection."""

import asyncio
from typing import Final

from typing_extensions import override

END_OF_HEADERS: Final = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """`got`: what came and was not answered yet."""

    def __init__(self) -> None:
        self.got = b""
        self.transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # that of a stream
