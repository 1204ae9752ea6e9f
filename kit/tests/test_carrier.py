"""The company that carries texts in tests, as a process of its own: it outlives what is killed around it, and not whoever began it."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Final

import psutil
import pytest

from kit.testing.waiting import until

BEGINS_ONE: Final = """
import asyncio, pathlib, psutil, sys
from kit.testing.carrier import in_a_process_of_its_own
async def main():
    async with in_a_process_of_its_own(pathlib.Path(sys.argv[1]), 0):
        print(psutil.Process().children()[0].pid, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def is_there(pid: int) -> bool:
    """Nobody may be left to ask a dead one for its exit code."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
async def test_ends_with_whoever_began_it(tmp_path: Path, by: signal.Signals) -> None:
    command = (sys.executable, "-c", BEGINS_ONE, str(tmp_path))
    beginner = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE)
    assert beginner.stdout is not None
    company = int(await beginner.stdout.readline())
    assert is_there(company)
    beginner.send_signal(by)
    await beginner.wait()

    async def stays() -> bool:
        return is_there(company)

    await until(stays, expected=False, within=240)
