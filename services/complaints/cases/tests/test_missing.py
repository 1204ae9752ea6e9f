"""A search over HTTP: what may be told, remains that a machine compares and two persons name, a person who does not want to be found."""

from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text

from runner.testing import Running

REMAINS = {"country": "SA", "found_on": "2026-11-20", "sex": "male", "age_band": "25_34", "features": "বাম হাতে পোড়া দাগ"}
SOUGHT = {"last_contact_on": "2026-10-01", "features": "বাম হাতে পোড়া দাগ, লম্বা", "last_place": "জেদ্দা"}


async def searched(lodged: Any, officers: Any, **changes: Any) -> Any:
    case = await lodged("missing")
    await case.post(officers.wing, "/missing", {**SOUGHT, **changes})
    return case


async def sent(client: httpx.AsyncClient, address: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = await client.post(address, json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def matches(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get("/v1/complaints/cases/matches")).json()["items"]
    return items


class TestRemains:
    async def test_two_persons_name_them_and_a_death_case_grows(self, lodged: Any, officers: Any) -> None:
        case = await searched(lodged, officers)
        receipt = await sent(officers.wing, "/v1/complaints/cases/remains", REMAINS)
        assert receipt["proposed"] == 1
        match = (await matches(officers.wing))[0]
        assert match["waits_for"] == "first"
        assert {one["en"] for one in match["reasons"]} == {
            "The same country",
            "The same sex",
            "The same age band",
            "Found after the last contact",
        }
        assert (await case.read(officers.wing))["missing"]["state"] == "sought"
        decide = f"/v1/complaints/cases/matches/{match['id']}/decisions"
        await sent(officers.wing, decide, {"decision": "confirm"})
        assert (await sent(officers.wing, decide, {"decision": "confirm"}, 409))["type"].endswith("second-person-needed")
        assert (await case.read(officers.wing))["missing"]["state"] == "sought"
        await sent(officers.supervisor, decide, {"decision": "confirm"})
        shown = await case.read(officers.wing)
        assert shown["missing"]["state"] == "dead"
        assert shown["missing"]["may_tell"]["en"] == "An officer will speak with you in person."
        assert [one["kind"] for one in shown["links"]] == ["death"]
        assert await matches(officers.wing) == []
        assert (await sent(officers.supervisor, decide, {"decision": "reject"}, 409))["type"].endswith("match-decided")

    async def test_a_search_that_comes_later_is_compared_too_and_a_rejected_pair_never_again(self, lodged: Any, officers: Any) -> None:
        await sent(officers.wing, "/v1/complaints/cases/remains", REMAINS)
        case = await searched(lodged, officers)
        match = (await matches(officers.wing))[0]
        await sent(officers.wing, f"/v1/complaints/cases/matches/{match['id']}/decisions", {"decision": "reject"})
        await case.post(officers.wing, "/missing", SOUGHT)
        assert await matches(officers.wing) == []

    async def test_one_who_is_sought_after_a_later_contact_is_not_proposed(self, lodged: Any, officers: Any) -> None:
        await searched(lodged, officers, last_contact_on="2026-11-22")
        assert (await sent(officers.wing, "/v1/complaints/cases/remains", REMAINS))["proposed"] == 0

    async def test_a_passport_found_with_them_is_compared_unread(self, lodged: Any, officers: Any, complaints: Running) -> None:
        await searched(lodged, officers, passport="bx 0123456")
        unlike = {**REMAINS, "sex": "unknown", "age_band": "unknown", "passport": "BX-0123456"}
        assert (await sent(officers.wing, "/v1/complaints/cases/remains", unlike))["proposed"] == 1
        for table in ("missing_file", "remains", "remains_match"):
            stored = await complaints.raw(table)
            assert b"0123456" not in stored
            assert "পোড়া".encode() not in stored

    async def test_a_wing_reports_and_sees_its_own_country(self, officers: Any) -> None:
        await sent(officers.wing_elsewhere, "/v1/complaints/cases/remains", REMAINS, 403)
        await sent(officers.wing, "/v1/complaints/cases/remains", REMAINS)
        for client, expected in ((officers.wing, 1), (officers.wing_elsewhere, 0)):
            assert len((await client.get("/v1/complaints/cases/remains")).json()["items"]) == expected

    async def test_a_match_is_seen_and_decided_only_by_who_may_see_the_search(self, lodged: Any, officers: Any) -> None:
        await searched(lodged, officers)
        await sent(officers.wing, "/v1/complaints/cases/remains", REMAINS)
        match = (await matches(officers.wing))[0]
        assert await matches(officers.wing_elsewhere) == []
        decide = f"/v1/complaints/cases/matches/{match['id']}/decisions"
        await sent(officers.wing_elsewhere, decide, {"decision": "confirm"}, 404)
        await sent(officers.demo, decide, {"decision": "confirm"}, 403)

    async def test_the_database_itself_refuses_one_person_twice(self, lodged: Any, officers: Any, complaints: Running) -> None:
        await searched(lodged, officers)
        await sent(officers.wing, "/v1/complaints/cases/remains", REMAINS)
        async with complaints.sessions() as session:
            refused = None
            try:
                await session.execute(text("update remains_match set state = 'confirmed', first_by = 'x', decided_by = 'x'"))
            except Exception as error:  # noqa: BLE001 - whatever the driver calls it
                refused = str(error)
        assert refused is not None
        assert "remains_match_by_two" in refused


class TestFoundAlive:
    async def test_who_does_not_want_to_be_found_is_not_told_of(self, lodged: Any, officers: Any, today: str) -> None:
        case = await searched(lodged, officers)
        told = await case.post(officers.wing, "/missing/found", {"on": today, "consent": "nothing"})
        assert told["said"]["en"] == "We cannot tell you anything about this person."
        assert "The person has not agreed to contact." in await case.missing_for(officers.wing, "found_in_contact")
        await case.post(officers.wing, "/missing/found", {"on": today, "consent": "safe_only"})
        assert (await case.read(officers.wing))["missing"]["may_tell"]["bn"] == "তিনি নিরাপদ আছেন।"

    async def test_a_search_that_ended_proposes_nobody(self, lodged: Any, officers: Any, today: str) -> None:
        case = await searched(lodged, officers)
        await case.post(officers.wing, "/missing/found", {"on": today, "consent": "contact"})
        assert (await sent(officers.wing, "/v1/complaints/cases/remains", REMAINS))["proposed"] == 0
        await case.post(officers.wing, "/steps", {"kind": "phoned", "source": "wing", "done_on": today})
        assert await case.missing_for(officers.wing, "found_in_contact") == []
        assert "The person was found." in await case.missing_for(officers.wing, "not_found")

    async def test_whom_nothing_may_be_told_hears_nothing_whatever_is_known(self, lodged: Any, officers: Any, today: str) -> None:
        case = await searched(lodged, officers, tell_asker="nothing")
        told = await case.post(officers.wing, "/missing/found", {"on": today, "consent": "contact"})
        assert told["said"]["en"] == "We cannot tell you anything about this person."
