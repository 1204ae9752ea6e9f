"""A case over HTTP: consent, household, assessment, plan, reviews, and an end that two persons see."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from contracts.reintegration import CaseClosed, ConsentWithdrawn, PlanMade, ReviewHeld
from kit.testing.days import day
from runner.testing import Running
from services.reintegration.tests.test_endpoints import RETURNEE, URL, accesses, demo, open_case, register, told

GOAL: dict[str, Any] = {"dimension": "economic", "words": "মাছের খামার শুরু করা", "help": "business", "who": "returnee"}
ANSWERS = {"income": 1, "work": 0, "debt": 1, "sleep": 2, "family": 3, "support": 2}


def plan() -> dict[str, Any]:
    return {"goals": [{**GOAL, "due_on": day(90)}], "agreed": True}


class File:
    """One case in an officer's hands: each change names the version that was seen last."""

    def __init__(self, client: httpx.AsyncClient, reference: str) -> None:
        self.client = client
        self.url = f"{URL}/{reference}/case"
        self.body: dict[str, Any] = {}

    async def read(self) -> dict[str, Any]:
        answer = await self.client.get(self.url)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
        self.body = answer.json()
        return self.body

    async def send(self, method: str, path: str, body: Any = None, *, client: httpx.AsyncClient | None = None) -> httpx.Response:
        headers = {"If-Match": f'"{self.body["version"]}"'}
        answer = await (client or self.client).request(method, f"{self.url}{path}", json=body, headers=headers)
        if answer.is_success:
            self.body = answer.json()
        return answer

    async def do(self, method: str, path: str, body: Any = None, *, client: httpx.AsyncClient | None = None) -> dict[str, Any]:
        answer = await self.send(method, path, body, client=client)
        assert answer.status_code == 200, answer.text
        return self.body


async def case_of(client: httpx.AsyncClient, **changes: Any) -> File:
    reference = (await register(client, **changes))["reference"]
    assert (await open_case(client, reference)).status_code == 201
    file = File(client, reference)
    await file.read()
    return file


class TestJourney:
    async def test_from_the_first_question_to_the_end(self, reintegration: Running) -> None:
        officer, second = demo(reintegration, sub="officer"), demo(reintegration, sub="second")
        file = await case_of(officer)
        assert file.body["step"] == "assessment"
        await file.do("POST", "/assessments", {"answers": ANSWERS})
        assert (file.body["step"], file.body["assessments"][0]["dimensions"][0]["percent"]) == ("plan", 17)
        await file.do("PUT", "/plan", plan())
        assert (file.body["step"], [one["number"] for one in file.body["reviews"]]) == ("delivery", [1, 2, 3, 4])
        await file.do("PUT", "/reviews/1", {"held_on": day(0), "confirmed": "partly", "note": "ঋণ এখনো পাননি"})
        await file.do("POST", "/assessments", {"answers": {**ANSWERS, "work": 3}})
        assert file.body["assessments"][1]["dimensions"][0]["change"] == 25
        await file.do("PUT", f"/goals/{file.body['plan']['goals'][0]['id']}/state", {"state": "reached"})
        await file.do("POST", "/closing", {"reason": "goals_reached"})
        assert file.body["step"] == "closing"
        own = await file.send("POST", "/closing/approve")
        assert (own.status_code, own.json()["type"].rsplit(":", 1)[1]) == (409, "same-officer")
        await file.do("POST", "/closing/approve", client=second)
        assert (file.body["step"], file.body["closing"]["reason"]["code"]) == ("closed", "goals_reached")
        facts = {one["type"]: one["data"] for one in await told(reintegration)}
        assert facts[PlanMade.type]["helps"] == ["business"]
        assert facts[ReviewHeld.type]["confirmed"] == "partly"
        assert (facts[CaseClosed.type]["goals_reached"], facts[CaseClosed.type]["goals"]) == (1, 1)

    async def test_nothing_said_is_in_plain_text_at_rest_or_in_an_event(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration))
        await file.do("POST", "/assessments", {"answers": ANSWERS})
        await file.do("PUT", "/plan", plan())
        await file.do("PUT", "/reviews/1", {"held_on": day(0), "confirmed": "yes", "note": "গোপন কথা"})
        await file.do("POST", "/closing", {"reason": "moved", "note": "ঢাকায় গেছেন"})
        for table in ("case_assessment", "plan_goal", "case_review", "reintegration_case", "outbox"):
            stored = await reintegration.raw(table)
            assert [one for one in ("মাছের", "গোপন", "ঢাকায়", "income") if one.encode() in stored] == [], table

    async def test_every_change_is_in_the_access_log(self, reintegration: Running) -> None:
        officer = demo(reintegration, sub="officer")
        file = await case_of(officer)
        before = len(await accesses(reintegration))
        await file.do("POST", "/assessments", {"answers": ANSWERS})
        assert [row[1] for row in (await accesses(reintegration))[before:]] == ["case"]


class TestConflicts:
    async def test_a_change_names_the_version_that_was_seen(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration))
        none = await file.client.put(f"{file.url}/plan", json=plan())
        assert none.status_code == 428
        await file.do("PUT", "/plan", plan())
        stale = await file.client.put(f"{file.url}/plan", json=plan(), headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        assert len((await file.read())["plan"]["goals"]) == 1

    async def test_a_new_plan_drops_open_goals_and_keeps_what_was_reached(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration))
        await file.do("PUT", "/plan", {**plan(), "goals": plan()["goals"] * 2})
        await file.do("PUT", f"/goals/{file.body['plan']['goals'][0]['id']}/state", {"state": "reached"})
        await file.do("PUT", "/plan", plan())
        assert sorted(one["state"] for one in file.body["plan"]["goals"]) == ["dropped", "open", "reached"]
        assert len(file.body["reviews"]) == 4

    async def test_a_closed_case_takes_no_change(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration, sub="one"))
        await file.do("POST", "/closing", {"reason": "declined"})
        await file.do("POST", "/closing/approve", client=demo(reintegration, sub="two"))
        answer = await file.send("PUT", "/plan", plan())
        assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) == (409, "case-closed")

    async def test_nobody_closes_over_something_urgent(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration), flags=["medical"])
        assert file.body["step"] == "screening"
        answer = await file.send("POST", "/closing", {"reason": "declined"})
        assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) == (409, "urgent-first")

    async def test_what_is_sent_back_goes_on(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration))
        await file.do("POST", "/closing", {"reason": "declined"})
        assert (await file.send("POST", "/closing", {"reason": "moved"})).json()["type"].endswith("closing-proposed")
        await file.do("POST", "/closing/send-back")
        assert (file.body["closing"], file.body["step"]) == (None, "assessment")
        assert (await file.send("POST", "/closing/approve")).json()["type"].endswith("closing-not-proposed")

    async def test_a_review_without_a_plan_or_of_no_such_number(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration))
        body = {"held_on": day(0), "confirmed": "yes"}
        assert (await file.send("PUT", "/reviews/1", body)).json()["type"].endswith("case-without-plan")
        await file.do("PUT", "/plan", plan())
        assert (await file.send("PUT", "/reviews/9", body)).status_code == 404

    async def test_a_neighbours_office_finds_nothing(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration))
        neighbour = demo(reintegration, "BD-60", "sylhet")
        for path in ("/case", "/consents", "/household"):
            assert (await neighbour.get(file.url.replace("/case", path))).status_code == 404
        assert (await file.send("PUT", "/plan", plan(), client=neighbour)).status_code == 404


class TestBadInput:
    @pytest.mark.parametrize("answers", [{}, {"income": 5}, {"income": -1}, {"happiness": 1}])
    async def test_answers_are_those_of_the_instrument(self, reintegration: Running, answers: dict[str, int]) -> None:
        file = await case_of(demo(reintegration))
        answer = await file.send("POST", "/assessments", {"answers": answers})
        assert answer.status_code == 422
        assert await reintegration.count("case_assessment") == 0

    async def test_a_plan_needs_a_goal(self, reintegration: Running) -> None:
        file = await case_of(demo(reintegration))
        assert (await file.send("PUT", "/plan", {"goals": [], "agreed": True})).status_code == 422


class TestConsent:
    async def test_is_given_for_a_purpose_and_a_recipient_and_taken_back(self, reintegration: Running) -> None:
        client = demo(reintegration, sub="officer")
        reference = (await register(client))["reference"]
        address = f"{URL}/{reference}/consents"
        said = {"purpose": "referral", "recipient": "ngo-one", "granted": True, "way": "spoken", "witness": "সালমা"}
        given = (await client.post(address, json=said)).json()
        assert (given["in_force"], given["witness"]) == (True, "সালমা")
        gone = await client.post(f"{address}/{given['id']}/withdraw")
        again = await client.post(f"{address}/{given['id']}/withdraw")
        assert (gone.json()["in_force"], again.json()) == (False, gone.json())
        facts = [one for one in await told(reintegration) if one["type"] == ConsentWithdrawn.type]
        assert [(one["subject"], one["data"]["recipient"]) for one in facts] == [(given["id"], "ngo-one")]
        assert "সালমা".encode() not in await reintegration.raw("returnee_consent")

    async def test_a_guardian_speaks_for_a_child_and_a_witness_stands_by_one_who_has_none(self, reintegration: Running) -> None:
        client = demo(reintegration)
        guardian = {"name": "সালেহা", "relation": "নানি"}
        alone, cared_for = [
            f"{URL}/{(await register(client, age_band='under_18', guardian=one))['reference']}/consents" for one in (None, guardian)
        ]
        yes = {"purpose": "services", "granted": True, "way": "signature"}

        async def status(address: str, **said: Any) -> int:
            return (await client.post(address, json=yes | said)).status_code

        assert [await status(alone), await status(alone, witness="সালমা")] == [409, 201]
        assert [await status(cared_for, witness="সালমা"), await status(cared_for, by_guardian=True)] == [409, 201]
        assert await status(alone, granted=False) == 201

    async def test_so_does_one_when_the_case_is_opened(self, reintegration: Running) -> None:
        client = demo(reintegration)
        alone, cared_for = [
            (await register(client, age_band="under_18", guardian=one))["reference"] for one in (None, {"name": "সালেহা", "relation": "নানি"})
        ]

        async def status(who: str, **said: Any) -> int:
            consent = {"purpose": "services", "granted": True, **said}
            return (await open_case(client, who, consent=consent)).status_code

        assert [await status(cared_for), await status(cared_for, witness="সালমা"), await status(cared_for, by_guardian=True)] == [
            409,
            409,
            201,
        ]
        assert [await status(alone), await status(alone, witness="সালমা")] == [409, 201]
        assert "সালমা".encode() not in await reintegration.raw("case_consent")
        assert await status((await register(client, age_band="under_18"))["reference"], granted=False) == 201

    async def test_a_later_no_takes_back_an_earlier_yes(self, reintegration: Running) -> None:
        client = demo(reintegration)
        address = f"{URL}/{(await register(client))['reference']}/consents"
        said = {"purpose": "research", "way": "signature"}
        for granted in (True, True, False):
            assert (await client.post(address, json={**said, "granted": granted})).status_code == 201
        items = (await client.get(address)).json()["items"]
        assert [(one["granted"], one["in_force"]) for one in items] == [(False, False), (True, False), (True, False)]
        assert [one["type"] for one in await told(reintegration)].count(ConsentWithdrawn.type) == 1

    @pytest.mark.parametrize(
        "changes",
        [{"way": "fingerprint_template"}, {"way": "spoken"}, {"purpose": "marketing"}, {"recipient": "Anybody!"}],
    )
    async def test_what_is_no_consent(self, reintegration: Running, changes: dict[str, str]) -> None:
        client = demo(reintegration)
        address = f"{URL}/{(await register(client))['reference']}/consents"
        said = {"purpose": "services", "granted": True, "way": "signature", **changes}
        assert (await client.post(address, json=said)).status_code == 422


class TestHousehold:
    async def test_a_child_out_of_school_is_counted_in_days(self, reintegration: Running) -> None:
        client = demo(reintegration)
        address = f"{URL}/{(await register(client))['reference']}/household"
        since = day(-40)
        child = {"name": "রিনা", "relation": "child", "sex": "female", "schooling": "waiting", "credits": "claimed", "out_since": since}
        added = (await client.post(address, json=child)).json()
        assert added["days_out_of_school"] == 40
        changed = await client.put(f"{address}/{added['id']}", json={**child, "schooling": "attends", "credits": "accepted"})
        assert (changed.json()["credits"], changed.json()["days_out_of_school"]) == ("accepted", None)
        assert [one["name"] for one in (await client.get(address)).json()["items"]] == ["রিনা"]
        assert "রিনা".encode() not in await reintegration.raw("household_member")


class TestDue:
    async def test_the_most_overdue_first_and_only_ones_own_district(self, reintegration: Running) -> None:
        client = demo(reintegration)
        late = await case_of(client, returned_on="2026-06-01", phone="01711111111", documents=[])
        soon = await case_of(client, returned_on="2026-06-01", phone="01722222222", documents=[], name="Another")
        async with reintegration.sessions.begin() as session:
            await session.execute(text("update reintegration_case set plan_due = plan_due - 60 where id = :id"), {"id": late.body["id"]})
        found = (await client.get(f"{URL}/due?within_days=60")).json()["items"]
        assert [(one["kind"], one["overdue"]) for one in found] == [("plan", True), ("plan", False)]
        assert [one["name_bn"] for one in found] == [RETURNEE["name_bn"]] * 2
        await late.do("PUT", "/plan", plan())
        await soon.do("PUT", "/plan", plan())
        async with reintegration.sessions.begin() as session:
            await session.execute(text("update case_review set due_on = due_on - 100 where number = 1"))
        assert [one["kind"] for one in (await client.get(f"{URL}/due")).json()["items"]] == ["review", "review"]
        assert (await demo(reintegration, "BD-60", "sylhet").get(f"{URL}/due?within_days=92")).json()["items"] == []


class TestThumbprint:
    async def test_its_photo_is_kept_without_what_the_phone_wrote_into_it(self, reintegration: Running) -> None:
        client = demo(reintegration)
        who = (await register(client))["reference"]
        body = {"purpose": "services", "granted": True, "way": "thumbprint"}
        consent = (await client.post(f"{URL}/{who}/consents", json=body, headers={"Idempotency-Key": "a-thumbprint"})).json()
        place = f"{URL}/{who}/consents/{consent['id']}/photo"
        photo = photographed()
        assert (await client.put(place, content=b"%PDF-1.7 no picture")).status_code == 422
        assert (await client.put(place, content=photo)).json()["has_photo"] is True
        assert (await client.put(place, content=photo)).status_code == 200
        assert (await client.put(place, content=photographed("red"))).status_code == 409
        shown = await client.get(place)
        assert (shown.headers["content-type"], b"NomunaPhone" in shown.content) == ("image/jpeg", False)
        listed = (await client.get(f"{URL}/{who}/consents")).json()["items"]
        assert [one["has_photo"] for one in listed if one["id"] == consent["id"]] == [True]
        assert (await demo(reintegration, "BD-60", sub="sylhet").get(place)).status_code == 404

    async def test_a_signature_has_none(self, reintegration: Running) -> None:
        client = demo(reintegration)
        who = (await register(client))["reference"]
        body = {"purpose": "services", "granted": True, "way": "signature"}
        consent = (await client.post(f"{URL}/{who}/consents", json=body, headers={"Idempotency-Key": "a-signature"})).json()
        assert (await client.put(f"{URL}/{who}/consents/{consent['id']}/photo", content=photographed())).status_code == 409


class TestChild:
    async def test_is_handed_over_once_and_a_grown_up_never(self, reintegration: Running) -> None:
        client = demo(reintegration)
        who = (await register(client))["reference"]
        add = {"relation": "child", "name": "নমুনা শিশু", "birth_year": 2018, "has_papers": False, "schooling": "out"}
        child = (await client.post(f"{URL}/{who}/household", json=add, headers={"Idempotency-Key": "first-child"})).json()
        given = {"to": "probation_officer", "on": day(0), "note": "মা হাসপাতালে"}
        place = f"{URL}/{who}/household/{child['id']}/hand-over"
        done = await client.post(place, json=given, headers={"Idempotency-Key": "hand-over-1"})
        assert done.json()["protection"] == given
        assert (await client.post(place, json=given, headers={"Idempotency-Key": "hand-over-2"})).status_code == 409
        assert "মা হাসপাতালে".encode() not in await reintegration.raw("child_hand_over")
        kept = (await client.get(f"{URL}/{who}/household")).json()["items"]
        assert [one["protection"] for one in kept] == [given]
        grown = {"relation": "spouse", "birth_year": 1990}
        wife = (await client.post(f"{URL}/{who}/household", json=grown, headers={"Idempotency-Key": "first-wife"})).json()
        place = f"{URL}/{who}/household/{wife['id']}/hand-over"
        assert (await client.post(place, json=given, headers={"Idempotency-Key": "hand-over-3"})).status_code == 409


def photographed(colour: str = "white") -> bytes:
    """A JPEG whose metadata name the phone."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "NomunaPhone"
    Image.new("RGB", (64, 48), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()
