"""Data sets that a benchmark keeps from one run to the next."""

from collections.abc import Sequence
from hashlib import sha256

import asyncpg

from runner.place import PROJECT


def schema_of(service: str) -> str:
    """Of its migrations as they stand: rows of another schema would be measured as errors."""
    files = sorted((PROJECT / "services" / service / "migrations" / "versions").glob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


async def without_indexes(connection: asyncpg.Connection, tables: Sequence[str]) -> list[str]:
    """Takes the indexes away that no constraint stands on; gives how to make them again."""
    found = await connection.fetch(
        "select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename = any($1)"
        " and not exists (select from pg_constraint where conname = indexname)",
        list(tables),
    )
    for row in found:
        await connection.execute(f'drop index "{row[0]}"')
    return [row[1] for row in found]
