"""The agent's page of complaints, over the real complaints service."""

import asyncio
import os
import re
import signal

import httpx

from runner.suite import Suite
from services.portal.tests.conftest import Browser

NEW = "/complaints/new"
SAID = {
    "caller_safe": "no",
    "narrative": "চার মাস বেতন নেই, পাসপোর্ট আটকে রেখেছে",
    "category": "wages",
    "country": "SA",
    "reporter.relation": "self",
    "reporter.name": "রহিম নমুনা",
    "reporter.phone": "০১৭১২৩৪৫৬৭৮",
    "safe_contact.may_call": "no",
    "respondent.licence": "RL-0001",
}


class TestNew:
    async def test_shows_the_reference_to_be_read_to_the_caller(self, browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        await browser.send(NEW, SAID)
        assert browser.answer.status_code == 200
        assert browser.path.startswith("/complaints/C-")
        assert "Read the reference to the caller" in browser.words
        assert "The caller is not safe" in browser.words

    async def test_takes_bengali_digits(self, browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        await browser.send(NEW, SAID)
        assert "+8801712345678" in browser.words

    async def test_a_double_click_makes_one_complaint(self, browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        answers = await asyncio.gather(*(browser.press(NEW, SAID) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.headers["location"] for answer in answers}) == 1

    async def test_needs_no_name_and_no_document(self, browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        least = {"narrative": "মারধর করে", "category": "physical_abuse", "country": "LB", "reporter.relation": "anonymous"}
        await browser.send(NEW, least)
        assert browser.path.startswith("/complaints/C-")

    async def test_an_office_that_is_complained_about_does_not_see_it(self, browser: Browser, other_browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        await browser.send(NEW, SAID | {"respondent.licence": "", "respondent.office": "wing-SA", "victim.disability": "yes"})
        assert browser.path.startswith("/complaints/C-"), browser.words
        assert "Labour Welfare Wing, Riyadh" in browser.words
        assert "Do they live with a disability? Yes" in browser.words
        await other_browser.sign_in("wing-riyadh", browser.path)
        assert other_browser.answer.status_code == 404

    async def test_text_of_an_old_font_is_asked_about_at_the_counter_too(self, bangla: Browser) -> None:
        await bangla.sign_in("demo-cumilla", NEW)
        await bangla.send(NEW, SAID | {"narrative": "gvwjK Avgv‡K gviai K‡i|", "district": "BD-08"})
        assert "মালিক আমাকে মারধর করে।" in bangla.words
        assert bangla.typed(NEW, "reporter.name") == SAID["reporter.name"]
        await bangla.send(NEW, {"font": "old"})
        assert bangla.path.startswith("/complaints/C-"), bangla.words
        assert "মালিক আমাকে মারধর করে।" in bangla.words
        assert "gvwjK Avgv‡K gviai K‡i|" in bangla.words  # in the history, as it was pasted

    async def test_says_in_bangla_what_to_mend_and_keeps_what_was_typed(self, bangla: Browser) -> None:
        await bangla.sign_in("agent", NEW)
        await bangla.send(NEW, SAID | {"country": "", "reporter.phone": "12"})
        assert bangla.answer.status_code == 422
        assert "কোন দেশে? এই তথ্যটি আবশ্যক।" in bangla.words
        assert 'id="reporter-phone-error"' in bangla.answer.text
        assert bangla.typed(NEW, "narrative") == SAID["narrative"]
        assert bangla.typed(NEW, "category") == "wages"
        assert bangla.typed(NEW, "caller_safe") == "no"

    async def test_a_mended_form_is_taken(self, browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        await browser.send(NEW, SAID | {"country": ""})
        await browser.send(NEW, {"country": "SA"})
        assert browser.path.startswith("/complaints/C-")

    async def test_is_refused_before_anything_is_typed(self, browser: Browser) -> None:
        await browser.sign_in("analyst", NEW)
        assert browser.answer.status_code == 403

    async def test_markup_is_shown_as_it_was_typed(self, browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        await browser.send(NEW, SAID | {"narrative": "<script>alert(1)</script>"})
        assert "<script>alert" not in browser.answer.text
        assert "<script>alert(1)</script>" in browser.words

    async def test_nothing_typed_is_lost_while_the_service_is_away(self, suite: Suite, browser: Browser) -> None:
        await browser.sign_in("agent", NEW)
        key = browser.typed(NEW, "key")
        stopped = suite.supervisor.pid("complaints")
        os.kill(stopped, signal.SIGSTOP)
        try:
            away = await browser.send(NEW, SAID)
        finally:
            os.kill(stopped, signal.SIGCONT)
        assert away.status_code == 503
        assert "recorded only once" in browser.words
        assert browser.typed(NEW, "narrative") == SAID["narrative"]
        assert browser.typed(NEW, "category") == "wages"
        assert browser.typed(NEW, "key") == key
        await suite.supervisor.ready()
        first_or_second = await browser.send(NEW)
        assert first_or_second.status_code == 200
        assert browser.path.startswith("/complaints/C-")


class TestRead:
    async def test_finds_by_reference_however_it_is_typed(self, browser: Browser) -> None:
        reference = await _lodged(browser)
        await browser.open(f"/complaints?reference={reference.lower()}")
        assert reference in browser.words

    async def test_an_unknown_reference_is_not_found(self, browser: Browser) -> None:
        reference = await _lodged(browser)
        await browser.send("/sign-out")
        await browser.sign_in("wing-beirut", f"/complaints/{reference}")
        assert browser.answer.status_code == 404

    async def test_what_is_no_reference_is_explained(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/complaints/XYZ")
        assert browser.answer.status_code == 422
        assert "XYZ" not in browser.words

    async def test_the_list_shows_it_first(self, browser: Browser) -> None:
        reference = await _lodged(browser)
        await browser.open("/complaints")
        first = re.search(r"C-\w{4}-\w{4}", browser.words)
        assert first is not None
        assert first[0] == reference


class TestSlip:
    async def test_carries_nothing_that_harms_its_holder(self, browser: Browser) -> None:
        reference = await _lodged(browser)
        await browser.open(f"/complaints/{reference}/slip")
        assert reference in browser.words
        for secret in (SAID["reporter.name"], "বেতন", "Wages", "RL-0001", "1712345678"):
            assert secret not in browser.words

    async def test_is_in_bangla_for_a_bangla_reader(self, bangla: Browser) -> None:
        reference = await _lodged(bangla)
        await bangla.open(f"/complaints/{reference}/slip")
        assert "আপনার অভিযোগ গৃহীত হয়েছে" in bangla.words
        assert "১৬১৩৫" in bangla.words


async def _lodged(browser: Browser) -> str:
    await browser.sign_in("agent", NEW)
    answer: httpx.Response = await browser.press(NEW, SAID)
    return answer.headers["location"].removeprefix("/complaints/").partition("?")[0]
