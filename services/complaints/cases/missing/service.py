"""Use cases of a search: what is known, found alive, remains reported, matches that two persons confirm."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.errors import ForbiddenError, NotFoundError
from kit.ids import new_id
from kit.paging import Page, Paging, Position
from services.complaints import rules as complaint_rules
from services.complaints import views as complaint_views
from services.complaints.cases import rules as case_rules
from services.complaints.cases.missing import repository, rules
from services.complaints.cases.missing.models import Match, MissingFile, Remains
from services.complaints.cases.missing.schemas import (
    DecisionIn,
    FoundIn,
    MatchOut,
    MissingIn,
    MissingOut,
    RemainsIn,
    RemainsOut,
    RemainsReceiptOut,
)
from services.complaints.cases.schemas import ChangedOut
from services.complaints.cases.service import Desk, begin, changed, grow, has_ended, note, opened
from services.complaints.models import Complaint
from services.complaints.offices import OFFICES
from services.complaints.service import name_index

KIND: Final = "missing"


async def describe(desk: Desk, reference: str, facts: MissingIn, *, expected: int) -> ChangedOut:
    """Opens the search or corrects what is known; each time it is compared with the remains that nobody knows yet."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    known = await desk.session.get(MissingFile, complaint.id)
    row = known or MissingFile(
        complaint_id=complaint.id,
        tell_asker=facts.tell_asker,
        state=rules.SearchState.SOUGHT,
        consent=None,
        found_on=None,
        opened_at=desk.now,
        opened_by=desk.by,
        last_contact_on=None,
        last_place=None,
        features=None,
        passport_index=None,
    )
    row.last_contact_on, row.tell_asker = facts.last_contact_on, facts.tell_asker
    row.last_place = desk.seal(facts.last_place, "missing_file.last_place")
    row.features = desk.seal(facts.features, "missing_file.features")
    if facts.passport is not None or known is None:
        row.passport_index = desk.number_index(facts.passport)
    desk.session.add(row)
    await note(desk, complaint, "search_described" if known else "search_opened")
    if row.state == rules.SearchState.SOUGHT:
        await _compare(desk, complaint, row)
    return changed(complaint, complaint.id, _may_tell(row))


async def _compare(desk: Desk, complaint: Complaint, row: MissingFile) -> None:
    known = await repository.pairs_of(desk.session, complaint=complaint.id)
    for found in await repository.unidentified_in(desk.session, complaint.country):
        if found.id not in known:
            _propose(desk, complaint, row, found)


def _propose(desk: Desk, complaint: Complaint, row: MissingFile, found: Remains) -> bool:
    reasons = rules.reasons_for(_sought(complaint, row), _found(found))
    if not reasons:
        return False
    nobody: dict[str, Any] = dict.fromkeys(("first_by", "first_at", "decided_by", "decided_at"))
    match = Match(
        id=new_id(),
        remains_id=found.id,
        complaint_id=complaint.id,
        reasons=list(reasons),
        state="proposed",
        proposed_at=desk.now,
        **nobody,
    )
    desk.session.add(match)
    return True


def _sought(complaint: Complaint, row: MissingFile) -> rules.Features:
    return rules.Features(
        complaint.country,
        complaint.victim_sex,
        complaint.victim_age_band,
        row.last_contact_on,
        complaint.victim_name_key,
        row.passport_index,
    )


def _found(row: Remains) -> rules.Features:
    return rules.Features(row.country, row.sex, row.age_band, row.found_on, row.name_key, row.passport_index)


async def found_alive(desk: Desk, reference: str, found: FoundIn, *, expected: int) -> ChangedOut:
    """What the person wishes is respected: whoever asked hears what they allowed, also where that is nothing."""
    complaint = await begin(desk, reference, kind=KIND, expected=expected)
    row = await opened(desk, MissingFile, complaint)
    if row.state == rules.SearchState.DEAD:
        raise rules.NotSoughtError
    row.state, row.found_on, row.consent = rules.SearchState.ALIVE, found.on, found.consent
    await note(desk, complaint, "person_found", consent=found.consent)
    return changed(complaint, complaint.id, _may_tell(row))


async def report_remains(desk: Desk, report: RemainsIn) -> RemainsReceiptOut:
    """By the wing of that country. The machine proposes whose they may be; it tells nobody."""
    if desk.caller.has("wing") and not desk.caller.covers_country(report.country):
        raise ForbiddenError
    row = Remains(
        id=new_id(),
        country=report.country,
        office=OFFICES.responsible("wing", country=report.country, district=None),
        found_on=report.found_on,
        sex=report.sex,
        age_band=report.age_band,
        features=desk.keyring.seal(report.features, "remains.features"),
        name_key=name_index(desk.keyring, report.name),
        passport_index=desk.number_index(report.passport),
        state="unidentified",
        reported_at=desk.now,
        reported_by=desk.by,
    )
    desk.session.add(row)
    await desk.session.flush()
    sought = await repository.sought_in(desk.session, report.country)
    proposed = sum(_propose(desk, complaint, file, row) for complaint, file in sought)
    return RemainsReceiptOut(id=row.id, proposed=proposed)


async def list_remains(desk: Desk, paging: Paging) -> Page[RemainsOut]:
    countries = desk.caller.countries if desk.caller.has("wing") else frozenset({"*"})
    rows = await repository.remains(desk.session, countries, paging)
    await record_access(
        desk.session, desk.caller, [one[0].id for one in rows[: paging.limit]], record_type="remains", purpose="list", fields=("features",)
    )
    return paging.page(rows, lambda one: Position(one[0].reported_at, one[0].id), lambda one: _remains_out(desk, one[0], one[1]))


def _remains_out(desk: Desk, row: Remains, matches: int) -> RemainsOut:
    features = desk.open(row.features, "remains.features")
    return RemainsOut.model_validate({**row.model_dump(exclude={"features"}), "features": features, "matches": matches})


async def list_matches(desk: Desk, paging: Paging) -> Page[MatchOut]:
    rows = await repository.proposed(desk.session, desk.visible, paging)
    shown = [complaint.id for _, complaint, _, _ in rows[: paging.limit]]
    await record_access(desk.session, desk.caller, shown, record_type="complaint", purpose="matching", fields=("features",))
    return paging.page(rows, lambda one: Position(one[0].proposed_at, one[0].id), lambda one: _match_out(desk, *one))


def _match_out(desk: Desk, match: Match, complaint: Complaint, remains: Remains, row: MissingFile) -> MatchOut:
    personal = "narrative" in complaint_views.fields_shown(complaint, desk.caller, desk.visible)
    waits_for = "nobody" if match.state != "proposed" else "second" if match.first_by else "first"
    return MatchOut.model_validate(
        {
            "id": match.id,
            "reference": complaint.reference,
            "country": complaint.country,
            "state": match.state,
            "waits_for": waits_for,
            "confirmed_by_me": match.first_by == desk.by,
            "reasons": [Bilingual.of(rules.REASON_WORDS[one]) for one in match.reasons],
            "sought": desk.open(row.features, "missing_file.features") if personal else None,
            "found": desk.open(remains.features, "remains.features"),
            "last_contact_on": row.last_contact_on,
            "found_on": remains.found_on,
            "proposed_at": match.proposed_at,
        }
    )


async def decide_match(desk: Desk, match: UUID, decision: DecisionIn) -> ChangedOut:
    """Two persons, one after the other. The second word makes a death case of its own grow out of the search."""
    found = await repository.locked(desk.session, desk.visible, match)
    if found is None:
        raise NotFoundError
    row, complaint, remains, file = found
    _may_decide(desk, complaint)
    if row.state != "proposed" or has_ended(complaint) or remains.state != "unidentified":
        raise rules.MatchDecidedError
    await record_access(desk.session, desk.caller, [complaint.id], record_type="complaint", purpose="matching", fields=("features",))
    if decision.decision == "reject":
        row.state, row.decided_by, row.decided_at = "rejected", desk.by, desk.now
        await note(desk, complaint, "match_rejected")
    elif rules.confirmed_by(row.first_by, desk.by):
        row.state, row.decided_by, row.decided_at = "confirmed", desk.by, desk.now
        remains.state, file.state = "identified", rules.SearchState.DEAD
        await note(desk, complaint, "match_confirmed")
        await grow(desk, complaint, "death", None, why="identified")
    else:
        row.first_by, row.first_at = desk.by, desk.now
        await note(desk, complaint, "match_confirmed_once")
    return changed(complaint, row.id)


def _may_decide(desk: Desk, complaint: Complaint) -> None:
    related = complaint_rules.relations(complaint_views.place_of(complaint), desk.visible, desk.caller.roles)
    if not case_rules.may_work(related, restricted=complaint.restricted, roles=desk.caller.roles):
        raise case_rules.NotYoursError


async def facts_of(session: AsyncSession, complaint: Complaint, known: case_rules.Facts) -> rules.MissingFacts:
    row = await session.get(MissingFile, complaint.id)
    return rules.MissingFacts(known) if row is None else rules.MissingFacts(known, row.state, row.consent)


async def show(desk: Desk, complaint: Complaint, *, personal: bool) -> MissingOut | None:
    row = await desk.session.get(MissingFile, complaint.id)
    if row is None:
        return None
    more = {
        "last_place": desk.open(row.last_place, "missing_file.last_place") if personal else None,
        "features": desk.open(row.features, "missing_file.features") if personal else None,
        "state_label": Bilingual.of(rules.STATE_WORDS[rules.SearchState(row.state)]),
        "may_tell": Bilingual.of(_may_tell(row)),
        "matches": await repository.open_matches(desk.session, complaint.id),
    }
    return MissingOut.model_validate({**row.model_dump(exclude={"last_place", "features"}), **more})


def _may_tell(row: MissingFile) -> Text:
    consent = rules.Consent(row.consent) if row.consent else None
    return rules.may_tell(rules.SearchState(row.state), rules.Tell(row.tell_asker), consent)
