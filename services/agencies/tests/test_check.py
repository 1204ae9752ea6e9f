"""Before somebody pays: an agency or a sub-agent by name, number or telephone, and nobody defamed."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.text import Text
from kit.testing.days import day
from runner.testing import Running
from services.agencies import ceilings
from services.agencies.check import guidance, rules
from services.agencies.check.rules import AgencyFound, AskedAs, Found, SubAgentFound, Verdict, asked_as, message, units, verdict
from services.agencies.rules import LicenceStatus

URL = "/v1/agencies"
OFFICE, AGENT, STRANGER = "01700000001", "01700000002", "01700000003"


async def post(running: Running, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = await running.client("decider").post(f"{URL}{path}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def register(agencies: Running) -> Running:
    common = {"valid_until": day(400), "district": "BD-13"}
    await post(agencies, "", {"licence": "RL-0001", "name_en": "Shapla Overseas (fictional)", "name_bn": "শাপলা ওভারসিজ (কাল্পনিক)", **common})
    await post(agencies, "", {"licence": "RL-0003", "name_en": "Padma (fictional)", "status": "suspended", **common})
    office = {"kind": "head", "address": "Road 1", "district": "BD-13", "phone": OFFICE, "true_from": "2024-01-01", "source": "x"}
    await post(agencies, "/RL-0001/branches", office)
    agent = {
        "number": "SA-77",
        "name_en": "Karim Nomuna",
        "name_bn": "করিম নমুনা",
        "district": "BD-08",
        "phone": AGENT,
        "true_from": "2026-01-01",
        "true_until": day(90),
        "source": "x",
    }
    await post(agencies, "/RL-0001/sub-agents", agent)
    await post(agencies, "/RL-0003/sub-agents", agent | {"number": "SA-78", "name_en": "Rahim Nomuna", "name_bn": None, "phone": None})
    return agencies


async def check(running: Running, query: str, **more: str) -> dict[str, Any]:
    answer = await running.client().post(f"{URL}/check", json={"query": query, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestLookUp:
    @pytest.mark.parametrize(
        ("query", "kind", "said"),
        [
            ("RL-0001", "number", "licensed"),
            ("১", "number", "licensed"),
            ("শাপলা", "name", "licensed"),
            ("Shapla Overseas", "name", "licensed"),
            (OFFICE, "phone", "licensed"),
            ("+880 1700-000001", "phone", "licensed"),
            ("RL 3", "number", "not_licensed"),
            ("padma", "name", "not_licensed"),
            ("করিম নমুনা", "name", "sub_agent"),
            ("sa-৭৭", "name", "sub_agent"),
            (AGENT, "phone", "sub_agent"),
            ("Rahim", "name", "sub_agent_ended"),
            ("nomuna", "name", "several"),
            ("Rafiq", "name", "not_found"),
            (STRANGER, "phone", "not_found"),
            ("RL-0404", "number", "not_found"),
            ("!!!", "name", "not_found"),
            ("'; drop table agency", "name", "not_found"),
        ],
    )
    async def test_answers_what_people_type(self, register: Running, query: str, kind: str, said: str) -> None:
        found = await check(register, query)
        assert (found["asked_as"], found["verdict"]) == (kind, said)
        assert next(iter(found)) == "verdict"

    async def test_a_sub_agent_of_a_suspended_agency_may_not_recruit(self, register: Running) -> None:
        found = (await check(register, "SA-78"))["sub_agents"][0]
        assert (found["may_recruit"], found["agency"], found["agency_licensed"]) == (False, "RL-0003", False)

    async def test_a_number_is_that_number_and_no_other(self, register: Running) -> None:
        await post(
            register, "", {"licence": "RL-1000", "name_en": "1 Overseas (fictional)", "valid_until": "2099-01-01", "district": "BD-13"}
        )
        assert [one["licence"] for one in (await check(register, "1"))["agencies"]] == ["RL-0001"]

    async def test_tells_what_may_be_charged_what_to_look_at_and_how_to_report(self, register: Running) -> None:
        found = await check(register, "RL-0001", country="SA", sex="male")
        assert found["fees"]["words"]["bn"] == "সৌদি আরব: সব মিলিয়ে সর্বোচ্চ ১,৬৫,০০০ টাকা।"
        assert (found["fees"]["lawful"]["id"], found["fees"]["lawful"]["confidence"]) == ("sa-men-2016", "B")
        woman = (await check(register, "RL-0001", country="OM", sex="female"))["fees"]
        assert woman["words"]["en"].endswith("For women in domestic work no fee is due.")
        unknown = (await check(register, "RL-0001", country="IT", sex="male"))["fees"]
        assert (unknown["lawful"], unknown["words"]["en"][:17]) == (None, "No lawful ceiling")
        assert all(found[part]["items"] and found[part]["source"] for part in ("receipt", "contract", "report", "class_means"))

    async def test_needs_no_sign_in_and_no_number_in_an_address(self, register: Running) -> None:
        public = register.client()
        assert (await public.get(f"{URL}/check", params={"query": "শাপলা", "country": "SA"})).json()["verdict"] == "licensed"
        refused = await public.get(f"{URL}/check", params={"query": OFFICE})
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:probashi:problem:phone-in-address")

    @pytest.mark.parametrize(
        "body", [{"query": ""}, {"query": "x" * 101}, {"query": "x", "country": "ZZ"}, {"query": "x", "sex": "any"}, {}]
    )
    async def test_what_cannot_be_looked_up(self, register: Running, body: dict[str, Any]) -> None:
        assert (await register.client().post(f"{URL}/check", json=body)).status_code == 422


class TestNobodyIsDefamed:
    async def sighted(self, register: Running, phone: str = STRANGER) -> str:
        body = {"name": "Karim Nomuna", "phone": phone, "seen_on": "2025-05-01", "source": "complaint", "district": "BD-08"}
        one = await post(register, "/unregistered/sightings", body)
        person = await post(register, "/unregistered", {"sightings": [one["id"]], "reason": "The same shop and house."})
        return str(person["reference"])

    async def test_of_whom_complaints_tell_is_only_not_registered(self, register: Running) -> None:
        reference = await self.sighted(register)
        await post(register, f"/unregistered/{reference}/steps", {"kind": "case_filed", "happened_on": "2026-01-01"})
        found = await check(register, STRANGER)
        assert (found["verdict"], found["judgments"]) == ("not_found", [])
        assert found["label"]["en"] == "Not registered: pay nothing"

    async def test_a_judgment_is_told_to_who_has_the_number_not_to_who_has_the_name(self, register: Running) -> None:
        reference = await self.sighted(register)
        judged = {"kind": "judged", "happened_on": "2026-03-01", "outcome": "convicted", "is_public": True, "order_ref": "CMM 12/2026"}
        step = await post(register, f"/unregistered/{reference}/steps", judged)
        found = await check(register, STRANGER)
        assert (found["verdict"], [one["order_ref"] for one in found["judgments"]]) == ("convicted", ["CMM 12/2026"])
        assert (await check(register, "Karim Nomuna"))["verdict"] == "sub_agent"
        withdrawn = {"kind": "judged", "happened_on": "2026-06-01", "outcome": "acquitted", "supersedes": step["id"]}
        await post(register, f"/unregistered/{reference}/steps", withdrawn)
        assert (await check(register, STRANGER))["verdict"] == "not_found"

    async def test_a_registered_number_is_its_owner_s_whatever_was_said_before(self, register: Running) -> None:
        reference = await self.sighted(register, AGENT)
        judged = {"kind": "judged", "happened_on": "2025-06-01", "outcome": "fined", "is_public": True, "order_ref": "MC 1/2025"}
        await post(register, f"/unregistered/{reference}/steps", judged)
        assert (await check(register, AGENT))["judgments"] == []


class TestOpenData:
    async def test_csv_and_json_say_the_same_as_the_schema(self, register: Running) -> None:
        public = register.client()
        sheet = (await public.get(f"{URL}/open-data/agencies.csv")).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(sheet)))
        objects = (await public.get(f"{URL}/open-data/agencies.json")).json()
        package = (await public.get(f"{URL}/open-data/datapackage.json")).json()
        names = [field["name"] for field in package["resources"][0]["schema"]["fields"]]
        assert [list(row) for row in rows] == [names, names]
        assert [list(one) for one in objects] == [names, names]
        assert [(row["licence"], row["licensed"]) for row in rows] == [("RL-0001", "true"), ("RL-0003", "false")]
        assert [(one["licence"], one["licensed"]) for one in objects] == [("RL-0001", True), ("RL-0003", False)]

    async def test_a_name_that_a_program_would_compute_is_text(self, register: Running) -> None:
        name = {"name_en": '=HYPERLINK("http://x")', "valid_until": "2099-01-01", "district": "BD-13", "licence": "RL-0009"}
        await post(register, "", name)
        sheet = (await register.client().get(f"{URL}/open-data/agencies.csv")).content.decode("utf-8-sig")
        assert list(csv.DictReader(io.StringIO(sheet)))[-1]["name_en"].startswith("'=")

    async def test_ceilings_with_their_sources(self, register: Running) -> None:
        found = (await register.client().get(f"{URL}/ceilings", params={"country": "MY", "on": "2020-01-01"})).json()
        assert [(one["id"], one["amount"], one["confidence"]) for one in found["items"]] == [("my-2019", 160_000, "B")]


UNTIL = date(2028, 1, 31)
NAMES = st.text(min_size=1, max_size=160)
STATUSES = st.sampled_from(list(LicenceStatus))


@st.composite
def answers(draw: st.DrawFn) -> Found:
    agencies = draw(
        st.lists(st.builds(AgencyFound, st.just("RL-99999"), st.builds(Text, NAMES, NAMES), STATUSES, st.just(UNTIL)), max_size=2)
    )
    agents = draw(st.lists(st.builds(SubAgentFound, NAMES, st.builds(Text, NAMES, NAMES), st.just("RL-99999"), st.booleans()), max_size=2))
    return Found(agencies, agents, judged=draw(st.booleans()))


class TestMessage:
    CEILINGS = (None, *ceilings.load().entries)

    @given(answers(), st.sampled_from(CEILINGS))
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_fits_two_segments_in_both_languages_and_says_the_verdict(self, found: Found, lawful: ceilings.Ceiling | None) -> None:
        said = message(found, lawful)
        words = rules.VERDICT_WORDS[verdict(found)]
        assert units(said.bn) <= rules.MOST_UNITS
        assert units(said.en) <= rules.MOST_UNITS
        assert said.bn.startswith(words.bn)
        assert said.en.startswith(words.en)
        assert "১৬১৩৫" in said.bn

    def test_by_hand(self) -> None:
        shapla = AgencyFound("RL-0001", Text("Shapla Overseas", "শাপলা ওভারসিজ"), LicenceStatus.VALID, UNTIL)
        men = ceilings.load().lawful("SA", "male", "any", date(2026, 1, 1))
        assert message(Found([shapla], []), men).bn == ("লাইসেন্স বৈধ। RL-0001 শাপলা ওভারসিজ। সর্বোচ্চ ১,৬৫,০০০ টাকা। বিনামূল্যে সাহায্য: ১৬১৩৫।")
        assert message(Found([], []), men).bn == "নিবন্ধিত নয়: টাকা দেবেন না। বিনামূল্যে সাহায্য: ১৬১৩৫।"

    @pytest.mark.parametrize(
        ("amount", "written"), [(0, "0"), (999, "999"), (1000, "1,000"), (165_000, "1,65,000"), (12_345_678, "1,23,45,678")]
    )
    def test_money_is_written_as_here(self, amount: int, written: str) -> None:
        assert rules.grouped(amount) == written


class TestAskedAs:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("০১৭০০-০০০০০৯", (AskedAs.PHONE, "+8801700000009")),
            ("+966 50 123 4567", (AskedAs.PHONE, "+966501234567")),
            ("1234567", (AskedAs.NAME, "1234567")),
            ("আরএল নং ১২", (AskedAs.NUMBER, "RL-0012")),
            ("Shapla 24", (AskedAs.NAME, "Shapla 24")),
        ],
    )
    def test_what_was_typed(self, query: str, expected: tuple[AskedAs, str]) -> None:
        assert asked_as(query) == expected

    @given(st.text(max_size=100))
    @settings(deadline=None)
    def test_anything_is_something(self, query: str) -> None:
        asked_as(query)

    def test_one_of_several_is_no_verdict_on_one(self) -> None:
        one = AgencyFound("RL-0001", Text("A", "ক"), LicenceStatus.VALID, UNTIL)
        assert verdict(Found([one, one], [])) is Verdict.SEVERAL

    def test_the_guidance_holds_together(self) -> None:
        assert guidance.load().report.items
