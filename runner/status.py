"""`probashi status`: each process as it is now, asked by this command itself; exits 0 only when all are ready."""

import argparse
import asyncio
import time
from typing import Final

from runner import record
from runner.place import place
from runner.refusals import NotRunning
from runner.terminal import say

_NOT_READY: Final = NotRunning.code
_MINUTE: Final = 60
_HOUR: Final = 3600


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> int:
    where = place(arguments.state, arguments.port)
    known = record.running(where)
    if known is None:
        raise NotRunning(f"No suite runs on {where.state}. Start it: probashi up")
    answers = asyncio.run(_ask(known))
    say(f"{'process':<14} {'pid':>8} {'port':>6}  {'state':<10} {'restarts':>8}  up for")
    for process, ready in zip(known.processes, answers, strict=True):
        say(_line(process, ready=ready))
    say(f"The suite is {known.phase} at http://127.0.0.1:{known.base_port}")
    return 0 if known.phase == "ready" and all(answers) else _NOT_READY


async def _ask(known: record.Record) -> list[bool]:
    return await asyncio.gather(*(process.probe.answers() for process in known.processes))


def _line(process: record.ProcessRecord, *, ready: bool) -> str:
    alive = process.identity is not None and process.identity.process() is not None
    state = ("ready" if ready else "not ready") if alive else "dead"
    pid = process.identity.pid if alive and process.identity else "-"
    since = _span(time.time() - process.identity.began) if alive and process.identity else "-"
    return f"{process.name:<14} {pid:>8} {process.probe.port:>6}  {state:<10} {process.restarts:>8}  {since}"


def _span(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"
