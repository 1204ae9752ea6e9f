"""The office's page of one agency, without scripts, over the real suite: a licence suspended, a sub-agent registered, a fact struck out."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from kit.testing.days import day
from runner.identity import access_token
from runner.suite import Suite
from services.portal.tests.conftest import PASSWORD, Browser


def on(name: str, offset: int) -> dict[str, str]:
    """A date as the three fields of a form."""
    year, month, of_month = day(offset).split("-")
    return {f"{name}.year": year, f"{name}.month": month, f"{name}.day": of_month}


async def post(suite: Suite, account: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """As an office's own program does."""
    token = await access_token(suite.place.public_url, account, PASSWORD)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
        answer = await http.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture
async def licence(suite: Suite) -> str:
    """An agency of this test's own."""
    number = f"RL-{20_000 + uuid4().int % 70_000}"
    known = {"name_en": f"Kajol {number} (fictional)", "valid_until": day(900), "issued_on": day(-90), "district": "BD-08"}
    await post(suite, "decider", "/v1/agencies", {"licence": number, **known})
    return number


async def at_the_office(browser: Browser, licence: str, account: str = "decider") -> str:
    office = f"/agencies/{licence}/office"
    await browser.sign_in(account, f"/sign-in?next={office}")
    assert browser.path == office
    return office


async def write(browser: Browser, place: str, fields: dict[str, Any]) -> None:
    await browser.open(place)
    await browser.send(place.partition("?")[0], fields)


class TestLicence:
    async def test_suspended_by_the_office_it_is_so_for_everybody(self, browser: Browser, bangla: Browser, licence: str) -> None:
        office = await at_the_office(browser, licence)
        said = {"hearing": "no", "reason": "Workers were held at the airport.", "order_ref": "MEWOE 12/2026", "source": "order"}
        await write(browser, f"{office}/suspended", said)
        assert browser.path == office, browser.words
        await bangla.open(f"/agencies/{licence}")
        assert "লাইসেন্স স্থগিত" in bangla.words
        assert "শুনানি ছাড়া" in bangla.words
        await write(browser, f"{office}/suspension_lifted", {"source": "order"})
        await bangla.open(f"/agencies/{licence}")
        assert bangla.words.strip().startswith("আরেকটি এজেন্সি যাচাই করুন লাইসেন্স বৈধ")

    async def test_what_cannot_follow_is_said_above_the_form(self, bangla: Browser, licence: str) -> None:
        office = await at_the_office(bangla, licence)
        await write(bangla, f"{office}/restored", {"source": "order"})
        assert bangla.answer.status_code == 409
        assert "ওই তারিখে লাইসেন্সটি এই পদক্ষেপের উপযোগী অবস্থায় ছিল না" in bangla.words

    async def test_a_renewal_without_its_last_day_is_mended_where_it_is_missing(self, browser: Browser, licence: str) -> None:
        office = await at_the_office(browser, licence)
        await write(browser, f"{office}/renewed", on("true_from", 901) | {"source": "order"})
        assert browser.answer.status_code == 422
        await browser.send(f"{office}/renewed", on("true_until", 1996) | {"security_minor": "৩৫,০০,০০০"})
        assert browser.path == office, browser.words
        assert "security money Tk 3500000" in browser.words
        assert "Licence renewed" in browser.words

    async def test_a_step_that_never_was_stays_and_counts_no_longer(self, browser: Browser, licence: str) -> None:
        office = await at_the_office(browser, licence)
        await write(browser, f"{office}/cancelled", {"source": "order"})
        assert "Licence cancelled" in browser.words
        link = next(one for one in browser.answer.text.split('"') if "/office/withdrawn?of=" in one)
        await write(browser, link, {"source": "a letter of the ministry"})
        assert browser.path == office, browser.words
        assert "Corrected" in browser.words
        await browser.open(f"/agencies/{licence}")
        assert browser.words.strip().startswith("Check another agency Licensed")

    async def test_the_complaint_desk_sees_the_warning_and_the_class_at_once(
        self, browser: Browser, other_browser: Browser, suite: Suite, licence: str
    ) -> None:
        complaint = {
            "channel": "phone",
            "category": "overcharged",
            "country": "SA",
            "reporter": {"relation": "anonymous"},
            "respondent": {"kind": "agency", "name": "Kajol", "licence": licence},
            "narrative": "পাঁচ লাখ টাকা নিয়েছে।",
        }
        receipt = await post(suite, "agent", "/v1/complaints", complaint)
        page = f"/complaints/{receipt['reference']}"
        await other_browser.sign_in("agent", f"/sign-in?next={page}")
        assert "Licence suspended" not in other_browser.words
        office = await at_the_office(browser, licence)
        await write(browser, f"{office}/suspended", {"hearing": "yes", "source": "order"})
        await other_browser.open(page)
        assert "Licence suspended: may not recruit" in other_browser.words
        assert "Class: Not licensed: no class" in other_browser.words


class TestWhoBelongsToIt:
    async def test_a_sub_agent_is_found_by_whoever_is_about_to_pay_until_the_registration_ends(
        self, browser: Browser, bangla: Browser, licence: str
    ) -> None:
        office = await at_the_office(browser, licence)
        number = f"SA-{licence}"
        said = {"number": number, "name_en": "Jamal Nomuna", "district": "BD-08", "source": "certificate"}
        await write(browser, f"{office}/sub-agent", said | on("true_from", -30) | on("true_until", 300))
        assert browser.path == office, browser.words
        await bangla.open("/agencies")
        await bangla.send("/agencies", {"query": number})
        assert "লাইসেন্সধারী এজেন্সির নিবন্ধিত সাব-এজেন্ট" in bangla.words
        link = next(one for one in browser.answer.text.split('"') if "/office/sub-agent-end?of=" in one)
        await write(browser, link, on("on", -1) | {"reason": "left the agency", "source": "letter"})
        assert browser.path == office, browser.words
        await bangla.open("/agencies")
        await bangla.send("/agencies", {"query": number})
        assert "টাকা দেবেন না" in bangla.words

    @pytest.mark.parametrize(
        ("act", "said", "shown"),
        [
            ("branch", {"kind": "branch", "address": "Road 7, Cumilla", "district": "BD-08"}, "Road 7, Cumilla"),
            ("alias", {"kind": "trade", "name": "Kajol Travels"}, "Kajol Travels"),
            ("associate", {"with_licence": "RL-0001"}, "RL-0001"),
        ],
    )
    async def test_offices_names_and_associates_too(self, browser: Browser, licence: str, act: str, said: Any, shown: str) -> None:
        office = await at_the_office(browser, licence)
        await write(browser, f"{office}/{act}", said | {"source": "certificate"})
        assert browser.path == office, browser.words
        assert shown in browser.words


INSPECTED = {"outcome": "failed", "source": "inspection", "source_ref": "report 7"}


class TestEvidence:
    async def test_struck_out_with_a_reason_it_stays_and_can_be_brought_back(self, browser: Browser, licence: str) -> None:
        office = await at_the_office(browser, licence)
        await write(browser, f"{office}/inspection", INSPECTED)
        assert "Inspection: failed" in browser.words
        link = next(one for one in browser.answer.text.split('"') if "/office/strike?of=" in one)
        await write(browser, link, {"reason": "short"})
        assert browser.answer.status_code == 422
        await browser.send(f"{office}/strike", {"reason": "The report was about another office."})
        assert browser.path == office, browser.words
        assert "Struck out, it does not count: The report was about another office." in browser.words
        link = next(one for one in browser.answer.text.split('"') if "/office/restore?of=" in one)
        await write(browser, link, {"reason": "It was about this one after all."})
        assert "Struck out" not in browser.words

    @pytest.mark.parametrize(
        ("act", "said", "shown"),
        [
            (
                "fee_charged",
                {"amount": "২,০০,০০০", "country": "SA", "sex": "male", "source": "receipt"},
                "above the lawful ceiling of Tk 165000",
            ),
            ("contract", {"outcome": "missing", "source": "worker_survey"}, "Contract before departure: not given"),
            ("passport", {"outcome": "withheld", "source": "wing", "country": "SA"}, "Passport: withheld"),
            ("training", {"workers": "৩০", "source": "training_centre"}, "30 workers"),
            ("crisis_answer", {"outcome": "silent", "country": "LB", "source": "wing"}, "no answer"),
        ],
    )
    async def test_each_kind_has_its_form(self, browser: Browser, licence: str, act: str, said: Any, shown: str) -> None:
        office = await at_the_office(browser, licence)
        await write(browser, f"{office}/{act}", said | {"source_ref": "list 3"})
        assert browser.path == office, browser.words
        assert shown in browser.words

    async def test_a_conviction_is_resolved_by_what_came_after(self, browser: Browser, licence: str) -> None:
        office = await at_the_office(browser, licence)
        await write(browser, f"{office}/offence", INSPECTED | {"outcome": "convicted", "source": "court"})
        link = next(one for one in browser.answer.text.split('"') if "/office/offence_resolved?of=" in one)
        await write(browser, link, {"source": "court", "source_ref": "appeal 3"})
        assert browser.path == office, browser.words
        assert "Offence resolved" in browser.words

    async def test_a_wing_notes_what_it_found_and_reads_no_evidence(self, browser: Browser, licence: str) -> None:
        await browser.sign_in("wing-riyadh", f"/sign-in?next=/agencies/{licence}")
        assert f"/agencies/{licence}/office/passport" in browser.answer.text
        await write(
            browser,
            f"/agencies/{licence}/office/passport",
            {"outcome": "withheld", "country": "SA", "source": "wing", "source_ref": "visit 2"},
        )
        assert browser.path == f"/agencies/{licence}", browser.words
        assert (await browser.open(f"/agencies/{licence}/office")).status_code == 403
        assert (await browser.open(f"/agencies/{licence}/office/suspended")).status_code == 403


class TestReaders:
    async def test_the_analyst_reads_and_writes_nothing(self, browser: Browser, licence: str) -> None:
        office = await at_the_office(browser, licence, "analyst")
        assert "/office/suspended" not in browser.answer.text
        assert (await browser.open(f"{office}/suspended")).status_code == 403

    async def test_an_agency_is_refused_and_a_form_that_nobody_knows_is_not_there(
        self, browser: Browser, other_browser: Browser, licence: str
    ) -> None:
        await browser.sign_in("agency-one", "/sign-in?next=/")
        assert (await browser.open("/agencies/RL-0001/office")).status_code == 403
        await at_the_office(other_browser, licence)
        assert (await other_browser.open(f"/agencies/{licence}/office/promoted")).status_code == 404
