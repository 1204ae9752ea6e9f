"""A file of many persons on its way into the register, over HTTP, with the loop that reads it in the background."""

import asyncio
from typing import Any

import httpx

from runner.testing import Running

HEADER = "Name,নাম (বাংলা),Sex,DOB,Passport No,NID,Mobile,Family phone,Country,City,Employer,District,Departure date"


def line(number: int, **other: str) -> str:
    said = {
        "name": "Abdul Karim",
        "name_bn": "আব্দুল করিম",
        "sex": "male",
        "born": "1990-05-06",
        "passport": f"EA{number:07}",
        "nid": f"{1000000000 + number}",
        "phone": f"+96650{number:07}",
        "family": f"0171{number:07}",
        "country": "KSA",
        "city": "Riyadh",
        "employer": "Fictional Trading Co",
        "district": "Cumilla",
        "departed": "2024-03-01",
    } | other
    return ",".join(said.values())


def table(*lines: str) -> bytes:
    return ("\n".join([HEADER, *lines]) + "\n").encode()


async def sent(http: httpx.AsyncClient, content: bytes, step: int | None = None) -> dict[str, Any]:
    begun = await http.post("/v1/nationals/imports", json={"length": len(content), "name": "bmet.csv", "as_of": "2026-11-01"})
    assert begun.status_code == 201, begun.text
    run: dict[str, Any] = begun.json()
    place, step = f"/v1/nationals/imports/{run['id']}", step or run["part_size"]
    for start in range(0, len(content), step):
        part = await http.patch(place, content=content[start : start + step], headers={"Upload-Offset": str(start)})
        assert part.status_code == 204, part.text
    done = await http.post(f"{place}/completion")
    assert done.status_code == 200, done.text
    completed: dict[str, Any] = done.json()
    return completed


async def waited(http: httpx.AsyncClient, identity: str, *states: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            run: dict[str, Any] = (await http.get(f"/v1/nationals/imports/{identity}")).json()
            if run["state"] in states:
                return run
            await asyncio.sleep(0.1)


async def mapped(http: httpx.AsyncClient, run: dict[str, Any], **more: Any) -> dict[str, Any]:
    shown = (await http.get(f"/v1/nationals/imports/{run['id']}/columns")).json()
    columns = {one["proposed"]: one["place"] for one in shown["columns"] if one["proposed"]}
    answer = await http.put(
        f"/v1/nationals/imports/{run['id']}/mapping", json={"columns": columns, **more}, headers={"If-Match": f'"{run["version"]}"'}
    )
    assert answer.status_code == 200, answer.text
    return await waited(http, run["id"], "judged", "failed")


async def released(http: httpx.AsyncClient, run: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post(f"/v1/nationals/imports/{run['id']}/release", headers={"If-Match": f'"{run["version"]}"'})
    assert answer.status_code == 200, answer.text
    return await waited(http, run["id"], "taken", "failed")


class TestAFile:
    async def test_goes_from_its_parts_into_the_register(self, registry: Running) -> None:
        one, two = registry.client("decider", sub="one"), registry.client("admin", sub="two")
        run = await sent(one, table(*(line(number) for number in range(300))), step=5_000)
        assert run["state"] == "received"
        judged = await mapped(one, run)
        assert (judged["state"], judged["rows"], judged["good"], judged["refused"]) == ("judged", 300, 300, 0)
        assert await registry.count("national") == 0
        taken = await released(two, judged)
        assert (taken["state"], taken["taken"], taken["known"]) == ("taken", 300, 0)
        assert await registry.count("national") == 300
        assert await registry.count("national_document") == 600
        assert await registry.count("national_contact") == 600
        assert await registry.count("national_place") == 300
        assert b"Karim" not in await registry.raw("national")
