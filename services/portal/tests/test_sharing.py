"""The simulator and the log of decisions on their pages, over the real services."""

from datetime import date

from services.portal.tests.conftest import Browser
from services.portal.tests.test_partners import entered, step

SENT = "bd.probashi.reintegration.referral.sent.v1"


async def with_an_agreement(keeper: Browser, second: Browser) -> str:
    """Verified, and with an agreement that is proposed and not signed yet."""
    code = await entered(keeper)
    await second.sign_in("decider", f"/partners/{code}")
    await step(second, code, "verify", {"words": "Looked up"})
    last = {"valid_until.day": "1", "valid_until.month": "1", "valid_until.year": "2028"}
    await step(keeper, code, "propose", {"purposes": ["referral"], "fields": ["help"], "reference": "MoU 7", **last})
    return code


def on(day: date, name: str = "on") -> str:
    return f"{name}.day={day.day}&{name}.month={day.month}&{name}.year={day.year}"


class TestTheSimulator:
    async def test_shows_a_proposal_as_though_it_was_signed_and_what_a_later_day_changes(
        self, browser: Browser, other_browser: Browser, bangla: Browser
    ) -> None:
        code = await with_an_agreement(browser, other_browser)
        asked = f"/sharing/simulator?organisation={code}&record_type={SENT}&asker=program"
        await browser.open(asked)
        assert "0 of 5 details are given." in browser.words
        assert "No agreement names this purpose." in browser.words
        await browser.open(f"/partners/{code}")
        (proposal,) = {part.split('"')[0] for part in browser.answer.text.split("&amp;agreement=")[1:]}
        await browser.open(f"{asked}&agreement={proposal}&{on(date(2028, 1, 2), 'then')}")
        assert "1 of 5 details is given." in browser.words
        assert "Until 1 January 2028." in browser.words
        assert "The agreement has ended by that day." in browser.words
        assert browser.words.count("Changes") == 1
        await bangla.sign_in("analyst", f"{asked}&agreement={proposal}")
        assert "৫টি তথ্যের মধ্যে ১টি দেওয়া হয়।" in bangla.words

    async def test_of_another_organisation_is_refused_beside_the_form(
        self, browser: Browser, other_browser: Browser, bangla: Browser
    ) -> None:
        code = await with_an_agreement(browser, other_browser)
        await bangla.sign_in("ngo-two", f"/sharing/simulator?organisation={code}&record_type={SENT}")
        assert (bangla.answer.status_code, "সমস্যা" in bangla.words) == (404, True)
        assert "তথ্যের মধ্যে" not in bangla.words


class TestTheLog:
    async def test_is_for_who_analyses_and_audits(self, browser: Browser, bangla: Browser) -> None:
        await bangla.sign_in("analyst", "/sharing/decisions")
        for log in ("partners", "nationals", "complaints", "returnees"):
            await bangla.open(f"/sharing/decisions?log={log}")
            assert (bangla.answer.status_code, "তথ্য দেওয়া নিয়ে কী সিদ্ধান্ত হয়েছে" in bangla.words) == (200, True)
        await browser.sign_in("ngo-one", "/sharing/decisions")
        assert browser.answer.status_code == 403
