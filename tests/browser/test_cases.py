"""Cases in a real browser at the width of a phone, in both languages: a detention, a death, a family left behind."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx
from sqlalchemy import text

from kit.database import make_engine
from kit.testing.days import today
from runner.identity import access_token
from runner.suite import Suite
from tests.browser.conftest import PASSWORD, Person, tick

SAID: Final = {
    "en": {
        "given": "Given",
        "certain": "The death is confirmed.",
        "reported": "A death was reported. It is not confirmed.",
        "no_cheque": "Due: hand it over",
        "overdue": "The visit is overdue",
        "problem": "There is a problem",
        "through": "Never reach the family through the one who harms them",
        "paid": "700",
    },
    "bn": {
        "given": "দেওয়া হয়েছে",
        "certain": "মৃত্যু নিশ্চিত হয়েছে।",
        "reported": "মৃত্যুর একটি খবর এসেছে। এখনো নিশ্চিত নয়।",
        "no_cheque": "প্রাপ্য: হস্তান্তর করুন",
        "overdue": "সাক্ষাতের সময় পেরিয়ে গেছে",
        "problem": "একটি সমস্যা হয়েছে",
        "through": "তাঁর মাধ্যমে কখনো পরিবারের সঙ্গে যোগাযোগ করা যাবে না",
        "paid": "৭০০",
    },
}
BODY: Final[Mapping[str, Any]] = {
    "channel": "phone",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "01712345678", "relation": "family"},
    "victim": {"name": "করিম নমুনা", "sex": "male", "age_band": "25_34"},
    "narrative": "তিন দিন ধরে খবর নেই।",
}


async def api(whole: Suite, account: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    token = await access_token(whole.place.public_url, account, PASSWORD)
    headers = {"Authorization": f"Bearer {token}", "If-Match": "*", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(timeout=240) as http:
        answer = await http.post(f"{whole.place.public_url}/v1/complaints{path}", json=dict(body), headers=headers)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def lodge(whole: Suite, category: str, account: str = "agent", **changes: Any) -> str:
    return str((await api(whole, account, "", {**BODY, "category": category, **changes}))["reference"])


class Desk:
    """An officer who writes into a case; each page is looked at on the way."""

    def __init__(self, person: Person, reference: str) -> None:
        self.person = person
        self.page = person.page
        self.case = f"/complaints/{reference}/case"

    async def open(self) -> None:
        await self.person.open(self.case)
        await self.looks_right()

    async def looks_right(self) -> None:
        assert await self.person.violations() == []
        assert await self.person.overflow() <= 0

    async def write(self, act: str, *, link: str = "", **answers: str | list[str]) -> None:
        """Through the link on the page of the case. A word fills, chooses or ticks, whatever the question is; a list ticks several."""
        await self.page.click(link or f"main a[href^='{self.case}/{act}']")
        await self.page.wait_for_url(f"**{self.case}/{act}*")
        await self.looks_right()
        for name, answer in answers.items():
            await self.person.answer(name.replace("__", "."), answer)
        async with self.page.expect_navigation():
            await self.page.click("form[data-once] button")


class TestADetention:
    async def test_a_wing_walks_it_from_the_list_to_the_end(self, on_a_phone: Person, whole: Suite, language: str) -> None:
        reference, day = await lodge(whole, "detained"), today().isoformat()
        await on_a_phone.sign_in("wing-riyadh", "/cases")
        await Desk(on_a_phone, reference).looks_right()
        desk = Desk(on_a_phone, reference)
        await desk.open()
        await desk.write("distress", place="তারহিল, সেল ৪", family_may_know="yes", ministry_service="yes")
        await desk.write("request", need="detention", urgency="4")
        await desk.write("step", kind="lawyer", source="wing", done_on=day, cost="১,২০০", currency="SAR", borne_by="agency")
        assert "1,200 SAR" in await on_a_phone.words() or "১,২০০ SAR" in await on_a_phone.words()
        await desk.write("family-told", on=day)
        await desk.write("request-end", state="met", on=day, note="মুক্তি পেয়েছেন")
        await desk.looks_right()
        assert SAID[language]["given"] in await on_a_phone.words()
        await on_a_phone.open(f"/complaints/{reference}")
        assert await on_a_phone.page.is_visible("#case a[href$='/case']")
        assert on_a_phone.faults == []


class TestADeath:
    async def test_from_the_report_to_the_grant_at_the_airport_and_wages_paid(
        self, on_a_phone: Person, whole: Suite, language: str
    ) -> None:
        reference, day, said = await lodge(whole, "death"), today().isoformat(), SAID[language]
        desk = Desk(on_a_phone, reference)
        await on_a_phone.sign_in("wing-riyadh", "/cases")
        await desk.open()
        answers = {"reported_by": "employer", "died_on": day, "cause": "work_accident", "suspicious": "no", "police_case": "none"}
        await desk.write("death", cleared="yes", **answers)
        assert said["reported"] in await on_a_phone.words()
        await desk.looks_right()
        await desk.write("wish", wish="return", relation="স্ত্রী", said_on=day)
        await desk.write("identity", identity="confirmed", source="hospital", on=day)
        assert said["problem"] in await on_a_phone.words()
        await desk.looks_right()
        await tick(on_a_phone.page, "[name=seen][value=passport]")
        async with on_a_phone.page.expect_navigation():
            await on_a_phone.page.click("form[data-once] button")
        assert said["certain"] in await on_a_phone.words()
        await desk.write("transport", flight=f"BG {reference[-4:]}", airport="DAC", arrives_on=day, receiver="আবদুল নমুনা")
        await desk.write("money", kind="wages", payer="employer", claimed="৯০০", currency="SAR", claimed_on=day)
        await desk.write("agreement", agreed="700", on=day)
        await desk.write("payment", amount="700", paid_on=day, proof="family_confirmed")
        assert f"{said['paid']} SAR" in await on_a_phone.words()
        await desk.looks_right()
        await self._at_the_airport(on_a_phone, reference, day, said["no_cheque"])

    async def _at_the_airport(self, person: Person, reference: str, day: str, due: str) -> None:
        await person.open("/")
        await person.send("/sign-out")
        await person.sign_in("airport", "/cases/arrivals")
        desk = Desk(person, reference)
        await desk.looks_right()
        assert due in await person.words()
        await person.page.click(f"main a[href='/cases/arrivals/{reference}']")
        await person.page.wait_for_url(f"**/cases/arrivals/{reference}")
        await desk.looks_right()
        await desk.person.answer("on", day)
        await desk.person.answer("grant.amount", "৩৫,০০০")
        await desk.person.answer("grant.paid_on", day)
        async with person.page.expect_navigation():
            await person.page.click("form[data-once] button")
        assert await person.page.locator(f"main a[href='/cases/arrivals/{reference}']").count() == 0
        assert "35,000 BDT" in await person.words() or "৩৫,০০০ BDT" in await person.words()
        assert person.faults == []


class TestAFamily:
    async def test_whose_visit_is_overdue_stands_in_the_list_and_is_visited(self, on_a_phone: Person, whole: Suite, language: str) -> None:
        reference, day, said = await lodge(whole, "family_left", "demo-cumilla"), today().isoformat(), SAID[language]
        await api(whole, "demo-cumilla", f"/{reference}/actions/take", {})
        desk = Desk(on_a_phone, reference)
        await on_a_phone.sign_in("demo-cumilla", "/cases")
        await desk.open()
        family: dict[str, Any] = {
            "who": "wife",
            "issues": ["absent_spouse", "remittance_stopped"],
            "abuser": "absent_spouse",
            "children": "২",
        }
        await desk.write("protection", reach_through="absent_spouse", **family)
        assert said["through"] in await on_a_phone.words()
        await desk.person.answer("reach_through", "neighbour")
        async with on_a_phone.page.expect_navigation():
            await on_a_phone.page.click("form[data-once] button")
        await desk.write("assessment", answers=["violence_before"], level="high", reason="হুমকি দিয়েছে", plan="বোনের বাড়ি")
        await desk.looks_right()
        await _nobody_came(whole, reference)
        await on_a_phone.open("/cases/visits")
        await desk.looks_right()
        row = on_a_phone.page.locator("li", has_text=reference)
        assert await row.locator(".govuk-tag--red").count() == 1
        await desk.open()
        assert said["overdue"] in await on_a_phone.words()
        await desk.write("visit", done_on=day, seen_alone="yes", findings="ভালো আছেন")
        assert said["overdue"] not in await on_a_phone.words()
        await desk.looks_right()
        assert on_a_phone.faults == []


async def _nobody_came(whole: Suite, reference: str) -> None:
    """As if nine days had passed since the plan."""
    engine = make_engine(whole.database_url("complaints"), pool=1)
    try:
        async with engine.begin() as connection:
            mine = "(select id from complaint where reference = :one)"
            late = f"update protection_file set next_visit = next_visit - 16 where complaint_id = {mine}"
            await connection.execute(text(late), {"one": reference})
    finally:
        await engine.dispose()
