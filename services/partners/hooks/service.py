"""Use cases of endpoints: a program or a steward of an organisation sets them up, tests them, has events sent again, sees every attempt."""

from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import CloudEvent
from contracts.text import Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import InvalidError, NotFoundError
from kit.ids import new_id
from kit.outward import Bounds, Outward, OutwardError
from kit.paging import Paging
from kit.versions import check_version
from services.partners import service as organisations
from services.partners.feed.rules import body_of
from services.partners.hooks import repository, rules, views
from services.partners.hooks.models import Attempt, Delivery, Endpoint
from services.partners.hooks.rules import EndpointState, State
from services.partners.hooks.schemas import EndpointChangeIn, EndpointIn, ReplayIn
from services.partners.models import Organisation
from services.partners.rules import NotAllowedError

_NAME_IT: Final = Text("Name the organisation that you act for.", "কোন সংস্থার পক্ষে কাজ করছেন তা জানান।")
_NAME_CLIENT: Final = Text(
    "Name the client of the organisation that may have endpoints.", "সংস্থার যে ক্লায়েন্টের এন্ডপয়েন্ট রাখার অনুমতি আছে সেটি জানান।"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose endpoints are meant, and who asks (`by`). `client_id`: the program that asks; None for a person."""

    organisation: Organisation
    client_id: str | None
    by: str


async def manager(session: AsyncSession, client_id: str) -> Organisation:
    """Of which organisation. Raises `NotAPartnerError`, `SuspendedError`, `NotVerifiedError`, `NotAllowedError`."""
    _, organisation, rights = await organisations.rights_of(session, client_id)
    if rules.MANAGE not in rights.scopes:
        raise NotAllowedError
    return organisation


async def acting(session: AsyncSession, caller: Caller, code: str | None) -> Owner:
    """A program acts for its own organisation, a person for the one that they name and are a steward of.

    Raises what `manager` does; `NotFoundError`, `NotAStewardError`; `InvalidError` for a person who names none.
    """
    if caller.has("partner"):
        return Owner(await manager(session, caller.client_id), caller.client_id, caller.client_id)
    if code is None:
        raise InvalidError(errors=[{"pointer": "?organisation", "detail": _NAME_IT}])
    organisation = await organisations.get(session, caller, code)
    organisations.check_acts_for(caller, organisation)
    return Owner(organisation, None, caller.subject)


async def get(session: AsyncSession, owner: Owner, endpoint_id: UUID, *, lock: bool = False) -> Endpoint:
    """Raises `NotFoundError` also for another's."""
    endpoint = await repository.find(session, owner.organisation.id, endpoint_id, lock=lock)
    if endpoint is None:
        raise NotFoundError
    return endpoint


async def _locked(session: AsyncSession, owner: Owner, endpoint_id: UUID, expected: int | None = None) -> Endpoint:
    """One that has not ended. Raises what `get` does, `EndpointEndedError`, and `StaleVersionError` where a version is expected."""
    endpoint = await get(session, owner, endpoint_id, lock=True)
    if expected is not None:
        check_version(expected, endpoint.version)
    if endpoint.state == EndpointState.ENDED:
        raise rules.EndpointEndedError
    return endpoint


def check_address(outward: Outward, url: str) -> None:
    """Without asking anybody: where its name leads is judged at each call. Raises `AddressError`."""
    try:
        outward.check(url, Bounds())
    except OutwardError as error:
        raise rules.AddressError(reason=str(error.reason)) from error


async def _client_for(session: AsyncSession, owner: Owner, named: str | None) -> str:
    """On whose rights a new endpoint rests: of the organisation, and allowed to have some. Raises what `manager` does, `InvalidError`."""
    client_id = named or owner.client_id
    if client_id is None or (await manager(session, client_id)).id != owner.organisation.id:
        raise InvalidError(errors=[{"pointer": "/client_id", "detail": _NAME_CLIENT}])
    return client_id


async def add(session: AsyncSession, keyring: Keyring, outward: Outward, owner: Owner, said: EndpointIn) -> tuple[Endpoint, str]:
    """With its secret, which nobody is shown again. Raises what `manager` does, `InvalidError`, `AddressError`, `TooManyEndpointsError`."""
    client_id = await _client_for(session, owner, said.client_id)
    organisation = owner.organisation
    check_address(outward, said.url)
    await repository.lock_organisation(session, organisation.id)
    if len(await repository.list_of(session, organisation.id)) >= rules.MOST_ENDPOINTS:
        raise rules.TooManyEndpointsError
    secret = rules.secret_of(token_bytes(rules.KEY_BYTES))
    endpoint = Endpoint(
        id=new_id(),
        version=1,
        organisation_id=organisation.id,
        client_id=client_id,
        url=said.url,
        types=said.types,
        state=EndpointState.ACTIVE,
        secret=keyring.seal(secret, views.SECRET),
        former_secret=None,
        former_until=None,
        failures=0,
        retry_at=None,
        added_at=datetime.now(UTC),
    )
    session.add(endpoint)
    await session.flush()
    return endpoint, secret


async def change(
    session: AsyncSession, outward: Outward, owner: Owner, endpoint_id: UUID, expected: int, said: EndpointChangeIn
) -> Endpoint:
    """Whoever makes it active again is tried at once. Raises what `_locked` does, `AddressError`."""
    endpoint = await _locked(session, owner, endpoint_id, expected)
    if said.url is not None:
        check_address(outward, said.url)
        endpoint.url = said.url
    if "types" in said.model_fields_set:
        endpoint.types = said.types
    if said.state is not None:
        endpoint.state = said.state
    if reason := rules.CLOSED.get(EndpointState(endpoint.state)):
        await repository.end_what_waits(session, endpoint.id, reason, datetime.now(UTC))
    endpoint.failures, endpoint.retry_at = 0, None
    endpoint.version += 1
    await repository.wake(session)
    return endpoint


async def rotate(
    session: AsyncSession, keyring: Keyring, owner: Owner, endpoint_id: UUID, expected: int, *, at_once: bool
) -> tuple[Endpoint, str]:
    """The secret of before goes on signing for a day beside the new one, unless it leaked. Raises what `_locked` does."""
    endpoint = await _locked(session, owner, endpoint_id, expected)
    secret = rules.secret_of(token_bytes(rules.KEY_BYTES))
    endpoint.former_secret, endpoint.former_until = None, None
    if not at_once:
        endpoint.former_secret, endpoint.former_until = endpoint.secret, datetime.now(UTC) + rules.FORMER_SECRET_FOR
    endpoint.secret = keyring.seal(secret, views.SECRET)
    endpoint.version += 1
    return endpoint, secret


def secrets_of(keyring: Keyring, endpoint: Endpoint, now: datetime) -> list[str]:
    """Those that sign at this moment, the new one first."""
    valid = [endpoint.secret]
    if endpoint.former_secret is not None and endpoint.former_until is not None and now < endpoint.former_until:
        valid.append(endpoint.former_secret)
    return [keyring.open(one, views.SECRET) for one in valid]


async def ping(session: AsyncSession, owner: Owner, endpoint_id: UUID) -> Delivery:
    """A test event, sent as any other. Raises what `get` does, `PingWaitsError`, `EndpointEndedError`."""
    endpoint = await _locked(session, owner, endpoint_id)
    if await repository.has_waiting_ping(session, endpoint.id):
        raise rules.PingWaitsError
    now, event_id = datetime.now(UTC), new_id()
    envelope = CloudEvent(
        id=event_id,
        source="/services/partners",
        type=rules.PING,
        subject=endpoint.id,
        time=now,
        dataschema=f"urn:probashi:schema:{rules.PING}",
        sequence=endpoint.version,
        data={},
    )
    delivery = Delivery(
        endpoint_id=endpoint.id,
        event_id=event_id,
        organisation_id=endpoint.organisation_id,
        type=rules.PING,
        subject=event_id,
        sequence=endpoint.version,
        ping=body_of(envelope, {}),
        state=State.WAITING,
        reason=None,
        attempts=0,
        begun_at=now,
        due=now,
        claimed_until=None,
        done_at=None,
    )
    session.add(delivery)
    endpoint.retry_at = None
    await session.flush()
    await repository.wake(session)
    return delivery


async def replay(session: AsyncSession, owner: Owner, endpoint_id: UUID, said: ReplayIn) -> int:
    """How many go out again, under the ids that they had. Raises what `get` does, `EndpointEndedError`."""
    endpoint = await _locked(session, owner, endpoint_id)
    return await repository.queue_again(session, endpoint, since=said.since, event_ids=said.events or (), now=datetime.now(UTC))


async def list_deliveries(
    session: AsyncSession, owner: Owner, endpoint_id: UUID, paging: Paging, state: str | None
) -> tuple[list[Delivery], dict[UUID, list[Attempt]]]:
    """With every attempt of each. Raises what `get` does."""
    endpoint = await get(session, owner, endpoint_id)
    rows = list(await repository.list_deliveries(session, endpoint.id, paging, state=state))
    attempts: dict[UUID, list[Attempt]] = {one.event_id: [] for one in rows}
    for attempt in await repository.list_attempts(session, endpoint.id, list(attempts)):
        attempts[attempt.event_id].append(attempt)
    return rows, attempts
