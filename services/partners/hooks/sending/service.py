"""The loop that sends: an endpoint with something to do has a lane of its own, so that one that is dead or slow holds up no other.

What is to be sent is claimed in one transaction, where consent and agreement are judged; called in none; settled in another. A sender
that dies leaves attempts without an end, and their events go out again, under the same ids, when its claim is over. While calls are under
way, what came of others is settled and more is claimed: an endpoint that answers well waits for no transaction.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.crypto import Keyring
from kit.database import Sessions
from kit.errors import place_of
from kit.outward import Bounds, Outward, OutwardError
from kit.policy import Share
from kit.pulse import Pulse, wait_for
from kit.sharing_log import record_decisions
from services.partners.feed.rules import may_be_given
from services.partners.feed.service import asker_of, noted
from services.partners.hooks import rules
from services.partners.hooks.models import Endpoint
from services.partners.hooks.repository import CHANNEL, end_what_waits
from services.partners.hooks.rules import EndpointState
from services.partners.hooks.sending import repository
from services.partners.hooks.sending.repository import Settled, Waiting
from services.partners.hooks.service import secrets_of
from services.partners.sharing import shares

log = logging.getLogger(__name__)

SETTLE_S: Final = 10.0
# One transaction settles what ends about the same time.
GATHER_S: Final = 0.02
GONE: Final = 410
DELIVERED: Final = "delivered"
FAULT: Final = "fault-of-ours"


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt, with all that it needs outside of the database."""

    event_id: UUID
    number: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    url: str
    secrets: Sequence[str]
    calls: Sequence[Call]


@dataclass(frozen=True, slots=True)
class Sender:
    sessions: Sessions
    keyring: Keyring
    outward: Outward
    seconds: float

    async def run(self, pulse: Pulse) -> None:
        """Runs until cancelled. Raises when the database goes away: it is started again."""
        lanes: dict[UUID, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                beat = pulse.next_beat
                waiting, now = await self.look(), datetime.now(UTC)
                for endpoint_id, at in waiting.items():
                    if at <= now and endpoint_id not in lanes:
                        lanes[endpoint_id] = lane = group.create_task(self.send_all(endpoint_id))
                        lane.add_done_callback(lambda _, one=endpoint_id: lanes.pop(one))  # type: ignore[misc]  # bound per turn
                await wait_for(beat, rules.rest(waiting.values(), now))

    async def look(self) -> Mapping[UUID, datetime]:
        """Endpoints that have something to do, and from when; dead letters are laid aside first."""
        now = datetime.now(UTC)
        async with self.sessions.begin() as session:
            await repository.bury(session, now)
            return await repository.list_next(session)

    async def send_all(self, endpoint_id: UUID) -> None:
        """All that is due there now."""
        async with self.outward.kept() as outward, asyncio.TaskGroup() as group:
            await Lane(self, endpoint_id, outward, group).run()

    async def claim(self, endpoint_id: UUID, most: int) -> Claim | None:
        """None where nothing is to be done there; without calls where all of it was set aside."""
        now = datetime.now(UTC)
        async with self.sessions.begin() as session:
            held = await repository.hold(session, endpoint_id, now)
            if held is None:
                return None
            endpoint, code = held
            waiting = await repository.list_waiting(session, endpoint_id, now, rules.at_once(endpoint.failures, most))
            if not waiting:
                return None
            given = shares(await asker_of(session, endpoint.organisation_id, code))
            aside = {one.event_id: reason for one in waiting if (reason := _why_not(one, given))}
            sent = [one for one in waiting if one.event_id not in aside]
            await repository.set_aside(session, endpoint_id, aside, now)
            await _note_decided(session, endpoint, code, given, waiting, aside)
            # As long as the slowest may take, and its settling; after that it is anybody's.
            until = now + timedelta(seconds=self.seconds + SETTLE_S)
            await repository.begin(session, endpoint_id, [one.event_id for one in sent], now, until)
            calls = [Call(one.event_id, one.attempts + 1, _body(one)) for one in sent]
            return Claim(endpoint.url, secrets_of(self.keyring, endpoint, now), calls)

    async def call(self, outward: Outward, claim: Claim, call: Call) -> Settled:
        headers = rules.headers(claim.secrets, str(call.event_id), int(datetime.now(UTC).timestamp()), call.body)
        bounds = Bounds(body=rules.MOST_BYTES, seconds=self.seconds, redirects=0)
        status: int | None = None
        try:
            answer = await outward.post(claim.url, bounds, call.body, headers)
            status = answer.status
            outcome = DELIVERED if 200 <= status < 300 else f"status-{status}"  # noqa: PLR2004 - what HTTP calls success
        except OutwardError as error:
            outcome = str(error.reason)
        except Exception as error:  # noqa: BLE001 - whatever one address brings about holds up no other; its words may hold the address
            log.error("event %s: unexpected %s at %s", call.event_id, type(error).__name__, place_of(error))  # noqa: TRY400 - as above
            outcome = FAULT
        now = datetime.now(UTC)
        due = None if outcome == DELIVERED else now + rules.pause(call.number)
        return Settled(call.event_id, call.number, now, status, outcome, due)

    async def settle(self, endpoint_id: UUID, settled: Sequence[Settled]) -> None:
        async with self.sessions.begin() as session:
            # The endpoint first, as everywhere: in another order, two would wait for each other.
            endpoint = await session.get_one(Endpoint, endpoint_id, with_for_update={"key_share": True})
            await repository.settle(session, endpoint_id, settled)
            _note(endpoint, settled)
            if endpoint.state == EndpointState.GONE:
                await end_what_waits(session, endpoint_id, rules.CLOSED[EndpointState.GONE], settled[-1].ended_at)


@dataclass(slots=True)
class Lane:
    """The calls to one endpoint. `most` at once: doubled as long as all is taken, one after a failure."""

    sender: Sender
    endpoint_id: UUID
    outward: Outward
    group: asyncio.TaskGroup
    most: int = rules.AT_ONCE
    under_way: set[asyncio.Task[Settled]] = field(default_factory=set)

    async def run(self) -> None:
        """Until nothing is due there."""
        while True:
            claim = await self.sender.claim(self.endpoint_id, self.most) if len(self.under_way) < self.most else None
            if claim is not None:
                calls = (self.sender.call(self.outward, claim, one) for one in claim.calls)
                self.under_way |= {self.group.create_task(one) for one in calls}
            if self.under_way:
                await self._settle()
            elif claim is None:
                return

    async def _settle(self) -> None:
        """What came of the first that end, and of those that end soon after."""
        await asyncio.wait(self.under_way, return_when=asyncio.FIRST_COMPLETED)
        ended, self.under_way = await asyncio.wait(self.under_way, timeout=GATHER_S)
        settled = [one.result() for one in ended]
        self.most = rules.grown(self.most, failed=any(one.outcome != DELIVERED for one in settled))
        await self.sender.settle(self.endpoint_id, settled)


def _why_not(waiting: Waiting, given: Mapping[str, Share]) -> str | None:
    """Judged at the moment of sending: what may not be sent any more, and why."""
    if waiting.type is None or waiting.fields is None:
        return None
    if waiting.withheld is None and may_be_given(waiting.type, waiting.fields, given):
        return None
    return waiting.withheld or rules.NOT_AGREED


async def _note_decided(
    session: AsyncSession, endpoint: Endpoint, code: str, given: Mapping[str, Share], waiting: Sequence[Waiting], aside: Collection[UUID]
) -> None:
    """In the transaction of the claim: what goes out, and what was held back."""
    caller = Caller(subject=endpoint.client_id, username="", client_id=endpoint.client_id, roles=frozenset({"partner"}))
    counted = Counter((one.type, one.event_id in aside) for one in waiting if one.type is not None)
    decided = [
        noted(given[event], code, records, withheld=withheld) for (event, withheld), records in sorted(counted.items()) if event in given
    ]
    await record_decisions(session, caller, decided)


def _body(waiting: Waiting) -> bytes:
    body = waiting.ping if waiting.body is None else waiting.body
    if body is None:
        raise ValueError(f"{waiting.event_id} has no body")
    return body


def _note(endpoint: Endpoint, settled: Sequence[Settled]) -> None:
    """One good answer is enough to be asked at full speed again."""
    if any(one.outcome == DELIVERED for one in settled):
        endpoint.failures, endpoint.retry_at = 0, None
        return
    endpoint.failures += 1
    endpoint.retry_at = settled[-1].ended_at + rules.pause(endpoint.failures)
    if any(one.status == GONE for one in settled) and endpoint.state == EndpointState.ACTIVE:
        endpoint.state, endpoint.version = EndpointState.GONE, endpoint.version + 1


async def send_what_waits(state: Mapping[str, Any]) -> None:
    """As long as the process."""
    sender = Sender(state["sessions"], state["keyring"], state["outward"], state["sending"].hook_seconds)
    await sender.run(state[CHANNEL])
