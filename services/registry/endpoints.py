"""The HTTP edge of persons: one call into `service` each."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.dated import Choice
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep
from kit.sharing_log import DecisionOut, list_decisions
from kit.versions import ExpectedVersion, check_version, etag
from services.registry import sealing, service
from services.registry.access import DecisionReader, Desk, Officer, Registrar, Who, source_of
from services.registry.emergency.service import check_purpose, visible_to
from services.registry.lists import LISTS
from services.registry.schemas import (
    ChangeIn,
    ChoiceOut,
    FoundOut,
    ListsOut,
    NationalIn,
    NationalOut,
    PlaceChoiceOut,
    PlaceIn,
    Purpose,
    ReceiptOut,
    SearchIn,
)

router = APIRouter(prefix="/v1/nationals", tags=["nationals"])
WhatFor = Annotated[Purpose, Query(description="A code of `purposes` in /v1/nationals/lists: noted in the access log.")]


@router.post("", status_code=201, response_model=ReceiptOut, dependencies=[public()])
async def register(said: NationalIn, caller: Registrar, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    """Open to anybody; a desk that is signed in registers in its own name. An Idempotency-Key that nobody can guess keeps the secret."""

    async def effect() -> ReceiptOut:
        return await service.register(session, keyring, caller, said)

    answer = await once(caller.subject, effect, location=lambda receipt: f"/v1/nationals/{receipt.reference}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/lists", dependencies=[public(kept_s=300)])
async def read_lists() -> ListsOut:
    return ListsOut(
        version=LISTS.version,
        places=[PlaceChoiceOut(code=one.code, en=one.en, bn=one.bn, fresh_days=one.fresh_days) for one in LISTS.places],
        kinds=_choices(LISTS.kinds),
        documents=_choices(LISTS.documents),
        flags=_choices(LISTS.flags),
        relations=_choices(LISTS.relations),
        purposes=_choices(LISTS.purposes),
    )


@router.post("/search")
async def search(asked: SearchIn, caller: Desk, session: SessionDep, keyring: KeyringDep) -> FoundOut:
    """Exact only: nobody looks through the register on an ordinary day."""
    await check_purpose(session, caller, asked.purpose)
    return await service.search(session, keyring, caller, await visible_to(session, caller), asked)


@router.get("/decisions")
async def read_decisions(_: DecisionReader, session: SessionDep, paging: PagingDep) -> Page[DecisionOut]:
    """What other services and partners were told of persons, and by which version of the policy; newest first."""
    return await list_decisions(session, paging, None)


@router.get("/{who}")
async def read(who: Who, purpose: WhatFor, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> NationalOut:
    person = await service.get(session, await visible_to(session, caller), who)
    await check_purpose(session, caller, purpose)
    found = await service.shown_to(session, keyring, caller, person, purpose)
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/{who}/changes")
async def change(
    who: Who, said: ChangeIn, caller: Desk, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion, response: Response
) -> NationalOut:
    person = await service.get(session, await visible_to(session, caller), who, lock=True)
    check_version(expected, person.version)
    await service.change(session, keyring, person, said)
    response.headers["ETag"] = etag(person.version)
    return await service.shown_to(session, keyring, caller, person, "correction")


@router.post("/{who}/places", status_code=201)
async def add_place(who: Who, said: PlaceIn, caller: Officer, session: SessionDep, keyring: KeyringDep, response: Response) -> NationalOut:
    """Where the person is now said to be: one more place, never instead of those of another kind."""
    person = await service.get(session, await visible_to(session, caller), who, lock=True)
    told = sealing.Told(source_of(caller, from_outreach=False), caller.subject, min(caller.org, default=None), datetime.now(UTC))
    await service.add_place(session, keyring, person, said, told)
    response.headers["ETag"] = etag(person.version)
    return await service.shown_to(session, keyring, caller, person, "correction")


@router.post("/{who}/card-comparison")
async def compare_card(
    who: Who, caller: Officer, session: SessionDep, keyring: KeyringDep, request: Request, response: Response
) -> NationalOut:
    """Compares the identity card number with the register of cards. Nobody is refused anything for its answer."""
    person = await service.get(session, await visible_to(session, caller), who, lock=True)
    await service.compare_card(session, keyring, person, request.state.card_register)
    response.headers["ETag"] = etag(person.version)
    return await service.shown_to(session, keyring, caller, person, "card_comparison")


def _choices(choices: tuple[Choice, ...]) -> list[ChoiceOut]:
    return [ChoiceOut(code=one.code, en=one.en, bn=one.bn) for one in choices]
