"""Use cases: what is typed in a call is kept as it is typed, and goes with the call to whoever takes it over."""

import json
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.crypto import Keyring
from kit.errors import ConflictError
from kit.versions import check_version
from services.complaints.calls.drafts import repository
from services.complaints.calls.models import CallDraft, PhoneCall
from services.complaints.calls.schemas import DraftIn, DraftOut, DraftSaved

FIELDS: Final = "call_draft.fields"
KEPT: Final = "call_draft_kept.fields"
NOTHING_YET: Final = 1


class TakenOverError(ConflictError):
    slug = "call-taken-over"
    title = Text(
        "This call is in a colleague's hand now. What you typed is kept with it up to here.",
        "কলটি এখন একজন সহকর্মীর হাতে। আপনি এ পর্যন্ত যা লিখেছেন তা কলের সঙ্গেই রাখা আছে।",
    )


class FinishedError(ConflictError):
    slug = "call-finished"
    title = Text("This call is finished.", "এই কলটি সম্পন্ন হয়েছে।")


async def save(session: AsyncSession, keyring: Keyring, call: PhoneCall, agent: str, draft: DraftIn, expected: int) -> DraftSaved:
    """The call's row is held by whoever calls this. Raises `TakenOverError`, `FinishedError`, `StaleVersionError`.

    A draft that nobody has saved yet has version 1.
    """
    if call.disposition is not None:
        raise FinishedError
    if call.holder != agent:
        raise TakenOverError
    now, kept = datetime.now(UTC), await repository.find(session, call.id)
    check_version(expected, kept.version if kept else NOTHING_YET)
    sealed = keyring.seal(json.dumps(draft.fields, ensure_ascii=False), FIELDS)
    version = (kept.version if kept else NOTHING_YET) + 1
    await repository.put(session, CallDraft(call_id=call.id, version=version, fields=sealed, saved_by=agent, saved_at=now))
    return DraftSaved(version=version, saved_at=now)


async def find(session: AsyncSession, keyring: Keyring, call: PhoneCall, agent: str) -> DraftOut | None:
    """As it stands. Raises `SealError` where it was altered."""
    kept = await repository.find(session, call.id)
    if kept is None:
        return None
    fields = json.loads(keyring.open(kept.fields, FIELDS))
    return DraftOut(version=kept.version, fields=fields, saved_at=kept.saved_at, mine=kept.saved_by == agent)


async def keep_copy(session: AsyncSession, keyring: Keyring, call: PhoneCall) -> None:
    """As it was when the call went to another: nobody's words are lost under the next one's typing. Idempotent for a version."""
    kept = await repository.find(session, call.id)
    if kept is not None:
        again = keyring.seal(keyring.open(kept.fields, FIELDS), KEPT)
        await repository.keep(session, kept, again)


async def forget(session: AsyncSession, call: PhoneCall) -> None:
    """The call is finished and its words are in the record: a second copy would only be one more to lose."""
    await repository.delete(session, call.id)
