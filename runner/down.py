"""`probashi down`: asks the runner to stop, and ends what a killed runner may have left behind."""

import argparse
import signal
from typing import Final

import psutil

from runner import record
from runner.place import place
from runner.terminal import say

_PATIENCE: Final = 10.0


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> int:
    """Idempotent: a suite that does not run is no failure."""
    known = record.read(place(arguments.state, arguments.port))
    runner = known.runner.process() if known else None
    if known is None or (runner is None and not _children(known)):
        say("It is not running.")
        return 0
    if runner is not None:
        runner.send_signal(signal.SIGTERM)
        psutil.wait_procs([runner], _PATIENCE)
    left = [*_children(known), *(process for process in [known.runner.process()] if process)]
    for process in left:
        process.kill()
    psutil.wait_procs(left, _PATIENCE)
    say("Stopped.")
    return 0


def _children(known: record.Record) -> list[psutil.Process]:
    found = (it.identity.process() for it in known.processes if it.identity is not None)
    return [process for process in found if process is not None]
