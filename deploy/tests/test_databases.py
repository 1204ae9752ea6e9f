"""The step that makes databases in a deployment, on a real PostgreSQL."""

import asyncpg
import pytest
from pydantic import SecretStr

from deploy.databases import Told, make_databases
from runner.testing import Engines


def told(engines: Engines, **passwords: str) -> Told:
    superuser = engines.secrets.get("postgres", "postgres")
    return Told(
        superuser_url=SecretStr(f"postgresql://postgres:{superuser}@127.0.0.1:{engines.place.port('postgres')}/postgres"),
        role_passwords={role: SecretStr(password) for role, password in passwords.items()},
    )


async def connect(engines: Engines, role: str, password: str) -> asyncpg.Connection:
    return await asyncpg.connect(f"postgresql://{role}:{password}@127.0.0.1:{engines.place.port('postgres')}/deployed")


class TestMakeDatabases:
    async def test_the_owner_makes_tables_that_the_other_may_only_use(self, engines: Engines) -> None:
        await make_databases(told(engines, deployed="runs", deployed_owner="owns"))
        owner, user = await connect(engines, "deployed_owner", "owns"), await connect(engines, "deployed", "runs")
        try:
            await owner.execute("drop table if exists thing; create table thing (id int)")
            await user.execute("insert into thing values (1)")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await user.execute("drop table thing")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await user.execute("create table another (id int)")
        finally:
            await owner.close()
            await user.close()

    async def test_run_again_it_gives_the_new_password_and_keeps_the_data(self, engines: Engines) -> None:
        await make_databases(told(engines, deployed="runs", deployed_owner="owns"))
        await make_databases(told(engines, deployed="runs-anew", deployed_owner="owns"))
        with pytest.raises(asyncpg.InvalidPasswordError):
            await connect(engines, "deployed", "runs")
        await (await connect(engines, "deployed", "runs-anew")).close()

    def test_a_role_is_a_database_only_where_it_has_an_owner(self, engines: Engines) -> None:
        assert told(engines, deployed="x", deployed_owner="y", lonely="z").databases() == ["deployed"]
