"""What is known after the action: how long a warning took and who decided, and what became of everybody whom it concerned."""

from datetime import timedelta

from kit.testing.days import today
from services.portal.tests.conftest import Browser, parsed
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


async def test_an_officer_ends_a_warning_and_the_supervisor_judges_it_anew(
    browser: Browser, other_browser: Browser, bangla: Browser
) -> None:
    await browser.sign_in("wing-beirut", "/alerts/new")
    await act(browser, "/alerts/new", **WARNING)
    alert = browser.path.removeprefix("/alerts/")
    await bangla.sign_in("supervisor", f"/alerts/{alert}")
    await act(bangla, f"/alerts/{alert}/decision/release")
    assert f'href="/alerts/{alert}/ending"' in bangla.answer.text
    await bangla.open(f"/alerts/{alert}/duty")
    assert f'href="/alerts/{alert}/ending"' in bangla.answer.text
    await bangla.open(f"/alerts/{alert}/ending")
    assert "কাউকে কিছু পাঠানো হবে না" in bangla.words
    assert (await bangla.send(f"/alerts/{alert}/ending", {"why": "over", "reason": "", "reason_bn": "থেমেছে"})).status_code == 422
    assert "থেমেছে" in bangla.answer.text, "what was typed stays"
    await act(bangla, f"/alerts/{alert}/ending", why="over", reason="It has stopped.", reason_bn="থেমেছে।")
    assert bangla.path == f"/alerts/{alert}"
    assert "বিপদ কেটে গেছে" in bangla.words
    assert f"/alerts/{alert}/ending" not in bangla.answer.text
    await bangla.open(next(one.get("href") for one in parsed(bangla.answer.text).iter("a") if one.text == "অন্য একটি বার্তা"))
    assert "থেমেছে।" in bangla.words

    await other_browser.sign_in("supervisor", "/replay")
    assert "Judge warnings anew" in other_browser.words
    await other_browser.open("/replay?day.day=31&day.month=2&day.year=2026&time=25")
    assert other_browser.answer.status_code == 422
    assert "Give a day, such as 23 11 2026." in other_browser.words
    tomorrow = today() + timedelta(days=1)
    await other_browser.open(f"/replay?day.day={tomorrow.day}&day.month={tomorrow.month}&day.year={tomorrow.year}&time=00:05")
    assert "Decisions made anew" in other_browser.words
    assert other_browser.answer.text.count('class="govuk-summary-list__row"') == 4
    await other_browser.open("/replay?day.day=1&day.month=1&day.year=2020&lang=bn")
    assert "তখন পর্যন্ত কিছু আসেনি।" in other_browser.words
    await browser.open("/replay")
    assert browser.answer.status_code == 403
