"""`paced_10`, `paced_100`, `paced_500`: how near outreach comes to what a company for texts has agreed to take, in parts a second.

One queue of people of several countries; the service is started again with each rate. What was under way then is left out: it is asked for
and costs the company nothing. `lane_p0_s`: at last one of the highest level comes for another country, while all that is left waits behind
the slowest company.
"""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

import asyncpg

from runner.bench.crisis_warning import OPEN, Night, Warned, until
from runner.bench.figures import Figure

RATES: Final = (10, 100, 500)
COUNTRIES: Final = ("MY", "OM", "KW", "LY", "SG", "JO")
# A bucket that was full lets more go at first: that is let pass.
SETTLES: Final = timedelta(seconds=2)
WINDOW: Final = timedelta(seconds=8)
SETTING: Final = "PROBASHI_SMS_PARTS_PER_SECOND"
FIRST: Final = "select min(handed_at) from recipient where alert_id = any($1) and attempts = 1 and handed_at > $2"
PARTS: Final = """
    select coalesce(sum(parts) filter (where attempts = 1 and handed_at > $2 and handed_at <= $3), 0) as went,
           count(*) filter (where state = 'queued' and channel = 'sms') as left
    from recipient where alert_id = any($1)
"""

WAITING: Final = "select count(*) from recipient where alert_id = any($1) and state = 'queued' and channel = 'sms'"


async def paced(night: Night) -> list[Figure]:
    await night.running.restart("crisis", {SETTING: str(RATES[0])})
    warned = [await night.bring(country, "Moderate") for country in COUNTRIES]
    for one in warned:
        await night.release(one)
    for one in warned:
        await until(partial(_is_planned, night, one))
    figures = []
    for rate in RATES:
        await night.running.restart("crisis", {SETTING: str(rate)})
        figures.append(await _at(night, [one.alert for one in warned], rate))
    return [*figures, await _lane(night, [one.alert for one in warned])]


async def _lane(night: Night, before: list[UUID]) -> Figure:
    highest = await night.bring("QA", "Extreme")
    await night.running.restart("crisis", {SETTING: str(RATES[0])})
    began = await night.crisis.fetchval("select clock_timestamp()")

    async def goes_on() -> bool:
        return await night.crisis.fetchval(FIRST, before, began) is not None

    await until(goes_on)
    waiting = await night.crisis.fetchval(WAITING, before)
    released = await night.release(highest)
    await until(partial(night.some_handed, highest))
    first = (await night.handed(highest))[0]
    detail = {"aim": 2.0, "behind": waiting, "agreed": RATES[0], "from": "the release"}
    return Figure("lane_p0_s", (first - released).total_seconds(), "s", detail)


async def _is_planned(night: Night, warned: Warned) -> bool:
    jobs = await night.crisis.fetchval("select count(*) from outreach_job where alert_id = $1", warned.alert)
    return bool(jobs) and not await night.crisis.fetchval(OPEN, warned.alert)


async def _at(night: Night, alerts: list[UUID], rate: int) -> Figure:
    began = await night.crisis.fetchval("select clock_timestamp()")

    async def has_begun() -> bool:
        return await night.crisis.fetchval(FIRST, alerts, began) is not None

    await until(has_begun)
    start = await night.crisis.fetchval(FIRST, alerts, began) + SETTLES
    end = start + WINDOW
    await asyncio.sleep((SETTLES + WINDOW).total_seconds() + 1)
    found: asyncpg.Record = await night.crisis.fetchrow(PARTS, alerts, start, end)
    detail = {"aim": 0.95, "agreed": rate, "parts": found["went"], "seconds": WINDOW.total_seconds(), "left_in_queue": found["left"]}
    return Figure(f"paced_{rate}", found["went"] / (rate * WINDOW.total_seconds()), "of what was agreed", detail)
