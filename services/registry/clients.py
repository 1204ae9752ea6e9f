"""Who compares an identity card number with the register of cards, behind one Protocol. Another body is another class of one function."""

from dataclasses import dataclass
from typing import Final, Protocol

import httpx

from kit.calls import AwayError
from services.registry.rules import NidMark
from services.registry.settings import IdentityCheck

DEADLINE_S: Final = 5.0


class CardRegister(Protocol):
    async def compare(self, number: str, name: str, birth_year: int | None) -> NidMark:
        """Raises `AwayError` where there is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class HttpCardRegister:
    """A plain interface of our own: `POST {url}/comparisons`, answered by `{"matches": true}`. No published interface was found."""

    http: httpx.AsyncClient
    url: str
    secret: str

    async def compare(self, number: str, name: str, birth_year: int | None) -> NidMark:
        try:
            answer = await self.http.post(
                f"{self.url}/comparisons",
                json={"number": number, "name": name, "birth_year": birth_year},
                headers={"Authorization": f"Bearer {self.secret}"},
                timeout=DEADLINE_S,
            )
            answer.raise_for_status()
            matches = answer.json()["matches"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise AwayError from error
        return NidMark.VERIFIED if matches is True else NidMark.NOT_VERIFIED


def card_register(settings: IdentityCheck, http: httpx.AsyncClient) -> CardRegister | None:
    if not settings.nid_url or settings.nid_secret is None:
        return None
    return HttpCardRegister(http, settings.nid_url, settings.nid_secret.get_secret_value())
