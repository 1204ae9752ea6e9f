"""An incident from the officer's page to the airport's signature, over the real services: family, seats, departure, hand-over."""

from typing import Any

from services.portal.tests.conftest import Browser, parsed


async def opened(browser: Browser, **changed: str) -> str:
    await browser.open("/incidents/new")
    fields = {"country": "LB", "hazard": "conflict", "phase": "during", "commander": "First Secretary", "reason": "Strikes", **changed}
    answer = await browser.send("/incidents/new", fields)
    assert answer.status_code == 200, browser.words
    return browser.path.removeprefix("/incidents/")


async def act(browser: Browser, action: str, **fields: Any) -> None:
    answer = await browser.send(action, fields)
    assert answer.status_code == 200, browser.words


async def test_from_the_incident_to_the_signature_at_the_airport(browser: Browser, other_browser: Browser, bangla: Browser) -> None:
    await browser.sign_in("wing-beirut", "/incidents")
    incident = await opened(browser)
    at = f"/incidents/{incident}/act/"
    await act(browser, at + "script", bn="ঘরে থাকুন", en="Stay indoors")
    await act(browser, at + "report", summary="Quiet", what="safe", number="40", source="Embassy", may_tell="yes")
    assert "Embassy" in browser.words

    await bangla.sign_in("agent", "/desk")
    assert "ঘরে থাকুন" in bangla.words
    assert "৪০" in bangla.words
    ask = f"/incidents/{incident}/enquiries/new"
    await bangla.open(ask)
    assert (await bangla.send(ask, {"asker.name": "Amena"})).status_code == 422
    await act(bangla, ask, **{"sought.name": "Salma Nomuna", "asker.name": "Amena", "asker.relation": "parent", "may_tell": "family"})

    evacuation = f"/evacuation/{incident}/"
    await browser.open(f"/evacuation/{incident}")
    await act(browser, evacuation + "window")
    await act(browser, evacuation + "register", name="Salma Nomuna", sex="female", age_band="25_34", papers="ok", district="BD-08")
    leg = {"mode": "air", "from_place": "Beirut", "from_country": "LB", "to_place": "Dhaka", "to_country": "BD", "operator": "Charter"}
    await act(browser, evacuation + "leg", **leg, departs="2026-12-01T10:00", capacity="2")
    person = browser.answer.text.split('name="evacuees" value="')[1].split('"')[0]
    await act(browser, evacuation + "seats", evacuees=person)
    journey = next(link for _, _, link, _ in parsed(browser.answer.text).iterlinks() if link.startswith("/evacuation/legs/"))
    await browser.open(journey)
    assert "Salma Nomuna" in browser.words
    await act(browser, f"{journey}/departure")
    await other_browser.sign_in("airport", "/evacuation/legs")
    assert f'href="{journey}"' in other_browser.answer.text
    await other_browser.open(journey)
    await act(other_browser, f"{journey}/arrival")
    await browser.open(journey)
    await act(browser, f"{journey}/handover", to_unit="welfare_desk", received="1")
    await other_browser.open(journey)
    await act(other_browser, f"{journey}/countersignature")
    assert "Signed by both" in other_browser.words
    await browser.open(f"/incidents/{incident}")
    for words in (
        "Incident opened: Strikes",
        "Situation report",
        "Registration for the evacuation opened",
        "Journey departed",
        "Journey arrived",
    ):
        assert words in browser.words
    assert "registration-opened" not in browser.words

    await bangla.open(f"/incidents/{incident}/enquiries")
    enquiry = next(link for _, _, link, _ in parsed(bangla.answer.text).iterlinks() if link.startswith("/incidents/enquiries/"))
    await bangla.open(enquiry)
    await act(bangla, f"{enquiry}/match")
    assert "শনাক্ত হয়েছেন" in bangla.words
    await act(bangla, f"{enquiry}/answers", status="believed_alive", channel="call")
    await act(bangla, f"{enquiry}/ending", outcome="found")
    await browser.open(f"/incidents/{incident}")
    await act(browser, f"{at}closing", reason="Over")
    assert "Closed" in browser.words
