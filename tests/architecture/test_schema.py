"""The tables that the code believes in are those that its migrations make, for every service, from an empty database."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any, Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, String, Table
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import AutoString, SQLModel

from kit import access_log, idempotency, inbox, outbox, sharing_log, timer
from kit.database import make_engine
from kit.migrations import folder_of, upgrade
from kit.plumbing import plumbing
from runner import place
from runner.testing import Engines

PLUMBING_ROOMS: Final = (access_log, idempotency, inbox, outbox, timer)  # imported: each declares its tables in `plumbing`
SERVICES: Final = [name for name in place.SERVICES if (folder_of(name) / "env.py").exists()]


def tables_of(service: str) -> list[Table]:
    """Of this service alone: all of them share SQLModel's registry within one process of tests."""
    folder = folder_of(service).parent
    for file in sorted(folder.rglob("models.py")):
        import_module(".".join(file.relative_to(folder.parent.parent).with_suffix("").parts))
    mapped = SQLModel._sa_registry.mappers
    return [
        table for one in mapped if one.class_.__module__.startswith(f"services.{service}.") and isinstance(table := one.local_table, Table)
    ]


def has(service: str, made_by: str) -> bool:
    return any(f"{made_by}(" in file.read_text("utf-8") for file in folder_of(service).glob("versions/*.py"))


def metadata_of(service: str) -> MetaData:
    metadata = MetaData()
    of_kit = [
        *(plumbing.sorted_tables if has(service, "create_plumbing") else ()),
        *(sharing_log.tables.sorted_tables if has(service, "create_sharing_log") else ()),
    ]
    for table in [*tables_of(service), *of_kit]:
        table.to_metadata(metadata)
    return metadata


def same_type(_context: object, _inspected: object, _column: object, found: Any, declared: Any) -> bool | None:
    """A text is a text: SQLModel says VARCHAR without a length where our migrations say TEXT, and PostgreSQL keeps both alike."""
    both_text = isinstance(found, String) and isinstance(declared, String | AutoString) and found.length == declared.length
    return False if both_text else None


def is_compared(thing: Any, name: str | None, kind: str, reflected: bool, declared: object | None) -> bool:  # noqa: FBT001  # Alembic's signature
    """Left out, because the code does not speak of them."""
    if kind == "table" and reflected:
        # Each day's part of the outbox is a table of its own, made by `outbox_rotate()`; Alembic's own table is its own.
        return not (str(name).startswith("outbox_") or name == "alembic_version")
    # An index changes a plan, not a meaning: it stands in the migration beside its statement. One that a model declares must be there.
    return not (kind == "index" and reflected and declared is None and not thing.unique)


def differences(connection: Connection, metadata: MetaData) -> list[str]:
    options = {"compare_type": same_type, "include_object": is_compared}
    context = MigrationContext.configure(connection, opts=options)
    return [str(one) for one in compare_metadata(context, metadata)]


@pytest.fixture(scope="module", params=SERVICES)
async def migrated(request: pytest.FixtureRequest, engines: Engines) -> AsyncIterator[tuple[str, AsyncEngine]]:
    """The service's name and its database, migrated by its owner."""
    owner_url = engines.database_url(request.param, owner=True)
    await upgrade(request.param, owner_url)
    engine = make_engine(owner_url, pool=1)
    yield request.param, engine
    await engine.dispose()


Migrated = tuple[str, AsyncEngine]


class TestSchema:
    async def test_the_models_are_what_the_migrations_make(self, migrated: Migrated) -> None:
        service, engine = migrated
        async with engine.connect() as connection:
            assert await connection.run_sync(differences, metadata_of(service)) == []

    async def test_each_service_has_models_of_its_own(self, migrated: Migrated) -> None:
        assert tables_of(migrated[0]) != []


def _with_one_more_column(metadata: MetaData) -> MetaData:
    metadata.tables["complaint"].append_column(Column("forgotten", String))
    return metadata


def _with_one_less_table(metadata: MetaData) -> MetaData:
    metadata.remove(metadata.tables["complaint"])
    return metadata


def _with_another_type(metadata: MetaData) -> MetaData:
    metadata.tables["complaint"].c.version.type = String()
    return metadata


def _with_null(metadata: MetaData) -> MetaData:
    metadata.tables["complaint"].c.status.nullable = True
    return metadata


class TestThisCheckCanFail:
    @pytest.mark.parametrize("change", [_with_one_more_column, _with_one_less_table, _with_another_type, _with_null])
    async def test_a_model_that_no_migration_follows(self, engines: Engines, change: Any) -> None:
        owner_url = engines.database_url("complaints", owner=True)
        await upgrade("complaints", owner_url)
        engine = make_engine(owner_url, pool=1)
        try:
            async with engine.connect() as connection:
                assert len(await connection.run_sync(differences, change(metadata_of("complaints")))) == 1
        finally:
            await engine.dispose()

    def test_a_service_sees_its_own_tables_only(self) -> None:
        assert {table.name for table in tables_of("monitor")} & {table.name for table in tables_of("complaints")} == set()
