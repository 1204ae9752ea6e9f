from typing import Any

from contracts.days import DHAKA
from runner.testing import Running
from services.crisis.cases.requests.service import FAMILY

URL = "/v1/crisis/cases"


class TestAsk:
    async def test_gives_reference_secret_and_the_fifth_working_day_of_the_office(self, wing: Any, crisis: Running) -> None:
        asked = await wing.ask()
        assert asked["office"]["en"] == "Labour Welfare Wing, Beirut"
        case = await wing.read(asked["reference"])
        assert (case["origin"], case["kind"], case["state"]) == ("family", "detention", "waiting")
        assert case["applicant"]["phone"] == "+8801711223344"
        step = next(one for one in case["steps"] if one["code"] == "family_answered")
        assert step["due"] == asked["due"]
        assert not step["illustrative"]
        assert "BDGS-1637816025" in step["source"]
        assert await wing.listed("family") == [asked["reference"]]
        for table in ("wing_case", "outbox"):
            assert "রাবেয়া".encode() not in await crisis.raw(table)
            assert b"1711223344" not in await crisis.raw(table)
            assert asked["secret"].replace(" ", "").encode() not in await crisis.raw(table)

    async def test_where_there_is_no_wing_dhaka_answers(self, wing: Any) -> None:
        asked = await wing.ask(country="SD")
        assert "Control room" in asked["office"]["en"]
        assert (await wing.read(asked["reference"], by=wing.supervisor))["calendar_zone"] == str(DHAKA)

    async def test_takes_digits_of_both_scripts_and_refuses_a_program(self, wing: Any) -> None:
        refused = await wing.nobody.post(f"{URL}/requests", json={"need": "detained", "country": "LB", "person": {}, "applicant": {}})
        assert {one["pointer"] for one in refused.json()["errors"]} == {"/person/name", "/applicant/name", "/applicant/phone"}
        body = {
            "need": "stranded",
            "country": "LB",
            "person": {"name": "ক"},
            "applicant": {"name": "খ", "phone": "01711223344"},
            "website": "x",
        }
        assert (await wing.nobody.post(f"{URL}/requests", json=body)).status_code == 422


class TestFollow:
    async def test_the_family_hears_as_much_as_the_person_agrees_to(self, wing: Any, crisis: Running) -> None:
        asked = await wing.ask()
        first = (await wing.follow(asked)).json()
        assert (first["state"], first["answer"], first["is_late"]) == ("received", None, False)
        case = await wing.act(await wing.read(asked["reference"]), "taking")
        assert (await wing.follow(asked)).json()["state"] == "at_work"
        refused = await wing.try_to(case, "answer", {"words": "রুমিয়েতে আছেন"})
        assert refused.json()["type"].endswith("person-not-asked")
        case = await wing.act(await wing.visit(case), "details", {"details": {"family_may_know": "yes"}})
        await wing.act(case, "answer", {"words": "ভালো আছেন। শুনানি ১২ ডিসেম্বর।"})
        answered = (await wing.follow(asked)).json()
        assert (answered["state"], answered["answer"]) == ("answered", "ভালো আছেন। শুনানি ১২ ডিসেম্বর।")
        assert "crisis.family.answered.v1" in str(await crisis.rows("outbox"))
        assert any(row.caller == FAMILY for row in await crisis.rows("access_log"))

    async def test_of_a_person_who_said_no_only_that_it_was_handled(self, wing: Any) -> None:
        asked = await wing.ask()
        case = await wing.act(await wing.read(asked["reference"]), "taking")
        case = await wing.act(await wing.visit(case), "details", {"details": {"family_may_know": "no"}})
        await wing.act(case, "answer", {"handled_only": True, "words": "never shown"})
        answered = (await wing.follow(asked)).json()
        assert (answered["state"], answered["answer"]) == ("answered", None)

    async def test_its_case_does_not_end_before_the_family_was_answered(self, wing: Any) -> None:
        asked = await wing.ask()
        case = await wing.visit(await wing.act(await wing.read(asked["reference"]), "taking"))
        refused = await wing.try_to(case, "closing", {"outcome": "released"})
        assert refused.json()["missing"] == ["family_answered"]

    async def test_the_same_words_for_a_wrong_secret_and_for_no_such_request_and_few_tries(self, wing: Any) -> None:
        asked = await wing.ask()
        wrong = {"reference": asked["reference"], "secret": "0000 0000"}
        first = await wing.follow(wrong)
        assert (first.status_code, first.json()["type"]) == (409, "urn:probashi:problem:wrong-reference-or-secret")
        for _ in range(4):
            await wing.follow(wrong)
        assert (await wing.follow(asked)).status_code == 429

    async def test_an_officers_own_case_is_followed_by_nobody(self, wing: Any) -> None:
        case = await wing.open()
        assert (await wing.follow({"reference": case["reference"], "secret": "1234 5678"})).status_code == 409
