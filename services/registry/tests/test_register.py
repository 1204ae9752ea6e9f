"""A person is made known: by themselves, by a desk; what is kept is sealed, what looks odd is pointed out, nobody is refused."""

from typing import Any, Final

import httpx
import pytest

from runner.testing import Running

RAHIMA: Final[dict[str, Any]] = {
    "name": "Rahima Khatun",
    "name_bn": "রহিমা খাতুন",
    "country": "LB",
    "kind": "worker",
    "birth_year": 1994,
    "sex": "female",
    "flags": ["domestic_worker"],
    "contacts": [{"address": "+961 71 123 456"}, {"kind": "whatsapp", "address": "+961 71 123 456"}],
    "documents": [{"kind": "passport", "number": "BX 0123456"}],
    "places": [{"kind": "work_site", "country": "LB", "lon": 35.5018, "lat": 33.8938, "words": "Hamra, third floor"}],
    "kin": [{"name": "Abdul Karim", "relation": "parent", "phone": "01712 345678"}],
    "safe_contact": {"may_text": True, "hours_from": "২২:০০", "hours_to": "06:00", "wording": "plain"},
}


async def registered(client: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    answer = await client.post("/v1/nationals", json=RAHIMA | said)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read(client: httpx.AsyncClient, who: str, purpose: str = "at_the_counter") -> httpx.Response:
    return await client.get(f"/v1/nationals/{who}", params={"purpose": purpose})


class TestRegister:
    async def test_anybody_registers_with_a_name_a_country_and_a_word_on_how_to_be_reached(self, registry: Running) -> None:
        answer = await registry.client().post("/v1/nationals", json={"name": "Jamal", "country": "SA", "no_contact": True})
        assert answer.status_code == 201
        receipt = answer.json()
        assert receipt["reference"].startswith("N-")
        assert len(receipt["key"]["secret"].replace(" ", "")) == 8
        assert answer.headers["cache-control"] == "no-store"
        person = (await read(registry.client("supervisor"), receipt["reference"])).json()
        assert person["flags"] == ["no_phone"]
        assert [(one["kind"], one["country"], one["lon"]) for one in person["places"]] == [("declared", "SA", None)]
        assert person["source"] == "self"

    async def test_says_in_both_languages_that_a_way_to_be_reached_is_missing(self, registry: Running) -> None:
        answer = await registry.client().post("/v1/nationals", json={"name": "Jamal", "country": "SA"}, headers={"Accept-Language": "bn"})
        assert answer.status_code == 422
        assert "যোগাযোগের একটি উপায়" in answer.text

    @pytest.mark.parametrize("field", ["irregular", "visa_status", "legal_status", "documented"])
    async def test_has_no_place_for_whether_a_stay_is_regular(self, registry: Running, field: str) -> None:
        answer = await registry.client().post("/v1/nationals", json=RAHIMA | {field: "no"})
        assert answer.status_code == 422

    async def test_refuses_somebody_who_is_at_home(self, registry: Running) -> None:
        assert (await registry.client().post("/v1/nationals", json=RAHIMA | {"country": "BD"})).status_code == 422

    async def test_seals_what_is_personal(self, registry: Running) -> None:
        await registered(registry.client())
        stored = b"".join([await registry.raw(one) for one in ("national", "national_contact", "national_document", "national_place")])
        outside = await registry.raw("outbox")
        for word in ("Rahima", "রহিমা", "71123456", "0123456", "Hamra", "Karim", "1712345678"):
            assert word.encode() not in stored
            assert word.encode() not in outside

    async def test_shows_a_desk_everything_that_was_said(self, registry: Running) -> None:
        receipt = await registered(registry.client("wing", countries=["LB"]))
        person = (await read(registry.client("wing", countries=["LB"]), receipt["id"])).json()
        assert (person["name"], person["name_bn"], person["source"]) == ("Rahima Khatun", "রহিমা খাতুন", "wing")
        assert person["age_band"] == "25_34"
        assert [(one["kind"], one["whose"], one["address"], one["at_home"]) for one in person["contacts"]] == [
            ("phone", "own", "+96171123456", False),
            ("whatsapp", "own", "+96171123456", False),
            ("phone", "family", "+8801712345678", True),
        ]
        assert person["documents"][0]["number"] == "BX 0123456"
        assert person["places"][0]["words"] == "Hamra, third floor"
        assert person["safe_contact"]["hours_from"] == "22:00"
        assert person["safe_contact"]["time_zone"] == "Asia/Beirut"

    async def test_reads_a_number_as_it_is_dialled_where_the_person_is(self, registry: Running) -> None:
        receipt = await registered(registry.client(), country="SA", contacts=[{"address": "050 123 4567"}], kin=[])
        person = (await read(registry.client("supervisor"), receipt["id"])).json()
        assert person["contacts"][0]["address"] == "+966501234567"

    async def test_takes_an_odd_number_and_points_at_it(self, registry: Running) -> None:
        receipt = await registered(
            registry.client(),
            documents=[
                {"kind": "nid", "number": "১৯৯০১২৩৪৫৬৭৮৯০১২৩"},
                {"kind": "passport", "number": "12"},
                {"kind": "travel_permit", "number": "12"},
            ],
        )
        assert [one["en"] for one in receipt["notes"]] == [
            "The identity card number begins with another year than the year of birth.",
            "The passport number has an unusual length.",
        ]

    async def test_the_same_key_registers_once(self, registry: Running) -> None:
        headers = {"Idempotency-Key": "key-of-a-phone-0001"}
        first = await registry.client().post("/v1/nationals", json=RAHIMA, headers=headers)
        second = await registry.client().post("/v1/nationals", json=RAHIMA, headers=headers)
        assert first.json() == second.json()
        assert await registry.count("national") == 1

    async def test_tells_of_it_without_telling_who(self, registry: Running) -> None:
        await registered(registry.client("ngo", org=["ngo-one"]), district="BD-08", household=[{"name": "Mina", "relation": "child"}])
        [event] = await registry.rows("outbox")
        told = bytes(event.envelope).decode()
        assert event.nats_subject == "registry.national.registered.v1"
        assert '"source":"ngo"' in told
        assert '"household":1' in told
        assert '"district":"BD-08"' in told

    async def test_takes_what_a_machine_sends_and_marks_it(self, registry: Running) -> None:
        receipt = await registered(registry.client(), website="http://spam", filled_in_s=1)
        person = (await read(registry.client("supervisor"), receipt["id"])).json()
        assert person["doubts"] == ["trap", "hasty"]


class TestFind:
    async def test_a_wing_finds_by_exact_numbers_who_is_in_its_countries(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        here, elsewhere = registry.client("wing", countries=["LB"]), registry.client("wing", countries=["SA"])
        for asked in (
            {"phone": "+96171123456"},
            {"document": {"kind": "passport", "number": "bx-0123456"}},
            {"reference": receipt["reference"].lower()},
            {"phone": "01712345678"},
        ):
            found = await here.post("/v1/nationals/search", json={"purpose": "family_asks", **asked})
            assert [one["id"] for one in found.json()["items"]] == [receipt["id"]], asked
            assert (await elsewhere.post("/v1/nationals/search", json={"purpose": "family_asks", **asked})).json()["items"] == []
        assert (await read(elsewhere, receipt["id"])).status_code == 404

    async def test_a_wing_sees_who_has_come_into_its_country(self, registry: Running) -> None:
        receipt = await registered(registry.client(), places=[{"kind": "transit", "country": "SY"}])
        assert (await read(registry.client("wing", countries=["SY"]), receipt["id"])).status_code == 200

    async def test_a_partner_sees_whom_it_registered(self, registry: Running) -> None:
        receipt = await registered(registry.client("ngo", org=["ngo-one"]))
        assert (await read(registry.client("ngo", sub="colleague", org=["ngo-one"]), receipt["id"])).status_code == 200
        assert (await read(registry.client("ngo", sub="other", org=["ngo-two"]), receipt["id"])).status_code == 404

    async def test_a_reference_that_is_none_is_pointed_out(self, registry: Running) -> None:
        asked = {"purpose": "family_asks", "reference": "abc"}
        answer = await registry.client("wing", countries=["LB"]).post("/v1/nationals/search", json=asked)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reference")

    async def test_a_read_without_a_purpose_is_refused_and_each_read_is_noted(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        desk = registry.client("agent")
        assert (await desk.get(f"/v1/nationals/{receipt['id']}")).status_code == 422
        assert (await read(desk, receipt["id"], "curiosity")).status_code == 422
        assert await registry.count("access_log") == 0
        assert (await read(desk, receipt["id"], "on_the_line")).status_code == 200
        await desk.post("/v1/nationals/search", json={"purpose": "family_asks", "phone": "+96171123456"})
        assert sorted((one.purpose, one.caller, str(one.record)) for one in await registry.rows("access_log")) == [
            ("family_asks", "agent", receipt["id"]),
            ("on_the_line", "agent", receipt["id"]),
        ]

    async def test_there_is_no_list_on_an_ordinary_day(self, registry: Running) -> None:
        await registered(registry.client())
        assert (await registry.client("wing", countries=["*"]).get("/v1/nationals")).status_code == 405


class TestChange:
    async def test_replaces_what_is_named_and_keeps_the_rest(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        desk = registry.client("wing", countries=["LB"])
        asked = {"name": "Rahima Begum", "contacts": [], "flags": ["pregnant"], "drill_member": True}
        changed = await desk.post(f"/v1/nationals/{receipt['id']}/changes", json=asked, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        person = changed.json()
        assert (person["name"], person["name_bn"], person["version"]) == ("Rahima Begum", "রহিমা খাতুন", 2)
        assert person["flags"] == ["pregnant", "no_phone"]
        # The family's number stays: it belongs to the next of kin.
        assert [one["whose"] for one in person["contacts"]] == ["family"]
        [place] = await registry.rows("national_place")
        assert (place.flags, place.drill_member) == (2 + 64, True)

    async def test_another_next_of_kin_brings_another_number_of_the_family(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        desk = registry.client("wing", countries=["LB"])
        kin = [{"name": "Amena", "relation": "parent", "phone": "01712345670"}]
        changed = await desk.post(f"/v1/nationals/{receipt['id']}/changes", json={"kin": kin}, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        numbers = [(one["whose"], one["address"]) for one in changed.json()["contacts"]]
        assert [whose for whose, _ in numbers] == ["own", "own", "family"], "their own stay"
        assert numbers[-1] == ("family", "+8801712345670")

    async def test_of_how_to_be_reached_keeps_what_was_not_named(self, registry: Running) -> None:
        desk = registry.client("supervisor")
        receipt = await registered(registry.client())
        asked = {"safe_contact": {"may_call": False, "may_text": True, "wording": "neutral"}}
        changed = await desk.post(f"/v1/nationals/{receipt['id']}/changes", json=asked, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        rule = (await read(desk, receipt["id"])).json()["safe_contact"]
        assert (rule["may_call"], rule["wording"]) == (False, "neutral")
        assert (rule["hours_from"], rule["hours_to"], rule["time_zone"]) == ("22:00", "06:00", "Asia/Beirut"), "only at night, as before"
        without = {"safe_contact": {"hours_from": None, "hours_to": None}}
        await desk.post(f"/v1/nationals/{receipt['id']}/changes", json=without, headers={"If-Match": '"2"'})
        rule = (await read(desk, receipt["id"])).json()["safe_contact"]
        assert (rule["hours_from"], rule["may_text"], rule["wording"]) == (None, True, "neutral")

    async def test_refuses_a_stale_version_and_one_that_is_not_named(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        desk = registry.client("supervisor")
        assert (await desk.post(f"/v1/nationals/{receipt['id']}/changes", json={"name": "X"})).status_code == 428
        stale = await desk.post(f"/v1/nationals/{receipt['id']}/changes", json={"name": "X"}, headers={"If-Match": '"7"'})
        assert stale.status_code == 412
        nothing = await desk.post(f"/v1/nationals/{receipt['id']}/changes", json={"name": None}, headers={"If-Match": '"1"'})
        assert nothing.status_code == 422

    async def test_a_place_is_added_and_an_older_one_of_its_kind_is_history(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        desk = registry.client("wing", countries=["LB"])
        moved = {"kind": "work_site", "country": "LB", "lon": 35.2, "lat": 33.27}
        assert (await desk.post(f"/v1/nationals/{receipt['id']}/places", json=moved)).status_code == 201
        late = moved | {"observed_at": "2020-01-01T00:00:00Z", "lon": 35.9}
        answer = await desk.post(f"/v1/nationals/{receipt['id']}/places", json=late)
        person = answer.json()
        assert [(one["lon"], one["is_current"]) for one in person["places"]] == [(35.2, True), (35.5018, False), (35.9, False)]

    async def test_a_place_of_detention_marks_the_person(self, registry: Running) -> None:
        receipt = await registered(registry.client())
        await registry.client("wing", countries=["LB"]).post(
            f"/v1/nationals/{receipt['id']}/places", json={"kind": "detention", "country": "LB"}
        )
        assert all(one.flags & 32 for one in await registry.rows("national_place"))
