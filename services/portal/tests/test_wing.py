"""A wing's pages without scripts, over the real suite: a case out of a complaint, duties, the December report by two persons."""

from uuid import uuid4

import httpx

from kit.testing.days import today
from runner.identity import access_token
from runner.suite import Suite
from services.portal.tests.conftest import PASSWORD, Browser, parsed


async def lodged(suite: Suite, category: str) -> str:
    token = await access_token(suite.place.public_url, "agent", PASSWORD)
    body = {
        "channel": "phone",
        "category": category,
        "country": "SA",
        "district": "BD-08",
        "reporter": {"name": "Rahima Nomuna", "phone": "01712345678", "relation": "family"},
        "victim": {"name": "Karim Nomuna", "sex": "male", "age_band": "25_34"},
        "narrative": "Three days without news.",
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
        answer = await http.post("/v1/complaints", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


async def test_one_press_on_a_complaint_opens_a_case_that_shows_it(browser: Browser, suite: Suite) -> None:
    complaint = await lodged(suite, "detained")
    await browser.sign_in("wing-riyadh", f"/complaints/{complaint}")
    await browser.send(f"/wing/cases/from/{complaint}", {"kind": "detention"})
    assert browser.path.startswith("/wing/cases/A-"), browser.words
    case = browser.path
    assert "Karim Nomuna" in browser.words
    assert "Followed in the complaint." in browser.words
    await browser.send(f"{case}/take")
    refused = await browser.open(f"{case}/close")
    assert refused.status_code == 200
    assert (await browser.send(f"{case}/close", {"outcome": "released"})).status_code == 409
    assert "Visit the person" in browser.words
    await browser.open(f"/complaints/{complaint}")
    assert case.rsplit("/", 1)[1] in browser.words


async def test_a_workplace_is_visited_and_each_worker_is_a_line(browser: Browser) -> None:
    await browser.sign_in("wing-riyadh", "/wing/cases/new?kind=workplace")
    await browser.send("/wing/cases/new", {"country": "SA", "details.place": "Factory gate 4", "details.employer": "Nomuna & Sons"})
    case = browser.path
    await browser.send(f"{case}/take")
    await browser.open(f"{case}/visit")
    await browser.send(f"{case}/visit", {"place_kind": "workplace", "found": "employer_met", "words": "Twelve rooms, two taps."})
    assert "Twelve rooms, two taps." in browser.words
    link = next(one for one in browser.answer.text.split('"') if "/worker?of=" in one)
    await browser.open(link)
    await browser.send(f"{case}/worker", {"trade": "factory", "sex": "male", "problems": "wages_late"})
    assert "Wages late or unpaid" in browser.words
    await browser.open(f"/wing/december/LWW-RIYADH/{today().year}")
    assert "Factory" in browser.words


async def test_a_duty_goes_and_comes_back_with_one_press_each(browser: Browser) -> None:
    await browser.sign_in("wing-canberra", "/wing/duty")
    await browser.send("/wing/duty/LWW-CANBERRA/hand-over", {"reason": "cut_off"})
    assert "Control room, Ministry of Expatriates' Welfare, Dhaka answers now" in browser.words
    await browser.open("/wing")
    assert "its duty is with Control room" in browser.words
    await browser.open("/wing/duty")
    await browser.send("/wing/duty/LWW-CANBERRA/take-back")
    assert "answers now" not in browser.words


async def test_who_gave_the_duty_away_is_told_so_instead_of_shown_forms(browser: Browser) -> None:
    await browser.sign_in("wing-canberra", "/incidents/new")
    said = {"country": "AU", "hazard": "flood", "phase": "during", "commander": "First Secretary", "reason": "Water"}
    await browser.send("/incidents/new", said)
    incident = browser.path
    note, family, evacuation = f'action="{incident}/act/note"', f"{incident}/enquiries", incident.replace("/incidents/", "/evacuation/")
    assert note in browser.answer.text
    await browser.open("/wing/duty")
    await browser.send("/wing/duty/LWW-CANBERRA/hand-over", {"reason": "cut_off"})
    for page in (incident, family, f"{family}/new", evacuation, f"{incident}/deployed", "/relays", "/postures/AU"):
        await browser.open(page)
        assert "now: you read, and they act" in browser.words, page
        acts = browser.answer.text.count(f'action="{page}') - browser.answer.text.count(f'action="{page}/find"')
        assert acts == 0, page
    await browser.open("/wing/duty")
    await browser.send("/wing/duty/LWW-CANBERRA/take-back")
    await browser.open(incident)
    assert note in browser.answer.text
    assert "you read, and they act" not in browser.words


async def test_an_urgent_task_is_given_to_somebody_on_duty_by_page(browser: Browser) -> None:
    await browser.sign_in("wing-canberra", "/wing/rota")
    shift = {"mission": "LWW-CANBERRA", "seat": "on_duty", "name": "Rokeya Nomuna", "phone": "+61 2 6290 0512", "hours": "8"}
    await browser.send("/wing/rota", shift | {"language": "en"})
    await browser.open("/incidents/new")
    said = {"country": "AU", "hazard": "fire", "phase": "during", "commander": "First Secretary", "reason": "Smoke"}
    await browser.send("/incidents/new", said)
    page = parsed(browser.answer.text)
    task, officer = (page.get_element_by_id(one).findall(".//option")[0].get("value") for one in ("giving-task", "owner_shift"))
    await browser.send(f"{browser.path}/act/giving", {"task": task, "owner_shift": officer, "is_urgent": "yes"})
    assert "Rokeya Nomuna, On duty" in browser.words
    assert "Their phone rings" in browser.words
    await browser.open("/wing/rota")
    assert "An urgent task of an incident" in browser.words
    alarm = next(one for one in browser.answer.text.split('"') if one.startswith("/wing/pagings/"))
    await browser.send(alarm)
    assert "An urgent task of an incident" not in browser.words
    await browser.send(next(one for one in browser.answer.text.split('"') if one.startswith("/wing/rota/") and one.endswith("/end")))


async def test_the_december_report_is_drafted_by_one_and_approved_by_another(browser: Browser, suite: Suite) -> None:
    report = f"/wing/december/LWW-CANBERRA/{today().year}"
    await browser.sign_in("wing-canberra", report)
    await browser.send(f"{report}/begin")
    await browser.open(f"{report}/words")
    await browser.send(f"{report}/words", {"market": "Fewer farms hire this year."})
    assert "Written by wing-canberra" in browser.words
    assert f'action="{report}/approve"' not in browser.answer.text
    other = Browser(suite.place.public_url)
    await other.sign_in("supervisor", report)
    await other.send(f"{report}/approve")
    await other.send(f"{report}/send")
    assert "Sent to the ministry" in other.words
    answer = await other.open(f"{report}/file")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "Fewer farms hire this year." in answer.text
    await other.http.aclose()


async def test_a_stranger_and_another_role_see_no_page_of_the_wing(browser: Browser) -> None:
    await browser.sign_in("agency-one", "/wing")
    assert browser.answer.status_code == 403


async def test_a_shift_is_added_and_ended_by_page(browser: Browser) -> None:
    await browser.sign_in("wing-canberra", "/wing/rota")
    assert "Nobody is on duty" in browser.words
    shift = {
        "mission": "LWW-CANBERRA",
        "seat": "head",
        "name": "Rokeya Nomuna",
        "phone": "+61 2 6290 0511",
        "language": "en",
        "hours": "24",
    }
    assert (await browser.send("/wing/rota", shift | {"phone": "12"})).status_code == 422
    assert "Rokeya Nomuna" in browser.answer.text, "nothing typed is lost"
    await browser.send("/wing/rota", shift)
    assert (browser.path, "Nobody is on duty" in browser.words) == ("/wing/rota", False)
    assert "+61262900511" in browser.words
    end = next(one for one in browser.answer.text.split('"') if one.startswith("/wing/rota/"))
    await browser.send(end)
    assert "+61262900511" not in browser.words
