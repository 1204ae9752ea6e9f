"""Use cases of an emergency: open the register, list who is there, close, forget."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit import timer
from kit.auth import EVERYWHERE, Caller
from kit.crypto import Keyring
from kit.errors import NotFoundError
from kit.paging import Paging
from kit.timer import DueTimer
from services.registry import repository as people
from services.registry import service as core
from services.registry import views
from services.registry.access import what_is_visible
from services.registry.emergency import repository, rules
from services.registry.emergency.models import EmergencyOpening
from services.registry.emergency.schemas import ExposedRow
from services.registry.exposure import service as exposures
from services.registry.exposure.rules import Class, reason_code, reason_words
from services.registry.exposure.schemas import OpeningIn
from services.registry.exposure.views import Asked, Place
from services.registry.lists import LISTS
from services.registry.models import National
from services.registry.rules import Flag, Visibility
from services.registry.sharing import given

FORGET: Final = "registry.forget-incident"
PURPOSE: Final = "emergency"
PLACES: Final = {one.code: Text(one.en, one.bn) for one in LISTS.places}


async def open_register(session: AsyncSession, asked: OpeningIn) -> EmergencyOpening:
    """Idempotent per incident; once more with a later `until` prolongs it, with other `standing_in` tells who has the duty.

    Raises `OpeningTooLongError`, `ClosedForGoodError`.
    """
    now = datetime.now(UTC)
    until = rules.checked_until(asked.until, now)
    opening = await repository.lock(session, asked.incident)
    if opening is None:
        opening = EmergencyOpening(**asked.model_dump(), opened_at=now, closed_at=None)
        session.add(opening)
    elif opening.closed_at is not None or opening.is_drill != asked.is_drill:
        raise rules.ClosedForGoodError
    opening.countries, opening.standing_in = asked.countries, asked.standing_in
    opening.until, opening.reason = until, asked.reason
    await session.flush()
    return opening


async def close_register(session: AsyncSession, incident: UUID) -> EmergencyOpening:
    """Idempotent. What was asked for the incident alone is forgotten, by a timer: at once, and whatever happens to this process."""
    opening = await repository.lock(session, incident)
    if opening is None:
        raise NotFoundError
    if opening.closed_at is None:
        opening.closed_at = datetime.now(UTC)
        await timer.schedule(session, opening.closed_at, FORGET, incident)
    await session.flush()
    return opening


async def forget(session: AsyncSession, due: DueTimer) -> None:
    await repository.forget(session, due.record)


async def list_open(session: AsyncSession, caller: Caller) -> Sequence[EmergencyOpening]:
    """Those of the caller's countries."""
    return [one for one in await repository.list_open(session, datetime.now(UTC)) if _countries(caller, one)]


async def list_people(session: AsyncSession, caller: Caller, incident: UUID, flag: Flag | None, paging: Paging) -> Sequence[National]:
    """Raises `NoEmergencyError`."""
    opening, countries = await _opening(session, caller, incident)
    rows = await repository.list_people(session, countries, only_drill=opening.is_drill, flag=flag, paging=paging)
    await core.note(session, caller, [one.id for one in rows[: paging.limit]], given(caller, PURPOSE, "row"))
    return rows


async def list_exposed(
    session: AsyncSession, keyring: Keyring, caller: Caller, incident: UUID, exposure_id: UUID, asked: Asked
) -> tuple[list[ExposedRow], Place | None]:
    """By name, for the wings of these countries: whom to call first. Raises `NoEmergencyError`, `NotFoundError`."""
    opening, countries = await _opening(session, caller, incident)
    exposure = await repository.find_exposure(session, exposure_id)
    if exposure is None or exposure.is_drill != opening.is_drill:
        raise NotFoundError
    found, following = await exposures.members(session, exposure_id, asked)
    known = {one.id: one for one in await people.list_people(session, [person for person, *_ in found]) if one.country in countries}
    told = given(caller, PURPOSE, "row")
    await core.note(session, caller, [*known], told)
    rows = [
        ExposedRow.model_validate(
            {
                **views.row_of(known[person], keyring, told.allowed).model_dump(),
                "class": Class(rank).code,
                "reason": reason_code(reason),
                "reason_label": Bilingual.of(reason_words(reason, PLACES)),
                "distance_m": distance,
            }
        )
        for person, rank, reason, distance in found
        if person in known
    ]
    return rows, following


async def list_named(session: AsyncSession, caller: Caller, incident: UUID, asked: Sequence[UUID]) -> Sequence[National]:
    """Who these people are, for the wings of their countries. Raises `NoEmergencyError`."""
    opening, countries = await _opening(session, caller, incident)
    found = {one.id: one for one in await people.list_people(session, asked)}
    rows = [found[one] for one in dict.fromkeys(asked) if one in found]
    shown = [one for one in rows if one.country in countries and (one.drill_member or not opening.is_drill)]
    await core.note(session, caller, [one.id for one in shown], given(caller, PURPOSE, "row"))
    return shown


async def _opening(session: AsyncSession, caller: Caller, incident: UUID) -> tuple[EmergencyOpening, frozenset[str]]:
    for one in await repository.list_open(session, datetime.now(UTC)):
        if one.incident == incident and (countries := _countries(caller, one)):
            return one, countries
    raise rules.NoEmergencyError


def _countries(caller: Caller, opening: EmergencyOpening) -> frozenset[str]:
    """Of the opening, those for which the caller answers; the supervisor sits in Dhaka and answers for all."""
    everywhere = caller.has("supervisor") or EVERYWHERE in caller.countries or _stands_in(caller, opening)
    return frozenset(opening.countries) if everywhere else frozenset(opening.countries) & caller.countries


def _stands_in(caller: Caller, opening: EmergencyOpening) -> bool:
    return caller.has("wing") and not caller.countries.isdisjoint(opening.standing_in)


async def check_purpose(session: AsyncSession, caller: Caller, purpose: str) -> None:
    """A desk names an emergency only while one is open: for a wing in its countries, for others anywhere. Raises `NoEmergencyError`."""
    if purpose != PURPOSE or caller.has("service"):
        return
    openings = await repository.list_open(session, datetime.now(UTC))
    if not any(_countries(caller, one) or not caller.has("wing") for one in openings):
        raise rules.NoEmergencyError


async def visible_to(session: AsyncSession, caller: Caller) -> Visibility:
    """Whom a desk may see, and a wing that has another's duty in an emergency also whom that one would. A drill widens nothing."""
    if not caller.has("wing"):
        return what_is_visible(caller)
    openings = [one for one in await repository.list_open(session, datetime.now(UTC)) if not one.is_drill and _stands_in(caller, one)]
    instead = frozenset(country for one in openings for country in one.countries)
    return what_is_visible(replace(caller, countries=caller.countries | instead))
