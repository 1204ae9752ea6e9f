from collections.abc import AsyncIterator

import pytest

from runner.testing import Running, Start


@pytest.fixture
async def reintegration(start_service: Start) -> AsyncIterator[Running]:
    running = await start_service("reintegration")
    await running.empty()
    yield running
    await running.close_clients()
