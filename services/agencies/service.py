"""Use cases: register a licence, count what is complained of, compute classes, show them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import AgencyRegistered
from contracts.complaints import ComplaintLodged
from contracts.days import DHAKA
from kit.auth import Caller
from kit.bus import Received
from kit.ids import new_id
from kit.outbox import outbox_row
from kit.paging import Paging
from kit.text import search_key
from kit.timer import DueTimer, schedule
from services.agencies import repository, rules
from services.agencies.models import Evidence
from services.agencies.ratings.service import compute_provisional
from services.agencies.register import repository as histories
from services.agencies.register.models import LicenceEvent
from services.agencies.register.rules import first_steps
from services.agencies.repository import Listed
from services.agencies.runs.following import follow_evidence
from services.agencies.schemas import AgencyIn, EvidenceSummaryOut

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
        await classify(session, now, new)
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
    """Each complaint becomes one row, whether it names an agency or not. Lodged, it counts for no class: only what is decided does."""
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
    await repository.add_evidence(session, rows)


async def classify_again(session: AsyncSession, _: DueTimer) -> None:
    """Every midnight of Dhaka: licences end and complaints grow old without an event that says so."""
    now = datetime.now(UTC)
    await classify_all(session, now)
    await schedule(session, _next_midnight(now), CLASSIFY_AGAIN, WHOLE_REGISTER)


async def classify_all(session: AsyncSession, now: datetime) -> None:
    await classify(session, now, None)


async def classify_some(session: AsyncSession, now: datetime, licences: Collection[str]) -> None:
    if licences:
        await classify(session, now, licences)


async def classify(session: AsyncSession, now: datetime, licences: Collection[str] | None) -> None:
    """The provisional class of these agencies, or of all, and whether what was published of them still holds.

    In the transaction of whatever changed their evidence or their licence: what it leads to is shown when that is.
    """
    await repository.one_at_a_time(session)
    # What others wrote while this one waited is later than the `now` that it came with, and counts.
    known_at = max(now, datetime.now(UTC))
    await compute_provisional(session, known_at, licences)
    await follow_evidence(session, known_at, licences)


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
