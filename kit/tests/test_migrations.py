"""Migrations as a step of their own: several at once, long ones, and what the role that runs may not do afterwards."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from kit import migrations
from kit.migrations import folder_of, head_revision, upgrade
from runner import postgres
from runner.testing import Engines

ENV = "from sqlalchemy import MetaData\nfrom kit.migrations import run_env\nrun_env(MetaData())\n"


@pytest.fixture
async def empty(engines: Engines) -> AsyncIterator[str]:
    """The owner's address of a database with nothing in it."""
    await postgres.prepare(engines.place, engines.secrets, ["kitempty"])
    yield engines.database_url("kitempty", owner=True)
    url = postgres.database_url(engines.place, engines.secrets, "kitempty", owner=True)
    connection = await asyncpg.connect(url)
    await connection.execute("drop schema public cascade; create schema public")
    await connection.close()


def a_service(folder: Path, *steps: str) -> None:
    """With one migration per step, in SQL."""
    versions = folder / "slowly" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text(ENV)
    for number, step in enumerate(steps, start=1):
        before = f'"{number - 1:04}"' if number > 1 else "None"
        (versions / f"{number:04}.py").write_text(
            f'from alembic import op\nrevision = "{number:04}"\ndown_revision = {before}\ndef upgrade():\n    op.execute("""{step}""")\n'
        )


class TestUpgrade:
    async def test_several_at_once_on_an_empty_database_all_succeed(self, empty: str) -> None:
        """Of three that do not wait for one another one dies (design, trap 5)."""
        program = "import asyncio, sys; from kit.migrations import upgrade; asyncio.run(upgrade('complaints', sys.argv[1]))"
        root = Path(__file__).parents[2]
        start = asyncio.create_subprocess_exec
        running = [await start(sys.executable, "-c", program, empty, cwd=root, stderr=subprocess.PIPE) for _ in range(3)]
        for process in running:
            _, said = await process.communicate()
            assert process.returncode == 0, said.decode()[-2000:]
        connection = await asyncpg.connect(empty)
        try:
            assert await connection.fetchval("select version_num from alembic_version") == head_revision(folder_of("complaints"))
        finally:
            await connection.close()

    async def test_a_migration_may_take_longer_than_a_request(self, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        a_service(tmp_path, "select pg_sleep(11)")
        monkeypatch.setattr(migrations, "SERVICES", tmp_path)
        await upgrade("slowly", empty)

    async def test_none_of_them_waits_long_for_a_lock(self, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A change that waits behind a long transaction makes every request wait behind itself."""
        note = "insert into waits select current_setting('lock_timeout')"
        a_service(tmp_path, "create table waits as select current_setting('lock_timeout') as at_most", note, note)
        monkeypatch.setattr(migrations, "SERVICES", tmp_path)
        await upgrade("slowly", empty)
        connection = await asyncpg.connect(empty)
        try:
            assert await connection.fetchval("select array_agg(at_most) from waits") == ["5s", "5s", "5s"]
        finally:
            await connection.close()


class TestRights:
    async def test_of_the_role_that_runs(self, engines: Engines) -> None:
        await upgrade("complaints", engines.database_url("complaints", owner=True))
        connection = await asyncpg.connect(engines.database_url("complaints"))
        try:
            await connection.execute("grant delete on access_log to complaints")  # a warning, and no effect
            for statement in (
                "update access_log set purpose = 'another'",
                "delete from access_log",
                "truncate access_log",
                "drop table access_log",
                "alter table access_log disable trigger all",
                "create table mine (i int)",
                "truncate complaint",
                "update alembic_version set version_num = '9999'",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()
