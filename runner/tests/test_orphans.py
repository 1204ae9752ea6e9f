"""However a runner ends, nothing that it started goes on, and the next one starts on what it left."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from runner import record
from runner.place import Place

SCRIPT = Path(__file__).with_name("serve_engines.py")


@contextmanager
def a_runner(place: Place) -> Iterator[subprocess.Popen[str]]:
    """Ready at entry; in a session of its own, as a shell gives a job its own process group."""
    command = [sys.executable, str(SCRIPT), str(place.state), str(place.base_port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:  # our own command
        try:
            assert process.stdout is not None
            assert any(line == "ready\n" for line in process.stdout), "the runner ended before it was ready"
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)


def family(runner: subprocess.Popen[str]) -> list[psutil.Process]:
    found = psutil.Process(runner.pid).children(recursive=True)
    names = {process.name() for process in found}
    assert {"postgres", "nats-server"} <= names, names
    assert len(found) > 6  # PostgreSQL's own processes, too
    return found


def still_alive(processes: list[psutil.Process]) -> list[str]:
    _, alive = psutil.wait_procs(processes, timeout=240)
    return [f"{process.pid} {process.name()}" for process in alive if process.status() != psutil.STATUS_ZOMBIE]


class TestKilledRunner:
    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died; elsewhere `down` cleans up")
    def test_leaves_no_orphan(self, place: Place) -> None:
        with a_runner(place) as runner:
            children = family(runner)
            runner.kill()
            runner.wait()
            assert still_alive(children) == []

    def test_the_next_one_starts_on_the_same_data(self, place: Place) -> None:
        with a_runner(place) as runner:
            runner.kill()
        with a_runner(place):
            known = record.running(place)
            assert known is not None
            assert [process.restarts for process in known.processes] == [0, 0, 0]


class TestInterruptedRunner:
    def test_ctrl_c_stops_all(self, place: Place) -> None:
        with a_runner(place) as runner:
            children = family(runner)
            os.killpg(runner.pid, signal.SIGINT)  # a terminal tells the whole group
            assert runner.wait(timeout=240) == 0
            assert still_alive(children) == []

    def test_postgresql_was_shut_down_in_order(self, place: Place) -> None:
        with a_runner(place) as runner:
            os.killpg(runner.pid, signal.SIGINT)
            runner.wait(timeout=240)
        log = (place.logs / "postgres.log").read_text()
        assert "received fast shutdown request" in log
        assert log.rstrip().endswith("database system is shut down")
