"""The HTTP edge of what has to be confirmed: one call into `service` each."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from services.partners.access import Confirmer, WithdrawalReader
from services.partners.withdrawals import repository, service, views
from services.partners.withdrawals.schemas import Asked, ConfirmationIn, WithdrawalRow, WithdrawalWithStepsOut

router = APIRouter(prefix="/v1/partners/withdrawals", tags=["partners"])
Which = Annotated[UUID, Path(description="The id of the event that told of the withdrawal.")]


@router.get("")
async def list_withdrawals(
    caller: WithdrawalReader,
    session: SessionDep,
    paging: PagingDep,
    state: Annotated[Asked | None, Query(description="`unconfirmed`: open, overdue and unreachable.")] = None,
) -> Page[WithdrawalRow]:
    """Withdrawals of consent that whoever was told before has to confirm, who waits longest first. An organisation sees its own."""
    now = datetime.now(UTC)
    rows = await repository.list_by(session, await service.sight_of(session, caller), paging, state=state, now=now)
    return paging.page(rows, lambda one: Position(one.withdrawal.asked_at, one.withdrawal.event_id), lambda one: views.row_of(one, now))


@router.get("/{event_id}")
async def read(event_id: Which, caller: WithdrawalReader, session: SessionDep, keyring: KeyringDep) -> WithdrawalWithStepsOut:
    return await service.shown(session, keyring, caller, event_id)


@router.post("/{event_id}/confirmation", status_code=201, response_model=WithdrawalWithStepsOut)
async def confirm(
    event_id: Which, said: ConfirmationIn, caller: Confirmer, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    """What became of what was received. The same twice is the same; another answer later is refused.

    A program or a person of the organisation says it; an officer notes what was said in a letter or on the phone.
    """

    async def effect() -> WithdrawalWithStepsOut:
        await service.confirm(session, keyring, caller, event_id, said)
        await session.flush()
        return await service.shown(session, keyring, caller, event_id)

    return await once(caller.subject, effect, location=lambda _: f"/v1/partners/withdrawals/{event_id}")
