"""The DEMO officer's page of returnees, over the real reintegration service."""

import asyncio
import base64
import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from kit.boxes import seal_box
from kit.reference import make
from services.portal.field.endpoints import FILES
from services.portal.forms import Form
from services.portal.returnees import forms
from services.portal.tests.conftest import Browser, parsed

NEW = "/returnees/new"
TOLD = {
    "name": "Jamal Nomuna",
    "name_bn": "জামাল নমুনা",
    "phone": "০১৭১২৩৪৫৬৭৮",
    "sex": "male",
    "age_band": "35_44",
    "district": "BD-08",
    "country": "SA",
    "returned_on.day": "১২",
    "returned_on.month": "১০",
    "returned_on.year": "২০২৬",
    "return_reason": "contract_ended",
}


class TestNew:
    async def test_registers_and_opens_a_case_at_once(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD | {"needs": ["job", "loan"], "consent.granted": "yes"})
        assert browser.answer.status_code == 200
        assert "Case opened" in browser.words
        assert "Finding work, A loan" in browser.words
        assert "+8801712345678" in browser.words
        assert "12 October 2026" in browser.words

    async def test_needs_no_document_and_no_case(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        assert "Returnee registered" in browser.words

    async def test_a_case_can_be_opened_later(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        action = f"{browser.path}/case"
        await browser.send(action, {})
        assert browser.answer.status_code == 422
        assert "What help is needed?" in browser.words
        await browser.send(action, {"needs": ["training"]})
        assert "Training in a trade" in browser.words

    async def test_a_double_click_registers_once(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        answers = await asyncio.gather(*(browser.press(NEW, TOLD | {"needs": ["job"]}) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.headers["location"].partition("?")[0] for answer in answers}) == 1

    async def test_says_in_bangla_what_to_mend_and_keeps_what_was_typed(self, bangla: Browser) -> None:
        await bangla.sign_in("demo-cumilla", NEW)
        wrong = {"returned_on.month": "১৩", "documents.0.number": "AB 1", "needs": ["job", "debt"], "district": ""}
        await bangla.send(NEW, TOLD | wrong)
        assert bangla.answer.status_code == 422
        assert 'id="returned_on-error"' in bangla.answer.text
        assert 'id="district-error"' in bangla.answer.text
        assert bangla.typed(NEW, "returned_on.month") == "১৩"
        assert bangla.typed(NEW, "documents.0.number") == "AB 1"
        assert bangla.form(NEW)["needs"] == ["job", "debt"]

    async def test_is_refused_before_anything_is_typed(self, browser: Browser) -> None:
        await browser.sign_in("agency-one", NEW)
        assert browser.answer.status_code == 403


class TestRead:
    async def test_another_district_does_not_see_it(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        page = browser.path
        await browser.send("/sign-out")
        await browser.sign_in("demo-sylhet", page)
        assert browser.answer.status_code == 404

    async def test_the_list_shows_it_in_the_readers_script(self, bangla: Browser) -> None:
        await bangla.sign_in("demo-cumilla", NEW)
        await bangla.send(NEW, TOLD)
        await bangla.open("/returnees")
        assert "জামাল নমুনা" in bangla.words

    async def test_the_slip_names_nobody(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        await browser.open(f"{browser.path}/slip")
        assert "You are registered" in browser.words
        assert "Jamal" not in browser.words


EVERYTHING = {
    "flags": ["medical"],
    "birth_year": "১৯৮৮",
    "guardian.name": "Saleha",
    "guardian.relation": "aunt",
    "guardian.phone": "01812345678",
    "second_phone": "+966501112233",
    "upazila": "Debidwar",
    "village": "Nomunapur",
    "departed_on.day": "1",
    "departed_on.month": "২",
    "departed_on.year": "2020",
    "proof": "ticket",
    "documents.0.kind": "nid",
    "documents.0.number": "১২৩৪৫৬৭৮৯০",
    "documents.1.kind": "passport",
    "documents.1.number": "AB1234567",
    "arrival.health_check": "declined",
    "arrival.counselling": "done",
    "arrival.given": ["food"],
    "father": "Abdul",
    "mother": "Amena",
    "owed": ["wages"],
    "neutral_slip": "yes",
}


class TestEveryField:
    async def test_is_kept_and_shown(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD | EVERYTHING)
        assert browser.answer.status_code == 200
        for said in (
            "Needs a doctor now",
            "1988",
            "Saleha, aunt, +8801812345678",
            "1 February 2020",
            "১২৩৪৫৬৭৮৯০",
            "AB1234567",
            "Declined",
        ):
            assert said in browser.words
        assert "Abdul" in browser.words
        assert "Wages" in browser.words

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"documents.0.kind": "nid", "documents.0.number": "12345678901"}, "documents-0-number"),
            ({"documents.0.kind": "none", "documents.1.kind": "nid", "documents.1.number": "12345678901"}, "documents-1-number"),
            ({"departed_on.day": "1", "departed_on.month": "11", "departed_on.year": "2026"}, "departed_on"),
            ({"birth_year": "৮৮ সাল"}, "birth_year"),
            ({"guardian.name": "Saleha"}, "guardian-relation"),
            ({"second_phone": "12"}, "second_phone"),
        ],
    )
    async def test_a_fault_stands_beside_its_field_in_both_languages(
        self, browser: Browser, bangla: Browser, changes: dict[str, str], field: str
    ) -> None:
        for one in (browser, bangla):
            await one.sign_in("demo-cumilla", NEW)
            await one.send(NEW, TOLD | changes)
            assert one.answer.status_code == 422
            assert f'id="{field}-error"' in one.answer.text
            assert one.typed(NEW, "name") == TOLD["name"]

    async def test_what_is_odd_is_taken_and_said(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD | {"documents.1.kind": "passport", "documents.1.number": "A1"})
        assert "The passport number has an unusual length." in browser.words

    async def test_a_child_without_a_guardian_is_urgent(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD | {"age_band": "under_18"})
        assert "A child without a guardian" in browser.words

    async def test_a_guardian_agrees_for_a_child(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        agreed = {"needs": ["schooling"], "consent.granted": "yes"}
        await browser.send(NEW, TOLD | agreed | {"age_band": "under_18", "guardian.name": "Saleha", "guardian.relation": "aunt"})
        action = f"{browser.path}/case"
        await browser.send(action, agreed)
        assert (browser.answer.status_code, "A child's guardian speaks for the child" in browser.words) == (409, True)
        await browser.send(action, agreed | {"consent.by_guardian": "yes"})
        assert "Case opened" in browser.words

    async def test_a_script_in_a_name_is_a_name(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD | {"name": "<script>alert(1)</script>"})
        assert "<script>alert(1)" not in browser.answer.text
        assert "<script>alert(1)</script>" in browser.words

    async def test_what_was_typed_comes_back_out_of_a_registration(self) -> None:
        typed: dict[str, Any] = TOLD | EVERYTHING
        form = Form({name: value if isinstance(value, list) else [value] for name, value in typed.items()})
        sent = forms.returnee_of(form)
        assert forms.returnee_of(Form(forms.typed_again(sent))) == sent
        assert forms.typed_again({"flags": "medical", "documents": [7], "guardian": [], "returned_on": None}) == {"flags": [], "owed": []}


class TestSlip:
    async def test_a_neutral_one_does_not_say_what_it_is_for(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD | {"neutral_slip": "yes"})
        path = browser.path
        await browser.open(f"{path}/slip")
        slip = parsed(browser.answer.text).find_class("app-slip")[0].text_content()
        assert path.rsplit("/", 1)[1] in slip
        assert "16135" in slip
        assert "egistered" not in slip
        assert "eturn" not in slip
        assert "data:image/svg+xml" in browser.answer.text


class TestField:
    """What the page of a browser without scripts can show of registrations without a connection; tests/browser does the rest."""

    async def test_the_kept_page_names_nobody_and_is_one_for_all(self, browser: Browser, other_browser: Browser) -> None:
        await browser.sign_in("udc-one")
        await browser.open("/field/")
        assert browser.path == "/field/en"
        assert (await other_browser.open("/field/en")).text == browser.answer.text

    async def test_the_worker_reaches_no_further_than_its_page(self, browser: Browser) -> None:
        answer = await browser.http.get("/field/sw.js")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "no-cache"
        assert "service-worker-allowed" not in answer.headers
        kept = re.findall(r'"(/assets/[^"]+)"', answer.text)
        assert len(kept) == len(FILES)
        for one in kept:
            assert (await browser.http.get(one)).status_code == 200

    async def test_a_queue_without_a_session_is_asked_to_sign_in(self, browser: Browser) -> None:
        assert (await browser.http.post("/field/sync", json={})).status_code == 401
        await browser.sign_in("udc-one")
        assert (await browser.http.post("/field/sync", json={})).status_code == 422
        forged = await browser.http.post("/field/sync", json={}, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
        assert forged.status_code == 403

    async def test_signing_out_leaves_what_waits(self, browser: Browser) -> None:
        await browser.sign_in("udc-one", "/returnees")
        answer = await browser.press("/sign-out")
        assert "storage" not in answer.headers["clear-site-data"]


async def sync(browser: Browser, registration: dict[str, Any]) -> dict[str, Any]:
    key = (await browser.http.get("/field/key")).json()
    device, entry = str(uuid4()), str(uuid4())
    now = datetime.now(UTC).isoformat()
    content = json.dumps({"registration": registration, "reference": make("R"), "written_at": now}).encode()
    box = seal_box(base64.urlsafe_b64decode(key["public_key"] + "="), content, f"{key['key_id']}|{device}|{entry}".encode())
    sealed = {"id": entry, "key_id": key["key_id"], "sealed": base64.urlsafe_b64encode(box).decode()}
    answer = await browser.http.post("/field/sync", json={"device_id": device, "device_now": now, "entries": [sealed]})
    result: dict[str, Any] = answer.json()["results"][0]
    return result


REGISTRATION = {
    **{name: value for name, value in TOLD.items() if "." not in name},
    "returned_on": "2026-10-12",
}


class TestMend:
    async def test_under_the_number_of_the_slip(self, browser: Browser) -> None:
        await browser.sign_in("udc-one", "/returnees")
        name = f"Mendable {uuid4()}"
        result = await sync(browser, REGISTRATION | {"name": name, "documents": [{"kind": "nid", "number": "12345678901"}]})
        assert result["outcome"] == "to_mend"
        await browser.open("/returnees/mend")
        path = next(link.get("href") for link in parsed(browser.answer.text).xpath("//a") if name in link.text_content())
        await browser.open(path)
        assert 'id="documents-0-number-error"' in browser.answer.text
        assert browser.typed(path, "name") == name
        await browser.send(path, {"documents.0.number": "1234567890"})
        assert browser.path == f"/returnees/{result['reference']}"
        assert name in browser.words

    async def test_is_closed_with_a_reason(self, browser: Browser) -> None:
        await browser.sign_in("udc-one", "/returnees")
        name = f"Closable {uuid4()}"
        await sync(browser, REGISTRATION | {"name": name, "returned_on": "2031-01-01"})
        await browser.open("/returnees/mend")
        path = next(link.get("href") for link in parsed(browser.answer.text).xpath("//a") if name in link.text_content())
        await browser.open(path)
        await browser.send(path, {"do": "dismiss", "because": ""})
        assert browser.answer.status_code == 422
        await browser.send(path, {"do": "dismiss", "because": "Entered twice"})
        assert "The entry was closed." in browser.words
        assert name not in browser.words


class TestConflicts:
    async def test_both_values_are_shown_and_a_person_chooses(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", NEW)
        await browser.send(NEW, TOLD)
        page = browser.path
        result = await sync(browser, REGISTRATION | {"name": f"Jamal {uuid4()}", "sex": "other", "of": page.rsplit("/", 1)[1]})
        assert (result["outcome"], result["waiting"]) == ("compared", 2)
        await browser.open(page)
        assert "2 fields" in browser.words
        await browser.open("/returnees/conflicts?cursor=")
        path = next(
            item.xpath(".//a")[0].get("href")
            for item in parsed(browser.answer.text).xpath("//main//li")
            if result["reference"] in item.text_content()
        )
        await browser.open(path)
        assert "Man or boy" in browser.words
        assert "Third gender" in browser.words
        await browser.send(path, {})
        assert browser.answer.status_code == 422
        await browser.send(path, {"name": "new"})
        assert "not chosen: Jamal Nomuna" in browser.words
        await browser.send(path, {"sex": "kept"})
        assert "Every field was chosen." in browser.words
        await browser.open(page)
        assert "Man or boy" in browser.words

    async def test_are_for_those_who_work_on_records(self, browser: Browser) -> None:
        await browser.sign_in("udc-one", "/returnees/conflicts")
        assert browser.answer.status_code == 403
