"""The only place where a transaction of a request begins and ends."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Final

import orjson
from fastapi import Depends, Request
from sqlalchemy import DateTime, Select, bindparam
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DRIVER: Final = "postgresql+asyncpg"
Sessions = async_sessionmaker[AsyncSession]
# For statements that a loop asks again and again: built once, for building one costs several times what it costs to ask it.
NOW: Final = bindparam("now", type_=DateTime(timezone=True))


def make_engine(url: str, *, pool: int = 16, statement_s: float | None = 10) -> AsyncEngine:
    """`url` is `postgresql://user:password@host:port/database`. Nothing is connected yet; a statement may run `statement_s` seconds.

    None is for a step of its own, a migration for one: it may also think between two statements for as long as a busy machine makes it.
    Connections are not tested before use: that would cost each request a round trip. After a crash of the server the first
    statement fails with a 503 and the pool throws its dead connections away.
    """
    return create_async_engine(
        url.replace("postgresql", DRIVER, 1),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,  # a rush of some seconds is waited out; the gateway gives up after fifteen
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": 30 if statement_s is None else 3,
            "command_timeout": statement_s,
            "server_settings": {
                "timezone": "UTC",
                "jit": "off",
                "idle_in_transaction_session_timeout": "0" if statement_s is None else "15000",
            },
        },
    )


def make_sessions(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False, autobegin=True)


async def sees(sessions: Sessions, look: Select[bool], values: Mapping[str, Any]) -> bool:
    """The look of a loop before it claims: mostly in vain, so it is one round trip, without a transaction."""
    async with sessions() as session:
        connection = await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        return bool(await connection.scalar(look, values))


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """A session in a transaction that is committed *before* the answer leaves, and rolled back when the handler raises."""
    sessions: Sessions = request.state.sessions
    async with sessions.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
