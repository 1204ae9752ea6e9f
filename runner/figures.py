"""`probashi figures`: the monitor's figures anew from its facts, while events come. A difference is a defect, told by the exit code."""

import argparse
import asyncio

from kit.database import make_engine, make_sessions
from runner import postgres, record
from runner.keys import Secrets
from runner.place import Place, place
from runner.refusals import NotRunning
from runner.terminal import say
from services.monitor.evidence.rules import Rebuilt
from services.monitor.evidence.service import rebuild


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("rebuild",), help="count all facts again and compare with what was kept")


def run(arguments: argparse.Namespace) -> int:
    where = place(arguments.state, arguments.port)
    running = record.running(where)
    if running is None:
        raise NotRunning(f"No suite runs on {where.state}. Start it: make run")
    where = Place(where.state, running.base_port)
    done = asyncio.run(rebuilt(postgres.database_url(where, Secrets(where), "monitor")))
    if done.same:
        say(f"{done.after.rows} figures built anew: no difference")
        return 0
    say(f"{done.after.rows} figures built anew; the {done.before.rows} that stood before were others. The new ones stand.")
    return 1


async def rebuilt(database_url: str) -> Rebuilt:
    engine = make_engine(database_url, pool=1, statement_s=None)
    try:
        async with make_sessions(engine).begin() as session:
            return await rebuild(session)
    finally:
        await engine.dispose()
