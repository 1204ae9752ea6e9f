"""Safe Migration Committees: an office types what it knows, corrects it in the open, and everybody reads it."""

import pytest

from services.portal.reports.rules import quarters
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_reports import cells

OPEN, RETURNS = "/framework/committees", "/framework/committee-returns"
NEW = f"{RETURNS}/new"
QUARTER = "2025-Q3"
SAID = {"quarter": QUARTER, "unions": "১৫", "formed": "12", "met": "9", "trained": "4", "referred": "30"}


class TestQuarters:
    def test_go_back_over_the_turn_of_the_year(self) -> None:
        assert quarters("2026-Q1", 3) == ["2026-Q1", "2025-Q4", "2025-Q3"]


class TestWalk:
    """Returned, refused a second time, corrected: one walk, for what is returned stays."""

    async def test_from_a_return_to_what_everybody_reads(self, browser: Browser, bangla: Browser) -> None:
        await bangla.sign_in("demo-cumilla", f"/sign-in?next={NEW}")
        assert bangla.typed(NEW, "district") == "BD-08"  # the only one of this office
        await bangla.send(NEW, SAID | {"upazila": "Muradnagar", "met": "13"})
        assert bangla.answer.status_code == 422
        assert bangla.typed(NEW, "unions") == "১৫"
        await bangla.send(NEW, SAID | {"upazila": "Muradnagar"})
        place = bangla.path
        assert "১৫টি ইউনিয়নের ১২টিতে কমিটি আছে; ৯টি সভা করেছে, ৪টি প্রশিক্ষণ পেয়েছে" in bangla.words
        assert "৩০টি কেস পাঠানো হয়েছে" in bangla.words
        assert "কোনো দলিল দেওয়া হয়নি" in bangla.words

        await browser.sign_in("analyst", f"/sign-in?next={NEW}")
        assert "Muradnagar (Cumilla)" in browser.words
        await browser.send(NEW, SAID | {"district": "BD-08", "upazila": "muradnagar"})
        assert browser.answer.status_code == 409
        assert "is returned already" in browser.words
        await browser.open(f"{place}/correction/new")
        assert browser.typed(f"{place}/correction/new", "formed") == "12"
        await bangla.open(f"{place}/correction/new")
        paper = {"document": "Memo 14 of 3 October 2025", "reason": "One register came late."}
        await browser.send(f"{place}/correction/new", paper | {"formed": "13"})
        assert "13 of 15 unions have a committee" in browser.words
        assert "12 of 15 unions have a committee" in browser.words
        assert "One register came late." in browser.words
        assert (await bangla.send(f"{place}/correction/new", paper | {"formed": "14"})).status_code == 412

        await browser.open(f"{OPEN}?quarter={QUARTER}")
        told = cells(browser.answer.text, "By district")
        assert told["Cumilla"][:4] == told["All"][:4] == ["15", "13", "9", "4"]
        assert told["Cumilla"][4] == "left out"  # it came after the quarter's figures were fixed
        assert "Ten or more were returned otherwise since." in browser.words
        assert "Memo 14 of 3 October 2025" in browser.words
        assert "Both are assumptions until the ministry decides." in browser.words

    async def test_the_activity_leads_to_it(self, browser: Browser) -> None:
        await browser.open("/framework/activities/6.4.1.4")
        assert OPEN in parsed(browser.answer.text).xpath("//main//a/@href")
        await browser.open("/framework")
        assert OPEN in parsed(browser.answer.text).xpath("//main//a/@href")

    async def test_a_quarter_of_which_nothing_was_returned(self, browser: Browser) -> None:
        await browser.open(f"{OPEN}?quarter=2020-Q1")
        assert "Nothing was returned of this quarter." in browser.words


class TestRefused:
    async def test_another_district_finds_nothing_of_it(self, browser: Browser) -> None:
        await browser.sign_in("demo-sylhet", f"/sign-in?next={RETURNS}")
        assert "Muradnagar" not in browser.words

    @pytest.mark.parametrize("account", ["ngo-one", "decider"])
    async def test_nobody_else_returns_them(self, browser: Browser, account: str) -> None:
        await browser.sign_in(account, f"/sign-in?next={NEW}")
        assert browser.answer.status_code == 403
