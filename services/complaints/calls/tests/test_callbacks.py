"""One open task for a number, whatever is missed and promised; the right one first, by day where the caller is, and never forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.complaints.calls.tests.conftest import CALLS, RIYADH, Centre, complaint
from services.complaints.calls.tests.test_calls import finish

OTHER = "+96170123456"


async def attempt(agent: Any, task: dict[str, Any], outcome: str, note: str = "") -> Any:
    headers = {"If-Match": f'"{task["version"]}"', "Idempotency-Key": str(uuid4())}
    return await agent.post(f"{CALLS}/callbacks/{task['id']}/attempts", json={"outcome": outcome, "note": note}, headers=headers)


async def open_tasks(agent: Any) -> list[dict[str, Any]]:
    return list((await agent.get(f"{CALLS}/callbacks")).json()["items"])


async def taken(agent: Any, task: dict[str, Any]) -> dict[str, Any]:
    answer = await agent.post(f"{CALLS}/callbacks/{task['id']}/take")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


class TestJoining:
    async def test_missed_calls_of_a_number_are_one_task(self, centre: Centre) -> None:
        for number in (RIYADH, "00966501234567", "966501234567", OTHER):
            await centre.missed(number)
        tasks = await open_tasks(await centre.on_shift("rahima"))
        assert sorted((one["number_masked"], one["missed"]) for one in tasks) == [("…456", 1), ("…567", 3)]
        assert next(one for one in tasks if one["missed"] == 3)["priority"] == 2

    async def test_those_missed_at_the_same_moment_too(self, centre: Centre) -> None:
        await asyncio.gather(*(centre.missed() for _ in range(8)))
        assert [row.missed for row in await centre.running.rows("callback")] == [8]

    async def test_a_number_that_was_reached_meanwhile_is_not_called(self, centre: Centre) -> None:
        await centre.missed()
        agent = await centre.on_shift("rahima")
        await centre.tell("again", "ringing", seconds=40)
        await centre.tell("again", "answered", seconds=50, agent="rahima")
        assert await open_tasks(agent) == []
        assert [row.outcome for row in await centre.running.rows("callback")] == ["reached"]

    async def test_an_answer_that_comes_late_takes_the_task_back(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        await centre.tell("late", "ended", seconds=60)
        assert len(await open_tasks(agent)) == 1
        await centre.tell("late", "ringing")
        await centre.tell("late", "answered", seconds=10, agent="rahima")
        assert await open_tasks(agent) == []

    async def test_after_it_was_done_the_next_missed_call_is_a_new_task(self, centre: Centre) -> None:
        await centre.missed()
        agent = await centre.on_shift("rahima")
        task = await taken(agent, (await open_tasks(agent))[0])
        assert (await attempt(agent, task, "reached")).status_code == 201
        await centre.missed()
        assert await centre.running.count("callback") == 2


class TestOrder:
    async def test_who_was_in_danger_before_comes_first_and_at_once(self, centre: Centre) -> None:
        wing = centre.running.client("wing", sub="wing", countries=["LB"])
        hidden = complaint(category="trafficking", country="LB", reporter={"relation": "self", "phone": OTHER})
        await wing.post("/v1/complaints", json=hidden)
        await centre.missed(RIYADH)
        await centre.missed(OTHER)
        agent = await centre.on_shift("rahima")
        desk = (await agent.get(f"{CALLS}/desk")).json()
        assert [(one["number_masked"], one["priority"]) for one in desk["callbacks"]] == [("…456", 1), ("…567", 3)]
        first = desk["callbacks"][0]
        assert datetime.fromisoformat(first["earliest"]) <= datetime.now(UTC)

    async def test_when_nobody_calls_in_time_the_supervisors_board_says_so(self, centre: Centre) -> None:
        await centre.missed()
        await centre.fire("callback_escalate")
        board = (await centre.person("kamal", "supervisor").get(f"{CALLS}/board")).json()
        assert (board["overdue"], board["callbacks"][0]["escalated"], board["callbacks"][0]["priority"]) == (1, True, 1)


class TestSafeContact:
    async def test_a_number_that_is_not_safe_is_called_by_nobody_but_the_supervisor(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        await agent.post("/v1/complaints", json=complaint(safe_contact={"may_call": False, "note": "শুধু বোনের ফোনে"}))
        await centre.missed()
        task = (await open_tasks(agent))[0]
        assert task["may_call"] is False
        refused = await agent.post(f"{CALLS}/callbacks/{task['id']}/take")
        assert refused.json()["type"].endswith("not-to-be-called")
        supervisor = await centre.on_shift("kamal", "supervisor")
        assert (await taken(supervisor, task))["contact_notes"] == ["শুধু বোনের ফোনে"]

    async def test_is_kept_to_the_hours_that_the_caller_named(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        begin = datetime.now(UTC) + timedelta(hours=2)
        hours = {"hours_from": f"{begin:%H:%M}", "hours_to": f"{begin + timedelta(hours=1):%H:%M}", "time_zone": "Etc/UTC"}
        lodged = await agent.post("/v1/complaints", json=complaint(safe_contact={"may_call": True, **hours}))
        assert lodged.status_code == 201, lodged.text
        await centre.missed()
        task = (await open_tasks(agent))[0]
        assert datetime.fromisoformat(task["earliest"]) == begin.replace(second=0, microsecond=0)
        refused = await agent.post(f"{CALLS}/callbacks/{task['id']}/take")
        assert refused.json()["type"].endswith("not-at-this-hour")

    async def test_whoever_found_it_unsafe_stops_the_next_call(self, centre: Centre) -> None:
        await centre.missed()
        agent = await centre.on_shift("rahima")
        task = await taken(agent, (await open_tasks(agent))[0])
        assert (await attempt(agent, task, "not_safe", "a man picked up")).status_code == 201
        other = await centre.on_shift("karim")
        assert (await other.post(f"{CALLS}/callbacks/{task['id']}/take")).status_code == 409

    async def test_the_whole_number_is_for_who_has_it_in_hand(self, centre: Centre) -> None:
        await centre.missed()
        agent, other = await centre.on_shift("rahima"), await centre.on_shift("karim")
        task = (await open_tasks(agent))[0]
        assert (await taken(agent, task))["number"] == RIYADH
        seen = await other.get(f"{CALLS}/callbacks/{task['id']}")
        assert seen.json()["number"] is None
        assert "501234567" not in seen.text
        noted = [row for row in await centre.running.rows("access_log") if row.record_type == "callback"]
        assert [("number" in row.fields, row.caller) for row in noted] == [(True, "rahima"), (False, "karim")]


class TestAWoman:
    async def test_who_asked_for_one_is_offered_to_those_who_take_such_calls(self, centre: Centre) -> None:
        rahima = await centre.on_shift("rahima", serves_women=True)
        karim = await centre.on_shift("karim")
        await finish(rahima, await centre.answered("rahima"), "information", wants_woman=True)
        await centre.missed()
        await centre.tell("w1", "ringing")
        desks = [(await one.get(f"{CALLS}/desk")).json() for one in (rahima, karim)]
        assert [len(one["callbacks"]) for one in desks] == [1, 0]
        assert [len(one["waiting"]) for one in desks] == [1, 0]
        refused = await karim.post(f"{CALLS}/callbacks/{desks[0]['callbacks'][0]['id']}/take")
        assert refused.json()["type"].endswith("woman-asked-for")

    async def test_where_none_is_on_shift_she_is_heard_by_whoever_is(self, centre: Centre) -> None:
        rahima = await centre.on_shift("rahima", serves_women=True)
        await finish(rahima, await centre.answered("rahima"), "information", wants_woman=True)
        await centre.missed()
        assert (await rahima.post(f"{CALLS}/shifts/end")).status_code == 201
        karim = await centre.on_shift("karim")
        desk = (await karim.get(f"{CALLS}/desk")).json()
        assert [one["wants_woman"] for one in desk["callbacks"]] == [True]


class TestAPromise:
    async def test_is_the_agents_at_the_promised_time(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        begin = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
        promised = {"not_before": begin.isoformat(), "not_after": (begin + timedelta(hours=1)).isoformat(), "note": "after ten"}
        done = (await finish(agent, await centre.answered("rahima"), "information", promise=promised)).json()
        task = (await agent.get(f"{CALLS}/callbacks/{done['callback']}")).json()
        assert (task["reason"], task["mine"], task["priority"], task["note"]) == ("promised", True, 2, "after ten")
        assert datetime.fromisoformat(task["earliest"]) == begin

    async def test_without_a_number_cannot_be_given(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        now = datetime.now(UTC).isoformat()
        refused = await finish(agent, await centre.answered("rahima", None), "information", promise={"not_before": now, "not_after": now})
        assert refused.json()["errors"][0]["pointer"] == "/promise"


class TestAttempts:
    async def test_by_two_agents_at_once_do_not_overwrite_each_other(self, centre: Centre) -> None:
        await centre.missed()
        agent = await centre.on_shift("rahima")
        task = await taken(agent, (await open_tasks(agent))[0])
        answers = [await attempt(agent, task, outcome) for outcome in ("no_answer", "busy")]
        assert [one.status_code for one in answers] == [201, 412]
        tried = (await agent.get(f"{CALLS}/callbacks/{task['id']}")).json()["tried"]
        assert [one["outcome_label"]["bn"] for one in tried] == ["ফোন ধরেননি"]

    async def test_are_noted_by_who_has_the_task(self, centre: Centre) -> None:
        await centre.missed()
        agent = await centre.on_shift("rahima")
        assert (await attempt(agent, (await open_tasks(agent))[0], "reached")).status_code == 403

    async def test_only_the_supervisor_gives_a_number_up(self, centre: Centre) -> None:
        await centre.missed()
        agent = await centre.on_shift("rahima")
        task = await taken(agent, (await open_tasks(agent))[0])
        assert (await attempt(agent, task, "given_up")).status_code == 403


@pytest.mark.parametrize("table", ["callback_attempt", "call_event", "call_article"])
async def test_what_was_written_down_cannot_be_changed_by_the_role_that_runs(centre: Centre, table: str) -> None:
    async with centre.running.sessions() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text(f"delete from {table}"))
