"""Partner organisations on their pages, over the real services: by those who keep the list, and by an organisation's own people."""

import re
from uuid import uuid4

import httpx

from kit.testing.waiting import until
from runner import partner
from runner.identity import Provider
from runner.suite import Suite
from runner.testing import CERTIFICATES
from services.portal.tests.conftest import Browser, parsed


def fresh() -> str:
    return f"ngo-{uuid4().hex[:12]}"


async def step(browser: Browser, code: str, name: str, fields: dict[str, object] | None = None, of: str = "") -> None:
    action = f"/partners/{code}/steps/{name}"
    await browser.open(f"{action}?of={of}" if of else action)
    await browser.send(action, fields or {})
    assert (browser.answer.status_code, browser.path) == (200, f"/partners/{code}"), browser.words


async def entered(browser: Browser) -> str:
    """Brought in by the administrator, who is signed in after."""
    code = fresh()
    await browser.sign_in("admin", "/partners/new")
    said = {"code": code, "kind": "ngo", "name_en": f"Trial {code}", "name_bn": f"পরীক্ষা {code}", "contact": "systems@ngo.example"}
    await browser.send("/partners/new", said)
    assert browser.path == f"/partners/{code}", browser.words
    return code


class TestKeepers:
    async def test_two_people_bring_an_organisation_from_its_application_to_an_agreement(
        self, browser: Browser, other_browser: Browser
    ) -> None:
        code = await entered(browser)
        await browser.open(f"/partners/{code}/steps/verify")
        await browser.send(f"/partners/{code}/steps/verify", {"words": "Looked up"})
        assert browser.answer.status_code == 409
        assert "Another person must decide" in browser.words
        await other_browser.sign_in("decider", f"/partners/{code}")
        await step(other_browser, code, "verify", {"words": "Looked up in the list"})
        assert "Looked up in the list" in other_browser.words
        await browser.open(f"/partners/{code}/steps/propose")
        last = {"valid_until.day": "১", "valid_until.month": "১", "valid_until.year": "২০২৮"}
        said = {"purposes": ["referral"], "fields": ["help", "district"], "activities": "6.3.2.1, 2.4.2.1", "reference": "MoU 7"}
        await browser.send(f"/partners/{code}/steps/propose", {**said, **last})
        assert browser.path == f"/partners/{code}", browser.words
        assert "2.4.2.1" in browser.words
        assert "Which help; District" in browser.words
        await other_browser.open(f"/partners/{code}")
        (agreement,) = re.findall(r"/steps/approve\?of=([0-9a-f-]{36})", other_browser.answer.text)
        await step(other_browser, code, "approve", of=agreement)
        assert "Approved" in other_browser.words

    async def test_one_suspends_and_another_lifts_it(self, browser: Browser, other_browser: Browser) -> None:
        code = await entered(browser)
        await other_browser.sign_in("decider", f"/partners/{code}")
        await step(other_browser, code, "verify")
        await step(browser, code, "suspend", {"reason": "leaked", "words": "A key lay open"})
        assert "A secret or data leaked" in browser.words
        await browser.open("/partners?state=suspended")
        assert f"Trial {code}" in browser.words
        await browser.open(f"/partners/{code}/steps/reinstate")
        await browser.send(f"/partners/{code}/steps/reinstate", {"words": "Mended"})
        assert browser.answer.status_code == 409
        await step(other_browser, code, "reinstate", {"words": "New keys"})
        assert "Suspension lifted" in other_browser.words

    async def test_people_who_act_for_it_are_named_and_ended(self, browser: Browser) -> None:
        code = await entered(browser)
        here = f"/partners/{code}/stewards"
        await browser.open(here)
        assert "Nobody acts for it" in browser.words
        old = browser.form(here)
        for account in ("first-account", "second-account"):
            await browser.send(here, {"account": account})
            assert browser.path == here
            assert account in browser.words
        await browser.http.post(here, data=old | {"account": "third-account"}, headers={"Origin": browser.url})
        await browser.open(here)
        assert "third-account" not in browser.words
        await browser.send(here, {"ending": "first-account", "account": ""})
        assert "first-account" not in browser.words
        assert "second-account" in browser.words
        await browser.open(f"/partners/{code}")
        assert "A person was named to act for it" in browser.words
        assert "A person's duty for it ended" in browser.words

    async def test_a_refusal_says_why_on_the_page(self, browser: Browser, other_browser: Browser) -> None:
        code = await entered(browser)
        await other_browser.sign_in("decider", f"/partners/{code}/steps/refuse")
        await other_browser.send(f"/partners/{code}/steps/refuse", {"words": ""})
        assert other_browser.answer.status_code == 422
        await step(other_browser, code, "refuse", {"words": "Not in the list of the bureau"})
        assert "Not in the list of the bureau" in other_browser.words


class TestAnOrganisation:
    async def test_adds_and_pauses_a_program_of_its_own(self, bangla: Browser) -> None:
        await bangla.sign_in("ngo-one", "/partners/ngo-one")
        name = f"p{uuid4().hex[:10]}"
        await step(bangla, "ngo-one", "client", {"name": name, "scopes": ["events_read"]})
        assert "ফিড থেকে ঘটনা পড়া" in bangla.words
        await bangla.send(f"/partners/ngo-one/clients/{name}", {"state": "paused"})
        assert "ক্লায়েন্ট সাময়িক বন্ধ করা হয়েছে" in bangla.words
        await bangla.open("/partners/ngo-one/steps/client")
        await bangla.send("/partners/ngo-one/steps/client", {"name": name, "scopes": ["events_read"]})
        assert bangla.answer.status_code == 409
        assert bangla.typed("/partners/ngo-one/steps/client", "name") == name

    async def test_sets_up_tests_and_reads_an_endpoint(self, browser: Browser) -> None:
        await browser.sign_in("ngo-one", "/partners/ngo-one/endpoints/new")
        url = f"https://systems.ngo-one.example/{uuid4().hex}"
        await browser.send("/partners/ngo-one/endpoints/new", {"url": "ftp://ngo.example/x", "client_id": "partner-ngo-one--cases"})
        assert browser.answer.status_code == 422
        await browser.send("/partners/ngo-one/endpoints/new", {"url": url, "client_id": "partner-ngo-one--cases"})
        (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", browser.answer.text)
        (place,) = set(re.findall(r"/partners/ngo-one/endpoints/[0-9a-f-]{36}", browser.answer.text))
        await browser.open(place)
        assert secret not in browser.answer.text
        await browser.send(f"{place}/ping")
        assert "endpoint.pinged.v1" in browser.words
        await browser.send(f"{place}/replays", {"since.day": "31", "since.month": "2", "since.year": "2026"})
        assert browser.answer.status_code == 422
        await browser.send(f"{place}/replays", {"since.day": "1", "since.month": "1", "since.year": "2026"})
        assert browser.answer.status_code == 200
        await browser.open(place)
        await browser.send(f"{place}/secret")
        (new,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", browser.answer.text)
        assert new != secret
        assert "The secret of before goes on signing" in browser.words
        await browser.open(place)
        await browser.send(f"{place}/state", {"state": "paused"})
        assert "Paused" in browser.words
        await self._moves(browser, place, url)
        await browser.send(f"{place}/state", {"state": "ended"})
        assert browser.path == "/partners/ngo-one"
        assert url not in browser.words

    async def _moves(self, browser: Browser, place: str, url: str) -> None:
        await browser.open(f"{place}/change")
        old = browser.form(f"{place}/change")
        await browser.send(f"{place}/change", {"url": f"{url}/moved", "types": ["bd.probashi.reintegration.referral.ended.v1"]})
        assert browser.path == place
        assert f"{url}/moved" in browser.words
        assert "Events A referral ended" in browser.words
        stale = await browser.http.post(f"{place}/change", data=old | {"url": url}, headers={"Origin": browser.url})
        assert stale.status_code == 412
        await browser.open(f"{place}/change")
        await browser.send(f"{place}/change", {"url": "ftp://ngo.example/x"})
        assert browser.answer.status_code == 422
        await browser.send(f"{place}/change", {"url": f"{url}/moved", "types": []})
        assert "Events All" in browser.words

    async def test_sees_what_its_programs_asked_and_have_left(self, browser: Browser, suite: Suite) -> None:
        await browser.sign_in("ngo-one", "/partners/ngo-one/usage")
        assert "Left of this minute" in browser.words
        async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240, verify=CERTIFICATES) as http:
            secret = suite.secrets.get("client", partner.CLIENT)
            token = (await Provider(http, suite.place.public_url).grant("client_credentials", partner.CLIENT, {}, secret=secret)).access
            answer = await http.get(f"/v1/partners/events/{uuid4()}", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 404

        async def has_errors() -> bool:
            await browser.open("/partners/ngo-one/usage")
            rows = parsed(browser.answer.text).xpath("//section[@id='cases']//tbody/tr")
            hour, requests, _, errors, _ = [cell.text_content().strip() for cell in rows[0]] if rows else ("00:00", "0", "0", "0", "0")
            assert re.fullmatch(r"\d\d:00", hour)
            return int(requests) >= int(errors) >= 1

        await until(has_errors, expected=True)
        await browser.open("/partners/ngo-two/usage")
        assert browser.answer.status_code == 404

    async def test_a_colleague_who_acts_for_nobody_is_told_what_to_give_the_office(self, browser: Browser, other_browser: Browser) -> None:
        await other_browser.sign_in("admin", "/partners/ngo-one/stewards")
        (steward,) = other_browser.form("/partners/ngo-one/stewards")["ending"]
        await other_browser.send("/partners/ngo-one/stewards", {"ending": steward, "account": ""})
        try:
            await browser.sign_in("ngo-one", "/partners/ngo-one")
            assert steward in browser.words
            assert "You do not act for it yet" in browser.words
        finally:
            await other_browser.send("/partners/ngo-one/stewards", {"account": steward})

    async def test_sees_no_other_and_decides_nothing(self, browser: Browser, other_browser: Browser) -> None:
        code = await entered(other_browser)
        await browser.sign_in("ngo-one", "/partners")
        assert code not in browser.words
        for path in (f"/partners/{code}", f"/partners/{code}/endpoints/new"):
            await browser.open(path)
            assert browser.answer.status_code == 404, path
        await browser.open("/partners/ngo-one/steps/suspend")
        assert browser.answer.status_code == 403

    async def test_is_closed_to_those_it_does_not_concern(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", "/partners")
        assert browser.answer.status_code == 403
