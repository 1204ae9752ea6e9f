"""Use cases of a death abroad, from a report to the grant that is paid."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import DeathReported
from contracts.text import Bilingual
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.timer import schedule
from services.complaints.cases import money
from services.complaints.cases import rules as case_rules
from services.complaints.cases.death import repository, rules, views
from services.complaints.cases.death.models import DeathFile, Heir, Paper, Wish
from services.complaints.cases.death.schemas import (
    BurialIn,
    ContactIn,
    DeathIn,
    GrantIn,
    HeirIn,
    IdentityIn,
    PaperIn,
    TransportIn,
    WishIn,
)
from services.complaints.cases.lists import DEATHS, Grant
from services.complaints.cases.schemas import ChangedOut
from services.complaints.cases.service import Desk, begin, changed, note, opened, tell_closed
from services.complaints.lifecycle.procedures import PROCEDURES, RETENTION
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES
from services.complaints.redress.models import RedressLine
from services.complaints.rules import Status

KIND: Final = "death"


async def describe(desk: Desk, reference: str, facts: DeathIn, *, expected: int) -> ChangedOut:
    """Opens the file, or replaces what it says of the death. Whose death it is and whether it is certain are steps of their own."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    known = await desk.session.get(DeathFile, complaint.id)
    row = known or DeathFile(**_blank(desk, complaint))
    for name in ("reported_by", "died_on", "cause", "suspicious", "police_case", "cleared"):
        setattr(row, name, getattr(facts, name))
    row.police_note = desk.seal(facts.police_note, "death_file.police_note")
    row.passport, row.passport_index = desk.seal(facts.passport, "death_file.passport"), desk.number_index(facts.passport)
    desk.session.add(row)
    await note(desk, complaint, "death_described" if known else "death_opened", cause=facts.cause, suspicious=facts.suspicious)
    if known is None:
        await _tell(desk, complaint)
    return changed(complaint, complaint.id, rules.IDENTITY_WORDS[rules.Identity(row.identity)])


def _blank(desk: Desk, complaint: Complaint) -> dict[str, Any]:
    names = [one for one in DeathFile.model_fields if one not in {"complaint_id", "identity", "identity_seen", "opened_at", "opened_by"}]
    own = {"complaint_id": complaint.id, "identity": rules.Identity.REPORTED, "identity_seen": []}
    return {**dict.fromkeys(names), **own, "opened_at": desk.now, "opened_by": desk.by}


async def _tell(desk: Desk, complaint: Complaint) -> None:
    event = DeathReported(
        country=complaint.country,
        district=complaint.district,
        victim_sex=complaint.victim_sex,
        victim_age_band=complaint.victim_age_band,
        reported_at=desk.now,
    )
    await emit(desk.session, event, subject=complaint.id, sequence=complaint.version, restricted=complaint.restricted)


async def decide_identity(desk: Desk, reference: str, decision: IdentityIn, *, expected: int) -> ChangedOut:
    """Until here every word says *reported*. A person who is alive ends the case at once: nobody shall mourn a day longer than needed."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await opened(desk, DeathFile, complaint)
    decided = rules.Identity(decision.identity)
    if row.identity != rules.Identity.REPORTED and decided != rules.Identity.ERROR:
        raise rules.IdentityDecidedError
    row.identity, row.identity_source, row.identity_on = decided, decision.source, decision.on
    row.identity_seen = list(decision.seen)
    if decided != rules.Identity.ERROR:
        await note(desk, complaint, "death_confirmed", seen=row.identity_seen, source=decision.source)
        return changed(complaint, complaint.id, rules.IDENTITY_WORDS[rules.Identity.CONFIRMED])
    complaint.status, complaint.resolved_at = Status.RESOLVED, desk.now
    complaint.decision, complaint.decided_at, complaint.decided_by = "reported_in_error", desk.now, desk.by
    complaint.decided_office = complaint.office
    await schedule(desk.session, desk.now + PROCEDURES.keep(KIND), RETENTION, complaint.id)
    await note(desk, complaint, "death_reported_in_error", source=decision.source)
    await tell_closed(desk.session, complaint, "reported_in_error", desk.now)
    return changed(complaint, complaint.id, rules.APOLOGY)


async def add_wish(desk: Desk, reference: str, said: WishIn) -> ChangedOut:
    complaint = await _opened(desk, reference)
    row = Wish(id=new_id(), complaint_id=complaint.id, recorded_at=desk.now, recorded_by=desk.by, **said.model_dump(exclude={"said_by"}))
    row.said_by = desk.seal(said.said_by, "death_wish.said_by")
    desk.session.add(row)
    await note(desk, complaint, "death_wish_said", wish=said.wish)
    return changed(complaint, row.id)


async def add_paper(desk: Desk, reference: str, paper: PaperIn) -> ChangedOut:
    complaint = await _opened(desk, reference)
    values = paper.model_dump(exclude={"on"})
    row = Paper(id=new_id(), complaint_id=complaint.id, on_day=paper.on, recorded_at=desk.now, recorded_by=desk.by, **values)
    desk.session.add(row)
    await note(desk, complaint, "death_paper", paper=paper.code, state=paper.state)
    return changed(complaint, row.id)


async def add_heir(desk: Desk, reference: str, heir: HeirIn) -> ChangedOut:
    complaint = await _opened(desk, reference)
    row = Heir(
        id=new_id(),
        complaint_id=complaint.id,
        relation=heir.relation,
        name=desk.keyring.seal(heir.name, "death_heir.name"),
        is_minor=heir.is_minor,
        guardian=desk.seal(heir.guardian, "death_heir.guardian"),
        guardian_relation=heir.guardian_relation,
        recorded_at=desk.now,
        recorded_by=desk.by,
    )
    desk.session.add(row)
    await note(desk, complaint, "death_heir", minor=heir.is_minor)
    return changed(complaint, row.id)


async def arrange_transport(desk: Desk, reference: str, transport: TransportIn, *, expected: int) -> ChangedOut:
    """Nothing flies before somebody knows who it is and the family agrees."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await opened(desk, DeathFile, complaint)
    rules.arranged(rules.Identity(row.identity), await wish_of(desk.session, complaint))
    row.flight, row.cargo, row.airport = transport.flight, transport.cargo, transport.airport
    row.arrives_on = transport.arrives_on
    row.receiver = desk.seal(transport.receiver, "death_file.receiver")
    row.receiver_phone = desk.seal(transport.receiver_phone, "death_file.receiver_phone")
    await note(desk, complaint, "death_transport", airport=transport.airport, arrives_on=transport.arrives_on.isoformat())
    return changed(complaint, complaint.id)


async def bury(desk: Desk, reference: str, burial: BurialIn, *, expected: int) -> ChangedOut:
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await opened(desk, DeathFile, complaint)
    rules.arranged(rules.Identity(row.identity), await wish_of(desk.session, complaint))
    row.buried_on = burial.on
    await note(desk, complaint, "death_buried")
    return changed(complaint, complaint.id)


async def hand_over(desk: Desk, reference: str, done: BurialIn, *, expected: int) -> ChangedOut:
    """Written down later than on the day of the flight, when the desk at the airport no longer sees it."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await opened(desk, DeathFile, complaint)
    rules.arranged(rules.Identity(row.identity), await wish_of(desk.session, complaint))
    row.handed_over_on = done.on
    await note(desk, complaint, "death_handed_over")
    return changed(complaint, complaint.id)


async def take_contact(desk: Desk, reference: str, contact: ContactIn, *, expected: int) -> ChangedOut:
    """One officer of the home district's office is the family's single contact, and the family is told who."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await opened(desk, DeathFile, complaint)
    office = OFFICES.responsible("demo", country=None, district=complaint.district)
    if office not in desk.visible.offices:
        raise rules.NotHomeOfficeError
    row.contact, row.contact_office = desk.by, office
    row.contact_name = desk.keyring.seal(contact.name, "death_file.contact_name")
    row.contact_told_on = contact.told_on
    await note(desk, complaint, "death_contact", told=contact.told_on is not None)
    return changed(complaint, complaint.id)


async def ask_for_grant(desk: Desk, reference: str, asked: GrantIn) -> ChangedOut:
    """Raises `NoGrantError` with the reasons, `GrantThereError`."""
    complaint = await _opened(desk, reference)
    row = await opened(desk, DeathFile, complaint)
    if any(one.is_grant and one.head == asked.grant for one in await money.lines_of(desk.session, complaint)):
        raise rules.GrantThereError
    standing = next(one for one in await standings(desk.session, complaint, row) if one.grant == asked.grant)
    if not standing.is_due:
        raise rules.NoGrantError(reasons=[Bilingual.of(one).model_dump() for one in standing.why_not])
    line = await money.add_grant(desk, complaint, grant_of(asked.grant))
    await note(desk, complaint, "grant_asked", grant=asked.grant)
    return changed(complaint, line.id)


def grant_of(code: str) -> Grant:
    return next(one for one in DEATHS.grants if one.code == code)


async def _opened(desk: Desk, reference: str) -> Complaint:
    """Locked, of this kind, with its file."""
    complaint = await begin(desk, reference, kind=KIND)
    await opened(desk, DeathFile, complaint)
    return complaint


async def wish_of(session: AsyncSession, complaint: Complaint) -> rules.FamilyWish:
    said = await repository.rows_of(session, Wish, complaint.id)
    return rules.wish_of(rules.Said(one.relation, one.wish) for one in said)


async def standings(session: AsyncSession, complaint: Complaint, row: DeathFile) -> Sequence[rules.Standing]:
    papers = views.newest_papers(await repository.rows_of(session, Paper, complaint.id))
    facts = rules.GrantFacts(
        died_on=row.died_on,
        confirmed=row.identity == rules.Identity.CONFIRMED,
        cleared=row.cleared,
        flies=row.arrives_on is not None,
        papers={code for code, paper in papers.items() if paper.state == "received"},
        heirs=len(await repository.rows_of(session, Heir, complaint.id)),
    )
    return [rules.standing(one, facts) for one in DEATHS.grants]


async def facts_of(session: AsyncSession, complaint: Complaint, known: case_rules.Facts) -> rules.DeathFacts:
    row = await session.get(DeathFile, complaint.id)
    if row is None:
        return rules.DeathFacts(known)
    asked = {one.head for one in await money.lines_of(session, complaint) if one.is_grant}
    return rules.DeathFacts(
        known,
        identity=row.identity,
        wish=await wish_of(session, complaint),
        contact_told=row.contact_told_on is not None,
        handed_over=row.handed_over_on is not None,
        buried=row.buried_on is not None,
        suspicious=row.suspicious,
        police_case=row.police_case,
        grants_unasked=[one.grant for one in await standings(session, complaint, row) if one.is_due and one.grant not in asked],
    )


async def money_line_of(desk: Desk, line: UUID) -> tuple[Complaint, RedressLine]:
    """A grant's line, its case locked. Raises `NotFoundError`."""
    found = await repository.grant_line(desk.session, line)
    if found is None:
        raise NotFoundError
    return found[0], found[1]
