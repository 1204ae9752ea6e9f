"""Reports with figures over the real monitor: as everybody reads them."""

import csv
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from contracts.complaints import ProtectionOpened
from contracts.reintegration import ReturneeRegistered, VictimIdentified
from kit.spreadsheet import MARK
from runner.identity import access_token
from runner.suite import Suite
from runner.testing import keep_facts
from services.portal.reports.rules import sections_of
from services.portal.tests.conftest import PASSWORD, Browser, parsed

DRAFTS = "/v1/framework/report-drafts"
REPORTS = "/framework/reports"


async def publish(suite: Suite, report: str, period: str, **more: str) -> None:
    """By two analysts."""
    url = suite.place.public_url
    async with httpx.AsyncClient(base_url=url, timeout=240) as http:
        first, second = [{"Authorization": f"Bearer {await access_token(url, one, PASSWORD)}"} for one in ("analyst", "analyst-two")]
        key = {"Idempotency-Key": str(uuid4())}
        made = (await http.post(DRAFTS, json={"report": report, "period": period, **more}, headers=first | key)).raise_for_status().json()
        for who, what, version in ((second, "approval", 1), (first, "publication", 2)):
            answer = await http.post(f"{DRAFTS}/{made['id']}/{what}", headers=who | {"If-Match": f'"{version}"'})
            answer.raise_for_status()


@pytest.fixture(scope="module")
async def profile(suite: Suite) -> str:
    """A published Migration Profile: 40 men of Cumilla, 22 women of Sylhet, 3 of Dhaka, of whom nobody may know."""
    spring, in_time = datetime(2024, 5, 10, 12, tzinfo=UTC), datetime(2024, 6, 1, 12, tzinfo=UTC)
    for district, sex, number in (("BD-08", "male", 1240), ("BD-60", "female", 22), ("BD-13", "female", 3)):
        await keep_facts(suite, ReturneeRegistered.type, number, spring, in_time, district=district, country="SA", sex=sex)
    await publish(suite, "migration-profile", "2024-H1")
    return f"{REPORTS}/migration-profile/2024-H1/1"


def cells(page: str, caption: str) -> dict[str, list[str]]:
    """Of the table whose caption ends so: by the head of the row."""
    [table] = [one for one in parsed(page).xpath("//table") if one.xpath("string(caption)").strip().endswith(caption)]
    return {row.xpath("string(th)").strip(): [one.text_content().strip() for one in row.xpath("td")] for row in table.xpath("tbody/tr")}


class TestPublished:
    async def test_a_report_tells_its_numbers_and_in_words_what_it_leaves_out(self, profile: str, browser: Browser) -> None:
        await browser.open(profile)
        told = cells(browser.answer.text, "Registered on return, by district")
        assert told == {
            "All": ["0", "1,265"],
            "Cumilla": ["0", "1,240"],
            "Sylhet": ["0", "left out"],
            "Dhaka": ["0", "left out"],
        }
        assert "“left out” is never 0" in browser.words
        assert "what was received before 16 July 2024 is counted." in browser.words
        assert "Remittances: Bangladesh Bank's figures do not reach these services." in browser.words
        assert "Its tables are an example until the ministry decides" in browser.words

    async def test_a_chart_is_read_without_colour_and_needs_no_inline_style(self, profile: str, browser: Browser) -> None:
        await browser.open(profile)
        page = parsed(browser.answer.text)
        assert not page.xpath("//*[@style]|//style|//main//script")
        [drawing] = [one for one in page.xpath("//svg[@role='img']") if "by district" in one.xpath("string(title)")]
        assert "Table 5" in drawing.xpath("string(desc)")
        names = drawing.get("aria-labelledby").split()
        assert [one.get("id") for one in drawing.xpath("title|desc")] == names
        fills = [one.get("fill") for one in drawing.xpath(".//g[@class='series bars']/rect")]
        assert fills == ["url(#chart-5-1)", "url(#chart-5-0)"]
        assert {one.get("id") for one in drawing.xpath(".//pattern")} == {"chart-5-0", "chart-5-1"}
        assert [one.text for one in drawing.xpath(".//g[@class='series bars']/text")] == ["1,240", "0"]

    async def test_bangla_digits_and_words(self, profile: str, bangla: Browser) -> None:
        await bangla.open(profile)
        told = cells(bangla.answer.text, "প্রত্যাগত হিসেবে নিবন্ধন, জেলা অনুযায়ী")
        assert told["কুমিল্লা"] == ["০", "১,২৪০"]
        assert told["সিলেট"] == ["০", "বাদ দেওয়া"]

    async def test_the_list_leads_to_it_and_its_data_are_under_addresses_that_stay(self, profile: str, browser: Browser) -> None:
        await browser.open("/framework")
        assert f'href="{REPORTS}"' in browser.answer.text
        await browser.open(REPORTS)
        assert f'href="{profile}"' in browser.answer.text
        assert (await browser.http.get("/v1/framework/data/latest/datapackage.json")).status_code == 200
        await browser.open(profile)
        links = parsed(browser.answer.text).xpath("//main//a/@href")
        whole = await browser.http.get(next(one for one in links if one.endswith("/1/data.json")))
        assert whole.json()["period"] == "2024-H1"
        table = await browser.http.get(next(one for one in links if one.endswith(f"/1/tables/{ReturneeRegistered.type}.csv")))
        rows = list(csv.reader(table.text.removeprefix(MARK).splitlines()))
        assert [ReturneeRegistered.type, "2024-Q2", "district", "BD-60", "", "true", "2024-07-16"] in rows

    async def test_the_activity_that_asks_for_it_leads_to_it(self, profile: str, browser: Browser) -> None:
        await browser.open("/framework/activities/2.5.1.2")
        assert profile in parsed(browser.answer.text).xpath("//main//a/@href")

    async def test_what_was_never_published_is_not_there(self, browser: Browser) -> None:
        assert (await browser.open(f"{REPORTS}/migration-profile/2023-H1/latest")).status_code == 404

    async def test_a_correction_says_what_changed_and_the_one_before_says_so(self, suite: Suite, browser: Browser) -> None:
        autumn, in_time = datetime(2023, 9, 10, 12, tzinfo=UTC), datetime(2023, 9, 20, 12, tzinfo=UTC)
        await keep_facts(suite, VictimIdentified.type, 30, autumn, in_time)
        await keep_facts(suite, ProtectionOpened.type, 4, autumn, in_time, district="BD-08")
        await publish(suite, "counter-trafficking", "2023-H2")
        await keep_facts(suite, VictimIdentified.type, 15, autumn, datetime(2024, 2, 1, tzinfo=UTC))
        await publish(suite, "counter-trafficking", "2023-H2", cut_off="2024-03-01")
        place = f"{REPORTS}/counter-trafficking/2023-H2"
        await browser.open(f"{place}/latest")
        name = "Found to be victims of trafficking by a trained person"
        assert cells(browser.answer.text, "What this edition corrects") == {f"{name}, July to September 2023": ["30", "45"]}
        assert cells(browser.answer.text, "All that was counted")["Families left behind who need protection"] == ["left out", "0"]
        await browser.open(f"{place}/1")
        assert "A later edition has corrected this one. Read edition 2" in browser.words


def quarter(facts: int | None, **district: int | None) -> dict[str, object]:
    return {"quarter": "2026-Q1", "facts": facts, "parts": {"district": district}, "until": "2026-04-16", "late": "none"}


class TestLayout:
    def test_a_code_that_is_not_named_counts_nobody_unless_the_quarter_is_left_out(self) -> None:
        table = {"event_type": "x", "title": {}, "by": ["district"], "quarters": [quarter(50, a=30, unknown=20), quarter(None), quarter(0)]}
        [section] = sections_of({"tables": [table]})
        assert [(row.code, list(row.cells)) for row in section.divisions[0].rows] == [("a", [30, None, 0]), ("unknown", [20, None, 0])]

    def test_the_largest_first_then_what_is_left_out_then_what_is_not_known(self) -> None:
        table = {"event_type": "x", "title": {}, "by": ["district"], "quarters": [quarter(200, a=20, b=None, c=150, unknown=30)]}
        [section] = sections_of({"tables": [table]})
        assert [row.code for row in section.divisions[0].rows] == ["c", "a", "b", "unknown"]
