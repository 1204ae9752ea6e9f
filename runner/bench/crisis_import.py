"""`import_per_s`: a file of a million persons through the gateway into the register, as an office brings it and another releases it.

What is measured is the register's own work, from the mapping to the last row: each row is read, judged, sealed and stored. The file is made
before and arrives before: what a line gives is the office's own.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psutil

from runner.api import Api
from runner.bench.figures import Figure, processor_times
from runner.bench.intake import password
from runner.bench.people import COUNTRIES, People
from runner.suite import Suite

PERSONS: Final = 1_000_000
BAD_SHARE: Final = 0.02
HEADER: Final = (
    "Name,Name in Bangla,Gender,Date of Birth,Passport No,NID,BMET Reg No,Mobile,Country,City,Company,RL No,Home District,"
    "Departure Date,Nominee,Nominee Mobile\n"
)
PLACE: Final = "/v1/nationals/imports"
AT_ONCE: Final = 20_000
BRINGS: Final = "decider"
RELEASES: Final = "admin"


async def import_per_s(running: Suite, scale: float) -> Figure:
    persons = max(2_000, round(PERSONS * scale))
    with tempfile.TemporaryDirectory(dir=running.place.state) as folder:
        file = Path(folder) / "persons.csv"
        size = await asyncio.to_thread(write_file, file, persons)
        async with Api(running.place, password()) as api:
            began = time.perf_counter()
            identity = await _bring(api, file, size)
            arrived = time.perf_counter()
            before = processor_times(psutil.Process())
            judged = await _step(api, identity, BRINGS, "judging", "judged")
            judged_s = time.perf_counter() - arrived
            released = time.perf_counter()
            taken = await _step(api, identity, RELEASES, "taking", "taken")
            taken_s = time.perf_counter() - released
    detail = {
        "aim": 20_000,
        "rows": judged["rows"],
        "refused": judged["refused"],
        "warned": judged["warned"],
        "taken": taken["taken"],
        "bytes": taken["length"],
        "arrival_s": round(arrived - began, 1),
        "judging_s": round(judged_s, 1),
        "taking_s": round(taken_s, 1),
        "taking_per_s": round(taken["taken"] / taken_s),
        "processor_us_per_person": _shares(before, running, taken["taken"]),
        "at_11_million_min": round(11_000_000 / (taken["taken"] / (judged_s + taken_s)) / 60),
    }
    return Figure("import_per_s", taken["taken"] / (judged_s + taken_s), "persons/s", detail)


def write_file(file: Path, persons: int) -> int:
    """Bytes. Rows as an office's program writes them; of a hundred two are bad, each in a way that was seen."""
    chance = random.Random(2026)  # noqa: S311 - the same file each time
    rows = _rows(chance, datetime.now(UTC).date())
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        left = persons
        while left:
            some = list(islice(rows, min(left, AT_ONCE)))
            out.writelines(some)
            left -= len(some)
    return file.stat().st_size


def _rows(chance: random.Random, today: date) -> Iterator[str]:
    people = People(2026, today, telephones=400_000)
    countries = [*COUNTRIES]
    for number, person in enumerate(people):
        born = date(person.get("birth_year", 1990), 1 + number % 12, 1 + number % 28)
        sent = today - timedelta(days=chance.randint(1, 900))
        passport, nid = f"E{chance.choice('ABC')}{number:07}", f"{4_000_000_000 + number}"
        country = countries[number % len(countries)]
        if chance.random() < BAD_SHARE:
            passport, nid, country = _spoiled(number % 4, passport, nid, country)
        yield (
            f"{person['name']},{person['name_bn']},{person['sex']},{born:%d/%m/%Y},{passport},{nid},BR{number:09},+9665{number % 10**8:08},"
            f"{country},{person.get('village') or 'Riyadh'},Fictional Company {number % 9_000},RL-{number % 2_600:04},{person['district']},"
            f"{sent.isoformat()},{person['father']},{person['phone']}\n"
        )


def _spoiled(way: int, passport: str, nid: str, country: str) -> tuple[str, str, str]:
    match way:
        case 0:
            return passport, "4E+09".replace("4E", "4.0E"), country
        case 1:
            return passport, nid, "Atlantis"
        case 2:
            return f'"{passport}', nid, country  # a quotation mark that nothing closes
        case _:
            return passport, nid, f"{country},one cell more"


async def _bring(api: Api, file: Path, size: int) -> str:
    wanted = {"length": size, "name": file.name, "as_of": datetime.now(UTC).date().isoformat()}
    run = await api.post(PLACE, BRINGS, wanted, key="bench-import-file")
    with file.open("rb") as content:
        offset = 0
        while part := content.read(run["part_size"]):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            await api.call("PATCH", f"{PLACE}/{run['id']}", BRINGS, content=part, headers=headers)
            offset += len(part)
    await api.call("POST", f"{PLACE}/{run['id']}/completion", BRINGS)
    return str(run["id"])


async def _step(api: Api, identity: str, account: str, working: str, done: str) -> dict[str, Any]:
    place = f"{PLACE}/{identity}"
    run = await api.get(place, account)
    version = {"If-Match": f'"{run["version"]}"'}
    if working == "judging":
        shown = await api.get(f"{place}/columns", account)
        columns = {one["proposed"]: one["place"] for one in shown["columns"] if one["proposed"]}
        await api.call("PUT", f"{place}/mapping", account, json={"columns": columns}, headers=version)
    else:
        await api.call("POST", f"{place}/release", account, headers=version)
    while run["state"] != done:
        await asyncio.sleep(0.25)
        run = await api.get(place, account)
        if run["state"] not in {"received", "judged", working, done}:
            raise RuntimeError(f"the import is {run['state']}")
    return dict(run)


def _shares(before: dict[int, float], running: Suite, persons: int) -> dict[str, float]:
    """Microseconds of processor for each person, by what the processes are. Of a worker that ended meanwhile nothing is known."""
    postgres, registry = running.supervisor.pid("postgres"), running.supervisor.pid("registry")
    after, shares = processor_times(psutil.Process()), dict.fromkeys(("postgres", "registry", "workers"), 0.0)
    for pid, seconds in after.items():
        used = seconds - before.get(pid, 0.0)
        name = _name_of(pid, postgres, registry)
        if name:
            shares[name] += used
    return {name: round(used / persons * 1e6, 1) for name, used in shares.items()}


def _name_of(pid: int, postgres: int, registry: int) -> str | None:
    if pid == registry:
        return "registry"
    try:
        above = {one.pid for one in psutil.Process(pid).parents()} | {pid}
    except psutil.Error:
        return None
    return "postgres" if postgres in above else "workers" if registry in above else None
