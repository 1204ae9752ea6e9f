"""The only way to publish: an event is a row beside the change it tells of; the relay carries it to NATS, in order, as often as needed."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg
from nats.errors import Error as NatsError
from nats.js.api import PubAck
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Identity, LargeBinary, Table, Text, Uuid, insert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import CloudEvent, Event
from kit.bus import Bus
from kit.ids import new_id
from kit.lead import leading
from kit.plumbing import plumbing
from kit.telemetry import current_traceparent, message_span

log = logging.getLogger(__name__)

BATCH: Final = 500
ACK_TIMEOUT_S: Final = 5.0
IDLE_S: Final = 5.0
CHANNEL: Final = "outbox"

outbox = Table(
    "outbox",
    plumbing,
    Column("position", BigInteger, Identity(always=True)),
    Column("day", Date, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("nats_subject", Text, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("traceparent", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
)

# What `outbox_row` gives; the rest is the relay's.
WRITTEN: Final = ("day", "id", "nats_subject", "envelope", "restricted", "traceparent", "created_at")
ADD: Final = insert(outbox)


def outbox_row(event: Event, *, subject: UUID, sequence: int, restricted: bool = False) -> dict[str, object]:
    """The row for one event, for a statement that writes it together with the record; `emit` is the ordinary way."""
    now = datetime.now(UTC)
    envelope = CloudEvent(
        id=new_id(),
        source=f"/services/{event.owner()}",
        type=event.type,
        subject=subject,
        time=now,
        dataschema=f"urn:probashi:schema:{event.type}",
        sequence=sequence,
        restricted=restricted,
        data=event.model_dump(mode="json"),
    )
    return {
        "day": now.date(),
        "id": envelope.id,
        "nats_subject": event.nats_subject(),
        "envelope": envelope.model_dump_json().encode(),
        "restricted": restricted,
        "traceparent": current_traceparent(),
        "created_at": now,
    }


async def emit(session: AsyncSession, event: Event, *, subject: UUID, sequence: int, restricted: bool = False) -> None:
    """Publishes with the transaction of `session`, or not at all. `sequence` is the record's version: consumers order by it."""
    row = outbox_row(event, subject=subject, sequence=sequence, restricted=restricted)
    await session.execute(ADD, row)


class Relay:
    """One per service, held by a session advisory lock; the other replicas wait for it. At least once: NATS and the inbox drop repeats."""

    def __init__(self, database_url: str, bus: Bus, service: str) -> None:
        self._database_url = database_url
        self._bus = bus
        self._service = service
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Runs until cancelled. Raises when PostgreSQL goes away: the caller starts it again."""
        async with leading(self._database_url, "outbox-relay") as connection:
            await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
            await self._send_for_ever(connection)

    async def _send_for_ever(self, connection: asyncpg.Connection) -> None:
        stream_made_in = -1
        while True:
            self._woken.clear()
            await self._bus.wait_connected()
            try:
                if stream_made_in != self._bus.epoch:
                    epoch = self._bus.epoch
                    await self._bus.ensure_stream(self._service)
                    stream_made_in = epoch
                while await self._send_batch(connection) == BATCH:
                    pass
            except (NatsError, TimeoutError) as error:
                log.warning("relay: %s; starting again at the first unsent event", type(error).__name__)
                stream_made_in = -1  # it may be the stream that is gone
                await asyncio.sleep(0.5)
                continue
            await self._wait_for_work(connection)

    async def _wait_for_work(self, connection: asyncpg.Connection) -> None:
        # Not wait_for: that of Python 3.11 can lose the cancellation that comes with its end.
        try:
            async with asyncio.timeout(IDLE_S):
                await self._woken.wait()
        except TimeoutError:
            # A NOTIFY can be lost with its server; the look every few seconds costs one index probe.
            await connection.fetchval("select 1")

    async def _send_batch(self, connection: asyncpg.Connection) -> int:
        # Index Scan on outbox_unsent of each day's partition, merged: the table's size does not matter, only what is unsent.
        rows = await connection.fetch(
            "select position, day, id, nats_subject, envelope, traceparent from outbox where sent_at is null order by position limit $1",
            BATCH,
        )
        if rows:
            await self._publish(rows)
            await connection.execute(
                "update outbox set sent_at = now() where day = any($1::date[]) and position = any($2::bigint[])",
                list({row["day"] for row in rows}),
                [row["position"] for row in rows],
            )
        return len(rows)

    async def _publish(self, rows: Sequence[asyncpg.Record]) -> None:
        jetstream = self._bus.jetstream
        acks: list[asyncio.Future[PubAck]] = []
        try:
            for row in rows:
                with message_span("send", row["nats_subject"], row["traceparent"]) as headers:
                    headers["Nats-Msg-Id"] = str(row["id"])
                    acks.append(await jetstream.publish_async(row["nats_subject"], row["envelope"], headers=headers))
            async with asyncio.timeout(ACK_TIMEOUT_S):
                await asyncio.gather(*acks)
        finally:
            for ack in acks:
                ack.cancel()
