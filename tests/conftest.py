"""One whole suite for all tests that need more than one service: started once, on ports of its own, every request traced."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kit.testing.collector import Collector
from runner import suite
from runner.demo import load
from runner.place import Place, free_base_port
from runner.suite import Suite


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture(scope="session")
async def whole(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> AsyncIterator[Suite]:
    folder: Path = tmp_path_factory.mktemp("suite")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o711)  # PostgreSQL, when the tests run as root, is another user and passes through
    settings = {
        "PROBASHI_OTLP_ENDPOINT": collector.url,
        "PROBASHI_TRACE_RATIO": "1.0",
        "PROBASHI_REQUESTS_PER_SECOND": "100000",
        "PROBASHI_REQUEST_BURST": "100000",
    }
    async with suite.running(Place(folder / "state", free_base_port()), load=load, settings=settings) as running:
        yield running
