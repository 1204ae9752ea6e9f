"""Somebody who was registered abroad has come home: the register of nationals, the real one, is asked beside the registration."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from kit.testing.days import day
from kit.testing.waiting import until
from kit.timer import schedule
from runner.testing import Running, make_owner_engine
from services.reintegration.abroad import repository
from services.reintegration.abroad.rules import BACKFILL, BACKFILL_RECORD, LONGEST_PAUSE, owes_word, pause
from services.reintegration.matching.rules import Decision
from services.reintegration.tests.test_endpoints import URL, accesses, demo, open_case, register

RAHIMA: Final[dict[str, Any]] = {
    "name": "Rahima Khatun",
    "country": "LB",
    "sex": "female",
    "contacts": [{"address": "+961 71 123 456"}],
    "documents": [{"kind": "passport", "number": "BX 0123456"}],
}
CAME: Final[dict[str, Any]] = {
    "name": "রহিমা খাতুন",
    "name_bn": None,
    "sex": "female",
    "country": "LB",
    "phone": None,
    "documents": [{"kind": "passport", "number": "bx-০১২৩৪৫৬"}],
}


async def abroad(registry: Running) -> str:
    answer = await registry.client().post("/v1/nationals", json=RAHIMA)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def asked(client: httpx.AsyncClient, reference: str) -> dict[str, Any]:
    answer = await client.get(f"{URL}/{reference}/abroad")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def answered(client: httpx.AsyncClient, reference: str) -> list[dict[str, Any]]:
    async def is_answered() -> bool:
        return bool((await asked(client, reference))["asked"] == "answered")

    await until(is_answered, True)
    items: list[dict[str, Any]] = (await asked(client, reference))["items"]
    return items


async def decide(client: httpx.AsyncClient, one: dict[str, Any], decision: str, **said: Any) -> httpx.Response:
    body = {"decision": decision, "agreed": True, **said}
    return await client.put(f"{URL}/abroad/{one['id']}/decision", json=body, headers={"If-Match": f'"{one["version"]}"'})


async def came_home(registry: Running, person: str) -> list[str]:
    answer = await registry.client("supervisor").get(f"/v1/nationals/{person}", params={"purpose": "at_the_counter"})
    days: list[str] = answer.json()["came_home"]
    return days


async def told(registry: Running, person: str, days: list[str]) -> None:
    async def is_told() -> bool:
        return await came_home(registry, person) == days

    await until(is_told, True)


@asynccontextmanager
async def out_of_order(registry: Running) -> AsyncIterator[None]:
    """The register answers nothing but errors: one of its tables is away."""
    async with make_owner_engine(registry) as owner:
        async with owner.begin() as connection:
            await connection.execute(text("alter table national_document rename to away"))
        try:
            yield
        finally:
            async with owner.begin() as connection:
                await connection.execute(text("alter table away rename to national_document"))


class TestRules:
    @given(st.integers(min_value=0, max_value=10_000))
    def test_the_register_is_asked_for_ever_with_growing_pauses(self, attempts: int) -> None:
        assert timedelta(0) < pause(attempts) <= pause(attempts + 1) <= LONGEST_PAUSE

    @pytest.mark.parametrize(
        ("before", "now", "owes"),
        [
            (None, Decision.SAME, True),
            (None, Decision.DIFFERENT, False),
            (Decision.SAME, Decision.DIFFERENT, True),
            (Decision.SAME, Decision.SAME, False),
            (Decision.NOT_SURE, Decision.DIFFERENT, False),
        ],
    )
    def test_the_register_is_told_of_a_link_and_of_its_end(self, before: Decision | None, now: Decision, owes: bool) -> None:  # noqa: FBT001
        assert owes_word(before, now) is owes


class TestPropose:
    async def test_a_returnee_is_found_among_who_registered_abroad(self, reintegration: Running, registry: Running) -> None:
        person = await abroad(registry)
        receipt = await register(demo(reintegration), **CAME)
        assert receipt["matches"] == 0
        (found,) = await answered(demo(reintegration), receipt["reference"])
        assert set(found) == {
            *("id", "version", "grade", "grade_label", "reasons", "country", "registered_on", "decision", "decided_at", "register_told")
        }
        assert (found["grade"], found["country"], found["registered_on"]) == ("exact", "LB", day(0))
        assert [one["code"] for one in found["reasons"]] == ["name", "passport"]
        assert person not in str(found)
        assert await came_home(registry, person) == []

    async def test_while_the_register_is_out_of_order_registration_goes_on_and_it_is_asked_again(
        self, reintegration: Running, registry: Running
    ) -> None:
        await abroad(registry)
        client = demo(reintegration)
        async with out_of_order(registry):
            receipt = await register(client, **CAME)

            async def was_tried() -> bool:
                return bool((await asked(client, receipt["reference"]))["attempts"] > 0)

            await until(was_tried, True)
            assert (await asked(client, receipt["reference"]))["asked"] == "waiting"
        assert len(await answered(client, receipt["reference"])) == 1

    async def test_one_question_that_is_refused_stops_no_other(self, reintegration: Running, registry: Running) -> None:
        await abroad(registry)
        client = demo(reintegration)
        refused, good = await register(client, **CAME | {"phone": None}), await register(client, **CAME)
        async with reintegration.sessions.begin() as session:
            # As a record from before a rule was tightened may be: no number of a place that the register knows.
            await session.execute(text("update returnee set district = 'BD-99' where reference = :it"), {"it": refused["reference"]})
            await session.execute(text("update abroad_question set answered_at = null, next_try = now()"))
            await session.execute(text("delete from idempotency"))
        assert len(await answered(client, good["reference"])) == 1

    async def test_who_only_registers_learns_nothing_and_nobody_out_of_sight(self, reintegration: Running, registry: Running) -> None:
        await abroad(registry)
        receipt = await register(demo(reintegration), **CAME)
        (found,) = await answered(demo(reintegration), receipt["reference"])
        address = f"{URL}/{receipt['reference']}/abroad"
        assert (await reintegration.client("airport").get(address)).status_code == 403
        sylhet = demo(reintegration, "BD-60", "sylhet")
        assert [(await sylhet.get(address)).status_code, (await sylhet.post(address)).status_code] == [404, 404]
        assert (await decide(sylhet, found, "same")).status_code == 404

    async def test_leaves_a_record_of_who_looked(self, reintegration: Running, registry: Running) -> None:
        await abroad(registry)
        officer = demo(reintegration, sub="officer")
        receipt = await register(officer, **CAME)
        await asked(officer, receipt["reference"])
        assert ("officer", "match_abroad", receipt["id"]) in await accesses(reintegration)


class TestEarlier:
    """Returnees from before the register was asked beside the registration."""

    async def test_who_agreed_to_be_helped_is_asked_about_by_itself(self, reintegration: Running, registry: Running) -> None:
        await abroad(registry)
        client = demo(reintegration)
        with_case, taken_back, silent = [(await register(client, **CAME))["reference"] for _ in range(3)]
        for who in (with_case, taken_back):
            assert (await open_case(client, who)).status_code == 201
        refusal = {"purpose": "services", "recipient": "own", "granted": False, "way": "signature", "language": "bn"}
        assert (await client.post(f"{URL}/{taken_back}/consents", json=refusal)).status_code == 201
        await forget_questions(reintegration)
        assert (await asked(client, with_case))["asked"] == "never"
        async with reintegration.sessions.begin() as session:
            await schedule(session, datetime.now(UTC), BACKFILL, BACKFILL_RECORD)
        assert len(await answered(client, with_case)) == 1
        assert [(await asked(client, one))["asked"] for one in (taken_back, silent)] == ["never", "never"]

    async def test_goes_on_page_by_page_where_it_was(self, reintegration: Running) -> None:
        client = demo(reintegration)
        first, second = [await register(client, name=name) for name in ("First Nomuna", "Second Nomuna")]
        for one in (first, second):
            await open_case(client, one["reference"])
        await forget_questions(reintegration)
        async with reintegration.sessions.begin() as session:
            now = datetime.now(UTC)
            reached = await repository.ask_earlier(session, UUID(int=0), 1, now + timedelta(days=1))
            assert str(reached) == first["id"]
            assert [str(one.returnee_id) for one in await reintegration.rows("abroad_question")] == []
            assert str(await repository.ask_earlier(session, UUID(first["id"]), 1, now + timedelta(days=1))) == second["id"]
            assert await repository.ask_earlier(session, UUID(second["id"]), 1, now) is None
            assert await repository.has_waiting(session, 2)
            assert not await repository.has_waiting(session, 3)
        assert len(await reintegration.rows("abroad_question")) == 2


async def forget_questions(reintegration: Running) -> None:
    """As if none had been asked: the role that runs may not do it."""
    async with make_owner_engine(reintegration) as owner, owner.begin() as connection:
        await connection.execute(text("delete from abroad_candidate"))
        await connection.execute(text("delete from abroad_question"))


class TestDecide:
    async def test_only_a_person_links_and_only_with_consent(self, reintegration: Running, registry: Running) -> None:
        person = await abroad(registry)
        client = demo(reintegration)
        receipt = await register(client, **CAME)
        (found,) = await answered(client, receipt["reference"])
        refused = await decide(client, found, "same", agreed=False)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:probashi:problem:link-needs-consent")
        done = await decide(client, found, "same", because="তিনি নিজে বলেছেন")
        assert (done.status_code, done.json()["decision"], done.headers["etag"]) == (200, "same", '"2"')
        await told(registry, person, ["2026-11-02"])
        assert "নিজে বলেছেন".encode() not in await reintegration.raw("abroad_candidate")
        assert (await decide(client, found, "different")).status_code == 412

        async def says_so() -> bool:
            return bool((await asked(client, receipt["reference"]))["items"][0]["register_told"])

        await until(says_so, True)
        taken_back = await decide(client, done.json(), "different", agreed=False)
        assert taken_back.status_code == 200
        await told(registry, person, [])

    async def test_what_was_decided_stays_when_the_register_is_asked_again(self, reintegration: Running, registry: Running) -> None:
        await abroad(registry)
        client = demo(reintegration)
        receipt = await register(client, **CAME)
        (found,) = await answered(client, receipt["reference"])
        await decide(client, found, "different")
        assert (await client.post(f"{URL}/{receipt['reference']}/abroad")).json()["asked"] == "waiting"
        (again,) = await answered(client, receipt["reference"])
        assert (again["id"], again["decision"]) == (found["id"], "different")

    async def test_of_who_is_still_expected_the_register_hears_once_they_came(self, reintegration: Running, registry: Running) -> None:
        person = await abroad(registry)
        flight = day(3)
        wing = reintegration.client("wing", countries=["LB"], sub="wing")
        receipt = await register(wing, **CAME, returned_on=flight)
        client = demo(reintegration)
        (found,) = await answered(client, receipt["reference"])
        assert (await decide(client, found, "same")).status_code == 200
        expected = (await client.get(f"{URL}/{receipt['reference']}/arrival")).json()
        assert await came_home(registry, person) == []
        came = {"came": True, "returned_on": day(0)}
        headers = {"If-Match": f'"{expected["version"]}"'}
        assert (await client.put(f"{URL}/{receipt['reference']}/arrival", json=came, headers=headers)).is_success
        await told(registry, person, [day(0)])
