"""An agency from the import of its licence to a published class to a review that another office upheld, on the pages of each of them."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import uuid4

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser

from kit.testing.days import day, today
from runner import suite
from runner.identity import access_token
from runner.place import temporary_place
from runner.suite import Suite
from tests.browser.conftest import PASSWORD, Person, person, tick

LICENCE: Final = "RL-0001"
SAID: Final = {
    "en": {
        "first": "Class C",
        "a": "Class A",
        "published": "Published",
        "upheld": "Upheld",
        "another": "another decision-maker has to approve",
    },
    "bn": {"first": "শ্রেণি গ", "a": "শ্রেণি ক", "published": "প্রকাশিত", "upheld": "মঞ্জুর", "another": "অন্য একজন সিদ্ধান্তকারীকে"},
}


@pytest.fixture(scope="module")
async def empty() -> AsyncIterator[Suite]:
    """A suite of its own, without demonstration data: the register is what the test imports."""
    settings = {"PROBASHI_REQUESTS_PER_SECOND": "100000", "PROBASHI_REQUEST_BURST": "100000"}
    with temporary_place() as place:
        async with suite.running(place, only=("agencies", "portal"), settings=settings) as running:
            yield running


async def imports(author: Person) -> None:
    """Two licences from a spreadsheet, their deployments from another."""
    until = day(400)
    register = [
        "licence,name_en,name_bn,status,valid_until,district",
        f"{LICENCE},Shapla Overseas (fictional),শাপলা ওভারসিজ (কাল্পনিক),valid,{until},BD-13",
        f"RL-0002,Meghna Manpower (fictional),মেঘনা ম্যানপাওয়ার (কাল্পনিক),valid,{until},BD-08",
    ]
    sent = [
        "licence,year,country,sex,skill,workers",
        f"{LICENCE},{today().year},SA,male,skilled,5000",
        f"RL-0002,{today().year},SA,male,skilled,50",
    ]
    for kind, rows in (("register", register), ("deployments", sent)):
        await author.open("/agencies/imports")
        await tick(author.page, f"input[name=kind][value={kind}]")
        await author.page.set_input_files("#file", {"name": "list.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()})
        await press(author, "/agencies/imports")
        assert "২টি সঠিক, ০টি ভুল" in await author.words()
        await looked_at(author)


async def known_evidence(whole: Suite) -> None:
    """What workers and an inspector told of the first."""
    token = await access_token(whole.place.public_url, "decider", PASSWORD)
    async with httpx.AsyncClient(base_url=whole.place.public_url, headers={"Authorization": f"Bearer {token}"}, timeout=240) as office:
        yesterday = day(-1)
        for number in range(15):
            for fact in ({"kind": "contract", "outcome": "given"}, {"kind": "inspection", "outcome": "passed"}):
                body = fact | {"happened_on": yesterday, "source": "inspection", "source_ref": f"report {number}"}
                noted = await office.post(f"/v1/agencies/{LICENCE}/evidence", json=body, headers={"Idempotency-Key": str(uuid4())})
                assert noted.status_code == 201, noted.text


async def reply_time_is_over(whole: Suite) -> None:
    owner = await asyncpg.connect(whole.database_url("agencies", owner=True))
    await owner.execute("update rating_run set reply_until = reply_until - 15")
    await owner.close()


async def looked_at(somebody: Person) -> None:
    assert await somebody.violations() == []
    assert await somebody.overflow() <= 0
    assert somebody.faults == []


async def press(somebody: Person, action: str) -> None:
    async with somebody.page.expect_navigation():
        await somebody.page.click(f"form[action$='{action}'] button")


class TestFromImportToReview:
    @pytest.mark.parametrize("language", ["bn"])
    async def test_goes_through_four_hands(self, chrome: Browser, empty: Suite, language: str) -> None:
        said = SAID[language]
        people = {
            name: await person(chrome, empty, language, width=360) for name in ("decider", "decider-two", "agency-one", "appeals-one")
        }
        author, second, agency, appeals = people.values()

        await author.sign_in("decider", "/agencies/imports")
        await imports(author)
        await known_evidence(empty)
        await author.open("/classes")
        await press(author, "/start")
        assert said["first"] in await author.words()
        await looked_at(author)
        await press(author, "/notice")
        assert said["another"] in await author.words()
        run = author.page.url

        await agency.sign_in("agency-one", f"/classes/files/{LICENCE}")
        assert said["first"] in await agency.words()
        await looked_at(agency)
        await agency.page.fill("#reply", "চুক্তিপত্র সবাই পেয়েছে।")
        await press(agency, "/reply")
        assert "চুক্তিপত্র সবাই পেয়েছে।" in await agency.words()
        await looked_at(agency)

        await author.page.goto(f"{run}/results/{LICENCE}")
        await author.page.fill("textarea[name=words]", "দেখা হয়েছে।")
        await tick(author.page, "input[name=is_accepted][value=no]")
        await press(author, "/answer")
        await looked_at(author)

        await reply_time_is_over(empty)
        await second.sign_in("decider-two", "/classes")
        await second.page.goto(run)
        await press(second, "/publication")
        assert said["published"] in await second.words()
        await looked_at(second)

        await agency.open("/classes/mine")
        await agency.page.fill("#grounds", "দুটি অভিযোগ আমাদের নয়।")
        await press(agency, "/review")

        await appeals.sign_in("appeals-one", "/classes/reviews")
        await looked_at(appeals)
        await tick(appeals.page, "input[name=outcome][value=A]")
        await appeals.page.fill("textarea[name=reasons]", "অভিযোগ দুটি অন্য এজেন্সির।")
        await press(appeals, "/decision")
        assert said["upheld"] in await appeals.words()

        await agency.open("/classes/mine")
        assert {said["a"], said["upheld"]} <= {word for word in (said["a"], said["upheld"]) if word in await agency.words()}
        stranger = await person(chrome, empty, language)
        await stranger.open(f"/agencies/{LICENCE}")
        assert said["a"] in await stranger.words()
        await looked_at(agency)
        for one in (*people.values(), stranger):
            await one.context.close()


class TestPages:
    @pytest.mark.parametrize(
        ("account", "path"),
        [
            ("analyst", "/classes/compare?before=illustrative@2026.2&after=poea-2012@1"),
            ("analyst", "/classes/inspections"),
            ("decider", "/classes"),
            ("decider", "/classes/corrections"),
            ("decider", "/unregistered"),
            ("demo-cumilla", "/unregistered/new"),
            ("decider", "/agencies/RL-0001/office"),
            ("decider", "/agencies/RL-0001/office/suspended"),
            ("decider", "/agencies/RL-0001/office/fee_charged"),
            ("appeals-one", "/classes/reviews"),
            ("baira-one", "/classes/rule-sets"),
            ("baira-one", "/classes/rule-sets/illustrative/2026.2"),
            ("baira-one", "/classes/rule-sets/vamas/2016"),
        ],
    )
    async def test_fit_a_phone_and_are_accessible(self, on_a_phone: Person, account: str, path: str) -> None:
        await on_a_phone.sign_in(account, "/")
        await on_a_phone.open(path)
        await looked_at(on_a_phone)

    async def test_the_association_speaks_on_the_record(self, somebody: Person) -> None:
        await somebody.sign_in("baira-one", "/classes/rule-sets/illustrative/2026.2")
        await somebody.page.fill("#words", "ফি-এর ভর কমানো হোক")
        await press(somebody, "/illustrative/2026.2")
        assert "ফি-এর ভর কমানো হোক" in await somebody.words()
        await looked_at(somebody)
