"""Who is it? The machine proposes and says why, a person decides, nothing is merged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.likeness import Grade, Key, grade
from runner.testing import Running
from services.reintegration.tests.test_endpoints import URL, accesses, demo, register

KEYS = st.frozensets(st.sampled_from(Key))
WORTH = {None: 0, Grade.POSSIBLE: 1, Grade.LIKELY: 2, Grade.EXACT: 3}


# Fifty later records of one shared telephone.
_SHARERS = (
    """
    insert into returnee (id, reference, version, name, sex, age_band, district, country, returned_on, return_reason, lists_version,
        registered_by, registered_at)
    select md5('m' || n)::uuid, 'R-M' || n, 1, name, sex, age_band, district, country, returned_on, return_reason, lists_version,
        registered_by, registered_at + n * interval '1 second'
    from returnee, generate_series(1, 50) n
    """,
    """
    insert into returnee_key (returnee_id, kind, value)
    select md5('m' || n)::uuid, kind, value from returnee_key, generate_series(1, 50) n where kind = 'phone'
    """,
)


class TestGrade:
    @pytest.mark.parametrize(
        ("shared", "sexes_differ", "found"),
        [
            ({Key.NID}, False, Grade.EXACT),
            ({Key.PASSPORT, Key.NAME}, False, Grade.EXACT),
            ({Key.NID}, True, Grade.POSSIBLE),
            ({Key.NAME, Key.PHONE}, False, Grade.LIKELY),
            ({Key.PHONE}, False, None),
            ({Key.NAME}, False, None),
            ({Key.NAME, Key.DISTRICT, Key.BIRTH_YEAR}, False, None),
            ({Key.NAME, Key.FATHER, Key.DISTRICT}, False, Grade.POSSIBLE),
            ({Key.NAME, Key.FATHER, Key.VILLAGE, Key.DISTRICT}, False, Grade.LIKELY),
            ({Key.NAME, Key.PHONE}, True, None),
            (set(), False, None),
        ],
    )
    def test_by_what_is_shared(self, shared: set[Key], sexes_differ: bool, found: Grade | None) -> None:  # noqa: FBT001
        assert grade(shared, sexes_differ=sexes_differ) == found

    @given(KEYS, KEYS)
    def test_more_in_common_is_never_less_alike(self, some: frozenset[Key], more: frozenset[Key]) -> None:
        assert WORTH[grade(some | more, sexes_differ=False)] >= WORTH[grade(some, sexes_differ=False)]

    @given(KEYS)
    def test_another_sex_is_never_more_alike(self, shared: frozenset[Key]) -> None:
        assert WORTH[grade(shared, sexes_differ=True)] <= WORTH[grade(shared, sexes_differ=False)]


async def matches(client: Any, reference: str) -> list[dict[str, Any]]:
    answer = await client.get(f"{URL}/{reference}/matches")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


class TestPropose:
    async def test_the_same_person_at_two_desks_in_one_hour(self, reintegration: Running) -> None:
        paper = [{"kind": "nid", "number": "১২৩৪৫৬৭৮৯০"}]
        await register(reintegration.client("airport"), documents=paper, phone=None)
        later = await register(demo(reintegration), documents=[{"kind": "nid", "number": "123 456 7890"}], name="Karim A.", phone=None)
        assert later["matches"] == 1
        (found,) = await matches(demo(reintegration), later["reference"])
        assert found["grade"] == "exact"
        assert "nid" in [one["code"] for one in found["reasons"]]
        assert await reintegration.count("returnee") == 2

    @pytest.mark.parametrize(("one", "other"), [("Rahim Uddin", "রহিম উদ্দিন"), ("রহিমা খাতুন", "Rohima Khatun")])
    async def test_a_name_in_the_other_script_with_the_same_phone(self, reintegration: Running, one: str, other: str) -> None:
        await register(demo(reintegration), name=one, name_bn=None, documents=[])
        later = await register(demo(reintegration), name=other, name_bn=None, documents=[])
        (found,) = await matches(demo(reintegration), later["reference"])
        assert found["grade"] == "likely"

    async def test_a_family_that_shares_a_phone_is_no_match(self, reintegration: Running) -> None:
        await register(demo(reintegration), name="Salma Begum", name_bn=None, documents=[])
        later = await register(demo(reintegration), name="Jasim Mia", name_bn=None, documents=[])
        assert later["matches"] == 0

    async def test_a_namesake_of_the_same_year_and_district_is_no_match(self, reintegration: Running) -> None:
        alike = {"documents": [], "birth_year": 1990}
        receipts = [await register(demo(reintegration), phone=phone, **alike) for phone in ("01711111111", "01722222222")]
        assert [one["matches"] for one in receipts] == [0, 0]

    async def test_whoever_may_only_register_learns_nothing_of_others(self, reintegration: Running) -> None:
        await register(demo(reintegration))
        receipt = await register(reintegration.client("udc", org=["udc-one"]))
        assert receipt["matches"] == 0
        assert (await reintegration.client("udc", org=["udc-one"]).get(f"{URL}/matches")).status_code == 403

    async def test_an_office_sees_only_pairs_of_which_it_sees_both(self, reintegration: Running) -> None:
        await register(demo(reintegration, "BD-60", "sylhet"), district="BD-60")
        later = await register(demo(reintegration))
        assert await matches(demo(reintegration), later["reference"]) == []
        assert len(await matches(reintegration.client("supervisor"), later["reference"])) == 1
        assert (await demo(reintegration).get(f"{URL}/matches")).json()["items"] == []

    async def test_the_one_with_the_same_paper_is_found_among_many_newer_ones_with_the_same_phone(self, reintegration: Running) -> None:
        client = demo(reintegration)
        paper = [{"kind": "nid", "number": "1234567890"}]
        earlier = await register(client, documents=paper)
        async with reintegration.sessions.begin() as session:
            for statement in _SHARERS:
                await session.execute(text(statement))
        later = await register(client, documents=paper, name="Somebody Else", name_bn=None)
        (found,) = (await client.get(f"{URL}/{later['reference']}/matches")).json()["items"]
        assert (found["other_id"], found["grade"]) == (earlier["id"], "exact")


class TestDecide:
    async def test_same_links_the_later_to_the_earlier_and_may_be_taken_back(self, reintegration: Running) -> None:
        officer = demo(reintegration, sub="officer")
        earlier, later = await register(officer), await register(officer)
        (waiting,) = (await officer.get(f"{URL}/matches")).json()["items"]
        address = f"{URL}/matches/{waiting['id']}/decision"
        same = await officer.put(address, json={"decision": "same", "because": "একই ছবি"})
        assert (same.status_code, same.json()["decision"]) == (200, "same")
        assert (await officer.get(f"{URL}/{later['reference']}")).json()["same_as"] == earlier["id"]
        assert (await officer.get(f"{URL}/matches")).json()["items"] == []
        assert (await officer.put(address, json={"decision": "different"})).json()["decision"] == "different"
        assert (await officer.get(f"{URL}/{later['reference']}")).json()["same_as"] is None
        assert await reintegration.count("returnee") == 2
        assert "একই ছবি".encode() not in await reintegration.raw("match_proposal")

    async def test_not_by_who_does_not_see_both(self, reintegration: Running) -> None:
        await register(demo(reintegration, "BD-60", "sylhet"), district="BD-60")
        await register(demo(reintegration))
        (waiting,) = (await reintegration.client("supervisor").get(f"{URL}/matches")).json()["items"]
        answer = await demo(reintegration).put(f"{URL}/matches/{waiting['id']}/decision", json={"decision": "same"})
        assert answer.status_code == 404

    async def test_leaves_a_record_of_who_compared_whom(self, reintegration: Running) -> None:
        officer = demo(reintegration, sub="officer")
        earlier, later = await register(officer), await register(officer)
        (waiting,) = (await officer.get(f"{URL}/matches")).json()["items"]
        await officer.put(f"{URL}/matches/{waiting['id']}/decision", json={"decision": "not_sure"})
        compared = {row[2] for row in await accesses(reintegration) if row[:2] == ("officer", "match")}
        assert compared == {earlier["id"], later["id"]}
