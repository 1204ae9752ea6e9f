"""One engine: the simulator says what a real reading gives, on any day and under a draft; what was decided is written down once a read."""

from datetime import date, timedelta
from itertools import product
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contracts.agencies import LicenceCancelled, LicenceRenewed, LicenceSuspended
from contracts.events import CloudEvent, Event
from contracts.reintegration import ReferralEnded
from kit.policy import Agreement, Policy, policies
from runner.testing import Running
from services.partners import sharing
from services.partners.service import today
from services.partners.tests.test_feed import FEED, NOW, end_agreement, enveloped, fed, referral, take, unique, withdrawn
from services.partners.tests.test_organisations import (
    ANY,
    ROOT,
    agreed,
    days,
    good,
    keeper,
    person,
    program,
    proposed,
    refused,
    set_up,
    verified,
)

SENT: Final = "bd.probashi.reintegration.referral.sent.v1"
ALL: Final = [*sorted(sharing.fields_of_purpose("referral")), *sorted(sharing.fields_of_purpose("licence_status"))]


async def simulated(client: httpx.AsyncClient, code: str | None, **asked: Any) -> dict[str, Any]:
    body = {"organisation": code, "purpose": "referral", "record_type": SENT, **asked}
    return await good(await client.post(f"{ROOT}/simulations", json=body))


def by_field(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["field"]: one for one in found["items"]}


def later(by: int) -> str:
    return str(today() + timedelta(days=by))


def facts_for(code: str) -> list[CloudEvent]:
    told: list[Event] = [
        referral(code),
        ReferralEnded(
            help="training", to="ngo", district="BD-08", state="confirmed", confirmed="came", sent_at=NOW, ended_at=NOW, recipient=code
        ),
        withdrawn(code, uuid4()),
        LicenceRenewed(licence="RL-1", district="BD-13", true_from=NOW.date(), true_until=NOW.date(), recorded_at=NOW),
        LicenceSuspended(licence="RL-1", district="BD-13", since=NOW.date(), hearing=True, recorded_at=NOW),
        LicenceCancelled(licence="RL-1", district="BD-13", since=NOW.date(), recorded_at=NOW),
    ]
    return [enveloped(one) for one in told]


class TestTheSimulator:
    @pytest.mark.parametrize(
        ("purposes", "fields"),
        [
            (["referral"], ["help", "district"]),
            (["licence_status"], ["licence", "since", "true_until"]),
            (["referral", "licence_status"], ALL),
        ],
    )
    async def test_says_what_a_real_reading_gives(self, partners: Running, purposes: list[str], fields: list[str]) -> None:
        code = unique()
        await set_up(partners, code, purposes=purposes, fields=fields)
        facts = facts_for(code)
        await take(partners, *facts)
        read = {one["type"]: set(one["data"]) for one in (await fed(partners, code))["items"]}
        for fact in facts:
            asked = {"record_type": fact.type, "purpose": sharing.PURPOSES[fact.type]}
            for who in (keeper(partners), person(partners, code), program(partners, f"partner-{code}--cases")):
                assert set((await simulated(who, code, **asked))["allowed"]) == read.get(fact.type, set()), fact.type

    async def test_names_rule_agreement_day_and_reason_of_each_field(self, partners: Running) -> None:
        code = unique()
        await verified(partners, code)
        agreement = await agreed(partners, code, fields=["help"])
        found = await simulated(keeper(partners), code)
        assert (found["policy"], found["policy_version"], found["on"], found["allowed"]) == ("partners", "2026-11", str(today()), ["help"])
        fields = by_field(found)
        assert {name: fields["help"][name] for name in ("code", "rule", "agreement", "until")} == {
            "code": "allowed",
            "rule": "referral-sent-under-agreement",
            "agreement": agreement["id"],
            "until": agreement["valid_until"],
        }
        assert (fields["district"]["code"], fields["district"]["allowed"]) == ("not-in-agreement", False)
        assert all(one["reason"]["en"] and one["reason"]["bn"] != one["reason"]["en"] for one in fields.values())

    @pytest.mark.parametrize(("on", "code"), [(-1, "agreement-not-begun"), (0, "allowed"), (9, "allowed"), (10, "agreement-ended")])
    async def test_looks_at_another_day(self, partners: Running, on: int, code: str) -> None:
        known = unique()
        await verified(partners, known)
        await agreed(partners, known, **days(0, 9))
        assert by_field(await simulated(keeper(partners), known, on=later(on)))["help"]["code"] == code

    async def test_judges_a_draft_and_a_proposal_as_though_they_were_signed(self, partners: Running) -> None:
        code = unique()
        await verified(partners, code)
        assert (await simulated(keeper(partners), code))["allowed"] == []
        draft = {"purposes": ["referral"], "fields": ["help"], **days()}
        found = await simulated(keeper(partners), code, draft=draft)
        assert (found["allowed"], by_field(found)["help"]["agreement"]) == (["help"], "draft")
        assert (await simulated(keeper(partners), None, draft=draft))["allowed"] == ["help"]
        proposal = await proposed(partners, code, fields=["district"])
        assert (await simulated(keeper(partners), code))["allowed"] == []
        assert (await simulated(keeper(partners), code, agreement=proposal["id"]))["allowed"] == ["district"]
        await end_agreement_of(partners, proposal)
        assert (await simulated(keeper(partners), code, agreement=proposal["id"]))["allowed"] == []

    async def test_denies_what_is_unknown_in_clear_words(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        fields = by_field(await simulated(keeper(partners), code, fields=["shoe_size"]))
        assert (fields["shoe_size"]["code"], fields["shoe_size"]["reason"]["en"]) == (
            "unknown-field",
            "This field is not part of the policy.",
        )
        for asked, known in (({"purpose": "marketing"}, "unknown-purpose"), ({"record_type": "diary"}, "unknown-facts")):
            found = await simulated(keeper(partners), code, **asked)
            assert (found["allowed"], {one["code"] for one in found["items"]}) == ([], {known})
        await refused(await keeper(partners).post(f"{ROOT}/simulations", json=question(code, on="2020-01-01")), 409, "no-policy-in-force")

    async def test_knows_what_a_referral_tells_with_consent_alone(self, partners: Running) -> None:
        code = unique()
        await verified(partners, code)
        asked = {"record_type": "received.returnee", "asker": "member"}
        assert {one["code"] for one in (await simulated(keeper(partners), code, **asked))["items"]} == {"no-consent"}
        assert "person.phone" in (await simulated(keeper(partners), code, **asked, consented=True))["allowed"]
        program_asks = {**asked, "asker": "program", "consented": True}
        assert (await simulated(keeper(partners), code, **program_asks))["allowed"] == []
        await agreed(partners, code, fields=["help", "person.phone"])
        assert (await simulated(keeper(partners), code, **program_asks))["allowed"] == ["person.phone"]
        assert (await simulated(keeper(partners), code, **{**program_asks, "consented": False}))["allowed"] == []

    async def test_says_that_nothing_is_given_to_who_is_suspended(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        at = f"{ROOT}/organisations/{code}/suspension"
        await good(await keeper(partners).post(at, json={"reason": "leaked"}, headers=ANY))
        found = await simulated(keeper(partners), code)
        assert (found["allowed"], found["stopped"]["code"], by_field(found)["help"]["allowed"]) == ([], "suspended", True)

    async def test_is_for_ones_own_organisation(self, partners: Running) -> None:
        code, other = unique(), unique()
        await set_up(partners, code)
        await set_up(partners, other)
        for who in (person(partners, other), program(partners, f"partner-{other}--cases"), program(partners, "partner-nobody--x")):
            await refused(await who.post(f"{ROOT}/simulations", json=question(code)), 404, "not-found")
        for role in ("analyst", "auditor", "decider"):
            assert (await simulated(partners.client(role), code))["allowed"]


def question(code: str, **more: Any) -> dict[str, Any]:
    return {"organisation": code, "purpose": "referral", "record_type": SENT, **more}


async def end_agreement_of(partners: Running, agreement: dict[str, Any]) -> None:
    at = f"{ROOT}/agreements/{agreement['id']}/decision"
    await good(await keeper(partners, "second").post(at, json={"approved": False, "words": "No"}, headers=ANY))


class TestTheLog:
    async def test_has_one_row_for_each_read_of_each_kind(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code, purposes=["referral"], fields=["help"])
        (agreement,) = (await keeper(partners).get(f"{ROOT}/organisations/{code}/agreements")).json()["items"]
        sent = [enveloped(referral(code)), enveloped(referral(code)), enveloped(withdrawn(code, uuid4()))]
        await take(partners, *sent)
        await fed(partners, code)
        await fed(partners, code, "?after=3")
        await good(await program(partners, f"partner-{code}--cases").get(f"{FEED}/{sent[0].id}"))
        page = await good(await partners.client("auditor").get(f"{ROOT}/decisions", params={"organisation": code}))
        assert sorted((one["record_type"].split(".")[-2], one["records"]) for one in page["items"]) == [
            ("sent", 1),
            ("sent", 2),
            ("withdrawn", 1),
        ]
        newest = page["items"][0]
        assert (newest["client"], newest["agreements"], newest["allowed"]) == (f"partner-{code}--cases", [agreement["id"]], ["help"])
        assert newest["denied"] == ["accept_by", "district", "sent_at", "to"]
        assert (newest["purpose"], newest["policy"], newest["policy_version"]) == ("referral", "partners", "2026-11")

    async def test_is_read_by_cursor_and_never_changed(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await take(partners, enveloped(referral(code)))
        for _ in range(3):
            await fed(partners, code)
        reader = partners.client("analyst")
        first = await good(await reader.get(f"{ROOT}/decisions", params={"organisation": code, "limit": 2}))
        second = await good(await reader.get(first["next"]))
        assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
        async with partners.sessions() as session:
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(text("update sharing_decision set allowed = '{}'"))

    async def test_has_no_value_in_it(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await take(partners, enveloped(referral(code, district="BD-64")))
        assert (await fed(partners, code))["items"][0]["data"]["district"] == "BD-64"
        assert b"BD-64" not in await partners.raw("sharing_decision")


class TestAnExpiredAgreement:
    async def test_denies_at_the_second_page_and_the_simulator_knew_the_day(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await take(partners, *(enveloped(referral(code)) for _ in range(3)))
        first = await fed(partners, code, "?limit=1")
        until = by_field(await simulated(keeper(partners), code))["help"]["until"]
        assert by_field(await simulated(keeper(partners), code, on=str(date.fromisoformat(until) + timedelta(days=1))))["help"]["code"] == (
            "agreement-ended"
        )
        async with partners.sessions.begin() as session:
            past = "update partner_agreement set valid_from = valid_from - 500, valid_until = valid_from - 1"
            await session.execute(text(past))
        second = await good(await program(partners, f"partner-{code}--cases").get(first["next"]))
        assert (len(first["items"]), second["items"]) == (1, [])
        assert by_field(await simulated(keeper(partners), code))["help"]["code"] == "agreement-ended"

    async def test_that_was_ended_is_none(self, partners: Running) -> None:
        code = unique()
        await set_up(partners, code)
        await end_agreement(partners, code)
        assert by_field(await simulated(keeper(partners), code))["help"]["code"] == "no-agreement"


SENT_FIELDS: Final = {"help", "to", "district", "sent_at", "accept_by"}
LICENCE_FIELDS: Final = {"licence", "district", "since", "recorded_at"}
PERSON_FIELDS: Final = {"person.name", "person.name_bn", "person.phone", "person.district", "person.returned_on"}
COMPLAINT_FIELDS: Final = {"classification", "allegation", "respondent", "victim.identity", "victim.contact"}
# By hand: what is given of each kind of record under an agreement that names everything, and what with the person's consent.
UNDER_AGREEMENT: Final[dict[str, set[str]]] = {
    SENT: SENT_FIELDS,
    "bd.probashi.reintegration.referral.ended.v1": {"help", "to", "district", "state", "confirmed", "sent_at", "ended_at"},
    "bd.probashi.agencies.licence.renewed.v1": {"licence", "district", "true_from", "true_until", "recorded_at"},
    "bd.probashi.agencies.licence.suspended.v1": LICENCE_FIELDS | {"hearing"},
    "bd.probashi.agencies.suspension.lifted.v1": LICENCE_FIELDS,
    "bd.probashi.agencies.licence.cancelled.v1": LICENCE_FIELDS,
    "bd.probashi.agencies.licence.restored.v1": LICENCE_FIELDS,
}
WITHDRAWN: Final = {"bd.probashi.reintegration.consent.withdrawn.v1": {"purpose", "given_at", "withdrawn_at", "records"}}
WITH_CONSENT: Final = {"received.returnee": PERSON_FIELDS, "received.complaint": COMPLAINT_FIELDS}
DAY: Final = date(2026, 11, 26)
EVERYTHING: Final = Agreement("all", ("referral", "licence_status"), policies().in_force("partners", DAY).fields, DAY, DAY)


class TestTheMatrix:
    """Asker × kind of record × field, with an agreement and without, with consent and without, restricted or not."""

    def test_has_each_kind_of_record(self) -> None:
        assert {*UNDER_AGREEMENT, *WITHDRAWN, *WITH_CONSENT} == set(sharing.PURPOSES)

    @pytest.mark.parametrize("record", sorted(sharing.PURPOSES))
    @pytest.mark.parametrize("kind", ["program", "member"])
    @pytest.mark.parametrize("agreements", [(), (EVERYTHING,)])
    @pytest.mark.parametrize(("consented", "restricted"), list(product([False, True], repeat=2)))
    def test_is_what_is_given(
        self, record: str, kind: sharing.Kind, agreements: tuple[Agreement, ...], consented: object, restricted: object
    ) -> None:
        expected = WITHDRAWN.get(record, set())
        if agreements and not restricted:
            expected = expected | UNDER_AGREEMENT.get(record, set())
        if consented and (kind == "member" or agreements):
            expected = expected | WITH_CONSENT.get(record, set())
        asker = sharing.Asker("ngo-one", agreements, DAY, kind, consented=bool(consented))
        assert sharing.share(asker, record, restricted=bool(restricted)).allowed == expected

    @pytest.mark.parametrize("record", sorted(sharing.PURPOSES))
    @pytest.mark.parametrize("purpose", ["referral", "licence_status", "withdrawal"])
    def test_no_purpose_but_its_own_opens_a_record(self, record: str, purpose: str) -> None:
        asker = sharing.Asker("ngo-one", (EVERYTHING,), DAY, "member", consented=True)
        assert bool(sharing.share(asker, record, purpose=purpose).allowed) == (purpose == sharing.PURPOSES[record])


class TestThePolicy:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"when": {"type": [SENT], "addressee": ["self"]}, "fields": ["licence"]}, "does not have"),
            ({"purposes": ["licence_status"]}, "serves"),
        ],
    )
    def test_that_does_not_fit_the_events_stops_the_service(self, change: dict[str, Any], words: str) -> None:
        known = policies().in_force(sharing.NAME, today())
        rule = next(one for one in known.rules if one.id == "referral-sent-under-agreement")
        more = {**rule.model_dump(mode="json"), "id": "another", **change}
        data = known.model_dump(mode="json")
        with pytest.raises(ValueError, match=words):
            sharing.check_known([Policy.model_validate({**data, "rules": [*data["rules"], more]})])
