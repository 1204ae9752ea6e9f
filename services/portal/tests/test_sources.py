"""Where warnings come from, as an officer sees it over the real suite; and a message that nobody could read."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from kit.outward import Refused
from runner.identity import Provider
from runner.suite import Suite
from services.portal.language import Language
from services.portal.page import environment
from services.portal.tests.conftest import Browser

# Nothing in it names a country.
NOWHERE = """<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{identifier}</identifier><sender>office@example.org</sender><sent>{sent}</sent><status>Actual</status>
<msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>Sandstorm</event><urgency>Immediate</urgency>
<severity>Severe</severity><certainty>Observed</certainty><headline>{headline}</headline>
<area><areaDesc>Along the coast</areaDesc></area></info></alert>"""


@pytest.fixture
async def partner(suite: Suite) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
        secret = suite.secrets.get("client", "partner-cap")
        tokens = await Provider(http, suite.place.public_url).grant("client_credentials", "partner-cap", {}, secret=secret)
        http.headers.update({"Authorization": f"Bearer {tokens.access}", "Content-Type": "application/cap+xml"})
        yield http


async def unread(partner: httpx.AsyncClient, browser: Browser, headline: str) -> str:
    """Brings in what cannot be read and opens its page as the supervisor: its path."""
    raw = NOWHERE.format(identifier=uuid4(), sent=datetime.now(UTC).isoformat(timespec="seconds"), headline=headline)
    assert (await partner.post("/v1/crisis/alerts", content=raw)).status_code == 422
    await browser.sign_in("supervisor", "/sources/unread")
    path = next(one for one in browser.answer.text.split('"') if one.startswith("/sources/unread/"))
    await browser.open(path)
    assert headline in browser.words
    return path


class TestOverview:
    async def test_says_which_country_nobody_speaks_for(self, browser: Browser) -> None:
        await browser.sign_in("supervisor", "/sources")
        assert browser.answer.status_code == 200
        assert "Lebanon: Nothing open was found." in browser.words
        assert "This installation reads no feeds" in browser.words

    async def test_shows_a_wing_its_own_country(self, bangla: Browser) -> None:
        await bangla.sign_in("wing-beirut", "/sources")
        assert "লেবানন" in bangla.words
        assert "কুয়েত " not in bangla.words.partition("দেশ অনুযায়ী")[2]

    @pytest.mark.parametrize("language", ["en", "bn"])
    def test_says_in_words_what_came_of_each_request(self, language: Language) -> None:
        """No code of ours stands in a sentence for an officer."""
        words = environment(language).get_template("sources/parts.html").module
        outcomes = [*Refused, "read", "unchanged", "not-a-feed", "status-200", "status-304", "status-404", "status-503"]
        told = {str(one): str(words.outcome(str(one))).strip() for one in outcomes}  # type: ignore[attr-defined]  # a macro
        assert [code for code, said in told.items() if code in said and code != "read"] == []
        assert len({told[one] for one in Refused}) == len(Refused)
        assert told["status-503"].endswith({"en": "503", "bn": "৫০৩ জানিয়েছে"}[language])

    async def test_is_closed_to_others(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", "/sources")
        assert browser.answer.status_code == 403

    async def test_a_source_has_a_log(self, browser: Browser) -> None:
        await browser.sign_in("supervisor", "/sources/gdacs")
        assert "Nothing was asked so far." in browser.words


class TestUnread:
    async def test_is_read_again_with_its_country(self, partner: httpx.AsyncClient, browser: Browser) -> None:
        path = await unread(partner, browser, "Dust is coming")
        await browser.send(f"{path}/reading", {"countries": "SA"})
        assert browser.path.startswith("/alerts/")
        assert "Saudi Arabia" in browser.words

    async def test_is_closed_with_a_reason_and_not_without(self, partner: httpx.AsyncClient, browser: Browser) -> None:
        path = await unread(partner, browser, "Sand in the afternoon")
        await browser.send(f"{path}/closing", {"reason": ""})
        assert browser.answer.status_code == 422
        assert "There is a problem" in browser.words
        await browser.send(f"{path}/closing", {"reason": "Came from a trial of the partner"})
        assert browser.path == "/sources/unread"
        await browser.open(path)
        assert "It was closed: Came from a trial of the partner" in browser.words
