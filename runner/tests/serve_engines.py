"""A runner of its own for the tests that kill one: PostgreSQL, NATS and one more child. Arguments: state folder, base port."""

import asyncio
import json
import signal
import sys
from pathlib import Path

from runner import nats, postgres
from runner.keys import Secrets
from runner.place import HOST, Place
from runner.processes import Spec, Supervisor
from runner.readiness import Probe
from runner.terminal import say

LISTENS = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(600)"


async def main() -> None:
    place = Place(Path(sys.argv[1]), int(sys.argv[2]))
    place.make_folders()
    http = f"{HOST}:{place.port('nats-monitor')}"
    broker = {"host": HOST, "port": place.port("nats"), "http": http, "jetstream": {"store_dir": str(nats.store(place))}}
    listener = (sys.executable, "-c", LISTENS, str(place.port("crisis")))
    supervisor = Supervisor(place, say)
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, asked.set)
    specs = [
        postgres.process(place, Secrets(place), say),
        nats.process(place, json.dumps(broker)),
        Spec("crisis", listener, Probe("tcp", place.port("crisis")), 3),
    ]
    await supervisor.start(specs)
    supervisor.enter("ready")
    say("ready")
    await asked.wait()
    await supervisor.stop()


asyncio.run(main())
