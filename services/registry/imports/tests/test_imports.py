"""A file of many persons on its way into the register, over HTTP, with the loop that reads it in the background."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from runner.testing import Running
from services.registry.imports import runs

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
    async with asyncio.timeout(300):
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


async def report(http: httpx.AsyncClient, run: dict[str, Any]) -> dict[int, tuple[str, list[str]]]:
    items = (await http.get(f"/v1/nationals/imports/{run['id']}/report", params={"limit": 200})).json()["items"]
    return {one["line"]: (one["outcome"], [problem["code"] for problem in one["problems"]]) for one in items}


class TestAReport:
    async def test_says_of_each_bad_row_what_to_mend_and_repeats_no_cell(self, registry: Running) -> None:
        http = registry.client("decider")
        bad = [
            line(2, country="Atlantis"),
            line(3, nid="1.98E+12"),
            line(4) + ",more",
            line(5, phone="none"),
            line(6, name='=cmd|"/c calc"!A1'),
        ]
        run = await mapped(http, await sent(http, table(line(1), *bad, line(7), 'x,"', line(8))))
        assert (run["rows"], run["good"], run["refused"], run["warned"]) == (9, 4, 5, 1)
        assert await report(http, run) == {
            3: ("refused", ["country"]),
            4: ("refused", ["excel_number"]),
            5: ("refused", ["cells"]),
            6: ("warned", ["phone"]),
            7: ("refused", ["formula"]),
            9: ("refused", ["cells"]),
        }
        answer = await http.get(f"/v1/nationals/imports/{run['id']}/report.csv", params={"language": "bn"})
        lines = answer.text.removeprefix("\ufeff").splitlines()
        assert lines[0] == "লাইন,ফলাফল,কলাম,যা দেখতে হবে"
        assert lines[1] == "3,নেওয়া হয়নি,দেশ,এই নামে কোনো দেশ জানা নেই।"
        assert "Atlantis" not in answer.text
        assert "calc" not in answer.text

    async def test_is_written_page_by_page(self, registry: Running) -> None:
        http = registry.client("decider")
        run = await mapped(http, await sent(http, table(*(line(number, country="Atlantis") for number in range(5_300)))))
        assert (run["rows"], run["refused"]) == (5_300, 5_300)
        rows = (await http.get(f"/v1/nationals/imports/{run['id']}/report.csv")).text.splitlines()
        assert len(rows) == 5_301
        first = (await http.get(f"/v1/nationals/imports/{run['id']}/report", params={"limit": 200})).json()
        second = (await http.get(f"/v1/nationals/imports/{run['id']}/report", params={"limit": 200, "after": first["next"]})).json()
        assert second["items"][0]["line"] == first["items"][-1]["line"] + 1


class TestFourEyes:
    async def test_who_brings_a_file_does_not_release_it(self, registry: Running) -> None:
        one, two = registry.client("decider", sub="one"), registry.client("decider", sub="two")
        run = await mapped(one, await sent(one, table(line(1))))
        version = {"If-Match": f'"{run["version"]}"'}
        refused = await one.post(f"/v1/nationals/imports/{run['id']}/release", headers=version)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:probashi:problem:own-import")
        assert await registry.count("national") == 0
        sample = (await two.get(f"/v1/nationals/imports/{run['id']}/sample")).json()["items"]
        assert sample[0]["person"]["name"] == "Abdul Karim"
        taken = await released(two, run)
        assert taken["released_by"] == "two"
        reads = [(row.caller, row.purpose) for row in await registry.rows("access_log")]
        assert reads == [("one", "mapping"), ("two", "release")]

    async def test_a_second_person_refuses_with_a_reason_and_the_file_is_gone(self, registry: Running) -> None:
        one, two = registry.client("decider", sub="one"), registry.client("admin", sub="two")
        run = await mapped(one, await sent(one, table(line(1))))
        place, version = f"/v1/nationals/imports/{run['id']}", {"If-Match": f'"{run["version"]}"'}
        refused = (await two.post(f"{place}/refusal", json={"because": "Last year's file"}, headers=version)).json()
        assert (refused["state"], refused["because"]) == ("refused", "Last year's file")
        async with asyncio.timeout(240):
            while await registry.count("national_import_part"):
                await asyncio.sleep(0.1)
        stale = await two.post(f"{place}/release", headers=version)
        assert stale.status_code == 412

    @pytest.mark.parametrize("role", ["supervisor", "officer"])
    async def test_a_role_that_the_lists_do_not_name_imports_nothing(self, registry: Running, role: str) -> None:
        answer = await registry.client(role).post("/v1/nationals/imports", json={"length": 10, "as_of": "2026-11-01"})
        assert answer.status_code == 403


class TestOfWhoIsKnown:
    async def test_no_second_record_is_made_and_what_is_new_is_proposed(self, registry: Running) -> None:
        one, two = registry.client("decider", sub="one"), registry.client("admin", sub="two")
        await released(two, await mapped(one, await sent(one, table(*(line(number) for number in range(50))))))
        moved = [line(number) for number in range(48)]
        moved += [line(48, passport="NEW7654321"), line(49, country="QA", city="Doha"), line(50), line(50, passport="TWICE12345"), line(50)]
        again = await released(two, await mapped(one, await sent(one, table(*moved))))
        assert (again["taken"], again["known"], again["updates"]) == (1, 52, 3)
        assert await registry.count("national") == 51
        assert {number: outcome for number, (outcome, _) in (await report(one, again)).items() if outcome != "same"} == {
            50: "update",
            51: "update",
            53: "update",
        }
        supervisor = registry.client("supervisor")
        proposed = (await supervisor.get("/v1/nationals/updates")).json()["items"]
        doha = next(one for one in proposed if one["said"]["country"] == "QA")
        assert doha["person"]["country"] == "SA"
        decided = await supervisor.post(f"/v1/nationals/updates/{doha['id']}/decision", json={"decision": "taken"})
        assert decided.status_code == 200, decided.text
        assert decided.json()["person"]["country"] == "QA"
        paper = next(one for one in proposed if one["line"] == 50)
        person = (await supervisor.post(f"/v1/nationals/updates/{paper['id']}/decision", json={"decision": "taken"})).json()["person"]
        assert [one["number"] for one in person["documents"]] == ["EA0000048", "1000000048", "NEW7654321"]
        twice = await supervisor.post(f"/v1/nationals/updates/{paper['id']}/decision", json={"decision": "left"})
        assert twice.status_code == 409
        assert len((await supervisor.get("/v1/nationals/updates")).json()["items"]) == 1
        riyadh = registry.client("wing", countries=["KW"])
        assert (await riyadh.get("/v1/nationals/updates")).json()["items"] == []

    async def test_who_shows_no_paper_is_known_by_number_and_name(self, registry: Running) -> None:
        one, two = registry.client("decider", sub="one"), registry.client("admin", sub="two")
        bare = table(line(1, passport="", nid=""), line(2, passport="", nid="", phone="+966500000001", name="Another Name"))
        first = await released(two, await mapped(one, await sent(one, bare)))
        second = await released(two, await mapped(one, await sent(one, bare)))
        assert (first["taken"], second["taken"], second["known"]) == (2, 0, 2)


class TestKilled:
    async def test_goes_on_at_the_first_row_that_is_not_in_the_register(self, registry: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        """The loop's connection dies in the midst of a file, again and again: as a killed process, it loses what it had not committed."""
        monkeypatch.setattr(runs, "BLOCK", 32 * 1024)
        one, two = registry.client("decider", sub="one"), registry.client("admin", sub="two")
        run = await mapped(one, await sent(one, table(*(line(number) for number in range(6_000)))))
        place = f"/v1/nationals/imports/{run['id']}"
        await two.post(f"{place}/release", headers={"If-Match": f'"{run["version"]}"'})
        killed, seen = 0, -1
        async with asyncio.timeout(240):
            while killed < 2:
                now = (await one.get(place)).json()
                assert now["state"] == "taking", f"the file was through after {killed} kills"
                if now["taken"] > seen:
                    seen = now["taken"]
                    killed += await _kill_the_loop(registry.engine)
                await asyncio.sleep(0.02)
        done = await waited(one, run["id"], "taken", "failed")
        assert (done["state"], done["taken"], done["known"]) == ("taken", 6_000, 0)
        assert await registry.count("national") == 6_000
        assert await registry.count("national_document") == 12_000


async def _kill_the_loop(engine: AsyncEngine) -> int:
    """The backend that holds the lock of imports, if there is one just now."""
    holder = (
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
        " and objid = (hashtext('national-imports')::bigint & 4294967295)::oid"
    )
    async with engine.begin() as connection:
        return len((await connection.execute(text(holder))).all())


class TestAnUpload:
    async def test_takes_what_is_new_of_a_part_that_comes_again(self, registry: Running) -> None:
        http, content = registry.client("decider"), table(line(1), line(2))
        run = (await http.post("/v1/nationals/imports", json={"length": len(content), "as_of": "2026-11-01"})).json()
        place = f"/v1/nationals/imports/{run['id']}"
        await http.patch(place, content=content[:100], headers={"Upload-Offset": "0"})
        again = await http.patch(place, content=content[:150], headers={"Upload-Offset": "0"})
        assert again.headers["upload-offset"] == "150"
        gap = await http.patch(place, content=content[200:], headers={"Upload-Offset": "200"})
        assert (gap.status_code, gap.json()["offset"]) == (409, 150)
        assert (await http.post(f"{place}/completion")).status_code == 409
        await http.patch(place, content=content[150:], headers={"Upload-Offset": "150"})
        assert (await http.post(f"{place}/completion")).json()["state"] == "received"
        parts = await registry.rows("national_import_part")
        assert sum(one.size for one in parts) == len(content)

    async def test_says_what_to_do_with_a_workbook(self, registry: Running) -> None:
        http = registry.client("decider", sub="one")
        http.headers["Accept-Language"] = "bn"
        content = b"PK\x03\x04" + b"x" * 1000
        run = (await http.post("/v1/nationals/imports", json={"length": len(content), "as_of": "2026-11-01"})).json()
        await http.patch(f"/v1/nationals/imports/{run['id']}", content=content, headers={"Upload-Offset": "0"})
        answer = await http.post(f"/v1/nationals/imports/{run['id']}/completion")
        assert answer.status_code == 422
        assert "CSV UTF-8" in answer.json()["detail"]

    @pytest.mark.parametrize(
        ("columns", "slug"),
        [
            ({"name": 0, "passport": 4}, "columns-missing"),
            ({"name": 0, "country": 8}, "columns-missing"),
            ({"name": 0, "country": 0, "passport": 4}, "column-twice"),
            ({"name": 0, "country": 8, "passport": 40}, "column-twice"),
        ],
    )
    async def test_refuses_columns_that_make_no_person(self, registry: Running, columns: dict[str, int], slug: str) -> None:
        http = registry.client("decider")
        run = await sent(http, table(line(1)))
        answer = await http.put(
            f"/v1/nationals/imports/{run['id']}/mapping", json={"columns": columns}, headers={"If-Match": f'"{run["version"]}"'}
        )
        assert (answer.status_code, answer.json()["type"]) == (422, f"urn:probashi:problem:{slug}")
