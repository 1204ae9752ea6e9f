"""The SQL of the duty; what a mission may see of a warning is read through the warnings' own repository."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert as insert_or_skip
from sqlalchemy.ext.asyncio import AsyncSession

from services.crisis.warnings.models import Acknowledgement


async def add_acknowledgement(session: AsyncSession, values: Mapping[str, Any]) -> None:
    await session.execute(insert_or_skip(Acknowledgement).values(**values).on_conflict_do_nothing())
