"""An agency answers with a paper, the officer reads it and lets the complainant see it; money of a decision is owed. Page by page."""

from collections.abc import AsyncIterator

import pytest

from runner.suite import Suite
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_complaints import NEW, SAID
from services.portal.tests.test_lifecycle import act

PDF = b"%PDF-1.7\n" + b"receipt of the fee " * 20_000


@pytest.fixture
async def agency(suite: Suite) -> AsyncIterator[Browser]:
    one = Browser(suite.place.public_url)
    yield one
    await one.http.aclose()


@pytest.fixture
async def reference(suite: Suite) -> str:
    agent = Browser(suite.place.public_url)
    await agent.sign_in("agent", NEW)
    respondent = {"respondent.kind": "agency", "respondent.licence": "RL-0001"}
    await agent.send(NEW, SAID | respondent | {"category": "overcharged", "narrative": "অনুমোদিত খরচের তিন গুণ নিয়েছে"})
    await agent.http.aclose()
    return agent.path.rsplit("/", 1)[1]


def links(person: Browser) -> list[str]:
    return [str(one) for one in parsed(person.answer.text).xpath("//main//a/@href")]


async def test_a_paper_comes_with_the_answer(browser: Browser, agency: Browser, reference: str) -> None:
    officer = browser
    await officer.sign_in("bmet-one", f"/complaints/{reference}/questions/new")
    await officer.send(f"/complaints/{reference}/questions/new", {"allegation": "Three times the approved cost was taken."})
    await agency.sign_in("agency-one", "/answers")
    question = next(one for one in links(agency) if one.startswith("/answers/"))
    await agency.open(question)
    await agency.send(f"{question}/document")
    assert "Choose a file first." in agency.words
    await agency.send(f"{question}/document", files={"file": ("receipt.pdf", PDF, "application/pdf")})
    assert "Your file has arrived." in agency.words
    assert (await agency.open(next(one for one in links(agency) if "/documents/" in one))).content == PDF
    await officer.open(f"/complaints/{reference}")
    paper = next(one for one in links(officer) if "/documents/" in one)
    assert "receipt.pdf" in officer.words
    await officer.send(f"{paper.split('?')[0]}/sharing", {"shared": "yes"})
    assert "The complainant sees it" in officer.words
    assert (await officer.open(paper)).content == PDF


async def test_what_a_decision_orders_stands_as_money_that_is_owed(browser: Browser, other_browser: Browser, reference: str) -> None:
    one, two = browser, other_browser
    await one.sign_in("bmet-one", f"/complaints/{reference}")
    await act(one, reference, "take")
    due = {"due_on.day": "31", "due_on.month": "1", "due_on.year": "2099"}
    await act(
        one, reference, "propose", decision="upheld", summary="রশিদ", to_pay="২,০০,০০০", currency="BDT", head="fee", basis="decision", **due
    )
    await two.sign_in("bmet-two", f"/complaints/{reference}")
    await act(two, reference, "approve")
    await one.open(f"/complaints/{reference}/money")
    assert "Payment ordered, not paid yet" in one.words
    assert "2,00,000" in one.words
    assert "Decision of the office" in one.words


async def test_many_against_one_are_heard_together_and_one_alone_again(browser: Browser, reference: str, suite: Suite) -> None:
    agent = Browser(suite.place.public_url)
    await agent.sign_in("agent", NEW)
    against = {"respondent.kind": "agency", "respondent.licence": "RL-0001", "category": "overcharged"}
    others = []
    for number in range(2):
        await agent.open(NEW)
        await agent.send(NEW, SAID | against | {"reporter.phone": f"0181234560{number}", "narrative": "তিন গুণ নিয়েছে"})
        others.append(agent.path.rsplit("/", 1)[1])
    await agent.http.aclose()
    path = f"/complaints/{reference}/together"
    await browser.sign_in("bmet-one", path)
    assert {reference} & set(browser.form(path).get("members", [])) == set()
    await browser.send(path, {"more": "C-0000-0000"})
    assert browser.answer.status_code in {404, 422}
    await browser.open(path)
    await browser.send(path, {"members": others[0], "more": f" {others[1]} "})
    assert browser.path == f"/complaints/{reference}", browser.words
    assert all(one in browser.words for one in others)
    leaving = next(form for form in parsed(browser.answer.text).forms if form.get("action") == f"{path}/leave")
    gone = dict(leaving.form_values())["member"]
    await browser.send(f"{path}/leave")
    assert f"Hear it alone again: {gone}" not in browser.words
    [stays] = [one for one in others if one != gone]
    assert f"Hear it alone again: {stays}" in browser.words


async def test_a_distress_behind_it_becomes_a_case_of_its_own(browser: Browser, reference: str) -> None:
    await browser.sign_in("bmet-one", f"/complaints/{reference}")
    await browser.send(f"/complaints/{reference}/cases", {"kind": "distress", "narrative": "খাবার নেই, রাস্তায় আছেন"})
    assert browser.path.endswith("/case"), browser.words
    assert browser.path != f"/complaints/{reference}/case"
    assert reference in browser.words
