"""Partner organisations on their pages, over the real services: by those who keep the list, and by an organisation's own people."""

import re
from uuid import uuid4

from services.portal.tests.conftest import Browser


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
        await browser.send(f"{place}/state", {"state": "ended"})
        assert browser.path == "/partners/ngo-one"
        assert url not in browser.words

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
