"""Golden events in, counts out: over real NATS and the real consumer of the service."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import text

from contracts.complaints import ComplaintLodged
from contracts.events import CloudEvent
from kit.bus import Bus
from kit.testing.waiting import until
from runner.figures import rebuilt, taken_in
from runner.testing import Engines, Running
from services.monitor.evidence.service import follow_the_map


def lodged(**changes: Any) -> bytes:
    data = ComplaintLodged(
        channel="phone",
        category="wages",
        country="SA",
        district="BD-08",
        victim_sex="male",
        victim_age_band="25_34",
        respondent_kind="agency",
        respondent_licence="RL-0001",
        lodged_at=datetime.now(UTC),
    )
    envelope = CloudEvent(
        id=changes.get("id", uuid4()),
        source="/services/complaints",
        type=changes.get("type", ComplaintLodged.type),
        subject=uuid4(),
        time=datetime.now(UTC),
        dataschema="urn:probashi:schema",
        sequence=1,
        data={**data.model_dump(mode="json"), "a_field_of_tomorrow": 1},
    )
    return orjson.dumps(envelope.model_dump())


async def publish(engines: Engines, *bodies: bytes) -> None:
    bus = await Bus(engines.nats_url("complaints"), "complaints").connect()
    await bus.ensure_stream("complaints")
    for body in bodies:
        await bus.jetstream.publish(ComplaintLodged.nats_subject(), body)
    await bus.close()


async def facts_of(monitor: Running) -> list[Any]:
    async with monitor.sessions() as session:
        kept = "select event_id, event_type, record, happened_at, district, country, sex, age_band from fact order by 1"
        return list((await session.execute(text(kept))).all())


async def shown(monitor: Running) -> int:
    answer = await monitor.client().get("/v1/framework/activities?goal=4")
    return int(next(one["evidence"] for one in answer.json()["items"] if one["id"] == "4.4.2.3"))


async def test_each_complaint_counts_once(engines: Engines, monitor: Running) -> None:
    again = lodged()
    await publish(engines, lodged(), again, again, again, lodged())
    await until(lambda: shown(monitor), 3)
    async with monitor.sessions() as session:
        facts = (
            await session.execute(text("select count(*), (select sum(facts) from evidence_figure where activity = '4.4.2.3') from fact"))
        ).one()
    assert tuple(facts) == (3, 3)


async def test_a_rebuild_while_events_come_finds_no_difference(engines: Engines, monitor: Running) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(publish(engines, *(lodged() for _ in range(50))))
        for _ in range(5):
            assert (await rebuilt(engines.database_url("monitor"))).same
    await until(lambda: shown(monitor), 200)
    done = await rebuilt(engines.database_url("monitor"))
    assert done.same
    assert done.after.rows > 0


async def test_a_rebuild_says_that_a_figure_was_another_and_mends_it(engines: Engines, monitor: Running) -> None:
    await publish(engines, lodged())
    await until(lambda: shown(monitor), 1)
    async with monitor.sessions.begin() as session:
        await session.execute(text("update evidence_month set facts = facts + 1"))
    assert not (await rebuilt(engines.database_url("monitor"))).same
    assert await shown(monitor) == 1
    assert (await rebuilt(engines.database_url("monitor"))).same


async def test_a_lost_table_is_built_from_the_streams_and_is_equal(engines: Engines, monitor: Running) -> None:
    await publish(engines, *(lodged() for _ in range(7)), b"{}", lodged())
    await until(lambda: shown(monitor), 8)
    urls = engines.database_url("monitor"), engines.nats_url("monitor")
    read, _ = await taken_in(*urls)  # what earlier tests said is in the stream too, some of it twice
    there, figures = await facts_of(monitor), await monitor.rows("evidence_figure")
    assert len(there) >= 8
    await monitor.empty()
    await follow_the_map(monitor.sessions)
    assert await shown(monitor) == 0
    assert await taken_in(*urls) == (read, len(there))
    assert (await facts_of(monitor), sorted(await monitor.rows("evidence_figure"))) == (there, sorted(figures))
    async with monitor.sessions.begin() as session:
        await session.execute(text("delete from fact where event_id = (select event_id from fact limit 1)"))
    assert await taken_in(*urls) == (read, 1)
    assert await facts_of(monitor) == there


async def test_what_is_no_such_event_harms_nobody(engines: Engines, monitor: Running) -> None:
    await publish(engines, lodged(type="bd.probashi.complaints.complaint.sung.v1"), b"{}", lodged())
    await until(lambda: shown(monitor), 1)
