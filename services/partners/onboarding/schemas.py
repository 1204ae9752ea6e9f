"""What goes in and out of the API of credentials."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.partners.schemas import In

Keys = Annotated[
    list[dict[str, Any]],
    Field(min_length=1, max_length=10, description="Public keys, as JSON Web Keys (RFC 7517) each with a `kid`: at most three."),
]


class CredentialIn(In):
    """`way`: `secret` or `keys` (private_key_jwt). `at_once`: those of before leaked, and are good no more; else they are for a day."""

    way: Literal["secret", "keys"]
    keys: Keys | None = None
    at_once: bool = False


class CredentialChangeIn(In):
    """`keys`: those that are good from now on. `state`: `ended` for good, at once."""

    keys: Keys | None = None
    state: Literal["ended"] | None = None


class KeyOut(BaseModel):
    kid: str
    alg: str


class CredentialOut(BaseModel):
    """`sign_in_id` is the `client_id` to ask for tokens with. `until`: so long it is good; null for as long as the program.

    `wanted` and `done`: what is to stand in the identity provider, and what it confirmed last (`enabled`, `disabled`, `removed`; null
    for nothing yet). Where they differ it follows as soon as it answers, unless there is a `problem` (`missing`, `refused`).
    """

    client_id: str
    number: int
    version: int
    sign_in_id: str
    way: str
    keys: list[KeyOut]
    made_at: datetime
    until: datetime | None
    wanted: str
    done: str | None
    is_current: bool
    problem: str | None


class CredentialsOut(BaseModel):
    items: list[CredentialOut]


class CredentialMadeOut(CredentialOut):
    """`secret` is shown this once; null where it signs in with its keys. `audience`: what its assertions name (`aud`)."""

    secret: str | None
    token_url: str
    audience: str
