"""Killing the register with -9 in the midst of a file: it goes on where it was, and each row is a person once."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from kit.testing.waiting import until
from runner.api import Api
from runner.demo import _api
from runner.suite import Suite

PLACE = "/v1/nationals/imports"
PERSONS = 4_000
# A column that the register does not read makes several blocks of few rows.
WIDE = "x" * 1_500
FIRST = 7_300_000


def table() -> bytes:
    rows = (
        f"Fictional Person {number},EK{FIRST + number},+96658{FIRST + number},SA,{'x' if number % 100 else 'x,one cell more'},{WIDE}\n"
        for number in range(PERSONS)
    )
    return ("Name,Passport No,Mobile,Country,Remark one,Remark two\n" + "".join(rows)).encode()


async def judged(api: Api) -> dict[str, Any]:
    content = table()
    wanted = {"length": len(content), "name": "killed.csv", "as_of": datetime.now(UTC).date().isoformat()}
    run = await api.post(PLACE, "decider", wanted, key=str(uuid4()))
    place = f"{PLACE}/{run['id']}"
    for start in range(0, len(content), run["part_size"]):
        headers = {"Upload-Offset": str(start)}
        await api.call("PATCH", place, "decider", content=content[start : start + run["part_size"]], headers=headers)
    run = (await api.call("POST", f"{place}/completion", "decider")).json()
    columns = {"name": 0, "passport": 1, "phone": 2, "country": 3}
    headers = {"If-Match": f'"{run["version"]}"'}
    await api.call("PUT", f"{place}/mapping", "decider", json={"columns": columns}, headers=headers)
    return await stands(api, place, "judged")


async def stands(api: Api, place: str, state: str) -> dict[str, Any]:
    async def now() -> str:
        return str((await api.get(place, "decider"))["state"])

    await until(now, state, within=240)
    run: dict[str, Any] = await api.get(place, "decider")
    return run


async def test_a_file_goes_on_after_the_register_was_killed_and_each_row_is_taken_once(whole: Suite) -> None:
    async with _api(whole.place) as api:
        run = await judged(api)
        bad = PERSONS // 100
        assert (run["rows"], run["good"], run["refused"]) == (PERSONS, PERSONS - bad, bad)
        place = f"{PLACE}/{run['id']}"
        before = whole.supervisor.restarts("registry")
        await api.call("POST", f"{place}/release", "admin", headers={"If-Match": f'"{run["version"]}"'})
        registry = await asyncpg.connect(whole.database_url("registry", owner=True))
        try:
            async with asyncio.timeout(240):
                while not (at := await registry.fetchrow("select state, taken from national_import where id = $1", run["id"]))["taken"]:
                    await asyncio.sleep(0.005)
            assert at["state"] == "taking", "the file was through before anything could be killed"
            assert at["taken"] < PERSONS - bad
            whole.kill("registry")
            await whole.supervisor.ready()
            done = await stands(api, place, "taken")
            persons = await registry.fetchval("select count(*) from national where registered_by = $1", f"import:{run['id']}")
        finally:
            await registry.close()
    assert whole.supervisor.restarts("registry") == before + 1
    assert (done["taken"], done["known"], persons) == (PERSONS - bad, 0, PERSONS - bad)
