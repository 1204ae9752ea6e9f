"""Fields at rest (AES-256-GCM under a keyring file), blind indexes, signatures (Ed25519), and boxes that others seal (`kit.boxes`).

A blind index finds a value without reading it.

Every key is derived (HKDF-SHA-256) for one service: the same file in two services makes neither readable nor comparable by the other.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Depends, Request

from kit import boxes

VERSION: Final = 1
_NONCE: Final = 12
_DRAWN: Final = 1024
_KEY: Final = 32
_HEAD: Final = 2


class KeyringError(Exception):
    """The keyring file is missing, unsafe or not a keyring. The service must not start."""


class UnknownKeyError(Exception):
    """A value is sealed under a key that this keyring does not hold."""


class SealError(Exception):
    """A sealed value was altered, cut short, or moved here from another column or service: these cannot be told apart."""


@dataclass(frozen=True)
class Keyring:
    """What one service seals with. Give it to those who need it; there is no global one.

    A sealed value is: version (1 byte), length of key id (1), key id, nonce (12), ciphertext and tag; all before the ciphertext is
    authenticated together with `table.column`. A key is good for 2³² values.
    """

    active: str
    _ciphers: Mapping[str, AESGCM] = field(repr=False)
    _index: HMAC = field(repr=False)
    _signers: Mapping[str, Ed25519PrivateKey] = field(repr=False)
    _receivers: Mapping[str, EllipticCurvePrivateKey] = field(repr=False)

    @classmethod
    def load(cls, path: Path, *, service: str) -> Self:
        """Raises `KeyringError`, also where others than the owner can read the file."""
        content = _read(path)
        try:
            ciphers = {key_id: AESGCM(_derive(entry["secret"], f"seal:{service}")) for key_id, entry in content["keys"].items()}
            signers = {
                key_id: Ed25519PrivateKey.from_private_bytes(_derive(entry["secret"], f"sign:{service}"))
                for key_id, entry in content["keys"].items()
            }
            receivers = {
                key_id: boxes.private_key(b"".join(_derive(entry["secret"], f"box:{service}:{half}") for half in (1, 2)))
                for key_id, entry in content["keys"].items()
            }
            keyring = cls(content["active"], ciphers, HMAC(_derive(content["index"], f"index:{service}"), SHA256()), signers, receivers)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise KeyringError(f"{path} is not a keyring") from error
        if keyring.active not in ciphers:
            raise KeyringError(f"{path} does not hold its active key")
        return keyring

    def seal(self, value: str, column: str) -> bytes:
        """`column` is `table.column`: what is sealed for one opens in no other."""
        header = bytes([VERSION, len(self.active)]) + self.active.encode()
        nonce = secrets.token_bytes(_NONCE)
        return header + nonce + self._ciphers[self.active].encrypt(nonce, value.encode(), header + column.encode())

    def sealer(self, column: str) -> Callable[[str], bytes]:
        """`seal` for many values of one column: what is the same for all is made once, and chance is drawn for many at a time."""
        header = bytes([VERSION, len(self.active)]) + self.active.encode()
        bound, encrypt, draw = header + column.encode(), self._ciphers[self.active].encrypt, _nonces().__next__

        def seal(value: str) -> bytes:
            nonce = draw()
            return header + nonce + encrypt(nonce, value.encode(), bound)

        return seal

    def open(self, sealed: bytes, column: str) -> str:
        """Raises `SealError`, or `UnknownKeyError` where the key was removed from the keyring."""
        key_id, start = _key_id(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKeyError(f"key {key_id} of {column} is not in the keyring")
        nonce, body = sealed[start : start + _NONCE], sealed[start + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, sealed[:start] + column.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealError(f"a value of {column} does not open") from error

    def is_stale(self, sealed: bytes) -> bool:
        """Whether a value is still sealed under an older key: open and seal it again."""
        return _key_id(sealed)[0] != self.active

    def sign(self, message: bytes) -> bytes:
        """Ed25519 under the active key: the same 64 bytes for the same message."""
        return self._signers[self.active].sign(message)

    def public_keys(self) -> Mapping[str, bytes]:
        """32 bytes for each key id, the older ones included: what was signed before a rotation can still be verified."""
        return {key_id: signer.public_key().public_bytes_raw() for key_id, signer in self._signers.items()}

    def box_key(self) -> tuple[str, bytes]:
        """The active key id and the public half with which a device seals what only this service opens (`kit.boxes`)."""
        return self.active, boxes.public_bytes(self._receivers[self.active])

    def open_box(self, key_id: str, box: bytes, context: bytes) -> bytes:
        """Raises `SealError`, or `UnknownKeyError` where this keyring never had the key, or no longer has it."""
        receiver = self._receivers.get(key_id)
        if receiver is None:
            raise UnknownKeyError(f"box key {key_id[:16]!r} is not in the keyring")
        try:
            return boxes.open_box(receiver, box, context)
        except (InvalidTag, ValueError) as error:
            raise SealError("a box does not open") from error

    def blind_index(self, value: str, kind: str) -> bytes:
        """The same 32 bytes for the same normalised value and `kind` (`phone`, `passport`); of no use without this service's key."""
        mac = self._index.copy()  # the key is worked in once: a third of the time that `hmac.digest` takes
        mac.update(f"{kind}\0{value}".encode())
        return mac.finalize()


async def _keyring_of(request: Request) -> Keyring:
    keyring: Keyring = request.state.keyring
    return keyring


KeyringDep = Annotated[Keyring, Depends(_keyring_of)]


def _nonces() -> Iterator[bytes]:
    while True:
        drawn = secrets.token_bytes(_NONCE * _DRAWN)
        yield from (drawn[at : at + _NONCE] for at in range(0, len(drawn), _NONCE))


def create_keyring(path: Path) -> None:
    """A new file with one key, readable by its owner only. Raises `KeyringError` where there is one already."""

    def first() -> dict[str, Any]:
        if path.exists():
            raise KeyringError(f"{path} is there already")
        return {"version": VERSION, "active": key_id, "keys": {key_id: entry}, "index": _new_secret()}

    key_id, entry = _new_key()
    _write(path, first)


def rotate(path: Path) -> str:
    """Adds a key, makes it the active one, keeps the others for reading, and returns its id. Running processes must load the file again.

    The index key stays: a new one would need every index to be computed again.
    """

    def with_one_more() -> dict[str, Any]:
        content = _read(path)
        return {**content, "keys": {**content["keys"], key_id: entry}, "active": key_id}

    key_id, entry = _new_key()
    _write(path, with_one_more)
    return key_id


def _key_id(sealed: bytes) -> tuple[str, int]:
    if len(sealed) < _HEAD or sealed[0] != VERSION:
        raise SealError("this is not a sealed value of a known version")
    start = _HEAD + sealed[1]
    return sealed[_HEAD:start].decode("ascii", "replace"), start


def _derive(secret: str, purpose: str) -> bytes:
    master = base64.b64decode(secret, validate=True)
    if len(master) != _KEY:
        raise ValueError("a key has 32 bytes")
    return HKDF(SHA256(), _KEY, None, f"probashi:{VERSION}:{purpose}".encode()).derive(master)


def _new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY)).decode()


def _new_key() -> tuple[str, dict[str, str]]:
    secret = _new_secret()
    return sha256(secret.encode()).hexdigest()[:8], {"secret": secret, "created": datetime.now(UTC).isoformat(timespec="seconds")}


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8") as file:
            _refuse_readable_by_others(os.fstat(file.fileno()), path)
            content = json.load(file)
    except (OSError, ValueError) as error:
        raise KeyringError(f"{path} cannot be read as a keyring: {type(error).__name__}") from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise KeyringError(f"{path} is not a keyring of version {VERSION}")
    return content


def _refuse_readable_by_others(status: os.stat_result, path: Path) -> None:
    # A Secret that Kubernetes mounts belongs to root and is read through the group of the pod: there the group may read.
    refused = 0o077 if status.st_uid == os.geteuid() else 0o027
    if status.st_mode & refused:
        raise KeyringError(f"{path} is open to others (mode {status.st_mode & 0o777:o}): chmod 600")


def _write(path: Path, content: Callable[[], Mapping[str, Any]]) -> None:
    """Whole or not at all. The new file doubles as the lock, taken before the old one is read: no rotation loses another's key."""
    new = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyringError(f"{new} exists: another change is under way, or one was cut short and it can be removed") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content(), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink()
        raise
