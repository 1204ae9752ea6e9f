"""The secrets of a local suite: made by chance at the first start, kept in its folder, readable by their owner only."""

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.place import Place


class Secrets:
    """One file; a secret is made when it is first asked for and stays the same afterwards, whichever process asks first."""

    def __init__(self, place: Place) -> None:
        self._file = place.keys / "secrets.json"
        self._known = self._read()

    def get(self, kind: str, name: str, length: int = 24) -> str:
        """So many bytes in base64url: safe in a URL and in a quoted SQL or NATS string."""
        key = f"{kind}/{name}"
        if key not in self._known:
            with self._alone():
                self._known = self._read()
                self._known.setdefault(key, secrets.token_urlsafe(length))
                self._write()
        return self._known[key]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The steps of `up` are processes of their own and ask at the same time."""
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        known: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        return known

    def _write(self) -> None:
        draft = self._file.with_suffix(".draft")
        write_private(draft, json.dumps(self._known, indent=1))
        draft.replace(self._file)


def write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text, encoding="utf-8")


def keyring(place: Place, service: str) -> Path:
    """The file of the keys with which this service encrypts fields; made once, each service has its own."""
    from kit.crypto import create_keyring  # noqa: PLC0415  # cryptography takes its time, and most commands need no key

    file = place.keys / f"{service}-keyring.json"
    if not file.exists():
        create_keyring(file)
    return file
