"""What is written down about a running suite, so that `down`, `status` and the next `up` know it from another shell.

A process is named by its id and the moment it began: the id alone may by then belong to somebody else.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

import psutil

from runner.place import Place
from runner.readiness import Probe
from runner.refusals import StateInUse

Phase = Literal["starting", "ready", "stopping", "failed", "stopped"]
_SAME_MOMENT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Identity:
    pid: int
    began: float

    def process(self) -> psutil.Process | None:
        """None where it has ended, or where another process has its number now."""
        try:
            process = psutil.Process(self.pid)
            alive = abs(process.create_time() - self.began) < _SAME_MOMENT and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if alive else None


def identity_of(pid: int) -> Identity:
    """A process that ended at once is recorded as having begun now: nothing will match it."""
    try:
        return Identity(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return Identity(pid, time.time())


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    name: str
    identity: Identity | None
    probe: Probe
    restarts: int


@dataclass(frozen=True, slots=True)
class Record:
    runner: Identity
    base_port: int
    phase: Phase
    processes: tuple[ProcessRecord, ...] = field(default=())
    code: int = 0
    message: str = ""


def write(place: Place, record: Record) -> None:
    file = place.run / "state.json"
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")
    draft.replace(file)


def read(place: Place) -> Record | None:
    try:
        known: dict[str, Any] = json.loads((place.run / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    processes = tuple(
        ProcessRecord(it["name"], Identity(**it["identity"]) if it["identity"] else None, Probe(**it["probe"]), it["restarts"])
        for it in known.pop("processes")
    )
    return Record(runner=Identity(**known.pop("runner")), processes=processes, **known)


def running(place: Place) -> Record | None:
    record = read(place)
    return record if record is not None and record.runner.process() is not None else None


@contextmanager
def sole_runner(place: Place) -> Iterator[None]:
    """Holds the folder of state until the process ends, also by kill -9. Raises `StateInUse` where another runner holds it."""
    lock = os.open(place.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateInUse(_who_holds(place)) from None
        yield
    finally:
        os.close(lock)


def _who_holds(place: Place) -> str:
    record = running(place)
    who = f"process {record.runner.pid}, base port {record.base_port}" if record else "a process that is just starting"
    return (
        f"{place.state} belongs to a suite that is running ({who}).\n"
        "Stop it with `probashi down`, or start another beside it: PROBASHI_PORT=9000 probashi up --state .local/second"
    )
