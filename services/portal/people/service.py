"""Use cases: remember whom an account is when they sign in, name them where what they did is shown."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Text
from kit.auth import Caller
from kit.crypto import Keyring
from kit.database import Sessions
from services.portal.people import repository, rules
from services.portal.people.models import KnownPerson

_NAMES: Final = "known_person.names"


async def remember(session: AsyncSession, keyring: Keyring, caller: Caller, name: Text) -> None:
    """As the identity token said, which the portal alone is given: an access token names nobody."""
    person = KnownPerson(
        account=caller.username,
        names=keyring.seal(json.dumps([name.en, name.bn]), _NAMES),
        roles=sorted(caller.roles),
        districts=sorted(caller.districts),
        countries=sorted(caller.countries),
        seen_at=datetime.now(UTC),
    )
    await repository.put(session, person)


@dataclass(frozen=True, slots=True)
class People:
    """As the page of one request asks for them."""

    sessions: Sessions
    keyring: Keyring
    language: str

    async def names_of(self, accounts: Iterable[str | None]) -> Mapping[str, str]:
        """Name and office by account, in the language of the page. Who never signed in here is not among them."""
        asked = {one for one in accounts if one}
        if not asked:
            return {}
        async with self.sessions.begin() as session:
            rows = await repository.list_known(session, asked)
        return {one.account: self._named(one) for one in rows}

    def _named(self, one: KnownPerson) -> str:
        name = Text(*json.loads(self.keyring.open(one.names, _NAMES)))
        return rules.named(name, one.roles, one.districts, one.countries, self.language)
