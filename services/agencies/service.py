"""Use cases: register a licence, count what is complained of, compute classes, show them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import AgencyClassified, AgencyRegistered
from contracts.complaints import ComplaintLodged
from contracts.days import DHAKA
from kit.auth import Caller
from kit.bus import Received
from kit.ids import new_id
from kit.outbox import emit, outbox_row
from kit.paging import Paging
from kit.text import search_key
from kit.timer import DueTimer, schedule
from services.agencies import repository, rule_set, rules
from services.agencies.models import Classification, Evidence
from services.agencies.register import repository as histories
from services.agencies.register.models import LicenceEvent
from services.agencies.register.rules import first_steps
from services.agencies.repository import Listed, Standing
from services.agencies.schemas import AgencyIn, EvidenceSummaryOut

RULES: Final = rule_set.load()
CLASSIFY_AGAIN: Final = "classify-again"
WHOLE_REGISTER: Final = UUID("0197b0a0-0000-7000-8000-00000000a9e7")  # the timer's record: it concerns all agencies
LONGEST_WORD: Final = 100


async def register_agency(session: AsyncSession, caller: Caller, agency: AgencyIn) -> Listed:
    """Enters a licence and computes its class from what was complained of already. Raises `LicenceTakenError`."""
    if not await register_agencies(session, caller, [agency]):
        raise rules.LicenceTakenError
    return await get_agency(session, agency.licence)


async def register_agencies(session: AsyncSession, caller: Caller, agencies: Sequence[AgencyIn]) -> set[str]:
    """Enters licences with the beginning of their histories; those that stand there already are left out of the answer."""
    now = datetime.now(UTC)
    await repository.one_at_a_time(session)
    new = await repository.add_agencies(session, [_values(agency, caller, now) for agency in agencies])
    entered = [agency for agency in agencies if agency.licence in new]
    await histories.add(session, *(step for agency in entered for step in _first_steps(agency, now, caller.subject)))
    await repository.add_events(session, [_registered(agency, new[agency.licence], now) for agency in entered])
    if entered:
        await _compute(session, now, new)
        await schedule(session, _next_midnight(now), CLASSIFY_AGAIN, WHOLE_REGISTER)
    return set(new)


def _values(agency: AgencyIn, caller: Caller, now: datetime) -> dict[str, Any]:
    own = agency.model_dump(exclude={"issued_on", "source"})
    words = search_words(agency.name_en, agency.name_bn or "", agency.licence)
    search = " ".join(f"'{word}'" for word in words)  # folded words hold neither quotes nor backslashes
    return {"id": new_id(), "version": 1, **own, "search": search, "registered_by": caller.subject, "registered_at": now}


def _registered(agency: AgencyIn, identity: UUID, now: datetime) -> dict[str, object]:
    event = AgencyRegistered(
        licence=agency.licence, status=agency.status, district=agency.district, valid_until=agency.valid_until, registered_at=now
    )
    return outbox_row(event, subject=identity, sequence=1)


def _first_steps(agency: AgencyIn, now: datetime, by: str) -> list[LicenceEvent]:
    """What is known of a licence when it is entered becomes the beginning of its history."""
    steps = first_steps(agency.status, agency.valid_until, agency.issued_on, now.astimezone(DHAKA).date())
    common: dict[str, Any] = {"licence": agency.licence, "source": agency.source, "recorded_at": now, "recorded_by": by}
    return [
        LicenceEvent(id=new_id(), kind=kind, true_from=true_from, true_until=true_until, hearing=hearing, **common)
        for kind, true_from, true_until, hearing in steps
    ]


async def take_evidence(session: AsyncSession, events: Sequence[Received[ComplaintLodged]]) -> None:
    """Each complaint becomes one row, whether it names an agency or not; classes of the agencies named are computed again."""
    rows = [
        Evidence(
            event_id=one.envelope.id,
            complaint=one.envelope.subject,
            licence=rules.linked_licence(one.data.respondent_kind, one.data.respondent_licence),
            category=one.data.category,
            country=one.data.country,
            happened_at=one.data.lodged_at,
        )
        for one in events
    ]
    named = {row.licence for row in rows if row.licence is not None}
    if named:
        await repository.one_at_a_time(session)
    await repository.add_evidence(session, rows)
    if named:
        await _compute(session, datetime.now(UTC), named)


async def classify_again(session: AsyncSession, _: DueTimer) -> None:
    """Every midnight of Dhaka: licences end and complaints grow old without an event that says so."""
    now = datetime.now(UTC)
    await classify_all(session, now)
    await schedule(session, _next_midnight(now), CLASSIFY_AGAIN, WHOLE_REGISTER)


async def classify_some(session: AsyncSession, now: datetime, licences: Collection[str]) -> None:
    await repository.one_at_a_time(session)
    await _compute(session, now, licences)


async def classify_all(session: AsyncSession, now: datetime) -> None:
    await repository.one_at_a_time(session)
    await _compute(session, now, None)


async def _compute(session: AsyncSession, now: datetime, licences: Collection[str] | None) -> None:
    """Called while holding `one_at_a_time`. Tells of a class only when it is another than before."""
    today = now.astimezone(DHAKA).date()
    since = datetime.combine(rules.period_start(RULES, today), time(), DHAKA)
    refreshed: list[dict[str, Any]] = []
    for standing in await repository.list_standings(session, since, licences):
        agency, current = standing.agency, standing.classification
        status = rules.LicenceStatus(agency.status)
        facts = rules.Facts(status, agency.valid_until, standing.complaints, agency.deployed_last_year)
        values = _computed(facts, rules.classify(facts, RULES, today), now)
        if current is not None and all(getattr(current, name) == values[name] for name in ("class_code", "rule_set", "rule_set_version")):
            refreshed.append({"id": current.id, **values})
        else:
            await _reclassify(session, standing, values, now)
    await repository.refresh_classifications(session, refreshed)


def _computed(facts: rules.Facts, outcome: rules.Outcome, now: datetime) -> dict[str, Any]:
    return {
        "rule_set": RULES.name,
        "rule_set_version": RULES.version,
        "class_code": outcome.class_code.value,
        "points": outcome.points,
        "complaints": facts.complaints,
        "deployed": facts.deployed,
        "explanation": {
            "gates": [{"code": gate.code, "met": gate.met, "words": asdict(gate.words)} for gate in outcome.gates],
            "reasons": [asdict(reason) for reason in outcome.reasons],
        },
        "computed_at": now,
    }


async def _reclassify(session: AsyncSession, standing: Standing, values: dict[str, Any], now: datetime) -> None:
    agency, current = standing.agency, standing.classification
    new = Classification(id=new_id(), agency_id=agency.id, since=now, until=None, **values)
    await repository.replace_classification(session, current, new)
    before = current.class_code if current else None
    # That nothing is known of a new agency is no classification, and counts for none in the monitor.
    if new.class_code == (before or rules.ClassCode.INSUFFICIENT_DATA.value):
        return
    event = AgencyClassified(
        licence=agency.licence,
        class_code=new.class_code,
        previous_class_code=before,
        rule_set=new.rule_set,
        rule_set_version=new.rule_set_version,
        provisional=True,
        computed_at=now,
    )
    await emit(session, event, subject=agency.id, sequence=await repository.next_version(session, agency))


async def get_agency(session: AsyncSession, licence: str) -> Listed:
    """Raises `UnknownLicenceError`."""
    found = await repository.find_agency(session, licence)
    if found is None:
        raise rules.UnknownLicenceError
    return found


async def list_agencies(session: AsyncSession, paging: Paging, query: str | None) -> list[Listed]:
    """All, or those whose names or number begin with the words of `query`, in either script."""
    if query is None or not query.strip():
        return await repository.list_agencies(session, paging, words=None, licence=None)
    return await repository.list_agencies(session, paging, words=search_words(query), licence=_as_licence(query))


async def summarise_evidence(session: AsyncSession) -> EvidenceSummaryOut:
    complaints, linked = await repository.count_evidence(session)
    return EvidenceSummaryOut(complaints=complaints, linked=linked)


def search_words(*texts: str) -> list[str]:
    """For the index and the query alike. A word's end is cut where it is longer than any name: PostgreSQL takes lexemes of 2 kB."""
    return sorted({word[:LONGEST_WORD] for word in _words(texts)})


def _words(texts: Iterable[str]) -> Iterable[str]:
    return (word for one in texts for word in search_key(one).split())


def _as_licence(query: str) -> str | None:
    try:
        return rules.licence_number(query)
    except ValueError:
        return None


def _next_midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(DHAKA).date() + timedelta(days=1), time(), DHAKA)
