"""The command as a person meets it: what it says and its exit code when something is in its way."""

import os
import socket
import subprocess
import sys

import pytest

from runner import record
from runner.place import Place, is_free
from runner.refusals import DiskFull
from runner.suite import check_room


def probashi(place: Place, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    where = ("--state", str(place.state), "--port", str(place.base_port))
    whole = [sys.executable, "-m", "runner.main", command, *where, *arguments]
    return subprocess.run(whole, capture_output=True, text=True, check=False, timeout=240)  # our own command


class TestPortTaken:
    @pytest.mark.parametrize("flags", [(), ("--detach",)])
    def test_names_the_port_who_has_it_and_how_to_choose_another(self, place: Place, flags: tuple[str, ...]) -> None:
        with socket.create_server(("127.0.0.1", place.port("postgres"))):
            answer = probashi(place, "up", *flags)
        assert answer.returncode == 4
        said = answer.stdout + answer.stderr
        assert f"Port {place.port('postgres')}, which postgres needs, is taken by process {os.getpid()}" in said
        assert f"PROBASHI_PORT={place.base_port + 1000}" in said
        assert "Traceback" not in said

    def test_leaves_nothing_running(self, place: Place) -> None:
        with socket.create_server(("127.0.0.1", place.port("gateway"))):
            probashi(place, "up", "--detach")
        assert record.running(place) is None
        assert is_free(place.port("postgres"))


class TestStateInUse:
    def test_says_who_holds_it(self, place: Place) -> None:
        record.write(place, record.Record(record.identity_of(os.getpid()), place.base_port, "starting"))
        with record.sole_runner(place):
            answer = probashi(place, "up")
        assert answer.returncode == 6
        assert f"(process {os.getpid()}, base port {place.base_port})" in answer.stderr


class TestDiskFull:
    def test_says_how_much_is_free_and_what_to_do(self, place: Place) -> None:
        with pytest.raises(DiskFull, match=r"Only \d+ MB are free .* needs 1000000000000 MB"):
            check_room(place, 10**18)
        assert DiskFull.code == 5


class TestNotRunning:
    def test_status_says_so(self, place: Place) -> None:
        answer = probashi(place, "status")
        assert (answer.returncode, answer.stderr) == (3, f"No suite runs on {place.state}. Start it: probashi up\n")

    def test_down_is_content(self, place: Place) -> None:
        answer = probashi(place, "down")
        assert (answer.returncode, answer.stdout) == (0, "It is not running.\n")

    def test_a_token_needs_a_running_provider(self, place: Place) -> None:
        assert probashi(place, "token", "agent").returncode == 3


class TestCommandLine:
    def test_help_names_every_exit_code(self) -> None:
        answer = subprocess.run([sys.executable, "-m", "runner.main", "--help"], capture_output=True, text=True, check=True)
        assert all(f"  {code} " in answer.stdout for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 130))

    def test_an_unknown_command_is_wrong_usage(self, place: Place) -> None:
        assert probashi(place, "upp").returncode == 2

    def test_an_unknown_account_is_named(self, place: Place) -> None:
        answer = probashi(place, "token", "nobody")
        assert (answer.returncode, "no demo account nobody" in answer.stderr) == (1, True)
