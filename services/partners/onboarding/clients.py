"""The identity provider, as programs are added to it: Keycloak's admin API in deployments, the local provider's own path elsewhere.

Both are told the same and give the same tokens. What was not added here is never touched: each client bears the program that it is for.
"""

import asyncio
import json
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlsplit

import httpx

from kit.settings import Settings
from services.partners.onboarding.rules import ProviderAwayError, TakenAtProviderError
from services.partners.onboarding.settings import Onboarding

# Shorter than a transaction may be idle.
DEADLINE_S: Final = 10.0
_MARK: Final = "probashi.program"
# Of the realm (deploy/keycloak/realm.py): who it is, for whom its tokens are, and that it is a partner's program and nothing more.
_SCOPES: Final = ("basic", "suite-audience", "program-claims")
Keys = Sequence[Mapping[str, Any]]
Given = TypeVar("Given")


class RefusedByProviderError(Exception):
    """It answered, and will not: a fault of its settings or of ours. `code`: the status; its words are not repeated anywhere."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"the identity provider refused: {code}")
        self.code = code


class MissingError(Exception):
    """There is no such client of ours."""


@dataclass(frozen=True, slots=True, repr=False)
class Registration:
    """A client as it is to be made: by a secret or by keys."""

    sign_in_id: str
    program: str
    enabled: bool
    secret: str | None
    keys: Keys | None


class Registrar(Protocol):
    """Each raises `ProviderAwayError`, `RefusedByProviderError`. The same again is the same."""

    async def make(self, said: Registration) -> None:
        """Or makes it anew, where it was made for this program already. Raises `TakenAtProviderError`."""

    async def change(self, sign_in_id: str, program: str, *, enabled: bool, keys: Keys | None) -> None:
        """Raises `MissingError`."""

    async def remove(self, sign_in_id: str, program: str) -> None:
        """What is not there, or is not ours, stays as it is."""

    async def close(self) -> None: ...


async def in_time(call: Awaitable[Given]) -> Given:
    """All of it within the deadline: a transaction waits. Raises `ProviderAwayError`, and what the call does."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await call
    except TimeoutError:
        raise ProviderAwayError from None


class Local:
    """deploy/identity/programs.mjs, on a path that no gateway passes on."""

    def __init__(self, identity_url: str, secret: str) -> None:
        self._http = httpx.AsyncClient(base_url=identity_url, headers={"Authorization": f"Bearer {secret}"}, timeout=DEADLINE_S)

    async def make(self, said: Registration) -> None:
        body = {"program": said.program, "enabled": said.enabled, "secret": said.secret, "keys": said.keys}
        if await self._send("PUT", said.sign_in_id, body, httpx.codes.CONFLICT) == httpx.codes.CONFLICT:
            raise TakenAtProviderError

    async def change(self, sign_in_id: str, program: str, *, enabled: bool, keys: Keys | None) -> None:
        body = {"program": program, "enabled": enabled, "keys": keys}
        if await self._send("PATCH", sign_in_id, body, httpx.codes.NOT_FOUND) == httpx.codes.NOT_FOUND:
            raise MissingError

    async def remove(self, sign_in_id: str, program: str) -> None:
        await self._send("DELETE", sign_in_id, {"program": program}, httpx.codes.NOT_FOUND)

    async def close(self) -> None:
        await self._http.aclose()

    async def _send(self, method: str, sign_in_id: str, body: Mapping[str, Any], expected: int) -> int:
        try:
            answer = await self._http.request(method, f"/programs/{quote(sign_in_id, safe='')}", json=body)
        except httpx.TransportError as error:
            raise ProviderAwayError from error
        if answer.is_server_error:
            raise ProviderAwayError
        if not answer.is_success and answer.status_code != expected:
            raise RefusedByProviderError(answer.status_code)
        return answer.status_code


class Keycloak:
    """As a client of the realm whose one right is to manage clients."""

    def __init__(self, identity_url: str, realm: str, client_id: str, secret: str) -> None:
        # Loaded where it is used: it brings a second HTTP library with it.
        from keycloak import KeycloakAdmin, KeycloakOpenIDConnection  # noqa: PLC0415

        connection = KeycloakOpenIDConnection(
            server_url=f"{identity_url}/auth/", realm_name=realm, client_id=client_id, client_secret_key=secret, timeout=int(DEADLINE_S)
        )
        self._connection = connection
        self._admin = KeycloakAdmin(connection=connection)

    async def make(self, said: Registration) -> None:
        try:
            await _answered(self._admin.a_create_client(_representation(said)))
        except RefusedByProviderError as error:
            if error.code != httpx.codes.CONFLICT:
                raise
            found = await self._find(said.sign_in_id, said.program)
            if found is None:
                raise TakenAtProviderError from error
            await _answered(self._admin.a_update_client(found, _representation(said)))

    async def change(self, sign_in_id: str, program: str, *, enabled: bool, keys: Keys | None) -> None:
        found = await self._find(sign_in_id, program)
        if found is None:
            raise MissingError
        changed: dict[str, Any] = {"clientId": sign_in_id, "enabled": enabled}
        if keys is not None:
            changed["attributes"] = _attributes(program, keys)
        await _answered(self._admin.a_update_client(found, changed))

    async def remove(self, sign_in_id: str, program: str) -> None:
        found = await self._find(sign_in_id, program)
        if found is not None:
            await _answered(self._admin.a_delete_client(found))

    async def close(self) -> None:
        for one in (self._connection, self._connection.keycloak_openid.connection):
            await one.aclose()

    async def _find(self, sign_in_id: str, program: str) -> str | None:
        """Keycloak's own id, where it was made here for this program."""
        found = await _answered(self._admin.a_get_client_id(sign_in_id))
        if found is None:
            return None
        client = await _answered(self._admin.a_get_client(found))
        return found if client.get("attributes", {}).get(_MARK) == program else None


async def _answered(call: Awaitable[Given]) -> Given:
    """Raises `ProviderAwayError`, `RefusedByProviderError`; what Keycloak says in words may hold what was sent, and is left out."""
    from keycloak.exceptions import KeycloakError  # noqa: PLC0415

    try:
        return await call
    except KeycloakError as error:
        code = error.response_code
        if code is None or code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ProviderAwayError from None
        raise RefusedByProviderError(code) from None
    except httpx.TransportError:
        raise ProviderAwayError from None


def _attributes(program: str, keys: Keys | None) -> dict[str, str]:
    shared = {_MARK: program, "access.token.header.type.rfc9068": "true"}
    return shared | ({"use.jwks.string": "true", "jwks.string": json.dumps({"keys": list(keys)})} if keys else {})


def _representation(said: Registration) -> dict[str, Any]:
    """It signs in as itself, by one way, and nothing else: no person, no browser, no role of a user."""
    no_flows = dict.fromkeys(
        ("standardFlowEnabled", "implicitFlowEnabled", "directAccessGrantsEnabled", "publicClient", "fullScopeAllowed"), False
    )
    claim = {"claim.name": "azp", "claim.value": said.program, "jsonType.label": "String"}
    shown = {"access.token.claim": "true", "introspection.token.claim": "true"}
    mapper = {"name": "program", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": claim | shown}
    proof = {"clientAuthenticatorType": "client-jwt"} if said.keys else {"clientAuthenticatorType": "client-secret", "secret": said.secret}
    return {
        "clientId": said.sign_in_id,
        "protocol": "openid-connect",
        "enabled": said.enabled,
        "serviceAccountsEnabled": True,
        **no_flows,
        "redirectUris": [],
        "webOrigins": [],
        "defaultClientScopes": list(_SCOPES),
        "optionalClientScopes": [],
        "protocolMappers": [mapper],
        "attributes": _attributes(said.program, said.keys),
        **proof,
    }


def registrar_of(settings: Settings, told: Onboarding) -> Registrar | None:
    """Raises `ValueError` for settings that are not whole, and for the local provider elsewhere than locally."""
    if told.registrar is None:
        return None
    if told.registrar_secret is None or not settings.identity_url:
        raise ValueError("PROBASHI_REGISTRAR needs PROBASHI_REGISTRAR_SECRET and PROBASHI_IDENTITY_URL")
    secret = told.registrar_secret.get_secret_value()
    if told.registrar == "keycloak":
        return Keycloak(settings.identity_url, urlsplit(settings.issuer).path.rpartition("/")[2], told.registrar_client, secret)
    if settings.environment == "production":
        raise ValueError("PROBASHI_REGISTRAR=local is for a suite on one's own machine")
    return Local(settings.identity_url, secret)
