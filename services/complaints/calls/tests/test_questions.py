"""What redress wants to ask joins the call-back of the number: one list, one call; restricted and unsafe ones stay with the office."""

from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text

from services.complaints.calls.tests.conftest import CALLS, RIYADH, Centre, complaint
from services.complaints.calls.tests.test_callbacks import attempt, open_tasks, taken

ORDER = {"head": "wages", "currency": "SAR", "amount": 90_000, "basis": "settlement", "ordered_on": "2026-11-01"}


async def paid(centre: Centre, **changes: Any) -> str:
    """A complaint whose money has come: somebody is to ask how it went, and the day is here."""
    wing = office(centre)
    body = complaint(safe_contact={"may_call": True}) | changes
    reference = str((await wing.post("/v1/complaints", json=body)).json()["reference"])
    place = f"/v1/complaints/{reference}/redress"
    assert (await wing.post(f"{place}/orders", json=ORDER)).status_code == 201
    line = (await wing.get(place)).json()["lines"][0]["id"]
    told = {"line": line, "amount": 90_000, "paid_on": "2026-11-02", "way": "bank", "proof": str(uuid4()), "confirmed_with": "complainant"}
    assert (await wing.post(f"{place}/payments", json=told)).status_code == 201
    async with centre.running.sessions.begin() as session:
        await session.execute(text("update redress_task set due = now() - interval '1 minute' where done_at is null"))
    await centre.fire("redress-asks")
    return reference


def office(centre: Centre) -> httpx.AsyncClient:
    return centre.running.client("wing", sub="wing-riyadh", countries=["SA"])


async def of_office(centre: Centre) -> list[str]:
    return [one["reference"] for one in (await office(centre).get("/v1/complaints/redress-tasks")).json()["items"]]


class TestOneCall:
    async def test_asks_what_a_missed_call_and_redress_are_about(self, centre: Centre) -> None:
        await centre.missed(RIYADH)
        reference = await paid(centre)
        agent = await centre.on_shift("rahima")
        (task,) = await open_tasks(agent)
        assert await of_office(centre) == [], "nobody else calls the same person"
        assert (await agent.get(f"{CALLS}/callbacks/{task['id']}")).json()["questions"] == [], "before it is taken"
        shown = await taken(agent, task)
        assert [(one["reference"], one["kind"]) for one in shown["questions"]] == [(reference, "ask_after_payment")]
        address = f"{CALLS}/callbacks/{task['id']}/questions/{shown['questions'][0]['id']}"
        other = await centre.on_shift("kamal")
        assert (await other.post(address, json={"answer": "yes"})).status_code == 403
        done = await agent.post(address, json={"answer": "partly", "words": "এক মাসের বেতন বাকি।"})
        assert (done.status_code, done.json()["answer"]) == (201, "partly"), done.text
        assert (await agent.post(address, json={"answer": "yes"})).json()["type"].endswith("task-done")
        assert (await attempt(agent, shown, "reached")).status_code == 201
        assert await open_tasks(agent) == []

    async def test_is_opened_where_the_number_has_none(self, centre: Centre) -> None:
        await paid(centre)
        (task,) = await open_tasks(await centre.on_shift("rahima"))
        assert (task["reason"], task["missed"]) == ("asked", 0)

    async def test_that_was_closed_without_asking_is_the_offices_again(self, centre: Centre) -> None:
        reference = await paid(centre)
        agent = await centre.on_shift("rahima")
        task = await taken(agent, (await open_tasks(agent))[0])
        assert (await attempt(agent, task, "reached")).status_code == 201
        assert await of_office(centre) == [reference]

    async def test_is_not_closed_unasked_because_the_person_called(self, centre: Centre) -> None:
        await centre.missed(RIYADH)
        await paid(centre)
        agent = await centre.on_shift("rahima")
        await centre.answered("rahima")
        assert len(await open_tasks(agent)) == 1


class TestNoAgent:
    async def test_calls_whom_it_would_harm(self, centre: Centre) -> None:
        reference = await paid(centre, safe_contact={"may_call": False})
        assert await open_tasks(await centre.on_shift("rahima")) == []
        assert await of_office(centre) == [reference]

    async def test_is_told_of_what_became_restricted(self, centre: Centre) -> None:
        await paid(centre)
        async with centre.running.sessions.begin() as session:
            await session.execute(text("update complaint set restricted = true"))
        agent = await centre.on_shift("rahima")
        task = await taken(agent, (await open_tasks(agent))[0])
        assert task["questions"] == []
