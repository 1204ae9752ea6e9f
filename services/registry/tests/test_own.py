"""A person sees and changes their own record without an account, and is forgotten when they ask for it."""

from typing import Any

import httpx
import pytest

from runner.testing import Running
from services.registry.tests.test_register import read, registered


def key_of(receipt: dict[str, Any]) -> dict[str, str]:
    return {"reference": receipt["key"]["reference"], "secret": receipt["key"]["secret"]}


async def change(registry: Running, receipt: dict[str, Any], **said: Any) -> httpx.Response:
    return await registry.client().post("/v1/nationals/own/changes", json=key_of(receipt) | said)


class TestOwn:
    async def test_shows_little_to_whoever_holds_the_slip(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        answer = await registry.client().post("/v1/nationals/own", json=key_of(receipt))
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        assert [(one["kind"], one["ends_with"]) for one in shown["contacts"]] == [("phone", "456"), ("whatsapp", "456"), ("phone", "678")]
        assert [one["kind_label"]["bn"] for one in shown["places"]] == ["কর্মস্থল"]
        for word in ("Rahima", "96171", "Hamra", "0123456", "Karim"):
            assert word not in answer.text
        assert [one.purpose for one in await registry.rows("access_log")] == ["own"]

    async def test_changes_what_is_said_and_keeps_the_rest(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        place = {"kind": "declared", "country": "SY", "lon": 36.3, "lat": 33.5}
        answer = await change(registry, receipt, place=place, drill_member=True, flags=["pregnant"])
        assert answer.status_code == 200, answer.text
        person = (await read(registry.client("supervisor"), receipt["id"])).json()
        assert (person["country"], person["drill_member"], person["name"]) == ("SY", True, "Rahima Khatun")
        assert [one["kind"] for one in person["places"]] == ["declared", "work_site"]
        assert len(person["contacts"]) == 3

    async def test_a_new_number_leaves_the_familys_and_the_employers_as_they_were(self, registry: Running) -> None:
        receipt = await registered(
            registry.client(),
            contacts=[
                {"address": "+96171123456"},
                {"address": "+8801711000111", "whose": "family"},
                {"address": "+9611444555", "whose": "employer"},
            ],
        )
        answer = await change(registry, receipt, contacts=[{"address": "70 999 888", "country": "LB"}])
        assert answer.status_code == 200, answer.text
        person = (await read(registry.client("supervisor"), receipt["id"])).json()
        numbers = {(one["whose"], one["address"]) for one in person["contacts"]}
        assert ("own", "+96171123456") not in numbers
        assert {("own", "+96170999888"), ("family", "+8801711000111"), ("employer", "+9611444555")} <= numbers
        assert [one["phone"] for one in person["kin"]] == ["+8801712345678"]
        assert len(numbers) == len(person["contacts"]) == 4

    async def test_says_for_whom_one_works_who_is_with_one_and_who_is_told_at_home(self, registry: Running) -> None:
        receipt = await registered(registry.client(), kin=[], employer=None)
        said = {
            "employer": {"name": "Abu Fares", "phone": "+9611777888"},
            "household": [{"name": "Tania", "relation": "child", "birth_year": "২০২১"}],
            "kin": [{"name": "Amena", "relation": "parent", "phone": "01712345670"}],
        }
        shown = (await change(registry, receipt, **said)).json()
        assert (shown["has_employer"], shown["household"], shown["kin"]) == (True, 1, 1)
        assert "Amena" not in str(shown)
        person = (await read(registry.client("supervisor"), receipt["id"])).json()
        assert (person["employer"]["name"], person["household"][0]["birth_year"]) == ("Abu Fares", 2021)
        assert ("family", "+8801712345670") in {(one["whose"], one["address"]) for one in person["contacts"]}

    async def test_who_has_come_home_is_not_warned(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        assert (await change(registry, receipt, came_home=True)).json()["state"] == "home"
        assert [one.is_abroad for one in await registry.rows("national_place")] == [False]

    async def test_who_asks_to_be_forgotten_is(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        assert (await change(registry, receipt, forget=True)).json()["state"] == "withdrawn"
        [row] = await registry.rows("national")
        assert (row.name_key, row.kin, row.secret_key, row.birth_year, row.flags) == (None, None, None, None, 0)
        assert [await registry.count(one) for one in ("national_place", "national_contact", "national_document")] == [0, 0, 0]
        assert (await read(registry.client("supervisor"), receipt["id"])).status_code == 404
        again = await registry.client().post("/v1/nationals/own", json=key_of(receipt))
        assert again.json()["type"] == "urn:probashi:problem:wrong-reference-or-secret"

    async def test_wrong_secrets_are_few_from_one_address_and_do_not_lock_the_owner_out(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        wrong = key_of(receipt) | {"secret": "0000 0001"}
        headers = {"X-Forwarded-For": "198.51.100.7"}
        tried = [(await registry.client().post("/v1/nationals/own", json=wrong, headers=headers)).status_code for _ in range(6)]
        assert tried == [409] * 5 + [429]
        right = await registry.client().post("/v1/nationals/own", json=key_of(receipt), headers={"X-Forwarded-For": "198.51.100.8"})
        assert right.status_code == 200

    async def test_a_reference_that_is_none_is_answered_as_a_wrong_secret(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        other = "N-0000-0000"
        assert receipt["reference"] != other
        answer = await registry.client().post("/v1/nationals/own", json={"reference": other, "secret": "1234 5678"})
        assert answer.status_code in {409, 422}

    async def test_a_desk_gives_a_new_secret_and_the_old_one_is_over(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        given = await registry.client("wing", countries=["LB"]).post(f"/v1/nationals/{receipt['id']}/secret")
        assert given.status_code == 201
        assert (await registry.client().post("/v1/nationals/own", json=key_of(receipt))).status_code == 409
        new = {"reference": receipt["reference"], "secret": given.json()["secret"]}
        assert (await registry.client().post("/v1/nationals/own", json=new)).status_code == 200


class TestCard:
    @pytest.mark.parametrize(("known", "mark"), [({"1234567890"}, "verified"), (set(), "not_verified")])
    async def test_the_answer_is_kept_as_a_mark(self, registry: Running, cards: Any, known: set[str], mark: str) -> None:
        cards.known = known
        receipt = await registered(registry.client(), documents=[{"kind": "nid", "number": "১২৩৪ ৫৬৭ ৮৯০"}])
        desk = registry.client("wing", countries=["LB"])
        answer = await desk.post(f"/v1/nationals/{receipt['id']}/card-comparison")
        assert answer.json()["nid_mark"] == mark
        assert cards.asked == [{"number": "1234567890", "name": "Rahima Khatun", "birth_year": 1994}]
        changed = await desk.post(
            f"/v1/nationals/{receipt['id']}/changes", json={"documents": [{"kind": "nid", "number": "1"}]}, headers={"If-Match": "*"}
        )
        assert changed.json()["nid_mark"] == "not_asked"

    async def test_without_an_answer_the_mark_stays(self, registry: Running) -> None:
        receipt = await registered(registry.client(), documents=[{"kind": "nid", "number": "1234567890"}])
        answer = await registry.client("supervisor").post(f"/v1/nationals/{receipt['id']}/card-comparison")
        assert answer.status_code == 503
        assert (await read(registry.client("supervisor"), receipt["id"])).json()["nid_mark"] == "not_asked"

    async def test_without_a_number_nobody_is_asked(self, registry: Running, cards: Any) -> None:
        receipt = await registered(registry.client(), documents=[])
        answer = await registry.client("supervisor").post(f"/v1/nationals/{receipt['id']}/card-comparison")
        assert answer.json()["type"] == "urn:probashi:problem:no-identity-card-number"
        assert cards.asked == []
