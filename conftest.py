"""The fixtures of every test in the tree, which of them run, and who of two workers runs what."""

import time
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from kit.testing.days import rest_of_a_day_that_ends

pytest_plugins = ["kit.testing.plugin", "runner.testing"]
# Their tests ask the whole suite; all others start a service at most.
OVER_THE_SUITE: Final = ("tests/", "services/portal/")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long tests too")


def pytest_configure(config: pytest.Config) -> None:
    """What is drawn is the same in each ordinary run, and no example fails because the machine is busy; the full run draws anew."""
    settings.register_profile(
        "probashi", deadline=None, derandomize=not config.getoption("--full"), suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("probashi")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="long: make test ARGS=--full"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    time.sleep(rest_of_a_day_that_ends(datetime.now(UTC)))


class Divided(LoadFileScheduling):
    """The first worker begins with what asks the suite and the others with the rest, so that less is started and left idle.

    Who has nothing more of its own takes from the others.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        asks = self.nodes.index(node) == 0
        mine = next((file for file in self.workqueue if file.startswith(OVER_THE_SUITE) == asks), None)
        if mine is not None:
            self.workqueue.move_to_end(mine, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return Divided(config, log) if config.getoption("dist") == "loadfile" else None
