"""Who is calling: access tokens verified offline against the provider's keys, and which roles a route admits. Deny by default."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import httpx
import jwt
from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from typing_extensions import override

from contracts.text import Text
from kit.errors import ForbiddenError, UnauthenticatedError, UnavailableError

Role = Literal[
    "agent",
    "supervisor",
    "officer",
    "demo",
    "wing",
    "ngo",
    "udc",
    "airport",
    "wewb",
    "agency",
    "association",
    "decider",
    "analyst",
    "auditor",
    "admin",
    "service",
    "partner",
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
ALGORITHMS: Final = ("RS256",)
EVERYWHERE: Final = "*"

CACHE_S: Final = 60.0
CACHE_SIZE: Final = 20_000
KEYS_LIVE_S: Final = 3600.0
REFETCH_AT_MOST_EVERY_S: Final = 5.0
AT_START_EVERY_S: Final = 0.2

EXPIRED: Final = Text("Your sign-in has expired. Sign in again.", "আপনার সাইন-ইনের মেয়াদ শেষ হয়েছে। আবার সাইন ইন করুন।")
INVALID: Final = Text("The access token is not valid here.", "অ্যাক্সেস টোকেনটি এখানে বৈধ নয়।")


@dataclass(frozen=True, slots=True)
class Caller:
    """Claims of a verified token. An absent scope means nothing; `*` means everywhere."""

    subject: str
    username: str
    client_id: str
    roles: frozenset[str]
    districts: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    org: frozenset[str] = frozenset()
    licence: frozenset[str] = frozenset()
    expires_at: float = 0.0

    def covers_district(self, code: str | None) -> bool:
        return EVERYWHERE in self.districts or (code is not None and code in self.districts)

    def covers_country(self, code: str | None) -> bool:
        return EVERYWHERE in self.countries or (code is not None and code in self.countries)

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


def caller_of(claims: Mapping[str, Any]) -> Caller:
    return Caller(
        subject=str(claims["sub"]),
        username=str(claims.get("preferred_username", "")),
        client_id=str(claims.get("azp") or claims.get("client_id") or ""),
        roles=_set(claims.get("roles")) & frozenset(ROLES),
        districts=_set(claims.get("districts")),
        countries=_set(claims.get("countries")),
        org=_set(claims.get("org")),
        licence=_set(claims.get("licence")),
        expires_at=float(claims["exp"]),
    )


def _set(claim: object) -> frozenset[str]:
    return frozenset(str(one) for one in claim) if isinstance(claim, list) else frozenset()


class Verifier:
    """Verifies RS256 tokens of one issuer for one audience. A verified token is remembered by its hash for at most a minute."""

    def __init__(self, jwks_url: str, issuer: str, audience: str) -> None:
        self._jwks_url = jwks_url
        self._issuer = issuer
        self._audience = audience
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    async def verify(self, token: str) -> Caller:
        """Raises `UnauthenticatedError`; `UnavailableError` when no key was ever had and the provider is away."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(digest)
        if known is not None and time.time() < known[0]:
            return known[1]
        caller = caller_of(await self._claims(token))
        self._remember(digest, caller)
        return caller

    async def ready(self) -> bool:
        if not self._keys:
            await self._refetch()
        return bool(self._keys)

    def _remember(self, digest: bytes, caller: Caller) -> None:
        self._known[digest] = (min(time.time() + CACHE_S, caller.expires_at), caller)
        if len(self._known) > CACHE_SIZE:
            self._known.popitem(last=False)

    async def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, ValueError) as error:
            raise UnauthenticatedError(INVALID) from error
        if header.get("alg") not in ALGORITHMS:
            raise UnauthenticatedError(INVALID)
        key = await self._key(str(header.get("kid")))
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                issuer=self._issuer,
                audience=self._audience,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
                leeway=5,
            )
        except jwt.ExpiredSignatureError as error:
            raise UnauthenticatedError(EXPIRED) from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise UnauthenticatedError(INVALID) from error
        if claims.get("typ", "Bearer") not in {"Bearer", "at+jwt"}:
            raise UnauthenticatedError(INVALID)
        return claims

    async def _key(self, key_id: str) -> jwt.PyJWK:
        is_old = time.monotonic() - self._fetched_at > KEYS_LIVE_S
        # A known key is good also while somebody asks for newer ones: a provider that hangs holds up one caller, not all.
        if key_id not in self._keys or (is_old and not self._fetching.locked()):
            await self._refetch()
        if key_id not in self._keys:
            if not self._keys:
                raise UnavailableError
            raise UnauthenticatedError(INVALID)
        return self._keys[key_id]

    async def _refetch(self) -> None:
        """Once per unknown key id, but never more often than every few seconds: strangers can name key ids too."""
        async with self._fetching:
            pause = REFETCH_AT_MOST_EVERY_S if self._keys else AT_START_EVERY_S
            if time.monotonic() - self._asked_at < pause:
                return
            await self._fetch()
            self._asked_at = time.monotonic()

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=3) as client:
                answer = await client.get(self._jwks_url)
                answer.raise_for_status()
                keys = jwt.PyJWKSet.from_json(answer.text).keys
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, AttributeError):
            return  # the keys that are known stay good: a provider that restarts stops nobody
        usable = {key.key_id: key for key in keys if key.key_id and key.algorithm_name in ALGORITHMS}
        if usable:
            self._keys, self._fetched_at = usable, time.monotonic()


def bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


class Allowed:
    """A dependency of a route: admits callers that hold one of `roles`, and yields the caller."""

    def __init__(self, roles: Sequence[Role]) -> None:
        self.roles: frozenset[str] = frozenset(roles)

    async def __call__(self, request: Request) -> Caller:
        token = bearer(request.headers.get("authorization"))
        if token is None:
            raise UnauthenticatedError
        verifier: Verifier = request.state.verifier
        caller = await verifier.verify(token)
        if self.roles.isdisjoint(caller.roles):
            raise ForbiddenError
        return caller


class AllowedService(Allowed):
    """Admits one of our services and no other, by the client that its token was given to."""

    def __init__(self, client_id: str) -> None:
        super().__init__(("service",))
        self._client_id = client_id

    @override
    async def __call__(self, request: Request) -> Caller:
        caller = await super().__call__(request)
        if caller.client_id != self._client_id:
            raise ForbiddenError
        return caller


class Open:
    """A dependency of a route that anybody may call."""

    def __init__(self, cache: str | None = None) -> None:
        self._cache = cache

    async def __call__(self, response: Response) -> None:
        if self._cache is not None:
            response.headers["Cache-Control"] = self._cache


def allow(*roles: Role) -> Any:
    """Stands in the `Annotated[Caller, …]` of a route, and yields the caller."""
    return Depends(Allowed(roles))


def allow_service(client_id: str) -> Any:
    """As `allow`, for the one service whose tokens name this client."""
    return Depends(AllowedService(client_id))


def public(*, kept_s: int | None = None) -> Any:
    """`dependencies=[public()]`: says on the route that nobody need sign in.

    `kept_s`: the answer is the same for everybody and may be kept so many seconds; 0 for one that is to be asked for each time, where
    who has it already is sent nothing. Only for what names nobody. Nothing is kept without it.
    """
    cache = None if kept_s is None else f"public, max-age={kept_s}" if kept_s else "public, no-cache"
    return Depends(Open(cache))


def access_of(dependant: Dependant) -> frozenset[str]:
    """Roles that a route admits, none for an open one. Raises `ValueError` when it says nothing: no route is open by omission."""
    found = [one for one in _calls(dependant) if isinstance(one, Allowed | Open)]
    if not found:
        raise ValueError("the route says neither who may call it nor that it is public")
    allowed = [one.roles for one in found if isinstance(one, Allowed)]
    return frozenset.intersection(*allowed) if allowed else frozenset()


def _calls(dependant: Dependant) -> list[object]:
    return [dependant.call, *(call for one in dependant.dependencies for call in _calls(one))]
