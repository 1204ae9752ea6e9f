"""Files that people give us (photos, voice notes, papers), stored outside the database and sealed at rest.

`Files` is all that a service knows of them; `Folder` keeps them in a folder or a volume, another store needs the same four functions.
A file is written before the transaction that names it commits: what no record names after a time is swept (`sweep_orphans`).

At rest: `PF`, version, length and bytes of the file's own key, which the service's keyring seals for this id; then chunks under
AES-256-GCM. The nonce is the chunk's number and a mark on the last one, so that none can be moved, left out or cut off unseen.
"""

import asyncio
import base64
import hashlib
import os
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Protocol
from urllib.parse import quote
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Depends, Request
from starlette.responses import StreamingResponse

from contracts.text import Text
from kit.crypto import Keyring, SealError
from kit.errors import ConflictError, InvalidError, NotFoundError, TooLargeError
from kit.ids import new_id
from kit.media import ANYTHING, SHOWN_IN_PLACE, Kind, kind_of, what_it_is

CHUNK: Final = 256 * 1024
LOT: Final = 1000
_MAGIC: Final = b"PF\x01"
_UNFINISHED: Final = ".part"
_TAG: Final = 16
_KEY: Final = 32
_LAST: Final = b"\x01"
_NOT_LAST: Final = b"\x00"


class WrongKindError(InvalidError):
    slug = "wrong-kind-of-file"
    title = Text("This kind of file is not taken here.", "এ ধরনের ফাইল এখানে নেওয়া হয় না।")


class FileTooLargeError(TooLargeError):
    slug = "file-too-large"


class EmptyFileError(InvalidError):
    slug = "empty-file"
    title = Text("The file is empty. Choose it again.", "ফাইলটি খালি। আবার বেছে নিন।")


class FileGoneError(NotFoundError):
    slug = "file-gone"
    title = Text("The file is no longer kept.", "ফাইলটি আর সংরক্ষিত নেই।")


class WrongDigestError(ConflictError):
    slug = "wrong-digest"
    title = Text("The file did not arrive as it was sent. Send it again.", "ফাইলটি ঠিকভাবে পৌঁছায়নি। আবার পাঠান।")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the record that names it keeps. `media_type` was found in the content; what the sender called it plays no part."""

    id: UUID
    size: int
    sha256: bytes
    media_type: str


class Files(Protocol):
    async def put(self, content: AsyncIterable[bytes], *, most: int, kinds: Collection[Kind] = ANYTHING) -> StoredFile:
        """Raises `FileTooLargeError` beyond `most` bytes, `WrongKindError` and `EmptyFileError`; then nothing is kept.

        `kinds`: what the content may be; `ANYTHING` judges nothing.
        """
        ...

    def open(self, file_id: UUID) -> AsyncIterator[bytes]:
        """The content in parts. Raises `FileGoneError`, and `SealError` for what was altered: at that part, not before."""
        ...

    async def delete(self, file_id: UUID) -> None:
        """Does nothing for a file that is gone. Call it after the transaction that forgets the file."""
        ...

    async def ids(self, before: datetime) -> list[UUID]:
        """Files put before a moment: for whoever sweeps those that no record names."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in a folder that all replicas of one service see, readable by its owner only."""

    root: Path
    keyring: Keyring

    async def put(self, content: AsyncIterable[bytes], *, most: int, kinds: Collection[Kind] = ANYTHING) -> StoredFile:
        file_id = new_id()
        path = self._path(file_id)
        unfinished = path.with_suffix(_UNFINISHED)
        writer = await asyncio.to_thread(_Writer.begin, unfinished, file_id, self.keyring)
        try:
            kind, size, digest = await _write(writer, content, most=most, kinds=kinds)
            await asyncio.to_thread(writer.finish, path)
        except BaseException:
            await asyncio.to_thread(writer.give_up)
            raise
        return StoredFile(file_id, size, digest, kind)

    async def open(self, file_id: UUID) -> AsyncIterator[bytes]:
        chunks = _opened(self._path(file_id), file_id, self.keyring)
        try:
            while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
                yield chunk
        finally:
            chunks.close()

    async def delete(self, file_id: UUID) -> None:
        path = self._path(file_id)
        for one in (path, path.with_suffix(_UNFINISHED)):  # a process that was killed while it wrote leaves the second
            await asyncio.to_thread(one.unlink, missing_ok=True)

    async def ids(self, before: datetime) -> list[UUID]:
        return await asyncio.to_thread(lambda: [one for one in self._all() if put_at(one) < before])

    def _all(self) -> Iterator[UUID]:
        for path in self.root.glob("??/*"):
            with suppress(ValueError):
                yield UUID(path.stem)

    def _path(self, file_id: UUID) -> Path:
        # An id begins with its time: its end spreads files over 256 folders.
        return self.root / file_id.hex[-2:] / file_id.hex


async def sweep_orphans(files: Files, before: datetime, named: Callable[[Sequence[UUID]], Awaitable[set[UUID]]]) -> int:
    """Takes files put before a moment that no record names: of transactions that failed, and such as were forgotten. How many went.

    `named`: which of these a record of the service names; asked for each lot just before the others of it are deleted. `before` lies
    further back than any transaction lasts: a file that is about to be named is never looked at. Beside any number of replicas.
    """
    swept = 0
    old = await files.ids(before)
    for some in (old[start : start + LOT] for start in range(0, len(old), LOT)):
        for file_id in set(some) - await named(some):
            await files.delete(file_id)
            swept += 1
    return swept


def put_at(file_id: UUID) -> datetime:
    """When a file was put: the time in its id (UUIDv7, RFC 9562)."""
    return datetime.fromtimestamp((file_id.int >> 80) / 1000, UTC)


class _Writer:
    """One file under way: under its final name it is whole or not there."""

    def __init__(self, path: Path, file: BinaryIO, file_id: UUID, key: bytes) -> None:
        self._path = path
        self._file = file
        self._bound = file_id.bytes
        self._cipher = AESGCM(key)
        self._number = 0

    @classmethod
    def begin(cls, path: Path, file_id: UUID, keyring: Keyring) -> "_Writer":
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = secrets.token_bytes(_KEY)
        sealed = keyring.seal(base64.b64encode(key).decode(), _column(file_id))
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        file.write(_MAGIC + len(sealed).to_bytes(2) + sealed)
        return cls(path, file, file_id, key)

    def write(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._bound))
        self._number += 1

    def finish(self, path: Path) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def give_up(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


async def _write(writer: _Writer, content: AsyncIterable[bytes], *, most: int, kinds: Collection[Kind]) -> tuple[str, int, bytes]:
    digest, size, held, kind = hashlib.sha256(), 0, bytearray(), None
    async for part in content:
        size += len(part)
        if size > most:
            raise too_large(most)
        digest.update(part)
        held += part
        while len(held) > CHUNK:
            kind = kind or _judged(bytes(held[:CHUNK]), kinds)
            await asyncio.to_thread(writer.write, bytes(held[:CHUNK]), last=False)
            del held[:CHUNK]
    if size == 0:
        raise EmptyFileError
    kind = kind or _judged(bytes(held), kinds)
    await asyncio.to_thread(writer.write, bytes(held), last=True)
    return kind, size, digest.digest()


def too_large(most: int) -> FileTooLargeError:
    megabytes = f"{most / 1_000_000:.0f}" if most >= 1_000_000 else f"{most / 1_000_000:.2f}"  # noqa: PLR2004 - a megabyte
    return FileTooLargeError(Text(f"The file is larger than {megabytes} MB.", f"ফাইলটি {megabytes} মেগাবাইটের চেয়ে বড়।"))


def _judged(head: bytes, kinds: Collection[Kind]) -> str:
    kind = kind_of(head)
    if kinds is ANYTHING:
        return kind or "application/octet-stream"
    if kind is None or kind not in kinds:
        raise WrongKindError(what_it_is(head, kinds))
    return kind


def _opened(path: Path, file_id: UUID, keyring: Keyring) -> "_Chunks":
    return _Chunks(path, file_id, keyring)


class _Chunks:
    """The chunks of one file, opened one by one."""

    def __init__(self, path: Path, file_id: UUID, keyring: Keyring) -> None:
        self._path, self._id, self._keyring = path, file_id, keyring
        self._file: BinaryIO | None = None
        self._chunks = self._read()

    def __next__(self) -> bytes:
        return next(self._chunks)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _read(self) -> Iterator[bytes]:
        try:
            self._file = file = self._path.open("rb")
        except FileNotFoundError as error:
            raise FileGoneError from error
        left = os.fstat(file.fileno()).st_size
        head = file.read(len(_MAGIC) + 2)
        if head[: len(_MAGIC)] != _MAGIC:
            raise SealError(f"file {self._id} is not a sealed file of a known version")
        sealed = file.read(int.from_bytes(head[len(_MAGIC) :]))
        cipher = AESGCM(base64.b64decode(self._keyring.open(sealed, _column(self._id))))
        left -= len(head) + len(sealed)
        number = 0
        while True:
            chunk = file.read(CHUNK + _TAG)
            left -= len(chunk)
            try:
                yield cipher.decrypt(_nonce(number, last=left <= 0), chunk, self._id.bytes)
            except InvalidTag as error:
                raise SealError(f"file {self._id} does not open") from error
            if left <= 0:
                return
            number += 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + (_LAST if last else _NOT_LAST)


def _column(file_id: UUID) -> str:
    return f"file.{file_id}"


async def one_part(content: bytes) -> AsyncIterator[bytes]:
    """Content that is already in memory, as `Files.put` takes it."""
    yield content


def file_response(content: AsyncIterator[bytes], media_type: str, *, name: str, size: int | None = None) -> StreamingResponse:
    """Never something that a browser would run: pictures and sounds of known kinds are shown in place, all else is saved.

    What the file claims to be is never sniffed, and a page that opens it has no rights at all (`sandbox`). Nobody keeps a copy on the way.
    """
    kind = "inline" if media_type in SHOWN_IN_PLACE else "attachment"
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._- ") else "_" for char in name)
    headers = {
        "Content-Disposition": f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        **({"Content-Length": str(size)} if size is not None else {}),
    }
    return StreamingResponse(content, headers=headers, media_type=media_type)


async def _files_of(request: Request) -> Files:
    files: Files = request.state.files
    return files


FilesDep = Annotated[Files, Depends(_files_of)]
