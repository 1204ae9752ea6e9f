"""Use cases: keep the plan of a country, find it when it is needed."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from kit.database import Sessions
from kit.errors import NotFoundError
from kit.files import Files, StoredFile, sweep_orphans
from kit.ids import new_id
from kit.paging import Paging
from services.crisis.contingency import repository
from services.crisis.contingency.models import ContingencyPlan
from services.crisis.contingency.schemas import PlanIn
from services.crisis.incidents.access import Desk
from services.crisis.incidents.schemas import LISTS
from services.crisis.incidents.service import sight_of

SWEPT_EVERY_S: Final = 6 * 3600


async def attach(desk: Desk, said: PlanIn, stored: StoredFile) -> ContingencyPlan:
    plan = ContingencyPlan(
        id=new_id(),
        number=await repository.next_number(desk.session, said.country),
        **said.model_dump(),
        file_id=stored.id,
        size=stored.size,
        sha256=stored.sha256,
        media_type=stored.media_type,
        attached_by=desk.caller.subject,
        attached_by_name=desk.caller.username,
        attached_at=datetime.now(UTC),
    )
    desk.session.add(plan)
    await desk.session.flush()
    return plan


async def list_plans(desk: Desk, country: str | None, paging: Paging, *, newest: bool) -> list[ContingencyPlan]:
    return await repository.list_of(desk.session, sight_of(desk), country, paging, newest=newest)


async def read(desk: Desk, plan_id: UUID) -> ContingencyPlan:
    found = await repository.find(desk.session, plan_id, sight_of(desk))
    if found is None:
        raise NotFoundError
    return found


async def keep_files(state: Mapping[str, Any]) -> None:
    """The loop that takes files which no record names: runs until cancelled; raises when the database goes away, and is started again."""
    while True:
        await sweep_files(state["sessions"], state["files"], datetime.now(UTC))
        await asyncio.sleep(SWEPT_EVERY_S)


async def sweep_files(sessions: Sessions, files: Files, now: datetime) -> int:
    """How many went: those of a transaction that failed after the file was put."""
    async with sessions() as session:
        return await sweep_orphans(files, now - timedelta(days=LISTS.orphan_days), partial(repository.named, session))
