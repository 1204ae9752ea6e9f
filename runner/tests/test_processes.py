"""The supervisor with real processes: what dies comes back, what keeps dying ends all, what is stopped is gone."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from runner import record
from runner.place import Place
from runner.processes import Spec, Supervisor
from runner.readiness import Probe
from runner.refusals import KeepsDying, NotReady
from runner.terminal import quiet

LISTENS = """
import signal, socket, subprocess, sys, time
port, words, deaf, told = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "deaf", sys.argv[4]
def stop(*_):
    with open(told, "a") as file: file.write(words + "\\n")
    if not deaf: sys.exit(0)
signal.signal(signal.SIGTERM, stop)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", words])
listening = socket.create_server(("127.0.0.1", port))
while True: time.sleep(0.05)
"""


def listener(place: Place, name: str, *, stage: int = 3, manner: str = "polite") -> Spec:
    port = place.port(name)
    command = (sys.executable, "-c", LISTENS, str(port), name, manner, str(place.run / "told"))
    return Spec(name=name, command=command, probe=Probe("tcp", port), stage=stage, stop=((signal.SIGTERM, 0.5),))


@pytest.fixture
async def supervisor(place: Place) -> AsyncIterator[Supervisor]:
    one = Supervisor(place, quiet)
    yield one
    await one.stop()


def grandchildren(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def size(file: Path) -> int:
    return file.stat().st_size


class TestRestart:
    async def test_a_killed_process_is_started_again(self, place: Place, supervisor: Supervisor) -> None:
        await supervisor.start([listener(place, "complaints")])
        first = supervisor.pid("complaints")
        os.kill(first, signal.SIGKILL)
        while supervisor.restarts("complaints") == 0:  # another process sets no event
            await asyncio.sleep(0.02)
        await supervisor.ready()
        assert supervisor.pid("complaints") != first
        assert supervisor.restarts("complaints") == 1

    async def test_what_the_killed_process_had_started_is_gone(self, place: Place, supervisor: Supervisor) -> None:
        await supervisor.start([listener(place, "complaints")])
        started = grandchildren(supervisor.pid("complaints"))
        os.kill(supervisor.pid("complaints"), signal.SIGKILL)
        _, alive = await asyncio.to_thread(psutil.wait_procs, started, 10)
        assert started
        assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]

    async def test_the_record_names_the_new_process(self, place: Place, supervisor: Supervisor) -> None:
        await supervisor.start([listener(place, "complaints")])
        os.kill(supervisor.pid("complaints"), signal.SIGKILL)
        while supervisor.restarts("complaints") == 0:  # another process sets no event
            await asyncio.sleep(0.02)
        await supervisor.ready()
        known = record.running(place)
        assert known is not None
        assert known.processes[0].identity == record.identity_of(supervisor.pid("complaints"))
        assert known.processes[0].restarts == 1


class TestKeepsDying:
    async def test_the_sixth_death_in_a_minute_ends_the_start_with_the_last_words(self, place: Place, supervisor: Supervisor) -> None:
        dies = "import os; print('no map of missions', flush=True); os.kill(os.getpid(), 9)"
        with pytest.raises(KeepsDying, match="crisis died more than 5 times in a minute") as refusal:
            await supervisor.start([Spec("crisis", (sys.executable, "-c", dies), Probe("tcp", place.port("crisis")), 3)])
        assert supervisor.restarts("crisis") == 5
        assert "no map of missions" in str(refusal.value)
        assert refusal.value.code == 8

    async def test_a_process_that_gives_up_twice_before_it_answered_once_ends_the_start(self, place: Place, supervisor: Supervisor) -> None:
        gives_up = "print('no map of missions'); raise SystemExit(9)"
        with pytest.raises(KeepsDying, match=r"crisis cannot start \(exit code 9, twice\)"):
            await supervisor.start([Spec("crisis", (sys.executable, "-c", gives_up), Probe("tcp", place.port("crisis")), 3)])
        assert supervisor.restarts("crisis") == 1

    async def test_it_is_told_to_whoever_watches_a_suite_that_was_ready(self, place: Place, supervisor: Supervisor) -> None:
        await supervisor.start([listener(place, "crisis")])
        watching = asyncio.create_task(supervisor.until_failed())
        for _ in range(6):
            while not psutil.pid_exists(pid := supervisor.pid("crisis")):  # another process sets no event
                await asyncio.sleep(0.02)
            os.kill(pid, signal.SIGKILL)
            while supervisor.pid("crisis") == pid and not watching.done():  # another process sets no event
                await asyncio.sleep(0.02)
        with pytest.raises(KeepsDying):
            await watching


class TestNotReady:
    async def test_names_who_hangs_and_shows_its_last_words(self, place: Place) -> None:
        hangs = "import time; print('waits for a river', flush=True); time.sleep(600)"
        impatient = Supervisor(place, quiet, ready_within=1)
        silent = Spec("crisis", (sys.executable, "-c", hangs), Probe("tcp", place.port("crisis")), 3)
        try:
            with pytest.raises(NotReady, match="Not ready after 1 s: crisis") as refusal:
                await impatient.start([listener(place, "monitor"), silent])
        finally:
            await impatient.stop()
        assert "| waits for a river" in str(refusal.value)
        assert refusal.value.code == 7


class TestStop:
    async def test_higher_stages_are_told_first(self, place: Place, supervisor: Supervisor) -> None:
        await supervisor.start([listener(place, "postgres", stage=0), listener(place, "crisis", stage=3), listener(place, "nats", stage=1)])
        await supervisor.stop()
        assert (place.run / "told").read_text().split() == ["crisis", "nats", "postgres"]

    async def test_a_deaf_process_and_all_grandchildren_are_gone(self, place: Place, supervisor: Supervisor) -> None:
        await supervisor.start([listener(place, "crisis", manner="deaf"), listener(place, "monitor")])
        started = [process for name in ("crisis", "monitor") for process in grandchildren(supervisor.pid(name))]
        pids = [supervisor.pid("crisis"), supervisor.pid("monitor")]
        await supervisor.stop()
        _, alive = await asyncio.to_thread(psutil.wait_procs, started, 10)
        assert len(started) == 2
        assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
        assert not [pid for pid in pids if psutil.pid_exists(pid)]

    async def test_a_process_that_waits_to_be_started_again_stays_dead(self, place: Place, supervisor: Supervisor) -> None:
        await supervisor.start([listener(place, "crisis")])
        os.kill(supervisor.pid("crisis"), signal.SIGKILL)
        while supervisor.restarts("crisis") == 0:  # another process sets no event
            await asyncio.sleep(0)
        await supervisor.stop()
        await asyncio.sleep(0.3)
        known = record.read(place)
        assert known is not None
        assert known.processes[0].identity is not None
        assert known.processes[0].identity.process() is None


class TestOutput:
    async def test_a_process_writes_into_its_own_file(self, place: Place, supervisor: Supervisor) -> None:
        speaks = (sys.executable, "-c", f"print('complaints speaks', flush=True)\n{LISTENS}")
        spec = Spec(
            "complaints",
            (*speaks, str(place.port("complaints")), "-", "-", str(place.run / "told")),
            Probe("tcp", place.port("complaints")),
            3,
        )
        await supervisor.start([spec])
        assert "complaints speaks" in (place.logs / "complaints.log").read_text()

    async def test_a_large_file_makes_room_for_a_new_one(self, place: Place, supervisor: Supervisor) -> None:
        log = place.logs / "complaints.log"
        await asyncio.to_thread(log.write_bytes, b"x" * 5_000_001)
        await supervisor.start([listener(place, "complaints")])
        assert (size(log), size(place.logs / "complaints.log.1")) == (0, 5_000_001)


class TestIdentity:
    def test_a_number_that_belongs_to_another_process_now_names_nobody(self) -> None:
        mine = record.identity_of(os.getpid())
        assert mine.process() is not None
        assert record.Identity(mine.pid, mine.began - 5).process() is None
