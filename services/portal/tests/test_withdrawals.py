"""Withdrawn consents on their page: a body without developers confirms its own, an officer sees who has not and notes a letter."""

import re
from uuid import uuid4

from kit.testing.waiting import until
from runner.suite import Suite
from services.portal.tests.conftest import Browser
from services.portal.tests.test_casework import YES, add_provider, api, opened


async def withdrawn(suite: Suite, browser: Browser, recipient: str, **provider: str) -> str:
    """A returnee was passed on to a body with consent, and takes the consent back: the id of the referral."""
    place = await opened(browser, name="Shahana Nomuna")
    kept = await add_provider(browser, f"Setu {uuid4().hex[:8]}", **provider)
    send = f"{place}/helps/training/{kept}"
    await browser.open(send)
    await browser.send(send, YES)
    assert browser.answer.status_code == 200, browser.words
    at = f"/v1/returnees/{place.rpartition('/')[2]}"
    (referral,) = (await api(suite, "demo-cumilla", "GET", f"{at}/referrals"))["items"]
    (consent,) = [one for one in (await api(suite, "demo-cumilla", "GET", f"{at}/consents"))["items"] if one["recipient"] == recipient]
    await api(suite, "demo-cumilla", "POST", f"{at}/consents/{consent['id']}/withdraw")
    return str(referral["id"])


async def shown(browser: Browser, referral: str, state: str = "unconfirmed") -> str:
    """The address of the confirmation of what concerns this referral, once it is on the list."""

    async def found() -> bool:
        await browser.open(f"/withdrawals?state={state}")
        while referral not in browser.answer.text and (more := re.search(r'href="(/withdrawals\?[^"]*cursor[^"]*)"', browser.answer.text)):
            await browser.open(more[1].replace("&amp;", "&"))
        return referral in browser.answer.text

    await until(found, True)
    section = next(part for part in browser.answer.text.split("<section")[1:] if referral in part)
    link = re.search(r'href="(/withdrawals/[0-9a-f-]+/confirmation)"', section)
    return link[1] if link else ""


class TestABodyWithoutDevelopers:
    async def test_confirms_on_its_own_page(self, suite: Suite, browser: Browser, other_browser: Browser, bangla: Browser) -> None:
        referral = await withdrawn(suite, browser, "ngo-two", org="ngo-two")
        ngo = other_browser
        await ngo.sign_in("ngo-two", "/withdrawals")
        at = await shown(ngo, referral)
        assert "Shahana" not in ngo.words
        await ngo.open(at)
        await ngo.send(at, {})
        assert ngo.answer.status_code == 422
        await ngo.send(at, {"outcome": "deleted"})
        assert (ngo.path, await shown(ngo, referral, "confirmed")) == ("/withdrawals", "")
        assert "What was received is deleted" in ngo.words
        assert "On this page" in ngo.words
        await ngo.open(at)
        await ngo.send(at, {"outcome": "nothing_held"})
        assert ngo.answer.status_code == 409
        await bangla.sign_in("ngo-one", "/withdrawals")
        assert referral not in bangla.answer.text
        await bangla.open(at)
        assert bangla.answer.status_code == 404


class TestAnOfficer:
    async def test_sees_who_has_not_confirmed_and_notes_a_letter(self, suite: Suite, browser: Browser, other_browser: Browser) -> None:
        """A body without an account here: the consent names its kind, and nothing reaches it from here."""
        referral = await withdrawn(suite, browser, "union-group", kind="union_group")
        admin = other_browser
        await admin.sign_in("admin", "/withdrawals")
        at = await shown(admin, referral, "unreachable")
        assert "Reach it by letter or phone." in admin.words
        await admin.open(at)
        await admin.send(at, {"outcome": "deleted"})
        assert admin.answer.status_code == 422
        await admin.send(at, {"outcome": "deleted", "way": "letter", "words": "Letter 12, file of the desk"})
        assert await shown(admin, referral, "confirmed") == ""
        assert "By letter" in admin.words
        await admin.open("/withdrawals?state=unconfirmed")
        assert referral not in admin.answer.text
