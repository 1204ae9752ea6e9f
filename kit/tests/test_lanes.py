"""Heavy work waits for its own kind, in order, and leaves room for others."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kit.errors import UnavailableError
from kit.lanes import Lanes


@asynccontextmanager
async def inside(lanes: Lanes) -> AsyncIterator[None]:
    passing = lanes()
    await anext(passing)
    try:
        yield
    finally:
        with pytest.raises(StopAsyncIteration):
            await anext(passing)


async def test_no_more_than_so_many_run_at_once_and_all_have_their_turn_in_order() -> None:
    lanes, running, most, order = Lanes(2, 5, 10), 0, 0, []

    async def work(number: int) -> None:
        nonlocal running, most
        async with inside(lanes):
            running, most = running + 1, max(most, running + 1)
            order.append(number)
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(work(number) for number in range(9)))
    assert (most, order) == (2, list(range(9)))


async def test_who_waits_too_long_is_told_when_to_come_again() -> None:
    lanes = Lanes(1, 0.01, 10)
    async with inside(lanes):
        with pytest.raises(UnavailableError) as told:
            await anext(lanes())
    assert told.value.headers is not None
    assert 1 <= int(told.value.headers["Retry-After"]) <= 10
    async with inside(lanes):
        pass


async def test_a_failure_gives_its_lane_back() -> None:
    lanes = Lanes(1, 1, 10)
    failing = lanes()
    assert isinstance(failing, AsyncGenerator)
    await anext(failing)
    with pytest.raises(ZeroDivisionError):
        await failing.athrow(ZeroDivisionError())
    async with inside(lanes):
        pass
