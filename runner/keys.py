"""The secrets of a local suite: made by chance at the first start, kept in its folder, readable by their owner only."""

import json
import secrets
from pathlib import Path

from runner.place import Place


class Secrets:
    """One file; a secret is made when it is first asked for and stays the same afterwards."""

    def __init__(self, place: Place) -> None:
        self._file = place.keys / "secrets.json"
        self._known: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}

    def get(self, kind: str, name: str) -> str:
        """Safe in a URL and in a quoted SQL or NATS string."""
        key = f"{kind}/{name}"
        if key not in self._known:
            self._known[key] = secrets.token_urlsafe(24)
            self._save()
        return self._known[key]

    def _save(self) -> None:
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
