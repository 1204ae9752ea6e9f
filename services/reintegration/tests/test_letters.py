"""A letter for a body without an account: what it says, who may print it, and how its answer is taken down."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit.testing.days import day
from runner.testing import Running
from services.reintegration.referrals.helps import HELPS
from services.reintegration.tests.test_endpoints import RETURNEE, URL, demo
from services.reintegration.tests.test_referrals import CONSENT, person, provider, refer, sent

WHO = "হাসপাতালের অফিস সহকারী সালমা"


async def written(running: Running, **changes: Any) -> tuple[str, dict[str, Any]]:
    """A referral by letter: (the returnee's reference, the referral)."""
    officer = demo(running)
    reference = await person(officer)
    clinic = await provider(officer, **{"kind": "health", "org": None, "helps": ["treatment"], **changes})
    assert (await officer.post(f"{URL}/{reference}/consents", json={**CONSENT, "recipient": "health"})).status_code == 201
    answer = await refer(officer, reference, clinic, "treatment")
    assert answer.status_code == 201, answer.text
    return reference, answer.json()


async def letter(client: httpx.AsyncClient, referral: dict[str, Any]) -> httpx.Response:
    return await client.get(f"{URL}/referrals/{referral['id']}/letter")


async def tell(client: httpx.AsyncClient, referral: dict[str, Any], act: str, **said: Any) -> httpx.Response:
    return await client.post(
        f"{URL}/referrals/{referral['id']}/{act}",
        json={"told_by": WHO, "told_way": "phone", "told_on": day(0), **said},
        headers={"If-Match": "*"},
    )


class TestLetter:
    async def test_says_the_least_that_the_help_needs(self, reintegration: Running) -> None:
        reference, referral = await written(reintegration)
        found = (await letter(demo(reintegration), referral)).json()
        assert set(found["person"]) == {*HELPS.help("treatment").sends, "name_bn"}
        assert found["reference"] == referral["letter_reference"]
        assert found["reference"].startswith("H-")
        assert found["accept_by"] == day(HELPS.letter_accept_within_days)
        assert found["reason"] == "কাজ শিখতে চান"
        assert {one["code"] for one in found["decline_reasons"]} == {one.code for one in HELPS.decline_codes}
        for kept in (reference, RETURNEE["return_reason"], "LY", "OP-77", "protection"):
            assert kept not in str(found)

    async def test_what_was_given_away_is_noted(self, reintegration: Running) -> None:
        _, referral = await written(reintegration)
        await letter(demo(reintegration), referral)
        async with reintegration.sessions() as session:
            fields = await session.scalar(text("select fields from access_log where purpose = 'letter'"))
        assert set(fields) == {*HELPS.help("treatment").sends, "name_bn"}

    async def test_only_while_the_person_agrees_and_the_answer_can_come(self, reintegration: Running) -> None:
        reference, referral = await written(reintegration)
        officer = demo(reintegration)
        assert (await letter(demo(reintegration, "BD-60", sub="far"), referral)).status_code == 404
        given = next(one for one in (await officer.get(f"{URL}/{reference}/consents")).json()["items"] if one["recipient"] == "health")
        assert (await officer.post(f"{URL}/{reference}/consents/{given['id']}/withdraw")).status_code == 200
        refused = await letter(officer, referral)
        assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[1]) == (409, "no-letter")

    async def test_a_body_that_answers_here_gets_none(self, reintegration: Running) -> None:
        _, referral = await sent(reintegration)
        assert referral["letter_reference"] is None
        assert (await letter(demo(reintegration), referral)).status_code == 409
        assert (await tell(demo(reintegration), referral, "answer", accept=True)).status_code == 404


class TestAnswer:
    async def test_is_written_down_with_who_told_it_and_when(self, reintegration: Running) -> None:
        reference, referral = await written(reintegration)
        officer = demo(reintegration)
        accepted = await tell(officer, referral, "answer", accept=True, note="বুধবার আসতে বলেছেন")
        assert accepted.status_code == 200, accepted.text
        delivered = await tell(officer, referral, "delivery", outcome="given", told_way="visit")
        (first, second) = delivered.json()["told"]
        assert (first["state"], first["told_by"], first["note"]) == ("accepted", WHO, "বুধবার আসতে বলেছেন")
        assert (second["state"], second["told_way"], second["told_on"], second["written_by_me"]) == (
            "delivered",
            "visit",
            day(0),
            True,
        )
        (listed,) = (await officer.get(f"{URL}/{reference}/referrals")).json()["items"]
        assert listed["told"] == delivered.json()["told"]
        stored = await reintegration.raw("help_referral_word")
        assert [one for one in ("সালমা", "বুধবার") if one.encode() in stored] == []

    async def test_a_decline_after_all_says_why(self, reintegration: Running) -> None:
        _, referral = await written(reintegration)
        officer = demo(reintegration)
        await tell(officer, referral, "answer", accept=True)
        assert (await tell(officer, referral, "answer", accept=False)).status_code == 422
        done = (await tell(officer, referral, "answer", accept=False, decline_code="no_place")).json()
        assert (done["state"], done["decline_code"], [one["state"] for one in done["told"]]) == (
            "declined",
            "no_place",
            ["accepted", "declined"],
        )
        assert (await letter(officer, referral)).status_code == 409

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"told_by": " "}, 422),
            ({"told_way": "dream"}, 422),
            ({"told_on": 1}, 422),
            ({"told_on": -1}, 409),
        ],
    )
    async def test_what_cannot_be_so_changes_nothing(self, reintegration: Running, changes: dict[str, Any], status: int) -> None:
        if isinstance(days := changes.get("told_on"), int):
            changes = {"told_on": day(days)}
        reference, referral = await written(reintegration)
        officer = demo(reintegration)
        assert (await tell(officer, referral, "answer", accept=True, **changes)).status_code == status
        (listed,) = (await officer.get(f"{URL}/{reference}/referrals")).json()["items"]
        assert (listed["state"], listed["told"]) == ("sent", [])

    async def test_only_by_who_sees_the_returnee(self, reintegration: Running) -> None:
        _, referral = await written(reintegration)
        far = demo(reintegration, "BD-60", sub="far")
        assert (await tell(far, referral, "answer", accept=True)).status_code == 404
        assert (await tell(far, referral, "delivery", outcome="given")).status_code == 404
