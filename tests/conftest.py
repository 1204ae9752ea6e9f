"""One whole suite for all tests that need more than one service: started once, on ports of its own, every request traced."""

from collections.abc import AsyncIterator, Iterator

import pytest

from kit.testing.carrier import Carrier
from kit.testing.collector import Collector
from runner import suite
from runner.demo import load
from runner.place import temporary_place
from runner.suite import Suite
from runner.testing import keep_duties_at_home


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


SMS_SECRET = "between-us-and-the-company"


@pytest.fixture(scope="session")
async def company() -> AsyncIterator[Carrier]:
    """The company that carries texts: it takes all of them, and remembers."""
    async with Carrier().listening() as running:
        yield running


@pytest.fixture(scope="session")
async def whole(collector: Collector, company: Carrier) -> AsyncIterator[Suite]:
    settings = {
        "PROBASHI_SMS_URL": company.url,
        "PROBASHI_SMS_SECRET": SMS_SECRET,
        "PROBASHI_SMS_PARTS_PER_SECOND": "0",
        "PROBASHI_OTLP_ENDPOINT": collector.url,
        "PROBASHI_TRACE_RATIO": "1.0",
        "PROBASHI_REQUESTS_PER_SECOND": "100000",
        "PROBASHI_REQUEST_BURST": "100000",
    }
    with temporary_place() as place:
        async with suite.running(place, load=load, settings=settings) as running:
            await keep_duties_at_home(running)
            yield running
