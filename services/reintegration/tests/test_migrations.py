"""The schema that the migrations make is the one that the code speaks of."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, String, Table
from sqlmodel import AutoString, SQLModel

from kit import access_log, idempotency, inbox, outbox, timer
from runner.testing import Running, make_owner_engine
from services.reintegration import models

OWN = {
    model.__tablename__
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, SQLModel) and model is not SQLModel
}

PLUMBING = {
    table.name for table in (access_log.access_log, idempotency.idempotency, inbox.inbox, inbox.dead_letter, outbox.outbox, timer.timer)
}


def is_another_type(_context: object, _inspected: object, _described: object, stored: object, meant: object) -> bool | None:
    """SQLModel says varchar for `str` where the database has text: to PostgreSQL they are one. For all else Alembic compares."""
    return False if isinstance(stored, String) and isinstance(meant, AutoString | String) else None


def differences(connection: Connection) -> list[object]:
    def is_ours(thing: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001 - Alembic's
        table = thing.name if isinstance(thing, Table) else getattr(getattr(thing, "table", None), "name", name)
        return str(table) in OWN

    context = MigrationContext.configure(
        connection, opts={"include_object": is_ours, "compare_type": is_another_type, "compare_server_default": True}
    )
    return list(compare_metadata(context, SQLModel.metadata))


class TestSchema:
    async def test_of_the_migrations_is_that_of_the_models(self, reintegration: Running) -> None:
        async with make_owner_engine(reintegration) as owner, owner.connect() as connection:
            assert await connection.run_sync(differences) == []

    async def test_every_table_is_known(self, reintegration: Running) -> None:
        async with make_owner_engine(reintegration) as owner, owner.connect() as connection:
            names = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
        assert {name for name in names if not name.startswith("outbox_")} == OWN | {"alembic_version"} | PLUMBING
