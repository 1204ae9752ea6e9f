"""An event that only the tests of kit publish, what hearing it does, and the two sides of the wire."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Event
from kit.bus import Bus, Received, Subscription
from kit.database import Sessions
from kit.outbox import emit


class ThingMade(Event, type="bd.probashi.kittest.thing.made.v1"):
    name: str


async def note(session: AsyncSession, events: Sequence[Received[ThingMade]]) -> None:
    """The effect: a row per event. One named `poison` never takes effect, and its message must not leak."""
    for one in events:
        if one.data.name == "poison":
            raise RuntimeError("no handler can bear this")
        row = {"e": one.envelope.id, "r": one.envelope.subject, "s": one.envelope.sequence}
        await session.execute(text("insert into seen (event_id, record, sequence) values (:e, :r, :s)"), row)


SUBSCRIPTION = Subscription("kitreader", "things", (ThingMade,), note, ack_wait_s=1.0)


@dataclass(slots=True)
class Side:
    """One of two services: its database and its buses."""

    name: str
    url: str
    nats_url: str
    sessions: Sessions
    buses: list[Bus] = field(default_factory=list)

    async def bus(self) -> Bus:
        bus = await Bus(self.nats_url, self.name).connect()
        self.buses.append(bus)
        return bus

    async def tell(self, name: str = "thing", *, sequence: int = 1, subject: UUID | None = None) -> None:
        async with self.sessions.begin() as session:
            await emit(session, ThingMade(name=name), subject=subject or uuid4(), sequence=sequence)

    async def count(self, query: str) -> int:
        async with self.sessions() as session:
            return int((await session.execute(text(query))).scalar_one())
