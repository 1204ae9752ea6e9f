"""Events that the complaints service tells, written where it writes them: they leave as its own do."""

from collections.abc import Iterable
from uuid import uuid4

import asyncpg

from contracts.events import Event
from kit.outbox import WRITTEN, outbox_row


async def commit(connection: asyncpg.Connection, events: Iterable[Event], *, sequence: int) -> None:
    """Each of a record of its own, all in one transaction of the owner's database."""
    rows = [outbox_row(event, subject=uuid4(), sequence=sequence) for event in events]
    await connection.copy_records_to_table("outbox", records=[[row[name] for name in WRITTEN] for row in rows], columns=WRITTEN)
