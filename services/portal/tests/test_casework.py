"""A returnee's case on its pages, over the real services: what is written, what is refused and kept, who sees what."""

import io
import re
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from kit.testing.waiting import until
from runner.identity import access_token
from runner.suite import Suite
from services.portal.tests.conftest import PASSWORD, Browser, parsed
from services.portal.tests.test_returnees import NEW, TOLD

ANSWERS = {f"answers.{name}": "1" for name in ("income", "work", "debt")}
GOAL = {
    "goals.0.words": "মাছের খামার",
    "goals.0.dimension": "economic",
    "goals.0.who": "returnee",
    "goals.0.due_on.day": "১",
    "goals.0.due_on.month": "৩",
    "goals.0.due_on.year": "২০২৭",
    "agreed": "yes",
}
ABROAD = {"name": "Halima Abroad", "country": "LB", "reach": "both"}
YES = {"granted": "yes", "way": "signature", "language": "bn"}


async def opened(browser: Browser, **changes: Any) -> str:
    """The path of a new returnee with an open case."""
    await browser.sign_in("demo-cumilla", NEW)
    await browser.send(NEW, TOLD | {"needs": ["job"]} | changes)
    assert browser.answer.status_code == 200, browser.words
    return browser.path


async def api(suite: Suite, account: str, method: str, path: str, **content: Any) -> Any:
    token = await access_token(suite.place.public_url, account, PASSWORD)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(base_url=suite.place.public_url, headers=headers, timeout=240) as http:
        answer = await http.request(method, path, **content)
    assert answer.is_success, answer.text
    return answer.json()


async def add_provider(browser: Browser, name: str, **changes: Any) -> str:
    """Its id. Signed in as an officer."""
    await browser.open("/providers/new")
    said = {"kind": "ngo", "name_en": name, "name_bn": f"{name} বাংলা", "helps": ["training"], "district": "BD-08", "source": "letter"}
    said |= {"open_from.day": "1", "open_from.month": "1", "open_from.year": "2026"}
    await browser.send("/providers/new", said | changes)
    assert browser.path == "/providers", browser.words
    await browser.open(f"/providers?name={name}")
    found = re.search(r"/providers/([0-9a-f-]{36})\"", browser.answer.text)
    assert found, browser.words
    return found[1]


class TestCase:
    async def test_goes_from_the_questions_to_an_end_that_a_second_officer_approves(self, browser: Browser) -> None:
        place = await opened(browser)
        await browser.open(f"{place}/case/assessment")
        await browser.send(f"{place}/case/assessment", ANSWERS)
        assert "25 % (3 of 5 questions answered)" in browser.words
        await browser.open(f"{place}/case/plan")
        await browser.send(f"{place}/case/plan", {**GOAL, "goals.0.due_on.month": "13"})
        assert browser.answer.status_code == 422
        assert browser.typed(f"{place}/case/plan", "goals.0.words") == "মাছের খামার"
        await browser.send(f"{place}/case/plan", GOAL)
        assert "The returnee agrees to it." in browser.words
        assert "by 1 March 2027" in browser.words
        await self._write(browser, place, r"/case/goal\?of=[0-9a-f-]+", {"state": "reached"})
        assert "Reached" in browser.words
        await self._write(browser, place, r"/case/review\?of=1\b", {"confirmed": "partly"})
        assert "the help came in part" in browser.words
        await self._write(browser, place, r"/case/closing", {"reason": "goals_reached"})
        assert "You proposed it: a second officer decides." in browser.words
        assert f"{place}/case/closing/approve" not in browser.answer.text
        await browser.send("/sign-out")
        await browser.sign_in("wewb-one", place)
        await browser.send(f"{place}/case/closing/approve")
        assert re.search(r"Closed on .*: The goals of the plan are reached", browser.words)

    async def _write(self, browser: Browser, place: str, link: str, fields: dict[str, Any]) -> None:
        found = re.search(f'href="({re.escape(place)}{link})"', browser.answer.text)
        assert found, browser.words
        await browser.open(found[1])
        await browser.send(found[1].partition("?")[0], fields)
        assert browser.answer.status_code == 200, browser.words

    async def test_what_a_colleague_changed_meanwhile_is_not_overwritten(self, browser: Browser, suite: Suite) -> None:
        place = await opened(browser)
        await browser.open(f"{place}/case/plan")
        reference = place.rsplit("/", 1)[1]
        case = await api(suite, "wewb-one", "GET", f"/v1/returnees/{reference}/case")
        token = await access_token(suite.place.public_url, "wewb-one", PASSWORD)
        async with httpx.AsyncClient(base_url=suite.place.public_url, headers={"Authorization": f"Bearer {token}"}, timeout=240) as http:
            body = {"answers": {"income": 2}}
            await http.post(f"/v1/returnees/{reference}/case/assessments", json=body, headers={"If-Match": f'"{case["version"]}"'})
        await browser.send(f"{place}/case/plan", GOAL)
        assert browser.answer.status_code == 412
        assert browser.typed(f"{place}/case/plan", "goals.0.words") == "মাছের খামার"
        await browser.send(f"{place}/case/plan", GOAL)
        assert "মাছের খামার" in browser.words

    async def test_a_digital_centre_sees_nothing_of_it(self, browser: Browser) -> None:
        await browser.sign_in("udc-one", NEW)
        await browser.send(NEW, TOLD | {"needs": ["job"]})
        assert "How the case goes" not in browser.words
        await browser.open(f"{browser.path}/case/plan")
        assert browser.answer.status_code == 403


class TestConsent:
    async def test_a_thumbprint_is_photographed_and_taken_back(self, browser: Browser) -> None:
        place = await opened(browser)
        await browser.open(f"{place}/case/consent")
        said = {"purpose": "services", "recipient": "own", **YES, "way": "thumbprint"}
        await browser.send(f"{place}/case/consent", said)
        action = browser.path
        assert action.endswith("/photo")
        picture = io.BytesIO()
        Image.new("RGB", (80, 60), "white").save(picture, "PNG")
        await browser.send(action, files={"file": ("paper.pdf", b"%PDF-1.7", "application/pdf")})
        assert (browser.answer.status_code, browser.path) == (422, action)
        await browser.send(action, files={"file": ("paper.png", picture.getvalue(), "image/png")})
        assert "Photo of the paper" in browser.words
        shown = await browser.http.get(action.replace("/photo", "/thumbprint"))
        assert (shown.headers["content-type"], shown.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
        await browser.send(action.replace("/photo", "/withdraw"))
        assert "Taken back" in browser.words

    async def test_a_spoken_one_needs_its_witness(self, bangla: Browser) -> None:
        place = await opened(bangla)
        await bangla.open(f"{place}/case/consent")
        said = {"purpose": "services", "recipient": "own", **YES, "way": "spoken"}
        await bangla.send(f"{place}/case/consent", said)
        assert bangla.answer.status_code == 422
        assert "সাক্ষীর নাম লিখুন" in bangla.words


class TestHousehold:
    async def test_a_child_out_of_school_without_papers_is_handed_over(self, browser: Browser) -> None:
        place = await opened(browser)
        await browser.open(f"{place}/case/member")
        child = {"relation": "child", "name": "শিশু", "has_papers": "no", "schooling": "out", "credits": "claimed"}
        out_since = {"out_since.day": "1", "out_since.month": "11", "out_since.year": "2026"}
        await browser.send(f"{place}/case/member", child | out_since)
        assert re.search(r"Out of school\. \d+ days out of school", browser.words)
        assert "Without papers" in browser.words
        found = re.search(f'href="({re.escape(place)}/case/child-protection[^"]+)"', browser.answer.text)
        assert found, browser.words
        await browser.open(found[1])
        await browser.send(f"{place}/case/child-protection", {"to": "child_affairs_desk", "note": "একা আছে"})
        assert "Child affairs desk of the police station" in browser.words
        found = re.search(f'href="({re.escape(place)}/case/member-change[^"]+)"', browser.answer.text)
        assert found, browser.words
        await browser.open(found[1])
        assert browser.typed(f"{place}/case/member-change", "name") == "শিশু"
        await browser.send(f"{place}/case/member-change", {"schooling": "attends", "credits": "accepted"})
        assert "Credits of schooling abroad: accepted" in browser.words


class TestMatch:
    async def test_both_records_stand_side_by_side_and_a_person_decides(self, browser: Browser) -> None:
        paper = {"documents.0.kind": "nid", "documents.0.number": "৫৫৪৪৩৩২২১১"}
        await opened(browser, **paper)
        await browser.open(NEW)
        await browser.send(NEW, TOLD | paper | {"name": "Jomal Nomuna", "needs": ["job"]})
        place = browser.path
        found = re.search(f'href="({re.escape(place)}/case/matches/[^"]+)"', browser.answer.text)
        assert found, browser.words
        await browser.open(found[1])
        assert "Jamal Nomuna" in browser.words
        assert "Jomal Nomuna" in browser.words
        assert "Name differs" in browser.words
        await browser.send(found[1], {"decision": "same"})
        assert browser.path == place
        assert "The same person" in browser.words


class TestReferral:
    async def test_says_why_not_and_asks_before_anybody_is_told(self, browser: Browser, other_browser: Browser) -> None:
        place = await opened(browser)
        provider = await add_provider(browser, f"Agrani {uuid4().hex[:8]}", org="ngo-one")
        await browser.open(f"{place}/helps")
        assert "To be asked first: Did they go abroad with valid papers?" in browser.words
        await browser.send(f"{place}/helps", {"went_legally": "no"})
        assert "Not for them, because: The bank asks for valid papers of the migration." in browser.words
        send = f"{place}/helps/training/{provider}"
        await browser.open(f"{place}/helps/training")
        assert f'href="{send}"' in browser.answer.text
        await browser.open(send)
        await browser.send(send, {})
        assert browser.answer.status_code == 422
        await browser.send(send, {**YES, "granted": "no"})
        assert "Not agreed" in browser.words
        assert "Nothing was passed on yet." in browser.words
        await browser.open(send)
        await browser.send(send, {**YES, "reason": "কাজ শিখতে চান"})
        assert "Sent, waits for an answer" in browser.words
        await self._at_the_ngo(other_browser)
        await browser.open(place)
        found = re.search(f'href="({re.escape(place)}/case/confirm[^"]+)"', browser.answer.text)
        assert found, browser.words
        await browser.open("/today")
        assert "Ask the returnee whether the help came" in browser.words
        await browser.open(found[1])
        await browser.send(f"{place}/case/confirm", {"confirmed": "came"})
        assert "The returnee was asked: the help came" in browser.words

    async def _at_the_ngo(self, ngo: Browser) -> None:
        await ngo.sign_in("ngo-one", "/received")
        assert "Jamal Nomuna" in ngo.words
        assert "কাজ শিখতে চান" not in ngo.words
        accept = re.search(r'action="(/received/[0-9a-f-]+/accept)"', ngo.answer.text)
        assert accept, ngo.words
        again = ngo.form(accept[1])
        await ngo.send(accept[1])
        late = await ngo.http.post(accept[1], data=again, headers={"Origin": ngo.url})
        assert late.status_code == 409
        assert "The referral has gone on meanwhile" in late.text
        assert f'action="{accept[1]}"' not in late.text
        report = accept[1].replace("/accept", "/report")
        await ngo.open(report)
        await ngo.send(report, {"outcome": "given"})
        assert "The body says that the help was given" in ngo.words

    async def test_a_body_that_declines_keeps_nothing_of_the_person(self, browser: Browser, other_browser: Browser) -> None:
        place = await opened(browser, name="Nasima Nomuna")
        provider = await add_provider(browser, f"Alor {uuid4().hex[:8]}", org="ngo-two")
        send = f"{place}/helps/training/{provider}"
        await browser.open(send)
        await browser.send(send, YES)
        await other_browser.sign_in("ngo-two", "/received")
        decline = re.search(r'href="(/received/[0-9a-f-]+/decline)"', other_browser.answer.text)
        assert decline, other_browser.words
        await other_browser.open(decline[1])
        await other_browser.send(decline[1], {})
        assert other_browser.answer.status_code == 422
        await other_browser.send(decline[1], {"decline_code": "no_place"})
        assert "Nasima Nomuna" not in other_browser.words
        await browser.open(place)
        assert "Declined: No place at the moment" in browser.words


class TestProviders:
    async def test_one_is_corrected_closed_and_then_not_offered(self, browser: Browser) -> None:
        place = await opened(browser)
        name = f"Shapla {uuid4().hex[:8]}"
        provider = await add_provider(browser, name, members="৪০", women="২৫", kind="union_group", helps=["business_start"])
        assert "40 members, 25 of them women" in browser.words
        await browser.open(f"/providers/{provider}")
        await browser.send(f"/providers/{provider}", {"women": "99"})
        assert browser.answer.status_code == 422
        await browser.send(f"/providers/{provider}", {"women": "30"})
        await browser.open(f"/providers?name={name}")
        assert "40 members, 30 of them women" in browser.words
        await browser.open(f"{place}/helps/business_start")
        assert name in browser.words
        await browser.open(f"/providers/{provider}/close")
        await browser.send(f"/providers/{provider}/close")
        await browser.open(f"{place}/helps/business_start")
        assert name not in browser.words
        await browser.open(f"/providers?name={name}&closed=yes")
        assert name in browser.words


class TestToday:
    async def test_a_number_is_given_and_called_and_information_counted(self, browser: Browser) -> None:
        await browser.sign_in("demo-sylhet", "/today")
        await browser.send("/today/tickets", {"purpose": "complaint"})
        assert "The number is" in browser.words
        call = re.search(r'action="(/today/tickets/[0-9a-f-]+/call)"', browser.answer.text)
        assert call, browser.words
        before = _called(browser)
        await browser.send(call[1])
        assert _called(browser) == before + 1
        told = int(re.search(r"What migration may cost: (\d+)", browser.words)[1])  # type: ignore[index]
        forms = re.findall(r'name="key" value="([^"]+)"', browser.answer.text)
        assert len(set(forms)) == len(forms)
        await browser.press("/today/told", {"topic": "cost"})
        await browser.open("/today")
        assert f"What migration may cost: {told + 1}" in browser.words

    async def test_shows_what_cannot_wait_and_whoever_has_all_districts_chooses_one(self, browser: Browser, suite: Suite) -> None:
        body = {
            "name": "Urgent Nomuna",
            "sex": "male",
            "age_band": "25_34",
            "district": "BD-08",
            "country": "LY",
            "returned_on": "2026-11-02",
            "return_reason": "evacuated",
            "flags": ["medical"],
        }
        await api(suite, "demo-cumilla", "POST", "/v1/returnees", json=body)
        await browser.sign_in("wewb-one", "/today")
        assert "Urgent Nomuna" in browser.words
        assert "Who waits at the counter" not in browser.words
        await browser.open("/today?district=BD-08")
        assert "Who waits at the counter" in browser.words
        await browser.open("/today/district?days=30")
        assert "Where open cases stand" in browser.words

    async def test_is_not_for_everybody(self, browser: Browser) -> None:
        await browser.sign_in("ngo-one", "/today")
        assert browser.answer.status_code == 403


def _called(browser: Browser) -> int:
    found = re.search(r"Called today: (\d+)", browser.words)
    assert found, browser.words
    return int(found[1])


class TestRegisteredAbroad:
    async def test_an_officer_asks_and_the_register_learns_that_they_came(self, browser: Browser, other_browser: Browser) -> None:
        phone = f"71{uuid4().int % 10**6:06d}"
        await other_browser.sign_in("wing-beirut", "/sign-in?next=/nationals/new")
        await other_browser.send("/nationals/new", ABROAD | {"phone": phone})
        found = re.search(r"N-[0-9A-Z]{4}-[0-9A-Z]{4}", other_browser.words)
        assert found, other_browser.words
        place = await opened(browser, name="Halima Abroad", name_bn="হালিমা নমুনা", sex="female", country="LB", phone=f"+961{phone}")

        async def is_answered() -> bool:
            return "has not answered yet" not in (await browser.open(place)).text

        await until(is_answered, expected=True, within=240)
        assert "Registered abroad: Lebanon" in browser.words
        action = next(one for one in parsed(browser.answer.text).xpath("//form/@action") if "/case/abroad/" in one)
        await browser.send(action, {"decision": "same"})
        assert browser.answer.status_code == 200, browser.words

        async def is_told() -> bool:
            page = await other_browser.open(f"/nationals/{found[0]}?purpose=family_asks")
            return "say that they came home on" in page.text

        await until(is_told, expected=True, within=240)
        await browser.open(place)
        assert "The register knows that they came home." in browser.words
