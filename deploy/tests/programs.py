"""The service of partners beside an identity provider, and people who are signed in there."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from deploy.accounts import Accounts
from deploy.testing import Running as RunningProvider
from kit.testing.tokens import TokenIssuer
from runner.identity import access_token
from runner.testing import APP_OPTIONS, Engines, Running, service_running
from services.partners.hooks.settings import Sending
from services.partners.onboarding.settings import Onboarding
from services.partners.service import today

ROOT: Final = "/v1/partners/organisations"
NGO: Final = "ngo-one"
AT: Final = f"{ROOT}/{NGO}"
ANY: Final = {"If-Match": "*"}
BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
WITHIN_S: Final = 240.0
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


async def good(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + WITHIN_S
    while not await found():
        assert time.monotonic() < end, "not within four minutes"
        await asyncio.sleep(0.1)


def public(key: PrivateKey, kid: str) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        made: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        made = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**{name: value for name, value in made.items() if name != "key_ops"}, "kid": kid}


@dataclass(frozen=True, slots=True)
class World:
    """The service of partners beside a provider, and people who are signed in there."""

    provider: RunningProvider
    partners: Running
    http: httpx.AsyncClient
    tokens: dict[str, str]

    async def ask(self, method: str, path: str, who: str = NGO, body: Any = None, headers: dict[str, str] | None = None) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.tokens[who]}", **(headers or {})}
        return await self.http.request(method, self.partners.url + path, json=body, headers=sent)

    async def program(self) -> str:
        name = f"p{uuid4().hex[:10]}"
        await good(await self.ask("POST", f"{AT}/clients", body={"name": name, "scopes": ["events_read"]}), 201)
        return name

    async def credential(self, name: str, who: str = NGO, language: str = "en", **said: Any) -> httpx.Response:
        headers = {**ANY, "Accept-Language": language}
        return await self.ask("POST", f"{AT}/clients/{name}/credentials", who, {"way": "secret", **said}, headers)

    async def of(self, name: str) -> list[dict[str, Any]]:
        found = await good(await self.ask("GET", f"{AT}/credentials"))
        return [one for one in found["items"] if one["client_id"] == f"partner-{NGO}--{name}"]

    async def until_followed(self, name: str, *expected: str) -> None:
        """Until the provider has what is wanted: `expected`, newest first."""

        async def followed() -> bool:
            found = await self.of(name)
            return [one["done"] for one in found] == list(expected) and all(one["is_current"] for one in found)

        await until(followed)

    async def by_secret(self, made: dict[str, Any]) -> httpx.Response:
        auth = httpx.BasicAuth(made["sign_in_id"], made["secret"])
        return await self.http.post(made["token_url"], data={"grant_type": "client_credentials"}, auth=auth)

    async def by_key(self, made: dict[str, Any], key: PrivateKey, kid: str) -> httpx.Response:
        now = int(time.time())
        claims = {"iss": made["sign_in_id"], "sub": made["sign_in_id"], "aud": made["audience"], "iat": now, "exp": now + 50}
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        assertion = jwt.encode({**claims, "jti": str(uuid4())}, key, algorithm, {"kid": kid})
        form = {"grant_type": "client_credentials", "client_assertion_type": BEARER, "client_assertion": assertion}
        return await self.http.post(made["token_url"], data=form)


async def agreed(world: World) -> None:
    """The organisation is verified, and what it may know is agreed by two people."""
    said = {"code": NGO, "kind": "ngo", "name_en": "Nomuna", "name_bn": "নমুনা", "contact": "systems@ngo-one.example"}
    await good(await world.ask("POST", ROOT, body=said), 201)
    await good(await world.ask("POST", f"{AT}/decision", "admin", {"approved": True}, ANY))
    await agree(world)


async def agree(world: World) -> None:
    terms = {"purposes": ["referral"], "fields": ["help"], "reference": "MoU (fictional)"}
    days = {"valid_from": str(today()), "valid_until": str(today() + timedelta(days=364))}
    made = await good(await world.ask("POST", f"{AT}/agreements", "admin", {**terms, **days}), 201)
    await good(await world.ask("POST", f"/v1/partners/agreements/{made['id']}/decision", "decider", {"approved": True}, ANY))


def told_of(provider: RunningProvider) -> Onboarding:
    registrar = "keycloak" if "keycloak" in str(provider.log) else "local"
    return Onboarding.model_validate({"registrar": registrar, "registrar_secret": provider.secrets["registrar"]})


@asynccontextmanager
async def world_of(provider: RunningProvider, accounts: Accounts, engines: Engines, tokens: TokenIssuer) -> AsyncIterator[World]:
    """Its people's tokens and the provider's keys outlive the provider."""
    before = APP_OPTIONS.get("partners", {})
    APP_OPTIONS["partners"] = {"sending": Sending(send_hooks=False), "onboarding_settings": told_of(provider)}
    keys = f"{provider.issuer}/protocol/openid-connect/certs"
    people = {name: await access_token(provider.url, name, accounts.demo_password) for name in (NGO, "ngo-two", "admin", "decider")}
    where = {"issuer": provider.issuer, "identity_url": provider.url, "jwks_url": keys}
    try:
        async with service_running("partners", engines, tokens, **where) as partners, httpx.AsyncClient(timeout=240) as http:
            made = World(provider, partners, http, people)
            if (await made.ask("GET", AT)).status_code == httpx.codes.NOT_FOUND:
                await agreed(made)
            yield made
    finally:
        APP_OPTIONS["partners"] = before
