"""Two records that may be of one person are proposed, and a person decides."""

from itertools import combinations
from typing import Any

import pytest

from contracts.likeness import Grade
from runner.testing import Running
from services.registry.matching.rules import Reason, grade
from services.registry.tests.test_register import registered


async def matches(registry: Running, **claims: Any) -> list[dict[str, Any]]:
    answer = await registry.client("wing", **({"countries": ["LB"]} | claims)).get("/v1/nationals/matches")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


class TestPropose:
    @pytest.mark.parametrize(
        ("second", "expected"),
        [
            (
                {"name": "R. Khatun", "contacts": [], "no_contact": True, "documents": [{"kind": "passport", "number": "bx0123456"}]},
                "exact",
            ),
            ({"name": "Rohima Khatoon", "documents": []}, "likely"),
            ({"name": "রহিমা খাতুন", "documents": [], "contacts": [], "no_contact": True, "birth_year": 1995}, "possible"),
            ({"name": "Selina Akter", "documents": []}, "possible"),
            ({"name": "Selina Akter", "documents": [], "contacts": [], "no_contact": True}, None),
            ({"name": "Rahima Khatun", "documents": [], "contacts": [], "no_contact": True, "birth_year": 1970}, None),
        ],
    )
    async def test_by_what_two_records_share(self, registry: Running, second: dict[str, Any], expected: str | None) -> None:
        first = await registered(registry.client(), kin=[])
        later = await registered(registry.client("agent"), kin=[], name_bn=None, **second)
        found = await matches(registry)
        assert [one["grade"] for one in found] == ([expected] if expected else [])
        assert later["matches"] == len(found)
        for one in found:
            assert (one["person"]["id"], one["other"]["id"]) == (later["id"], first["id"])

    async def test_an_identity_card_of_17_digits_is_the_older_one_of_13(self, registry: Running) -> None:
        await registered(registry.client(), documents=[{"kind": "nid", "number": "1994 1234567890123"}])
        alone: dict[str, Any] = {"name": "X", "name_bn": None, "contacts": [], "no_contact": True, "kin": []}
        await registered(registry.client(), **alone, documents=[{"kind": "nid", "number": "1234567890123"}])
        assert [one["reasons"] for one in await matches(registry)] == [["birth_year", "nid"]]

    async def test_nothing_is_told_to_somebody_without_an_account(self, registry: Running) -> None:
        await registered(registry.client())
        assert (await registered(registry.client()))["matches"] == 0

    async def test_a_wing_sees_only_pairs_of_which_it_sees_both(self, registry: Running) -> None:
        await registered(registry.client(), country="SA", places=[])
        await registered(registry.client())
        assert await matches(registry) == []
        assert len(await matches(registry, countries=["LB", "SA"])) == 1


class TestDecide:
    async def test_the_later_record_is_one_of_the_earlier_person_and_both_stay(self, registry: Running) -> None:
        first, later = await registered(registry.client()), await registered(registry.client())
        [match] = await matches(registry)
        desk = registry.client("wing", countries=["LB"])
        answer = await desk.post(f"/v1/nationals/matches/{match['id']}/decision", json={"decision": "same", "because": "Same face"})
        assert answer.json()["decision"] == "same"
        rows = {str(one.id): one.same_as for one in await registry.rows("national")}
        assert (str(rows[later["id"]]), rows[first["id"]]) == (first["id"], None)
        assert b"Same face" not in await registry.raw("national_match")
        again = await desk.post(f"/v1/nationals/matches/{match['id']}/decision", json={"decision": "different"})
        assert again.json()["type"] == "urn:probashi:problem:match-already-decided"
        assert await matches(registry) == []

    async def test_not_sure_is_no_last_word(self, registry: Running) -> None:
        await registered(registry.client())
        await registered(registry.client())
        [match] = await matches(registry)
        address = f"/v1/nationals/matches/{match['id']}/decision"
        desk = registry.client("supervisor")
        assert (await desk.post(address, json={"decision": "not_sure"})).json()["decision"] == "not_sure"
        assert (await desk.post(address, json={"decision": "different"})).json()["decision"] == "different"


class TestRules:
    def test_more_reasons_never_make_it_less_sure(self) -> None:
        order = [None, Grade.POSSIBLE, Grade.LIKELY, Grade.EXACT]
        for size in range(len(Reason) + 1):
            for chosen in combinations(Reason, size):
                for one in Reason:
                    assert order.index(grade(frozenset(chosen) | {one})) >= order.index(grade(frozenset(chosen)))
