"""Restriction during the procedure, breaking the glass, the audit of reads, consents, and what is emptied at the end of its time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from kit.timer import DueTimer
from runner.testing import Running
from services.complaints.consents.service import has_consent, may_tell_immigration_status
from services.complaints.lifecycle.procedures import RETENTION
from services.complaints.lifecycle.protection.service import list_when_due
from services.complaints.lifecycle.tests.conftest import People
from services.complaints.lifecycle.tests.test_lifecycle import events


async def sees(people: People, who: str, reference: str) -> bool:
    single = (await people[who].get(f"/v1/complaints/{reference}")).status_code == 200
    listed = reference in [one["reference"] for one in (await people.reads(who, ""))["items"]]
    assert single == listed
    return single


class TestRestrict:
    async def test_narrows_at_once_and_for_good(self, people: People, complaints: Running) -> None:
        reference = await people.lodge()
        assert await sees(people, "agent-two", reference)
        assert await sees(people, "agency-one", reference)
        await people.does("bmet-one", reference, "take")
        await people.does("bmet-one", reference, "start-mediation")
        done = await people.does("bmet-one", reference, "restrict", reason="মারধরের কথা বললেন")
        assert done["status"] == "assigned"
        assert not await sees(people, "agent-two", reference)
        assert not await sees(people, "agency-one", reference)
        assert (await people.reads("bmet-two", f"/{reference}"))["narrative"] is None
        assert (await people.tries("bmet-one", reference, "restrict", reason="x")).status_code == 409
        await people.does("bmet-two", await people.lodge(), "take")
        await people.does("bmet-one", reference, "propose", decision="upheld", summary="x", checker="bmet-two")
        await people.does("bmet-two", reference, "approve")
        (event,) = await events(complaints, "complaint.decided")
        assert (event["restricted"], event["data"]["respondent_licence"]) == (True, None)


class TestBreakGlass:
    async def breaks(self, people: People, who: str, reference: str, **said: object) -> int:
        body = {"reason": "জীবন বিপন্ন, দায়িত্বপ্রাপ্ত কেউ নেই", "minutes": 30, **said}
        return (await people[who].post(f"/v1/complaints/{reference}/break-glass", json=body)).status_code

    async def test_opens_it_for_a_time_and_the_supervisor_is_told(self, people: People, complaints: Running) -> None:
        reference = await people.lodge(category="trafficking")
        assert not await sees(people, "agent-two", reference)
        assert await self.breaks(people, "agent-two", reference) == 201
        assert (await people.reads("agent-two", f"/{reference}"))["reporter"]["phone"] == "+8801712345678"
        for watcher in ("supervisor", "auditor"):
            (row,) = (await people.reads(watcher, "/break-glass"))["items"]
            assert (row["reference"], row["account"]) == (reference, "agent-two")
            assert "জীবন বিপন্ন" in row["reason"]
        assert "জীবন বিপন্ন".encode() not in await complaints.raw("break_glass") + await complaints.raw("happening")
        async with complaints.sessions.begin() as session:
            past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
            await session.execute(text("update complaint set glass = jsonb_build_object('agent-two', cast(:past as text))"), {"past": past})
        assert not await sees(people, "agent-two", reference)

    async def test_needs_a_reason_an_end_and_a_restricted_case(self, people: People) -> None:
        reference = await people.lodge(category="trafficking")
        assert await self.breaks(people, "agent-two", reference, reason="") == 422
        assert await self.breaks(people, "agent-two", reference, minutes=481) == 409
        assert await self.breaks(people, "agent-two", await people.lodge()) == 409
        assert await self.breaks(people, "agency-one", reference) == 403

    async def test_never_by_the_office_that_it_is_about(self, people: People) -> None:
        about = {"kind": "office", "office": "wing-SA"}
        reference = await people.lodge(category="sexual_abuse", respondent=about)
        assert await self.breaks(people, "wing-riyadh", reference) == 404
        assert await self.breaks(people, "wing-beirut", reference) == 201

    async def test_the_list_cannot_be_changed_by_who_runs(self, people: People, complaints: Running) -> None:
        reference = await people.lodge(category="trafficking")
        await self.breaks(people, "agent-two", reference)
        async with complaints.sessions() as session:
            rights = ("update", "delete", "truncate")
            held = [await session.scalar(text(f"select has_table_privilege('break_glass', '{right}')")) for right in rights]
        assert held == [False, False, False]


class TestReads:
    async def test_an_auditor_sees_who_was_shown_a_record(self, people: People) -> None:
        reference = await people.lodge()
        await people.reads("agent-two", f"/{reference}")
        await people.does("bmet-one", reference, "take")
        rows = (await people.reads("auditor", f"/reads?reference={reference}"))["items"]
        assert [(row["caller"], row["purpose"]) for row in rows] == [("bmet-one", "take"), ("agent-two", "read")]
        assert "reporter.contact" in rows[1]["fields"]
        by_person = (await people.reads("auditor", "/reads?caller=agent-two"))["items"]
        assert [row["purpose"] for row in by_person] == ["read"]

    async def test_the_look_is_on_record_too(self, people: People) -> None:
        reference = await people.lodge()
        await people.reads("agent-two", f"/{reference}")
        await people.reads("auditor", f"/reads?reference={reference}")
        rows = (await people.reads("admin", f"/reads?reference={reference}"))["items"]
        assert ("auditor", "audit") in [(row["caller"], row["purpose"]) for row in rows]
        assert (await people["bmet-one"].get("/v1/complaints/reads")).status_code == 403


class TestConsent:
    async def test_holds_until_it_is_taken_back(self, people: People, complaints: Running) -> None:
        reference = await people.lodge()
        record = (await people.reads("agent", f"/{reference}"))["id"]
        said = {"purpose": "immigration_status", "recipient": "police", "witness": "বোন উপস্থিত"}
        given = await people["agent"].post(f"/v1/complaints/{reference}/consents", json=said)
        assert given.status_code == 201, given.text
        assert (await people["agent"].post(f"/v1/complaints/{reference}/consents", json=said)).status_code == 409
        async with complaints.sessions() as session:
            assert await has_consent(session, record, "immigration_status", "police")
            assert not await has_consent(session, record, "referral", "police")
            assert not await may_tell_immigration_status(session, record, "immigration")
            assert await may_tell_immigration_status(session, record, "legal_aid")
        back = await people["agent"].post(f"/v1/complaints/{reference}/consents/{given.json()['id']}/withdrawal")
        assert back.status_code == 201
        async with complaints.sessions() as session:
            assert not await may_tell_immigration_status(session, record, "police")
        (kept,) = (await people.reads("agent", f"/{reference}/consents"))["items"]
        assert kept["withdrawn_at"] is not None
        assert "বোন".encode() not in await complaints.raw("consent")

    async def test_is_kept_by_who_works_with_the_person(self, people: People) -> None:
        reference = await people.lodge()
        said = {"purpose": "referral", "recipient": "legal_aid"}
        assert (await people["wing-riyadh"].post(f"/v1/complaints/{reference}/consents", json=said)).status_code == 409


class TestRetention:
    async def test_words_go_when_an_administrator_confirms_and_figures_stay(self, people: People, complaints: Running) -> None:
        reference = await people.decided()
        early = await people["admin"].post(f"/v1/complaints/{reference}/emptying", headers={"If-Match": "*"})
        assert early.status_code == 409
        async with complaints.sessions.begin() as session:
            await session.execute(text("update complaint set resolved_at = resolved_at - interval '8 years'"))
            row = (await session.execute(text("select id, record, due from timer where kind = :kind"), {"kind": RETENTION})).one()
        async with complaints.sessions.begin() as session:
            await list_when_due(session, DueTimer(row.id, row.due, RETENTION, row.record, {}, 0))
        (due,) = (await people.reads("admin", "/retention"))["items"]
        assert due["reference"] == reference
        held = await people["admin"].post(f"/v1/complaints/{reference}/hold", json={"on": True, "reason": "মামলা"}, headers={"If-Match": "*"})
        assert held.json()["on_hold"] is True
        assert (await people["admin"].post(f"/v1/complaints/{reference}/emptying", headers={"If-Match": "*"})).status_code == 409
        await people["admin"].post(f"/v1/complaints/{reference}/hold", json={"on": False, "reason": "শেষ"}, headers={"If-Match": "*"})
        emptied = await people["admin"].post(f"/v1/complaints/{reference}/emptying", headers={"If-Match": "*"})
        assert emptied.status_code == 201, emptied.text
        read = await people.reads("supervisor", f"/{reference}")
        assert (read["narrative"], read["reporter"]["name"], read["victim"]["phone"]) == ("", None, None)
        assert (read["category"], read["decision"], read["victim"]["sex"]) == ("overcharged", "upheld", "male")
        history = (await people.reads("supervisor", f"/{reference}/history"))["items"]
        assert {one["note"] for one in history} == {None}
        assert [one["kind"] for one in history][-1] == "emptied"

    async def test_the_history_of_another_cannot_be_emptied(self, people: People, complaints: Running) -> None:
        reference = await people.lodge()
        await people.does("agent", reference, "comment", note="থাকবে")
        async with complaints.sessions.begin() as session:
            record = await session.scalar(text("select id from complaint"))
            await session.execute(text("select empty_notes(:record)"), {"record": record})
        assert [row.note is not None for row in await complaints.rows("happening order by version")] == [False, True]
