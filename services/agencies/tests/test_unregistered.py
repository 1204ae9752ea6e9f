"""Those who recruit without registration: a match proposes, a person joins, and nothing is said of anybody in public but a judgment."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from runner.testing import Running
from services.agencies.tests.telling import register
from services.agencies.unregistered.rules import Likeness, Mention, likeness

URL = "/v1/agencies/unregistered"
SIGHTING: dict[str, Any] = {
    "name": "Karim Mia Nomuna",
    "phone": "01700000009",
    "complaint": "C-7K3M-92QX",
    "district": "BD-08",
    "country": "SA",
    "processed_by": "RL-0001",
    "seen_on": "2026-05-01",
    "source": "complaint",
}
REASON = "Both complaints name the same house and shop."


async def note(agencies: Running, **changes: Any) -> dict[str, Any]:
    body = {name: value for name, value in (SIGHTING | changes).items() if value is not None}
    answer = await agencies.client("demo").post(f"{URL}/sightings", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def open_person(agencies: Running, *sightings: dict[str, Any], status: int = 201) -> dict[str, Any]:
    body = {"sightings": [one["id"] for one in sightings], "reason": REASON}
    answer = await agencies.client("decider").post(URL, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestMentions:
    async def test_are_sealed_and_only_proposed_to_each_other(self, agencies: Running) -> None:
        first = await note(agencies)
        assert first["proposals"] == []
        second = await note(agencies, name="করিম মিয়া", phone="+880 1700-000009", district="BD-26")
        third = await note(agencies, name="Mia Karim", phone=None)
        assert [(one["sighting"], one["likeness"]) for one in second["proposals"]] == [(first["id"], "phone")]
        assert [(one["sighting"], one["likeness"]) for one in third["proposals"]] == [(first["id"], "words")]
        for secret in (b"Karim", b"1700000009", "করিম".encode()):
            assert secret not in await agencies.raw("sighting")
        assert await agencies.count("sighting_join") == 0

    async def test_are_found_by_name_or_number_in_a_body(self, agencies: Running) -> None:
        await note(agencies)
        reader = agencies.client("supervisor")
        for wanted, found in (({"phone": "01700000009"}, 1), ({"name": "mia karim"}, 1), ({"name": "Rahim"}, 0)):
            assert len((await reader.post(f"{URL}/search", json=wanted)).json()["items"]) == found, wanted
        assert (await reader.post(f"{URL}/search", json={})).status_code == 422
        assert await agencies.count("access_log") == 2

    async def test_without_a_name_or_a_number_say_nothing(self, agencies: Running) -> None:
        body = {"seen_on": "2026-05-01", "source": "complaint"}
        assert (await agencies.client("demo").post(f"{URL}/sightings", json=body)).status_code == 422

    @pytest.mark.parametrize("role", ["agency", "agent", "ngo", "analyst", "service", "demo"])
    async def test_are_read_by_few(self, agencies: Running, role: str) -> None:
        assert (await agencies.client(role).get(f"{URL}/sightings")).status_code == 403


class TestPerson:
    async def test_is_put_together_by_an_officer_and_linked_to_the_agency_that_processed_the_visa(self, agencies: Running) -> None:
        one, two = await note(agencies), await note(agencies, name="Karim Bhai", processed_by="RL-0002")
        three = await note(agencies, name="Abdul Karim", processed_by="RL-0002")
        person = await open_person(agencies, one, two)
        assert person["reference"].startswith("N-")
        assert (person["names"], person["phones"]) == (["Karim Bhai", "Karim Mia Nomuna"], ["+8801700000009"])
        place = f"{URL}/{person['reference']}"
        joined = await agencies.client("decider").post(f"{place}/sightings", json={"sighting": three["id"], "reason": REASON})
        assert (joined.status_code, joined.json()["processed_by"], joined.json()["version"]) == (201, {"RL-0002": 2, "RL-0001": 1}, 2)
        async with agencies.sessions() as session:
            told = (await session.execute(text("select convert_from(envelope, 'utf8') from outbox"))).scalars().all()
        assert len(told) == 1
        assert "Karim" not in told[0]

    async def test_a_mention_is_one_person_s_until_it_is_taken_apart(self, agencies: Running) -> None:
        one, two = await note(agencies), await note(agencies)
        first = await open_person(agencies, one)
        assert (await open_person(agencies, one, two, status=409))["type"].endswith("sighting-joined-already")
        body = {"sighting": one["id"], "reason": "Another Karim of the same village."}
        apart = await agencies.client("decider").post(f"{URL}/{first['reference']}/separations", json=body)
        assert (apart.status_code, apart.json()["sightings"]) == (201, [])
        assert (await agencies.client("decider").post(f"{URL}/{first['reference']}/separations", json=body)).status_code == 409
        assert len((await open_person(agencies, one, two))["sightings"]) == 2

    async def test_two_officers_at_once_do_not_both_have_it(self, agencies: Running) -> None:
        one = await note(agencies)
        client = agencies.client("decider")
        answers = await asyncio.gather(*(client.post(URL, json={"sightings": [one["id"]], "reason": REASON}) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4

    async def test_a_registered_sub_agent_is_not_an_illegal_one(self, agencies: Running) -> None:
        await register(agencies)
        sub_agent = {
            "number": "SA-1",
            "name_en": "Karim",
            "district": "BD-08",
            "phone": "01700000009",
            "true_from": "2026-01-01",
            "true_until": "2026-06-30",
            "source": "certificate",
        }
        assert (await agencies.client("decider").post("/v1/agencies/RL-0001/sub-agents", json=sub_agent)).status_code == 201
        refused = await open_person(agencies, await note(agencies), status=409)
        assert refused["type"].endswith("registered-sub-agent")
        later = await note(agencies, seen_on="2026-07-01")
        assert (await open_person(agencies, later))["reference"]

    async def test_reading_is_noted(self, agencies: Running) -> None:
        person = await open_person(agencies, await note(agencies))
        before = await agencies.count("access_log")
        assert (await agencies.client("supervisor").get(f"{URL}/{person['reference']}")).status_code == 200
        assert await agencies.count("access_log") == before + 1
        listed = (await agencies.client("supervisor").get(URL)).json()["items"]
        assert [(one["reference"], one["sightings"], set(one)) for one in listed] == [
            (person["reference"], 1, {"reference", "sightings", "opened_at"})
        ]

    @pytest.mark.parametrize("reference", ["N-0000-0000", "x", "C-7K3M-92QX"])
    async def test_that_is_not_there(self, agencies: Running, reference: str) -> None:
        assert (await agencies.client("decider").get(f"{URL}/{reference}")).status_code in {404, 422}


class TestSteps:
    async def test_are_kept_with_their_outcome(self, agencies: Running) -> None:
        person = await open_person(agencies, await note(agencies))
        client, place = agencies.client("decider"), f"{URL}/{person['reference']}/steps"
        filed = await client.post(place, json={"kind": "case_filed", "happened_on": "2026-06-01", "note": "Witness: নমুনা বেগম"})
        assert filed.status_code == 201
        assert "নমুনা".encode() not in await agencies.raw("enforcement_step")
        judged = {"kind": "judged", "happened_on": "2026-09-01", "outcome": "convicted", "is_public": True, "order_ref": "CMM 12/2026"}
        assert (await client.post(place, json=judged)).json()["outcome_label"]["bn"] == "দোষী সাব্যস্ত"
        steps = (await client.get(f"{URL}/{person['reference']}")).json()["steps"]
        assert [one["kind"] for one in steps] == ["case_filed", "judged"]

    @pytest.mark.parametrize(
        "change", [{"outcome": None}, {"outcome": "acquitted"}, {"order_ref": None}, {"outcome": "dropped", "order_ref": None}]
    )
    async def test_nothing_less_than_a_judgment_is_public(self, agencies: Running, change: dict[str, Any]) -> None:
        person = await open_person(agencies, await note(agencies))
        judged = {"kind": "judged", "happened_on": "2026-09-01", "outcome": "convicted", "is_public": True, "order_ref": "CMM 12/2026"}
        answer = await agencies.client("decider").post(f"{URL}/{person['reference']}/steps", json=judged | change)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:outcome-not-public")


class TestLikeness:
    A, B, C = b"a", b"b", b"c"

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            (Mention(A, frozenset({A, B}), C, "BD-08"), Mention(B, frozenset(), C, None), Likeness.PHONE),
            (Mention(A, frozenset({A, B}), None, None), Mention(A, frozenset({A, B}), C, None), Likeness.NAME),
            (Mention(A, frozenset({A, B}), None, "BD-08"), Mention(B, frozenset({B, A, C}), None, "BD-08"), Likeness.WORDS),
            (Mention(A, frozenset({A, B}), None, "BD-08"), Mention(B, frozenset({B, A, C}), None, "BD-13"), None),
            (Mention(A, frozenset({A, B}), None, "BD-08"), Mention(B, frozenset({B, C}), None, "BD-08"), None),
            (Mention(None, frozenset(), None, None), Mention(None, frozenset(), None, None), None),
        ],
    )
    def test_of_two_mentions(self, one: Mention, other: Mention, expected: Likeness | None) -> None:
        assert likeness(one, other) is expected
        assert likeness(other, one) is expected
