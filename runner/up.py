"""`probashi up`: the suite in the foreground until Ctrl-C, or in the background with `--detach`."""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Final

from runner import record, suite
from runner.place import PROJECT, Place, place
from runner.terminal import Say, say, timed

_INTERRUPTED: Final = 130
_ACCOUNTS: Final = "agent · demo-cumilla · wing-riyadh · wing-beirut · agency-one · decider · analyst"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--detach", action="store_true", help="return when all is ready; stop it with `probashi down`")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo data at the first start")


def run(arguments: argparse.Namespace) -> int:
    where = place(arguments.state, arguments.port)
    if arguments.detach:
        return _detach(where, no_demo=arguments.no_demo)
    return asyncio.run(_foreground(where, no_demo=arguments.no_demo))


async def _foreground(where: Place, *, no_demo: bool) -> int:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    say(f"Probashi begins at {where.public_url}; its state lies in {where.state}")
    serving = asyncio.create_task(_serve(where, asked, timed(say), no_demo=no_demo))
    asking = asyncio.create_task(asked.wait())
    await asyncio.wait({serving, asking}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done() and not _is_ready(where):
        serving.cancel()
        await asyncio.wait({serving})
        say("Interrupted; everything is stopped.")
        return _INTERRUPTED
    asking.cancel()
    await serving
    return 0


async def _serve(where: Place, asked: asyncio.Event, tell: Say, *, no_demo: bool) -> None:
    async def load_once(at: Place) -> None:
        if not no_demo:
            await _load_demo_once(at, tell)

    async with suite.running(where, load=load_once, say=tell) as running:
        say(f"{_invitation(where)}\nCtrl-C stops it.")
        stopping = asyncio.create_task(asked.wait())
        failing = asyncio.create_task(running.supervisor.until_failed())
        done, _ = await asyncio.wait({stopping, failing}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        failing.cancel()
        if failing in done:
            failing.result()
    say("Stopped.")


def _is_ready(where: Place) -> bool:
    known = record.read(where)
    return known is not None and known.phase == "ready"


async def _load_demo_once(where: Place, tell: Say) -> None:
    marker = where.run / "demo-loaded"
    if marker.exists() or find_spec("runner.demo") is None:
        return
    tell("loading the demo data")
    await import_module("runner.demo").load(where)
    marker.touch()


def _invitation(where: Place) -> str:
    return f"Ready: {where.public_url}\nDemo accounts: {_ACCOUNTS} (all: `probashi token --list`)"


def _detach(where: Place, *, no_demo: bool) -> int:
    """The background process writes to a file only: a caller with a pipe gets its end of file when this one returns."""
    where.make_folders()
    if (known := record.running(where)) is not None and known.phase == "ready":
        say(f"It is running already.\n{_invitation(where)}")
        return 0
    log = where.logs / "runner.log"
    command = [sys.executable, "-m", "runner.main", "up", "--state", str(where.state), "--port", str(where.base_port)]
    command += ["--no-demo"] if no_demo else []
    with log.open("ab") as output, log.open(encoding="utf-8") as progress:
        progress.seek(0, os.SEEK_END)
        runner = subprocess.Popen(  # noqa: S603  # our own command
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            return _follow(where, runner, progress)
        except KeyboardInterrupt:
            runner.terminate()
            runner.wait()
            return _INTERRUPTED


def _follow(where: Place, runner: subprocess.Popen[bytes], progress: IO[str]) -> int:
    while True:
        ended, known = runner.poll() is not None, record.running(where)
        sys.stdout.write(progress.read().replace("Ctrl-C stops it.", "`probashi down` stops it."))
        sys.stdout.flush()
        if ended:
            return runner.returncode or 1
        if known is not None and known.runner.pid == runner.pid and known.phase == "ready":
            runner.returncode = 0  # it goes on without us: nobody waits for it any more
            return 0
        time.sleep(0.05)
