"""What was decided about sharing: one row for each read of one kind of record, in the transaction of the read, without values.

Beside `access_log`, which says for each record who read it: here stands by which version of which policy a partner or another service was
given some fields and not others, and under which agreement. A service that shares has the table by `create_sharing_log` in a migration;
its running role may only insert and select there.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from opentelemetry import trace
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ARRAY, Column, DateTime, Index, Integer, MetaData, Row, Table, Text, Uuid, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access_log import Reader
from kit.ids import new_id
from kit.paging import Page, Paging, Position
from kit.policy import Policy, Share

tables: Final = MetaData()
sharing_decision: Final = Table(
    "sharing_decision",
    tables,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("caller", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("organisation", Text),
    Column("agreements", ARRAY(Text), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("record_type", Text, nullable=False),
    Column("records", Integer, nullable=False),
    Column("allowed", ARRAY(Text), nullable=False),
    Column("denied", ARRAY(Text), nullable=False),
    Column("policy", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("trace", Text),
)
Index("sharing_decision_newest", sharing_decision.c.at, sharing_decision.c.id)
Index("sharing_decision_of", sharing_decision.c.organisation, sharing_decision.c.at)
ADD: Final = insert(sharing_decision)


@dataclass(frozen=True, slots=True)
class Shared:
    """What came of one question. `records`: of how many it was decided; `denied`: what the record has and was not given."""

    policy: Policy
    purpose: str
    record_type: str
    records: int
    allowed: Collection[str]
    denied: Collection[str]
    organisation: str | None = None
    agreements: Collection[str] = ()

    @classmethod
    def of(cls, share: Share, organisation: str, records: int) -> Self:
        """As it was decided."""
        return cls(share.policy, share.purpose, share.record, records, share.allowed, share.denied, organisation, share.agreements)


class DecisionOut(BaseModel):
    """Names of fields, never values. `agreements`: by their ids, those that carried something."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    at: datetime
    caller: str
    client: str
    organisation: str | None
    agreements: list[str]
    purpose: str
    record_type: str
    records: int
    allowed: list[str]
    denied: list[str]
    policy: str
    policy_version: str
    trace: str | None


async def record_decisions(session: AsyncSession, caller: Reader, decided: Sequence[Shared]) -> None:
    """One row each; none where no record was looked at."""
    span = trace.get_current_span().get_span_context()
    noted = {
        "caller": caller.subject,
        "client": caller.client_id,
        "trace": trace.format_trace_id(span.trace_id) if span.is_valid else None,
    }
    rows = [{"id": new_id(), **noted, **_row(one)} for one in decided if one.records]
    if rows:
        await session.execute(ADD, rows)


async def record_shares(session: AsyncSession, caller: Reader, shared: Iterable[tuple[str, Share]]) -> None:
    """Of each record by the organisation that asked: one row for those that were decided alike."""
    alike: dict[tuple[str, str, frozenset[str]], list[Share]] = {}
    for organisation, share in shared:
        alike.setdefault((organisation, share.record, share.allowed), []).append(share)
    await record_decisions(session, caller, [Shared.of(these[0], organisation, len(these)) for (organisation, *_), these in alike.items()])


def _row(one: Shared) -> dict[str, Any]:
    return {
        "organisation": one.organisation,
        "agreements": sorted(one.agreements),
        "purpose": one.purpose,
        "record_type": one.record_type,
        "records": one.records,
        "allowed": sorted(one.allowed),
        "denied": sorted(one.denied),
        "policy": one.policy.policy,
        "policy_version": one.policy.version,
    }


async def list_decisions(session: AsyncSession, paging: Paging, organisation: str | None) -> Page[DecisionOut]:
    """Newest first: a keyset scan. Of one organisation where it is named."""
    rows = select(sharing_decision)
    if organisation is not None:
        rows = rows.where(sharing_decision.c.organisation == organisation)
    found: Sequence[Row[Any]] = (await session.execute(paging.of(rows, sharing_decision.c.at, sharing_decision.c.id))).all()
    return paging.page(found, lambda row: Position(row.at, row.id), DecisionOut.model_validate)
