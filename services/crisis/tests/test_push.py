"""Notifications of browsers, from a released warning to what a browser opens: over a real push service's contract and real sealing."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from kit.outward import Bounds, Refused
from kit.testing.carrier import Carrier
from kit.testing.push_service import Browser, PushService
from kit.testing.waiting import until
from runner.testing import Running, own_engines, service_fixture
from services.crisis.outreach import rules
from services.crisis.outreach.push import clients as push
from services.crisis.outreach.rules import Address, Channel, SafeContact, Wording
from services.crisis.outreach.sending.left import repository as left_over
from services.crisis.tests.test_outreach import refer, states

Warn = Callable[..., Awaitable[dict[str, Any]]]
Cap = Callable[..., bytes]
Post = Callable[..., Awaitable[dict[str, Any]]]
Register = Any
PLAIN = {"may_call": True, "may_text": True, "words": "plain", "hours": None, "time_zone": None}

# The other ways lead to it: whoever has a number is texted too.
pytestmark = pytest.mark.usefixtures("carrier")
engines, start_service = own_engines()
crisis = service_fixture("crisis")


@pytest.fixture
async def browsers() -> AsyncIterator[PushService]:
    async with PushService().listening() as running:
        yield running
        running.let_go()


def way(*known: Browser) -> list[dict[str, Any]]:
    """As the register tells of them."""
    return [
        {"kind": "push", "address": json.dumps({"id": str(uuid4()), **one.subscription}), "at_home": False, "whose": "own"} for one in known
    ]


async def pushed(browsers: PushService) -> list[str]:
    return [one.shown["body"] for one in browsers.taken]


class TestAWarning:
    async def test_shows_on_every_browser_of_a_person_and_leads_to_their_own_page(
        self, crisis: Running, register: Register, browsers: PushService, carrier: Carrier, warn: Warn
    ) -> None:
        first, second = browsers.subscribe(), browsers.subscribe()
        sms = {"kind": "sms", "address": "+966500000000", "at_home": False, "whose": "own"}
        person = register.add(channels=[*way(first, second), sms])
        await warn()
        await until(lambda: states(crisis, "purpose = 'warn'"), {"push accepted": 1, "sms accepted": 1})
        assert {one.browser for one in browsers.taken} == {first.endpoint, second.endpoint}
        told = browsers.taken[0]
        assert told.shown["title"] == "প্রবাসী: সতর্কবার্তা"
        assert told.shown["body"].startswith("লেবানন: চরম বিপদ! এখানে চাপ দিয়ে")
        token = told.shown["path"].removeprefix("/c/")
        [link] = await crisis.rows("outreach_link where kind = 'person'")
        assert str(link.person) == person
        assert [one.rpartition("/")[2] for one in carrier.texts] == [token], "the same page as by text"

    async def test_tells_the_push_service_how_long_and_how_urgent_and_not_a_word(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        register.add(channels=way(browsers.subscribe()))
        expires = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="seconds")
        await warn(expires=expires)
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        [told] = browsers.taken
        assert 0 < int(told.headers["TTL"]) <= 7200
        assert told.headers["Urgency"] == "high"
        assert len(told.headers["Topic"]) == 32
        assert (told.shown["tag"], told.headers["Content-Encoding"]) == (told.headers["Topic"], "aes128gcm")

    async def test_leaves_no_address_and_no_link_behind(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        browser = browsers.subscribe()
        register.add(channels=way(browser))
        await warn()
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        stored = await crisis.raw("recipient") + await crisis.raw("send_attempt")
        token = browsers.taken[0].shown["path"].removeprefix("/c/")
        for secret in (browser.endpoint, *browser.subscription.values(), token):
            assert secret.encode() not in stored

    async def test_an_update_and_the_all_clear_take_its_place(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn, cap: Cap, post: Post
    ) -> None:
        register.add(channels=way(browsers.subscribe()))
        alert = await warn()
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        first = crisis.client("supervisor", sub="first")
        await post(first, cap(sender=alert["sender"], msgType="Cancel", references=refer(alert)))
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 2})
        assert (await pushed(browsers))[1] == "লেবানন: সতর্কতা শেষ। সাহায্য লাগলে এখানে চাপ দিন।"
        assert len({one.headers["Topic"] for one in browsers.taken}) == 1


class TestSafeContact:
    async def test_neutral_words_name_no_danger_no_country_and_no_office(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        register.add(channels=way(browsers.subscribe()), contact_rule={**PLAIN, "words": "neutral"})
        register.add(channels=way(browsers.subscribe()), contact_rule=None, language="en")
        await warn()
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 2})
        assert sorted(f"{one.shown['title']} {one.shown['body']}" for one in browsers.taken) == [
            "A message for you Open it when you are alone.",
            "আপনার জন্য একটি বার্তা একা থাকলে খুলুন।",
        ]

    async def test_who_said_that_messages_are_not_safe_gets_none(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        register.add(channels=way(browsers.subscribe()), contact_rule={**PLAIN, "may_text": False, "may_call": False})
        await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis), {"none suppressed": 1})
        assert browsers.posts == 0


class TestABrowserThatIsGone:
    @pytest.mark.parametrize("mood", ["gone", "missing"])
    async def test_is_told_to_the_register_and_another_way_is_taken(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn, mood: str
    ) -> None:
        known = way(browsers.subscribe())
        register.add(channels=known)
        browsers.mood = mood
        await warn()
        await until(lambda: states(crisis, "channel = 'push'"), {"push failed": 1})
        await until(register.gone_of, [json.loads(known[0]["address"])["id"]])
        await until(lambda: crisis.count("push_gone"), 0)
        [row] = await crisis.rows("recipient where channel = 'push'")
        assert (row.reason, browsers.posts) == ("gone", 1)
        await until(lambda: states(crisis, "channel = 'visit'"), {"visit queued": 1})

    async def test_waits_for_a_register_that_is_away(self, crisis: Running, register: Register, browsers: PushService, warn: Warn) -> None:
        register.add(channels=way(browsers.subscribe()))
        browsers.mood, register.refuses_gone = "gone", True
        await warn()
        await until(lambda: crisis.count("push_gone"), 1)
        register.refuses_gone = False
        async with crisis.sessions.begin() as session:
            await session.execute(text("notify outreach"))
        await until(lambda: crisis.count("push_gone"), 0)

    async def test_of_two_the_other_is_enough(self, crisis: Running, register: Register, browsers: PushService, warn: Warn) -> None:
        gone, alive = browsers.subscribe(), browsers.subscribe()
        browsers.browsers = {name: one for name, one in browsers.browsers.items() if one is alive}
        known = way(gone, alive)
        register.add(channels=known)
        await warn()
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        await until(register.gone_of, [json.loads(known[0]["address"])["id"]])


class TestABusyPushService:
    @pytest.mark.parametrize("mood", ["busy", "down"])
    async def test_is_tried_again_and_shows_it_once(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn, mood: str
    ) -> None:
        register.add(channels=way(browsers.subscribe()))
        browsers.mood, browsers.retry_after = mood, "1"
        await warn(severity="Moderate", urgency="Immediate")

        async def posted() -> bool:
            return browsers.posts > 0

        await until(posted, expected=True)
        browsers.mood = "well"
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        assert len(browsers.taken) == 1

    async def test_waits_as_long_as_it_asks_and_never_beyond_the_end(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        register.add(channels=way(browsers.subscribe()))
        browsers.mood, browsers.retry_after = "busy", "3600"
        expires = (datetime.now(UTC) + timedelta(minutes=30)).isoformat(timespec="seconds")
        await warn(severity="Moderate", urgency="Immediate", expires=expires)

        async def put_off() -> bool:
            return any(row.attempts and row.state == "queued" for row in await crisis.rows("recipient where channel = 'push'"))

        await until(put_off, expected=True)
        [row] = await crisis.rows("recipient where channel = 'push'")
        assert row.due > row.not_after, "its time is over before its turn: it expires"

    async def test_that_took_it_and_did_not_answer_is_told_again_and_shows_it_once(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody can be asked. The second copy has the same topic, tag and reference: it takes the place of the first."""
        monkeypatch.setattr(push, "BOUNDS", Bounds(seconds=0.5, redirects=0))
        register.add(channels=way(browsers.subscribe()))
        browsers.mood = "hangs"
        await warn(severity="Moderate", urgency="Immediate")

        async def has_come() -> bool:
            return bool(browsers.taken)

        await until(has_come, expected=True)
        browsers.mood = "well"
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        [row] = await crisis.rows("recipient where channel = 'push'")
        assert {one.shown["reference"] for one in browsers.taken} == {str(row.id)}
        assert len(browsers.taken) > len(browsers.waiting) == 1

    async def test_who_may_have_it_is_told_that_it_is_over(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn, cap: Cap, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It took the warning and did not say so, and is busy by now."""
        monkeypatch.setattr(push, "BOUNDS", Bounds(seconds=0.5, redirects=0))
        register.add(channels=way(browsers.subscribe()))
        browsers.mood = "hangs"
        alert = await warn(severity="Moderate", urgency="Immediate")

        async def has_come() -> bool:
            return bool(browsers.taken)

        await until(has_come, expected=True)
        browsers.mood, browsers.retry_after = "busy", "3600"
        await until(lambda: states(crisis, "channel = 'push' and due > now() + interval '10 minutes'"), {"push queued": 1})
        browsers.mood = "well"
        await post(crisis.client("supervisor", sub="first"), cap(sender=alert["sender"], msgType="Cancel", references=refer(alert)))
        await until(lambda: states(crisis, "channel = 'push'"), {"push suppressed": 1, "push accepted": 1})
        assert (await pushed(browsers))[-1] == "লেবানন: সতর্কতা শেষ। সাহায্য লাগলে এখানে চাপ দিন।"

    async def test_what_a_process_took_with_it_is_said_by_the_next(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        """Claimed and never called: of a push service that cannot be asked, this looks the same."""
        register.add(channels=way(browsers.subscribe()))
        browsers.mood, browsers.retry_after = "busy", "3600"
        await warn(severity="Moderate", urgency="Immediate")

        async def put_off() -> bool:
            return any(row.attempts and row.state == "queued" for row in await crisis.rows("recipient where channel = 'push'"))

        await until(put_off, expected=True)
        browsers.mood = "well"
        async with crisis.sessions.begin() as session:
            died = "update recipient set state = 'sent', claimed_until = now() - interval '1 second' where channel = 'push'"
            await session.execute(text(died))
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        assert len(browsers.taken) == 1


class TestSeveralBrowsersOfOnePerson:
    """One has it, and she is handed over; another was busy."""

    @staticmethod
    async def one_of_two(crisis: Running, register: Register, browsers: PushService, warn: Warn, mood: str, **said: str) -> tuple[str, Any]:
        """The address of the one that did not take it, and the alert."""
        well, other = browsers.subscribe(), browsers.subscribe(mood)
        register.add(channels=way(well, other))
        alert = await warn(**{"severity": "Moderate", "urgency": "Immediate"} | said)
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 1})
        assert [one.browser for one in browsers.taken if one.browser == well.endpoint] == [well.endpoint]
        return other.endpoint, alert

    @pytest.mark.parametrize("mood", ["busy", "down", "hangs"])
    async def test_the_other_is_tried_until_it_takes_it_and_she_is_counted_once(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn, monkeypatch: pytest.MonkeyPatch, mood: str
    ) -> None:
        monkeypatch.setattr(push, "BOUNDS", Bounds(seconds=0.5, redirects=0))
        other, _ = await self.one_of_two(crisis, register, browsers, warn, mood)
        [before] = await crisis.rows("recipient where channel = 'push'")
        browsers.moods.clear()
        await until(lambda: crisis.count("push_left"), 0)
        [after] = await crisis.rows("recipient where channel = 'push'")
        assert (after.state, after.handed_at, after.attempts) == ("accepted", before.handed_at, before.attempts)
        assert len(browsers.waiting) == 2
        assert other in {one.browser for one in browsers.taken}
        assert len({one.shown["reference"] for one in browsers.taken}) == 1

    async def test_waits_as_long_as_it_asks_and_leaves_nothing_behind_at_the_end(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        browsers.retry_after = "3600"
        expires = (datetime.now(UTC) + timedelta(minutes=90)).isoformat(timespec="seconds")
        other, _ = await self.one_of_two(crisis, register, browsers, warn, "busy", expires=expires)
        [left] = await crisis.rows("push_left")
        [row] = await crisis.rows("recipient where channel = 'push'")
        assert left.due - row.handed_at > timedelta(minutes=59)
        assert other.encode() not in await crisis.raw("push_left")
        await self.due_again(crisis, "not_after = now()")
        await until(lambda: crisis.count("push_left"), 0)
        assert other not in {one.browser for one in browsers.taken}

    @staticmethod
    async def due_again(crisis: Running, also: str = "attempts = attempts") -> None:
        async with crisis.sessions.begin() as session:
            await session.execute(text(f"update push_left set due = now(), {also}"))
            await session.execute(text("notify outreach"))

    async def test_is_not_said_to_who_has_answered(self, crisis: Running, register: Register, browsers: PushService, warn: Warn) -> None:
        browsers.retry_after = "3600"
        other, _ = await self.one_of_two(crisis, register, browsers, warn, "busy")
        token = browsers.taken[0].shown["path"].removeprefix("/c/")
        answer = await crisis.client().post(
            "/v1/crisis/checkins", json={"token": token, "status": "safe"}, headers={"Idempotency-Key": token}
        )
        assert answer.status_code == 201, answer.text
        browsers.moods.clear()
        await self.due_again(crisis)
        await until(lambda: crisis.count("push_left"), 0)
        assert other not in {one.browser for one in browsers.taken}

    async def test_is_never_said_after_the_all_clear(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn, cap: Cap, post: Post
    ) -> None:
        browsers.retry_after = "3600"
        other, alert = await self.one_of_two(crisis, register, browsers, warn, "busy")
        browsers.moods.clear()
        await post(crisis.client("supervisor", sub="first"), cap(sender=alert["sender"], msgType="Cancel", references=refer(alert)))
        await until(lambda: states(crisis, "channel = 'push'"), {"push accepted": 2})
        await self.due_again(crisis)
        await until(lambda: crisis.count("push_left"), 0)
        assert [one.shown["body"] for one in browsers.taken if one.browser == other] == ["লেবানন: সতর্কতা শেষ। সাহায্য লাগলে এখানে চাপ দিন।"]

    async def test_nor_after_anything_newer_of_the_same_chain(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        browsers.retry_after = "3600"
        other, _ = await self.one_of_two(crisis, register, browsers, warn, "busy", severity="Extreme")
        browsers.moods.clear()
        async with crisis.sessions.begin() as session:
            await session.execute(text("update outreach_job set opened_at = opened_at - interval '46 minutes'"))
        await until(lambda: states(crisis, "channel = 'push' and purpose = 'reminder'"), {"push accepted": 1})
        await self.due_again(crisis)
        await until(lambda: crisis.count("push_left"), 0)
        assert len([one for one in browsers.taken if one.browser == other]) == 1, "the reminder alone"

    async def test_what_a_process_took_with_it_is_tried_by_the_next(
        self, crisis: Running, register: Register, browsers: PushService, warn: Warn
    ) -> None:
        browsers.retry_after = "3600"
        other, _ = await self.one_of_two(crisis, register, browsers, warn, "busy")
        browsers.moods.clear()
        async with crisis.sessions.begin() as session:
            claimed = await left_over.claim(session, 10, datetime.now(UTC) + timedelta(hours=2), datetime.now(UTC) + timedelta(seconds=1))
        assert len(claimed) == 1
        async with crisis.sessions.begin() as session:
            await session.execute(text("notify outreach"))
        await until(lambda: crisis.count("push_left"), 0)
        assert other in {one.browser for one in browsers.taken}


class TestAnAddressInsideOfAHouse:
    async def test_is_never_called(self, crisis: Running, register: Register, warn: Warn) -> None:
        inside = Browser("https://10.1.2.3/push/one")
        register.add(channels=way(inside))
        await warn()
        await until(lambda: states(crisis, "channel = 'push'"), {"push failed": 1})
        [row] = await crisis.rows("recipient where channel = 'push'")
        assert row.reason == Refused.PRIVATE


class TestThePageOfAWarning:
    async def test_subscribes_the_person_of_the_link_and_nobody_elses_household(
        self, crisis: Running, register: Register, browsers: PushService, carrier: Carrier, warn: Warn
    ) -> None:
        home = {"kind": "sms", "address": "+8801711000000", "at_home": True, "whose": "family"}
        own = {"kind": "sms", "address": "+966500000000", "at_home": False, "whose": "own"}
        person, browser = register.add(channels=[own, home]), browsers.subscribe()
        await warn(severity="Moderate", urgency="Immediate")
        await until(lambda: states(crisis), {"sms accepted": 1})
        token = carrier.texts[0].rpartition("/")[2]
        body = {"token": token, "subscription": browser.subscription}
        answer = await crisis.client().post("/v1/crisis/checkins/push", json=body)
        assert answer.status_code == 204, answer.text
        assert register.subscribed == [{"person": person, "subscription": browser.subscription}]
        wrong = await crisis.client().post("/v1/crisis/checkins/push", json=body | {"token": "0" * 16})
        assert wrong.status_code == 404

    async def test_the_key_is_told_to_anybody(self, crisis: Running) -> None:
        answer = await crisis.client().get("/v1/crisis/push/key")
        assert (answer.status_code, len(answer.json()["key"])) == (200, 87)


class TestTheLadder:
    """A notification goes beside the next way of a person's own, never instead of it."""

    RUNGS = ((Channel.PUSH, Channel.WHATSAPP, Channel.EMAIL), (Channel.SMS,), (Channel.HOME,), (Channel.VISIT,))
    RULE = SafeContact(may_call=True, may_text=True, wording=Wording.PLAIN, hours=None, zone="Asia/Riyadh")
    BELL = Address(Channel.PUSH, "[]")

    def test_a_push_alone_does_not_keep_a_text_back(self) -> None:
        first = rules.plan([self.BELL, Address(Channel.SMS, "+1")], self.RULE, self.RUNGS, 0)
        assert first is not None
        assert rules.is_bell(first)
        assert rules.rings_own(rules.plan([self.BELL, Address(Channel.SMS, "+1")], self.RULE, self.RUNGS, 1))

    def test_beside_a_chat_it_is_no_longer_alone(self) -> None:
        first = rules.plan([self.BELL, Address(Channel.WHATSAPP, "+1")], self.RULE, self.RUNGS, 0)
        assert first is not None
        assert not rules.is_bell(first)

    @pytest.mark.parametrize("other", [Channel.HOME, Channel.VISIT])
    def test_a_family_is_not_alarmed_because_somebody_has_nothing_else(self, other: Channel) -> None:
        following = rules.plan([self.BELL, Address(other, "+880")], self.RULE, self.RUNGS, 1)
        assert not rules.rings_own(following)


@pytest.mark.parametrize(
    ("said", "waits"), [("120", 120), ("", 0), ("soon", 0), ("-5", 0), ("99999999999", 86400), ("Fri, 27 Nov 2026 00:01:00 GMT", 60)]
)
def test_retry_after_is_read_in_both_its_forms(said: str, waits: int) -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    assert push._patience(said, now) == timedelta(seconds=waits)
