"""Who read which record, what for: written in the transaction of the read, so that without the row there is no answer.

The role that runs may only insert and select here; the owner, another role, never serves requests (`kit.migrations`).
"""

from collections.abc import Collection
from typing import Final, Protocol
from uuid import UUID

from opentelemetry import trace
from sqlalchemy import ARRAY, Column, DateTime, Index, Table, Text, Uuid, func, insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from kit.plumbing import plumbing

access_log = Table(
    "access_log",
    plumbing,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("caller", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("record_type", Text, nullable=False),
    Column("record", Uuid, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("trace", Text),
)
ADD: Final = insert(access_log)
Index("access_log_record", access_log.c.record, access_log.c.at)
Index("access_log_caller", access_log.c.caller, access_log.c.at)


class Reader(Protocol):
    """What is noted of a caller; `kit.auth.Caller` has it."""

    @property
    def subject(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...


async def record_access(
    session: AsyncSession,
    caller: Reader,
    records: Collection[UUID],
    *,
    record_type: str,
    purpose: str,
    fields: Collection[str],
) -> None:
    """One row for each record shown; none for an empty list. `fields` are names, never values."""
    if not records:
        return
    span = trace.get_current_span().get_span_context()
    noted = {
        "caller": caller.subject,
        "client": caller.client_id,
        "roles": sorted(caller.roles),
        "purpose": purpose,
        "record_type": record_type,
        "fields": sorted(fields),
        "trace": trace.format_trace_id(span.trace_id) if span.is_valid else None,
    }
    await session.execute(ADD, [{"id": new_id(), "record": record, **noted} for record in records])
