"""The one way by which something of partners' feeds and lists leaves the database (migration 0007)."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

BATCH: Final = 2_000
_FORGET: Final = {name: text(f"select partner_forget_{name}(:days, :most)") for name in ("deliveries", "events")}


async def forget(session: AsyncSession, what: str, days: int) -> int:
    """How many of the oldest `deliveries` (with their attempts) or `events` went, at most a batch."""
    return int(await session.scalar(_FORGET[what], {"days": days, "most": BATCH}) or 0)
