"""The fixtures of every test in the tree, and the choice between the ordinary run and the full one."""

import pytest

pytest_plugins = ["kit.testing.plugin", "runner.testing"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="long: make test ARGS=--full"))
