"""Passed on, followed, and ended with the returnee's own word."""

from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.reintegration import ConsentWithdrawn, ReferralEnded, ReferralSent
from kit.testing.days import day
from kit.testing.waiting import until
from runner.testing import Running
from services.reintegration.referrals.helps import HELPS, Criterion
from services.reintegration.referrals.rules import eligibility, of_person, shared_with, years_between
from services.reintegration.referrals.service import ACCEPT_BY
from services.reintegration.tests.test_endpoints import URL, demo, open_case, register, told

PROVIDER: dict[str, Any] = {
    "kind": "ngo",
    "name_en": "Helping Hands (fictional)",
    "name_bn": "সাহায্যের হাত (কাল্পনিক)",
    "org": "ngo-one",
    "district": "BD-08",
    "helps": ["training", "counselling"],
    "open_from": "2026-01-01",
    "source": "fictional",
}
ANY_FACT: dict[str, st.SearchStrategy[Any]] = {
    "returned_on": st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    "years_since_return": st.integers(0, 60),
    "went_legally": st.booleans(),
    "is_sick_or_injured": st.booleans(),
}
# Any of them known, any not asked yet.
FACTS = st.fixed_dictionaries({}, optional=ANY_FACT)
CONSENT = {"purpose": "referral", "recipient": "ngo-one", "granted": True, "way": "signature"}


def ngo(running: Running, org: str = "ngo-one") -> httpx.AsyncClient:
    return running.client("ngo", sub=f"worker-{org}", org=[org])


async def provider(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post(f"{URL}/providers", json={**PROVIDER, **changes})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def person(client: httpx.AsyncClient, *, consent: bool = True) -> str:
    reference = str((await register(client))["reference"])
    await open_case(client, reference)
    if consent:
        assert (await client.post(f"{URL}/{reference}/consents", json=CONSENT)).status_code == 201
    return reference


async def refer(client: httpx.AsyncClient, reference: str, to: dict[str, Any], code: str = "training") -> httpx.Response:
    return await client.post(f"{URL}/{reference}/referrals", json={"provider_id": to["id"], "help": code, "reason": "কাজ শিখতে চান"})


async def sent(running: Running) -> tuple[str, dict[str, Any]]:
    officer = demo(running)
    reference = await person(officer)
    answer = await refer(officer, reference, await provider(officer))
    assert answer.status_code == 201, answer.text
    return reference, answer.json()


class TestEligibility:
    @pytest.mark.parametrize(
        ("facts", "eligible", "unmet", "ask"),
        [
            ({"returned_on": date(2019, 12, 31)}, False, ["returned_on"], []),
            ({"returned_on": date(2020, 1, 1)}, True, [], []),
            ({}, None, [], ["returned_on"]),
        ],
    )
    def test_says_why_not_and_what_to_ask(self, facts: dict[str, Any], eligible: object, unmet: list[str], ask: list[str]) -> None:
        found = eligibility(HELPS.help("pkb_special_loan"), facts)
        assert (found.eligible, [one.fact for one in found.why_not], list(found.ask)) == (eligible, unmet, ask)

    @given(FACTS)
    def test_is_said_only_where_every_criterion_was_asked(self, facts: dict[str, Any]) -> None:
        for offered in HELPS.helps:
            needed = {one.fact for one in offered.criteria}
            found = eligibility(offered, facts)
            assert set(found.ask) == needed - set(facts)
            assert {one.fact for one in found.why_not} <= needed & set(facts)
            assert found.eligible is (False if found.why_not else None if found.ask else True)

    @given(FACTS, st.sampled_from(sorted(ANY_FACT)), st.data())
    def test_one_answer_more_takes_back_no_reason_and_asks_nothing_new(self, facts: dict[str, Any], fact: str, data: st.DataObject) -> None:
        known = {name: value for name, value in facts.items() if name != fact}
        for offered in HELPS.helps:
            before, after = eligibility(offered, known), eligibility(offered, known | {fact: data.draw(ANY_FACT[fact])})
            assert set(before.why_not) <= set(after.why_not)
            assert set(after.ask) == set(before.ask) - {fact}

    @given(ANY_FACT["returned_on"], ANY_FACT["returned_on"], ANY_FACT["years_since_return"], ANY_FACT["years_since_return"])
    def test_a_later_return_never_shuts_a_door(self, one: date, other: date, years: int, more: int) -> None:
        for offered in HELPS.helps:
            late: dict[str, Any] = {"returned_on": max(one, other), "years_since_return": min(years, more)}
            early: dict[str, Any] = {"returned_on": min(one, other), "years_since_return": max(years, more)}
            assert set(eligibility(offered, late).why_not) <= set(eligibility(offered, early).why_not)

    @pytest.mark.parametrize(
        ("earlier", "later", "years"),
        [(date(2020, 2, 29), date(2025, 2, 28), 4), (date(2020, 2, 29), date(2025, 3, 1), 5), (date(2021, 6, 1), date(2021, 6, 1), 0)],
    )
    def test_whole_years(self, earlier: date, later: date, years: int) -> None:
        assert years_between(earlier, later) == years

    def test_a_criterion_that_makes_no_sense_stops_the_service(self) -> None:
        with pytest.raises(ValueError, match="does not go with"):
            Criterion(fact="returned_on", test="not_before", value=5, en="x", bn="x")

    async def test_of_one_person(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference = (await register(officer))["reference"]
        answer = await officer.post(f"{URL}/{reference}/eligibility", json={"is_sick_or_injured": False})
        items = {one["help"]["code"]: one for one in answer.json()["items"]}
        assert items["pkb_special_loan"]["eligible"] is True
        assert items["pkb_loan"]["ask"] == ["went_legally"]
        assert items["wewb_sick"]["eligible"] is False
        assert "অসুস্থ" in items["wewb_sick"]["why_not"][0]["bn"]


class TestJourney:
    async def test_accepted_by_api_and_confirmed_by_the_returnee(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference, referral = await sent(reintegration)
        (got,) = (await ngo(reintegration).get(f"{URL}/received")).json()["items"]
        names = {"name": "Abdul Karim (fictional)", "name_bn": "আব্দুল করিম (কাল্পনিক)"}
        assert got["person"] == {**names, "phone": "+8801712345678", "district": "BD-08"}
        address = f"{URL}/received/{referral['id']}"
        accepted = await ngo(reintegration).post(f"{address}/answer", json={"accept": True})
        assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
        early = await officer.post(f"{URL}/referrals/{referral['id']}/confirmation", json={"confirmed": "came"}, headers={"If-Match": "*"})
        assert (early.status_code, early.json()["type"].rsplit(":", 1)[1]) == (409, "referral-not-now")
        assert (await ngo(reintegration).post(f"{address}/delivery", json={"outcome": "given"})).json()["state"] == "delivered"
        (mine,) = (await officer.get(f"{URL}/{reference}/referrals")).json()["items"]
        done = await officer.post(
            f"{URL}/referrals/{mine['id']}/confirmation", json={"confirmed": "partly"}, headers={"If-Match": f'"{mine["version"]}"'}
        )
        assert (done.status_code, done.json()["state"], done.json()["confirmed"]) == (200, "confirmed", "partly")
        facts = [one for one in await told(reintegration) if ".referral." in one["type"]]
        assert [(one["type"], one["data"].get("confirmed")) for one in facts] == [(ReferralSent.type, None), (ReferralEnded.type, "partly")]
        assert {one["data"]["recipient"] for one in facts} == {"ngo-one"}
        for table in ("help_referral_sent", "help_referral_received", "outbox"):
            stored = await reintegration.raw(table)
            assert [one for one in ("Karim", "1712345678", "শিখতে") if one.encode() in stored] == [], table

    async def test_a_decline_says_why_and_leaves_nothing_with_the_receiver(self, reintegration: Running) -> None:
        reference, referral = await sent(reintegration)
        address = f"{URL}/received/{referral['id']}/answer"
        assert (await ngo(reintegration).post(address, json={"accept": False})).status_code == 422
        declined = await ngo(reintegration).post(address, json={"accept": False, "decline_code": "no_place"})
        assert (declined.json()["state"], declined.json()["person"]) == ("declined", None)
        (mine,) = (await demo(reintegration).get(f"{URL}/{reference}/referrals")).json()["items"]
        assert (mine["state"], mine["decline_code"]) == ("declined", "no_place")
        assert (await ngo(reintegration).post(address, json={"accept": True})).status_code == 409

    async def test_another_body_sees_and_answers_nothing(self, reintegration: Running) -> None:
        _, referral = await sent(reintegration)
        other = ngo(reintegration, "ngo-two")
        assert (await other.get(f"{URL}/received")).json()["items"] == []
        assert (await other.post(f"{URL}/received/{referral['id']}/answer", json={"accept": True})).status_code == 404
        assert (await other.post(f"{URL}/received/{referral['id']}/delivery", json={"outcome": "given"})).status_code == 404

    async def test_of_one_that_ended_nothing_is_known_once_the_consent_is_withdrawn(self, reintegration: Running) -> None:
        """The sharing policy is asked at each reading: who was helped to the end may take the consent back all the same."""
        officer, body = demo(reintegration), ngo(reintegration)
        reference, referral = await sent(reintegration)
        await body.post(f"{URL}/received/{referral['id']}/answer", json={"accept": True})
        await body.post(f"{URL}/received/{referral['id']}/delivery", json={"outcome": "given"})
        await officer.post(f"{URL}/referrals/{referral['id']}/confirmation", json={"confirmed": "came"}, headers={"If-Match": "*"})
        assert (await body.get(f"{URL}/received")).json()["items"][0]["person"]["phone"] == "+8801712345678"
        given = next(one for one in (await officer.get(f"{URL}/{reference}/consents")).json()["items"] if one["recipient"] == "ngo-one")
        assert (await officer.post(f"{URL}/{reference}/consents/{given['id']}/withdraw")).status_code == 200
        (shown,) = (await body.get(f"{URL}/received")).json()["items"]
        assert (shown["state"], shown["person"]) == ("confirmed", None)
        noted = [one.fields for one in await reintegration.rows("access_log where purpose = 'received' order by at")]
        assert noted == [["district", "name", "name_bn", "phone", "returned_on"], ["state"]]
        decided = (await reintegration.client("auditor").get(f"{URL}/sharing-decisions?organisation=ngo-one")).json()["items"]
        without, *_, with_consent = decided
        assert {"person.name", "person.phone"} <= set(with_consent["allowed"])
        assert {"person.name", "person.phone"} <= set(without["denied"])
        assert (without["record_type"], without["purpose"], without["records"]) == ("received.returnee", "referral", 1)
        assert "+8801712345678" not in str(decided)
        assert (await body.get(f"{URL}/sharing-decisions")).status_code == 403

    @pytest.mark.parametrize(("consented", "fields"), [(True, {"name", "name_bn", "phone", "district", "returned_on"}), (False, set())])
    def test_the_sharing_policy_says_what_a_receiver_may_know(self, consented: bool, fields: set[str]) -> None:  # noqa: FBT001 - a case
        assert of_person(shared_with("ngo-one", date(2026, 11, 26), consented=consented).allowed) == fields

    async def test_nobody_answers_in_time(self, reintegration: Running) -> None:
        reference, _ = await sent(reintegration)
        async with reintegration.sessions.begin() as session:
            await session.execute(text("update timer set due = now(), next_try = now() where kind = :kind"), {"kind": ACCEPT_BY})
            await session.execute(text("select pg_notify('timer', '')"))

        async def state() -> str:
            return str((await demo(reintegration).get(f"{URL}/{reference}/referrals")).json()["items"][0]["state"])

        await until(state, "returned")
        assert (await ngo(reintegration).get(f"{URL}/received")).json()["items"][0]["person"] is None

    async def test_what_is_not_due_is_refused_at_every_step_and_changes_nothing(self, reintegration: Running) -> None:
        officer, body = demo(reintegration), ngo(reintegration)
        reference, referral = await sent(reintegration)
        acts = {
            "accept": (body, f"received/{referral['id']}/answer", {"accept": True}),
            "decline": (body, f"received/{referral['id']}/answer", {"accept": False, "decline_code": "other"}),
            "deliver": (body, f"received/{referral['id']}/delivery", {"outcome": "given"}),
            "confirm": (officer, f"referrals/{referral['id']}/confirmation", {"confirmed": "came"}),
        }
        may = {"sent": {"accept", "decline"}, "accepted": {"deliver", "decline"}, "delivered": {"confirm"}, "confirmed": set()}

        async def do(act: str) -> int:
            client, path, said = acts[act]
            return (await client.post(f"{URL}/{path}", json=said, headers={"If-Match": "*"})).status_code

        for state, following in zip(may, ("accept", "deliver", "confirm", None), strict=True):
            assert {act: await do(act) for act in acts if act not in may[state]} == dict.fromkeys(set(acts) - may[state], 409)
            assert (await officer.get(f"{URL}/{reference}/referrals")).json()["items"][0]["state"] == state
            assert following is None or await do(following) == 200

    async def test_a_body_without_an_account_answers_by_letter(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference = await person(officer)
        bank = await provider(officer, kind="bank", org=None, helps=["pkb_loan"])
        await officer.post(f"{URL}/{reference}/consents", json={**CONSENT, "recipient": "bank"})
        referral = (await refer(officer, reference, bank, "pkb_loan")).json()
        assert await reintegration.count("help_referral_received") == 0
        told_by = {"told_by": "শাখা ব্যবস্থাপক", "told_way": "letter", "told_on": day(0)}
        answer = await officer.post(
            f"{URL}/referrals/{referral['id']}/answer", json={**told_by, "accept": True}, headers={"If-Match": f'"{referral["version"]}"'}
        )
        assert answer.json()["state"] == "accepted"


class TestConsent:
    async def test_nothing_leaves_without_it(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference = await person(officer, consent=False)
        answer = await refer(officer, reference, await provider(officer))
        assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) == (409, "no-consent")
        assert await reintegration.count("help_referral_received") == 0

    async def test_taken_back_during_a_referral_stops_it_and_empties_what_was_told(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference, referral = await sent(reintegration)
        await ngo(reintegration).post(f"{URL}/received/{referral['id']}/answer", json={"accept": True})
        earlier = (await refer(officer, reference, await provider(officer), "counselling")).json()
        await ngo(reintegration).post(f"{URL}/received/{earlier['id']}/answer", json={"accept": False, "decline_code": "no_place"})
        (given,) = (await officer.get(f"{URL}/{reference}/consents")).json()["items"]
        assert (await officer.post(f"{URL}/{reference}/consents/{given['id']}/withdraw")).status_code == 200
        got = (await ngo(reintegration).get(f"{URL}/received")).json()["items"]
        assert sorted((one["state"], one["person"]) for one in got) == [("declined", None), ("stopped", None)]
        (gone,) = [one["data"] for one in await told(reintegration) if one["type"] == ConsentWithdrawn.type]
        assert gone["records"] == [referral["id"], earlier["id"]]
        late = await ngo(reintegration).post(f"{URL}/received/{referral['id']}/delivery", json={"outcome": "given"})
        assert late.status_code == 409

    async def test_taken_back_from_a_body_without_an_account_stops_it_too(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference = await person(officer)
        board = await provider(officer, kind="welfare_board", org=None, helps=["raise_grant"])
        given = (await officer.post(f"{URL}/{reference}/consents", json={**CONSENT, "recipient": "welfare-board"})).json()
        assert (await refer(officer, reference, board, "raise_grant")).status_code == 201
        assert (await officer.post(f"{URL}/{reference}/consents/{given['id']}/withdraw")).status_code == 200
        assert [one["state"] for one in (await officer.get(f"{URL}/{reference}/referrals")).json()["items"]] == ["stopped"]


class TestProviders:
    async def test_one_that_closed_takes_nobody(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference = await person(officer)
        closed = await provider(officer, closed_from=day(-1))
        answer = await refer(officer, reference, closed)
        assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) == (409, "provider-closed")
        assert (await officer.get(f"{URL}/providers")).json()["items"] == []
        assert len((await officer.get(f"{URL}/providers?closed=true")).json()["items"]) == 1

    async def test_one_that_closes_meanwhile_still_answers_what_it_holds(self, reintegration: Running) -> None:
        _, referral = await sent(reintegration)
        officer = demo(reintegration)
        (one,) = (await officer.get(f"{URL}/providers?help=training&district=BD-08")).json()["items"]
        changed = await officer.put(f"{URL}/providers/{one['id']}", json={**PROVIDER, "closed_from": day(0)}, headers={"If-Match": '"1"'})
        assert changed.json()["is_open"] is False
        answer = await ngo(reintegration).post(f"{URL}/received/{referral['id']}/answer", json={"accept": True})
        assert answer.status_code == 200

    async def test_a_help_that_it_does_not_give_and_the_same_twice(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference = await person(officer)
        one = await provider(officer)
        assert (await refer(officer, reference, one, "treatment")).json()["type"].endswith("not-their-help")
        assert (await refer(officer, reference, one)).status_code == 201
        again = await refer(officer, reference, one)
        assert (again.status_code, again.json()["type"].rsplit(":", 1)[1]) == (409, "already-referred")

    @pytest.mark.parametrize(
        "changes", [{"helps": ["magic"]}, {"kind": "army"}, {"closed_from": "2025-01-01"}, {"members": 5, "women": 6}, {"helps": []}]
    )
    async def test_what_is_no_provider(self, reintegration: Running, changes: dict[str, Any]) -> None:
        assert (await demo(reintegration).post(f"{URL}/providers", json={**PROVIDER, **changes})).status_code == 422
