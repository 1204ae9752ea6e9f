"""Killing any one process with -9 while complaints are logged: every complaint is counted exactly once, in agencies and in the monitor."""

import asyncio
import os
import re
import signal
import sys

import pytest

from runner.api import StepFailed
from runner.demo import _api, _counted, _until
from runner.place import PROJECT
from runner.suite import Suite

KILLED = ("postgres", "nats", "identity", "complaints", "agencies", "reintegration", "crisis", "registry", "monitor", "portal", "gateway")


async def demo(whole: Suite, loop: int) -> asyncio.subprocess.Process:
    command = ["demo", "--loop", str(loop), "--state", str(whole.place.state), "--port", str(whole.place.base_port)]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runner.main", *command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


async def walked(whole: Suite, name: str, loop: int, kill_at: set[int]) -> None:
    process = await demo(whole, loop)
    assert process.stdout is not None
    logged, lines = 0, []
    async for raw in process.stdout:
        lines.append(raw.decode().rstrip())
        if re.search(r"complaint C-", lines[-1]):
            logged += 1
            if logged in kill_at:
                os.kill(whole.supervisor.pid(name), signal.SIGKILL)
    code = await process.wait()
    said = "\n".join(lines)
    assert code == 0, said
    assert logged == loop
    assert "each exactly once" in lines[-1], said
    await whole.supervisor.ready()


@pytest.mark.parametrize("name", KILLED)
async def test_twenty_complaints_and_one_kill(whole: Suite, name: str) -> None:
    before = whole.supervisor.restarts(name)
    await walked(whole, name, 20, {7})
    assert whole.supervisor.restarts(name) == before + 1


@pytest.mark.full
@pytest.mark.parametrize("name", KILLED)
async def test_two_hundred_complaints_and_three_kills(whole: Suite, name: str) -> None:
    await walked(whole, name, 200, {20, 90, 160})


async def test_a_loss_would_be_noticed(whole: Suite) -> None:
    """The check itself can fail: it is told of one complaint more than was logged."""
    async with _api(whole.place) as api:
        counted = await _counted(api)
        with pytest.raises(StepFailed):
            await _until(lambda: _counted(api), (counted[0] + 1, counted[1] + 1), "one that was never logged", within_s=1)
