"""`probashi events`, on a suite with a poisoned event."""

import subprocess
import sys
from uuid import uuid4

import asyncpg

from contracts.complaints import ComplaintLodged
from kit.bus import Bus
from kit.testing.waiting import until
from runner import nats
from runner.place import PROJECT
from runner.suite import Suite


def events(whole: Suite, *arguments: str) -> subprocess.CompletedProcess[str]:
    place = ["--state", str(whole.place.state), "--port", str(whole.place.base_port)]
    command = [sys.executable, "-m", "runner.main", "events", *arguments, *place]
    return subprocess.run(command, cwd=PROJECT, text=True, capture_output=True, check=False)


async def test_tail_shows_what_was_published(whole: Suite) -> None:
    said = events(whole, "tail", "--last", "200")
    assert said.returncode == 0, said.stderr
    assert ComplaintLodged.nats_subject() in said.stdout


async def test_dead_shows_a_parked_event_and_replay_says_when_there_is_none(whole: Suite) -> None:
    bus = await Bus(nats.url(whole.place, whole.secrets, "complaints"), "complaints").connect()
    await bus.jetstream.publish(ComplaintLodged.nats_subject(), b'{"not": "an event"}')
    await bus.close()
    monitor = await asyncpg.connect(whole.database_url("monitor"))
    # All that hear it: agencies, monitor, crisis which counts, and the complaints service itself, which looks for duplicates.
    databases = [monitor, *[await asyncpg.connect(whole.database_url(name)) for name in ("agencies", "complaints", "crisis")]]
    try:
        for database in databases:
            await until(lambda db=database: db.fetchval("select count(*) from dead_letter"), 1, within=240)  # type: ignore[misc]
        said = events(whole, "dead")
        assert said.returncode == 1
        assert "monitor-complaints" in said.stdout
        assert "4 parked" in said.stdout
        letter = await monitor.fetchval("select id from dead_letter")
        in_vain = events(whole, "replay", str(letter))
        assert in_vain.returncode == 1
        assert "stays parked" in in_vain.stderr
        assert "Traceback" not in in_vain.stderr
        unknown = events(whole, "replay", str(uuid4()))
        assert unknown.returncode != 0
        assert "No parked event" in unknown.stderr
    finally:
        for database in databases:
            await database.execute("delete from dead_letter")
            await database.close()


def test_a_service_that_is_none_is_said_to_be_none(whole: Suite) -> None:
    said = events(whole, "dead", "--service", "nonsense")
    assert said.returncode == 2
    assert "complaints" in said.stderr
