"""The duty officer's page, over the real crisis service."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from deploy.accounts import ACCOUNTS_FILE, Accounts
from kit.testing.waiting import until
from runner.identity import access_token
from runner.suite import Suite
from services.portal.language import Language
from services.portal.page import environment
from services.portal.tests.conftest import PROJECT, Browser

WHERE_FAULTS_ARE_NOTED = ("warnings/cap.py", "sources/gdacs.py", "geometry/rules.py", "hazards.py")
CAP = """<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{identifier}</identifier><sender>office@example.org</sender><sent>{sent}</sent><status>{status}</status>
<msgType>Alert</msgType><scope>Public</scope><info><language>en</language><category>Met</category><event>Sandstorm</event>
<urgency>Immediate</urgency><severity>{severity}</severity><certainty>Observed</certainty><expires>{expires}</expires>
<headline>{headline}</headline><instruction>Stay indoors.</instruction><area><areaDesc>Riyadh</areaDesc></area></info></alert>"""


@pytest.fixture(scope="session")
async def admin(suite: Suite) -> str:
    password = Accounts.model_validate_json(ACCOUNTS_FILE.read_text("utf-8")).demo_password
    return await access_token(suite.place.public_url, "admin", password)


async def warn(suite: Suite, admin: str, headline: str, *, severity: str = "Extreme", status: str = "Actual") -> str:
    now = datetime.now(UTC).replace(microsecond=0)
    message = CAP.format(
        identifier=uuid4(),
        sent=now.isoformat(),
        expires=(now + timedelta(hours=6)).isoformat(),
        headline=headline,
        severity=severity,
        status=status,
    )
    headers = {"Authorization": f"Bearer {admin}", "Content-Type": "application/cap+xml", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(timeout=240) as http:
        answer = await http.post(f"{suite.place.public_url}/v1/crisis/alerts?country=SA", content=message, headers=headers)
    assert answer.status_code == 201, answer.text
    identity: str = answer.json()["id"]
    return identity


class TestWhomItConcerns:
    async def test_figures_stand_on_the_warnings_page_with_what_is_thought(self, suite: Suite, admin: str, browser: Browser) -> None:
        alert = await warn(suite, admin, "Dust and people")
        await browser.sign_in("wing-riyadh", f"/alerts/{alert}")
        assert "Whom it concerns" in browser.words
        assert "32,00,000 (2025)" in browser.words
        for _ in range(300):
            if "Registered people" in browser.words:
                break
            await asyncio.sleep(0.2)
            await browser.open(f"/alerts/{alert}")
        assert "In the country, nobody knows where" in browser.words

    async def test_in_bangla_too(self, suite: Suite, admin: str, browser: Browser) -> None:
        alert = await warn(suite, admin, "Dust and people again")
        await browser.sign_in("wing-riyadh", f"/alerts/{alert}")
        await browser.open(f"/alerts/{alert}?lang=bn")
        assert "যাঁদের জন্য এই সতর্কবার্তা" in browser.words
        assert "৩২,০০,০০০ (২০২৫)" in browser.words


class TestTheNightsPage:
    async def test_says_what_to_do_whose_duty_it_is_and_where(self, suite: Suite, admin: str, browser: Browser) -> None:
        alert = await warn(suite, admin, "Dust at night")
        await browser.sign_in("wing-riyadh", f"/alerts/{alert}/duty?lang=bn")
        for words in ("সতর্কবার্তাটি দেখেছেন, তা জানান", "প্রচার হবে কি না সিদ্ধান্ত দিন", "শ্রম কল্যাণ উইং, রিয়াদ", "৪ ধাপের মধ্যে ধাপ ৪", "৩২,০০,০০০"):
            assert words in browser.words, words
        assert 'class="app-map__warned"' in browser.answer.text, "a warning for the whole country is drawn as its land"
        await browser.send(f"/alerts/{alert}/acknowledge", {"from": "duty"})
        assert browser.path == f"/alerts/{alert}/duty"
        assert "সতর্কবার্তাটি দেখেছেন, তা জানান" not in browser.words
        assert browser.words.count("নাসিমা নমুনা, শ্রম কল্যাণ উইং") == 2, "whoever saw it is named, with the office"

    async def test_its_stream_begins_where_the_page_was_drawn(self, suite: Suite, admin: str, browser: Browser) -> None:
        alert = await warn(suite, admin, "Dust in the morning")
        await browser.sign_in("wing-riyadh", f"/alerts/{alert}/duty")
        drawn_at = browser.answer.text.partition('data-live-after="')[2].partition('"')[0]
        await browser.send(f"/alerts/{alert}/acknowledge", {"from": "duty"})
        async with asyncio.timeout(240), browser.http.stream("GET", f"/alerts/{alert}/duty/stream?after={drawn_at}") as answer:
            lines = answer.aiter_lines()
            assert await _until(lines, "event: ready")
            assert await _until(lines, "event: alert")

    async def test_is_for_the_countries_of_the_mission(self, suite: Suite, admin: str, browser: Browser) -> None:
        alert = await warn(suite, admin, "Only for Riyadh by night")
        await browser.sign_in("wing-beirut", "/alerts")
        await browser.open(f"/alerts/{alert}/duty")
        assert browser.answer.status_code == 404


class TestPeople:
    async def test_wait_for_the_warning_to_go_out(self, suite: Suite, admin: str, browser: Browser) -> None:
        alert = await warn(suite, admin, "Nobody is told yet")
        await browser.sign_in("wing-riyadh", f"/alerts/{alert}/people")
        assert "Nothing has gone out yet" in browser.words

    async def test_stand_by_name_while_an_incident_is_open_and_what_was_heard_is_written_down(
        self, suite: Suite, admin: str, browser: Browser
    ) -> None:
        """One who has no phone: nothing can be sent, an officer hears of her from a relative."""
        alert = await warn(suite, admin, "Dust over people")
        await browser.sign_in("wing-riyadh", "/alerts")
        person = {"name": "Rokeya Nomuna", "name_bn": "রোকেয়া নমুনা", "country": "SA", "no_contact": True, "flags": ["domestic_worker"]}
        async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
            answer = await http.post("/v1/nationals", json=person, headers={"Idempotency-Key": str(uuid4())})
            assert answer.status_code == 201, answer.text
        await browser.open(f"/alerts/{alert}")
        await browser.send(f"/alerts/{alert}/decision/release")
        people = f"/alerts/{alert}/people?flag=domestic_worker"

        async def page_says(path: str, *words: str) -> bool:
            await browser.open(path)
            return all(one in browser.words for one in words)

        await until(lambda: page_says(people, "never through the employer", "Names are shown while an incident is open"), expected=True)
        assert "Rokeya" not in browser.words
        incident = {"hazard": "storm", "commander": "First Secretary", "reason": "Dust", "phase": "during", "country": "SA"}
        await browser.open(f"/incidents/new?alert={alert}&country=SA")
        await browser.send("/incidents/new", incident | {"alerts": alert})
        await until(lambda: page_says(people, "Rokeya Nomuna"), expected=True)
        await browser.open(people + "&lang=bn")
        assert "রোকেয়া নমুনা" in browser.words
        await browser.open(people + "&lang=en")
        action = browser.answer.text.partition("Rokeya Nomuna")[2].partition(f'action="/alerts/{alert}/people/')[2].partition('"')[0]
        heard = {"status": "need_help", "reporter": "proxy", "note": "Locked in"}
        await browser.send(f"/alerts/{alert}/people/{action}", heard)
        await until(lambda: page_says(f"/alerts/{alert}/people?status=need_help", "Rokeya Nomuna", "Needs help"), expected=True)
        await until(lambda: page_says(f"/alerts/{alert}/duty", "People who need help: answer them first"), expected=True)


class TestList:
    async def test_says_the_degree_in_words(self, suite: Suite, admin: str, browser: Browser) -> None:
        await warn(suite, admin, "Dust over the city")
        await browser.sign_in("wing-riyadh", "/alerts")
        assert "Dust over the city" in browser.words
        assert "Extreme danger" in browser.words

    async def test_an_exercise_is_not_taken_for_real(self, suite: Suite, admin: str, browser: Browser) -> None:
        await warn(suite, admin, "Drill at noon", status="Exercise")
        await browser.sign_in("wing-riyadh", "/alerts")
        assert "EXERCISE, not real" in browser.words

    async def test_is_for_the_countries_of_the_mission(self, suite: Suite, admin: str, browser: Browser) -> None:
        await warn(suite, admin, "Only for Riyadh")
        await browser.sign_in("wing-beirut", "/alerts")
        assert "Only for Riyadh" not in browser.words

    async def test_is_closed_to_others(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", "/alerts")
        assert browser.answer.status_code == 403

    async def test_loads_again_by_itself_without_scripts(self, browser: Browser) -> None:
        await browser.sign_in("wing-riyadh", "/alerts")
        assert '<noscript><meta http-equiv="refresh"' in browser.answer.text


class TestAcknowledge:
    async def test_is_one_press_and_is_seen_afterwards(self, suite: Suite, admin: str, browser: Browser) -> None:
        identity = await warn(suite, admin, "Flood in the east")
        await browser.sign_in("wing-riyadh", "/alerts")
        action = f"/alerts/{identity}/acknowledge"
        await browser.send(action)
        assert browser.path == "/alerts"
        assert action not in browser.answer.text
        await browser.open(f"/alerts/{identity}")
        assert "Acknowledged" in browser.words
        assert "Stay indoors." in browser.words


class TestStream:
    async def test_tells_of_a_warning_as_it_comes(self, suite: Suite, admin: str, browser: Browser) -> None:
        await browser.sign_in("wing-riyadh", "/alerts")
        async with asyncio.timeout(240), browser.http.stream("GET", "/alerts/stream") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            assert await _until(lines, "event: ready")
            await warn(suite, admin, "Heard at once")
            assert await _until(lines, "event: alert")

    async def test_ends_with_the_session(self, suite: Suite, admin: str, browser: Browser) -> None:
        await browser.sign_in("wing-riyadh", "/alerts")
        async with asyncio.timeout(240), browser.http.stream("GET", "/alerts/stream") as answer:
            lines = answer.aiter_lines()
            assert await _until(lines, "event: ready")
            await browser.press("/sign-out")
            await warn(suite, admin, "Not for the next person")
            assert not await _until(lines, "event: alert")

    async def test_is_closed_without_a_session(self, browser: Browser) -> None:
        assert (await browser.http.get("/alerts/stream")).status_code == 401


async def _until(lines, wanted: str) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001
    async for line in lines:
        if line == wanted:
            return True
    return False


class TestDecision:
    async def test_an_officers_warning_is_sent_by_another_and_its_page_says_how_far_it_has_come(
        self, browser: Browser, other_browser: Browser
    ) -> None:
        await browser.sign_in("wing-riyadh", "/alerts/new")
        told = {
            "country": "SA",
            "event": "Flood",
            "severity": "Extreme",
            "urgency": "Immediate",
            "certainty": "Observed",
            "headline": "Water in Batha",
            "headline_bn": "বাথায় পানি",
            "description": "Streets are under water.",
            "description_bn": "রাস্তা পানির নিচে।",
            "instruction": "Go upstairs.",
            "instruction_bn": "ওপরের তলায় যান।",
            "response": "Shelter",
        }
        assert (await browser.send("/alerts/new", {**told, "headline_bn": ""})).status_code == 422
        await browser.send("/alerts/new", {**told, "latitude": "২৪.৬৪", "longitude": "46.71", "km": "10"})
        page = browser.path
        assert "It waits for an officer: nobody has been told." in browser.words, browser.words
        assert "another officer sends it" in browser.words
        assert f"{page}/decision/release" not in browser.answer.text, "a button that would be refused is not shown"
        fields = browser.form(f"{page}/decision/withholding")
        refused = await browser.http.post(f"{page}/decision/release", data=fields, headers={"Origin": browser.url})
        assert refused.status_code == 403
        await other_browser.sign_in("supervisor", page)
        await other_browser.send(f"{page}/decision/release")
        assert "It has gone out." in other_browser.words
        for _ in range(300):
            if "How far it has come" in other_browser.words:
                break
            await asyncio.sleep(0.2)
            await other_browser.open(page)
        assert "How far it has come" in other_browser.words

    async def test_it_is_held_back_and_sent_after_all(self, suite: Suite, admin: str, browser: Browser) -> None:
        page = f"/alerts/{await warn(suite, admin, 'Held back')}"
        await browser.sign_in("supervisor", page)
        fields = browser.form(f"{page}/decision/release")
        await browser.http.post(f"{page}/decision/withholding", data=fields, headers={"Origin": browser.url})
        await browser.open(page)
        assert "It is held back." in browser.words
        await browser.send(f"{page}/decision/release")
        assert "It has gone out." in browser.words

    async def test_who_only_watches_is_shown_no_button(self, suite: Suite, admin: str, browser: Browser) -> None:
        page = f"/alerts/{await warn(suite, admin, 'Only watched')}"
        await browser.sign_in("agent", page)
        assert "Does it go out?" in browser.words
        assert "/decision/" not in browser.answer.text


class TestTrusted:
    @pytest.mark.parametrize("language", ["en", "bn"])
    def test_each_fault_that_is_mended_in_reading_has_words(self, language: Language) -> None:
        """Of those that the service writes down anywhere; a fault without words would stand there as a code."""
        written = "".join((PROJECT / "services/crisis" / one).read_text("utf-8") for one in WHERE_FAULTS_ARE_NOTED)
        literal = re.findall(r"""defects\[?\(?.{0,40}?"([a-z]+(?:-[a-z]+)+)\"""", written)
        codes = {*literal, *(f"{name}-unknown" for name in ("severity", "urgency", "certainty")), "expires-by-kind", "area-without-shape"}
        codes |= {f"{name}-unreadable" for name in ("effective", "onset", "expires")}
        assert len(codes) >= 22, sorted(codes)
        parts = (
            environment(language).get_template("alerts/parts.html").make_module({"visitor": None, "csrf": "", "form": None, "names": {}})
        )
        shown = str(parts.mended({"defects": sorted(codes)}))  # type: ignore[attr-defined]  # a macro
        assert [code for code in codes if f"<li>{code}</li>" in shown] == []

    async def test_an_officer_reads_who_vouches_for_it_and_what_was_amiss(self, suite: Suite, admin: str, browser: Browser) -> None:
        page = f"/alerts/{await warn(suite, admin, 'Amiss', severity='Awful')}"
        await browser.sign_in("supervisor", page + "?lang=bn")
        assert "একজন কর্মকর্তা বা অপরিচিত কেউ এনেছেন।" in browser.words
        assert "কতটা গুরুতর তা বলা নেই" in browser.words


class TestTexts:
    async def test_nothing_waits_in_both_languages(self, browser: Browser, bangla: Browser) -> None:
        await browser.sign_in("agent", "/texts")
        assert "Nothing waits to be read." in browser.words
        await bangla.sign_in("wing-beirut", "/texts")
        assert "পড়ার মতো কিছু নেই।" in bangla.words
