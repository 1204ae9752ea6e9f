"""Duplicates at the desk and after lodging, merges and collective complaints, over HTTP; and what nobody learns by them."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from contracts.complaints import ComplaintLodged
from contracts.events import CloudEvent
from kit.bus import Received
from runner.testing import Running
from services.complaints.duplicates.service import propose_pairs

COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "০১৭১২৩৪৫৬৭৮", "relation": "self"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "পাঁচ লাখ টাকা নিয়েছে।",
}
TYPED: dict[str, Any] = {"category": "overcharged", "country": "SA", "reporter_phone": "+880 1712-345678"}


async def lodged(running: Running, role: str = "agent", sub: str = "taker", **changes: Any) -> str:
    answer = await running.client(role, sub=sub).post("/v1/complaints", json=COMPLAINT | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


async def settle(running: Running) -> None:
    """What the consumer does, told of every complaint lodged so far, twice."""
    async with running.sessions() as session:
        lodgings = "select convert_from(envelope, 'utf8') from outbox where nats_subject = 'complaints.complaint.lodged.v1'"
        rows = (await session.execute(text(f"{lodgings} order by position"))).scalars()
        envelopes = [CloudEvent.model_validate_json(one) for one in rows]
    told = [Received(one, ComplaintLodged.model_validate(one.data)) for one in envelopes]
    for _ in range(2):
        async with running.sessions.begin() as session:
            await propose_pairs(session, told)


async def version(running: Running, reference: str) -> dict[str, str]:
    answer = await running.client("supervisor").get(f"/v1/complaints/{reference}/links")
    return {"If-Match": answer.headers["etag"]}


async def merge(running: Running, reference: str, into: str, *, expect: int = 200, **client: Any) -> dict[str, Any]:
    who = running.client(client.pop("role", "supervisor"), **client)
    answer = await who.post(f"/v1/complaints/{reference}/merge", json={"into": into}, headers={"If-Match": "*"})
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestBesideTheForm:
    async def test_a_number_finds_the_complaint_that_is_there(self, complaints: Running) -> None:
        reference = await lodged(complaints)
        found = (await complaints.client("agent").post("/v1/complaints/duplicates/likely", json=TYPED)).json()
        assert [(one["complaint"]["reference"], one["rule"]) for one in found["items"]] == [(reference, "same_phone_same_issue")]

    @pytest.mark.parametrize("spelling", ["Rahima Begum", "Rohima Begom", "রহিমা বেগম", "MST. RAHEEMA BEGUM"])
    async def test_a_name_finds_it_in_either_script(self, complaints: Running, spelling: str) -> None:
        reference = await lodged(complaints)
        asked = {"category": "overcharged", "country": "SA", "reporter_name": spelling, "respondent_licence": "RL-0001"}
        found = (await complaints.client("agent").post("/v1/complaints/duplicates/likely", json=asked)).json()
        assert [one["complaint"]["reference"] for one in found["items"]] == [reference]

    async def test_of_a_restricted_one_nothing_is_told_not_even_that_it_is_there(self, complaints: Running) -> None:
        reference = await lodged(complaints, category="trafficking")
        colleague = complaints.client("agent", sub="colleague")
        answer = await colleague.post("/v1/complaints/duplicates/likely", json=TYPED)
        nobody = await colleague.post("/v1/complaints/duplicates/likely", json=TYPED | {"reporter_phone": "01999999999"})
        assert answer.content == nobody.content
        supervisor = (await complaints.client("supervisor").post("/v1/complaints/duplicates/likely", json=TYPED)).json()
        assert [one["complaint"]["reference"] for one in supervisor["items"]] == [reference]

    async def test_whoever_it_is_about_is_not_told_that_there_is_one(self, complaints: Running) -> None:
        await lodged(complaints, "demo", category="office_service", respondent={"kind": "office", "office": "wing-SA"})
        found = (await complaints.client("wing", countries=["SA"]).post("/v1/complaints/duplicates/likely", json=TYPED)).json()
        assert found["items"] == []

    async def test_each_match_shown_is_logged(self, complaints: Running) -> None:
        await lodged(complaints)
        await lodged(complaints, category="trafficking")
        await complaints.client("agent", sub="looker").post("/v1/complaints/duplicates/likely", json=TYPED)
        rows = [one for one in await complaints.rows("access_log") if one.caller == "looker"]
        assert [(one.purpose, len(one.fields)) for one in rows] == [("duplicates", 3)]

    async def test_nothing_typed_is_kept(self, complaints: Running) -> None:
        await complaints.client("agent").post("/v1/complaints/duplicates/likely", json=TYPED | {"reporter_name": "Zqxwvut"})
        for table in ("access_log", "duplicate_pair", "complaint"):
            assert b"Zqxwvut" not in await complaints.raw(table)


class TestPairs:
    async def test_are_proposed_once_after_lodging(self, complaints: Running) -> None:
        first, second = await lodged(complaints), await lodged(complaints)
        await settle(complaints)
        pairs = (await complaints.client("supervisor").get("/v1/complaints/duplicates")).json()["items"]
        assert len(pairs) == 1
        assert {pairs[0]["one"]["reference"], pairs[0]["other"]["reference"]} == {first, second}

    async def test_with_a_restricted_side_are_seen_by_whoever_sees_both(self, complaints: Running) -> None:
        await lodged(complaints)
        await lodged(complaints, category="trafficking")
        await settle(complaints)
        assert len((await complaints.client("supervisor").get("/v1/complaints/duplicates")).json()["items"]) == 1
        demo = complaints.client("demo", districts=["BD-08"])
        assert (await demo.get("/v1/complaints/duplicates")).json()["items"] == []
        pair = (await complaints.rows("duplicate_pair"))[0].id
        assert (await demo.get(f"/v1/complaints/duplicates/{pair}")).status_code == 404
        verdict = {"verdict": "same", "reason": "same_person_same_matter"}
        assert (await demo.post(f"/v1/complaints/duplicates/{pair}/verdicts", json=verdict)).status_code == 404

    async def test_different_is_remembered(self, complaints: Running) -> None:
        await lodged(complaints)
        await lodged(complaints)
        await settle(complaints)
        supervisor = complaints.client("supervisor")
        pair = (await supervisor.get("/v1/complaints/duplicates")).json()["items"][0]["id"]
        side = (await supervisor.get(f"/v1/complaints/duplicates/{pair}")).json()
        assert "reference" in side["differences"]
        assert "category" not in side["differences"]
        said = {"verdict": "different", "reason": "other_person", "note": "ভিন্ন রহিমা"}
        assert (await supervisor.post(f"/v1/complaints/duplicates/{pair}/verdicts", json=said)).status_code == 201
        await settle(complaints)
        assert (await supervisor.get("/v1/complaints/duplicates")).json()["items"] == []
        again = await supervisor.post(f"/v1/complaints/duplicates/{pair}/verdicts", json=said)
        assert again.json()["type"].endswith("pair-judged")
        assert "ভিন্ন রহিমা".encode() not in await complaints.raw("duplicate_pair")

    async def test_same_merges_the_other_into_the_one_that_stays(self, complaints: Running) -> None:
        first, second = await lodged(complaints), await lodged(complaints)
        await settle(complaints)
        supervisor = complaints.client("supervisor")
        pair = (await supervisor.get("/v1/complaints/duplicates")).json()["items"][0]["id"]
        said = {"verdict": "same", "reason": "same_person_same_matter", "into": first}
        assert (await supervisor.post(f"/v1/complaints/duplicates/{pair}/verdicts", json=said)).status_code == 201
        assert (await supervisor.get(f"/v1/complaints/{second}/links")).json()["merged_into"] == first


class TestMerge:
    async def test_both_histories_stay_and_each_leads_to_the_other(self, complaints: Running) -> None:
        first, second = await lodged(complaints), await lodged(complaints)
        await merge(complaints, second, first)
        supervisor = complaints.client("supervisor")
        assert (await supervisor.get(f"/v1/complaints/{second}")).json()["status"] == "merged"
        assert (await supervisor.get(f"/v1/complaints/{first}/links")).json()["merged"] == [second]
        assert (await supervisor.get(f"/v1/complaints/{second}/links")).json()["merged_into"] == first
        assert await complaints.count("complaint") == 2
        kinds = [one.kind for one in await complaints.rows("happening")]
        assert sorted(kinds) == ["lodged", "lodged", "merged", "merged_here"]

    async def test_tells_of_it_once(self, complaints: Running) -> None:
        first, second = await lodged(complaints), await lodged(complaints)
        await asyncio.gather(*(merge(complaints, second, first) for _ in range(5)))
        told = [one for one in await complaints.rows("outbox") if one.nats_subject == "complaints.complaint.merged.v1"]
        assert len(told) == 1
        assert await complaints.count("complaint_merge") == 1

    async def test_takes_the_stricter_restriction_and_whoever_saw_the_looser_one_sees_neither(self, complaints: Running) -> None:
        loose, strict = await lodged(complaints), await lodged(complaints, category="trafficking")
        wing = complaints.client("wing", countries=["SA"])
        assert (await wing.get(f"/v1/complaints/{loose}")).status_code == 200
        for one, other in ((loose, strict), (strict, loose)):
            await merge(complaints, one, other)
            for reference in (loose, strict):
                assert (await wing.get(f"/v1/complaints/{reference}")).status_code == 404
            assert (await wing.get("/v1/complaints")).json()["items"] == []
            undone = await complaints.client("supervisor").post(
                f"/v1/complaints/{one}/unmerge", json={"note": "ভুল"}, headers=await version(complaints, one)
            )
            assert undone.status_code == 200, undone.text
        told = [one for one in await complaints.rows("outbox") if one.nats_subject == "complaints.complaint.merged.v1"]
        assert all(one.restricted and b"RL-0001" not in one.envelope for one in told)

    async def test_of_a_restricted_one_is_refused_to_somebody_who_may_not_see_it(self, complaints: Running) -> None:
        loose, strict = await lodged(complaints), await lodged(complaints, category="sexual_abuse")
        for one, other in ((loose, strict), (strict, loose)):
            await merge(complaints, one, other, expect=404, role="officer", org=["bmet-complaints"])
        assert await complaints.count("complaint_merge") == 0

    async def test_parted_again_it_stands_where_it_stood(self, complaints: Running) -> None:
        first, second = await lodged(complaints), await lodged(complaints)
        await merge(complaints, second, first)
        supervisor = complaints.client("supervisor")
        path = f"/v1/complaints/{second}/unmerge"
        assert (await supervisor.post(path, json={"note": "x"})).status_code == 428
        assert (await supervisor.post(path, json={"note": "x"}, headers={"If-Match": '"1"'})).status_code == 412
        assert (await supervisor.post(path, json={"note": "x"}, headers=await version(complaints, second))).status_code == 200
        assert (await supervisor.get(f"/v1/complaints/{second}")).json()["status"] == "lodged"
        refused = await supervisor.post(path, json={"note": "x"}, headers=await version(complaints, second))
        assert refused.json()["type"].endswith("not-a-merged-complaint")
        assert (await complaints.rows("complaint_merge"))[0].undone_at is not None
        await merge(complaints, second, first)

    async def test_money_is_written_at_the_one(self, complaints: Running) -> None:
        first, second = await lodged(complaints), await lodged(complaints)
        await merge(complaints, second, first)
        claim = {"head": "fee", "currency": "BDT", "amount": 100}
        refused = await complaints.client("agent", sub="taker").post(f"/v1/complaints/{second}/redress/claims", json=claim)
        assert refused.json()["type"].endswith("merged-away")
        assert (await complaints.client("agent", sub="taker").post(f"/v1/complaints/{first}/redress/claims", json=claim)).status_code == 201

    async def test_what_cannot_be_merged(self, complaints: Running) -> None:
        one = await lodged(complaints)
        death = await lodged(complaints, category="death")
        about = await lodged(complaints, category="office_service", respondent={"kind": "office", "office": "wing-SA"})
        service = await lodged(complaints, category="office_service", respondent=None)
        merged = await lodged(complaints)
        await merge(complaints, merged, one)
        other = await lodged(complaints)
        for away, into in ((one, one), (one, death), (service, about), (other, merged), (merged, other)):
            refused = await merge(complaints, away, into, expect=409)
            assert refused["type"].endswith("not-merged")

    @pytest.mark.parametrize(("role", "claims"), [("demo", {"districts": ["BD-08"]}), ("wing", {"countries": ["SA"]})])
    async def test_another_office_merges_nothing(self, complaints: Running, role: str, claims: dict[str, Any]) -> None:
        first, second = await lodged(complaints), await lodged(complaints)
        await merge(complaints, second, first, expect=409, role=role, **claims)


class TestManyAgainstOne:
    async def test_are_joined_under_a_lead_and_keep_their_own_claims(self, complaints: Running) -> None:
        lead, *others = [await lodged(complaints, reporter={"relation": "self", "phone": f"0171234567{n}"}) for n in range(4)]
        supervisor = complaints.client("supervisor")
        path = f"/v1/complaints/{lead}/collective"
        made = await supervisor.post(path, json={"members": others[:2]})
        assert made.status_code == 201, made.text
        more = (await supervisor.post(path, json={"members": others})).json()
        assert more["members"] == others
        assert (await supervisor.get(f"/v1/complaints/{others[0]}/links")).json()["lead"] == lead
        left = await supervisor.post(f"{path}/leaving", json={"member": others[0]})
        assert left.json()["members"] == others[1:]
        claim = {"head": "fee", "currency": "BDT", "amount": 100}
        await complaints.client("agent", sub="taker").post(f"/v1/complaints/{others[1]}/redress/claims", json=claim)
        assert [one.complaint_id for one in await complaints.rows("redress_line")] != []

    async def test_another_respondent_a_restricted_one_and_one_of_two_are_refused(self, complaints: Running) -> None:
        lead, fellow, second = [await lodged(complaints) for _ in range(3)]
        other = await lodged(complaints, respondent={"kind": "agency", "licence": "RL-0002"})
        strict = await lodged(complaints, category="trafficking")
        supervisor = complaints.client("supervisor")
        assert (await supervisor.post(f"/v1/complaints/{lead}/collective", json={"members": [fellow]})).status_code == 201
        for first, member in ((lead, other), (lead, strict), (second, fellow)):
            refused = await supervisor.post(f"/v1/complaints/{first}/collective", json={"members": [member]})
            assert refused.json()["type"].endswith("other-respondent"), (first, member)

    async def test_a_burst_is_counted_as_far_as_one_sees(self, complaints: Running) -> None:
        for _ in range(3):
            await lodged(complaints)
        await lodged(complaints, category="trafficking")
        for name in ("Kafil Ahmed", "কফিল আহমেদ", "Kofil Ahmad"):
            await lodged(complaints, country="LB", respondent={"kind": "employer", "name": name})
        seen = (await complaints.client("supervisor").get("/v1/complaints/bursts")).json()["items"]
        assert [(one["licence"], one["count"]) for one in seen] == [("RL-0001", 4), (None, 3)]
        assert seen[1]["name"] in {"Kafil Ahmed", "কফিল আহমেদ", "Kofil Ahmad"}
        wing = (await complaints.client("wing", countries=["SA"]).get("/v1/complaints/bursts")).json()["items"]
        assert [(one["licence"], one["count"]) for one in wing] == [("RL-0001", 3)]
        assert (await complaints.client("agency", licence=["RL-0001"]).get("/v1/complaints/bursts")).status_code == 403


async def test_the_lodged_event_makes_pairs_on_the_real_bus(complaints: Running) -> None:
    await lodged(complaints)
    await lodged(complaints)
    async with asyncio.timeout(240):
        while await complaints.count("duplicate_pair") == 0:
            await asyncio.sleep(0.1)
    assert isinstance((await complaints.rows("duplicate_pair"))[0].id, UUID)
