"""Complaints that are passed on to a partner, answered by its program: what it is told rests on consent and agreement at each request."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx
import pytest

from contracts.days import DHAKA
from kit.ids import new_id
from runner.api import Api
from runner.demo import _api
from runner.suite import Suite

RECEIVED: Final = "/v1/complaints/referrals"
LODGER: Final = "agent"
SENDER: Final = "bmet-one"
AGREED: Final = ("classification", "allegation", "victim.identity")
NOT_ALLOWED: Final = (409, "urn:probashi:problem:program-not-allowed")
COMPLAINT: Final[dict[str, Any]] = {
    "channel": "phone",
    "category": "overcharged",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "Rahima (fictional)", "phone": "01712345678", "relation": "family"},
    "victim": {"name": "Karim (fictional)", "phone": "+966501234567"},
    "respondent": {"kind": "agency", "name": "Shapla Overseas (fictional)", "licence": "RL-0001"},
    "narrative": "Paid five lakh taka.",
}


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation, its one agreement, and its program, which is signed in."""

    code: str
    api: Api
    http: httpx.AsyncClient
    suite: Suite

    async def may(self, *scopes: str) -> None:
        path = f"/v1/partners/organisations/{self.code}/clients/cases"
        await self.api.call("PUT", path, "admin", json={"scopes": list(scopes)}, headers={"If-Match": "*"})

    async def agreement_is_over(self) -> None:
        """As if days had passed: each reading asks for today."""
        partners = await asyncpg.connect(self.suite.database_url("partners", owner=True))
        try:
            past = "update partner_agreement set valid_from = valid_from - 500, valid_until = current_date - 2 where organisation_id = "
            await partners.execute(past + "(select id from partner_organisation where code = $1)", self.code)
        finally:
            await partners.close()

    async def sent(self, **changes: Any) -> tuple[str, str]:
        """A complaint that was passed on to it: its reference, and the id of what it received."""
        lodged = await self.api.post("/v1/complaints", LODGER, COMPLAINT | changes, key=str(uuid4()))
        said = {"to_kind": "ngo", "to_org": self.code, "purpose": "legal_help", "consent": "said_yes", "summary": "Needs a lawyer."}
        sent = await self.api.post(f"/v1/complaints/{lodged['reference']}/referrals", SENDER, said, key=str(uuid4()))
        listed = (await self.http.get(RECEIVED)).json()["items"]
        return lodged["reference"], next(one["id"] for one in listed if one["reference"] == sent["reference"])

    async def answer(self, received: str, version: int, **said: Any) -> httpx.Response:
        return await self.http.post(f"{RECEIVED}/{received}/answers", json=said, headers={"If-Match": f'"{version}"'})


async def agree(api: Api, code: str) -> None:
    today = datetime.now(DHAKA).date()
    at = f"/v1/partners/organisations/{code}"
    named = {"name_en": f"{code} (fictional)", "name_bn": f"{code} (কাল্পনিক)", "contact": "systems@ngo.example"}
    await api.post("/v1/partners/organisations", "admin", {"code": code, "kind": "ngo", **named}, key=str(uuid4()))
    await api.call("POST", f"{at}/decision", "decider", json={"approved": True, "words": "Test"}, headers={"If-Match": "*"})
    days = {"valid_from": str(today), "valid_until": str(today + timedelta(days=30))}
    terms = {"purposes": ["referral"], "fields": AGREED, "activities": ["6.3.2.1"], "reference": "MoU (fictional)", **days}
    made = await api.post(f"{at}/agreements", "admin", terms, key=str(uuid4()))
    decided = f"/v1/partners/agreements/{made['id']}/decision"
    await api.call("POST", decided, "decider", json={"approved": True}, headers={"If-Match": "*"})


async def sign_in(api: Api, code: str) -> httpx.AsyncClient:
    at = f"/v1/partners/organisations/{code}/clients"
    await api.post(at, "admin", {"name": "cases", "scopes": ["referrals_answer"]}, key=str(uuid4()))
    made = (await api.call("POST", f"{at}/cases/credentials", "admin", json={"way": "secret"}, headers={"If-Match": "*"})).json()
    async with httpx.AsyncClient(timeout=240) as http:
        auth = httpx.BasicAuth(made["sign_in_id"], made["secret"])
        answer = await http.post(made["token_url"], data={"grant_type": "client_credentials"}, auth=auth)
    return httpx.AsyncClient(timeout=240, headers={"Authorization": f"Bearer {answer.json()['access_token']}"})


@pytest.fixture
async def partners(whole: Suite) -> AsyncIterator[list[Partner]]:
    """Two that know nothing of each other."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(_api(whole.place))
        made = []
        for _ in range(2):
            code = f"ngo-{uuid4().hex[:10]}"
            await agree(api, code)
            http = await stack.enter_async_context(await sign_in(api, code))
            http.base_url = httpx.URL(whole.place.public_url)
            made.append(Partner(code, api, http, whole))
        yield made


@pytest.fixture
def partner(partners: list[Partner]) -> Partner:
    return partners[0]


def known(answer: httpx.Response) -> set[str]:
    return {name for name, value in answer.json()["package"].items() if value is not None}


async def test_lists_reads_accepts_and_reports(partner: Partner) -> None:
    reference, received = await partner.sent()
    shown = await partner.http.get(f"{RECEIVED}/{received}")
    assert (shown.status_code, shown.headers["ETag"], shown.json()["package"]["summary"]) == (200, '"1"', "Needs a lawyer.")
    accepted = await partner.answer(received, 1, answer="accepted")
    assert (accepted.status_code, accepted.json()["standing"]) == (200, "accepted")
    assert (await partner.answer(received, 1, answer="done", outcome="helped")).status_code == 412
    done = await partner.answer(received, 2, answer="done", outcome="helped", words="A lawyer was found.")
    assert (done.status_code, done.json()["standing"]) == (200, "done")
    (told,) = (await partner.api.get(f"/v1/complaints/{reference}/referrals", SENDER))["items"]
    assert (told["standing"], told["outcome"], told["answer_words"]) == ("done", "helped", "A lawyer was found.")


async def test_declines_with_a_reason(partner: Partner) -> None:
    _, received = await partner.sent()
    assert (await partner.answer(received, 1, answer="declined")).status_code == 422
    declined = await partner.answer(received, 1, answer="declined", reason="no_capacity")
    assert (declined.status_code, declined.json()["standing"], declined.json()["next_answers"]) == (200, "declined", [])


async def test_is_told_what_the_agreement_names_and_the_simulator_says(partner: Partner) -> None:
    _, received = await partner.sent()
    asked = {"organisation": partner.code, "purpose": "referral", "record_type": "received.complaint", "consented": True}
    said = (await partner.http.post("/v1/partners/simulations", json=asked)).json()
    assert set(said["allowed"]) == set(AGREED)
    told = {"category", "country", "district", "sex", "age_band", "summary", "victim_name"}
    assert known(await partner.http.get(f"{RECEIVED}/{received}")) == told


async def test_a_withdrawn_consent_ends_it_at_the_next_request(partner: Partner) -> None:
    reference, received = await partner.sent()
    (consent,) = (await partner.api.get(f"/v1/complaints/{reference}/consents", SENDER))["items"]
    await partner.api.call("POST", f"/v1/complaints/{reference}/consents/{consent['id']}/withdrawal", SENDER)
    assert (await partner.http.get(f"{RECEIVED}/{received}")).status_code == 404
    assert (await partner.answer(received, 1, answer="accepted")).status_code == 404
    assert received not in [one["id"] for one in (await partner.http.get(RECEIVED)).json()["items"]]


async def test_of_anothers_nothing_exists(partners: list[Partner]) -> None:
    ours, other = partners
    reference, received = await other.sent()
    await ours.sent()
    for one in (received, str(new_id())):
        assert (await ours.http.get(f"{RECEIVED}/{one}")).status_code == 404
        assert (await ours.answer(one, 1, answer="accepted")).status_code == 404
    assert received not in [one["id"] for one in (await ours.http.get(RECEIVED)).json()["items"]]
    for path in (f"/v1/complaints/{reference}", f"/v1/complaints/{reference}/referrals", "/v1/complaints"):
        assert (await other.http.get(path)).status_code == 403
    assert (await other.http.get(f"{RECEIVED}/{received}")).json()["standing"] == "sent"


async def test_a_scope_that_is_taken_away_is_gone_at_the_next_request(partner: Partner) -> None:
    _, received = await partner.sent()
    await partner.may("events_read")
    answers = [
        await partner.http.get(RECEIVED),
        await partner.http.get(f"{RECEIVED}/{received}"),
        await partner.answer(received, 1, answer="accepted"),
    ]
    assert [(one.status_code, one.json()["type"]) for one in answers] == [NOT_ALLOWED] * 3
    await partner.may("referrals_answer")
    assert (await partner.http.get(f"{RECEIVED}/{received}")).json()["standing"] == "sent"


async def test_an_agreement_that_ends_between_two_pages_ends_the_list(partner: Partner) -> None:
    for _ in range(2):
        await partner.sent()
    first = (await partner.http.get(RECEIVED, params={"limit": 1})).json()
    assert len(first["items"]) == 1
    await partner.agreement_is_over()
    second = await partner.http.get(first["next"])
    assert (second.status_code, second.json()["type"]) == NOT_ALLOWED
