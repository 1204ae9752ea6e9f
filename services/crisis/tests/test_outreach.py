"""From a warning that was released to what the company got, over a real PostgreSQL, a real register's contract and a real HTTP server."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from kit.testing.carrier import Carrier
from kit.testing.waiting import until
from runner.testing import Running, own_engines, service_fixture

Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
Warn = Callable[..., Awaitable[dict[str, Any]]]
Release = Callable[..., Awaitable[None]]
Register = Any
PLAIN = {"may_call": True, "may_text": True, "words": "plain", "hours": None, "time_zone": None}


engines, start_service = own_engines()
crisis = service_fixture("crisis")


async def states(crisis: Running, where: str = "true") -> dict[str, int]:
    async with crisis.sessions() as session:
        rows = await session.execute(text(f"select channel || ' ' || state, count(*) from recipient where {where} group by 1"))
        return {name: int(count) for name, count in rows}


def refer(alert: dict[str, Any]) -> str:
    return f"{alert['sender']},{alert['identifier']},{alert['sent']}"


async def told(carrier: Carrier) -> list[str]:
    return sorted(one["to"] for one in carrier.taken.values())


class TestAWarning:
    async def test_reaches_each_who_is_exposed_once_with_a_link_of_their_own(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn
    ) -> None:
        people = [register.add(), register.add(language="en"), register.add(**{"class": "same_country"})]
        await warn()
        await until(lambda: states(crisis, "purpose = 'warn' and channel = 'sms'"), {"sms accepted": 2})
        bangla, english = sorted(carrier.texts, key=str.isascii)
        assert bangla.startswith("লেবানন: চরম বিপদ! ভালো ১, সাহায্য ২ লিখুন: http")
        assert english.startswith("Lebanon: extreme danger! Reply 1 safe, 2 help: http")
        assert bangla.rpartition("/")[2] != english.rpartition("/")[2]
        rows = await crisis.rows("recipient where channel = 'sms'")
        assert {str(row.person) for row in rows} == set(people[:2])
        assert {row.provider_id for row in rows} == {f"p-{row.id}" for row in rows}
        assert all(row.contact is None for row in rows), "an address is wiped with the hand-over"
        stored = await crisis.raw("recipient") + await crisis.raw("send_attempt") + await crisis.raw("outreach_link")
        assert not any(number.encode() in stored for number in await told(carrier))
        assert bangla.rpartition("/")[2].encode() not in stored

    async def test_waits_for_a_release(
        self, crisis: Running, register: Register, carrier: Carrier, cap: Cap, post: Post, release: Release
    ) -> None:
        register.add()
        alert = await post(crisis.client("supervisor", sub="first"), cap())
        await asyncio.sleep(0.3)
        assert (await crisis.count("outreach_job"), carrier.taken) == (0, {})
        await release(crisis, alert["id"])
        await until(lambda: told(carrier), ["+966500000000"])

    async def test_waits_for_a_register_that_is_away(self, crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> None:
        register.add()
        register.is_away = True
        await warn()

        async def tries() -> bool:
            return any(row.attempts for row in await crisis.rows("outreach_job"))

        await until(tries, expected=True)
        register.is_away = False
        await until(lambda: told(carrier), ["+966500000000"])


class TestAnUnknownOutcome:
    @pytest.mark.parametrize("mood", ["silent", "hangs"])
    async def test_is_asked_for_and_not_sent_again(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn, mood: str
    ) -> None:
        register.add()
        carrier.mood = mood
        await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: told(carrier), ["+966500000000"])
        carrier.mood = "well"
        await until(lambda: states(crisis), {"sms accepted": 1}, within=240)
        assert len(carrier.taken) == 1
        assert set(carrier.posts.values()) == {1}
        assert carrier.asked == list(carrier.taken)
        tries = await crisis.rows("send_attempt order by number")
        assert [(row.is_ask, row.outcome) for row in tries] == [(False, "unclear"), (True, "sent")]

    async def test_of_what_was_never_seen_is_sent_with_the_same_reference(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn
    ) -> None:
        register.add()
        carrier.mood = "down"
        await warn(severity="Moderate", urgency="Immediate")

        async def asked() -> bool:
            return bool(carrier.asked)

        await until(asked, expected=True)
        carrier.mood = "well"
        await until(lambda: states(crisis), {"sms accepted": 1})
        assert set(carrier.posts) == set(carrier.taken)

    async def test_a_busy_company_is_not_asked(self, crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> None:
        register.add()
        carrier.mood = "busy"
        await warn(severity="Moderate", urgency="Immediate")

        async def posted() -> bool:
            return bool(carrier.posts)

        await until(posted, expected=True)
        carrier.mood = "well"
        await until(lambda: states(crisis), {"sms accepted": 1})
        assert carrier.asked == []


class TestSafeContact:
    async def test_neutral_words_or_silence(self, crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> None:
        register.add(contact_rule={**PLAIN, "words": "neutral"})
        register.add(contact_rule=None)
        register.add(contact_rule={**PLAIN, "may_text": False, "may_call": False})
        register.add(channels=[])
        await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis), {"sms accepted": 2, "none suppressed": 2})
        assert all("বিপদ" not in one and "লেবানন" not in one for one in carrier.texts)
        reasons = {row.reason for row in await crisis.rows("recipient where channel = 'none'")}
        assert reasons == {"not_allowed", "no_channel"}

    async def test_outside_of_their_hours_it_waits_and_is_never_stale(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn
    ) -> None:
        now = datetime.now(UTC)
        later = [(now + timedelta(hours=hours)).strftime("%H:%M") for hours in (3, 4)]
        register.add(contact_rule={**PLAIN, "hours": later, "time_zone": "UTC"})
        await warn(severity="Moderate", urgency="Immediate", expires=(now + timedelta(hours=1)).isoformat(timespec="seconds"))
        await until(lambda: states(crisis), {"sms suppressed": 1})
        register.add(country="JO", contact_rule={**PLAIN, "hours": later, "time_zone": "UTC"})
        await warn(severity="Moderate", urgency="Immediate", country="JO")

        async def due_in_hours() -> bool:
            rows = await crisis.rows("recipient where country = 'JO' and attempts > 0 and state = 'queued'")
            return bool(rows) and rows[0].due > now + timedelta(hours=2)

        await until(due_in_hours, expected=True)
        assert carrier.taken == {}


class TestTheLadder:
    async def test_climbs_to_the_next_way_where_one_fails(self, crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> None:
        register.add()
        carrier.mood = "refuses"
        await warn(severity="Severe")
        await until(lambda: states(crisis), {"sms failed": 1, "voice failed": 1, "visit queued": 1})
        assert carrier.taken == {}

    async def test_goes_by_phone_before_it_rings_and_to_the_family_after(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn
    ) -> None:
        register.add(
            channels=[
                {"kind": "whatsapp", "address": "+96176000001", "at_home": False, "whose": "own"},
                {"kind": "sms", "address": "+96176000001", "at_home": False, "whose": "own"},
                {"kind": "sms", "address": "+8801712000001", "at_home": True, "whose": "family"},
            ]
        )
        await warn()  # of level 4: the first two at once
        await until(lambda: states(crisis), {"whatsapp accepted": 1, "sms accepted": 1})
        for done, wanted in (("sms", "voice"), ("voice", "home"), ("home", "visit")):
            async with crisis.sessions.begin() as session:
                await session.execute(text(f"update recipient set climb_at = now() where channel = '{done}' and climb_at is not null"))
                await session.execute(text("select pg_notify('outreach', '')"))
            expected = "queued" if wanted == "visit" else "accepted"
            await until(lambda wanted=wanted: states(crisis, f"channel = '{wanted}'"), {f"{wanted} {expected}": 1})  # type: ignore[misc]
        family = next(one for one in carrier.taken.values() if one["to"] == "+8801712000001")
        assert "স্বজনের খবর" in family["text"]


class TestUpdateAndAllClear:
    async def test_reach_exactly_those_who_were_warned(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn, cap: Cap, post: Post, release: Release
    ) -> None:
        stays, moved_away, silent = (
            register.add(),
            register.add(),
            register.add(contact_rule={**PLAIN, "may_text": False, "may_call": False}),
        )
        first = await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis), {"sms accepted": 2, "none suppressed": 1})
        carrier.begin_anew()
        register.people[moved_away] |= {"country": "BD"}
        newly = register.add()
        second = await post(
            crisis.client("supervisor", sub="first"),
            cap(msgType="Update", references=refer(first), severity="Moderate", urgency="Immediate"),
        )
        await release(crisis, second["id"])
        await until(lambda: states(crisis, f"alert_id = '{second['id']}' and channel = 'sms'"), {"sms accepted": 3})
        by_purpose = {(str(row.person), row.purpose) for row in await crisis.rows(f"recipient where alert_id = '{second['id']}'")}
        assert by_purpose == {(stays, "update"), (moved_away, "update"), (newly, "warn"), (silent, "warn")}
        carrier.begin_anew()
        await post(crisis.client("supervisor", sub="first"), cap(msgType="Cancel", references=refer(second), infos=""))
        await until(lambda: states(crisis, "purpose = 'all_clear'"), {"sms accepted": 3})
        assert {str(row.person) for row in await crisis.rows("recipient where purpose = 'all_clear'")} == {stays, moved_away, newly}
        assert sum("সতর্কতা শেষ" in one for one in carrier.texts) == 3

    async def test_what_was_not_sent_yet_is_not_sent_after_a_cancel(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn, cap: Cap, post: Post
    ) -> None:
        now = datetime.now(UTC)
        later = [(now + timedelta(hours=hours)).strftime("%H:%M") for hours in (3, 4)]
        register.add(contact_rule={**PLAIN, "hours": later, "time_zone": "UTC"})
        alert = await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis, "attempts > 0"), {"sms queued": 1})
        await post(crisis.client("supervisor", sub="first"), cap(msgType="Cancel", references=refer(alert), infos=""))
        await until(lambda: states(crisis), {"sms suppressed": 1})
        assert carrier.taken == {}

    async def test_nor_what_a_busy_company_gave_back_while_it_was_cancelled(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn, cap: Cap, post: Post
    ) -> None:
        register.add()
        carrier.mood, carrier.pause_s = "busy", 1.5
        alert = await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis), {"sms sent": 1})
        await post(crisis.client("supervisor", sub="first"), cap(msgType="Cancel", references=refer(alert), infos=""))

        async def given_back() -> bool:
            return not await crisis.rows("recipient where purpose = 'warn' and state = 'sent'")

        await until(given_back, expected=True)
        carrier.mood, carrier.pause_s = "well", 0.0
        await until(lambda: states(crisis, "purpose = 'warn'"), {"sms suppressed": 1})
        assert all("সতর্কতা শেষ" in one for one in carrier.texts)


class TestADrill:
    async def test_reaches_only_its_members_and_no_company(self, crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> None:
        register.add()
        member = register.add(drill_member=True)
        await warn(status="Exercise", severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis), {"sms accepted": 1})
        (row,) = await crisis.rows("recipient")
        assert (str(row.person), row.is_drill) == (member, True)
        (message,) = await crisis.rows("drill_message")
        assert message.body.startswith("মহড়া, সত্যি নয়: ")
        assert carrier.taken == {}

    async def test_the_database_keeps_drills_among_drills(self, crisis: Running, register: Register, carrier: Carrier, warn: Warn) -> None:
        register.add()
        await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis), {"sms accepted": 1})
        assert len(carrier.taken) == 1
        for wrong in (
            "insert into drill_message select id, true, channel, 'x', now() from recipient",
            "insert into drill_message select id, false, channel, 'x', now() from recipient",
            "update recipient set is_drill = true",
        ):
            with pytest.raises(Exception, match="drill"):
                async with crisis.sessions.begin() as session:
                    await session.execute(text(wrong))


class TestLanes:
    async def test_the_urgent_leaves_before_what_waited_longer(
        self, crisis: Running, register: Register, carrier: Carrier, warn: Warn
    ) -> None:
        """By the order of the claim, not by a clock: behind a provider that takes ten a second, lane 0 is among the next few."""
        for _ in range(300):
            register.add(country="JO")
        await warn(severity="Moderate", urgency="Immediate", country="JO")
        await until(lambda: crisis.count("recipient"), 300)
        urgent = register.add(language="en", channels=[{"kind": "sms", "address": "+9617000000", "at_home": False, "whose": "own"}])
        await warn(country="LB")

        async def went() -> bool:
            return bool(await crisis.rows(f"recipient where person = '{urgent}' and channel = 'sms' and state = 'accepted'"))

        await until(went, expected=True)
        assert (await states(crisis, "country = 'JO'"))["sms queued"] > 100
        assert len(carrier.taken) < 200
