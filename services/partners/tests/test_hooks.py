"""Events on their way to partners' own servers: signed, in order, at least once, and held up by nobody who is dead, slow or hostile."""

import asyncio
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

import httpx
import pytest
from cloudevents.core.formats.json import JSONFormat
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from typing_extensions import override

from kit.crypto import Keyring
from kit.outward import Outward
from kit.testing.certificates import Authority
from kit.testing.waiting import until
from runner.place import PROJECT
from runner.testing import Running, served
from services.partners.hooks import rules
from services.partners.hooks.sending.service import Sender
from services.partners.tests.conftest import Receiver, free_port
from services.partners.tests.test_feed import end_agreement, enveloped, referral, take, unique, withdrawn
from services.partners.tests.test_organisations import ANY, ROOT, good, keeper, person, program, refused, set_up

AT: Final = f"{ROOT}/endpoints"
# For whoever never answers alone: a busy machine may be slow with a good answer.
SHORT_S: Final = 2.0
SECONDS: Final = 30.0


@pytest.fixture
def nobodys() -> Iterator[int]:
    """A port that is taken and at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


@asynccontextmanager
async def sending(partners: Running, *, seconds: float = SECONDS, **options: Any) -> AsyncIterator[Sender]:
    assert partners.settings.keyring is not None
    outward = Outward(**{"is_trial": True, **options})
    try:
        yield Sender(partners.sessions, Keyring.load(partners.settings.keyring, service="partners"), outward, seconds)
    finally:
        await outward.close()


async def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


async def now_due(partners: Running) -> None:
    """Pauses are over."""
    async with partners.sessions.begin() as session:
        await session.execute(text("update partner_delivery set due = now(), claimed_until = null where state = 'waiting'"))
        await session.execute(text("update partner_endpoint set retry_at = null"))


async def push(partners: Running, **options: Any) -> None:
    """All that waits is tried once, or until its endpoint fails."""
    await now_due(partners)
    async with sending(partners, **options) as sender:
        await asyncio.gather(*(sender.send_all(one) for one in await sender.look()))


def client(partners: Running, code: str) -> httpx.AsyncClient:
    return program(partners, f"partner-{code}--cases")


async def endpoint(partners: Running, code: str, url: str, **more: Any) -> dict[str, Any]:
    return await good(await client(partners, code).post(AT, json={"url": url, **more}), 201)


async def log_of(partners: Running, code: str, one: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    page = await good(await client(partners, code).get(f"{AT}/{one['id']}/deliveries{query}"))
    items: list[dict[str, Any]] = page["items"]
    return items


async def ready(partners: Running, receiver: Receiver, path: str = "good") -> tuple[str, dict[str, Any]]:
    code = unique()
    await set_up(partners, code)
    return code, await endpoint(partners, code, f"{receiver.url}/{path}")


class TestWhatIsSent:
    async def test_is_verified_by_libraries_that_are_not_ours(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        event = enveloped(referral(code))
        await take(partners, event)
        await push(partners)
        ((_, headers, body),) = receiver.got
        Webhook(one["secret"]).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(rules.secret_of(b"another" * 4)).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(one["secret"]).verify(body.replace(b"training", b"teaching"), headers)
        read = JSONFormat().read(None, body)
        assert (read.get_id(), read.get_type(), read.get_subject()) == (headers["webhook-id"], event.type, str(event.subject))
        assert (await client(partners, code).get(f"{ROOT}/events/{event.id}")).content == body
        (delivery,) = await log_of(partners, code, one)
        assert (delivery["event_id"], delivery["state"]) == (str(event.id), "delivered")
        assert [(each["number"], each["status"], each["outcome"]) for each in delivery["attempts"]] == [(1, 204, "delivered")]
        assert one["secret"].encode() not in await partners.raw("partner_endpoint") + await partners.raw("idempotency")

    @pytest.mark.parametrize("minutes", [10, -10], ids=["fast", "slow"])
    async def test_is_refused_by_a_receiver_whose_clock_is_ten_minutes_off(
        self, partners: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, minutes: int
    ) -> None:
        """By the library that is not ours. The signature itself is good: only its time is not."""
        code, one = await ready(partners, receiver)
        await take(partners, enveloped(referral(code)))
        await push(partners)
        ((_, headers, body),) = receiver.got

        class Theirs(datetime):
            @classmethod
            @override
            def now(cls, tz: tzinfo | None = None) -> Self:
                return super().now(tz) + timedelta(minutes=minutes)

        Webhook(one["secret"]).verify(body, headers)
        monkeypatch.setattr("standardwebhooks.webhooks.datetime", Theirs)
        with pytest.raises(WebhookVerificationError, match="timestamp too"):
            Webhook(one["secret"]).verify(body, headers)

    async def test_is_signed_by_both_secrets_while_one_replaces_the_other(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        new = await good(await client(partners, code).post(f"{AT}/{one['id']}/secret", headers={"If-Match": '"1"'}))
        await take(partners, enveloped(referral(code)))
        await push(partners)
        for secret in (one["secret"], new["secret"]):
            Webhook(secret).verify(receiver.got[0][2], receiver.got[0][1])
        async with partners.sessions.begin() as session:
            await session.execute(text("update partner_endpoint set former_until = now()"))
        await take(partners, enveloped(referral(code)))
        await push(partners)
        Webhook(new["secret"]).verify(receiver.got[1][2], receiver.got[1][1])
        with pytest.raises(WebhookVerificationError):
            Webhook(one["secret"]).verify(receiver.got[1][2], receiver.got[1][1])

    async def test_is_not_signed_any_more_with_a_secret_that_leaked(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        at = f"{AT}/{one['id']}/secret"
        middle = await good(await client(partners, code).post(at, headers={"If-Match": '"1"'}))
        new = await good(await client(partners, code).post(at, json={"at_once": True}, headers={"If-Match": '"2"'}))
        assert new["former_until"] is None
        await take(partners, enveloped(referral(code)))
        await push(partners)
        ((_, headers, body),) = receiver.got
        Webhook(new["secret"]).verify(body, headers)
        for leaked in (one, middle):
            with pytest.raises(WebhookVerificationError):
                Webhook(leaked["secret"]).verify(body, headers)

    async def test_a_later_event_of_a_record_waits_for_the_earlier(self, partners: Running, receiver: Receiver) -> None:
        code, _ = await ready(partners, receiver)
        record = uuid4()
        first, second, other = (
            enveloped(referral(code), subject=record),
            enveloped(referral(code), subject=record, sequence=2),
            enveloped(referral(code)),
        )
        await take(partners, first, second, other)
        receiver.answers["good"] = [500, 500]
        await push(partners)
        assert str(second.id) not in receiver.ids()
        await push(partners)
        await push(partners)
        good_ones = receiver.ids()
        assert good_ones.count(str(second.id)) == 1
        assert good_ones.index(str(second.id)) > max(at for at, one in enumerate(good_ones) if one == str(first.id))
        assert str(other.id) in good_ones

    async def test_may_be_no_more_than_what_is_agreed_at_that_moment(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        record = uuid4()
        gone = enveloped(withdrawn(code, record))
        await take(partners, enveloped(referral(code), subject=record), enveloped(referral(code)), gone)
        await end_agreement(partners, code)
        await push(partners)
        assert receiver.ids() == [str(gone.id)]
        async with partners.sessions() as session:
            rows = await session.execute(text("select state, reason from partner_delivery order by state, reason"))
        assert [tuple(row) for row in rows] == [("delivered", None), ("withheld", "consent_withdrawn"), ("withheld", "not_agreed")]
        noted = await partners.rows(f"sharing_decision where organisation = '{code}' order by record_type")
        assert [(row.record_type.split(".")[-2], row.records, bool(row.allowed), bool(row.denied)) for row in noted] == [
            ("withdrawn", 1, True, False),
            ("sent", 2, False, True),
        ]
        assert one["state"] == "active"

    async def test_waits_while_the_organisation_is_suspended(self, partners: Running, receiver: Receiver) -> None:
        code, _ = await ready(partners, receiver)
        await take(partners, enveloped(referral(code)))
        at = f"{ROOT}/organisations/{code}"
        await good(await keeper(partners).post(f"{at}/suspension", json={"reason": "leaked"}, headers=ANY))
        await push(partners)
        assert receiver.got == []
        await good(await keeper(partners, "second").post(f"{at}/reinstatement", json={"words": "Mended"}, headers=ANY))
        await push(partners)
        assert len(receiver.got) == 1

    async def test_waits_while_the_client_may_have_no_endpoint(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        await take(partners, enveloped(referral(code)))
        at = f"{ROOT}/organisations/{code}/clients/cases"
        await good(await keeper(partners).put(at, json={"scopes": ["events_read"]}, headers=ANY))
        await push(partners)
        assert receiver.got == []
        await refused(await client(partners, code).get(f"{AT}/{one['id']}"), 409, "not-in-the-agreement")
        await good(await keeper(partners).put(at, json={"scopes": ["endpoints_manage"]}, headers=ANY))
        await push(partners)
        assert len(receiver.got) == 1

    async def test_is_what_the_endpoint_wants_and_each_withdrawal(self, partners: Running, receiver: Receiver) -> None:
        code, _ = await ready(partners, receiver, "all")
        mine = await endpoint(partners, code, f"{receiver.url}/good", types=["bd.probashi.reintegration.referral.ended.v1"])
        gone = enveloped(withdrawn(code, uuid4()))
        await take(partners, enveloped(referral(code)), gone)
        await push(partners)
        again = await client(partners, code).post(f"{AT}/{mine['id']}/replays", json={"since": "2026-01-01T00:00:00Z"})
        assert (await good(again, 201))["queued"] == 1
        await push(partners)
        assert (receiver.ids(), len(receiver.ids("all"))) == ([str(gone.id)] * 2, 2)


class TestReceivers:
    async def test_on_https_are_who_they_say(self, partners: Running, tmp_path: Path) -> None:
        """A partner's own server, with a certificate of an authority that we trust; then with one that nobody knows."""
        (tmp_path / "known").mkdir()
        (tmp_path / "strange").mkdir()
        known, strange = Authority(tmp_path / "known"), Authority(tmp_path / "strange")
        name, port, code = "systems.ngo-one.test", free_port(), unique()
        server = Receiver(f"https://{name}:{port}")
        await set_up(partners, code)
        one = await endpoint(partners, code, f"{server.url}/good")
        await take(partners, enveloped(referral(code)))
        for authority in (strange, known):
            async with served(server.app(), port, authority.issue(name)):
                await push(partners, lookup=here, tls=known.client)
        ((_, headers, body),) = server.got
        Webhook(one["secret"]).verify(body, headers)
        assert headers["host"] == f"{name}:{port}"
        (delivery,) = await log_of(partners, code, one)
        assert [each["outcome"] for each in delivery["attempts"]] == ["bad-certificate", "delivered"]

    async def test_that_are_dead_slow_or_hostile_hold_up_nobody(self, partners: Running, receiver: Receiver, nobodys: int) -> None:
        code, one = await ready(partners, receiver)
        bad = {path: await endpoint(partners, code, f"{receiver.url}/{path}") for path in ("never", "away", "endless", "fails")}
        bad["dead"] = await endpoint(partners, code, f"http://127.0.0.1:{nobodys}/dead")
        receiver.answers["fails"] = [500] * 100
        sent = [enveloped(referral(code)) for _ in range(12)]
        await take(partners, *sent)
        expected = {"never": "too-slow", "away": "status-301", "endless": "too-large", "fails": "status-500", "dead": "no-connection"}

        async def seen() -> tuple[set[str], set[str]]:
            """Tried once more; which of the good endpoint's events came, and which bad ones did what was expected of them."""
            await push(partners, seconds=SHORT_S)
            shown = {
                path: {attempt["outcome"] for delivery in await log_of(partners, code, each) for attempt in delivery["attempts"]}
                for path, each in bad.items()
            }
            assert all(found <= {expected[path], "too-slow"} for path, found in shown.items())
            done = {each["event_id"] for each in await log_of(partners, code, one, "?state=delivered")}
            return done, {path for path, found in shown.items() if expected[path] in found}

        await until(seen, ({str(each.id) for each in sent}, set(expected)))
        assert receiver.ids("inside") == []

    async def test_whose_name_leads_inside_are_not_called(self, partners: Running) -> None:
        async def inside(_host: str, _port: int) -> list[str]:
            return ["10.0.0.1"]

        code = unique()
        await set_up(partners, code)
        one = await endpoint(partners, code, "https://systems.ngo-one.example/probashi")
        await take(partners, enveloped(referral(code)))
        await push(partners, lookup=inside)
        (delivery,) = await log_of(partners, code, one)
        assert [each["outcome"] for each in delivery["attempts"]] == ["private-address"]

    async def test_whose_address_brings_about_a_fault_of_ours_are_tried_later(
        self, partners: Running, receiver: Receiver, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def strange(_host: str, _port: int) -> list[str]:
            raise RuntimeError("token=private-word")

        code, one = await ready(partners, receiver)
        await take(partners, enveloped(referral(code)))
        await push(partners, lookup=strange)
        (delivery,) = await log_of(partners, code, one)
        assert (delivery["state"], [each["outcome"] for each in delivery["attempts"]]) == ("waiting", ["fault-of-ours"])
        assert str(delivery["event_id"]) in caplog.text
        assert "private-word" not in caplog.text

    async def test_that_want_no_more_get_no_more(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        receiver.answers["good"] = [410] * rules.AT_ONCE
        await take(partners, *(enveloped(referral(code)) for _ in range(rules.AT_ONCE + 4)))
        await push(partners)
        await take(partners, enveloped(referral(code)))
        await push(partners)
        shown = await good(await client(partners, code).get(f"{AT}/{one['id']}"))
        assert (len(receiver.got), shown["state"]) == (rules.AT_ONCE, "gone")
        ended = await log_of(partners, code, one)
        assert {(each["state"], each["reason"]) for each in ended} == {("dead", "endpoint_gone")}
        assert len(ended) == rules.AT_ONCE + 4
        await good(await client(partners, code).put(f"{AT}/{one['id']}", json={"state": "active"}, headers=ANY))
        again = await client(partners, code).post(f"{AT}/{one['id']}/replays", json={"since": "2026-01-01T00:00:00Z"})
        assert (await good(again, 201))["queued"] == rules.AT_ONCE + 5
        await push(partners)
        assert len(receiver.got) == rules.AT_ONCE * 2 + 5

    async def test_that_ended_have_nothing_that_waits(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        await take(partners, enveloped(referral(code)))
        await good(await client(partners, code).put(f"{AT}/{one['id']}", json={"state": "ended"}, headers=ANY))
        (ended,) = await log_of(partners, code, one)
        assert (ended["state"], ended["reason"], receiver.got) == ("dead", "endpoint_ended", [])

    async def test_that_fail_for_three_days_leave_a_dead_letter_that_can_be_had_again(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        event = enveloped(referral(code))
        await take(partners, event)
        receiver.answers["good"] = [503]
        await push(partners)
        async with partners.sessions.begin() as session:
            await session.execute(text("update partner_delivery set begun_at = begun_at - interval '3 days'"))
        await push(partners)
        (dead,) = await log_of(partners, code, one, "?state=dead")
        assert (dead["reason"], len(receiver.got)) == ("three_days_over", 1)
        again = await client(partners, code).post(f"{AT}/{one['id']}/replays", json={"events": [str(event.id)]})
        assert (await good(again, 201))["queued"] == 1
        await push(partners)
        assert receiver.ids() == [str(event.id)] * 2
        since = await client(partners, code).post(f"{AT}/{one['id']}/replays", json={"since": "2026-01-01T00:00:00Z"})
        assert (await good(since, 201))["queued"] == 1


class TestAnEndpoint:
    async def test_is_tested_by_its_owner(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        at = f"{AT}/{one['id']}/pings"
        await good(await client(partners, code).post(at), 201)
        await refused(await client(partners, code).post(at), 409, "ping-waits")
        await push(partners)
        ((_, headers, body),) = receiver.got
        Webhook(one["secret"]).verify(body, headers)
        assert b"endpoint.pinged" in body
        (delivery,) = await log_of(partners, code, one)
        assert (delivery["type"], delivery["state"]) == (rules.PING, "delivered")

    @pytest.mark.parametrize(
        "url",
        [
            "http://ngo.example/x",
            "https://10.0.0.1/x",
            "https://[::ffff:169.254.169.254]/x",
            "https://a:b@ngo.example/x",
            "ftp://ngo.example/x",
        ],
    )
    async def test_lies_on_the_open_internet(self, partners: Running, url: str) -> None:
        code = unique()
        await set_up(partners, code)
        await refused(await client(partners, code).post(AT, json={"url": url}), 422, "endpoint-address")

    async def test_is_one_of_ten_however_many_ask_at_once(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        url = "https://systems.ngo-one.example/probashi"
        for _ in range(rules.MOST_ENDPOINTS - 1):
            await endpoint(partners, code, url)
        answers = await asyncio.gather(*(client(partners, code).post(AT, json={"url": url}) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
        assert await partners.count("partner_endpoint") == rules.MOST_ENDPOINTS

    async def test_of_another_does_not_exist(self, partners: Running, receiver: Receiver) -> None:
        _, one = await ready(partners, receiver)
        other = unique()
        await set_up(partners, other)
        stranger = client(partners, other)
        at = f"{AT}/{one['id']}"
        for answer in (
            await stranger.get(at),
            await stranger.get(f"{at}/deliveries"),
            await stranger.post(f"{at}/pings"),
            await stranger.post(f"{at}/secret", headers=ANY),
            await stranger.put(at, json={"state": "paused"}, headers=ANY),
            await stranger.post(f"{at}/replays", json={"since": "2026-01-01T00:00:00Z"}),
        ):
            await refused(answer, 404, "not-found")
        assert (await stranger.get(AT)).json() == {"items": []}

    async def test_that_was_changed_meanwhile_is_not_overwritten(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        mine = client(partners, code)
        changed = await good(await mine.put(f"{AT}/{one['id']}", json={"state": "paused"}, headers={"If-Match": '"1"'}))
        assert changed["state"] == "paused"
        await refused(await mine.put(f"{AT}/{one['id']}", json={"state": "active"}, headers={"If-Match": '"1"'}), 412, "stale-version")
        await take(partners, enveloped(referral(code)))
        await push(partners)
        assert receiver.got == []
        await good(await mine.put(f"{AT}/{one['id']}", json={"state": "ended"}, headers=ANY))
        await refused(await mine.put(f"{AT}/{one['id']}", json={"state": "active"}, headers=ANY), 409, "endpoint-ended")

    async def test_moves_and_chooses_its_events_and_what_is_left_out_stays(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        mine = client(partners, code)
        some = {"types": ["bd.probashi.reintegration.referral.ended.v1"], "url": f"{receiver.url}/other"}
        chosen = await good(await mine.put(f"{AT}/{one['id']}", json=some, headers={"If-Match": '"1"'}))
        assert (chosen["types"], chosen["url"], chosen["state"]) == (some["types"], some["url"], "active")
        stays = await good(await mine.put(f"{AT}/{one['id']}", json={"state": "paused"}, headers={"If-Match": '"2"'}))
        assert (stays["types"], stays["url"]) == (some["types"], some["url"])
        everything = await good(await mine.put(f"{AT}/{one['id']}", json={"types": None}, headers={"If-Match": '"3"'}))
        assert everything["types"] is None


class TestASteward:
    async def test_sets_up_tests_and_reads_endpoints_for_the_organisation_that_they_name(
        self, partners: Running, receiver: Receiver
    ) -> None:
        code = unique()
        await set_up(partners, code)
        mine, at = person(partners, code), {"organisation": code}
        said = {"url": f"{receiver.url}/good", "client_id": f"partner-{code}--cases"}
        one = await good(await mine.post(AT, json=said, params=at), 201)
        event = enveloped(referral(code))
        await take(partners, event)
        await push(partners)
        Webhook(one["secret"]).verify(receiver.got[0][2], receiver.got[0][1])
        await good(await mine.post(f"{AT}/{one['id']}/pings", params=at), 201)
        log = await good(await mine.get(f"{AT}/{one['id']}/deliveries", params=at))
        assert [(each["type"], each["state"]) for each in log["items"]] == [(rules.PING, "waiting"), (event.type, "delivered")]
        again = await mine.post(f"{AT}/{one['id']}/replays", json={"events": [str(event.id)]}, params=at)
        assert (await good(again, 201))["queued"] == 1
        new = await good(await mine.post(f"{AT}/{one['id']}/secret", headers={"If-Match": '"1"'}, params=at))
        assert new["secret"] != one["secret"]
        assert await good(await mine.put(f"{AT}/{one['id']}", json={"state": "paused"}, headers=ANY, params=at))
        assert [each["id"] for each in (await good(await client(partners, code).get(AT)))["items"]] == [one["id"]]

    async def test_names_the_organisation_and_a_client_of_it(self, partners: Running, receiver: Receiver) -> None:
        code, other = unique(), unique()
        await set_up(partners, code)
        await set_up(partners, other)
        mine, at = person(partners, code), {"organisation": code}
        url = f"{receiver.url}/good"
        await refused(await mine.get(AT), 422, "invalid")
        await refused(await mine.post(AT, json={"url": url}, params=at), 422, "invalid")
        await refused(await mine.post(AT, json={"url": url, "client_id": f"partner-{other}--cases"}, params=at), 422, "invalid")
        await refused(await client(partners, other).post(AT, json={"url": url, "client_id": f"partner-{code}--cases"}), 422, "invalid")

    async def test_sees_nothing_of_another_organisation(self, partners: Running, receiver: Receiver) -> None:
        code, one = await ready(partners, receiver)
        other = unique()
        await set_up(partners, other)
        stranger = person(partners, other, sub="stranger")
        await refused(await stranger.get(AT, params={"organisation": code}), 404, "not-found")
        await refused(await stranger.get(f"{AT}/{one['id']}/deliveries", params={"organisation": other}), 409, "not-a-steward")
        steward = person(partners, other)
        await refused(await steward.get(f"{AT}/{one['id']}/deliveries", params={"organisation": other}), 404, "not-found")


class TestTheSender:
    @pytest.mark.parametrize(("seconds", "expected"), [((), 10.0), ((-60.0,), 1.0), ((4.0, 7.0), 4.0), ((3_600.0,), 10.0)])
    def test_rests_until_something_is_due(self, seconds: tuple[float, ...], expected: float) -> None:
        now = datetime(2026, 11, 26, tzinfo=UTC)
        assert rules.rest([now + timedelta(seconds=one) for one in seconds], now) == expected

    @pytest.mark.parametrize(
        ("most", "failed", "expected"), [(8, False, 16), (40, False, rules.MOST_AT_ONCE), (64, True, 1), (1, False, 2), (1, True, 1)]
    )
    def test_asks_who_answers_well_for_more_at_once(self, most: int, failed: bool, expected: int) -> None:  # noqa: FBT001 - drawn
        assert rules.grown(most, failed=failed) == expected

    async def test_has_few_under_way_at_whom_it_does_not_know_yet_and_more_once_they_answered(
        self, partners: Running, receiver: Receiver
    ) -> None:
        code, _ = await ready(partners, receiver)
        await take(partners, *(enveloped(referral(code)) for _ in range(100)))

        async def under_way() -> tuple[int, int]:
            """Held by the receiver, and claimed."""
            async with partners.sessions() as session:
                claimed = await session.execute(text("select count(*) from partner_delivery where claimed_until is not null"))
                return len(receiver.got), claimed.scalar_one()

        receiver.hold_after = 0
        pushed = asyncio.create_task(push(partners, seconds=240.0))
        await until(under_way, (rules.AT_ONCE, rules.AT_ONCE))
        # Those eight are let go, and what comes after is held.
        receiver.held.set()
        receiver.held, receiver.hold_after = asyncio.Event(), rules.AT_ONCE

        async def grew() -> bool:
            return (await under_way())[1] > rules.AT_ONCE

        await until(grew, expected=True)
        receiver.let_go()
        await pushed
        assert len(set(receiver.ids())) == len(receiver.ids()) == 100

    @pytest.mark.parametrize(
        ("total", "kills"),
        [(300, (100,)), pytest.param(10_000, (2_500, 5_000, 7_500), marks=pytest.mark.full)],
        ids=["hundreds", "thousands"],
    )
    async def test_killed_again_and_again_leaves_each_event_at_least_once(
        self, partners: Running, receiver: Receiver, total: int, kills: tuple[int, ...]
    ) -> None:
        code, one = await ready(partners, receiver)
        sent = [enveloped(referral(code)) for _ in range(total)]
        for at in range(0, total, 100):
            await take(partners, *sent[at : at + 100])
        cut_off: set[str] = set()
        for number in kills:
            receiver.hold_after = number
            await kill_after(partners, receiver, number)
            cut_off |= set(receiver.ids()[number:])
            receiver.let_go()
            await now_due(partners)
        await push(partners)
        seen = Counter(receiver.ids())
        assert set(seen) == {str(each.id) for each in sent}
        assert min(seen[each] for each in cut_off) >= 2
        rows = await partners.rows("partner_delivery_attempt order by event_id, number")
        attempts = {each: list(of) for each, of in groupby(rows, lambda row: str(row.event_id))}
        assert all(len(attempts[event]) >= times for event, times in seen.items())
        assert all(each[-1].outcome == "delivered" for each in attempts.values())
        assert {str(row.event_id) for row in rows if row.ended_at is None} >= cut_off
        assert await log_of(partners, code, one, "?state=waiting") == []


async def kill_after(partners: Running, receiver: Receiver, number: int) -> None:
    """A sender of its own, killed with calls under way once so many came through."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.partners.main", env=environment(partners), cwd=PROJECT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(240):
            while len(receiver.got) <= number:
                assert process.returncode is None
                await asyncio.sleep(0.05)
    finally:
        process.kill()
        await process.wait()


def environment(partners: Running) -> dict[str, str]:
    """Of a process that sends, beside the one that serves."""
    told = partners.settings
    return {
        "PROBASHI_ENVIRONMENT": "test",
        "PROBASHI_SERVICE": "partners",
        "PROBASHI_PORT": str(free_port()),
        "PROBASHI_PUBLIC_URL": told.public_url,
        "PROBASHI_JWKS_URL": told.jwks_url,
        "PROBASHI_DATABASE_URL": told.required_database_url(),
        "PROBASHI_KEYRING": str(told.keyring),
        "PROBASHI_HOOK_SECONDS": "60",
    }
