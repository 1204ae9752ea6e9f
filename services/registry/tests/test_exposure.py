"""The seam with crisis: whom a warning concerns, and how they are reached."""

from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from runner.testing import Running, make_owner_engine

BEIRUT: Final = {"type": "Polygon", "coordinates": [[[35.45, 33.85], [35.55, 33.85], [35.55, 33.92], [35.45, 33.92], [35.45, 33.85]]]}
HAMRA: Final = {"kind": "work_site", "country": "LB", "lon": 35.5, "lat": 33.9}
# Some eleven kilometres east of the area.
HAZMIEH: Final = HAMRA | {"lon": 35.67}
TYRE: Final = HAMRA | {"lon": 35.2, "lat": 33.27}
OLD: Final = {"observed_at": "2015-01-01T00:00:00Z"}


async def person(registry: Running, *places: dict[str, Any], **more: Any) -> str:
    said = {"name": "Jamal", "country": "LB", "contacts": [{"address": "+96171123456"}], "places": places, **more}
    answer = await registry.client().post("/v1/nationals", json=said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def crisis(registry: Running) -> httpx.AsyncClient:
    return registry.client("service", azp="svc-crisis")


async def exposed(registry: Running, **asked: Any) -> dict[str, Any]:
    question = {"alert": str(uuid4()), "version": 1, "is_drill": False, "countries": ["LB"], "areas": [BEIRUT], "near_km": 20, **asked}
    answer = await crisis(registry).post("/v1/nationals/exposures", json=question)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def people(registry: Running, exposure: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    answer = await crisis(registry).get(
        f"/v1/nationals/exposures/{exposure['id']}/people", params={"classes": "inside,near,same_country,unknown", **asked}
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


class TestClasses:
    async def test_tells_apart_inside_near_elsewhere_and_unknown_with_a_reason_and_the_way(self, registry: Running) -> None:
        inside, near, tyre = [await person(registry, one) for one in (HAMRA, HAZMIEH, TYRE)]
        country, old = await person(registry), await person(registry, HAMRA | OLD)
        coarse = await person(registry, TYRE | {"accuracy_m": 90_000})
        await person(registry, HAMRA | {"country": "SA", "lon": 46.7, "lat": 24.7}, country="SA")
        found = await exposed(registry)
        assert found["counts"] == {"inside": 1, "near": 2, "same_country": 1, "unknown": 2}
        told = {one["person"]: (one["class"], one["reason"], one["distance_m"]) for one in await people(registry, found)}
        assert told[inside] == ("inside", "in_area:work_site", 0)
        assert told[near] == ("near", "close_by:work_site", pytest.approx(11_076, abs=30))
        assert told[coarse][:2] == ("near", "may_be_inside:work_site")
        assert told[tyre] == ("same_country", "elsewhere:work_site", None)
        assert told[country] == ("unknown", "only_country_known:declared", None)
        assert told[old] == ("unknown", "places_too_old:work_site", None)

    async def test_one_place_that_is_believed_is_enough(self, registry: Running) -> None:
        both = await person(registry, TYRE, HAMRA | {"kind": "home"}, HAMRA | {"kind": "employer_region", "lon": 36.2})
        [found] = await people(registry, await exposed(registry))
        assert (found["person"], found["class"], found["reason"]) == (both, "inside", "in_area:home")

    async def test_a_place_of_its_kind_that_is_newer_counts_alone(self, registry: Running) -> None:
        await person(registry, HAMRA | {"observed_at": "2026-01-01T00:00:00Z"}, TYRE)
        assert (await exposed(registry))["counts"]["inside"] == 0

    async def test_the_edge_belongs_to_the_area_and_a_hole_does_not(self, registry: Running) -> None:
        await person(registry, HAMRA | {"lon": 35.45})
        await person(registry, HAMRA)
        hole = [[35.49, 33.89], [35.51, 33.89], [35.51, 33.91], [35.49, 33.91], [35.49, 33.89]]
        area = {"type": "Polygon", "coordinates": [*BEIRUT["coordinates"], hole]}
        assert (await exposed(registry, areas=[area]))["counts"] == {"inside": 1, "near": 1, "same_country": 0, "unknown": 0}

    async def test_without_an_area_the_whole_country_is_inside(self, registry: Running) -> None:
        await person(registry)
        await person(registry, TYRE)
        assert (await exposed(registry, areas=[]))["counts"]["inside"] == 2

    async def test_who_stands_in_the_area_is_inside_whatever_country_was_said(self, registry: Running) -> None:
        await person(registry, HAMRA | {"country": "SY"}, country="SY")
        await person(registry, HAMRA | {"country": "SY", "lon": 36.3, "lat": 33.5}, country="SY")
        assert (await exposed(registry))["counts"] == {"inside": 1, "near": 0, "same_country": 0, "unknown": 0}

    async def test_an_area_beyond_180_degrees_is_the_same_area(self, registry: Running) -> None:
        at = {"kind": "at_sea", "country": "FJ", "lat": -17.0}
        east, west = await person(registry, at | {"lon": 179.9}, country="FJ"), await person(registry, at | {"lon": -179.8}, country="FJ")
        near = await person(registry, at | {"lon": -179.45}, country="FJ")
        box = {"type": "Polygon", "coordinates": [[[179.5, -18], [180.4, -18], [180.4, -16], [179.5, -16], [179.5, -18]]]}
        found = await people(registry, await exposed(registry, areas=[box], countries=["FJ"]))
        assert {(one["person"], one["class"]) for one in found} == {(east, "inside"), (west, "inside"), (near, "near")}

    async def test_who_is_home_or_counted_twice_is_not_warned(self, registry: Running) -> None:
        gone, first = await person(registry, HAMRA), await person(registry, HAMRA, documents=[{"kind": "passport", "number": "A01234567"}])
        desk = registry.client("supervisor")
        await desk.post(f"/v1/nationals/{gone}/changes", json={"state": "home"}, headers={"If-Match": "*"})
        await person(registry, HAMRA, documents=[{"kind": "passport", "number": "A01234567"}])
        [match] = [one for one in (await desk.get("/v1/nationals/matches")).json()["items"] if one["grade"] == "exact"]
        await desk.post(f"/v1/nationals/matches/{match['id']}/decision", json={"decision": "same"})
        assert [one["person"] for one in await people(registry, await exposed(registry))] == [first]

    @pytest.mark.parametrize(
        "area",
        [
            {"type": "Point", "coordinates": [35.5, 33.9]},
            {"type": "Polygon", "coordinates": []},
            {"type": "Polygon", "coordinates": [[[35, 33], [36, 33]]]},
            {"type": "Polygon", "coordinates": [[[35, 33], [36, 95], [36, 33], [35, 33]]]},
            {"type": "Polygon", "coordinates": "everywhere"},
            {"type": "Polygon"},
            {},
        ],
    )
    async def test_refuses_what_is_no_area(self, registry: Running, area: dict[str, Any]) -> None:
        question = {"alert": str(uuid4()), "version": 1, "is_drill": False, "countries": ["LB"], "areas": [area], "near_km": 20}
        answer = await crisis(registry).post("/v1/nationals/exposures", json=question)
        assert answer.status_code == 422, answer.text
        assert "RFC 7946" in answer.text

    async def test_mends_an_area_that_crosses_itself(self, registry: Running) -> None:
        await person(registry, HAMRA)
        bow = {"type": "Polygon", "coordinates": [[[35.4, 33.8], [35.6, 34.0], [35.6, 33.8], [35.4, 34.0], [35.4, 33.8]]]}
        assert (await exposed(registry, areas=[bow]))["counts"]["inside"] == 1


class TestStored:
    async def test_the_same_version_is_answered_once_and_another_area_for_it_is_refused(self, registry: Running) -> None:
        await person(registry, HAMRA)
        first = await exposed(registry, alert="0f000000-0000-7000-8000-000000000001")
        await person(registry, HAMRA)
        again = await exposed(registry, alert="0f000000-0000-7000-8000-000000000001")
        assert again == first
        question = {"alert": first["alert"], "version": 1, "is_drill": False, "countries": ["LB"], "areas": [], "near_km": 20}
        answer = await crisis(registry).post("/v1/nationals/exposures", json=question)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:probashi:problem:other-exposure")
        second = await exposed(registry, alert="0f000000-0000-7000-8000-000000000001", version=2)
        assert (first["counts"]["inside"], second["counts"]["inside"]) == (1, 2)

    async def test_pages_hold_each_person_once_the_vulnerable_first(self, registry: Running) -> None:
        plain = [await person(registry, one) for one in (HAMRA, HAZMIEH, HAMRA, HAMRA)]
        child = await person(registry, HAMRA, birth_year=2015)
        woman = await person(registry, HAMRA, flags=["pregnant", "domestic_worker"])
        found = await exposed(registry)
        assert found["vulnerable"] == {
            "child": 1, "pregnant": 1, "disabled": 0, "ill": 0, "domestic_worker": 1, "detained": 0, "no_phone": 0
        }  # fmt: skip
        order: list[str] = []
        address: str | None = f"/v1/nationals/exposures/{found['id']}/people?classes=inside,near&limit=2"
        while address:
            page = (await crisis(registry).get(address)).json()
            assert 1 <= len(page["items"]) <= 2
            order += [one["person"] for one in page["items"]]
            address = page["next"]
        assert order[:2] == [woman, child]
        assert sorted(order) == sorted([*plain, child, woman])
        assert order[-1] == plain[1]

    async def test_tells_how_somebody_is_reached_and_not_who_it_is(self, registry: Running) -> None:
        await person(
            registry,
            HAMRA,
            language="en",
            contacts=[
                {"address": "+96171123456"},
                {"kind": "whatsapp", "address": "+96171123456"},
                {"whose": "employer", "address": "+9611999999"},
            ],
            kin=[{"name": "Karim", "relation": "parent", "phone": "01712345678"}],
            safe_contact={"may_text": True, "hours_from": "22:00", "hours_to": "06:00"},
        )
        [found] = await people(registry, await exposed(registry))
        assert found["channels"] == [
            {"kind": "sms", "address": "+96171123456", "at_home": False, "whose": "own"},
            {"kind": "whatsapp", "address": "+96171123456", "at_home": False, "whose": "own"},
            {"kind": "sms", "address": "+8801712345678", "at_home": True, "whose": "family"},
        ]
        assert found["contact_rule"] == {
            "may_call": False,
            "may_text": True,
            "words": "neutral",
            "hours": ["22:00", "06:00"],
            "time_zone": "Asia/Beirut",
        }
        assert "Jamal" not in str(found)
        assert [(one.caller, one.purpose) for one in await registry.rows("access_log")] == [("service", "crisis.exposed")]

    async def test_contacts_and_lookups_answer_for_known_persons_only(self, registry: Running) -> None:
        known = await person(registry, HAMRA, documents=[{"kind": "nid", "number": "19901234567890123"}])
        asked = await crisis(registry).post("/v1/nationals/contacts", json={"purpose": "all_clear", "people": [str(uuid4()), known]})
        assert [one["person"] for one in asked.json()["items"]] == [known]
        for by in ({"phone": "+96171123456"}, {"document": {"kind": "nid", "number": "1234567890123"}}):
            found = await crisis(registry).post("/v1/nationals/lookups", json={"purpose": "checkin", **by})
            assert [one["person"] for one in found.json()["people"]] == [known], by
        assert {one.purpose for one in await registry.rows("access_log")} == {"crisis.all_clear", "crisis.checkin"}

    async def test_only_the_crisis_service_is_admitted(self, registry: Running) -> None:
        for client in (registry.client("service", azp="svc-complaints"), registry.client("admin")):
            for address in ("exposures", "contacts", "lookups", "openings"):
                assert (await client.post(f"/v1/nationals/{address}", json={})).status_code == 403


class TestDrill:
    async def test_finds_only_who_agreed_to_drills(self, registry: Running) -> None:
        await person(registry, HAMRA)
        member = await person(registry, HAMRA, drill_member=True)
        found = await exposed(registry, is_drill=True)
        assert found["counts"] == {"inside": 1, "near": 0, "same_country": 0, "unknown": 0}
        assert [one["person"] for one in await people(registry, found)] == [member]

    async def test_the_database_refuses_a_drill_that_names_anybody_else(self, registry: Running) -> None:
        stranger, member = await person(registry, HAMRA), await person(registry, HAMRA, drill_member=True)
        drill, real = await exposed(registry, is_drill=True), await exposed(registry)
        page = "insert into exposure_page values (:id, 1, 9, {}, array[cast(:person as uuid)], array[1::smallint], array[0])"
        async with make_owner_engine(registry) as owner, owner.begin() as connection:
            with pytest.raises(DBAPIError, match="did not agree to drills"):
                await connection.execute(text(page.format("true")), {"id": drill["id"], "person": stranger})
        async with make_owner_engine(registry) as owner, owner.begin() as connection:
            with pytest.raises(DBAPIError, match="foreign key"):
                await connection.execute(text(page.format("true")), {"id": real["id"], "person": member})

    async def test_what_was_found_is_never_changed(self, registry: Running) -> None:
        await person(registry, HAMRA)
        await exposed(registry)
        async with registry.sessions() as session:
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(text("delete from exposure_page"))
