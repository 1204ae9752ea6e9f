"""One engine for the register: what is told for a purpose is what the policy allows, and what was decided is written down once a read."""

from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from kit.policy import Policies, Question, Rule, policies
from runner.testing import Running
from services.registry import lists, sharing
from services.registry.tests.test_exposure import crisis
from services.registry.tests.test_register import RAHIMA, registered
from services.registry.tests.test_returns import candidates, reintegration

NATIONALS: Final = policies().versions(sharing.NAME)[0]
ASKERS: Final = NATIONALS.subject["asker"]
WHO_SOMEBODY_IS: Final = {"reference", "name", "documents", "employer", "household", "kin", "places", "safe_contact"}


async def decisions(registry: Running, role: str = "auditor") -> list[dict[str, Any]]:
    answer = await registry.client(role).get("/v1/nationals/decisions")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def contacts(registry: Running, person: str, purpose: str) -> httpx.Response:
    return await crisis(registry).post("/v1/nationals/contacts", json={"purpose": purpose, "people": [person]})


class TestAPurpose:
    async def test_that_nobody_knows_is_refused_in_clear_words(self, registry: Running) -> None:
        person = await registered(registry.client())
        answer = await contacts(registry, person["id"], "marketing")
        assert (answer.status_code, answer.json()["type"], answer.json()["reason"]) == (
            403,
            "urn:probashi:problem:not-shared",
            "unknown-purpose",
        )
        assert answer.json()["detail"] == "This purpose is not part of the policy."
        assert await registry.count("access_log") == await registry.count("sharing_decision") == 0

    async def test_of_one_service_is_none_of_another(self, registry: Running) -> None:
        for client, form in ((crisis(registry), "contacts"), (reintegration(registry), "contacts")):
            body = {"purpose": "case_work", "people": [str(uuid4())]}
            assert (await client.post(f"/v1/nationals/{form}", json=body)).status_code == 403

    def test_of_a_desk_without_words_stops_the_service(self) -> None:
        data = lists.LISTS.model_dump(mode="json")
        data["purposes"] = data["purposes"][1:]
        with pytest.raises(ValueError, match="the same purposes"):
            lists.Lists.model_validate(data)


class TestWhatIsTold:
    async def test_is_what_the_policy_allows(self, registry: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another version of the policy, another answer: nothing else decides of fields."""
        person = await registered(registry.client(), safe_contact={"may_text": True})
        before = (await contacts(registry, person["id"], "all_clear")).json()["items"][0]
        assert (len(before["channels"]) > 0, before["country"], before["contact_rule"]["may_text"]) == (True, "LB", True)
        wing = registry.client("wing", countries=["LB"])
        address = f"/v1/nationals/{person['id']}?purpose=case_work"
        whole = (await wing.get(address)).json()
        assert (whole["name"], bool(whole["contacts"]), bool(whole["documents"])) == (RAHIMA["name"], True, True)
        narrower = NATIONALS.model_copy(update={"rules": tuple(_less(rule) for rule in NATIONALS.rules)})
        monkeypatch.setattr(sharing, "policies", lambda: Policies([narrower]))
        after = (await contacts(registry, person["id"], "all_clear")).json()["items"][0]
        assert (after["channels"], after["flags"], after["country"], after["contact_rule"]) == ([], [], "LB", None)
        less = (await wing.get(address)).json()
        assert (less["name"], less["contacts"], less["documents"], less["kin"], less["places"]) == (RAHIMA["name"], [], [], [], [])
        newest = (await registry.rows("access_log order by at desc, id desc"))[0]
        assert newest.fields == ["name"]

    @pytest.mark.parametrize("asker", ASKERS)
    @pytest.mark.parametrize("form", NATIONALS.record["form"])
    def test_asker_by_form_by_field(self, asker: str, form: str) -> None:
        """The matrix: a service never learns who somebody is, and each form is for its own asker alone."""
        seen = frozenset[str]()
        for purpose in NATIONALS.purposes:
            seen |= NATIONALS.visible(Question(subject={"asker": [asker]}, purpose=purpose, record={"form": [form]}))
        assert seen == MATRIX.get((asker, form), frozenset())
        assert asker == "desk" or seen.isdisjoint(WHO_SOMEBODY_IS)


MATRIX: Final[dict[tuple[str, str], set[str]]] = {
    ("desk", "row"): {"reference", "name", "flags"},
    ("desk", "record"): {*WHO_SOMEBODY_IS, "flags", "contacts"},
    ("crisis", "reach"): {"contacts", "contact_rule", "flags", "country"},
    ("reintegration", "match"): {"country", "registered_at", "what_agrees"},
    ("reintegration", "return"): {"returned_on"},
}


def _less(rule: Rule) -> Rule:
    kept = {"crisis-reaches-people": ("country",), "desk-works-on-a-record": ("name",)}
    return rule.model_copy(update={"fields": kept[rule.id]}) if rule.id in kept else rule


class TestTheLog:
    async def test_has_one_row_for_each_read_of_another_service(self, registry: Running) -> None:
        person = await registered(registry.client())
        await contacts(registry, person["id"], "outreach.warn")
        await candidates(registry, papers=[{"kind": "passport", "number": "bx-0123456"}])
        await contacts(registry, str(uuid4()), "outreach.warn")
        shown = await decisions(registry)
        assert [(one["client"], one["purpose"], one["record_type"], one["records"]) for one in shown] == [
            ("svc-reintegration", "returnee_match", "national.match", 1),
            ("svc-crisis", "crisis.outreach.warn", "national.reach", 1),
        ]
        assert (shown[1]["allowed"], shown[1]["denied"]) == (["contact_rule", "contacts", "country", "flags"], [])
        assert {(one["policy"], one["policy_version"], one["organisation"]) for one in shown} == {("nationals", NATIONALS.version, None)}

    async def test_has_a_row_for_a_partner_and_none_for_an_office(self, registry: Running) -> None:
        ngo = registry.client("ngo", org=["ngo-one"], sub="ngo")
        person = await registered(ngo)
        for who in (ngo, registry.client("wing", countries=["LB"])):
            assert (await who.get(f"/v1/nationals/{person['id']}?purpose=case_work")).status_code == 200
        (row,) = await decisions(registry, "analyst")
        assert (row["organisation"], row["purpose"], row["record_type"]) == ("ngo-one", "case_work", "national.record")
        assert RAHIMA["name"].encode() not in await registry.raw("sharing_decision")
