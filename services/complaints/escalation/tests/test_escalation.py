"""Escalation that cannot stall (lesson L9): unassigned, leaderless, more than a batch, comments. And the search for what did not happen."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.timer import DueTimer
from runner.testing import Running, make_owner_engine
from services.complaints import service as complaints_service
from services.complaints.clocks import repository
from services.complaints.clocks import service as clocks_service
from services.complaints.clocks.models import ClockCheck
from services.complaints.escalation import service
from services.complaints.models import Complaint
from services.complaints.rules import Status


async def lodge(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    body = {
        "channel": "phone",
        "category": "overcharged",
        "country": "SA",
        "reporter": {"relation": "anonymous"},
        "narrative": "টাকা বেশি নিয়েছে।",
        **changes,
    }
    answer = await client.post("/v1/complaints", json=body)
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


async def held(session: AsyncSession, receipt: dict[str, Any]) -> Complaint:
    complaint = await repository.lock(session, UUID(receipt["id"]))
    assert complaint is not None
    return complaint


async def looked_at(running: Running, receipt: dict[str, Any], **later: float) -> Complaint:
    """As the timer would, some time later."""
    async with running.sessions.begin() as session:
        complaint = await held(session, receipt)
        await service.look(session, complaint, datetime.now(UTC) + timedelta(**later))
        return complaint


async def done(running: Running, receipt: dict[str, Any], kind: str, status: Status | None = None, **later: float) -> None:
    async with running.sessions.begin() as session:
        complaint = await held(session, receipt)
        complaint.status = status or complaint.status
        await complaints_service.note_happening(session, complaint, kind, by="officer", at=datetime.now(UTC) + timedelta(**later))


async def escalations(running: Running) -> list[Any]:
    async with running.sessions() as session:
        rows = await session.execute(
            text("select trigger, level, seat, passed_over, closed_at from escalation order by at, trigger, level")
        )
        return list(rows.all())


async def seat_filled(running: Running, seat: str, holder: str = "head") -> None:
    async with running.sessions.begin() as session:
        await service.fill_seat(session, seat, holder, by="supervisor")


class TestLodging:
    async def test_a_new_complaint_has_deadlines_a_due_time_and_one_timer(self, complaints: Running) -> None:
        before = datetime.now(UTC)
        receipt = await lodge(complaints.client("agent"))
        async with complaints.sessions() as session:
            clocks = set((await session.execute(text("select clock from deadline"))).scalars())
            due, look, first = (
                await session.execute(text("select due_at, look_at, (select min(due_at) from deadline) from complaint"))
            ).one()
            timers = (await session.execute(text("select due, record from timer where kind = 'complaint-clock'"))).all()
        assert clocks == {"first_response", "next_update", "investigation", "charter"}
        assert due == first
        assert [(one.due, str(one.record)) for one in timers] == [(look, receipt["id"])]
        assert before < look < due + timedelta(days=1)

    async def test_a_decided_complaint_has_none(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        await done(complaints, receipt, "resolved", Status.RESOLVED, days=1)
        async with complaints.sessions() as session:
            states = set((await session.execute(text("select clock, state from deadline"))).all())
            open_ = (await session.execute(text("select due_at, look_at, seat, risk from complaint"))).one()
            timers = (
                await session.execute(text("select count(*) from timer where kind = 'complaint-clock' and done_at is null"))
            ).scalar_one()
            stay = (await session.execute(text("select office, working_s from holding"))).one()
        assert {state for clock, state in states if clock != "appeal_window"} == {"met"}
        assert ("appeal_window", "running") in states
        assert tuple(open_) == (None, None, None, "none")
        assert timers == 0
        assert stay.office == "bmet-complaints"

    async def test_following_twice_changes_nothing(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        before = await complaints.rows("deadline"), await complaints.rows("timer")
        async with complaints.sessions.begin() as session:
            await clocks_service.follow(session, await held(session, receipt), datetime.now(UTC))
        assert (await complaints.rows("deadline"), await complaints.rows("timer")) == before


class TestStalls:
    async def test_a_an_unassigned_one_is_handed_up(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        await seat_filled(complaints, "bmet-complaints.deputy_director")
        complaint = await looked_at(complaints, receipt, days=5)
        assert complaint.assignee is None
        assert ("unassigned", 1, "bmet-complaints.deputy_director") in {tuple(one)[:3] for one in await escalations(complaints)}
        assert complaint.seat is not None

    async def test_b_a_leaderless_office_is_passed_over_at_once_and_it_is_said(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        await seat_filled(complaints, "control-room.secretary")
        await looked_at(complaints, receipt, days=5)
        first = next(one for one in await escalations(complaints) if one.trigger == "unassigned")
        assert first.seat == "control-room.secretary"
        assert first.passed_over == [f"bmet-complaints.{role}" for role in ("deputy_director", "director", "director_general")]

    async def test_b_with_no_seat_filled_at_all_the_last_one_has_it(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        complaint = await looked_at(complaints, receipt, days=5)
        assert complaint.seat == "control-room.secretary"

    async def test_d_neither_a_comment_nor_an_edit_resets_the_age(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        for number in (1, 2, 3):
            await done(complaints, receipt, "commented", days=number)
            await done(complaints, receipt, "edited", days=number)
        await looked_at(complaints, receipt, days=5)
        assert "unassigned" in {one.trigger for one in await escalations(complaints)}
        await looked_at(complaints, receipt, days=30)
        assert "still" in {one.trigger for one in await escalations(complaints)}

    async def test_c_more_than_a_batch_of_old_ones_all_go_up_oldest_first(
        self, complaints: Running, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """52 whose timers were lost: more than two batches, and all of them older than the newest."""
        monkeypatch.setattr(service, "BATCH", 20)
        receipt = await lodge(complaints.client("agent"))
        await seat_filled(complaints, "bmet-complaints.deputy_director")
        await _copies(complaints, receipt, 52)
        async with complaints.sessions.begin() as session:
            check = await service.begin_check(session, by="supervisor")
        async with asyncio.timeout(240):
            while not await _ended(complaints, check.id):  # the service's own timers go on with it
                await asyncio.sleep(0.1)
        assert await _found_first(complaints) == set((await _oldest(complaints))[: service.BATCH])
        assert len(await _escalated(complaints)) == 53
        async with complaints.sessions() as session:
            waiting = await session.execute(
                text("select count(distinct record) from timer where kind = 'complaint-clock' and done_at is null")
            )
            assert waiting.scalar_one() == 53
        assert await complaints.count("clock_finding") == 53


async def _copies(running: Running, receipt: dict[str, Any], number: int) -> None:
    async with make_owner_engine(running) as owner, owner.begin() as session:
        columns = (
            await session.execute(
                text("select attname from pg_attribute where attrelid = 'complaint'::regclass and attnum > 0 and not attisdropped")
            )
        ).scalars()
        given = {"id": "gen_random_uuid()", "reference": "'T-' || n", "lodged_at": "now() - make_interval(days => 30, mins => n)"}
        names = [name for name in columns if name != "look_at"]
        values = ", ".join(given.get(name, name) for name in names)
        await session.execute(
            text(f"insert into complaint ({', '.join(names)}, look_at) select {values}, now() - make_interval(days => 20, mins => n)"
                 f" from complaint, generate_series(1, {number}) n where id = :id"),
            {"id": receipt["id"]},
        )  # fmt: skip
        await session.execute(text("delete from timer"))
        await session.execute(
            text(
                "insert into happening select gen_random_uuid(), c.id, 1, c.lodged_at, h.by, h.office, h.kind, h.status, h.detail, h.note"
                " from complaint c, happening h where h.complaint_id = :id and c.id <> :id"
            ),
            {"id": receipt["id"]},
        )
        await session.execute(text("update complaint set look_at = now() - interval '1 day' where id = :id"), {"id": receipt["id"]})
        await session.execute(text("update happening set at = at - interval '30 days' where complaint_id = :id"), {"id": receipt["id"]})


async def _escalated(running: Running) -> list[UUID]:
    async with running.sessions() as session:
        rows = await session.execute(text("select c.id from complaint c where escalated_at is not null order by lodged_at, id"))
        return list(rows.scalars())


async def _found_first(running: Running) -> set[UUID]:
    async with running.sessions() as session:
        first = text("select complaint_id from clock_finding where repaired_at = (select min(repaired_at) from clock_finding)")
        return set((await session.execute(first)).scalars())


async def _oldest(running: Running) -> list[UUID]:
    async with running.sessions() as session:
        return list((await session.execute(text("select id from complaint order by lodged_at, id"))).scalars())


async def _ended(running: Running, check_id: UUID) -> bool:
    async with running.sessions() as session:
        check = await session.get(ClockCheck, check_id)
        return check is not None and check.ended_at is not None


class TestLadder:
    async def test_it_fires_once_however_often_it_is_looked_at(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        await looked_at(complaints, receipt, days=5)
        once = await escalations(complaints)
        await looked_at(complaints, receipt, days=5)
        assert await escalations(complaints) == once

    async def test_the_seat_is_free_again_when_the_cause_is_gone(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        await looked_at(complaints, receipt, days=5)
        async with complaints.sessions.begin() as session:
            complaint = await held(session, receipt)
            complaint.assignee, complaint.status = "officer", Status.ASSIGNED
            at = datetime.now(UTC) + timedelta(days=6)
            await complaints_service.note_happening(session, complaint, "assigned", by="head", at=at)
            await complaints_service.note_happening(session, complaint, "contacted", by="officer", at=at)
            assert complaint.seat is None
        assert all(one.closed_at for one in await escalations(complaints))

    async def test_it_is_said_in_the_history_and_moves_nothing(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        await looked_at(complaints, receipt, days=5)
        async with complaints.sessions() as session:
            kind, by, detail = (await session.execute(text("select kind, by, detail from happening where kind <> 'lodged'"))).one()
        assert (kind, by) == ("escalated", "system")
        assert detail["seat"] == "control-room.secretary"
        before = len(await escalations(complaints))
        await looked_at(complaints, receipt, days=40)
        assert "still" in {one.trigger for one in await escalations(complaints)}
        assert len(await escalations(complaints)) > before

    async def test_a_complaint_about_the_control_room_never_goes_there(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"), category="overcharged", respondent={"kind": "office", "office": "control-room"})
        await seat_filled(complaints, "control-room.secretary")
        await looked_at(complaints, receipt, days=60)
        assert {one.seat.partition(".")[0] for one in await escalations(complaints)} == {"bmet-complaints"}


class TestTimer:
    async def test_the_real_timer_fires(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        async with make_owner_engine(complaints) as owner, owner.begin() as session:
            past = text("update happening set at = at - interval '20 days' where complaint_id = :id")
            await session.execute(past, {"id": receipt["id"]})
            await session.execute(text("update timer set due = now(), next_try = now() where kind = 'complaint-clock'"))
            await session.execute(text("select pg_notify('timer', '')"))
        async with asyncio.timeout(240):
            while not await escalations(complaints):
                await asyncio.sleep(0.05)

    async def test_one_that_is_being_changed_is_looked_at_a_moment_later(self, complaints: Running) -> None:
        receipt = await lodge(complaints.client("agent"))
        due = DueTimer(UUID(receipt["id"]), datetime.now(UTC), "complaint-clock", UUID(receipt["id"]), {}, 0)
        async with complaints.sessions.begin() as busy, complaints.sessions.begin() as session:
            await held(busy, receipt)
            await service.on_timer(session, due)
        async with complaints.sessions() as session:
            soon = text(
                "select count(*) from timer where due < now() + interval '10 seconds' and done_at is null and kind = 'complaint-clock'"
            )
            assert (await session.execute(soon)).scalar_one() == 1
