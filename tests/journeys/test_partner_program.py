"""A partner's program at the API: it answers the referrals of its own organization, and loses that with its scope at once."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

import httpx
import pytest

from contracts.days import DHAKA
from kit.ids import new_id
from runner import partner
from runner.api import Api
from runner.demo import _api
from runner.identity import Provider
from runner.suite import Suite

RECEIVED: Final = "/v1/returnees/received"


@pytest.fixture
async def api(whole: Suite) -> AsyncIterator[Api]:
    async with _api(whole.place) as one:
        yield one


@pytest.fixture
async def program(whole: Suite) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=whole.place.public_url, timeout=240) as http:
        secret = whole.secrets.get("client", partner.CLIENT)
        tokens = await Provider(http, whole.place.public_url).grant("client_credentials", partner.CLIENT, {}, secret=secret)
        http.headers["Authorization"] = f"Bearer {tokens.access}"
        yield http


async def passed_on(api: Api) -> str:
    return await partner.pass_on(api, datetime.now(DHAKA).date())


async def now_may(api: Api, scopes: Sequence[str]) -> None:
    path = f"/v1/partners/organisations/{partner.CODE}/clients/cases"
    await api.call("PUT", path, partner.STEWARD, json={"scopes": list(scopes)}, headers={"If-Match": "*"})


async def test_lists_reads_accepts_and_reports(api: Api, program: httpx.AsyncClient) -> None:
    referral = await passed_on(api)
    listed = (await program.get(RECEIVED)).json()["items"]
    assert referral in [one["id"] for one in listed]
    shown = await program.get(f"{RECEIVED}/{referral}")
    assert (shown.status_code, shown.headers["ETag"], shown.json()["person"]["district"]) == (200, '"1"', "BD-08")
    accepted = await program.post(f"{RECEIVED}/{referral}/answer", json={"accept": True})
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    given = await program.post(f"{RECEIVED}/{referral}/delivery", json={"outcome": "given"})
    assert (given.status_code, given.json()["state"]) == (200, "delivered")


async def test_is_told_of_the_person_what_the_simulator_says(api: Api, program: httpx.AsyncClient) -> None:
    referral = await passed_on(api)
    asked = {"organisation": partner.CODE, "purpose": "referral", "record_type": "received.returnee", "consented": True}
    said = (await program.post("/v1/partners/simulations", json=asked)).json()
    shown = (await program.get(f"{RECEIVED}/{referral}")).json()["person"]
    assert (
        {f"person.{name}" for name in shown} == set(said["allowed"]) == {"person.name", "person.name_bn", "person.phone", "person.district"}
    )
    denied = {one["field"]: one["code"] for one in said["items"] if not one["allowed"]}
    assert denied == {"person.returned_on": "not-in-agreement"}


async def test_a_declined_one_keeps_nothing_of_the_person(api: Api, program: httpx.AsyncClient) -> None:
    referral = await passed_on(api)
    answer = await program.post(f"{RECEIVED}/{referral}/answer", json={"accept": False, "decline_code": "no_place"})
    assert (answer.status_code, answer.json()["state"], answer.json()["person"]) == (200, "declined", None)


async def test_a_scope_that_is_taken_away_is_gone_at_the_next_request(api: Api, program: httpx.AsyncClient) -> None:
    referral = await passed_on(api)
    await now_may(api, ["events_read"])
    try:
        answers = [
            await program.get(RECEIVED),
            await program.get(f"{RECEIVED}/{referral}"),
            await program.post(f"{RECEIVED}/{referral}/answer", json={"accept": True}),
        ]
    finally:
        await now_may(api, partner.SCOPES)
    assert [(one.status_code, one.json()["type"]) for one in answers] == [(409, "urn:probashi:problem:program-not-allowed")] * 3
    assert (await program.get(f"{RECEIVED}/{referral}")).json()["state"] == "sent"


async def test_what_was_never_sent_to_its_organization_does_not_exist(program: httpx.AsyncClient) -> None:
    other = new_id()
    for answer in (await program.get(f"{RECEIVED}/{other}"), await program.post(f"{RECEIVED}/{other}/answer", json={"accept": True})):
        assert answer.status_code == 404
