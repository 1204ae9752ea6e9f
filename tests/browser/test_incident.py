"""The pages of a crisis in a browser: on a phone at the border, in both languages, without a fault of accessibility."""

import re

from tests.browser.conftest import Person


async def test_from_a_warning_to_the_manifest_on_a_phone(on_a_phone: Person, somebody: Person) -> None:
    page = on_a_phone.page
    await on_a_phone.sign_in("wing-beirut", "/incidents/new?country=LB")
    await page.select_option("#hazard", "conflict")
    await page.fill("#commander", "First Secretary")
    await page.fill("#reason", "Strikes in the south")
    await on_a_phone.send("/incidents/new")
    incident = re.sub(r".*/incidents/", "", page.url)
    await page.goto(f"{on_a_phone.url}/incidents/{incident}/enquiries/new")
    await page.fill("[name='sought.name']", "Salma Nomuna")
    await page.fill("[name='asker.name']", "Amena Nomuna")
    await page.select_option("[name='asker.relation']", "parent")
    await on_a_phone.send(f"/incidents/{incident}/enquiries/new")
    enquiry = page.url
    await page.goto(f"{on_a_phone.url}/evacuation/{incident}")
    await on_a_phone.send(f"/evacuation/{incident}/window")
    await page.click("#register summary")
    await page.fill("#name", "Salma Nomuna")
    await on_a_phone.send(f"/evacuation/{incident}/register")
    await page.click("a[href^='/evacuation/people/']")
    evacuee = re.sub(r".*/evacuation/people/", "/evacuation/people/", page.url)
    await on_a_phone.answer("papers", "travel_paper")
    await on_a_phone.send(f"{evacuee}/papers")
    await on_a_phone.answer("to", "sheltered")
    await on_a_phone.send(f"{evacuee}/state")
    asked = f"/incidents/{incident}/deployed"
    await on_a_phone.open(asked)
    await page.fill("#licences", "RL-0001")
    await on_a_phone.send(asked)
    await somebody.sign_in("agency-one", "/deployed")
    await somebody.page.click("main a[href^='/deployed/']")
    await somebody.answer("name", "Karim Nomuna")
    await somebody.answer("state", "help")
    async with somebody.page.expect_navigation():
        await somebody.page.click("form[action$='/add'] button")
    assert "Karim Nomuna" in await somebody.words()
    assert await somebody.violations() == []
    pages = (f"/incidents/{incident}", f"/incidents/{incident}/after-action", asked, "/postures", "/postures/LB", f"/evacuation/{incident}")
    walked = (
        *(f"/incidents/{incident}/{one}" for one in ("reports", "log", "people", "enquiries")),
        f"/evacuation/{incident}/new",
        evacuee,
        *pages,
    )
    for address in (*(on_a_phone.url + one for one in walked), enquiry):
        await page.goto(address)
        assert await on_a_phone.violations() == [], address
        assert await on_a_phone.overflow() <= 0, address
    await on_a_phone.open(pages[-1])
    assert "Salma Nomuna" in await on_a_phone.words()
