"""The HTTP edge of the register: one call into `service` each. Corrections are new steps: nothing is changed in place."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator

from contracts.days import DHAKA
from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.text import Day
from services.agencies.register import service, views
from services.agencies.register.access import Registrar
from services.agencies.register.models import Alias, Associate, Branch, SubAgent
from services.agencies.register.schemas import (
    AliasIn,
    AliasOut,
    AssociateIn,
    AssociateOut,
    BranchIn,
    BranchOut,
    EndIn,
    HistoryOut,
    ParticularsOut,
    StepIn,
    StepOut,
    SubAgentIn,
    SubAgentOut,
)
from services.agencies.rules import licence_number

router = APIRouter(prefix="/v1/agencies/{licence}", tags=["register"])

LicencePath = Annotated[str, Path(max_length=40), AfterValidator(licence_number)]
OnDay = Annotated[Day | None, Query(description="A day of Dhaka, 2026-06-30; today unless given.")]
A_DAY: Final = timedelta(days=1)


def today() -> date:
    return datetime.now(DHAKA).date()


@router.get("/history", dependencies=[public()])
async def read_history(licence: LicencePath, session: SessionDep, true_on: OnDay = None, known_on: OnDay = None) -> HistoryOut:
    """Where the licence stood on `true_on`, as the register knew it at the end of `known_on`, and every step recorded by then."""
    days = (true_on or today(), known_on or today())
    known_at = datetime.combine(days[1] + A_DAY, time(), DHAKA) - timedelta(microseconds=1)
    found, rows, corrected = await service.history(session, licence, days[0], known_at)
    return views.history_view(licence, days, found, rows, corrected)


@router.post("/history", status_code=201, response_model=StepOut)
async def record_step(licence: LicencePath, step: StepIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> StepOut:
        rows = await service.record_step(session, caller, licence, step)
        return views.step_view(rows[-1], None)

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/history")


@router.get("/particulars", dependencies=[public()])
async def read_particulars(licence: LicencePath, session: SessionDep) -> ParticularsOut:
    found = await service.particulars(session, licence)
    return ParticularsOut(
        licence=licence,
        aliases=[views.alias_view(one) for one in found.aliases],
        branches=[views.branch_view(one) for one in found.branches],
        associates=[views.associate_view(one) for one in found.associates],
        sub_agents=[views.sub_agent_view(one, today()) for one in found.sub_agents],
    )


@router.post("/aliases", status_code=201, response_model=AliasOut)
async def add_alias(licence: LicencePath, alias: AliasIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> AliasOut:
        return views.alias_view(await service.add_alias(session, caller, licence, alias))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")


@router.post("/aliases/{part}/end", status_code=201, response_model=AliasOut)
async def end_alias(licence: LicencePath, part: UUID, end: EndIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> AliasOut:
        return views.alias_view(await service.end_part(session, caller, licence, Alias, part, end))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")


@router.post("/branches", status_code=201, response_model=BranchOut)
async def add_branch(
    licence: LicencePath, branch: BranchIn, caller: Registrar, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> BranchOut:
        return views.branch_view(await service.add_branch(session, keyring, caller, licence, branch))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")


@router.post("/branches/{part}/end", status_code=201, response_model=BranchOut)
async def end_branch(licence: LicencePath, part: UUID, end: EndIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> BranchOut:
        return views.branch_view(await service.end_part(session, caller, licence, Branch, part, end))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")


@router.post("/associates", status_code=201, response_model=AssociateOut)
async def add_associate(licence: LicencePath, associate: AssociateIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> AssociateOut:
        return views.associate_view(await service.add_associate(session, caller, licence, associate))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")


@router.post("/associates/{part}/end", status_code=201, response_model=AssociateOut)
async def end_associate(licence: LicencePath, part: UUID, end: EndIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> AssociateOut:
        return views.associate_view(await service.end_part(session, caller, licence, Associate, part, end))

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")


@router.post("/sub-agents", status_code=201, response_model=SubAgentOut)
async def add_sub_agent(
    licence: LicencePath, sub_agent: SubAgentIn, caller: Registrar, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> SubAgentOut:
        return views.sub_agent_view(await service.add_sub_agent(session, keyring, caller, licence, sub_agent), today())

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")


@router.post("/sub-agents/{part}/end", status_code=201, response_model=SubAgentOut)
async def end_sub_agent(licence: LicencePath, part: UUID, end: EndIn, caller: Registrar, session: SessionDep, once: OnceDep) -> Response:
    async def effect() -> SubAgentOut:
        return views.sub_agent_view(await service.end_part(session, caller, licence, SubAgent, part, end), today())

    return await once(caller.subject, effect, location=lambda _: f"/v1/agencies/{licence}/particulars")
