"""A case passed on to another district: with consent, with the least until it is taken, and never without an owner."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from contracts.reintegration import CaseTransferEnded
from kit.testing.waiting import until
from runner.testing import Running
from services.reintegration.tests.test_casework import plan
from services.reintegration.tests.test_endpoints import URL, demo, open_case, register, told
from services.reintegration.transfers.service import ACCEPT_BY

TRANSFER: dict[str, Any] = {"to_district": "BD-60", "reason": "moved", "note": "মেয়ের স্কুল সেখানে"}
CONSENT = {"purpose": "transfer", "recipient": "demo-bd-60", "granted": True, "way": "signature"}
GUARDIAN = {"name": "Karima (fictional)", "relation": "mother"}
ANY = {"If-Match": "*"}


def there(running: Running) -> httpx.AsyncClient:
    return demo(running, "BD-60", sub="demo-sylhet")


def here(running: Running) -> httpx.AsyncClient:
    """Another officer of the desk than who registered the person."""
    return demo(running, sub="demo-two")


async def person(running: Running, *, consent: bool = True, **changes: Any) -> str:
    reference = str((await register(demo(running), **changes))["reference"])
    opened = await open_case(demo(running), reference, **({} if consent else {"consent": None}))
    assert opened.status_code == 201, opened.text
    if consent:
        assert (await demo(running).post(f"{URL}/{reference}/consents", json=CONSENT)).status_code == 201
    return reference


async def send(running: Running, reference: str, **changes: Any) -> httpx.Response:
    return await here(running).post(f"{URL}/{reference}/case/transfers", json={**TRANSFER, **changes})


async def answer(running: Running, transfer: dict[str, Any], **said: Any) -> httpx.Response:
    return await there(running).post(f"{URL}/transfers/received/{transfer['id']}/answer", json=said or {"accept": True})


def slug(got: httpx.Response) -> tuple[int, str]:
    return got.status_code, got.json()["type"].rsplit(":", 1)[1]


class TestJourney:
    async def test_the_owner_stays_the_owner_until_the_other_accepts(self, reintegration: Running) -> None:
        reference = await person(reintegration)
        case = (await here(reintegration).get(f"{URL}/{reference}/case")).json()
        await here(reintegration).put(f"{URL}/{reference}/case/plan", json=plan(), headers={"If-Match": f'"{case["version"]}"'})
        transfer = (await send(reintegration, reference)).json()
        assert (await there(reintegration).get(f"{URL}/{reference}")).status_code == 404
        (got,) = (await there(reintegration).get(f"{URL}/transfers/received")).json()["items"]
        assert (got["name"], got["returnee_reference"], got["note"]) == (None, None, None)
        assert [one["code"] for one in got["needs"]] == ["job", "loan"]
        assert (await here(reintegration).get(f"{URL}/{reference}/case")).status_code == 200

        taken = await answer(reintegration, transfer)
        assert (taken.json()["name"], taken.json()["note"]) == ("Abdul Karim (fictional)", TRANSFER["note"])
        assert (await there(reintegration).get(f"{URL}/{reference}/case")).status_code == 200
        assert (await here(reintegration).get(f"{URL}/{reference}")).status_code == 404
        (mine,) = (await here(reintegration).get(f"{URL}/transfers/sent")).json()["items"]
        assert (mine["state"], mine["to_district"]) == ("accepted", "BD-60")
        async with reintegration.sessions() as session:
            assert set((await session.execute(text("select district from case_review"))).scalars()) == {"BD-60"}
        (event,) = [one["data"] for one in await told(reintegration) if one["type"] == CaseTransferEnded.type]
        assert (event["from_district"], event["to_district"], event["state"]) == ("BD-08", "BD-60", "accepted")

    async def test_a_decline_says_why_and_changes_nothing(self, reintegration: Running) -> None:
        reference = await person(reintegration)
        transfer = (await send(reintegration, reference)).json()
        assert (await answer(reintegration, transfer, accept=False)).status_code == 422
        declined = await answer(reintegration, transfer, accept=False, decline_code="not_here")
        assert (declined.json()["state"], declined.json()["name"]) == ("declined", None)
        (mine,) = (await here(reintegration).get(f"{URL}/transfers/sent")).json()["items"]
        assert mine["decline"]["code"] == "not_here"
        assert (await here(reintegration).get(f"{URL}/{reference}/case")).status_code == 200
        assert slug(await answer(reintegration, transfer)) == (409, "transfer-over")

    async def test_another_office_neither_sees_nor_answers(self, reintegration: Running) -> None:
        transfer = (await send(reintegration, await person(reintegration))).json()
        third = demo(reintegration, "BD-13", sub="demo-dhaka")
        assert (await third.get(f"{URL}/transfers/received")).json()["items"] == []
        assert (await third.post(f"{URL}/transfers/received/{transfer['id']}/answer", json={"accept": True})).status_code == 404
        assert (
            await here(reintegration).post(f"{URL}/transfers/received/{transfer['id']}/answer", json={"accept": True})
        ).status_code == 404
        assert (await there(reintegration).post(f"{URL}/transfers/{transfer['id']}/recall", headers=ANY)).status_code == 404

    async def test_nobody_answers_in_time(self, reintegration: Running) -> None:
        await send(reintegration, await person(reintegration))
        async with reintegration.sessions.begin() as session:
            await session.execute(text("update timer set due = now(), next_try = now() where kind = :kind"), {"kind": ACCEPT_BY})
            await session.execute(text("select pg_notify('timer', '')"))

        async def state() -> str:
            return str((await here(reintegration).get(f"{URL}/transfers/sent")).json()["items"][0]["state"])

        await until(state, "returned")

    async def test_one_at_a_time_and_taken_back(self, reintegration: Running) -> None:
        reference = await person(reintegration)
        transfer = (await send(reintegration, reference)).json()
        assert slug(await send(reintegration, reference)) == (409, "transfer-under-way")
        recalled = await here(reintegration).post(f"{URL}/transfers/{transfer['id']}/recall", headers={"If-Match": '"1"'})
        assert recalled.json()["state"] == "recalled"
        assert slug(await answer(reintegration, transfer)) == (409, "transfer-over")
        assert (await send(reintegration, reference)).status_code == 201


class TestBadInput:
    async def test_to_oneself(self, reintegration: Running) -> None:
        assert slug(await send(reintegration, await person(reintegration), to_district="BD-08")) == (409, "transfer-to-itself")

    async def test_without_consent_nothing_leaves(self, reintegration: Running) -> None:
        assert slug(await send(reintegration, await person(reintegration, consent=False))) == (409, "no-consent")
        assert await reintegration.count("case_transfer_received") == 0

    async def test_consent_withdrawn_meanwhile_stops_it(self, reintegration: Running) -> None:
        reference = await person(reintegration)
        transfer = (await send(reintegration, reference)).json()
        (consent,) = (await here(reintegration).get(f"{URL}/{reference}/consents")).json()["items"]
        await here(reintegration).post(f"{URL}/{reference}/consents/{consent['id']}/withdraw")
        (got,) = (await there(reintegration).get(f"{URL}/transfers/received")).json()["items"]
        assert got["state"] == "stopped"
        assert slug(await answer(reintegration, transfer)) == (409, "transfer-over")
        assert (await here(reintegration).get(f"{URL}/{reference}/case")).status_code == 200

    @pytest.mark.parametrize(
        ("guardian", "by_guardian", "status"), [(None, True, 409), (GUARDIAN, False, 409), (None, False, 409), (GUARDIAN, True, 201)]
    )
    async def test_a_child_goes_only_with_a_guardian_who_agreed(
        self,
        reintegration: Running,
        guardian: dict[str, str] | None,
        by_guardian: bool,  # noqa: FBT001 - a parameter of the test
        status: int,
    ) -> None:
        reference = await person(reintegration, consent=False, age_band="under_18", guardian=guardian)
        await demo(reintegration).post(f"{URL}/{reference}/consents", json={**CONSENT, "by_guardian": by_guardian})
        got = await send(reintegration, reference)
        assert got.status_code == status
        assert status == 201 or slug(got)[1] == "child-without-guardian"

    async def test_a_case_that_was_closed_meanwhile_is_not_taken(self, reintegration: Running) -> None:
        reference = await person(reintegration)
        transfer = (await send(reintegration, reference)).json()
        closing = f"{URL}/{reference}/case/closing"
        assert (await here(reintegration).post(closing, json={"reason": "moved"}, headers=ANY)).status_code == 200
        assert (await demo(reintegration).post(f"{closing}/approve", headers=ANY)).status_code == 200
        assert slug(await answer(reintegration, transfer)) == (409, "case-closed")
        assert (await there(reintegration).get(f"{URL}/{reference}")).status_code == 404

    async def test_nothing_told_lies_open(self, reintegration: Running) -> None:
        await send(reintegration, await person(reintegration))
        for table in ("case_transfer_sent", "case_transfer_received", "outbox"):
            stored = await reintegration.raw(table)
            assert [one for one in ("Karim", "1712345678", "স্কুল") if one.encode() in stored] == [], table
