"""What is known after the action: how long a warning took and who decided, and what became of everybody whom it concerned."""

from services.portal.tests.conftest import Browser
from services.portal.tests.test_incidents import act, opened

WARNING = {
    "country": "LB",
    "event": "Air strikes",
    "headline": "Stay indoors",
    "headline_bn": "ঘরে থাকুন",
    "description": "Strikes in the south.",
    "description_bn": "দক্ষিণে হামলা।",
    "instruction": "Stay where you are.",
    "instruction_bn": "যেখানে আছেন সেখানেই থাকুন।",
    "severity": "Minor",
    "urgency": "Immediate",
    "certainty": "Likely",
    "response": "Shelter",
    "is_drill": "yes",
}


async def test_a_drill_is_looked_back_on(browser: Browser, other_browser: Browser, bangla: Browser) -> None:
    await browser.sign_in("wing-beirut", "/alerts/new")
    await act(browser, "/alerts/new", **WARNING)
    alert = browser.path.removeprefix("/alerts/")
    incident = await opened(browser, alerts=alert, is_drill="yes")
    assert f'href="/incidents/{incident}/after-action"' in browser.answer.text
    await browser.open(f"/incidents/{incident}/after-action")
    assert "Not decided yet" in browser.words
    assert "Nobody has acknowledged it" in browser.words

    await other_browser.sign_in("supervisor", f"/alerts/{alert}")
    await act(other_browser, f"/alerts/{alert}/decision/release")
    await browser.open(f"/alerts/{alert}")
    await act(browser, f"/alerts/{alert}/acknowledge")
    evacuation = f"/evacuation/{incident}/"
    await browser.open(f"/evacuation/{incident}")
    await act(browser, evacuation + "window")
    await act(browser, evacuation + "register", name="Salma Nomuna", sex="female", age_band="25_34", papers="ok", district="BD-08")

    await browser.open(f"/incidents/{incident}/after-action")
    for words in ("DRILL, not real", "It comes out even.", "Concerned by the danger", "by an officer", "After the action: Lebanon"):
        assert words in browser.words, words
    assert "On the list to leave, or under way1 " in browser.words
    assert "Nobody has acknowledged it" not in browser.words
    assert "by itself" not in browser.words

    await bangla.sign_in("supervisor", f"/alerts/{alert}")
    assert f'href="/alerts/{alert}/after-action"' in bangla.answer.text
    await bangla.open(f"/alerts/{alert}/after-action")
    assert "একজন কর্মকর্তা সিদ্ধান্ত দিয়েছেন" in bangla.words
