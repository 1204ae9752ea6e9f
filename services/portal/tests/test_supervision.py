"""Queues, deadlines, seats and public figures, over the real complaints service."""

from typing import Any
from uuid import uuid4

import httpx

from deploy.accounts import ACCOUNTS_FILE, Accounts
from runner.identity import access_token
from runner.suite import Suite
from services.portal.tests.conftest import Browser

PASSWORD = Accounts.model_validate_json(ACCOUNTS_FILE.read_text("utf-8")).demo_password


async def lodged(suite: Suite, **changes: Any) -> str:
    token = await access_token(suite.place.public_url, "agent", PASSWORD)
    body = {
        "channel": "phone",
        "category": "wages",
        "country": "SA",
        "reporter": {"relation": "anonymous"},
        "narrative": "বেতন দেয় না।",
        **changes,
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(timeout=240) as http:
        answer = await http.post(f"{suite.place.public_url}/v1/complaints", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


class TestQueues:
    async def test_a_supervisor_sees_what_has_nobody(self, suite: Suite, browser: Browser) -> None:
        reference = await lodged(suite)
        await browser.sign_in("supervisor", "/supervision?queue=unassigned")
        assert browser.answer.status_code == 200
        seen = browser.words
        while reference not in seen and "Next page" in browser.words:
            onwards = [one for one in browser.answer.text.split('"') if "/supervision?queue=unassigned&amp;" in one and "cursor" in one]
            address = next(one for one in onwards if "lang=" not in one)
            await browser.open(address.replace("&amp;", "&"))
            seen += browser.words
        assert reference in seen

    async def test_an_agent_is_refused_the_page(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/supervision")
        assert browser.answer.status_code == 403

    async def test_a_search_is_started_from_the_page(self, browser: Browser) -> None:
        await browser.sign_in("supervisor", "/supervision")
        await browser.send("/supervision/check")
        assert "Last search" in browser.words

    async def test_a_seat_is_filled_and_emptied(self, browser: Browser) -> None:
        await browser.sign_in("supervisor", "/supervision/seats?office=wing-SA")
        await browser.send("/supervision/seats/wing-SA.head", {"holder": "0f000000-0000-4000-8000-000000000005"})
        assert "Held since" in browser.words
        await browser.send("/supervision/seats/wing-SA.head", {"holder": ""})
        assert "Empty" in browser.words


class TestDeadlines:
    async def test_the_page_of_a_complaint_says_when_and_why(self, suite: Suite, browser: Browser) -> None:
        reference = await lodged(suite)
        await browser.sign_in("wing-riyadh", f"/complaints/{reference}")
        assert "Investigation completed" in browser.words
        assert "30 working days" in browser.words
        assert "Labour Welfare Wing, Riyadh" in browser.words

    async def test_a_contact_is_noted_from_the_page(self, suite: Suite, browser: Browser) -> None:
        reference = await lodged(suite)
        await browser.sign_in("wing-riyadh", f"/complaints/{reference}")
        await browser.send(f"/complaints/{reference}/contacts", {"how": "phone", "note": "spoke"})
        assert "In time" in browser.words


class TestFigures:
    async def test_are_open_to_anybody(self, browser: Browser) -> None:
        await browser.open("/figures")
        assert browser.answer.status_code == 200
        assert "This quarter so far" in browser.words
