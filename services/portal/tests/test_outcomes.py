"""What became of returnees, over the real reintegration service: for those who steer, and a quarter for everybody."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from kit.database import make_engine
from runner.place import temporary_place
from runner.suite import Suite, running
from services.portal.tests.conftest import Browser

# Sixty people registered in the last quarter but one who have a case; every third is a woman.
_PEOPLE = (
    """
    insert into returnee (id, reference, version, name, sex, age_band, district, country, returned_on, return_reason, lists_version,
        registered_by, registered_at)
    select md5('po' || n)::uuid, 'R-PO-' || n, 1, '\\x00', case when n % 3 = 0 then 'female' else 'male' end, '25_34', 'BD-08', 'LY',
        date '2024-01-01', 'evacuated', 'x', 'x', now() - interval '200 days'
    from generate_series(1, 60) n
    """,
    """
    insert into reintegration_case (id, reference, version, returnee_id, status, needs, plan_due, opened_by, opened_at)
    select md5('pk' || n)::uuid, 'K-PO-' || n, 1, md5('po' || n)::uuid, 'open', array['debt'], current_date, 'x',
        now() - interval '200 days'
    from generate_series(1, 60) n
    """,
    """
    insert into case_assessment (id, case_id, number, instrument, answers, economic, social, psychosocial, answered, made_by, made_at)
    select gen_random_uuid(), md5('pk' || n)::uuid, a, 'x', '\\x00', 40 + a * 8, 50, null, '{5,5,0}', 'x',
        now() - interval '200 days' + a * interval '150 days'
    from generate_series(1, 60) n cross join generate_series(0, 1) a
    """,
)


# Two without a case: then how many were asked would tell how many were not.
_NOT_ASKED = """
    insert into returnee (id, reference, version, name, sex, age_band, district, country, returned_on, return_reason, lists_version,
        registered_by, registered_at)
    select md5('pn' || n)::uuid, 'R-PN-' || n, 1, '\\x00', 'male', '25_34', 'BD-08', 'LY', date '2024-01-01', 'evacuated', 'x', 'x',
        now() - interval '200 days'
    from generate_series(1, 2) n
    """


@pytest.fixture(scope="module")
async def suite(_style_sheet: None) -> AsyncIterator[Suite]:
    """One of its own: what is told of few depends on everybody else who is counted."""
    with temporary_place() as place:
        async with running(place, only=("reintegration", "portal")) as whole:
            yield whole


async def _run(suite: Suite, *statements: str) -> None:
    engine = make_engine(suite.database_url("reintegration"), pool=1)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture(scope="module")
async def people(suite: Suite) -> None:
    await _run(suite, *_PEOPLE)


@pytest.mark.usefixtures("people")
class TestOutcomes:
    async def test_an_analyst_reads_changes_with_intervals_and_takes_them_along(self, browser: Browser) -> None:
        await browser.sign_in("analyst", "/outcomes")
        assert "60 people were assessed, 60 of them were asked again." in browser.words
        assert "Work and money" in browser.words
        assert "+8.0" in browser.words
        assert "does not prove" in browser.words
        assert "Help with debt" in browser.words
        file = await browser.open("/outcomes/export?at=latest")
        assert "economic,sex,female,20,8.0" in file.text
        assert "asked,need:debt,,,60,100.0" in (await browser.open("/outcomes/needs/export")).text

    async def test_the_page_stands_where_it_is_withheld_how_many_were_asked(self, suite: Suite, browser: Browser) -> None:
        await _run(suite, _NOT_ASKED)
        await browser.sign_in("analyst", "/outcomes")
        assert "62 returnees were registered." in browser.words
        assert "were asked what they need" not in browser.words

    async def test_those_whom_a_help_reached_are_asked_for_by_the_page(self, browser: Browser) -> None:
        await browser.sign_in("supervisor", "/outcomes?help=training&at=months_6")
        assert "Nobody was asked again so far." in browser.words

    async def test_an_officer_of_a_district_has_no_such_page(self, browser: Browser) -> None:
        await browser.sign_in("demo-cumilla", "/outcomes")
        assert browser.answer.status_code == 403

    async def test_a_quarter_is_open_to_anybody(self, browser: Browser) -> None:
        await browser.open("/outcomes/public")
        assert browser.answer.status_code == 200
        assert "Returnees in figures" in browser.words
