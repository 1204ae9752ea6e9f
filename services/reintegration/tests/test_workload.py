"""What waits, by whoever does it and by district: counts of what the reader sees, and nobody's name."""

from datetime import date, timedelta
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from kit.testing.days import today
from runner.testing import Running
from services.reintegration.casework.rules import Progress, Step
from services.reintegration.tests.test_casework import ANSWERS, case_of, plan
from services.reintegration.tests.test_endpoints import URL, demo, register
from services.reintegration.tests.test_referrals import sent
from services.reintegration.workload.rules import Held, Load, by_step, load_of

TODAY = date(2026, 11, 26)
DAYS = st.none() | st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=60))
HELD = st.builds(
    Held,
    worker=st.sampled_from(["one", "two"]),
    cases=st.integers(1, 50),
    plan_due=DAYS,
    progress=st.builds(
        Progress,
        is_closed=st.just(False),
        urgent_open=st.booleans(),
        assessed=st.booleans(),
        planned=st.booleans(),
        review_due=DAYS,
        closing_proposed=st.booleans(),
    ),
)


async def read(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(f"{URL}{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def age(running: Running, statement: str) -> None:
    async with running.sessions.begin() as session:
        await session.execute(text(statement))


class TestRules:
    @given(st.lists(HELD, max_size=8))
    def test_every_open_case_stands_at_one_step(self, held: list[Held]) -> None:
        assert sum(by_step(held, TODAY).values()) == sum(one.cases for one in held)

    @given(HELD, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    def test_nothing_is_late_and_soon_at_once_and_a_planned_case_owes_no_plan(self, held: Held, today: date) -> None:
        load = load_of(held, today)
        assert load.plans_late + load.plans_soon in {0, held.cases}
        assert load.reviews_late + load.reviews_soon in {0, held.cases}
        assert not (held.progress.planned and load.plans_late + load.plans_soon)

    @given(HELD)
    def test_a_day_later_nothing_late_has_become_timely(self, held: Held) -> None:
        before, after = load_of(held, TODAY), load_of(held, TODAY + timedelta(days=1))
        assert (after.plans_late, after.reviews_late) >= (before.plans_late, before.reviews_late)

    def test_loads_add_up_field_by_field(self) -> None:
        assert Load(cases=1, urgent=2) + Load(cases=3, to_confirm=4) == Load(cases=4, urgent=2, to_confirm=4)


class TestLoad:
    async def test_counts_what_waits_for_each_worker(self, reintegration: Running) -> None:
        one, two = demo(reintegration, sub="one"), demo(reintegration, sub="two")
        late = await case_of(one, documents=[])
        assert late.body["step"] == "assessment"
        await age(reintegration, "update reintegration_case set plan_due = current_date - 3")
        followed = await case_of(one, documents=[], flags=["medical"])
        await followed.do("PUT", "/plan", plan(), client=two)
        await age(reintegration, "update case_review set due_on = current_date + 2 where number = 1")
        told = await read(two, "/load")
        assert [(row["is_me"], row["cases"], row["worker"]) for row in told["workers"]] == [(False, 1, None), (True, 1, None)]
        assert (told["mine"]["plans_late"], told["mine"]["reviews_soon"], told["nobodys_urgent"]) == (0, 1, 1)
        assert (told["all"]["cases"], told["all"]["plans_late"], told["all"]["urgent"]) == (2, 1, 1)
        supervised = await read(reintegration.client("supervisor"), "/load")
        assert sorted(row["worker"] for row in supervised["workers"]) == ["one", "two"]

    async def test_a_taken_task_and_a_referral_are_on_their_workers_desk(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        await sent(reintegration)
        await register(officer, documents=[], flags=["destitute"])
        (task,) = (await read(officer, "/tasks"))["items"]
        taken = await officer.post(f"{URL}/tasks/{task['id']}/take", headers={"If-Match": f'"{task["version"]}"'})
        assert taken.status_code == 200
        await age(reintegration, "update urgent_task set due_at = now() - interval '1 hour'")
        mine = (await read(officer, "/load"))["mine"]
        assert (mine["unanswered"], mine["urgent"], mine["urgent_late"]) == (1, 1, 1)

    async def test_is_narrowed_like_every_list(self, reintegration: Running) -> None:
        await case_of(demo(reintegration), flags=["abuse"])
        assert (await read(demo(reintegration, "BD-60", "sylhet"), "/load"))["all"]["cases"] == 0
        assert (await read(reintegration.client("wewb"), "/load"))["all"]["cases"] == 0
        assert (await read(reintegration.client("supervisor"), "/load"))["all"]["cases"] == 1
        assert (await read(reintegration.client("supervisor"), "/load?district=BD-60"))["all"]["cases"] == 0


class TestDistrict:
    async def test_is_what_its_office_sees_one_by_one(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        reference, _ = await sent(reintegration)
        await register(officer, documents=[], sex="female", country="SA")
        await register(demo(reintegration, "BD-60", "sylhet"), documents=[], district="BD-60")
        told = await read(officer, "/district")
        assert (told["districts"], told["registered"]) == (["BD-08"], 2)
        assert {one["code"]: one["count"] for one in told["countries"]} == {"LY": 1, "SA": 1}
        assert [(one["code"], one["count"]) for one in told["months"]] == [(f"{today():%Y-%m}", 2)]
        assert told["reasons"][0]["label"]["bn"] == "সংকটের সময় সরিয়ে আনা হয়েছে"
        assert {one["step"]: one["cases"] for one in told["steps"] if one["cases"]} == {"assessment": 1}
        (training,) = [one for one in told["helps"] if one["sent"]]
        assert (training["code"], training["under_way"], training["bodies"]) == ("training", 1, 1)
        assert reference not in str(told)

    async def test_steps_are_those_of_the_cases(self, reintegration: Running) -> None:
        officer = demo(reintegration)
        seen = []
        for progress in ("", "assessed", "planned", "proposed"):
            file = await case_of(officer, documents=[])
            if progress:
                await file.do("POST", "/assessments", {"answers": ANSWERS})
            if progress in {"planned", "proposed"}:
                await file.do("PUT", "/plan", plan())
            if progress == "proposed":
                await file.do("POST", "/closing", {"reason": "moved"})
            seen.append(file.body["step"])
        told = await read(officer, "/district")
        assert {one["step"] for one in told["steps"] if one["cases"]} == set(seen) == {"assessment", "plan", "delivery", "closing"}
        assert [one["step"] for one in told["steps"]] == [one for one in Step if one != Step.CLOSED]

    async def test_a_neighbours_district_is_empty_and_a_wrong_one_is_refused(self, reintegration: Running) -> None:
        await register(demo(reintegration, "BD-60", "sylhet"), documents=[], district="BD-60")
        told = await read(demo(reintegration), "/district?district=BD-60")
        assert (told["registered"], told["waiting"]["cases"]) == (0, 0)
        assert (await demo(reintegration).get(f"{URL}/district?district=BD-99")).status_code == 422
