"""Where one suite lives on this machine: its services, its folder of state and its ports. Two suites differ in both and never meet."""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kit.ports import OFFSETS

PROJECT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000
# A service is a folder of `services/` that has a `main.py`.
SERVICES: Final = tuple(name for name in OFFSETS if (PROJECT / "services" / name / "main.py").exists())
_HIGHEST_BASE: Final = 32_000 - max(OFFSETS.values())  # Linux gives outgoing connections ports from 32768


@dataclass(frozen=True, slots=True)
class Place:
    state: Path
    base_port: int

    @property
    def public_url(self) -> str:
        return f"http://{HOST}:{self.base_port}"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def keys(self) -> Path:
        return self.state / "keys"

    def files(self, service: str) -> Path:
        """What people sent to a service: photos, voice notes, papers, sealed."""
        return self.state / "files" / service

    def port(self, name: str) -> int:
        return self.base_port + OFFSETS[name]

    def url(self, name: str) -> str:
        """Reaches the process directly, not through the gateway."""
        return f"http://{HOST}:{self.port(name)}"

    def make_folders(self) -> None:
        """Only the owner may look into keys, logs, files and the record; the folder itself is open to PostgreSQL's user."""
        self.state.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.logs, self.keys, self.state / "files"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)  # also one that was unpacked from a copy, or put there by somebody else: that raises


def place(state: str | Path | None = None, base_port: int | None = None) -> Place:
    """What the command line says, else `PROBASHI_STATE` and `PROBASHI_PORT`, else `.local` and 8000."""
    environment = os.environ  # noqa: TID251  # these two say which suite is meant, before any settings exist
    folder = Path(state or environment.get("PROBASHI_STATE") or PROJECT / ".local")
    return Place(folder.absolute(), base_port or int(environment.get("PROBASHI_PORT") or DEFAULT_PORT))


@contextmanager
def temporary_place() -> Iterator[Place]:
    """Beside the first suite, and gone with the block. PostgreSQL's own user, when all this runs as root, passes through its folder."""
    with TemporaryDirectory(prefix="probashi-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        here = Place(Path(folder) / "state", free_base_port())
        here.make_folders()
        yield here


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_base_port() -> int:
    """A base whose every port is free at this moment, for a suite beside the first one."""
    while True:
        base = random.randrange(20_000, _HIGHEST_BASE)  # noqa: S311  # chance keeps two callers apart, it hides nothing
        if all(is_free(base + offset) for offset in OFFSETS.values()):
            return base
