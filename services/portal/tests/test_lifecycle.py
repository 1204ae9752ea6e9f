"""The officer's case page: from the queue to the decision and the appeal, page by page, over the real service."""

from collections.abc import AsyncIterator

import pytest

from runner.suite import Suite
from services.portal.tests.conftest import Browser
from services.portal.tests.test_complaints import NEW, SAID


@pytest.fixture
async def reference(suite: Suite) -> str:
    agent = Browser(suite.place.public_url)
    await agent.sign_in("agent", NEW)
    await agent.send(NEW, SAID | {"category": "overcharged", "narrative": "অনুমোদিত খরচের তিন গুণ নিয়েছে"})
    await agent.http.aclose()
    return agent.path.rsplit("/", 1)[1]


@pytest.fixture
async def agency(suite: Suite) -> AsyncIterator[Browser]:
    one = Browser(suite.place.public_url)
    yield one
    await one.http.aclose()


async def act(person: Browser, reference: str, action: str, **fields: str) -> None:
    address = f"/complaints/{reference}/act/{action}"
    await person.open(address)
    assert person.answer.status_code == 200, person.words
    await person.send(address, fields)


async def test_from_queue_to_an_appeal_that_overturns(browser: Browser, other_browser: Browser, agency: Browser, reference: str) -> None:
    one, two = browser, other_browser
    await one.sign_in("bmet-one", "/complaints?queue=unassigned")
    assert reference in one.words
    await act(one, reference, "take")
    assert "An officer took it" in one.words
    await act(one, reference, "start-investigation")
    day = {"at.day": "20", "at.month": "12", "at.year": "2026", "time": "১০:৩০"}
    await act(one, reference, "schedule-hearing", mode="phone", apart="yes", companion="yes", place="কক্ষ ৩", **day)
    assert "20 December 2026, 10:30, By telephone, the parties apart, with a companion" in one.words
    await act(one, reference, "hold-hearing", complainant_came="yes", respondent_came="no", record="রশিদ দেখালেন")
    await act(one, reference, "complete-investigation", finding="সত্য")
    await act(one, reference, "propose", decision="upheld", summary="রশিদ আছে")
    assert "Decision is being checked" in one.words
    await one.open(f"/complaints/{reference}/act/approve")
    assert "a second person looks at it" in one.words

    await two.sign_in("bmet-two", "/complaints?queue=to_check")
    assert reference in two.words
    await act(two, reference, "approve")
    assert "Upheld" in two.words

    await agency.sign_in("agency-one", f"/complaints/{reference}")
    for hidden in ("+8801712345678", "অনুমোদিত খরচের", "রশিদ", "কক্ষ ৩", "bmet-one"):
        assert hidden not in agency.answer.text
    await act(agency, reference, "appeal", by="respondent", grounds="রশিদ জাল")
    appeal = agency.path.rsplit("/", 1)[1]
    assert appeal != reference

    await one.send("/switch")
    await one.sign_in("appeals-one", f"/complaints/{appeal}")
    await act(one, appeal, "take")
    await act(one, appeal, "propose", decision="upheld", replaces="rejected", summary="রশিদ জাল প্রমাণিত")
    await two.send("/switch")
    await two.sign_in("appeals-two", f"/complaints/{appeal}")
    await act(two, appeal, "approve")
    await two.open(f"/complaints/{reference}")
    assert "Not upheld" in two.words


async def test_whom_it_is_about_is_set_right_from_the_page(browser: Browser, bangla: Browser) -> None:
    """Told by a broker's victim; the officer finds the agency, and later that an office was meant."""
    await browser.sign_in("agent", "/complaints/new")
    told = {"narrative": "দালাল টাকা নিয়েছে", "category": "overcharged", "country": "SA", "reporter.relation": "self"}
    await browser.send("/complaints/new", told | {"respondent.name": "কালু দালাল"})
    reference = browser.path.rsplit("/", 1)[1]
    await bangla.sign_in("bmet-one", f"/complaints/{reference}")
    path = f"/complaints/{reference}/act/correct"
    await bangla.open(path)
    await bangla.send(path, {"reason": "রশিদে নাম আছে"})
    assert "কী সংশোধন করতে হবে তা জানান।" in bangla.words
    assert bangla.typed(path, "reason") == "রশিদে নাম আছে"
    await bangla.send(path, {"respondent.licence": "RL-0001", "disability": "yes"})
    assert "RL-0001" in bangla.words
    assert "কার বিরুদ্ধে বা কী বিষয়ে, তা সংশোধন করা হয়েছে" in bangla.words
    await bangla.open(path)
    await bangla.send(path, {"respondent.office": "bmet-complaints", "reason": "সেল ঘুষ চেয়েছে"})
    assert bangla.answer.status_code == 404


async def test_what_somebody_changed_meanwhile_is_said_and_nothing_typed_is_lost(
    browser: Browser, other_browser: Browser, reference: str
) -> None:
    await browser.sign_in("bmet-one", f"/complaints/{reference}/act/comment")
    await other_browser.sign_in("bmet-two")
    await act(other_browser, reference, "take")
    address = f"/complaints/{reference}/act/comment"
    await browser.send(address, {"note": "ফোন করেছি"})
    assert browser.answer.status_code == 412
    assert "Somebody has changed this meanwhile" in browser.words
    assert browser.typed(address, "note") == "ফোন করেছি"
    await browser.send(address)
    assert browser.path == f"/complaints/{reference}"
    assert "ফোন করেছি" in browser.words


async def test_what_is_missing_stands_at_its_field_in_bangla(bangla: Browser, reference: str) -> None:
    await bangla.sign_in("bmet-one")
    await act(bangla, reference, "take")
    await act(bangla, reference, "schedule-hearing", mode="phone", apart="yes", companion="no")
    assert bangla.answer.status_code == 422
    assert 'id="at-error"' in bangla.answer.text
    await bangla.open(f"/complaints/{reference}/act/no-such")
    assert bangla.answer.status_code == 404


async def test_search_finds_by_name_in_the_other_script_and_no_address_names_anybody(browser: Browser, reference: str) -> None:
    await browser.sign_in("bmet-one", "/complaints/find")
    await browser.send("/complaints/find", {"name": "Rahim Nomuna", "phone": "01712345678"})
    assert reference in browser.words
    assert str(browser.answer.url).endswith("/complaints/find")
    await browser.send("/complaints/find", {"name": "", "phone": ""})
    assert browser.answer.status_code == 422
