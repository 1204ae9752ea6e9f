"""The loop that fetches recordings from the company that has them: claimed in one transaction, fetched in none, kept in another."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from kit.bringers import Bringer, MediaGoneError, MediaNotNowError, MediaNotWholeError
from kit.crypto import Keyring
from kit.database import Sessions
from kit.errors import ProblemError
from kit.files import Files, StoredFile, one_part
from kit.media import kind_of
from kit.outward import Bounds, Outward, OutwardError, Refused
from kit.pictures import drawn_anew
from kit.pulse import Pulse, seconds_until, wait_for
from services.crisis.checkins.lists import ANSWERS
from services.crisis.checkins.recordings import repository, rules
from services.crisis.checkins.recordings.models import CrisisRecording
from services.crisis.checkins.recordings.rules import Fault, SentAs, State
from services.crisis.checkins.recordings.service import MEDIA_ID

log = logging.getLogger(__name__)

AT_ONCE: Final = 4
BREATH_S: Final = 1.0
IDLE_S: Final = 10.0
SWEPT_AT_ONCE: Final = 100
# Beside two requests, each within its bound: a large photo is drawn and written.
AFTERWARDS: Final = timedelta(seconds=60)
_FAULTS: Final = {
    Refused.SIZE: Fault.TOO_LARGE,
    **dict.fromkeys((Refused.ADDRESS, Refused.SCHEME, Refused.PRIVATE, Refused.HOST, Refused.REDIRECTS), Fault.ASTRAY),
    **dict.fromkeys((Refused.BROKEN, Refused.ENCODING), Fault.NOT_WHOLE),
}


class NotHadError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Fetcher:
    sessions: Sessions
    keyring: Keyring
    files: Files
    outward: Outward
    bringers: Mapping[str, Bringer]
    bounds: Bounds

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        known = state["known_carriers"]
        bounds = Bounds(body=known.recording_bytes, seconds=known.recording_seconds)
        return cls(state["sessions"], state["keyring"], state["files"], state["outward"], state["bringers"], bounds)

    async def claim(self) -> CrisisRecording | None:
        now = datetime.now(UTC)
        async with self.sessions.begin() as session:
            due = await repository.next_try(session)
            if due is None or due > now:
                return None
            return await repository.claim(session, now, now + timedelta(seconds=2 * self.bounds.seconds) + AFTERWARDS)

    async def fetch(self, one: CrisisRecording) -> None:
        try:
            stored, shown_as = await self._stored(one)
        except NotHadError as error:
            await self._put_off(one, error.fault)
            return
        values = {
            "state": State.KEPT,
            "file_id": stored.id,
            "media_type": shown_as,
            "size": stored.size,
            "sha256": stored.sha256,
            "kept_at": datetime.now(UTC),
            "media_id": None,
            "fault": None,
        }
        async with self.sessions.begin() as session:
            kept = await repository.settle(session, one.text_id, values)
        if not kept:
            await self.files.delete(stored.id)

    async def _stored(self, one: CrisisRecording) -> tuple[StoredFile, str]:
        content = await self._content(one)
        shown_as = rules.shown_as(kind_of(content[:64]), SentAs(one.sent_as))
        if shown_as is None:
            raise NotHadError(Fault.WRONG_KIND)
        try:
            if shown_as == rules.SHOWN_PICTURE:
                content = await drawn_anew(content)
            return await self.files.put(one_part(content), most=max(len(content), self.bounds.body)), shown_as
        except ProblemError as error:
            raise NotHadError(Fault.WRONG_KIND) from error

    async def _content(self, one: CrisisRecording) -> bytes:
        """Raises `NotHadError`."""
        bringer = self.bringers.get(one.provider)
        if bringer is None:
            raise NotHadError(Fault.AWAY)
        try:
            return await bringer.media(self.outward, self.keyring.open(one.media_id or b"", MEDIA_ID), self.bounds)
        except MediaGoneError as error:
            raise NotHadError(Fault.GONE) from error
        except MediaNotNowError as error:
            log.warning("a recording could not be fetched: %s", error.reason)
            raise NotHadError(Fault.NOT_WHOLE if isinstance(error, MediaNotWholeError) else Fault.NOT_GIVEN) from error
        except OutwardError as error:
            log.warning("a recording could not be fetched: %s", error.reason)
            raise NotHadError(_FAULTS.get(error.reason, Fault.AWAY)) from error

    async def _put_off(self, one: CrisisRecording, fault: Fault) -> None:
        now = datetime.now(UTC)
        values: dict[str, Any] = {"fault": fault, "next_try": now + rules.pause(one.attempts)}
        if rules.is_lost(fault, one.received_at, now):
            values = {"fault": fault, "state": State.LOST, "media_id": None}
        async with self.sessions.begin() as session:
            await repository.settle(session, one.text_id, values)

    async def forget(self, now: datetime) -> None:
        """What is old is forgotten by itself; files of what is forgotten are deleted, and only then named no more."""
        async with self.sessions.begin() as session:
            await repository.forget_before(session, now - timedelta(days=ANSWERS.recordings_days))
        await self.delete_forgotten()

    async def delete_forgotten(self) -> None:
        while True:
            async with self.sessions() as session:
                found = await repository.to_delete(session, SWEPT_AT_ONCE)
            for _, file_id in found:
                await self.files.delete(file_id)
            async with self.sessions.begin() as session:
                await repository.deleted(session, [text_id for text_id, _ in found])
            if len(found) < SWEPT_AT_ONCE:
                return


async def fetch_what_waits(state: Mapping[str, Any]) -> None:
    """Runs until cancelled; woken by texts, which the duty hears of too. Raises when the database goes away: it is started again."""
    fetcher, free = Fetcher.of(state), asyncio.Semaphore(AT_ONCE)
    pulse: Pulse = state["duty"]
    async with asyncio.TaskGroup() as group:
        group.create_task(_forget_what_is_over(fetcher))
        while True:
            beat = pulse.next_beat
            await free.acquire()
            claimed = await fetcher.claim()
            if claimed is not None:
                group.create_task(fetcher.fetch(claimed)).add_done_callback(lambda _: free.release())
                continue
            free.release()
            await asyncio.sleep(BREATH_S)
            await wait_for(beat, await _until_next(fetcher))


async def _until_next(fetcher: Fetcher) -> float:
    async with fetcher.sessions() as session:
        due = await repository.next_try(session)
    return seconds_until(due, datetime.now(UTC), IDLE_S)


async def _forget_what_is_over(fetcher: Fetcher) -> None:
    while True:
        await fetcher.forget(datetime.now(UTC))
        await asyncio.sleep(IDLE_S)
