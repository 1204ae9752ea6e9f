"""A restricted complaint opened in an emergency, its consent taken back, its words held: on phones, in Bangla, in a real browser."""

from playwright.async_api import Browser

from runner.suite import Suite
from tests.browser.conftest import Person, person, tick
from tests.browser.test_redress import lodged

REASON = "তিনি ফোনে কাঁদছেন, সেলে কেউ ধরছে না"


async def sound(one: Person) -> None:
    assert await one.violations() == [], one.page.url
    assert await one.overflow() == 0, one.page.url
    assert one.faults == []


async def test_glass_is_broken_a_consent_taken_back_and_words_held(chrome: Browser, whole: Suite) -> None:
    reference = await lodged(whole, category="physical_abuse")
    officer = await person(chrome, whole, "bn", width=360)
    await officer.sign_in("demo-sylhet", f"/break-glass?reference={reference}")
    await officer.page.fill("[name=reason]", REASON)
    await tick(officer.page, "[name=minutes][value='15']")
    await sound(officer)
    await officer.send("/break-glass")
    assert "পাঁচ লাখ টাকা" in await officer.words()

    supervisor = await person(chrome, whole, "bn", width=360)
    await supervisor.sign_in("supervisor", "/break-glass/uses")
    assert REASON in await supervisor.words()
    await sound(supervisor)
    await supervisor.open(f"/complaints/{reference}")
    await supervisor.page.click("#consents summary")
    await supervisor.page.select_option("#consent-recipient", "police")
    await supervisor.send(f"/complaints/{reference}/consents")
    async with supervisor.page.expect_navigation():
        await supervisor.page.click("form[action$='/withdrawal'] button")
    assert "প্রত্যাহার" in await supervisor.page.inner_text("#consents")
    assert await supervisor.page.locator("form[action$='/withdrawal']").count() == 0
    await supervisor.page.fill("#hold-reason", "মামলা চলছে")
    await supervisor.send(f"/complaints/{reference}/hold")
    assert "সংরক্ষণের আদেশে আছে" in await supervisor.page.inner_text("#keeping")
    await sound(supervisor)
    await officer.context.close()
    await supervisor.context.close()
