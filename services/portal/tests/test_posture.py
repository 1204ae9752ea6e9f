"""The posture of a country: proposed on one page, approved by somebody else on theirs, shown on the incident's; with the plan beside it."""

from datetime import UTC, datetime, timedelta

from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_incidents import act, opened

PLAN = b"%PDF-1.7 plan of Beirut"


async def test_from_the_proposal_to_the_incidents_page(browser: Browser, other_browser: Browser, bangla: Browser) -> None:
    await browser.sign_in("wing-beirut", "/postures")
    assert 'href="/postures/LB"' in browser.answer.text
    await browser.open("/postures?country=LB")
    assert browser.path == "/postures/LB"
    until = datetime.now(UTC) + timedelta(days=14)
    day = {"valid_until.day": str(until.day), "valid_until.month": str(until.month), "valid_until.year": str(until.year)}
    said = {"level": "3", "reason_en": "Fighting spreads", "reason_bn": "যুদ্ধ ছড়িয়ে পড়ছে", "is_drill": "yes"}
    assert (await browser.send("/postures/LB/propose", {**said, **day, "reason_bn": ""})).status_code == 422
    assert 'id="reason_bn-error"' in browser.answer.text
    await act(browser, "/postures/LB/propose", **said, **day)
    assert "You proposed it: another officer approves it." in browser.words

    assert (await browser.send("/postures/LB/plans", {"title": "Plan of Beirut"})).status_code == 422
    assert "Choose a file first." in browser.words
    plan = {"title": "Plan of Beirut", "dated.day": "৫", "dated.month": "১", "dated.year": "২০২৬"}
    answer = await browser.send("/postures/LB/plans", plan, files={"file": ("plan.pdf", PLAN, "application/pdf")})
    assert answer.status_code == 200, browser.words
    assert "version 1 of 5 January 2026" in browser.words
    kept = next(link for _, _, link, _ in parsed(browser.answer.text).iterlinks() if link.startswith("/postures/plans/"))
    assert (await browser.http.get(kept)).content == PLAN

    await bangla.sign_in("supervisor", "/postures/LB")
    approve = next(form.get("action") for form in parsed(bangla.answer.text).forms if (form.get("action") or "").endswith("/approval"))
    await act(bangla, approve)
    await bangla.open("/postures")
    assert "যুদ্ধ ছড়িয়ে পড়ছে" in bangla.words
    assert "মাত্রা ৩: স্বেচ্ছায় দেশে ফেরা" in bangla.words
    assert "কামাল নমুনা" in bangla.words, "who approved it is named"

    incident = await opened(browser, is_drill="yes")
    await browser.open(f"/incidents/{incident}")
    for words in ("Level 3: Voluntary return", "Plan of Beirut"):
        assert words in browser.words, words
    real = await opened(browser)
    await browser.open(f"/incidents/{real}")
    assert "Level 3" not in browser.words, "a drill says nothing of what is real"

    await other_browser.sign_in("wing-riyadh", "/postures/LB")
    assert "Fighting spreads" not in other_browser.words
    assert "/postures/LB/propose" not in other_browser.answer.text
    assert (await other_browser.http.get(kept)).status_code == 404
