"""The seam with reintegration: whom a returnee may be, told with the least that helps; and that somebody came home."""

from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from runner.testing import Running
from services.registry.tests.test_register import RAHIMA, read, registered

CAME: Final[dict[str, Any]] = {"names": ["রহিমা খাতুন"], "sex": "female"}
PASSPORT: Final = {"papers": [{"kind": "passport", "number": "bx-0123456"}]}


def reintegration(registry: Running) -> httpx.AsyncClient:
    return registry.client("service", azp="svc-reintegration")


async def candidates(registry: Running, **sought: Any) -> list[dict[str, Any]]:
    asked = {"ask": str(uuid4()), **CAME, **sought}
    answer = await reintegration(registry).post("/v1/nationals/candidates", json={"purpose": "returnee_match", "people": [asked]})
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["items"]
    assert item["ask"] == asked["ask"]
    found: list[dict[str, Any]] = item["candidates"]
    return found


async def tell(registry: Running, person: str, **said: Any) -> dict[str, Any]:
    body = {"link": str(uuid4()), "person": person, "returned_on": "2026-11-02", **said}
    answer = await reintegration(registry).post("/v1/nationals/returns", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def logged(registry: Running) -> list[tuple[Any, ...]]:
    async with registry.sessions() as session:
        rows = await session.execute(text("select client, purpose, record::text, fields from access_log order by at, id"))
        return [tuple(row) for row in rows]


class TestCandidates:
    @pytest.mark.parametrize(
        ("sought", "grade", "reasons"),
        [
            (PASSPORT | {"names": ["Somebody Else"]}, "exact", ["passport"]),
            (PASSPORT | {"sex": "male"}, "possible", ["name", "passport"]),
            ({"phones": ["০১৭১২৩৪৫৬৭৮"]}, "likely", ["name", "phone"]),
            ({"phones": ["+96171123456"], "names": ["Selina Akter"]}, None, []),
            ({"birth_year": 1995, "district": "BD-08", "father": "আব্দুল করিম"}, "likely", ["birth_year", "district", "father_name", "name"]),
            ({"birth_year": 1994, "mother": "Abdul Karim"}, "possible", ["birth_year", "mother_name", "name"]),
            ({"district": "BD-08", "father": "Abdul Karim"}, "possible", ["district", "father_name", "name"]),
            ({"birth_year": 1994, "district": "BD-08"}, None, []),
            ({"birth_year": 1970, "father": "Abdul Karim"}, None, []),
        ],
    )
    async def test_are_graded_by_what_agrees(
        self, registry: Running, sought: dict[str, Any], grade: str | None, reasons: list[str]
    ) -> None:
        await registered(registry.client(), district="BD-08")
        found = await candidates(registry, **sought)
        assert [(one["grade"], one["reasons"]) for one in found] == ([(grade, reasons)] if grade else [])

    async def test_an_identity_card_of_17_digits_is_the_older_one_of_13(self, registry: Running) -> None:
        await registered(registry.client(), documents=[{"kind": "nid", "number": "1234567890123"}])
        (found,) = await candidates(registry, papers=[{"kind": "nid", "number": "১৯৯৪১২৩৪৫৬৭৮৯০১২৩"}])
        assert (found["grade"], found["reasons"]) == ("exact", ["name", "nid"])

    async def test_an_employers_number_says_nothing_of_who_somebody_is(self, registry: Running) -> None:
        await registered(registry.client(), contacts=[{"address": "+961 71 999 999", "whose": "employer"}], kin=[], documents=[])
        assert await candidates(registry, phones=["+96171999999"]) == []

    async def test_tell_the_least_and_each_read_is_logged_with_its_purpose(self, registry: Running) -> None:
        person = await registered(registry.client())
        (found,) = await candidates(registry, **PASSPORT)
        assert set(found) == {"person", "grade", "reasons", "country", "registered_on"}
        assert (found["person"], found["country"]) == (person["id"], "LB")
        ((client, purpose, record, fields),) = await logged(registry)
        assert (client, purpose, record) == ("svc-reintegration", "returnee_match", person["id"])
        assert fields == ["country", "registered_at", "what_agrees"]

    async def test_of_two_records_of_one_person_the_earlier_stands_for_both(self, registry: Running) -> None:
        first = await registered(registry.client(), documents=[])
        await registered(registry.client())
        desk = registry.client("supervisor")
        (pair,) = (await desk.get("/v1/nationals/matches")).json()["items"]
        await desk.post(f"/v1/nationals/matches/{pair['id']}/decision", json={"decision": "same"})
        (found,) = await candidates(registry, **PASSPORT)
        assert (found["person"], found["grade"]) == (first["id"], "exact")

    async def test_who_asked_to_be_forgotten_is_nobody(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        key = {name: receipt["key"][name] for name in ("reference", "secret")}
        assert (await registry.client().post("/v1/nationals/own/changes", json=key | {"forget": True})).is_success
        assert await candidates(registry, **PASSPORT, phones=["+96171123456"]) == []

    async def test_without_a_purpose_or_for_another_there_is_no_answer(self, registry: Running) -> None:
        for body in ({"people": [{"ask": str(uuid4()), **CAME}]}, {"purpose": "curiosity", "people": [{"ask": str(uuid4()), **CAME}]}):
            assert (await reintegration(registry).post("/v1/nationals/candidates", json=body)).status_code == 422

    async def test_only_for_the_service_that_registers_returnees(self, registry: Running) -> None:
        body = {"purpose": "returnee_match", "people": [{"ask": str(uuid4()), **CAME}]}
        for client in (
            registry.client("service", azp="svc-crisis"),
            registry.client("supervisor"),
            registry.client("demo", districts=["BD-08"]),
        ):
            assert (await client.post("/v1/nationals/candidates", json=body)).status_code == 403
            assert (await client.post("/v1/nationals/returns", json={})).status_code == 403


class TestReturns:
    async def test_stand_beside_the_record_and_overwrite_nothing(self, registry: Running) -> None:
        person = await registered(registry.client())
        link = str(uuid4())
        before = (await read(registry.client("supervisor"), person["id"])).json()
        for _ in range(2):
            assert await tell(registry, person["id"], link=link) == {"known": True}
        after = (await read(registry.client("supervisor"), person["id"])).json()
        assert after == before | {"came_home": ["2026-11-02"]}
        assert (after["state"], after["version"]) == ("abroad", 1)
        await tell(registry, person["id"], link=link, stands=False)
        assert (await read(registry.client("supervisor"), person["id"])).json() == before

    async def test_of_who_asked_to_be_forgotten_nothing_is_kept(self, registry: Running) -> None:
        receipt = await registered(registry.client(), **{name: RAHIMA[name] for name in ("name",)})
        await tell(registry, receipt["id"])
        key = {name: receipt["key"][name] for name in ("reference", "secret")}
        await registry.client().post("/v1/nationals/own/changes", json=key | {"forget": True})
        assert await registry.count("national_return") == 0
        assert await tell(registry, receipt["id"]) == {"known": False}
        assert await registry.count("national_return") == 0
