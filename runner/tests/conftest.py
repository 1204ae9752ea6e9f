"""A place for one test's suite: a folder that PostgreSQL's user can reach, ports that nobody else has."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.place import Place, free_base_port


@contextmanager
def _temporary() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="probashi-runner-") as folder:
        Path(folder).chmod(0o711)
        here = Place(Path(folder) / "state", free_base_port())
        here.make_folders()
        yield here


@pytest.fixture
def place() -> Iterator[Place]:
    with _temporary() as here:
        yield here


@pytest.fixture(scope="module")
def shared_place() -> Iterator[Place]:
    """For the tests of one module that change nothing which another one sees."""
    with _temporary() as here:
        yield here
