"""The database roles may do what a service needs and nothing more; the data outlive stop, crash and a second start."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from runner import postgres
from runner.keys import Secrets
from runner.place import Place
from runner.processes import Supervisor, guarded
from runner.terminal import quiet

SERVICES = ("complaints", "monitor")


@asynccontextmanager
async def serving(place: Place) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(place, quiet)
    try:
        await supervisor.start([postgres.process(place, Secrets(place), quiet)])
        await postgres.prepare(place, Secrets(place), SERVICES)
        yield supervisor
    finally:
        await supervisor.stop()


@asynccontextmanager
async def connected(place: Place, role: str, *, owner: bool = False, database: str | None = None) -> AsyncIterator[asyncpg.Connection]:
    url = postgres.database_url(place, Secrets(place), role, owner=owner)
    connection = await asyncpg.connect(url.rsplit("/", 1)[0] + f"/{database or role}")
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def prepared(shared_place: Place) -> AsyncIterator[Place]:
    async with serving(shared_place):
        async with connected(shared_place, "complaints", owner=True) as owner:
            await owner.execute("create table note (id int generated always as identity primary key, words text)")
            await owner.execute("create table access_log (id int generated always as identity primary key)")
            await owner.execute("revoke update, delete on access_log from complaints")
        yield shared_place


class TestRuntimeRole:
    async def test_reads_and_writes_what_the_owner_made(self, prepared: Place) -> None:
        async with connected(prepared, "complaints") as service:
            await service.execute("insert into note (words) values ('এক')")
            await service.execute("update note set words = 'দুই'")
            assert await service.fetchval("select words from note") == "দুই"
            await service.execute("delete from note")

    @pytest.mark.parametrize(
        "statement",
        [
            "create table mine (id int)",
            "create temporary table mine (id int)",
            "drop table note",
            "alter table note add more int",
            "truncate note",
            "create schema mine",
            "create extension pg_trgm",
            "update access_log set id = default",
            "delete from access_log",
            "set role complaints_owner",
            "create role other",
            "create database other",
            "copy note to program 'true'",
        ],
    )
    async def test_is_refused_what_only_an_owner_may_do(self, prepared: Place, statement: str) -> None:
        async with connected(prepared, "complaints") as service:
            with pytest.raises(asyncpg.PostgresError) as refusal:
                await service.execute(statement)
        assert isinstance(refusal.value, asyncpg.InsufficientPrivilegeError) or "permission denied" in str(refusal.value)

    async def test_cannot_give_itself_what_the_audit_forbids(self, prepared: Place) -> None:
        async with connected(prepared, "complaints") as service:
            await service.execute("grant delete on access_log to complaints")  # PostgreSQL answers with a warning only
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await service.execute("delete from access_log")

    @pytest.mark.parametrize("database", ["monitor", "postgres", "template1"])
    @pytest.mark.parametrize("owner", [False, True])
    async def test_cannot_enter_another_database(self, prepared: Place, database: str, owner: bool) -> None:  # noqa: FBT001  # a parameter of the test
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connected(prepared, "complaints", owner=owner, database=database):
                pass

    async def test_a_wrong_password_is_refused(self, prepared: Place) -> None:
        url = postgres.database_url(prepared, Secrets(prepared), "complaints")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(url.replace("complaints:", "complaints:x"))


class TestOwner:
    async def test_migrates_without_being_superuser(self, prepared: Place) -> None:
        async with connected(prepared, "complaints", owner=True) as owner:
            await owner.execute("create extension pg_trgm")
            assert not await owner.fetchval("select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user")

    async def test_locale_is_the_builtin_one(self, prepared: Place) -> None:
        async with connected(prepared, "complaints") as service:
            row = await service.fetchrow(
                "select datlocprovider, datlocale, current_setting('timezone') zone from pg_database where datname = 'complaints'"
            )
        assert row is not None
        assert (row["datlocprovider"], row["datlocale"], row["zone"]) == (b"b", "C.UTF-8", "UTC")


class TestSecondStart:
    async def test_of_the_preparation_changes_nothing(self, prepared: Place) -> None:
        async with connected(prepared, "complaints") as service:
            await service.execute("insert into note (words) values ('kept')")
        await postgres.prepare(prepared, Secrets(prepared), SERVICES)
        async with connected(prepared, "complaints") as service:
            assert await service.fetchval("select count(*) from note where words = 'kept'") == 1

    async def test_follows_a_stop(self, place: Place) -> None:
        async with serving(place), connected(place, "complaints", owner=True) as owner:
            await owner.execute("create table note as select 'kept' words")
        async with serving(place), connected(place, "complaints") as service:
            assert await service.fetchval("select words from note") == "kept"

    async def test_follows_a_killed_postmaster_with_a_client_still_connected(self, place: Place) -> None:
        async with serving(place) as supervisor, connected(place, "complaints", owner=True) as owner:
            await owner.execute("create table note as select 'kept' words")
            os.kill(supervisor.pid("postgres"), signal.SIGKILL)
            while supervisor.restarts("postgres") == 0:  # another process sets no event
                await asyncio.sleep(0.02)
            await supervisor.ready()
            async with connected(place, "complaints") as service:
                assert await service.fetchval("select words from note") == "kept"
            assert supervisor.restarts("postgres") == 1

    async def test_is_not_held_up_by_a_pid_file_that_names_a_stranger(self, place: Place) -> None:
        async with serving(place):
            user = postgres.process(place, Secrets(place), quiet).user
        stranger = subprocess.Popen(guarded(["/bin/sleep", "600"], user=user))  # noqa: ASYNC220  # PostgreSQL's own user, as its number may be given anew
        try:
            (place.state / "postgres" / "postmaster.pid").write_text(
                f"{stranger.pid}\n{place.state / 'postgres'}\n0\n1\n\n127.0.0.1\n0 0\nready\n"
            )
            async with serving(place) as supervisor:
                assert supervisor.restarts("postgres") == 0
        finally:
            stranger.kill()
            stranger.wait()
