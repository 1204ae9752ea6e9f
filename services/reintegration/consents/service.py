"""Use cases of consent: taken for a purpose and a recipient, taken back with effect on what is under way."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from contracts.reintegration import ConsentWithdrawn
from kit.database import Sessions
from kit.errors import NotFoundError
from kit.files import Files, WrongKindError, one_part, sweep_orphans
from kit.ids import new_id
from kit.media import PICTURES, kind_of, what_it_is
from kit.outbox import emit
from kit.pictures import drawn_anew
from services.reintegration.casework import repository
from services.reintegration.casework import service as casework
from services.reintegration.casework.models import Consent
from services.reintegration.casework.schemas import ConsentIn
from services.reintegration.casework.service import Desk
from services.reintegration.consents import repository as photos
from services.reintegration.consents import rules
from services.reintegration.consents.lists import KEPT
from services.reintegration.consents.models import ConsentPhoto
from services.reintegration.models import Returnee
from services.reintegration.referrals import rules as rules_of_referrals
from services.reintegration.referrals import service as referrals
from services.reintegration.transfers import service as transfers

MOST_BYTES: Final = 5 * 1024 * 1024
SWEPT_EVERY_S: Final = 6 * 3600
THUMBPRINT: Final = "thumbprint"


async def take_consent(desk: Desk, who: UUID | str, said: ConsentIn) -> Consent:
    """A later answer to the same question replaces the earlier: a refusal withdraws what was granted. Raises `GuardianNeededError`."""
    returnee, now = await casework.found(desk, who, "consent"), datetime.now(UTC)
    rules.check_guardian(returnee.age_band, said, has_guardian=returnee.guardian is not None)
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
        is_referral = consent.purpose == rules_of_referrals.PURPOSE
        event = ConsentWithdrawn(
            purpose=consent.purpose,
            recipient=consent.recipient,
            given_at=consent.taken_at,
            withdrawn_at=now,
            records=await referrals.records_of(desk.session, returnee.id, consent.recipient) if is_referral else (),
        )
        await emit(desk.session, event, subject=consent.id, sequence=2, restricted=returnee.restricted)
        if is_referral:
            await referrals.stop_for(desk.session, returnee.id, consent.recipient)
        elif consent.purpose == transfers.PURPOSE:
            await transfers.stop_for(desk.session, returnee.id, consent.recipient)


async def add_photo(desk: Desk, files: Files, who: UUID | str, consent_id: UUID, content: bytes) -> Consent:
    """Of the paper with the thumbprint: drawn anew without metadata, and sealed. The same picture twice is the same.

    Raises `NotFoundError`, `NoThumbprintError`, `PhotoThereError`, `WrongKindError`.
    """
    returnee = await casework.found(desk, who, "consent")
    consent = await repository.find_consent(desk.session, returnee.id, consent_id)
    if consent is None:
        raise NotFoundError
    if consent.way != THUMBPRINT:
        raise rules.NoThumbprintError
    digest = hashlib.sha256(content).digest()
    there = await photos.find_photo(desk.session, returnee.id, consent_id)
    if there is not None:
        rules.check_same_photo(there.sent_sha256, digest)
        return consent
    stored = await files.put(one_part(await _clean(content)), most=MOST_BYTES, kinds=PICTURES)
    photo = ConsentPhoto(
        consent_id=consent.id,
        file_id=stored.id,
        size=stored.size,
        sent_sha256=digest,
        added_by=desk.caller.subject,
        added_at=datetime.now(UTC),
    )
    desk.session.add(photo)
    await desk.session.flush()
    return consent


async def _clean(content: bytes) -> bytes:
    if kind_of(content[:64]) not in PICTURES:
        raise WrongKindError(what_it_is(content[:64], PICTURES))
    return await drawn_anew(content)


async def list_photographed(desk: Desk, returnee_id: UUID) -> frozenset[UUID]:
    """The consents of a returnee, whom the caller was shown to see, of which there is a photo."""
    return await photos.list_photographed(desk.session, returnee_id)


async def get_photo(desk: Desk, who: UUID | str, consent_id: UUID) -> ConsentPhoto:
    """Raises `NotFoundError`."""
    returnee = await casework.seen(desk, who, "consent")
    photo = await photos.find_photo(desk.session, returnee.id, consent_id)
    if photo is None or photo.removed_at is not None:
        raise NotFoundError
    return photo


async def keep_files(state: Mapping[str, Any]) -> None:
    """The loop that takes files which no record needs: runs until cancelled; raises when the database goes away, and is started again."""
    sessions: Sessions = state["sessions"]
    while True:
        await sweep_files(sessions, state["files"], datetime.now(UTC))
        await asyncio.sleep(SWEPT_EVERY_S)


async def sweep_files(sessions: Sessions, files: Files, now: datetime) -> int:
    """How many went. That a photo is over commits before its file goes: a crash between the two leaves an orphan for the next time."""
    async with sessions.begin() as session:
        await photos.forget_photos(session, now - timedelta(days=KEPT.withdrawn_photo_days), now)
    async with sessions() as session:
        return await sweep_orphans(files, now - timedelta(days=KEPT.orphan_days), partial(photos.named, session))
