"""The DEMO officer's page of returnees, over the real reintegration service."""

import asyncio

from services.portal.tests.conftest import Browser

NEW = "/returnees/new"
TOLD = {
    "name": "Jamal Nomuna",
    "name_bn": "জামাল নমুনা",
    "phone": "০১৭১২৩৪৫৬৭৮",
    "sex": "male",
    "age_band": "35_44",
    "district": "BD-08",
    "country": "SA",
    "returned_on.day": "১২",
    "returned_on.month": "১০",
    "returned_on.year": "২০২৬",
    "return_reason": "contract_ended",
}


class TestNew:
    async def test_registers_and_opens_a_case_at_once(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD | {"needs": ["job", "loan"], "consent.granted": "yes"})
        assert browser.answer.status_code == 200
        assert "Case opened" in browser.words
        assert "Finding work, A loan" in browser.words
        assert "+8801712345678" in browser.words
        assert "12 October 2026" in browser.words

    async def test_needs_no_document_and_no_case(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        assert "Returnee registered" in browser.words

    async def test_a_case_can_be_opened_later(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        action = f"{browser.path}/case"
        await browser.send(action, {})
        assert browser.answer.status_code == 422
        assert "What help is needed?" in browser.words
        await browser.send(action, {"needs": ["training"]})
        assert "Training in a trade" in browser.words

    async def test_a_double_click_registers_once(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        answers = await asyncio.gather(*(browser.press(NEW, TOLD | {"needs": ["job"]}) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.headers["location"].partition("?")[0] for answer in answers}) == 1

    async def test_says_in_bangla_what_to_mend_and_keeps_what_was_typed(self, bangla: Browser) -> None:
        await bangla.sign_in("demo-cumilla", NEW)
        wrong = {"returned_on.month": "১৩", "documents.0.number": "AB 1", "needs": ["job", "debt"], "district": ""}
        await bangla.send(NEW, TOLD | wrong)
        assert bangla.answer.status_code == 422
        assert 'id="returned_on-error"' in bangla.answer.text
        assert 'id="district-error"' in bangla.answer.text
        assert bangla.typed(NEW, "returned_on.month") == "১৩"
        assert bangla.typed(NEW, "documents.0.number") == "AB 1"
        assert bangla.form(NEW)["needs"] == ["job", "debt"]

    async def test_is_refused_before_anything_is_typed(self, browser: Browser) -> None:
        await browser.sign_in("wing-riyadh", NEW)
        assert browser.answer.status_code == 403


class TestRead:
    async def test_another_district_does_not_see_it(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        page = browser.path
        await browser.send("/sign-out")
        await browser.sign_in("demo-sylhet", page)
        assert browser.answer.status_code == 404

    async def test_the_list_shows_it_in_the_readers_script(self, bangla: Browser) -> None:
        await bangla.sign_in("demo-cumilla", NEW)
        await bangla.send(NEW, TOLD)
        await bangla.open("/returnees")
        assert "জামাল নমুনা" in bangla.words

    async def test_the_slip_names_nobody(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        await browser.open(f"{browser.path}/slip")
        assert "You are registered" in browser.words
        assert "Jamal" not in browser.words
