"""Use cases of queues and search. Every record shown leaves a row in `access_log`."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import InvalidError
from kit.paging import Paging
from kit.reference import parse
from services.complaints import repository as complaints
from services.complaints.access import what_is_visible
from services.complaints.lifecycle.queues import repository
from services.complaints.lifecycle.queues.schemas import FoundOut, Narrowing, SearchIn
from services.complaints.models import Complaint
from services.complaints.rules import PREFIX
from services.complaints.service import name_index, phone_index, sound_index
from services.complaints.views import LISTED, row_of

MOST: Final = 50


async def list_complaints(session: AsyncSession, caller: Caller, asked: Narrowing, paging: Paging) -> Sequence[Complaint]:
    visible = what_is_visible(caller)
    conditions = repository.narrowed(asked, visible)
    found = await complaints.list_complaints(session, visible, paging, conditions, newest_first=asked.queue is None)
    shown = [one.id for one in found[: paging.limit]]
    await record_access(session, caller, shown, record_type="complaint", purpose=asked.queue or "list", fields=LISTED)
    return found


async def search(session: AsyncSession, keyring: Keyring, caller: Caller, asked: SearchIn) -> FoundOut:
    """By what is known of a person, which is compared as blind indexes: nothing is opened."""
    exact: dict[str, str] = {}
    if asked.reference:
        exact["reference"] = _reference(asked.reference)
    if asked.licence:
        exact["respondent_licence"] = asked.licence
    keys = []
    if phone := phone_index(keyring, asked.phone):
        keys.append({"reporter_phone_index": phone, "victim_phone_index": phone})
    if asked.name:
        keys.append(_named(keyring, asked.name))
    found = list(await repository.find(session, what_is_visible(caller), keys, exact, MOST))
    await record_access(session, caller, [one.id for one in found[:MOST]], record_type="complaint", purpose="search", fields=LISTED)
    return FoundOut(items=[row_of(one) for one in found[:MOST]], more=len(found) > MOST)


def _named(keyring: Keyring, name: str) -> dict[str, bytes]:
    """Persons as their names sound, in either script; a respondent as it is spelt. Nothing has the key of nothing."""
    sound, spelt = sound_index(keyring, name) or b"", name_index(keyring, name) or b""
    return {
        **dict.fromkeys(("reporter_sound_key", "victim_sound_key"), sound),
        **dict.fromkeys(("reporter_name_key", "victim_name_key", "respondent_key"), spelt),
    }


def _reference(text: str) -> str:
    """Raises `InvalidError`."""
    try:
        return parse(text, PREFIX)
    except ValueError as error:
        raise InvalidError(errors=[{"pointer": "/reference", "detail": error.args[0]}]) from error
