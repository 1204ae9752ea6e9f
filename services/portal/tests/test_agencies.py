"""The open page on agencies, over the real agencies service."""

import httpx
import pytest

from runner.identity import access_token
from runner.suite import Suite
from services.portal.tests.conftest import PASSWORD, Browser, parsed

INSPECTION = {"kind": "inspection", "happened_on": "2026-05-02", "source": "inspection", "source_ref": "report 7", "outcome": "failed"}


@pytest.fixture(scope="session")
async def _inspected(suite: Suite) -> None:
    """Of the demonstration's agencies the first one, which has an office and a sub-agent."""
    token = await access_token(suite.place.public_url, "admin", PASSWORD)
    async with httpx.AsyncClient(base_url=suite.place.public_url, timeout=240) as http:
        answer = await http.post("/v1/agencies/RL-0001/evidence", json=INSPECTION, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text


class TestSearch:
    @pytest.mark.parametrize("query", ["RL-0001", "rl 1", "আরএল নং ০০০১", "শাপলা", "shapla"])
    async def test_needs_no_sign_in_and_takes_what_people_type(self, browser: Browser, query: str) -> None:
        await browser.open(f"/agencies?query={query}")
        assert "Licensed" in browser.words
        assert "Shapla" in browser.words

    @pytest.mark.parametrize("query", ["RL-0001", "01700000005", "+880 1700 000005", "শাপলা"])
    async def test_what_is_typed_travels_in_a_body(self, browser: Browser, query: str) -> None:
        await browser.open("/agencies")
        await browser.send("/agencies", {"query": query, "country": "SA", "sex": "male"})
        assert browser.words.startswith("Licensed", browser.words.index("Check another agency") + len("Check another agency "))
        assert "at most Tk 1,65,000 in all" in browser.words
        assert browser.answer.url.query == b""

    async def test_a_registered_sub_agent_by_number(self, bangla: Browser) -> None:
        await bangla.open("/agencies")
        await bangla.send("/agencies", {"query": "০১৭০০০০০০০৬"})
        assert "লাইসেন্সধারী এজেন্সির নিবন্ধিত সাব-এজেন্ট" in bangla.words
        assert "RL-0001" in bangla.words

    async def test_licensed_or_not_comes_first(self, browser: Browser) -> None:
        await browser.open("/agencies/RL-0003")
        assert browser.words.strip().startswith("Check another agency Licence suspended: may not recruit")

    async def test_an_agency_that_is_not_there_is_a_warning(self, bangla: Browser) -> None:
        await bangla.open("/agencies?query=RL-9999")
        assert "কাউকে টাকা দেবেন না" in bangla.words

    async def test_so_is_a_number_that_nobody_holds(self, bangla: Browser) -> None:
        await bangla.open("/agencies/RL-9999")
        assert bangla.answer.status_code == 404
        assert "কাউকে টাকা দেবেন না" in bangla.words

    async def test_tells_what_to_look_at_and_how_to_report(self, bangla: Browser) -> None:
        await bangla.open("/agencies/RL-0001")
        for words in ("লাইসেন্সের ইতিহাস", "রসিদে যা থাকতে হবে", "১৬১৩৫", "শ্রেণি কী বোঝায়", "লাইসেন্স দেওয়া হয়েছে"):
            assert words in bangla.words

    async def test_a_form_from_elsewhere_is_refused(self, browser: Browser) -> None:
        answer = await browser.http.post("/agencies", data={"query": "x"}, headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 403


@pytest.mark.usefixtures("_inspected")
class TestOwnFile:
    async def test_an_agency_answers_and_adds_a_document(self, browser: Browser) -> None:
        await browser.sign_in("agency-one", "/sign-in?next=/agencies/mine")
        assert browser.path == "/agencies/RL-0001/file"
        assert "Inspection: failed" in browser.words
        action = next(form.get("action") for form in parsed(browser.answer.text).forms if str(form.get("action")).endswith("/answer"))
        await browser.send(action, {"words": "The office had moved that week."})
        assert "The office had moved that week." in browser.words
        await browser.send("/agencies/RL-0001/file/documents", files={"file": ("letter.pdf", b"%PDF-1.7\n%%EOF\n", "text/plain")})
        assert "letter.pdf" in browser.words

    async def test_what_is_no_document_is_refused_with_words(self, browser: Browser) -> None:
        await browser.sign_in("agency-one", "/sign-in?next=/agencies/mine")
        await browser.send("/agencies/RL-0001/file/documents", files={"file": ("letter.pdf", b"MZ program", "application/pdf")})
        assert browser.answer.status_code == 422
        assert "There is a problem" in browser.words

    async def test_another_s_file_is_not_there(self, browser: Browser) -> None:
        await browser.sign_in("agency-one", "/sign-in?next=/agencies/mine")
        assert (await browser.open("/agencies/RL-0003/file")).status_code == 404

    async def test_is_for_nobody_without_a_sign_in(self, browser: Browser) -> None:
        await browser.open("/agencies/RL-0001/file")
        assert "password" in browser.answer.text


class TestImport:
    HEAD = "licence,name_en,valid_until,district"

    async def test_each_row_is_explained(self, browser: Browser) -> None:
        await browser.sign_in("decider", "/sign-in?next=/agencies/imports")
        rows = f"{self.HEAD}\nRL-0701,Good (fictional),2099-01-01,BD-13\nRL-0702,Bad (fictional),tomorrow,BD-13\n"
        await browser.send("/agencies/imports", {"mode": "good", "kind": "register"}, files={"file": ("list.csv", rows.encode())})
        assert "1 good, 1 wrong" in browser.words
        assert "valid_until: Write a date" in browser.words
        await browser.open("/agencies/RL-0701")
        assert "Licensed" in browser.words

    async def test_what_is_no_list_is_said_above_the_form(self, bangla: Browser) -> None:
        await bangla.sign_in("decider", "/sign-in?next=/agencies/imports")
        await bangla.send("/agencies/imports", {"mode": "all", "kind": "register"}, files={"file": ("list.xls", b"\xd0\xcf\x11\xe0")})
        assert (bangla.answer.status_code, "পুরোনো এক্সেল ফাইল" in bangla.words) == (422, True)

    async def test_is_not_for_an_agency(self, browser: Browser) -> None:
        await browser.sign_in("agency-one", "/sign-in?next=/")
        assert (await browser.open("/agencies/imports")).status_code == 403
