"""Sign-in, complaint, returnee and alert in a real browser, in both languages: they work, and axe-core finds no violation."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import httpx
import pytest

from runner.identity import access_token
from runner.suite import Suite
from tests.browser.conftest import PASSWORD, Person, tick

SAID: Final = {
    "en": {
        "complaint": "Complaint received",
        "returnee": "Case opened",
        "extreme": "Extreme danger",
        "seen": "Acknowledged",
        "live": "Live:",
        "problem": "There is a problem",
        "ended": "You are signed out",
        "watch": "Your session has ended",
    },
    "bn": {
        "complaint": "অভিযোগ গৃহীত হয়েছে",
        "returnee": "কেস খোলা হয়েছে",
        "extreme": "চরম বিপদ",
        "seen": "স্বীকার করা হয়েছে",
        "live": "সরাসরি:",
        "problem": "একটি সমস্যা হয়েছে",
        "ended": "আপনি সাইন আউট করেছেন",
        "watch": "আপনার সেশন শেষ হয়েছে",
    },
}
CAP: Final = """<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{identifier}</identifier><sender>office@example.org</sender><sent>{sent}</sent><status>Actual</status>
<msgType>Alert</msgType><scope>Public</scope><info><language>en</language><category>Met</category><event>Flood</event>
<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty><expires>{expires}</expires>
<headline>{headline}</headline><instruction>Go to high ground.</instruction><area><areaDesc>Beirut</areaDesc></area></info></alert>"""


async def warn(whole: Suite, headline: str) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    message = CAP.format(identifier=uuid4(), sent=now.isoformat(), expires=(now + timedelta(hours=6)).isoformat(), headline=headline)
    token = await access_token(whole.place.public_url, "admin", PASSWORD)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cap+xml", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(timeout=240) as http:
        answer = await http.post(f"{whole.place.public_url}/v1/crisis/alerts?country=LB", content=message, headers=headers)
    assert answer.status_code == 201, answer.text


async def complain(person: Person) -> None:
    await tick(person.page, "input[name=caller_safe][value=yes]")
    await person.page.fill("#narrative", "চার মাস বেতন নেই")
    await person.page.select_option("#category", "wages")
    await person.page.select_option("#country", "SA")
    await tick(person.page, "input[name='reporter.relation'][value=self]")
    await person.page.fill("#reporter-phone", "০১৭১২৩৪৫৬৭৮")
    await person.page.fill("#respondent-licence", "RL-0001")
    await person.send("/complaints/new")


async def register(person: Person) -> None:
    await person.page.fill("#name", "Jamal Nomuna")
    await tick(person.page, "input[name=sex][value=male]")
    await person.page.select_option("#age_band", "35_44")
    await person.page.select_option("#district", "BD-08")
    await person.page.select_option("#country", "SA")
    for part, typed in {"returned_on": "১২", "returned_on-month": "১০", "returned_on-year": "২০২৬"}.items():
        await person.page.fill(f"#{part}", typed)
    await person.page.select_option("#return_reason", "contract_ended")
    await tick(person.page, "input[name=needs][value=job]")
    await person.send("/returnees/new")


class TestJourneys:
    @pytest.fixture(params=["en", "bn"])
    def language(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    async def test_an_agent_logs_a_complaint_and_prints_the_slip(self, somebody: Person, language: str) -> None:
        await somebody.sign_in("agent", "/complaints/new")
        assert await somebody.violations() == []
        await somebody.send("/complaints/new")
        assert SAID[language]["problem"] in await somebody.words()
        assert await somebody.page.evaluate("document.activeElement.className") == "govuk-error-summary"
        assert await somebody.violations() == []
        await complain(somebody)
        assert SAID[language]["complaint"] in await somebody.words()
        assert await somebody.violations() == []
        await somebody.page.click("main a[href$='/slip']")
        await somebody.page.wait_for_url("**/slip")
        assert await somebody.page.is_visible("[data-print]")
        assert await somebody.violations() == []
        assert somebody.faults == []

    async def test_a_demo_officer_registers_a_returnee(self, somebody: Person, language: str) -> None:
        await somebody.sign_in("demo-cumilla", "/returnees/new")
        assert await somebody.violations() == []
        await somebody.send("/returnees/new")
        assert await somebody.violations() == []
        await register(somebody)
        assert SAID[language]["returnee"] in await somebody.words()
        assert await somebody.violations() == []
        await somebody.open("/returnees")
        assert await somebody.violations() == []
        assert somebody.faults == []

    async def test_a_wing_sees_a_warning_come_and_acknowledges_it(self, somebody: Person, whole: Suite, language: str) -> None:
        headline = f"River rises {uuid4()}"
        await somebody.sign_in("wing-beirut", "/alerts")
        await somebody.page.get_by_text(SAID[language]["live"]).wait_for()
        await warn(whole, headline)
        article = somebody.page.locator("article", has_text=headline)
        await article.wait_for()
        assert SAID[language]["extreme"] in await article.inner_text()
        assert await somebody.page.title() != ""
        assert await somebody.violations() == []
        async with somebody.page.expect_navigation():
            await article.locator("button").click()
        assert SAID[language]["seen"] in await article.inner_text()
        await article.locator("h2 a").click()
        await somebody.page.wait_for_url("**/alerts/*-*")
        assert "Go to high ground." in await somebody.words()
        assert await somebody.violations() == []
        assert somebody.faults == []

    async def test_the_next_person_finds_nothing(self, somebody: Person, language: str) -> None:
        await somebody.sign_in("agent", "/complaints")
        await somebody.send("/sign-out")
        await somebody.page.wait_for_url("**/session/ended*")
        assert SAID[language]["ended"] in await somebody.words()
        assert await somebody.violations() == []
        assert {cookie["name"] for cookie in await somebody.context.cookies() if "/auth" not in cookie["path"]} == {"lang"}
        await somebody.page.go_back()
        assert "C-" not in await somebody.words()

    @pytest.mark.parametrize("language", ["bn"], indirect=True)  # the stream takes its time to notice
    async def test_a_watch_that_ended_says_so(self, somebody: Person, language: str) -> None:
        await somebody.sign_in("wing-beirut", "/alerts")
        await somebody.page.get_by_text(SAID[language]["live"]).wait_for()
        other_tab = await somebody.context.new_page()
        await other_tab.goto(f"{somebody.url}/")
        await other_tab.click("form[action='/sign-out'] button")
        await somebody.page.get_by_text(SAID[language]["watch"]).wait_for(timeout=240_000)  # after the next heartbeat of the stream


class TestOpenPages:
    PAGES = (
        "/",
        "/framework",
        "/framework?goal=4",
        "/framework/activities/3.1.1.1",
        "/framework/actors/MoEWOE",
        "/framework/activities/6.4.1.4",
        "/framework/activities/4.4.2.3/figures?quarter=2026-Q2",
        "/framework/committees",
        "/framework/matters",
        "/framework/matters/national-forum",
        "/agencies",
        "/agencies?query=RL-0001",
        "/agencies?query=xyz",
        "/agencies/RL-0001",
        "/nothing",
    )

    @pytest.mark.parametrize("path", PAGES)
    async def test_are_accessible_and_fit_a_phone(self, on_a_phone: Person, path: str) -> None:
        await on_a_phone.open(path)
        assert await on_a_phone.violations() == []
        assert await on_a_phone.overflow() <= 0
        assert on_a_phone.faults == []


class TestPhone:
    @pytest.mark.parametrize(
        ("account", "path"),
        [
            ("agent", "/"),
            ("agent", "/complaints/new"),
            ("agent", "/complaints"),
            ("demo-cumilla", "/returnees/new"),
            ("wing-beirut", "/alerts"),
        ],
    )
    async def test_pages_of_officers_fit_and_are_accessible(self, on_a_phone: Person, account: str, path: str) -> None:
        await on_a_phone.sign_in(account, path)
        assert await on_a_phone.overflow() <= 0
        assert await on_a_phone.violations() == []


class TestWithoutScripts:
    async def test_all_three_journeys_go_through(self, without_scripts: Person, whole: Suite, language: str) -> None:
        await without_scripts.sign_in("agent", "/complaints/new")
        await complain(without_scripts)
        assert SAID[language]["complaint"] in await without_scripts.words()
        await without_scripts.send("/switch")
        await without_scripts.sign_in("demo-cumilla", "/returnees/new")
        await register(without_scripts)
        assert SAID[language]["returnee"] in await without_scripts.words()
        await without_scripts.send("/switch")
        headline = f"Quake {uuid4()}"
        await warn(whole, headline)
        await without_scripts.sign_in("wing-beirut", "/alerts")
        article = without_scripts.page.locator("article", has_text=headline)
        async with without_scripts.page.expect_navigation():
            await article.locator("button").click()
        assert SAID[language]["seen"] in await article.inner_text()


class TestTheCheckItself:
    async def test_axe_finds_a_fault_that_was_put_in(self, somebody: Person) -> None:
        await somebody.open("/")
        await somebody.page.evaluate("document.querySelector('main').append(new Image())")
        assert any(found.startswith("image-alt") for found in await somebody.violations())
