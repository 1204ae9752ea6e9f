"""A loop that must be single among replicas: one of them leads, the others wait for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg


@asynccontextmanager
async def leading(database_url: str, name: str) -> AsyncIterator[asyncpg.Connection]:
    """Waits until this process leads; the lead ends with the connection, so ask on it now and then whether it still lives."""
    connection = await asyncpg.connect(database_url, timeout=3, command_timeout=30)
    try:
        # Asked again rather than waited for: a statement that waits would look hung.
        while not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", name):  # noqa: ASYNC110
            await asyncio.sleep(1)
        yield connection
    finally:
        await connection.close(timeout=1)
