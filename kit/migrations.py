"""Migrations of one service: run as its owner, one at a time, as a step of their own and never at a replica's start."""

from pathlib import Path
from typing import Final

from alembic import command, context, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from kit.database import make_engine

LOCK: Final = "select pg_advisory_lock(hashtext('migrations'))"
UNLOCK: Final = "select pg_advisory_unlock(hashtext('migrations'))"
SERVICES: Final = Path(__file__).parent.parent / "services"
PLUMBING: Final = Path(__file__).with_name("plumbing.sql").read_text("utf-8")
SHARING_LOG: Final = Path(__file__).with_name("sharing_log.sql").read_text("utf-8")


def folder_of(service: str) -> Path:
    return SERVICES / service / "migrations"


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return config


def head_revision(folder: Path) -> str:
    head = ScriptDirectory.from_config(_config(folder)).get_current_head()
    if head is None:
        raise ValueError(f"{folder} holds no migration")
    return head


async def upgrade(service: str, owner_url: str, *, to: str = "head") -> None:
    """Brings the database to the newest schema, or to an earlier one. Idempotent.

    Two runs at once wait for each other (session advisory lock).
    """
    engine = make_engine(owner_url, pool=1, statement_s=None)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade, folder_of(service), to)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, folder: Path, to: str) -> None:
    connection.execute(text(LOCK))
    connection.commit()
    try:
        config = _config(folder)
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    finally:
        connection.execute(text(UNLOCK))
        connection.commit()


def run_env(metadata: MetaData) -> None:
    """The whole body of a service's `migrations/env.py`."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        connection.execute(text("set lock_timeout = '5s'"))  # for each migration: every one of them commits
        context.run_migrations()
    connection.commit()


def create_plumbing(service: str) -> None:
    """Tables of `kit.plumbing`, for a service's first migration. `service` is also the name of its run-time role."""
    _execute(PLUMBING, service)
    op.execute(f'revoke insert, update, delete on alembic_version from "{service}"')  # readiness believes what stands there


def create_sharing_log(service: str) -> None:
    """The table of `kit.sharing_log`, in a migration of a service that shares."""
    _execute(SHARING_LOG, service)


def _execute(statements: str, role: str) -> None:
    for statement in statements.split(";;"):
        op.execute(statement.format(role=role))
