"""What became of returnees over HTTP: counted from cases as they are, told to each reader as they may know it."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from runner.testing import Running, make_owner_engine
from services.reintegration.casework.instrument import INSTRUMENT
from services.reintegration.tests.test_casework import ANSWERS, case_of
from services.reintegration.tests.test_endpoints import URL, demo
from services.reintegration.tests.test_referrals import CONSENT, ngo, provider, refer

_PEOPLE = """
    insert into returnee (id, reference, version, name, sex, age_band, disability, district, country, returned_on, return_reason,
        lists_version, registered_by, registered_at, restricted, owed)
    select md5('r' || n)::uuid, 'R-' || n, 1, '\\x00', case when n %% 3 = 0 then 'female' else 'male' end, '25_34',
        case when n %% 20 = 0 then 'yes' else 'no' end, 'BD-08', case when n %% 5 = 0 then 'LY' else 'SA' end, date '2024-01-01',
        'job_lost', 'x', 'x', timestamptz '%(at)s', %(restricted)s, case when n %% 2 = 0 then array['wages'] else '{}' end
    from generate_series(%(first)s, %(last)s) n;
    insert into reintegration_case (id, reference, version, returnee_id, status, needs, plan_due, opened_by, opened_at)
    select md5('k' || n)::uuid, 'K-' || n, 1, md5('r' || n)::uuid, 'open',
        case when n %% 3 = 0 then array['job', 'debt'] else array['job'] end, current_date, 'x', timestamptz '%(at)s'
    from generate_series(%(first)s, %(last)s) n;
    insert into case_assessment (id, case_id, number, instrument, answers, economic, social, psychosocial, answered, made_by, made_at)
    select gen_random_uuid(), md5('k' || n)::uuid, a.number, '%(instrument)s', '\\x00', 40 + a.number * (n %% 7), 50, null, '{5,5,0}',
        'x', timestamptz '%(at)s' + a.after
    from generate_series(%(first)s, %(last)s) n cross join (values (0, interval '0'), (1, interval '%(after)s')) a (number, after)
"""


async def people(running: Running, number: int, *, first: int = 1, at: str, after: str = "6 months", restricted: bool = False) -> None:
    """A third are women, one in twenty lives with a disability, one in five was in Libya; each moved by n % 7 points."""
    values = {"first": first, "last": first + number - 1, "at": at, "after": after, "restricted": restricted}
    async with running.sessions.begin() as session:
        connection = await session.connection()
        for statement in (_PEOPLE % (values | {"instrument": INSTRUMENT.version})).split(";"):
            await connection.exec_driver_sql(statement)


async def as_owner(running: Running, statement: str) -> None:
    async with make_owner_engine(running) as owner, owner.begin() as connection:
        await connection.execute(text(statement))


async def read(client: httpx.AsyncClient, path: str = "") -> dict[str, Any]:
    answer = await client.get(f"{URL}/outcomes{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rows(dimension: dict[str, Any], by: str) -> dict[str, int | None]:
    return {row["code"]: row["cases"] for group in dimension["groups"] if group["by"] == by for row in group["rows"]}


class TestOutcomes:
    async def test_a_case_is_compared_with_its_own_beginning_and_with_the_help_that_came(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        file = await case_of(officer, sex="female")
        reference = file.url.split("/")[-2]
        await file.do("POST", "/assessments", {"answers": ANSWERS})
        await officer.post(f"{URL}/{reference}/consents", json=CONSENT)
        sent = (await refer(officer, reference, await provider(officer))).json()
        address = f"{URL}/received/{sent['id']}"
        await ngo(reintegration).post(f"{address}/answer", json={"accept": True})
        done = (await ngo(reintegration).post(f"{address}/delivery", json={"outcome": "given"})).json()
        said = {"If-Match": f'"{done["version"]}"'}
        await officer.post(f"{URL}/referrals/{sent['id']}/confirmation", json={"confirmed": "came"}, headers=said)
        await file.do("POST", "/assessments", {"answers": {**ANSWERS, "work": 3}})
        await as_owner(reintegration, "update case_assessment set made_at = made_at - interval '6 months' where number = 0")
        found = await read(reintegration.client("supervisor"))
        economic = found["dimensions"][0]
        assert (found["first"], found["followed"]) == (1, 1)
        assert economic["all"]["change"] == {"value": 25.0, "low": None, "high": None}
        assert rows(economic, "sex") == {"female": 1}
        assert rows(economic, "reached") == {"helped": 1}
        assert [(one["code"], one["cases"]) for one in economic["helps"]] == [("training", 1)]
        assert found["dimensions"][2]["all"]["change"]["value"] == 0
        among = await read(reintegration.client("supervisor"), "?help=counselling")
        assert among["dimensions"][0]["all"]["cases"] == 0
        assert reference not in str(found)

    async def test_the_nearest_to_twelve_months_counts_as_that(self, reintegration: Running) -> None:
        await people(reintegration, 4, at="2025-01-10", after="6 months")
        await people(reintegration, 3, first=10, at="2025-01-10", after="11 months")
        supervisor = reintegration.client("supervisor")
        counts = {}
        for at in ("latest", "months_6", "months_12"):
            found = await read(supervisor, f"?at={at}&since=2025-01-01")
            counts[at] = (found["first"], found["followed"], found["dimensions"][0]["all"]["cases"])
        assert counts == {"latest": (7, 7, 7), "months_6": (7, 4, 4), "months_12": (7, 3, 3)}
        assert (await read(supervisor, "?since=2025-02-01"))["first"] == 0

    async def test_other_questions_are_not_compared(self, reintegration: Running) -> None:
        await people(reintegration, 3, at="2025-06-10")
        await as_owner(reintegration, "update case_assessment set instrument = 'older' where number = 0")
        assert (await read(reintegration.client("supervisor")))["followed"] == 0

    async def test_restricted_ones_are_counted_for_those_who_see_them(self, reintegration: Running) -> None:
        await people(reintegration, 2, at="2025-06-10")
        await people(reintegration, 3, first=10, at="2025-06-10", restricted=True)
        for role, cases in (("supervisor", 5), ("wewb", 2)):
            found = await read(reintegration.client(role))
            assert (found["first"], found["followed"], found["dimensions"][0]["all"]["cases"]) == (cases, cases, cases)

    async def test_an_analyst_sees_no_small_group_and_none_that_gives_it_away(self, reintegration: Running) -> None:
        await people(reintegration, 60, at="2025-06-10")
        exact = (await read(reintegration.client("supervisor")))["dimensions"][0]
        assert rows(exact, "disability") == {"yes": 3, "no": 57}
        told = (await read(reintegration.client("analyst")))["dimensions"][0]
        assert rows(told, "disability") == {"yes": None, "no": None}
        assert rows(told, "sex") == {"female": 20, "male": 40}
        assert told["all"]["cases"] == 60
        assert all(row["change"] is None for group in told["groups"] for row in group["rows"] if row["cases"] is None)

    async def test_periods_of_an_analyst_are_whole_months(self, reintegration: Running) -> None:
        found = await read(reintegration.client("analyst"), "?since=2025-06-11&until=2025-06-12")
        assert (found["since"], found["until"]) == ("2025-06-01", "2025-07-01")

    @pytest.mark.parametrize("query", ["?at=tomorrow", "?help=gold", "?since=yesterday"])
    async def test_what_is_asked_wrongly(self, reintegration: Running, query: str) -> None:
        assert (await reintegration.client("supervisor").get(f"{URL}/outcomes{query}")).status_code == 422

    async def test_an_export_has_the_same_rights_and_is_logged(self, reintegration: Running) -> None:
        await people(reintegration, 60, at="2025-06-10")
        answer = await reintegration.client("analyst", sub="looker").get(f"{URL}/outcomes/export")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        lines = answer.text.splitlines()
        assert "economic,disability,yes,suppressed,,,,,," in lines
        assert lines[1].startswith("economic,all,all,60,3.0,")
        assert "আইওএমের" in answer.text
        async with reintegration.sessions() as session:
            logged = await session.execute(text("select purpose, record_type from access_log where caller = 'looker'"))
            assert [tuple(one) for one in logged] == [("export", "figures")]


class TestProfile:
    async def test_tells_who_came_back_and_what_they_need(self, reintegration: Running) -> None:
        await people(reintegration, 30, at="2026-09-10")
        found = await read(reintegration.client("supervisor"), "/profile")
        assert (found["registered"], found["asked"]) == (30, 30)
        job, debt = found["needs"]
        assert (job["code"], job["count"], job["percent"]["value"]) == ("job", 30, 100)
        assert (debt["count"], debt["percent"]["value"]) == (10, 33.3)
        by_sex = next(one for one in debt["groups"] if one["by"] == "sex")
        assert {row["code"]: row["count"] for row in by_sex["rows"]} == {"female": 10, "male": 0}
        assert [(one["code"], one["count"]) for one in found["owed"]] == [("wages", 15)]
        countries = next(one for one in found["divisions"] if one["by"] == "country")
        assert [(row["code"], row["count"]) for row in countries["rows"]] == [("SA", 24), ("LY", 6)]

    async def test_an_analyst_cannot_work_out_who_has_a_need(self, reintegration: Running) -> None:
        await people(reintegration, 60, at="2026-09-10")
        found = await read(reintegration.client("analyst"), "/profile")
        debt = next(one for one in found["needs"] if one["code"] == "debt")
        disability = next(one for one in debt["groups"] if one["by"] == "disability")
        assert {row["code"]: row["count"] for row in disability["rows"]} == {"yes": None, "no": None}
        file = await reintegration.client("analyst").get(f"{URL}/outcomes/profile/export")
        assert "asked,need:debt,disability,yes,suppressed" in file.text

    async def test_fewer_than_ten_tell_nothing(self, reintegration: Running) -> None:
        await people(reintegration, 9, at="2026-09-10")
        found = await read(reintegration.client("analyst"), "/profile")
        assert (found["registered"], found["divisions"], found["needs"], found["owed"]) == (None, [], [], [])


class TestPublic:
    async def test_a_quarter_is_told_once_and_to_anybody(self, reintegration: Running) -> None:
        await people(reintegration, 60, at="2026-08-01", after="40 days")
        await people(reintegration, 15, first=70, at="2026-05-20", after="3 months")
        await people(reintegration, 15, first=90, at="2026-05-20", after="5 months")
        first = await read(reintegration.client(), "/public")
        assert (first["quarter"], first["profile"]["registered"], first["outcomes"]["first"]) == ("2026-Q3", 60, None)
        assert first["outcomes"]["dimensions"][0]["all"]["cases"] == 75
        await people(reintegration, 5, first=200, at="2026-08-02")
        assert await read(reintegration.client(), "/public") == first
        file = await reintegration.client().get(f"{URL}/outcomes/public/export?quarter=2026-Q3")
        assert "economic,all,all,75" in file.text
        assert "registered,all,,,60" in file.text

    async def test_too_little_is_not_told_and_may_be_later(self, reintegration: Running) -> None:
        await people(reintegration, 9, at="2026-08-01")
        assert (await read(reintegration.client(), "/public"))["profile"] is None
        await people(reintegration, 9, first=100, at="2026-08-01")
        assert (await read(reintegration.client(), "/public"))["profile"]["registered"] == 18

    async def test_victims_are_not_counted_in_public(self, reintegration: Running) -> None:
        await people(reintegration, 20, at="2026-08-01")
        await people(reintegration, 10, first=100, at="2026-08-01", restricted=True)
        assert (await read(reintegration.client(), "/public"))["profile"]["registered"] == 20
