"""Open data: anybody's validator accepts it, what is left out is marked, and who has it is not sent it again."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import frictionless

from contracts.complaints import ComplaintLodged
from runner.testing import Running
from services.monitor.evidence import repository
from services.monitor.evidence.models import Fact
from services.monitor.evidence.rules import Group
from services.monitor.opendata.service import Editions

DATA = "/v1/framework/data"
SUMMER, IN_TIME = datetime(2026, 8, 20, 12, tzinfo=UTC), datetime(2026, 9, 30, 12, tzinfo=UTC)
SPREAD = (("BD-08", 40), ("BD-60", 22), ("BD-13", 3))


async def keep(monitor: Running) -> None:
    facts = [
        Fact(
            event_id=uuid4(),
            event_type=ComplaintLodged.type,
            record=uuid4(),
            happened_at=SUMMER,
            received_at=IN_TIME,
            **Group(district)._asdict(),
        )
        for district, number in SPREAD
        for _ in range(number)
    ]
    async with monitor.sessions.begin() as session:
        await repository.lock_shared(session)
        await repository.add_facts(session, facts)


async def package(monitor: Running, folder: Path) -> dict[str, Any]:
    """As a stranger takes it: the descriptor, then what it names beside itself."""
    client = monitor.client()
    answer = await client.get(f"{DATA}/2026-Q3/datapackage.json")
    assert answer.status_code == 200, answer.text
    (folder / "datapackage.json").write_bytes(answer.content)
    described: dict[str, Any] = answer.json()
    for one in described["resources"]:
        (folder / one["path"]).write_bytes((await client.get(f"{DATA}/2026-Q3/{one['path']}")).content)
    return described


class TestPackage:
    async def test_an_independent_validator_accepts_it_and_would_notice(self, monitor: Running, tmp_path: Path) -> None:
        await keep(monitor)
        described = await package(monitor, tmp_path)
        report = frictionless.validate(str(tmp_path / "datapackage.json"))
        assert report.valid, report.flatten(["name", "type", "note"])
        assert len(report.tasks) == len(described["resources"]) == 21
        figures = tmp_path / "figures.csv"
        figures.write_text(figures.read_text("utf-8").replace(",40,", ",forty,"), "utf-8")
        assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid

    async def test_a_quarter_of_which_nothing_is_known_is_accepted_too(self, monitor: Running, tmp_path: Path) -> None:
        described = await package(monitor, tmp_path)
        report = frictionless.validate(str(tmp_path / "datapackage.json"))
        assert report.valid, report.flatten(["name", "type", "note"])
        assert {"figures", "committees"} <= {one["name"] for one in described["resources"]}
        assert (await monitor.client().get(f"{DATA}/2026-Q3/figures.json")).json() == []

    async def test_every_title_stands_in_both_languages(self, monitor: Running, tmp_path: Path) -> None:
        described = await package(monitor, tmp_path)
        told = [described, *described["resources"], *(field for one in described["resources"] for field in one["schema"]["fields"])]
        assert all(one["title"] and one["title@bn"] for one in told)

    async def test_what_is_left_out_is_marked_and_never_zero(self, monitor: Running) -> None:
        await keep(monitor)
        rows = (await monitor.client().get(f"{DATA}/2026-Q3/figures.json")).json()
        found = {
            one["code"]: (one["facts"], one["suppressed"]) for one in rows if (one["activity"], one["dimension"]) == ("4.4.2.3", "district")
        }
        assert found == {"BD-08": (40, False), "BD-60": (None, True), "BD-13": (None, True)}
        [whole] = [one["facts"] for one in rows if (one["activity"], one["dimension"]) == ("4.4.2.3", "all")]
        assert whole == 65
        csv = (await monitor.client().get(f"{DATA}/2026-Q3/figures.csv")).text
        assert "district,BD-13,,true" in csv
        assert ",0," not in csv

    async def test_the_register_is_whole(self, monitor: Running) -> None:
        assert len((await monitor.client().get(f"{DATA}/latest/activities.json")).json()) == 121


class TestAddress:
    async def test_who_has_it_is_not_sent_it_again_until_it_changes(self, monitor: Running) -> None:
        client, address = monitor.client(), f"{DATA}/2026-Q3/figures.csv"
        first = await client.get(address)
        again = await client.get(address, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        await keep(monitor)
        assert (await client.get(address, headers={"If-None-Match": first.headers["etag"]})).status_code == 200

    async def test_what_did_not_change_is_not_made_again(self, monitor: Running) -> None:
        await keep(monitor)
        editions = Editions()
        async with monitor.sessions.begin() as session:
            first = await editions.read_file(session, "2026-Q3", "figures.csv")
            assert await editions.read_file(session, "latest", "figures.csv") == first
            assert (await editions.read_file(session, "2026-Q3", "figures.csv"))[1] is first[1]
        await keep(monitor)
        async with monitor.sessions.begin() as session:
            assert (await editions.read_file(session, "2026-Q3", "figures.csv"))[1].tag != first[1].tag

    async def test_a_quarter_that_is_not_over_and_a_file_that_is_none(self, monitor: Running) -> None:
        client = monitor.client()
        early = await client.get(f"{DATA}/2026-Q4/figures.csv")
        assert (early.status_code, early.json()["type"]) == (409, "urn:probashi:problem:not-yet-published")
        for file in ("people.csv", "datapackage.csv"):
            none = await client.get(f"{DATA}/latest/{file}")
            assert (none.status_code, none.json()["type"]) == (404, "urn:probashi:problem:unknown-open-data")

    async def test_the_descriptor_proves_each_table(self, monitor: Running) -> None:
        described = json.loads((await monitor.client().get(f"{DATA}/2026-Q3/datapackage.json")).content)
        assert all(one["hash"].startswith("sha256:") and one["bytes"] > 0 for one in described["resources"] if one["format"] == "csv")
        assert described["version"].count(".") == 3
