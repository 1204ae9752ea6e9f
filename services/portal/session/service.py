"""Sessions from sign-in to sign-out: begun with tokens, found by cookie, refreshed by one request at a time, ended."""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.text import Text
from kit.auth import Caller, Verifier
from kit.crypto import Keyring, SealError, UnknownKeyError
from kit.database import Sessions
from kit.errors import UnauthenticatedError
from services.portal.people import service as people
from services.portal.session import repository, rules
from services.portal.session.clients import Provider, Tokens
from services.portal.session.models import ParkedForm, WebSession

_TOKENS = "web_session.tokens"
_FIELDS = "parked_form.fields"
Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in. `token` is good for the calls of this request."""

    caller: Caller
    token: str
    csrf: str
    id_hash: bytes
    name: Text


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that was this browser's and is over: enough to keep what its owner had typed, and nothing more."""

    subject: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Keeper:
    sessions: Sessions
    keyring: Keyring
    provider: Provider
    verifier: Verifier
    span: rules.Span
    parked_for: timedelta

    async def start(self, tokens: Tokens) -> tuple[str, Caller]:
        """The cookie's value, known to the browser only. Raises `UnauthenticatedError` where the access token is not for this suite."""
        caller = await self.verifier.verify(tokens.access)
        cookie, now = secrets.token_urlsafe(32), datetime.now(UTC)
        row = WebSession(
            id_hash=digest(cookie),
            csrf=secrets.token_urlsafe(32),
            tokens=self.keyring.seal(tokens.dump(), _TOKENS),
            started_at=now,
            seen_at=now,
        )
        async with self.sessions.begin() as session:
            await repository.sweep(session, sessions_before=now - self.span.whole, forms_before=now - self.parked_for)
            session.add(row)
            await people.remember(session, self.keyring, caller, _name_of(tokens, caller))
        return cookie, caller

    async def find(self, cookie: str) -> Visitor | Ended | None:
        id_hash, now = digest(cookie), datetime.now(UTC)
        async with self.sessions.begin() as session:
            row = await repository.find_session(session, id_hash)
            tokens = self._open(row) if row else None
            if row is None or tokens is None:
                return None
            if self.span.is_over(started_at=row.started_at, seen_at=row.seen_at, now=now):
                return Ended(tokens.subject, row.csrf)
            if rules.needs_touch(row.seen_at, now):
                await repository.touch(session, id_hash, now)
        return await self._visitor(row, tokens) or Ended(tokens.subject, row.csrf)

    async def end(self, id_hash: bytes) -> None:
        """Here first, then at the provider. Idempotent."""
        async with self.sessions.begin() as session:
            row = await repository.find_session(session, id_hash)
            await repository.delete_session(session, id_hash)
        tokens = self._open(row) if row else None
        if tokens is not None:
            await self.provider.end(tokens)

    async def keep_alive(self, id_hash: bytes) -> bool:
        """For a page that is watched and not touched. False once the session was ended."""
        now = datetime.now(UTC)
        async with self.sessions.begin() as session:
            row = await repository.find_session(session, id_hash)
            if row is None or self.span.is_over(started_at=row.started_at, seen_at=row.seen_at, now=now):
                return False
            if rules.needs_touch(row.seen_at, now):
                await repository.touch(session, id_hash, now)
        return True

    async def park(self, owner: str, path: str, fields: Fields) -> None:
        sealed = self.keyring.seal(json.dumps(dict(fields)), _FIELDS)
        form = ParkedForm(owner_hash=digest(owner), path=path, fields=sealed, parked_at=datetime.now(UTC))
        async with self.sessions.begin() as session:
            await repository.park(session, form)

    async def parked_path(self, owner: str) -> str | None:
        async with self.sessions.begin() as session:
            form = await repository.find_parked(session, digest(owner))
        return form.path if form and self._still_waits(form) else None

    async def take_parked(self, owner: str, path: str) -> Fields | None:
        """Shown once, to the account that typed it."""
        async with self.sessions.begin() as session:
            form = await repository.take_parked(session, digest(owner), path)
            if form is None or not self._still_waits(form):
                return None
            fields: Fields = json.loads(self.keyring.open(form.fields, _FIELDS))
        return fields

    def _still_waits(self, form: ParkedForm) -> bool:
        return datetime.now(UTC) - form.parked_at < self.parked_for

    async def _visitor(self, row: WebSession, tokens: Tokens) -> Visitor | None:
        if rules.needs_refresh(tokens.expires_at, time.time()):
            refreshed = await self._refresh(row.id_hash)
            if refreshed is None:
                return None
            tokens = refreshed
        try:
            caller = await self.verifier.verify(tokens.access)
        except UnauthenticatedError:
            return None
        return Visitor(caller, tokens.access, row.csrf, row.id_hash, _name_of(tokens, caller))

    async def _refresh(self, id_hash: bytes) -> Tokens | None:
        """The row stays locked during the call: a refresh token may be good for one use, and two tabs ask at once.

        Only requests of this one session wait, at most the call's five seconds.
        """
        async with self.sessions.begin() as session:
            row = await repository.lock_session(session, id_hash)
            tokens = self._open(row) if row else None
            if row is None or tokens is None:
                return None
            if rules.needs_refresh(tokens.expires_at, time.time()):
                tokens = await self.provider.refresh(tokens)
                if tokens is not None:
                    row.tokens = self.keyring.seal(tokens.dump(), _TOKENS)
        return tokens

    def _open(self, row: WebSession) -> Tokens | None:
        """None where the key was retired or the value altered: the person signs in again."""
        try:
            return Tokens.load(self.keyring.open(row.tokens, _TOKENS))
        except (SealError, UnknownKeyError):
            return None


def _name_of(tokens: Tokens, caller: Caller) -> Text:
    return Text(tokens.name or caller.username, tokens.name_bn or tokens.name or caller.username)


def digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
