"""A place for one test's suite: a folder that PostgreSQL's user can reach, ports that nobody else has."""

from collections.abc import Iterator

import pytest

from runner.place import Place, temporary_place


@pytest.fixture
def place() -> Iterator[Place]:
    with temporary_place() as here:
        yield here


@pytest.fixture(scope="module")
def shared_place() -> Iterator[Place]:
    """For the tests of one module that change nothing which another one sees."""
    with temporary_place() as here:
        yield here
