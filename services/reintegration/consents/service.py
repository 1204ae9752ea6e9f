"""Use cases of consent: taken for a purpose and a recipient, taken back with effect on what is under way."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.reintegration import ConsentWithdrawn
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from services.reintegration.casework import repository
from services.reintegration.casework import service as casework
from services.reintegration.casework.models import Consent
from services.reintegration.casework.schemas import ConsentIn
from services.reintegration.casework.service import Desk
from services.reintegration.models import Returnee
from services.reintegration.referrals import service as referrals
from services.reintegration.transfers import service as transfers


async def take_consent(desk: Desk, who: UUID | str, said: ConsentIn) -> Consent:
    """A later answer to the same question replaces the earlier: a refusal withdraws what was granted."""
    returnee, now = await casework.found(desk, who, "consent"), datetime.now(UTC)
    before = await repository.find_consent_in_force(desk.session, returnee.id, said.purpose, said.recipient)
    if before is not None:
        await _withdraw(desk, before, returnee, now, tell=not said.granted)
    consent = Consent(
        id=new_id(),
        returnee_id=returnee.id,
        **said.model_dump(exclude={"witness"}),
        witness=desk.keyring.seal(said.witness, "returnee_consent.witness") if said.witness else None,
        taken_by=desk.caller.subject,
        taken_at=now,
        withdrawn_at=None,
        withdrawn_by=None,
    )
    desk.session.add(consent)
    await desk.session.flush()
    return consent


async def withdraw_consent(desk: Desk, who: UUID | str, consent_id: UUID) -> Consent:
    """Sharing stops at once and earlier receivers are told by an event. Idempotent. Raises `NotFoundError`."""
    returnee = await casework.found(desk, who, "consent")
    consent = await repository.find_consent(desk.session, returnee.id, consent_id)
    if consent is None:
        raise NotFoundError
    if consent.granted and consent.withdrawn_at is None:
        await _withdraw(desk, consent, returnee, datetime.now(UTC), tell=True)
    return consent


async def _withdraw(desk: Desk, consent: Consent, returnee: Returnee, now: datetime, *, tell: bool) -> None:
    consent.withdrawn_at, consent.withdrawn_by = now, desk.caller.subject
    await desk.session.flush()
    if tell:
        event = ConsentWithdrawn(purpose=consent.purpose, recipient=consent.recipient, given_at=consent.taken_at, withdrawn_at=now)
        await emit(desk.session, event, subject=consent.id, sequence=2, restricted=returnee.restricted)
        if consent.purpose == referrals.PURPOSE:
            await referrals.stop_for(desk.session, returnee.id, consent.recipient)
        elif consent.purpose == transfers.PURPOSE:
            await transfers.stop_for(desk.session, returnee.id, consent.recipient)
