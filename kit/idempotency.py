"""The same POST twice is one effect: the answer is kept under the caller's `Idempotency-Key`, in the transaction of the effect.

What is kept of a body is a keyed hash, and of an answer a sealed copy, where the service has a keyring: either may be about a person.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, LargeBinary, Select, Table, Text, and_, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text as Words
from kit.crypto import Keyring
from kit.database import SessionDep
from kit.errors import ConflictError, InvalidError
from kit.plumbing import plumbing

idempotency = Table(
    "idempotency",
    plumbing,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("location", Text),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

REPLAYED: Final = "Idempotency-Replayed"
SEALED_AS: Final = "idempotency.body"
Answer = TypeVar("Answer", bound=BaseModel)


def _lock_and_look() -> Select[Any]:
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("lock", type_=Text), 0)).label("is_ours")
    one = select(lock).subquery()
    mine = and_(idempotency.c.caller == bindparam("caller", type_=Text), idempotency.c.key == bindparam("key", type_=Text))
    kept = (idempotency.c.request_hash, idempotency.c.location, idempotency.c.body)
    return select(one.c.is_ours, *kept).select_from(one.outerjoin(idempotency, mine))


# Built once: each POST runs both.
LOCK_AND_LOOK: Final = _lock_and_look()
KEEP: Final = insert(idempotency)


class KeyReusedError(InvalidError):
    slug = "idempotency-key-reused"
    title = Words(
        "This Idempotency-Key was used for another request. Use a new key.",
        "এই Idempotency-Key অন্য একটি অনুরোধে ব্যবহৃত হয়েছে। নতুন কী ব্যবহার করুন।",
    )


class StillRunningError(ConflictError):
    slug = "idempotency-still-running"
    title = Words("The same request is still being handled. Wait a moment.", "একই অনুরোধ এখনো প্রক্রিয়াধীন। একটু অপেক্ষা করুন।")


class Once:
    """Runs an effect once per caller and key. Without a key the effect just runs."""

    def __init__(self, request: Request, session: AsyncSession, key: str | None) -> None:
        self._request = request
        self._session = session
        self._key = key
        self._keyring: Keyring | None = getattr(request.state, "keyring", None)

    async def __call__(self, caller: str, effect: Callable[[], Awaitable[Answer]], *, location: Callable[[Answer], str]) -> Response:
        """Answers 201 with the model of `effect`, or what it answered the first time. `caller` keeps one client's keys from another's.

        Raises `KeyReusedError` for another body, `StillRunningError` while the first is under way; holds a transaction lock on the key.
        """
        if self._key is None:
            result = await effect()
            return _created(result.model_dump_json().encode(), location(result))
        fingerprint = await self._fingerprint()
        if kept := await self._kept(caller, fingerprint):
            return kept
        result = await effect()
        body, place = result.model_dump_json().encode(), location(result)
        await self._keep(caller, fingerprint, body, place)
        return _created(body, place)

    async def _fingerprint(self) -> bytes:
        url = self._request.url
        digest = hashlib.sha256(f"{self._request.method} {url.path}?{url.query}\n".encode())
        digest.update(await self._request.body())
        return digest.digest()

    def _keyed(self, fingerprint: bytes) -> bytes:
        """A plain hash of a short body could be found again by trying what people write."""
        return self._keyring.blind_index(fingerprint.hex(), "request") if self._keyring else fingerprint

    async def _kept(self, caller: str, fingerprint: bytes) -> Response | None:
        # Lock and look in one round trip. What another request commits between the two is not seen here: `_keep` meets it.
        row = (await self._session.execute(LOCK_AND_LOOK, {"lock": f"{caller} {self._key}", "caller": caller, "key": self._key})).one()
        if not row.is_ours:
            raise StillRunningError
        if row.request_hash is None:
            return None
        if row.request_hash not in {self._keyed(fingerprint), fingerprint}:  # the second: kept before there were keyed ones
            raise KeyReusedError
        return _created(self._opened(row.body), row.location, {REPLAYED: "true"})

    async def _keep(self, caller: str, fingerprint: bytes, body: bytes, place: str) -> None:
        values = {
            "caller": caller,
            "key": self._key,
            "request_hash": self._keyed(fingerprint),
            "location": place,
            "body": self._keyring.seal(body.decode(), SEALED_AS) if self._keyring else body,
            "created_at": datetime.now(UTC),
        }
        try:
            await self._session.execute(KEEP, values)
        except IntegrityError as error:
            raise StillRunningError from error

    def _opened(self, kept: bytes) -> bytes:
        if self._keyring is None or kept.startswith(b"{"):  # the second: kept before answers were sealed
            return kept
        return self._keyring.open(kept, SEALED_AS).encode()


def _created(body: bytes, location: str, headers: dict[str, str] | None = None) -> Response:
    return Response(body, 201, {"Location": location, **(headers or {})}, media_type="application/json")


async def _once(
    request: Request,
    session: SessionDep,
    idempotency_key: Annotated[str | None, Header(min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+$")] = None,
) -> Once:
    return Once(request, session, idempotency_key)


OnceDep = Annotated[Once, Depends(_once, scope="function")]
