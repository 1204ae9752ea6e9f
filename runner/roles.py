"""Two roles per service and database, of which one owns and migrates and the other only uses: the same locally and in a deployment."""

from collections.abc import Callable, Iterable
from typing import Final

import asyncpg

OWNER_SUFFIX: Final = "_owner"


def owner_of(service: str) -> str:
    return f"{service}{OWNER_SUFFIX}"


async def prepare(url_of: Callable[[str], str], password_of: Callable[[str], str], services: Iterable[str]) -> None:
    """What is there already stays; rights and passwords are set again.

    `url_of(database)` reaches a database as the superuser. Passwords must need no quoting, as `runner.keys` makes them.
    """
    superuser = await asyncpg.connect(url_of("postgres"))
    try:
        await superuser.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        for service in services:
            await _prepare_cluster(superuser, password_of, service)
            await _prepare_database(url_of(service), service)
    finally:
        await superuser.close()


async def _prepare_cluster(superuser: asyncpg.Connection, password_of: Callable[[str], str], service: str) -> None:
    owner = owner_of(service)
    for role in (owner, service):
        if not await superuser.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role):
            await superuser.execute(f'CREATE ROLE "{role}"')
        password = password_of(role)
        await superuser.execute(f"ALTER ROLE \"{role}\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD '{password}'")
    if not await superuser.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", service):
        await superuser.execute(f'CREATE DATABASE "{service}" OWNER "{owner}"')
    await superuser.execute(f'REVOKE ALL ON DATABASE "{service}" FROM PUBLIC; GRANT CONNECT ON DATABASE "{service}" TO "{service}"')


async def _prepare_database(url: str, service: str) -> None:
    """What the owner will make, the service may use, and nothing more; a migration takes away what a table must not allow."""
    owner = owner_of(service)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"""
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO "{service}";
            ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{service}";
            ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "{service}";
        """)
    finally:
        await connection.close()
