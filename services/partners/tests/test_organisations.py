"""Who is a partner, what is agreed with it by two people, and what its programs may do from one moment to the next."""

from datetime import date, timedelta
from typing import Any, Final

import httpx
import orjson
import pytest
from pydantic import ValidationError

from runner.testing import Running
from services.partners import lists, rules
from services.partners.lists import LISTS
from services.partners.rules import AgreementState, ClientState, State, Terms
from services.partners.service import today

ROOT: Final = "/v1/partners"
NGO: Final = {
    "code": "ngo-one",
    "kind": "ngo",
    "name_en": "Nomuna Shohay",
    "name_bn": "নমুনা সহায়",
    "registration": "NGOAB 0000 (fictional)",
    "contact": "systems@ngo-one.example",
}
ANY: Final = {"If-Match": "*"}
AGREED: Final[dict[str, Any]] = {
    "purposes": ["referral"],
    "fields": ["help", "district", "state", "sent_at", "accept_by", "ended_at"],
    "activities": ["6.3.2.1"],
    "reference": "MoU 2026/1 (fictional)",
}


def person(partners: Running, org: str = "ngo-one", sub: str = "steward", role: str = "ngo") -> httpx.AsyncClient:
    return partners.client(role, sub=sub, org=[org])


def keeper(partners: Running, sub: str = "keeper", role: str = "admin") -> httpx.AsyncClient:
    return partners.client(role, sub=sub)


def program(partners: Running, name: str = "partner-ngo-one--cases") -> httpx.AsyncClient:
    return partners.client("partner", sub=name, azp=name)


def days(first: int = 0, last: int = 364) -> dict[str, str]:
    return {"valid_from": str(today() + timedelta(days=first)), "valid_until": str(today() + timedelta(days=last))}


async def good(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def refused(answer: httpx.Response, status: int, slug: str) -> None:
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:probashi:problem:{slug}"), answer.text


async def applied(partners: Running, code: str = "ngo-one") -> None:
    await good(await person(partners, code).post(f"{ROOT}/organisations", json={**NGO, "code": code}), 201)


async def verified(partners: Running, code: str = "ngo-one") -> None:
    await applied(partners, code)
    await good(await decided(partners, code))


async def decided(partners: Running, code: str = "ngo-one", sub: str = "keeper", **said: Any) -> httpx.Response:
    body = {"approved": True, **said}
    return await keeper(partners, sub).post(f"{ROOT}/organisations/{code}/decision", json=body, headers=ANY)


async def proposed(partners: Running, code: str = "ngo-one", **changes: Any) -> dict[str, Any]:
    said = {**AGREED, **days(), **changes}
    return await good(await keeper(partners).post(f"{ROOT}/organisations/{code}/agreements", json=said), 201)


async def agreed(partners: Running, code: str = "ngo-one", **changes: Any) -> dict[str, Any]:
    agreement = await proposed(partners, code, **changes)
    return await good(await approval(partners, agreement))


async def approval(partners: Running, agreement: dict[str, Any], sub: str = "second", **said: Any) -> httpx.Response:
    body = {"approved": True, **said}
    return await keeper(partners, sub).post(
        f"{ROOT}/agreements/{agreement['id']}/decision", json=body, headers={"If-Match": f'"{agreement["version"]}"'}
    )


async def client_of(partners: Running, code: str = "ngo-one", **said: Any) -> httpx.Response:
    body = {"name": "cases", "scopes": ["events_read", "endpoints_manage", "referrals_answer"], **said}
    return await person(partners, code).post(f"{ROOT}/organisations/{code}/clients", json=body)


async def set_up(partners: Running, code: str = "ngo-one", **terms: Any) -> None:
    await verified(partners, code)
    await agreed(partners, code, **terms)
    await good(await client_of(partners, code), 201)


async def events(partners: Running) -> list[str]:
    return [
        orjson.loads(row.envelope)["type"].removeprefix("bd.probashi.partners.") for row in await partners.rows("outbox order by position")
    ]


class TestAnOrganisation:
    async def test_applies_for_itself_and_is_verified_by_somebody_else(self, partners: Running) -> None:
        await applied(partners)
        found = await good(await decided(partners, words="Looked up in the public list"))
        assert (found["state"], found["contact"]) == ("verified", NGO["contact"])
        assert [act["kind"] for act in found["acts"]] == ["verified", "applied"]
        assert await events(partners) == ["organisation.verified.v1"]
        assert b"systems@" not in await partners.raw("partner_organisation") + await partners.raw("outbox")

    async def test_who_applied_does_not_verify(self, partners: Running) -> None:
        await good(await keeper(partners).post(f"{ROOT}/organisations", json=NGO), 201)
        await refused(await decided(partners, sub="keeper"), 409, "another-person-decides")
        await good(await decided(partners, sub="second"))
        await refused(await decided(partners, sub="third"), 409, "already-decided")

    async def test_nobody_applies_for_another_or_twice(self, partners: Running) -> None:
        await refused(await person(partners, "ngo-two").post(f"{ROOT}/organisations", json=NGO), 403, "forbidden")
        await applied(partners)
        await refused(await keeper(partners).post(f"{ROOT}/organisations", json=NGO), 409, "organisation-code-taken")

    async def test_a_refusal_says_why(self, partners: Running) -> None:
        await applied(partners)
        await refused(await decided(partners, approved=False), 422, "invalid")
        assert (await good(await decided(partners, approved=False, words="Not in the list")))["state"] == "refused"
        await refused(await client_of(partners), 409, "organisation-not-verified")

    async def test_sees_itself_and_no_other(self, partners: Running) -> None:
        await set_up(partners)
        await set_up(partners, "ngo-two")
        two = person(partners, "ngo-two")
        for what in ("", "/agreements", "/clients"):
            await refused(await two.get(f"{ROOT}/organisations/ngo-one{what}"), 404, "not-found")
            await refused(await person(partners, "*").get(f"{ROOT}/organisations/ngo-one{what}"), 404, "not-found")
            assert (await two.get(f"{ROOT}/organisations/ngo-two{what}")).status_code == 200
        assert [one["code"] for one in (await two.get(f"{ROOT}/organisations")).json()["items"]] == ["ngo-two"]
        assert len((await partners.client("auditor").get(f"{ROOT}/organisations")).json()["items"]) == 2
        await refused(
            await two.post(f"{ROOT}/organisations/ngo-one/clients", json={"name": "x1", "scopes": ["events_read"]}), 404, "not-found"
        )

    async def test_a_stale_decision_is_refused(self, partners: Running) -> None:
        await applied(partners)
        late = await keeper(partners).post(f"{ROOT}/organisations/ngo-one/decision", json={"approved": True}, headers={"If-Match": '"7"'})
        await refused(late, 412, "stale-version")


class TestAnAgreement:
    async def test_needs_two_people(self, partners: Running) -> None:
        await verified(partners)
        agreement = await proposed(partners)
        assert (agreement["state"], agreement["in_force"]) == ("proposed", False)
        await refused(await approval(partners, agreement, sub="keeper"), 409, "another-person-decides")
        done = await good(await approval(partners, agreement))
        assert (done["state"], done["in_force"]) == ("approved", True)
        await refused(await approval(partners, done, sub="third"), 409, "already-decided")
        assert (await events(partners))[-1] == "agreement.approved.v1"

    @pytest.mark.parametrize(
        ("changes", "status", "slug"),
        [
            ({"fields": ["licence"]}, 422, "invalid"),
            ({"purposes": ["gossip"]}, 422, "invalid"),
            ({"activities": ["9.9.9.9"]}, 422, "invalid"),
            (days(10, 5), 422, "invalid"),
            (days(0, 2000), 409, "agreement-too-long"),
        ],
    )
    async def test_what_does_not_hold_together_is_refused(self, partners: Running, changes: dict[str, Any], status: int, slug: str) -> None:
        await verified(partners)
        said = {**AGREED, **days(), **changes}
        await refused(await keeper(partners).post(f"{ROOT}/organisations/ngo-one/agreements", json=said), status, slug)

    async def test_ends_at_once(self, partners: Running) -> None:
        await set_up(partners)
        (agreement,) = (await keeper(partners).get(f"{ROOT}/organisations/ngo-one/agreements")).json()["items"]
        assert (await program(partners).get(f"{ROOT}/rights")).json()["scopes"] != []
        ended = await keeper(partners).post(
            f"{ROOT}/agreements/{agreement['id']}/ending", json={"words": "The project is over"}, headers=ANY
        )
        assert (await good(ended))["in_force"] is False
        assert (await program(partners).get(f"{ROOT}/rights")).json()["scopes"] == []


class TestAClient:
    async def test_has_what_the_agreement_gives(self, partners: Running) -> None:
        await set_up(partners)
        found = await good(await program(partners).get(f"{ROOT}/rights"))
        (agreement,) = (await keeper(partners).get(f"{ROOT}/organisations/ngo-one/agreements")).json()["items"]
        assert found == {
            "client_id": "partner-ngo-one--cases",
            "organisation": "ngo-one",
            "scopes": ["endpoints_manage", "events_read", "referrals_answer"],
            "purposes": [{"purpose": "referral", "fields": sorted(AGREED["fields"])}],
            "agreements": [{name: agreement[name] for name in ("id", "purposes", "fields", "valid_from", "valid_until")}],
        }
        asked = await partners.client("service", azp="svc-reintegration").get(f"{ROOT}/rights/partner-ngo-one--cases")
        assert asked.json() == found

    async def test_a_scope_without_its_purpose_is_not_given(self, partners: Running) -> None:
        await set_up(partners, purposes=["licence_status"], fields=["licence"])
        assert (await good(await program(partners).get(f"{ROOT}/rights")))["scopes"] == ["endpoints_manage", "events_read"]

    async def test_of_the_same_name_is_refused_with_the_reason(self, partners: Running) -> None:
        await set_up(partners)
        await refused(await client_of(partners), 409, "client-name-taken")

    async def test_the_same_request_again_is_the_same_client(self, partners: Running) -> None:
        await verified(partners)
        for _ in range(2):
            answer = await person(partners).post(
                f"{ROOT}/organisations/ngo-one/clients",
                json={"name": "cases", "scopes": ["events_read"]},
                headers={"Idempotency-Key": "once-and-again"},
            )
            assert answer.status_code == 201
        assert await partners.count("partner_client") == 1

    async def test_of_nobody_is_told_so(self, partners: Running) -> None:
        await refused(await program(partners, "partner-nobody--x").get(f"{ROOT}/rights"), 409, "not-a-partner")

    async def test_only_a_steward_adds_one(self, partners: Running) -> None:
        await verified(partners)
        body = {"name": "cases", "scopes": ["events_read"]}
        other = person(partners, sub="colleague")
        await refused(await other.post(f"{ROOT}/organisations/ngo-one/clients", json=body), 409, "not-a-steward")
        named = await keeper(partners).put(
            f"{ROOT}/organisations/ngo-one/stewards", json={"accounts": ["colleague"]}, headers={"If-Match": '"2"'}
        )
        assert (await good(named))["stewards"] == ["colleague"]
        await good(await other.post(f"{ROOT}/organisations/ngo-one/clients", json=body), 201)
        await refused(await client_of(partners, name="more"), 409, "not-a-steward")

    async def test_who_was_named_and_whose_duty_ended_stands_among_what_was_done(self, partners: Running) -> None:
        await verified(partners)
        at, boss = f"{ROOT}/organisations/ngo-one", keeper(partners)
        (first,) = (await good(await boss.get(at)))["stewards"]

        async def done(accounts: list[str], version: int) -> list[tuple[str, str]]:
            answer = await boss.put(f"{at}/stewards", json={"accounts": accounts}, headers={"If-Match": f'"{version}"'})
            return [(one["kind"], one["about"]) for one in (await good(answer))["acts"]][:2]

        assert await done([first, "colleague"], 2) == [("steward_named", "colleague"), ("verified", "ngo-one")]
        assert await done(["colleague"], 3) == [("steward_ended", first), ("steward_named", "colleague")]
        stale = await boss.put(f"{at}/stewards", json={"accounts": []}, headers={"If-Match": '"3"'})
        await refused(stale, 412, "stale-version")


class TestSuspension:
    async def test_of_the_organisation_bites_with_the_next_request(self, partners: Running) -> None:
        """The token of the program stays good all the time: what it may do does not stand in it."""
        await set_up(partners)
        token_holder = program(partners)
        await good(await token_holder.get(f"{ROOT}/rights"))
        said = {"reason": "leaked", "words": "A secret lay in a public repository"}
        await good(await keeper(partners).post(f"{ROOT}/organisations/ngo-one/suspension", json=said, headers={"If-Match": '"2"'}))
        await refused(await token_holder.get(f"{ROOT}/rights"), 409, "suspended")
        await refused(await client_of(partners, name="another"), 409, "suspended")
        assert b"public repository" not in await partners.raw("partner_act")
        lift = f"{ROOT}/organisations/ngo-one/reinstatement"
        again = {"words": "Secrets renewed"}
        await refused(await keeper(partners).post(lift, json=again, headers=ANY), 409, "another-person-decides")
        await good(await keeper(partners, "second").post(lift, json=again, headers=ANY))
        await good(await token_holder.get(f"{ROOT}/rights"))
        assert (await events(partners))[-2:] == ["organisation.suspended.v1", "organisation.reinstated.v1"]

    async def test_of_a_client_is_lifted_by_a_keeper_alone(self, partners: Running) -> None:
        await set_up(partners)
        at = f"{ROOT}/organisations/ngo-one/clients/cases"
        await refused(await person(partners).put(at, json={"state": "suspended"}, headers=ANY), 403, "forbidden")
        await good(await person(partners).put(at, json={"state": "paused"}, headers=ANY))
        await refused(await program(partners).get(f"{ROOT}/rights"), 409, "suspended")
        await good(await keeper(partners).put(at, json={"state": "suspended"}, headers=ANY))
        await refused(await person(partners).put(at, json={"state": "active"}, headers=ANY), 409, "suspended")
        await good(await keeper(partners).put(at, json={"state": "active", "scopes": ["events_read"]}, headers=ANY))
        assert (await good(await program(partners).get(f"{ROOT}/rights")))["scopes"] == ["events_read"]
        await good(await person(partners).put(at, json={"state": "ended"}, headers=ANY))
        await refused(await keeper(partners).put(at, json={"state": "active"}, headers=ANY), 409, "already-decided")


class TestRules:
    DAY: Final = date(2026, 11, 26)
    TERMS: Final = Terms("a", AgreementState.APPROVED, ["referral"], ["help", "state"], DAY, DAY)

    def test_an_agreement_holds_on_its_days_alone(self) -> None:
        inside = [self.TERMS.is_in_force(self.DAY + timedelta(days=off)) for off in (-1, 0, 1)]
        assert inside == [False, True, False]

    def test_fields_of_two_agreements_do_not_mix_between_purposes(self) -> None:
        other = Terms("a", AgreementState.APPROVED, ["licence_status"], ["licence", "help"], self.DAY, self.DAY)
        assert rules.fields_of([self.TERMS, other], self.DAY) == {"referral": {"help", "state"}, "licence_status": {"licence"}}

    def test_nothing_without_an_agreement(self) -> None:
        ended = Terms("a", AgreementState.ENDED, ["referral"], ["help"], self.DAY, self.DAY)
        assert rules.rights(State.VERIFIED, ClientState.ACTIVE, ["events_read"], [ended], self.DAY) == rules.NOTHING

    def test_two_organisations_never_share_an_id(self) -> None:
        assert rules.client_id_of("a-b", "c") != rules.client_id_of("a", "b-c")


class TestLists:
    @pytest.mark.parametrize(
        ("part", "change"),
        [
            ("purposes", {"code": "curiosity"}),
            ("scopes", {"needs": "nothing"}),
        ],
    )
    def test_data_that_do_not_hold_together_stop_the_service(self, part: str, change: dict[str, Any]) -> None:
        data = LISTS.model_dump()
        data[part] = [{**data[part][0], **change}, *data[part][1:]]
        with pytest.raises(ValidationError):
            lists.Lists.model_validate(data)
