"""What a complaint told of does to the register: the consumer alone, on engines of its own, with pauses short enough to see one parked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.days import DHAKA
from kit import migrations
from kit.auth import Caller
from kit.bus import Bus
from kit.database import Sessions, make_engine, make_sessions
from kit.inbox import Consumer, read_envelope, replay
from kit.testing.waiting import until
from runner.testing import engines_running
from services.agencies import service
from services.agencies.consumers import SUBSCRIPTIONS
from services.agencies.evidence.consumers import take_outcomes
from services.agencies.repository import one_at_a_time
from services.agencies.schemas import AgencyIn

Lodged = Callable[..., bytes]
# The inbox first, as the consumer takes it: so one waits for the other.
TABLES = "inbox, agency, agency_fact, evidence, classification, outbox, dead_letter, timer"
REGISTRAR = Caller(subject="decider", username="decider", client_id="cli", roles=frozenset({"decider"}))
GOLDEN = """{"specversion": "1.0", "id": "0197b0a0-0000-7000-8000-000000000001", "source": "/services/complaints",
 "type": "bd.probashi.complaints.complaint.lodged.v1", "subject": "0197b0a0-0000-7000-8000-000000000002",
 "time": "2026-11-23T08:00:00.000001Z", "datacontenttype": "application/json",
 "dataschema": "urn:probashi:schema:bd.probashi.complaints.complaint.lodged.v1", "sequence": 1, "restricted": false, "later": "ignored",
 "data": {"channel": "udc", "category": "overcharged", "country": "MY", "district": null,
  "victim_sex": "female", "victim_age_band": "18_24",
  "respondent_kind": "agency", "respondent_licence": "rl no. ১২", "lodged_at": "2026-11-23T14:00:00+06:00", "later": 1}}"""


@dataclass(slots=True)
class Hearing:
    """The complaints service's own user of NATS, and the database in which what it tells takes effect."""

    telling: Bus
    sessions: Sessions
    owner: AsyncEngine

    async def tell(self, *messages: bytes) -> None:
        """Sent without an id for NATS: it drops none as a repeat, so that the inbox has to."""
        for message in messages:
            subject = orjson.loads(message)["type"].removeprefix("bd.probashi.")
            await self.telling.jetstream.publish(subject, message)

    async def read(self, query: str) -> list[tuple[Any, ...]]:
        async with self.sessions() as session:
            return [tuple(row) for row in await session.execute(text(query))]

    async def counts(self) -> tuple[int, ...]:
        """Events heard, complaints counted."""
        return (await self.read("select (select count(*) from inbox), (select count(*) from evidence)"))[0]

    async def register(self, licence: str = "RL-0001", *, known: str = "select 1", **changes: Any) -> None:
        agency = {
            "licence": licence,
            "name_en": "Shapla (fictional)",
            "name_bn": "শাপলা (কাল্পনিক)",
            "valid_until": (datetime.now(UTC).date() + timedelta(days=400)).isoformat(),
            "district": "BD-13",
            "deployed_last_year": 5_000,
        }
        async with self.sessions.begin() as session:
            await session.execute(text(known.format(licence=licence)))
        async with self.sessions.begin() as session:
            await service.register_agency(session, REGISTRAR, AgencyIn.model_validate(agency | changes))

    async def computed(self, licence: str = "RL-0001") -> tuple[Any, ...]:
        """Class, points and complaints in force."""
        return (
            await self.read(
                "select class_code, points, complaints from classification c join agency a on a.id = c.agency_id "
                f"where until is null and licence = '{licence}'"
            )
        )[0]

    async def told(self) -> list[dict[str, Any]]:
        rows = await self.read("select convert_from(envelope, 'utf8')::jsonb from outbox order by position")
        return [row[0] for row in rows]


@pytest.fixture(scope="module")
async def hearing_engines() -> AsyncIterator[Hearing]:
    async with engines_running() as engines:
        await migrations.upgrade("agencies", engines.database_url("agencies", owner=True))
        telling = await Bus(engines.nats_url("complaints"), "complaints").connect()
        await telling.ensure_stream("complaints")
        listening = await Bus(engines.nats_url("agencies"), "agencies").connect()
        engine = make_engine(engines.database_url("agencies"), pool=4)
        owner = make_engine(engines.database_url("agencies", owner=True), pool=1)
        consumer = Consumer(listening, make_sessions(engine), SUBSCRIPTIONS[0], delays_s=(0.02,))
        consuming = asyncio.create_task(consumer.run())
        yield Hearing(telling, make_sessions(engine), owner)
        consuming.cancel()
        with suppress(asyncio.CancelledError):
            await consuming
        for bus in (listening, telling):
            await bus.close()
        for one in (engine, owner):
            await one.dispose()


@pytest.fixture
async def hearing(hearing_engines: Hearing) -> Hearing:
    async with hearing_engines.owner.begin() as connection:
        await connection.execute(text(f"truncate {TABLES} cascade"))
    return hearing_engines


class TestGolden:
    async def test_a_complaint_becomes_evidence(self, hearing: Hearing) -> None:
        await hearing.tell(GOLDEN.encode())
        await until(hearing.counts, (1, 1))
        row = (await hearing.read("select event_id::text, complaint::text, licence, category, country, happened_at from evidence"))[0]
        assert row == (
            "0197b0a0-0000-7000-8000-000000000001",
            "0197b0a0-0000-7000-8000-000000000002",
            "RL-0012",
            "overcharged",
            "MY",
            datetime(2026, 11, 23, 8, tzinfo=UTC),
        )

    async def test_a_decision_computes_the_class_of_the_agency_named_again(
        self, hearing: Hearing, decided: Lodged, known_facts: str
    ) -> None:
        await hearing.register(known=known_facts)
        assert await hearing.computed() == ("B", 70, 0)
        await hearing.tell(*(decided() for _ in range(60)))
        await until(hearing.computed, ("C", 40, 60))
        changes = [one["data"]["class_code"] for one in await hearing.told() if "classified" in one["type"]]
        assert changes == ["B", "C"], "told only when the class changes, and an upheld complaint never raises it"

    async def test_a_complaint_that_nobody_has_judged_moves_no_class(self, hearing: Hearing, lodged: Lodged, known_facts: str) -> None:
        """A burst of false ones from one telephone included."""
        await hearing.register(known=known_facts)
        before = await hearing.computed()
        await hearing.tell(*(lodged() for _ in range(60)))
        await until(hearing.counts, (60, 60))
        assert await hearing.computed() == before

    async def test_events_of_one_agency_are_numbered(self, hearing: Hearing, decided: Lodged, known_facts: str) -> None:
        await hearing.register(known=known_facts)
        await hearing.tell(*(decided() for _ in range(60)))
        await until(hearing.computed, ("C", 40, 60))
        told = await hearing.told()
        assert len({one["subject"] for one in told}) == 1
        assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))


class TestCountedOnce:
    async def test_every_complaint_counts_whoever_it_names(self, hearing: Hearing, lodged: Lodged) -> None:
        await hearing.register()
        await hearing.tell(
            lodged(),
            lodged(respondent_licence="RL-0999"),
            lodged(respondent_licence="the one in Banani"),
            lodged(respondent_kind="sub_agent"),
            lodged(respondent_kind=None, respondent_licence=None),
            lodged(restricted=True, category="trafficking", respondent_kind=None, respondent_licence=None),
        )
        await until(hearing.counts, (6, 6))
        async with hearing.sessions() as session:
            summary = await service.summarise_evidence(session)
        assert (summary.complaints, summary.linked) == (6, 1)

    async def test_a_repeat_changes_nothing(self, hearing: Hearing, lodged: Lodged) -> None:
        await hearing.register()
        once, last = lodged(), lodged()
        await hearing.tell(once, once, once, last)
        await until(hearing.counts, (2, 2))
        await hearing.tell(once, last, last)
        await hearing.tell(lodged())
        await until(hearing.counts, (3, 3))

    async def test_one_complaint_told_of_by_two_events_counts_once(self, hearing: Hearing, lodged: Lodged) -> None:
        await hearing.register()
        complaint = uuid4()
        await hearing.tell(lodged(complaint=complaint), lodged(complaint=complaint))
        await until(hearing.counts, (2, 1))
        assert await hearing.read("select count(*) from dead_letter") == [(0,)]

    async def test_a_decision_told_of_before_its_agency_is_registered_counts_for_it(self, hearing: Hearing, decided: Lodged) -> None:
        await hearing.tell(*(decided() for _ in range(25)))
        await until(lambda: hearing.read("select count(*) from agency_fact"), [(25,)])
        await hearing.register()
        assert (await hearing.computed())[2] == 25

    async def test_registered_and_told_of_at_once_they_do_not_miss_each_other(self, hearing: Hearing, decided: Lodged) -> None:
        licences = [f"RL-{number:04}" for number in range(1, 21)]
        for licence in licences:
            await asyncio.gather(hearing.tell(decided(respondent_licence=licence)), hearing.register(licence))
        await until(lambda: hearing.read("select count(*) from agency_fact"), [(20,)])
        await until(lambda: hearing.read("select sum(complaints) from classification where until is null"), [(20,)])

    async def test_who_waited_for_another_counts_what_that_one_wrote_meanwhile(self, hearing: Hearing, decided: Lodged) -> None:
        fact = read_envelope(decided(respondent_licence="RL-0001"), SUBSCRIPTIONS[0].events)
        async with hearing.sessions.begin() as session:
            await one_at_a_time(session)
            entering = asyncio.create_task(hearing.register("RL-0001"))
            waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            await until(lambda: hearing.read(waits), [(1,)])
            await take_outcomes(session, [fact])
        await entering
        assert (await hearing.computed())[2] == 1


class TestOrder:
    async def test_of_decisions_does_not_matter(self, hearing: Hearing, decided: Lodged, known_facts: str) -> None:
        await hearing.register("RL-0001", known=known_facts)
        await hearing.register("RL-0002", known=known_facts)
        times = [datetime.now(UTC) - timedelta(days=50 * step) for step in range(25)]
        await hearing.tell(*(decided(respondent_licence="RL-0001", decided_at=at.isoformat()) for at in times))
        await hearing.tell(*(decided(respondent_licence="RL-0002", decided_at=at.isoformat()) for at in reversed(times)))
        await until(lambda: hearing.read("select count(*) from agency_fact where kind = 'complaint_decided'"), [(50,)])
        assert await hearing.computed("RL-0001") == await hearing.computed("RL-0002")
        first = datetime(datetime.now(DHAKA).year - 1, 1, 1, tzinfo=DHAKA)
        assert (await hearing.computed())[2] == sum(at >= first for at in times), "older than the period, a complaint no longer counts"


class TestPoison:
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda data: data.pop("category"),
            lambda data: data.update(lodged_at="yesterday"),
            lambda data: data.update(country="\x00"),
            lambda data: data.update(category=7),
        ],
        ids=["field missing", "no time", "refused by the database", "wrong type"],
    )
    async def test_is_parked_and_holds_nothing_up(
        self, hearing: Hearing, lodged: Lodged, spoil: Callable[[dict[str, Any]], object]
    ) -> None:
        envelope = orjson.loads(lodged())
        spoil(envelope["data"])
        await hearing.tell(lodged(), orjson.dumps(envelope), lodged())
        await until(lambda: hearing.read("select deliveries, replayed_at from dead_letter"), [(8, None)])
        assert (await hearing.counts())[1] == 2

    async def test_once_mended_it_counts(self, hearing: Hearing, lodged: Lodged) -> None:
        envelope = orjson.loads(lodged())
        envelope["data"].pop("category")
        await hearing.tell(orjson.dumps(envelope))
        await until(lambda: hearing.read("select count(*) from dead_letter"), [(1,)])
        async with hearing.owner.begin() as connection:
            await connection.execute(text("update dead_letter set envelope = :mended"), {"mended": lodged()})
        async with hearing.sessions.begin() as session:
            letter = (await session.execute(text("select id from dead_letter"))).scalar_one()
            await replay(session, SUBSCRIPTIONS[0], letter)
        assert await hearing.read("select count(*) from evidence") == [(1,)]


class TestTime:
    async def test_a_licence_that_ends_loses_its_class_without_an_event_from_outside(self, hearing: Hearing, known_facts: str) -> None:
        await hearing.register(valid_until=datetime.now(DHAKA).date().isoformat(), known=known_facts)
        async with hearing.sessions.begin() as session:
            await service.classify_all(session, datetime.now(UTC) + timedelta(days=2))
        assert (await hearing.computed())[0] == "not_licensed"
        assert [one["data"].get("class_code") for one in await hearing.told()] == [None, "B", "not_licensed"]

    async def test_complaints_grow_old(self, hearing: Hearing, decided: Lodged) -> None:
        await hearing.register()
        await hearing.tell(*(decided() for _ in range(25)))
        await until(hearing.computed, ("insufficient_data", None, 25))
        async with hearing.sessions.begin() as session:
            await service.classify_all(session, datetime.now(UTC) + timedelta(days=731))
        assert (await hearing.computed())[2] == 0

    async def test_the_next_midnight_of_dhaka_is_waited_for_once(self, hearing: Hearing) -> None:
        await hearing.register("RL-0001")
        await hearing.register("RL-0002")
        assert await hearing.read("select kind, (due at time zone 'Asia/Dhaka')::time::text from timer") == [("classify-again", "00:00:00")]

    async def test_each_midnight_sets_the_next(self, hearing: Hearing) -> None:
        await hearing.register()
        async with hearing.sessions.begin() as session:
            await session.execute(text("delete from timer"))
            await service.classify_again(session, None)  # type: ignore[arg-type]  # it does not look at which timer fired
        assert await hearing.read("select count(*) from timer where done_at is null") == [(1,)]
