"""Use cases of the public look-up: an agency or a sub-agent by name, number or telephone; the register as open data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from kit.crypto import Keyring
from kit.paging import Paging
from services.agencies import service as agencies
from services.agencies.check import guidance, repository, rules
from services.agencies.check.repository import OpenRow, Registered
from services.agencies.check.rules import AskedAs
from services.agencies.register.rules import certificate_number
from services.agencies.repository import Listed
from services.agencies.rules import UnknownLicenceError
from services.agencies.unregistered import repository as unregistered
from services.agencies.unregistered.models import EnforcementStep

GUIDANCE: Final = guidance.load()


@dataclass(frozen=True, slots=True)
class Answer:
    asked_as: AskedAs
    agencies: Sequence[Listed]
    sub_agents: Sequence[Registered]
    judgments: Sequence[EnforcementStep]
    today: date


async def check(session: AsyncSession, keyring: Keyring, query: str, paging: Paging) -> Answer:
    """`paging` bounds how many agencies are shown."""
    kind, normal = rules.asked_as(query)
    if kind is AskedAs.PHONE:
        return await _by_phone(session, keyring, normal)
    by_number = kind is AskedAs.NUMBER
    found = await _by_licence(session, normal) if by_number else await agencies.list_agencies(session, paging, query)
    words = () if by_number else agencies.search_words(query)
    registered = await repository.sub_agents(session, number=certificate_number(query), words=words)
    return Answer(kind, found[: repository.MOST], registered, (), today())


async def _by_phone(session: AsyncSession, keyring: Keyring, number: str) -> Answer:
    """A number that belongs to a registered office or sub-agent is theirs, whatever was said of its user before."""
    index, on = keyring.blind_index(number, "phone"), today()
    found = [await agencies.get_agency(session, licence) for licence in await repository.licences_by_phone(session, index, on)]
    registered = await repository.sub_agents(session, phone_index=index)
    judged = [] if found or registered else await unregistered.public_steps(session, index)
    return Answer(AskedAs.PHONE, found, registered, judged, on)


async def _by_licence(session: AsyncSession, licence: str) -> list[Listed]:
    """That number and no other: whoever has a number before them is not shown those that begin like it."""
    try:
        return [await agencies.get_agency(session, licence)]
    except UnknownLicenceError:
        return []


async def whole_register(session: AsyncSession) -> list[OpenRow]:
    return await repository.whole_register(session)


def today() -> date:
    return datetime.now(UTC).astimezone(DHAKA).date()
