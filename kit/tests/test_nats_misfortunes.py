"""What operators and networks do to NATS, on a server of these tests: consumers and streams removed, users changed, replicas stopped."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.app import keep_running
from kit.bus import Bus, Declaration, Received, nats_config, stream_config
from kit.inbox import Consumer
from kit.outbox import Relay
from kit.testing.facts import SUBSCRIPTION, Side, ThingMade, note
from kit.testing.waiting import until
from runner.nats import _binary
from runner.place import free_base_port

QUICK = (0.05,) * 7
PATIENT = replace(SUBSCRIPTION, name="patient", ack_wait_s=300.0)
DECLARATIONS = (Declaration("kittest", publishes=True), Declaration("kitreader", publishes=False, subscriptions=(SUBSCRIPTION, PATIENT)))


@dataclass
class Server:
    """A NATS server with one more user who may do anything, as an operator may."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def write(self, **passwords: str) -> None:
        secrets = {one.service: "secret" for one in DECLARATIONS} | passwords
        text = nats_config(
            DECLARATIONS, secrets, host="127.0.0.1", port=self.port, monitor_port=self.port + 1, store=str(self.folder / "js")
        )
        configuration: dict[str, Any] = json.loads(text)
        configuration["accounts"]["PROBASHI"]["users"].append({"user": "operator", "password": "secret"})
        (self.folder / "nats.conf").write_text(json.dumps(configuration))

    def start(self) -> None:
        command = [str(_binary()), "--config", str(self.folder / "nats.conf"), "--log", str(self.folder / "log")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()

    def url(self, user: str) -> str:
        return f"nats://{user}:secret@127.0.0.1:{self.port}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path, free_base_port())
    running.write()
    running.start()
    yield running
    running.signal(signal.SIGKILL)


@pytest.fixture
async def operator(server: Server) -> AsyncIterator[JetStreamContext]:
    client = await Bus(server.url("operator"), "operator").connect()
    yield client.jetstream
    await client.close()


@pytest.fixture
def telling(server: Server, teller: Side) -> Side:
    return replace(teller, nats_url=server.url("kittest"))


@pytest.fixture
def reading(server: Server, reader: Side) -> Side:
    return replace(reader, nats_url=server.url("kitreader"))


@asynccontextmanager
async def living(*sides: tuple[Side, Callable[[Bus], Callable[[], Awaitable[object]]]]) -> AsyncIterator[list[Bus]]:
    """Each with a bus of its own that is kept connected, as `kit.app` does it."""
    buses = [Bus(side.nats_url, side.name) for side, _ in sides]
    loops = [loop for bus, (_, make) in zip(buses, sides, strict=True) for loop in (bus.stay_connected, make(bus))]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(keep_running("loop", loop)) for loop in loops]
        try:
            yield buses
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for bus in buses:
                await bus.close()


def relay(side: Side) -> tuple[Side, Callable[[Bus], Callable[[], Awaitable[object]]]]:
    return side, lambda bus: Relay(side.url, bus, side.name).run


def consumer(side: Side, subscription: Any = SUBSCRIPTION) -> tuple[Side, Callable[[Bus], Callable[[], Awaitable[object]]]]:
    return side, lambda bus: Consumer(bus, side.sessions, subscription, delays_s=QUICK).run


async def seen(side: Side) -> int:
    return await side.count("select count(*) from seen")


class TestRemoved:
    async def test_a_consumer_that_an_operator_removed_is_made_again(
        self, operator: JetStreamContext, telling: Side, reading: Side
    ) -> None:
        async with living(relay(telling), consumer(reading)):
            await telling.tell()
            await until(lambda: seen(reading), 1)
            await operator.delete_consumer("KITTEST", SUBSCRIPTION.durable)
            await telling.tell()
            await until(lambda: seen(reading), 2)

    async def test_a_consumer_that_stays_away_is_not_asked_for_in_a_mad_loop(
        self, operator: JetStreamContext, telling: Side, reading: Side, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with living(relay(telling), consumer(reading)) as (_, bus):
            await telling.tell()
            await until(lambda: seen(reading), 1)
            monkeypatch.setattr(bus, "ensure_consumer", refused)  # its stream is gone as well, say
            await operator.delete_consumer("KITTEST", SUBSCRIPTION.durable)
            before = bus.client.stats["out_msgs"]
            await asyncio.sleep(1.5)
            assert bus.client.stats["out_msgs"] - before < 20

    async def test_a_stream_that_an_operator_removed_is_made_again(self, operator: JetStreamContext, telling: Side, reading: Side) -> None:
        async with living(relay(telling), consumer(reading)):
            await telling.tell()
            await until(lambda: seen(reading), 1)
            await operator.delete_stream("KITTEST")
            await telling.tell()
            await until(lambda: seen(reading), 2)

    async def test_a_stream_of_an_older_release_gets_its_new_settings(
        self, operator: JetStreamContext, telling: Side, reading: Side
    ) -> None:
        older = stream_config("kittest")
        older.max_age, older.duplicate_window = 3600.0, 60.0
        await operator.add_stream(older)
        async with living(relay(telling), consumer(reading)):
            await telling.tell()
            await until(lambda: seen(reading), 1)
        assert (await operator.stream_info("KITTEST")).config.max_age == stream_config("kittest").max_age


async def refused(_: Any) -> None:
    raise NotFoundError


class TestConnection:
    async def test_a_connection_that_the_server_ends_for_good_is_made_anew(
        self, server: Server, operator: JetStreamContext, telling: Side, reading: Side
    ) -> None:
        async with living(relay(telling), consumer(reading)) as buses:
            await telling.tell()
            await until(lambda: seen(reading), 1)
            server.write(kittest="changed", kitreader="changed")
            server.signal(signal.SIGHUP)

            async def connected() -> list[bool]:
                return [bus.connected for bus in buses]

            await until(connected, [False, False])
            await telling.tell()
            await asyncio.sleep(1)
            server.write()
            server.signal(signal.SIGHUP)
            await until(connected, [True, True])
            await until(lambda: seen(reading), 2)
        assert await operator.consumer_info("KITTEST", SUBSCRIPTION.durable)

    async def test_restarts_leave_no_subscription_behind(self, server: Server, telling: Side, reading: Side) -> None:
        async with living(relay(telling), consumer(reading)) as buses:
            await telling.tell()
            await until(lambda: seen(reading), 1)
            before = [len(bus.client._subs) for bus in buses]
            for number in range(2, 4):
                server.signal(signal.SIGKILL)
                await asyncio.sleep(0.2)
                server.start()
                await telling.tell()
                await until(lambda: seen(reading), number)
            assert [len(bus.client._subs) for bus in buses] == before


class TestStop:
    async def test_a_replica_that_stops_hands_back_what_it_holds(self, telling: Side, reading: Side) -> None:
        began = asyncio.Event()

        async def slow(session: AsyncSession, events: Sequence[Received[ThingMade]]) -> None:
            await note(session, events)
            began.set()
            await asyncio.sleep(3600)

        async with living(relay(telling)):
            async with living(consumer(reading, replace(PATIENT, handle=slow))):
                for _ in range(5):
                    await telling.tell()
                await asyncio.wait_for(began.wait(), 60)
            assert await seen(reading) == 0, "the transaction was rolled back"
            async with living(consumer(reading, PATIENT)):
                await until(lambda: seen(reading), 5)  # long before PATIENT.ack_wait_s

    async def test_a_busy_relay_stops_when_told(self, telling: Side) -> None:
        bus = await Bus(telling.nats_url, telling.name).connect()
        try:
            async with telling.sessions.begin() as session:
                await session.execute(
                    text(
                        "insert into outbox (day, id, nats_subject, envelope, restricted, created_at) select current_date,"
                        " gen_random_uuid(), 'kittest.thing.made.v1', '{}', false, now() from generate_series(1, 20000)"
                    )
                )
            for number in range(6):
                task = asyncio.create_task(keep_running("relay", Relay(telling.url, bus, telling.name).run))
                await asyncio.sleep(0.3 + 0.017 * number)
                task.cancel()
                done, _ = await asyncio.wait([task], timeout=3)
                assert done, f"still running after it was cancelled (try {number})"
        finally:
            await bus.close()

    async def test_a_relay_on_a_database_that_hangs_stops_when_told(self, telling: Side) -> None:
        bus = await Bus(telling.nats_url, telling.name).connect()
        task = asyncio.create_task(keep_running("relay", Relay(telling.url, bus, telling.name).run))
        find = "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = 'kittest')"

        async def leads() -> bool:
            return await telling.count(f"select count(*) from ({find}) found") == 1

        await until(leads, expected=True)
        backend = await telling.count(find)
        os.kill(backend, signal.SIGSTOP)
        try:
            await asyncio.sleep(0.1)
            task.cancel()
            done, _ = await asyncio.wait([task], timeout=4)
            assert done
        finally:
            os.kill(backend, signal.SIGCONT)
            await bus.close()
            task.cancel()
            await asyncio.wait([task], timeout=10)
