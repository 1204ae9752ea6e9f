"""Registering with the network cut: nothing is lost when the browser is closed, nothing is told by the device, and all is there once."""

import json
import logging
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.async_api import BrowserContext, Error, Page, Playwright, async_playwright

from runner.identity import access_token
from runner.suite import Suite
from services.portal.language import numerals
from tests.browser.conftest import PASSWORD, QUIET, Person, chromium, tick

log = logging.getLogger(__name__)
PIN: Final = "274951"
SAID: Final = {
    "en": {
        "wrong": "The PIN is wrong. Tries left: 4",
        "dropped": "The unfinished form was deleted",
        "signin": "Sign in to send the queue",
        "sent": "All sent.",
        "nid": "10, 13 or 17 digits",
        "clock": "The clock of this device is off",
        "mend": "something needs to be mended",
        "damaged": "damaged and cannot be opened",
    },
    "bn": {
        "wrong": "পিন ভুল হয়েছে। আর চেষ্টা করা যাবে: ৪",
        "dropped": "অসমাপ্ত ফর্মটি মুছে ফেলা হয়েছে",
        "signin": "পাঠাতে সাইন ইন করুন",
        "sent": "সব পাঠানো হয়েছে।",
        "nid": "১০, ১৩ বা ১৭ অঙ্কের",
        "clock": "এই যন্ত্রের ঘড়ি ঠিক নেই",
        "mend": "কিছু সংশোধন দরকার",
        "damaged": "নষ্ট হয়ে গেছে",
    },
}
WAIT_FOR_WORKER: Final = """new Promise((done) => navigator.serviceWorker.controller ? done()
    : navigator.serviceWorker.addEventListener("controllerchange", () => done()))"""
DUMP: Final = """async () => {
  const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const shown = (value) => JSON.stringify(value, (_, one) => ArrayBuffer.isView(one) || one instanceof ArrayBuffer
    ? new TextDecoder("latin1").decode(one) : one);
  const all = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store);
      all[store] = [shown(await asked(rows.getAll())), shown(await asked(rows.getAllKeys()))];
    }
    database.close();
  }
  return all;
}"""


class Tablet:
    """A device with a browser profile that outlives its browser."""

    def __init__(self, playwright: Playwright, folder: Path, url: str, language: str) -> None:
        self.playwright = playwright
        self.folder = folder
        self.url = url
        self.language = language
        self.faults: list[str] = []

    context: BrowserContext
    page: Page

    async def start(self, *, offline: bool = False) -> None:
        self.context = await self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=chromium(),
            args=[*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            viewport={"width": 360, "height": 740},
        )
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        await self.context.set_offline(offline)
        await self.page.goto(f"{self.url}/field/{self.language}")

    async def restart(self, *, offline: bool = False) -> None:
        await self.context.close()
        await self.start(offline=offline)

    async def enter(self, pin: str = PIN, *, first: bool = False) -> None:
        await self.page.wait_for_selector("[data-lock]:not([hidden])")
        await self.page.fill("#pin", pin)
        if first:
            await self.page.fill("#pin-again", pin)
        await self.page.click("[data-pin-form] > button")

    async def unlock(self, *, first: bool = False) -> None:
        await self.enter(first=first)
        await self.page.wait_for_selector("[data-desk]:not([hidden])")

    async def fill(self, name: str, **typed: str) -> None:
        await self.page.fill("#name", name)
        await tick(self.page, "input[name=sex][value=female]")
        for field, value in {"age_band": "25_34", "district": "BD-08", "country": "SA", "return_reason": "job_lost"}.items():
            await self.page.select_option(f"#{field}", value)
        for field, value in {"returned_on": "১২", "returned_on-month": "১০", "returned_on-year": "২০২৬", **typed}.items():
            await self.page.fill(f"#{field}", value)

    async def finish(self) -> str:
        await self.page.click("[data-registration] > button")
        await self.page.wait_for_selector("[data-slip]:not([hidden])")
        return await self.page.inner_text("[data-reference]")

    async def sign_in(self, account: str = "udc-one") -> None:
        await self.page.goto(f"{self.url}/sign-in?next=/field/{self.language}")
        await self.page.fill("input[name=username]", account)
        await self.page.fill("input[name=password]", PASSWORD)
        await self.page.press("input[name=password]", "Enter")
        await self.page.wait_for_url(f"{self.url}/field/{self.language}")

    async def says(self, words: str) -> None:
        await self.page.get_by_text(words).first.wait_for()

    async def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.page.evaluate(DUMP)
        return found

    async def violations(self) -> list[str]:
        return await Person(self.context, self.page, self.url).violations()


@pytest.fixture
async def tablet(whole: Suite, language: str, tmp_path: Path) -> AsyncIterator[Tablet]:
    if chromium() is None:
        pytest.skip("no browser: apt-get install chromium")
    async with async_playwright() as playwright:
        one = Tablet(playwright, tmp_path, whole.place.public_url, language)
        await one.start()
        await one.page.evaluate(WAIT_FOR_WORKER)
        yield one
        assert one.faults == []
        await one.context.close()
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
async def officer(whole: Suite) -> AsyncIterator[httpx.AsyncClient]:
    token = await access_token(whole.place.public_url, "demo-cumilla", PASSWORD)
    async with httpx.AsyncClient(base_url=whole.place.public_url, headers={"Authorization": f"Bearer {token}"}, timeout=240) as client:
        yield client


class TestWithoutALine:
    async def test_a_registration_outlives_the_browser_and_arrives_once(
        self, tablet: Tablet, officer: httpx.AsyncClient, language: str
    ) -> None:
        said = SAID[language]
        assert await tablet.violations() == []
        await tablet.unlock(first=True)
        assert await tablet.violations() == []
        await tablet.context.set_offline(True)
        await tablet.fill("Sokhina Nomuna")
        await tablet.page.fill("#name_bn", "সখিনা নমুনা")
        await tablet.page.wait_for_timeout(900)

        await tablet.restart(offline=True)
        await tablet.enter("999911")
        await tablet.says(said["wrong"])
        assert await tablet.page.input_value("#name") == ""
        await tablet.unlock()
        assert await tablet.page.input_value("#name") == "Sokhina Nomuna"
        whole_disk = json.dumps(await tablet.kept(), ensure_ascii=False)
        assert [one for one in ("Sokhina", "সখিনা", "job_lost") if one in whole_disk] == []

        await tick(tablet.page, "input[name='documents.0.kind'][value=nid]")
        await tablet.page.fill("#documents-0-number", "১২৩৪৫৬৭৮৯০১")
        await tablet.page.click("[data-registration] > button")
        assert said["nid"] in await tablet.page.inner_text("#documents-0-number-error")
        assert await tablet.violations() == []
        await tablet.page.fill("#documents-0-number", "১২৩৪৫৬৭৮৯০")
        reference = await tablet.finish()
        assert await tablet.violations() == []
        assert paper_of(await tablet.page.pdf(prefer_css_page_size=True)) == (1, 105, 148)
        assert (await tablet.kept())["queue"][0].count('"sealed"') == 1
        assert '"draft"' not in (await tablet.kept())["own"][1]

        await tablet.restart()
        await tablet.says(said["signin"])
        assert (await tablet.kept())["queue"][0].count('"sealed"') == 1
        await tablet.sign_in()
        await tablet.page.wait_for_selector("[data-outcome=stored]")
        await tablet.says(said["sent"])
        found = (await officer.get(f"/v1/returnees/{reference}")).json()
        assert (found["name"], found["name_bn"], found["documents"][0]["number"]) == ("Sokhina Nomuna", "সখিনা নমুনা", "১২৩৪৫৬৭৮৯০")
        assert found["device_at"]
        whole_disk = json.dumps(await tablet.kept(), ensure_ascii=False)
        assert [one for one in ("Sokhina", "সখিনা") if one in whole_disk] == []

    async def test_the_fifth_wrong_pin_costs_the_draft_and_nothing_finished(self, tablet: Tablet, language: str) -> None:
        await tablet.unlock(first=True)
        await tablet.context.set_offline(True)
        await tablet.fill("Finished Nomuna")
        await tablet.finish()
        await tablet.page.click("[data-next]")
        await tablet.fill("Unfinished Nomuna")
        await tablet.page.wait_for_timeout(900)
        await tablet.page.click("[data-lock-now]")
        for number in range(5):
            if number == 3:
                await tablet.restart(offline=True)
            await tablet.enter(f"99991{number}")
            left = numerals(4 - number, "bn" if language == "bn" else "en")
            await tablet.says(SAID[language]["dropped"] if number == 4 else f"{SAID[language]['wrong'][:-1]}{left}")
        kept = await tablet.kept()
        assert '"draft"' not in kept["own"][1]
        assert kept["queue"][0].count('"sealed"') == 1

    async def test_the_worker_touches_no_other_page(self, tablet: Tablet) -> None:
        await tablet.context.set_offline(True)
        assert "/field/" in await tablet.page.evaluate("navigator.serviceWorker.ready.then((one) => one.scope)")
        for path in ("/", "/returnees", "/field/sync"):
            page = await tablet.context.new_page()
            with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
                await page.goto(tablet.url + path)
            await page.close()
        answer = await tablet.page.goto(f"{tablet.url}/field/{tablet.language}")
        assert answer is not None
        assert answer.ok


@pytest.mark.parametrize("language", ["bn"])
class TestTheQueue:
    @pytest.mark.parametrize("number", [30, pytest.param(200, marks=pytest.mark.full)])
    async def test_a_days_work_is_all_there_once(self, tablet: Tablet, officer: httpx.AsyncClient, number: int) -> None:
        await tablet.unlock(first=True)
        await tablet.context.set_offline(True)
        await tablet.fill("Nomuna 0")
        began = time.perf_counter()
        references = []
        for nth in range(number):
            if nth:
                await tablet.page.click("[data-next]")
                await tablet.page.evaluate("document.querySelector('[data-registration]').reset()")
                await tablet.fill(f"Nomuna {nth}") if nth < 3 else await tablet.page.evaluate(AGAIN, f"Nomuna {nth}")
            references.append(await tablet.finish())
        sealed = time.perf_counter() - began
        assert len(set(references)) == number
        assert "Nomuna" not in json.dumps(await tablet.kept())
        await tablet.context.set_offline(False)
        await tablet.sign_in()
        began = time.perf_counter()
        await tablet.page.wait_for_selector(f"[data-outcome=stored] >> nth={number - 1}", timeout=240_000)
        log.info("%d sealed in %.1f s, taken in %.1f s", number, sealed, time.perf_counter() - began)
        assert (await tablet.kept())["queue"][0] == "[]"
        found = [(await officer.get(f"/v1/returnees/{one}")).json()["name"] for one in references]
        assert found == [f"Nomuna {nth}" for nth in range(number)]

    async def test_a_queue_that_is_sent_again_is_stored_once(self, tablet: Tablet, officer: httpx.AsyncClient) -> None:
        await tablet.unlock(first=True)
        await tablet.context.set_offline(True)
        await tablet.fill("Twice Nomuna")
        reference = await tablet.finish()
        sent: list[str] = []

        async def lose_the_answer(route: Any) -> None:
            await route.fetch()
            sent.append(route.request.post_data)
            await route.abort()

        await tablet.context.route("**/field/sync", lose_the_answer)
        await tablet.context.set_offline(False)
        await tablet.sign_in()
        await tablet.says("সংযোগ নেই")
        assert len(sent) >= 1
        assert (await officer.get(f"/v1/returnees/{reference}")).status_code == 200
        await tablet.context.unroute("**/field/sync")
        await tablet.page.click("[data-send]")
        await tablet.says("এটি আগেই পৌঁছেছিল।")
        assert (await tablet.kept())["queue"][0] == "[]"

    async def test_what_is_refused_waits_at_the_desk_and_what_is_damaged_on_the_device(self, tablet: Tablet) -> None:
        await tablet.unlock(first=True)
        await tablet.context.set_offline(True)
        ahead = datetime.now(UTC) + timedelta(days=900)
        await tablet.fill("Future Nomuna", **{"returned_on-year": str(ahead.year)})
        await tablet.finish()
        await tablet.page.click("[data-next]")
        await tablet.fill("Damaged Nomuna")
        await tablet.finish()
        await tablet.page.evaluate(DAMAGE_THE_LAST)
        await tablet.context.set_offline(False)
        await tablet.sign_in()
        await tablet.says(SAID["bn"]["mend"])
        await tablet.says(SAID["bn"]["damaged"])
        assert (await tablet.kept())["queue"][0].count('"sealed"') == 1
        await tablet.page.goto(f"{tablet.url}/returnees/mend?lang=bn")
        await tablet.page.get_by_role("link", name="Future Nomuna").click()
        assert await tablet.violations() == []
        await tablet.page.fill("#returned_on-year", "2026")
        await tablet.page.click("main form button")
        await tablet.page.wait_for_url(re.compile(r"/returnees/R-"))

    async def test_signing_out_leaves_the_queue_and_empties_the_desks_journal(self, tablet: Tablet) -> None:
        await tablet.unlock(first=True)
        await tablet.context.set_offline(True)
        await tablet.fill("Waiting Nomuna")
        await tablet.finish()
        await tablet.page.evaluate(JOURNAL)
        await tablet.context.route("**/field/sync", lambda route: route.abort())
        await tablet.context.set_offline(False)
        await tablet.sign_in("supervisor")
        await tablet.page.goto(f"{tablet.url}/returnees")
        assert "of a call" in (await tablet.kept())["journal"][0]
        await tablet.page.click("form[action='/sign-out'] button")
        await tablet.page.wait_for_url(f"{tablet.url}/session/ended")
        kept = await tablet.kept()
        assert kept["journal"][0] == "[]"
        assert kept["queue"][0].count('"sealed"') == 1

    async def test_a_clock_a_day_off_is_said_and_stops_nothing(self, tablet: Tablet) -> None:
        await tablet.page.clock.install(time=datetime.now(UTC) + timedelta(days=1))
        await tablet.page.reload()
        await tablet.unlock(first=True)
        await tablet.context.set_offline(True)
        await tablet.fill("Tomorrow Nomuna")
        await tablet.finish()
        await tablet.context.set_offline(False)
        await tablet.sign_in()
        await tablet.page.wait_for_selector("[data-outcome=stored]")
        await tablet.says(SAID["bn"]["clock"])


# As a person would have filled it in, without the time that this takes.
AGAIN: Final = """(name) => {
  const form = document.querySelector("[data-registration]");
  const typed = {name, age_band: "25_34", district: "BD-08", country: "SA", return_reason: "job_lost",
    "returned_on.day": "12", "returned_on.month": "10", "returned_on.year": "2026"};
  for (const [field, value] of Object.entries(typed)) form.elements[field].value = value;
  form.querySelector("input[name=sex][value=female]").checked = true;
}"""
JOURNAL: Final = """async () => {
  const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const request = indexedDB.open("desk", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("journal", { keyPath: "call" });
  const database = await asked(request);
  await asked(database.transaction("journal", "readwrite").objectStore("journal").put({ call: "of a call" }));
  database.close();
}"""
DAMAGE_THE_LAST: Final = """async () => {
  const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const database = await asked(indexedDB.open("field"));
  const queue = database.transaction("queue", "readwrite").objectStore("queue");
  const entries = await asked(queue.getAll());
  const last = entries.sort((one, other) => one.at.localeCompare(other.at)).at(-1);
  last.sealed = last.sealed.slice(0, -6) + (last.sealed.endsWith("AAAAAA") ? "BBBBBB" : "AAAAAA");
  await asked(queue.put(last));
  database.close();
}"""


def paper_of(pdf: bytes) -> tuple[int, int, int]:
    """(pages, width, height) of a PDF of Chromium's, in millimetres."""
    sizes = [tuple(float(one) for one in found.split()) for found in re.findall(rb"/MediaBox \[([0-9. ]+)\]", pdf)]
    _, _, width, height = sizes[0]
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf)), round(width / 72 * 25.4), round(height / 72 * 25.4)


class TestPaper:
    async def test_the_slip_fits_its_sheet(self, somebody: Person, officer: httpx.AsyncClient) -> None:
        told = {"name": "Jamal", "sex": "male", "age_band": "35_44", "district": "BD-08", "country": "SA", "returned_on": "2026-10-12"}
        made = (await officer.post("/v1/returnees", json={**told, "return_reason": "job_lost"})).json()["reference"]
        await officer.post(f"/v1/returnees/{made}/cases", json={"needs": ["job"]})
        await somebody.sign_in("demo-cumilla", f"/returnees/{made}/slip")
        sizes = []
        for query in ("", "?neutral=yes", "?paper=80mm", "?paper=80mm&neutral=yes"):
            await somebody.open(f"/returnees/{made}/slip{query}")
            assert await somebody.violations() == []
            sizes.append(paper_of(await somebody.page.pdf(prefer_css_page_size=True)))
        assert sizes == [(1, 105, 148), (1, 105, 148), (1, 80, 150), (1, 80, 150)]


class TestTheForm:
    async def test_a_phone_shows_it_whole(self, on_a_phone: Person) -> None:
        await on_a_phone.sign_in("demo-cumilla", "/returnees/new")
        await on_a_phone.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert await on_a_phone.violations() == []
        assert await on_a_phone.overflow() == 0

    async def test_needs_no_scripts(self, without_scripts: Person, language: str) -> None:
        await without_scripts.sign_in("airport", "/returnees/new")
        page = without_scripts.page
        await tick(page, "input[name=flags][value=medical]")
        await page.fill("#name", "Jamal Nomuna")
        await tick(page, "input[name=sex][value=male]")
        for field, value in {"age_band": "35_44", "district": "BD-08", "country": "SA", "return_reason": "deported"}.items():
            await page.select_option(f"#{field}", value)
        for field, value in {"returned_on": "12", "returned_on-month": "১০", "returned_on-year": "২০২৬"}.items():
            await page.fill(f"#{field}", value)
        await tick(page, "input[name='arrival.health_check'][value=declined]")
        await without_scripts.send("/returnees/new")
        assert ("Needs a doctor now" if language == "en" else "এখনই ডাক্তার প্রয়োজন") in await without_scripts.words()
