"""The receiving side: each event takes effect once. Inbox row, effects, commit, then the acknowledgement."""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Final
from uuid import UUID

from nats.aio.msg import Msg
from pydantic import ValidationError
from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import CloudEvent, Event, event_types
from kit.bus import Bus, Received, Subscription
from kit.database import Sessions
from kit.errors import is_connection_loss
from kit.ids import new_id
from kit.plumbing import plumbing
from kit.telemetry import message_span

log = logging.getLogger(__name__)
Arrived = asyncio.Queue[Msg | None]  # None: the connection is a new one

BATCH: Final = 100
PULL_EXPIRES_S: Final = 5.0
LINGER_S: Final = 0.002
PARK_ON_DELIVERY: Final = 8
DELAYS_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)

inbox = Table(
    "inbox",
    plumbing,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

dead_letter = Table(
    "dead_letter",
    plumbing,
    Column("id", Uuid, primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid),
    Column("nats_subject", Text, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("replayed_at", DateTime(timezone=True)),
    Index("dead_letter_open", "parked_at", postgresql_where=text("replayed_at is null")),
)


def read_envelope(body: bytes, wanted: Sequence[type[Event]]) -> Received[Event]:
    """Raises `ValueError` (of which pydantic's error is one) when this is no event that the consumer declared."""
    envelope = CloudEvent.model_validate_json(body)
    event = event_types().get(envelope.type)
    if event is None or event not in wanted:
        raise ValueError(f"{envelope.type} is no event that this consumer takes")
    return Received(envelope, event.model_validate(envelope.data))


class Consumer:
    """Pulls for one subscription until cancelled; several replicas share the work."""

    def __init__(self, bus: Bus, sessions: Sessions, subscription: Subscription, *, delays_s: Sequence[float] = DELAYS_S) -> None:
        self._delays_s = delays_s
        self._bus = bus
        self._sessions = sessions
        self._subscription = subscription

    async def run(self) -> None:
        """Raises when NATS refuses the consumer or ends the pull: the caller starts it again."""
        while True:
            await self._bus.wait_connected()
            client, arrived = self._bus.client, Arrived()
            inbox_subject = client.new_inbox()
            pulled = await client.subscribe(inbox_subject, cb=arrived.put)
            try:
                with self._bus.telling(partial(arrived.put_nowait, None)):
                    while client is self._bus.client:
                        epoch = self._bus.epoch
                        # Each time: a server that comes back may have lost the consumer with its disk.
                        await self._bus.ensure_consumer(self._subscription)
                        while epoch == self._bus.epoch:
                            await self._pull(arrived, inbox_subject)
            finally:
                if not client.is_closed:
                    await pulled.unsubscribe()
                    left = [arrived.get_nowait() for _ in range(arrived.qsize())]
                    await self._hand_back([one for one in left if one is not None])

    async def _pull(self, arrived: Arrived, inbox_subject: str) -> None:
        """One request for messages, until it is answered in full, expires, or went down with its connection."""
        epoch, credit = self._bus.epoch, BATCH
        await self._request(inbox_subject)
        expires = asyncio.get_running_loop().time() + PULL_EXPIRES_S + 1
        while credit > 0 and epoch == self._bus.epoch and asyncio.get_running_loop().time() < expires:
            messages, end = await self._take(arrived, credit, expires)
            credit -= len(messages)
            try:
                await self._process(messages)
            finally:
                await self._hand_back(messages)
            if end is not None:
                check_end(end)
                return

    async def _request(self, inbox_subject: str) -> None:
        await self._bus.wait_connected()
        request = {"batch": BATCH, "expires": int(PULL_EXPIRES_S * 1e9)}
        target = f"$JS.API.CONSUMER.MSG.NEXT.{self._subscription.stream}.{self._subscription.durable}"
        await self._bus.client.publish(target, json.dumps(request).encode(), inbox_subject)

    async def _take(self, arrived: Arrived, most: int, until: float) -> tuple[list[Msg], Msg | None]:
        """What is here or comes until then, and the status message where the pull is over. Less where the connection is a new one."""
        taken: list[Msg] = []
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until) as limit:
                while len(taken) < most:
                    message = await arrived.get()
                    if message is None:
                        break
                    if not message.reply:
                        return taken, message
                    taken.append(message)
                    limit.reschedule(asyncio.get_running_loop().time() + LINGER_S)
        return taken, None

    async def _process(self, messages: Sequence[Msg]) -> None:
        if not messages:
            return
        try:
            await self._apply(messages)
        except Exception as error:  # noqa: BLE001 - whatever one event does must not hold up the ninety-nine others
            if is_connection_loss(error):
                log.warning("%s: %s; waiting for the database", self._subscription.durable, type(error).__name__)
                await self._put_back(messages)
                await self._database_answers()
            elif len(messages) == 1:
                await self._failed(messages[0], error)
            else:
                for message in messages:
                    await self._process([message])
        else:
            for message in messages:
                await message.ack()

    async def _database_answers(self) -> None:
        """Takes no more events meanwhile: each delivery counts, and none of them is the event's own fault."""
        for number in count():
            try:
                async with asyncio.timeout(5), self._sessions() as session:
                    await session.execute(text("select 1"))
            except Exception as error:
                if not is_connection_loss(error):
                    raise
                await asyncio.sleep(self._delays_s[min(number, 3)])
            else:
                return

    async def _apply(self, messages: Sequence[Msg]) -> None:
        received = [read_envelope(message.data, self._subscription.events) for message in messages]
        with ExitStack() as spans:
            for message in messages:
                spans.enter_context(message_span("process", message.subject, (message.headers or {}).get("traceparent")))
            async with self._sessions.begin() as session:
                by_id = {one.envelope.id: one for one in received}
                new = await self._claim(session, list(by_id))
                if new:
                    await self._subscription.handle(session, [one for event_id, one in by_id.items() if event_id in new])

    async def _claim(self, session: AsyncSession, event_ids: Sequence[UUID]) -> set[UUID]:
        # Sorted: two replicas that hold the same redelivered events must take the keys in one order.
        rows = [{"consumer": self._subscription.durable, "event_id": one} for one in sorted(event_ids)]
        result = await session.execute(insert(inbox).values(rows).on_conflict_do_nothing().returning(inbox.c.event_id))
        return set(result.scalars())

    async def _put_back(self, messages: Sequence[Msg]) -> None:
        for message in messages:
            await message.nak(delay=self._delay(message))

    async def _hand_back(self, messages: Sequence[Msg]) -> None:
        """What was not answered: this replica stops, another one gets it at once."""
        for message in messages:
            if message.reply and not message.is_acked:
                await message.nak()

    async def _failed(self, message: Msg, error: Exception) -> None:
        deliveries = message.metadata.num_delivered
        if deliveries < PARK_ON_DELIVERY:
            log.warning("%s: delivery %d failed: %s", self._subscription.durable, deliveries, type(error).__name__)
            await message.nak(delay=self._delay(message))
            return
        try:
            await self._park(message, error, deliveries)
        except Exception as parking_error:  # noqa: BLE001 - what cannot be parked stays in the stream
            log.warning("%s: cannot park: %s", self._subscription.durable, type(parking_error).__name__)
            await message.nak(delay=self._delays_s[-1])
        else:
            log.error("%s: parked an event after %d deliveries: %s", self._subscription.durable, deliveries, type(error).__name__)
            await message.term()

    def _delay(self, message: Msg) -> float:
        return self._delays_s[min(message.metadata.num_delivered, len(self._delays_s)) - 1]

    async def _park(self, message: Msg, error: Exception, deliveries: int) -> None:
        async with self._sessions.begin() as session:
            event_id = _event_id(message.data)
            if event_id is not None and not await self._claim(session, [event_id]):
                return
            await session.execute(
                dead_letter.insert().values(
                    id=new_id(),
                    consumer=self._subscription.durable,
                    event_id=event_id,
                    nats_subject=message.subject,
                    envelope=message.data,
                    error=describe(error),
                    deliveries=deliveries,
                )
            )


def describe(error: Exception) -> str:
    """The kind of failure and where: a message of the database may quote a person's data."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in error.errors())[:2000]
    return type(error).__name__ if not isinstance(error, ValueError) else f"ValueError: {error}"[:2000]


async def replay(session: AsyncSession, subscription: Subscription, letter_id: UUID) -> None:
    """Handles a parked event once more in the transaction of `session` and marks it. Raises `LookupError` if it is not open."""
    row = (
        await session.execute(
            dead_letter.select().where(dead_letter.c.id == letter_id, dead_letter.c.replayed_at.is_(None)).with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise LookupError(f"no open dead letter {letter_id}")
    await subscription.handle(session, [read_envelope(row.envelope, subscription.events)])
    await session.execute(dead_letter.update().where(dead_letter.c.id == letter_id).values(replayed_at=datetime.now(UTC)))


class PullEndedError(Exception):
    """The consumer is gone, or the server is not ready for it."""


def check_end(status: Msg) -> None:
    """Raises `PullEndedError` unless the pull just ran out of messages (404) or time (408)."""
    headers = status.headers or {}
    if headers.get("Status") not in {"404", "408"}:
        raise PullEndedError(f"{headers.get('Status')} {headers.get('Description')}")


def _event_id(body: bytes) -> UUID | None:
    try:
        return CloudEvent.model_validate_json(body).id
    except ValidationError:
        return None
