"""Use cases of notifications: a person lets a browser show them and takes that back; crisis tells of browsers that are gone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.crypto import Keyring
from kit.errors import InvalidError
from kit.ids import new_id
from kit.outward import Bounds, Outward, OutwardError
from kit.web_push import Subscription
from services.registry.push import repository

# Her phone, an older one, a computer; whoever has more is served by the newest.
MOST_OF_ONE: Final = 4
SEALED: Final = "national_push.subscription"
BOUNDS: Final = Bounds()
_NO_ADDRESS: Final = Text("This address is none of a push service.", "এটি কোনো নোটিফিকেশন সেবার ঠিকানা নয়।")


async def subscribe(session: AsyncSession, keyring: Keyring, outward: Outward, person_id: UUID, said: Subscription) -> None:
    """Idempotent for one browser. Raises `InvalidError` for an address that we would not call: it is judged again at each call."""
    try:
        outward.check(said.endpoint, BOUNDS)
    except OutwardError as error:
        raise InvalidError(_NO_ADDRESS) from error
    row = {
        "id": new_id(),
        "person_id": person_id,
        "endpoint_index": index_of(keyring, said.endpoint),
        "subscription": keyring.seal(said.model_dump_json(), SEALED),
        "added_at": datetime.now(UTC),
    }
    await repository.put(session, row, MOST_OF_ONE)


async def end(session: AsyncSession, keyring: Keyring, person_id: UUID, endpoint: str | None) -> None:
    """`endpoint`: of the browser in hand; None ends all of them."""
    await repository.end(session, person_id, None if endpoint is None else index_of(keyring, endpoint))


async def forget_gone(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Their push service said that there is nobody any more. One that was subscribed anew meanwhile has another id, and stays."""
    await repository.forget(session, ids)


def index_of(keyring: Keyring, endpoint: str) -> bytes:
    return keyring.blind_index(endpoint, "push")
