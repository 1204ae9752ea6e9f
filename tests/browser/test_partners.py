"""A partner organisation's pages in a real browser on a phone: what its steward and the office do, what a developer reads."""

from typing import Final
from uuid import uuid4

from runner import partner
from tests.browser.conftest import Person

HERE: Final = f"/partners/{partner.CODE}"
DEVELOPERS: Final = ("", "/quick-start", "/events", "/changes", "/versions", "/problems", "/problems/quota-spent", "/status")
TO_CLIENT: Final = "partner-ngo-one--cases"


async def looks_right(someone: Person, path: str) -> None:
    assert await someone.violations() == [], path
    assert await someone.overflow() <= 0, path


class TestPartners:
    async def test_a_steward_sets_up_moves_and_ends_an_endpoint_and_reads_its_usage(self, on_a_phone: Person) -> None:
        await on_a_phone.sign_in(partner.STEWARD, "/partners")
        for path in ("/partners", HERE, f"{HERE}/usage", f"{HERE}/steps/client", f"{HERE}/endpoints/new"):
            await on_a_phone.open(path)
            await looks_right(on_a_phone, path)
        await on_a_phone.answer("url", f"https://systems.ngo-one.example/{uuid4().hex}")
        await on_a_phone.answer("client_id", TO_CLIENT)
        await on_a_phone.send(f"{HERE}/endpoints/new")
        await looks_right(on_a_phone, "secret")
        place = str(await on_a_phone.page.get_attribute("main a.govuk-button", "href"))
        await on_a_phone.open(f"{place}/change")
        await looks_right(on_a_phone, f"{place}/change")
        moved = f"https://systems.ngo-one.example/{uuid4().hex}"
        await on_a_phone.answer("url", moved)
        await on_a_phone.answer("types", ["bd.probashi.reintegration.referral.ended.v1"])
        await on_a_phone.send(f"{place}/change")
        assert moved in await on_a_phone.words()
        await on_a_phone.send(f"{place}/ping")
        await looks_right(on_a_phone, place)
        async with on_a_phone.page.expect_navigation():
            await on_a_phone.page.click(f"form[action='{place}/state']:has(input[value=ended]) button")
        assert moved not in await on_a_phone.words()
        assert on_a_phone.faults == []

    async def test_the_office_applies_for_one_and_names_who_acts_for_it(self, on_a_phone: Person) -> None:
        code = f"ngo-{uuid4().hex[:12]}"
        await on_a_phone.sign_in(partner.KEEPER, "/partners/new")
        await looks_right(on_a_phone, "/partners/new")
        said = {"code": code, "kind": "ngo", "name_en": f"Trial {code}", "name_bn": f"পরীক্ষা {code}", "contact": "systems@ngo.example"}
        for name, answer in said.items():
            await on_a_phone.answer(name, answer)
        await on_a_phone.send("/partners/new")
        stewards = f"/partners/{code}/stewards"
        await on_a_phone.open(stewards)
        account = str(uuid4())
        await on_a_phone.answer("account", account)
        await on_a_phone.send(f"{stewards}'][id='name")
        await looks_right(on_a_phone, stewards)
        assert account in await on_a_phone.words()
        async with on_a_phone.page.expect_navigation():
            await on_a_phone.page.click("form:has(input[name=ending]) button")
        assert account not in await on_a_phone.words()
        for path in (
            f"/partners/{code}",
            f"{HERE}/steps/propose",
            f"{HERE}/usage",
            f"/sharing/simulator?organisation={partner.CODE}",
            "/withdrawals",
        ):
            await on_a_phone.open(path)
            await looks_right(on_a_phone, path)
        assert on_a_phone.faults == []


class TestDevelopers:
    async def test_anybody_reads_their_pages_on_a_phone(self, on_a_phone: Person) -> None:
        for page in DEVELOPERS:
            await on_a_phone.open(f"/developers{page}")
            await looks_right(on_a_phone, page)
        assert on_a_phone.faults == []
