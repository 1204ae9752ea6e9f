from collections.abc import AsyncIterator

import pytest

from kit.testing.tokens import TokenIssuer
from kit.testing.waiting import until
from runner.testing import Engines, Running, engines_running, service_running
from services.monitor.evidence.service import follow_the_map


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Engines]:
    """Of the monitor alone: it hears every service, and on the shared ones the tests of others have spoken."""
    async with engines_running() as running:
        yield running


@pytest.fixture(scope="session")
async def started(engines: Engines, tokens: TokenIssuer) -> AsyncIterator[Running]:
    async with service_running("monitor", engines, tokens) as running:
        await until(lambda: running.count("figures_state"), 1)  # its start has built the figures, and holds no lock
        yield running


@pytest.fixture
async def monitor(started: Running) -> AsyncIterator[Running]:
    await started.empty()
    await follow_the_map(started.sessions)  # as each start of the service does
    yield started
    await started.close_clients()
