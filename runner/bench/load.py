"""The load generator: a process of its own that writes prepared requests to open connections and notes when each was answered.

Called as `python -m runner.bench.load`; the order comes as JSON on standard input, the result goes as JSON to standard output.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

_END_OF_HEADERS: Final = b"\r\n\r\n"


@dataclass(slots=True)
class Order:
    """`rate` per second in all; 0 is a closed loop: each connection sends again as soon as it is answered.

    `paths`: read one after the other with GET, in place of posting `bodies` to `path`. Without tokens nobody is signed in.
    """

    host: str
    port: int
    path: str
    tokens: list[str]
    bodies: list[str]
    connections: int
    seconds: float
    rate: float = 0.0
    paths: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)


async def generate(order: Order) -> Result:
    result = Result()
    end = time.perf_counter() + order.seconds
    await asyncio.gather(*(_connection(order, number, end, result) for number in range(order.connections)))
    return result


async def _connection(order: Order, number: int, end: float, result: Result) -> None:
    pause = order.connections / order.rate if order.rate else 0.0
    due = time.perf_counter() + pause * number / order.connections
    reader = writer = None
    sent = number
    while time.perf_counter() < end:
        if pause:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        began = due if pause else time.perf_counter()
        due += pause
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection(order.host, order.port)
            writer.write(_request(order, sent))
            status = await _answer(reader)
        except (OSError, EOFError, asyncio.IncompleteReadError, ValueError) as error:
            result.failures[type(error).__name__] += 1
            reader = writer = None
            continue
        sent += order.connections
        result.statuses[status] += 1
        result.latencies_ms.append((time.perf_counter() - began) * 1000)
    if writer is not None:
        writer.close()


def _request(order: Order, number: int) -> bytes:
    if order.paths:
        signed_in = f"Authorization: Bearer {order.tokens[number % len(order.tokens)]}\r\n" if order.tokens else ""
        path = order.paths[number % len(order.paths)]
        return f"GET {path} HTTP/1.1\r\nHost: {order.host}:{order.port}\r\n{signed_in}\r\n".encode()
    body = order.bodies[number % len(order.bodies)].encode()
    head = (
        f"POST {order.path} HTTP/1.1\r\nHost: {order.host}:{order.port}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {order.tokens[number % len(order.tokens)]}\r\nIdempotency-Key: {uuid4()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(_END_OF_HEADERS)
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(head[9:12])


def main() -> None:
    order = Order(**json.load(sys.stdin))
    began, used = time.perf_counter(), time.process_time()
    result = asyncio.run(generate(order))
    elapsed = time.perf_counter() - began
    said: dict[str, Any] = {
        "latencies_ms": result.latencies_ms,
        "statuses": result.statuses,
        "failures": result.failures,
        "seconds": elapsed,
        "processor_share": (time.process_time() - used) / elapsed,
    }
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
