from collections.abc import AsyncIterator

import pytest

from kit.testing.tokens import TokenIssuer
from runner.testing import Engines, Running, engines_running, service_running


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Engines]:
    """Of the monitor alone: it hears every service, and on the shared ones the tests of others have spoken."""
    async with engines_running() as running:
        yield running


@pytest.fixture(scope="session")
async def started(engines: Engines, tokens: TokenIssuer) -> AsyncIterator[Running]:
    async with service_running("monitor", engines, tokens) as running:
        yield running


@pytest.fixture
async def monitor(started: Running) -> AsyncIterator[Running]:
    await started.empty()
    yield started
    await started.close_clients()
