"""What is owed abroad is followed until it came; a complaint that began at the desk is linked with consent alone."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.reintegration import EarningsClaimOpened, EarningsClaimRecovered
from kit.reference import make
from kit.testing.days import day
from runner.testing import Running
from services.reintegration.claims import rules
from services.reintegration.tests.test_endpoints import URL, demo, register, told

ANY = {"If-Match": "*"}
CLAIM: dict[str, Any] = {"kind": "wages", "amount": 900_000, "currency": "LYD", "employer": "Kafil Trading (fictional)"}


async def opened(running: Running, **changes: Any) -> tuple[str, httpx.Response]:
    officer = demo(running)
    reference = str((await register(officer))["reference"])
    return reference, await officer.post(f"{URL}/{reference}/claims", json={**CLAIM, **changes})


async def step(running: Running, claim: dict[str, Any], **said: Any) -> httpx.Response:
    return await demo(running).post(f"{URL}/claims/{claim['id']}/steps", json=said, headers=ANY)


def came() -> dict[str, Any]:
    return {"kind": "paid", "done_on": day(0)}


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]


class TestClaim:
    async def test_is_followed_until_all_of_it_came(self, reintegration: Running) -> None:
        reference, answer = await opened(reintegration)
        claim = answer.json()
        assert (claim["state"], claim["country"], claim["digits"]) == ("open", "LY", 3)
        await step(reintegration, claim, kind="mission_asked", done_on=day(0), note="চিঠি নম্বর ১২")
        part = (await step(reintegration, claim, **came(), amount=300_000)).json()
        assert (part["state"], part["recovered"], part["recovered_on"]) == ("open", 300_000, day(0))
        whole = (await step(reintegration, claim, **came(), amount=600_000)).json()
        assert (whole["state"], whole["recovered"]) == ("recovered", 900_000)
        assert slug(await step(reintegration, claim, **came(), amount=1)) == (409, "claim-over")
        (listed,) = (await demo(reintegration).get(f"{URL}/{reference}/claims")).json()["items"]
        assert [one["kind"]["code"] for one in listed["steps"]] == ["mission_asked", "paid", "paid"]
        facts = [(one["type"], one["data"].get("outstanding")) for one in await told(reintegration) if "claim" in one["type"]]
        assert facts == [(EarningsClaimOpened.type, None), (EarningsClaimRecovered.type, 600_000), (EarningsClaimRecovered.type, 0)]
        for table in ("earnings_claim", "earnings_claim_step", "outbox"):
            stored = await reintegration.raw(table)
            assert [one for one in ("Kafil", "চিঠি") if one.encode() in stored] == [], table

    async def test_more_than_was_claimed_is_a_nought_too_many_until_the_claim_is_corrected(self, reintegration: Running) -> None:
        _, answer = await opened(reintegration)
        claim = answer.json()
        assert slug(await step(reintegration, claim, **came(), amount=9_000_000)) == (409, "more-than-claimed")
        amount = f"{URL}/claims/{claim['id']}/amount"
        assert (await demo(reintegration).put(amount, json={"amount": 9_000_000}, headers={"If-Match": '"1"'})).status_code == 200
        assert (await step(reintegration, claim, **came(), amount=8_000_000)).json()["state"] == "open"
        assert slug(await demo(reintegration).put(amount, json={"amount": 5}, headers=ANY)) == (409, "more-than-claimed")
        ended = await demo(reintegration).post(f"{URL}/claims/{claim['id']}/ending", json={"reason": "employer_gone"}, headers=ANY)
        assert (ended.json()["state"], ended.json()["ending"]["code"]) == ("ended", "employer_gone")

    @pytest.mark.parametrize(("written", "amount"), [("৯০০০০০", 900_000), ("৯,০০,০০০", 900_000), ("900000", 900_000), (900_000, 900_000)])
    async def test_digits_of_either_script(self, reintegration: Running, written: object, amount: int) -> None:
        _, answer = await opened(reintegration, amount=written)
        assert (answer.status_code, answer.json()["amount"]) == (201, amount)

    @pytest.mark.parametrize(
        "changes",
        [
            *({"currency": code} for code in ("XYZ", "lyd", "", "TAKA")),
            *({"amount": amount} for amount in (0, -5, "অনেক", 10**16, "১২.৫")),
            {"kind": "bribe"},
            {"country": "BD"},
        ],
    )
    async def test_what_is_no_claim(self, reintegration: Running, changes: dict[str, Any]) -> None:
        _, answer = await opened(reintegration, **changes)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(changes))}"

    async def test_what_is_no_step(self, reintegration: Running) -> None:
        _, answer = await opened(reintegration)
        tomorrow = day(1)
        for said in ({**came()}, {"kind": "court", "done_on": day(0), "amount": 5}, {**came(), "done_on": tomorrow, "amount": 5}):
            assert (await step(reintegration, answer.json(), **said)).status_code == 422, said

    async def test_another_desk_sees_none_of_it(self, reintegration: Running) -> None:
        reference, answer = await opened(reintegration)
        other = demo(reintegration, "BD-60", sub="other")
        assert (await other.get(f"{URL}/{reference}/claims")).status_code == 404
        address = f"{URL}/claims/{answer.json()['id']}/steps"
        assert (await other.post(address, json={**came(), "amount": 5}, headers=ANY)).status_code == 404

    @given(st.integers(1, 10**12), st.lists(st.integers(1, 10**12), max_size=6))
    def test_never_more_than_claimed(self, claimed: int, parts: list[int]) -> None:
        came = 0
        for part in parts:
            try:
                came = rules.recovered(claimed, came, part)
            except rules.MoreThanClaimedError:
                assert came + part > claimed
        assert came <= claimed
        assert (rules.state_of(claimed, came) == rules.State.RECOVERED) == (came == claimed)


class TestComplaint:
    CONSENT = {"purpose": "complaint", "recipient": "complaints", "granted": True, "way": "signature"}  # noqa: RUF012 - a body to send

    async def test_is_linked_with_consent_alone(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference = (await register(officer))["reference"]
        said = {"reference": "C-3333-3333-X"}
        refused = await officer.post(f"{URL}/{reference}/complaints", json=said)
        assert refused.status_code == 422
        said = {"reference": make("C")}
        assert slug(await officer.post(f"{URL}/{reference}/complaints", json=said)) == (409, "no-consent")
        await officer.post(f"{URL}/{reference}/consents", json=self.CONSENT)
        for _ in range(2):
            linked = await officer.post(f"{URL}/{reference}/complaints", json=said)
            assert [one["reference"] for one in linked.json()["items"]] == [said["reference"]]
        assert (await demo(reintegration, "BD-60", sub="other").get(f"{URL}/{reference}/complaints")).status_code == 404
