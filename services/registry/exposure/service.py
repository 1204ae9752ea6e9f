"""Use cases of the crisis service: who is exposed, page by page, and how somebody may be reached now."""

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from services.registry import repository as people
from services.registry import sealing, sharing
from services.registry import service as core
from services.registry.exposure import repository, rules, views
from services.registry.exposure.models import Exposure
from services.registry.exposure.rules import Class
from services.registry.exposure.schemas import ContactsIn, ExposedOut, ExposureIn, LookupIn, ReachableOut
from services.registry.lists import LISTS
from services.registry.push import repository as push
from services.registry.rules import PlaceKind
from services.registry.sharing import Given

FRESH_S: Final = {PlaceKind[one.code.upper()]: timedelta(days=one.fresh_days).total_seconds() for one in LISTS.places}


class OtherQuestionError(ConflictError):
    slug = "other-exposure"
    title = Text(
        "For this version of the alert another area was asked already: a changed area is a new version.",
        "সতর্কবার্তার এই সংস্করণের জন্য অন্য এলাকা জানতে চাওয়া হয়েছে: এলাকা বদলালে নতুন সংস্করণ হয়।",
    )


async def compute(session: AsyncSession, asked: ExposureIn) -> Exposure:
    """Once for an alert, version and drill: what was found then is what everybody works from. Raises `OtherQuestionError`."""
    key = hashlib.sha256(json.dumps(asked.model_dump(mode="json"), sort_keys=True).encode()).digest()
    await repository.lock_question(session, asked.alert, asked.version)
    known = await repository.find(session, asked.alert, asked.version, is_drill=asked.is_drill)
    if known is not None:
        if known.request_key != key:
            raise OtherQuestionError
        return known
    return await _compute(session, asked, key)


async def _compute(session: AsyncSession, asked: ExposureIn, key: bytes) -> Exposure:
    began, now = time.perf_counter(), datetime.now(UTC)
    areas, near_m = asked.geometries, asked.near_km * 1000
    places = await repository.read_places(session, asked.countries, rules.boxes(areas, near_m), now, is_drill=asked.is_drill)
    # Beside the loop: a second of arithmetic would hold up whoever registers meanwhile.
    found = await asyncio.to_thread(rules.judge, places, areas, near_m, FRESH_S)
    exposure = {
        "id": new_id(),
        **asked.model_dump(include={"alert", "version", "is_drill", "countries", "near_km"}),
        "request_key": key,
        "computed_at": now,
        "counts": rules.counts(found),
        "vulnerable": rules.vulnerable(found),
        "took_ms": round((time.perf_counter() - began) * 1000),
    }
    await repository.add(session, exposure, found)
    return Exposure(**exposure)


async def list_people(
    session: AsyncSession, keyring: Keyring, caller: Caller, exposure_id: UUID, asked: views.Asked
) -> tuple[list[ExposedOut], views.Place | None]:
    """A page, and where the next begins. Who asked to be forgotten meanwhile is left out. Raises `NotFoundError`."""
    if await repository.find_by_id(session, exposure_id) is None:
        raise NotFoundError
    found, following = await members(session, exposure_id, asked)
    given = sharing.given(caller, "crisis.exposed", "reach")
    reachable = {one.person: one for one in await _reachable(session, keyring, caller, [person for person, *_ in found], given)}
    rows = [
        views.exposed_of(reachable[person], Class(rank), reason, distance)
        for person, rank, reason, distance in found
        if person in reachable
    ]
    return rows, following


async def members(
    session: AsyncSession, exposure_id: UUID, asked: views.Asked
) -> tuple[list[tuple[UUID, int, int, int | None]], views.Place | None]:
    found: list[tuple[UUID, int, int, int | None]] = []
    at = asked.start
    while (page := await repository.page_from(session, exposure_id, asked.classes, (at.rank, at.number))) is not None:
        begin = at.offset if (page.rank, page.number) == (at.rank, at.number) else 0
        end = min(len(page.people), begin + asked.limit - len(found))
        found += repository.persons_of(page, begin, end)
        if end < len(page.people):
            return found, views.Place(page.rank, page.number, end)
        at = views.Place(page.rank, page.number + 1, 0)
    return found, None


async def list_contacts(session: AsyncSession, keyring: Keyring, caller: Caller, asked: ContactsIn) -> list[ReachableOut]:
    return await _reachable(session, keyring, caller, asked.people, sharing.given(caller, f"crisis.{asked.purpose}", "reach"))


async def look_up(session: AsyncSession, keyring: Keyring, caller: Caller, asked: LookupIn) -> list[ReachableOut]:
    given = sharing.given(caller, f"crisis.{asked.purpose}", "reach")
    if asked.document is not None:
        index = sealing.document_index(keyring, asked.document.kind, asked.document.number)
        found = await people.search_by_document(session, core.EVERYBODY, index) if index else []
    else:
        found = await people.search_by_contact(session, core.EVERYBODY, sealing.contact_index(keyring, asked.phone or ""))
    return await _reachable(session, keyring, caller, [one.id for one in found], given)


async def _reachable(session: AsyncSession, keyring: Keyring, caller: Caller, persons: Sequence[UUID], given: Given) -> list[ReachableOut]:
    """In the order asked; noted."""
    known = {one.id: one for one in await people.list_people(session, persons)}
    contacts = views.by_person(await people.list_contacts(session, [*known]))
    pushes = await push.list_of(session, [*known])
    found = [
        views.reachable_of(known[one], views.Ways(contacts.get(one, ()), pushes.get(one, ())), keyring, given.allowed)
        for one in dict.fromkeys(persons)
        if one in known
    ]
    await core.note(session, caller, [one.person for one in found], given)
    return found
