"""Complaints that are told of, for the benchmarks of what counts them."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg

from contracts.complaints import ComplaintLodged
from contracts.places import districts

_DISTRICTS: Final[Sequence[str]] = sorted(districts())


async def counted(owner: asyncpg.Connection, facts: int) -> None:
    """Until the monitor has kept so many."""
    while await owner.fetchval("select count(*) from fact") < facts:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.5)


def lodged() -> ComplaintLodged:
    return ComplaintLodged(
        channel="phone",
        category="wages",
        country="SA",
        district=_DISTRICTS[time.perf_counter_ns() % len(_DISTRICTS)],
        victim_sex="male",
        victim_age_band="25_34",
        respondent_kind="agency",
        respondent_licence="RL-0001",
        lodged_at=datetime.now(UTC),
    )
