"""Safe contact: judged when a text is sent, in the person's hours and words, and never sent twice."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import text

from contracts.text import Text
from kit.safe_contact import Hours, segments
from kit.testing.waiting import until
from kit.zones import zone_of
from runner.testing import Running
from services.complaints.contact.lists import TEMPLATES, Template, Templates
from services.complaints.contact.rules import (
    Allowed,
    Channel,
    Refusal,
    SafeContact,
    Wording,
    is_allowed_at,
    judge_text,
    may_call_now,
    next_allowed,
    wording_of,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LODGED: dict[str, Any] = {
    "channel": "phone",
    "category": "wages",
    "country": "SA",
    "reporter": {"name": "রহিমা", "phone": "+966501234567", "relation": "self"},
    "narrative": "বেতন দেয় না",
    "safe_contact": {"may_call": False, "may_text": True, "channels": ["sms"]},
}
ANY_RULE = st.builds(
    SafeContact,
    may_text=st.just(value=True),
    hours=st.one_of(st.none(), st.builds(Hours, st.times(), st.times())),
    time_zone=st.sampled_from(sorted(available_timezones() - {"localtime"})),
)
ANY_TIME = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them bare


class TestHours:
    @settings(deadline=None)
    @given(rule=ANY_RULE, now=ANY_TIME)
    def test_a_text_goes_only_in_the_hours_of_the_persons_clock(self, rule: SafeContact, now: datetime) -> None:
        clock = now.astimezone(ZoneInfo(rule.time_zone)).time()
        if rule.hours is None or rule.hours.begin == rule.hours.end:
            expected = True
        elif rule.hours.begin < rule.hours.end:
            expected = rule.hours.begin <= clock < rule.hours.end
        else:
            expected = not rule.hours.end <= clock < rule.hours.begin
        assert is_allowed_at(rule, now) is expected

    @settings(deadline=None)
    @given(rule=ANY_RULE, now=ANY_TIME)
    def test_waiting_ends_in_the_hours_and_not_before(self, rule: SafeContact, now: datetime) -> None:
        at = next_allowed(rule, now)
        assert at >= now
        assert at - now < timedelta(days=3)
        assert is_allowed_at(rule, at)
        assert (at == now) is is_allowed_at(rule, now)

    def test_of_a_maid_in_riyadh_after_ten_at_night(self) -> None:
        rule = SafeContact(may_text=True, hours=Hours(time(22), time(2)), time_zone="Asia/Riyadh")
        assert next_allowed(rule, NOON) == datetime(2026, 11, 25, 19, tzinfo=UTC)
        assert is_allowed_at(rule, datetime(2026, 11, 25, 22, 59, tzinfo=UTC))
        assert not is_allowed_at(rule, datetime(2026, 11, 25, 23, tzinfo=UTC))

    def test_an_hour_that_the_clock_skips_is_waited_for_on_the_next_day(self) -> None:
        """In Beirut the hour after midnight of 29 March 2026 does not exist."""
        rule = SafeContact(may_text=True, hours=Hours(time(0, 15), time(0, 45)), time_zone="Asia/Beirut")
        at = next_allowed(rule, datetime(2026, 3, 28, 20, tzinfo=UTC))
        assert at.astimezone(ZoneInfo("Asia/Beirut")).date() == date(2026, 3, 30)

    @pytest.mark.parametrize(
        ("phone", "zone"),
        [("+966501234567", "Asia/Riyadh"), ("+8801712345678", "Asia/Dhaka"), ("+60123456789", "Asia/Kuala_Lumpur"), (None, "Asia/Dhaka")],
    )
    def test_the_clock_is_that_of_the_numbers_country(self, phone: str | None, zone: str) -> None:
        assert zone_of(phone) == zone


class TestJudge:
    @pytest.mark.parametrize(
        ("rule", "has_number", "verdict"),
        [
            (SafeContact(), True, Refusal.NOT_ASKED),
            (SafeContact(may_call=True), True, Refusal.NOT_ASKED),
            (SafeContact(may_text=False), True, Refusal.NOT_ALLOWED),
            (SafeContact(may_text=True), False, Refusal.NO_NUMBER),
            (SafeContact(may_text=True), True, Allowed(NOON, Channel.SMS)),
            (SafeContact(may_text=True, channels=frozenset({Channel.WHATSAPP})), True, Allowed(NOON, Channel.WHATSAPP)),
        ],
    )
    def test_unknown_is_no(self, rule: SafeContact, has_number: bool, verdict: object) -> None:  # noqa: FBT001 - a table
        assert judge_text(rule, now=NOON, has_number=has_number) == verdict

    def test_a_call_needs_a_yes_and_the_hour(self) -> None:
        hours = Hours(time(9), time(10))
        assert may_call_now(SafeContact(may_call=True), NOON)
        assert not may_call_now(SafeContact(may_call=True, hours=hours), NOON)
        assert not may_call_now(SafeContact(), NOON)

    @pytest.mark.parametrize("kind", ["death", "missing"])
    def test_a_death_is_never_in_a_text(self, kind: str) -> None:
        assert wording_of(SafeContact(wording=Wording.FULL), kind=kind, restricted=False) is Wording.NEUTRAL
        assert wording_of(SafeContact(wording=Wording.FULL), kind="complaint", restricted=True) is Wording.NEUTRAL
        assert wording_of(SafeContact(wording=Wording.FULL), kind="complaint", restricted=False) is Wording.FULL


class TestWords:
    @pytest.mark.parametrize("name", sorted(TEMPLATES.templates))
    def test_neutral_ones_say_nothing_of_a_complaint(self, name: str) -> None:
        neutral = TEMPLATES.templates[name].neutral
        for word in ("complaint", "hearing", "decision", "decided", "agency", "অভিযোগ", "শুনানি", "সিদ্ধান্ত", "এজেন্সি", "মৃত"):
            assert word not in f"{neutral.en} {neutral.bn}".lower()

    def test_a_text_that_does_not_fit_stops_the_start(self) -> None:
        fits, long = Text("{reference}", "{reference}"), Text("x" * 135, "x")
        assert segments("ক" * 70) == 1
        assert segments("ক" * 134) == 2
        assert segments("ক" * 135) == 3
        with pytest.raises(ValidationError, match="longer than"):
            Templates(
                version="1",
                valid_from=date(2026, 1, 1),
                unfinished=TEMPLATES.unfinished,
                templates={"a": Template(neutral=fits, full=long)},
            )


async def lodged(complaints: Running, **changes: Any) -> dict[str, Any]:
    answer = await complaints.client("agent").post("/v1/complaints", json=LODGED | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def tell(complaints: Running, reference: str, template: str = "update") -> httpx.Response:
    return await complaints.client("agent").post(f"/v1/complaints/{reference}/messages", json={"template": template})


def statuses(complaints: Running) -> Callable[[], Awaitable[list[str]]]:
    async def read() -> list[str]:
        async with complaints.sessions() as session:
            return list((await session.execute(text("select status from message order by at"))).scalars())

    return read


async def make_due(complaints: Running) -> None:
    async with complaints.sessions.begin() as session:
        await session.execute(text("update message set due = now() - interval '1 second' where settled_at is null"))


class TestSend:
    async def test_a_text_goes_out_in_neutral_words(self, complaints: Running, company: Any) -> None:
        receipt = await lodged(complaints)
        answer = await tell(complaints, receipt["reference"], "decision")
        assert answer.status_code == 201
        await until(statuses(complaints), ["sent"])
        assert list(company.taken) == [answer.json()["id"]]
        [sent] = company.taken.values()
        assert sent["to"] == "+966501234567"
        assert sent["text"] == f"{receipt['reference']} বিষয়ে খবর আছে। সুবিধামতো ১৬১৩৫ নম্বরে ফোন করুন।"

    async def test_full_words_where_they_were_asked_for(self, complaints: Running, company: Any) -> None:
        rule = LODGED["safe_contact"] | {"wording": "full"}
        receipt = await lodged(complaints, safe_contact=rule, language="en")
        await tell(complaints, receipt["reference"], "decision")
        await until(statuses(complaints), ["sent"])
        assert company.texts[0].startswith("Your complaint C-")

    async def test_a_restricted_one_is_neutral_whatever_was_asked(self, complaints: Running, company: Any) -> None:
        rule = LODGED["safe_contact"] | {"wording": "full"}
        receipt = await lodged(complaints, safe_contact=rule, category="physical_abuse")
        supervisor = complaints.client("supervisor")
        await supervisor.post(f"/v1/complaints/{receipt['reference']}/messages", json={"template": "decision"})
        await until(statuses(complaints), ["sent"])
        assert "অভিযোগ" not in company.texts[0]

    @pytest.mark.parametrize("rule", [{}, {"may_text": False}, {"may_call": True}])
    async def test_is_refused_with_its_reason(self, complaints: Running, company: Any, rule: dict[str, Any]) -> None:
        receipt = await lodged(complaints, safe_contact=rule)
        answer = await tell(complaints, receipt["reference"])
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("may-not-text")
        assert answer.json()["detail"]
        assert company.tries == 0

    async def test_waits_for_the_hours_and_obeys_a_rule_that_changed_meanwhile(self, complaints: Running, company: Any) -> None:
        now = datetime.now(ZoneInfo("Asia/Riyadh"))
        later = {"hours_from": f"{now + timedelta(hours=3):%H:%M}", "hours_to": f"{now + timedelta(hours=4):%H:%M}"}
        receipt = await lodged(complaints, safe_contact=LODGED["safe_contact"] | later)
        waiting = (await tell(complaints, receipt["reference"])).json()
        assert waiting["status"] == "waiting"
        assert timedelta(hours=2, minutes=58) < datetime.fromisoformat(waiting["due"]) - datetime.now(UTC) < timedelta(hours=3)
        await make_due(complaints)  # a clock that is wrong, a rule that was changed: judged again
        await until(statuses(complaints), ["waiting"])
        client = complaints.client("agent")
        changed = await client.post(f"/v1/complaints/{receipt['reference']}/contact", json={"may_text": False}, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        assert changed.json()["may_text_now"] is False
        await make_due(complaints)
        await until(statuses(complaints), ["refused"])
        assert company.tries == 0

    async def test_a_text_whose_outcome_is_unknown_is_asked_for_and_not_sent_twice(self, complaints: Running, company: Any) -> None:
        receipt = await lodged(complaints)
        company.mood = "silent"
        await tell(complaints, receipt["reference"])
        await until(statuses(complaints), ["unclear"])
        company.mood = "well"
        await make_due(complaints)
        await until(statuses(complaints), ["sent"])
        assert company.tries == 1
        assert company.asked == list(company.taken)

    async def test_a_text_that_the_company_never_saw_is_sent_again(self, complaints: Running, company: Any) -> None:
        receipt = await lodged(complaints)
        company.mood = "down"
        await tell(complaints, receipt["reference"])
        await until(statuses(complaints), ["unclear"])
        assert company.taken == {}
        company.mood = "well"
        await make_due(complaints)
        await until(statuses(complaints), ["sent"])
        assert len(company.taken) == 1

    async def test_a_sender_that_died_is_taken_over(self, complaints: Running, company: Any) -> None:
        receipt = await lodged(complaints)
        company.mood = "silent"
        await tell(complaints, receipt["reference"])
        await until(statuses(complaints), ["unclear"])
        async with complaints.sessions.begin() as session:
            await session.execute(text("update message set status = 'sending'"))
        company.mood = "well"
        await make_due(complaints)
        await until(statuses(complaints), ["sent"])
        assert company.tries == 1

    async def test_a_refusal_of_the_company_is_the_end(self, complaints: Running, company: Any) -> None:
        receipt = await lodged(complaints)
        company.mood = "refuses"
        await tell(complaints, receipt["reference"])
        await until(statuses(complaints), ["failed"])
        assert company.tries == 1

    async def test_words_and_number_are_sealed_at_rest(self, complaints: Running, company: Any) -> None:
        receipt = await lodged(complaints)
        await tell(complaints, receipt["reference"])
        await until(statuses(complaints), ["sent"])
        stored = await complaints.raw("message")
        assert b"501234567" not in stored
        assert receipt["reference"].encode() not in stored
        assert len(company.taken) == 1

    async def test_a_change_of_interest_becomes_a_text(self, complaints: Running, company: Any) -> None:
        await lodged(complaints)
        await _happen(complaints, "decided")
        await _happen(complaints, "noted")
        await until(statuses(complaints), ["sent"])
        assert len(company.taken) == 1


async def _happen(complaints: Running, kind: str) -> None:
    from sqlalchemy import select  # noqa: PLC0415 - as a service does

    from services.complaints.models import Complaint  # noqa: PLC0415
    from services.complaints.service import note_happening  # noqa: PLC0415

    async with complaints.sessions.begin() as session:
        complaint = (await session.execute(select(Complaint).with_for_update())).scalar_one()
        await note_happening(session, complaint, kind, by="somebody", at=datetime.now(UTC))


class TestRule:
    async def test_is_shown_to_those_who_see_the_contact(self, complaints: Running) -> None:
        rule = {"may_call": True, "may_text": True, "hours_from": "২২:০০", "hours_to": "02:00", "ask_for": "বোন", "note": "রাতে"}
        receipt = await lodged(complaints, safe_contact=rule)
        shown = (await complaints.client("agent").get(f"/v1/complaints/{receipt['reference']}")).json()["safe_contact"]
        assert shown["hours_from"] == "22:00"
        assert shown["time_zone"] == "Asia/Riyadh"
        assert shown["ask_for"] == "বোন"
        assert shown["wording"] == "neutral"
        assert shown["may_leave_voicemail"] is False
        agency = await complaints.client("agency", licence=["RL-0001"]).get(f"/v1/complaints/{receipt['reference']}")
        assert agency.status_code == 404 or agency.json()["safe_contact"] is None

    @pytest.mark.parametrize("rule", [{"hours_from": "22:00"}, {"hours_from": "25:00", "hours_to": "01:00"}, {"time_zone": "Mars/Base"}])
    async def test_what_makes_no_sense_is_refused(self, complaints: Running, rule: dict[str, Any]) -> None:
        answer = await complaints.client("agent").post("/v1/complaints", json=LODGED | {"safe_contact": rule})
        assert answer.status_code == 422

    async def test_two_who_change_it_at_once_meet_a_stale_version(self, complaints: Running) -> None:
        receipt = await lodged(complaints)
        client = complaints.client("agent")
        path = f"/v1/complaints/{receipt['reference']}/contact"
        assert (await client.post(path, json={"may_text": True}, headers={"If-Match": '"1"'})).status_code == 200
        assert (await client.post(path, json={"may_text": False}, headers={"If-Match": '"1"'})).status_code == 412
        assert (await client.post(path, json={"may_text": False})).status_code == 428
