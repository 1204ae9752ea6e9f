"""The desk's pages over the real call centre, without scripts: call-back, hand-over, review, knowledge base."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from runner.identity import Provider, access_token
from runner.suite import Suite
from services.portal.desk.rules import clock, promised
from services.portal.tests.conftest import PASSWORD, Browser, age_sessions

CALLS = "/v1/complaints/calls"
NOON = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # in Dhaka


@pytest.fixture
async def exchange(suite: Suite) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
        secret = suite.secrets.get("client", "cti")
        tokens = await Provider(http, suite.place.public_url).grant("client_credentials", "cti", {}, secret=secret)
        http.headers["Authorization"] = f"Bearer {tokens.access}"
        yield http


async def tell(exchange: httpx.AsyncClient, call: str, event: str, number: str, **more: Any) -> str:
    at = (datetime.now(UTC) - timedelta(seconds=30)).isoformat()
    answer = await exchange.post(f"{CALLS}/events", json={"call": call, "event": event, "at": at, "number": number, **more})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def on_shift(browser: Browser, account: str, extension: str) -> None:
    await browser.sign_in(account, "/desk")
    if 'action="/desk/shift"' in browser.answer.text:
        await browser.send("/desk/shift", {"hours": "8", "extension": extension})
    assert browser.answer.status_code == 200


async def off_shift(browser: Browser) -> None:
    await browser.open("/desk/shift/end")
    if 'action="/desk/shift/end"' in browser.answer.text:
        await browser.send("/desk/shift/end")


def a_number() -> str:
    return f"+9665{uuid4().int % 10**8:08}"


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_a_call_from_answer_to_review(suite: Suite, exchange: httpx.AsyncClient, language: str) -> None:
    agent, supervisor = Browser(suite.place.public_url, language), Browser(suite.place.public_url, language)
    await on_shift(agent, "agent", "81")
    call, number = str(uuid4()), a_number()
    await tell(exchange, call, "ringing", number)
    identity = await tell(exchange, call, "answered", number, agent="81")
    page = f"/desk/calls/{identity}"
    await agent.open(page)
    assert agent.typed(page, "reporter.phone") == number
    await agent.send(page, {"do": "save", "narrative": "দালাল টাকা নিয়েছে", "category": "paid_not_sent", "country": "SA"})
    assert agent.typed(page, "narrative") == "দালাল টাকা নিয়েছে"
    body = {"do": "finish", "disposition": "information", "articles": "fees", "promise.day": "tomorrow", "promise.from": "২২:৩০"}
    await agent.send(page, body)
    assert agent.path == page
    assert 'action="/desk/calls' not in agent.answer.text
    await off_shift(agent)

    await supervisor.sign_in("supervisor", "/desk/board")
    await supervisor.open("/desk/calls")
    await supervisor.open(f"{page}/review")
    review = f"{page}/review"
    await supervisor.send(review, {"greeting": "met"})
    assert supervisor.answer.status_code == 422
    marks = dict.fromkeys(("greeting", "listening", "category", "next_step", "record"), "met")
    await supervisor.send(review, {**marks, "words": "Good."})
    await agent.open("/desk")
    await agent.open(review)
    assert "Good." in agent.words
    await agent.send(f"{review}/answer", {"words": "Thank you."})
    assert "Thank you." in agent.words
    for one in (agent, supervisor):
        await one.http.aclose()


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_a_missed_call_is_called_back_and_handed_over(suite: Suite, exchange: httpx.AsyncClient, language: str) -> None:
    agent, other = Browser(suite.place.public_url, language), Browser(suite.place.public_url, language)
    await on_shift(agent, "agent", "82")
    call, number = str(uuid4()), a_number()
    await tell(exchange, call, "ringing", number)
    await tell(exchange, call, "abandoned", number)
    listed = await agent.http.get("/desk")
    task = listed.text.split("/desk/callbacks/")[-1].split('"')[0]
    page = f"/desk/callbacks/{task}"
    await agent.open(page)
    assert agent.answer.status_code == 200
    await agent.send(f"{page}/take")
    await agent.send(page)
    assert agent.answer.status_code == 422
    await agent.send(page, {"outcome": "no_answer", "note": "ধরেননি"})
    assert "ধরেননি" in agent.words
    await off_shift(agent)
    await on_shift(other, "supervisor", "83")
    accept = other.answer.text.split('action="/desk/handovers/')[1].split('"')[0]
    await other.send(f"/desk/handovers/{accept}")
    assert other.path == "/desk"
    await off_shift(other)
    for one in (agent, other):
        await one.http.aclose()


async def test_what_was_typed_when_the_session_had_ended_is_there_after_signing_in(browser: Browser, sessions_table: AsyncEngine) -> None:
    await on_shift(browser, "agent", "84")
    await browser.send("/desk/calls", {"number": ""})
    page = browser.path
    await age_sessions(sessions_table, 60)
    await browser.press(page, {"do": "save", "narrative": "words of a long call"})
    await browser.sign_in("agent", f"/sign-in?next={page}")
    assert browser.path == page
    assert browser.typed(page, "narrative") == "words of a long call"
    await browser.send(page, {"do": "finish", "disposition": "silent"})
    await off_shift(browser)


async def test_the_autosave_of_an_ended_session_is_told_so_as_a_script_understands(browser: Browser) -> None:
    answer = await browser.http.post(f"/desk/drafts/{uuid4()}", data={"csrf": "x"}, headers={"Origin": browser.url})
    assert answer.status_code == 401


@pytest.mark.parametrize("typed", ["", "loan", "ঋণ", "rin", "zzzz"])
async def test_the_knowledge_base_is_searched_and_read(browser: Browser, typed: str) -> None:
    await browser.sign_in("agent", "/desk/articles")
    found = await browser.open(f"/desk/articles?q={typed}")
    assert found.status_code == 200
    assert ("/desk/articles/pkb_special_loan" in found.text) == (typed != "zzzz")
    assert (await browser.open("/desk/articles/pkb_special_loan")).status_code == 200


async def test_no_other_role_sees_the_desk(browser: Browser) -> None:
    await browser.sign_in("demo-cumilla")
    for page in ("/desk", "/desk/board", "/desk/calls", "/desk/articles"):
        assert (await browser.http.get(page)).status_code == 403
    await browser.http.aclose()


async def test_a_caller_who_does_not_know_the_agency_is_helped_to_find_it(
    suite: Suite, exchange: httpx.AsyncClient, browser: Browser
) -> None:
    token = await access_token(suite.place.public_url, "admin", PASSWORD)
    agency = {"licence": "RL-0777", "name_en": "Kingfisher Overseas (fictional)", "name_bn": "মাছরাঙা ওভারসিজ (কাল্পনিক)"}
    answer = await exchange.post(
        "/v1/agencies",
        json={**agency, "status": "valid", "valid_until": "2099-01-01", "district": "BD-13"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code in {201, 409}
    await on_shift(browser, "agent", "84")
    call, number = str(uuid4()), a_number()
    identity = await tell(exchange, call, "answered", number, agent="84")
    await browser.open(f"/desk/calls/{identity}")
    beside = await browser.http.post(
        "/desk/likely", data=browser.form(f"/desk/calls/{identity}") | {"respondent.name": "মাছরাঙা"}, headers={"Origin": browser.url}
    )
    for words in ("Kingfisher Overseas (fictional)", "RL-0777", "Class:", "Too little is known for a class"):
        assert words in beside.text
    await browser.send(f"/desk/calls/{identity}", {"do": "finish", "disposition": "information", "articles": "fees"})
    await off_shift(browser)


class TestAPromise:
    @pytest.mark.parametrize(
        ("typed", "hour", "minute"), [("22:30", 22, 30), ("২২:৩০", 22, 30), ("22.30", 22, 30), ("2230", 22, 30), ("9", 9, 0)]
    )
    def test_is_written_as_people_write_a_clock(self, typed: str, hour: int, minute: int) -> None:
        found = clock(typed)
        assert found is not None
        assert (found.hour, found.minute) == (hour, minute)

    @pytest.mark.parametrize("typed", ["", "soon", "25:00", "12:75"])
    def test_of_no_clock_is_none(self, typed: str) -> None:
        assert clock(typed) is None

    def test_is_an_hour_by_dhakas_clock_and_may_pass_midnight(self) -> None:
        assert promised("today", "22:30", "", NOON) == (
            datetime(2026, 11, 25, 16, 30, tzinfo=UTC),
            datetime(2026, 11, 25, 17, 30, tzinfo=UTC),
        )
        late = promised("tomorrow", "23:30", "0:30", NOON)
        assert late is not None
        assert late[1] - late[0] == timedelta(hours=1)
        assert promised("today", "", "", NOON) is None
