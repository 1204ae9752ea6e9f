"""The journeys of `probashi demo`, as a newcomer runs them."""

import subprocess
import sys

from runner.demo import _api
from runner.place import PROJECT
from runner.suite import Suite


def demo(whole: Suite) -> subprocess.CompletedProcess[str]:
    command = ["demo", "--state", str(whole.place.state), "--port", str(whole.place.base_port)]
    return subprocess.run([sys.executable, "-m", "runner.main", *command], cwd=PROJECT, text=True, capture_output=True, check=False)


async def test_each_step_is_told_with_its_identifier(whole: Suite) -> None:
    said = demo(whole)
    assert said.returncode == 0, said.stdout + said.stderr
    for step in (
        "complaint C-",
        "logged by agent: গৃহীত হয়েছে",
        "each exactly once",
        "acknowledged by wing-beirut",
        "returnee R-",
        "case K-",
    ):
        assert step in said.stdout, said.stdout


async def test_a_step_that_fails_ends_it_with_an_error(whole: Suite) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "runner.main", "demo", "--state", str(whole.place.state / "nowhere")],
        cwd=PROJECT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert said.returncode != 0
    assert "make run" in said.stderr


async def test_somebody_is_on_duty_tonight(whole: Suite) -> None:
    async with _api(whole.place) as api:
        for account, mission in (("wing-riyadh", "LWW-RIYADH"), ("wing-beirut", "LWW-BEIRUT"), ("supervisor", "DHAKA")):
            shifts = (await api.get("/v1/crisis/rota", account))["items"]
            seats = {one["seat"] for one in shifts if one["mission"]["code"] == mission and one["is_now"]}
            assert {"on_duty", "second"} <= seats, account
