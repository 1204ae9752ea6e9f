"""Every SQL statement of the public look-up."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.agencies.models import Agency
from services.agencies.register.models import Branch, SubAgent
from services.agencies.runs.models import Published

MOST: Final = 10


class Registered(NamedTuple):
    sub_agent: SubAgent
    agency: Agency


async def licences_by_phone(session: AsyncSession, phone_index: bytes, today: date) -> list[str]:
    """Agencies of which an office has this number today."""
    newer = aliased(Branch)
    rows = (
        select(col(Branch.licence))
        .where(
            col(Branch.phone_index) == phone_index,
            or_(col(Branch.true_until).is_(None), col(Branch.true_until) >= today),
            ~select(newer).where(col(newer.supersedes) == col(Branch.id)).exists(),
        )
        .distinct()
        .limit(MOST)
    )
    return list((await session.execute(rows)).scalars())


async def sub_agents(
    session: AsyncSession, *, phone_index: bytes | None = None, number: str | None = None, words: Sequence[str] = ()
) -> list[Registered]:
    """Registrations that stand, the latest of each number, by telephone, certificate or name (sub_agent_search)."""
    parts: list[ColumnElement[bool]] = []
    if phone_index is not None:
        parts.append(col(SubAgent.phone_index) == phone_index)
    if number is not None:
        parts.append(col(SubAgent.number) == number)
    if words:
        query = cast(literal(" & ".join(f"'{word}':*" for word in words)), TSQUERY)
        parts.append(col(SubAgent.search).bool_op("@@")(query))
    if not parts:
        return []
    newer = aliased(SubAgent)
    rows: Any = (
        select(SubAgent, Agency)
        .join(Agency, col(Agency.licence) == col(SubAgent.licence))
        .where(or_(*parts), ~select(newer).where(col(newer.supersedes) == col(SubAgent.id)).exists())
        .order_by(col(SubAgent.true_until).desc(), col(SubAgent.id))
        .limit(2 * MOST)
    )
    latest: dict[str, Registered] = {}
    for sub_agent, agency in await session.execute(rows):
        latest.setdefault(sub_agent.number, Registered(sub_agent, agency))
    return list(latest.values())[:MOST]


class OpenRow(NamedTuple):
    """The register, with the class that people published; what is only computed is in no list of ours."""

    licence: str
    name_en: str
    name_bn: str | None
    status: str
    valid_until: date
    district: str
    class_code: str | None
    published_at: datetime | None
    rule_set: str | None
    rule_set_version: str | None
    changed_at: datetime | None


async def whole_register(session: AsyncSession) -> list[OpenRow]:
    """Some 3,000 rows, in the order of their numbers."""
    number = col(Agency.licence)
    own = [number, col(Agency.name_en), col(Agency.name_bn), col(Agency.status), col(Agency.valid_until), col(Agency.district)]
    of_class = [
        col(Published.class_code),
        col(Published.published_at),
        col(Published.rule_set),
        col(Published.rule_set_version),
        col(Published.changed_at),
    ]
    in_force = (col(Published.agency_id) == col(Agency.id)) & col(Published.until).is_(None)
    rows: Any = select(*own, *of_class).outerjoin(Published, in_force).order_by(func.length(number), number)
    return [OpenRow(*row) for row in await session.execute(rows)]
