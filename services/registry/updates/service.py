"""Use cases: show what files say newly, take it over or leave it."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Final, Literal
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.text import Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from services.registry import sealing
from services.registry import service as people
from services.registry.models import National
from services.registry.rules import PlaceKind, Source, State, Visibility
from services.registry.schemas import ChangeIn, ContactIn, DocumentIn, NationalOut, PlaceIn
from services.registry.sharing import given
from services.registry.updates import repository
from services.registry.updates.models import UpdateProposal
from services.registry.updates.repository import Proposed
from services.registry.updates.schemas import Said, SaidContact, SaidPaper, UpdateOut

CONTENT: Final = "national_update.content"
PURPOSE: Final = "correction"
MOST: Final = 10


class AlreadyDecidedError(ConflictError):
    slug = "update-already-decided"
    title = Text("Somebody has decided about this update already.", "এই হালনাগাদ সম্পর্কে ইতিমধ্যে সিদ্ধান্ত হয়েছে।")


async def show(session: AsyncSession, keyring: Keyring, caller: Caller, found: Sequence[Proposed]) -> list[UpdateOut]:
    """Each with the record as it stands. The reads are logged."""
    told = given(caller, PURPOSE, "record")
    await people.note(session, caller, list({person.id for _, person in found}), told)
    return [_out(one, said_of(one, keyring), await people.shown(session, keyring, person, told.allowed)) for one, person in found]


def _out(proposal: UpdateProposal, said: Said, person: NationalOut) -> UpdateOut:
    kept = proposal.model_dump(include={"id", "import_id", "line", "proposed_at", "decision"})
    return UpdateOut.model_validate({**kept, "said": said, "person": person})


def said_of(proposal: UpdateProposal, keyring: Keyring) -> Said:
    row = orjson.loads(keyring.open(proposal.content, CONTENT))
    papers = [SaidPaper(kind=kind, number=number) for kind, number, _ in row["papers"]]
    contacts = [SaidContact(kind=kind, whose=whose, address=address) for kind, whose, address in row["contacts"]]
    return Said.model_validate({**row, "papers": papers, "contacts": contacts})


async def decide(
    session: AsyncSession, keyring: Keyring, caller: Caller, visible: Visibility, identity: UUID, decision: Literal["taken", "left"]
) -> UpdateOut:
    """`taken`: papers, contacts and a place that the record has not are added; nothing that stands there is removed.

    Raises `NotFoundError`, `AlreadyDecidedError`.
    """
    found = await repository.find(session, visible, identity)
    if found is None:
        raise NotFoundError
    proposal, person = found
    if proposal.decision is not None:
        raise AlreadyDecidedError
    proposal.decision, proposal.decided_by, proposal.decided_at = decision, caller.subject, datetime.now(UTC)
    if decision == "taken":
        await _take_over(session, keyring, person, proposal, caller)
    await session.flush()
    return (await show(session, keyring, caller, [found]))[0]


async def _take_over(session: AsyncSession, keyring: Keyring, person: National, proposal: UpdateProposal, caller: Caller) -> None:
    said = said_of(proposal, keyring)
    await people.change(session, keyring, person, _change(await people.shown(session, keyring, person), said))
    at = datetime.combine(said.departed, time(12), DHAKA) if said.departed else proposal.proposed_at
    place = PlaceIn(kind=PlaceKind.DECLARED.code, country=said.country, observed_at=at, words=said.place)
    told = sealing.Told(Source.IMPORT, caller.subject, None, datetime.now(UTC))
    await people.add_place(session, keyring, person, place, told)


def _change(stands: NationalOut, said: Said) -> ChangeIn:
    """The record's own first: a file adds, it takes nothing away. Numbers of next of kin follow from the next of kin."""
    papers = [DocumentIn(kind=one.kind, number=one.number, incident=one.incident) for one in stands.documents]
    known = {(one.kind, one.number) for one in papers}
    papers += [DocumentIn(kind=one.kind, number=one.number) for one in said.papers if (one.kind, one.number) not in known]
    of_kin = {one.phone for one in stands.kin}
    contacts = [
        ContactIn(kind=one.kind, whose=one.whose, address=one.address, at_home=one.at_home)
        for one in stands.contacts
        if one.whose != "family" or one.address not in of_kin
    ]
    reached = {one.address for one in stands.contacts}
    contacts += [ContactIn(kind=one.kind, whose=one.whose, address=one.address) for one in said.contacts if one.address not in reached]
    change = ChangeIn(documents=papers[:MOST], contacts=contacts[:MOST])
    return change if stands.state is not State.HOME else change.model_copy(update={"state": State.ABROAD})
