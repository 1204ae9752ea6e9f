"""What an organisation is told: its own, of that what is agreed on at the moment, in order, the same bytes each time; and what ends it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from contracts.agencies import LicenceCancelled
from contracts.events import CloudEvent, Event, event_types
from contracts.reintegration import ConsentWithdrawn, ReferralEnded, ReferralSent
from kit.bus import Bus, Received
from kit.ids import new_id
from runner.testing import Engines, Running
from services.partners.feed import service
from services.partners.tests.test_organisations import AGREED, ANY, ROOT, client_of, days, good, keeper, program, refused, set_up, verified

FEED: Final = f"{ROOT}/events"
NOW: Final = datetime(2026, 11, 26, 6, tzinfo=UTC)


def unique() -> str:
    """Other tests publish on the same server, and to `ngo-one`."""
    return f"ngo-{uuid4().hex[:12]}"


def referral(to: str | None, **more: Any) -> ReferralSent:
    facts = {"help": "training", "to": "ngo", "district": "BD-08", "sent_at": NOW, "accept_by": NOW + timedelta(days=5)}
    return ReferralSent.model_validate({**facts, "recipient": to, **more})


def withdrawn(to: str, *records: UUID) -> ConsentWithdrawn:
    return ConsentWithdrawn(purpose="referral", recipient=to, given_at=NOW, withdrawn_at=NOW, records=records)


def enveloped(data: Event, *, subject: UUID | None = None, sequence: int = 1, restricted: bool = False) -> CloudEvent:
    return CloudEvent(
        id=new_id(),
        source=f"/services/{data.owner()}",
        type=data.type,
        subject=subject or uuid4(),
        time=NOW,
        dataschema=f"urn:probashi:schema:{data.type}",
        sequence=sequence,
        restricted=restricted,
        data=data.model_dump(mode="json"),
    )


async def take(partners: Running, *envelopes: CloudEvent) -> None:
    known: Mapping[str, type[Event]] = event_types()
    async with partners.sessions.begin() as session:
        await service.take_facts(session, [Received(one, known[one.type].model_validate(one.data)) for one in envelopes])


async def fed(partners: Running, code: str, query: str = "") -> dict[str, Any]:
    return await good(await program(partners, f"partner-{code}--cases").get(f"{FEED}{query}"))


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["items"]]


async def end_agreement(partners: Running, code: str) -> None:
    (agreement,) = (await keeper(partners).get(f"{ROOT}/organisations/{code}/agreements")).json()["items"]
    await good(await keeper(partners).post(f"{ROOT}/agreements/{agreement['id']}/ending", json={"words": "Over"}, headers=ANY))


class TestTheFeed:
    async def test_holds_what_came_over_nats_for_the_organisation_alone(self, engines: Engines, partners: Running) -> None:
        code, other = unique(), unique()
        await set_up(partners, code)
        await set_up(partners, other)
        mine = enveloped(referral(code))
        bus = await Bus(engines.nats_url("reintegration"), "reintegration").connect()
        await bus.ensure_stream("reintegration")
        for one in (enveloped(referral(other)), enveloped(referral(None)), mine, mine, enveloped(referral(unique()))):
            await bus.jetstream.publish(ReferralSent.nats_subject(), one.model_dump_json().encode())
        await bus.close()
        async with asyncio.timeout(240):
            while not (page := await fed(partners, code))["items"] or not (await fed(partners, other))["items"]:
                await asyncio.sleep(0.05)
        (event,) = page["items"]
        assert (event["id"], event["subject"], event["type"]) == (str(mine.id), str(mine.subject), mine.type)
        assert event["data"] == {name: value for name, value in mine.data.items() if name in {"help", "district", "sent_at", "accept_by"}}
        assert "restricted" not in event
        assert len((await fed(partners, other))["items"]) == 1

    async def test_is_read_on_from_where_one_was(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        assert await fed(partners, code) == {"items": [], "after": "0", "next": None}
        sent = [enveloped(referral(code)) for _ in range(5)]
        await take(partners, *sent[:3])
        await take(partners, *sent[3:])
        first = await fed(partners, code, "?limit=2")
        second = await good(await program(partners, f"partner-{code}--cases").get(first["next"]))
        last = await fed(partners, code, f"?after={second['after']}")
        assert ids(first) + ids(second) + ids(last) == [str(one.id) for one in sent]
        assert (last["next"], await fed(partners, code, f"?after={last['after']}")) == (None, {"items": [], "after": "5", "next": None})
        assert ids(await fed(partners, code, f"?after={sent[2].id}")) == [str(one.id) for one in sent[3:]]
        later = await fed(partners, code, f"?since={(datetime.now(UTC) + timedelta(minutes=1)).isoformat().replace('+', '%2B')}")
        assert (later["items"], ids(await fed(partners, code, "?since=2026-01-01T00:00:00Z"))) == ([], [str(one.id) for one in sent])

    async def test_gives_the_same_bytes_each_time(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        event = enveloped(referral(code))
        await take(partners, event)
        client = program(partners, f"partner-{code}--cases")
        one = await client.get(f"{FEED}/{event.id}")
        assert one.headers["content-type"] == "application/cloudevents+json"
        page = (await client.get(FEED)).content
        assert one.content in page
        assert one.content in await partners.raw("partner_feed_event")
        assert one.json()["specversion"] == "1.0"

    async def test_of_another_is_not_found(self, partners: Running) -> None:
        code, other = unique(), unique()
        await set_up(partners, code)
        await set_up(partners, other)
        event = enveloped(referral(code))
        await take(partners, event)
        stranger = program(partners, f"partner-{other}--cases")
        await refused(await stranger.get(f"{FEED}/{event.id}"), 404, "not-found")
        await refused(await stranger.get(f"{FEED}?after={event.id}"), 404, "not-found")
        assert (await stranger.get(FEED)).json()["items"] == []
        await refused(await program(partners, "partner-nobody--x").get(FEED), 409, "not-a-partner")

    @pytest.mark.parametrize("query", ["after=x", "after=-1", "after=%E0%A7%A7", "after=" + "9" * 30, "since=2026-01-01", "limit=0"])
    async def test_refuses_a_place_that_is_none(self, partners: Running, query: str) -> None:
        await refused(await program(partners).get(f"{FEED}?{query}"), 422, "invalid")

    async def test_is_for_a_client_with_that_scope(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await good(await client_of(partners, code, name="other", scopes=["referrals_answer"]), 201)
        await refused(await program(partners, f"partner-{code}--other").get(FEED), 409, "not-in-the-agreement")

    async def test_numbers_have_no_gap_where_two_write_at_once(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(take(partners, *(enveloped(referral(code)) for _ in range(5))))
        positions = [row.position for row in await partners.rows("partner_feed_event order by position")]
        assert positions == [*range(1, 16)]


class TestTheAgreement:
    async def test_is_judged_at_the_moment_of_reading(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await take(partners, enveloped(referral(code)))
        assert len((await fed(partners, code))["items"]) == 1
        await end_agreement(partners, code)
        assert (await fed(partners, code))["items"] == []

    async def test_that_ends_between_two_pages_ends_the_reading(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await take(partners, *(enveloped(referral(code)) for _ in range(3)))
        first = await fed(partners, code, "?limit=1")
        await end_agreement(partners, code)
        second = await good(await program(partners, f"partner-{code}--cases").get(first["next"]))
        assert (second["items"], second["after"]) == ([], first["after"])

    async def test_that_names_less_takes_back_what_had_more(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        event = enveloped(referral(code))
        await take(partners, event)
        await end_agreement(partners, code)
        less = {**AGREED, **days(), "fields": ["help"]}
        made = await good(await keeper(partners).post(f"{ROOT}/organisations/{code}/agreements", json=less), 201)
        await good(await keeper(partners, "second").post(f"{ROOT}/agreements/{made['id']}/decision", json={"approved": True}, headers=ANY))
        again = enveloped(referral(code))
        await take(partners, again)
        (shown,) = (await fed(partners, code))["items"]
        assert (shown["id"], shown["data"]) == (str(again.id), {"help": "training"})

    async def test_lets_nothing_through_before_it_is_there(self, partners: Running) -> None:
        code = unique()
        await verified(partners, code)
        await take(partners, enveloped(referral(code)))
        assert await partners.count("partner_feed_event") == 0

    async def test_a_suspended_organisation_is_told_later(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        at = f"{ROOT}/organisations/{code}"
        await good(await keeper(partners).post(f"{at}/suspension", json={"reason": "leaked"}, headers=ANY))
        await take(partners, enveloped(referral(code)))
        await refused(await program(partners, f"partner-{code}--cases").get(FEED), 409, "suspended")
        await good(await keeper(partners, "second").post(f"{at}/reinstatement", json={"words": "Mended"}, headers=ANY))
        assert len((await fed(partners, code))["items"]) == 1

    async def test_of_a_purpose_for_all_tells_all_who_have_it(self, partners: Running) -> None:
        code, other = unique(), unique()
        await set_up(partners, code, purposes=["licence_status"], fields=["licence", "since"])
        await set_up(partners, other)
        await take(partners, enveloped(LicenceCancelled(licence="RL-1", district="BD-13", since=NOW.date(), recorded_at=NOW)))
        (shown,) = (await fed(partners, code))["items"]
        assert shown["data"] == {"licence": "RL-1", "since": "2026-11-26"}
        assert (await fed(partners, other))["items"] == []


class TestAWithdrawal:
    async def test_is_told_and_ends_what_was_told_of_its_records(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        record, kept = uuid4(), enveloped(referral(code))
        ended = ReferralEnded(
            help="training", to="ngo", district="BD-08", state="stopped", confirmed=None, sent_at=NOW, ended_at=NOW, recipient=code
        )
        gone = enveloped(withdrawn(code, record))
        await take(partners, enveloped(referral(code), subject=record), kept)
        await take(partners, gone, enveloped(ended, subject=record, sequence=2))
        await take(partners, enveloped(ended, subject=record, sequence=3))
        page = await fed(partners, code)
        assert ids(page) == [str(kept.id), str(gone.id)]
        assert page["items"][1]["data"]["records"] == [str(record)]
        assert [row.withheld for row in await partners.rows("partner_feed_event order by position")] == [
            "consent_withdrawn",
            None,
            None,
            "consent_withdrawn",
        ]

    async def test_reaches_whoever_has_no_agreement_any_more(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await end_agreement(partners, code)
        gone = enveloped(withdrawn(code, uuid4()), restricted=True)
        await take(partners, enveloped(referral(code)), gone)
        assert ids(await fed(partners, code)) == [str(gone.id)]

    async def test_is_all_that_is_told_of_a_restricted_record(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        gone = enveloped(withdrawn(code, uuid4()), restricted=True)
        await take(partners, enveloped(referral(code), restricted=True), gone)
        assert ids(await fed(partners, code)) == [str(gone.id)]

    async def test_an_event_of_before_there_were_records_still_reads(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        old = enveloped(withdrawn(code))
        data = {name: value for name, value in old.data.items() if name != "records"}
        await take(partners, old.model_copy(update={"data": data}))
        assert ids(await fed(partners, code)) == [str(old.id)]
