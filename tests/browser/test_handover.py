"""At the desk, in a real browser: a protected case that another officer never learns of, and a grievance that becomes a complaint."""

from typing import Any, Final
from uuid import uuid4

import httpx
from playwright.async_api import Browser

from kit.testing.waiting import until
from runner.identity import access_token
from runner.suite import Suite
from tests.browser.conftest import PASSWORD, Person, person, tick

SAID: Final = {
    "en": {"given": "Given", "found": "Identified as a victim of trafficking", "agree": "only if the person agrees", "who": "Jahid Nomuna"},
    "bn": {"given": "দেওয়া হয়েছে", "found": "মানব পাচারের শিকার হিসেবে শনাক্ত", "agree": "সম্মত হলেই কেবল", "who": "জাহিদ নমুনা, ওয়েজ আর্নার্স"},
}
RETURNEE: Final[dict[str, Any]] = {
    "name": "Selina (fictional)",
    "phone": "01712345699",
    "sex": "female",
    "age_band": "18_24",
    "district": "BD-08",
    "country": "SA",
    "returned_on": "2026-11-20",
    "return_reason": "assisted",
}


async def call(whole: Suite, account: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    token = await access_token(whole.place.public_url, account, PASSWORD)
    async with httpx.AsyncClient(timeout=240, headers={"Authorization": f"Bearer {token}"}) as http:
        answer = await http.request(method, f"{whole.place.public_url}{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def registered(whole: Suite) -> str:
    return str((await call(whole, "demo-cumilla", "POST", "/v1/returnees", RETURNEE))["reference"])


async def well(one: Person) -> None:
    assert await one.violations() == []
    assert await one.overflow() == 0


class TestProtectedCase:
    async def test_is_followed_by_its_member_and_unknown_to_another(
        self, chrome: Browser, on_a_phone: Person, whole: Suite, language: str
    ) -> None:
        training = {"training": "identification", "trained_on": "2026-01-10"}
        await call(whole, "supervisor", "PUT", "/v1/returnees/trained-officers/demo-cumilla", training)
        reference, desk = await registered(whole), on_a_phone
        await desk.sign_in("demo-cumilla", f"/returnees/{reference}")
        await well(desk)
        await desk.send(f"/returnees/{reference}/protection")
        address = desk.page.url.removeprefix(desk.url).split("#")[0]
        await well(desk)
        await desk.page.select_option("#kind", "shelter_home")
        await desk.send(f"{address}/steps")
        await desk.send(f"{address}/step")
        assert SAID[language]["given"] in await desk.words()
        await tick(desk.page, "#sign-documents")
        await desk.send(f"{address}/indicators")
        assert await desk.page.is_checked("#sign-documents")
        await tick(desk.page, "input[name=finding][value=trafficking]")
        await tick(desk.page, "input[name=forms][value=domestic_servitude]")
        await desk.page.fill("#reasons", "পাসপোর্ট কেড়ে নিয়ে আটকে রাখা হয়েছিল")
        await desk.send(f"{address}/identification")
        assert SAID[language]["found"] in await desk.words()
        await well(desk)

        other = await person(chrome, whole, language)
        await other.sign_in("wewb-one", "/protected")
        assert "Selina" not in await other.words()
        answer = await other.page.goto(other.url + address)
        assert answer is not None
        assert answer.status == 404
        assert "Selina" not in await other.words()

        await other.open("/protected/emergency")
        await well(other)
        await other.page.fill("#reference", reference)
        await other.page.fill("#reason", "থানা থেকে ফোন, কেউ ধরছে না")
        await other.send("/protected/emergency")
        assert "Selina" in await other.words()
        await well(other)
        await other.context.close()
        await desk.open("/protected/emergencies")
        await well(desk)
        assert SAID[language]["who"] in await desk.words()


class TestNewPages:
    async def test_a_letter_and_a_candidate_abroad_are_read_on_a_phone_and_by_a_screen_reader(
        self, on_a_phone: Person, whole: Suite
    ) -> None:
        desk, number = on_a_phone, f"BX{uuid4().int % 10**7:07d}"
        papers = {"documents": [{"kind": "passport", "number": number}]}
        national = {"name": "Selina Fictional", "country": "SA", "sex": "female", "contacts": [{"address": "+966 51 234 5699"}], **papers}
        await call(whole, "wing-riyadh", "POST", "/v1/nationals", national)
        returnee = (await call(whole, "demo-cumilla", "POST", "/v1/returnees", {**RETURNEE, **papers}))["reference"]
        at = f"/v1/returnees/{returnee}"
        await call(whole, "demo-cumilla", "POST", f"{at}/cases", {"needs": ["job"], "consent": {"purpose": "services", "granted": True}})
        clinic = {"kind": "health", "name_en": "Clinic (fictional)", "name_bn": "ক্লিনিক (কাল্পনিক)", "helps": ["treatment"]}
        provider = await call(
            whole, "demo-cumilla", "POST", "/v1/returnees/providers", clinic | {"open_from": "2026-01-01", "source": "test"}
        )
        consent = {"purpose": "referral", "recipient": provider["recipient"], "granted": True, "way": "signature", "language": "bn"}
        await call(whole, "demo-cumilla", "POST", f"{at}/consents", consent)
        sent = {"provider_id": provider["id"], "help": "treatment", "reason": "পায়ের চিকিৎসা"}
        letter = (await call(whole, "demo-cumilla", "POST", f"{at}/referrals", sent))["id"]
        await desk.sign_in("demo-cumilla", f"/returnees/{returnee}/letters/{letter}")
        await well(desk)

        async def is_answered() -> bool:
            return bool((await call(whole, "demo-cumilla", "GET", f"{at}/abroad"))["items"])

        await until(is_answered, expected=True, within=240)
        await desk.open(f"/returnees/{returnee}")
        assert await desk.page.locator("form[action*='/case/abroad/'] button").count() == 3
        await well(desk)
        assert desk.faults == []


class TestGrievance:
    async def test_becomes_a_complaint_only_with_consent_and_each_names_the_other(
        self, somebody: Person, whole: Suite, language: str
    ) -> None:
        reference = await registered(whole)
        address = f"/returnees/{reference}/complaint"
        await somebody.sign_in("demo-cumilla", address)
        await well(somebody)
        assert "Selina" in await somebody.words()
        await somebody.page.select_option("#category", "wages")
        await somebody.page.fill("#narrative", "ছয় মাস বেতন পাইনি")
        await tick(somebody.page, "input[name=agreed][value=no]")
        await tick(somebody.page, "input[name=way][value=signature]")
        await somebody.send(address)
        assert SAID[language]["agree"] in await somebody.words()
        await tick(somebody.page, "input[name=agreed][value=yes]")
        await somebody.send(address)
        lodged = await somebody.page.inner_text("#handover a.app-reference")
        history = await call(whole, "demo-cumilla", "GET", f"/v1/complaints/{lodged}/history")
        assert reference in str(history)
        (linked,) = (await call(whole, "demo-cumilla", "GET", f"/v1/returnees/{reference}/complaints"))["items"]
        assert linked["reference"] == lodged
        assert somebody.faults == []
