"""A shift ends with a list, what nobody accepts goes to the supervisor's seat, and no open thing belongs to somebody off shift."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from runner.testing import Running
from services.complaints.calls.tests.conftest import CALLS, Centre, complaint
from services.complaints.calls.tests.test_callbacks import open_tasks, taken
from services.complaints.calls.tests.test_calls import finish

OFF_SHIFT = text(
    """
    select 'call', id from phone_call c where holder is not null and not exists
        (select 1 from shift where agent = c.holder and ended_at is null)
    union all
    select 'callback', id from callback b where assignee is not null and closed_at is null and not exists
        (select 1 from shift where agent = b.assignee and ended_at is null)
    union all
    select 'case', id from complaint k where assignee = any(:agents) and status not in ('resolved', 'merged') and not exists
        (select 1 from shift where agent = k.assignee and ended_at is null)
    """
)
AGENTS = ["rahima", "karim", "salma"]


async def in_hands_off_shift(running: Running) -> list[Any]:
    async with running.sessions() as session:
        return list((await session.execute(OFF_SHIFT, {"agents": AGENTS})).all())


async def give_case(centre: Centre, agent: str, **more: Any) -> str:
    answer = await centre.person(agent).post("/v1/complaints", json=complaint(**more))
    reference = str(answer.json()["reference"])
    async with centre.running.sessions.begin() as session:
        await session.execute(
            text("update complaint set assignee = :agent where reference = :reference"), {"agent": agent, "reference": reference}
        )
    return reference


async def ended(centre: Centre, agent: str) -> list[dict[str, Any]]:
    answer = await centre.person(agent).post(f"{CALLS}/shifts/end")
    assert answer.status_code == 201, answer.text
    return list(answer.json()["handed_over"])


async def hang_up(centre: Centre) -> None:
    """As if every line had gone dead long ago, without a word from the exchange."""
    async with centre.running.sessions.begin() as session:
        await session.execute(text("update phone_call set ended_at = now(), state = 'ended' where ended_at is null"))


async def accept(agent: httpx.AsyncClient, item: dict[str, Any]) -> httpx.Response:
    return await agent.post(f"{CALLS}/handovers/{item['id']}/accept")


class TestBegin:
    async def test_once_and_at_one_extension(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        assert (await agent.post(f"{CALLS}/shifts", json={})).json()["type"].endswith("already-on-shift")
        other = await centre.person("karim").post(f"{CALLS}/shifts", json={"extension": "rahima"})
        assert other.json()["type"].endswith("extension-taken")
        assert (await centre.person("salma").post(f"{CALLS}/shifts", json={"hours": 15})).status_code == 422

    async def test_twice_at_the_same_moment_is_one(self, centre: Centre) -> None:
        agent = centre.person("rahima")
        answers = await asyncio.gather(*(agent.post(f"{CALLS}/shifts", json={}) for _ in range(6)))
        assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409, 409]

    async def test_nothing_rings_for_somebody_off_shift(self, centre: Centre) -> None:
        await centre.tell("c1", "ringing")
        desk = (await centre.person("rahima").get(f"{CALLS}/desk")).json()
        assert (desk["shift"], desk["waiting"], desk["callbacks"]) == (None, [], [])


class TestEnd:
    async def test_hands_over_calls_call_backs_and_cases_item_by_item(self, centre: Centre) -> None:
        rahima = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        await rahima.put(f"{CALLS}/{call}/draft", json={"fields": {"narrative": ["half a sentence"]}}, headers={"If-Match": '"1"'})
        await centre.missed("+96170123456")
        task = await taken(rahima, (await open_tasks(rahima))[0])
        reference = await give_case(centre, "rahima")
        await hang_up(centre)
        given = await ended(centre, "rahima")
        assert {(one["kind"], one["state"]) for one in given} == {("call", "offered"), ("callback", "offered"), ("case", "offered")}
        assert reference in {one["words"] for one in given}
        assert await in_hands_off_shift(centre.running) == []

        karim = await centre.on_shift("karim")
        offered = (await karim.get(f"{CALLS}/desk")).json()["handovers"]
        assert len(offered) == 3
        for item in offered:
            assert (await accept(karim, item)).json()["state"] == "accepted"
        assert (await karim.get(f"{CALLS}/{call}")).json()["draft"]["fields"] == {"narrative": ["half a sentence"]}
        assert (await karim.get(f"{CALLS}/callbacks/{task['id']}")).json()["mine"]
        assert [row.assignee for row in await centre.running.rows("complaint")] == ["karim"]
        assert [row.kind for row in await centre.running.rows("happening order by version")] == ["lodged", "unassigned", "taken"]

    async def test_waits_for_a_caller_who_is_on_the_line(self, centre: Centre) -> None:
        agent = await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        assert (await agent.post(f"{CALLS}/shifts/end")).json()["type"].endswith("on-the-line")
        await centre.fire("shift_forgotten")
        assert [row.ended_at for row in await centre.running.rows("shift")] == [None]
        await finish(agent, call, "information")
        assert await ended(centre, "rahima") == []

    async def test_what_nobody_accepts_waits_at_the_supervisors_seat(self, centre: Centre) -> None:
        await centre.on_shift("rahima")
        await give_case(centre, "rahima")
        await ended(centre, "rahima")
        karim = await centre.on_shift("karim")
        await centre.fire("handover_due")
        assert (await karim.get(f"{CALLS}/desk")).json()["handovers"] == []
        supervisor = await centre.on_shift("kamal", "supervisor")
        item = (await supervisor.get(f"{CALLS}/board")).json()["handovers"][0]
        assert item["state"] == "at_seat"
        assert (await accept(karim, item)).status_code == 403
        assert (await accept(supervisor, item)).status_code == 201

    async def test_a_restricted_case_goes_to_the_seat_and_is_no_agents_to_read(self, centre: Centre) -> None:
        await centre.on_shift("rahima")
        await give_case(centre, "rahima", category="sexual_abuse")
        await ended(centre, "rahima")
        karim = await centre.on_shift("karim")
        assert (await karim.get(f"{CALLS}/desk")).json()["handovers"] == []
        item = (await centre.person("kamal", "supervisor").get(f"{CALLS}/board")).json()["handovers"][0]
        assert item["state"] == "at_seat"
        assert (await accept(karim, item)).status_code == 403

    async def test_one_that_was_forgotten_is_ended_by_the_clock(self, centre: Centre) -> None:
        await centre.on_shift("rahima")
        await give_case(centre, "rahima")
        await centre.fire("shift_forgotten")
        assert [row.ended_how for row in await centre.running.rows("shift")] == ["timer"]
        assert await in_hands_off_shift(centre.running) == []

    async def test_an_item_is_accepted_by_one(self, centre: Centre) -> None:
        await centre.on_shift("rahima")
        await give_case(centre, "rahima")
        item = (await ended(centre, "rahima"))[0]
        people = [await centre.on_shift(name) for name in ("karim", "salma")]
        answers = await asyncio.gather(*(accept(one, item) for one in people))
        assert sorted(one.status_code for one in answers) == [201, 409]

    async def test_a_call_that_another_took_is_settled(self, centre: Centre) -> None:
        await centre.on_shift("rahima")
        call = await centre.answered("rahima")
        await hang_up(centre)
        item = (await ended(centre, "rahima"))[0]
        karim, salma = await centre.on_shift("karim"), await centre.on_shift("salma")
        assert (await karim.post(f"{CALLS}/{call}/take")).status_code == 200
        assert (await accept(salma, item)).json()["type"].endswith("already-accepted")


class TestNoOpenThingBelongsToSomebodyOffShift:
    """Agents come, go, take and finish in an order that nobody planned; some of it at the same moment."""

    @pytest.mark.parametrize("seed", range(6))
    async def test_whatever_happens(self, centre: Centre, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - an order of deeds
        for _ in range(25):
            deeds = [self.deed(centre, chance) for _ in range(chance.randint(1, 3))]
            await asyncio.gather(*(deed() for deed in deeds))
            assert await in_hands_off_shift(centre.running) == []

    def deed(self, centre: Centre, chance: random.Random) -> Callable[[], Awaitable[Any]]:
        name = chance.choice(AGENTS)
        agent, number = centre.person(name), f"+96650123456{chance.randint(0, 3)}"
        return chance.choice(
            [
                lambda: agent.post(f"{CALLS}/shifts", json={"extension": name}),
                lambda: agent.post(f"{CALLS}/shifts/end"),
                lambda: centre.missed(number),
                lambda: centre.answered(name, number),
                lambda: self.take_any(centre, agent),
                lambda: self.finish_any(centre, agent),
                lambda: self.accept_any(agent),
                lambda: hang_up(centre),
            ]
        )

    async def take_any(self, centre: Centre, agent: httpx.AsyncClient) -> None:
        for task in await open_tasks(agent):
            await agent.post(f"{CALLS}/callbacks/{task['id']}/take")
        for row in await centre.running.rows("phone_call"):
            await agent.post(f"{CALLS}/{row.id}/take")

    async def finish_any(self, centre: Centre, agent: httpx.AsyncClient) -> None:
        for row in await centre.running.rows("phone_call where disposition is null"):
            await agent.post(f"{CALLS}/{row.id}/finish", json={"disposition": "information"}, headers={"Idempotency-Key": str(uuid4())})

    async def accept_any(self, agent: httpx.AsyncClient) -> None:
        for item in (await agent.get(f"{CALLS}/desk")).json()["handovers"]:
            await accept(agent, item)
