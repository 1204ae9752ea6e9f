"""Use cases: claim what is owed abroad, take down what is done and what came; link a complaint that began at the desk."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.reintegration import EarningsClaimOpened, EarningsClaimRecovered
from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.reference import make
from kit.versions import check_version
from services.reintegration.casework import service as casework
from services.reintegration.casework.service import Desk
from services.reintegration.claims import repository, rules
from services.reintegration.claims.models import ClaimStep, EarningsClaim
from services.reintegration.claims.schemas import ClaimIn, ClaimStepIn
from services.reintegration.models import Returnee

PREFIX: Final = "W"
COMPLAINT: Final = "complaint"
COMPLAINTS: Final = "complaints"
Claim = tuple[EarningsClaim, Sequence[ClaimStep]]


async def open_claim(desk: Desk, who: UUID | str, said: ClaimIn) -> Claim:
    returnee = await casework.found(desk, who, "claim")
    claim = EarningsClaim(
        id=new_id(),
        reference=make(PREFIX),
        version=1,
        returnee_id=returnee.id,
        **said.model_dump(include={"kind", "amount", "currency"}),
        country=said.country or returnee.country,
        recovered=0,
        recovered_on=None,
        employer=desk.keyring.seal(said.employer, "earnings_claim.employer") if said.employer else None,
        state=rules.State.OPEN,
        opened_by=desk.caller.subject,
        opened_at=datetime.now(UTC),
        ended_at=None,
        ending=None,
    )
    desk.session.add(claim)
    await desk.session.flush()
    event = EarningsClaimOpened(**_told(claim, returnee), amount=claim.amount, opened_at=claim.opened_at)
    await emit(desk.session, event, subject=claim.id, sequence=1, restricted=returnee.restricted)
    return claim, []


def _told(claim: EarningsClaim, returnee: Returnee) -> dict[str, Any]:
    codes = claim.model_dump(include={"kind", "country", "currency"})
    return {**codes, "district": returnee.district, "sex": returnee.sex}


async def list_of(desk: Desk, who: UUID | str) -> list[Claim]:
    returnee = await casework.seen(desk, who, "claim")
    claims = await repository.list_of(desk.session, returnee.id)
    steps = await repository.list_steps(desk.session, [one.id for one in claims])
    return [(claim, [step for step in steps if step.claim_id == claim.id]) for claim in claims]


async def add_step(desk: Desk, claim_id: UUID, expected: int, said: ClaimStepIn) -> Claim:
    """Money that came is added up; once all of it came the claim is over. Raises `MoreThanClaimedError` and those of `_open`."""
    claim, returnee = await _open(desk, claim_id, expected)
    if said.amount is not None:
        claim.recovered = rules.recovered(claim.amount, claim.recovered, said.amount)
        claim.recovered_on = max(said.done_on, claim.recovered_on or said.done_on)
        _settle(claim)
        await _tell_recovered(desk, claim, returnee, said.amount, said.done_on)
    step = ClaimStep(
        id=new_id(),
        claim_id=claim.id,
        **said.model_dump(include={"kind", "done_on", "amount"}),
        note=desk.keyring.seal(said.note, "earnings_claim_step.note") if said.note else None,
        noted_by=desk.caller.subject,
        noted_at=datetime.now(UTC),
    )
    desk.session.add(step)
    return await _whole(desk, claim)


async def correct_amount(desk: Desk, claim_id: UUID, expected: int, amount: int) -> Claim:
    """Raises `MoreThanClaimedError` where more has come already, and those of `_open`."""
    claim, _ = await _open(desk, claim_id, expected)
    rules.check_amount(amount, claim.recovered)
    claim.amount = amount
    _settle(claim)
    return await _whole(desk, claim)


async def end(desk: Desk, claim_id: UUID, expected: int, reason: str) -> Claim:
    """Raises those of `_open`."""
    claim, _ = await _open(desk, claim_id, expected)
    claim.state, claim.ended_at, claim.ending = rules.State.ENDED, datetime.now(UTC), reason
    return await _whole(desk, claim)


async def _open(desk: Desk, claim_id: UUID, expected: int) -> tuple[EarningsClaim, Returnee]:
    """Raises `NotFoundError`, `StaleVersionError`, `ClaimOverError`; raises the version."""
    found = await repository.lock(desk.session, claim_id, desk.visible)
    if found is None:
        raise NotFoundError
    claim, returnee = found
    check_version(expected, claim.version)
    if claim.state != rules.State.OPEN:
        raise rules.ClaimOverError
    claim.version += 1
    await record_access(desk.session, desk.caller, [returnee.id], record_type="returnee", purpose="claim", fields=("claim",))
    return claim, returnee


def _settle(claim: EarningsClaim) -> None:
    claim.state = rules.state_of(claim.amount, claim.recovered)
    claim.ended_at = datetime.now(UTC) if claim.state == rules.State.RECOVERED else None


async def _tell_recovered(desk: Desk, claim: EarningsClaim, returnee: Returnee, amount: int, came_on: date) -> None:
    event = EarningsClaimRecovered(
        **_told(claim, returnee), amount=amount, outstanding=claim.amount - claim.recovered, recovered_on=came_on
    )
    await emit(desk.session, event, subject=claim.id, sequence=claim.version, restricted=returnee.restricted)


async def _whole(desk: Desk, claim: EarningsClaim) -> Claim:
    await desk.session.flush()
    return claim, await repository.list_steps(desk.session, [claim.id])


async def link_complaint(desk: Desk, who: UUID | str, reference: str) -> list[tuple[str, datetime]]:
    """Only what the returnee agreed to stands beside their record. Raises `NoComplaintConsentError`. Idempotent."""
    returnee = await casework.found(desk, who, COMPLAINT)
    if not await casework.is_consented(desk.session, returnee.id, COMPLAINT, COMPLAINTS):
        raise rules.NoComplaintConsentError
    row = {"complaint_reference": reference, "linked_by": desk.caller.subject, "linked_at": datetime.now(UTC)}
    await repository.link(desk.session, {**row, "returnee_id": returnee.id})
    return await repository.list_links(desk.session, returnee.id)


async def list_complaints(desk: Desk, who: UUID | str) -> list[tuple[str, datetime]]:
    returnee = await casework.seen(desk, who, COMPLAINT)
    return await repository.list_links(desk.session, returnee.id)
