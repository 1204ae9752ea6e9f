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
from tests.faults.conftest import dying

KILLED = ("postgres", "nats", "identity", "complaints", "agencies", "reintegration", "crisis", "registry", "monitor", "portal", "gateway")


async def demo(whole: Suite, loop: int) -> asyncio.subprocess.Process:
    command = ["demo", "--loop", str(loop), "--state", str(whole.place.state), "--port", str(whole.place.base_port)]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runner.main", *command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


async def walked(whole: Suite, loop: int, kills: dict[int, str]) -> None:
    """`kills`: after how many complaints which process is killed; each one finds the others on their feet."""
    with dying(whole.supervisor, KILLED, kills.values()):
        await walk(whole, loop, kills)


async def walk(whole: Suite, loop: int, kills: dict[int, str]) -> None:
    process = await demo(whole, loop)
    assert process.stdout is not None
    logged, lines = 0, []
    async for raw in process.stdout:
        lines.append(raw.decode().rstrip())
        if re.search(r"complaint C-", lines[-1]):
            logged += 1
            if logged in kills:
                await whole.supervisor.ready()
                os.kill(whole.supervisor.pid(kills[logged]), signal.SIGKILL)
    code = await process.wait()
    said = "\n".join(lines)
    assert code == 0, said
    assert logged == loop
    assert "each exactly once" in lines[-1], said
    await whole.supervisor.ready()


async def test_each_process_is_killed_once(whole: Suite) -> None:
    await walked(whole, 3 * len(KILLED) + 3, {3 * number: name for number, name in enumerate(KILLED, 1)})


@pytest.mark.full
@pytest.mark.parametrize("name", KILLED)
async def test_two_hundred_complaints_and_three_kills(whole: Suite, name: str) -> None:
    await walked(whole, 200, dict.fromkeys((20, 90, 160), name))


async def test_a_loss_would_be_noticed(whole: Suite) -> None:
    """The check itself can fail: it is told of one complaint more than was logged."""
    async with _api(whole.place) as api:
        counted = await _counted(api)
        with pytest.raises(StepFailed):
            await _until(lambda: _counted(api), (counted[0] + 1, counted[1] + 1), "one that was never logged", within_s=1)
