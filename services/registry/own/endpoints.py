"""The HTTP edge for the person whose record it is: open to anybody, reference and secret let in."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from contracts.text import Bilingual
from kit.auth import public
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from kit.strangers import Address
from services.registry import repository as people
from services.registry import rules, views
from services.registry import service as core
from services.registry.access import Desk, Who, what_is_visible
from services.registry.lists import LISTS
from services.registry.models import National, NationalContact, NationalPlace
from services.registry.own import service
from services.registry.own.schemas import EntryIn, OwnChangeIn, OwnContactOut, OwnOut, OwnPlaceOut
from services.registry.push import repository as push
from services.registry.schemas import KeyOut
from services.registry.sharing import given

router = APIRouter(prefix="/v1/nationals", tags=["nationals: one's own record"])


@router.post("/own", dependencies=[public()])
async def read_own(
    entry: EntryIn, address: Address, session: SessionDep, keyring: KeyringDep, request: Request, response: Response
) -> OwnOut:
    person = await service.read(session, await service.enter(request.state.sessions, keyring, entry, address))
    return await _shown(session, keyring, person, response)


@router.post("/own/changes", dependencies=[public()])
async def change_own(
    said: OwnChangeIn, address: Address, session: SessionDep, keyring: KeyringDep, request: Request, response: Response
) -> OwnOut:
    """The last word of whoever holds the slip: no version is asked, they saw no other."""
    person = await service.read(session, await service.enter(request.state.sessions, keyring, said, address))
    await service.change(session, keyring, request.state.outward, person, said)
    return await _shown(session, keyring, person, response)


@router.post("/{who}/secret", status_code=201)
async def give_secret(who: Who, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> KeyOut:
    """A new secret for the person who stands here or is on the line, shown once. The one before is over."""
    person = await core.get(session, what_is_visible(caller), who, lock=True)
    await core.note(session, caller, [person.id], given(caller, "secret", "row"))
    response.headers["Cache-Control"] = "no-store"
    secret = await service.give_secret(session, keyring, person)
    return KeyOut(reference=person.reference, secret=secret, words=Bilingual.of(rules.SECRET_WORDS))


async def _shown(session: SessionDep, keyring: Keyring, person: National, response: Response) -> OwnOut:
    response.headers["Cache-Control"] = "no-store"
    contacts = await people.list_contacts(session, [person.id])
    return OwnOut(
        **person.model_dump(include={"reference", "state", "country", "language", "drill_member"}),
        flags=rules.flag_codes(person.flags),
        contacts=_contacts(contacts, keyring),
        places=[_place(one) for one in await people.list_places(session, person.id) if one.is_current],
        has_employer=person.employer is not None,
        household=len(views.household_of(person, keyring)),
        kin=len(views.kin_of(person, keyring)),
        push=await push.count_of(session, person.id),
    )


def _contacts(contacts: Sequence[NationalContact], keyring: Keyring) -> list[OwnContactOut]:
    shown = [views.contact_of(one, keyring) for one in contacts]
    return [OwnContactOut(kind=one.kind, whose=one.whose, ends_with=one.address.partition("@")[0][-3:]) for one in shown]


def _place(place: NationalPlace) -> OwnPlaceOut:
    label = LISTS.places[place.kind - 1]
    return OwnPlaceOut(kind_label=Bilingual(en=label.en, bn=label.bn), country=place.country, observed_at=place.observed_at)
