"""Counting the dead: who was killed came back as often as that, and nobody else died."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from runner.processes import Supervisor


@contextmanager
def dying(supervisor: Supervisor, watched: Collection[str], killed: Iterable[str]) -> Iterator[None]:
    """Meanwhile each of `watched` is started again as often as it stands in `killed`."""
    before = {name: supervisor.restarts(name) for name in watched}
    yield
    risen = {name: supervisor.restarts(name) - before[name] for name in watched}
    assert {name: more for name, more in risen.items() if more} == Counter(killed)
