"""The whole suite, started and stopped by its command as a person does it, and killed as a machine does it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import psutil
import pytest

from runner import record
from runner.place import SERVICES, Place, is_free


def probashi(place: Place, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Its output is a pipe: a child that inherited it would keep this call from returning."""
    where = ("--state", str(place.state), "--port", str(place.base_port))
    whole = [sys.executable, "-m", "runner.main", command, *where, *arguments]
    return subprocess.run(whole, capture_output=True, text=True, check=False, timeout=240)  # our own command


def processes_of(place: Place) -> list[psutil.Process]:
    known = record.running(place)
    assert known is not None
    return psutil.Process(known.runner.pid).children(recursive=True)


def still_alive(processes: list[psutil.Process]) -> list[str]:
    _, alive = psutil.wait_procs(processes, timeout=240)
    return [f"{process.pid} {process.name()}" for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def suite_place(shared_place: Place) -> Iterator[Place]:
    yield shared_place
    probashi(shared_place, "down")


@pytest.fixture
def suite_at(suite_place: Place) -> Place:
    """Runs already for the second test of this module."""
    answer = probashi(suite_place, "up", "--detach", "--no-demo")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert suite_place.public_url in answer.stdout
    return suite_place


class TestSuite:
    def test_each_process_is_ready(self, suite_at: Place) -> None:
        answer = probashi(suite_at, "status")
        rows = {line.split()[0]: line.split()[3] for line in answer.stdout.splitlines()[1:-1]}
        assert rows == dict.fromkeys(["postgres", "nats", "identity", *SERVICES, "gateway"], "ready")
        assert answer.returncode == 0

    def test_the_gateway_is_the_door(self, suite_at: Place) -> None:
        discovery = httpx.get(f"{suite_at.public_url}/auth/realms/probashi/.well-known/openid-configuration").json()
        assert discovery["issuer"] == f"{suite_at.public_url}/auth/realms/probashi"

    def test_a_second_up_finds_it_running(self, suite_at: Place) -> None:
        before = record.running(suite_at)
        answer = probashi(suite_at, "up", "--detach")
        assert answer.stdout.startswith("It is running already.")
        assert record.running(suite_at) == before

    def test_an_account_gets_a_token(self, suite_at: Place) -> None:
        answer = probashi(suite_at, "token", "agent")
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.count(".") == 2

    def test_migrating_again_changes_nothing(self, suite_at: Place) -> None:
        answer = probashi(suite_at, "migrate")
        assert (answer.returncode, "complaints has the newest schema" in answer.stdout) == (0, True)

    def test_no_secret_is_shown_or_logged(self, suite_at: Place) -> None:
        secrets = json.loads((suite_at.keys / "secrets.json").read_text()).values()
        written = "".join(log.read_text(errors="replace") for log in suite_at.logs.iterdir())
        assert [secret for secret in secrets if secret in written] == []

    def test_a_killed_service_comes_back(self, suite_at: Place) -> None:
        known = record.running(suite_at)
        assert known is not None
        complaints = next(process for process in known.processes if process.name == "complaints")
        assert complaints.identity is not None
        os.kill(complaints.identity.pid, signal.SIGKILL)
        while probashi(suite_at, "status").returncode != 0:
            pass
        after = record.running(suite_at)
        assert after is not None
        assert next(process.restarts for process in after.processes if process.name == "complaints") == 1

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died; elsewhere `down` cleans up")
    def test_a_killed_runner_leaves_nothing_behind_and_the_next_one_starts(self, suite_at: Place) -> None:
        known, children = record.running(suite_at), processes_of(suite_at)
        assert known is not None
        os.kill(known.runner.pid, signal.SIGKILL)
        assert still_alive(children) == []
        assert probashi(suite_at, "status").returncode == 3
        assert probashi(suite_at, "up", "--detach", "--no-demo").returncode == 0

    def test_down_stops_all_and_frees_the_ports(self, suite_at: Place) -> None:
        known, children = record.running(suite_at), processes_of(suite_at)
        assert known is not None
        answer = probashi(suite_at, "down")
        assert (answer.returncode, answer.stdout) == (0, "Stopped.\n")
        assert still_alive(children) == []
        assert all(is_free(process.probe.port) for process in known.processes)
