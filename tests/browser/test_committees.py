"""Safe Migration Committees in a real browser: an office types a quarter on a phone, everybody reads it."""

from typing import Final

from playwright.async_api import FilePayload

from tests.browser.conftest import Person

NEW: Final = "/framework/committee-returns/new"
# What was returned stays: each language returns a quarter of its own.
QUARTER: Final = {"en": "2026-Q1", "bn": "2026-Q2"}
SAID: Final = {"unions": "12", "formed": "10", "met": "8", "trained": "2", "referred": "25"}
MEMO: Final[FilePayload] = {"name": "memo.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 memo 14"}
DISTRICT: Final = {"en": "Cumilla", "bn": "কুমিল্লা"}


class TestCommittees:
    async def test_typed_corrected_and_read_on_a_phone(self, on_a_phone: Person, language: str) -> None:
        await on_a_phone.sign_in("demo-cumilla", NEW)
        for name, answer in {"upazila": "Barura", "quarter": QUARTER[language], **SAID}.items():
            await on_a_phone.answer(name, answer)
        await on_a_phone.page.set_input_files("[name=file]", files=[MEMO])
        await self.looks_right(on_a_phone)
        await on_a_phone.send(NEW)  # what the file is was not said: it stays, and the question is asked
        await self.looks_right(on_a_phone)
        await on_a_phone.answer("document", "Memo 14")
        await on_a_phone.send(NEW)
        place = on_a_phone.page.url.removeprefix(on_a_phone.url)
        await self.looks_right(on_a_phone)
        await on_a_phone.open(f"{place}/correction/new")
        await self.looks_right(on_a_phone)
        await on_a_phone.answer("met", "9")
        await on_a_phone.answer("reason", "A register came late.")
        await on_a_phone.send(f"{place}/correction/new")
        for path in ("/framework/committee-returns", f"/framework/committees?quarter={QUARTER[language]}"):
            await on_a_phone.open(path)
            assert DISTRICT[language] in await on_a_phone.words()
            await self.looks_right(on_a_phone)
        await on_a_phone.open(place)
        link = on_a_phone.page.locator("a", has_text="Memo 14").first
        read = await on_a_phone.page.request.get(f"{on_a_phone.url}{await link.get_attribute('href')}")
        assert await read.body() == MEMO["buffer"]
        assert on_a_phone.faults == []

    async def looks_right(self, person: Person) -> None:
        assert await person.violations() == []
        assert await person.overflow() <= 0
