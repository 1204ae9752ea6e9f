"""Use cases: keep the plan of a country, find it when it is needed."""

from datetime import UTC, datetime
from uuid import UUID

from kit.errors import NotFoundError
from kit.files import StoredFile
from kit.ids import new_id
from kit.paging import Paging
from services.crisis.contingency import repository
from services.crisis.contingency.models import ContingencyPlan
from services.crisis.contingency.schemas import PlanIn
from services.crisis.incidents.access import Desk
from services.crisis.incidents.service import sight_of


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
